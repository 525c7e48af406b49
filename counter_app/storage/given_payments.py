"""The payments that the hub gave back after a loss, with the names of what they are about, as far as those are here."""

from __future__ import annotations

import json
from collections.abc import Collection, Mapping
from datetime import date, datetime
from typing import Any, NamedTuple

from sqlalchemy import ColumnElement, bindparam, func, literal_column, select

from counter_app.domain.given_payments import GivenBill, GivenPayment, GivenTender
from counter_app.domain.journal import entry_hash
from counter_app.storage import tables as t
from counter_app.storage import tables_sync as s
from counter_app.storage.books import PREPAID
from counter_app.storage.given_back import CARRIED, CARRIER, given_back_of, is_held, told_in
from counter_app.storage.given_lines import IN_EPOCH
from counter_app.storage.journal import moment
from counter_app.storage.sql import Reading, compiled
from counter_app.storage.undo import undone_of

KIND = "payment.take"
PRINT, COPY = "print", "print.copy"
MOST = 2_000
"""More than anybody reads through; those before them stay in the file all the same."""

_ACCOUNT = compiled(
    select(t.accounts.c.account_no, t.customers.c.name)
    .select_from(t.accounts.join(t.customers, t.customers.c.id == t.accounts.c.customer_id))
    .where(t.accounts.c.id == bindparam("account"))
)
_BILL = compiled(select(t.bills.c.month, t.bills.c.bill_no).where(t.bills.c.id == bindparam("bill")))


def _said(text: ColumnElement[str], path: str) -> ColumnElement[str]:
    return func.json_extract(text, literal_column(f"'$.{path}'"))


_f, _e, _set = s.foreign_entries.c, t.entries.c, t.settlements.c
_WHOLE = func.iif(_f.kind == bindparam("rechain"), CARRIED, _f.content)
"""What an entry's maker wrote, also where another one carries it."""
_IS_KIND = _said(_WHOLE, "kind") == bindparam("kind")
_NAMES_IT = func.instr(_f.content, bindparam("number")) != literal_column("0")
"""Looked at first: to search a text takes a tenth of what it takes to read it as JSON."""
_OF_RECEIPT = compiled(
    select(_f.content, IN_EPOCH, _f.seq, _f.hash).where(
        _NAMES_IT, _IS_KIND, _said(_WHOLE, "body.receipt.receipt_no") == bindparam("number")
    )
)
_COPIES = compiled(
    select(func.max(_said(_WHOLE, "body.copy_no"))).where(
        _NAMES_IT,
        _said(_WHOLE, "kind").in_([bindparam("one"), bindparam("more")]),
        _said(_WHOLE, "body.receipt_no") == bindparam("number"),
    )
)
_OWN_OF_DAY = compiled(
    select(_set.settlement_id, _e.epoch, _e.seq)
    .select_from(t.settlements.join(t.entries, _e.id == _set.entry))
    .where(_set.settled_on == bindparam("on_day"), _e.kind == bindparam("kind"))
)
_GIVEN_OF_DAY = compiled(
    select(_f.content, IN_EPOCH, _f.seq).where(_IS_KIND, _said(_WHOLE, "business_date") == bindparam("on_day"))
)
_moves, _p = s.book_moves.c, t.postings.c
_MOVED_ELSEWHERE = compiled(
    select(_moves.amount_fen, _moves.at, _moves.move_id).where(_moves.book_id == bindparam("book"))
)
_MOVED_HERE = compiled(
    select(_p.amount_fen, _e.epoch, _e.seq)
    .select_from(t.postings.join(t.entries, _e.id == _p.entry))
    .where(_p.account == bindparam("prepaid"), _p.subject == bindparam("book"))
)
_PLACE = compiled(select(IN_EPOCH, _f.seq).where(_f.entry_id == bindparam("entry_id")))
_ISSUED = compiled(
    select(t.bills.c.id).where(t.bills.c.account_id == bindparam("account"), t.bills.c.issued_on > bindparam("on_day"))
)


def given_payments(reading: Reading) -> tuple[GivenPayment, ...]:
    """Those of late, the newest first."""
    return tuple(_payment(reading, one.content) for one in given_back_of(reading, KIND)[: -MOST - 1 : -1])


def _payment(reading: Reading, content: Mapping[str, Any]) -> GivenPayment:
    body = content["body"]
    account = reading.one(_ACCOUNT, {"account": body["account_id"]})
    account_no, name = (str(account[0]), str(account[1])) if account is not None else ("", "")
    undone = undone_of(reading, content["entry_id"])
    return GivenPayment(
        entry_id=content["entry_id"],
        at=moment(content["at"]),
        business_date=content["business_date"],
        staff_no=content["staff_no"],
        receipt_no=body["receipt"]["receipt_no"],
        customer_name=name,
        account_no=account_no,
        received_fen=body["received_fen"],
        change_fen=body["change_fen"],
        settled_fen=body["settled_fen"],
        stored_fen=body["prepaid_stored_fen"],
        used_fen=body["prepaid_used_fen"],
        bills=tuple(_bill(reading, *row[1:]) for row in body["settlements"]),
        tenders=tuple(GivenTender(kind, fen, reference) for kind, fen, reference, *_paper in body["tenders"]),
        undone_way=undone.way if undone is not None else "",
    )


def _bill(reading: Reading, bill_id: int, principal_fen: int, late_fee_fen: int, cost_fen: int) -> GivenBill:
    row = reading.one(_BILL, {"bill": bill_id})
    month, bill_no = (str(row[0]), str(row[1])) if row is not None else ("", "")
    return GivenBill(month, bill_no, principal_fen, late_fee_fen, cost_fen)


Place = tuple[int, int]
"""Where an entry stands: its epoch and number."""


class LostReceipt(NamedTuple):
    """The entry of a receipt that this file has lost and the hub gave back, its hash, and how many prints of it were
    asked for, as far as the entries say that came back with it.
    """

    content: Mapping[str, Any]
    place: Place
    hash: str
    copies: int


def lost_receipt(reading: Reading, receipt_no: str) -> LostReceipt | None:
    """The payment of a receipt among those that the hub gave back; None where there is none, or this file has it."""
    asked = {"number": receipt_no, "kind": KIND, "rechain": CARRIER}
    for content, epoch, seq, digest in reading.rows(_OF_RECEIPT, asked):
        said, carried = told_in(content), json.loads(content)
        if not is_held(reading, said["entry_id"]):
            row = reading.one(_COPIES, {"number": receipt_no, "rechain": CARRIER, "one": PRINT, "more": COPY})
            own = digest if carried["kind"] == KIND else _hash_of(carried["body"])
            return LostReceipt(said, (epoch, seq), own.hex(), int(row[0] or 0) if row else 0)
    return None


def _hash_of(carried: Mapping[str, str]) -> bytes:
    return entry_hash(bytes.fromhex(carried["prev_hash"]), carried["content"])


def paid_on(reading: Reading, on: date) -> dict[str, Place]:
    """Where each settlement of a business date stands that this counter wrote, by its id: what is in the journal, and
    what came back.
    """
    asked = {"on_day": on.isoformat(), "kind": KIND}
    found = {name: (epoch, seq) for name, epoch, seq in reading.rows(_OWN_OF_DAY, asked)}
    for content, epoch, seq in reading.rows(_GIVEN_OF_DAY, {**asked, "rechain": CARRIER}):
        found.update({row[0]: (epoch, seq) for row in told_in(content)["body"]["settlements"]})
    return found


def moved_since(reading: Reading, book_ids: Collection[int], place: Place, at: datetime) -> int:
    """What came into these books from an entry on, in fen, what went out of them taken off: here by the places of
    entries, elsewhere by the moment.
    """
    moved_fen = 0
    for book_id in book_ids:
        for amount_fen, then, move_id in reading.rows(_MOVED_ELSEWHERE, {"book": book_id}):
            own = reading.one(_PLACE, {"entry_id": move_id.partition(":")[0]})
            is_since = moment(then) >= at if own is None else (own[0], own[1]) >= place
            moved_fen += amount_fen if is_since else 0
        for amount_fen, epoch, seq in reading.rows(_MOVED_HERE, {"book": str(book_id), "prepaid": PREPAID}):
            moved_fen -= amount_fen if (epoch, seq) >= place else 0
    return moved_fen


def issued_after(reading: Reading, account_id: int, on: date) -> set[int]:
    """The bills of an account that were issued behind a day."""
    return {row[0] for row in reading.rows(_ISSUED, {"account": account_id, "on_day": on.isoformat()})}
