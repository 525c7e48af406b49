"""The receipt on an 80 mm roll: one column, as long as its content."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

from counter_app.documents.fonts import Font
from counter_app.documents.paper import Paper
from counter_app.documents.pdf import Sheet, wrapped
from counter_app.documents.qr import qr_modules
from counter_app.domain import receipt_wording as wording
from counter_app.domain.capitals import to_capital
from counter_app.domain.receipts import PrintMark, ReceiptFacts, ReceiptLine

_LEFT, _RIGHT = 4.0, 76.0
_MIDDLE = (_LEFT + _RIGHT) / 2
_LABEL_WIDTH = 17.0
_SMALL, _TEXT = 7.2, 9.0
_SOFT = 0.25
_MODULE_MM = 0.5  # four dots at 203 dpi: scans from thermal paper
# what nearly every receipt shows; late fees are so common that their words count
USUAL = {
    Font.REGULAR: " -.,:/=0123456789B×‰￥（）年月日天至客户编号名地址营业账单本金违约合计人民币元现实收找零缴前后欠费"
    "预存款员工柜台服热线扫码验真位盖章打印",
    Font.BOLD: " .-,0123456789No￥缴费收据",
}


class _Roll:
    """Drawing steps from top to bottom; the sheet is made when their height is known."""

    def __init__(self) -> None:
        self.y = 4.0
        self._steps: list[Callable[[Sheet], None]] = []

    def centered(self, text: str, *, size_pt: float, is_bold: bool = False, lines_max: int = 2) -> None:
        """A heading, in several lines where it is long."""
        for line in wrapped(text, size_pt=size_pt, max_mm=_RIGHT - _LEFT - 1, lines_max=lines_max):
            self.y += size_pt * 0.46
            self._text(_MIDDLE, line, size_pt=size_pt, is_bold=is_bold, align="center")

    def pair(self, label: str, value: str, *, size_pt: float = _TEXT, is_bold: bool = False) -> None:
        """A label at the left and a figure at the right of one line."""
        self.y += size_pt * 0.53
        self._text(_LEFT, label, size_pt=_TEXT, max_mm=42)
        self._text(_RIGHT, value, size_pt=size_pt, is_bold=is_bold, align="right", max_mm=40, may_shrink=True)

    def field(self, label: str, value: str) -> None:
        """A label and a value that may need two lines."""
        lines = wrapped(value, size_pt=_TEXT, max_mm=_RIGHT - _LEFT - _LABEL_WIDTH, lines_max=2) or [""]
        for n, line in enumerate(lines):
            self.y += _TEXT * 0.53
            if n == 0:
                self._text(_LEFT, label, size_pt=_TEXT, grey=_SOFT)
            self._text(_LEFT + _LABEL_WIDTH, line, size_pt=_TEXT)

    def note(self, text: str, *, indent_mm: float = 0.0, lines_max: int = 2) -> None:
        """Small text, wrapped."""
        for line in wrapped(text, size_pt=_SMALL, max_mm=_RIGHT - _LEFT - indent_mm, lines_max=lines_max):
            self.y += _SMALL * 0.5
            self._text(_LEFT + indent_mm, line, size_pt=_SMALL, grey=_SOFT)

    def rule(self, *, dash: str = "1.5 1.5") -> None:
        """A line across, with air above and below."""
        self.y += 2.2
        self._steps.append(partial(Sheet.rule, x1_mm=_LEFT, y1_mm=self.y, x2_mm=_RIGHT, y2_mm=self.y, dash=dash))
        self.y += 0.6

    def code(self, text: str) -> None:
        """The QR code in the middle, with its quiet zone."""
        rows = qr_modules(text)
        size = len(rows) * _MODULE_MM
        self.y += 4 * _MODULE_MM
        self._steps.append(partial(Sheet.modules, x_mm=_MIDDLE - size / 2, y_mm=self.y, size_mm=size, rows=rows))
        self.y += size + 4 * _MODULE_MM

    def seal(self) -> None:
        """Room for the hall's seal."""
        self.y += 2.0
        box = partial(Sheet.box, x_mm=_MIDDLE - 20, y_mm=self.y, width_mm=40, height_mm=24, grey=0.5, dash="2 2")
        self._steps.append(box)
        self.y += 22.0
        self._text(_MIDDLE, wording.SEAL, size_pt=_SMALL, align="center", grey=_SOFT)
        self.y += 3.0

    def drawn(self, *, title: str, watermark: str = "") -> bytes:
        """The document, as high as what was added."""
        sheet = Sheet(width_mm=Paper.ROLL_80.size_mm[0], height_mm=self.y + 6, title=title, usual=USUAL)
        if watermark:
            for y in range(60, int(self.y), 90):
                sheet.text(_MIDDLE, y, watermark, size_pt=70, align="center", grey=0.9, angle=12, spacing_pt=14)
        for step in self._steps:
            step(sheet)
        sheet.next_page()
        return sheet.data()

    def _text(
        self,
        x_mm: float,
        text: str,
        *,
        size_pt: float,
        is_bold: bool = False,
        align: str = "left",
        grey: float = 0.0,
        max_mm: float | None = None,
        may_shrink: bool = False,
    ) -> None:
        step = partial(Sheet.text, x_mm=x_mm, y_mm=self.y, text=text, size_pt=size_pt, is_bold=is_bold)
        self._steps.append(partial(step, align=align, grey=grey, max_mm=max_mm, may_shrink=may_shrink))


def receipt_roll(facts: ReceiptFacts, *, mark: PrintMark, proof: str) -> bytes:
    """The receipt as one PDF page of 80 mm, as high as its content."""
    roll = _Roll()
    _add_head(roll, facts)
    for line in facts.lines:
        _add_line(roll, line)
    if facts.prepaid_stored_fen or not facts.lines:
        roll.pair(wording.STORED_LINE, wording.yuan(facts.prepaid_stored_fen))
    roll.rule(dash="")
    roll.pair("合计", wording.money(facts.total_fen), size_pt=15, is_bold=True)
    roll.y += 1.0
    for words in wrapped(wording.CURRENCY_IN_WORDS + to_capital(facts.total_fen), size_pt=10, max_mm=71, lines_max=3):
        roll.centered(words, size_pt=10, lines_max=1)
    roll.rule()
    _add_payment(roll, facts)
    _add_foot(roll, facts, mark, proof)
    return roll.drawn(title=f"{facts.title} {facts.receipt_no}", watermark=wording.TITLE_DEMO if facts.is_demo else "")


def _add_head(roll: _Roll, facts: ReceiptFacts) -> None:
    roll.centered(facts.hall_name, size_pt=12, is_bold=True)
    roll.y += 0.8
    roll.centered(facts.company, size_pt=_SMALL)
    roll.y += 2.0
    roll.centered(facts.title, size_pt=16, is_bold=True, lines_max=1)
    if facts.is_demo:
        roll.y += 0.8
        roll.centered(wording.DEMO_NOTE, size_pt=_TEXT, is_bold=True, lines_max=1)
    roll.y += 1.2
    roll.centered(f"No. {facts.receipt_no}", size_pt=10, is_bold=True, lines_max=1)
    roll.centered(wording.moment(facts.issued_at), size_pt=_SMALL, lines_max=1)
    roll.rule()
    roll.field("客户编号", facts.customer_no)
    roll.field("户名", facts.customer_name_masked)
    roll.field("户号", facts.account_no)
    roll.field("地址", facts.address_masked)
    roll.field("营业日", str(facts.business_date))
    roll.rule()


def _add_line(roll: _Roll, line: ReceiptLine) -> None:
    roll.y += 0.6
    roll.pair(wording.month(line.bill_month), wording.yuan(line.total_fen))
    roll.note(f"账单号 {line.bill_no}", indent_mm=2, lines_max=1)
    roll.note(wording.bill_note(line), indent_mm=2)
    for row in line.working:
        roll.note(wording.working(row), indent_mm=2)


def _add_payment(roll: _Roll, facts: ReceiptFacts) -> None:
    for paid in facts.tenders:
        roll.pair(wording.tender(paid), wording.money(paid.amount_fen))
    if facts.prepaid_used_fen and all(t.kind != "prepaid" for t in facts.tenders):
        roll.pair("预存款抵扣", wording.money(facts.prepaid_used_fen))
    roll.pair("实收", wording.money(facts.received_fen))
    roll.pair("找零", wording.money(facts.change_fen))
    roll.rule()
    roll.pair("缴前欠费", wording.money(facts.arrears_before_fen))
    roll.pair("缴后欠费", wording.money(facts.arrears_after_fen))
    roll.pair("缴前预存款", wording.money(facts.prepaid_before_fen))
    roll.pair("缴后预存款", wording.money(facts.prepaid_after_fen))
    roll.rule()


def _add_foot(roll: _Roll, facts: ReceiptFacts, mark: PrintMark, proof: str) -> None:
    roll.field("收费员", wording.teller(facts))
    roll.field("柜台", facts.counter_name)
    roll.field("客服热线", facts.hotline)
    roll.y += 1.0
    for note in facts.footer:
        roll.note(note, lines_max=3)
    roll.code(proof)
    roll.centered(wording.PROOF_NOTE, size_pt=_SMALL, lines_max=1)
    roll.seal()
    is_reprint = mark.reprint_no > 0
    roll.centered(wording.print_mark(mark), size_pt=_TEXT if is_reprint else _SMALL, is_bold=is_reprint)
