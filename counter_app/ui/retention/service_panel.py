"""Which of several services a customer wants to leave: its number is typed, or clicked."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from counter_app.ui.language import tr
from counter_app.ui.numbered import NumberedLine
from counter_app.ui.panels import Panel
from counter_app.ui.retention.screen import Option


class ServicePanel(Panel):
    """`options` carry the services' own keys as their numbers; on the screen they are counted from 1."""

    def __init__(self, options: Sequence[Option], on_choice: Callable[[str], object]) -> None:
        super().__init__(tr("要离网的，或要回来的，是哪一个？"))
        self._keys = {str(place): option.number for place, option in enumerate(options, 1)}
        self._on_choice = on_choice
        self.line = NumberedLine(tr("编号"))
        self.line.show_options([Option(str(place), option.word) for place, option in enumerate(options, 1)])
        self.body.addWidget(self.line)
        self.first = self.line.entry
        self.line.entry.entered.connect(lambda: self.choose(self.line.entry.text().strip()))
        self.line.picked.connect(self.choose)

    def choose(self, number: str) -> None:
        """Take one; a number that is none is said."""
        if number in self._keys:
            self._on_choice(self._keys[number])
        else:
            self.line.show_error(tr("没有编号 {number}。请照下面的编号填，几项之间空一格。", number=number))
