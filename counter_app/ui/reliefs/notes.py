"""What is noted of a bill whose late fee was let off or put off: for its line and for its working."""

from __future__ import annotations

from datetime import date

from counter_app.domain.bills import Bill
from counter_app.domain.reliefs import Relief
from counter_app.ui.formats import day
from counter_app.ui.language import tr
from counter_app.ui.wording_reliefs import granted_by, reason_word, what_is_asked


def short_notes(bill: Bill, on: date) -> list[str]:
    """One word for the bill's line in a table, where little room is: why the late fee is not asked for, or is less."""
    if bill.is_late_fee_deferred:
        return [tr("违约金缓缴")]
    if any(relief.is_deferring(on) for relief in bill.reliefs):
        return [tr("暂缓")]
    if any(relief.step == "asked" for relief in bill.reliefs):
        return [tr("待审批")]
    return [tr("减免")] if any(relief.waived_fen for relief in bill.reliefs) else []


def long_notes(bill: Bill, on: date) -> tuple[str, ...]:
    """A sentence each, for the working: what was decided, by whom, why, and until when."""
    first = (tr("已同意缓缴，本次不收违约金"),) if bill.is_late_fee_deferred else ()
    return (*first, *(_long(relief, on) for relief in bill.reliefs if relief.step not in ("withdrawn", "declined")))


def _long(relief: Relief, on: date) -> str:
    state, what = relief.state(on), what_is_asked(relief, relief.amount_fen)
    reason = reason_word(relief.reason_code)
    if state == "asked":
        return tr(
            "申请{what}，待审批（{reason}，工号 {by}，{on}）",
            what=what,
            reason=reason,
            by=relief.asked_by,
            on=day(relief.asked_on),
        )
    by = granted_by(relief)
    if state == "lapsed":
        return tr("{what}，已到期，照收（{reason}，工号 {by} 批准）", what=what, reason=reason, by=by)
    if state == "ended":
        ended_on = day(relief.ended_on) if relief.ended_on else ""
        return tr("{what}，{on} 已撤销（工号 {by}）", what=what, on=ended_on, by=relief.ended_by)
    if relief.way == "defer":
        return tr("{what}，现在不收（{reason}，工号 {by} 批准）", what=what, reason=reason, by=by)
    return tr("{what}（{reason}，工号 {by} 批准）", what=what, reason=reason, by=by)
