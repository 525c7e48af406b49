"""What the papers of a retention case share: heading, holder and service, checks, places to sign."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime

from counter_app.documents.dots import read_png
from counter_app.documents.form_sheet import Cell, Column, FormSheet, Heading, Sign
from counter_app.documents.paper_heading import paper_heading
from counter_app.domain.paper_wording import money
from counter_app.domain.print_marks import PrintMark
from counter_app.domain.retention_papers import (
    Head,
    PaperCustomerSignature,
    PaperGate,
    PaperKind,
    PaperSignature,
    Party,
)

NONE = "无"
_CONFIRMED = "本人工号口令确认"
_HOW = {"drawing": "签名图像无法显示", "scan": "已扫描存档", "paper": "已签于纸质原件"}


def heading(head: Head, mark: PrintMark) -> Heading:
    """Title, hall and number above; case and counter below; at the foot which print this is (domain_rules 2.5)."""
    under = f"挽留单号 {head.case_no}    {head.counter_name}    填制 {head.staff_name}（工号 {head.staff_no}）"
    if head.replaces:
        under += f"    代替 {head.replaces}"
    return paper_heading(head, mark, title=PaperKind(head.kind).heading, at=head.issued_at, under=under)


def party_rows(form: FormSheet, party: Party, *, has_class: bool) -> None:
    """Holder, document, service and agent."""
    form.row(Cell("客户姓名", party.name, is_bold=True), Cell("业务号码", party.service_number, is_bold=True))
    form.row(Cell("证件类型", party.id_kind), Cell("证件号码", party.id_masked))
    form.row(Cell("户号", party.account_no), Cell("业务", party.service))
    if has_class:
        form.row(Cell("客户编号", party.customer_no), Cell("客户等级", party.customer_class))
    agent = party.agent
    if agent.name:
        form.row(Cell("代办人", agent.name), Cell("代办人证件", f"{agent.id_kind} {agent.id_masked}".strip()))
        form.row(Cell("委托书号", agent.order_no))
    else:
        form.row(Cell("代办人", "无（机主本人办理）"))


def gate_table(form: FormSheet, gates: Sequence[PaperGate]) -> None:
    """The teller's checks, with who made each."""
    columns = (Column("核对项目", 4), Column("结果", 2), Column("核对人", 3), Column("核对时间", 3))
    rows = [(gate.name, "已核对" if gate.at else "未核对", gate.staff, when(gate.at)) for gate in gates]
    form.table(columns, rows, NONE)


def stand_in_rows(form: FormSheet, signatures: Sequence[PaperSignature]) -> None:
    """The reasons that stand in for a signature, in full."""
    for given in signatures:
        if given.not_available:
            form.row(
                Cell("无法签字说明", f"{given.role}：{given.not_available}（登记人 {given.staff}，{when(given.at)}）")
            )


def sign_of(given: PaperSignature) -> Sign:
    """The place of a signature of the hall."""
    if given.not_available:
        return Sign(given.role, ("无法签字，见说明", when(given.at)))
    if given.at is None:
        return Sign(given.role, (given.staff,) if given.staff else ())
    return Sign(given.role, (given.staff, when(given.at), _CONFIRMED))


def customer_sign(given: PaperCustomerSignature | None, drawing: bytes) -> Sign:
    """The place of the customer's signature: drawn, or where it is kept."""
    label = "客户（或代办人）签字"
    if given is None:
        return Sign(label)
    dots = read_png(drawing) if given.how == "drawing" else None
    if dots is not None:
        return Sign(label, (when(given.at),), dots)
    return Sign(label, (_HOW.get(given.how, given.how), when(given.at), f"存档号 {given.sha256[:12]}"))


def when(at: datetime | None) -> str:
    """A moment to the minute, or nothing."""
    return at.strftime("%Y-%m-%d %H:%M") if at else ""


def day(on: date | None) -> str:
    """A day as a customer reads it."""
    return f"{on.year}年{on.month}月{on.day}日" if on else NONE


def contract_text(contract_fen: int, waived_by: str) -> str:
    """What the contract still asks, and who let go of it."""
    return money(contract_fen) + (f"（已减免，{waived_by}）" if waived_by else "")


def reason_text(reasons: Sequence[str]) -> str:
    """The main reason, then the others."""
    if not reasons:
        return "未登记"
    return "；".join((reasons[0], *(f"次要：{reason}" for reason in reasons[1:])))
