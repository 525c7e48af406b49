"""The reasons of an undo in the rule pack: each trade has them, each error is named, no code loses its words."""

from __future__ import annotations

import tomllib
from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

import pytest

from counter_app.domain.hall import TRADES
from counter_app.domain.rule_checks import check_pack
from counter_app.domain.rules import pack_of
from counter_app.domain.undo_reasons import OTHER, WRONG_ACCOUNT, UndoReason
from counter_app.resources import resource
from counter_app.storage.rules import load_pack

ON = date(2026, 11, 21)
Reasons = list[dict[str, Any]]


def document() -> dict[str, Any]:
    """The pack of one trade as it ships."""
    return tomllib.loads(resource("rules", "water.toml").read_text(encoding="utf-8"))


@pytest.mark.parametrize("trade", TRADES)
def test_every_trade_says_why_a_payment_is_undone_in_both_languages(trade: str) -> None:
    reasons = load_pack(trade).undo_reasons(ON)
    assert {WRONG_ACCOUNT, OTHER} < set(reasons.codes)
    assert [reasons.at(str(number)) for number in range(1, len(reasons.codes) + 1)] == list(reasons.codes)
    assert [reasons.at(typed) for typed in ("", "0", str(len(reasons.codes) + 1), "-1", "x", "²")] == [""] * 6
    for reason in reasons.offered:
        assert not reason.name_zh.isascii()
        assert reason.name_en.isascii()
        assert reasons.named(reason.code) == reason


def _twice(reasons: Reasons) -> None:
    reasons.append(dict(reasons[0]))


def _no_other(reasons: Reasons) -> None:
    reasons[:] = [reason for reason in reasons if reason["code"] != OTHER]


def _loud(reasons: Reasons) -> None:
    reasons[0]["code"] = "WRONG"


def _wordless(reasons: Reasons) -> None:
    del reasons[2]["name_en"]


@pytest.mark.parametrize(
    ("spoil", "key", "expected"),
    [
        (_twice, "undo_reasons[1].reasons[9].code", "each code once"),
        (_no_other, "undo_reasons[1].reasons", "a reason with the code other"),
        (_loud, "undo_reasons[1].reasons[1].code", "small letters"),
        (_wordless, "undo_reasons[1].reasons[3].name_en", "not empty"),
    ],
)
def test_what_is_wrong_with_a_reason_is_named(spoil: Callable[[Reasons], None], key: str, expected: str) -> None:
    pack = document()
    assert check_pack(pack, "water.toml") == ()
    spoil(pack["undo_reasons"][0]["reasons"])
    (error,) = check_pack(pack, "water.toml")
    assert error.key == key
    assert expected in error.expected


def test_a_reason_that_is_not_offered_any_more_keeps_its_words() -> None:
    pack = document()
    (before,) = pack["undo_reasons"]
    kept = [reason for reason in before["reasons"] if reason["code"] != "wish"]
    later = {**before, "valid_from": ON, "reasons": [*kept, {"code": "bank", "name_zh": "银行退票", "name_en": "Bank"}]}
    pack["undo_reasons"].append(later)
    made = pack_of(pack, file="water.toml")
    old, new = (made.undo_reasons(day) for day in (ON - timedelta(days=1), ON))
    assert ("wish" in old.codes, "bank" in old.codes) == (True, False)
    assert ("wish" in new.codes, new.at("8")) == (False, "bank")
    assert new.named("wish") == UndoReason("wish", "客户要求退回", "Customer wants it back")
    # another hall's own reason is called by its code
    assert new.named("flood") == UndoReason("flood", "flood", "flood")
