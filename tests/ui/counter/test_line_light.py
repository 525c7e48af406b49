"""What the status bar and Ctrl+K say of the line to the hub, in every state that it can have."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from pytestqt.qtbot import QtBot

from counter_app.domain.sync_state import ChainMark, Stop
from counter_app.storage import disk_room
from counter_app.storage.hall import OpenHall
from counter_app.storage.sync_state import keep
from counter_app.sync.keeper import LineKeeper
from counter_app.sync.status import LastRounds, Light, SyncStatus
from counter_app.ui.commands_palette import PalettePanel
from counter_app.ui.desk import Desk, NoLine
from counter_app.ui.language import tr
from counter_app.ui.line_panel import LinePanel
from counter_app.ui.status import Status
from counter_app.ui.status_bar import StatusBar, StatusItem
from tests.halls import NOW, a_hall
from tests.sync.small_hub import SmallHub, enrolled_at
from tests.sync.test_engine import write
from tests.ui.counter.rooms import lanes
from tests.ui.counter.whole import whole

WELL = SyncStatus("good", "", None, 0, None, LastRounds(NOW))


@dataclass
class Told(NoLine):
    """A line that stands as it is told."""

    status: SyncStatus | None = WELL
    is_enrolled: bool = field(default=True)

    def standing(self, _hall: OpenHall) -> SyncStatus | None:
        """What it was told."""
        return self.status


@pytest.fixture
def hall(tmp_path: Path) -> OpenHall:
    return a_hall(tmp_path / "hall")


def shown(hall: OpenHall, line: Told | LineKeeper) -> dict[str, StatusItem]:
    status = Status(Desk(hall, lanes(), line=line))
    status.read()
    return {item.word: item for item in status.items()}


def test_a_hall_without_a_hub_shows_nothing_of_one(hall: OpenHall) -> None:
    assert not {"待上传", "上游"} & shown(hall, Told(None)).keys()


def test_a_disk_that_is_nearly_full_is_said(hall: OpenHall, monkeypatch: pytest.MonkeyPatch) -> None:
    assert "磁盘" not in shown(hall, Told(None))
    monkeypatch.setattr(disk_room, "free_bytes", lambda _folder: disk_room.TOLD_BYTES - 1)
    found = shown(hall, Told(None))["磁盘"]
    assert (found.value, found.light) == ("只剩 1023 MB", "warn")


def test_the_number_is_of_this_moment_though_the_hub_says_nothing(hall: OpenHall) -> None:
    enrolled_at(SmallHub(hall.device.public_key), hall)
    keeper = LineKeeper(speaks=False)
    keeper.look(hall)
    found = shown(hall, keeper)
    assert (found["待上传"].value, found["上游"].value, found["上游"].light) == ("1", "还未联系上", "off")
    write(hall, 2)
    assert shown(hall, keeper)["待上传"].value == "3"
    with hall.writing() as work:
        keep(work, acked=ChainMark(1, 2, "0" * 64), stop=Stop("fork", NOW.isoformat(), "a", "b"))
    found = shown(hall, keeper)
    assert (found["待上传"].value, found["上游"].value, found["上游"].light) == ("1", "请找班长", "bad")


@pytest.mark.parametrize(
    ("light", "why", "value", "words"),
    [
        ("good", "", "02:04", "与上游连接正常，02:04 刚联系过。"),
        ("warn", "offline", "02:04", "连不上上游，可能是网络断了。收费照常，记录都在本机，会自动再传。"),
        (
            "warn",
            "something new",
            "02:04",
            "上游没有接受这次往来（something new）。收费照常，记录都在本机，会自动再传。多次出现请告诉管理员。",
        ),
        ("bad", "revoked", "请找管理员", "上游已停用这台电脑，不能收款。请联系管理员。"),
        ("bad", "too_late", "请找管理员", "已有七天没有传上去。收款照常，但请马上告诉管理员。"),
    ],
)
def test_each_state_has_its_light_its_words_and_who_to_ask(
    hall: OpenHall, light: Light, why: str, value: str, words: str
) -> None:
    at = NOW.astimezone(hall.clock.now().tzinfo)
    item = shown(hall, Told(SyncStatus(light, why, None, 4, NOW, LastRounds(at))))["上游"]
    assert (item.value, item.light, item.hint) == (value, light, words)


def test_another_days_answer_has_its_day(hall: OpenHall) -> None:
    at = NOW - timedelta(days=2)
    assert shown(hall, Told(SyncStatus("good", "", None, 0, None, LastRounds(at))))["上游"].value.startswith(
        "2026-11-19"
    )


def test_the_bar_is_left_alone_while_nothing_changes_and_says_its_hint_to_a_screen_reader(
    hall: OpenHall, qtbot: QtBot
) -> None:
    bar = StatusBar()
    qtbot.addWidget(bar)
    items = tuple(shown(hall, Told()).values())
    bar.show_status(items, "10:04")
    before = list(bar._shown)
    bar.show_status(tuple(shown(hall, Told()).values()), "10:05")
    assert bar._shown == before
    assert [widget.toolTip() for widget in before if "上游" in widget.toolTip()]


def test_the_palette_tells_the_same_in_words_and_only_where_there_is_a_hub(hall: OpenHall) -> None:
    told = Told(SyncStatus("warn", "offline", NOW, 3, NOW - timedelta(minutes=5), LastRounds()))
    counter = whole(hall, line=told)
    counter.sign_in()
    counter.press(Qt.Key.Key_K, Qt.KeyboardModifier.ControlModifier)
    counter.type(tr("上游连接"))
    counter.press(Qt.Key.Key_Return)
    panel = counter.shell.frame.panels.current()
    assert isinstance(panel, LinePanel)
    assert "连不上上游" in panel.words.text()
    assert [row.value.text() for row in panel.rows] == [
        "3 条",
        clock_of(hall, NOW - timedelta(minutes=5)),
        "本次开机后还没有",
    ]
    counter.press(Qt.Key.Key_Escape)
    told.status = None
    counter.counter.desk.changed()
    counter.press(Qt.Key.Key_K, Qt.KeyboardModifier.ControlModifier)
    palette = counter.shell.frame.panels.current()
    assert isinstance(palette, PalettePanel)
    assert "line" not in palette._actions
    counter.close()


def test_the_bar_follows_the_line_by_itself(hall: OpenHall) -> None:
    told = Told()
    counter = whole(hall, line=told)
    counter.sign_in()
    told.status = SyncStatus("warn", "slow", NOW, 7, NOW, LastRounds(NOW))
    counter.counter._clock.timeout.emit()
    assert {item.word: item.value for item in counter.counter._status.items()}["待上传"] == "7"
    counter.close()


def clock_of(hall: OpenHall, at: datetime) -> str:
    """A moment as the panel writes it."""
    return at.astimezone(hall.clock.now().tzinfo).strftime("%Y-%m-%d %H:%M")
