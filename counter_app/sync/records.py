"""The records beside the entries on their way up: on the last lane, one by one, each behind its entry."""

from __future__ import annotations

from typing import NamedTuple

from counter_app.domain.sync_state import TriedRecords
from counter_app.storage.records_up import RecordUp, next_record
from counter_app.storage.side_records import find_record
from counter_app.sync import wire
from counter_app.sync.contact import Contact
from counter_app.sync.ground import Ground

MOST_RECORDS = 20
"""Records in one round; money has its turn again behind them."""

_NOT_NOW = (wire.Why.TOO_MANY, wire.Why.BUSY)
"""Refusals after which nothing more is sent in this round."""
_LATER = (*_NOT_NOW, wire.Why.NOT_FOUND)
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
        """Some records: new ones, and behind them those that the hub refused, each once a day: it may know better now.

        Raises:
            LineDown: no answer; the same record is sent next time.
        """
        for count in range(MOST_RECORDS):
            record = self._next()
            if record is None:
                return self._send_refused(count)
            no = self._put(record.mark.record_id, record.content)
            if no is not None and no.why in _LATER:
                return RecordsSent(count, is_more=False) if no.why in _NOT_NOW else self._send_refused(count)
            self._passed(record, no)
        return RecordsSent(MOST_RECORDS, is_more=True)

    def _send_refused(self, sent: int) -> RecordsSent:
        for count in range(sent, MOST_RECORDS):
            record_id = self._due()
            if record_id is None:
                return RecordsSent(count, is_more=False)
            content = self._content(record_id)
            no = None if content is None else self._put(record_id, content)
            if no is not None and no.why in _NOT_NOW:
                return RecordsSent(count, is_more=False)
            self._tried(record_id, no)
        return RecordsSent(MOST_RECORDS, is_more=True)

    def _next(self) -> RecordUp | None:
        state = self._ground.state()
        if state.acked is None:
            return None
        behind, acked = state.records, state.acked
        return self._ground.read(lambda reading: next_record(reading, behind, acked))

    def _due(self) -> str | None:
        """A record that was refused, and was not sent today."""
        state, today = self._ground.state(), self._today()
        tried = state.tried_records
        known = tried.record_ids if tried is not None and tried.on == today else ()
        return next((one for one in state.refused_records or () if one not in known), None)

    def _content(self, record_id: str) -> bytes | None:
        """What is to be sent; nothing is owed of what was erased meanwhile."""
        record = self._ground.read(lambda reading: find_record(reading, record_id))
        return None if record is None else record.content

    def _put(self, record_id: str, content: bytes) -> wire.Refusal | None:
        answer = self._contact.ask(
            "PUT",
            f"/v1/records/{record_id}",
            nonce=self._ground.state().nonce or "",
            answer=wire.Done,
            body=content,
            content_type="application/octet-stream",
        )
        return answer if isinstance(answer, wire.Refusal) else None

    def _passed(self, record: RecordUp, no: wire.Refusal | None) -> None:
        """The lane goes on behind a record that the hub will not have; which one is kept in the state."""
        self._ground.keep(records=record.mark, **self._answered(record.mark.record_id, no))

    def _tried(self, record_id: str, no: wire.Refusal | None) -> None:
        self._ground.keep(**self._answered(record_id, no))

    def _answered(self, record_id: str, no: wire.Refusal | None) -> dict[str, object]:
        """What the state says of refused records once this one was answered."""
        state, today = self._ground.state(), self._today()
        refused = tuple(one for one in state.refused_records or () if one != record_id)
        if no is None:
            return {"refused_records": refused or None}
        tried = state.tried_records
        known = tried.record_ids if tried is not None and tried.on == today else ()
        return {"refused_records": (*refused, record_id), "tried_records": TriedRecords(today, (*known, record_id))}

    def _today(self) -> str:
        return self._ground.hall.clock.now().date().isoformat()
