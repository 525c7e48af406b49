"""The records beside the entries on their way up: on the last lane, one by one, each behind its entry."""

from __future__ import annotations

from typing import NamedTuple

from counter_app.storage.records_up import RecordUp, next_record
from counter_app.sync import wire
from counter_app.sync.contact import Contact
from counter_app.sync.ground import Ground

MOST_RECORDS = 20
"""Records in one round; money has its turn again behind them."""

_LATER = (wire.Why.TOO_MANY, wire.Why.BUSY, wire.Why.NOT_FOUND)
"""Refusals after which the same record is sent another time; `NOT_FOUND`: its entry is not there yet."""


class RecordsSent(NamedTuple):
    """How many went up in a round, and whether more wait."""

    sent: int
    is_more: bool


class Records:
    """Sends what the hub's entries have promised."""

    def __init__(self, ground: Ground, contact: Contact) -> None:
        self._ground, self._contact = ground, contact

    def send(self) -> RecordsSent:
        """Some records.

        Raises:
            LineDown: no answer; the same record is sent next time.
        """
        for count in range(MOST_RECORDS):
            record = self._next()
            if record is None:
                return RecordsSent(count, is_more=False)
            no = self._put(record)
            if no is not None and no.why in _LATER:
                return RecordsSent(count, is_more=False)
            self._passed(record, no)
        return RecordsSent(MOST_RECORDS, is_more=True)

    def _next(self) -> RecordUp | None:
        state = self._ground.state()
        if state.acked is None:
            return None
        behind, acked = state.records, state.acked
        return self._ground.read(lambda reading: next_record(reading, behind, acked))

    def _put(self, record: RecordUp) -> wire.Refusal | None:
        answer = self._contact.ask(
            "PUT",
            f"/v1/records/{record.mark.record_id}",
            nonce=self._ground.state().nonce or "",
            answer=wire.Done,
            body=record.content,
            content_type="application/octet-stream",
        )
        return answer if isinstance(answer, wire.Refusal) else None

    def _passed(self, record: RecordUp, no: wire.Refusal | None) -> None:
        """The lane goes on behind a record that the hub will not have; which one is kept in the state."""
        refused = self._ground.state().refused_records or ()
        if no is not None and record.mark.record_id not in refused:
            refused = (*refused, record.mark.record_id)
        self._ground.keep(records=record.mark, refused_records=refused or None)
