"""What the reports, their columns and everything that stands in them are called in the window."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime

from counter_app.domain.report_exceptions import WHY
from counter_app.domain.reports import Cell, ReportColumn, ReportKind, ReportNote
from counter_app.domain.undo_reasons import UndoReason
from counter_app.ui.formats import amount, day, day_and_clock
from counter_app.ui.language import later, tr
from counter_app.ui.wording_money import TENDERS, tender_word
from counter_app.ui.wording_shifts import figure_word
from counter_app.ui.wording_undo import undo_reason_word

KINDS: Mapping[ReportKind, str] = {
    ReportKind.DAY: later("日报"),
    ReportKind.SHIFT: later("班次"),
    ReportKind.TELLER: later("营业员"),
    ReportKind.TENDER: later("收款方式"),
    ReportKind.RECEIPTS: later("收据"),
    ReportKind.EXCEPTIONS: later("例外"),
    ReportKind.REVEALS: later("查看记录"),
}
"""The reports in the order of the room, by `tr`."""
_HEADS = {
    "business_date": later("营业日"),
    "shift_no": later("班次"),
    "staff_no": later("工号"),
    "staff_name": later("姓名"),
    "tender": later("收款方式"),
    "figure": later("项目"),
    "count": later("笔数"),
    "fen": later("金额"),
    "first": later("起号"),
    "last": later("止号"),
    "state": later("状态"),
    "why": later("原因"),
    "at": later("时间"),
    "what": later("事项"),
    "approvers": later("审批人"),
    "no": later("凭证号"),
    "words": later("原因 / 说明"),
    "field": later("查看内容"),
    "customer_no": later("客户编号"),
}
WORDS = {
    "shifts": later("班次"),
    "taken": later("实收"),
    "back": later("退回"),
    "retender": later("改收款方式"),
    "over": later("长款"),
    "short": later("短款"),
    "counted": later("清点"),
    "used": later("已用"),
    "void.reverse": later("作废（冲正）"),
    "void.refund": later("作废（退费）"),
    "void.move": later("作废（串户更正）"),
    "given_back": later("取回（上游存有）"),
    "missing": later("缺号（无说明）"),
    "payment.redirect": later("指定销账"),
    "payment.signed": later("审批收款"),
    "payment.reverse": later("冲正"),
    "payment.refund": later("退费"),
    "payment.move": later("串户更正"),
    "payment.retender": later("收款方式更正"),
    "credit.settled": later("退还客户"),
    "relief.decide.waive": later("违约金减免"),
    "relief.decide.defer": later("违约金暂缓"),
    "dispute.decide": later("争议裁定"),
    "book.move": later("预存转用途"),
    "book.refund": later("销户退款"),
    "drawer.opened": later("开钱箱"),
    "cash.in": later("存入现金"),
    "cash.out": later("取出现金"),
    "shift.open": later("开班"),
    "shift.close": later("班结"),
    "cash.drop": later("班中上缴金库"),
    "safe.fund": later("金库存入"),
    "float.refuse": later("退回备用金"),
    "proof_missing": later("单据缺失"),
    "proof.found": later("单据找到"),
    "shift.count": later("重新清点"),
    "close.other": later("代为班结"),
    "difference": later("长短款"),
    "print.copy": later("补打收据"),
    "paper.print.copy": later("补打单据"),
    "clock.anomaly": later("时钟异常"),
    "recover.accepted": later("恢复确认"),
    "recover.import": later("补录收据"),
    "epoch.start": later("新纪元"),
    "login.fail": later("密码错误"),
    "staff.add": later("新增人员"),
    "staff.change": later("人员变动"),
    "staff.reset": later("重设密码"),
    "config.change": later("设置变动"),
    "library.export": later("导出名单"),
    "import.done": later("导入"),
    "reveals.cap": later("查看原文到上限"),
    "own.account": later("户名与经手人同名"),
    "payment.take": later("缴费"),
    "clock_off": later("早于上一笔流水"),
    "clock_far_off": later("与上游时间相差过大"),
    "name": later("姓名"),
    "id_number": later("证件号"),
    "contacts": later("联系方式"),
    "address": later("地址"),
    "agent.id_number": later("代办人证件号"),
    "later_contact": later("今后联系方式"),
}
"""What each code of a report is called, by `tr`; figures of a shift and tenders have their own words."""
_OF_TENDER = frozenset(("over", "short", "counted", "difference", "proof_missing"))
"""Codes that carry a tender and are no figure of a shift's own report."""
_ALARMS = frozenset(("missing", "void.reverse", "void.refund", "void.move"))


def head_word(column: ReportColumn) -> str:
    """The heading of a column."""
    return tr(_HEADS[column.key])


def code_word(code: str) -> str:
    """What a code is called; of a code with a tender both words."""
    if code in WORDS:
        return tr(WORDS[code])
    first, _, tender = code.partition(".")
    if tender in TENDERS and first in _OF_TENDER:
        return f"{tr(WORDS[first])} {tender_word(tender)}"
    return tender_word(code) if code in TENDERS else figure_word(code)


def cell_word(cell: Cell, column: ReportColumn) -> str:
    """A cell as the window shows it; a sum over all days says so."""
    if cell is None:
        return tr("合计") if column.form == "day" else ""
    if isinstance(cell, datetime):
        return day_and_clock(cell)
    if isinstance(cell, date):
        return day(cell)
    if isinstance(cell, UndoReason):
        return undo_reason_word(cell)
    if column.form == "fen" and isinstance(cell, int):
        return amount(cell)
    if column.form == "word" or (column.form == "said" and str(cell).startswith(WHY)):
        return code_word(str(cell).removeprefix(WHY))
    return str(cell)


def said_word(words: str | UndoReason) -> str:
    """A reason as it was written, or the word of its code."""
    if isinstance(words, UndoReason):
        return undo_reason_word(words)
    return code_word(words.removeprefix(WHY)) if words.startswith(WHY) else words


def is_alarm(cell: Cell) -> bool:
    """Whether a state is shown in the colour of what somebody should look at."""
    return cell in _ALARMS


def note_words(note: ReportNote) -> str:
    """Why a shift is not in the figures."""
    if note.what == "uncounted":
        return tr("班次 {no} 还没有清点，金额未列入。", no=note.shift_no)
    return tr("班次 {no} 的两种算法不一致，金额未列入。请立即联系管理员核对。", no=note.shift_no)
