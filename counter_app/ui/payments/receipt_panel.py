"""The receipt beside the page: its picture, its facts, its prints, and the key to print it again."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import Qt
from PySide6.QtGui import QImage, QPixmap
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from counter_app.ui.blocks import SPACE, Button, KeyValueRow, Label, PrimaryButton, ScrollColumn
from counter_app.ui.choice import DropDown, SegmentedChoice
from counter_app.ui.desk import Desk
from counter_app.ui.keys import Action
from counter_app.ui.language import tr
from counter_app.ui.panels import Panel
from counter_app.ui.payments.presenter_receipt import PAPERS, ReceiptPresenter, ReceiptScreen
from counter_app.ui.printing import PagePicture, PrintState

PICTURE_PX = 440
_TALLEST_PX = 330


class ReceiptPanel(Panel):
    """One receipt; `heard` hears how a print that is started here goes on, `on_undo` that its payment is to be undone,
    or, of a void one (True), that its slip is printed again; `on_invoice` that the number of its invoice is noted.
    """

    def __init__(
        self,
        desk: Desk,
        receipt_no: str,
        *,
        heard: Callable[[PrintState], object] = lambda _state: None,
        on_undo: Callable[[bool], object] | None = None,
        on_invoice: Callable[[], object] | None = None,
    ) -> None:
        super().__init__(tr("收据 {no}", no=receipt_no), width_px=560)
        self.picture = Label()
        self.picture.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self.picture.setAccessibleName(tr("收据的样子"))
        self.waiting = Label(tr("正在画出收据……"), role="note")
        self.papers = SegmentedChoice([(key, tr(word)) for key, word in PAPERS.items()], name=tr("纸张"))
        self.printers = DropDown((), name=tr("打印机"))
        self.print_button = PrimaryButton(tr("打印"), "Ctrl+P")
        self.undo_button = Button(tr("撤销这笔缴费…"), key="F8")
        self.invoice_button = Button(tr("登记发票号…"), key="F7", kind="quiet")
        self.undo_button.hide()
        self.invoice_button.hide()
        self._on_undo, self._on_invoice, self._is_void = on_undo, on_invoice, False
        self.message = Label(role="note", is_wrapped=True)
        self._facts, self._prints = QVBoxLayout(), QVBoxLayout()
        self._drawn: tuple[object, object] = ((), ())
        self._picture: PagePicture | None = None
        self._printers: tuple[tuple[str, str], ...] = ()
        self._lay_out()
        self.first = self.print_button
        self.presenter = ReceiptPresenter(desk, receipt_no, self, picture_px=PICTURE_PX, heard=heard)
        self.papers.chosen.connect(self.presenter.choose_paper)
        self.printers.chosen.connect(self.presenter.choose_printer)
        self.print_button.clicked.connect(self.presenter.print_again)
        self.undo_button.clicked.connect(self.undo)
        self.invoice_button.clicked.connect(self.note_invoice)

    def shortcuts(self) -> tuple[Action, ...]:
        """The keys of the panel."""
        return (
            Action("print", tr("打印"), "Ctrl+P", self.presenter.print_again),
            Action("undo", tr("撤销这笔缴费…"), "F8", self.undo, is_possible=self._can_undo),
            Action("invoice", tr("登记发票号…"), "F7", self.note_invoice, is_possible=self._can_note),
        )

    def undo(self) -> None:
        """F8: on to the undo of the payment; of a void receipt, its slip is printed again."""
        if self._on_undo is not None and self._can_undo():
            self._on_undo(self._is_void)

    def note_invoice(self) -> None:
        """F7: the number of the invoice about this receipt."""
        if self._on_invoice is not None and self._can_note():
            self._on_invoice()

    def _can_note(self) -> bool:
        return not self.invoice_button.isHidden()

    def _can_undo(self) -> bool:
        return not self.undo_button.isHidden()

    def show_receipt(self, screen: ReceiptScreen) -> None:
        """Draws the receipt."""
        self.papers.choose(screen.paper)
        self._show_printers(screen)
        if (screen.facts, screen.prints) != self._drawn:
            self._drawn = (screen.facts, screen.prints)
            _fill(self._facts, [KeyValueRow(word, value) for word, value in screen.facts])
            prints = [Label(words, role="note", is_wrapped=True) for words in screen.prints]
            _fill(self._prints, prints or [Label(tr("还没有打印过。"), role="note")])
        self.message.set_tone("bad" if screen.is_bad else None)
        self.message.setText(screen.message)
        self.message.setVisible(bool(screen.message))
        self.print_button.setEnabled(not screen.is_printing)
        self.print_button.set_word(tr("补打") if screen.prints else tr("打印"))
        self._is_void = screen.is_void
        self.undo_button.setVisible(bool(screen.undo_word) and self._on_undo is not None)
        self.invoice_button.setVisible(screen.can_note_invoice and self._on_invoice is not None)
        if screen.undo_word:
            self.undo_button.set_word(screen.undo_word)
        if screen.picture is not self._picture:
            self._show_picture(screen.picture)

    def _show_printers(self, screen: ReceiptScreen) -> None:
        if screen.printers != self._printers:
            self._printers = screen.printers
            self.printers.set_choices(screen.printers)
        if screen.printers:
            self.printers.choose(screen.printer)

    def _show_picture(self, picture: PagePicture | None) -> None:
        self._picture = picture
        self.waiting.setVisible(picture is None)
        self.picture.setVisible(picture is not None)
        if picture is not None:
            image = QImage(picture.rgb, picture.width, picture.height, 3 * picture.width, QImage.Format.Format_RGB888)
            pixmap = QPixmap.fromImage(image)
            if pixmap.height() > _TALLEST_PX:
                pixmap = pixmap.scaledToHeight(_TALLEST_PX, Qt.TransformationMode.SmoothTransformation)
            self.picture.setPixmap(pixmap)

    def _lay_out(self) -> None:
        column = ScrollColumn()
        inner = column.body
        inner.addWidget(self.waiting)
        inner.addWidget(self.picture)
        for layout in (self._facts, self._prints):
            layout.setSpacing(2)
        inner.addLayout(self._facts)
        inner.addWidget(Label(tr("打印记录"), role="muted"))
        inner.addLayout(self._prints)
        inner.addStretch(1)
        self.picture.hide()
        self.body.addWidget(column, 1)
        row = QHBoxLayout()
        row.setSpacing(SPACE)
        row.addWidget(self.papers)
        row.addWidget(self.printers, 1)
        self.body.addLayout(row)
        self.body.addWidget(self.message)
        end = QHBoxLayout()
        end.setSpacing(SPACE)
        end.addWidget(self.print_button)
        end.addWidget(self.undo_button)
        end.addWidget(self.invoice_button)
        end.addStretch(1)
        end.addWidget(Label(tr("Esc 返回"), role="note"))
        self.body.addLayout(end)
        self.message.hide()


def _fill(column: QVBoxLayout, widgets: list[KeyValueRow] | list[Label]) -> None:
    while item := column.takeAt(0):
        old: QWidget | None = item.widget()
        if old is not None:
            old.hide()
            old.deleteLater()
    for widget in widgets:
        column.addWidget(widget)
