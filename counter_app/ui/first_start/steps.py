"""The steps of the first start in which something is typed: a hall of one's own, or the hub that has the hall."""

from __future__ import annotations

from collections.abc import Mapping
from itertools import pairwise

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QHBoxLayout, QSizePolicy, QVBoxLayout, QWidget

from counter_app.ui.blocks import SPACE, Button, Label, PrimaryButton
from counter_app.ui.choice import SegmentedChoice
from counter_app.ui.fields import TextField
from counter_app.ui.first_start.presenter import COUNTER_FIELDS, HALL_FIELDS, JOIN_FIELDS, SECRET_FIELDS, TRADES
from counter_app.ui.language import tr


class FieldsStep(QWidget):
    """Fields, a filled button that makes something of them, and a way back; Enter goes on from field to field."""

    finished = Signal()

    def __init__(self, fields: dict[str, TextField], word: str, *, without_input_method: tuple[str, ...]) -> None:
        super().__init__()
        self.fields = fields
        for key in without_input_method:
            fields[key].entry.setAttribute(Qt.WidgetAttribute.WA_InputMethodEnabled, False)
        order = list(fields.values())
        for before, after in pairwise(order):
            before.entry.entered.connect(after.entry.setFocus)
        order[-1].entry.entered.connect(self.finished)
        self.button = PrimaryButton(word, "F9")
        self.back = Button(tr("返回"), key="Esc", kind="quiet")
        self.body = QVBoxLayout(self)
        self.body.setContentsMargins(0, 0, 0, 0)
        self.body.setSpacing(2 * SPACE)
        self.body.addWidget(Label(word, role="heading"))

    def begin(self) -> None:
        """The cursor to the first field that is empty."""
        empty = (field for field in self.fields.values() if not field.entry.text())
        next(empty, next(iter(self.fields.values()))).entry.setFocus()

    def texts(self) -> dict[str, str]:
        """What stands in the fields."""
        return {key: field.entry.text() for key, field in self.fields.items()}

    def clear_errors(self) -> None:
        """All fields as if they were right."""
        for field in self.fields.values():
            field.show_error("")

    def show_error(self, key: str, words: str) -> bool:
        """Say what is wrong beside the field; False when there is no such field."""
        field = self.fields.get(key)
        if field is None:
            return False
        field.show_error(words)
        field.entry.setFocus()
        return True

    def _add_buttons(self) -> None:
        buttons = QHBoxLayout()
        for button in (self.button, self.back):
            # one height for both of them, whatever their kind
            button.setSizePolicy(QSizePolicy.Policy.Minimum, QSizePolicy.Policy.Expanding)
        buttons.addWidget(self.button, 1)
        buttons.addWidget(self.back)
        self.body.addLayout(buttons)


class FillingStep(FieldsStep):
    """The hall on the left, its counter and first admin on the right."""

    def __init__(self) -> None:
        self.trade = trade_choice()
        left = _fields(HALL_FIELDS, is_secret=False)
        right = {**_fields(COUNTER_FIELDS, is_secret=False), **_fields(SECRET_FIELDS, is_secret=True)}
        plain = ("hall_code", "counter_code", "hotline", "admin_no")
        super().__init__({**left, **right}, tr("建立本厅"), without_input_method=plain)
        columns = QHBoxLayout()
        columns.setSpacing(3 * SPACE)
        columns.addLayout(_column(left, (Label(tr("行业"), role="muted"), self.trade)), 1)
        columns.addLayout(_column(right, ()), 1)
        self.body.addLayout(columns)
        self._add_buttons()

    def forget_secrets(self) -> None:
        """The password is not needed any more."""
        for key in SECRET_FIELDS:
            self.fields[key].entry.clear()


class JoiningStep(FieldsStep):
    """Where the hub is, the one-time code that it printed, and for which counter."""

    def __init__(self) -> None:
        fields = _fields(JOIN_FIELDS, is_secret=False)
        super().__init__(fields, tr("接入上游"), without_input_method=tuple(fields))
        self.body.addWidget(
            Label(
                tr(
                    "接入码由上游的人用 counter-app hub enrol 生成，只给一个柜台，十分钟内有效，试错五次作废。"
                    "中途断网或断电，用同一个接入码接着办。"
                ),
                role="note",
                is_wrapped=True,
            )
        )
        self.body.addLayout(_column(fields, ()), 1)
        self._add_buttons()


def trade_choice() -> SegmentedChoice:
    """The trades to choose from."""
    return SegmentedChoice(tuple((trade, tr(word)) for trade, word in TRADES.items()), name=tr("行业"))


def _fields(words: Mapping[str, str], *, is_secret: bool) -> dict[str, TextField]:
    return {key: TextField(tr(word), is_secret=is_secret) for key, word in words.items()}


def _column(fields: dict[str, TextField], more: tuple[QWidget, ...]) -> QVBoxLayout:
    column = QVBoxLayout()
    column.setSpacing(SPACE + 4)
    for widget in (*more, *fields.values()):
        column.addWidget(widget)
    column.addStretch(1)
    return column
