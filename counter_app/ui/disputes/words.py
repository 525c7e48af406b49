"""Disputes in the teller's words: on the bill's line, in its working, in the panels, and when it is done."""

from __future__ import annotations

from datetime import date

from counter_app.domain.disputes import REASONS, Decision, Dispute
from counter_app.services.disputes import BillCase, DisputeDone
from counter_app.ui.disputes.screen import DecideScreen, DisputeChoice, LineChoice, OpenScreen, ReasonChoice
from counter_app.ui.facts import Fact
from counter_app.ui.formats import amount, day
from counter_app.ui.language import tr
from counter_app.ui.wording_disputes import item_word, reason_word


def open_screen(case: BillCase) -> OpenScreen:
    """What may be contested; numbers are the lines of the bill, 0 the whole of it."""
    return OpenScreen(
        tr("登记争议：{month} 账单", month=case.bill.month),
        tr("应缴 {fen}。登记后争议的部分不催缴，明天起不计违约金；其余照常可缴。", fen=amount(case.bill.principal_fen)),
        tuple(
            LineChoice(str(one.line), one.line, f"{item_word(one.item)} {amount(one.room_fen)}", one.room_fen)
            for one in sorted(case.lines, key=lambda one: (one.line == 0, one.line))
            if one.room_fen
        ),
        tuple(ReasonChoice(str(no), code, reason_word(code)) for no, code in enumerate(REASONS, 1)),
    )


def decide_screen(case: BillCase) -> DecideScreen:
    """The disputes that wait for their decision, and what the rule makes of the days in between."""
    waiting = [dispute for dispute in case.disputes if not dispute.is_decided]
    spared = case.policy.is_spared_in_dispute
    return DecideScreen(
        tr("处理争议：{month} 账单", month=case.bill.month),
        tuple(_choice(str(no), dispute, case) for no, dispute in enumerate(waiting, 1)),
        tr("账单不变：争议期间不计违约金。改小：按从未应缴计算。")
        if spared
        else tr("账单不变：违约金照没有争议一样计算。改小：按从未应缴计算。"),
    )


def decision_facts(made: Decision) -> tuple[Fact, ...]:
    """What a decision does, before it is signed."""
    back = [Fact(tr("已缴多出，转入预存"), amount(made.back_fen), "good")] if made.back_fen else []
    if made.back_late_fee_fen:
        back.append(Fact(tr("其中违约金"), amount(made.back_late_fee_fen)))
    return (
        Fact(tr("争议金额"), amount(made.dispute.disputed_fen)),
        Fact(tr("改小"), amount(made.lowered_fen)),
        *back,
        Fact(tr("处理前应缴"), amount(made.due_before_fen)),
        Fact(tr("处理后应缴"), amount(made.due_fen)),
        Fact(tr("其中违约金"), amount(made.late_fee_fen)),
    )


def what_is_decided(made: Decision) -> str:
    """The sentence that is signed."""
    if made.outcome == "stands":
        return tr("账单 {no} 的争议 {fen}：账单不变。", no=made.bill_no, fen=amount(made.dispute.disputed_fen))
    return tr(
        "账单 {no} 的争议 {fen}：改小 {lowered}。",
        no=made.bill_no,
        fen=amount(made.dispute.disputed_fen),
        lowered=amount(made.lowered_fen),
    )


def opened_words(done: DisputeDone) -> str:
    """What is said when a part is frozen."""
    return tr("已登记争议，冻结 {fen}。其余照常可缴。", fen=amount(done.fen))


def released_words(done: DisputeDone) -> str:
    """What is said when a part is payable again."""
    return tr("已解冻 {fen}，现在可以缴。争议还在，改小了会退进预存。", fen=amount(done.fen))


def decided_words(done: DisputeDone) -> str:
    """What is said when a dispute is decided."""
    if not done.fen:
        return tr("争议已处理：账单不变，{by} 签字。", by=done.approver_no)
    if done.back_fen:
        return tr(
            "争议已处理：改小 {fen}，{back} 转入预存，{by} 签字。",
            fen=amount(done.fen),
            back=amount(done.back_fen),
            by=done.approver_no,
        )
    return tr("争议已处理：改小 {fen}，{by} 签字。", fen=amount(done.fen), by=done.approver_no)


def _choice(number: str, dispute: Dispute, case: BillCase) -> DisputeChoice:
    known = case.known.get(dispute.dispute_id)
    items = {one.line: one.item for one in case.lines}
    word = item_word(known.item if known else items.get(dispute.line, ""))
    facts = [
        Fact(tr("争议金额"), amount(dispute.disputed_fen)),
        Fact(tr("现在冻结"), amount(dispute.frozen_fen)),
        Fact(tr("登记日期"), _since(dispute.opened_on, case.on)),
    ]
    if known:
        facts += [Fact(tr("原因"), reason_word(known.reason_code)), Fact(tr("登记人"), known.staff_no)]
    else:
        facts.append(Fact(tr("登记的柜台"), dispute.counter_id or tr("本柜台")))
    return DisputeChoice(
        number,
        dispute.dispute_id,
        f"{word} {amount(dispute.disputed_fen)}",
        tuple(facts),
        dispute.frozen_fen,
        dispute.disputed_fen,
    )


def _since(opened_on: date, on: date) -> str:
    days = (on - opened_on).days
    return tr("{day}，{count} 天前", day=day(opened_on), count=days) if days > 0 else day(opened_on)
