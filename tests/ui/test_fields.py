"""Money and text are typed as people type them; what is wrong is said beside the field, and nothing typed is lost."""

from __future__ import annotations

import pytest
from PySide6.QtCore import Qt, QTimer
from pytestqt.qtbot import QtBot

from counter_app.domain.refusals import Refusal
from counter_app.ui.fields import AmountEntry, AmountField, TextField, amount_characters
from tests.ui.hands import press, type_text


def _entry(qtbot: QtBot) -> AmountEntry:
    entry = AmountEntry(name="实收")
    qtbot.addWidget(entry)
    entry.show()
    entry.setFocus()
    return entry


@pytest.mark.parametrize(
    ("typed", "shown", "fen"),
    [
        ("350", "350", 35000),
        ("350.5", "350.5", 35050),
        ("３５０。０５", "350.05", 35005),
        ("350．1", "350.1", 35010),
        ("1,234.50", "1,234.50", 123450),
        ("3a5b0", "350", 35000),
        ("￥12", "12", 1200),
    ],
)
def test_what_is_typed_becomes_fen(qtbot: QtBot, typed: str, shown: str, fen: int) -> None:
    entry = _entry(qtbot)
    type_text(entry, typed)
    assert (entry.text(), entry.fen()) == (shown, fen)


@pytest.mark.parametrize("typed", ["1.2.3", ".", "1.234", "12,3", "9" * 20])
def test_what_is_no_amount_is_a_refusal_and_stays(qtbot: QtBot, typed: str) -> None:
    entry = _entry(qtbot)
    type_text(entry, typed)
    assert isinstance(entry.fen(), Refusal)
    assert entry.text() == typed


def test_an_empty_field_is_nothing_and_its_enter_does_nothing(qtbot: QtBot) -> None:
    entry = _entry(qtbot)
    assert entry.fen() is None
    with qtbot.assertNotEmitted(entry.entered):
        press(entry, Qt.Key.Key_Return)
    type_text(entry, "5")
    with qtbot.waitSignal(entry.entered, timeout=100):
        press(entry, Qt.Key.Key_Enter)


def test_plus_asks_for_the_exact_amount_and_is_not_typed(qtbot: QtBot) -> None:
    entry = _entry(qtbot)
    with qtbot.waitSignal(entry.exact_wanted, timeout=100):
        press(entry, Qt.Key.Key_Plus, Qt.KeyboardModifier.KeypadModifier)
    assert entry.text() == ""
    entry.put_fen(31757)
    assert (entry.text(), entry.fen()) == ("317.57", 31757)
    type_text(entry, "350")
    assert entry.text() == "350"


def test_digits_never_pass_an_input_method_and_words_do(qtbot: QtBot) -> None:
    number, words, secret = AmountField("实收"), TextField("原因"), TextField("密码", is_secret=True)
    for field in (number, words, secret):
        qtbot.addWidget(field)
    attribute = Qt.WidgetAttribute.WA_InputMethodEnabled
    assert [f.entry.testAttribute(attribute) for f in (number, words, secret)] == [False, True, False]


def test_an_early_field_leaves_the_input_method_ahead_of_the_first_key(qtbot: QtBot) -> None:
    number, secret = TextField("工号", is_number=True, is_early=True), TextField("密码", is_secret=True, is_early=True)
    heard: list[bool] = []
    for field in (number, secret):
        qtbot.addWidget(field)
        field.show()
        QTimer.singleShot(
            0, lambda f=field: heard.append(f.entry.testAttribute(Qt.WidgetAttribute.WA_InputMethodEnabled))
        )
    qtbot.waitUntil(lambda: len(heard) == 2)
    assert heard == [False, False]


def test_an_error_stands_beside_the_field_until_typing_goes_on(qtbot: QtBot) -> None:
    field = AmountField("实收")
    qtbot.addWidget(field)
    field.show()
    type_text(field.entry, "1.2.3")
    field.show_error("不是金额。只能有一个小数点。请重新输入。")
    assert field.error.isVisible()
    assert field.entry.text() == "1.2.3"
    assert field.entry.accessibleDescription() == "不是金额。只能有一个小数点。请重新输入。"
    press(field.entry, Qt.Key.Key_Backspace)
    assert not field.error.isVisible()


def test_the_caret_stays_where_a_wrong_character_was_typed(qtbot: QtBot) -> None:
    entry = _entry(qtbot)
    type_text(entry, "12")
    entry.setCursorPosition(1)
    type_text(entry, "a5")
    assert entry.text() == "152"


def test_full_width_characters_become_plain() -> None:
    assert amount_characters("１２。５０，") == "12.50,"
