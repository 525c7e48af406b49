"""How an act ended whose COMMIT failed: nobody guesses, the file is opened again and asked by the act's intent."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar

from counter_app.storage.hall import OpenHall
from counter_app.storage.journal import Found, find_by_intent
from counter_app.storage.sql import Reading
from counter_app.storage.trouble import CommitUncertain, NotRecorded, StoreTrouble

T = TypeVar("T")


def look_up(hall: OpenHall, intent_id: str, error: CommitUncertain, recorded: Callable[[Reading, Found], T]) -> T:
    """Reopen the file and give what its journal holds under the intent; never a second try (reliability 0.4).

    Raises:
        NotRecorded: it is not in the journal.
        CommitUncertain: the file does not open yet; ask again under the same intent.
    """
    try:
        hall.store.reopen()
    except StoreTrouble as still:
        raise CommitUncertain(still.why) from still
    with hall.reading() as reading:
        found = find_by_intent(reading, intent_id)
        if found is None:
            raise NotRecorded(error.why) from error
        return recorded(reading, found)
