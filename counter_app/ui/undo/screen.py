"""What the panel of an undo shows and what is typed there, as frozen values; widgets draw them and decide nothing."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

from counter_app.ui.facts import Fact
from counter_app.ui.options import Option

WayOutTo = Literal["undo", "slip", "tasks", "move"]


@dataclass(frozen=True, slots=True)
class TenderLine:
    """A part of the money and how it goes back; `asks` is the word of what has to be given with it, or empty.

    A cheque asks only when it has gone to the bank (`is_cheque`).
    """

    line: int
    words: str
    asks: str = ""
    is_cheque: bool = False


@dataclass(frozen=True, slots=True)
class UndoScreen:
    """An undo before it is signed: `way` says which way it is undone and why, `owed` what bills owe again, `restored`
    what else is as before, `lost` what is not, `other_no` the number of the reason that is said in words, `invoice` the
    number of the invoice that needs a red one, or nothing.
    """

    heading: str
    way: str
    signers: str
    facts: tuple[Fact, ...]
    owed: tuple[Fact, ...]
    restored: tuple[Fact, ...]
    lost: tuple[str, ...]
    tenders: tuple[TenderLine, ...]
    reasons: tuple[Option, ...]
    other_no: str
    invoice: str = ""


@dataclass(frozen=True, slots=True)
class TypedUndo:
    """What the teller has given so far: the number of the reason, words, whether the receipt is back, per line of the
    money the number that goes with it, the lines of cheques that are at the bank, the red invoice's number.
    """

    reason_no: str = ""
    words: str = ""
    is_receipt_returned: bool = True
    numbers: Mapping[int, str] = field(default_factory=dict)
    banked: frozenset[int] = frozenset()
    red_no: str = ""


@dataclass(frozen=True, slots=True)
class WayOut:
    """Where a refused undo goes on: the word of the key, what is opened, and by which number."""

    word: str
    to: WayOutTo
    no: str = ""


@dataclass(frozen=True, slots=True)
class TargetRow:
    """An account to which a payment may be moved, masked."""

    account_id: int
    account_no: str
    name: str
    address: str


@dataclass(frozen=True, slots=True)
class MoveScreen:
    """Both sides of a move: what it does in a sentence, what the wrong account owes again, what the right one gets."""

    what: str
    from_word: str
    from_facts: tuple[Fact, ...]
    to_word: str
    to_facts: tuple[Fact, ...]
    lost: tuple[str, ...] = ()
