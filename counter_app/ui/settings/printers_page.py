"""Paper and printers: what a receipt is printed on, and where."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QHBoxLayout, QWidget

from counter_app.ui.blocks import SPACE, Card, Label, ScrollColumn
from counter_app.ui.choice import DropDown, SegmentedChoice
from counter_app.ui.desk import Desk
from counter_app.ui.fields import TextField
from counter_app.ui.frame import Frame
from counter_app.ui.language import tr
from counter_app.ui.settings.form import SavingPage
from counter_app.ui.settings.look_fields import LookFields
from counter_app.ui.settings.presenter_printers import (
    ADDRESS,
    DRAWER,
    PAPERS,
    PrintersPresenter,
    PrintersScreen,
    printer_word,
)
from counter_app.ui.theme import px

_MOST_PX = 560


class PrintersPage(SavingPage):
    """Printers on the left; on the right how this machine's screen looks."""

    def __init__(self, desk: Desk, frame: Frame, parent: QWidget | None = None) -> None:
        super().__init__(
            frame,
            {
                ADDRESS: TextField(tr("小票打印机直连地址（可不填）"), is_number=True, hint="tcp:192.168.1.50:9100"),
                DRAWER: TextField(
                    tr("驱动钱箱的打印机地址（没有则不填）"), is_number=True, hint="tcp:192.168.1.50:9100"
                ),
            },
            parent,
        )
        self._presenter = PrintersPresenter(desk)
        self.paper = SegmentedChoice(tuple((key, tr(word)) for key, word in PAPERS.items()), name=tr("收据用纸"))
        self.printers = {
            key: DropDown((("pdf", printer_word("pdf")),), name=tr("{paper} 的打印机", paper=tr(word)))
            for key, word in PAPERS.items()
        }
        self.look = LookFields(desk.looks)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(SPACE + 4)
        row.addWidget(self._printers_card(), 1)
        row.addWidget(self._look_card())

    def read(self) -> None:
        """Show what is kept."""
        self._presenter.read(self._show, self.say)

    def keep(self) -> None:
        """What is chosen and typed."""
        values = {"paper": self.paper.choice(), **{key: box.choice() for key, box in self.printers.items()}}
        self._presenter.save(
            {**values, **{key: field.entry.text() for key, field in self.fields.items()}},
            lambda: self.saved(tr("已保存。")),
            self.wrong,
        )

    def _show(self, screen: PrintersScreen) -> None:
        self.paper.choose(screen.paper)
        for key, box in self.printers.items():
            box.set_choices(screen.offered_for_roll if key == "roll-80" else screen.offered)
            box.choose(screen.chosen[key])
        self.fields[ADDRESS].entry.setText(screen.address)
        self.fields[DRAWER].entry.setText(screen.drawer)

    def _printers_card(self) -> Card:
        card, column = Card(parent=self), ScrollColumn()
        card.body.addWidget(column, 1)
        column.body.addWidget(Label(tr("收据用纸"), role="muted"))
        column.body.addWidget(self.paper, 0, Qt.AlignmentFlag.AlignLeft)
        for key, box in self.printers.items():
            column.body.addWidget(Label(tr("{paper} 的打印机", paper=tr(PAPERS[key])), role="muted"))
            column.body.addWidget(box)
            if key == "a4":
                column.body.addWidget(Label(tr("离网登记表、退网工单和凭条也用它。"), role="note", is_wrapped=True))
        for field in self.fields.values():
            column.body.addWidget(field)
        column.body.addStretch(1)
        card.body.addWidget(self.error)
        card.body.addWidget(self.save_button)
        return card

    def _look_card(self) -> Card:
        card, column = Card(parent=self), ScrollColumn()
        card.setFixedWidth(min(px(400), _MOST_PX))
        card.body.addWidget(column, 1)
        column.body.addWidget(Label(tr("本机的外观与语言"), role="heading"))
        column.body.addWidget(self.look)
        column.body.addStretch(1)
        return card
