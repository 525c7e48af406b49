"""A counter's day, made and signed beforehand: the uploads in their order, and what the hub has to say to them."""

from __future__ import annotations

import json
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from random import Random
from typing import NamedTuple

from counter_app.domain.journal import Draft, Place, Posting, content_of
from counter_app.hub.entries import hash_of
from counter_app.sync.wire import NO_HASH
from tests.scale.world import LATE_FEE_FEN, PRINCIPAL_FEN, TELLER, Size, key_of

DAY = date(2026, 11, 21)
OPENS_AT = datetime(2026, 11, 21, 0, 30, tzinfo=UTC)


class Sending(NamedTuple):
    """One upload: its body, how many entries it has, and the mark that acknowledges it."""

    body: bytes
    entries: int
    upto: int
    hash: str


def make_day(size: Size, hall: int, number: int) -> list[Sending]:
    """All uploads of one counter."""
    device = size.counter(hall, number)
    key, chance = key_of(device), Random(f"day {device}")
    made, batch, first, before, last = list[Sending](), list[dict[str, str]](), 1, NO_HASH, NO_HASH
    wanted = chance.randint(1, 2 * size.each - 1)
    for payment in range(size.payments):
        content = _payment(size, hall, number, payment)
        last = hash_of(last, content)
        batch.append({"content": content, "signature": key.sign(bytes.fromhex(last)).hex()})
        if len(batch) == wanted or payment == size.payments - 1:
            said = {"proto": 1, "first_seq": first, "prev_hash": before, "entries": batch}
            body = json.dumps(said, ensure_ascii=False, separators=(",", ":")).encode()
            made.append(Sending(body, len(batch), payment + 1, last))
            batch, first, before = [], payment + 2, last
            wanted = chance.randint(1, 2 * size.each - 1)
    return made


def beat(day: list[Sending], done: int) -> bytes:
    """The upload that says "here I am" behind the first `done` of a day."""
    upto, digest = (day[done - 1].upto, day[done - 1].hash) if done else (0, NO_HASH)
    return json.dumps({"proto": 1, "first_seq": upto + 1, "prev_hash": digest, "entries": []}).encode()


def keep_day(folder: Path, size: Size, hall: int, number: int) -> None:
    """Make a day and put it into a file: making it must not take the hub's processor while it is measured."""
    lines = [f"{one.entries} {one.upto} {one.hash} ".encode() + one.body for one in make_day(size, hall, number)]
    (folder / size.counter(hall, number)).write_bytes(b"\n".join(lines))


def kept_day(folder: Path, size: Size, hall: int, number: int) -> list[Sending]:
    """The day that was put aside."""
    made = []
    for line in (folder / size.counter(hall, number)).read_bytes().split(b"\n"):
        count, upto, digest, body = line.split(b" ", 3)
        made.append(Sending(body, int(count), int(upto), digest.decode()))
    return made


def _payment(size: Size, hall: int, number: int, payment: int) -> str:
    device = size.counter(hall, number)
    bill, account = size.bill_of(payment, number)
    intent, shift = f"{device}-i{payment:06}", f"shift-{device}"
    fen = PRINCIPAL_FEN + LATE_FEE_FEN
    receipt_no = f"H{hall:04}-{number + 1:02}-2026-{payment + 1:06}"
    facts = hash_of(NO_HASH, receipt_no)
    body = {
        "account_id": account,
        "books": [],
        "change_fen": 0,
        "late_fee_rules": {f"B{bill}": "2016"},
        "prepaid_stored_fen": 0,
        "prepaid_used_fen": 0,
        "receipt": {"facts_sha256": facts, "receipt_no": receipt_no, "serial": payment + 1, "year": 2026},
        "received_fen": fen,
        "redirect_reason": "",
        "restored": [],
        "settled_fen": fen,
        "settlements": [[f"{intent}:B{bill}", bill, PRINCIPAL_FEN, LATE_FEE_FEN, 0]],
        "tenders": [["cash", fen, "", "", "", None]],
    }
    postings = (
        Posting("drawer", shift, fen),
        Posting("late_fee", str(bill), -LATE_FEE_FEN),
        Posting("receivable", str(bill), -PRINCIPAL_FEN),
    )
    draft = Draft(
        "payment.take", body, TELLER, DAY, postings, shift, customer_id=account - size.customers, intent_id=intent
    )
    at = OPENS_AT + timedelta(seconds=90 * payment)
    place = Place(
        size.hall(hall), device, device, 1, payment + 1, f"{device}-e{payment:06}", at, "boot", 1_000 * payment, "1",
        8, "telecom/2016",
    )  # fmt: skip
    return content_of(draft, place)
