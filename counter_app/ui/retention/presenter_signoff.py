"""A second person's signature without Qt: what is shown before it, and the one call that it allows."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from counter_app.domain.retention import Act, Signer
from counter_app.domain.staff import Role, Session
from counter_app.services import retention_signing
from counter_app.services.hall import OpenHall
from counter_app.services.retention_desk import CaseView
from counter_app.services.retention_signing import Wanted
from counter_app.ui.desk import Desk
from counter_app.ui.formats import amount
from counter_app.ui.language import tr
from counter_app.ui.retention.presenter_lane import step_trouble
from counter_app.ui.retention.presenter_steps import Standing, facts_of
from counter_app.ui.retention.screen import Fact, SignoffScreen
from counter_app.ui.retention.words import RESULTS, offer_word, reasons_words, signature_word, value_word
from counter_app.ui.wording import sentences


def signoff_screen(desk: Desk, shown: CaseView, wanted: Wanted) -> SignoffScreen:
    """The whole case before it is signed: value, bills, reason, measures, cost."""
    case, rules, form = shown.case, shown.rules, shown.form
    at = Standing(shown, form, desk.hall.clock.now())
    facts = [Fact(tr("挽留单号"), case.case_no), *facts_of(at)]
    bills = " · ".join(f"{month.month} {amount(month.total_fen)}" for month in form.used) or tr("还没有账单")
    facts.append(Fact(tr("近月账单"), bills))
    facts.append(Fact(tr("退网原因"), reasons_words(case.reasons, rules) or tr("还没有登记")))
    if form.other_words:
        facts.append(Fact(tr("其他原因的说明"), form.other_words))
    if case.result is not None:
        facts.append(Fact(tr("结果"), tr(RESULTS[case.result])))
    for measure in case.measures:
        answer = {True: tr("接受"), False: tr("不接受"), None: tr("等答复")}[measure.is_accepted]
        value = value_word(measure.offer, measure.value, measure.months, rules)
        word = tr("方案 {line}：{offer}", line=measure.line, offer=offer_word(measure.offer, rules))
        facts.append(Fact(word, f"{value} · {amount(measure.cost_fen)} · {answer}"))
    return SignoffScreen(
        heading=_heading(wanted),
        what=_what(shown, wanted),
        facts=tuple(facts),
        can_refuse=wanted.act is Act.SIGN or wanted.is_own_desk,
        asks_words=wanted.act is Act.WAIVE_CONTRACT,
        own_no=desk.who.staff_no if wanted.is_own_desk else "",
        can_wait=wanted.act is Act.OFFER and not wanted.is_own_desk and _may_wait(shown, wanted),
    )


def sign(
    desk: Desk,
    shown: CaseView,
    wanted: Wanted,
    by: tuple[str, str],
    on_done: Callable[[CaseView], object],
    on_error: Callable[[str], object],
) -> None:
    """Prove the second person, `by` number and password, and do at once what that allows; the session stays."""
    hall, who = desk.hall, desk.who
    desk.lanes.run(
        "writer",
        lambda: _sign(hall, who, shown, wanted, by),
        on_done,
        lambda refusal: on_error(sentences(refusal)),
        lambda trouble: on_error(step_trouble(trouble)),
        word=tr("正在签字"),
    )


def refused(wanted: Wanted) -> Wanted:
    """The refusal of what was wanted; its reason is what is signed."""
    return replace(wanted, act=Act.DECLINE if wanted.measure is None else Act.DECLINE_OFFER)


def _sign(hall: OpenHall, who: Session, shown: CaseView, wanted: Wanted, by: tuple[str, str]) -> CaseView:
    case_id, signer, measure, words = shown.case.case_id, wanted.signer, wanted.measure, wanted.words
    signed = retention_signing.prove(hall, who, shown, wanted, staff_no=by[0], password=by[1])
    if wanted.act is Act.OFFER and measure is not None:
        return retention_signing.offer_signed(hall, who, case_id, measure.offer, measure.value, measure.months, signed)
    if wanted.act is Act.DECLINE_OFFER and measure is not None:
        return retention_signing.decline_offer(hall, who, case_id, measure, words, signed)
    if wanted.act is Act.WAIVE_CONTRACT:
        return retention_signing.waive_contract(hall, who, case_id, words, signed)
    assert signer is not None, "a signature is somebody's"
    if wanted.act is Act.DECLINE:
        return retention_signing.decline(hall, who, case_id, signer, words, signed)
    return retention_signing.sign(hall, who, case_id, signer, signed)


def _may_wait(shown: CaseView, wanted: Wanted) -> bool:
    """Whether a supervisor may give the offer: what only an admin gives is signed at the teller's screen."""
    measure = wanted.measure
    if measure is None:
        return False
    return retention_signing.refusal_of_giver(shown.rules, shown.case, measure, Role.SUPERVISOR) is None


def _heading(wanted: Wanted) -> str:
    if wanted.act is Act.OFFER:
        return tr("方案审批")
    if wanted.act is Act.WAIVE_CONTRACT:
        return tr("减免合约违约金")
    return signature_word(wanted.signer or Signer.MANAGER)


def _what(shown: CaseView, wanted: Wanted) -> str:
    measure = wanted.measure
    if measure is not None:
        return tr(
            "同意提出“{offer}”：{value}，本单成本合计 {cost}。",
            offer=offer_word(measure.offer, shown.rules),
            value=value_word(measure.offer, measure.value, measure.months, shown.rules),
            cost=amount(shown.case.cost_fen + measure.cost_fen),
        )
    if wanted.act is Act.WAIVE_CONTRACT:
        return tr("不再收取合约违约金 {amount}。", amount=amount(shown.form.contract_fen))
    if wanted.signer is Signer.MANAGER:
        return tr("已接待这位客户，可以继续办理。")
    return tr("已看过全部内容，同意客户离网。")
