"""The words above a customer's lists: another number of bills stands there at once, whoever paints or reads them."""

from __future__ import annotations

from PySide6.QtCore import QPointF, Qt
from PySide6.QtGui import QAccessible, QEnterEvent, QImage
from PySide6.QtWidgets import QApplication, QTabBar
from pytestqt.qtbot import QtBot

from counter_app.ui.payments.data_card import DataCard
from counter_app.ui.theme import apply_theme

WORDS = ("欠费账单 8", "欠费账单 9", "欠费账单 12", "欠费账单 47", "欠费账单")


def test_the_first_tab_says_how_many_bills_are_open(qapp: QApplication, qtbot: QtBot) -> None:
    apply_theme(qapp, "light", 100, fonts="packaged")
    card = _card(qtbot)
    for word in WORDS:
        card.tabs.show_first(word)
        fresh = _card(qtbot)
        fresh.tabs.setTabText(0, word)
        assert card.tabs.tabText(0) == word
        assert _picture(card) == _picture(fresh), word
        read = QAccessible.queryAccessibleInterface(card.tabs).child(0)
        assert read.text(QAccessible.Text.Name) == word


def test_a_tab_that_is_pointed_at_has_its_word_from_qt(qapp: QApplication, qtbot: QtBot) -> None:
    apply_theme(qapp, "light", 100, fonts="packaged")
    card = _card(qtbot)
    card.tabs.show_first(WORDS[0])
    card.tabs.show_first(WORDS[1])
    assert QTabBar.tabText(card.tabs, 0) == WORDS[0]
    spot = QPointF(5, 5)
    QApplication.sendEvent(card.tabs, QEnterEvent(spot, spot, spot))
    assert QTabBar.tabText(card.tabs, 0) == WORDS[1]


def _card(qtbot: QtBot) -> DataCard:
    card = DataCard()
    qtbot.addWidget(card)
    card.resize(900, 400)
    # the ring of the one that has the focus is not what is compared
    card.tabs.setFocusPolicy(Qt.FocusPolicy.NoFocus)
    # nor the word that is pointed at: without a screen the pointer stands in the corner
    card.move(300, 300)
    card.show()
    return card


def _picture(card: DataCard) -> QImage:
    QApplication.processEvents()
    return card.tabs.grab().toImage()
