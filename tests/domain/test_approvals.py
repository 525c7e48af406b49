"""The pack's lines about approvals: read whole, checked with the place of every error, and answered by role and sum."""

from __future__ import annotations

import tomllib
from typing import Any

import pytest

from counter_app.domain.approval_rules import ApprovalLine
from counter_app.domain.approvals import (
    MAY_BE_ALONE,
    RETENTION_KINDS,
    ApprovalAboveAll,
    ApprovalAboveLimit,
    ApprovalKind,
    ApprovalNotConfigured,
    ApprovalNotForRole,
    Need,
    rights_to_sign,
)
from counter_app.domain.rights import Role, may
from counter_app.domain.rule_checks import check_pack
from counter_app.domain.rule_fields import TRADES
from counter_app.domain.rules import pack_of
from counter_app.resources import resource
from counter_app.storage.rules import load_pack
from tests.halls import NOW

ON = NOW.date()
K, R = ApprovalKind, Role


def line(kind: ApprovalKind, trade: str = "telecom") -> ApprovalLine:
    found = load_pack(trade).approvals(ON).line(kind)
    assert isinstance(found, ApprovalLine)
    return found


def needed(kind: ApprovalKind, role: Role, amount_fen: int) -> Need:
    found = line(kind).need(role, amount_fen)
    assert isinstance(found, Need)
    return found


@pytest.mark.parametrize("trade", TRADES)
def test_every_pack_has_a_line_for_every_kind_that_somebody_signs_who_holds_the_right(trade: str) -> None:
    kinds = load_pack(trade).approvals(ON).kinds
    assert set(kinds) == (set(K) if trade == "telecom" else set(K) - RETENTION_KINDS)
    for kind in kinds:
        found = line(kind, trade)
        assert found.source
        signers = [limit.role for limit in found.limits if limit.signs_to_fen is not None]
        assert signers
        assert all(any(may(role, right) for right in rights_to_sign(kind)) for role in signers)
        is_alone = [limit.role for limit in found.limits if limit.alone_to_fen is not None]
        assert not is_alone or kind in MAY_BE_ALONE
        # what changes money or a case never goes by one person, whatever the sum
        if kind not in MAY_BE_ALONE:
            assert all(_signatures(found, role) >= 1 for role in found.asked_by)


def _signatures(found: ApprovalLine, role: Role) -> int:
    need = found.need(role, 1)
    assert isinstance(need, Need)
    return need.signatures


@pytest.mark.parametrize(
    ("kind", "role", "amount_fen", "signatures"),
    [
        (K.REVERSE, R.TELLER, 100, 1),
        (K.REVERSE, R.SUPERVISOR, 100, 1),  # a supervisor's own work, too
        (K.REFUND, R.TELLER, 1_000_000, 1),
        (K.REFUND, R.TELLER, -1_000_001, 2),
        (K.REFUND_AFTER_MONTH, R.TELLER, 1, 2),
        (K.CASH_OUT, R.TELLER, 20_000, 0),
        (K.CASH_OUT, R.TELLER, -20_001, 1),
        (K.DIFFERENCE, R.TELLER, -500, 0),
        (K.DIFFERENCE, R.SUPERVISOR, 501, 1),
        (K.REPRINT_MANY, R.SUPERVISOR, 0, 0),
        (K.REDIRECT, R.SUPERVISOR, 10**12, 0),
        (K.NEW_EPOCH, R.AUDITOR, 0, 1),
    ],
)
def test_how_many_sign_goes_by_role_and_sum(kind: ApprovalKind, role: Role, amount_fen: int, signatures: int) -> None:
    need = needed(kind, role, amount_fen)
    assert need.signatures == signatures
    assert need.signers == ((R.SUPERVISOR, R.ADMIN) if kind is K.REFUND_AFTER_MONTH else (R.SUPERVISOR,))
    assert need.source == line(kind).source


def test_who_may_not_ask_or_not_sign_is_told_who_may() -> None:
    assert line(K.REVERSE).need(R.AUDITOR, 1) == ApprovalNotForRole(K.REVERSE, R.AUDITOR, (R.TELLER, R.SUPERVISOR))
    assert isinstance(line(K.REVERSE).need(None, 1), Need), "at an own desk it was asked for before"
    refusal = line(K.REFUND).refusal_of_signer("1002", R.TELLER, -5)
    assert refusal == ApprovalAboveLimit(K.REFUND, 5, "1002", 0, (R.SUPERVISOR,))
    assert line(K.REFUND).refusal_of_signer("2001", R.SUPERVISOR, -5) is None
    assert load_pack("gas").approvals(ON).line(K.OFFER) == ApprovalNotConfigured(K.OFFER)


def a_document() -> dict[str, Any]:
    return tomllib.loads(resource("rules", "gas.toml").read_text(encoding="utf-8"))


def test_a_limit_to_the_fen_says_no_above_it() -> None:
    document = a_document()
    row = next(row for row in document["approvals"] if row["kind"] == "waive")
    row["limits"] = [{"role": "supervisor", "signs_to": "500.00"}]
    found = pack_of(document, file="gas.toml").approvals(ON).line(K.WAIVE)
    assert isinstance(found, ApprovalLine)
    assert isinstance(found.need(R.TELLER, 50_000), Need)
    assert found.need(R.TELLER, 50_001) == ApprovalAboveAll(K.WAIVE, 50_001, 50_000)
    refusal = ApprovalAboveLimit(K.WAIVE, 50_001, "2001", 50_000, ())
    assert found.refusal_of_signer("2001", R.SUPERVISOR, -50_001) == refusal


def test_a_later_version_of_one_kind_leaves_the_others_as_they_are() -> None:
    document = a_document()
    row = next(row for row in document["approvals"] if row["kind"] == "reverse")
    document["approvals"].append({**row, "valid_from": NOW.date(), "signatures": 2})
    pack = pack_of(document, file="gas.toml")
    found = [pack.approvals(on).line(kind) for on in (ON, ON.replace(day=1)) for kind in (K.REVERSE, K.RETENDER)]
    assert [each.signatures for each in found if isinstance(each, ApprovalLine)] == [2, 1, 1, 1]


FAULTS: dict[str, tuple[dict[str, Any], str, str]] = {
    "unknown kind": ({"kind": "undo"}, "kind", "one of reverse"),
    "nobody asks": ({"asked_by": []}, "asked_by", "a list without repeats"),
    "unknown role": ({"asked_by": ["cashier"]}, "asked_by", "teller"),
    "three sign": ({"signatures": 3}, "signatures", "1 or 2"),
    "a number for yuan": ({"two_above": 10}, "two_above", "yuan as a text"),
    "two, and two above": ({"signatures": 2, "two_above": "1.00"}, "two_above", "no such key"),
    "no flag": ({"by_code": "yes"}, "by_code", "true or false"),
    "a code the hub does not know": ({"kind": "waive", "by_code": True}, "by_code", "false: the hub holds"),
    "a limit in words": ({"limits": [{"role": "supervisor", "signs_to": "much"}]}, "limits[1].signs_to", '"any"'),
    "a role twice": ({"limits": [{"role": "supervisor", "signs_to": "any"}] * 2}, "limits[2].role", "each role once"),
    "an empty limit": ({"limits": [{"role": "supervisor"}]}, "limits[1]", "alone_to, signs_to or both"),
    "alone": ({"limits": [{"role": "teller", "alone_to": "1.00"}]}, "limits[1].alone_to", "always takes a second"),
    "no right": ({"limits": [{"role": "teller", "signs_to": "1.00"}]}, "limits[1].signs_to", "may not sign"),
}


@pytest.mark.parametrize("fault", FAULTS)
def test_each_error_is_named_with_its_place_and_what_was_expected(fault: str) -> None:
    change, key, expected = FAULTS[fault]
    document = a_document()
    assert check_pack(document, "gas.toml") == ()
    document["approvals"][0].update(change)
    found = {error.key: error.expected for error in check_pack(document, "gas.toml")}
    assert expected in found[f"approvals[1].{key}"]


def test_a_kind_without_a_line_and_a_line_without_a_signer_are_errors() -> None:
    document = a_document()
    document["approvals"] = [row for row in document["approvals"] if row["kind"] != "move"]
    (out,) = (row for row in document["approvals"] if row["kind"] == "cash_out")
    out["limits"] = [{"role": "auditor", "alone_to": "any"}]
    credit = next(number for number, row in enumerate(document["approvals"], start=1) if row["kind"] == "credit")
    document["approvals"][credit - 1]["signatures"] = 2
    place = document["approvals"].index(out) + 1
    found = {error.key: error.expected for error in check_pack(document, "gas.toml")}
    assert found == {
        "approvals": "a line for kind move",
        f"approvals[{place}].limits[1].role": "a role of asked_by",
        f"approvals[{place}].limits": "a role that signs",
        f"approvals[{credit}].signatures": "1: an entry of kind credit names one approver",
    }
