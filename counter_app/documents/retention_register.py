"""The retention register (客户离网挽留登记表) on A4: every field of the form, the measures, and who signed."""

from __future__ import annotations

from counter_app.documents.form_sheet import Cell, Column, FormSheet
from counter_app.documents.paper import Paper
from counter_app.documents.retention_parts import (
    NONE,
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
from counter_app.domain.paper_wording import money, month, yuan
from counter_app.domain.print_marks import PrintMark
from counter_app.domain.retention_papers import RegisterFacts

_MEASURES = (
    Column("序", 1, "center"),
    Column("挽留措施", 4),
    Column("内容", 4),
    Column("成本（元）", 2.4, "right"),
    Column("客户答复", 2.2),
    Column("审批人", 3.2),
)
_USED = (Column("账期", 2), Column("账单金额（元）", 2.4, "right"), Column("账目", 8))
_FEEDBACKS = (
    Column("反馈人", 3),
    Column("向厅经理反馈的问题", 5),
    Column("厅经理答复", 4),
)
_VISITS = (Column("序", 1, "center"), Column("计划日期", 3), Column("责任人", 4), Column("回访情况", 5))


def register_pdf(facts: RegisterFacts, *, mark: PrintMark, drawing: bytes) -> bytes:
    """The register as PDF; `drawing` is the customer's signature as PNG, or nothing."""
    form = FormSheet(Paper.A4.size_mm, heading(facts.head, mark))
    form.band("一、受理信息")
    form.row(Cell("受理时间", when(facts.accepted_at)), Cell("受理营业员", facts.accepted_by))
    party_rows(form, facts.party, has_class=True)
    _value(form, facts)
    _talk(form, facts)
    _measures(form, facts)
    _signatures(form, facts, drawing)
    _afterwards(form, facts)
    form.seal("营业厅盖章", ("本表由营业厅存档，含客户个人信息，不得外传。",))
    return form.data()


def _value(form: FormSheet, facts: RegisterFacts) -> None:
    form.band("二、价值核查与费用")
    form.row(
        Cell(f"前{facts.average_months}月月均", money(facts.average_fen)),
        Cell("有价值客户", "是" if facts.is_valued else "否"),
    )
    form.row(Cell("客户标识", "、".join(facts.marks) or NONE), Cell("欠费含违约金", money(facts.owed_fen)))
    contract = contract_text(facts.contract_fen, facts.contract_waived_by)
    form.row(Cell("合约到期", day(facts.contract_until_on)), Cell("合约违约金", contract))


def _talk(form: FormSheet, facts: RegisterFacts) -> None:
    form.band("三、离网原因与使用情况")
    form.row(Cell("退网原因", reason_text(facts.reasons), is_bold=True))
    form.row(Cell("原因说明", facts.other_words or NONE))
    rows = [(month(used.month), yuan(used.total_fen), used.items) for used in facts.used]
    form.table(_USED, rows, "近月无账单")
    form.row(Cell("原使用情况", facts.former_use or NONE))
    form.row(Cell("感兴趣的功能", "、".join(facts.interests) or NONE))
    form.row(Cell("服务评价", f"{facts.rating} 分（满分 5 分）" if facts.rating else "未评价"))
    form.row(Cell("评价说明", facts.rating_words or NONE))
    form.row(Cell("退网后通信工具", facts.next_tool or "未告知"))
    agreed = f"同意（{when(facts.agreed_at)}）" if facts.is_contact_agreed else "不同意"
    form.row(Cell("今后联系方式", facts.later_contact or NONE), Cell("同意回访", agreed))
    form.row(Cell("意见建议", facts.suggestions or NONE))


def _measures(form: FormSheet, facts: RegisterFacts) -> None:
    form.band("四、挽留措施与结果", keep_mm=25)
    rows = [(str(m.line), m.name, m.amount, yuan(m.cost_fen), m.answer, m.approver) for m in facts.measures]
    form.table(_MEASURES, rows, "未提供挽留措施")
    form.row(Cell("挽留结果", facts.result, is_bold=True), Cell("措施成本合计", money(facts.cost_fen)))
    form.row(Cell("结束时间", when(facts.ended_at) or "未结束"), Cell("号码保留至", day(facts.held_until)))


def _signatures(form: FormSheet, facts: RegisterFacts, drawing: bytes) -> None:
    form.band("五、营业员核对与签字", keep_mm=25)
    gate_table(form, facts.gates)
    stand_in_rows(form, facts.signatures)
    form.signs([*map(sign_of, facts.signatures), customer_sign(facts.customer_signature, drawing)])


def _afterwards(form: FormSheet, facts: RegisterFacts) -> None:
    form.band("六、反馈、稽核与回访", keep_mm=25)
    told = [
        (
            f"{given.told_by} {when(given.told_at)}",
            given.words or NONE,
            f"{given.answered_by} {when(given.answered_at)} {given.answer}".strip() or "未答复",
        )
        for given in facts.feedbacks
    ]
    form.table(_FEEDBACKS, told, "未反馈厅经理")
    form.row(
        Cell("稽核结果", facts.audit or "未稽核"),
        Cell("稽核人", f"{facts.audited_by} {when(facts.audited_at)}".strip() or NONE),
    )
    rows = [(str(visit.line), day(visit.due_on), visit.owner, visit.outcome or "未回访") for visit in facts.visits]
    form.table(_VISITS, rows, "无回访计划")
