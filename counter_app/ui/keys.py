"""One registry of everything that a key can do: pages add actions, F1 and Ctrl+K read them."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import NamedTuple

from PySide6.QtCore import QObject
from PySide6.QtGui import QKeySequence, QShortcut
from PySide6.QtWidgets import QWidget


class Action(NamedTuple):
    """Something a person can do: its stable `key`, the `word` the screen has for it, its `shortcut` as Qt writes it."""

    key: str
    word: str
    shortcut: str
    run: Callable[[], object]
    also: tuple[str, ...] = ()
    is_possible: Callable[[], bool] = lambda: True
    is_above_panels: bool = False


class Keys(QObject):
    """Sends each key to the action that it means now.

    An action of a page counts while that page is on the screen and wins over one of the whole window. While a panel is
    open only its own actions and those marked `is_above_panels` (the lock) count: nothing behind a question can happen.
    """

    def __init__(self, window: QWidget) -> None:
        super().__init__(window)
        self._window = window
        self._added: list[tuple[Action, QWidget | None]] = []
        self._panels: list[tuple[QWidget, tuple[Action, ...], bool]] = []
        self._shortcuts: dict[str, QShortcut] = {}

    def add(self, action: Action, *, page: QWidget | None = None) -> None:
        """Adds an action of the whole window, or of one page for as long as that page lives."""
        self._added.append((action, page))
        if page is not None:
            page.destroyed.connect(lambda: self._forget(action))
        self._listen(action)

    def open_panel(self, panel: QWidget, actions: Sequence[Action], *, is_alone: bool = False) -> None:
        """From now on only this panel's actions count; `is_alone`: not even those above panels."""
        self._panels.append((panel, tuple(actions), is_alone))
        for action in actions:
            self._listen(action)

    def close_panel(self, panel: QWidget) -> None:
        """The panel is gone: what counted before it counts again."""
        self._panels = [entry for entry in self._panels if entry[0] is not panel]

    def available(self) -> tuple[Action, ...]:
        """What can be done now, the page's own first, each key once."""
        if self._panels:
            _panel, own, is_alone = self._panels[-1]
            above = tuple(action for action, _page in self._added if action.is_above_panels and not is_alone)
            return tuple(action for action in (*own, *above) if action.is_possible())
        on_page = [action for action, page in self._added if page is not None and page.isVisible()]
        everywhere = [action for action, page in self._added if page is None]
        taken: set[str] = set()
        found: set[str] = set()
        # what a page adds later wins, but people read in the order in which it was added
        for action in (*reversed(on_page), *everywhere):
            if action.is_possible() and action.shortcut not in taken:
                found.add(action.key)
                taken |= {action.shortcut} - {""}
        return tuple(action for action in (*on_page, *everywhere) if action.key in found)

    def press(self, shortcut: str) -> bool:
        """Does what that key means now; False when it means nothing."""
        for action in self.available():
            if shortcut in (action.shortcut, *action.also):
                action.run()
                return True
        return False

    def _listen(self, action: Action) -> None:
        for name in (action.shortcut, *action.also):
            if name and name not in self._shortcuts:
                # its context is the whole window unless it is told otherwise
                shortcut = QShortcut(QKeySequence(name), self._window)
                shortcut.setAutoRepeat(False)
                shortcut.activated.connect(lambda name=name: self.press(name))
                self._shortcuts[name] = shortcut

    def _forget(self, action: Action) -> None:
        self._added = [entry for entry in self._added if entry[0] is not action]
