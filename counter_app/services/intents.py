"""How an act ended whose COMMIT failed: nobody guesses, the file is opened again and asked by the act's intent."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar

from counter_app.storage.hall import OpenHall
from counter_app.storage.journal import Found, find_by_intent
from counter_app.storage.sql import Reading, Writing
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


def once(
    hall: OpenHall,
    intent_id: str,
    act: Callable[[Writing], T],
    recorded: Callable[[Reading, Found], T],
    *,
    is_money: bool = True,
) -> T:
    """Carry out an act under its intent; one that the journal holds is answered and not done again.

    When the file does not open after a failed COMMIT, nothing else is held back: whoever presses again asks under the
    same intent. A payment, whose teller is shown no way but to ask again, does hold everything else back.

    Raises:
        NotRecorded, CommitUncertain: the file failed; ask again under the same intent.
    """
    try:
        with hall.writing(money=is_money) as work:
            found = find_by_intent(work, intent_id)
            return act(work) if found is None else recorded(work, found)
    except CommitUncertain as error:
        try:
            return look_up(hall, intent_id, error, recorded)
        except CommitUncertain:
            hall.store.let_go_of_uncertain()
            raise
