"""A hub that has lost a file, and takes other ones before it: nobody's money goes to a bill of somebody else."""

from __future__ import annotations

import shutil
from pathlib import Path
from random import Random

from sqlalchemy import text

from counter_app.storage.hall import OpenHall
from tests.simulation.chance import seeded_randomness
from tests.simulation.clocks import WorldTime
from tests.simulation.enrolling import PlainLine, bill_row, give, join
from tests.simulation.ground import hall_ground
from tests.simulation.hub_house import HubHouse
from tests.simulation.joining import engine_of
from tests.simulation.machines import Machine
from tests.simulation.profiles import DENSE
from tests.simulation.runs import quick_passwords
from tests.simulation.truth import OPEN, Truth
from tests.simulation.views import differences, view_of_counter, view_of_hub

LOST, OTHER = bill_row(0, "2026-09", "2026-10-15", 5_000), bill_row(7, "2026-09", "2026-10-15", 5_000)
_PAID = text(
    "SELECT b.bill_no, count(*), sum(s.principal_fen) FROM settlements s JOIN bill_sums b ON b.bill_id = s.bill_id"
    " WHERE b.bill_no LIKE '%2026-09' GROUP BY b.bill_no"
)
_WAITS = text("SELECT count(*) FROM suspense WHERE cleared_by IS NULL")


def test_a_bill_is_paid_by_its_number_whatever_has_its_id_by_now(tmp_path: Path) -> None:
    ground = hall_ground(DENSE.machines)
    with seeded_randomness("lost"), quick_passwords():
        time, truth = WorldTime(), Truth()
        house = HubHouse(time, "lost", ground.image)
        shutil.copytree(ground.folders[0], tmp_path / "m0")
        machine = Machine("m0", tmp_path / "m0", time, truth, "lost")
        hall, teller = machine.hall, machine.teller
        engine = engine_of(hall, PlainLine(house), Random(1))
        house.keep_image()
        give(house, [LOST])
        engine.round()
        assert teller.run_shift(hall, OPEN) == OPEN
        while not _settled_here(hall):
            assert teller.pay(hall, ground.people[0]) == "paid"
        paid_fen = _settled_here(hall)
        assert house.lose_tail(Random(1)) is not None
        give(house, [OTHER])
        for _ in range(3):
            assert engine.round().why == ""
        with house.disk.looking() as connection:
            assert connection.execute(_PAID).all() == []
            assert connection.execute(_WAITS).scalar_one() > 0, "money for a bill that is not there waits"
        give(house, [LOST])
        for _ in range(3):
            assert engine.round().why == ""
        with house.disk.looking() as connection:
            found = connection.execute(_PAID).all()
            assert [(row[0], row[2]) for row in found] == [("B000-2026-09", paid_fen)]
            assert connection.execute(_WAITS).scalar_one() == 0
        assert _settled_here(hall) == paid_fen
        with hall.reading() as reading:
            ask = reading.driver.execute
            numbers = {row[0] for row in ask("SELECT bill_no FROM bills WHERE bill_no LIKE '%2026-09'").fetchall()}
            held = ask("SELECT count(*) FROM feed_held").fetchone()
        assert numbers == {"B000-2026-09"}, "what was paid here stays what it was"
        assert held is not None
        assert held[0] > 0, "and what cannot stand beside it waits, and is said"
        machine.off()
        anew = Machine("anew", tmp_path / "anew", time, truth, "lost")
        join(house, anew.folder, "01", anew.clock, replaces=True)
        engine = engine_of(anew.hall, PlainLine(house), Random(1))
        for _ in range(6):
            assert engine.round().why == ""
        with house.disk.looking() as connection:
            there = view_of_hub(connection, anew.hall.hall.hall_id)
        assert differences(view_of_counter(anew.hall), there) == [], "a file that is made anew is the hub's"
        anew.off()


def _settled_here(hall: OpenHall) -> int:
    with hall.reading() as reading:
        row = reading.driver.execute(
            "SELECT coalesce(sum(s.principal_fen), 0) FROM settlements s JOIN bills b ON b.id = s.bill_id"
            " WHERE b.bill_no = 'B000-2026-09'"
        ).fetchone()
    return int(row[0]) if row else 0
