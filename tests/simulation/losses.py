"""What a loss of files takes with it: facts that lie nowhere else are gone, and only those."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from counter_app.storage.hall import OpenHall
from tests.simulation.chains import chain_of
from tests.simulation.inbox import CARRIERS, received

if TYPE_CHECKING:
    from tests.simulation.world import World

_FOREIGN = "SELECT content FROM foreign_entries"


def intents_in_file(hall: OpenHall) -> set[str]:
    """The intents of everything that a counter's file holds: its own entries, what they carry, what came back."""
    return {one["intent_id"] for one in _said_in(hall) if one["intent_id"] is not None}


def entries_in_file(hall: OpenHall) -> set[str]:
    """The ids of the same entries."""
    return {one["entry_id"] for one in _said_in(hall)}


def _said_in(hall: OpenHall) -> list[dict[str, Any]]:
    texts = []
    for entry in chain_of(hall):
        texts.append(entry.said["body"]["content"] if entry.kind == CARRIERS else entry.content)
    with hall.reading() as reading:
        texts += [row[0] for row in reading.driver.execute(_FOREIGN).fetchall()]
    said = [json.loads(content) for content in texts]
    return said + [json.loads(one["body"]["content"]) for one in said if one["kind"] == CARRIERS]


def count_losses(world: World) -> None:
    """Whatever was told and lies in no file and not at the hub is gone with a disk."""
    kept: set[str] = set()
    for machine in world.machines:
        if not machine.is_gone:
            kept |= intents_in_file(machine.hall)
    with world.house.disk.looking() as connection:
        kept |= {entry.said["intent_id"] for entry in received(connection)}
    world.truth.gone |= world.truth.told.keys() - kept
