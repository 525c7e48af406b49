"""Every case of every list is answered as the case file says, by the engine that the screens use."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from counter_app.commands.rules import answer

CASES = Path(__file__).parent.parent / "cases"
TODAY = date(2026, 1, 1)
LISTS = (
    ("late-fee", "late_fee_cases.json", ("cases",)),
    ("allocate", "late_fee_cases.json", ("allocation_cases",)),
    ("pay-on-behalf", "late_fee_cases.json", ("proxy_pay_cases",)),
    ("books", "late_fee_cases.json", ("ledger_cases",)),
    ("capital", "capital_amount_cases.json", ("cases", "invalid_inputs", "date_cases")),
    ("identify", "id_number_cases.json", ("resident_id", "resident_id_15", "uscc", "bank_card_luhn", "phone")),
    ("mask", "id_number_cases.json", ("masking",)),
    ("kpi", "kpi_cases.json", ("cases",)),
)
OWN_FIELDS = (
    "canonical", "printed", "accepted", "valid", "fails", "birth", "sex", "normalized", "kind", "upgraded", "year",
    "month_day", "masked",
)  # fmt: skip


def _wanted(kind: str, case: Mapping[str, Any]) -> dict[str, Any]:
    if "expect" in case:
        return {"is_refused": True}
    if "expected" not in case:
        return {
            field: case[field] for field in OWN_FIELDS if field in case and not (kind == "mask" and field == "kind")
        }
    expected = case["expected"]
    return dict(expected) if isinstance(expected, dict) else {"value": expected}


def _given(found: Mapping[str, Any], wanted: Mapping[str, Any]) -> dict[str, Any]:
    if "is_refused" in wanted:
        return {"is_refused": "error" in found}
    return {field: found.get(field, "missing") for field in wanted}


def _every_case() -> Iterator[Any]:
    for kind, file, names in LISTS:
        document = json.loads((CASES / file).read_text(encoding="utf-8"))
        cases = [case for name in names for case in document[name]]
        answers = answer(kind, document, today=TODAY)["answers"]
        assert [a["id"] for a in answers] == [case["id"] for case in cases]
        for case, found in zip(cases, answers, strict=True):
            yield pytest.param(_wanted(kind, case), found, id=f"{kind}-{case['id']}")


@pytest.mark.parametrize(("wanted", "found"), list(_every_case()))
def test_the_case_is_answered_as_published(wanted: dict[str, Any], found: dict[str, Any]) -> None:
    assert wanted
    assert _given(found, wanted) == wanted


@pytest.mark.parametrize(("kind", "file", "names"), LISTS)
def test_the_answers_do_not_depend_on_what_the_file_expects(kind: str, file: str, names: tuple[str, ...]) -> None:
    document = json.loads((CASES / file).read_text(encoding="utf-8"))
    asked = answer(kind, document, today=TODAY)["answers"]
    bare = {
        key: [{k: v for k, v in case.items() if k != "expected"} for case in value] if key in names else value
        for key, value in document.items()
    }
    for with_fields, without in zip(asked, answer(kind, bare, today=TODAY)["answers"], strict=True):
        assert with_fields.items() <= without.items() or with_fields == without
