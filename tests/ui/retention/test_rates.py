"""The page 成功率 by keyboard alone on a real hall: both rates in words and in dots, by group, and as a file."""

from __future__ import annotations

import csv
from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import QRectF, Qt
from PySide6.QtGui import QColor, QImage, QPainter
from PySide6.QtWidgets import QApplication

from counter_app.domain.retention_figures import Rate, wilson
from counter_app.services.hall import OpenHall
from counter_app.ui.export_panel import ExportPanel
from counter_app.ui.retention.presenter_rates import RateCell, rate_cell, tenth
from counter_app.ui.retention.rate_chart import paint_rate
from counter_app.ui.retention.rates_page import RatesPage
from counter_app.ui.retention.room import PAGES, ROOM
from counter_app.ui.theme import THEMES, apply_theme, theme_in_use
from tests import leaving
from tests.ui.counter.whole import Whole, rest, whole
from tests.ui.retention import figures

ALT = Qt.KeyboardModifier.AltModifier
CTRL = Qt.KeyboardModifier.ControlModifier
WIDTH, HEIGHT = 211, 36
DOT = 5.5
"""Half of a dot: the axis begins and ends so far inside."""


@pytest.fixture(scope="module")
def hall(tmp_path_factory: pytest.TempPathFactory) -> Iterator[OpenHall]:
    """Read by every test, written by none."""
    opened = leaving.a_hall(tmp_path_factory.mktemp("rates") / "hall")
    figures.ended(opened, "")
    yield opened
    opened.close()


@pytest.fixture
def window(hall: OpenHall) -> Iterator[Whole]:
    made = whole(hall)
    made.sign_in("2001")
    made.counter.frame.show_room(ROOM)
    rest()
    made.press(Qt.Key(Qt.Key.Key_1 + [place.key for place in PAGES].index("rates")), ALT)
    yield made
    made.close()


def page(window: Whole) -> RatesPage:
    found = window.counter.retention.page("rates")
    assert isinstance(found, RatesPage)
    return found


def rows(window: Whole) -> list[tuple[str, str, str, str, str]]:
    return [
        (row.group, row.success.rate, row.success.cases, row.keep.rate, row.keep.cases)
        for row in page(window).table.rows()
    ]


def test_each_rate_stands_beside_its_cases_and_its_interval(window: Whole) -> None:
    whole_of = [(figure.text(), cases.text()) for figure, _bar, cases in page(window).whole]
    assert whole_of == [("66.67%", "6/9 件，35.4–87.9%，未到期 1"), ("66.67%", "4/6 件，30.0–90.3%，未到期 1")]
    assert rows(window) == [
        ("资费贵/套餐不合适", "80.00%", "4/5 件，37.6–96.4%，未到期 1", "75.00%", "3/4 件，30.1–95.4%，未到期 1"),
        ("网络覆盖/质量差", "66.67%", "2/3 件，20.8–93.9%", "50.00%", "1/2 件，9.5–90.6%"),
        ("搬迁/异地/出国", "0.00%", "0/1 件，0.0–79.4%", "—", "0/0 件"),
    ]


def test_the_groups_are_gone_through_by_a_key(window: Whole) -> None:
    seen = []
    for _ in range(5):
        seen.append([group for group, *_ in rows(window)])
        window.press(Qt.Key.Key_F6)
    assert seen == [
        ["资费贵/套餐不合适", "网络覆盖/质量差", "搬迁/异地/出国"],
        ["网络/故障处理", "流量/语音包"],
        ["营业员 1001"],
        ["普通客户"],
        ["本程序办结的"],
    ]
    assert page(window).dimension.choice() == "reason"


def test_another_period_is_read_by_a_key(window: Whole) -> None:
    assert page(window).told.text() == "2026-04-01 到 2027-03-31 办结的挽留单"
    for _ in range(2):
        window.press(Qt.Key.Key_F7)
    assert page(window).told.text() == "2027-01-01 到 2027-03-31 办结的挽留单"
    assert [row[2] for row in rows(window)] == ["0/0 件，未到期 1"]


def test_every_group_goes_into_a_file(window: Whole, tmp_path: Path) -> None:
    window.press(Qt.Key.Key_E, CTRL)
    panel = window.shell.frame.panels.current()
    assert isinstance(panel, ExportPanel)
    panel.path.entry.setText(str(tmp_path / "rates.csv"))
    window.press(Qt.Key.Key_F9)
    with (tmp_path / "rates.csv").open(encoding="utf-8-sig", newline="") as file:
        titles, first, *others = list(csv.reader(file))
    assert titles[3:9] == ["挽留成功率 " + part for part in ("%", "保住", "件数", "区间低 %", "区间高 %", "未到期")]
    assert first[1:9] == ["全部", "", "66.67", "6", "9", "35.4", "87.9", "1"]
    assert {row[1] for row in others} == {"按原因", "按措施", "按营业员", "按客户价值", "按来源"}


def test_nothing_stays_on_the_page_when_the_person_leaves(window: Whole) -> None:
    window.counter.retention.let_go()
    assert page(window).table.rows() == ()
    window.press(Qt.Key.Key_E, CTRL)
    assert window.shell.frame.panels.current() is None


def test_an_empty_period_says_why_in_words(tmp_path: Path) -> None:
    empty = leaving.a_hall(tmp_path)
    made = whole(empty)
    made.sign_in()
    made.counter.frame.show_room(ROOM)
    rest()
    made.counter.retention.show_page("rates")
    rest()
    assert page(made).table.rows() == ()
    assert [(figure.text(), cases.text()) for figure, _bar, cases in page(made).whole] == [("—", "0/0 件")] * 2
    made.close()
    empty.close()


@pytest.mark.parametrize(("points", "words"), [(0, "0.0"), (9, "0.1"), (4, "0.0"), (5, "0.1"), (10_000, "100.0")])
def test_an_end_of_an_interval_is_rounded_half_up(points: int, words: str) -> None:
    assert tenth(points) == words


# --- the chart ---


def painted(cell: RateCell) -> QImage:
    image = QImage(WIDTH, HEIGHT, QImage.Format.Format_RGB32)
    image.fill(theme_in_use().color("raised"))
    painter = QPainter(image)
    paint_rate(painter, QRectF(0, 0, WIDTH, HEIGHT), cell)
    painter.end()
    return image


def columns_with(image: QImage, colour: str, lines: range) -> list[int]:
    """The columns of the picture in which the colour of the theme stands, pure, on one of the lines."""
    wanted = QColor(theme_in_use().color(colour)).rgb()
    return [x for x in range(WIDTH) if any(image.pixel(x, y) == wanted for y in lines)]


def place(share: float) -> float:
    return DOT + share * (WIDTH - 2 * DOT)


@pytest.mark.parametrize("theme", THEMES)
@pytest.mark.parametrize(("kept", "count"), [(0, 3), (1, 3), (5, 9), (3, 3), (40, 400)])
def test_dot_and_whisker_stand_where_the_numbers_are(qapp: QApplication, theme: str, kept: int, count: int) -> None:
    apply_theme(qapp, theme, 100, fonts="packaged")  # type: ignore[arg-type]  # the names of the themes themselves
    image, interval = painted(rate_cell(Rate(kept, count))), wilson(kept, count)
    middle = HEIGHT // 2
    dot = columns_with(image, "accent", range(middle - 2, middle + 3))
    assert (dot[0] + dot[-1]) / 2 == pytest.approx(place(kept / count), abs=1.5)
    caps = columns_with(image, "ink", range(middle - 6, middle - 5))
    for end in (interval.low, interval.high):
        at = place(end / 10_000)
        is_below_the_dot = abs(at - place(kept / count)) <= DOT + 1
        assert is_below_the_dot or min(abs(x - at) for x in caps) <= 1.5


def test_no_case_has_neither_dot_nor_whisker() -> None:
    image = painted(rate_cell(Rate(0, 0, pending=4)))
    assert columns_with(image, "accent", range(HEIGHT)) == columns_with(image, "ink", range(HEIGHT)) == []
