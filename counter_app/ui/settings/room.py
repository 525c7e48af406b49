"""The 设置 room: one choice on top, its page below."""

from __future__ import annotations

from functools import cached_property
from typing import TypeVar

from PySide6.QtGui import QShowEvent
from PySide6.QtWidgets import QHBoxLayout, QStackedWidget, QVBoxLayout, QWidget

from counter_app.ui.blocks import page
from counter_app.ui.choice import SegmentedChoice
from counter_app.ui.desk import Desk
from counter_app.ui.frame import Frame
from counter_app.ui.keys import Action
from counter_app.ui.language import tr
from counter_app.ui.settings.form import SavingPage
from counter_app.ui.settings.hall_page import HallPage
from counter_app.ui.settings.hub_page import HubPage
from counter_app.ui.settings.presenter import SettingsPresenter
from counter_app.ui.settings.printers_page import PrintersPage
from counter_app.ui.settings.rules_page import RulesPage
from counter_app.ui.settings.staff_page import StaffPage

P = TypeVar("P", bound=QWidget)


class SettingsRoom(QWidget):
    """What the hall admin may see and change; Alt+1 to Alt+5 go to its pages, as Ctrl and a digit go to the rooms.

    A page is built when it is first gone to, or ahead of that by `build_next`: all of them in one turn would hold the
    window.
    """

    def __init__(self, desk: Desk, frame: Frame) -> None:
        super().__init__()
        self._desk, self._frame = desk, frame
        self.presenter = SettingsPresenter(desk)
        self._words = {
            "hall": tr("营业厅"),
            "staff": tr("人员"),
            "rules": tr("规则"),
            "printers": tr("打印与本机"),
            "hub": tr("上游连接"),
        }
        self.choice = SegmentedChoice(tuple(self._words.items()), name=tr("设置项"))
        self.stack = QStackedWidget()
        self.choice.chosen.connect(self.show_page)
        ground, column = page()
        outer = QVBoxLayout(self)
        outer.setContentsMargins(0, 0, 0, 0)
        outer.addWidget(ground)
        top = QHBoxLayout()
        top.addWidget(self.choice)
        top.addStretch(1)
        column.addLayout(top)
        column.addWidget(self.stack, 1)
        self._add_keys(frame)

    @cached_property
    def hall_page(self) -> HallPage:
        """The hall's words."""
        return self._put(HallPage(self.presenter, self._frame, self.stack))

    @cached_property
    def staff_page(self) -> StaffPage:
        """Who works here."""
        return self._put(StaffPage(self.presenter, self._frame))

    @cached_property
    def rules_page(self) -> RulesPage:
        """The rules in force."""
        return self._put(RulesPage(self._desk))

    @cached_property
    def printers_page(self) -> PrintersPage:
        """Paper, printers and the look of this machine."""
        return self._put(PrintersPage(self._desk, self._frame, self.stack))

    @cached_property
    def hub_page(self) -> HubPage:
        """How the counter stands with its hub."""
        return self._put(HubPage(self._desk, self._frame, self.stack))

    def build_next(self) -> bool:
        """Build one page that nobody has gone to yet; False when all are there."""
        missing = next((key for key in self._words if f"{key}_page" not in vars(self)), "")
        return bool(missing) and self._page(missing) is not None

    def show_page(self, key: str) -> None:
        """Go to one of the pages: hall, staff, rules, printers, hub.

        Raises:
            KeyError: there is no such page.
        """
        self.choice.choose(key)  # raises the KeyError
        widget = self._page(key)
        self.stack.setCurrentWidget(widget)
        if self._desk.session is not None:
            widget.read()

    def let_go(self) -> None:
        """The person leaves the counter."""
        if "hall_page" in vars(self):
            self.hall_page.let_go()
        if "hub_page" in vars(self):
            self.hub_page.let_go()

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        if self._desk.session is not None:
            self.show_page(self.choice.choice())

    def _add_keys(self, frame: Frame) -> None:
        for place, (key, word) in enumerate(self._words.items(), 1):
            frame.keys.add(
                Action(f"settings-{key}", word, f"Alt+{place}", lambda key=key: self.show_page(key)),  # type: ignore[misc]  # the default holds the loop's value
                page=self,
            )
        frame.keys.add(Action("settings-do", tr("保存 / 增加 / 接入"), "F9", self._press), page=self)

    def _press(self) -> None:
        here = self.stack.currentWidget()
        if isinstance(here, StaffPage):
            here.add()
        elif isinstance(here, SavingPage):
            here.save()

    def _page(self, key: str) -> HallPage | StaffPage | RulesPage | PrintersPage | HubPage:
        if key == "hall":
            return self.hall_page
        if key == "staff":
            return self.staff_page
        if key == "rules":
            return self.rules_page
        return self.hub_page if key == "hub" else self.printers_page

    def _put(self, built: P) -> P:
        self.stack.addWidget(built)
        return built
