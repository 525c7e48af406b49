"""Opening and making halls, and what the screens may know of the hall's file."""

from __future__ import annotations

import re
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from counter_app.clock import Clock
from counter_app.deferred import deferred
from counter_app.domain.hall import TRADES, Hall
from counter_app.domain.refusals import Refused
from counter_app.storage import disk_room
from counter_app.storage import hall as files
from counter_app.storage.hall import OpenHall
from counter_app.storage.store import FILE_NAME
from counter_app.storage.trouble import (
    CommitUncertain,
    FileIsNewer,
    FileIsOlder,
    Finding,
    HallInUse,
    MoneyIsOff,
    NoHall,
    NotRecorded,
    NotThisKey,
    StoreTrouble,
)

if TYPE_CHECKING:
    import uuid

    # a sign-in page stands before anything of payments is there
    from counter_app.domain.payment_history import Unfinished
    from counter_app.services.payments import Taken
else:
    uuid = deferred("uuid")

__all__ = [
    "Answer",
    "CommitUncertain",
    "FileIsNewer",
    "FileIsOlder",
    "Finding",
    "HallInUse",
    "MoneyIsOff",
    "NewHall",
    "NoHall",
    "NotRecorded",
    "NotThisKey",
    "OpenHall",
    "StoreTrouble",
    "answers",
    "has_hall",
    "lay_ballast",
    "make_hall",
    "open_for_counter",
    "open_hall",
    "scarce_bytes",
    "seen",
]


class NewHall(NamedTuple):
    """What the first start asks for: the hall, its counter, and its first admin."""

    name: str
    company: str
    hall_code: str
    trade: str
    counter_code: str
    counter_name: str
    hotline: str
    admin_no: str
    admin_name: str
    admin_password: str


class Answer(NamedTuple):
    """What became of an intent whose end nobody has seen: recorded with its receipt, or not recorded."""

    intent: Unfinished
    taken: Taken | None


def has_hall(folder: Path) -> bool:
    """Whether the folder holds a hall."""
    return (folder / FILE_NAME).exists()


def open_hall(folder: Path, *, clock: Clock, for_writing: bool = True) -> OpenHall:
    """Open the hall of a folder.

    Raises:
        FileNotFoundError, HallInUse, NotThisKey, FileIsNewer, FileIsOlder, StoreTrouble: as they say.
    """
    return files.open_hall(folder, clock=clock, for_writing=for_writing)


def open_for_counter(folder: Path, *, clock: Clock) -> OpenHall:
    """Open the hall for a counter's window; a file of a newer program opens read only, with the reason.

    The device's key is not read yet: ask for `device` before anybody is let in.

    Raises:
        FileNotFoundError, HallInUse, NotThisKey, FileIsOlder, StoreTrouble: as they say.
    """
    try:
        return files.open_hall(folder, clock=clock, is_key_read=False)
    except FileIsNewer as newer:
        opened = files.open_hall(folder, clock=clock, for_writing=False, is_key_read=False)
        opened.reason_read_only = newer.why
        return opened


def make_hall(folder: Path, wanted: NewHall, *, clock: Clock) -> OpenHall:
    """Make a real hall with its first admin; everything is checked before a file is made.

    Raises:
        Refused: `BadHallSetting`, `WeakPassword`.
        FileExistsError, HallInUse: the folder is taken.
    """
    from counter_app.domain.hall_refusals import BadHallSetting
    from counter_app.services.passwords import check_strength
    from counter_app.services.settings import check_code, check_word
    from counter_app.services.staff import add_first_admin

    for key in ("name", "company", "counter_name", "hotline"):
        check_word(key, getattr(wanted, key))
    if wanted.trade not in TRADES:
        raise Refused(BadHallSetting("trade", wanted.trade, "trade"))
    if not re.fullmatch(r"[0-9A-Za-z]{2,20}", wanted.admin_no):
        raise Refused(BadHallSetting("admin_no", wanted.admin_no, "staff_no"))
    if not wanted.admin_name.strip():
        raise Refused(BadHallSetting("admin_name", wanted.admin_name, "not_empty"))
    hall = Hall(
        hall_id=str(uuid.uuid4()),
        hall_code=check_code("hall_code", wanted.hall_code),
        name=wanted.name.strip(),
        company=wanted.company.strip(),
        trade=wanted.trade,
        counter_id=str(uuid.uuid4()),
        counter_code=check_code("counter_code", wanted.counter_code),
        counter_name=wanted.counter_name.strip(),
        hotline=wanted.hotline.strip(),
        footer="",
        is_demo=False,
    )
    check_strength(wanted.admin_password, wanted.admin_no)
    return files.create_hall(
        folder,
        hall,
        clock=clock,
        first=lambda made: add_first_admin(made, wanted.admin_no, wanted.admin_name.strip(), wanted.admin_password),
    )


def lay_ballast(hall: OpenHall) -> None:
    """Hold room back on the disk for the day on which it is full."""
    if hall.store.is_writable:
        disk_room.lay_ballast(hall.folder)


def scarce_bytes(hall: OpenHall) -> int | None:
    """What is left on a disk that is nearly full, in bytes; None while there is room (reliability 2.9)."""
    free = disk_room.free_bytes(hall.folder)
    return free if free < disk_room.TOLD_BYTES else None


def answers(hall: OpenHall) -> tuple[Answer, ...]:
    """What the teller must see first after a restart: every unfinished intent, recorded or not (reliability 0.5)."""
    from counter_app.services import payments
    from counter_app.storage import intents

    with hall.reading() as reading:
        return tuple(
            Answer(intent, None if intent.entry is None else payments.recorded(reading, intent.entry))
            for intent in intents.unfinished(reading)
        )


def seen(hall: OpenHall, intent_id: str) -> None:
    """Somebody has seen how an intent ended."""
    from counter_app.storage import intents

    with hall.writing() as work:
        intents.see(work, intent_id)
