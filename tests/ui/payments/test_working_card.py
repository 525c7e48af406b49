"""The card of a fee's working: as high as its words need, readable without eyes, in every text size."""

from __future__ import annotations

import pytest
from PySide6.QtWidgets import QApplication, QVBoxLayout, QWidget
from pytestqt.qtbot import QtBot

from counter_app.ui.payments.screen import WorkingLine, WorkingScreen
from counter_app.ui.payments.working_card import PaintedWorking, WorkingCard
from counter_app.ui.theme import Scale, apply_theme

_WORKING = WorkingScreen(
    "2026-06 违约金 1.86 是怎么来的",
    (WorkingLine("06-16 至 06-24", "90.00 × 9 天 × 1‰", "0.81"), WorkingLine("四舍五入到分", "", "0.81")),
    ("规则包 electricity/2024 · 居民 每日 1‰", "依据：" + "居民每日千分之一，其他用户当年欠费每日千分之二；" * 8),
)


@pytest.mark.parametrize("scale", [100, 150, 200])
def test_the_card_is_as_high_as_its_words_need(qtbot: QtBot, scale: Scale) -> None:
    app = QApplication.instance()
    assert isinstance(app, QApplication)
    apply_theme(app, "light", scale, fonts="packaged")
    ground = QWidget()
    qtbot.addWidget(ground)
    column, card = QVBoxLayout(ground), WorkingCard()
    column.addWidget(card)
    column.addStretch(1)
    steps = card.findChildren(PaintedWorking)[0]
    card.show_working(_WORKING)
    ground.resize(1500, 900)
    ground.show()
    heights = []
    for width in (1500, 1000):
        ground.resize(width, 900)
        qtbot.waitUntil(lambda: steps.height() == steps.heightForWidth(steps.width()))
        assert steps.width() < width
        heights.append(steps.height())
    assert heights[0] < heights[1]
    card.show_working(WorkingScreen(_WORKING.heading, _WORKING.lines, _WORKING.notes[:1]))
    qtbot.waitUntil(lambda: steps.height() == steps.heightForWidth(steps.width()) < heights[0])


def test_the_words_are_told_to_who_does_not_see_them(qtbot: QtBot) -> None:
    card = WorkingCard()
    qtbot.addWidget(card)
    assert card.texts() == ()
    card.show_working(_WORKING)
    steps = card.findChildren(PaintedWorking)[0]
    assert steps.accessibleName() == _WORKING.heading == card.texts()[0]
    assert steps.accessibleDescription().split("\n") == list(card.texts()[1:])
    assert "90.00 × 9 天 × 1‰" in card.texts()
    card.show_working(None)
    assert card.texts() == ()
