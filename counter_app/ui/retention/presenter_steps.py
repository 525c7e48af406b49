"""From a case to its page: where it stands, what the next thing to do is, and which gates are unmet and where met."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import NamedTuple

from counter_app.domain.customers import Flag
from counter_app.domain.masks import mask_phone
from counter_app.domain.retention import ENDED, Act, Case, Gate, Result, Signer, Stage
from counter_app.domain.retention_feedback import is_missing
from counter_app.domain.retention_form import Form
from counter_app.domain.retention_guards import open_acts, unmet
from counter_app.domain.retention_refusals import GateUnmet
from counter_app.services.retention_desk import CaseView
from counter_app.ui.formats import amount, clock, day
from counter_app.ui.language import tr
from counter_app.ui.payments.words import flag_chip, grouped, masked_name
from counter_app.ui.retention.presenter_feedback import (
    can_look_at_feedback,
    feedback_facts,
    feedback_next,
    has_step,
    note_of,
    state_of,
)
from counter_app.ui.retention.presenter_form import id_word, is_port_out
from counter_app.ui.retention.screen import Fact, GateLine, ItemLine, NextStep, Page, SignatureLine, StepLine
from counter_app.ui.retention.words import (
    GATES,
    ITEMS,
    ITEMS_OF,
    PAGES,
    RECOVERIES,
    RESULTS,
    reasons_words,
    signature_word,
)
from counter_app.ui.wording import sentences
from counter_app.ui.wording_retention import signer_word

_BEFORE = frozenset({Stage.DRAFT, Stage.VALUE_CHECKED, Stage.MANAGER_SIGNED, Stage.TALKING})
_LEAVING = frozenset({Stage.REFUSED, Stage.RECEPTIONIST_SIGNED, Stage.CUSTOMER_SIGNED})


class Standing(NamedTuple):
    """A case as read, the form as it is typed now, and the moment."""

    view: CaseView
    form: Form
    now: datetime

    @property
    def case(self) -> Case:
        """The case."""
        return self.view.case


def page_of(at: Standing) -> Page:
    """The page of the step that the case stands at."""
    case = at.case
    if case.desk in ENDED:
        return "end"
    if case.desk is Stage.PROCESSING:
        return "order"
    if case.desk in _BEFORE:
        if case.desk is Stage.TALKING:
            return "offers" if case.reasons else "talk"
        return "manager" if waits_for_manager(at) else "talk"
    if at.view.missing:
        return "sign" if at.case.reasons else "talk"
    if case.desk is Stage.CUSTOMER_SIGNED:
        return "gates"
    return "customer" if case.reasons else "talk"


def waits_for_manager(at: Standing) -> bool:
    """Whether the manager has to sign, or be called, before the talk (002-A1, 002-B1)."""
    case = at.case
    if not case.is_valued or case.signature(Signer.MANAGER) is not None or case.desk not in _BEFORE:
        return False
    return at.view.facts.is_manager_first or case.request(Signer.MANAGER) is None


def step_lines(at: Standing) -> tuple[StepLine, ...]:
    """The steps on the left, those that this customer's case does not have left out."""
    case, present = at.case, page_of(at)
    left_out: set[Page] = set() if case.is_valued else {"manager", "sign"}
    if case.result is Result.KEPT:
        left_out |= {"sign", "customer", "gates", "order"}
    if not has_step(at.view):
        left_out |= {"feedback"}
    names = [name for name in PAGES if name not in left_out]
    place = names.index(present)
    lines = []
    for number, name in enumerate(names):
        state = "now" if number == place else "done" if number < place else "open"
        is_skipped = name == "offers" and (case.result is Result.REFUSED_TALK or (case.is_port_out and not case.result))
        if is_skipped:
            state = "skipped"
        if name == "feedback":
            state = state_of(at.view)
        can_open = can_look_at(at, name)
        lines.append(StepLine(name, tr(PAGES[name]), state, _note(at, name), can_open))  # type: ignore[arg-type]  # one of the four states by the lines above
    return tuple(lines)


def can_look_at(at: Standing, page: Page) -> bool:
    """Whether a page has something to show or to do at this stage."""
    case = at.case
    if page == page_of(at) or page == "talk":
        return page != "talk" or page_of(at) != "manager" or bool(case.reasons)
    if page == "offers":
        return case.desk is Stage.TALKING or bool(case.measures)
    if page == "feedback":
        return can_look_at_feedback(at.view)
    if page in ("sign", "customer", "gates"):
        return case.desk in _LEAVING and (page != "sign" or case.is_valued)
    return False


def next_step(at: Standing, page: Page) -> NextStep:
    """What the filled button does on a page."""
    case = at.case
    if page == "manager" and waits_for_manager(at):
        return _signing_step(case, Signer.MANAGER)
    if page == "talk" and Act.SAVE_FORM in open_acts(case):
        return _talk_step(at)
    if page == "offers" and case.desk is Stage.TALKING:
        return _offers_step(case)
    if page == "sign" and at.view.missing:
        return _signing_step(case, at.view.missing[0])
    if page == "customer" and Act.SIGN_CUSTOMER in open_acts(case):
        return NextStep("sign_customer", tr("签字存好"))
    if page == "gates" and case.desk in _LEAVING:
        return _gates_step(at)
    if page == "order" and case.desk is Stage.PROCESSING:
        is_settled = case.is_equipment_settled
        return NextStep("close", tr("办结，离网完成")) if is_settled else NextStep("recover", tr("设备已核对"))
    if page == "end":
        is_told = not is_missing(case, at.view.rules)
        return NextStep("back", tr("回到名单")) if is_told else NextStep("feedback", tr("反馈厅经理"))
    told = feedback_next(at.view) if page == "feedback" else None
    return told or NextStep("forward", tr("回到当前步骤"))


def _signing_step(case: Case, signer: Signer) -> NextStep:
    asked = case.request(signer)
    if asked is None or asked.is_declined:
        return NextStep(f"ask:{signer.value}", tr("请{who}签字", who=signer_word(signer)))
    return NextStep(f"sign:{signer.value}", tr("在此签字"))


def _talk_step(at: Standing) -> NextStep:
    if at.case.desk is Stage.REFUSED:
        return NextStep("save", tr("登记存好，继续"))
    if is_port_out(at.form) and at.case.desk is not Stage.TALKING:
        return NextStep("leave_now", tr("按携号转网办理"))
    if is_port_out(at.form):
        return NextStep("leave", tr("按携号转网办理"))
    return NextStep("offers" if at.case.desk is Stage.TALKING else "talk", tr("登记存好，看方案"))


def _offers_step(case: Case) -> NextStep:
    if case.is_port_out:
        return NextStep("leave", tr("按携号转网办理"))
    if not case.measures:
        return NextStep("", tr("等审批")) if case.open_offers else NextStep("offer", tr("提出方案 1"))
    if any(measure.is_accepted is None for measure in case.measures):
        return NextStep("", tr("等客户答复"))
    if any(measure.is_accepted for measure in case.measures):
        return NextStep("keep", tr("客户留下，结案"))
    return NextStep("leave", tr("客户仍要离网"))


def _gates_step(at: Standing) -> NextStep:
    for line in gate_lines(at):
        if line.way:
            return NextStep(f"way:{line.way}", way_word(line.way))
        if line.tone != "good":
            return NextStep(f"gate:{line.gate}", tr("核对无误：{what}", what=line.word))
    return NextStep("process", tr("办理退网"))


def can_waive(at: Standing) -> bool:
    """Whether the contract asks something that a second person may let go of."""
    asked_fen = at.view.facts.contract_fen
    return Act.WAIVE_CONTRACT in open_acts(at.case) and asked_fen > 0 and not at.case.is_waived(asked_fen)


def way_word(way: str) -> str:
    """Where an unmet gate is met."""
    words = {
        "pay": tr("去收费"),
        "sign": tr("去补签字"),
        "customer": tr("去请客户签字"),
        "contract": tr("请主管减免合约违约金"),
    }
    return words[way]


def gate_lines(at: Standing) -> tuple[GateLine, ...]:
    """The three gates, each with what keeps it shut and the way to where it is met."""
    lines = []
    for gate in Gate:
        refusal = unmet(at.case, gate, at.view.facts)
        word = tr(GATES[gate])
        if refusal is not None:
            way = "pay" if refusal.owed_fen else "contract"
            if gate is Gate.SIGNATURE:
                way = "sign" if refusal.signers else "customer"
            lines.append(GateLine(gate.value, word, tr("未满足"), "bad", _why_shut(at, refusal), way))
        elif gate in at.case.gates:
            lines.append(GateLine(gate.value, word, tr("已核对"), "good"))
        else:
            lines.append(GateLine(gate.value, word, tr("待核对"), "warn", _how(at, gate)))
    return tuple(lines)


def _why_shut(at: Standing, refusal: GateUnmet) -> str:
    if refusal.contract_fen and not refusal.owed_fen and at.view.contract is not None:
        return tr(
            "合约还有违约金 {owed} 元，以资料为准，不在本机收取。请等资料更新，或请班长签字减免。",
            owed=amount(refusal.contract_fen),
        )
    return sentences(refusal)


def _how(at: Standing, gate: Gate) -> str:
    if gate is Gate.ID:
        return tr("请对照原件：{document}", document=id_word(at.form))
    return tr("没有欠费。") if gate is Gate.SETTLED else tr("需要的签字都在。")


def signature_lines(at: Standing, page: Page) -> tuple[SignatureLine, ...]:
    """The hall's signatures as they stand; on the manager's page the manager's alone."""
    if not at.case.is_valued:
        return ()
    signers = (Signer.MANAGER,) if page == "manager" else tuple(Signer)
    return tuple(_signature_line(at, signer) for signer in signers)


def _signature_line(at: Standing, signer: Signer) -> SignatureLine:
    case, word = at.case, signer_word(signer)
    given, asked = case.signature(signer), case.request(signer)
    zone = at.now.tzinfo
    if given is not None:
        when = clock(given.signed_at.astimezone(zone))
        if given.not_available:
            state = tr("无人可签，{when} 由 {who} 记录：{why}", when=when, who=given.staff_no, why=given.not_available)
            return SignatureLine(signer.value, word, state, "warn", False, False, False)
        state = tr("{who} 于 {when} 已签", who=given.staff_no, when=when)
        return SignatureLine(signer.value, word, state, "good", False, False, False)
    can_act = Act.SIGN in open_acts(case)
    if asked is None:
        return SignatureLine(signer.value, word, tr("还没有请"), "muted", can_act, False, False)
    if asked.is_declined:
        state = tr("拒签，案件退回：{why}", why=asked.why)
        return SignatureLine(signer.value, word, state, "bad", can_act, can_act, False)
    until = asked.asked_at + timedelta(minutes=at.view.facts.signature_minutes)
    since = clock(asked.asked_at.astimezone(zone))
    if at.now < until:
        state = tr("{since} 已请，等到 {until}", since=since, until=clock(until.astimezone(zone)))
        return SignatureLine(signer.value, word, state, "warn", False, can_act, False)
    state = tr("{since} 已请，已超时，可以记“无人可签”", since=since)
    return SignatureLine(signer.value, word, state, "bad", False, can_act, can_act)


def item_lines(at: Standing, chosen: dict[str, str]) -> tuple[ItemLine, ...]:
    """The hall's equipment that goes with the service, each with what was chosen for it."""
    codes = ITEMS_OF.get(at.view.service.kind, ("other",))
    return tuple(ItemLine(code, tr(ITEMS[code]), chosen.get(code, next(iter(RECOVERIES)))) for code in codes)


def facts_of(at: Standing) -> tuple[Fact, ...]:
    """Who stands there, what the customer is worth and why, what is owed."""
    case, customer, view = at.case, at.view.record.customer, at.view
    flags = [flag_chip(flag).word for flag in customer.flags]
    worth_fen = case.worth.average_fen if case.worth else 0
    facts = [
        Fact(tr("客户姓名"), " · ".join((masked_name(customer), *flags))),
        Fact(tr("号码"), mask_phone(view.service.number) if view.service.kind == "mobile" else view.service.number),
        Fact(tr("前 {count} 月月均", count=len(at.form.used)), amount(worth_fen)),
        Fact(tr("高价值客户"), _why_valued(at), "accent" if case.is_valued else "muted"),
        Fact(tr("欠费（含违约金）"), amount(view.facts.owed_fen), "bad" if view.facts.owed_fen else "good"),
    ]
    if at.form.contract_fen:
        is_waived = case.is_waived(at.form.contract_fen)
        value = (
            tr("{amount} 已减免", amount=amount(at.form.contract_fen)) if is_waived else amount(at.form.contract_fen)
        )
        facts.append(Fact(tr("合约违约金"), value, "good" if is_waived else "bad"))
    if at.form.contract_until_on:
        facts.append(Fact(tr("合约到期"), day(at.form.contract_until_on)))
    if case.measures:
        facts.append(Fact(tr("方案成本"), amount(case.cost_fen)))
    return tuple(facts)


def follow_lines(at: Standing) -> tuple[Fact, ...]:
    """What comes after the case: how long the number is kept, and the follow-ups with their owner."""
    case, found = at.case, []
    if case.held_until is not None:
        days = (case.held_until - at.now.date()).days + 1
        value = tr("到 {until}，还有 {days} 天", until=day(case.held_until), days=max(0, days))
        if at.view.rules.is_reentry_free:
            value += tr("；期内回来免手续费")
        found.append(Fact(tr("号码为客户保留"), value))
    for visit in case.visits:
        value = tr("{due}，{who}", due=day(visit.due_on), who=visit.owner_no)
        found.append(Fact(tr("回访 {line}", line=visit.line), value))
    return (*found, *feedback_facts(at.view, at.now))


def missing_words(at: Standing) -> tuple[str, ...]:
    """What is still missing before the service can be cancelled, one line each."""
    case = at.case
    if case.desk in ENDED or case.desk is Stage.PROCESSING:
        return (tr("反馈厅经理"),) if is_missing(case, at.view.rules) else ()
    found = []
    if not case.reasons and not at.form.reasons:
        found.append(tr("退网原因"))
    if case.desk in _LEAVING or waits_for_manager(at):
        found += [signature_word(signer) for signer in at.view.missing if _counts(at, signer)]
    if case.desk in _LEAVING and not case.customer_signature:
        found.append(tr("客户签字"))
    if at.view.facts.owed_fen:
        found.append(tr("结清欠费"))
    if at.form.contract_fen and not case.is_waived(at.form.contract_fen):
        found.append(tr("合约违约金"))
    if not at.form.id_number:
        found.append(tr("证件号码"))
    return tuple(found)


def lead_of(at: Standing, page: Page) -> str:
    """One or two sentences on what happens on a page."""
    rule_minutes = at.view.facts.signature_minutes
    words = {
        "manager": tr(
            "这是高价值客户，请客户经理先接待并签字，再谈。等 {minutes} 分钟仍无人，可写明原因继续。",
            minutes=rule_minutes,
        ),
        "talk": tr("边谈边记。原因和选项填编号，Tab 到下一项；自动保存，随时可以离开。"),
        "offers": tr("按编号提出方案。客户接受按 Y，不接受按 N。"),
        "sign": tr("高价值客户离网，须由没有经手的同事签字。"),
        "customer": tr("请客户在框内签名；也可以签在纸上，或存扫描件。"),
        "gates": tr("三项都核对了，才能办理退网。"),
        "order": tr("核对要收回的设备，然后办结。"),
        "feedback": tr("厅经理会看到客户的问题并作答复。内容取自谈话登记；客户不用等。"),
        "end": "",
    }
    if page == "talk" and is_port_out(at.form):
        return tr("携号转网：不作挽留，只说明影响转出的欠费和合约。")
    return words[page]


def title_of(at: Standing) -> str:
    """The customer and the number on one line, masked."""
    return f"{masked_name(at.view.record.customer)} {grouped(mask_phone(at.view.service.number))}"


def _counts(at: Standing, signer: Signer) -> bool:
    return at.case.desk in _LEAVING or signer is Signer.MANAGER


def _why_valued(at: Standing) -> str:
    if not at.case.is_valued:
        return tr("否")
    if Flag.VIP in at.view.record.customer.flags:
        return tr("是：重要客户")
    return tr("是：月均达到标准")


def _note(at: Standing, page: Page) -> str:
    case = at.case
    if page in ("manager", "sign"):
        signer = Signer.MANAGER if page == "manager" else Signer.RECEPTIONIST
        given = case.signature(signer)
        return "" if given is None else tr("无人可签") if given.not_available else given.staff_no
    if page == "talk":
        return reasons_words(case.reasons[:1], at.view.rules)
    if page == "feedback":
        return note_of(at.view)
    if page == "offers" and case.measures:
        taken = sum(measure.is_accepted is True for measure in case.measures)
        return tr("提出 {count} 项，接受 {taken} 项", count=len(case.measures), taken=taken)
    if page == "gates":
        return f"{len(case.gates)} / {len(Gate)}" if case.gates else ""
    if page == "end" and case.result:
        return tr(RESULTS[case.result])
    return tr("已签") if page == "customer" and case.customer_signature else ""
