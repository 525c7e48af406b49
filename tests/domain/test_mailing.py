"""Who is to be sent material, by consent, interest and value, and who had the same before."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest

from counter_app.domain.mailing import (
    COLUMNS,
    DROPPED,
    SENT,
    TAKEN,
    Addressee,
    Mailing,
    Wish,
    had_before,
    mailings_of,
    plain_name,
    wanted,
    written_name,
)
from counter_app.domain.retention import Result
from counter_app.domain.retention_fields import PORT_OUT
from counter_app.domain.retention_rules import RetentionRules
from counter_app.storage.rules import load_pack

AT = datetime(2026, 11, 2, 1, 0, tzinfo=UTC)
ALL = Wish(date(2026, 1, 1), date(2026, 12, 31))
ONE = Addressee(
    case_id="c1",
    case_no="HZ01-03-20261102-0001",
    customer_id=1,
    name="张伟",
    result=Result.LEFT,
    ended_on=date(2026, 11, 2),
    is_valued=False,
    reasons=("PRICE",),
    interests=("MORE_DATA", "FAMILY"),
    contact="13987654321",
    contact_times=("EVENING",),
    agreed_at=AT,
    owner_no="1001",
)


def one(customer_id: int = 1, **more: Any) -> Addressee:
    return replace(ONE, customer_id=customer_id, **more)


def rules() -> RetentionRules:
    found = load_pack("telecom").retention(date(2026, 11, 2))
    assert found is not None
    return found


def ids(found: tuple[Addressee, ...]) -> list[int]:
    return [addressee.customer_id for addressee in found]


@pytest.mark.parametrize(
    ("wish", "expected"),
    [
        ({}, [4, 3, 2, 1]),
        ({"whose": "left"}, [4, 2, 1]),
        ({"whose": "kept"}, [3]),
        ({"interests": ("FAMILY",)}, [4, 1]),
        ({"interests": ("FAMILY", "POINTS")}, [4, 3, 1]),
        ({"is_valued_only": True}, [4, 3]),
        ({"is_valued_only": True, "whose": "left", "interests": ("FAMILY",)}, [4]),
        ({"interests": ("ROAMING",)}, []),
    ],
)
def test_the_list_is_made_by_library_interest_and_value_the_newest_consent_first(
    wish: dict[str, Any], expected: list[int]
) -> None:
    found = (
        one(1),
        one(2, interests=(), agreed_at=AT + timedelta(hours=1)),
        one(3, result=Result.KEPT, interests=("POINTS",), is_valued=True, agreed_at=AT + timedelta(hours=2)),
        one(4, result=Result.REFUSED_TALK, is_valued=True, agreed_at=AT + timedelta(hours=3)),
    )
    assert ids(wanted(found, replace(ALL, **wish))) == expected


def test_whoever_took_the_consent_back_or_the_number_along_is_on_no_list() -> None:
    back = one(1, withdrawn_at=AT + timedelta(seconds=1))
    at_once = one(2, withdrawn_at=AT)
    unwanted = one(3, is_unwanted=True)
    ported = one(4, reasons=("PRICE", PORT_OUT))
    assert wanted((back, at_once, unwanted, ported), ALL) == ()
    anew = one(5, withdrawn_at=AT - timedelta(seconds=1))
    assert wanted((anew,), ALL) == (anew,), "a consent that was given after an older one was taken back holds"


def test_a_customer_stands_there_once_by_the_newest_consent() -> None:
    older = one(interests=("FAMILY",))
    newer = one(case_id="c2", interests=("POINTS",), agreed_at=AT + timedelta(days=1))
    for found in ((older, newer), (newer, older)):
        assert wanted(found, ALL) == (newer,)
        assert wanted(found, replace(ALL, interests=("FAMILY",))) == (), "what is liked now is what was said last"
    taken_back = replace(newer, withdrawn_at=newer.agreed_at)
    assert wanted((older, taken_back), ALL) == (), "an older consent does not stand in for one that was taken back"


def test_a_line_that_leaves_has_every_column_in_words_and_nothing_that_is_computed() -> None:
    line = replace(ONE, name="=张伟", is_valued=True).exported("家庭套餐", rules())
    assert dict(zip(COLUMNS, line, strict=True)) == {
        "资料": "家庭套餐", "姓名": "'=张伟", "联系方式": "13987654321", "方便时间": "晚上",
        "感兴趣的功能": "更多流量、家庭共享", "挽留结果": "离网", "有价值客户": "是", "同意日期": "2026-11-02",
        "同意单号": "HZ01-03-20261102-0001", "责任人": "1001",
    }  # fmt: skip


def test_personal_words_stay_out_of_what_a_log_could_show() -> None:
    assert "张伟" not in repr(ONE)
    assert "13987654321" not in repr(ONE)


TOOK = ("m1", TAKEN, "2001", AT, {"what": "家庭 套餐", "customers": [1, 2]})
SENT_IT = ("e2", SENT, "2001", AT, {"mailing": "m1", "sent_on": "2026-11-03", "customers": [2]})


def test_what_became_of_a_list_is_told_by_its_entries() -> None:
    (taken,) = mailings_of([TOOK])
    assert (taken.is_open, taken.reached) == (True, (1, 2)), "a list that is under way counts for all on it"
    (sent,) = mailings_of([TOOK, SENT_IT])
    assert sent == Mailing("m1", "家庭 套餐", AT, "2001", (1, 2), date(2026, 11, 3), "2001", (2,))
    assert (sent.is_open, sent.reached) == (False, (2,))
    (dropped,) = mailings_of([TOOK, ("e2", DROPPED, "1001", AT, {"mailing": "m1"})])
    assert (dropped.is_open, dropped.reached) == (False, ())
    newest = mailings_of([TOOK, ("m2", TAKEN, "2001", AT, {"what": "宽带", "customers": [3]}), SENT_IT])
    assert [mailing.mailing_id for mailing in newest] == ["m2", "m1"]


def test_the_same_thing_is_known_by_its_name_however_it_is_typed() -> None:
    assert plain_name(" ５G 套餐 Plus ") == plain_name("5g套餐PLUS")
    mailings = mailings_of([TOOK, SENT_IT])
    assert had_before(mailings, "家庭套餐") == {2}
    assert had_before(mailings, "家庭宽带") == frozenset()


def test_the_name_of_what_is_sent_has_no_number_of_a_person() -> None:
    assert written_name("  给 13987654321\n的套餐 ") == "给 139****4321 的套餐"
