"""Once a day, and before anything else after an upgrade: rows that wait are tried again, what came down is sealed."""

from __future__ import annotations

from counter_app import __version__
from counter_app.storage.feed_held import held_count
from counter_app.storage.feed_seal import is_seal_due, seal
from counter_app.storage.sync_state import keep_text, kept_text
from counter_app.sync.apply_feed import try_held
from counter_app.sync.ground import Ground

_CARED = "feed.cared"


def care(ground: Ground) -> None:
    """Look after what came down, when it is due.

    An upgraded program tries rows that the older one did not know before newer ones of the same key come.
    """
    hall = ground.hall
    due = f"{__version__} {hall.clock.now().date().isoformat()}"
    if ground.read(lambda reading: kept_text(reading, _CARED)) == due:
        return
    if ground.read(held_count):
        try_held(hall, on_writer=ground.on_writer)
    if ground.read(is_seal_due):
        ground.on_writer(lambda: seal(hall))
    ground.write(lambda work: keep_text(work, _CARED, due))
