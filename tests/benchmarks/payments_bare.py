"""The script that a payment is measured against: plain statements, everything known beforehand."""

from __future__ import annotations

import hashlib
import json
import uuid
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from counter_app.domain.journal import HASH_DOMAIN
from counter_app.services.payments import Order
from counter_app.services.receipt_facts import BLANK_HASH
from counter_app.storage.device import Device
from counter_app.storage.driver import connect, find_driver
from counter_app.storage.hall import KEY_FOLDER
from counter_app.storage.keys import KeyFiles
from counter_app.storage.sql import DriverConnection
from counter_app.storage.store import FILE_NAME

_ENTRY = (
    "INSERT INTO entries (epoch, seq, entry_id, intent_id, kind, staff_no, shift_id, customer_id, business_date, at,"
    " device_id, content, prev_hash, hash, signature)"
    " VALUES (1, ?, ?, ?, 'payment.take', '1001', ?, ?, ?, ?, ?, ?, ?, ?, ?)"
)
_POSTING = "INSERT INTO postings (entry, line, account, subject, amount_fen) VALUES (?, ?, ?, ?, ?)"
_BALANCE = (
    "INSERT INTO balances VALUES (?, ?, ?) ON CONFLICT (account, subject)"
    " DO UPDATE SET balance_fen = balance_fen + excluded.balance_fen"
)
_SERIAL = (
    "INSERT INTO receipt_series VALUES ('c1', 2026, 1) ON CONFLICT (counter_id, year)"
    " DO UPDATE SET last_serial = last_serial + 1 RETURNING last_serial"
)
_PAYMENT = "INSERT INTO payments VALUES (?, ?, ?, ?, ?, '1001', ?, ?, ?, ?, 0, 0, 0, ?)"
_TENDER = "INSERT INTO payment_tenders VALUES (?, 1, 'cash', ?, '', '', '', NULL)"
_SETTLEMENT = (
    "INSERT INTO settlements (settlement_id, bill_id, settled_on, principal_fen, late_fee_fen, cost_fen, source,"
    " channel, entry) VALUES (?, ?, ?, ?, ?, 0, 'counter', 'counter', ?)"
)
_RECEIPT = "INSERT INTO receipts VALUES (?, 'c1', 2026, ?, ?, ?, ?, ?)"
_INTENT = "INSERT INTO intents VALUES (?, 'payment.take', ?, ?, '1001', ?, ?, 'begun', NULL)"
_BLANK = {"entry_id": "", "entry_hash": BLANK_HASH}


@dataclass(frozen=True, slots=True)
class Known:
    """What the script knows beforehand of one payment, down to the text of entry and receipt but for their numbers."""

    intent_id: str
    customer_id: int
    account_id: int
    bill_ids: tuple[int, ...]
    principal_fen: tuple[int, ...]
    late_fee_fen: tuple[int, ...]
    content: dict[str, Any]
    facts: dict[str, Any]

    @property
    def total_fen(self) -> int:
        """What is paid."""
        return sum(self.principal_fen) + sum(self.late_fee_fen)


def known_of(order: Order, content: str, facts: str) -> Known:
    """The order as the script knows it; entry and receipt are as long as those of the program."""
    lines = order.previewed.lines
    return Known(
        order.intent_id,
        order.customer_id,
        order.account_id,
        tuple(line.bill.bill_id for line in lines),
        tuple(line.share.principal_fen for line in lines),
        tuple(line.share.late_fee_fen for line in lines),
        json.loads(content),
        json.loads(facts),
    )


class Script:
    """A connection with the settings of the program's own, and the device that signs."""

    def __init__(self, folder: Path, shift_id: str) -> None:
        self.connection: DriverConnection = connect(find_driver(), folder / FILE_NAME, key=None, is_writer=True)
        secret = KeyFiles(folder / KEY_FOLDER).read("device")
        assert secret is not None
        self.device = Device.from_secret(secret)
        self.shift_id = shift_id

    def begin(self, known: Known) -> None:
        """The intent, in a commit of its own."""
        run = self.connection.execute
        run("BEGIN IMMEDIATE")
        run(_INTENT, (known.intent_id, known.customer_id, self.shift_id, known.total_fen, _now()))
        run("COMMIT")

    def pay(self, known: Known) -> None:
        """One payment in one commit."""
        run, many = self.connection.execute, self.connection.executemany
        run("BEGIN IMMEDIATE")
        seq, prev_hash = _first(run("SELECT seq, hash FROM journal_head WHERE epoch = 1").fetchone())
        marks = ", ".join("?" * len(known.bill_ids))
        run(f"SELECT id, principal_fen FROM bills WHERE id IN ({marks})", known.bill_ids).fetchall()
        (serial,) = _first(run(_SERIAL).fetchone())
        payment_id, at = str(uuid.uuid4()), _now()
        receipt_no = f"BIG-1-2026-{serial:06d}"
        facts = _canonical({**known.facts, "receipt_no": receipt_no, "serial": serial, **_BLANK})
        digest = hashlib.sha256(facts.encode()).hexdigest()
        receipt = {"receipt_no": receipt_no, "year": 2026, "serial": serial, "facts_sha256": digest}
        named = {"seq": seq + 1, "at": at, "entry_id": payment_id, "intent_id": known.intent_id}
        content = _canonical({**known.content, **named, "body": {**known.content["body"], "receipt": receipt}})
        hashed = hashlib.sha256(HASH_DOMAIN + prev_hash + content.encode()).digest()
        facts = facts.replace('"entry_id":""', f'"entry_id":"{payment_id}"')
        facts = facts.replace(f'"entry_hash":"{BLANK_HASH}"', f'"entry_hash":"{hashed.hex()}"')
        entry = run(
            _ENTRY,
            (
                *(seq + 1, payment_id, known.intent_id, self.shift_id, known.customer_id, at[:10], at),
                *(self.device.device_id, content, prev_hash, hashed, self.device.sign(hashed)),
            ),
        ).lastrowid
        assert entry is not None
        run("UPDATE journal_head SET seq = ?, hash = ? WHERE epoch = 1", (seq + 1, hashed))
        postings = self._postings(known)
        many(_POSTING, [(entry, line, *posting) for line, posting in enumerate(postings, 1)])
        many(_BALANCE, postings)
        total_fen = known.total_fen
        ids = (known.customer_id, known.account_id, self.shift_id)
        run(_PAYMENT, (payment_id, entry, *ids, at[:10], at, total_fen, total_fen, receipt_no))
        run(_TENDER, (payment_id, total_fen))
        many(_SETTLEMENT, self._settlements(known, at[:10], entry))
        run(_RECEIPT, (receipt_no, serial, payment_id, entry, facts, digest))
        run("UPDATE intents SET state = 'recorded', entry = ? WHERE intent_id = ?", (entry, known.intent_id))
        run("COMMIT")

    def _postings(self, known: Known) -> list[tuple[str, str, int]]:
        postings = [("drawer", self.shift_id, known.total_fen)]
        for bill_id, principal_fen, late_fee_fen in zip(
            known.bill_ids, known.principal_fen, known.late_fee_fen, strict=True
        ):
            postings += [("late_fee", str(bill_id), -late_fee_fen)] if late_fee_fen else []
            postings += [("receivable", str(bill_id), -principal_fen)]
        return postings

    @staticmethod
    def _settlements(known: Known, on: str, entry: int) -> Iterable[tuple[object, ...]]:
        for bill_id, principal_fen, late_fee_fen in zip(
            known.bill_ids, known.principal_fen, known.late_fee_fen, strict=True
        ):
            yield f"{known.intent_id}:B{bill_id:010d}", bill_id, on, principal_fen, late_fee_fen, entry


def _canonical(document: dict[str, Any]) -> str:
    # the hash of an entry is over its canonical text: with keys in any order it would not be the same hash, and the
    # facts of a receipt are kept with the entry's id and hash, while their digest in the entry is over the blank ones
    return json.dumps(document, ensure_ascii=False, sort_keys=True, separators=(",", ":"))


def _now() -> str:
    return datetime.now(UTC).isoformat(timespec="milliseconds")


def _first(row: tuple[Any, ...] | None) -> tuple[Any, ...]:
    assert row is not None
    return row
