"""A restored, cloned or rebuilt counter goes on under a new epoch: each step is kept, so that a crash goes on from it.

Nothing is dropped: what the hub lacks is carried into the new chain under its own id, what the file lacks is fetched
and vouched for.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace

from counter_app.domain.journal import GENESIS, Draft, entry_hash
from counter_app.domain.sync_state import CarryMark, ChainMark, EpochEnd, NewEpoch
from counter_app.storage import chain, given_lines, recovery
from counter_app.storage.device import is_signed
from counter_app.storage.given_lines import epoch_of
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
        self._carried_before: set[str] | None = None
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
        issued = replace(
            new,
            stage="issued",
            epoch=answer.epoch,
            hub=ChainMark(own.epoch, answer.old_head.n, answer.old_head.hash),
            fetching=EpochEnd(1, 0, 0),
        )
        ground.keep(new_epoch=issued, nonce=answer.next_nonce, outstanding=None)
        return None

    def _fetch(self, new: NewEpoch) -> wire.Refusal | None:
        """One page of what the hub has of the epochs before the new one, held against what is here."""
        at = new.fetching
        assert at is not None
        assert new.epoch is not None
        epoch = epoch_of(at.epoch)
        guess = 0 if new.is_proven else self._guess(new, epoch)
        # the entry that both should have is asked for again: where it is the same one, so is all before it
        after = max(guess - 1, 0) if guess else at.hub_seq
        answer = self._contact.ask(
            "GET",
            f"/v1/chains/{self._ground.counter_id}/{epoch}?after={after}",
            nonce=self._ground.state().nonce or "",
            answer=wire.ChainPage,
        )
        entries: tuple[wire.Sent, ...] = ()
        if isinstance(answer, wire.ChainPage):
            entries = answer.entries
        elif answer.why is not wire.Why.NOT_FOUND:
            return answer
        if guess and not self._is_proof(epoch, guess, entries):
            # both are held together from the first entry on
            self._ground.keep(new_epoch=replace(new, is_proven=True))
            return None
        if guess:
            at = EpochEnd(epoch, self._common_at(epoch, guess), guess)
            entries = entries[1:]
        foreign, at = self._compared(new, at, entries)
        is_end = isinstance(answer, wire.Refusal) or answer.is_end
        if not is_end and not entries:
            raise LineDown("bad_reply", "a page of a chain without entries and without an end")
        fetched = replace(new, fetching=at, is_proven=True)
        if is_end:
            is_last = epoch + 1 == new.epoch
            following = None if is_last else EpochEnd(epoch + 1, 0, 0)
            fetched = replace(new, fetching=following, is_proven=False, ends=(*new.ends, at))
            fetched = replace(fetched, stage="fetched") if is_last else fetched

        def act(work: Writing) -> None:
            recovery.add_foreign(work, foreign)
            keep(work, new_epoch=fetched)

        self._ground.write(act)
        return None

    def _guess(self, new: NewEpoch, epoch: int) -> int:
        """Up to where the hub should have what is here; wrong only where it has lost some, or the file is a branch."""
        given = self._ground.read(lambda reading: recovery.foreign_range(reading, epoch))
        if given is not None:
            lines = self._ground.read(lambda reading: given_lines.lines_of(reading, epoch))
            # two histories of the hub gave this epoch back: which one it has now is told from the first entry on
            return given[1] if len(lines) == 1 else 0
        if new.reason == "new" or epoch > new.own.epoch:
            return 0
        if epoch < new.own.epoch:
            return self._ground.read(lambda reading: chain.end_of(reading, epoch))[0]
        acked = self._ground.state().acked
        return min(acked.seq, new.hub.seq if new.hub else 0) if acked is not None and acked.epoch == epoch else 0

    def _is_proof(self, epoch: int, guess: int, entries: tuple[wire.Sent, ...]) -> bool:
        before, wanted = self._known_hash(epoch, guess - 1), self._known_hash(epoch, guess)
        return bool(entries) and before is not None and entry_hash(before, entries[0].content) == wanted

    def _common_at(self, epoch: int, guess: int) -> int:
        """What is the same in the file's own chain, where `guess` is proven: what was given back begins behind it."""
        given = self._ground.read(lambda reading: recovery.foreign_range(reading, epoch))
        return given[0] - 1 if given is not None else guess

    def _compared(
        self, new: NewEpoch, at: EpochEnd, entries: tuple[wire.Sent, ...]
    ) -> tuple[list[recovery.Foreign], EpochEnd]:
        """Those of the hub's entries that the file lacks, and how far both are now.

        Raises:
            LineDown: an entry is not signed by the device that it names.
        """
        ground, now, epoch = self._ground, stamp(self._ground.hall.clock.now()), epoch_of(at.epoch)
        keys = ground.read(recovery.device_keys)
        first, last = at.hub_seq + 1, at.hub_seq + len(entries)
        lines = ground.read(lambda reading: given_lines.Lines.read(reading, epoch, first, last))
        foreign: list[recovery.Foreign] = []
        prev = self._hash_at(at) or GENESIS
        for sent in entries:
            seq, digest, signature = at.hub_seq + 1, entry_hash(prev, sent.content), bytes.fromhex(sent.signature)
            said = _read(sent.content)
            key = keys.get(said[2])
            # a device that this file has never heard of is vouched for by the hub, which signed the page
            if key is not None and not is_signed(key, digest, signature):
                # a hub that goes back between two pages goes on with other entries: all of the epoch is asked for again
                ground.keep(new_epoch=replace(new, fetching=EpochEnd(epoch, 0, 0), is_proven=True))
                raise LineDown("bad_reply", f"entry {epoch}/{seq} is not what its device signed")
            if at.common_seq == at.hub_seq and self._own_hash(epoch, seq) == digest:
                at = EpochEnd(epoch, seq, seq)
            else:
                line, is_new = lines.place(seq, prev, digest)
                at = EpochEnd(line, at.common_seq, seq)
                row = recovery.Foreign(line, seq, said[0], said[1], sent.content, prev, digest, signature, now)
                foreign += [row] if is_new else []
            prev = digest
        return foreign, at

    def _known_hash(self, epoch: int, seq: int) -> bytes | None:
        """The hash that the hub should have at a place: what it gave back, else what the file has of its own."""
        given = self._ground.read(lambda reading: given_lines.hash_in(reading, epoch, seq))
        return given if given is not None else self._own_hash(epoch, seq)

    def _hash_at(self, at: EpochEnd) -> bytes | None:
        """The hash of the last entry that was compared."""
        if at.common_seq == at.hub_seq:
            return self._own_hash(at.epoch, at.hub_seq)
        return self._ground.read(lambda reading: given_lines.hash_in(reading, at.epoch, at.hub_seq))

    def _own_hash(self, epoch: int, seq: int) -> bytes | None:
        if seq == 0:
            return GENESIS
        found = self._ground.read(lambda reading: chain.hash_at(reading, epoch, seq))
        return None if found is None else bytes.fromhex(found)

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
                    "common": next((end.common_seq for end in new.ends if epoch_of(end.epoch) == own.epoch), 0),
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
                mark, links = self._lacking(work, new)
                for link in links:
                    hall.journal.append(work, self._draft(recovery.RECHAIN, _carried(link), new.approver_no))
                if mark is not None:
                    keep(work, new_epoch=replace(new, carried=mark))
                    return
                for given in recovery.given_back(work)[:1]:
                    draft = replace(self._draft(recovery.CHAIN, given.body, new.approver_no), postings=given.postings)
                    entry = hall.journal.append(work, draft)
                    recovery.settle(work, given, entry=entry.id, at=stamp(entry.place.at))
                    return
                keep(work, new_epoch=replace(new, stage="written"))

        self._ground.on_writer(job)

    def _lacking(self, work: Writing, new: NewEpoch) -> tuple[CarryMark | None, tuple[chain.Link, ...]]:
        """The next entries that the hub lacks, and the mark behind them; no mark where there are none left.

        What an epoch carries over already goes up as part of that epoch, and not a second time.
        """
        assert new.epoch is not None
        at = new.carried or CarryMark(is_given=False, epoch=1, seq=0)
        ends = {epoch_of(end.epoch): end for end in new.ends}
        lines = given_lines.all_lines(work)
        if self._carried_before is None:
            self._carried_before = recovery.carried_ids(work, new.epoch)
        for is_given in (False, True)[at.is_given :]:
            begin = at.epoch if is_given is at.is_given else 1
            for epoch in (line for line in (lines if is_given else range(1, new.epoch)) if line >= begin):
                after = at.seq if (is_given, epoch) == (at.is_given, at.epoch) else 0
                end = ends.get(epoch_of(epoch), EpochEnd(epoch, 0, 0))
                if is_given:
                    after = max(after, given_lines.had_by_hub(work, end).get(epoch, 0))
                    links = recovery.foreign_after(work, epoch, after, most=MOST_CARRIED)
                else:
                    after = max(after, end.common_seq)
                    links = chain.waiting(work, epoch, after, most=MOST_CARRIED, most_bytes=wire.MOST_BYTES // 2)
                if links:
                    mark = CarryMark(is_given, epoch, links[-1].seq)
                    return mark, tuple(one for one in links if _read(one.content)[0] not in self._carried_before)
        return None, ()

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
