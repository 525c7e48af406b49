"""The 设置 room: one choice on top, its page below."""

from __future__ import annotations

from PySide6.QtGui import QShowEvent
from PySide6.QtWidgets import QHBoxLayout, QStackedWidget, QVBoxLayout, QWidget

from counter_app.ui.blocks import page
from counter_app.ui.choice import SegmentedChoice
from counter_app.ui.desk import Desk
from counter_app.ui.frame import Frame
from counter_app.ui.keys import Action
from counter_app.ui.language import tr
from counter_app.ui.settings.hall_page import HallPage
from counter_app.ui.settings.presenter import SettingsPresenter
from counter_app.ui.settings.printers_page import PrintersPage
from counter_app.ui.settings.rules_page import RulesPage
from counter_app.ui.settings.staff_page import StaffPage


class SettingsRoom(QWidget):
    """What the hall admin may see and change; Ctrl+1 to Ctrl+4 go to its pages."""

    def __init__(self, desk: Desk, frame: Frame) -> None:
        super().__init__()
        self._desk = desk
        self.presenter = SettingsPresenter(desk)
        self.hall_page = HallPage(self.presenter, frame)
        self.staff_page = StaffPage(self.presenter, frame)
        self.rules_page = RulesPage(desk)
        self.printers_page = PrintersPage(desk, frame)
        self._pages: dict[str, tuple[str, HallPage | StaffPage | RulesPage | PrintersPage]] = {
            "hall": (tr("营业厅"), self.hall_page),
            "staff": (tr("人员"), self.staff_page),
            "rules": (tr("规则"), self.rules_page),
            "printers": (tr("打印与本机"), self.printers_page),
        }
        self.choice = SegmentedChoice(
            tuple((key, word) for key, (word, _page) in self._pages.items()), name=tr("设置项")
        )
        self.stack = QStackedWidget()
        for _word, widget in self._pages.values():
            self.stack.addWidget(widget)
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

    def show_page(self, key: str) -> None:
        """Go to one of the pages: hall, staff, rules, printers.

        Raises:
            KeyError: there is no such page.
        """
        self.choice.choose(key)
        widget = self._pages[key][1]
        self.stack.setCurrentWidget(widget)
        if self._desk.session is not None:
            widget.read()

    def let_go(self) -> None:
        """The person leaves the counter."""
        self.hall_page.let_go()

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        if self._desk.session is not None:
            self.show_page(self.choice.choice())

    def _add_keys(self, frame: Frame) -> None:
        for place, (key, (word, _page)) in enumerate(self._pages.items(), 1):
            frame.keys.add(
                Action(f"settings-{key}", word, f"Ctrl+{place}", lambda key=key: self.show_page(key)),  # type: ignore[misc]  # the default holds the loop's value
                page=self,
            )
        frame.keys.add(Action("settings-do", tr("保存 / 增加"), "F9", self._press), page=self)

    def _press(self) -> None:
        here = self.stack.currentWidget()
        if here is self.hall_page:
            self.hall_page.save_words()
        elif here is self.staff_page:
            self.staff_page.add()
        elif here is self.printers_page:
            self.printers_page.save()
