"""The customer's monitor says sums and nothing about a person; Chinese typing on Linux is prepared."""

from __future__ import annotations

from dataclasses import fields

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QGuiApplication
from pytestqt.qtbot import QtBot

from counter_app.ui.input_method import prepare_input_method
from counter_app.ui.pictures import Look, shown
from counter_app.ui.second_screen import Paying, SecondScreen
from tests.ui.inspection import faults

PAYING = Paying(31757, 35000, 3243, "收您三百五十元，应收三百一十七元五角七分，找您三十二元四角三分，请点清。")


def _paying_screen() -> SecondScreen:
    screen = SecondScreen()
    screen.show_paying(PAYING)
    return screen


def _idle_screen() -> SecondScreen:
    screen = SecondScreen()
    screen.show_idle("城东供电营业厅", "3 号台")
    return screen


def test_paying_shows_three_figures_and_the_line(qtbot: QtBot) -> None:
    screen = _paying_screen()
    qtbot.addWidget(screen)
    assert set(screen.texts()) == {"￥317.57", "350.00", "32.43", PAYING.spoken, "应收", "实收", "找零"}
    screen.show_idle("城东供电营业厅", "3 号台")
    assert set(screen.texts()) == {"城东供电营业厅", "3 号台"}
    screen.show_paused("3 号台")
    assert set(screen.texts()) == {"暂停服务", "3 号台"}


def test_there_is_no_place_for_a_name() -> None:
    assert {field.name for field in fields(Paying)} == {"due_fen", "received_fen", "change_fen", "spoken"}


def test_it_takes_no_focus_and_finds_its_monitor_by_name(qtbot: QtBot) -> None:
    screen = SecondScreen()
    qtbot.addWidget(screen)
    assert screen.windowFlags() & Qt.WindowType.WindowDoesNotAcceptFocus
    assert screen.testAttribute(Qt.WidgetAttribute.WA_ShowWithoutActivating)
    assert screen.place(QGuiApplication.primaryScreen().name())
    assert screen.isVisible()
    assert not screen.place("no such monitor")
    assert not screen.isVisible()


@pytest.mark.parametrize("make", [_paying_screen, _idle_screen])
@pytest.mark.parametrize("look", [Look(), Look(1920, 1080, "dark"), Look(language="en"), Look(1024, 768)])
def test_the_customer_can_read_it_whole(make: type[SecondScreen], look: Look) -> None:
    with shown(make, look) as window:
        assert (window.width(), window.height()) == (look.width, look.height)
        assert faults(window) == []


@pytest.mark.parametrize(
    ("environ", "platform", "expected"),
    [
        ({"XMODIFIERS": "@im=fcitx"}, "linux", {"QT_IM_MODULE": "ibus"}),
        ({"GTK_IM_MODULE": "fcitx5"}, "linux", {"QT_IM_MODULE": "ibus"}),
        ({"QT_IM_MODULE": "fcitx", "XMODIFIERS": "@im=fcitx"}, "linux", {"QT_IM_MODULE": "ibus"}),
        ({"QT_IM_MODULE": "ibus"}, "linux", {}),
        ({"QT_IM_MODULE": "compose", "XMODIFIERS": "@im=fcitx"}, "linux", {}),
        ({"XMODIFIERS": "@im=ibus"}, "linux", {}),
        ({}, "linux", {}),
        ({"XMODIFIERS": "@im=fcitx"}, "win32", {}),
    ],
)
def test_fcitx_is_reached_as_ibus(environ: dict[str, str], platform: str, expected: dict[str, str]) -> None:
    assert prepare_input_method(environ, platform=platform) == expected
