"""The window's frame: rooms on the left, search on top, the truth at the bottom, panels and notices over it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import cached_property
from typing import TYPE_CHECKING

from PySide6 import QtCore
from PySide6.QtCore import Signal
from PySide6.QtWidgets import QApplication, QFrame, QGridLayout, QWidget
from shiboken6 import isValid

from counter_app.ui.keys import Action, Keys
from counter_app.ui.language import tr

if TYPE_CHECKING:
    from PySide6.QtGui import QShowEvent

    from counter_app.ui.ask import Answer, Question, QuestionPanel
    from counter_app.ui.busy import BusyStrip
    from counter_app.ui.frame_body import FrameBody
    from counter_app.ui.panels import Panels
    from counter_app.ui.rail import RoomButton
    from counter_app.ui.search_box import SearchBox
    from counter_app.ui.status_bar import StatusBar
    from counter_app.ui.toast import Toast

SMALLEST = (1366, 768)
"""The smallest screen, in pixels; every page fits it at 150 % text."""


class Frame(QFrame):
    """One window for all rooms.

    `search`, `keys`, `panels`, `status`, `toast` and `busy` are its parts, for the pages to use. `cover` puts one
    widget (sign-in, lock, pause) over everything until `uncover`; what lies beneath stays as it is and hears no key.
    The parts are made when the frame is first seen uncovered, or when one of them is first asked for: a sign-in page
    does not wait for them.
    """

    room_shown = Signal(str)

    def __init__(self) -> None:
        super().__init__()
        self.setObjectName("frame")
        self._rooms: dict[str, tuple[RoomButton, QWidget]] = {}
        self._focus_in: dict[QWidget, QWidget] = {}
        self.keys = Keys(self)
        self._cover: QWidget | None = None
        self._focus_before: QWidget | None = None
        self._layers = QGridLayout(self)
        self._layers.setContentsMargins(0, 0, 0, 0)
        self._add_own_keys()

    @cached_property
    def _body(self) -> FrameBody:
        from counter_app.ui.frame_body import FrameBody

        body = FrameBody(self)
        body.setVisible(self._cover is None)
        self._layers.addWidget(body, 0, 0)
        # beneath a cover that was there before it
        body.lower()
        return body

    @cached_property
    def panels(self) -> Panels:
        """The one place where panels appear."""
        from counter_app.ui.panels import Panels

        panels = Panels(self, self.keys)
        panels.set_covered(self._cover is not None)
        return panels

    @cached_property
    def toast(self) -> Toast:
        """The line that says what has happened."""
        from counter_app.ui.toast import Toast

        toast = Toast(self)
        toast.set_muted(self._cover is not None)
        return toast

    @property
    def search(self) -> SearchBox:
        """The one search box."""
        return self._body.search

    @property
    def status(self) -> StatusBar:
        """The bar at the bottom."""
        return self._body.status

    @property
    def busy(self) -> BusyStrip:
        """Shows under the search box that work is going on."""
        return self._body.busy

    def furnish(self) -> None:
        """Make the parts now, while nobody waits for them."""
        _parts = self._body, self.panels, self.toast

    def showEvent(self, event: QShowEvent) -> None:
        if self._cover is None:
            self.furnish()
        super().showEvent(event)

    def add_room(
        self, key: str, word: str, icon: str, widget: QWidget, *, is_enabled: bool = True, is_at_foot: bool = False
    ) -> None:
        """Adds a room to the rail, in order; the first one is shown. A room that is not built yet is not added."""
        from counter_app.ui.rail import RoomButton

        button = RoomButton(word, icon)
        button.setEnabled(is_enabled)
        button.clicked.connect(lambda: self.show_room(key))
        self._rooms[key] = (button, widget)
        self._body.stack.addWidget(widget)
        (self._body.foot if is_at_foot else self._body.head).addWidget(button)
        self._order_tabs()
        shortcut = f"Ctrl+{len(self._rooms)}"
        button.setToolTip(f"{word}  {shortcut}")
        self.keys.add(Action(f"room-{key}", word, shortcut, lambda: self.show_room(key), is_possible=button.isEnabled))
        if len(self._rooms) == 1:
            self.show_room(key)

    def show_room(self, key: str) -> None:
        """Goes to a room; the one left behind stays as it is, and the cursor goes back to where it was in it.

        Raises:
            KeyError: there is no such room.
        """
        _button, widget = self._rooms[key]
        before, focus = self._body.stack.currentWidget(), QApplication.focusWidget()
        if before is not widget and before is not None and focus is not None and before.isAncestorOf(focus):
            self._focus_in[before] = focus
        for other, (button, _widget) in self._rooms.items():
            button.setChecked(other == key)
        self._body.stack.setCurrentWidget(widget)
        last = self._focus_in.pop(widget, None)
        if last is not None and isValid(last):
            last.setFocus(QtCore.Qt.FocusReason.OtherFocusReason)
        self.room_shown.emit(key)

    def room(self) -> str:
        """The key of the room on the screen."""
        return next(
            (key for key, (_b, widget) in self._rooms.items() if widget is self._body.stack.currentWidget()), ""
        )

    def has_room(self, key: str) -> bool:
        """Whether the rail has that room."""
        return key in self._rooms

    def enable_room(self, key: str, is_enabled: bool) -> None:
        """Opens or closes a room to the person who is signed in."""
        self._rooms[key][0].setEnabled(is_enabled)

    def set_count(self, key: str, count: int) -> None:
        """The number of things that wait in a room, shown after its word; 0 shows none."""
        self._rooms[key][0].set_count(count)

    def set_who(self, teller: str, counter: str) -> None:
        """Who sits here, and at which counter."""
        self._body.who.setText(teller)
        self._body.counter.setText(counter)

    def ask(
        self,
        question: Question,
        on_answer: Callable[[Answer], object],
        *,
        beside: QWidget | None = None,
        on_back: Callable[[], object] | None = None,
    ) -> QuestionPanel:
        """Asks beside what it is about; see `counter_app.ui.ask.ask`."""
        from counter_app.ui.ask import ask

        return ask(self.panels, question, on_answer, beside=beside, on_back=on_back)

    def cover(self, widget: QWidget, actions: Sequence[Action] = ()) -> None:
        """Puts a widget over everything: nothing beneath is seen, reached by Tab, or run by a key but its own."""
        if self._cover is None:
            self._focus_before = QApplication.focusWidget()
        self._take_cover()
        self._cover = widget
        self._tell_parts()
        self._layers.addWidget(widget, 0, 0)
        self.keys.open_panel(widget, actions, is_alone=True)
        widget.show()
        chosen = self.window().focusWidget()
        if chosen is None or not widget.isAncestorOf(chosen):
            # a page that has put the cursor into its own field keeps it there
            widget.setFocus()

    def uncover(self) -> None:
        """Takes the covering widget away; it is not deleted."""
        if self._cover is None:
            return
        self._take_cover()
        self.furnish()
        self._body.setVisible(True)
        self.toast.set_muted(False)
        if self._focus_before is not None and isValid(self._focus_before):
            self._focus_before.setFocus(QtCore.Qt.FocusReason.OtherFocusReason)
        self.panels.set_covered(False)

    def is_covered(self) -> bool:
        """Whether something lies over everything; a scan, for one, then goes nowhere."""
        return self._cover is not None

    def go_to_search(self) -> None:
        """F2: the cursor to the search box, its text selected."""
        self.search.setFocus(QtCore.Qt.FocusReason.ShortcutFocusReason)
        self.search.selectAll()

    def _take_cover(self) -> None:
        cover, self._cover = self._cover, None
        if cover is not None:
            self.keys.close_panel(cover)
            self._layers.removeWidget(cover)
            cover.hide()
            cover.setParent(None)

    def _tell_parts(self) -> None:
        # a part that is not there yet learns it when it is made
        made = vars(self)
        if "panels" in made:
            self.panels.set_covered(True)
        if "toast" in made:
            self.toast.set_muted(True)
        if "_body" in made:
            self._body.setVisible(False)

    def _order_tabs(self) -> None:
        # Tab reads like the eye: down the rail, then the search box, then the page
        buttons = [button for button, _widget in self._rooms.values()]
        for before, after in zip(buttons, [*buttons[1:], self.search], strict=True):
            QWidget.setTabOrder(before, after)

    def _add_own_keys(self) -> None:
        for action in (
            Action("search", tr("查找客户"), "F2", self.go_to_search, also=("/",)),
            Action("commands", tr("所有命令"), "Ctrl+K", self._open_palette),
            Action("keys", tr("本页按键"), "F1", self._open_keys),
            Action(
                "search-back",
                tr("收起查找"),
                "Escape",
                self._step_back,
                is_possible=self._is_search_open,
            ),
        ):
            self.keys.add(action)

    def _open_palette(self) -> None:
        from counter_app.ui.commands_palette import open_palette

        open_palette(self.panels, self._commands())

    def _open_keys(self) -> None:
        from counter_app.ui.commands_palette import open_keys

        open_keys(self.panels, self.keys.available())

    def _commands(self) -> tuple[Action, ...]:
        return tuple(action for action in self.keys.available() if action.key not in ("commands", "search-back"))

    def _step_back(self) -> None:
        self.search.step_back()

    def _is_search_open(self) -> bool:
        return self.search.drop.isVisible() or (self.search.hasFocus() and bool(self.search.text()))
