"""A hall that worked alone: its first counter has everything, its hub nothing, and a further counter comes later."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from random import Random
from typing import TYPE_CHECKING

from sqlalchemy import text

from counter_app.domain.hall import Hall
from counter_app.services.imports import run_import
from counter_app.storage.hall import OpenHall, create_hall
from counter_app.storage.staff import add_staff
from counter_app.sync import master_offer
from tests import halls
from tests.simulation.chance import seeded_randomness
from tests.simulation.clocks import HOUR_MS, WallClock, WorldTime
from tests.simulation.enrolling import HALL, HALL_CODE, STAFF, join
from tests.simulation.ground import CUSTOMERS, Ground, kept_folder, people_of
from tests.simulation.hub_house import HubHouse
from tests.simulation.joining import state_of
from tests.simulation.office import MONTHS, File
from tests.simulation.swapping import swapped

if TYPE_CHECKING:
    from tests.simulation.world import World

FIRST, FURTHER = "connect", "a further counter"
_CUSTOMERS = "客户编号,姓名,户号,地址,业务号码,状态,预存余额\n" + "".join(
    f"C{n:03},张伟,1000{n:04},幸福路 18 号,1380000{n:04},{'正常' if n % 5 else '停机'},{n % 3}.50\n"
    for n in range(CUSTOMERS)
)
_BILLS = "账单号,户号,账期,缴费期限,金额\n" + "".join(
    f"B{n:03}-{month},1000{n:04},{month},{due_on},{98 + n % 2 * 6}.00\n"
    for n in range(CUSTOMERS)
    for month, due_on in zip(MONTHS, ("2026-07-15", "2026-08-15", "2026-09-15"), strict=False)
)
_PAID = "账单号,缴费日期,金额,违约金,渠道,凭证号\n" + "".join(
    f"B{n:03}-2026-06,2026-07-10,98.00,0.00,微信,A{n}\n" for n in range(0, CUSTOMERS, 4)
)
BROUGHT = File("settlements", _PAID, done_ms=-1)
"""What the first counter's own files said was paid elsewhere."""
ROWS_A_PART = 14
_PARTS = text("SELECT count(*), coalesce(min(part) = -1, 0) FROM master_parts")


@cache
def first_ground() -> Ground:
    """A counter with a hall's data that has no hub, and a hub that knows of no hall."""
    os.environ["PYTHON_KEYRING_BACKEND"] = "keyring.backends.null.Keyring"
    time = WorldTime()
    root = kept_folder() / "first"
    root.mkdir()
    with seeded_randomness("first ground"):
        house = HubHouse(time, "first ground")
        folder = root / "counter-0"
        words = (HALL["name"], HALL["company"], HALL["trade"], "first-counter", "01", "1 号台", HALL["hotline"], "")
        own = Hall("first-hall", HALL_CODE, *words, is_demo=False)
        hall = create_hall(folder, own, clock=WallClock(time, "first"))
        with hall.writing() as work:
            for staff_no, role in STAFF:
                add_staff(work, staff_no, "王芳", role, halls.verifier())
        for what, rows in (("customers", _CUSTOMERS), ("bills", _BILLS), ("settlements", _PAID)):
            file = root / "file.csv"
            file.write_text(rows, "utf-8")
            report = run_import(hall, "system", what, file)  # type: ignore[arg-type]  # the words of three imports
            assert not report.error_count, report.errors
        people = people_of(hall)
        hall.close()
    return Ground((folder,), house.disk.image(), people)


@contextmanager
def small_parts() -> Iterator[None]:
    """Inside, an offer has many parts, though the hall is small."""
    with swapped(master_offer, "PART_ROWS", ROWS_A_PART), swapped(master_offer, "PARTS_A_ROUND", 1):
        yield


def is_joined(hall: OpenHall) -> bool:
    """Whether the counter has its hub."""
    return state_of(hall).enrolment is not None


def is_whole(world: World) -> bool:
    """Whether the hub has all that the first counter had; from then on it is a hall's hub like any other."""
    enrolment = state_of(world.machines[0].hall).enrolment
    return enrolment is not None and not enrolment.wants_master


def look_for_halves(world: World, number: int) -> None:
    """A further counter knows of nobody before the hub has the whole hall: it would charge by half of the bills."""
    with world.house.disk.looking() as connection:
        begun, is_at_end = connection.execute(_PARTS).one()
    if number and begun and not is_at_end:
        with world.machines[number].hall.reading() as reading:
            row = reading.driver.execute("SELECT count(*) FROM customers").fetchone()
        if row and row[0]:
            world.truth.wrong("I12 converge", f"counter {number} has {row[0]} customers of half an offer")


def plan_joining(world: World, begin: int) -> None:
    """In the first days, somebody connects the counter, and sets a further one up once the hub knows of the hall."""
    chance = Random(f"joining/{world.seed}/{begin}")
    for machine in world.machines[:1]:
        if not is_joined(machine.hall):
            world.plan(begin + chance.randrange(9 * HOUR_MS), FIRST, 0)
    if len(world.machines) < world.profile.machines:
        world.plan(begin + chance.randrange(9 * HOUR_MS), FURTHER, -1)


def set_further_up(world: World) -> str:
    """A further counter joins on an empty machine, whether the offer is whole or not."""
    if world.house.is_down or not is_joined(world.machines[0].hall) or len(world.machines) >= world.profile.machines:
        return "not yet"
    number = len(world.machines)
    world.house.restart()
    folder = world.folder / f"m{number}"
    join(world.house, folder, f"0{number + 1}", WallClock(world.time, folder.name))
    world.add_machine(folder.name)
    return FURTHER
