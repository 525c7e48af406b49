"""Small real halls for tests: a file on disk, a device key, a rule pack, and a few rows of master data."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime
from functools import cache
from pathlib import Path

from sqlalchemy import Table

from counter_app.clock import FixedClock, new_intent_id
from counter_app.domain.hall import Hall
from counter_app.domain.payments import Plan, Position, Tender, Wish, plan
from counter_app.domain.shift_close import BY_PIECE, SLIP_TENDERS, Declared, SlipCount
from counter_app.domain.shifts import CashCount, Shift
from counter_app.domain.staff import Role, Session
from counter_app.domain.z_report import ShiftReport
from counter_app.services import approvals, payments, shift_close, shifts
from counter_app.services.passwords import make_verifier
from counter_app.storage import tables as t
from counter_app.storage.driver import find_driver
from counter_app.storage.hall import OpenHall, create_hall
from counter_app.storage.shift_report import read_report
from counter_app.storage.shifts import open_shift_of
from counter_app.storage.sql import Writing
from counter_app.storage.staff import add_staff

NOW = datetime(2026, 11, 21, 2, 4, tzinfo=UTC)
PASSWORD = "right-horse-9"


def a_hall(
    folder: Path, *, trade: str = "telecom", is_demo: bool = True, driver: str | None = None, at: datetime = NOW
) -> OpenHall:
    """A hall with a teller (1001), another teller (1002), a supervisor (2001) and an admin (9001), no customers."""
    hall = Hall(
        hall_id="6f1c2f7e-0000-4000-8000-000000000001",
        hall_code="HZ01",
        name="测试营业厅",
        company="测试公司",
        trade=trade,
        counter_id="6f1c2f7e-0000-4000-8000-0000000000c1",
        counter_code="03",
        counter_name="3 号台",
        hotline="10000",
        footer="",
        is_demo=is_demo,
    )
    opened = create_hall(folder, hall, clock=FixedClock(at), driver=find_driver(driver))
    with opened.writing() as work:
        for staff_no, name, role in (
            ("1001", "王芳", Role.TELLER),
            ("1002", "李静", Role.TELLER),
            ("2001", "赵敏", Role.SUPERVISOR),
            ("9001", "孙强", Role.ADMIN),
        ):
            add_staff(work, staff_no, name, role, verifier())
    return opened


@cache
def verifier() -> str:
    """The verifier of everybody's password, made once: even a cheap one takes a third of the making of a hall."""
    return make_verifier(PASSWORD, is_cheap=True)


def teller(staff_no: str = "1001", role: Role = Role.TELLER) -> Session:
    """Somebody signed in."""
    return Session(staff_no, "王芳", role, NOW)


def put(work: Writing, target: Table, values: dict[str, object]) -> int:
    """Write one row of master data as it is; returns its rowid."""
    names = ", ".join(values)
    marks = ", ".join(f":{name}" for name in values)
    cursor = work.driver.execute(f"INSERT INTO {target.name} ({names}) VALUES ({marks})", values)
    return cursor.lastrowid or 0


@dataclass(frozen=True)
class Someone:
    """A customer with one account."""

    customer_id: int
    account_id: int


def a_customer(hall: OpenHall, *, name: str = "张伟", no: str = "10002345", **more: object) -> Someone:
    """A person with one account (户号 = `no`) and one active mobile line."""
    with hall.writing() as work:
        customer = put(
            work,
            t.customers,
            {
                "customer_no": f"C{no}",
                "name": name,
                "kind": "person",
                "customer_class": "resident",
                "id_kind": "resident_id",
                "id_number": "11010519491231002X",
                **more,
            },
        )
        account = put(
            work,
            t.accounts,
            {"account_no": no, "customer_id": customer, "address": "幸福路 18 号", "facts": json.dumps({})},
        )
        put(
            work,
            t.services,
            {
                "account_id": account,
                "kind": "mobile",
                "number": f"138{int(no) % 100_000_000:08d}",
                "plan": "58 元套餐",
                "state": "active",
                "state_since_on": "2020-01-01",
                "state_reason": "",
            },
        )
    return Someone(customer, account)


def a_bill(hall: OpenHall, account_id: int, month: str, principal_fen: int, *, due_on: date, **more: object) -> int:
    """A bill of an account; returns its id."""
    with hall.writing() as work:
        return put(
            work,
            t.bills,
            {
                "bill_no": f"{account_id}-{month}",
                "account_id": account_id,
                "month": month,
                "issued_on": f"{month}-28",
                "due_on": due_on.isoformat(),
                "principal_fen": principal_fen,
                **more,
            },
        )


def three_months_behind(hall: OpenHall, *, no: str = "10002345", name: str = "张伟") -> Someone:
    """The customer of the design picture: three open bills, the oldest of June 2026."""
    someone = a_customer(hall, no=no, name=name)
    for month, fen, due in (
        ("2026-06", 9_800, date(2026, 7, 15)),
        ("2026-07", 9_800, date(2026, 8, 15)),
        ("2026-08", 10_400, date(2026, 9, 15)),
    ):
        a_bill(hall, someone.account_id, month, fen, due_on=due)
    return someone


def an_open_shift(hall: OpenHall, session: Session | None = None, float_fen: int = 50_000) -> Shift:
    """A shift opened with a float of whole hundreds."""
    count = CashCount({10_000: float_fen // 10_000})
    return shifts.open_shift(hall, session or teller(), count, new_intent_id())


def close_shift(
    hall: OpenHall, session: Session, cash_count: CashCount, reason: str, intent_id: str
) -> shift_close.Closed:
    """Count and close, as the window does: papers as they must be, and the supervisor signs where it is off by much.

    The same intent again finds what it did.
    """
    with hall.reading() as reading:
        shift = open_shift_of(reading, hall.hall.counter_id)
        report = None if shift is None else read_report(reading, shift)
    slips = tuple(_slips(report)) if isinstance(report, ShiftReport) else ()
    declared = Declared(cash_count, slips)
    counted = shift_close.count(hall, session, declared, f"{intent_id}:count")
    signed = None
    if counted.signatures and not counted.shift.closed_at:
        case = shift_close.look(hall, session, reason)
        signed = approvals.sign(
            hall, session, case.challenge, staff_no="2001", password=PASSWORD, hands=case.request.hands
        )
    return shift_close.close(hall, session, reason, intent_id, signed)


def _slips(report: ShiftReport) -> Iterator[SlipCount]:
    for tender in SLIP_TENDERS:
        fen = report.expected_fen.get(tender, 0)
        if fen > 0:
            yield SlipCount(tender, 1, fen, (fen,))
        elif fen and tender not in BY_PIECE:
            # slips of refunds of what an older shift took
            yield SlipCount(tender, 1, fen)


def position(hall: OpenHall, someone: Someone) -> Position:
    """Where the customer's account stands now."""
    with hall.reading() as reading:
        shift = open_shift_of(reading, hall.hall.counter_id)
        return payments.position_of(hall, reading, someone.customer_id, someone.account_id, shift)[1]


def pay(
    hall: OpenHall,
    someone: Someone,
    *tenders: Tender,
    session: Session | None = None,
    intent_id: str | None = None,
    **wish: object,
) -> tuple[Plan, payments.Taken]:
    """Preview and take, as the window does."""
    wanted = Wish(tenders=tenders, **wish)  # type: ignore[arg-type]  # the caller's keywords are those of Wish
    previewed = plan(position(hall, someone), wanted)
    order = payments.Order(intent_id or new_intent_id(), someone.customer_id, someone.account_id, wanted, previewed)
    return previewed, payments.take(hall, session or teller(), order)


def cash(yuan: int, fen: int = 0) -> Tender:
    """Cash on the table."""
    return Tender("cash", yuan * 100 + fen)
