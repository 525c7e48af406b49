"""Each trouble of the line as the real rounds meet it, and what the status bar and 待办 then say of it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path
from random import Random

from counter_app.clock import FixedClock
from counter_app.services import new_epochs, tasks
from counter_app.storage.hall import OpenHall
from counter_app.sync import wire
from counter_app.sync.engine import Engine
from counter_app.sync.ground import Ground
from counter_app.sync.hub_line import Line, LineDown, OneCall
from counter_app.sync.snapshots import Snapshots
from counter_app.sync.status import LastRounds, SyncStatus, read_status
from counter_app.ui.desk import Desk
from counter_app.ui.status import Status
from counter_app.ui.status_bar import StatusItem
from counter_app.ui.tasks.presenter import tasks_screen
from counter_app.ui.wording_line import STATES
from tests.sync.small_hub import Reply, SmallHub
from tests.sync.small_hub_hall import hall, hub, write
from tests.sync.tls_server import OK, an_authority, answer, serving
from tests.ui.counter.rooms import lanes
from tests.ui.tasks.kit import Told

__all__ = ["hall", "hub"]

GOES_ON = "收费照常，记录都在本机，会自动再传。"


def met(hall: OpenHall, line: Line) -> SyncStatus:
    """How the line stands after one round of the real engine."""
    engine = Engine(Ground(hall), lambda _enrolment: line, Snapshots(), Random(1))
    engine.round()
    return engine.status()


def shown(hall: OpenHall, status: SyncStatus) -> tuple[StatusItem, str, str]:
    """What stands at the bottom of the window, and on the page of 待办 above the list and in its red card."""
    bar = Status(Desk(hall, lanes(), line=Told(status)))
    bar.read()
    item = next(item for item in bar.items() if item.word == "上游")
    screen = tasks_screen(tasks.waiting(hall), new_epochs.standing(hall), status, hall.clock.now())
    return item, screen.line_words, screen.file_words


class Silent:
    """A line that never gives a reply that counts."""

    def __init__(self, error: OSError) -> None:
        self._error = error

    def call(self, method: str, target: str, headers: object, body: bytes) -> tuple[int, dict[str, str], bytes]:
        """Nothing comes."""
        raise self._error


def says(hub: SmallHub, status: int, body: bytes = b"<html>", **headers: str) -> None:
    """Somebody answers in the hub's place, unsigned: a gateway before it, or a portal of the network."""
    reply: Reply = (status, {name.replace("_", "-"): value for name, value in headers.items()}, body)
    hub.meddle = lambda _reply: reply


def is_behind(hub: SmallHub) -> None:
    """The hub knows no protocol as new as this program's."""
    hub.next_no = wire.Refusal(why=wire.Why.OLD_PROTOCOL, hub=hub.state(), floor_proto=wire.PROTOCOLS[-1])


def refuses(hub: SmallHub, why: wire.Why, **facts: str) -> None:
    """The hub itself says no, signed."""
    hub.next_no = wire.Refusal(why=why, hub=hub.state(), facts=facts)


TROUBLES: dict[str, tuple[str, Callable[[SmallHub], object]]] = {
    "no answer": ("offline", lambda hub: setattr(hub, "is_down", True)),
    "500": ("server", lambda hub: says(hub, 500)),
    "503 of a gateway": ("server", lambda hub: says(hub, 503)),
    "429": ("busy", lambda hub: says(hub, 429, Retry_After="30")),
    "429 of the hub": ("busy", lambda hub: refuses(hub, wire.Why.TOO_MANY)),
    "the hub's disk is full": ("full", lambda hub: refuses(hub, wire.Why.BUSY, what="full")),
    "captive portal": ("not_the_hub", lambda hub: says(hub, 200)),
    "portal that leads elsewhere": ("not_the_hub", lambda hub: says(hub, 302, Location="https://login.example")),
    "another protocol": ("old_protocol", lambda hub: refuses(hub, wire.Why.OLD_PROTOCOL)),
    "a hub that is behind": ("newer_than_hub", is_behind),
    "an unknown device": ("unknown_device", lambda hub: refuses(hub, wire.Why.UNKNOWN_DEVICE)),
    "an unknown device, says nobody": ("not_the_hub", lambda hub: says(hub, 401, b'{"why":"unknown_device"}')),
    "what it cannot read": ("bad_message", lambda hub: refuses(hub, wire.Why.BAD_MESSAGE)),
    "a new word": ("conflict", lambda hub: refuses(hub, wire.Why.CONFLICT)),
}


def test_each_trouble_has_its_light_and_one_calm_sentence(hall: OpenHall, hub: SmallHub) -> None:
    for name, (why, trouble) in TROUBLES.items():
        hub.is_down, hub.next_no, hub.meddle = False, None, lambda reply: reply
        trouble(hub)
        status = met(hall, hub)
        item, words, file_words = shown(hall, status)
        assert (status.why, status.light, item.light) == (why, "warn", "warn"), name
        assert GOES_ON in item.hint, name
        assert words.startswith(item.hint), name
        assert file_words == ""
        if why in STATES:
            assert item.hint == STATES[why].words + GOES_ON + STATES[why].do, name
        else:
            assert why in item.hint
    assert hall.store.money_off == ()


def test_a_slow_hub_and_a_reply_too_large_are_named(hall: OpenHall, hub: SmallHub) -> None:
    for why in ("slow", "too_large"):
        item, words, _file = shown(hall, met(hall, Silent(LineDown(why))))
        assert item.hint.startswith(STATES[why].words)
        assert words.startswith(item.hint)


@contextmanager
def certificate(folder: Path, **how: int) -> Iterator[tuple[str, str]]:
    """A server with such a certificate: its address, and the authority that the counter has pinned."""
    authority = an_authority()
    with serving(answer(OK), authority.issue(folder, **how)) as url:  # type: ignore[arg-type]  # days alone
        yield url, authority.pem


def test_a_certificate_that_does_not_hold_is_named_by_its_reason(hall: OpenHall, hub: SmallHub, tmp_path: Path) -> None:
    with certificate(tmp_path) as (url, _pem):
        status = met(hall, OneCall(url, an_authority().pem))
        assert shown(hall, status)[0].hint.startswith("这个地址上不是本柜台认定的上游，证书不符，没有往来。")
    for how, words in (
        ({"starts_in_days": -100, "days": 10}, "上游的证书按本机日期已经过期。"),
        ({"starts_in_days": 5}, "上游的证书按本机日期还没有生效。"),
    ):
        with certificate(tmp_path, **how) as (url, pem):
            status = met(hall, OneCall(url, pem))
        item, page, _file = shown(hall, status)
        assert (status.light, item.hint.startswith(words), "核对本机日期" in page) == ("warn", True, True)


def test_a_certificate_that_ends_within_two_weeks_makes_the_light_yellow(hall: OpenHall, hub: SmallHub) -> None:
    met(hall, hub)
    now, well = hall.clock.now(), LastRounds(hall.clock.now())
    with hall.reading() as reading:
        standing = [read_status(reading, hall, well, ends_at=now + timedelta(days=days)) for days in (15, 14, 1)]
        down = read_status(reading, hall, LastRounds(failing_since=now, why="offline"), ends_at=now)
    assert [(one.light, one.why) for one in (*standing, down)] == [
        ("good", ""),
        ("warn", "certificate_soon"),
        ("warn", "certificate_soon"),
        ("warn", "offline"),
    ]
    item, words, _file = shown(hall, standing[1])
    assert item.hint == "上游的证书只到 2026-12-05，过期以后就传不上去。" + GOES_ON + STATES["certificate_soon"].do
    assert words.startswith(item.hint)


def test_a_withdrawn_device_and_a_copied_file_say_who_has_to_act(hall: OpenHall, hub: SmallHub) -> None:
    hub.next_no = wire.Refusal(why=wire.Why.REVOKED)
    item, words, file_words = shown(hall, met(hall, hub))
    assert (item.light, item.value, file_words) == ("bad", "请找管理员", "")
    assert words.startswith("上游已停用这台电脑，不能收款。请联系管理员。")
    assert hall.store.money_off
    met(hall, hub)
    assert hall.store.money_off == ()
    refuses(hub, wire.Why.CLONED)
    item, words, file_words = shown(hall, met(hall, hub))
    assert (item.light, item.value) == ("bad", "请找班长")
    assert "待办" in words
    assert file_words == "本机数据在别处还有一份在用。"
    assert hall.store.money_off


def test_a_week_without_an_answer_asks_for_somebody_and_a_wrong_clock_is_said(hall: OpenHall, hub: SmallHub) -> None:
    met(hall, hub)
    clock = hall.clock
    assert isinstance(clock, FixedClock)
    hub.now += timedelta(minutes=3)
    item, words, _file = shown(hall, met(hall, hub))
    assert item.hint == STATES["clock_off"].words + GOES_ON + STATES["clock_off"].do
    assert words.startswith(item.hint)
    write(hall)
    clock.moment += timedelta(hours=2)
    hub.is_down = True
    assert shown(hall, met(hall, hub))[0].hint.startswith(STATES["offline"].words)
    clock.moment += timedelta(days=8)
    item, words, _file = shown(hall, met(hall, hub))
    assert (item.light, item.value) == ("bad", "请找管理员")
    assert words.startswith("已有七天没有传上去。")
