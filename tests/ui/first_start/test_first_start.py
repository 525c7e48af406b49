"""The first start: a real hall by keys, errors beside their fields, its file encrypted, and a sign-in that works."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication, QLabel

from counter_app.clock import FixedClock
from counter_app.services import hall as halls
from counter_app.storage.driver import find_driver
from counter_app.storage.store import FILE_NAME
from counter_app.ui.first_start.page import FirstStartPage
from counter_app.ui.pictures import settle
from counter_app.ui.shell import Shell
from tests.halls import NOW, a_hall
from tests.sync.real_hub import a_real_hub
from tests.ui.counter.rooms import lanes
from tests.ui.counter.whole import whole
from tests.ui.hands import press, type_text

WORDS = {
    "name": "East hall",
    "company": "Water company",
    "hall_code": "hz 01",
    "hotline": "96390",
    "counter_code": "03",
    "counter_name": "Desk 3",
    "admin_no": "9001",
    "admin_name": "Sun",
    "admin_password": "short",
    "again": "short",
}


class First:
    """The first page in its shell."""

    def __init__(self, folder: Path) -> None:
        self.made = 0
        self.shell = Shell()
        self.shell.resize(1366, 768)
        self.shell.show()
        self.shell.activateWindow()
        self.page = FirstStartPage(lanes(), folder, FixedClock(NOW), self._made)
        self.shell.frame.cover(self.page, self.page.key_actions())
        self.rest()

    def press(self, key: Qt.Key) -> None:
        press(QApplication.focusWidget() or self.shell, key)
        self.rest()

    def type(self, text: str) -> None:
        type_text(QApplication.focusWidget() or self.shell, text)
        self.rest()

    def retype(self, key: str, text: str) -> None:
        entry = self.page.filling.fields[key].entry
        entry.setFocus()
        entry.selectAll()
        self.type(text)

    def rest(self) -> None:
        app = QApplication.instance()
        assert isinstance(app, QApplication)
        settle(app)

    def error(self, key: str) -> str:
        return self.page.filling.fields[key].error.text()

    def _made(self) -> None:
        self.made += 1


@pytest.fixture
def first(tmp_path: Path) -> Iterator[First]:
    page = First(tmp_path / "data")
    yield page
    page.shell.close()
    page.shell.deleteLater()


def test_a_hall_is_made_by_keys_and_each_error_stands_at_its_field(first: First, tmp_path: Path) -> None:
    first.press(Qt.Key.Key_Tab)
    first.press(Qt.Key.Key_Space)
    for text in WORDS.values():
        first.type(text)
        first.press(Qt.Key.Key_Return)
    assert "1 到 8 位" in first.error("hall_code")
    assert first.page.filling.fields["hall_code"].entry.hasFocus()
    assert not (tmp_path / "data" / FILE_NAME).exists()
    first.retype("hall_code", "HZ01")
    first.press(Qt.Key.Key_F9)
    assert first.error("hall_code") == ""
    assert "至少 10 位" in first.error("admin_password")
    first.retype("admin_password", "right-horse-9")
    first.press(Qt.Key.Key_F9)
    assert first.error("again") == "两遍密码不一样。请再输一遍。"
    first.retype("again", "right-horse-9")
    first.press(Qt.Key.Key_Return)
    made = first.page.made
    assert made is not None, "the hall is made"
    said = " ".join(label.text() for label in made.findChildren(QLabel))
    assert "密钥存放在" in said
    is_sealed = find_driver().can_encrypt
    head = (tmp_path / "data" / FILE_NAME).read_bytes()[:15]
    assert (head != b"SQLite format 3") == is_sealed
    assert ("数据文件已加密" in said) == is_sealed
    assert first.page.filling.fields["admin_password"].entry.text() == "", "the password is forgotten"
    first.press(Qt.Key.Key_F9)
    assert first.made == 1
    sign_in_works(tmp_path / "data")


def sign_in_works(folder: Path) -> None:
    hall = halls.open_for_counter(folder, clock=FixedClock(NOW))
    counter = whole(hall)
    counter.sign_in("9001")
    assert counter.counter.desk.who.name == "Sun"
    assert counter.shell.frame.room() == "settings"
    counter.close()
    hall.close()


def test_the_demo_is_made_for_the_chosen_trade(first: First, tmp_path: Path) -> None:
    first.page.choosing.trade.choose("water")
    first.press(Qt.Key.Key_F9)
    assert first.made == 1
    hall = halls.open_for_counter(tmp_path / "data", clock=FixedClock(NOW))
    assert (hall.hall.is_demo, hall.hall.trade) == (True, "water")
    hall.close()


def test_esc_goes_back_and_keeps_what_was_typed(first: First) -> None:
    first.page.begin_own()
    first.type("East hall")
    first.press(Qt.Key.Key_Escape)
    assert first.page.steps.currentWidget() is first.page.choosing
    first.page.begin_own()
    assert first.page.filling.fields["name"].entry.text() == "East hall"
    assert first.page.filling.fields["company"].entry.hasFocus()


def test_an_empty_machine_joins_its_hub_by_keys_and_each_no_stands_at_its_field(first: First, tmp_path: Path) -> None:
    hall = a_hall(tmp_path / "hall")
    with a_real_hub() as hub, hub.served(tmp_path) as url:
        hub.joined(hall)
        assert hub.rounds(hall).why == ""
        printed = hub.code(hall.hall, replaces=True)
        first.page.choosing.join_button.setFocus()
        first.press(Qt.Key.Key_Space)
        for text in ("127.0.0.1:9", printed[:9], "4"):
            first.type(text)
            first.press(Qt.Key.Key_Return)
        fields = first.page.joining.fields
        assert "接入码不完整" in fields["code"].error.text()
        for key, text, wrong in (
            ("code", printed, "address"),
            ("address", url, "counter_code"),
            ("counter_code", "03", ""),
        ):
            fields[key].entry.setFocus()
            fields[key].entry.selectAll()
            first.type(text)
            first.press(Qt.Key.Key_F9)
            said = {name for name, field in fields.items() if field.error.text()}
            assert said == ({wrong} if wrong else set())
        assert first.page.made is not None, first.page.error.text()
        first.press(Qt.Key.Key_F9)
        assert first.made == 1
        rebuilt = halls.open_for_counter(tmp_path / "data", clock=FixedClock(NOW))
        assert hub.rounds(rebuilt).why == ""
        assert (rebuilt.hall.hall_id, rebuilt.epoch) == (hall.hall.hall_id, 2)
        rebuilt.close()
    hall.close()


def test_a_folder_that_is_taken_says_so_and_stays(tmp_path: Path) -> None:
    blocked = tmp_path / "file"
    blocked.write_text("no folder")
    first = First(blocked)
    first.page.make_demo()
    first.rest()
    assert first.page.error.text() != ""
    assert first.made == 0
    assert first.page.choosing.demo_button.isEnabled()
    first.shell.close()
