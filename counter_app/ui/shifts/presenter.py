"""The shift room without Qt: what it shows, and what its buttons do."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import tzinfo
from typing import Protocol

from counter_app.domain.approvals import ApprovalCase, ApprovalMissing
from counter_app.domain.refusals import Refusal
from counter_app.domain.rights import Right
from counter_app.domain.shift_close import Compared
from counter_app.domain.shifts import CashCount, ClockOff, Shift, ShiftOfSomebodyElse, ShiftSheet
from counter_app.domain.sync_refusals import ClockFarOff
from counter_app.services import printing, shift_clock, shifts, staff
from counter_app.services.approvals import Signed
from counter_app.services.hall import CommitUncertain, NotRecorded
from counter_app.services.shift_close import Closed
from counter_app.ui.desk import Desk
from counter_app.ui.formats import amount, day_and_clock
from counter_app.ui.intents import Intents
from counter_app.ui.language import tr
from counter_app.ui.wording import sentences, trouble_sentences
from counter_app.ui.wording_money import tender_word

OnError = Callable[[str], object]


class OpenAct(Protocol):
    """Another way to open a shift: with a float that came out of the safe."""

    def __call__(self, count: CashCount, intent_id: str, signed: Signed | None = None) -> Shift:
        """Open it on the writer's lane."""


@dataclass(frozen=True, slots=True)
class TotalRow:
    """One tender of the shift."""

    tender: str
    payments: str
    amount: str


@dataclass(frozen=True, slots=True)
class SheetScreen:
    """An open shift in words and figures; `whose` explains a shift that somebody else opened, or that was forgotten on
    an earlier day; `is_own` says that its drawer is used by whoever looks; `expected_cash` is empty for whoever is to
    count it.
    """

    heading: str
    facts: tuple[tuple[str, str], ...]
    expected_cash: str
    totals: tuple[TotalRow, ...]
    whose: str = ""
    may_close: bool = True
    is_own: bool = True


@dataclass(frozen=True, slots=True)
class ClosedScreen:
    """What the count made of the shift."""

    heading: str
    facts: tuple[tuple[str, str], ...]
    difference: str
    is_equal: bool
    z_no: str = ""


class ShiftPresenter:
    """Opens, feeds and watches the counter's shift; `ClosePresenter` closes it.

    Opening is a decision: pressed again after a COMMIT whose end nobody knows, it finds what was recorded and shows it,
    where under a new intent it would be refused. Cash put in or taken out belongs to its panel: one intent until it is
    closed, whatever the disk says.
    """

    def __init__(self, desk: Desk) -> None:
        self._desk = desk
        self._opening = Intents(desk)

    def read(self, on_sheet: Callable[[SheetScreen | None], object], on_error: OnError) -> None:
        """Read the running sums; None when no shift is open."""
        desk, who = self._desk, self._desk.who

        def job() -> SheetScreen | None:
            sheet = shifts.sheet(desk.hall)
            if sheet is None:
                return None
            names = {member.staff_no: member.name for member in staff.everybody(desk.hall)}
            late = shifts.is_forgotten(desk.hall, sheet.shift)
            may_close = who.staff_no == sheet.shift.staff_no or (late and who.may(Right.SIGN_OFF))
            zone = desk.hall.clock.now().tzinfo
            return sheet_screen(sheet, names, who.staff_no, zone, is_forgotten=late, may_close=may_close)

        desk.lanes.run("reader", job, on_sheet, *answers_no(on_error))

    def open(
        self,
        count: CashCount,
        on_open: Callable[[Shift], object],
        on_error: OnError,
        on_clock: Callable[[str], object],
        act: OpenAct | None = None,
    ) -> None:
        """Open the shift with the counted float; `on_clock` hears in words that the clock cannot be right. `act` opens
        it with a float out of the safe.
        """
        desk, who = self._desk, self._desk.who
        troubled = answers_no(on_error)[1]

        def done(shift: Shift) -> None:
            on_open(shift)
            desk.changed()

        def refused(refusal: Refusal) -> None:
            (on_clock if isinstance(refusal, ClockOff | ClockFarOff) else on_error)(sentences(refusal))

        self._opening.run(
            _counted(count),
            lambda intent: act(count, intent) if act else shifts.open_shift(desk.hall, who, count, intent),
            done,
            refused,
            troubled,
            word=tr("正在开班"),
        )

    def ask_clock(self, show: Callable[[ApprovalCase], object], on_error: OnError) -> None:
        """What a second person signs so that the shift is opened by this clock."""
        desk, who = self._desk, self._desk.who
        desk.lanes.run("reader", lambda: shift_clock.ask(desk.hall, who), show, *answers_no(on_error))

    def begin_anew(self) -> None:
        """A shift has ended: the next one is opened with the same float as often as not, and is another."""
        self._opening.begin()

    def move_cash(
        self,
        amount_fen: int,
        reason: str,
        intent_id: str,
        on_done: Callable[[], object],
        on_error: OnError,
        on_needed: Callable[[ApprovalCase], object],
    ) -> None:
        """Put cash in (positive) or take it out (negative), under the intent of the panel; `on_needed` gets what a
        second person signs first.
        """
        desk, who = self._desk, self._desk.who
        no = answers_no(on_error)

        def refused(refusal: Refusal) -> None:
            if not isinstance(refusal, ApprovalMissing):
                no[0](refusal)
                return
            desk.lanes.run(
                "reader",
                lambda: shifts.ask_cash(desk.hall, who, amount_fen, reason, intent_id),
                on_needed,
                *no,
            )

        def done(_sheet: ShiftSheet) -> None:
            on_done()
            desk.changed()

        desk.lanes.run(
            "writer",
            lambda: shifts.move_cash(desk.hall, who, amount_fen, reason, intent_id),
            done,
            refused,
            no[1],
        )

    def open_drawer(self, reason: str, on_done: Callable[[], object], on_error: OnError) -> None:
        """Write down why, then kick the drawer open; one that stays shut is told, its entry stands."""
        desk, who = self._desk, self._desk.who
        no = answers_no(on_error)
        desk.lanes.run(
            "writer",
            lambda: shifts.open_drawer(desk.hall, who, reason),
            lambda _none: desk.lanes.run(
                "paper",
                lambda: printing.kick_drawer(desk.hall),
                lambda _none: on_done(),
                no[0],
                lambda _trouble: on_error(tr("已记录，但钱箱没有回应。请用钥匙打开，并检查打印机。")),
            ),
            *no,
        )


def answers_no(on_error: OnError) -> tuple[Callable[[Refusal], object], Callable[[Exception], object]]:
    """What to do with a refusal, and with trouble: their sentences."""
    return lambda refusal: on_error(sentences(refusal)), lambda trouble: on_error(_trouble_words(trouble))


def _counted(count: CashCount) -> tuple[tuple[int, ...], ...]:
    """What tells one count from another."""
    return tuple(tuple(row) for row in count.as_rows())


def _trouble_words(trouble: Exception) -> str:
    """No customer's money lies on the table here: what to do is to press again."""
    if isinstance(trouble, NotRecorded):
        return tr("磁盘报错，已查明：没有记账，什么也没有变。排除故障后请再按一次。（{why}）", why=trouble.why)
    if isinstance(trouble, CommitUncertain):
        return tr(
            "磁盘报错，还不能确定是否已经记账。请排除故障后再按一次：已记账的不会记第二次。（{why}）", why=trouble.why
        )
    return trouble_sentences(trouble)


def sheet_screen(
    sheet: ShiftSheet,
    names: Mapping[str, str],
    who: str,
    zone: tzinfo | None,
    *,
    is_forgotten: bool = False,
    may_close: bool = True,
) -> SheetScreen:
    """The running sums as the room shows them to `who`; `names` are those of the staff, moments in `zone`."""
    shift = sheet.shift
    name, is_own = names.get(shift.staff_no, ""), shift.staff_no == who
    whose = ""
    if is_forgotten:
        words = {"day": shift.business_date.isoformat(), "name": name or shift.staff_no}
        whose = tr("这是 {day} 的班次，{name} 忘了班结。请先清点班结，今天的款另开新班。", **words)
        if not may_close:
            whose += tr("可由 {name} 本人或班长办理。", **words)
    elif not is_own:
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
            *(((tr("上缴金库"), amount(sheet.dropped_fen)),) if sheet.dropped_fen else ()),
            *(((tr("退还客户"), amount(sheet.given_back_fen)),) if sheet.given_back_fen else ()),
        ),
        # a count is blind only where the sum is nowhere before it (feature 61)
        expected_cash="" if may_close else amount(sheet.expected_cash_fen),
        totals=tuple(
            TotalRow(
                tender_word(total.tender),
                str(total.payments),
                "—" if may_close else amount(total.amount_fen),
            )
            for total in sheet.totals
        ),
        whose=whose,
        may_close=may_close,
        is_own=is_own,
    )


def closed_screen(closed: Closed) -> ClosedScreen:
    """The close as the room shows it."""
    difference = closed.difference_fen
    word = tr("账实相符") if not difference else tr("长款") if difference > 0 else tr("短款")
    return ClosedScreen(
        heading=tr("班次 {no} 已班结", no=closed.shift.shift_no),
        facts=(
            (tr("班结单"), closed.z_no),
            (tr("收款笔数"), str(closed.payment_count)),
            *((tender_word(line.tender), _against(line)) for line in closed.lines[1:]),
            (tr("账面现金"), amount(closed.expected_fen)),
            (tr("清点现金"), amount(closed.counted_fen)),
        ),
        difference=word if not difference else f"{word} {amount(abs(difference))}",
        is_equal=not difference,
        z_no=closed.z_no,
    )


def _against(line: Compared) -> str:
    off = line.difference_fen
    if not off:
        return amount(line.counted_fen)
    word = tr("多 {sum}", sum=amount(off)) if off > 0 else tr("少 {sum}", sum=amount(-off))
    return f"{amount(line.counted_fen)}（{word}）"
