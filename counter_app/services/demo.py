"""Making a demo hall: synthetic but true to life, the same master data for the same seed and day."""

from __future__ import annotations

import os
import shutil
import uuid
from collections.abc import Callable
from itertools import islice
from pathlib import Path

from counter_app.clock import Clock, today
from counter_app.domain.hall import TRADES, Hall
from counter_app.domain.hall_refusals import BadHallSetting
from counter_app.domain.journal import Draft
from counter_app.domain.refusals import Refused
from counter_app.domain.staff import Role
from counter_app.services.demo_customers import Population
from counter_app.services.demo_people import read_demo
from counter_app.services.demo_rows import DemoRows
from counter_app.services.passwords import make_verifier
from counter_app.storage.demo import add_batch, count_rows, last_entry
from counter_app.storage.hall import SYSTEM, OpenHall, create_hall, open_hall
from counter_app.storage.lock import LOCK_NAME, HallLock
from counter_app.storage.master_seals import KIND, master_seal
from counter_app.storage.search_index import index_customers
from counter_app.storage.staff import add_staff
from counter_app.storage.store import FILE_NAME

MONTHS = 24
MOST_CUSTOMERS = 1_000_000
SLICE_CUSTOMERS = 1000
_MAKING = ".demo-making"

DEMO_STAFF = (
    ("1001", "林晓", Role.TELLER),
    ("1002", "何雨", Role.TELLER),
    ("2001", "秦岚", Role.SUPERVISOR),
    ("9001", "顾明", Role.ADMIN),
    ("8001", "严正", Role.AUDITOR),
)
"""Who works in a demo hall; the password is `demo-` and the staff number, shown on the demo's own sign-in page."""

Progress = Callable[[int, int], object]


def demo_password(staff_no: str) -> str:
    """The password of a demo sign-in, no secret anywhere."""
    return f"demo-{staff_no}"


def has_hall(folder: Path) -> bool:
    """Whether the folder holds a hall, a demo or a real one."""
    return (folder / FILE_NAME).exists()


def make_demo(
    folder: Path,
    *,
    trade: str = "telecom",
    customers: int = 2000,
    seed: int = 1,
    clock: Clock,
    months: int = MONTHS,
    progress: Progress = lambda done, total: None,
) -> OpenHall:
    """Make a demo hall in a folder that holds none, and open it.

    Bills reach back `months` from the clock's day, so that some are always paid, some open and some overdue. The hall
    is made aside and moved in whole: a demo that was broken off leaves no hall behind. `progress` hears how many
    customers of how many are written. Memory does not grow with the number of customers.

    Raises:
        Refused: `BadHallSetting` for an unknown trade or a number out of 1 to 1,000,000.
        FileExistsError: the folder holds a hall already.
        HallInUse: another program works in the folder.
    """
    _check(trade, customers)
    if has_hall(folder):
        raise FileExistsError(folder / FILE_NAME)
    lock = HallLock(folder, "counter-app")
    making = folder / _MAKING
    try:
        shutil.rmtree(making, ignore_errors=True)
        hall = create_hall(making, _hall(trade), clock=clock)
        try:
            _fill(hall, customers=customers, seed=seed, months=months, progress=progress)
        finally:
            hall.close()
        _move_in(making, folder)
    finally:
        shutil.rmtree(making, ignore_errors=True)
        lock.release()
    return open_hall(folder, clock=clock)


def _check(trade: str, customers: int) -> None:
    if trade not in TRADES:
        raise Refused(BadHallSetting("trade", trade, ", ".join(TRADES)))
    if not 1 <= customers <= MOST_CUSTOMERS:
        raise Refused(BadHallSetting("customers", str(customers), f"1 … {MOST_CUSTOMERS}"))


def _hall(trade: str) -> Hall:
    words = read_demo("trades")[trade]
    return Hall(
        hall_id=str(uuid.uuid4()),
        hall_code="YC01",
        name=words["hall"],
        company=words["company"],
        trade=trade,
        counter_id=str(uuid.uuid4()),
        counter_code="A1",
        counter_name="1 号台",
        hotline=words["hotline"],
        footer="谢谢惠顾",
        is_demo=True,
        address=f"{read_demo('places')['city']}东湖区建设东路 19 号",
    )


def _fill(hall: OpenHall, *, customers: int, seed: int, months: int, progress: Progress) -> None:
    on = today(hall.clock)
    population = Population(hall.pack, seed=seed, today=on, months=months)
    with hall.reading() as reading:
        # nobody else writes to a hall that is being made: its next entry is the one that seals all of it
        entry_id = last_entry(reading) + 1
    rows = DemoRows(population.prefix, on, entry=entry_id)
    people = population.customers(customers)
    done = 0
    while batch := rows.batch(islice(people, SLICE_CUSTOMERS)):
        with hall.writing() as work:
            add_batch(work, batch)
        done = min(customers, done + SLICE_CUSTOMERS)
        progress(done, customers)
    with hall.writing() as work:
        for staff_no, name, role in DEMO_STAFF:
            password = demo_password(staff_no)
            add_staff(work, staff_no, name, role, make_verifier(password, is_cheap=True), hint=password)
        index_customers(work)
        counts = count_rows(work)
        body = {"seed": seed, "today": on.isoformat(), "months": months, "rows": counts, **rows.sealed()}
        entry = hall.journal.append(work, Draft(kind="demo.made", body=body, staff_no=SYSTEM, business_date=on))
        if entry.id != entry_id:
            message = f"entry {entry.id} is not the entry {entry_id} that the rows name"
            raise ValueError(message)
        add_batch(work, rows.notes(staff_no=DEMO_STAFF[0][0], at=hall.clock.now(), entry=entry.id))
        sealed = Draft(kind=KIND, body={"tables": master_seal(work)}, staff_no=SYSTEM, business_date=on)
        hall.journal.append(work, sealed)


def _move_in(making: Path, folder: Path) -> None:
    """Move the finished hall to its place, its file last: a folder without the file holds no hall."""
    beside = sorted({child.name for child in making.iterdir()} - {FILE_NAME, LOCK_NAME})
    for name in (*beside, FILE_NAME):
        place = folder / name
        if place.is_dir() and not any(place.iterdir()):
            place.rmdir()
        os.replace(making / name, place)
