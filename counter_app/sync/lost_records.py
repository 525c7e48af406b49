"""Contents that were lost with a disk on their way back: on the last lane, one by one, each held to its seal."""

from __future__ import annotations

from typing import NamedTuple

from counter_app.domain.sync_state import AskedRecords
from counter_app.storage.side_records import SideRecord, come_back, next_lost, note_erased
from counter_app.storage.sql import Writing
from counter_app.storage.stamps import stamp
from counter_app.storage.sync_state import keep
from counter_app.sync import wire
from counter_app.sync.contact import Contact
from counter_app.sync.ground import Ground

MOST_BACK = 20
"""Contents in one round; money has its turn again behind them."""


class RecordsBack(NamedTuple):
    """How many contents came back in a round, and whether more may."""

    taken: int
    is_more: bool


class LostRecords:
    """Asks the hub for what the entries that it gave back have sealed: each content once a day, until it is here."""

    def __init__(self, ground: Ground, contact: Contact) -> None:
        self._ground, self._contact = ground, contact

    def take(self) -> RecordsBack:
        """Some contents, in the order of their ids.

        Raises:
            LineDown: no answer; the next round goes on from here.
        """
        taken = 0
        for _ in range(MOST_BACK):
            lost = self._next()
            if lost is None:
                return RecordsBack(taken, is_more=False)
            answer = self._contact.ask_bytes(f"/v1/records/{lost.record_id}", nonce=self._ground.state().nonce or "")
            if isinstance(answer, wire.Refusal) and answer.why is not wire.Why.NOT_FOUND:
                return RecordsBack(taken, is_more=False)
            taken += self._kept(lost, answer)
        return RecordsBack(taken, is_more=True)

    def _next(self) -> SideRecord | None:
        asked, today = self._ground.state().asked_records, self._ground.hall.clock.now().date().isoformat()
        behind = asked.record_id if asked is not None and asked.on == today else ""
        return self._ground.read(lambda reading: next_lost(reading, behind))

    def _kept(self, lost: SideRecord, answer: bytes | wire.Refusal) -> bool:
        """Whether it came; what the hub has not got, or what is not what was sealed, is asked for again tomorrow."""
        at = self._ground.hall.clock.now()

        def act(work: Writing) -> bool:
            keep(work, asked_records=AskedRecords(at.date().isoformat(), lost.record_id))
            if isinstance(answer, bytes):
                return come_back(work, lost, answer)
            if answer.facts.get("what") == "erased":
                note_erased(work, lost.record_id, stamp(at))
            return False

        return self._ground.write(act)
