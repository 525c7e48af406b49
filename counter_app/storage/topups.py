"""Money that other channels put into books: what came down of it, and which of it has its receipt."""

from __future__ import annotations

from datetime import date

from sqlalchemy import bindparam, func, literal_column, select

from counter_app.domain.topup_receipts import TOPUP_RECEIPT
from counter_app.domain.topups import NOTE, TOPUP, Topup, noted_id, parts_of
from counter_app.storage import tables as t
from counter_app.storage import tables_sync as y
from counter_app.storage.papers import find_paper
from counter_app.storage.sql import Reading, compiled

_m, _e = y.book_moves.c, t.entries.c
_ONE = compiled(
    select(_m.move_id, _m.book_id, _m.amount_fen, _m.at)
    .select_from(y.book_moves.join(t.books, t.books.c.id == _m.book_id))
    .where(_m.move_id == bindparam("move"), t.books.c.account_id == bindparam("account"))
)
_NOTED = compiled(select(_m.counter_id).where(_m.move_id == bindparam("move")))
_move = func.json_extract(_e.content, literal_column("'$.body.move_id'"))
_OWN = compiled(
    select(_move, _e.entry_id)
    .where(_e.kind == bindparam("kind"), _e.customer_id == bindparam("customer"))
    .order_by(_e.id)
)
_CUSTOMER = compiled(select(_e.customer_id).where(_e.entry_id == bindparam("act")))


def find_topup(reading: Reading, account_id: int, move_id: str) -> Topup | None:
    """A top-up of an account, or None."""
    row = reading.one(_ONE, {"move": move_id, "account": account_id})
    if row is None or not move_id.startswith(TOPUP):
        return None
    return Topup(row[0], row[1], row[2], date.fromisoformat(row[3][:10]), *parts_of(move_id))


def noted_elsewhere(reading: Reading, move_id: str) -> str | None:
    """The counter that gave the receipt for a top-up, by the hub's word; None while the hub knows of none."""
    row = reading.one(_NOTED, {"move": noted_id(move_id)})
    return None if row is None else str(row[0])


def noted_here(reading: Reading, customer_id: int) -> dict[str, str]:
    """The top-ups of a customer for which this counter gave a receipt: the entry of each."""
    return dict(reading.rows(_OWN, {"kind": NOTE, "customer": customer_id}))


def act_of_receipt(reading: Reading, paper_no: str) -> tuple[str, int] | None:
    """The entry by which a receipt for a top-up was given here, and the customer; None where it is no such receipt."""
    paper = find_paper(reading, paper_no)
    if paper is None or paper.kind != TOPUP_RECEIPT:
        return None
    row = reading.one(_CUSTOMER, {"act": paper.subject})
    return None if row is None else (paper.subject, row[0])
