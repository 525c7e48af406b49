"""The shift room without Qt: what it shows, and what its buttons do."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import tzinfo

from counter_app.clock import new_intent_id
from counter_app.domain.shifts import CashCount, Shift, ShiftOfSomebodyElse, ShiftSheet
from counter_app.services import printing, shifts, staff
from counter_app.services.shifts import Closed
from counter_app.ui.desk import Desk
from counter_app.ui.formats import amount, day_and_clock
from counter_app.ui.language import tr
from counter_app.ui.wording import sentences, trouble_sentences
from counter_app.ui.wording_money import tender_word

OnError = Callable[[str], object]


@dataclass(frozen=True, slots=True)
class TotalRow:
    """One tender of the shift."""

    tender: str
    payments: str
    amount: str


@dataclass(frozen=True, slots=True)
class SheetScreen:
    """An open shift in words and figures; `whose` explains a shift that somebody else opened, empty for one's own."""

    heading: str
    facts: tuple[tuple[str, str], ...]
    expected_cash: str
    totals: tuple[TotalRow, ...]
    whose: str = ""


@dataclass(frozen=True, slots=True)
class ClosedScreen:
    """What the count made of the shift."""

    heading: str
    facts: tuple[tuple[str, str], ...]
    difference: str
    is_equal: bool


class ShiftPresenter:
    """Opens, feeds, watches and closes the counter's shift.

    One intent belongs to one opening or closing until it is done, so that a repeated press is one entry.
    """

    def __init__(self, desk: Desk) -> None:
        self._desk = desk
        self._intent = new_intent_id()

    def read(self, on_sheet: Callable[[SheetScreen | None], object], on_error: OnError) -> None:
        """Read the running sums; None when no shift is open."""
        desk, who = self._desk, self._desk.who

        def job() -> SheetScreen | None:
            sheet = shifts.sheet(desk.hall)
            if sheet is None:
                return None
            names = {member.staff_no: member.name for member in staff.everybody(desk.hall)}
            return sheet_screen(sheet, names, who.staff_no, desk.hall.clock.now().tzinfo)

        desk.lanes.run("reader", job, on_sheet, *self._no(on_error))

    def open(self, count: CashCount, on_open: Callable[[Shift], object], on_error: OnError) -> None:
        """Open the shift with the counted float."""
        desk, who, intent = self._desk, self._desk.who, self._intent

        def done(shift: Shift) -> None:
            self._intent = new_intent_id()
            on_open(shift)
            desk.changed()

        desk.lanes.run(
            "writer",
            lambda: shifts.open_shift(desk.hall, who, count, intent),
            done,
            *self._no(on_error),
            word=tr("正在开班"),
        )

    def move_cash(self, amount_fen: int, reason: str, on_done: Callable[[], object], on_error: OnError) -> None:
        """Put cash in (positive) or take it out (negative)."""
        desk, who, intent = self._desk, self._desk.who, new_intent_id()

        def done(_sheet: ShiftSheet) -> None:
            on_done()
            desk.changed()

        desk.lanes.run(
            "writer", lambda: shifts.move_cash(desk.hall, who, amount_fen, reason, intent), done, *self._no(on_error)
        )

    def open_drawer(self, reason: str, on_done: Callable[[], object], on_error: OnError) -> None:
        """Write down why, then kick the drawer open; one that stays shut is told, its entry stands."""
        desk, who = self._desk, self._desk.who
        no = self._no(on_error)
        desk.lanes.run(
            "writer",
            lambda: shifts.open_drawer(desk.hall, who, reason),
            lambda _none: desk.lanes.run(
                "long",
                lambda: printing.kick_drawer(desk.hall),
                lambda _none: on_done(),
                no[0],
                lambda _trouble: on_error(tr("已记录，但钱箱没有回应。请用钥匙打开，并检查打印机。")),
            ),
            *no,
        )

    def close(
        self, count: CashCount, reason: str, on_closed: Callable[[ClosedScreen], object], on_error: OnError
    ) -> None:
        """Close the shift with its count."""
        desk, who, intent = self._desk, self._desk.who, self._intent

        def done(closed: Closed) -> None:
            self._intent = new_intent_id()
            on_closed(closed_screen(closed))
            desk.changed()

        desk.lanes.run(
            "writer",
            lambda: shifts.close_shift(desk.hall, who, count, reason, intent),
            done,
            *self._no(on_error),
            word=tr("正在班结"),
        )

    @staticmethod
    def _no(on_error: OnError) -> tuple[Callable[..., object], Callable[[Exception], object]]:
        return lambda refusal: on_error(sentences(refusal)), lambda trouble: on_error(trouble_sentences(trouble))


def sheet_screen(sheet: ShiftSheet, names: Mapping[str, str], who: str, zone: tzinfo | None) -> SheetScreen:
    """The running sums as the room shows them to `who`; `names` are those of the staff, moments in `zone`."""
    shift = sheet.shift
    name = names.get(shift.staff_no, "")
    whose = ""
    if shift.staff_no != who:
        whose = sentences(ShiftOfSomebodyElse(shift.staff_no, name or shift.staff_no, shift.shift_no))
    return SheetScreen(
        heading=tr("班次 {no}", no=shift.shift_no),
        facts=(
            (tr("业务日期"), shift.business_date.isoformat()),
            (tr("开班时间"), day_and_clock(shift.opened_at.astimezone(zone))),
            (tr("营业员"), f"{shift.staff_no} {name}".rstrip()),
            (tr("收款笔数"), str(sheet.payment_count)),
            (tr("备用金"), amount(shift.float_fen)),
            (tr("存入现金"), amount(sheet.cash_in_fen)),
            (tr("取出现金"), amount(sheet.cash_out_fen)),
        ),
        expected_cash=amount(sheet.expected_cash_fen),
        totals=tuple(
            TotalRow(tender_word(total.tender), str(total.payments), amount(total.amount_fen)) for total in sheet.totals
        ),
        whose=whose,
    )


def closed_screen(closed: Closed) -> ClosedScreen:
    """The close as the room shows it."""
    difference = closed.difference_fen
    word = tr("账实相符") if not difference else tr("长款") if difference > 0 else tr("短款")
    return ClosedScreen(
        heading=tr("班次 {no} 已班结", no=closed.sheet.shift.shift_no),
        facts=(
            (tr("收款笔数"), str(closed.sheet.payment_count)),
            *((tender_word(total.tender), amount(total.amount_fen)) for total in closed.sheet.totals),
            (tr("账面现金"), amount(closed.sheet.expected_cash_fen)),
            (tr("清点现金"), amount(closed.counted_fen)),
        ),
        difference=word if not difference else f"{word} {amount(abs(difference))}",
        is_equal=not difference,
    )
