"""What the hall says no to about itself and its counter; opening a hall needs none of it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from counter_app.domain.refusals import Refusal


@dataclass(frozen=True, slots=True)
class NobodyMayImport(Refusal):
    """The counter is open and nobody is signed in there, or its screen is covered: an import needs a person."""


@dataclass(frozen=True, slots=True)
class OwnedUpstream(Refusal):
    """The hall has a hub, and this belongs to it: bills, customers, settlements and the staff come down from there."""

    what: Literal["customers", "bills", "settlements", "staff"]


@dataclass(frozen=True, slots=True)
class CounterEnded(Refusal):
    """The open counter was closed while it worked for a second program: what became of the work is not known."""


@dataclass(frozen=True, slots=True)
class CounterSaid(Refusal):
    """The open counter's own sentences to a second program."""

    words: str


@dataclass(frozen=True, slots=True)
class BadHallSetting(Refusal):
    """A setting of the hall that cannot be kept; `expected` names what is wanted."""

    key: str
    value: str
    expected: str
