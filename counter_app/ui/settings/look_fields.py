"""Choosing how this machine's screen looks: colours, text size, language, the customer's monitor."""

from __future__ import annotations

from typing import Any

from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QAbstractButton, QVBoxLayout, QWidget

from counter_app.ui.blocks import SPACE, Label
from counter_app.ui.choice import DropDown, SegmentedChoice
from counter_app.ui.language import later, tr
from counter_app.ui.look import Looks
from counter_app.ui.panels import Panel

_THEMES = {"light": later("浅色"), "dark": later("深色"), "high-contrast": later("高对比")}
_SCALES = ("100", "125", "150", "200")


class LookFields(QWidget):
    """Each choice counts at once or from the next sign-in on, as the line below says; nothing is to be saved."""

    def __init__(self, looks: Looks) -> None:
        super().__init__()
        self._looks = looks
        look = looks.look
        self.theme = SegmentedChoice(tuple((key, tr(word)) for key, word in _THEMES.items()), name=tr("配色"))
        self.theme.choose(look.theme)
        self.scale = SegmentedChoice(tuple((key, f"{key} %") for key in _SCALES), name=tr("字号"))
        self.scale.choose(str(look.scale))
        self.language = SegmentedChoice((("zh", "中文"), ("en", "English")), name="语言 Language")
        self.language.choose(look.language)
        self.monitor = DropDown(_monitors(look.second_screen), name=tr("客户屏"))
        self.monitor.choose(look.second_screen)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(SPACE)
        for word, choice in (
            (tr("配色"), self.theme),
            (tr("字号"), self.scale),
            ("语言 Language", self.language),
            (tr("客户屏"), self.monitor),
        ):
            column.addWidget(Label(word, role="muted"))
            column.addWidget(choice)
        column.addWidget(
            Label(
                tr("配色和客户屏立即生效；字号和语言在下次登录时换上。只影响这台电脑。"), role="note", is_wrapped=True
            )
        )
        self.theme.chosen.connect(lambda key: self._choose(theme=key))
        self.scale.chosen.connect(lambda key: self._choose(scale=int(key)))
        self.language.chosen.connect(lambda key: self._choose(language=key))
        self.monitor.chosen.connect(lambda key: self._choose(second_screen=key))

    def _choose(self, **change: Any) -> None:
        self._looks.choose(self._looks.look._replace(**change))


class LookPanel(Panel):
    """The same choices for whoever is at the counter, as a panel."""

    def __init__(self, looks: Looks) -> None:
        super().__init__(tr("外观与语言"), width_px=400)
        self.fields = LookFields(looks)
        self.body.addWidget(self.fields)
        self.body.addWidget(Label(tr("Esc 返回"), role="note"))
        self.first = next(b for b in self.fields.theme.findChildren(QAbstractButton) if b.isChecked())


def _monitors(kept: str) -> tuple[tuple[str, str], ...]:
    """No monitor, every one but the first, which is the teller's own, and the kept one even while it is unplugged."""
    names = [screen.name() for screen in QGuiApplication.screens()[1:]]
    if kept and kept not in names:
        names.append(kept)
    return (("", tr("不用")), *((name, name) for name in names))
