"""What the pages of prepaid books show and what is typed there: frozen values that widgets draw."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

OpensTo = Literal["receipt", "slip", "topup", "topup_receipt", "elsewhere", ""]


@dataclass(frozen=True, slots=True)
class HistoryRow:
    """One line of the use of the books; `opens` says what Enter shows, by the number `no`; of a top-up that has no
    receipt yet `move_id` names it.
    """

    at: str
    book: str
    what: str
    amount_fen: int
    balance_fen: int
    no: str
    who: str
    opens: OpensTo
    move_id: str = ""


@dataclass(frozen=True, slots=True)
class BookChoice:
    """A book out of which, or into which, money may be moved: its key, its words, what it holds."""

    key: str
    word: str
    name: str
    balance_fen: int


@dataclass(frozen=True, slots=True)
class MoveScreen:
    """What may be moved: out of which books, where to."""

    account_no: str
    sources: tuple[BookChoice, ...]
    targets: tuple[BookChoice, ...]


@dataclass(frozen=True, slots=True)
class TypedMove:
    """What stands in the panel of a move."""

    source: str = ""
    target: str = ""
    text: str = ""
    reason: str = ""
