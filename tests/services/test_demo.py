"""A demo hall is the same for the same seed and day, opens whole, and shows every kind of payer."""

from __future__ import annotations

import argparse
import hashlib
from datetime import UTC, date, datetime
from pathlib import Path

import pytest

from counter_app.clock import FixedClock
from counter_app.commands import demo as command
from counter_app.domain.customers import CustomerRecord, Flag
from counter_app.domain.hall import TRADES
from counter_app.domain.identifiers import check_phone, check_resident_id, check_uscc
from counter_app.domain.late_fees import late_fee
from counter_app.domain.refusals import Refused
from counter_app.services import demo
from counter_app.services.demo import DEMO_STAFF, demo_password, make_demo
from counter_app.services.passwords import is_right
from counter_app.storage.customers import load_record
from counter_app.storage.demo import MASTER_TABLES
from counter_app.storage.hall import OpenHall
from counter_app.storage.sql import Sql
from counter_app.storage.staff import hints, verifier_of

NOON = datetime(2026, 11, 22, 12, tzinfo=UTC)
TODAY = NOON.date()


def made(folder: Path, trade: str = "telecom", customers: int = 60, seed: int = 1, at: datetime = NOON) -> OpenHall:
    return make_demo(folder, trade=trade, customers=customers, seed=seed, clock=FixedClock(at))


def digest(hall: OpenHall) -> str:
    found = hashlib.sha256()
    with hall.reading() as reading:
        for table in (*MASTER_TABLES, "books"):
            for rows in reading.stream(Sql(f"SELECT * FROM {table} ORDER BY 1, 2")):
                found.update(repr(rows).encode())
    return found.hexdigest()


def records(hall: OpenHall, customers: int) -> list[CustomerRecord]:
    with hall.reading() as reading:
        found = [load_record(reading, number) for number in range(1, customers + 1)]
    return [record for record in found if record is not None]


def test_the_same_seed_and_day_make_the_same_master_data(tmp_path: Path) -> None:
    halls = [made(tmp_path / name, seed=seed) for name, seed in (("a", 7), ("b", 7), ("c", 8))]
    first, again, other = map(digest, halls)
    assert first == again
    assert first != other
    for hall in halls:
        hall.close()


@pytest.mark.parametrize("trade", TRADES)
def test_every_trade_and_seed_opens_whole(tmp_path: Path, trade: str) -> None:
    for seed in range(5):
        hall = made(tmp_path / str(seed), trade, 40, seed)
        found = records(hall, 40)
        hall.close()
        assert len(found) == 40
        bills = [bill for record in found for bill in record.bills]
        assert any(bill.principal_open_fen and bill.due_on < TODAY for bill in bills)
        assert any(not bill.principal_open_fen for bill in bills)
        assert all(bill.principal_fen == sum(fen for _, fen in bill.items) > 0 for bill in bills)
        assert all(bill.principal_settled_fen <= bill.principal_fen for bill in bills)
        assert all(record.services and record.contacts for record in found)


def test_what_was_paid_late_carries_its_late_fee_to_the_fen(tmp_path: Path) -> None:
    hall = made(tmp_path, customers=150)
    paid_late = 0
    for record in records(hall, 150):
        policy = hall.pack.late_fee_policy("other" if record.customer.kind == "organisation" else "resident", TODAY)
        for bill in record.bills:
            if bill.principal_open_fen == 0:
                assert late_fee(bill, policy, TODAY).due_fen == 0
                paid_late += bill.late_fee_settled_fen > 0
    hall.close()
    assert paid_late > 20


def test_older_bills_are_settled_before_newer_ones(tmp_path: Path) -> None:
    hall = made(tmp_path, customers=150)
    for record in records(hall, 150):
        for account in record.accounts:
            bills = [bill for bill in record.bills if bill.account_id == account.id]
            is_open = [bill.principal_open_fen > 0 for bill in bills]
            assert is_open == sorted(is_open), account.account_no
            days = [part.settled_on for bill in bills for part in bill.settlements]
            assert days == sorted(days)
            assert all(day < TODAY for day in days)
    hall.close()


def test_the_shown_customers_stand_at_the_head(tmp_path: Path) -> None:
    hall = made(tmp_path)
    wei, na, rare, fang, firm, high, disputed, red = records(hall, 8)
    hall.close()
    assert (wei.customer.name, wei.services[0].number) == ("张伟", "13800000013")
    assert sum(bill.principal_open_fen > 0 and bill.due_on < TODAY for bill in wei.bills) == 3
    assert na.services[0].is_stopped_for_arrears
    assert rare.customer.name == "龚𬭎"
    assert {held.book.kind for held in fang.books} == {"cash", "benefit", "earmarked"}
    assert any(held.book.is_expired(TODAY) for held in fang.books)
    assert len(firm.accounts) == 4
    assert high.bills[-1].principal_fen == 67_000
    assert dict(high.bills[-1].items)["信息服务费168"] == 61_550
    assert any(bill.is_disputed for bill in disputed.bills)
    assert Flag.DISPUTE in disputed.customer.flags
    assert {Flag.RED_LIST, Flag.PROTECTED} == set(red.customer.flags)


def test_a_firm_owes_electricity_across_the_year_end(tmp_path: Path) -> None:
    hall = made(tmp_path, "electricity", 8, at=datetime(2026, 12, 30, tzinfo=UTC))
    firm = records(hall, 8)[4]
    hall.close()
    assert any(bill.principal_open_fen and bill.due_on.year == 2025 for bill in firm.bills)


@pytest.mark.parametrize("day", [date(2024, 2, 29), date(2026, 1, 1), date(2026, 3, 31), date(2027, 7, 15)])
@pytest.mark.parametrize("trade", TRADES)
def test_there_is_something_owed_on_any_day(tmp_path: Path, trade: str, day: date) -> None:
    hall = made(tmp_path, trade, 30, at=datetime(day.year, day.month, day.day, tzinfo=UTC))
    bills = [bill for record in records(hall, 30) for bill in record.bills]
    hall.close()
    assert any(bill.principal_open_fen and bill.due_on < day for bill in bills)
    assert any(not bill.principal_open_fen for bill in bills)


def test_identities_and_numbers_are_well_formed_and_belong_to_nobody(tmp_path: Path) -> None:
    hall = made(tmp_path, customers=300)
    seen: set[str] = set()
    for record in records(hall, 300):
        customer = record.customer
        text = customer.id_number or ""
        check = check_uscc(text) if customer.id_kind == "uscc" else check_resident_id(text, TODAY)
        assert check.is_valid, text
        region = text[2:6] if customer.id_kind == "uscc" else text[:4]
        assert region in {"3799", "3399", "4199", "5199"}
        assert all(check_phone(contact.value).is_valid for contact in record.contacts)
        seen |= {service.number for service in record.services}
    hall.close()
    assert len(seen) >= 300


def test_rare_names_and_all_flags_occur(tmp_path: Path) -> None:
    hall = made(tmp_path, customers=1000)
    found = records(hall, 1000)
    hall.close()
    rare = [record for record in found if any(char > "\uffff" or char in "镕堃㛃䶮" for char in record.customer.name)]
    assert 3 <= len(rare) <= 40
    assert {flag for record in found for flag in record.customer.flags} == set(Flag)
    assert {service.state for record in found for service in record.services} >= {"stopped", "stopped_out", "active"}


def test_the_staff_signs_in_with_the_shown_passwords(tmp_path: Path) -> None:
    hall = made(tmp_path, customers=3)
    with hall.reading() as reading:
        shown = hints(reading)
        verifier = verifier_of(reading, "1001")
    hall.close()
    assert {(no, str(role)) for no, _, role, _ in shown} == {(no, str(role)) for no, _, role in DEMO_STAFF}
    assert verifier is not None
    assert is_right(verifier, demo_password("1001"))


def test_a_hall_that_is_there_is_left_alone(tmp_path: Path) -> None:
    made(tmp_path, customers=3).close()
    with pytest.raises(FileExistsError):
        made(tmp_path, customers=3)


def test_a_demo_that_breaks_off_leaves_no_hall(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def stop(done: int, total: int) -> None:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        make_demo(tmp_path, customers=900, clock=FixedClock(NOON), progress=stop)
    assert not demo.has_hall(tmp_path)
    made(tmp_path, customers=3).close()


@pytest.mark.parametrize(("trade", "customers"), [("telegraph", 10), ("gas", 0), ("gas", 1_000_001)])
def test_what_cannot_be_made_is_refused(tmp_path: Path, trade: str, customers: int) -> None:
    with pytest.raises(Refused, match="bad_hall_setting"):
        made(tmp_path, trade, customers)


def test_the_command_makes_a_hall_once(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--data", type=Path)
    command.add_parser(parser.add_subparsers())
    args = parser.parse_args(["--data", str(tmp_path), "demo", "--trade", "gas", "--customers", "5", "--no-open"])
    assert args.run(args) == 0
    made_at = (tmp_path / "hall.db").stat().st_mtime_ns
    assert command.make(args) == tmp_path
    assert (tmp_path / "hall.db").stat().st_mtime_ns == made_at
    assert "已有营业厅" in capsys.readouterr().err
    assert not [path for path in tmp_path.iterdir() if path.name.startswith(".")]


def test_everybody_is_found_by_the_search(tmp_path: Path) -> None:
    hall = made(tmp_path, customers=30)
    with hall.reading() as reading:
        rows = reading.rows(Sql("SELECT count(DISTINCT customer_id) FROM search_terms"))
        found = reading.rows(Sql("SELECT customer_id FROM search_terms WHERE term LIKE '%龚𬭎%'"))
    hall.close()
    assert rows == [(30,)]
    assert found == [(3,)]
