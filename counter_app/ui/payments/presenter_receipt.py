"""A receipt on the screen: its facts, its prints, its picture, and printing it again."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Protocol

from counter_app.domain.payment_history import PrintJob
from counter_app.domain.print_marks import Void
from counter_app.domain.receipts import ReceiptFacts
from counter_app.domain.refusals import Refusal
from counter_app.domain.staff import Right
from counter_app.services import invoices, printing, receipts, settings
from counter_app.services.invoices import InvoiceNote
from counter_app.ui.desk import Desk
from counter_app.ui.formats import amount, day_and_clock
from counter_app.ui.language import later, tr
from counter_app.ui.printing import (
    PagePicture,
    Printing,
    PrintState,
    page_picture,
    print_words,
    printed_words,
    printer_word,
)
from counter_app.ui.wording import sentences, trouble_sentences
from counter_app.ui.wording_money import tender_word

PAPERS = {"a5": later("A5"), "a4": later("A4"), "roll-80": later("80 毫米卷纸")}


@dataclass(frozen=True, slots=True)
class ReceiptScreen:
    """What the receipt panel shows; `picture` is None while it is being drawn. `undo_word` says what can be done about
    its payment, empty where this person may do nothing: undo it, or, of one that is void, print its slip.
    """

    receipt_no: str
    facts: tuple[tuple[str, str], ...] = ()
    prints: tuple[str, ...] = ()
    papers: tuple[tuple[str, str], ...] = ()
    paper: str = "a5"
    printers: tuple[tuple[str, str], ...] = ()
    printer: str = printing.TO_FILE
    message: str = ""
    is_bad: bool = False
    is_printing: bool = False
    picture: PagePicture | None = None
    is_void: bool = False
    undo_word: str = ""
    can_note_invoice: bool = False


@dataclass(frozen=True, slots=True)
class _Read:
    """What is read of a receipt at once."""

    facts: ReceiptFacts
    void: Void | None
    invoices: tuple[InvoiceNote, ...]
    prints: tuple[PrintJob, ...]
    chosen: tuple[str, str]
    printers: tuple[str, ...]

    @property
    def has_invoice(self) -> bool:
        """Whether an invoice is noted that no red one takes back."""
        red = {note.red_of for note in self.invoices}
        return any(note.red_of is None and note.invoice_no not in red for note in self.invoices)


class ReceiptView(Protocol):
    """Who draws it."""

    def show_receipt(self, screen: ReceiptScreen) -> None:
        """Draw the panel."""


class ReceiptPresenter:
    """One receipt; `open` begins, every answer draws the panel anew."""

    def __init__(
        self,
        desk: Desk,
        receipt_no: str,
        view: ReceiptView,
        *,
        picture_px: int = 420,
        heard: Callable[[PrintState], object],
    ) -> None:
        self._desk, self._view, self._picture_px, self._heard = desk, view, picture_px, heard
        self._screen = ReceiptScreen(receipt_no, papers=tuple((key, tr(word)) for key, word in PAPERS.items()))
        self._is_open = True

    def open(self) -> None:
        """Read facts, prints, paper and printers; then draw the picture."""
        hall, number = self._desk.hall, self._screen.receipt_no

        def read() -> _Read:
            facts, void = receipts.facts_of(hall, number), receipts.void_of(hall, number)
            noted, jobs = invoices.notes_of(hall, number), receipts.prints_of(hall, number)
            return _Read(facts, void, noted, jobs, printing.chosen(hall), printing.printers())

        def done(found: _Read) -> None:
            void, jobs, (paper, printer), names = found.void, found.prints, found.chosen, found.printers
            names = names if printer in names else (printer, *names)
            self._put(
                facts=(*_void_facts(void), *_invoice_facts(found.invoices), *_facts(found.facts)),
                can_note_invoice=void is None and self._desk.who.may(Right.TAKE_PAYMENT) and not found.has_invoice,
                is_void=void is not None,
                undo_word=self._undo_word(void),
                prints=tuple(map(print_words, jobs)),
                paper=paper,
                printers=tuple((name, printer_word(name)) for name in names),
                printer=printer,
            )
            self._draw()

        self._desk.lanes.run("paper", read, done, self._refused, self._troubled)

    def choose_paper(self, paper: str) -> None:
        """Another paper; the printer remembered for it comes with it."""
        hall, who = self._desk.hall, self._desk.who

        def job() -> str:
            settings.put(hall, who, "printer.paper", paper)
            return printing.chosen(hall)[1]

        def done(printer: str) -> None:
            names = [name for name, _word in self._screen.printers]
            shown = self._screen.printers
            if printer not in names:
                shown = ((printer, printer_word(printer)), *shown)
            self._put(paper=paper, printer=printer, printers=shown, picture=None)
            self._draw()

        self._desk.lanes.run("writer", job, done, self._refused, self._troubled)

    def choose_printer(self, printer: str) -> None:
        """Another printer for this paper; it is remembered."""
        hall, who, key = self._desk.hall, self._desk.who, f"printer.{self._screen.paper}"
        self._desk.lanes.run(
            "writer",
            lambda: settings.put(hall, who, key, printer),
            lambda _: self._put(printer=printer),
            self._refused,
            self._troubled,
        )

    def print_again(self) -> None:
        """Ctrl+P: the original when it was never printed, else a reprint that says so."""
        if self._screen.is_printing:
            return
        Printing(self._desk).start(
            self._screen.receipt_no, self._printed, paper=self._screen.paper, printer=self._screen.printer
        )

    def close(self) -> None:
        """The panel is gone; answers that still come are dropped."""
        self._is_open = False

    def _undo_word(self, void: Void | None) -> str:
        if void is not None:
            return tr("补打凭证") if void.paper_no else ""
        return tr("撤销这笔缴费…") if self._desk.who.may(Right.UNDO_PAYMENT) else ""

    def _printed(self, state: PrintState) -> None:
        self._heard(state)
        if state.state == "printing":
            self._put(is_printing=True, message=printed_words(state), is_bad=False)
            return
        is_bad = state.state == "failed"
        words = state.why if is_bad else printed_words(state)
        self._put(is_printing=False, message=words, is_bad=is_bad)
        hall, number = self._desk.hall, self._screen.receipt_no
        self._desk.lanes.run(
            "reader",
            lambda: receipts.prints_of(hall, number),
            lambda jobs: self._put(prints=tuple(map(print_words, jobs))),
            self._refused,
            self._troubled,
        )

    def _draw(self) -> None:
        hall, who, screen = self._desk.hall, self._desk.who, self._screen
        now = hall.clock.now()

        def job() -> PagePicture:
            pdf = receipts.preview(hall, who, screen.receipt_no, screen.paper, now)
            return page_picture(pdf, width_px=self._picture_px)

        def done(picture: PagePicture) -> None:
            if self._screen.paper == screen.paper:
                self._put(picture=picture)

        self._desk.lanes.run("paper", job, done, self._refused, self._troubled)

    def _put(self, **changes: object) -> None:
        self._screen = replace(self._screen, **changes)  # type: ignore[arg-type]  # the callers above name fields of the screen
        if self._is_open:
            self._view.show_receipt(self._screen)

    def _refused(self, refusal: Refusal) -> None:
        self._put(message=sentences(refusal), is_bad=True)

    def _troubled(self, trouble: Exception) -> None:
        self._put(message=trouble_sentences(trouble), is_bad=True)


def _void_facts(void: Void | None) -> tuple[tuple[str, str], ...]:
    """That it no longer counts, and by which paper; that paper names the receipt in turn."""
    return () if void is None else ((tr("作废"), f"{void.on} {void.paper} {void.paper_no}".rstrip()),)


def _invoice_facts(notes: tuple[InvoiceNote, ...]) -> tuple[tuple[str, str], ...]:
    return tuple((tr("红字发票") if note.red_of else tr("发票"), note.invoice_no) for note in notes)


def _facts(facts: ReceiptFacts) -> tuple[tuple[str, str], ...]:
    rows = [
        (tr("缴费时间"), day_and_clock(facts.issued_at)),
        (tr("户名"), facts.customer_name_masked),
        (tr("户号"), facts.account_no),
        (tr("收据合计"), amount(facts.total_fen)),
        (tr("其中违约金"), amount(facts.late_fee_fen)),
    ]
    rows += [(tender_word(paid.kind), amount(paid.amount_fen)) for paid in facts.tenders]
    if facts.change_fen:
        rows.append((tr("找零"), amount(facts.change_fen)))
    rows.append((tr("经办人"), f"{facts.teller_name} {facts.teller_no}"))
    return tuple(rows)
