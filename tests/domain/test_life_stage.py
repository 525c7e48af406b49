"""Each stage between joining and leaving follows from facts, the strongest sign first; each gap in the data is told."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from itertools import product

import pytest
from hypothesis import given
from hypothesis import strategies as st

from counter_app.domain.completeness import Gap, gaps_of
from counter_app.domain.customers import Account, Contact, Customer, CustomerRecord, Service
from counter_app.domain.life_stage import CLOSED, JOINING_DAYS, LifeFacts, LifeStage, Sign, life_of, strongest
from counter_app.domain.retention_usage import Fading

ON = date(2026, 11, 21)
LINE = Service(1, 1, "mobile", "13812345678", "58", "active", date(2020, 5, 1), "", None)
GONE = replace(LINE, id=2, state=CLOSED, state_since_on=date(2026, 8, 3))
FALLING = Fading("falling", (), 4_200)
FACTS = LifeFacts(date(2020, 5, 22), (LINE,), "", (), 5_800, is_valued=False)


@pytest.mark.parametrize(
    ("facts", "stage", "first"),
    [
        (replace(FACTS, services=()), LifeStage.BEFORE, Sign("no_service")),
        (replace(FACTS, services=(GONE,)), LifeStage.LEFT, Sign("all_closed", date(2026, 8, 3))),
        (replace(FACTS, since_on=date(2026, 11, 1)), LifeStage.JOINING, Sign("joined", date(2026, 11, 1), 20)),
        (FACTS, LifeStage.IN_SERVICE, Sign("tenure", date(2020, 5, 22), 77)),
        (replace(FACTS, since_on=None), LifeStage.IN_SERVICE, Sign("since_unknown")),
        (replace(FACTS, since_on=date(2027, 1, 1)), LifeStage.IN_SERVICE, Sign("since_unknown")),
        (replace(FACTS, case_no="HZ-1"), LifeStage.LEANING, Sign("case", words="HZ-1")),
        (
            replace(FACTS, fading=(("13812345678", FALLING),)),
            LifeStage.LEANING,
            Sign("falling", count=4_200, words="13812345678"),
        ),
    ],
)
def test_the_stage_follows_from_the_facts(facts: LifeFacts, stage: LifeStage, first: Sign) -> None:
    life = life_of(facts, ON)
    assert (life.stage, life.signs[0]) == (stage, first)


def test_who_asks_to_leave_tends_to_leave_even_in_the_first_days_and_every_sign_is_told() -> None:
    idle = Fading("idle", (), 0)
    life = life_of(
        replace(FACTS, since_on=ON, case_no="HZ-1", fading=(("1", idle), ("2", FALLING)), is_valued=True), ON
    )
    assert life.stage is LifeStage.LEANING
    assert [sign.kind for sign in life.signs] == ["case", "idle", "falling", "joined", "valued"]


def test_one_line_that_is_left_makes_nobody_a_leaver() -> None:
    assert life_of(replace(FACTS, services=(GONE, LINE)), ON).stage is LifeStage.IN_SERVICE


@given(
    st.none() | st.integers(-40, 8_000).map(lambda days: ON - timedelta(days=days)),
    st.sampled_from([(), (LINE,), (GONE,), (LINE, GONE)]),
    st.sampled_from(["", "HZ-1"]),
    st.sampled_from([(), (("1", FALLING),)]),
    st.booleans(),
)
def test_there_is_always_one_stage_with_a_reason(
    since_on: date | None,
    services: tuple[Service, ...],
    case_no: str,
    fading: tuple[tuple[str, Fading], ...],
    is_valued: bool,
) -> None:
    life = life_of(LifeFacts(since_on, services, case_no, fading, 5_800, is_valued), ON)
    assert life.signs
    is_here = any(service.state != CLOSED for service in services)
    assert (life.stage in (LifeStage.BEFORE, LifeStage.LEFT)) == (not is_here)
    assert (life.stage is LifeStage.LEANING) == (is_here and bool(case_no or fading))
    is_new = since_on is not None and 0 <= (ON - since_on).days < JOINING_DAYS
    assert (life.stage is LifeStage.JOINING) == (is_here and is_new and not (case_no or fading))


def test_several_services_are_worth_what_the_best_of_them_is() -> None:
    assert strongest([5_800, 12_000, 0]) == 12_000
    assert strongest([]) == 0


# --- what is missing ---

PERSON = Customer(1, "C1", "张伟", "person", "resident", "resident_id", "11010119900307002X", None, None)
HOME = Account(1, "A1", 1, "和平路 1 号", {}, None, None)
PHONE = Contact("mobile", "13812345678", "")
WHOLE = CustomerRecord(PERSON, (HOME,), (LINE,), (), (), (), (PHONE,), ())


def test_a_whole_record_lacks_nothing() -> None:
    assert gaps_of(WHOLE, ON) == ()
    assert gaps_of(replace(WHOLE, accounts=()), ON) == ()


@pytest.mark.parametrize("missing", list(product((False, True), repeat=4)))
def test_each_gap_is_named_whatever_else_is_missing(missing: tuple[bool, ...]) -> None:
    contact, id_number, address, since = missing
    record = replace(
        WHOLE,
        contacts=(Contact("mail", "a@b.cn", ""), Contact("mobile", " ", "")) if contact else (PHONE,),
        customer=replace(PERSON, id_number=None) if id_number else PERSON,
        accounts=(HOME, replace(HOME, id=2, address="" if address else "和平路 2 号")),
    )
    assert gaps_of(record, None if since else ON) == tuple(
        gap for gap, is_gone in zip(Gap, missing, strict=True) if is_gone
    )
