"""A whole case to read, without Qt: what was written down and what was done, in the order of the form."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass

from counter_app.domain.masks import mask_in_words
from counter_app.domain.retention import Gate, Result, Signature, Signer, Stage
from counter_app.domain.retention_papers import PaperKind
from counter_app.domain.retention_rules import Choice
from counter_app.domain.staff import Session
from counter_app.services import retention, retention_lists, retention_papers
from counter_app.services.hall import OpenHall
from counter_app.services.retention_desk import CaseView
from counter_app.services.retention_lists import VisitRow
from counter_app.ui.desk import Desk
from counter_app.ui.formats import amount, day, day_and_clock
from counter_app.ui.language import later, tr
from counter_app.ui.retention.presenter_feedback import told_facts
from counter_app.ui.retention.presenter_form import id_word
from counter_app.ui.retention.presenter_reading import read
from counter_app.ui.retention.presenter_steps import Standing, facts_of
from counter_app.ui.retention.screen import Fact
from counter_app.ui.retention.words import (
    GATES,
    RESULTS,
    cost_word,
    offer_word,
    own_name,
    reasons_words,
    signature_word,
    value_word,
)
from counter_app.ui.theme import Tone
from counter_app.ui.wording_papers import paper_word

OUTCOMES = {
    "content": later("满意"),
    "unhappy": later("不满意"),
    "returning": later("有意回来"),
    "not_reached": later("没有联系上"),
    "no_wish": later("不愿再被回访"),
}
"""How a follow-up went, in the order of the numbers that are typed for them."""
MISSES = {"id": later("证件"), "signature": later("签字手续"), "record": later("挽留记录")}
"""What an audit may find missing, in the order of the numbers that are typed for them."""


@dataclass(frozen=True, slots=True)
class Section:
    """Some facts under one word; `key` names the part of a whole case."""

    word: str
    facts: tuple[Fact, ...]
    key: str = ""


@dataclass(frozen=True, slots=True)
class WholeCase:
    """A case as it is read: its heading, and its sections."""

    heading: str
    sections: tuple[Section, ...]


def read_whole(desk: Desk, case_id: str, show: Callable[[WholeCase], object], say: Callable[[str], object]) -> None:
    """Read a case with its follow-ups."""
    hall, who = desk.hall, desk.who
    read(desk, lambda: whole_case(hall, who, retention.view(hall, who, case_id)), show, say)


def whole_case(hall: OpenHall, who: Session, shown: CaseView) -> WholeCase:
    """The sections that have something in them; reads follow-ups and papers, and so belongs on a lane."""
    at, case_id = Standing(shown, shown.form, hall.clock.now()), shown.case.case_id
    visits = retention_lists.visits_of_case(hall, who, case_id)
    papers = retention_papers.papers(hall, who, case_id)
    told = [
        Section(tr("客户情况"), facts_of(at), "customer"),
        Section(tr("登记"), tuple(_written(at.view)), "form"),
        Section(tr("方案"), tuple(offer_facts(at.view)), "offers"),
        Section(tr("签字和核对"), (*signature_facts(at), *gate_facts(at.view)), "signatures"),
        Section(tr("反馈厅经理"), told_facts(at.view, at.now), "feedback"),
        Section(tr("结果"), tuple(_end(at)), "end"),
        Section(tr("回访"), tuple(map(_visit, visits)), "visits"),
        Section(tr("开过的单据"), tuple(Fact(paper_word(PaperKind(p.kind)), p.paper_no) for p in papers), "papers"),
    ]
    return WholeCase(tr("挽留单 {no}", no=at.case.case_no), tuple(section for section in told if section.facts))


def signature_facts(at: Standing) -> tuple[Fact, ...]:
    """Each signature that the case needs: who gave it and when, what stood in for it, or that it is missing."""
    case, facts = at.case, list[Fact]()
    for signer in Signer if case.is_valued else ():
        is_skipped = signer is Signer.RECEPTIONIST and case.result in (Result.KEPT, Result.WITHDRAWN)
        found = case.signature(signer)
        if found is not None or not is_skipped:
            facts.append(_signed(signer, found, at))
    if not case.is_valued:
        facts.append(Fact(tr("本厅签字"), tr("普通客户，不需要"), "muted"))
    is_needed = case.result in (Result.LEFT, Result.REFUSED_TALK)
    if case.customer_signature:
        facts.append(Fact(tr("客户本人签字"), tr("本人已签"), "good"))
    elif is_needed:
        facts.append(Fact(tr("客户本人签字"), tr("没有"), "bad"))
    else:
        facts.append(Fact(tr("客户本人签字"), tr("没有离网，不需要"), "muted"))
    return tuple(facts)


def gate_facts(shown: CaseView) -> tuple[Fact, ...]:
    """What the teller checked before the line was cancelled."""
    if shown.case.result not in (Result.LEFT, Result.REFUSED_TALK):
        return ()
    return tuple(gate_fact(shown, gate) for gate in Gate)


def gate_fact(shown: CaseView, gate: Gate) -> Fact:
    """Whether one of the three was checked."""
    is_checked = gate in shown.case.gates
    return Fact(tr(GATES[gate]), tr("已核对") if is_checked else tr("没有核对"), "good" if is_checked else "bad")


def _signed(signer: Signer, found: Signature | None, at: Standing) -> Fact:
    word = signature_word(signer)
    if found is None:
        return Fact(word, tr("没有"), "bad")
    when = day_and_clock(found.signed_at.astimezone(at.now.tzinfo))
    if found.not_available:
        return Fact(
            word, tr("无人签：{why}（工号 {no}，{at}）", why=found.not_available, no=found.staff_no, at=when), "warn"
        )
    return Fact(word, tr("工号 {no}，{at}", no=found.staff_no, at=when), "good")


def _written(shown: CaseView) -> Iterator[Fact]:
    form, rules = shown.form, shown.rules
    yield Fact(tr("证件"), id_word(form))
    if form.agent.is_there:
        yield Fact(tr("代办人"), tr("有，委托书 {no}", no=form.agent.order_no))
    yield Fact(tr("退网原因"), reasons_words(shown.case.reasons, rules) or tr("还没有登记"))
    bills = " · ".join(f"{month.month} {amount(month.total_fen)}" for month in form.used)
    rating = tr("{stars} 星", stars=form.rating) if form.rating else ""
    for word, value in (
        (tr("原因说明"), mask_in_words(form.other_words)),
        (tr("近月账单"), bills),
        (tr("原使用情况"), mask_in_words(form.former_use)),
        (tr("感兴趣的功能"), _names(rules.interests, form.interests)),
        (tr("服务评价"), " · ".join(filter(None, (rating, mask_in_words(form.rating_words))))),
        (tr("退网后通信工具"), _names(rules.next_tools, (form.next_tool,))),
        (tr("意见建议"), mask_in_words(form.suggestions)),
    ):
        if value:
            yield Fact(word, value)
    yield Fact(tr("回访意愿"), tr("已同意") if form.is_contact_agreed else tr("没有同意"))
    if form.contact_times:
        yield Fact(tr("方便联系的时间"), _names(rules.contact_times, form.contact_times))


def offer_facts(shown: CaseView) -> Iterator[Fact]:
    """Each offer that was made, what it costs, what the customer said, and who approved it."""
    for measure in shown.case.measures:
        answer = {True: tr("接受"), False: tr("不接受"), None: tr("等答复")}[measure.is_accepted]
        value = value_word(measure.offer, measure.value, measure.months, shown.rules)
        by = tr("工号 {no} 同意", no=measure.approver_no) if measure.approver_no else ""
        parts = (value, cost_word(measure.cost_fen), answer, by)
        yield Fact(offer_word(measure.offer, shown.rules), " · ".join(filter(None, parts)))


def _end(at: Standing) -> Iterator[Fact]:
    case, tz = at.case, at.now.tzinfo
    yield Fact(tr("受理"), f"{day_and_clock(case.opened_at.astimezone(tz))} · {tr('工号 {no}', no=case.opened_by)}")
    if case.result is not None:
        yield Fact(tr("结果"), tr(RESULTS[case.result]))
    if case.ended_at is not None:
        yield Fact(tr("办结"), day_and_clock(case.ended_at.astimezone(tz)))
    if case.held_until is not None:
        yield Fact(tr("号码保留到"), day(case.held_until))
    if case.is_audit_passed is not None:
        misses = tr("、").join(tr(MISSES[miss]) if miss in MISSES else miss for miss in case.misses)
        yield Fact(tr("稽核结果"), tr("合格") if case.is_audit_passed else tr("差错：{what}", what=misses), _passed(at))
    elif case.desk in (Stage.KEPT, Stage.CLOSED):
        yield Fact(tr("稽核结果"), tr("还没有稽核"), "muted")


def _passed(at: Standing) -> Tone:
    return "good" if at.case.is_audit_passed else "bad"


def _visit(visit: VisitRow) -> Fact:
    word = tr("第 {line} 次，共 {of} 次", line=visit.line, of=visit.of)
    if visit.done_on is None:
        return Fact(word, tr("应在 {due} 前，工号 {no}", due=day(visit.due_on), no=visit.owner_no), "muted")
    outcome = tr(OUTCOMES[visit.outcome]) if visit.outcome in OUTCOMES else str(visit.outcome)
    alive = tr("号码在用") if visit.is_line_alive else tr("号码已退网")
    return Fact(word, f"{day(visit.done_on)} · {outcome} · {alive}")


def _names(choices: tuple[Choice, ...], codes: tuple[str, ...]) -> str:
    known = {choice.code: own_name(choice) for choice in choices}
    return tr("、").join(known.get(code, code) for code in codes if code)
