"""Looking for silent leavers among all lines of a hall, against only fetching the rows that the question needs."""

from __future__ import annotations

import shutil
from pathlib import Path

from counter_app.clock import FixedClock
from counter_app.domain.hall import Hall
from counter_app.domain.retention_followup import months_later
from counter_app.domain.staff import Role, Session
from counter_app.services import retention_lists
from counter_app.storage.hall import create_hall, open_hall
from counter_app.storage.sql import Sql
from counter_app.storage.store import FILE_NAME
from tests import halls
from tests.benchmarks.big_hall import bring_hall_up, raw_connection
from tests.benchmarks.measuring import Line, Scene, once

_HALL = Hall(
    hall_id="00000000-0000-4000-8000-00000000517e",
    hall_code="SIL",
    name="隐性离网营业厅",
    company="测试电信公司",
    trade="telecom",
    counter_id="c1",
    counter_code="1",
    counter_name="一号台",
    hotline="10000",
    footer="",
    is_demo=True,
)
_MONTHS = 8
_FALLING, _IDLE = 50, 75
"""One line in so many has bills that fall, or no use at all."""
_LINES = "WITH RECURSIVE line(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM line WHERE n < :count)"
_FILL = (
    f"{_LINES} INSERT INTO customers (id, customer_no, name, kind, customer_class)"
    " SELECT n, printf('K%09d', n), '张伟', 'person', 'resident' FROM line",
    f"{_LINES} INSERT INTO accounts (id, account_no, customer_id, address, facts)"
    " SELECT n, printf('A%09d', n), n, '', '{}' FROM line",
    f"{_LINES} INSERT INTO services (id, account_id, kind, number, plan, state, state_since_on, state_reason, meter_no)"
    " SELECT n, n, 'mobile', printf('138%08d', n), '', 'active', '2020-01-01', '', '' FROM line",
)
_BILLS = (
    "INSERT INTO bills (id, bill_no, account_id, service_id, month, issued_on, due_on, principal_fen)"
    f" SELECT (id - 1) * {_MONTHS} + :turn, printf('B%010d', (id - 1) * {_MONTHS} + :turn), id, id, :month,"
    " :issued, :due, CASE WHEN id % :falling = 0 THEN 20000 - :turn * 2000 ELSE 5000 + (id * 7919 + :turn * 104729)"
    " % 9000 END FROM services"
)
_ITEMS = (
    "INSERT INTO bill_items (bill_id, line, item, amount_fen) SELECT id, 1, '套餐月费', 3000 FROM bills",
    "INSERT INTO bill_items (bill_id, line, item, amount_fen)"
    " SELECT id, 2, '通话费', CASE WHEN account_id % :idle = 0 THEN 0 ELSE principal_fen - 3000 END FROM bills",
)
_ROWS = Sql(
    "SELECT s.id, b.id, b.month, b.principal_fen, b.service_id, i.item, i.amount_fen FROM services s"
    " JOIN bills b ON b.account_id = s.account_id AND (b.service_id = s.id OR b.service_id IS NULL)"
    " LEFT JOIN bill_items i ON i.bill_id = b.id WHERE s.state <> 'closed' AND b.month >= :since"
    " ORDER BY s.id, b.month, b.id, i.line"
)
"""The same rows in the same order, nothing made of them."""


def silent_lines(scene: Scene) -> list[Line]:
    """CPU of the whole list among that many lines, eight months of bills with two items each."""
    count = scene.count(100_000, 300)
    folder = scene.data / f"silent-{count}"
    if (folder / FILE_NAME).exists():
        bring_hall_up(folder / FILE_NAME)
    else:
        _make(folder, count)
    hall = open_hall(folder, clock=FixedClock(halls.NOW))
    who = Session("2001", "赵敏", Role.SUPERVISOR, halls.NOW)

    def ours() -> None:
        found = retention_lists.silent(hall, who)
        assert len(found) >= count // _FALLING, f"{len(found)} of {count}"

    def bare() -> None:
        since = f"{months_later(halls.NOW.date().replace(day=1), 1 - _MONTHS):%Y-%m}"
        with hall.reading() as reading:
            rows = sum(len(many) for many in reading.stream(_ROWS, {"since": since}))
        assert rows == count * _MONTHS * 2, f"{rows} rows of {count} lines"

    bare_s = once(bare)[1]
    ours_s = once(ours)[1]
    hall.close()
    return [
        Line(f"silent leavers, {count:,} lines, CPU", "s", ours_s, baseline=bare_s),
        Line("silent leavers, lines each CPU second", "1/s", count / ours_s),
    ]


def _make(folder: Path, count: int) -> None:
    shutil.rmtree(folder, ignore_errors=True)
    create_hall(folder, _HALL, clock=FixedClock(halls.NOW)).close()
    connection = raw_connection(folder / FILE_NAME)
    connection.execute("BEGIN")
    for statement in _FILL:
        connection.execute(statement, {"count": count})
    for turn in range(1, _MONTHS + 1):
        month = months_later(halls.NOW.date().replace(day=1), turn - _MONTHS)
        issued = months_later(month, 1)
        days = {"month": f"{month:%Y-%m}", "issued": issued.isoformat(), "due": issued.replace(day=15).isoformat()}
        connection.execute(_BILLS, {"turn": turn, "falling": _FALLING, **days})
    for statement in _ITEMS:
        connection.execute(statement, {"idle": _IDLE})
    connection.execute("COMMIT")
    connection.close()
