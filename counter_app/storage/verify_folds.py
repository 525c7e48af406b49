"""Sums and ties over whole tables: balances against postings, references that lead to a row, no row alone."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator

from sqlalchemy import Column, ColumnElement, bindparam, cast, func, literal_column, or_, select
from sqlalchemy.types import Text

from counter_app.domain.deductions import DEDUCT
from counter_app.domain.undo import KIND_OF
from counter_app.storage import tables as t
from counter_app.storage import tables_retention as r
from counter_app.storage import tables_sync as y
from counter_app.storage.books import PREPAID
from counter_app.storage.seals import BOOKS, PAST_RETENTIONS, SEALED_SINCE, SEALING_KINDS, SETTLEMENTS, Sealed
from counter_app.storage.sql import Reading, Row, Sql, compiled
from counter_app.storage.trouble import Finding
from counter_app.storage.verify_books import opened_by_moves
from counter_app.storage.verify_rows import PAYMENT, RESTORE, tell
from counter_app.storage.verify_seals import file_version, has_feed

_FOLD = compiled(
    select(t.postings.c.account, t.postings.c.subject, func.sum(t.postings.c.amount_fen))
    .group_by(t.postings.c.account, t.postings.c.subject)
    .order_by(t.postings.c.account, t.postings.c.subject)
)
_BALANCES = compiled(
    select(t.balances.c.account, t.balances.c.subject, t.balances.c.balance_fen).order_by(
        t.balances.c.account, t.balances.c.subject
    )
)


def balances(reading: Reading) -> Iterator[Finding]:
    """`balances` is the fold of `postings`: the same accounts and subjects, the same sums."""
    folded, kept = _each(reading, _FOLD), _each(reading, _BALANCES)
    sum_row, row = next(folded, None), next(kept, None)
    while sum_row is not None or row is not None:
        if row is None or (sum_row is not None and sum_row[:2] < row[:2]):
            assert sum_row is not None
            yield Finding("balance", f"balances {sum_row[0]} {sum_row[1]}", str(sum_row[2]), "nothing")
            sum_row = next(folded, None)
        elif sum_row is None or row[:2] < sum_row[:2]:
            yield Finding("balance", f"balances {row[0]} {row[1]}", "nothing", str(row[2]))
            row = next(kept, None)
        else:
            if sum_row[2] != row[2]:
                yield Finding("balance", f"balances {row[0]} {row[1]}", str(sum_row[2]), str(row[2]))
            sum_row, row = next(folded, None), next(kept, None)


def _needs(child: Column[int] | Column[str], parent: Column[int] | Column[str]) -> tuple[str, Sql]:
    """Rows whose reference leads nowhere."""
    found = parent.table.alias("owner")
    first, *others = (cast(column, Text) for column in child.table.primary_key.columns)
    place: ColumnElement[str] = first
    for part in others:
        place = place.concat(literal_column("' '")).concat(part)
    question = (
        select(place, child)
        .select_from(child.table.outerjoin(found, found.c[parent.name] == child))
        .where(child.isnot(None), found.c[parent.name].is_(None))
    )
    return f"{child.table.name} {child.name}", compiled(question)


_made = func.json_extract(t.entries.c.content, literal_column("'$.body.made'"))
_PRINTS = (
    "print_jobs receipt_no",
    compiled(
        select(t.print_jobs.c.id, t.print_jobs.c.receipt_no)
        .select_from(
            t.print_jobs.outerjoin(t.receipts, t.receipts.c.receipt_no == t.print_jobs.c.receipt_no).outerjoin(
                t.entries, t.entries.c.id == t.print_jobs.c.entry
            )
        )
        .where(t.receipts.c.receipt_no.is_(None), _made.is_(None))
    ),
)
"""Of a receipt that was lost and made anew the print's entry says so; there is no row of it."""
_ORDERED_BY = (
    "restore_orders payment_id",
    compiled(
        select(t.restore_orders.c.order_id, t.restore_orders.c.payment_id)
        .select_from(
            t.restore_orders.outerjoin(t.payments, t.payments.c.payment_id == t.restore_orders.c.payment_id).outerjoin(
                t.entries,
                (t.entries.c.entry_id == t.restore_orders.c.payment_id)
                & (t.entries.c.kind == literal_column(f"'{DEDUCT}'")),
            )
        )
        .where(t.payments.c.payment_id.is_(None), t.entries.c.id.is_(None))
    ),
)
"""A service comes back after a payment, or after a deduction, which is no payment."""
_OWNERS = (
    _needs(t.accounts.c.customer_id, t.customers.c.id),
    _needs(t.services.c.account_id, t.accounts.c.id),
    _needs(t.bills.c.account_id, t.accounts.c.id),
    _needs(t.bills.c.service_id, t.services.c.id),
    _needs(t.bill_items.c.bill_id, t.bills.c.id),
    _needs(t.books.c.account_id, t.accounts.c.id),
    _needs(t.customer_flags.c.customer_id, t.customers.c.id),
    _needs(t.contacts.c.customer_id, t.customers.c.id),
    _needs(t.search_terms.c.customer_id, t.customers.c.id),
    _needs(t.notes.c.customer_id, t.customers.c.id),
    _needs(t.notes.c.entry, t.entries.c.id),
    _needs(t.imports.c.entry, t.entries.c.id),
    _needs(t.devices.c.counter_id, t.counters.c.counter_id),
    _needs(t.settlements.c.bill_id, t.bills.c.id),
    _needs(t.settlements.c.entry, t.entries.c.id),
    _needs(t.intents.c.entry, t.entries.c.id),
    _needs(t.intents.c.customer_id, t.customers.c.id),
    _needs(t.intents.c.shift_id, t.shifts.c.shift_id),
    _needs(t.intents.c.staff_no, t.staff.c.staff_no),
    _needs(t.shifts.c.opening_entry, t.entries.c.id),
    _needs(t.shifts.c.closing_entry, t.entries.c.id),
    _needs(t.payments.c.entry, t.entries.c.id),
    _needs(t.payments.c.customer_id, t.customers.c.id),
    _needs(t.payments.c.account_id, t.accounts.c.id),
    _needs(t.payments.c.shift_id, t.shifts.c.shift_id),
    _needs(t.payment_tenders.c.payment_id, t.payments.c.payment_id),
    _needs(t.receipts.c.payment_id, t.payments.c.payment_id),
    _needs(t.receipts.c.entry, t.entries.c.id),
    _PRINTS,
    _needs(t.print_jobs.c.entry, t.entries.c.id),
    _needs(t.restore_orders.c.service_id, t.services.c.id),
    _ORDERED_BY,
    _needs(t.restore_orders.c.entry, t.entries.c.id),
)
_OWNERS_OF_CASES = (
    _needs(r.retention_cases.c.service_id, t.services.c.id),
    _needs(r.retention_cases.c.customer_id, t.customers.c.id),
    _needs(r.side_records.c.entry, t.entries.c.id),
)


def owners(reading: Reading) -> Iterator[Finding]:
    """Every reference leads to a row: no settlement without its bill, no receipt without its payment."""
    # an older file has no cases
    has_cases = file_version(reading) >= r.SINCE_VERSION
    for name, question in (*_OWNERS, *(_OWNERS_OF_CASES if has_cases else ())):
        for key, reference in _each(reading, question):
            yield Finding("row without its owner", f"{name} ({key})", "an existing row", tell(reference))


def _of_kind(key: Column[str], entry: Column[int] | Column[int | None], *conditions: str) -> tuple[str, Sql]:
    """Rows that say an entry wrote them, which is not of the kind that writes such rows."""
    question = (
        select(key, t.entries.c.kind)
        .select_from(key.table.outerjoin(t.entries, t.entries.c.id == entry))
        .where(or_(t.entries.c.kind.is_(None), t.entries.c.kind != bindparam("kind")), *map(literal_column, conditions))
    )
    return f"{key.table.name} {entry.name}", compiled(question)


_NOT_GIVEN_BACK = "coalesce(entries.kind, '') <> 'recover.chain'"
"""A shift of entries that the hub gave back stands under the entry that vouches for them."""

_FROM_COUNTER = "settlements.source = 'counter'"
_NOT_REENTERED = f"coalesce(entries.kind, '') NOT IN ('recover.import', '{DEDUCT}')"
"""What a receipt that was entered again settled, the entry says row by row (`verify_rows`), and so does that of a
deduction (`verify_deductions`).
"""

_KINDS = (
    (*_of_kind(t.payments.c.payment_id, t.payments.c.entry), PAYMENT),
    (*_of_kind(t.receipts.c.receipt_no, t.receipts.c.entry), PAYMENT),
    (
        *_of_kind(
            t.settlements.c.settlement_id, t.settlements.c.entry, "settlements.source = 'counter'", _NOT_REENTERED
        ),
        PAYMENT,
    ),
    (*_of_kind(t.intents.c.intent_id, t.intents.c.entry, "intents.state = 'recorded'"), PAYMENT),
    (*_of_kind(t.shifts.c.shift_id, t.shifts.c.opening_entry, _NOT_GIVEN_BACK), "shift.open"),
    (
        *_of_kind(t.shifts.c.shift_id, t.shifts.c.closing_entry, "shifts.closed_at IS NOT NULL", _NOT_GIVEN_BACK),
        "shift.close",
    ),
    (*_of_kind(t.restore_orders.c.order_id, t.restore_orders.c.entry), RESTORE),
)


def _from_elsewhere(key: Column[int] | Column[str], sealed: Sealed, condition: str) -> tuple[Sealed, Sql]:
    """Rows from elsewhere that no entry seals."""
    question = (
        select(key, sealed.entry, t.entries.c.kind)
        .select_from(key.table.outerjoin(t.entries, t.entries.c.id == sealed.entry))
        .where(
            literal_column(condition),
            or_(t.entries.c.kind.is_(None), t.entries.c.kind.not_in([bindparam("imported"), bindparam("made")])),
        )
    )
    return sealed, compiled(question)


_NOT_OF_ENTRIES = "source NOT IN ('counter', 'undo', 'waiver', 'dispute', 'lowered', 'dispute_back')"
_NOT_OPENED_HERE = "books.opening_source <> 'counter'"
_ELSEWHERE = (
    _from_elsewhere(
        t.settlements.c.settlement_id,
        SETTLEMENTS,
        f"{_NOT_OF_ENTRIES} AND (settlements.entry IS NOT NULL OR substr(source, 1, 4) <> 'hub:')",
    ),
    _from_elsewhere(t.books.c.id, BOOKS, _NOT_OPENED_HERE),
    _from_elsewhere(r.past_retentions.c.record_no, PAST_RETENTIONS, "1"),
)
# a hub's book comes empty, and what is in it stands under the checks of `verify_feed`
_FROM_HUB = "NOT (books.opening_entry IS NULL AND books.opening_fen = 0)"
_ELSEWHERE_WITH_FEED = (
    _ELSEWHERE[0],
    _from_elsewhere(t.books.c.id, BOOKS, f"{_NOT_OPENED_HERE} AND {_FROM_HUB}"),
    *_ELSEWHERE[2:],
)
_FIRST = compiled(
    select(t.entries.c.content).where(t.entries.c.id == select(func.min(t.entries.c.id)).scalar_subquery())
)


def written_by(reading: Reading) -> Iterator[Finding]:
    """Every row of money was written by an entry of the kind that writes such rows, or came from the hub and stands
    under the checks of `verify_feed`.

    In a hall that was made before entries sealed what came from elsewhere, such rows may have no entry.
    """
    for name, question, kind in _KINDS:
        for rows in reading.stream(question, {"kind": kind}):
            for key, found in rows:
                yield Finding("row without its entry", f"{name} ({key})", f"an entry of kind {kind}", tell(found))
    version, is_older = file_version(reading), _is_older(reading)
    kinds = dict(zip(("imported", "made"), SEALING_KINDS, strict=True))
    for sealed, question in _ELSEWHERE_WITH_FEED if has_feed(reading) else _ELSEWHERE:
        for rows in reading.stream(question, kinds) if version >= sealed.is_since else ():
            for key, entry, found in rows:
                if entry is not None or not is_older:
                    where = f"{sealed.name} {sealed.entry.name} ({key})"
                    yield Finding(
                        "row without its entry", where, f"an entry of {' or '.join(SEALING_KINDS)}", tell(found)
                    )


def _is_older(reading: Reading) -> bool:
    first = reading.one(_FIRST)
    return first is not None and int(json.loads(first[0])["schema_ver"]) < SEALED_SINCE


_i, _e = t.intents.c, t.entries.c
_INTENTS = compiled(
    select(t.intents.c.intent_id, t.entries.c.intent_id)
    .select_from(t.intents.join(t.entries, t.entries.c.id == t.intents.c.entry))
    .where(or_(t.entries.c.intent_id.is_(None), t.entries.c.intent_id != t.intents.c.intent_id))
)
_ENTERED = t.intents.join(t.entries, t.entries.c.id == t.intents.c.entry)
_OF_OTHERS = tuple(
    (name, compiled(select(_i.intent_id, _e[name], _i[name]).select_from(_ENTERED).where(_i[name].isnot(_e[name]))))
    for name in ("kind", "customer_id")
)
_STATES = compiled(
    select(t.intents.c.intent_id, t.intents.c.state).where(
        t.intents.c.state.not_in([bindparam("begun"), bindparam("recorded"), bindparam("seen")])
    )
)


def intents(reading: Reading) -> Iterator[Finding]:
    """A recorded intent leads to the entry that carries its id, and says of it what the entry says."""
    for intent_id, found in _each(reading, _INTENTS):
        yield Finding("intent", f"intents {intent_id} entry", f"the entry of {intent_id}", tell(found))
    for name, question in _OF_OTHERS:
        for intent_id, expected, found in _each(reading, question):
            yield Finding("intent", f"intents {intent_id} {name}", tell(expected), tell(found))
    for intent_id, state in reading.rows(_STATES, {name: name for name in ("begun", "recorded", "seen")}):
        yield Finding("intent", f"intents {intent_id} state", "begun, recorded or seen", tell(state))


_ZERO: ColumnElement[int] = literal_column("0")
_m = y.book_moves.c
# what others took out may have crossed with what was taken out here; what came in, came before it was used
_CAME_IN = (
    select(func.coalesce(func.sum(_m.amount_fen), _ZERO))
    .where(_m.book_id == t.books.c.id, _m.amount_fen > _ZERO)
    .scalar_subquery()
)


def _overdrawn(held_fen: ColumnElement[int]) -> Sql:
    is_moved = (t.balances.c.account == bindparam("prepaid")) & (t.balances.c.subject == cast(t.books.c.id, Text))
    return compiled(
        select(t.books.c.id, held_fen, t.balances.c.balance_fen)
        .select_from(t.books.outerjoin(t.balances, is_moved))
        .where(held_fen - func.coalesce(t.balances.c.balance_fen, _ZERO) < _ZERO)
    )


_BOOKS = _overdrawn(t.books.c.opening_fen + _CAME_IN)
_BOOKS_BEFORE_HUBS = _overdrawn(t.books.c.opening_fen)
_OPENED_AS = {"name": "预存", "kind": "cash", "items": "[]", "priority": 9, "valid_to": None, "opening_fen": 0}
"""A book that the counter opens for an account's own money: empty, for everything, used last."""
_OPENED_HERE = compiled(
    select(t.books.c.id, *(t.books.c[name] for name in _OPENED_AS)).where(
        literal_column("books.opening_source = 'counter'")
    )
)


def books(reading: Reading) -> Iterator[Finding]:
    """No more was taken out of a prepaid book here than ever came in; a book of the counter's own opens empty."""
    # a hub may call a book otherwise later on, but it never opens one with money that moved nowhere
    held = {"opening_fen"} if has_feed(reading) else _OPENED_AS.keys()
    opened = opened_by_moves(reading)
    for book_id, *values in _each(reading, _OPENED_HERE):
        said = opened.get(book_id, _OPENED_AS)
        for name, found in zip(_OPENED_AS, values, strict=True):
            expected = said[name]
            if name in held and found != expected:
                yield Finding("prepaid", f"books {book_id} {name}", tell(expected), tell(found))
    overdrawn = _BOOKS if file_version(reading) >= y.SINCE_VERSION else _BOOKS_BEFORE_HUBS
    for book_id, held_fen, moved_fen in reading.rows(overdrawn, {"prepaid": PREPAID}):
        yield Finding("prepaid", f"books {book_id}", f"at most {held_fen} fen used", f"{moved_fen} fen used")


_RESTORE_KINDS = {name: f"restore.{name}" for name in ("sent", "confirmed", "archived")}
_ALL_KINDS: dict[str, str] = _RESTORE_KINDS | dict(KIND_OF.items())
_RESTORED = compiled(
    select(t.entries.c.kind, t.entries.c.content)
    .where(t.entries.c.kind.in_([bindparam(name) for name in _ALL_KINDS]))
    .order_by(t.entries.c.id)
)
_ORDERS = compiled(select(t.restore_orders.c.order_id, t.restore_orders.c.state))


def restores(reading: Reading) -> Iterator[Finding]:
    """A restore order is in the state that its last entry says: its own, or that which undid its payment."""
    said: dict[str, str] = {}
    for kind, content in reading.rows(_RESTORED, _ALL_KINDS):
        body = json.loads(content)["body"]
        if kind in _RESTORE_KINDS.values():
            said[body["order_id"]] = kind.removeprefix("restore.")
        else:
            said.update(body["orders"])
    for order_id, state in _each(reading, _ORDERS):
        if said.get(order_id) != state:
            yield Finding("restore order", f"restore_orders {order_id} state", tell(said.get(order_id)), tell(state))


_ROLE_ENTRIES = compiled(
    select(t.entries.c.kind, t.entries.c.content)
    .where(t.entries.c.kind.in_([bindparam("added"), bindparam("changed")]))
    .order_by(t.entries.c.id)
)
_ROLES = compiled(select(t.staff.c.staff_no, t.staff.c.role))
_ROLES_DOWN = compiled(select(y.roles_down.c.staff_no, y.roles_down.c.role).order_by(y.roles_down.c.id))


def roles(reading: Reading) -> Iterator[Finding]:
    """Everybody has the role that the last entry about it gave, or the hub after it: nobody is raised beside them."""
    given: dict[str, str] = {}
    for _kind, content in reading.rows(_ROLE_ENTRIES, {"added": "staff.add", "changed": "staff.change"}):
        body = json.loads(content)["body"]
        role = body["role"]
        given[body["staff_no"]] = role if isinstance(role, str) else role[1]
    if file_version(reading) >= y.SINCE_VERSION:
        given.update(reading.rows(_ROLES_DOWN))
    for staff_no, role in _each(reading, _ROLES):
        if given.get(staff_no, role) != role:
            yield Finding("role", f"staff {staff_no} role", given[staff_no], role)


def _each(reading: Reading, question: Sql) -> Iterator[Row]:
    many: Iterable[list[Row]] = reading.stream(question)
    return (row for rows in many for row in rows)
