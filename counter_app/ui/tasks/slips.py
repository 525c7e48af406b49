"""The slips for cash given back: printed when the money goes out, listed, and printed again."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from PySide6.QtWidgets import QHBoxLayout

from counter_app.domain.payment_history import PrintJob
from counter_app.services import credit_slips, printing, settings
from counter_app.services.credit_slips import Issued, SlipOrder
from counter_app.ui.blocks import SPACE, Label, PrimaryButton
from counter_app.ui.desk import Desk
from counter_app.ui.formats import amount, day_and_clock
from counter_app.ui.keys import Action
from counter_app.ui.language import later, tr
from counter_app.ui.panels import Panel
from counter_app.ui.papers import PrintWords, Said, bring
from counter_app.ui.table import Column, Table
from counter_app.ui.theme import Tone, px
from counter_app.ui.wording import sentences, trouble_sentences

_WORDS = PrintWords(
    sent=later("退款凭证 {no} 已送到打印机，请客户签收。"),
    saved=later("退款凭证已存为 PDF 文件：{name}，请客户签收。"),
    failed=later("退款凭证 {no} 没有打印：{why}。排除后在“待办”按 F7 补打。"),
)
_SHEETS = ("a5", "a4")
_EXIT_SLIP_SHEET = "printer.exit_slip"
_WIDTH_PX, _LIST_PX = 860, 300


@dataclass(frozen=True, slots=True)
class SlipRow:
    """One slip in the list."""

    paper_no: str
    at: str
    who: str
    account_no: str
    sum: str
    print: str


class Slips:
    """Prints slips beside the window, on the cut sheets that receipts are printed on, else on those of the exit slip;
    a print that fails holds nothing back.
    """

    def __init__(self, desk: Desk) -> None:
        self._desk = desk

    def read(self, show: Callable[[tuple[SlipRow, ...]], object], said: Said) -> None:
        """Read the slips that were issued last."""
        hall, who = self._desk.hall, self._desk.who

        def job() -> tuple[SlipRow, ...]:
            return tuple(_row(one) for one in credit_slips.issued(hall, who))

        self._desk.lanes.run(
            "reader",
            job,
            show,
            lambda refusal: said(sentences(refusal), "bad"),
            lambda trouble: said(trouble_sentences(trouble), "bad"),
        )

    def print(self, paper_no: str, said: Said) -> None:
        """Print one; the first print is the original, every further one says that it is none."""
        hall, who = self._desk.hall, self._desk.who

        def order() -> SlipOrder:
            sheet, printer = printing.chosen(hall)
            if sheet not in _SHEETS:
                kept = settings.get(hall, _EXIT_SLIP_SHEET, "a4")
                sheet = kept if kept in _SHEETS else "a4"
                printer = settings.get(hall, f"printer.{sheet}", printing.TO_FILE)
            return credit_slips.order_print(hall, who, paper_no, paper=sheet, printer=printer)

        def send(made: SlipOrder) -> str:
            return printing.print_sheet(hall, made.job, credit_slips.render(made))

        bring(self._desk, order, send, _WORDS, said)


class SlipsPanel(Panel):
    """The slips that were issued, the newest first; Enter or F9 prints the chosen one again."""

    def __init__(self, slips: Slips) -> None:
        super().__init__(tr("退款凭证"), width_px=_WIDTH_PX)
        self._slips = slips
        self.table: Table[SlipRow] = Table(
            (
                Column("no", tr("号码"), lambda r: r.paper_no, 210),
                Column("at", tr("时间"), lambda r: r.at, 140),
                Column("account_no", tr("户号"), lambda r: r.account_no, 110),
                Column("who", tr("姓名"), lambda r: r.who, 70),
                Column("sum", tr("金额"), lambda r: r.sum, 90, align="right"),
                Column("print", tr("打印"), lambda r: r.print, 160),
            ),
            name=tr("退款凭证"),
            empty=tr("还没有退过现金。退现金时，凭证会自动打印。"),
            stretch="print",
        )
        self.words = Label(is_wrapped=True)
        self.button = PrimaryButton(tr("补打"), "F9")
        self.first = self.table
        self.table.setMinimumHeight(min(px(_LIST_PX), _LIST_PX))
        self.table.activated_row.connect(lambda _row: self.press())
        self.button.clicked.connect(self.press)
        row = QHBoxLayout()
        row.setSpacing(SPACE)
        row.addWidget(self.words, 1)
        row.addWidget(self.button)
        self.body.addWidget(self.table, 1)
        self.body.addLayout(row)
        self.body.addWidget(Label(tr("Esc 返回"), role="note"))
        self.read()

    def read(self) -> None:
        """Read them anew."""
        self._slips.read(self.table.show_rows, self._say)

    def press(self) -> None:
        """Print the chosen one."""
        row = self.table.current_row()
        if row is None or not self.button.isEnabled():
            return
        self.button.setEnabled(False)
        self._slips.print(row.paper_no, self._printed)

    def shortcuts(self) -> tuple[Action, ...]:
        """The keys of the panel."""
        return (Action("slip-print", tr("补打"), "F9", self.press),)

    def _printed(self, words: str, tone: Tone | None) -> None:
        self.button.setEnabled(True)
        self._say(words, tone)
        self.read()

    def _say(self, words: str, tone: Tone | None) -> None:
        self.words.set_tone(tone)
        self.words.setText(words)


def _row(one: Issued) -> SlipRow:
    facts, last = one.facts, one.prints[-1] if one.prints else None
    return SlipRow(
        one.paper_no,
        day_and_clock(facts.issued_at) if facts else "—",
        facts.customer_name if facts else tr("已抹去"),
        facts.account_no if facts else "—",
        amount(facts.amount_fen if facts else None),
        _print_words(last) if last else tr("还没有打印"),
    )


def _print_words(last: PrintJob) -> str:
    """Which print was the last one, and how it went where it did not come out."""
    which = tr("原件") if last.copy_no == 1 else tr("补打第 {count} 次", count=last.copy_no - 1)
    return tr("{which}没有打印：{why}", which=which, why=last.why) if last.state == "failed" else which
