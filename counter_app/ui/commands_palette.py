"""Every command by name (Ctrl+K) and the keys of this page (F1)."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import Qt
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QGridLayout

from counter_app.ui.blocks import SPACE, Button, Label, ScrollColumn
from counter_app.ui.fields import TextEntry
from counter_app.ui.keys import Action
from counter_app.ui.language import tr
from counter_app.ui.panels import Panel, Panels
from counter_app.ui.result_list import ResultList, ResultRow

_ROWS = 10


class PalettePanel(Panel):
    """Type a part of a command's name, walk with the arrows, Enter does it."""

    def __init__(self, actions: Sequence[Action]) -> None:
        super().__init__(tr("所有命令"), width_px=480)
        self.keeps_typed_text = False
        self._actions = {action.key: action for action in actions}
        self.entry = _WalkingEntry(self)
        self.list = ResultList(name=tr("所有命令"))
        self.body.addWidget(self.entry)
        self.body.addWidget(self.list)
        self.first = self.entry
        self.entry.typed.connect(self._filter)
        self._filter("")

    def _filter(self, text: str) -> None:
        wanted = text.strip().casefold()
        rows = [
            ResultRow(action.key, action.word, note=action.shortcut)
            for action in self._actions.values()
            if wanted in f"{action.word} {action.key} {action.shortcut}".casefold()
        ]
        self.list.show_rows(rows)
        self.list.setFixedHeight(max(self.list.height_for(_ROWS), 1))


class _WalkingEntry(TextEntry):
    def __init__(self, panel: PalettePanel) -> None:
        super().__init__(name=tr("命令名称"), hint=tr("命令名称或按键"))
        self._panel = panel

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() in (Qt.Key.Key_Down, Qt.Key.Key_Up):
            self._panel.list.walk(1 if event.key() == Qt.Key.Key_Down else -1)
            return
        super().keyPressEvent(event)


def open_palette(panels: Panels, actions: Sequence[Action]) -> PalettePanel:
    """Opens the list of commands; the chosen one runs after it has closed."""
    panel = PalettePanel(actions)
    by_key = {action.key: action for action in actions}

    def run(key: str) -> None:
        panels.close_panel(panel)
        by_key[key].run()

    panel.list.chosen.connect(run)
    panel.entry.entered.connect(panel.list.take)
    panels.open(panel)
    return panel


def open_keys(panels: Panels, actions: Sequence[Action]) -> Panel:
    """Opens the list of keys that mean something now."""
    panel = Panel(tr("本页按键"), width_px=400)
    column = ScrollColumn()
    grid = QGridLayout()
    grid.setHorizontalSpacing(3 * SPACE)
    grid.setVerticalSpacing(SPACE)
    grid.setColumnStretch(1, 1)
    for line, action in enumerate(sorted((a for a in actions if a.shortcut), key=_as_on_the_keyboard)):
        grid.addWidget(Label("  ".join((action.shortcut, *action.also)), tone="accent"), line, 0)
        grid.addWidget(Label(action.word), line, 1)
    column.body.addLayout(grid)
    panel.body.addWidget(column)
    close = Button(tr("返回"), key="Esc")
    close.clicked.connect(lambda: panels.close_panel(panel))
    panel.body.addWidget(close, 0, Qt.AlignmentFlag.AlignLeft)
    panel.first = close
    panels.open(panel)
    return panel


def _as_on_the_keyboard(action: Action) -> tuple[bool, int, str]:
    """F1 to F12 first, in their order; the others by name."""
    name = action.shortcut
    is_function = name.startswith("F") and name[1:].isdecimal()
    return (not is_function, int(name[1:]) if is_function else 0, name)
