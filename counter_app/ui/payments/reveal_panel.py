"""Personal data in full, for one minute."""

from __future__ import annotations

from PySide6.QtCore import QTimer
from PySide6.QtWidgets import QWidget

from counter_app.ui.blocks import Button, Label
from counter_app.ui.language import tr
from counter_app.ui.panels import Panel, Panels

SHOWN_SECONDS = 60


class RevealPanel(Panel):
    """Shows one value and closes by itself."""

    def __init__(self, panels: Panels, value: str) -> None:
        super().__init__(tr("完整资料"))
        self._panels, self._left = panels, SHOWN_SECONDS
        self.value = Label(value or tr("没有登记"), role="amount", is_wrapped=True)
        self.left = Label(role="note")
        self.close_button = Button(tr("遮住"))
        self.close_button.clicked.connect(self.cover)
        for widget in (self.value, self.left, self.close_button):
            self.body.addWidget(widget)
        self.first = self.close_button
        self._timer = QTimer(self)
        self._timer.setInterval(1000)
        self._timer.timeout.connect(self.tick)
        self._timer.start()
        self._say_left()

    @staticmethod
    def show_value(panels: Panels, value: str, *, beside: QWidget | None = None) -> RevealPanel:
        """Opens the panel."""
        panel = RevealPanel(panels, value)
        panels.open(panel, beside=beside, on_back=panel.forget)
        return panel

    def tick(self) -> None:
        """One second is over."""
        self._left -= 1
        self._say_left()
        if self._left <= 0:
            self.cover()

    def cover(self) -> None:
        """Closes, and forgets the value."""
        self.forget()
        self._panels.close_panel(self)

    def forget(self) -> None:
        """Nothing of the value stays."""
        self._timer.stop()
        self.value.setText("")

    def _say_left(self) -> None:
        self.left.setText(tr("{count} 秒后自动遮住", count=self._left))
