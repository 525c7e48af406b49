"""The tenders on the table while they are being typed: texts as typed, read to what the domain plans with."""

from __future__ import annotations

from dataclasses import dataclass, field, replace

from counter_app.domain.money import BadAmount, Fen
from counter_app.domain.payment_refusals import DateMissing, NothingToPay, ReferenceMissing
from counter_app.domain.payments import CASH, Tender
from counter_app.domain.refusals import Refusal, Refused
from counter_app.ui.typed_tender import TypedTender


@dataclass(frozen=True, slots=True)
class Table:
    """All tenders of one payment; `active` is the one in the fields, the others lie beside."""

    lines: tuple[TypedTender, ...] = (TypedTender(),)
    active: int = 0
    allowed: tuple[str, ...] = field(default=(CASH,))

    @property
    def line(self) -> TypedTender:
        """The tender in the fields."""
        return self.lines[self.active]

    @property
    def given_fen(self) -> Fen:
        """Everything on the table."""
        return sum(line.fen for line in self.lines)

    @property
    def other_fen(self) -> Fen:
        """What lies beside the tender in the fields."""
        return self.given_fen - self.line.fen

    @property
    def is_typed(self) -> bool:
        """Whether anything was typed."""
        return any(line != TypedTender(line.kind) for line in self.lines)

    def put(self, **changes: str) -> Table:
        """The same with other texts in the fields."""
        line = replace(self.line, **changes)
        return replace(self, lines=(*self.lines[: self.active], line, *self.lines[self.active + 1 :]))

    def add(self) -> Table:
        """A further tender, of the first kind that is not on the table yet."""
        used = {line.kind for line in self.lines}
        kind = next((kind for kind in self.allowed if kind not in used), self.allowed[0])
        return replace(self, lines=(*self.lines, TypedTender(kind)), active=len(self.lines))

    def drop(self, place: int) -> Table:
        """Without one tender; the last one is emptied instead."""
        rest = (*self.lines[:place], *self.lines[place + 1 :])
        if not rest:
            return replace(self, lines=(TypedTender(self.allowed[0]),), active=0)
        active = self.active - 1 if self.active >= place and self.active else self.active
        return replace(self, lines=rest, active=min(active, len(rest) - 1))

    def read(self) -> tuple[Tender, ...]:
        """The tenders for the plan; an empty line beside others does not count.

        Raises:
            Refused: as `TypedTender.read`, or `NothingToPay` when all are empty.
        """
        filled = [line for line in self.lines if line.text.strip()]
        if not filled:
            raise Refused(NothingToPay())
        return tuple(line.read() for line in filled)


def field_of(refusal: Refusal) -> str:
    """Beside which field a refusal stands."""
    if isinstance(refusal, ReferenceMissing):
        return refusal.field
    if isinstance(refusal, DateMissing):
        return "document_on"
    if isinstance(refusal, BadAmount):
        return "amount"
    return ""
