"""What moved in an account's prepaid books, row by row: openings, entries of this counter, and what came down."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import UTC, datetime

from sqlalchemy import bindparam, cast, func, literal_column, select
from sqlalchemy.types import Text

from counter_app.domain.book_history import BookMoved
from counter_app.domain.topups import NOTED, TOPUP, parts_of
from counter_app.storage import tables as t
from counter_app.storage import tables_retention as r
from counter_app.storage import tables_sync as y
from counter_app.storage.books import PREPAID
from counter_app.storage.journal import moment
from counter_app.storage.sql import Reading, placed
from counter_app.storage.topups import noted_here

_b, _p, _e, _m, _l = t.books.c, t.postings.c, t.entries.c, y.book_moves.c, y.ledger_lines.c
_OPENED = placed(
    select(_b.id, _b.opened_on, _b.opening_fen, _b.opening_source).where(
        _b.account_id == bindparam("account"), _b.opening_fen != literal_column("0")
    ),
    ("account",),
)
_OWN = placed(
    select(_b.id, _e.at, _e.kind, _p.amount_fen, _e.entry_id, _e.staff_no, t.receipts.c.receipt_no, _e.content)
    .select_from(
        t.books.join(t.postings, (_p.account == bindparam("prepaid")) & (_p.subject == cast(_b.id, Text)))
        .join(t.entries, _e.id == _p.entry)
        .outerjoin(t.receipts, t.receipts.c.entry == _e.id)
    )
    .where(_b.account_id == bindparam("account"))
    .order_by(_e.id, _p.line),
    ("prepaid", "account"),
)
_ELSEWHERE = placed(
    select(_b.id, _m.at, _m.move_id, _m.amount_fen, _m.counter_id, _l.kind, _l.staff_no)
    .select_from(
        t.books.join(y.book_moves, _m.book_id == _b.id).outerjoin(
            y.ledger_lines,
            _l.entry_id
            == func.substr(
                _m.move_id, literal_column("1"), func.instr(_m.move_id, literal_column("':'")) - literal_column("1")
            ),
        )
    )
    .where(_b.account_id == bindparam("account"))
    .order_by(_m.id),
    ("account",),
)
_PAPER = placed(select(r.papers.c.paper_no).where(r.papers.c.subject == bindparam("subject")), ("subject",))
_CUSTOMER = placed(select(t.accounts.c.customer_id).where(t.accounts.c.id == bindparam("account")), ("account",))
OPENING, UNDONE = "opening", "hub"
"""What the openings of books, and moves that the hub made itself, are called in place of the kind of an entry."""


def moved_in_books(reading: Reading, account_id: int) -> Iterator[BookMoved]:
    """Every move of every book of an account, in no order of time; in of a book is positive."""
    for book_id, opened_on, fen, source in reading.rows(_OPENED, (account_id,)):
        yield BookMoved(book_id, _at(opened_on), OPENING, fen, source=source)
    for book_id, at, kind, fen, entry_id, staff_no, receipt_no, content in reading.rows(_OWN, (PREPAID, account_id)):
        said = json.loads(content)["body"]
        number = receipt_no or said.get("receipt_no") or ""
        paper = None if receipt_no else reading.one(_PAPER, (said.get("payment_id") or entry_id,))
        yield BookMoved(
            *(book_id, _at(at), kind, -fen),
            entry_id=entry_id,
            staff_no=staff_no,
            receipt_no=str(number),
            paper_no=str(paper[0]) if paper else "",
            other_book_id=_other(said, book_id) if kind == "book.move" else 0,
        )
    elsewhere = reading.rows(_ELSEWHERE, (account_id,))
    noted = {row[2].removeprefix(NOTED): row[4] for row in elsewhere if row[2].startswith(NOTED)}
    given = _given(reading, account_id) if any(row[2].startswith(TOPUP) for row in elsewhere) else {}
    for book_id, at, move_id, fen, counter_id, kind, staff_no in elsewhere:
        first = move_id.partition(":")[0]
        if move_id.startswith(TOPUP):
            paper_no, who = given.get(move_id, ""), noted.get(move_id, "")
            channel, _ = parts_of(move_id)
            more = {"paper_no": paper_no, "counter_id": "" if paper_no else who, "move_id": move_id}
            yield BookMoved(book_id, _at(at), "topup", fen, source=channel, is_elsewhere=True, **more)
        elif not move_id.startswith(NOTED):
            what = first if first in (OPENING, "undone") else kind or ""
            yield BookMoved(
                *(book_id, _at(at), UNDONE if what == "undone" else what, fen),
                entry_id="" if first in (OPENING, "undone") else first,
                staff_no=staff_no or "",
                counter_id=counter_id,
                is_elsewhere=True,
            )


def _given(reading: Reading, account_id: int) -> dict[str, str]:
    """The receipts that this counter gave for top-ups of the account's customer."""
    row = reading.one(_CUSTOMER, (account_id,))
    acts = noted_here(reading, row[0]) if row else {}
    papers = {move_id: reading.one(_PAPER, (act_id,)) for move_id, act_id in acts.items()}
    return {move_id: str(paper[0]) for move_id, paper in papers.items() if paper is not None}


def _other(said: dict[str, list[list[int]]], book_id: int) -> int:
    return next((other for other, _fen in said["books"] if other != book_id), 0)


def _at(kept: str) -> datetime:
    found = moment(kept)
    return found if found.tzinfo is not None else found.replace(tzinfo=UTC)
