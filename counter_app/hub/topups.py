"""Prepaid money that other channels took (网上充值): into the account's own book, once for each record of a channel."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import Any

from counter_app.domain.topups import topup_id
from counter_app.hub import books
from counter_app.hub import tables as t
from counter_app.hub.accounts import ELSEWHERE
from counter_app.hub.rows import BOOKS, MOVES, BookSum, MasterRow
from counter_app.hub.slate import Slate
from counter_app.hub.sql import find

Body = Mapping[str, Any]
Fault = tuple[int, str, str]


def take(
    slate: Slate, hall_id: str, rows: Sequence[tuple[int, Body]], accounts: Mapping[str, MasterRow]
) -> tuple[int, int, list[Fault]]:
    """Put each top-up (place, body) into the general book of its account, opening one where there is none; how many are
    new, how many the hub had already, and those that are left out.

    A record is known by its channel and its number there; the same number with another sum, or for another account, is
    left out.
    """
    new = unchanged = 0
    faults: list[Fault] = []
    for place, body in rows:
        account_no, name = str(body["account_no"]), topup_id(body["channel"], body["reference"])
        account = accounts.get(account_no)
        if account is None or account.id is None:
            faults.append((place, "unknown_account", account_no))
            continue
        held = slate.find(MOVES, hall_id, name)
        if held is None:
            book = _book(slate, hall_id, account, body["paid_on"])
            slate.post(hall_id, ELSEWHERE, "", body["amount_fen"])
            books.apply_move(slate, body["paid_on"], book, (name, body["amount_fen"], "", body["paid_on"], None))
            new += 1
        elif (
            held.amount_fen == body["amount_fen"] and slate.need(BOOKS, hall_id, held.book_id).account_id == account.id
        ):
            unchanged += 1
        else:
            faults.append((place, "other_content", name))
    return new, unchanged, faults


def _book(slate: Slate, hall_id: str, account: MasterRow, on: str) -> BookSum:
    """The account's book for money of its own."""
    assert account.id is not None, "an account has an id"
    made = [row for row in slate.made(BOOKS) if (row.hall_id, row.account_id) == (hall_id, account.id)]
    kept = find(slate.ground.connection, t.book_sums, "account_id", [account.id], hall_id=hall_id)
    ids = sorted({row.book_id for row in made} | {BookSum(*row).book_id for row in kept})
    slate.ground.load(BOOKS, hall_id, ids)
    for book_id in ids:
        row = slate.master(hall_id, "book", book_id)
        about = json.loads(row.body) if row is not None else {}
        if about.get("kind") == "cash" and not about["items"] and about["valid_to"] is None:
            return slate.need(BOOKS, hall_id, book_id)
    return books.open_book(slate, hall_id, account, slate.ground.next_id(hall_id), books.GENERAL, on, source="import")
