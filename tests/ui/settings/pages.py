"""上游连接 as it is looked at: without a hub, and with one."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from functools import cache

from PySide6.QtWidgets import QWidget

from counter_app.domain.staff import Role
from counter_app.domain.sync_refusals import NotEnrolled
from counter_app.domain.sync_state import FeedMark
from counter_app.services.hall import OpenHall
from counter_app.storage.sync_state import keep, read_state
from counter_app.sync.hub_line import Certificate
from counter_app.ui.desk import Desk
from counter_app.ui.frame import Frame
from counter_app.ui.language import tr
from counter_app.ui.settings.presenter_hub import ADDRESS, CODE
from counter_app.ui.settings.room import SettingsRoom
from counter_app.ui.wording import sentences
from tests.halls import NOW, a_hall, teller
from tests.sync.small_hub import SmallHub, enrolled_at
from tests.sync.tls_server import an_authority
from tests.ui.counter.rooms import a_folder, lanes, working_hall
from tests.ui.demonstration import words
from tests.ui.tasks.kit import Told, a_line

GENERATION = "7301183945501234567-1-0"
PRINTED = "K7QM-2ZDP-X4RW-9TBA-0f3c"


class Answering(Told):
    """A line whose server's certificate is known."""

    def certificate(self) -> Certificate | None:
        """It ends in nine days."""
        return Certificate("hub.example", NOW + timedelta(days=9))


@cache
def joined_hall() -> OpenHall:
    """A hall with a hub."""
    hall = a_hall(a_folder())
    enrolled_at(SmallHub(hall.device.public_key), hall)
    with hall.writing() as work:
        known = read_state(work).enrolment
        assert known is not None
        pinned = replace(known, authority=an_authority().pem)
        keep(work, enrolment=pinned, feed=FeedMark(GENERATION, 48_213, "0" * 64))
    return hall


def hub_room(hall: OpenHall, line: Told | None = None) -> tuple[Frame, SettingsRoom]:
    """The page in its frame."""
    frame = Frame()
    room = SettingsRoom(Desk(hall, lanes(), teller("9001", Role.ADMIN), line=line), frame)
    frame.add_room("payments", words("收费", "Payments"), "cash", QWidget(), is_enabled=False)
    frame.add_room("settings", words("设置", "Settings"), "settings", room, is_at_foot=True)
    frame.set_who(words("孙强", "Sun Qiang"), words("3 号台", "Counter 3"))
    frame.show_room("settings")
    room.show_page("hub")
    return frame, room


def connected() -> QWidget:
    """Everything that is known of the hub, whose certificate ends soon, while the counter joins it once more."""
    frame, room = hub_room(joined_hall(), Answering(a_line(3).status))
    frame.show()
    page = room.hub_page
    page.fields[CODE].entry.setText(PRINTED)
    page.save_button.setEnabled(False)
    page._show_doing(tr("身份相符，正在提交接入码……"))
    return frame


def alone() -> QWidget:
    """What a press would bring along, with figures; the last code was used before."""
    frame, room = hub_room(working_hall())
    frame.show()
    page = room.hub_page
    page.fields[ADDRESS].entry.setText("https://hub.example:8443")
    page.fields[CODE].entry.setText(PRINTED)
    page.wrong(CODE, sentences(NotEnrolled("bad_code", "used")))
    return frame


SETTINGS_HUB_PAGES: dict[str, Callable[[], QWidget]] = {
    "settings-hub": connected,
    "settings-hub-alone": alone,
}
