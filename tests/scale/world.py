"""A hub full of halls: written straight into its tables, as their offers and enrolments would have left them."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import psycopg
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from psycopg import sql

from counter_app.hub import tables as t
from counter_app.sync.wire import NO_HASH

BILLS_EACH = 6
"""Bills of one customer."""
OURS = "hall-____"
"""The ids of the halls, as LIKE takes it."""
DOUBLE_EACH = 97
"""Of so many payments of every other counter one is for a bill that is paid twice."""
PRINCIPAL_FEN, LATE_FEE_FEN = 8_800, 120
MADE_AT = "2026-11-21T00:00:00.000+00:00"
TELLER = "1001"


@dataclass(frozen=True, slots=True)
class Size:
    """How many halls, counters in each, payments of each; `each` is how many entries an upload has on average."""

    halls: int
    counters: int
    payments: int
    each: int = 10

    @property
    def bills(self) -> int:
        """Bills of a hall: one for each of its payments."""
        return self.counters * self.payments

    @property
    def customers(self) -> int:
        """Customers of a hall, each with one account."""
        return -(-self.bills // BILLS_EACH)

    @property
    def entries(self) -> int:
        """Entries of the whole day."""
        return self.halls * self.bills

    def hall(self, number: int) -> str:
        """The id of a hall."""
        return f"hall-{number:04}"

    def counter(self, hall: int, number: int) -> str:
        """The id of a counter; its device has the same one."""
        return f"c-{hall:04}-{number}"

    def account_no(self, hall: int, customer: int) -> str:
        """The number by which a customer is found, from whichever hall."""
        return f"8{hall:05}{customer:06}"

    def bill_of(self, payment: int, counter: int) -> tuple[int, int]:
        """Which bill a payment pays, of which account; now and then it is one that the next counter pays as well."""
        place = counter * self.payments + payment
        if payment % DOUBLE_EACH == 11 and counter % 2 == 0 and counter + 1 < self.counters:
            place += self.payments
        return 2 * self.customers + 1 + place, self.customers + 1 + place // BILLS_EACH


def key_of(device: str) -> Ed25519PrivateKey:
    """A device's key."""
    return Ed25519PrivateKey.from_private_bytes(hashlib.sha256(device.encode()).digest())


def public_key_of(device: str) -> str:
    """The other half of it, in hex."""
    return key_of(device).public_key().public_bytes_raw().hex()


def fill(dsn: str, size: Size) -> None:
    """Write every hall with its staff, counters, devices, customers, accounts and bills."""
    with psycopg.connect(dsn) as connection:
        for name, rows in _tables(size).items():
            table = t.metadata.tables[name]
            names = sql.SQL(", ").join(sql.Identifier(column.name) for column in table.c)
            words = sql.SQL("COPY {} ({}) FROM STDIN").format(sql.Identifier(name), names)
            with connection.cursor().copy(words) as copy:
                for row in rows:
                    copy.write_row(row)
    with psycopg.connect(dsn, autocommit=True) as connection:
        connection.execute("VACUUM ANALYZE")


def _tables(size: Size) -> dict[str, Iterator[tuple[Any, ...]]]:
    halls, counters = range(size.halls), range(size.counters)
    places = [(hall, number) for hall in halls for number in counters]
    last_id = 2 * size.customers + size.bills
    devices = (
        (size.hall(hall), device, device, public_key_of(device), 1, f"n-{device}", "1", MADE_AT, None)
        for hall, number in places
        for device in [size.counter(hall, number)]
    )
    return {
        "halls": ((size.hall(hall), f"H{hall:04}", "{}", MADE_AT) for hall in halls),
        "hall_feed": ((size.hall(hall), 0, NO_HASH, last_id) for hall in halls),
        "counters": ((size.hall(h), size.counter(h, n), n + 1, f"{n + 1:02}", f"{n + 1} 号台", 1) for h, n in places),
        "devices": devices,
        "staff_history": ((size.hall(hall), TELLER, 0, "teller", "active") for hall in halls),
        "master_rows": (row for hall in halls for row in _master(size, hall)),
        "bill_sums": (row for hall in halls for row in _bill_sums(size, hall)),
        "find_keys": (
            (size.hall(hall), "account", size.account_no(hall, customer), customer)
            for hall in halls
            for customer in range(1, size.customers + 1)
        ),
    }


def _master(size: Size, hall: int) -> Iterator[tuple[Any, ...]]:
    hall_id, first_bill = size.hall(hall), 2 * size.customers + 1
    for customer in range(1, size.customers + 1):
        no, account = size.account_no(hall, customer), size.customers + customer
        body: dict[str, Any] = {"id": customer, "customer_no": no, "name": "张伟", "kind": "person"}
        body |= {"customer_class": "resident", "id_kind": None, "id_number": None, "group_name": None, "manager": None}
        body |= {"since_on": "2019-05-01", "flags": [], "contacts": [["mobile", f"139{customer:08}", ""]]}
        yield hall_id, "customer", no, customer, customer, _text(body)
        body = {"id": account, "account_no": no, "customer_id": customer, "address": f"云川市东湖区湖滨路{customer}号"}
        yield hall_id, "account", no, account, customer, _text({**body, "facts": {}, "contract_no": None, "area": None})
    for place in range(size.bills):
        customer = place // BILLS_EACH + 1
        body = {"id": first_bill + place, "bill_no": f"B{first_bill + place}", "account_id": size.customers + customer}
        body |= {"service_id": None, "month": f"2026-{place % BILLS_EACH + 5:02}", "issued_on": "2026-11-01"}
        body |= {"due_on": "2026-11-15", "principal_fen": PRINCIPAL_FEN, "cost_fen": 0, "accrual_start_on": None}
        body |= {"accrual_stop_on": None, "is_disputed": 0, "is_late_fee_deferred": 0, "items": []}
        yield hall_id, "bill", f"B{first_bill + place}", first_bill + place, customer, _text(body)


def _bill_sums(size: Size, hall: int) -> Iterator[tuple[Any, ...]]:
    for place in range(size.bills):
        customer = place // BILLS_EACH + 1
        bill_id = 2 * size.customers + 1 + place
        bill = (bill_id, f"B{bill_id}", size.customers + customer, customer)
        yield (size.hall(hall), *bill, PRINCIPAL_FEN, 0, 0, 0, 0)


def _text(body: dict[str, Any]) -> str:
    return json.dumps(body, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
