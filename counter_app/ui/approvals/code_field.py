"""Where the code goes that somebody gives from afar, below the name under which it is asked for."""

from __future__ import annotations

from PySide6.QtWidgets import QVBoxLayout, QWidget

from counter_app.ui.blocks import SPACE, Label
from counter_app.ui.fields import TextField
from counter_app.ui.language import tr


class CodeField(QWidget):
    """What is read out over the telephone, and the line for the answer."""

    def __init__(self) -> None:
        super().__init__()
        self.asked = Label(is_wrapped=True)
        self.line = TextField(tr("一次性授权码"), is_number=True)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(SPACE)
        column.addWidget(self.asked)
        column.addWidget(self.line)

    def show_asked(self, approval_id: str) -> None:
        """The request's name stands there, the line is empty and has the cursor."""
        self.asked.setText(
            tr("申请号 {id}。请打电话给别处有权签字的同事，报申请号；对方给出的授权码 15 分钟内有效。", id=approval_id)
        )
        self.line.entry.clear()
        self.line.entry.setFocus()
