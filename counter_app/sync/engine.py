"""One round with the hub: money up first, then what is new down, then the records beside the entries, up and back."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from random import Random
from typing import NamedTuple

from counter_app.domain.sync_state import ChainMark, Enrolment, Stop
from counter_app.storage.retention_given import fold_given_back
from counter_app.sync import wire
from counter_app.sync.contact import Contact
from counter_app.sync.download import Downloads, Rebuild
from counter_app.sync.ground import Ground
from counter_app.sync.held_guests import tell_guests
from counter_app.sync.hub_line import Line, LineDown
from counter_app.sync.lost_records import LostRecords
from counter_app.sync.master_offer import MasterOffers
from counter_app.sync.new_epoch import NewEpochs
from counter_app.sync.records import Records
from counter_app.sync.rhythm import BEAT_S, Rhythm
from counter_app.sync.status import LastRounds, SyncStatus, read_status
from counter_app.sync.upload import STOPS, Uploads

MOST_UPLOADS = 25
"""Uploads in one round: 5,000 entries at most, and then what comes down has its turn."""

_BUSY = (wire.Why.TOO_MANY, wire.Why.BUSY)


@dataclass(frozen=True, slots=True)
class Round:
    """What one round did: entries up, rows down, records up. `why` is empty when all went well; `next_s` says when the
    next round is due.
    """

    sent: int = 0
    taken: int = 0
    records: int = 0
    is_more: bool = False
    why: str = ""
    retry_after_s: int | None = None
    next_s: float = 0.0


class _Pushed(NamedTuple):
    """What went up in a round, what the hub said of itself and what it said no to, and whether more waits."""

    sent: int
    hub: wire.HubState | None
    no: wire.Refusal | None = None
    is_more: bool = False


class Engine:
    """The counter's side of the line. Rounds follow one another; nothing in here waits, draws or reads a wall clock
    but through what it was given.
    """

    def __init__(
        self,
        ground: Ground,
        open_line: Callable[[Enrolment], Line],
        rebuild: Rebuild,
        chance: Random,
    ) -> None:
        self._ground, self._open_line, self._rebuild, self._chance = ground, open_line, rebuild, chance
        self._contact: Contact | None = None
        self._rhythm = Rhythm()
        self._last = LastRounds()
        self._beat_ms: int | None = None

    def round(self) -> Round:
        """One round; whatever goes wrong on the line is told in the result."""
        done = self._tried()
        self._rhythm, next_s = self._rhythm.next(
            is_failed=bool(done.why),
            is_more=done.is_more,
            chance=self._chance.random(),
            retry_after_s=done.retry_after_s,
        )
        now = self._ground.hall.clock.now()
        if done.why:
            self._last = replace(self._last, failing_since=self._last.failing_since or now, why=done.why)
        elif self._contact is not None:
            self._last = LastRounds(answered_at=now)
        return replace(done, next_s=next_s)

    def status(self) -> SyncStatus:
        """The light and the number, of this moment."""
        ground = self._ground
        return ground.read(lambda reading: read_status(reading, ground.hall, self._last))

    def forget_line(self) -> None:
        """The next round opens another line: the enrolment has changed."""
        self._contact = None

    def _tried(self) -> Round:
        state = self._ground.state()
        if state.enrolment is None:
            return Round()
        try:
            if self._contact is None:
                self._contact = Contact(
                    self._open_line(state.enrolment), self._ground.hall.device, state.enrolment.hub_key
                )
            return self._met(self._contact)
        except LineDown as down:
            return Round(why=down.why, retry_after_s=down.retry_after_s)

    def _met(self, contact: Contact) -> Round:
        ground = self._ground
        if ground.hall.is_behind_mark and ground.state().stop is None:
            end = ground.end()
            ground.stop("restored", expected="the mark beside the file", found=f"{end.seq} {end.hash}")
        no = NewEpochs(ground, contact).go_on()
        if no is not None:
            return _refused(no)
        state = ground.state()
        is_settling = state.new_epoch is not None
        if state.stop is not None and state.stop.reason != "revoked" and not is_settling:
            return Round()
        offered = MasterOffers(ground, contact).send() if state.stop is None else False
        if offered is True:
            return Round(is_more=True)
        uploads = Uploads(ground, contact)
        sent, hub, no, is_more = self._push(uploads, state.stop)
        if no is not None:
            if is_settling and no.why in STOPS:
                # another copy was confirmed meanwhile: a person has to say again which one goes on
                ground.keep(new_epoch=None)
            return replace(_refused(no), sent=sent)
        if state.stop is not None and not is_settling:
            self._taken_back()
        if isinstance(offered, wire.Refusal):
            # money is up; nothing comes down before the hub knows what this hall has
            return replace(_refused(offered), sent=sent)
        pulled = Downloads(ground, contact, self._rebuild).pull() if self._is_news(hub, state.stop) else None
        no = (pulled.no if pulled is not None else None) or tell_guests(ground, contact)
        if no is not None:
            return replace(_refused(no), sent=sent, taken=pulled.rows if pulled else 0)
        if pulled is not None and pulled.hub is not None:
            self._offer_again(uploads, pulled.hub)
        if is_settling and not is_more and not (pulled and pulled.is_more):
            # bills and books are where the entries that the hub gave back left them, and so are cases: money again
            ground.write(fold_given_back)
            ground.keep(asked_records=None)
            ground.go_on()
        records = Records(ground, contact).send()
        back = LostRecords(ground, contact).take()
        is_more = is_more or bool(pulled and pulled.is_more) or records.is_more or back.is_more
        return Round(sent, pulled.rows if pulled else 0, records.sent, is_more)

    def _push(self, uploads: Uploads, known: Stop | None) -> _Pushed:
        sent, hub = 0, None
        for _ in range(MOST_UPLOADS):
            now_ms = self._ground.hall.clock.monotonic_ms()
            is_beat = self._beat_ms is None or not 0 <= now_ms - self._beat_ms < BEAT_S * 1000
            answer = uploads.send(is_beat=is_beat)
            if answer is None:
                break
            if answer.no is not None and answer.no.why is not wire.Why.GAP:
                return _Pushed(sent, answer.hub, answer.no)
            self._beat_ms = now_ms
            sent, hub = sent + answer.sent, answer.hub
            if self._ground.state().stop != known:
                break
        else:
            # an upload holds fewer entries where they are long: the number of entries says nothing of the queue
            return _Pushed(sent, hub, is_more=True)
        return _Pushed(sent, hub)

    def _is_news(self, hub: wire.HubState | None, known: Stop | None) -> bool:
        """Whether the feed is asked for: not where the hub has just said that there is nothing new in it, nor where it
        has just spoken against the file. How much of the chain it has is then not known before a person has confirmed
        it, and states that entries of ours gave to services would be kept over rows that have those entries in them.
        """
        state = self._ground.state()
        mark = state.feed
        if known is None and state.stop is not None:
            return False
        return hub is None or mark is None or (hub.generation, hub.feed.n) != (mark.generation, mark.n)

    def _offer_again(self, uploads: Uploads, hub: wire.HubState) -> None:
        """What the hub has no longer is sent again: its end of this chain may be behind what it once acknowledged."""
        acked = self._ground.state().acked
        if acked is not None and hub.head.n < acked.seq and uploads.compare(hub.head):
            self._ground.keep(acked=ChainMark(acked.epoch, hub.head.n, hub.head.hash), outstanding=None)

    def _taken_back(self) -> None:
        """The hub speaks with this device again."""
        if not self._ground.hall.is_behind_mark:
            self._ground.go_on()


def _refused(no: wire.Refusal) -> Round:
    why = ("full" if no.facts.get("what") == "full" else "busy") if no.why in _BUSY else wire.word_of(no)
    return Round(why=why, retry_after_s=no.retry_after_s)
