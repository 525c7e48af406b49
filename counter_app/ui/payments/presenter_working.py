"""A late fee's working in the words of the screen: days, base, rate, exact amounts, and the law."""

from __future__ import annotations

from datetime import date

from counter_app.domain.bills import DISPUTE, source_of
from counter_app.domain.late_fee_policy import LateFeePolicy
from counter_app.domain.late_fees import LateFeeWorking, Segment
from counter_app.domain.payments import OpenBill
from counter_app.services.receipt_facts import exact_yuan
from counter_app.ui.disputes.bill_marks import bill_notes
from counter_app.ui.formats import amount, day
from counter_app.ui.language import later, tr
from counter_app.ui.payments.screen import WorkingLine, WorkingScreen
from counter_app.ui.reliefs.notes import long_notes


def working_screen(open_bill: OpenBill) -> WorkingScreen:
    """How the late fee of one open bill came about, to the cent."""
    bill, working = open_bill.bill, open_bill.working
    if not working.computed_fen:
        heading = tr("{month} 没有违约金", month=bill.month)
        noted = bill_notes(bill)
        if working.on < working.starts_on:
            begins = tr("{day} 起计收", day=day(working.starts_on))
            return WorkingScreen(heading, (), (*noted, begins, *_basis(working.policy)))
        return WorkingScreen(heading, (), (*noted, *_basis(working.policy)))
    lines = [_segment(segment, place, working.principal_fen, working) for place, segment in enumerate(working.segments)]
    lines += _ending(working)
    notes = (*bill_notes(bill), *long_notes(bill, working.on), *_basis(working.policy))
    return WorkingScreen(
        tr("{month} 违约金 {fee} 是怎么来的", month=bill.month, fee=amount(working.due_fen)), tuple(lines), notes
    )


def _segment(segment: Segment, place: int, principal_fen: int, working: LateFeeWorking) -> WorkingLine:
    period = tr("{first} 至 {last}", first=_short(segment.from_on, working.on), last=_short(segment.to_on, working.on))
    if segment.daily_fixed_fen:
        formula = tr("{days} 天 × 每天 {fen}", days=segment.days, fen=amount(segment.daily_fixed_fen))
    else:
        formula = tr(
            "{base} × {days} 天 × {rate}‰",
            base=amount(segment.base_fen),
            days=segment.days,
            rate=segment.rate.per_mille,
        )
        if place and segment.base_fen < principal_fen:
            is_frozen = _frozen_fen(working, segment.from_on) > 0
            after = later("争议冻结后 {formula}") if is_frozen else later("部分缴费后 {formula}")
            formula = tr(after, formula=formula)
        if segment.year_kind == "cross_year" and working.policy.cross_year_rate is not None:
            formula = tr("{formula}（跨年度）", formula=formula)
    return WorkingLine(period, formula, _grouped(exact_yuan(segment.numerator, working.denominator)))


def _frozen_fen(working: LateFeeWorking, on: date) -> int:
    """What of the base was frozen on a day."""
    return sum(
        row.principal_fen for row in working.settlements if row.settled_on < on and source_of(row.source) == DISPUTE
    )


def _ending(working: LateFeeWorking) -> list[WorkingLine]:
    lines = [WorkingLine(tr("四舍五入到分"), "", amount(working.rounded_fen))]
    if working.cap_fen is not None:
        lines.append(WorkingLine(tr("最高限额"), _cap_words(working.policy), amount(working.cap_fen)))
    if working.floor_fen is not None:
        lines.append(WorkingLine(tr("最低起收"), "", amount(working.computed_fen)))
    elif working.cap_fen is None and working.computed_fen != working.rounded_fen:
        lines.append(WorkingLine(tr("合计取整后分摊"), "", amount(working.computed_fen)))
    if working.settled_fen:
        waived_fen = sum(part.late_fee_fen for part in working.settlements if part.is_waiver)
        if working.settled_fen != waived_fen:
            lines.append(WorkingLine(tr("减去已收违约金"), "", amount(waived_fen - working.settled_fen)))
        if waived_fen:
            lines.append(WorkingLine(tr("减去减免的违约金"), "", amount(-waived_fen)))
        lines.append(WorkingLine(tr("还应收违约金"), "", amount(working.due_fen)))
    return lines


def _cap_words(policy: LateFeePolicy) -> str:
    if policy.cap is None or policy.cap.principal_ratio is None:
        return ""
    per_cent = policy.cap.principal_ratio.per_mille
    return tr("不超过本金的 {share}‰", share=per_cent) if per_cent != "1000" else tr("不超过本金")


def _basis(policy: LateFeePolicy) -> tuple[str, ...]:
    classes = tr("居民") if policy.customer_class == "resident" else tr("非居民")
    rule = tr(
        "规则包 {trade}/{version} · {classes} 每日 {rate}‰ · 到期日不计，缴费日计入",
        trade=policy.trade,
        version=policy.version,
        classes=classes,
        rate=policy.rate.per_mille,
    )
    law = tr("依据：{law}", law=policy.legal_basis) if policy.legal_basis else ""
    return tuple(part for part in (rule, law) if part)


def _grouped(exact: str) -> str:
    yuan, _, decimals = exact.partition(".")
    return f"{int(yuan):,}.{decimals}"


def _short(on: date, today: date) -> str:
    """Month and day; the year too where it is another one."""
    return f"{on:%m-%d}" if on.year == today.year else on.isoformat()
