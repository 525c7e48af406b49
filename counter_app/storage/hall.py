"""A hall's folder, open: its file, its journal, its device and what the hall is called."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager, suppress
from dataclasses import asdict, replace
from datetime import date
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

from counter_app import __version__
from counter_app.clock import Clock
from counter_app.deferred import deferred
from counter_app.domain.hall import Hall
from counter_app.storage import disk_room, opening_sql
from counter_app.storage.driver import Driver, find_driver
from counter_app.storage.file_copy import discard, finish_swap, settle, sync_file, sync_folder
from counter_app.storage.held_against import behind_mark, stopped
from counter_app.storage.keys import KeyFiles, KeyPlace, best_key_place, device_id_of, new_key_place
from counter_app.storage.lock import HallLock
from counter_app.storage.mark import MARK_NAME, Mark, write_mark
from counter_app.storage.sql import Reading, Writing
from counter_app.storage.stamps import stamp
from counter_app.storage.store import FILE_NAME, Store
from counter_app.storage.trouble import NoHall, NotThisKey, StoreTrouble
from counter_app.storage.version import SCHEMA_VERSION

if TYPE_CHECKING:
    import uuid

    from counter_app.domain.journal import Evidence
    from counter_app.domain.rules import RulePack, RulesOfDay
    from counter_app.storage import hall_sql as sql
    from counter_app.storage.device import Device
    from counter_app.storage.journal import Journal
else:
    # SQLAlchemy costs more than a window: it is there when the first statement is asked for
    sql = deferred("counter_app.storage.hall_sql")
    uuid = deferred("uuid")

KEY_FOLDER = "keys"
_ID_NAME = "hall.id"
_MOST_DAYS = 50
"""Days whose rules are kept at a time: more than any screen needs at once."""
SYSTEM = "system"
"""The staff number that stands in entries which nobody asked for."""


class OpenHall:
    """A hall's folder as one program has it open; services work on this.

    `device`, `pack` and `journal` are read and put together when they are first asked for: a sign-in page needs none.
    `enrolled` is the device's secret on this machine, and the public key that the file has under its identity.
    `on_grown` is called after each commit with which the journal grew: whoever sends it up waits for that.
    """

    def __init__(
        self,
        folder: Path,
        store: Store,
        hall: Hall,
        enrolled: tuple[bytes, bytes],
        epoch: int,
        clock: Clock,
        keys: KeyPlace,
        lock: HallLock | None,
    ) -> None:
        self.folder, self.store, self.hall = folder, store, hall
        self.epoch, self.opened_with, self.keys, self.lock = epoch, clock, keys, lock
        self.reason_read_only = ""
        self.is_behind_mark = False
        self.on_grown: Callable[[], object] | None = None
        self._enrolled = enrolled
        self._rules: tuple[RulePack, dict[date, RulesOfDay]] | None = None

    @cached_property
    def device(self) -> Device:
        """This installation, able to sign: nothing is written before its key has been held against the file's.

        Raises:
            NotThisKey: the file has another key under the identity of this device.
        """
        from counter_app.storage.device import Device

        secret, public_key = self._enrolled
        device = Device.from_secret(secret)
        if device.public_key != public_key:
            raise NotThisKey(f"device {device.device_id} is not enrolled in this file")
        return device

    @property
    def clock(self) -> Clock:
        """The clock that entries are stamped with."""
        journal: Journal | None = self.__dict__.get("journal")
        return self.opened_with if journal is None else journal.clock

    @cached_property
    def pack(self) -> RulePack:
        """The rules of the hall's trade.

        Raises:
            Refused: `BadPack` with every error of the file.
            FileNotFoundError: no pack for that trade is installed.
        """
        from counter_app.storage.rules import pack_of_hall

        with self.store.asking() as reading:
            return pack_of_hall(reading, self.hall.trade)

    @cached_property
    def journal(self) -> Journal:
        """The journal of this counter, able to grow."""
        from counter_app.storage.journal import Journal

        return Journal(
            hall_id=self.hall.hall_id,
            counter_id=self.hall.counter_id,
            epoch=self.epoch,
            device=self.device,
            clock=self.opened_with,
            app_version=__version__,
            schema_version=SCHEMA_VERSION,
            rules_version=self.pack.version_on(self.opened_with.now().date()),
            evidence=self._evidence(),
        )

    def see_hub(self) -> None:
        """Entries from now on say what the file now knows of the hub; for the writer's thread."""
        self.journal = replace(self.journal, evidence=self._evidence())

    def begin_epoch(self, epoch: int) -> None:
        """Entries from now on stand in another epoch (the row of the device is the caller's)."""
        self.epoch = epoch
        self.journal = replace(self.journal, epoch=epoch)

    def _evidence(self) -> Evidence:
        from counter_app.storage.sync_state import evidence_in

        with self.store.asking() as reading:
            return evidence_in(reading, self.opened_with.boot_id)

    def rules_on(self, on: date) -> RulesOfDay:
        """What the pack says on a day, put together once: a shift's business date and the day itself may differ."""
        kept, pack = self._rules, self.pack
        if kept is None or kept[0] is not pack or len(kept[1]) > _MOST_DAYS:
            kept = self._rules = (pack, {})
        found = kept[1].get(on)
        if found is None:
            found = kept[1][on] = pack.of_day(on)
        return found

    @property
    def pepper(self) -> bytes | None:
        """What a real hall mixes into every password, so that its file alone lets nobody try passwords out.

        None in a demo hall, and where the secret is not on this machine.
        """
        return None if self.hall.is_demo else self.keys.read("pepper")

    @contextmanager
    def writing(self, *, money: bool = False) -> Iterator[Writing]:
        """`Store.writing`, and then the mark beside the file is moved up; one that is ahead of the file stays."""
        if money:
            disk_room.make_room(self.folder)
        with self.store.writing(money=money) as work:
            yield work
            row = work.head or work.one(opening_sql.HEAD)
        if row and not self.is_behind_mark:
            # the mark is evidence, not money: a full disk must not turn a committed payment into an error
            with suppress(OSError):
                write_mark(self.folder, Mark(row[0], row[1], row[2].hex()))
        if work.head and self.on_grown is not None:
            self.on_grown()

    def accept_mark(self) -> None:
        """Somebody with the right has confirmed that the file goes on from where it is: the mark moves again, and what
        was found against the file is settled.
        """
        self.is_behind_mark = False
        self.store.allow_money()

    def reading(self) -> AbstractContextManager[Reading]:
        """`Store.reading`."""
        return self.store.reading()

    def rename(self, work: Writing, changed: Hall) -> None:
        """Keep changed words of the hall; identity and trade stay (the entry is the caller's)."""
        _write_hall(work, replace(changed, hall_id=self.hall.hall_id, trade=self.hall.trade))
        self.hall = changed

    def read_again(self) -> None:
        """What the hall is called came from elsewhere: take it from the file."""
        with self.store.asking() as reading:
            self.hall = read_hall(reading)

    def take_new_pack(self) -> None:
        """Another rule pack came from elsewhere: it holds from now on, and entries say so."""
        is_kept = "journal" in self.__dict__
        self.__dict__.pop("pack", None)
        if is_kept:
            version = self.pack.version_on(self.clock.now().date())
            self.__dict__["journal"] = replace(self.journal, rules_version=version)

    def close(self) -> None:
        """Let go of file and folder."""
        self.store.close()
        if self.lock is not None:
            self.lock.release()
            self.lock = None


def create_hall(
    folder: Path,
    hall: Hall,
    *,
    clock: Clock,
    driver: Driver | None = None,
    keys: KeyPlace | None = None,
    first: Callable[[OpenHall], None] = lambda hall: None,
) -> OpenHall:
    """Make a hall: file, device key, first entry. A real hall's file is encrypted where the driver can.

    The file gets its name when all of this, and what `first` writes, is on the disk: a making that was broken off, by a
    power cut for one, leaves no hall and can be done again.

    Raises:
        FileExistsError: the folder holds a hall already.
        HallInUse: another program works in the folder.
    """
    from counter_app.storage.device import Device

    path = folder / FILE_NAME
    if path.exists():
        raise FileExistsError(path)
    driver = driver or find_driver()
    lock = HallLock(folder, "counter-app")
    try:
        place = keys or _key_place(hall, folder)
        # secrets that are there already are left from a making that was broken off
        kept = place.read("device")
        device = Device.make(place) if kept is None else Device.from_secret(kept)
        key = _new_secret(place, "data") if driver.can_encrypt and not hall.is_demo else None
        if not hall.is_demo:
            _new_secret(place, "pepper")
        making = path.with_name(f"{FILE_NAME}.making")
        discard(making)
        (folder / MARK_NAME).unlink(missing_ok=True)
        store = Store.create(making, key=key, driver=driver)
        opened = OpenHall(folder, store, hall, (place.read("device") or b"", device.public_key), 1, clock, place, lock)
        try:
            _write_first(opened, clock)
            first(opened)
        finally:
            store.close()
        settle(driver, making, key)
        (folder / _ID_NAME).write_text(hall.hall_id, "utf-8")
        sync_file(folder / _ID_NAME)
        os.replace(making, path)
        sync_folder(folder)
        sync_folder(folder.parent)
        opened.store = Store.open(path, key=key, driver=driver)
    except BaseException:
        lock.release()
        raise
    return opened


def open_hall(
    folder: Path,
    *,
    clock: Clock,
    for_writing: bool = True,
    driver: Driver | None = None,
    keys: KeyPlace | None = None,
    is_key_read: bool = True,
) -> OpenHall:
    """Open the hall of a folder; beside an open counter only `for_writing=False` is possible.

    Without `is_key_read` the device's key is read and checked when it is first asked for, which is before anything can
    be written: whoever opens the hall so, asks for it before he lets anybody in.

    Raises:
        NoHall: the folder holds no hall.
        HallInUse, NotThisKey, FileIsNewer, FileIsOlder, StoreTrouble: as they say.
    """
    path = folder / FILE_NAME
    if not path.exists():
        raise NoHall(path)
    lock = HallLock(folder, "counter-app") if for_writing else None
    store: Store | None = None
    try:
        if for_writing:
            disk_room.make_room(folder)
            finish_swap(path)
        place = keys or best_key_place(_hall_id(folder), folder / KEY_FOLDER)
        store = Store.open(path, key=place.read("data"), driver=driver, for_writing=for_writing)
        secret = place.read("device")
        if secret is None:
            raise NotThisKey(f"no device key in {place.words}")
        device_id = device_id_of(secret)
        with store.reading() as reading:
            hall = read_hall(reading)
            row = reading.one(opening_sql.DEVICE, {"id": device_id})
        if row is None:
            raise NotThisKey(f"device {device_id} is not enrolled in this file")
        opened = OpenHall(folder, store, hall, (secret, row[1]), row[0], clock, place, lock)
        if is_key_read:
            _key = opened.device
        if for_writing:
            _hold_against(opened)
    except BaseException:
        if store is not None:
            store.close()
        if lock is not None:
            lock.release()
        raise
    return opened


def _new_secret(place: KeyPlace, name: str) -> bytes:
    secret = place.read(name)
    if secret is None:
        secret = os.urandom(32)
        place.write(name, secret)
    return secret


def _write_first(opened: OpenHall, clock: Clock) -> None:
    from counter_app.domain.journal import Draft

    hall, device = opened.hall, opened.device
    with opened.writing() as work:
        _write_hall(work, hall)
        work.insert(sql.ADD_COUNTER, {"counter_id": hall.counter_id, "name": hall.counter_name})
        _enrol(work, device, hall.counter_id, 1, clock)
        opened.journal.append(
            work,
            Draft(
                kind="epoch.start",
                body={"epoch": 1, "public_key": device.public_key.hex(), "trade": hall.trade},
                staff_no=SYSTEM,
                business_date=clock.now().date(),
            ),
        )


def _hold_against(opened: OpenHall) -> None:
    """An older copy of the file than the mark beside it takes no money, and none that the hub has spoken against."""
    opened.is_behind_mark = (behind := behind_mark(opened.folder, opened.store)) is not None
    for finding in (behind, stopped(opened.store)):
        if finding is not None:
            opened.store.refuse_money(finding)


def _key_place(hall: Hall, folder: Path) -> KeyPlace:
    # the demo hall's key lies beside its file, never in the keyring
    return KeyFiles(folder / KEY_FOLDER) if hall.is_demo else new_key_place(hall.hall_id, folder / KEY_FOLDER)


def _hall_id(folder: Path) -> str:
    try:
        return (folder / _ID_NAME).read_text("utf-8").strip()
    except OSError:
        return str(uuid.UUID(int=0))


def _enrol(work: Writing, device: Device, counter_id: str, epoch: int, clock: Clock) -> None:
    work.insert(
        sql.ADD_DEVICE,
        {
            "device_id": device.device_id,
            "counter_id": counter_id,
            "public_key": device.public_key,
            "epoch": epoch,
            "enrolled_at": stamp(clock.now()),
            "revoked_at": None,
        },
    )


def _write_hall(work: Writing, hall: Hall) -> None:
    for key, value in asdict(hall).items():
        work.run(sql.SET_HALL, {"key": key, "value": str(int(value)) if isinstance(value, bool) else value})


def read_hall(reading: Reading) -> Hall:
    """The hall that a file is of; one that does not say so is trouble."""
    # a dotted key is a setting of another noun (a printer, a second screen)
    found = {key: value for key, value in reading.rows(opening_sql.HALL) if "." not in key}
    try:
        return Hall(**{**found, "is_demo": found["is_demo"] == "1"})
    except (KeyError, TypeError) as error:
        raise StoreTrouble(f"the file does not say which hall it is: {error}") from error
