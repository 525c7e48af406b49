"""The rules command on forms that the published cases leave out, and on files that cannot be answered."""

from __future__ import annotations

import argparse
import copy
import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from counter_app.commands import rules
from counter_app.commands.rules_cases import BadCase
from counter_app.domain.refusals import Refused

Case = dict[str, Any]
TWO = [
    {"bill": "2024-01", "late_fee": "5.00", "principal": "100.00"},
    {"bill": "2024-02", "late_fee": "2.00", "principal": "120.00"},
]
PAID_01 = [{"bill": "2024-01", "late_fee": "5.00", "principal": "100.00"}]


def _one(kind: str, name: str, case: Case, **head: Any) -> dict[str, Any]:
    answers = rules.answer(kind, {name: [{"id": "x", **case}], **head})["answers"]
    assert len(answers) == 1
    return answers[0]


def _allocate(policy: Case, inputs: Case) -> dict[str, Any]:
    return _one("allocate", "allocation_cases", {"policy": policy, "inputs": inputs})


@pytest.mark.parametrize(
    ("policy", "inputs", "wanted"),
    [
        # change from cash
        (
            {"surplus": "change"},
            {"debts": TWO[:1], "tendered": "200.00"},
            {"applied": PAID_01, "left": {}, "received": "200.00", "change": "95.00"},
        ),
        (
            {"surplus": "prepaid"},
            {"debts": TWO[:1], "tendered": "200.00"},
            {"applied": PAID_01, "change": "0.00", "surplus": "95.00", "surplus_to": "prepaid"},
        ),
        # a bill that is not touched is left whole and is no row of applied
        (
            {},
            {"debts": TWO, "paid": "105.00"},
            {"applied": PAID_01, "left": {"2024-02": {"late_fee": "2.00", "principal": "120.00"}}, "surplus": "0.00"},
        ),
        # the list's own order does not matter, the month does
        (
            {},
            {"debts": TWO[::-1], "paid": "50.00"},
            {
                "applied": [{"bill": "2024-01", "late_fee": "5.00", "principal": "45.00"}],
                "left": {"2024-01": {"principal": "55.00"}, "2024-02": {"late_fee": "2.00", "principal": "120.00"}},
            },
        ),
        # principal first, where the pack says so
        (
            {"order": ["principal", "late_fee"]},
            {"debts": TWO[:1], "paid": "102.00"},
            {
                "applied": [{"bill": "2024-01", "late_fee": "2.00", "principal": "100.00"}],
                "left": {"2024-01": {"late_fee": "3.00"}},
            },
        ),
        # named bills
        (
            {"allow_skip": False},
            {"debts": TWO, "choose": ["2024-02"], "paid": "122.00"},
            {"error": "older_bill_open", "applied": []},
        ),
        (
            {"allow_skip": True},
            {"debts": TWO, "choose": ["2024-02"], "paid": "122.00"},
            {
                "applied": [{"bill": "2024-02", "late_fee": "2.00", "principal": "120.00"}],
                "left": {"2024-01": {"late_fee": "5.00", "principal": "100.00"}},
                "surplus": "0.00",
            },
        ),
        ({}, {"debts": TWO, "choose": ["2024-01"], "paid": "105.00"}, {"applied": PAID_01}),
        # labels that are no months: the list's order is the age
        (
            {},
            {
                "debts": [{"bill": "A", "principal": "1.00"}, {"bill": "B", "principal": "1.00"}],
                "choose": ["B"],
                "paid": "1.00",
            },
            {"error": "older_bill_open"},
        ),
        # labels that are no months, with due dates: the due date is the age
        (
            {},
            {
                "debts": [
                    {"bill": "A", "principal": "1.00", "due_date": "2024-02-15"},
                    {"bill": "B", "principal": "1.00", "due_date": "2024-01-15"},
                ],
                "paid": "1.00",
            },
            {"applied": [{"bill": "B", "principal": "1.00"}]},
        ),
        # whole bills only
        (
            {"late_fee_must_be_paid_with_principal": True},
            {"debts": TWO, "paid": "105.00"},
            {"applied": PAID_01, "left": {"2024-02": {"late_fee": "2.00", "principal": "120.00"}}},
        ),
        (
            {"late_fee_must_be_paid_with_principal": True},
            {"debts": TWO, "paid": "130.00"},
            {"error": "late_fee_unpaid", "hint": "start a deferral of the late fee first"},
        ),
        # a deferred fee is not paid even by a sum that could, and the rest is surplus
        (
            {"late_fee_must_be_paid_with_principal": True},
            {"debts": [TWO[0] | {"late_fee_deferred": True}], "paid": "105.00"},
            {"left": {"2024-01": {"late_fee": "5.00"}}, "surplus": "5.00", "surplus_to": "prepaid"},
        ),
        # by due date first, then in proportion
        (
            {"bill_order": "due_date_then_ratio", "order": ["principal"]},
            {
                "debts": [
                    {"bill": "Z", "principal": "10.00", "due_date": "2024-02-15"},
                    {"bill": "X", "principal": "0.01", "due_date": "2024-01-15"},
                    {"bill": "Y", "principal": "0.01", "due_date": "2024-01-15"},
                    {"bill": "W", "principal": "0.01", "due_date": "2024-01-15"},
                ],
                "paid": "0.02",
            },
            {"applied": [{"bill": "X", "principal": "0.01"}, {"bill": "Y", "principal": "0.01"}]},
        ),
        ({}, {"debts": TWO, "paid": "0.00"}, {"applied": [], "surplus": "0.00"}),
    ],
)
def test_allocation_forms(policy: Case, inputs: Case, wanted: Case) -> None:
    found = _allocate(policy, inputs)
    assert {key: found.get(key) for key in wanted} == wanted


def test_pay_on_behalf_forms() -> None:
    bill = [
        {"item": "mailbox", "amount": "5.00"},
        {"item": "voice", "amount": "80.00"},
        {"item": "data", "amount": "43.01"},
    ]
    listed = [
        {"type": "ratio", "ratio": "0.5", "items": ["voice"], "priority": 3},
        {"type": "quota", "limit": "50.00", "priority": 2},
        {"type": "item", "items": ["mailbox"], "priority": 1},
    ]
    found = _one("pay-on-behalf", "proxy_pay_cases", {"inputs": {"bill": bill, "rules": listed}})
    assert found == {"id": "x", "group_pays": "70.00", "member_pays": "58.01", "steps": ["5.00", "50.00", "15.00"]}
    quota = {"inputs": {"bill": bill[:1], "rules": [{"type": "quota", "limit": "50.00", "priority": 1}]}}
    assert _one("pay-on-behalf", "proxy_pay_cases", quota)["member_pays"] == "0.00"
    nothing = {"inputs": {"bill": bill, "rules": []}}
    assert _one("pay-on-behalf", "proxy_pay_cases", nothing) == {
        "id": "x",
        "group_pays": "0.00",
        "member_pays": "128.01",
        "steps": [],
    }


def test_books_forms() -> None:
    books = [
        {"book": "later", "balance": "10.00", "priority": 2, "valid_to": "2024-12-31"},
        {"book": "sooner", "balance": "10.00", "priority": 2, "valid_to": "2024-06-30"},
        {"book": "old", "balance": "10.00", "priority": 2, "valid_to": "2024-06-14"},
        {"book": "cash", "balance": "10.00", "priority": 3},
    ]
    inputs = {"bill": [{"item": "voice", "amount": "15.00"}], "books": books, "on": "2024-06-15"}
    found = _one("books", "ledger_cases", {"inputs": inputs})
    assert found["taken"] == {"later": "5.00", "sooner": "10.00", "old": "0.00", "cash": "0.00"}
    assert found["left"] == {"later": "5.00", "sooner": "0.00", "old": "10.00", "cash": "10.00"}
    assert found["unpaid"] == "0.00"


@pytest.mark.parametrize(
    "given", ["1.005", "1000000000000.00", "", "abc", "1,000.00", "NaN", "1e3", " 1", "１", None, 1.5]
)
def test_amounts_that_must_be_refused_get_an_error(given: object) -> None:
    assert "error" in _one("capital", "invalid_inputs", {"input": given})


def test_a_missing_list_is_empty() -> None:
    for kind in rules.KINDS:
        assert rules.answer(kind, {}) == {"answers": []}


@pytest.mark.parametrize(
    ("kind", "document", "words"),
    [
        (
            "late-fee",
            {"cases": [{"id": "A1", "policy": {"rate_per_day": "3‰"}, "inputs": {"bills": []}}]},
            ("A1", "policy.rate_per_day", "3‰"),
        ),
        (
            "late-fee",
            {"cases": [{"id": "A1", "policy": {}, "inputs": {"bills": []}}]},
            ("A1", "policy.rate_per_day", "nothing"),
        ),
        (
            "late-fee",
            {
                "cases": [
                    {"policy": {"rate_per_day": "0"}, "inputs": {"bills": [{"principal": "1.001", "overdue_days": 1}]}}
                ]
            },
            ("cases[0]", "inputs.bills[0].principal", "1.001"),
        ),
        (
            "late-fee",
            {"cases": [{"id": "A1", "policy": {"rate_per_day": "0"}, "inputs": {"bills": [{"principal": "1.00"}]}}]},
            ("A1", "inputs.bills[0].due_date", "overdue_days"),
        ),
        (
            "late-fee",
            {"cases": [{"id": "A1", "policy": {"rate_per_day": "0", "compounding": "daily"}, "inputs": {"bills": []}}]},
            ("A1", "policy.compounding", "simple"),
        ),
        ("allocate", {"allocation_cases": [{"id": "A1", "inputs": {"debts": []}}]}, ("A1", "inputs.paid", "nothing")),
        ("books", {"ledger_cases": {}}, ("ledger_cases", "a list")),
        ("books", {"ledger_cases": ["x"]}, ("ledger_cases[0]", "an object")),
        ("mask", {"masking": [{"id": "A1", "kind": "shoe", "input": "1"}]}, ("A1", "kind", "shoe")),
        (
            "kpi",
            {"cases": [{"id": "A1", "kpi": "churn_rate", "inputs": {"active_at_start": 1}}]},
            ("A1", "inputs.left_in_month"),
        ),
        ("kpi", [], ("an object",)),
        (
            "approvals",
            {"approval_cases": [{"id": "A1", "inputs": {"kind": "steal", "role": "teller"}}]},
            ("A1", "inputs.kind", "one of reverse", "steal"),
        ),
    ],
)
def test_a_bad_file_is_named_with_case_and_field(
    kind: str, document: object, words: tuple[str, ...], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = tmp_path / "cases.json"
    file.write_text(json.dumps(document), encoding="utf-8")
    assert _run(kind, str(file)) == 2
    out, err = capsys.readouterr()
    assert out == ""
    assert err.startswith(str(file))
    assert all(word in err for word in words), err


@pytest.mark.parametrize("content", [b"{", b"\xff\xfe\x00", b""])
def test_a_file_that_is_not_json_says_where(content: bytes, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    file = tmp_path / "cases.json"
    file.write_bytes(content)
    assert _run("kpi", str(file)) == 2
    assert str(file) in capsys.readouterr().err
    assert _run("kpi", str(tmp_path / "none.json")) == 2


LISTS = {
    "late-fee": "late_fee_cases.json",
    "allocate": "late_fee_cases.json",
    "pay-on-behalf": "late_fee_cases.json",
    "books": "late_fee_cases.json",
    "capital": "capital_amount_cases.json",
    "identify": "id_number_cases.json",
    "mask": "id_number_cases.json",
    "kpi": "kpi_cases.json",
    "approvals": "approval_cases.json",
}
DOCUMENTS = {
    kind: json.loads((Path(__file__).parent.parent / "cases" / file).read_text(encoding="utf-8"))
    for kind, file in LISTS.items()
}
_junk: st.SearchStrategy[object] = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=5) | st.just("9999-12-31") | st.just({}),
    lambda inner: st.lists(inner, max_size=2) | st.dictionaries(st.text(max_size=5), inner, max_size=2),
    max_leaves=3,
)


def test_approvals_are_answered_by_the_line_of_the_pack() -> None:
    cases = DOCUMENTS["approvals"]["approval_cases"]
    answers = rules.answer("approvals", DOCUMENTS["approvals"])["answers"]
    assert answers == [{"id": case["id"], **case["expected"]} for case in cases]


@settings(max_examples=400)
@given(st.data())
def test_junk_anywhere_in_a_case_is_answered_or_named_but_never_crashes(data: st.DataObject) -> None:
    kind = data.draw(st.sampled_from(rules.KINDS))
    lists = {
        name: cases for name, cases in DOCUMENTS[kind].items() if isinstance(cases, list) and isinstance(cases[0], dict)
    }
    name = data.draw(st.sampled_from(sorted(lists)))
    case = copy.deepcopy(data.draw(st.sampled_from(lists[name])))
    inside: Any = case
    while True:
        key = data.draw(st.sampled_from(sorted(inside) if isinstance(inside, dict) else range(len(inside))))
        if not isinstance(inside[key], dict | list) or not inside[key] or data.draw(st.booleans()):
            break
        inside = inside[key]
    inside[key] = data.draw(_junk)
    try:
        answers = rules.answer(kind, {name: [case], "default_policy": {}})["answers"]
    except Refused as refused:
        answers = []
        assert isinstance(refused.refusal, BadCase)  # noqa: PT017 - either way is right, and both are checked
    assert len(answers) <= 1
    json.dumps(answers)


def test_a_case_for_reading_only_may_be_beyond_the_engine() -> None:
    case = {"use_as_test": False, "policy": {"rate_per_day": "0.003", "compounding": "daily"}, "inputs": {"bills": []}}
    assert _one("late-fee", "cases", case) == {"id": "x", "error": "bad_case"}


def test_decimals_written_as_numbers_stay_exact(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    file = tmp_path / "cases.json"
    bill = '{"principal": 0.1, "overdue_days": 1}'
    file.write_text('{"cases": [{"id": 1, "policy": {"rate_per_day": 0.05}, "inputs": {"bills": [%s]}}]}' % bill)  # noqa: UP031 - JSON braces
    assert _run("late-fee", str(file)) == 0
    answers = json.loads(capsys.readouterr().out)["answers"]
    assert (answers[0]["id"], answers[0]["late_fee_total"]) == (1, "0.01")


def _run(*words: str) -> int:
    parser = argparse.ArgumentParser()
    rules.add_parser(parser.add_subparsers())
    args = parser.parse_args(["rules", *words])
    return int(args.run(args))
