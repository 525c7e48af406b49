"""Every question of the contract through the handler, signatures and data base included."""

from __future__ import annotations

import gzip
import hashlib
import json
from datetime import date
from typing import TypeVar

import pytest
from sqlalchemy import select

from counter_app.domain.journal import Draft, Place, content_of
from counter_app.hub import tables as t
from counter_app.hub.database import Database
from counter_app.hub.entries import hash_of
from counter_app.hub.handler import Hub
from counter_app.hub.routes import ROUTES
from counter_app.sync.wire import (
    NO_HASH,
    ChainPage,
    Done,
    EpochIssued,
    Fate,
    FoundRows,
    Mark,
    MasterOffer,
    Message,
    NewEpoch,
    Refusal,
    Sent,
    Snapshot,
    SnapshotPart,
    Upload,
    Uploaded,
    Why,
)
from tests.hub.line import NOON, Gadget, HandlerLine, a_code, a_hub, enrolled

M = TypeVar("M", bound=Message)


@pytest.fixture
def hub(database: Database) -> Hub:
    """An empty hub."""
    return a_hub(database)


@pytest.fixture
def gadget(hub: Hub) -> Gadget:
    """A counter of a hall."""
    return enrolled(hub)


def said(kind: type[M], answer: tuple[int, bytes]) -> M:
    assert answer[0] == 200, answer
    return kind.model_validate_json(answer[1])


def no(answer: tuple[int, bytes]) -> Why:
    return Refusal.model_validate_json(answer[1]).why


def an_entry(gadget: Gadget, seq: int, prev_hash: str, kind: str = "shift.note") -> tuple[Sent, str]:
    place = Place("h", gadget.counter_id, gadget.device_id, 1, seq, f"e{seq}", NOON, "boot", 0, "0.1.0", 1, "r")
    content = content_of(Draft(kind, {}, "1001", date(2026, 11, 21)), place)
    digest = hash_of(prev_hash, content)
    return Sent(content=content, signature=gadget.key.sign(bytes.fromhex(digest)).hex()), digest


def upload(gadget: Gadget, first_seq: int, prev_hash: str, *entries: Sent) -> tuple[int, bytes]:
    asked = Upload(proto=1, first_seq=first_seq, prev_hash=prev_hash, entries=entries)
    return gadget.ask("POST", f"/v1/chains/{gadget.counter_id}/1", asked.model_dump_json().encode())


def test_entries_go_up_are_acknowledged_and_can_be_had_back(gadget: Gadget) -> None:
    one, first = an_entry(gadget, 1, NO_HASH)
    two, second = an_entry(gadget, 2, first)
    answer = said(Uploaded, upload(gadget, 1, NO_HASH, one, two))
    assert answer.upto == answer.hub.head == Mark(n=2, hash=second)
    again = said(Uploaded, upload(gadget, 1, NO_HASH, one, two))
    assert again.fates == (Fate.KNOWN, Fate.KNOWN)
    assert again.next_nonce == answer.next_nonce
    page = said(ChainPage, gadget.ask("GET", f"/v1/chains/{gadget.counter_id}/1?after=1"))
    assert (page.entries, page.is_end) == ((two,), True)


def test_a_packed_upload_is_signed_as_it_is_sent(gadget: Gadget) -> None:
    asked = Upload(proto=1, first_seq=1, prev_hash=NO_HASH).model_dump_json().encode()
    target, packed = f"/v1/chains/{gadget.counter_id}/1", gzip.compress(asked)
    assert gadget.ask("POST", target, packed, {"Content-Encoding": "gzip"})[0] == 200


def test_a_second_copy_is_told_and_the_evidence_stays(hub: Hub, gadget: Gadget) -> None:
    one, first = an_entry(gadget, 1, NO_HASH)
    other, _ = an_entry(gadget, 1, NO_HASH, "shift.other")
    assert upload(gadget, 1, NO_HASH, one)[0] == 200
    assert no(upload(gadget, 1, NO_HASH, other)) is Why.CLONED
    with hub.database.transaction() as connection:
        assert connection.execute(select(t.evidence.c.kind)).scalars().all() == ["cloned"]
        assert connection.execute(select(t.chain_heads.c.n, t.chain_heads.c.hash)).one() == (1, first)


def test_a_gap_is_told_with_the_hubs_state(gadget: Gadget) -> None:
    answer = upload(gadget, 7, "ab" * 32)
    assert no(answer) is Why.GAP
    refusal = Refusal.model_validate_json(answer[1])
    assert refusal.hub is not None
    assert refusal.next_nonce is not None
    gadget.nonce = refusal.next_nonce
    assert upload(gadget, 1, NO_HASH)[0] == 200, "the nonce of a gap is kept with the refusal"


def test_the_chain_of_another_counter_is_nobodys_business(hub: Hub, gadget: Gadget) -> None:
    other = enrolled(hub, 2, counter_code="04")
    assert no(other.ask("GET", f"/v1/chains/{gadget.counter_id}/1")) is Why.NOT_FOUND
    stolen = Upload(proto=1, first_seq=1, prev_hash=NO_HASH).model_dump_json().encode()
    assert no(other.ask("POST", f"/v1/chains/{gadget.counter_id}/1", stolen)) is Why.EPOCH_CLOSED


def test_a_newer_protocol_is_told_the_floor(gadget: Gadget) -> None:
    asked = json.dumps({"proto": 9, "first_seq": 1, "prev_hash": NO_HASH, "entries": [], "news": 1}).encode()
    status, body = gadget.ask("POST", f"/v1/chains/{gadget.counter_id}/1", asked)
    assert (status, Refusal.model_validate_json(body).floor_proto) == (426, 1)


STAFF = {"staff_no": "2001", "name": "赵敏", "role": "supervisor", "state": "active", "verifier": "v",
         "must_change_password": 0}  # fmt: skip


def offered(hub: Hub) -> tuple[Gadget, bytes]:
    """The first counter of a hall that worked alone, and a part of its master data."""
    gadget = Gadget(HandlerLine(hub))
    status, answer = gadget.enrol(a_code(hub), hall_id="own")
    assert status == 200
    assert answer.wants_master
    return gadget, gzip.compress(json.dumps(["staff", json.dumps(STAFF)]).encode() + b"\n", mtime=0)


def test_the_first_counters_master_data_goes_up_and_comes_down_as_a_snapshot(hub: Hub) -> None:
    gadget, content = offered(hub)
    kind = {"Content-Type": "application/gzip"}
    said(Done, gadget.ask("PUT", "/v1/master/u1/0", content, kind))
    assert no(gadget.ask("POST", "/v1/snapshots")) is Why.BUSY
    part = SnapshotPart(part=0, rows=1, sha256=hashlib.sha256(content).hexdigest())
    said(Done, gadget.ask("POST", "/v1/master/u1", MasterOffer(parts=(part,)).model_dump_json().encode()))
    found = said(Snapshot, gadget.ask("POST", "/v1/snapshots"))
    status, body = gadget.ask("GET", f"/v1/snapshots/{found.snapshot_id}/0")
    assert (status, hashlib.sha256(body).hexdigest()) == (200, found.parts[0].sha256)
    rows = [json.loads(line) for line in gzip.decompress(body).decode().splitlines()]
    assert "staff" in [row[0] for row in rows]
    assert no(gadget.ask("GET", f"/v1/snapshots/{found.snapshot_id}/9")) is Why.NOT_FOUND
    other = enrolled(hub, 2, counter_code="04")
    assert other.ask("GET", f"/v1/snapshots/{found.snapshot_id}/0")[0] == 200


def test_another_hall_has_another_snapshot(hub: Hub) -> None:
    gadget, other = enrolled(hub, 1), enrolled(hub, 2, hall_code="NB02")
    found = said(Snapshot, gadget.ask("POST", "/v1/snapshots"))
    assert no(other.ask("GET", f"/v1/snapshots/{found.snapshot_id}/0")) is Why.NOT_FOUND


def test_a_new_epoch_needs_a_supervisor_of_the_hall(hub: Hub) -> None:
    gadget, content = offered(hub)
    asked = NewEpoch(proto=1, epoch=1, last=Mark(n=0, hash=NO_HASH), reason="restored", approver_no="2001")
    body = asked.model_dump_json().encode()
    assert no(gadget.ask("POST", "/v1/epochs", body)) is Why.NEEDS_SUPERVISOR
    said(Done, gadget.ask("PUT", "/v1/master/u1/0", content, {"Content-Type": "application/gzip"}))
    assert said(EpochIssued, gadget.ask("POST", "/v1/epochs", body)).epoch == 2
    assert said(EpochIssued, gadget.ask("POST", "/v1/epochs", body)).epoch == 2


def test_a_record_that_no_entry_named_is_not_taken(gadget: Gadget) -> None:
    kind = {"Content-Type": "application/octet-stream"}
    assert no(gadget.ask("PUT", "/v1/records/r1", b"content", kind)) is Why.NOT_FOUND


def test_a_customer_is_looked_for_by_whoever_may(hub: Hub) -> None:
    gadget, content = offered(hub)
    said(Done, gadget.ask("PUT", "/v1/master/u1/0", content, {"Content-Type": "application/gzip"}))
    asked = {"kind": "account", "term": "99999999", "staff_no": "1001"}
    assert no(gadget.ask("POST", "/v1/customers/find", json.dumps(asked).encode())) is Why.NEEDS_SUPERVISOR
    asked["staff_no"] = "2001"
    assert said(FoundRows, gadget.ask("POST", "/v1/customers/find", json.dumps(asked).encode())).rows == ()


def test_every_route_asks_for_a_device_but_three(hub: Hub) -> None:
    opened = {route.name for route in ROUTES if route.access != "device"}
    assert opened == {"health", "authority", "enrol"}
    line = HandlerLine(hub)
    for route in ROUTES:
        if route.access == "device":
            target = route.path.replace("{epoch}", "1").replace("{part}", "1")
            for name in ("counter_id", "snapshot_id", "upload_id", "record_id", "approval_id"):
                target = target.replace(f"{{{name}}}", "x")
            status, headers, _ = line.call(route.method, target, {}, b"")
            assert (status, "Hub-Signature" in headers) == (401, False), route.name
