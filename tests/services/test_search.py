"""What the result list is given: masked lines, and what was tried when there are none."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from counter_app.clock import SystemClock
from counter_app.domain.hall import Hall
from counter_app.domain.search import How, Kind
from counter_app.services.search import find
from counter_app.storage.driver import find_driver
from counter_app.storage.hall import OpenHall, create_hall
from counter_app.storage.search_index import index_customers

HALL = Hall(
    hall_id="00000000-0000-4000-8000-000000000001",
    hall_code="T",
    name="测试营业厅",
    company="测试公司",
    trade="water",
    counter_id="c1",
    counter_code="1",
    counter_name="一号台",
    hotline="",
    footer="",
    is_demo=True,
)
PERSON = (1, "K001", "张伟明", "person", "110101199003077715", None)
FIRM = (2, "K002", "昌平商贸有限公司", "organisation", "91110000MA00000000", "商贸城")
ROWS = {1: ("13800000013", "10002345", "昌平区幸福路123号锦绣花园12栋"), 2: ("0551-62123456", "10002346", "人民路6号")}


@pytest.fixture(params=["sqlcipher3", "sqlite3"])
def hall(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[OpenHall]:
    made = create_hall(tmp_path / "hall", HALL, clock=SystemClock.of_this_machine(), driver=find_driver(request.param))
    with made.writing() as work:
        run = work.driver.execute
        for customer in (PERSON, FIRM):
            run(
                "INSERT INTO customers (id, customer_no, name, kind, customer_class, id_number, group_name)"
                " VALUES (?, ?, ?, ?, 'resident', ?, ?)",
                customer,
            )
            phone, account_no, address = ROWS[customer[0]]
            run("INSERT INTO contacts VALUES (?, 1, 'mobile', ?, '')", (customer[0], phone))
            run(
                "INSERT INTO accounts (id, account_no, customer_id, address, facts) VALUES (?, ?, ?, ?, '{}')",
                (customer[0], account_no, customer[0], address),
            )
            run(
                "INSERT INTO services"
                " (id, account_id, kind, number, plan, state, state_since_on, state_reason, meter_no)"
                " VALUES (?, ?, 'water', ?, '', 'active', '2020-01-01', '', ?)",
                (customer[0], customer[0], account_no, f"DB00{account_no}"),
            )
        index_customers(work)
    yield made
    made.close()


def test_a_person_is_shown_masked(hall: OpenHall) -> None:
    (hit,) = find(hall, "张伟明").hits
    assert (hit.name, hit.phone, hit.id_number) == ("张**", "138****0013", "110***********7715")
    assert hit.address == "昌平区幸福路***"
    assert (hit.customer_id, hit.customer_no, hit.account_no) == (1, "K001", "10002345")
    assert (hit.kind, hit.how, hit.part) == (Kind.NAME, How.EXACT, "")


@pytest.mark.parametrize("text", ["13800000013", "张伟", "幸福路", "110101199003077715", "7715", "zwm", "张 0013"])
def test_no_line_carries_what_is_masked(hall: OpenHall, text: str) -> None:
    shown = repr(find(hall, text).hits)
    assert "张" in shown
    for secret in ("伟明", "13800000013", "110101199003077715", "123号"):
        assert secret not in shown


def test_an_organisation_is_shown_as_it_is(hall: OpenHall) -> None:
    (hit,) = find(hall, "商贸城").hits
    assert (hit.name, hit.id_number, hit.group_name) == ("昌平商贸有限公司", "91110000MA00000000", "商贸城")
    assert hit.phone == "0551-****3456"


def test_what_the_line_does_not_show_is_said_as_the_part_that_matched(hall: OpenHall) -> None:
    assert [hit.part for hit in find(hall, "DB0010002345").hits] == ["DB0010002345"]
    assert [hit.part for hit in find(hall, "110101").hits] == ["110***********7715"]
    assert [hit.part for hit in find(hall, "10002345").hits] == [""]


def test_no_result_says_what_was_tried(hall: OpenHall) -> None:
    answer = find(hall, "13999999999")
    assert answer.hits == ()
    assert [way.kind for way in answer.tried][:3] == [Kind.PHONE, Kind.ACCOUNT, Kind.METER]
    assert {way.sign_count for way in answer.tried} == {11}
    kinds = [way.kind for way in find(hall, "鼋鼍").tried]
    assert kinds == [Kind.NAME, Kind.GROUP, Kind.ADDRESS]
    assert {Kind.PINYIN, Kind.INITIALS} <= {way.kind for way in find(hall, "zzz").tried}


@pytest.mark.parametrize("text", ["", "  ", "1", "a", "'"])
def test_one_sign_asks_for_more(hall: OpenHall, text: str) -> None:
    answer = find(hall, text)
    assert answer.is_too_short
    assert answer.hits == ()
    assert answer.tried == ()


def test_the_limit_holds(hall: OpenHall) -> None:
    assert len(find(hall, "1000").hits) == 2
    assert len(find(hall, "1000", 1).hits) == 1
