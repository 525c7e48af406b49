"""The first counter of a hall that worked alone sends its master data up: part by part, each kept before it is sent."""

from __future__ import annotations

import base64
import json
from collections.abc import Callable
from dataclasses import replace

from counter_app.domain.packed_rows import PART_BYTES, PART_ROWS, line_of, part_of
from counter_app.domain.sync_state import NO_HASH, FeedMark, Offer
from counter_app.storage.master_rows import KINDS, master_rows
from counter_app.storage.sql import Reading, Writing
from counter_app.storage.sync_state import keep, keep_text, kept_text, read_state
from counter_app.sync import wire
from counter_app.sync.contact import Contact
from counter_app.sync.ground import Ground

PARTS_A_ROUND = 5

_PART, _PARTS = "offer.part", "offer.parts"
"""The part that is about to be sent with the row behind it, and the parts that the hub has."""


class MasterOffers:
    """Sends the offer. A part goes up again with the same bytes, whatever has changed here since it was made: what
    happens at the counter meanwhile goes up with its entries.
    """

    def __init__(self, ground: Ground, contact: Contact) -> None:
        self._ground, self._contact = ground, contact

    def send(self) -> wire.Refusal | bool:
        """Some parts; whether more are to come. After a refusal the same part goes up again: before the hub has all of
        it, nothing comes down, for the hub does not know yet what this hall has.

        Raises:
            LineDown: no answer; the same part again.
        """
        state = self._ground.state()
        if state.enrolment is None or not state.enrolment.wants_master:
            return False
        for _ in range(PARTS_A_ROUND):
            offer = self._ground.state().offer or Offer(self._ground.hall.device.device_id, 0, KINDS[0], "")
            pending = self._pending(offer)
            if pending is None:
                return self._close(offer)
            said = self._put(offer, pending["content"])
            if isinstance(said, wire.Refusal):
                return said
            self._ground.write(_taken(offer, pending))
        return True

    def _pending(self, offer: Offer) -> dict[str, str] | None:
        kept = self._ground.read(lambda reading: kept_text(reading, _PART))
        if kept is None:
            kept = self._ground.read(lambda reading: _next_part(reading, offer))
            if kept is None:
                return None
            made = kept
            self._ground.write(lambda work: keep_text(work, _PART, made))
        found: dict[str, str] = json.loads(kept)
        return found

    def _put(self, offer: Offer, content: str) -> wire.Done | wire.Refusal:
        return self._contact.ask(
            "PUT",
            f"/v1/master/{offer.upload_id}/{offer.parts}",
            nonce=self._ground.state().nonce or "",
            answer=wire.Done,
            body=base64.b64decode(content),
            content_type="application/gzip",
        )

    def _close(self, offer: Offer) -> wire.Refusal | bool:
        lines = (self._ground.read(lambda reading: kept_text(reading, _PARTS)) or "").splitlines()
        parts = [(int(rows), sha256) for rows, sha256 in (line.split(" ") for line in lines)]
        said = self._contact.ask(
            "POST",
            f"/v1/master/{offer.upload_id}",
            nonce=self._ground.state().nonce or "",
            answer=wire.Done,
            body=wire.MasterOffer(
                parts=tuple(wire.SnapshotPart(part=n, rows=rows, sha256=sha) for n, (rows, sha) in enumerate(parts))
            )
            .model_dump_json()
            .encode(),
        )
        if isinstance(said, wire.Refusal):
            return said
        self._end(FeedMark(said.hub.generation, 0, NO_HASH))
        return False

    def _end(self, feed: FeedMark) -> None:
        """The hub has all of it, and what it told before is told by its feed from `feed` on."""

        def done(work: Writing) -> None:
            keep_text(work, _PART, None)
            keep_text(work, _PARTS, None)
            enrolment = read_state(work).enrolment
            assert enrolment is not None
            keep(work, offer=None, enrolment=replace(enrolment, wants_master=False), feed=feed)

        self._ground.write(done)


def _next_part(reading: Reading, offer: Offer) -> str | None:
    lines, size, last = list[str](), 0, None
    for row in master_rows(reading, offer.kind, offer.after):
        line = line_of(row.kind, row.body)
        if lines and (len(lines) == PART_ROWS or size + len(line) > PART_BYTES):
            break
        lines.append(line)
        size, last = size + len(line), row
    if last is None:
        return None
    part = part_of(lines)
    content = base64.b64encode(part.content).decode()
    said = {"kind": last.kind, "after": last.key, "rows": str(part.rows), "sha256": part.sha256, "content": content}
    return json.dumps(said)


def _taken(offer: Offer, pending: dict[str, str]) -> Callable[[Writing], None]:
    def job(work: Writing) -> None:
        before = kept_text(work, _PARTS) or ""
        keep_text(work, _PARTS, f"{before}{pending['rows']} {pending['sha256']}\n")
        keep_text(work, _PART, None)
        keep(work, offer=Offer(offer.upload_id, offer.parts + 1, pending["kind"], pending["after"]))

    return job
