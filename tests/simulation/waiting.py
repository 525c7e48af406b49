"""Money of another hall's customers that waits at the hub for a person, since a disk took with it whom it is of."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import Connection, text

if TYPE_CHECKING:
    from tests.simulation.world import World

_WAITING = text(
    "SELECT s.suspense_id, s.entry_id, s.subject_id, s.amount_fen FROM suspense s"
    " JOIN tasks k ON k.hall_id = s.hall_id AND k.task_id = s.task_id"
    " WHERE s.kind = 'bill' AND s.cleared_by IS NULL AND k.state = 'open' AND k.amount_fen = s.amount_fen"
)
_HELD = "SELECT id FROM bills"


def left_waiting(world: World, connection: Connection) -> dict[str, int]:
    """By the names of settlements, in fen: what entries that lay on a destroyed disk paid of bills that no file of a
    counter has any more. Nobody can tell the hub of them: whole and once, with an open task, a person has it.
    """
    held: set[int] = set()
    for machine in world.machines:
        if not machine.is_gone:
            with machine.hall.reading() as reading:
                held |= {row[0] for row in reading.driver.execute(_HELD).fetchall()}
    return {
        name: fen
        for name, entry_id, bill_id, fen in connection.execute(_WAITING)
        if entry_id in world.truth.untold and bill_id not in held
    }
