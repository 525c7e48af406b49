"""上游连接 by keys on the whole counter with the real hub: every no in words, and the way to its end."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from PySide6.QtCore import Qt

from counter_app.hub.enrolment import LIVES
from counter_app.storage.hall import OpenHall
from counter_app.storage.verify import verify
from counter_app.sync.enrolment import Way, ask, begun, prepare
from counter_app.sync.hub_line import LineDown
from counter_app.sync.joining import Joining
from counter_app.sync.status import LastRounds, SyncStatus, read_status
from counter_app.ui.desk import NoLine
from counter_app.ui.settings.hub_page import HubPage
from counter_app.ui.settings.presenter_hub import ADDRESS, CODE
from tests import halls
from tests.sync.real_hub import RealHub, a_real_hub
from tests.sync.tls_server import an_authority
from tests.ui.counter.whole import Whole, whole

Key, ALT = Qt.Key, Qt.KeyboardModifier.AltModifier
ADDRESS_TYPED = "hub.example:8443"
URL = f"https://{ADDRESS_TYPED}"


@dataclass
class ToHub(NoLine):
    """The line of a hall that has the real hub within reach; `way` is how."""

    hub: RealHub
    way: Way = field(init=False)

    def __post_init__(self) -> None:
        """All is well."""
        self.way = self.hub.way

    def standing(self, hall: OpenHall) -> SyncStatus | None:
        """As the file says it."""
        with hall.reading() as reading:
            return read_status(reading, hall, LastRounds()) if self.is_enrolled else None

    def joining(self) -> Joining:
        """By the way of the test."""
        return Joining(self.way)

    def joined(self, _hall: OpenHall) -> None:
        """There is a hub from now on."""
        self.is_enrolled = True

    def breaks(self, error: LineDown) -> None:
        """Nobody gives an answer that counts."""

        def nobody(_url: str) -> str:
            raise error

        self.way = Way(nobody, self.hub.way.open_line)


@pytest.fixture
def hall(tmp_path: Path) -> Iterator[OpenHall]:
    opened = halls.a_hall(tmp_path / "hall")
    halls.three_months_behind(opened)
    yield opened
    assert verify(opened.store).findings == ()
    opened.close()


@pytest.fixture
def line() -> Iterator[ToHub]:
    with a_real_hub() as hub:
        yield ToHub(hub)


def at_page(hall: OpenHall, line: ToHub) -> tuple[Whole, HubPage]:
    """The admin is signed in, and on the page by its key."""
    counter = whole(hall, line=line)
    counter.sign_in("9001")
    counter.press(Key.Key_5, ALT)
    return counter, counter.counter.settings.hub_page


def fill(page: HubPage, key: str, text: str) -> None:
    """Another text in a field, pasted; by keys it is typed in tests/journeys."""
    page.fields[key].entry.selectAll()
    page.fields[key].entry.insert(text)


def test_every_no_stands_at_its_field_in_words_and_the_right_code_connects(hall: OpenHall, line: ToHub) -> None:
    hub = line.hub
    counter, page = at_page(hall, line)
    assert "1 位客户、1 个户号、3 张账单、4 位人员" in page.before.text()
    assert page.words.text().startswith("本柜台还没有接入上游")

    def says(key: str, start: str) -> None:
        counter.press(Key.Key_F9)
        assert page.fields[key].error.text().startswith(start), (key, page.fields[key].error.text())
        assert page.save_button.isEnabled()

    fill(page, ADDRESS, "http://hub.example")
    says(ADDRESS, "“http://hub.example”不是上游地址。")
    fill(page, ADDRESS, ADDRESS_TYPED)
    says(CODE, "接入码不完整。")
    good = hub.code(hall.hall)
    fill(page, CODE, "AAAA-BBBB-CCCC-DDDD-" + good[-32:])
    says(CODE, "上游没有这个接入码。")
    fill(page, CODE, good)
    for why, start in (
        ("offline", "这个地址没有应答"),
        ("certificate", "这个地址的证书不是"),
        ("slow", "上游答复太慢"),
    ):
        line.breaks(LineDown(why))  # type: ignore[arg-type]  # three of its words
        says(ADDRESS, start)
        assert page.begun.text().endswith("码已失效的，换一个新码。")
    line.way = Way(lambda _url: an_authority().pem, hub.way.open_line)
    says(CODE, f"{URL} 不是打印这个接入码的上游")
    line.way = hub.way
    hub.moment.wait(LIVES.total_seconds())
    says(CODE, "这个接入码过了十分钟")
    assert page.begun.isHidden()
    fill(page, CODE, hub.code(hall.hall))
    counter.press(Key.Key_F9)
    assert counter.shell.frame.toast.label.text().startswith("已接入上游，柜台序号 1。")
    assert (page._head.text(), page.fields[CODE].entry.text()) == ("已接入上游", "")
    assert {row.key.text(): row.value.text() for row in page.rows}["上游地址"] == URL
    assert counter.shell.frame.has_room("tasks")
    with hall.reading() as reading:
        said = reading.driver.execute("SELECT staff_no FROM entries WHERE kind = 'config.change'").fetchall()
    assert said == [("9001",)]
    assert hub.rounds(hall).why == ""
    counter.close()


def test_what_a_crash_left_without_an_end_is_said_and_goes_on_by_one_key(hall: OpenHall, line: ToHub) -> None:
    # the hub has taken the counter in, and the machine went down before that was kept
    ask(prepare(hall, URL, line.hub.code(hall.hall)), line.way)
    counter, page = at_page(hall, line)
    assert "的接入没有办完" in page.begun.text()
    assert page.fields[ADDRESS].entry.text() == URL
    counter.press(Key.Key_F9)
    assert page._head.text() == "已接入上游"
    with hall.reading() as reading:
        assert begun(reading) is None
    counter.close()


def test_a_question_that_is_stopped_changes_nothing_and_may_be_asked_again(hall: OpenHall, line: ToHub) -> None:
    counter, page = at_page(hall, line)
    fill(page, ADDRESS, ADDRESS_TYPED)
    fill(page, CODE, line.hub.code(hall.hall))

    def stopped(_url: str) -> str:
        assert page.stop_button.isVisible()
        page.stop_button.click()
        raise LineDown("offline", "cut")

    line.way = Way(stopped, line.hub.way.open_line)
    counter.press(Key.Key_F9)
    assert page.error.text().startswith("已停止，没有接入。")
    assert page.stop_button.isHidden()
    line.way = line.hub.way
    counter.press(Key.Key_F9)
    assert page._head.text() == "已接入上游"
    counter.close()


def test_who_leaves_in_the_middle_of_it_stands_for_it_to_its_end(hall: OpenHall, line: ToHub) -> None:
    counter, page = at_page(hall, line)
    fill(page, ADDRESS, ADDRESS_TYPED)
    fill(page, CODE, line.hub.code(hall.hall))

    def leaves(url: str) -> str:
        counter.counter.sign_out()
        return line.hub.way.fetch_authority(url)

    line.way = Way(leaves, line.hub.way.open_line)
    page.save()
    assert line.is_enrolled
    with hall.reading() as reading:
        said = reading.driver.execute("SELECT staff_no FROM entries WHERE kind = 'config.change'").fetchall()
    assert said == [("9001",)]
    counter.close()


def test_a_withdrawn_counter_joins_the_same_hub_again_and_no_other(hall: OpenHall, line: ToHub) -> None:
    hub = line.hub
    hub.joined(hall)
    line.is_enrolled = True
    hub.revoke(hall.device.device_id)
    assert hub.rounds(hall).why == "revoked"
    counter, page = at_page(hall, line)
    assert page.words.text().startswith("上游已停用这台电脑")
    assert page.fields[ADDRESS].entry.isReadOnly()
    fill(page, CODE, hub.code(hall.hall))
    counter.press(Key.Key_F9)
    assert page.words.text().startswith("正在联系上游。收费照常。")
    assert hall.store.money_off == ()
    counter.close()
