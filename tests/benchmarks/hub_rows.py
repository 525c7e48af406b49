"""Rows of a hall as a hub holds them: customers with one account, one line and some bills each."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import islice

from sqlalchemy import insert

from counter_app.hub import tables as t
from counter_app.hub.rows import BillSum, MasterRow
from counter_app.hub.sql import put
from tests.benchmarks.hub_ground import BILLS_EACH, PRINCIPAL_FEN, HubGround
from tests.sync.feeds import body

ROWS_EACH = 3 + BILLS_EACH
_SLICE = 20_000
_MARK = 7_777_777


def fill_hall(ground: HubGround, customers: int) -> int:
    """Give the ground's hall its customers and a teller, as an import would have left them; how many rows that is."""
    hall_id = ground.hall_id()
    teller = body("staff", staff_no="1001", name="王芳", must_change_password=0)
    with ground.database.transaction() as connection:
        put(connection, t.master_rows, [MasterRow(hall_id, "staff", "1001", None, None, teller)])
        held = {"staff_no": "1001", "n": 0, "role": "teller", "state": "active"}
        connection.execute(insert(t.staff_history).values(hall_id=hall_id, **held))
    rows = _masters(hall_id, customers)
    while some := list(islice(rows, _SLICE)):
        with ground.database.transaction() as connection:
            put(connection, t.master_rows, some)
            bills = [
                BillSum(hall_id, row.id, row.key, row.customer_id, row.customer_id, PRINCIPAL_FEN, 0, 0, 0, 0)
                for row in some
                if row.kind == "bill" and row.id is not None and row.customer_id is not None
            ]
            put(connection, t.bill_sums, bills)
    return customers * ROWS_EACH + 1


def _masters(hall_id: str, customers: int) -> Iterator[MasterRow]:
    mark = str(_MARK)
    one = {
        "customer": body(
            "customer", id=_MARK, customer_no=f"C{mark}", id_number=None, contacts=[["mobile", f"139{mark}0", ""]]
        ),
        "account": body("account", id=_MARK, account_no=f"80{mark}", customer_id=_MARK),
        "service": body("service", id=_MARK, account_id=_MARK, number=f"139{mark}0"),
    }
    keys = {"customer": "C", "account": "80", "service": "139"}
    for n in range(1, customers + 1):
        for kind, text in one.items():
            yield MasterRow(hall_id, kind, f"{keys[kind]}{n}", n, n, text.replace(mark, str(n)))
        for line in range(BILLS_EACH):
            yield _bill(hall_id, n, line)


def _bill(hall_id: str, n: int, line: int) -> MasterRow:
    at = n * BILLS_EACH + line
    month = f"2026-{6 + line:02}"
    text = body(
        "bill", id=at, bill_no=f"B{at}", account_id=n, service_id=n, month=month, principal_fen=PRINCIPAL_FEN, items=[]
    )
    return MasterRow(hall_id, "bill", f"B{at}", at, n, text)
