"""What the panels of a relief show and what is typed there, as frozen values; widgets draw them and decide nothing."""

from __future__ import annotations

from dataclasses import dataclass

from counter_app.domain.relief_planning import ReliefWish
from counter_app.domain.reliefs import Way
from counter_app.ui.facts import Fact
from counter_app.ui.options import Option


@dataclass(frozen=True, slots=True)
class TypedRelief:
    """What the teller has given so far: nothing is lost by a mistake."""

    way: Way = "waive"
    is_all: bool = False
    amount: str = ""
    until: str = ""
    reason_no: str = ""
    words: str = ""
    document: str = ""


@dataclass(frozen=True, slots=True)
class AskScreen:
    """What may be asked for: of the bill that was pointed at, or of all bills of the account that owe a late fee."""

    heading: str
    facts: tuple[Fact, ...]
    notes: tuple[str, ...]
    reasons: tuple[Option, ...]
    one: tuple[int, ...]
    every: tuple[int, ...]
    one_word: str
    all_word: str
    one_fen: int
    all_fen: int
    until: str
    typed: TypedRelief = TypedRelief()

    @property
    def can_all(self) -> bool:
        """Whether there is more than the one bill."""
        return len(self.every) > 1

    def bills(self, *, is_all: bool) -> tuple[int, ...]:
        """The bills that are meant."""
        return self.every if is_all else self.one


@dataclass(frozen=True, slots=True)
class StandingScreen:
    """A relief that is asked for or granted: what may be done with it now, in the words of its keys; an empty word: it
    may not. `asks_words`: ending or declining it needs a reason.
    """

    relief_id: str
    heading: str
    what: str
    facts: tuple[Fact, ...]
    sign: str = ""
    withdraw: str = ""
    decline: str = ""
    end: str = ""
    more: str = ""
    other: str = ""

    @property
    def asks_words(self) -> bool:
        """Whether a line for a reason stands in the panel."""
        return bool(self.decline or self.end)


@dataclass(frozen=True, slots=True)
class ToAsk:
    """What is asked for, as it was looked at."""

    customer_id: int
    account_id: int
    wish: ReliefWish


@dataclass(frozen=True, slots=True)
class WaitingRow:
    """A relief that waits for a decision, masked."""

    relief_id: str
    customer_id: int
    bill_id: int
    words: str
