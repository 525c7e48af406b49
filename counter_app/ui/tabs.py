"""Several customers held open at once: a strip of tabs under the search box, one page each."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QApplication, QFrame, QHBoxLayout, QStackedWidget, QTabBar, QVBoxLayout, QWidget
from shiboken6 import isValid

from counter_app.ui.formats import plain
from counter_app.ui.language import tr

_LONGEST_TITLE = 30


class HeldTabs(QWidget):
    """The room's home page, and a page for each held customer. Switching hides a page and never rebuilds it."""

    switched = Signal(str)
    """The key of the page now shown; empty for home."""

    def __init__(self, home: QWidget, *, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._pages: dict[str, QWidget] = {}
        self._focus: dict[str, QWidget] = {}
        self._shown = ""
        self._home = home
        self.strip = QTabBar()
        self.strip.setAccessibleName(tr("已打开的客户"))
        self.strip.setExpanding(False)
        self.strip.setDrawBase(False)
        self.strip.setUsesScrollButtons(True)
        self.strip.setElideMode(Qt.TextElideMode.ElideRight)
        self.strip.setProperty("is_elided", True)
        self.strip.currentChanged.connect(self._switched)
        self.strip.wheelEvent = lambda event: event.ignore()  # type: ignore[method-assign]  # the wheel never changes a choice
        self._band = QFrame()
        self._band.setProperty("block", "top")
        band = QHBoxLayout(self._band)
        band.setContentsMargins(8, 0, 8, 0)
        band.addWidget(self.strip)
        band.addStretch(1)
        self._stack = QStackedWidget()
        self._stack.addWidget(home)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addWidget(self._band)
        column.addWidget(self._stack, 1)
        self._band.hide()

    def hold(self, key: str, title: str, page: QWidget) -> None:
        """Opens a page under a key and shows it.

        Raises:
            ValueError: a page of that key is open already; use `show_page`.
        """
        if key in self._pages:
            message = f"a page {key!r} is held already"
            raise ValueError(message)
        self._pages[key] = page
        self._stack.addWidget(page)
        place = self.strip.addTab(_title(title))
        self.strip.setTabData(place, key)
        self._show_band()
        self.show_page(key)

    def take_in(self, page: QWidget) -> None:
        """Gives a page that is still empty its place, out of sight: one that comes there full is styled all anew."""
        page.setParent(self._stack)
        page.hide()

    def is_held(self, key: str) -> bool:
        """Whether a page of that key is open."""
        return key in self._pages

    def page(self, key: str) -> QWidget:
        """The page of a key."""
        return self._pages[key]

    def keys(self) -> tuple[str, ...]:
        """The keys of all held pages, from left to right."""
        return tuple(self.strip.tabData(place) for place in range(self.strip.count()))

    def current(self) -> str:
        """The key of the page shown; empty for home."""
        return self._shown

    def set_title(self, key: str, title: str) -> None:
        """Another word on a tab."""
        self.strip.setTabText(self.keys().index(key), _title(title))

    def show_page(self, key: str) -> None:
        """Shows a held page, with the focus where it was when the page was left."""
        place = self.keys().index(key)
        if self.strip.currentIndex() == place:
            self._switched(place)
        else:
            self.strip.setCurrentIndex(place)

    def next_held(self) -> None:
        """Goes to the next held page, from the last to the first."""
        if self._pages:
            place = self.strip.currentIndex() + 1 if self._shown else 0
            self.show_page(self.keys()[place % self.strip.count()])

    def show_home(self) -> None:
        """Shows the home page; the held ones stay as they are."""
        self._keep_focus()
        self._shown = ""
        self._stack.setCurrentWidget(self._home)
        self.switched.emit("")

    def release(self, key: str) -> None:
        """Closes a held page; its neighbour, or home, takes its place."""
        page = self._pages.pop(key)
        self._focus.pop(key, None)
        if self._shown == key:
            self._shown = ""
        self.strip.removeTab(self.keys().index(key))
        self._stack.removeWidget(page)
        page.deleteLater()
        self._show_band()
        if not self._pages:
            self.show_home()

    def _show_band(self) -> None:
        # one customer needs no choice: the page says who it is
        self._band.setVisible(len(self._pages) > 1)

    def _switched(self, place: int) -> None:
        if place < 0:
            return
        key = str(self.strip.tabData(place) or "")
        if key not in self._pages:
            return
        self._keep_focus()
        self._shown = key
        self._stack.setCurrentWidget(self._pages[key])
        focus = self._focus.get(key)
        if focus is not None and isValid(focus):
            focus.setFocus(Qt.FocusReason.OtherFocusReason)
        self.switched.emit(key)

    def _keep_focus(self) -> None:
        focus = QApplication.focusWidget()
        page = self._pages.get(self._shown)
        if page is not None and focus is not None and page.isAncestorOf(focus):
            self._focus[self._shown] = focus


def _title(title: str) -> str:
    word = plain(title)
    if len(word) > _LONGEST_TITLE:
        word = f"{word[:_LONGEST_TITLE]}…"
    return word.replace("&", "&&")
