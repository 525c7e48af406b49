"""A customer asks for what was kept of them beside the journal to be erased: the content goes, its hash stays."""

from __future__ import annotations

from counter_app.storage.hall import OpenHall
from tests.simulation.tellers import Teller

_KEPT = "SELECT record_id FROM side_records WHERE content IS NOT NULL ORDER BY record_id"
_ERASE = "UPDATE side_records SET content = NULL, erased_at = ? WHERE record_id = ?"


def erase(teller: Teller, hall: OpenHall) -> str:
    """One record is erased, as whoever looks after the file does it: the program itself has no such page yet."""
    with hall.reading() as reading:
        kept = [row[0] for row in reading.driver.execute(_KEPT).fetchall()]
    if not kept:
        return "nothing to erase"
    with hall.writing() as work:
        work.driver.execute(_ERASE, (hall.clock.now().isoformat(), teller.chance.choice(kept)))
    return "erased"
