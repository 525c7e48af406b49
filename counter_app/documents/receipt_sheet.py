"""The receipt on cut sheets: A5 landscape, or two of these on A4; one part for the customer and one for the company."""

from __future__ import annotations

from dataclasses import dataclass

from counter_app.documents.fonts import Font
from counter_app.documents.paper import Paper
from counter_app.documents.pdf import Sheet, wrapped
from counter_app.documents.qr import qr_modules
from counter_app.domain import receipt_wording as wording
from counter_app.domain.capitals import to_capital
from counter_app.domain.receipts import PrintMark, ReceiptFacts, ReceiptLine

_LEFT, _RIGHT = 12.0, 198.0
_TABLE_TOP = 42.0
_HEAD_HEIGHT = 6.4
_ROW_HEIGHT = 5.2
_WORKING_HEIGHT = 3.7
# from the bottom of a part: where the closing block begins, and where the table must end when there is none
_CLOSING = 56.0
_TABLE_BOTTOM = 13.0
_SMALL, _LABEL, _TEXT = 7.0, 8.0, 9.0
_WORKING_X = 106.0
_SOFT, _FAINT = 0.38, 0.75
_PART_HEIGHT = 148.0
# what nearly every receipt shows; late fees are so common that their words count
USUAL = {
    Font.REGULAR: " -.,:/=0123456789B×‰￥（）一二年月日天至无客户编号名地址营业账期单本金违约计算小元合大写支付方式现"
    "实收找零欠费余额缴前后预存款员工服热线位盖章扫码验真打印第联根",
    Font.BOLD: " .-,0123456789No￥人民币元缴费收据",
}


@dataclass(frozen=True, slots=True)
class _Row:
    """One line of the table; a further row of a working has only that."""

    month: str = ""
    bill_no: str = ""
    amounts: tuple[int, int, int] | None = None
    working: str = ""
    total_fen: int | None = None

    @property
    def height_mm(self) -> float:
        return _WORKING_HEIGHT if self.total_fen is None else _ROW_HEIGHT


@dataclass(frozen=True, slots=True)
class _Part:
    """What every page of one part needs to know."""

    facts: ReceiptFacts
    mark: PrintMark
    modules: tuple[str, ...]
    height_mm: float
    has_cost: bool

    @property
    def bottom_mm(self) -> float:
        return self.height_mm - 8.0


def receipt_sheets(facts: ReceiptFacts, *, paper: Paper, mark: PrintMark, proof: str) -> bytes:
    """The receipt as PDF: on A5 the customer's pages, then the company's; on A4 both on each page, cut apart below.

    A receipt that needs more than one half sheet takes the whole A4 page for each part.
    """
    rows = _rows(facts)
    has_cost = any(line.cost_fen for line in facts.lines)
    half = _Part(facts, mark, qr_modules(proof), _PART_HEIGHT, has_cost)
    pages = _pages(rows, half.height_mm)
    is_shared = paper is Paper.A4 and len(pages) == 1
    part = half
    if paper is Paper.A4 and not is_shared:
        part = _Part(facts, mark, half.modules, paper.size_mm[1], has_cost)
        pages = _pages(rows, part.height_mm)
    width_mm, height_mm = paper.size_mm
    sheet = Sheet(width_mm=width_mm, height_mm=height_mm, title=f"{facts.title} {facts.receipt_no}", usual=USUAL)
    for number, page in enumerate(pages, 1):
        with sheet.form(f"page{number}"):
            _draw_page(sheet, part, page, number, len(pages))
    if is_shared:
        _draw_shared(sheet)
    else:
        for number, label in enumerate((wording.CUSTOMER_COPY, wording.COMPANY_COPY), 1):
            for page_number in range(1, len(pages) + 1):
                sheet.place(f"page{page_number}")
                _draw_copy_label(sheet, f"第{'一二'[number - 1]}联 {label}", part.height_mm / 2)
                sheet.next_page()
    return sheet.data()


def _rows(facts: ReceiptFacts) -> list[_Row]:
    """All lines of the table, in the order of the facts."""
    rows: list[_Row] = []
    for line in facts.lines:
        rows.extend(_bill_rows(line))
    if facts.prepaid_stored_fen or not rows:
        rows.append(_Row(month=wording.STORED_LINE, total_fen=facts.prepaid_stored_fen))
    return rows


def _bill_rows(line: ReceiptLine) -> list[_Row]:
    workings = [wording.working(row) for row in line.working] or ["无" if not line.late_fee_fen else ""]
    first = _Row(
        month=wording.month(line.bill_month),
        bill_no=line.bill_no,
        amounts=(line.principal_fen, line.cost_fen, line.late_fee_fen),
        working=workings[0],
        total_fen=line.total_fen,
    )
    return [first, *(_Row(working=working) for working in workings[1:])]


def _pages(rows: list[_Row], height_mm: float) -> list[list[_Row]]:
    """The rows of each page: as many as fit, and the closing block below the last ones."""
    full = height_mm - _TABLE_BOTTOM - _TABLE_TOP - _HEAD_HEIGHT
    last = height_mm - _CLOSING - _TABLE_TOP - _HEAD_HEIGHT
    pages: list[list[_Row]] = [[]]
    used = 0.0
    for row in rows:
        if used + row.height_mm > full:
            pages.append([])
            used = 0.0
        pages[-1].append(row)
        used += row.height_mm
    if used > last:
        # the closing block never stands alone: the last bill goes with it
        kept = pages[-1]
        cut = max((n for n, row in enumerate(kept) if n and row.total_fen is not None), default=len(kept))
        pages[-1:] = [kept[:cut], kept[cut:]]
    return pages


def _draw_page(sheet: Sheet, part: _Part, rows: list[_Row], number: int, count: int) -> None:
    middle = (part.height_mm + 36) / 2
    if part.mark.void is not None:
        # a void paper says so before it says that it is one of a demonstration: its note says that too
        sheet.text(110, middle, wording.VOID, size_pt=150, align="center", grey=0.78, angle=12, spacing_pt=60)
    elif part.facts.is_demo:
        sheet.text(110, middle, wording.TITLE_DEMO, size_pt=120, align="center", grey=0.93, angle=12, spacing_pt=30)
    _draw_head(sheet, part)
    _draw_customer(sheet, part.facts)
    _draw_table(sheet, part, rows)
    if number == count:
        _draw_total(sheet, part)
        _draw_payment(sheet, part)
        _draw_seal_and_proof(sheet, part)
    _draw_foot(sheet, part, number, count)


def _draw_head(sheet: Sheet, part: _Part) -> None:
    facts = part.facts
    sheet.text(105, 14.2, facts.title, size_pt=19, is_bold=True, align="center", spacing_pt=7, max_mm=56)
    sheet.text(_LEFT, 12.4, facts.hall_name, size_pt=11, is_bold=True, max_mm=58)
    sheet.text(_RIGHT, 12.4, f"No. {facts.receipt_no}", size_pt=10.5, is_bold=True, align="right", max_mm=58)
    sheet.text(_LEFT, 17.4, facts.company, size_pt=_LABEL, grey=_SOFT, max_mm=58)
    sheet.text(_RIGHT, 17.4, wording.moment(facts.issued_at), size_pt=_LABEL, align="right", grey=_SOFT)
    if facts.is_demo:
        sheet.text(105, 19.2, wording.DEMO_NOTE, size_pt=_LABEL, align="center", is_bold=True)
    sheet.rule(_LEFT, 21.2, _RIGHT, 21.2, width_pt=1.1)
    sheet.rule(_LEFT, 22.0, _RIGHT, 22.0, width_pt=0.3)


def _draw_customer(sheet: Sheet, facts: ReceiptFacts) -> None:
    fields = (
        (_LEFT, 28.2, "客户编号", facts.customer_no, 46.0),
        (80.0, 28.2, "户名", facts.customer_name_masked, 55.0),
        (150.0, 28.2, "户号", facts.account_no, 34.0),
        (_LEFT, 35.2, "地址", facts.address_masked, 116.0),
        (150.0, 35.2, "营业日", str(facts.business_date), 34.0),
    )
    for x, y, label, value, max_mm in fields:
        sheet.text(x, y, label, size_pt=_LABEL, grey=_SOFT)
        sheet.text(x + 3.4 + 2.83 * len(label), y, value, size_pt=10, max_mm=max_mm)


def _draw_table(sheet: Sheet, part: _Part, rows: list[_Row]) -> None:
    heads = [(14.0, "账期", "left"), (35.0, "账单号", "left"), (83.0, "本金", "right"), (101.0, "违约金", "right")]
    heads += [(_WORKING_X, "违约金计算", "left"), (196.0, "小计（元）", "right")]
    if part.has_cost:
        heads[2:4] = [(75.0, "本金", "right"), (88.0, "费用", "right"), (101.0, "违约金", "right")]
    sheet.box(_LEFT, _TABLE_TOP - 2, _RIGHT - _LEFT, _HEAD_HEIGHT, fill=0.93)
    for x, label, align in heads:
        sheet.text(x, _TABLE_TOP + 2.3, label, size_pt=_LABEL, align=align)
    y = _TABLE_TOP + _HEAD_HEIGHT - 2
    for n, row in enumerate(rows):
        if n and row.total_fen is not None:
            sheet.rule(_LEFT, y, _RIGHT, y, width_pt=0.25, grey=_FAINT)
        _draw_row(sheet, row, y, has_cost=part.has_cost)
        y += row.height_mm
    sheet.rule(_LEFT, y, _RIGHT, y, width_pt=0.5)


def _draw_row(sheet: Sheet, row: _Row, y: float, *, has_cost: bool) -> None:
    base = y + (3.75 if row.total_fen is not None else 2.5)
    sheet.text(14, base, row.month, size_pt=_TEXT, max_mm=40 if row.amounts is None else 20)
    sheet.text(35, base, row.bill_no, size_pt=_LABEL, grey=_SOFT, max_mm=25 if has_cost else 32)
    if row.amounts is not None:
        principal_fen, cost_fen, late_fee_fen = row.amounts
        _draw_amount(sheet, 75 if has_cost else 83, base, principal_fen)
        _draw_amount(sheet, 101, base, late_fee_fen)
        if has_cost:
            _draw_amount(sheet, 88, base, cost_fen)
    sheet.text(_WORKING_X, base, row.working, size_pt=_SMALL, grey=_SOFT, max_mm=72, may_shrink=True)
    if row.total_fen is not None:
        _draw_amount(sheet, 196, base, row.total_fen)


def _draw_amount(sheet: Sheet, x: float, y: float, fen: int) -> None:
    sheet.text(x, y, wording.yuan(fen), size_pt=_TEXT, align="right", max_mm=16, may_shrink=True)


def _draw_total(sheet: Sheet, part: _Part) -> None:
    top = part.height_mm - _CLOSING + 1.5
    facts = part.facts
    sheet.box(_LEFT, top, _RIGHT - _LEFT, 9.4, width_pt=0.9)
    sheet.text(15, top + 6.1, "合计（大写）", size_pt=_LABEL, grey=_SOFT)
    words = wording.CURRENCY_IN_WORDS + to_capital(facts.total_fen)
    sheet.text(34, top + 6.3, words, size_pt=11.5, is_bold=True, max_mm=108, may_shrink=True)
    figures = wording.money(facts.total_fen)
    sheet.text(195, top + 6.5, figures, size_pt=14, is_bold=True, align="right", max_mm=48, may_shrink=True)


def _draw_payment(sheet: Sheet, part: _Part) -> None:
    facts = part.facts
    y = part.height_mm - _CLOSING + 16.4
    for label, value in _payment_lines(facts, part.mark):
        sheet.text(_LEFT, y, label, size_pt=_LABEL, grey=_SOFT)
        sheet.text(_LEFT + 19, y, value, size_pt=_TEXT, max_mm=92, may_shrink=True)
        y += 4.5
    for note in wrapped("  ".join(facts.footer), size_pt=_SMALL, max_mm=110, lines_max=2):
        sheet.text(_LEFT, y - 0.6, note, size_pt=_SMALL, grey=_SOFT)
        y += 3.1


def _payment_lines(facts: ReceiptFacts, mark: PrintMark) -> list[tuple[str, str]]:
    tenders = "  ".join(f"{wording.tender(t)} {wording.money(t.amount_fen)}" for t in facts.tenders)
    received = f"{wording.money(facts.received_fen)}    找零 {wording.money(facts.change_fen)}"
    if facts.prepaid_used_fen:
        received += f"    预存款抵扣 {wording.money(facts.prepaid_used_fen)}"
    balance = f"缴前 {wording.money(facts.arrears_before_fen)}    缴后 {wording.money(facts.arrears_after_fen)}"
    prepaid = f"缴前 {wording.money(facts.prepaid_before_fen)}    缴后 {wording.money(facts.prepaid_after_fen)}"
    balances = [("欠费余额", balance), ("预存款余额", prepaid)]
    return [
        ("支付方式", tenders or "预存款抵扣"),
        ("实收", received),
        *([] if mark.is_certificate else balances),
        ("收费员", f"{wording.teller(facts)}    {facts.counter_name}"),
        ("客服热线", facts.hotline),
    ]


def _draw_seal_and_proof(sheet: Sheet, part: _Part) -> None:
    top = part.height_mm - _CLOSING + 13.8
    sheet.box(126, top, 40, 28, grey=_FAINT, width_pt=0.6, dash="2 2")
    sheet.text(146, top + 25.4, wording.SEAL, size_pt=_SMALL, align="center", grey=_SOFT)
    sheet.modules(170, top, 28, part.modules)
    sheet.text(184, top + 31.2, wording.PROOF_NOTE, size_pt=6.5, align="center", grey=_SOFT)


def _draw_foot(sheet: Sheet, part: _Part, number: int, count: int) -> None:
    y = part.bottom_mm + 2.8
    mark = wording.print_mark(part.mark)
    if part.mark.is_marked:
        sheet.text(_LEFT, y, mark, size_pt=_TEXT, is_bold=True, max_mm=155 if count > 1 else 186)
    else:
        sheet.text(_LEFT, y, mark, size_pt=_SMALL, grey=_SOFT, max_mm=110)
    if count > 1:
        sheet.text(_RIGHT, y, f"第 {number} 页 / 共 {count} 页", size_pt=_LABEL, align="right")


def _draw_copy_label(sheet: Sheet, label: str, middle_mm: float) -> None:
    """The part's name down the right margin."""
    y = middle_mm - len(label) * 3.4 / 2
    for char in label:
        sheet.text(203.4, y, char, size_pt=_LABEL, align="center", grey=_SOFT)
        y += 3.4


def _draw_shared(sheet: Sheet) -> None:
    """Both parts on one A4 page, with a line to cut along."""
    down = sheet.height_mm / 2
    sheet.place("page1")
    _draw_copy_label(sheet, f"第一联 {wording.CUSTOMER_COPY}", down / 2)
    sheet.place("page1", down_mm=down)
    _draw_copy_label(sheet, f"第二联 {wording.COMPANY_COPY}", down * 1.5)
    sheet.rule(4, down, 206, down, width_pt=0.5, grey=0.5, dash="4 3")
    sheet.next_page()
