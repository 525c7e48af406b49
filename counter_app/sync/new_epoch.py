"""A restored, cloned or rebuilt counter goes on under a new epoch: each step is kept, so that a crash goes on from it.

Nothing is dropped: what the hub lacks is carried into the new chain under its own id, what the file lacks is fetched
and vouched for.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace

from counter_app.domain.journal import GENESIS, Draft, entry_hash
from counter_app.domain.sync_state import ChainMark, NewEpoch
from counter_app.storage import chain, recovery
from counter_app.storage.device import is_signed
from counter_app.storage.hall import SYSTEM
from counter_app.storage.sql import Writing
from counter_app.storage.stamps import stamp
from counter_app.storage.sync_state import keep
from counter_app.sync import wire
from counter_app.sync.contact import Contact
from counter_app.sync.ground import Ground
from counter_app.sync.hub_line import LineDown
from counter_app.sync.upload import first_mark

MOST_CARRIED = 40
"""Entries carried over in one commit: a few milliseconds of the writer."""


class NewEpochs:
    """Takes the steps that are left."""

    def __init__(self, ground: Ground, contact: Contact) -> None:
        self._ground, self._contact = ground, contact
        self._steps: dict[str, Callable[[NewEpoch], wire.Refusal | None]] = {
            "wanted": self._issue,
            "issued": self._fetch,
            "fetched": self._begin,
            "begun": self._carry,
        }

    def go_on(self) -> wire.Refusal | None:
        """Every step until all is written; the hub's "no" where it said one.

        Raises:
            LineDown: no answer; the next round goes on from here.
        """
        while True:
            new = self._ground.state().new_epoch
            if new is None or new.stage == "written":
                return None
            no = self._steps[new.stage](new)
            if no is not None:
                return no

    def _issue(self, new: NewEpoch) -> wire.Refusal | None:
        ground, state = self._ground, self._ground.state()
        assert new.reason != "new", "a new device is given its epoch with its enrolment"
        own = new.own
        asked = wire.NewEpoch(
            proto=wire.PROTOCOLS[-1],
            epoch=own.epoch,
            last=wire.Mark(n=own.seq, hash=own.hash),
            reason=new.reason,
            approver_no=new.approver_no or "",
        )
        answer = self._contact.ask(
            "POST",
            "/v1/epochs",
            nonce=state.nonce or "",
            answer=wire.EpochIssued,
            body=asked.model_dump_json().encode("utf-8"),
        )
        if isinstance(answer, wire.Refusal):
            return answer
        acked, old_head = state.acked, answer.old_head
        # a hub that has lost its tail knows less than it once acknowledged
        common_seq = min(acked.seq, old_head.n) if acked is not None and acked.epoch == own.epoch else 0
        issued = replace(new, stage="issued", own=own, epoch=answer.epoch, fetching=own.epoch, common_seq=common_seq)
        ground.keep(new_epoch=issued, nonce=answer.next_nonce, outstanding=None)
        return None

    def _fetch(self, new: NewEpoch) -> wire.Refusal | None:
        """One page of what the hub has of the epochs before the new one."""
        assert new.fetching is not None
        assert new.epoch is not None
        after, before = self._fetched_up_to(new, new.fetching)
        answer = self._contact.ask(
            "GET",
            f"/v1/chains/{self._ground.counter_id}/{new.fetching}?after={after}",
            nonce=self._ground.state().nonce or "",
            answer=wire.ChainPage,
        )
        entries: tuple[wire.Sent, ...] = ()
        if isinstance(answer, wire.ChainPage):
            entries = answer.entries
        elif answer.why is not wire.Why.NOT_FOUND:
            return answer
        try:
            foreign, common_seq, end = self._compared(new, new.fetching, entries, after, before)
        except LineDown:
            if not new.common_seq or after != new.common_seq:
                raise
            # both were the same up to there once, and are no longer: they are held together from the first entry on
            self._ground.keep(new_epoch=replace(new, common_seq=0))
            return None
        is_end = isinstance(answer, wire.Refusal) or answer.is_end
        fetched = replace(new, common_seq=common_seq)
        if new.fetching == new.own.epoch:
            fetched = replace(fetched, hub=end)
        if is_end and new.fetching + 1 < new.epoch:
            fetched = replace(fetched, fetching=new.fetching + 1)
        elif is_end:
            fetched = replace(fetched, stage="fetched")
        elif not entries:
            raise LineDown("bad_reply", "a page of a chain without entries and without an end")

        def act(work: Writing) -> None:
            recovery.add_foreign(work, foreign)
            keep(work, new_epoch=fetched)

        self._ground.write(act)
        return None

    def _fetched_up_to(self, new: NewEpoch, epoch: int) -> tuple[int, bytes]:
        known = self._ground.read(lambda reading: recovery.last_foreign(reading, epoch))
        if known is not None:
            return known
        if epoch != new.own.epoch or new.reason == "new":
            return 0, GENESIS
        own = self._ground.read(lambda reading: chain.hash_at(reading, epoch, new.common_seq))
        return (new.common_seq, bytes.fromhex(own)) if own is not None else (0, GENESIS)

    def _compared(
        self, new: NewEpoch, epoch: int, entries: tuple[wire.Sent, ...], after: int, before: bytes
    ) -> tuple[list[recovery.Foreign], int, ChainMark]:
        """Those of the hub's entries that the file lacks, and up to where both are the same.

        Raises:
            LineDown: an entry is not signed by the device that it names.
        """
        ground, at = self._ground, stamp(self._ground.hall.clock.now())
        keys = ground.read(recovery.device_keys)
        foreign: list[recovery.Foreign] = []
        common_seq, prev = new.common_seq, before
        is_same = epoch == new.own.epoch and new.reason != "new" and after == common_seq
        for seq, sent in enumerate(entries, after + 1):
            digest, signature = entry_hash(prev, sent.content), bytes.fromhex(sent.signature)
            said = _read(sent.content)
            key = keys.get(said[2])
            # a device that this file has never heard of is vouched for by the hub, which signed the page
            if key is not None and not is_signed(key, digest, signature):
                raise LineDown("bad_reply", f"entry {epoch}/{seq} is not what its device signed")
            is_same = is_same and self._own_hash(epoch, seq) == digest.hex()
            if is_same:
                common_seq = seq
            else:
                foreign.append(
                    recovery.Foreign(epoch, seq, said[0], said[1], sent.content, prev, digest, signature, at)
                )
            prev = digest
        return foreign, common_seq, ChainMark(epoch, after + len(entries), prev.hex())

    def _own_hash(self, epoch: int, seq: int) -> str | None:
        return self._ground.read(lambda reading: chain.hash_at(reading, epoch, seq))

    def _begin(self, new: NewEpoch) -> None:
        """The first entry of the new epoch, with everything that makes it the running one."""
        hall, epoch = self._ground.hall, new.epoch
        assert epoch is not None

        def job() -> None:
            with hall.writing() as work:
                own = ChainMark(hall.epoch, *chain.end_of(work, hall.epoch))
                body: dict[str, object] = {
                    "epoch": epoch,
                    "public_key": hall.device.public_key.hex(),
                    "trade": hall.hall.trade,
                    "old_epoch": own.epoch,
                    "reason": new.reason,
                    "common": new.common_seq,
                    "own": [own.seq, own.hash],
                    "hub": [new.hub.seq, new.hub.hash] if new.hub else None,
                }
                recovery.move_device(work, hall.device.device_id, epoch)
                replace(hall.journal, epoch=epoch).append(work, self._draft("epoch.start", body, new.approver_no))
                keep(work, new_epoch=replace(new, stage="begun", own=own), acked=first_mark(epoch), outstanding=None)
            hall.begin_epoch(epoch)

        self._ground.on_writer(job)

    def _carry(self, new: NewEpoch) -> None:
        """Some of what the hub lacks into the new chain; at the end, what vouches for what the file lacked."""
        hall, epoch = self._ground.hall, new.epoch
        assert epoch is not None

        def job() -> None:
            if hall.epoch != epoch:
                # its COMMIT was uncertain, and the file says now that it was done
                hall.begin_epoch(epoch)
            with hall.writing() as work:
                after = new.common_seq + recovery.rechained_count(work, epoch)
                links = chain.waiting(work, new.own.epoch, after, most=MOST_CARRIED, most_bytes=wire.MOST_BYTES // 2)
                for link in links:
                    hall.journal.append(work, self._draft(recovery.RECHAIN, _carried(link), new.approver_no))
                if links:
                    return
                for given_epoch in recovery.epochs_given_back(work, epoch)[:1]:
                    given = recovery.GivenBack.read(work, given_epoch)
                    draft = replace(self._draft(recovery.CHAIN, given.body, new.approver_no), postings=given.postings)
                    entry = hall.journal.append(work, draft)
                    recovery.settle(work, given, entry=entry.id, at=stamp(entry.place.at))
                    return
                keep(work, new_epoch=replace(new, stage="written"))

        self._ground.on_writer(job)

    def _draft(self, kind: str, body: dict[str, object], approver_no: str | None) -> Draft:
        on = self._ground.hall.clock.now().date()
        return Draft(kind=kind, body=body, staff_no=SYSTEM, business_date=on, approver_no=approver_no)


def _carried(link: chain.Link) -> dict[str, object]:
    """An entry as another one carries it; what was itself only carried is not wrapped a second time."""
    content = json.loads(link.content)
    if content["kind"] == recovery.RECHAIN:
        body: dict[str, object] = content["body"]
        return body
    return {"content": link.content, "prev_hash": link.prev_hash.hex(), "signature": link.signature.hex()}


def _read(content: str) -> tuple[str, str, str]:
    """Id, kind and device of an entry.

    Raises:
        LineDown: the hub's text is no entry.
    """
    try:
        said = json.loads(content)
        return str(said["entry_id"]), str(said["kind"]), str(said["device_id"])
    except (ValueError, KeyError, TypeError, RecursionError) as error:
        raise LineDown("bad_reply", "an entry without its form") from error
