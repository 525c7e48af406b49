"""How the counters of the ground come to their hub: its master data, a one-time code each, and a folder made of it."""

from __future__ import annotations

import ssl
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from sqlalchemy import text

from counter_app.clock import Clock
from counter_app.domain.staff import Role
from counter_app.hub import masters
from counter_app.hub.calls import stamp
from counter_app.hub.enrolment import Wish, issue
from counter_app.services.passwords import make_verifier
from counter_app.storage.hall import OpenHall
from counter_app.sync import wire
from counter_app.sync.enrolment import Way, join_new
from counter_app.sync.enrolment import join as join_open
from tests import halls
from tests.simulation.hub_house import HubHouse

HALL_CODE, AWAY_CODE = "HZ01", "HZ02"
HALL = {"name": "测试营业厅", "company": "测试公司", "trade": "telecom", "hotline": "10000", "footer": ""}
STAFF = (
    ("1001", Role.TELLER),
    ("1002", Role.TELLER),
    ("2001", Role.SUPERVISOR),
    ("9001", Role.ADMIN),
    ("8001", Role.AUDITOR),
)
URL = "https://hub.example"
_HALL = text("SELECT hall_id FROM halls WHERE hall_code = :code")
AUTHORITY = ssl.DER_cert_to_PEM_cert(b"the hub's authority")
"""Looked at by its digest alone: the line of a simulated world has no TLS, which tests of the line itself look at."""

Row = tuple[str, dict[str, Any]]


class PlainLine:
    """A line on which nothing happens."""

    def __init__(self, house: HubHouse) -> None:
        self._house = house

    def call(self, method: str, target: str, headers: Any, body: bytes) -> tuple[int, dict[str, str], bytes]:
        """Carry a request."""
        return self._house.handle(method, target, headers, body)


def code_for(house: HubHouse, counter_code: str, *, hall_code: str = HALL_CODE, replaces: bool = False) -> str:
    """A one-time code as it is printed."""
    with house.disk.database.transaction() as connection:
        wish = Wish(hall_code, counter_code, f"{counter_code} 号台", HALL, replaces)
        code = issue(connection, wish, house.now(), house.hub.secret)
    assert isinstance(code, str), code
    return f"{code}-{wire.authority_fingerprint(ssl.PEM_cert_to_DER_cert(AUTHORITY))}"


def join(
    house: HubHouse,
    folder: Path,
    counter_code: str,
    clock: Clock,
    *,
    hall_code: str = HALL_CODE,
    replaces: bool = False,
) -> None:
    """Make the folder of a counter of one of the hub's halls, as `counter-app enrol` does on an empty machine."""
    code = code_for(house, counter_code, hall_code=hall_code, replaces=replaces)
    join_new(folder, URL, code, counter_code, clock=clock, way=_way(house))


def join_again(house: HubHouse, hall: OpenHall) -> None:
    """Bring a counter that the hub has forgotten back to it, as `counter-app enrol` does in a folder that is there."""
    code = code_for(house, hall.hall.counter_code, hall_code=hall.hall.hall_code, replaces=True)
    join_open(hall, URL, code, _way(house))


def _way(house: HubHouse) -> Way:
    return Way(lambda _url: AUTHORITY, lambda _url, _authority: PlainLine(house))


def give(house: HubHouse, rows: list[Row], hall_code: str = HALL_CODE) -> masters.Taken:
    """Rows from above, as `counter-app hub import` brings them."""
    with house.disk.looking() as connection:
        hall_id = connection.execute(_HALL, {"code": hall_code}).scalar_one()
        return masters.take(connection, hall_id, stamp(house.now()), rows)


def people_of_the_hall() -> Iterator[Row]:
    """Everybody who works in a hall."""
    verifier = make_verifier(halls.PASSWORD, is_cheap=True)
    for staff_no, role in STAFF:
        yield (
            "staff",
            {"staff_no": staff_no, "name": "王芳", "role": role.value, "verifier": verifier, "must_change_password": 0},
        )


def first_rows(customers: int) -> Iterator[Row]:
    """The hall's people and its customers, each with three open bills; some lines are stopped for arrears."""
    yield from people_of_the_hall()
    for number in range(customers):
        yield (
            "customer",
            {
                "customer_no": f"C{number:03}",
                "name": "张伟",
                "id_kind": "resident_id",
                "id_number": f"1101051949123100{number:02}",
            },
        )
        account = {"account_no": f"1000{number:04}", "customer_no": f"C{number:03}", "address": "幸福路 18 号"}
        yield "account", account
        state = {"state": "stopped", "state_reason": "arrears"} if number % 5 == 0 else {"state": "active"}
        yield (
            "service",
            {
                "kind": "mobile",
                "number": f"1380000{number:04}",
                "account_no": account["account_no"],
                "state_since_on": "2020-01-01",
                **state,
            },
        )
        for month, due_on, fen in (
            ("2026-06", "2026-07-15", 9_800),
            ("2026-07", "2026-08-15", 9_800),
            ("2026-08", "2026-09-15", 10_400),
        ):
            yield bill_row(number, month, due_on, fen)


def bill_row(number: int, month: str, due_on: str, fen: int) -> Row:
    """A customer's bill of a month."""
    return (
        "bill",
        {
            "bill_no": f"B{number:03}-{month}",
            "account_no": f"1000{number:04}",
            "month": month,
            "issued_on": f"{month}-28",
            "due_on": due_on,
            "principal_fen": fen,
        },
    )
