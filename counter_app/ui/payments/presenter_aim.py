"""What the money on the table is to do: how much it settles, which bills come first, and where the rest goes."""

from __future__ import annotations

from dataclasses import dataclass, field

from counter_app.domain.money import Fen, format_fen, parse_fen
from counter_app.domain.payments import PREPAID, Position, Wish
from counter_app.domain.refusals import Refusal, Refused
from counter_app.ui.payments.presenter_tenders import Table


@dataclass(frozen=True, slots=True)
class Settle:
    """`fen` is the sum to settle (None: all that is due), `text` what stands in its field (None: there is no field)."""

    fen: Fen | None = None
    text: str | None = None
    refusal: Refusal | None = None

    @staticmethod
    def typed(text: str) -> Settle:
        """What was typed into the field; an empty one means all that is due."""
        if not text:
            return Settle(text="")
        try:
            return Settle(parse_fen(text), text)
        except Refused as refused:
            return Settle(None, text, refused.refusal)

    def with_field(self) -> Settle:
        """The same with a field to type in."""
        if self.text is not None:
            return self
        return Settle(self.fen, "" if self.fen is None else format_fen(self.fen, grouping=False))


@dataclass(frozen=True, slots=True)
class Aim:
    """What the teller wants with the money; `choose` are bills that come before the oldest, for a `reason`. `deposit`
    is a sum to be kept as prepaid beside what is settled (000-15, 000-21).
    """

    settle: Settle = field(default_factory=Settle)
    deposit: Settle = field(default_factory=Settle)
    is_change_stored: bool = False
    choose: tuple[int, ...] = ()
    reason: str = ""

    @staticmethod
    def at_first(position: Position | None) -> Aim:
        """All that is due, oldest first; where nothing is due the money is stored as prepaid."""
        return Aim(is_change_stored=position is not None and not any(o.debt.payable_fen for o in position.open_bills))

    def wish(self, table: Table, *, may_redirect: bool) -> Wish:
        """The wish for the plan.

        Raises:
            Refused: what stands in a field is no amount, as `Table.read`.
        """
        for typed in (self.settle, self.deposit):
            if typed.refusal is not None:
                raise Refused(typed.refusal)
        return Wish(
            tenders=table.read(),
            settle_fen=self.settle.fen,
            is_change_stored=self.is_change_stored and not self.deposit.fen,
            store_fen=self.deposit.fen or 0,
            choose=self.choose,
            redirect_reason=self.reason,
            may_redirect=may_redirect,
        )

    def exact_fen(self, position: Position, table: Table) -> Fen | None:
        """What the tender in the fields still has to bring, in fen; None when nothing is left for it."""
        wanted_fen = position.due_fen if self.settle.fen is None else min(self.settle.fen, position.due_fen)
        if self.choose:
            chosen = [o.debt.payable_fen for o in position.open_bills if o.bill.bill_id in self.choose]
            wanted_fen = min(wanted_fen, sum(chosen))
        wanted_fen += (self.deposit.fen or 0) - table.other_fen
        if table.line.kind == PREPAID:
            wanted_fen = min(wanted_fen, position.prepaid_fen)
        return wanted_fen if wanted_fen > 0 else None
