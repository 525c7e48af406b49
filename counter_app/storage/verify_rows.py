"""What each kind of entry wrote beside itself: payment, tenders, settlements, receipt, shift, column by column."""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Table, bindparam, select

from counter_app.domain.tasks import SETTLED
from counter_app.storage import tables as t
from counter_app.storage.journal import stamp
from counter_app.storage.seals import SEALED
from counter_app.storage.sql import Reading, Sql, compiled
from counter_app.storage.trouble import Finding, FoundInFile
from counter_app.storage.verify_seals import seal_findings

PAYMENT = "payment.take"
"""The kind of the entry that takes a payment."""

REENTERED = "recover.import"
"""The kind of the entry that records a payment again from its receipt."""

RESTORE = "restore.sent"
"""The kind of the entry that orders a service back."""

_SURROGATE = re.compile("[\ud800-\udfff]")
_LONGEST = 200
_UNIT_OF_WORK = timedelta(minutes=1)
_TO_THE_SECOND = len("2026-01-01T00:00:00")


@dataclass(frozen=True, slots=True)
class Held:
    """One entry as the file holds it: its row, and its content taken apart."""

    id: int
    where: str
    kind: str
    row: Mapping[str, Any]
    content: Mapping[str, Any]
    body: Mapping[str, Any]


EntryCheck = Callable[[Reading, Held], Iterator[Finding]]


def tell(value: Any) -> str:
    """A value as a finding shows it: short, hashes in hexadecimal."""
    text = value.hex() if isinstance(value, bytes) else "nothing" if value is None else str(value)
    return text if len(text) <= _LONGEST else text[:_LONGEST] + "…"


def differences(where: str, expected: Mapping[str, Any], found: Mapping[str, Any]) -> Iterator[Finding]:
    """One finding for each column that is not as the entry says."""
    for name, value in expected.items():
        kept = found.get(name)
        if kept != value or type(kept) is not type(value):
            yield Finding("column", f"{where} {name}", tell(value), tell(kept))


def _all_of(table: Table, column: str, order: str | None = None) -> Sql:
    return compiled(select(table).where(table.c[column] == bindparam("id")).order_by(table.c[order or column]))


_PAYMENT = _all_of(t.payments, "entry")
_TENDERS = _all_of(t.payment_tenders, "payment_id", "line")
_SETTLEMENTS = _all_of(t.settlements, "entry", "id")
_RECEIPT = _all_of(t.receipts, "payment_id")
_SHIFT = _all_of(t.shifts, "shift_id")
_DEVICE = _all_of(t.devices, "device_id")
_PRINT = compiled(
    select(t.print_jobs).where(
        t.print_jobs.c.receipt_no == bindparam("receipt_no"), t.print_jobs.c.copy_no == bindparam("copy_no")
    )
)
_NOTE = compiled(
    select(t.notes.c.body, t.notes.c.staff_no).where(
        t.notes.c.customer_id == bindparam("customer_id"), t.notes.c.entry == bindparam("entry")
    )
)
_IMPORT = _all_of(t.imports, "entry")
_ORDER = _all_of(t.restore_orders, "order_id")
_BEGUN = compiled(
    select(t.entries.c.device_id, t.entries.c.epoch)
    .select_from(t.journal_head.join(t.entries, t.entries.c.epoch == t.journal_head.c.epoch))
    .where(t.entries.c.seq == bindparam("first"), t.entries.c.kind == bindparam("kind"))
)
_INTENT = _all_of(t.intents, "intent_id")


def begun_epochs(reading: Reading) -> set[tuple[str, int]]:
    """Which device began which epochs, by the first entry of each."""
    return {(device_id, epoch) for device_id, epoch in reading.rows(_BEGUN, {"first": 1, "kind": "epoch.start"})}


def _found(reading: Reading, question: Sql, table: Table, key: Any) -> list[dict[str, Any]]:
    names = [column.name for column in table.c]
    return [dict(zip(names, row, strict=True)) for row in reading.rows(question, {"id": key})]


def _payment(reading: Reading, held: Held) -> Iterator[Finding]:
    payments = _found(reading, _PAYMENT, t.payments, held.id)
    where = f"{held.where} payments"
    if not payments:
        yield Finding("row missing", where, "the payment of this entry", "nothing")
        return
    payment, body = payments[0], held.body
    same = ("account_id", "settled_fen", "received_fen", "change_fen", "prepaid_used_fen", "prepaid_stored_fen")
    expected = {name: body[name] for name in same}
    expected |= {name: held.row[name] for name in ("customer_id", "shift_id", "staff_no", "business_date")}
    expected |= {"payment_id": held.row["entry_id"], "receipt_no": body["receipt"]["receipt_no"]}
    yield from differences(where, expected, payment)
    yield from _tenders(reading, held, payment["payment_id"])
    yield from _receipt(reading, held, payment)


def _tenders(reading: Reading, held: Held, payment_id: str) -> Iterator[Finding]:
    rows = _found(reading, _TENDERS, t.payment_tenders, payment_id)
    names = ("tender", "amount_fen", "reference", "bank", "document_no", "document_on")
    found = [[row["line"], *(row[name] for name in names)] for row in rows]
    expected = [[line, *tender] for line, tender in enumerate(held.body["tenders"], 1)]
    yield from _lists("tender", f"{held.where} payment_tenders", expected, found)


def _settlements(reading: Reading, held: Held) -> Iterator[Finding]:
    rows = _found(reading, _SETTLEMENTS, t.settlements, held.id)
    names = ("settlement_id", "bill_id", "principal_fen", "late_fee_fen", "cost_fen")
    found = [[row[name] for name in names] for row in rows]
    said = sorted(held.body["settlements"])
    yield from _lists("settlement", f"{held.where} settlements", said, sorted(found))
    for row in rows:
        where = f"{held.where} settlements {row['settlement_id']}"
        yield from differences(
            where, {"source": "counter", "channel": "counter", "settled_on": held.row["business_date"]}, row
        )
    yield from _settled_as_posted(held, said)


def _settled_as_posted(held: Held, said: Sequence[Sequence[Any]]) -> Iterator[Finding]:
    posted: dict[tuple[str, str], int] = {}
    for account, subject, amount_fen in held.content["postings"]:
        if account in ("receivable", "late_fee", "cost"):
            posted[account, subject] = posted.get((account, subject), 0) + amount_fen
    settled: dict[tuple[str, str], int] = {}
    for _, bill_id, principal_fen, late_fee_fen, cost_fen in said:
        for account, fen in (("receivable", principal_fen), ("late_fee", late_fee_fen), ("cost", cost_fen)):
            settled[account, str(bill_id)] = settled.get((account, str(bill_id)), 0) - fen
    for key in sorted(posted.keys() | settled.keys()):
        if posted.get(key, 0) != settled.get(key, 0):
            where = f"{held.where} postings {key[0]} {key[1]}"
            yield Finding("settled as posted", where, str(settled.get(key, 0)), str(posted.get(key, 0)))


def _receipt(reading: Reading, held: Held, payment: Mapping[str, Any]) -> Iterator[Finding]:
    rows = _found(reading, _RECEIPT, t.receipts, payment["payment_id"])
    where = f"{held.where} receipts"
    if not rows:
        yield Finding("row missing", where, held.body["receipt"]["receipt_no"], "nothing")
        return
    row = rows[0]
    yield from differences(where, {**held.body["receipt"], "entry": held.id}, row)
    yield from differences(where, {"counter_id": held.content["counter_id"]}, row)
    facts = json.loads(row["facts"])
    own = {"entry_id": held.row["entry_id"], "entry_hash": held.row["hash"].hex()}
    yield from differences(f"{where} facts", own, facts)
    if facts_json(facts) != row["facts"]:
        yield Finding("receipt facts", f"{where} facts", "canonical JSON", tell(row["facts"]))
    digest = facts_sha256(facts)
    if digest != held.body["receipt"]["facts_sha256"]:
        yield Finding("receipt facts", f"{where} facts", held.body["receipt"]["facts_sha256"], digest)
    issued_at = stamp(datetime.fromisoformat(facts["issued_at"]))
    if payment["taken_at"][:_TO_THE_SECOND] != issued_at[:_TO_THE_SECOND]:
        yield Finding("column", f"{held.where} payments taken_at", issued_at, tell(payment["taken_at"]))


def facts_sha256(facts: Mapping[str, Any]) -> str:
    """The hash of a receipt's facts as its entry holds it: taken before the entry had its own id and hash."""
    unplaced = {**facts, "entry_id": "", "entry_hash": "0" * 64}
    return hashlib.sha256(facts_json(unplaced).encode()).hexdigest()


def facts_json(facts: Mapping[str, Any]) -> str:
    """The text that `ReceiptFacts.to_json` gives, without knowing which facts this version has."""
    text = json.dumps(facts, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return _SURROGATE.sub(lambda m: f"\\u{ord(m.group()):04x}", text)


def _shift_opened(reading: Reading, held: Held) -> Iterator[Finding]:
    same = ("shift_id", "staff_no", "business_date")
    expected = {**{name: held.row[name] for name in same}, "opening_entry": held.id}
    expected["counter_id"] = held.content["counter_id"]
    yield from _shift(reading, held, expected, ("float_fen", "shift_no"), "opened_at")


def _shift_closed(reading: Reading, held: Held) -> Iterator[Finding]:
    expected = {"shift_id": held.row["shift_id"], "closing_entry": held.id}
    yield from _shift(reading, held, expected, ("counted_fen",), "closed_at")


def _shift(
    reading: Reading, held: Held, expected: dict[str, Any], in_body: tuple[str, ...], moment: str
) -> Iterator[Finding]:
    rows = _found(reading, _SHIFT, t.shifts, held.row["shift_id"])
    if not rows:
        yield Finding("row missing", f"{held.where} shifts", tell(held.row["shift_id"]), "nothing")
        return
    expected |= {name: held.body[name] for name in in_body if name in held.body}
    yield from differences(f"{held.where} shifts", expected, rows[0])
    yield from _near(f"{held.where} shifts {moment}", held.row["at"], rows[0][moment])


def _restore_order(reading: Reading, held: Held) -> Iterator[Finding]:
    rows = _found(reading, _ORDER, t.restore_orders, held.body["order_id"])
    if not rows:
        yield Finding("row missing", f"{held.where} restore_orders", tell(held.body["order_id"]), "nothing")
        return
    expected = {name: held.body[name] for name in ("service_id", "payment_id", "due_at")}
    yield from differences(f"{held.where} restore_orders", {**expected, "entry": held.id}, rows[0])
    yield from _near(f"{held.where} restore_orders ordered_at", held.row["at"], rows[0]["ordered_at"])


def _printed(reading: Reading, held: Held) -> Iterator[Finding]:
    rows = reading.rows(_PRINT, {"receipt_no": held.body["receipt_no"], "copy_no": held.body["copy_no"]})
    where = f"{held.where} print_jobs"
    if not rows:
        yield Finding("row missing", where, f"{held.body['receipt_no']} copy {held.body['copy_no']}", "nothing")
        return
    row = dict(zip((column.name for column in t.print_jobs.c), rows[0], strict=True))
    expected = {name: held.body[name] for name in ("paper", "printer")}
    yield from differences(where, {**expected, "entry": held.id, "staff_no": held.row["staff_no"]}, row)
    yield from _near(f"{where} asked_at", held.row["at"], row["asked_at"])


def _noted(reading: Reading, held: Held) -> Iterator[Finding]:
    """A note that was erased leaves its hash; one that is there is the one that was written."""
    for body, staff_no in reading.rows(_NOTE, {"entry": held.id, "customer_id": held.row["customer_id"]}):
        digest = hashlib.sha256(f"{held.body['nonce']}{body}".encode("utf-8", "surrogatepass")).hexdigest()
        if digest != held.body["sha256"]:
            yield Finding("note", f"{held.where} notes", held.body["sha256"], digest)
        yield from differences(f"{held.where} notes", {"staff_no": held.row["staff_no"]}, {"staff_no": staff_no})


def _imported(reading: Reading, held: Held) -> Iterator[Finding]:
    for row in _found(reading, _IMPORT, t.imports, held.id):
        said = {name: held.body[name] for name in ("what", "file_sha256", "map_sha256")}
        said |= {"row_count": held.body["rows"], "changed_count": held.body["new"] + held.body["changed"]}
        yield from differences(f"{held.where} imports", said, row)


def _from_elsewhere(reading: Reading, held: Held) -> Iterator[Finding]:
    """Settlements, openings and past results that this entry brought are as it sealed them."""
    for sealed in SEALED:
        yield from seal_findings(reading, sealed, held.where, held.id, held.body)


def _enrolled(reading: Reading, held: Held) -> Iterator[Finding]:
    """The device is enrolled as its first entry says; its row names the last epoch that it began."""
    rows = _found(reading, _DEVICE, t.devices, held.row["device_id"])
    if not rows:
        yield Finding("row missing", f"{held.where} devices", held.row["device_id"], "nothing")
        return
    row = {**rows[0], "public_key": rows[0]["public_key"].hex()}
    expected = {"public_key": held.body["public_key"], "counter_id": held.content["counter_id"]}
    begun = [epoch for device_id, epoch in begun_epochs(reading) if device_id == held.row["device_id"]]
    if held.row["epoch"] == max(begun, default=0):
        expected["epoch"] = held.body["epoch"]
    yield from differences(f"{held.where} devices", expected, row)
    if held.row["epoch"] == min(begun, default=0):
        yield from _near(f"{held.where} devices enrolled_at", held.row["at"], row["enrolled_at"])


def _intent(reading: Reading, held: Held) -> Iterator[Finding]:
    if held.row["intent_id"] is None:
        return
    for row in _found(reading, _INTENT, t.intents, held.row["intent_id"]):
        yield from differences(f"{held.where} intents", {"entry": held.id}, row)


def _near(where: str, at: str, kept: str) -> Iterator[Finding]:
    """A moment of the same unit of work as its entry: not the same millisecond, but the same minute."""
    try:
        is_near = abs(datetime.fromisoformat(kept) - datetime.fromisoformat(at)) <= _UNIT_OF_WORK
    except (ValueError, TypeError):
        is_near = False
    if not is_near:
        yield Finding("column", where, at, tell(kept))


def _lists(what: FoundInFile, where: str, expected: Sequence[Any], found: Sequence[Any]) -> Iterator[Finding]:
    for at in range(max(len(expected), len(found))):
        wanted = expected[at] if at < len(expected) else None
        kept = found[at] if at < len(found) else None
        if wanted != kept:
            yield Finding(what, f"{where} line {at + 1}", tell(wanted), tell(kept))


def _credit_settled(_reading: Reading, held: Held) -> Iterator[Finding]:
    """A customer's credit went where the entry says, whole, and two people stand for it."""
    body, fen = held.body, held.body["amount_fen"]
    to = ["prepaid", str(body["book_id"])] if body["way"] == "prepaid" else ["drawer", held.row["shift_id"]]
    expected = [["credit", body["credit_id"], fen], [*to, -fen]]
    posted = [list(line) for line in held.content["postings"]]
    yield from _lists("settled as posted", f"{held.where} postings", expected, posted)
    approver_no = held.content["approver_no"]
    if not approver_no or approver_no == held.row["staff_no"]:
        yield Finding("column", f"{held.where} approver_no", "a second person", tell(approver_no))


ENTRY_CHECKS: dict[str, tuple[EntryCheck, ...]] = {
    "epoch.start": (_enrolled,),
    "shift.open": (_shift_opened,),
    "shift.close": (_shift_closed,),
    RESTORE: (_restore_order,),
    "print": (_printed,),
    "print.copy": (_printed,),
    "note": (_noted,),
    "import.done": (_imported, _from_elsewhere),
    "demo.made": (_from_elsewhere,),
    PAYMENT: (_payment, _settlements, _intent),
    REENTERED: (_settlements,),
    SETTLED: (_credit_settled,),
}
"""What is looked at beside an entry, by its kind."""
