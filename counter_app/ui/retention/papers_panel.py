"""The papers of a case beside its page: which of the three, how it looks, what was printed, and the key that prints."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtGui import QImage, QPixmap
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from counter_app.ui.blocks import SPACE, Button, Label, PrimaryButton, ScrollColumn
from counter_app.ui.choice import DropDown, SegmentedChoice
from counter_app.ui.desk import Desk
from counter_app.ui.frame import Frame
from counter_app.ui.keys import Action
from counter_app.ui.language import tr
from counter_app.ui.panels import Panel
from counter_app.ui.printing import PagePicture
from counter_app.ui.retention.presenter_papers import SHEETS, PapersPresenter, PapersScreen, paper_choices
from counter_app.ui.theme import px

_WIDTH_PX, _PICTURE_PX = 600, 480


class PapersPanel(Panel):
    """The three papers of one case."""

    def __init__(self, desk: Desk, case_id: str) -> None:
        super().__init__(tr("离网单据"), width_px=_WIDTH_PX)
        self.kinds = SegmentedChoice(paper_choices(), name=tr("离网单据"))
        self.state = Label(is_wrapped=True)
        self.picture = Label()
        self.picture.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self.picture.setAccessibleName(tr("单据的样子"))
        self.prints_word = Label(tr("打印记录"), role="muted")
        self.sheets = SegmentedChoice([(key, tr(word)) for key, word in SHEETS.items()], name=tr("纸张"))
        self.printers = DropDown((), name=tr("打印机"))
        self.message = Label(role="note", is_wrapped=True)
        self.press_button = PrimaryButton("", "Ctrl+P")
        self.old_button = Button("", kind="quiet")
        self._prints = QVBoxLayout()
        self._drawn: tuple[str, ...] = ()
        self._picture: PagePicture | None = None
        self._printers: tuple[tuple[str, str], ...] = ()
        self._lay_out()
        self.first = self.kinds.findChild(QWidget)
        width_px = round(px(_PICTURE_PX) * self.devicePixelRatioF())
        self.presenter = PapersPresenter(desk, case_id, self, picture_px=width_px)
        self.kinds.chosen.connect(self.presenter.choose)
        self.sheets.chosen.connect(self.presenter.choose_sheet)
        self.printers.chosen.connect(self.presenter.choose_printer)
        self.press_button.clicked.connect(self.presenter.press)
        self.old_button.clicked.connect(self.presenter.print_old)

    def shortcuts(self) -> tuple[Action, ...]:
        """The keys of the panel."""
        return (Action("paper", tr("开具或打印"), "Ctrl+P", self.presenter.press),)

    def show_papers(self, screen: PapersScreen) -> None:
        """Draws the panel."""
        self.kinds.choose(screen.kind.value)
        self.state.setText(screen.state)
        self._show_prints(screen.prints)
        self._show_printers(screen)
        self.message.set_tone("bad" if screen.is_bad else None)
        self.message.setText(screen.message)
        self.message.setVisible(bool(screen.message))
        self.press_button.set_word(screen.word or tr("打印"))
        self.press_button.setEnabled(bool(screen.act) and not screen.is_working)
        self.old_button.set_word(tr("补打旧的 {no}", no=screen.old_no))
        self.old_button.setVisible(bool(screen.old_no))
        self.old_button.setEnabled(not screen.is_working)
        self.sheets.choose(screen.sheet)
        self.sheets.setVisible(screen.has_sheets)
        if screen.picture is not self._picture:
            self._show_picture(screen.picture)

    def _show_printers(self, screen: PapersScreen) -> None:
        if screen.printers != self._printers:
            self._printers = screen.printers
            self.printers.set_choices(screen.printers)
        if screen.printer in [name for name, _word in screen.printers]:
            self.printers.choose(screen.printer)

    def _show_prints(self, prints: tuple[str, ...]) -> None:
        self.prints_word.setVisible(bool(prints))
        if prints == self._drawn:
            return
        self._drawn = prints
        while item := self._prints.takeAt(0):
            old: QWidget | None = item.widget()
            if old is not None:
                old.hide()
                old.deleteLater()
        for words in prints:
            self._prints.addWidget(Label(words, role="note", is_wrapped=True))

    def _show_picture(self, picture: PagePicture | None) -> None:
        self._picture = picture
        self.picture.setVisible(picture is not None)
        if picture is not None:
            image = QImage(picture.rgb, picture.width, picture.height, 3 * picture.width, QImage.Format.Format_RGB888)
            pixmap = QPixmap.fromImage(image)
            pixmap.setDevicePixelRatio(self.devicePixelRatioF())
            self.picture.setPixmap(pixmap)

    def _lay_out(self) -> None:
        column = ScrollColumn()
        column.body.addWidget(self.prints_word)
        self._prints.setSpacing(2)
        column.body.addLayout(self._prints)
        column.body.addWidget(self.picture)
        column.body.addStretch(1)
        self.picture.hide()
        self.body.addWidget(self.kinds)
        self.body.addWidget(self.state)
        self.body.addWidget(column, 1)
        row = QHBoxLayout()
        row.setSpacing(SPACE)
        row.addWidget(self.sheets)
        row.addWidget(self.printers, 1)
        self.body.addLayout(row)
        self.body.addWidget(self.message)
        end = QHBoxLayout()
        end.setSpacing(SPACE)
        end.addWidget(self.press_button)
        end.addWidget(self.old_button)
        end.addStretch(1)
        end.addWidget(Label(tr("Esc 返回"), role="note"))
        self.body.addLayout(end)
        self.message.hide()
        self.old_button.hide()


def open_papers(desk: Desk, frame: Frame, case_id: str, *, beside: QWidget | None = None) -> PapersPanel:
    """Open the panel."""
    panel = PapersPanel(desk, case_id)
    frame.panels.open(panel, beside=beside, actions=panel.shortcuts(), on_back=panel.presenter.close)
    panel.presenter.open()
    return panel
