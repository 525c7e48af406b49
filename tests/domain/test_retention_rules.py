"""The rules for customers who want to leave load whole from the pack, name every error, and price what is offered."""

from __future__ import annotations

import copy
import re
import tomllib
from collections.abc import Callable
from datetime import date
from fractions import Fraction
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from counter_app.domain.customers import Flag
from counter_app.domain.refusals import Refused
from counter_app.domain.retention import Result
from counter_app.domain.retention_fields import GIVERS, UNITS
from counter_app.domain.retention_rules import (
    OfferAboveRole,
    OfferOutOfRange,
    OfferUnknown,
    RetentionRules,
    cost_fen,
    fitting_offers,
)
from counter_app.domain.rule_checks import BadPack, check_pack
from counter_app.domain.rule_fields import TRADES
from counter_app.domain.rules import pack_of
from counter_app.domain.staff import Role
from counter_app.resources import resource
from counter_app.storage.rules import load_pack

ON = date(2026, 11, 2)
SIXTEEN = [
    "PRICE", "NETWORK", "SERVICE", "BILLING", "COMPETITOR", "BUNDLE", "CONTRACT_END", "DEVICE", "RELOCATE", "NO_NEED",
    "DEATH", "UNIT_CLOSE", "FRAUD_RISK", "ARREARS", "PORT_OUT", "OTHER",
]  # fmt: skip
TEN = ["GIFT_FEE", "DISCOUNT", "DOWNGRADE", "ADDON", "POINTS", "EXTEND", "DEVICE", "KEEP_NUMBER", "FIX", "VIP"]
Document = dict[str, Any]
TELECOM: Document = tomllib.loads(resource("rules", "telecom.toml").read_text(encoding="utf-8"))


def rules() -> RetentionRules:
    found = load_pack("telecom").retention(ON)
    assert found is not None
    return found


# --- the pack as shipped ---


def test_only_telecom_keeps_a_retention_form() -> None:
    assert [trade for trade in TRADES if load_pack(trade).retention(ON) is not None] == ["telecom"]


def test_the_shipped_reasons_are_the_sixteen_and_the_offers_the_ten() -> None:
    assert [reason.code for reason in rules().reasons] == SIXTEEN
    assert [offer.code for offer in rules().offers] == TEN
    assert {offer.unit for offer in rules().offers} == set(UNITS)


def test_the_shipped_numbers_are_those_of_the_documents() -> None:
    shipped = rules()
    assert shipped.value_check == "either"
    assert shipped.average_months == 3
    assert shipped.kept_visit_months == (1, 2, 3, 4)
    assert shipped.hold_months == 6
    assert shipped.success_days == 30
    assert shipped.first_offers == 2
    assert shipped.feedback_of == "each"
    assert shipped.feedback_results == (Result.KEPT, Result.LEFT, Result.REFUSED_TALK)
    assert [tool.code for tool in shipped.next_tools] == ["RIVAL", "OWN_NUMBER", "LANDLINE", "NONE", "NOT_TOLD"]
    givers = {offer.code: offer.giver for offer in shipped.offers}
    assert [code for code in TEN if givers[code] is Role.SUPERVISOR] == ["DISCOUNT", "EXTEND"]
    assert [code for code in TEN if givers[code] is Role.ADMIN] == ["DEVICE", "VIP"]
    assert shipped.ceiling_fen(Role.TELLER, is_valued=False) == 3 * 3_000
    assert shipped.ceiling_fen(Role.TELLER, is_valued=True) == 3 * 5_000
    assert shipped.ceiling_fen(Role.AUDITOR, is_valued=True) == 0


def test_the_settings_page_sees_the_three_tables_with_their_sources() -> None:
    sources = {rule.table: rule.source for rule in load_pack("telecom").in_force(ON)}
    for table in ("retention", "retention_reasons", "retention_offers"):
        assert "[house rule]" in sources[table]
        assert "002-" in sources[table]


# --- what is wrong with a pack ---


def put(path: str, value: object) -> Callable[[Document], None]:
    """A spoiler that puts a value at a path such as `retention[1].ceilings[2].role`; `del` takes the key away."""

    def spoil(document: Document) -> None:
        inside: Any = document
        parts = [int(part) - 1 if part.isdigit() else part for part in re.findall(r"\w+", path)]
        for part in parts[:-1]:
            inside = inside[part]
        if value is del_:
            del inside[parts[-1]]
        else:
            inside[parts[-1]] = value

    return spoil


del_ = object()
SECOND = {"code": "PRICE", "name_zh": "重复", "name_en": "Twice"}
OFFERS = "retention_offers[1].offers"
REASONS = "retention_reasons[1].reasons"


@pytest.mark.parametrize(
    ("path", "value", "key", "expected"),
    [
        ("retention", del_, "retention", "at least one [[retention]] where there is [[retention_reasons]]"),
        ("retention_reasons", del_, "retention_reasons", "at least one [[retention_reasons]]"),
        ("retention_offers", del_, "retention_offers", "at least one [[retention_offers]]"),
        ("retention[1].source", del_, "retention[1].source", "not empty"),
        ("retention[1].feedback_of", "some", "retention[1].feedback_of", "each, valued, none"),
        ("retention[1].feedback_of", del_, "retention[1].feedback_of", "each, valued, none"),
        ("retention[1].feedback_results", ["gone"], "retention[1].feedback_results", "kept, left, refused_talk"),
        ("retention[1].value_check", "guess", "retention[1].value_check", "average, mark, either"),
        ("retention[1].average_months", 0, "retention[1].average_months", "1 to 12"),
        ("retention[1].vip_flags", ["gold"], "retention[1].vip_flags", "vip"),
        ("retention[1].hold_months", 0, "retention[1].hold_months", "1 to 24"),
        ("retention[1].kept_visit_months", [], "retention[1].kept_visit_months", "rising"),
        ("retention[1].kept_visit_months", [2, 1], "retention[1].kept_visit_months", "rising"),
        ("retention[1].kept_visit_months", [0, 1], "retention[1].kept_visit_months", "from 1"),
        ("retention[1].left_visit_months", [3, 3], "retention[1].left_visit_months", "rising"),
        ("retention[1].falling_share", "0", "retention[1].falling_share", 'above "0"'),
        ("retention[1].falling_share", "1.5", "retention[1].falling_share", 'at most "1"'),
        ("retention[1].ceilings[2].role", "teller", "retention[1].ceilings", "teller, supervisor, admin"),
        ("retention[1].ceilings[2].ordinary", "89.99", "retention[1].ceilings[2].ordinary", "at least 90.00"),
        ("retention[1].ceilings[3].valued", "1.00", "retention[1].ceilings[3].valued", "at least 300.00"),
        ("retention[1].ceilings[1].ordinary", "free", "retention[1].ceilings[1].ordinary", "yuan"),
        ("retention[1].interests[2].code", "MORE_DATA", "retention[1].interests[2].code", "interests[1] has it"),
        ("retention[1].contact_times[2].code", "MORNING", "retention[1].contact_times[2].code", "contact_times[1]"),
        ("retention[1].talk_tips[2].name_zh", " ", "retention[1].talk_tips[2].name_zh", "not empty"),
        ("retention[1].talk_tips[2].kinds", "landline", "retention[1].talk_tips[2].kinds", "a list of texts"),
        ("retention[1].exit_offers", 5, "retention[1].exit_offers", "not empty"),
        ("retention[1].next_tools[1].code", "rival", "retention[1].next_tools[1].code", "capitals"),
        (f"{REASONS}[16]", {**SECOND, "code": "ELSE"}, REASONS, "OTHER"),
        (f"{REASONS}[15].code", "PORTING", REASONS, "PORT_OUT"),
        (f"{REASONS}[2].code", "PRICE", f"{REASONS}[2].code", "reasons[1] has it"),
        (f"{REASONS}[2].second[1]", SECOND, f"{REASONS}[2].second[1].code", "reasons[1] has it"),
        (f"{REASONS}[2].second[1].name_en", "", f"{REASONS}[2].second[1].name_en", "not empty"),
        (f"{REASONS}[15].second", [{**SECOND, "code": "X1"}], f"{REASONS}[15].second", "PORT_OUT"),
        (f"{REASONS}[1].nmae", "x", f"{REASONS}[1].nmae", "no such key"),
        (OFFERS, [], OFFERS, "a list of {code"),
        (f"{OFFERS}[2].code", "GIFT_FEE", f"{OFFERS}[2].code", "offers[1] has it"),
        (f"{OFFERS}[1].fits", ["PRICE", "PRISE"], f"{OFFERS}[1].fits", "in force on 2000-09-25"),
        (f"{OFFERS}[1].fits", ["PRICE", "PORT_OUT"], f"{OFFERS}[1].fits", "offered nothing"),
        (f"{OFFERS}[1].fits", ["PRICE", "PRICE"], f"{OFFERS}[1].fits", "without repeats"),
        (f"{OFFERS}[1].fits", [], f"{OFFERS}[1].fits", "without repeats"),
        (f"{OFFERS}[1].months", 0, f"{OFFERS}[1].months", "at least 1"),
        (f"{OFFERS}[1].months", 13, f"{OFFERS}[1].months", "which is 12"),
        (f"{OFFERS}[1].value", 51, f"{OFFERS}[1].value", "which is 50"),
        (f"{OFFERS}[1].unit_cost", "1.00", f"{OFFERS}[1].unit_cost", "no such key"),
        (f"{OFFERS}[4].unit_cost", del_, f"{OFFERS}[4].unit_cost", "costs the hall"),
        (f"{OFFERS}[2].largest", 101, f"{OFFERS}[2].largest", "at most 100"),
        (f"{OFFERS}[6].largest", 2, f"{OFFERS}[6].largest", "1 with the unit"),
        (f"{OFFERS}[5].longest", 2, f"{OFFERS}[5].longest", "0 with the unit"),
        (f"{OFFERS}[1].giver", "auditor", f"{OFFERS}[1].giver", "teller, supervisor, admin"),
    ],
)
def test_each_error_names_the_file_the_key_and_what_was_expected(
    path: str, value: object, key: str, expected: str
) -> None:
    document = copy.deepcopy(TELECOM)
    put(path, value)(document)
    with pytest.raises(Refused) as refused:
        pack_of(document, file="telecom.toml")
    refusal = refused.value.refusal
    assert isinstance(refusal, BadPack)
    errors = {error.key: error for error in refusal.errors}
    assert key in errors, errors
    assert errors[key].file == "telecom.toml"
    assert expected in errors[key].expected


def test_offers_must_fit_the_reasons_of_every_day() -> None:
    document = copy.deepcopy(TELECOM)
    fewer = copy.deepcopy(document["retention_reasons"][0])
    fewer["valid_from"] = date(2027, 1, 1)
    fewer["reasons"] = [reason for reason in fewer["reasons"] if reason["code"] != "NO_NEED"]
    document["retention_reasons"].append(fewer)
    found = {(error.key, error.expected, error.found) for error in check_pack(document, "telecom.toml")}
    assert found == {
        (f"{OFFERS}[{number}].fits", "codes of reasons in force on 2027-01-01", "NO_NEED") for number in (3, 8)
    }
    offers = copy.deepcopy(document["retention_offers"][0])
    offers["valid_from"] = date(2027, 1, 1)
    for offer in offers["offers"]:
        offer["fits"] = [code for code in offer["fits"] if code != "NO_NEED"]
    document["retention_offers"].append(offers)
    pack = pack_of(document, file="telecom.toml")
    for on, there in ((date(2026, 12, 31), True), (date(2027, 1, 1), False)):
        in_force = pack.retention(on)
        assert in_force is not None
        assert in_force.knows_reason("NO_NEED") is there


def places(value: object, path: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
    """Every place inside of a document."""
    nested = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    return [path] * bool(path) + [place for key, entry in nested for place in places(entry, (*path, key))]


JUNK: st.SearchStrategy[object] = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=5) | st.dates() | st.just({}),
    lambda inner: st.lists(inner, max_size=2) | st.dictionaries(st.text(max_size=5), inner, max_size=2),
    max_leaves=3,
)
PLACES = [place for place in places(TELECOM) if str(place[0]).startswith("retention")]


@given(st.sampled_from(PLACES), JUNK)
def test_junk_anywhere_is_refused_or_loads_but_never_crashes(place: tuple[Any, ...], junk: object) -> None:
    document: Any = copy.deepcopy(TELECOM)
    inside = document
    for key in place[:-1]:
        inside = inside[key]
    inside[place[-1]] = junk
    if not check_pack(document, "telecom.toml"):
        in_force = pack_of(document, file="telecom.toml").retention(ON)
        assert in_force is not None
        assert fitting_offers(("PRICE",), in_force, 10_000) is not None


# --- worth, reasons, offers ---


@pytest.mark.parametrize(
    ("check", "average_fen", "flags", "threshold_fen", "is_valued"),
    [
        ("average", 10_000, (), 10_000, True),
        ("average", 9_999, (Flag.VIP,), 10_000, False),
        ("average", 10_000, (), None, False),
        ("mark", 10_000, (), 10_000, False),
        ("mark", 0, (Flag.RED_LIST, Flag.VIP), 10_000, True),
        ("either", 10_000, (), 10_000, True),
        ("either", 0, (Flag.VIP,), None, True),
        ("either", 9_999, (Flag.RED_LIST,), 10_000, False),
    ],
)
def test_version_a_version_b_or_either_makes_a_valued_customer(
    check: str, average_fen: int, flags: tuple[Flag, ...], threshold_fen: int | None, is_valued: bool
) -> None:
    document = copy.deepcopy(TELECOM)
    put("retention[1].value_check", check)(document)
    in_force = pack_of(document, file="telecom.toml").retention(ON)
    assert in_force is not None
    worth = in_force.worth(average_fen, flags, threshold_fen)
    assert (worth.average_fen, worth.is_valued) == (average_fen, is_valued)


def test_a_talk_about_a_fixed_line_has_a_tip_of_its_own_beside_those_for_all() -> None:
    assert [tip.code for tip in rules().tips("landline")] == ["ONLY_WHAT_FITS", "FIXED_LINE"]
    assert [tip.code for tip in rules().tips("mobile")] == ["ONLY_WHAT_FITS"]
    (_, fixed) = rules().tips("landline")
    assert "拒绝" in fixed.name_zh, "be prepared for a no"
    assert [word for word in ("不把产品背一遍", "不恳求", "不强调比别家便宜") if word not in fixed.name_zh] == []


def test_a_pack_may_say_nothing_of_times_tips_and_offers_on_the_slip() -> None:
    document = copy.deepcopy(TELECOM)
    for key in ("contact_times", "talk_tips", "exit_offers"):
        put(f"retention[1].{key}", del_)(document)
    found = pack_of(document, file="telecom.toml").retention(date(2026, 11, 2))
    assert found is not None
    assert (found.contact_times, found.talk_tips, found.exit_offers) == ((), (), "")


def test_a_code_of_the_second_level_belongs_to_its_reason() -> None:
    assert rules().first_level("PRICE_FEE_HIGH") == "PRICE"
    assert rules().first_level("OTHER") == "OTHER"
    assert rules().knows_reason("NETWORK_SLOW")
    assert not rules().knows_reason("WEATHER")


@pytest.mark.parametrize(
    ("offer", "value", "months", "average_fen", "expected_fen"),
    [
        ("GIFT_FEE", 10, 3, 0, 3_000),
        ("DISCOUNT", 20, 3, 12_345, 7_407),
        ("DISCOUNT", 15, 1, 10_003, 1_500),
        ("DISCOUNT", 5, 1, 10_010, 501),
        ("DOWNGRADE", 1, 0, 12_345, 0),
        ("ADDON", 2, 3, 0, 6_000),
        ("POINTS", 1_050, 0, 0, 1_050),
        ("EXTEND", 1, 12, 9_999, 0),
        ("DEVICE", 300, 0, 0, 30_000),
        ("KEEP_NUMBER", 1, 6, 0, 3_000),
        ("FIX", 1, 0, 0, 0),
        ("VIP", 1, 0, 0, 0),
    ],
)
def test_an_offer_costs_what_its_unit_says(
    offer: str, value: int, months: int, average_fen: int, expected_fen: int
) -> None:
    found = rules().offer(offer)
    assert found is not None
    assert cost_fen(found, value=value, months=months, average_fen=average_fen) == expected_fen


@given(st.integers(1, 100), st.integers(1, 36), st.integers(0, 10**9))
def test_a_discount_is_rounded_once_and_half_up(percent: int, months: int, average_fen: int) -> None:
    offer = rules().offer("DISCOUNT")
    assert offer is not None
    exact = Fraction(average_fen * percent * months, 100)
    assert cost_fen(offer, value=percent, months=months, average_fen=average_fen) == (exact + Fraction(1, 2)) // 1


def shown(*reasons: str) -> list[tuple[str, int, tuple[str, ...]]]:
    return [(f.offer.code, f.cost_fen, f.why) for f in fitting_offers(reasons, rules(), 12_000)]


def test_the_best_fitting_offer_comes_first_with_its_reasons() -> None:
    assert shown("PRICE_FEE_HIGH") == [
        ("DOWNGRADE", 0, ("PRICE_FEE_HIGH",)),
        ("GIFT_FEE", 3_000, ("PRICE_FEE_HIGH",)),
        ("DISCOUNT", 7_200, ("PRICE_FEE_HIGH",)),
    ]
    assert shown("NO_NEED", "PRICE_FEE_HIGH")[:2] == [
        ("DOWNGRADE", 0, ("NO_NEED", "PRICE_FEE_HIGH")),
        ("KEEP_NUMBER", 3_000, ("NO_NEED",)),
    ]
    assert shown("CONTRACT_END")[0][0] == "EXTEND"


def test_nothing_fits_a_death_and_nothing_is_offered_after_a_port_out() -> None:
    assert shown("DEATH") == []
    assert shown() == []
    for reason in SIXTEEN:
        assert shown(reason, "PORT_OUT") == []
        assert shown("PORT_OUT", reason) == []


@given(st.lists(st.sampled_from(SIXTEEN[:14]), max_size=3, unique=True))
def test_the_main_reason_is_answered_before_the_others(reasons: list[str]) -> None:
    found = fitting_offers(reasons, rules(), 12_000)
    mains = [reasons[0] in fitting.why for fitting in found]
    assert mains == sorted(mains, reverse=True)
    assert all(fitting.why for fitting in found)


# --- who may give what ---


def test_an_offer_out_of_range_is_refused_with_the_range() -> None:
    pack = rules()
    assert pack.refusal_of_measure("GIFT_FEE", 50, 12) is None
    assert pack.refusal_of_measure("GIFT_FEE", 51, 12) == OfferOutOfRange("GIFT_FEE", 51, 12, 50, 12)
    assert pack.refusal_of_measure("GIFT_FEE", 0, 3) == OfferOutOfRange("GIFT_FEE", 0, 3, 50, 12)
    assert pack.refusal_of_measure("GIFT_FEE", 10, 0) == OfferOutOfRange("GIFT_FEE", 10, 0, 50, 12)
    assert pack.refusal_of_measure("DEVICE", 100, 1) == OfferOutOfRange("DEVICE", 100, 1, 600, 0)
    assert pack.refusal_of_measure("FREE_CAR", 1, 0) == OfferUnknown("FREE_CAR")


@pytest.mark.parametrize(
    ("code", "role", "case_fen", "is_valued", "who"),
    [
        ("GIFT_FEE", Role.TELLER, 9_000, False, None),
        ("GIFT_FEE", Role.TELLER, 9_001, False, (Role.SUPERVISOR, Role.ADMIN)),
        ("GIFT_FEE", Role.TELLER, 15_000, True, None),
        ("DISCOUNT", Role.TELLER, 1, True, (Role.SUPERVISOR, Role.ADMIN)),
        ("DEVICE", Role.SUPERVISOR, 1, True, (Role.ADMIN,)),
        ("DEVICE", Role.ADMIN, 60_000, True, None),
        ("DEVICE", Role.ADMIN, 60_001, True, ()),
        ("GIFT_FEE", Role.AUDITOR, 0, False, GIVERS),
    ],
)
def test_who_may_give_an_offer(
    code: str, role: Role, case_fen: int, is_valued: bool, who: tuple[Role, ...] | None
) -> None:
    offer = rules().offer(code)
    assert offer is not None
    expected = None if who is None else OfferAboveRole(code, case_fen, role, who)
    assert rules().refusal_of_giver(offer, role, case_fen=case_fen, is_valued=is_valued) == expected
