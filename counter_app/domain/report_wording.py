"""The words of the reports on paper and in files: their titles, what each code is called, and their cells as text."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime

from counter_app.domain.paper_wording import yuan
from counter_app.domain.receipt_wording import tender_name
from counter_app.domain.report_exceptions import WHY
from counter_app.domain.reports import Asked, Cell, Report, ReportColumn, ReportKind, ReportNote, ReportRow
from counter_app.domain.undo_reasons import UndoReason
from counter_app.domain.z_wording import figure_name

TITLES: Mapping[ReportKind, str] = {
    ReportKind.DAY: "营业日报",
    ReportKind.SHIFT: "班次报表",
    ReportKind.TELLER: "营业员报表",
    ReportKind.TENDER: "收款方式报表",
    ReportKind.RECEIPTS: "收据使用与作废",
    ReportKind.EXCEPTIONS: "例外清单",
    ReportKind.REVEALS: "查看原文记录",
}
_HEADS = {
    "business_date": "营业日",
    "shift_no": "班次",
    "staff_no": "工号",
    "staff_name": "姓名",
    "tender": "收款方式",
    "figure": "项目",
    "count": "笔数",
    "fen": "金额（元）",
    "first": "起号",
    "last": "止号",
    "state": "状态",
    "why": "原因",
    "at": "时间",
    "what": "事项",
    "approvers": "审批人",
    "no": "单号",
    "words": "原因 / 说明",
    "field": "查看内容",
    "customer_no": "客户编号",
}
_WORDS = {
    "shifts": "班次",
    "taken": "收款",
    "back": "退回",
    "retender": "改收款方式",
    "over": "长款",
    "short": "短款",
    "counted": "清点",
    "used": "已用",
    "void.reverse": "作废（冲正）",
    "void.refund": "作废（退费）",
    "void.move": "作废（串户更正）",
    "given_back": "取回（上游存有）",
    "missing": "缺号（无说明）",
    "payment.redirect": "指定销账",
    "payment.signed": "审批收款",
    "payment.reverse": "冲正",
    "payment.refund": "退费",
    "payment.move": "串户更正",
    "payment.retender": "收款方式更正",
    "credit.settled": "退还客户（多收）",
    "relief.decide.waive": "违约金减免",
    "relief.decide.defer": "违约金暂缓",
    "dispute.decide": "争议裁定",
    "book.move": "预存转用途",
    "book.refund": "销户退款",
    "drawer.opened": "开钱箱",
    "cash.in": "存入现金",
    "cash.out": "取出现金",
    "cash.drop": "班中上缴金库",
    "safe.fund": "金库存入",
    "float.refuse": "退回备用金",
    "proof_missing": "单据缺失",
    "proof.found": "单据找到",
    "shift.count": "重新清点",
    "close.other": "代为班结",
    "difference": "长短款",
    "print.copy": "补打收据",
    "paper.print.copy": "补打单据",
    "clock.anomaly": "时钟异常",
    "recover.accepted": "恢复确认",
    "recover.import": "补录收据",
    "epoch.start": "新纪元",
    "login.fail": "密码错误",
    "staff.add": "新增人员",
    "staff.change": "人员变动",
    "staff.reset": "重设密码",
    "config.change": "设置变动",
    "library.export": "导出名单",
    "import.done": "导入",
    "reveals.cap": "查看原文到上限",
    "own.account": "户名与经手人同名",
    "clock_off": "早于上一笔流水",
    "clock_far_off": "与上游时间相差过大",
    "name": "姓名",
    "id_number": "证件号",
    "contacts": "联系方式",
    "address": "地址",
    "agent.id_number": "代办人证件号",
    "later_contact": "今后联系方式",
}
TOTAL = "合计"
NOTES = {
    "uncounted": "班次 {no} 还没有清点，金额未列入。",
    "differs": "班次 {no} 的两种算法不一致，金额未列入，请立即核对。",
}


def head_name(column: ReportColumn) -> str:
    """The heading of a column."""
    return _HEADS[column.key]


def word_of(code: str) -> str:
    """What a code is called; of a code with a tender both words."""
    if code in _WORDS:
        return _WORDS[code]
    first, _, tender = code.partition(".")
    if tender and first in _WORDS:
        return f"{_WORDS[first]} {tender_name(tender)}"
    return figure_name(code) if figure_name(code) != code else tender_name(code)


def cell_text(cell: Cell, column: ReportColumn) -> str:
    """A cell as paper shows it; a sum over all days says so."""
    if cell is None:
        return TOTAL if column.form == "day" else ""
    if isinstance(cell, datetime):
        return cell.strftime("%Y-%m-%d %H:%M:%S")
    if isinstance(cell, date):
        return cell.isoformat()
    if isinstance(cell, UndoReason):
        return cell.name_zh
    if column.form == "fen" and isinstance(cell, int):
        return yuan(cell)
    if column.form == "word" or (column.form == "said" and str(cell).startswith(WHY)):
        return word_of(str(cell).removeprefix(WHY))
    return str(cell)


def row_texts(row: ReportRow, columns: tuple[ReportColumn, ...]) -> tuple[str, ...]:
    """The cells of a row as paper shows them."""
    return tuple(cell_text(cell, column) for cell, column in zip(row.cells, columns, strict=True))


def note_text(note: ReportNote) -> str:
    """Why a shift is not in the figures."""
    return NOTES[note.what].format(no=note.shift_no)


def days_text(asked: Asked) -> str:
    """The days that the report is about."""
    days = asked.from_on.isoformat()
    return days if asked.to_on == asked.from_on else f"{days} 至 {asked.to_on.isoformat()}"


def only_texts(asked: Asked) -> tuple[str, ...]:
    """The shift and the person it is only about, where there is one."""
    only = (f"班次 {asked.shift_no}" if asked.shift_no else "", f"工号 {asked.staff_no}" if asked.staff_no else "")
    return tuple(filter(None, only))


def title_of(report: Report) -> str:
    """What the report is called."""
    return TITLES[report.asked.kind]
