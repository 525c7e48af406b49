"""Each field of the retention form has its rule, the form survives its text, and it begins with what the hall knows."""

from __future__ import annotations

import dataclasses
import json
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta, timezone
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from counter_app.domain.bills import Bill
from counter_app.domain.customers import Flag
from counter_app.domain.journal import canonical
from counter_app.domain.refusals import Refusal, Refused
from counter_app.domain.retention_form import (
    Agent,
    AgentNotAllowed,
    ChoiceTwice,
    ChoiceUnknown,
    ConsentNeeded,
    FieldLength,
    FieldMissing,
    Form,
    FormFacts,
    IdNumberWrong,
    NameDiffers,
    OtherCaseOpen,
    RatingOutOfRange,
    ServiceNotActive,
    TooManyReasons,
    check_form,
)
from counter_app.domain.retention_form_text import (
    VERSION_KEY,
    BadFormText,
    fields_of_text,
    form_of_text,
    prefilled,
    text_of_form,
)
from counter_app.domain.retention_rules import RetentionRules
from counter_app.domain.retention_usage import UsedMonth
from counter_app.storage.rules import load_pack

TODAY = date(2026, 11, 2)
AT = datetime(2026, 11, 2, 1, 0, tzinfo=UTC)
RESIDENT_ID = "11010519491231002X"
FACTS = FormFacts("王小明", is_service_active=True)
FULL = Form(
    case_no="H1-20261102-0001",
    accepted_at=AT,
    hall="H1",
    staff_no="1001",
    service_number="13800138000",
    name="王小明",
    id_kind="resident_id",
    id_number=RESIDENT_ID,
    customer_class="resident",
    reason="PRICE_FEE_HIGH",
    further=("NETWORK", "OTHER"),
    other_words="老人用不惯",
    interests=("MORE_DATA", "FAMILY"),
    rating=4,
    rating_words="人不错",
    next_tool="RIVAL",
    later_contact="13900139000，晚上",
    is_contact_agreed=True,
    agreed_at=AT,
    contact_times=("EVENING", "WEEKEND"),
    suggestions="多开窗口",
)
AGENT = Agent("李四", "resident_id", RESIDENT_ID, "委托书 7")


def rules(*, is_agent_allowed: bool = True) -> RetentionRules:
    found = load_pack("telecom").retention(TODAY)
    assert found is not None
    return replace(found, is_agent_allowed=is_agent_allowed)


def wrong(form: Form, facts: FormFacts = FACTS, *, is_final: bool = True) -> tuple[Refusal, ...]:
    return check_form(form, rules(), facts, today=TODAY, is_final=is_final)


def with_(**more: Any) -> Form:
    return replace(FULL, **more)


# --- the rules of the fields ---


def test_a_full_form_has_nothing_wrong() -> None:
    assert wrong(FULL) == ()
    assert wrong(with_(agent=AGENT)) == ()
    assert FULL.reasons == ("PRICE_FEE_HIGH", "NETWORK", "OTHER")


@pytest.mark.parametrize(
    ("more", "expected"),
    [
        ({"case_no": ""}, FieldMissing("case_no")),
        ({"hall": " "}, FieldMissing("hall")),
        ({"staff_no": ""}, FieldMissing("staff_no")),
        ({"service_number": ""}, FieldMissing("service_number")),
        ({"customer_class": ""}, FieldMissing("customer_class")),
        ({"name": ""}, FieldMissing("name")),
        ({"name": "王小名"}, NameDiffers("name")),
        ({"id_kind": ""}, FieldMissing("id_kind")),
        ({"id_kind": "library_card"}, ChoiceUnknown("id_kind", "library_card")),
        ({"id_number": ""}, FieldMissing("id_number")),
        ({"id_number": "110105194912310021"}, IdNumberWrong("id_number", "checksum")),
        ({"id_kind": "passport", "id_number": "E" * 41}, FieldLength("id_number", 41, 1, 40)),
        ({"id_kind": "uscc", "id_number": "9135"}, IdNumberWrong("id_number", "length")),
        ({"reason": ""}, FieldMissing("reason")),
        ({"reason": "WEATHER"}, ChoiceUnknown("reason", "WEATHER")),
        ({"further": ("WEATHER",)}, ChoiceUnknown("further", "WEATHER")),
        ({"further": ("PRICE_FEE_HIGH",)}, ChoiceTwice("further", "PRICE_FEE_HIGH")),
        ({"further": ("DEVICE", "DEVICE")}, ChoiceTwice("further", "DEVICE")),
        ({"further": ("DEVICE", "DEATH", "BUNDLE")}, TooManyReasons(3, 2)),
        ({"other_words": ""}, FieldMissing("other_words")),
        ({"other_words": " 四个字了 "}, FieldLength("other_words", 4, 5, 200)),
        ({"other_words": "字" * 201}, FieldLength("other_words", 201, 5, 200)),
        ({"further": (), "other_words": "字" * 201}, FieldLength("other_words", 201, 5, 200)),
        ({"former_use": "字" * 501}, FieldLength("former_use", 501, 0, 500)),
        ({"interests": ("SKIING",)}, ChoiceUnknown("interests", "SKIING")),
        ({"interests": ("FAMILY", "FAMILY")}, ChoiceTwice("interests", "FAMILY")),
        ({"rating": 0}, RatingOutOfRange(0, 1, 5)),
        ({"rating": 6}, RatingOutOfRange(6, 1, 5)),
        ({"rating_words": "字" * 501}, FieldLength("rating_words", 501, 0, 500)),
        ({"next_tool": "PIGEON"}, ChoiceUnknown("next_tool", "PIGEON")),
        ({"later_contact": "1" * 101}, FieldLength("later_contact", 101, 0, 100)),
        ({"is_contact_agreed": False, "agreed_at": None, "contact_times": ()}, ConsentNeeded("later_contact")),
        ({"is_contact_agreed": False, "agreed_at": None, "later_contact": ""}, ConsentNeeded("contact_times")),
        ({"contact_times": ("NIGHT",)}, ChoiceUnknown("contact_times", "NIGHT")),
        ({"contact_times": ("EVENING", "EVENING")}, ChoiceTwice("contact_times", "EVENING")),
        ({"agreed_at": None}, ConsentNeeded("agreed_at")),
        ({"is_contact_agreed": False, "later_contact": "", "contact_times": ()}, ConsentNeeded("agreed_at")),
        ({"suggestions": "字" * 501}, FieldLength("suggestions", 501, 0, 500)),
        ({"agent": replace(AGENT, name="")}, FieldMissing("agent.name")),
        ({"agent": replace(AGENT, id_kind="")}, FieldMissing("agent.id_kind")),
        ({"agent": replace(AGENT, id_number="")}, FieldMissing("agent.id_number")),
        ({"agent": replace(AGENT, id_number=RESIDENT_ID[:-1])}, IdNumberWrong("agent.id_number", "length")),
        ({"agent": replace(AGENT, order_no="")}, FieldMissing("agent.order_no")),
        ({"agent": replace(AGENT, name="李" * 51)}, FieldLength("agent.name", 51, 1, 50)),
    ],
)
def test_a_field_against_its_rule_is_named_alone(more: dict[str, Any], expected: Refusal) -> None:
    assert wrong(with_(**more)) == (expected,)


@pytest.mark.parametrize(
    "more",
    [
        {"name": "王" * 50},
        {"other_words": "字" * 5},
        {"other_words": "字" * 200},
        {"former_use": "字" * 500, "suggestions": "字" * 500, "rating_words": "字" * 500},
        {"rating": None, "interests": (), "next_tool": "", "rating_words": "", "suggestions": ""},
        {"rating": 1},
        {"rating": 5},
        {"later_contact": "1" * 100},
        {"later_contact": ""},
        {"id_kind": "uscc", "id_number": "913501001581422877"},
        {"id_kind": "passport", "id_number": "E12345678"},
    ],
)
def test_what_lies_on_the_edge_of_a_rule_is_taken(more: dict[str, Any]) -> None:
    form = with_(**more)
    assert wrong(form, replace(FACTS, holder_name=form.name)) == ()


def test_an_agent_comes_only_where_the_hall_allows_it() -> None:
    found = check_form(with_(agent=AGENT), rules(is_agent_allowed=False), FACTS, today=TODAY, is_final=True)
    assert found == (AgentNotAllowed("agent"),)
    assert check_form(FULL, rules(is_agent_allowed=False), FACTS, today=TODAY, is_final=True) == ()


def test_a_closed_service_and_a_second_case_are_refused() -> None:
    assert wrong(FULL, FormFacts("王小明", is_service_active=False)) == (ServiceNotActive("13800138000"),)
    other = FormFacts("王小明", is_service_active=True, other_case_no="H1-20261102-0009")
    assert wrong(FULL, other) == (OtherCaseOpen("H1-20261102-0009"),)
    assert wrong(FULL, replace(other, other_case_no=FULL.case_no)) == ()


def test_a_form_that_is_being_written_may_lack_things_but_not_break_rules() -> None:
    begun = Form("H1-20261102-0001", AT, "H1", "1001", "13800138000", "")
    assert wrong(begun, is_final=False) == ()
    assert {r.field for r in wrong(begun) if isinstance(r, FieldMissing)} == {
        "customer_class", "name", "id_kind", "id_number", "reason",
    }  # fmt: skip
    assert wrong(replace(begun, rating=9), is_final=False) == (RatingOutOfRange(9, 1, 5),)


def test_personal_words_stay_out_of_what_a_log_could_show() -> None:
    shown = repr(with_(agent=AGENT)) + repr(FACTS)
    for secret in ("王小明", "13800138000", RESIDENT_ID, "李四", "13900139000", "多开窗口", "老人用不惯", "人不错"):
        assert secret not in shown


# --- its text ---

words = st.text(max_size=8)
moments = st.datetimes(
    min_value=datetime(2000, 1, 1),  # noqa: DTZ001  # hypothesis takes bounds without a zone and adds one of `timezones`
    timezones=st.sampled_from([UTC, timezone(timedelta(hours=8))]),
)
forms = st.builds(
    Form,
    case_no=words,
    accepted_at=moments,
    hall=words,
    staff_no=words,
    service_number=words,
    name=words,
    id_kind=words,
    id_number=words,
    agent=st.builds(Agent, words, words, words, words),
    customer_class=words,
    flags=st.lists(st.sampled_from(Flag), max_size=2).map(tuple),
    average_fen=st.integers(0, 10**14),
    is_valued=st.booleans(),
    owed_fen=st.integers(0, 10**14),
    contract_until_on=st.none() | st.dates(),
    contract_fen=st.integers(0, 10**14),
    reason=words,
    further=st.lists(words, max_size=2).map(tuple),
    other_words=words,
    used=st.lists(
        st.builds(UsedMonth, words, st.integers(), st.lists(st.tuples(words, st.integers()), max_size=2).map(tuple)),
        max_size=2,
    ).map(tuple),
    former_use=words,
    interests=st.lists(words, max_size=2).map(tuple),
    rating=st.none() | st.integers(),
    rating_words=words,
    next_tool=words,
    later_contact=words,
    is_contact_agreed=st.booleans(),
    agreed_at=st.none() | moments,
    contact_times=st.lists(words, max_size=2).map(tuple),
    suggestions=words,
)


@given(forms)
def test_a_form_comes_back_from_its_text_and_the_text_has_one_form(form: Form) -> None:
    text = text_of_form(form)
    assert form_of_text(text) == form
    assert text_of_form(form_of_text(text)) == text
    assert text == canonical(json.loads(text))


@given(forms, st.sets(st.sampled_from([field.name for field in dataclasses.fields(Form)]), max_size=4))
def test_some_fields_of_a_text_are_those_of_the_whole_form(form: Form, names: set[str]) -> None:
    found = fields_of_text(text_of_form(form), names)
    assert found == {name: getattr(form, name) for name in found}
    assert names - found.keys() <= {"contact_times"}
    assert names <= found.keys() or form.contact_times == ()


def test_every_field_of_the_form_is_in_its_text() -> None:
    keys = set(json.loads(text_of_form(FULL)))
    assert keys == {field.name for field in dataclasses.fields(Form)} | {VERSION_KEY}


def test_a_form_that_was_kept_before_times_were_asked_for_is_read_and_written_as_it_was() -> None:
    text = text_of_form(with_(contact_times=()))
    assert "contact_times" not in text
    assert form_of_text(text).contact_times == ()


def spoiled(**more: object) -> str:
    return canonical({**json.loads(text_of_form(FULL)), **more})


@pytest.mark.parametrize(
    ("text", "key"),
    [
        ("", ""),
        ("[]", ""),
        ("[" * 100_000, ""),
        (spoiled(form_version=2), VERSION_KEY),
        (spoiled(form_version=True), VERSION_KEY),
        (spoiled(form_version="1"), VERSION_KEY),
        (spoiled(mood="good"), "mood"),
        (canonical({k: v for k, v in json.loads(text_of_form(FULL)).items() if k != "hall"}), "hall"),
        (spoiled(hall=1), "hall"),
        (spoiled(rating=True), "rating"),
        (spoiled(rating="4"), "rating"),
        (spoiled(is_valued=1), "is_valued"),
        (spoiled(accepted_at="2026-11-02T01:00:00"), "accepted_at"),
        (spoiled(accepted_at="now"), "accepted_at"),
        (spoiled(contract_until_on="2026-02-30"), "contract_until_on"),
        (spoiled(flags=["gold"]), "flags"),
        (spoiled(further="PRICE"), "further"),
        (spoiled(contact_times="EVENING"), "contact_times"),
        (spoiled(contact_times=[]), ""),
        (spoiled(agent={"name": "x"}), "agent"),
        (spoiled(agent={"name": 1, "id_kind": "", "id_number": "", "order_no": ""}), "agent"),
        (spoiled(used=[["2026-10", 1]]), "used"),
        (spoiled(used=[["2026-10", "1", []]]), "used"),
        (text_of_form(FULL) + " ", ""),
        (text_of_form(FULL).replace("+00:00", "Z"), ""),
        (text_of_form(FULL).replace('{"accepted_at"', '{"hall":"H1","accepted_at"', 1), ""),
    ],
)
def test_any_other_text_is_refused_with_its_key(text: str, key: str) -> None:
    with pytest.raises(Refused) as refused:
        form_of_text(text)
    refusal = refused.value.refusal
    assert isinstance(refusal, BadFormText)
    assert refusal.key == key
    if key in {field.name for field in dataclasses.fields(Form)}:
        with pytest.raises(Refused):
            fields_of_text(text, {key})


# --- what the hall fills in ---


def bill(number: int, month: str, fen: int, service_id: int | None = 1) -> Bill:
    due_on = date.fromisoformat(f"{month}-15")
    return Bill(number, str(number), 1, month, due_on, fen, service_id=service_id, items=(("通话费", fen),))


def test_the_form_begins_with_the_last_three_bills_and_their_average() -> None:
    bills = [bill(n, month, fen) for n, (month, fen) in enumerate(
        [("2026-07", 99_999), ("2026-10", 10_001), ("2026-08", 10_000), ("2026-09", 10_000), ("2026-12", 1)]
    )]  # fmt: skip
    form = prefilled(FULL, bills, rules(), service_id=1, on=TODAY, flags=(), threshold_fen=10_000)
    assert [(month.month, month.total_fen) for month in form.used] == [
        ("2026-08", 10_000), ("2026-09", 10_000), ("2026-10", 10_001),
    ]  # fmt: skip
    assert form.average_fen == 10_000
    assert form.is_valued
    assert form.used[2].items == (("通话费", 10_001),)
    assert wrong(form) == ()


@pytest.mark.parametrize(
    ("fens", "expected_fen"), [((), 0), ((7,), 7), ((1, 2), 2), ((1, 1, 2), 1), ((1, 2, 2), 2), ((-1, 0), -1)]
)
def test_fewer_months_are_divided_by_the_months_there_are_half_up(fens: tuple[int, ...], expected_fen: int) -> None:
    bills = [bill(n, f"2026-{n + 1:02d}", fen) for n, fen in enumerate(fens)]
    form = prefilled(FULL, bills, rules(), service_id=1, on=TODAY, flags=(Flag.VIP,), threshold_fen=None)
    assert form.average_fen == expected_fen
    assert form.is_valued
    assert form.flags == (Flag.VIP,)


def test_the_bills_of_other_services_are_left_out_and_two_of_a_month_are_one() -> None:
    mixed = [bill(1, "2026-10", 100), bill(2, "2026-10", 50), bill(3, "2026-10", 7, 2), bill(4, "2026-10", 9, None)]
    assert prefilled(FULL, mixed, rules(), service_id=1, on=TODAY, flags=(), threshold_fen=None).used == (
        UsedMonth("2026-10", 150, (("通话费", 100), ("通话费", 50))),
    )
    by_account = prefilled(FULL, mixed, rules(), service_id=3, on=TODAY, flags=(), threshold_fen=None)
    assert by_account.average_fen == 9
