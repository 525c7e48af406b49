"""A hub of a page's length for tests of what the counter decides: it keeps one chain and a feed, signs, and can be told
to say no, to lose its reply, or to lose its tail.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from urllib.parse import parse_qs, urlsplit

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from counter_app.domain.journal import entry_hash
from counter_app.domain.sync_state import NO_HASH, Enrolment, FeedMark
from counter_app.storage.device import is_signed
from counter_app.storage.hall import OpenHall
from counter_app.storage.sync_state import keep
from counter_app.sync import wire
from counter_app.sync.hub_line import LineDown
from counter_app.sync.upload import first_mark

Reply = tuple[int, Mapping[str, str], bytes]


@dataclass
class SmallHub:
    """One counter's hub; `chains[epoch]` holds (content, hash, signature), `next_no` a refusal for the next request."""

    public_key: bytes
    generation: str = "g1"
    epoch: int = 1
    now: datetime = datetime(2026, 11, 21, 2, 4, tzinfo=UTC)
    key: Ed25519PrivateKey = field(default_factory=Ed25519PrivateKey.generate)
    chains: dict[int, list[wire.Sent]] = field(default_factory=lambda: {1: []})
    hashes: dict[int, list[str]] = field(default_factory=lambda: {1: []})
    nonces: int = 0
    feed: list[wire.FeedRow] = field(default_factory=list)
    feed_hashes: list[str] = field(default_factory=list)
    records: dict[str, bytes] = field(default_factory=dict)
    refused_records: set[str] = field(default_factory=set)
    erased_records: set[str] = field(default_factory=set)
    contacts: dict[str, str] = field(default_factory=dict)
    calls: list[tuple[str, str]] = field(default_factory=list)
    next_no: wire.Refusal | None = None
    loses_reply: bool = False
    is_down: bool = False
    meddle: Callable[[Reply], Reply] = lambda reply: reply

    @property
    def nonce(self) -> str:
        """The one that the next upload must bring."""
        return f"n{self.nonces}"

    @property
    def hub_key(self) -> str:
        """The hub's public key."""
        return self.key.public_key().public_bytes_raw().hex()

    def state(self) -> wire.HubState:
        """What every reply says."""
        hashes, rows = self.hashes[self.epoch], self.feed_hashes
        return wire.HubState(
            generation=self.generation,
            feed=wire.Mark(n=len(rows), hash=rows[-1] if rows else NO_HASH),
            head=wire.Mark(n=len(hashes), hash=hashes[-1] if hashes else NO_HASH),
            hub_time=self.now.isoformat(),
        )

    def tell(self, kind: str, row: Mapping[str, object]) -> None:
        """A row of the feed."""
        body = json.dumps(wire.row_body(kind, dict(row)), ensure_ascii=False, sort_keys=True)
        n = len(self.feed) + 1
        self.feed.append(wire.FeedRow(n=n, kind=kind, body=body))
        before = self.feed_hashes[-1] if self.feed_hashes else NO_HASH
        self.feed_hashes.append(wire.feed_hash(before, n, kind, body))

    def lose_tail(self, entries: int, generation: str) -> None:
        """A fail-over to a copy that lacks the last entries."""
        self.generation = generation
        del self.chains[self.epoch][-entries:], self.hashes[self.epoch][-entries:]

    def call(self, method: str, target: str, headers: Mapping[str, str], body: bytes) -> Reply:
        """The line to it."""
        self.calls.append((method, target))
        if self.is_down:
            raise ConnectionRefusedError
        nonce, signature = headers["Counter-Nonce"], headers["Counter-Signature"]
        assert is_signed(self.public_key, wire.request_text(method, target, nonce, body), bytes.fromhex(signature))
        answer = self._answer(method, target, nonce, body)
        status = wire.STATUS[answer.why] if isinstance(answer, wire.Refusal) else 200
        reply = answer if isinstance(answer, bytes) else answer.model_dump_json().encode()
        if self.loses_reply:
            self.loses_reply = False
            raise LineDown("offline", "lost on the way")
        signed = self.key.sign(wire.reply_text(signature, status, reply)).hex()
        return self.meddle((status, {"Hub-Signature": signed}, reply))

    def _answer(self, method: str, target: str, nonce: str, body: bytes) -> wire.Message | bytes:
        if self.next_no is not None:
            no, self.next_no = self.next_no, None
            return no
        path = urlsplit(target).path.split("/")
        if path[2] == "feed":
            return self._page({name: values[0] for name, values in parse_qs(urlsplit(target).query).items()})
        if path[2] == "records" and method == "GET":
            facts = {"what": "erased"} if path[3] in self.erased_records else {}
            return self.records.get(path[3]) or self._no(wire.Why.NOT_FOUND, facts)
        if path[2] == "records" and path[3] in self.refused_records:
            return self._no(wire.Why.CONFLICT)
        if path[2] == "records":
            self.records[path[3]] = body
            return wire.Done(hub=self.state())
        if path[2] == "epochs":
            return self._new_epoch(wire.NewEpoch.model_validate_json(body))
        if method == "GET":
            return self._chain(int(path[4]), int(parse_qs(urlsplit(target).query)["after"][0]))
        return self._upload(int(path[4]), nonce, wire.Upload.model_validate_json(body))

    def _consume(self, nonce: str, digest: str) -> None:
        if nonce not in self.contacts:
            self.contacts[nonce] = digest
            self.nonces += 1

    def _no(self, why: wire.Why, facts: dict[str, str] | None = None) -> wire.Refusal:
        return wire.Refusal(why=why, hub=self.state(), facts=facts or {})

    def _upload(self, epoch: int, nonce: str, sent: wire.Upload) -> wire.Message:
        if epoch != self.epoch:
            return self._no(wire.Why.EPOCH_CLOSED)
        hashes = self.hashes[epoch]
        prev, rolled = sent.prev_hash, []
        for entry in sent.entries:
            prev = entry_hash(bytes.fromhex(prev), entry.content).hex()
            rolled.append(prev)
        digest = wire.contact_digest(sent.first_seq, sent.prev_hash, len(sent.entries), prev)
        known = self.contacts.get(nonce)
        if known is not None and known != digest:
            return self._no(wire.Why.CLONED)
        if nonce != self.nonce and known is None:
            return self._no(wire.Why.STALE)
        if sent.first_seq - 1 > len(hashes):
            self._consume(nonce, digest)
            return self._no(wire.Why.GAP).model_copy(update={"next_nonce": self.nonce})
        if ([NO_HASH, *hashes])[sent.first_seq - 1] != sent.prev_hash:
            return self._no(wire.Why.FORK)
        if any(mine != theirs for mine, theirs in zip(hashes[sent.first_seq - 1 :], rolled, strict=False)):
            return self._no(wire.Why.FORK)
        fresh = rolled[len(hashes) - sent.first_seq + 1 :]
        if fresh:
            hashes.extend(fresh)
            self.chains[epoch].extend(sent.entries[-len(fresh) :])
        self._consume(nonce, digest)
        return wire.Uploaded(hub=self.state(), upto=self.state().head, next_nonce=self.nonce)

    def _page(self, asked: Mapping[str, str]) -> wire.Message:
        if asked["generation"] != self.generation:
            return self._no(wire.Why.OTHER_GENERATION)
        after, most = int(asked["after"]), int(asked["limit"])
        if ([NO_HASH, *self.feed_hashes] + [""] * after)[after] != asked["hash"]:
            return self._no(wire.Why.OTHER_FEED)
        rows = tuple(self.feed[after : after + most])
        n = after + len(rows)
        upto = wire.Mark(n=n, hash=([NO_HASH, *self.feed_hashes])[n])
        return wire.FeedPage(hub=self.state(), rows=rows, upto=upto)

    def _new_epoch(self, asked: wire.NewEpoch) -> wire.Message:
        hashes = self.hashes.get(asked.epoch, [])
        old = wire.Mark(n=len(hashes), hash=hashes[-1] if hashes else NO_HASH)
        self.epoch = max(self.epoch, asked.epoch) + 1
        self.chains[self.epoch], self.hashes[self.epoch] = [], []
        self.nonces += 1
        return wire.EpochIssued(hub=self.state(), epoch=self.epoch, old_head=old, next_nonce=self.nonce)

    def _chain(self, epoch: int, after: int) -> wire.Message:
        if epoch not in self.chains:
            return self._no(wire.Why.NOT_FOUND)
        entries = tuple(self.chains[epoch][after : after + 5])
        return wire.ChainPage(hub=self.state(), entries=entries, is_end=after + 5 >= len(self.chains[epoch]))


def enrolled_at(hub: SmallHub, hall: OpenHall) -> None:
    """The hall's file as an enrolment leaves it."""
    with hall.writing() as work:
        keep(
            work,
            enrolment=Enrolment("https://hub.example", hub.hub_key, "", 1, wants_master=False),
            acked=first_mark(hall.epoch),
            feed=FeedMark(hub.generation, 0, NO_HASH),
            nonce=hub.nonce,
        )
