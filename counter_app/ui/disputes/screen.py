"""What the panels of disputes show, and what is typed in them."""

from __future__ import annotations

from dataclasses import dataclass

from counter_app.ui.facts import Fact


@dataclass(frozen=True, slots=True)
class LineChoice:
    """A line of the bill under the number that is typed for it, and what of it may still be contested."""

    number: str
    line: int
    word: str
    room_fen: int


@dataclass(frozen=True, slots=True)
class ReasonChoice:
    """A reason under the number that is typed for it."""

    number: str
    code: str
    word: str


@dataclass(frozen=True, slots=True)
class OpenScreen:
    """What may be contested of a bill."""

    heading: str
    what: str
    lines: tuple[LineChoice, ...]
    reasons: tuple[ReasonChoice, ...]


@dataclass(frozen=True, slots=True)
class DisputeChoice:
    """A dispute that waits, under the number that is typed for it."""

    number: str
    dispute_id: str
    word: str
    facts: tuple[Fact, ...]
    frozen_fen: int
    disputed_fen: int


@dataclass(frozen=True, slots=True)
class DecideScreen:
    """The disputes of a bill that wait for their decision."""

    heading: str
    disputes: tuple[DisputeChoice, ...]
    rule: str


@dataclass(frozen=True, slots=True)
class TypedOpen:
    """What stands in the panel that contests a line."""

    line_no: str = ""
    amount: str = ""
    reason_no: str = ""
    reason: str = ""
    said: str = ""


@dataclass(frozen=True, slots=True)
class TypedDecision:
    """What stands in the panel that decides; `amount` is what is taken off, "0": the line stands."""

    dispute_no: str = "1"
    amount: str = ""
    reason: str = ""
