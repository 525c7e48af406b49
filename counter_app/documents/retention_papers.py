"""The papers of a retention case as PDF, each rebuilt from its facts: equal arguments give equal bytes."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import fields, is_dataclass

from counter_app.documents.fonts import missing_characters
from counter_app.documents.form_sheet import Cell, Column, FormSheet
from counter_app.documents.paper import Paper
from counter_app.documents.retention_parts import (
    contract_text,
    customer_sign,
    day,
    gate_table,
    heading,
    party_rows,
    reason_text,
    sign_of,
    stand_in_rows,
    when,
)
from counter_app.documents.retention_register import register_pdf
from counter_app.domain.paper_wording import money
from counter_app.domain.print_marks import PrintMark
from counter_app.domain.retention_papers import ExitSlipFacts, PaperFacts, RegisterFacts, WorkOrderFacts

_EQUIPMENT = (Column("序", 1, "center"), Column("设备", 6), Column("回收情况", 5))


def paper_pdf(facts: PaperFacts, *, paper: Paper, mark: PrintMark, drawing: bytes = b"") -> bytes:
    """One paper, rebuilt from its facts. Register and work order are A4, the slip is A4 or A5; `drawing` is the
    customer's signature as PNG where it was drawn. Ask `missing_in_paper` before printing.
    """
    if isinstance(facts, RegisterFacts):
        return register_pdf(facts, mark=mark, drawing=drawing)
    if isinstance(facts, WorkOrderFacts):
        return _work_order(facts, mark, drawing)
    return _exit_slip(facts, Paper.A5 if paper is Paper.A5 else Paper.A4, mark)


def missing_in_paper(facts: PaperFacts, mark: PrintMark) -> str:
    """The characters of a paper's names and texts that no font of ours can show, each once."""
    texts = (*_texts(facts), mark.staff_name)
    return "".join(dict.fromkeys("".join(map(missing_characters, texts))))


def _texts(value: object) -> Iterator[str]:
    """Every text in a frozen value."""
    if isinstance(value, str):
        yield value
    elif isinstance(value, tuple):
        for item in value:
            yield from _texts(item)
    elif is_dataclass(value) and not isinstance(value, type):
        for part in fields(value):
            yield from _texts(getattr(value, part.name))


def _work_order(facts: WorkOrderFacts, mark: PrintMark, drawing: bytes) -> bytes:
    form = FormSheet(Paper.A4.size_mm, heading(facts.head, mark))
    form.band("一、客户与业务")
    form.row(Cell("受理时间", when(facts.accepted_at)))
    party_rows(form, facts.party, has_class=False)
    form.band("二、退网事项")
    form.row(Cell("退网原因", reason_text(facts.reasons), is_bold=True))
    if facts.other_words:
        form.row(Cell("原因说明", facts.other_words))
    contract = contract_text(facts.contract_fen, facts.contract_waived_by)
    form.row(Cell("挽留结果", facts.result))
    form.row(Cell("派单号", facts.order_id or "未派单"))
    form.row(Cell("欠费含违约金", money(facts.owed_fen)), Cell("合约违约金", contract))
    form.row(Cell("号码保留至", day(facts.held_until)), Cell("销户时间", when(facts.closed_at) or "未销户"))
    form.band("三、营业员核对", keep_mm=25)
    gate_table(form, facts.gates)
    form.band("四、设备回收", keep_mm=20)
    rows = [(str(number), *item) for number, item in enumerate(facts.equipment, 1)]
    form.table(_EQUIPMENT, rows, "无需回收的设备")
    form.band("五、签字", keep_mm=30)
    stand_in_rows(form, facts.signatures)
    form.signs([*map(sign_of, facts.signatures), customer_sign(facts.customer_signature, drawing)])
    form.row(Cell("受理营业员", facts.processed_by or "未办理"), Cell("办理时间", when(facts.processed_at) or "未办理"))
    notes = (
        "客户确认：以上退网事项系本人（或经机主委托）自愿办理，内容属实。",
        "销户后本号码停止全部服务；请自行解除与银行、社保及各网络账户的绑定。",
    )
    form.seal("营业厅盖章", notes)
    return form.data()


def _exit_slip(facts: ExitSlipFacts, paper: Paper, mark: PrintMark) -> bytes:
    form = FormSheet(paper.size_mm, heading(facts.head, mark))
    party = facts.party
    form.row(Cell("客户姓名", party.name, is_bold=True), Cell("业务号码", party.service_number, is_bold=True))
    form.row(Cell("证件号码", f"{party.id_kind} {party.id_masked}".strip()), Cell("离网日期", day(facts.left_on)))
    if facts.held_until:
        kept = f"为您保留至 {day(facts.held_until)}（含当日），其间不分配给他人"
        back = "保留期内凭有效证件重新入网，沿用原号码"
        back += "，免收手续费" if facts.is_reentry_free else ""
        form.row(Cell("号码保留", kept, is_bold=True))
        form.row(Cell("重新入网", back))
    elif facts.is_port_out:
        form.row(Cell("号码保留", "号码已申请携号转网，本网不作保留"))
    else:
        form.row(Cell("号码保留", "本号码不予保留"))
    form.row(Cell("余额退还", _refund(facts)))
    form.row(Cell("回访", _contact(facts)))
    if facts.offers:
        form.row(Cell("优惠告知", "\n".join(facts.offers)))
    head = facts.head
    form.row(Cell("联系我们", f"客服热线 {head.hotline}    {head.hall_name}    {head.address}".rstrip()))
    notes = (
        "请妥善保管本凭条；重新入网、退款或查询时请出示。",
        "本号码停止服务后，请自行解除与银行、社保及各网络账户的绑定。",
    )
    form.seal("营业厅盖章", notes, height_mm=28.0)
    return form.data()


def _refund(facts: ExitSlipFacts) -> str:
    if facts.is_account_alive:
        return f"户号 {facts.party.account_no} 下还有其他业务，预存款 {money(facts.refund_fen)} 继续用于该户号"
    if not facts.refund_fen:
        text = "无可退余额"
    else:
        text = f"可退预存款 {money(facts.refund_fen)}，凭有效证件办理，按原缴费方式退还"
    return f"{text}；赠送金额 {money(facts.gift_fen)} 不退" if facts.gift_fen else text


def _contact(facts: ExitSlipFacts) -> str:
    if not facts.is_contact_agreed:
        return "您未同意回访，我们不会再与您联系"
    days = "、".join(day(on) for on in facts.visits) or "另行约定"
    where = f"，联系方式 {facts.later_contact_masked}" if facts.later_contact_masked else ""
    return f"您同意回访{where}；计划日期：{days}。可随时致电热线取消"
