"""The journal's way up: exactly the same range again until it is answered, and a mark that moves by number and hash."""

from __future__ import annotations

from typing import NamedTuple

from counter_app.domain.hub_time import better, measured
from counter_app.domain.sync_state import NO_HASH, ChainMark, HubTime, Outstanding, StopReason, SyncState
from counter_app.storage import chain
from counter_app.storage.stamps import moment
from counter_app.sync import wire
from counter_app.sync.contact import Contact
from counter_app.sync.ground import Ground


class Answered(NamedTuple):
    """One upload that was answered: what the hub said of itself, how many entries went up, what it said no to."""

    hub: wire.HubState | None
    sent: int
    no: wire.Refusal | None = None


STOPS: dict[wire.Why, StopReason] = {
    wire.Why.STALE: "restored",
    wire.Why.CLONED: "cloned",
    wire.Why.EPOCH_CLOSED: "cloned",
    wire.Why.FORK: "fork",
    wire.Why.REVOKED: "revoked",
}
"""The refusals after which no money is taken."""

_ANY = 2**62
"""What is outstanding is sent again as it was, whatever a newer program thinks of its size."""


class Uploads:
    """Sends what waits, one request at a time."""

    def __init__(self, ground: Ground, contact: Contact) -> None:
        self._ground, self._contact = ground, contact

    def send(self, *, is_beat: bool) -> Answered | None:
        """One upload: the outstanding one, else what waits, else (`is_beat`) none to say "here I am"; None where
        there was nothing to say.

        Raises:
            LineDown: no answer; exactly the same request is sent next time.
        """
        ground, state = self._ground, self._ground.state()
        if state.nonce is None or state.acked is None:
            return None
        due, links = self._next(state, state.acked, state.nonce)
        if not links and not is_beat and state.outstanding is None:
            return None
        if state.outstanding != due:
            # kept before it is sent: after a crash it is this one that is sent again, and no other
            ground.keep(outstanding=due)
        prev_hash = links[0].prev_hash.hex() if links else due.last_hash
        upload = wire.Upload(
            proto=wire.PROTOCOLS[-1],
            first_seq=due.first_seq,
            prev_hash=prev_hash,
            entries=tuple(wire.Sent(content=link.content, signature=link.signature.hex()) for link in links),
        )
        clock = ground.hall.clock
        before_ms = clock.monotonic_ms()
        answer = self._contact.ask(
            "POST",
            f"/v1/chains/{ground.counter_id}/{due.epoch}",
            nonce=due.nonce,
            answer=wire.Uploaded,
            body=upload.model_dump_json().encode("utf-8"),
        )
        fresh = None
        if answer.hub is not None:
            fresh = measured(
                moment(answer.hub.hub_time),
                before_ms=before_ms,
                after_ms=clock.monotonic_ms(),
                boot_id=clock.boot_id,
            )
        if isinstance(answer, wire.Refusal):
            self._refused(answer, fresh, state)
            return Answered(answer.hub, 0, answer)
        self._taken(answer, fresh, state)
        return Answered(answer.hub, len(links))

    def compare(self, head: wire.Mark) -> bool:
        """Hold the hub's end of this chain against the file; what is not the same stops the money. True: it is."""
        own = self._ground.hash_at(head.n)
        if own == head.hash:
            return True
        end = self._ground.end()
        reason: StopReason = "fork" if own is not None else "restored"
        self._ground.stop(reason, expected=f"{head.n} {head.hash}", found=f"{end.seq} {end.hash}")
        return False

    def _next(self, state: SyncState, acked: ChainMark, nonce: str) -> tuple[Outstanding, tuple[chain.Link, ...]]:
        kept = state.outstanding
        if kept is not None and kept.epoch == acked.epoch:
            links = self._links(kept.epoch, kept.first_seq - 1, kept.count, most_bytes=_ANY)
            end = links[-1].hash.hex() if links else self._ground.hash_at(kept.first_seq - 1)
            if len(links) == kept.count and end == kept.last_hash:
                return kept, links
        links = self._links(acked.epoch, acked.seq, wire.MOST_ENTRIES, most_bytes=wire.MOST_BYTES)
        last_hash = links[-1].hash.hex() if links else acked.hash
        return Outstanding(nonce, acked.epoch, acked.seq + 1, len(links), last_hash), links

    def _links(self, epoch: int, after: int, most: int, *, most_bytes: int) -> tuple[chain.Link, ...]:
        if not most:
            return ()
        return self._ground.read(lambda reading: chain.waiting(reading, epoch, after, most=most, most_bytes=most_bytes))

    def _taken(self, answer: wire.Uploaded, fresh: HubTime | None, state: SyncState) -> None:
        """The mark moves where the hub's hash is this file's own: a number alone may be somebody else's."""
        acked = state.acked
        if self._ground.hash_at(answer.upto.n) == answer.upto.hash and acked is not None:
            acked = ChainMark(acked.epoch, answer.upto.n, answer.upto.hash)
        self._ground.keep(nonce=answer.next_nonce, outstanding=None, acked=acked, hub_time=_kept(state.hub_time, fresh))
        self.compare(answer.hub.head)

    def _refused(self, no: wire.Refusal, fresh: HubTime | None, state: SyncState) -> None:
        reason = STOPS.get(no.why)
        if reason is not None:
            # a file that the hub is ahead of is an old one, whatever gave it away
            is_same = no.hub is None or reason == "revoked" or self.compare(no.hub.head)
            if is_same:
                self._ground.stop(reason, expected="this chain, and no other", found=no.why.value)
        elif no.why is wire.Why.GAP and no.hub is not None and self.compare(no.hub.head) and state.acked is not None:
            # the hub has lost its tail: it is sent again from where the hub is, as a request of its own
            acked = ChainMark(state.acked.epoch, no.hub.head.n, no.hub.head.hash)
            nonce = no.next_nonce or state.nonce
            self._ground.keep(nonce=nonce, acked=acked, outstanding=None, hub_time=_kept(state.hub_time, fresh))


def first_mark(epoch: int) -> ChainMark:
    """The mark of a chain of which the hub has nothing."""
    return ChainMark(epoch, 0, NO_HASH)


def _kept(known: HubTime | None, fresh: HubTime | None) -> HubTime | None:
    return known if fresh is None else better(known, fresh)
