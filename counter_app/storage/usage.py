"""What each line was billed for in the last months, streamed line by line, for the list of silent leavers."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import groupby
from operator import itemgetter

from sqlalchemy import bindparam, func, select

from counter_app.domain.retention_usage import UsedMonth
from counter_app.storage import tables as t
from counter_app.storage.sql import Reading, Row, compiled

_s, _b, _i = t.services.c, t.bills.c, t.bill_items.c
_USED = compiled(
    select(_s.id, _b.id, _b.month, _b.principal_fen, _b.service_id, _i.item, _i.amount_fen)
    .select_from(
        t.services.join(
            t.bills, (_b.account_id == _s.account_id) & ((_b.service_id == _s.id) | _b.service_id.is_(None))
        ).outerjoin(t.bill_items, _i.bill_id == _b.id)
    )
    .where(_s.state != bindparam("closed"), _b.month >= bindparam("from_month"), _b.month <= bindparam("to_month"))
    .order_by(_s.id, _b.month, _b.id, _i.line)
)
_IN_USE = compiled(select(func.count()).select_from(t.services).where(_s.state != bindparam("closed")))
_OWNER = compiled(
    select(_s.number, t.customers.c.id, t.customers.c.name)
    .select_from(
        t.services.join(t.accounts, t.accounts.c.id == _s.account_id).join(
            t.customers, t.customers.c.id == t.accounts.c.customer_id
        )
    )
    .where(_s.id == bindparam("service"))
)


def used_by_line(reading: Reading, from_month: str, to_month: str) -> Iterator[tuple[int, tuple[UsedMonth, ...]]]:
    """Each line that is not closed with what it was billed for, oldest month first, in slices of the file.

    Where no bill names the line, those that name none are its account's and count.
    """
    params = {"closed": "closed", "from_month": from_month, "to_month": to_month}
    rows = (row for many in reading.stream(_USED, params) for row in many)
    for service_id, mine in groupby(rows, key=itemgetter(0)):
        known = list(mine)
        own = [row for row in known if row[4] is not None]
        yield service_id, _months(own or known)


def lines_in_use(reading: Reading) -> int:
    """How many lines are not closed."""
    found = reading.one(_IN_USE, {"closed": "closed"})
    return int(found[0]) if found else 0


def owner_of_line(reading: Reading, service_id: int) -> tuple[str, int, str]:
    """The number of a line, and the id and name of its customer."""
    row = reading.one(_OWNER, {"service": service_id})
    assert row is not None, "the line was found in the same snapshot"
    return str(row[0]), int(row[1]), str(row[2])


def _months(rows: Sequence[Row]) -> tuple[UsedMonth, ...]:
    """The months of one line by its rows; those of a month and of a bill in it follow one another."""
    found: list[UsedMonth] = []
    items: list[tuple[str, int]] = []
    before, bill, total_fen = rows[0][2], None, 0
    # a hall has millions of these rows: one walk over them, and nothing made for each
    for _line, bill_id, month, principal_fen, _service, item, amount_fen in rows:
        if month != before:
            found.append(UsedMonth(before, total_fen, tuple(items)))
            before, total_fen, items = month, 0, []
        if bill_id != bill:
            bill = bill_id
            total_fen += principal_fen
        if item is not None:
            items.append((item, amount_fen))
    found.append(UsedMonth(before, total_fen, tuple(items)))
    return tuple(found)
