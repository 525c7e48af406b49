"""Labels, chips, buttons and choices, with hostile text in them."""

from __future__ import annotations

import pytest
from PySide6.QtCore import QEvent, QObject, QPoint, QPointF, QSize, Qt
from PySide6.QtGui import QAccessible, QImage, QWheelEvent
from PySide6.QtWidgets import QApplication, QWidget
from pytestqt.qtbot import QtBot

from counter_app.ui.blocks import BigFigure, Button, Card, Chip, EmptyState, KeyValueRow, Label, PrimaryButton, Role
from counter_app.ui.choice import DropDown, SegmentedChoice
from counter_app.ui.covering import CoveringLabel
from counter_app.ui.elided import ElidedLabel
from counter_app.ui.fields import AmountEntry
from counter_app.ui.formats import LONGEST_TEXT, amount, plain, total
from counter_app.ui.theme import theme_in_use
from tests.ui.hands import press

HOSTILE = (
    "<b>张伟</b><img src='file:///etc/passwd'>",
    "<a href='https://example.org'>点</a>",
    '=HYPERLINK("https://example.org")',
    "\u202e伟张\u202c",
    "\u2066张\u2069",
    "张\x00\x07\n伟\u2028\ud83d",
    "&张&&伟",
    "张" * 10_000,
)


@pytest.mark.parametrize("text", HOSTILE, ids=range(len(HOSTILE)))
@pytest.mark.parametrize("is_elided", [False, True])
def test_a_label_shows_foreign_text_as_text(qtbot: QtBot, text: str, is_elided: bool) -> None:
    label = ElidedLabel(text) if is_elided else Label(text)
    qtbot.addWidget(label)
    assert label.textFormat() == Qt.TextFormat.PlainText
    assert not label.openExternalLinks()
    assert len(label.text()) <= LONGEST_TEXT + 1
    assert not set(label.text()) & set("\u202e\u202c\u2066\u2069\x00\x07\n\u2028\ud83d")
    label.grab()
    assert "<b>" not in label.toolTip()


def test_only_the_bad_characters_are_taken_out() -> None:
    assert plain("𬭎·买买提 O'Neil <b>") == "𬭎·买买提 O'Neil <b>"
    assert plain("一\n二") == "一 二"
    assert plain("一\n二", is_multiline=True) == "一\n二"


def test_a_shortened_label_tells_the_rest_without_markup(qtbot: QtBot) -> None:
    label = ElidedLabel("<i>幸福路十八号三单元五零二室</i>")
    qtbot.addWidget(label)
    label.show()
    label.resize(60, 20)
    assert label.shown_text().endswith("…")
    assert label.toolTip() == "<qt>&lt;i&gt;幸福路十八号三单元五零二室&lt;/i&gt;</qt>"
    label.resize(600, 20)
    assert label.toolTip() == ""


def test_a_button_shows_the_ampersand_and_is_never_default(qtbot: QtBot) -> None:
    button = PrimaryButton("张&李", "F9")
    qtbot.addWidget(button)
    assert button.text() == "张&&李  F9"
    assert button.accessibleName() == "张&李, F9"
    assert not button.autoDefault()
    assert not button.isDefault()


def test_chip_row_and_empty_state_carry_their_words(qtbot: QtBot) -> None:
    chip, row, empty = Chip("bad", "欠费 3 期"), KeyValueRow("预存", "20.00"), EmptyState("没有欠费。")
    for widget in (chip, row, empty):
        qtbot.addWidget(widget)
    row.show_value("0.00", "muted")
    assert (chip.accessibleName(), row.value.text(), empty.label.text()) == ("欠费 3 期", "0.00", "没有欠费。")


def _tenders(qtbot: QtBot) -> tuple[SegmentedChoice, list[str]]:
    choice = SegmentedChoice((("cash", "现金"), ("card", "刷卡"), ("qr", "扫码")), name="付款方式")
    qtbot.addWidget(choice)
    chosen: list[str] = []
    choice.chosen.connect(chosen.append)
    choice.show()
    return choice, chosen


def test_the_tender_goes_round_by_key_and_by_arrows(qtbot: QtBot) -> None:
    choice, chosen = _tenders(qtbot)
    choice.next_choice()
    choice.next_choice()
    choice.next_choice()
    assert chosen == ["card", "qr", "cash"]
    press(choice, Qt.Key.Key_Left)
    assert choice.choice() == "qr"


def test_choosing_by_program_is_silent_and_unknown_choices_are_errors(qtbot: QtBot) -> None:
    choice, chosen = _tenders(qtbot)
    choice.choose("qr")
    assert (choice.choice(), chosen) == ("qr", [])
    with pytest.raises(KeyError):
        choice.choose("gold")
    choice.set_choices((("qr", "扫码"), ("cheque", "支票")))
    assert choice.choice() == "qr"
    choice.set_choices((("cash", "现金"),))
    assert choice.choice() == "cash"


def test_a_drop_down_keeps_its_choice_and_tells_only_the_persons(qtbot: QtBot) -> None:
    drop = DropDown((("a", "甲"), ("b", "乙")), name="打印机")
    qtbot.addWidget(drop)
    chosen: list[str] = []
    drop.chosen.connect(chosen.append)
    drop.choose("b")
    drop.set_choices((("c", "丙"), ("b", "乙")))
    assert (drop.choice(), chosen) == ("b", [])
    drop.show()
    press(drop, Qt.Key.Key_Up)
    assert (drop.choice(), chosen) == ("c", ["c"])
    with pytest.raises(KeyError):
        drop.choose("z")


def test_the_wheel_changes_neither_amount_nor_choice(qtbot: QtBot) -> None:
    choice, chosen = _tenders(qtbot)
    entry = AmountEntry(name="实收")
    qtbot.addWidget(entry)
    entry.setText("350.00")
    drop = DropDown((("a", "甲"), ("b", "乙")), name="打印机")
    qtbot.addWidget(drop)
    for widget in (choice, entry, drop):
        event = QWheelEvent(
            QPointF(5, 5),
            QPointF(5, 5),
            QPoint(0, 120),
            QPoint(0, 120),
            Qt.MouseButton.NoButton,
            Qt.KeyboardModifier.NoModifier,
            Qt.ScrollPhase.NoScrollPhase,
            False,
        )
        QApplication.sendEvent(widget, event)
    assert (entry.text(), choice.choice(), chosen, drop.choice()) == ("350.00", "cash", [], "a")


def test_amounts_are_written_as_the_hall_writes_them() -> None:
    assert (amount(123450), amount(None), total(31757), total(-5)) == ("1,234.50", "—", "￥317.57", "-￥0.05")


def test_enter_presses_the_button_that_has_the_focus_but_never_one_that_moves_money(qtbot: QtBot) -> None:
    pressed: list[str] = []
    calm, money = Button("去开班"), PrimaryButton("收费", "F9", is_money=True)
    for button, name in ((calm, "plain"), (money, "money")):
        qtbot.addWidget(button)
        button.clicked.connect(lambda _checked=False, name=name: pressed.append(name))
        button.show()
        for key in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            press(button, key)
    assert pressed == ["plain", "plain"]
    press(money, Qt.Key.Key_Space)
    assert pressed == ["plain", "plain", "money"]


def test_a_chip_takes_another_value_whole(qtbot: QtBot) -> None:
    chip = Chip("bad", "欠费 3 期")
    qtbot.addWidget(chip)
    chip.show_value("accent", "重要客户", "star")
    assert (chip.label.text(), chip.accessibleName()) == ("重要客户", "重要客户")
    assert (chip.property("chip"), chip.label.property("tone")) == ("accent", "accent")


class _Painted(QObject):
    """Counts how often a widget paints itself."""

    times = 0

    def eventFilter(self, _watched: QObject, event: QEvent) -> bool:
        self.times += event.type() == QEvent.Type.Paint
        return False


@pytest.mark.parametrize("ground", ["raised", ""])
def test_a_figure_on_its_own_ground_changes_without_the_card_being_painted(qtbot: QtBot, ground: str) -> None:
    card = Card()
    qtbot.addWidget(card)
    figure = BigFigure("应收", "1.00", ground=ground)
    card.body.addWidget(figure)
    card.resize(400, 200)
    card.show()
    # the style sheet styles the label anew, and takes back what Qt was told
    figure.show_figure("1.00", "bad")
    QApplication.processEvents()
    painted = _Painted()
    card.installEventFilter(painted)
    figure.figure.update()
    QApplication.processEvents()
    assert painted.times == (0 if ground else 1)


class _LaidOut(QObject):
    """Counts how often a widget is asked to lay itself out."""

    times = 0

    def eventFilter(self, _watched: QObject, event: QEvent) -> bool:
        self.times += event.type() == QEvent.Type.LayoutRequest
        return False


def test_a_figure_on_its_own_ground_lays_the_card_out_only_for_another_room(qtbot: QtBot) -> None:
    card = Card()
    qtbot.addWidget(card)
    figure = BigFigure("应收", "1.00", ground="raised")
    card.body.addWidget(figure)
    card.resize(400, 200)
    card.show()
    for _ in range(3):
        QApplication.processEvents()
    laid_out = _LaidOut()
    figure.installEventFilter(laid_out)
    figure.show_figure("7.00")
    QApplication.processEvents()
    assert (figure.figure.text(), laid_out.times) == ("7.00", 0)
    figure.show_figure("1,234.00")
    QApplication.processEvents()
    assert laid_out.times == 1
    assert figure.figure.width() >= figure.figure.sizeHint().width()


@pytest.mark.parametrize("role", ["body", "note", "figure"])
@pytest.mark.parametrize("text", ["", "￥1,234.50", "欠费 3 期 · 最早 2026-07"])
def test_a_line_on_its_own_ground_is_as_large_as_any_other_and_read_aloud(qtbot: QtBot, role: Role, text: str) -> None:
    plain_label, covering = Label(text, role=role), CoveringLabel(text, role=role, ground="raised")
    for label in (plain_label, covering):
        qtbot.addWidget(label)
        label.ensurePolished()
    assert covering.sizeHint() == plain_label.sizeHint()
    spoken = QAccessible.queryAccessibleInterface(covering)
    assert spoken.text(QAccessible.Text.Name) == text


@pytest.mark.parametrize("role", ["body", "note", "figure"])
@pytest.mark.parametrize("spare_px", [0, 1])
def test_a_line_on_its_own_ground_is_painted_as_any_other(qtbot: QtBot, role: Role, spare_px: int) -> None:
    plain_label, covering = (
        Label("￥1,234.50 欠", role=role),
        CoveringLabel("￥1,234.50 欠", role=role, ground="raised"),
    )
    pictures = []
    for label in (plain_label, covering):
        qtbot.addWidget(label)
        label.ensurePolished()
        label.resize(label.sizeHint() + QSize(7, spare_px))
        picture = QImage(label.size(), QImage.Format.Format_RGB32)
        picture.fill(theme_in_use().color("raised"))
        label.render(picture, renderFlags=QWidget.RenderFlag.DrawChildren)
        pictures.append(picture)
    assert pictures[0] == pictures[1]
