"""A page that exists only here, made of every block of the kit, to judge the look by."""

from __future__ import annotations

from dataclasses import dataclass

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QHBoxLayout, QTabBar, QVBoxLayout, QWidget

from counter_app.ui.ask import Asked, Choice, Question
from counter_app.ui.blocks import (
    BigFigure,
    Card,
    Chip,
    KeyValueRow,
    Label,
    PrimaryButton,
    ScrollColumn,
    page,
)
from counter_app.ui.choice import SegmentedChoice
from counter_app.ui.elided import ElidedLabel
from counter_app.ui.fields import AmountField
from counter_app.ui.formats import amount, total
from counter_app.ui.frame import Frame
from counter_app.ui.language import language_in_use
from counter_app.ui.result_list import ResultRow
from counter_app.ui.status_bar import StatusItem
from counter_app.ui.table import Column, Table
from counter_app.ui.tabs import HeldTabs


@dataclass(frozen=True, slots=True)
class SampleBill:
    """One line of the sample table."""

    month: str
    due_on: str
    overdue_days: int
    principal_fen: int
    late_fee_fen: int


SAMPLE_BILLS = (
    SampleBill("2026-06", "2026-07-15", 129, 8724, 1176),
    SampleBill("2026-07", "2026-08-15", 98, 9800, 960),
    SampleBill("2026-08", "2026-09-15", 67, 10400, 697),
)


def words(chinese: str, english: str) -> str:
    """This page's own two languages: it has no lines in the program's translations."""
    return chinese if language_in_use() == "zh" else english


def bill_columns() -> tuple[Column[SampleBill], ...]:
    """The columns of the sample table."""
    return (
        Column("month", words("账单月", "Month"), lambda b: b.month, 100, sort=lambda b: b.month),
        Column("due", words("到期日", "Due date"), lambda b: b.due_on, 120, sort=lambda b: b.due_on),
        Column(
            "overdue",
            words("逾期", "Overdue"),
            lambda b: words(f"{b.overdue_days} 天", f"{b.overdue_days} days"),
            100,
            "right",
            sort=lambda b: b.overdue_days,
        ),
        Column("principal", words("本金", "Principal"), lambda b: amount(b.principal_fen), 100, "right"),
        Column(
            "late_fee",
            words("违约金", "Late fee"),
            lambda b: amount(b.late_fee_fen),
            100,
            "right",
            sort=lambda b: b.late_fee_fen,
            tone=lambda _b: "bad",
        ),
        Column("total", words("应收", "To collect"), lambda b: amount(b.principal_fen + b.late_fee_fen), 110, "right"),
    )


def customer_page() -> QWidget:
    """A customer's header, bills and money panel, as in the design picture."""
    ground, column = page()
    column.addWidget(_header())
    body = QHBoxLayout()
    body.setSpacing(12)
    body.addWidget(_bills(), 1)
    body.addWidget(_money())
    column.addLayout(body, 1)
    return ground


def demonstration_frame() -> Frame:
    """The frame with sample rooms, one held customer, and a status bar."""
    frame = Frame()
    held = HeldTabs(QWidget())
    held.hold("1", words("张* 1000 2345", "Zhang* 1000 2345"), customer_page())
    held.hold("2", words("李* 1000 7788", "Li* 1000 7788"), QWidget())
    held.show_page("1")
    frame.add_room("payments", words("收费", "Collect"), "cash", held)
    frame.add_room("dunning", words("催缴", "Dunning"), "phone-call", QWidget())
    frame.add_room("retention", words("挽留", "Retain"), "heart-handshake", QWidget())
    frame.add_room("signoffs", words("审批", "Sign-off"), "checks", QWidget())
    frame.add_room("shifts", words("班结", "Shift"), "calculator", QWidget())
    frame.add_room("reports", words("报表", "Reports"), "chart-bar", QWidget())
    frame.add_room("settings", words("设置", "Settings"), "settings", QWidget(), is_at_foot=True)
    frame.set_count("signoffs", 2)
    frame.set_who(words("王芳", "Wang Fang"), words("3 号台", "Counter 3"))
    frame.status.show_status(
        (
            StatusItem(words("班次", "Shift"), "1121-1"),
            StatusItem(words("备用金", "Float"), "500.00"),
            StatusItem(words("待上传", "To send"), "0"),
            StatusItem(words("上游", "Hub"), "10:02", "good"),
            StatusItem(words("打印机", "Printer"), "", "good"),
        ),
        "2026-11-21 10:04",
    )
    return frame


def _header() -> Card:
    card = Card()
    row = QHBoxLayout()
    row.setSpacing(16)
    row.addWidget(Label(words("张*", "Zhang*"), role="heading"))
    facts = QVBoxLayout()
    facts.setSpacing(2)
    facts.addWidget(ElidedLabel(words("138****0013   户号 1000 2345   居民", "138****0013   Account 1000 2345")))
    facts.addWidget(ElidedLabel(words("表号 0042 7781 · 幸福路 18 号", "Meter 0042 7781"), role="note"))
    row.addLayout(facts, 1)
    row.addWidget(Chip("accent", words("重要用户", "Key user"), "star"))
    row.addWidget(Chip("accent", words("红名单", "Good list"), "shield-check"))
    row.addWidget(Chip("bad", words("欠费 3 期 · 最早 2026-06", "3 unpaid · since 2026-06")))
    card.body.addLayout(row)
    return card


def _bills() -> Card:
    card = Card()
    card.body.setContentsMargins(1, 4, 1, 12)
    tabs = QTabBar()
    tabs.setAccessibleName(words("客户资料", "Customer data"))
    tabs.setDrawBase(False)
    tabs.setExpanding(False)
    for word in (words("欠费账单 3", "Unpaid 3"), words("全部账单", "All bills"), words("预存", "Prepaid")):
        tabs.addTab(word)
    card.body.addWidget(tabs)
    table = Table(bill_columns(), name=words("欠费账单", "Unpaid bills"), empty=words("没有欠费。", "Nothing owed."))
    table.show_rows(SAMPLE_BILLS)
    card.body.addWidget(table, 1)
    inset = Card(is_inset=True)
    inset.body.setSpacing(4)
    inset.body.addWidget(Label(words("2026-06 违约金 11.76 是怎么来的", "How 2026-06 comes to 11.76"), is_wrapped=True))
    for line in (
        words("07-16 至 08-31   98.00 × 47 天 × 1‰ = 4.606", "07-16 to 08-31   98.00 × 47 days × 1‰ = 4.606"),
        words("09-01 至 11-21   87.24 × 82 天 × 1‰ = 7.154", "09-01 to 11-21   87.24 × 82 days × 1‰ = 7.154"),
        words("四舍五入到分 = 11.76", "Rounded to the fen = 11.76"),
    ):
        inset.body.addWidget(Label(line, role="note", is_wrapped=True))
    holder = QHBoxLayout()
    holder.setContentsMargins(12, 0, 12, 0)
    holder.addWidget(inset)
    card.body.addLayout(holder)
    return card


def _money() -> Card:
    card = Card()
    column = ScrollColumn()
    card.body.addWidget(column, 1)
    inner = column.body
    inner.setSpacing(10)
    inner.addWidget(BigFigure(words("应收", "To collect"), total(31757)))
    inner.addWidget(KeyValueRow(words("其中违约金", "of which late fee"), amount(2833)))
    inner.addWidget(KeyValueRow(words("预存可用", "Prepaid"), amount(2000)))
    tenders = (("cash", words("现金", "Cash")), ("card", words("刷卡", "Card")), ("qr", words("扫码", "QR")))
    inner.addWidget(SegmentedChoice((*tenders, ("more", words("更多", "More"))), name=words("付款方式", "Tender")))
    received = AmountField(words("实收", "Received"))
    received.entry.setText("350.00")
    inner.addWidget(received)
    inner.addWidget(BigFigure(words("找零", "Change"), amount(3243), "good"))
    spoken = words(
        "“收您三百五十元，应收三百一十七元五角七分，找您三十二元四角三分，请点清。”", "“350 received, 32.43 back.”"
    )
    inner.addWidget(Label(spoken, role="muted", is_wrapped=True))
    inner.addStretch(1)
    card.body.addWidget(
        Label(words("缴清后立即发出复电指令", "Power is restored at once"), role="note", tone="good", is_wrapped=True)
    )
    button = PrimaryButton(words("收费并打印", "Take and print"), "F9")
    card.body.addWidget(button, 0, Qt.AlignmentFlag.AlignBottom)
    return card


def demonstration_panel() -> Frame:
    """The frame with a question beside the money panel."""
    frame = demonstration_frame()
    button = frame.findChild(PrimaryButton)
    question = Question(
        words("不收违约金？", "Leave the late fee?"),
        words(
            "此户有违约金 28.33 元未收。不收需要主管同意并写明原因。",
            "28.33 of late fee is open. A supervisor must agree.",
        ),
        (
            Choice("ask", words("请主管审批", "Ask supervisor"), "primary"),
            Choice("keep", words("照收", "Collect it")),
        ),
        Asked(words("原因", "Reason")),
    )
    frame.ask(question, lambda _answer: None, beside=button)
    return frame


def demonstration_results() -> Frame:
    """The frame while a search is on the screen."""
    frame = demonstration_frame()
    rows = (
        ResultRow(
            "1", words("张* 138****0013", "Zhang* 138****0013"), "1000 2345", words("欠费 3 期", "3 unpaid"), "bad"
        ),
        ResultRow("2", words("张** 139****7788", "Zhang** 139****7788"), "1000 7788"),
    )
    frame.show()
    frame.search.setFocus()
    frame.search.setText("zhang")
    frame.search.show_results("zhang", rows)
    return frame
