"""Counting papers: how many slips of a terminal and their total; cheques and bank slips one by one."""

from __future__ import annotations

import re
from itertools import pairwise

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QIntValidator
from PySide6.QtWidgets import QGridLayout, QWidget

from counter_app.domain.money import parse_fen
from counter_app.domain.refusals import Refused
from counter_app.domain.shift_close import BY_PIECE, SLIP_TENDERS, SlipCount
from counter_app.ui.blocks import SPACE, Label
from counter_app.ui.fields import TextEntry, amount_characters
from counter_app.ui.formats import amount
from counter_app.ui.language import tr
from counter_app.ui.theme import px
from counter_app.ui.wording_money import tender_word

_MOST_SLIPS = 9_999
_BETWEEN = re.compile(r"[\s+、;；]+")


class SlipsGrid(QWidget):
    """One line a tender; Enter goes to the next field, and from the last one emits `finished`."""

    finished = Signal()
    changed = Signal()

    def __init__(self) -> None:
        super().__init__()
        grid = QGridLayout(self)
        grid.setContentsMargins(0, 0, 0, 0)
        grid.setHorizontalSpacing(2 * SPACE)
        grid.setVerticalSpacing(6)
        self.pieces: dict[str, TextEntry] = {}
        self.totals: dict[str, TextEntry] = {}
        self.lists: dict[str, TextEntry] = {}
        self._said: dict[str, Label] = {}
        for column, word in enumerate((tr("票据单据"), tr("张数"), tr("合计金额"))):
            head = Label(word, role="muted")
            head.setAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
            grid.addWidget(head, 0, column)
        for line, tender in enumerate(SLIP_TENDERS, 1):
            label = Label(tender_word(tender))
            label.setAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
            grid.addWidget(label, line, 0)
            if tender in BY_PIECE:
                self._add_list(grid, line, tender)
            else:
                self._add_total(grid, line, tender)
        grid.setColumnStretch(2, 1)
        order = self._order = [entry for tender in SLIP_TENDERS for entry in self._entries(tender)]
        for here, after in pairwise(order):
            here.entered.connect(after.setFocus)
        order[-1].entered.connect(self.finished)

    def slips(self) -> tuple[SlipCount, ...]:
        """What stands in the lines; an empty line is none.

        Raises:
            Refused: `BadAmount`.
        """
        found = []
        for tender in SLIP_TENDERS:
            if tender in BY_PIECE:
                each = _amounts(self.lists[tender].text())
                found.append(SlipCount(tender, len(each), sum(each), each))
            else:
                # more may have gone back over a terminal than came in
                each = _amounts(self.totals[tender].text(), allow_negative=True)
                found.append(SlipCount(tender, int(self.pieces[tender].text() or 0), sum(each)))
        return tuple(slip for slip in found if slip.pieces or slip.fen)

    def clear(self) -> None:
        """Empty all lines."""
        for entry in self._order:
            entry.clear()
        for said in self._said.values():
            said.setText("")

    def begin(self) -> None:
        """The cursor to the first line."""
        self._order[0].setFocus()

    def _entries(self, tender: str) -> tuple[TextEntry, ...]:
        return (self.lists[tender],) if tender in BY_PIECE else (self.pieces[tender], self.totals[tender])

    def _add_total(self, grid: QGridLayout, line: int, tender: str) -> None:
        word = tender_word(tender)
        pieces = TextEntry(name=tr("{denomination} 张数", denomination=word), is_number=True)
        pieces.setValidator(QIntValidator(0, _MOST_SLIPS, pieces))
        pieces.setAlignment(Qt.AlignmentFlag.AlignRight)
        pieces.setFixedWidth(px(96))
        # a line for words: Enter goes on where there is none of these
        total = TextEntry(name=tr("{tender} 合计金额", tender=word), is_number=True)
        total.setAlignment(Qt.AlignmentFlag.AlignRight)
        for column, entry in enumerate((pieces, total), 1):
            grid.addWidget(entry, line, column)
            entry.typed.connect(lambda _text: self.changed.emit())
        self.pieces[tender], self.totals[tender] = pieces, total

    def _add_list(self, grid: QGridLayout, line: int, tender: str) -> None:
        entry = TextEntry(name=tr("{tender} 逐张金额", tender=tender_word(tender)), is_number=True)
        said = Label("", role="muted")
        said.setAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
        said.setMinimumWidth(px(96))
        grid.addWidget(said, line, 1)
        grid.addWidget(entry, line, 2)
        entry.typed.connect(lambda _text: self._recount(tender))
        self.lists[tender], self._said[tender] = entry, said

    def _recount(self, tender: str) -> None:
        try:
            each = _amounts(self.lists[tender].text())
            words = tr("{count} 张 {sum}", count=len(each), sum=amount(sum(each))) if each else ""
        except Refused:
            words = ""
        self._said[tender].setText(words)
        self.changed.emit()


def _amounts(text: str, *, allow_negative: bool = False) -> tuple[int, ...]:
    parts = [part for part in _BETWEEN.split(amount_characters(text)) if part]
    return tuple(parse_fen(part, allow_negative=allow_negative) for part in parts)
