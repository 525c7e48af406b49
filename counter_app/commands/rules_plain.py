"""Answers the cases that need no policy: capitals, identifiers, masks and the hall's figures."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from datetime import date
from typing import cast

from counter_app.commands.rules_cases import Answer, Node, asked, cases_of
from counter_app.domain.capitals import capital_month_day, capital_year, printed_capital, read_capital, to_capital
from counter_app.domain.identifiers import (
    Identified,
    PhoneKind,
    check_bank_card,
    check_phone,
    check_resident_id,
    check_uscc,
    upgrade_resident_id,
)
from counter_app.domain.kpi import COUNTS, MONEY_FIGURES, RATIOS, ageing, figure, inputs_of
from counter_app.domain.masks import MASKS, mask
from counter_app.domain.money import Fen, format_fen, parse_fen
from counter_app.domain.refusals import Refused

_MONEY = re.compile(r"-?\d+(\.\d*)?", re.ASCII)


def answers_capital(document: Mapping[str, object]) -> Iterator[Answer]:
    """Amounts in capitals with the variants that read back, refused amounts, and dates."""
    for case in cases_of(document, "cases"):
        fen = case.at("input").money(allow_negative=True)
        answer: Answer = {"canonical": to_capital(fen), "printed": printed_capital(fen)}
        if "accepted" in case:
            answer["accepted"] = [text for text in case.at("accepted").texts() if _reads(text) == fen]
        yield asked(case, answer)
    for case in cases_of(document, "invalid_inputs"):
        yield asked(case, _refused_amount(case.table().get("input")))
    for case in cases_of(document, "date_cases"):
        day = case.at("input").day()
        yield asked(case, {"year": capital_year(day), "month_day": capital_month_day(day)})


def answers_identify(document: Mapping[str, object], today: date) -> Iterator[Answer]:
    """Resident ids, old ids, credit codes, bank cards and phones: valid, or the first check that fails."""
    for case in cases_of(document, "resident_id"):
        yield asked(case, _identified(check_resident_id(case.at("input").text(), today)))
    for case in cases_of(document, "resident_id_15"):
        found = upgrade_resident_id(case.at("input").text(), today)
        answer: Answer = {"valid": found.is_valid, "upgraded": found.normalized if found.is_valid else None}
        yield asked(case, answer | ({} if found.is_valid else {"fails": found.fails}))
    for case in cases_of(document, "uscc"):
        yield asked(case, _identified(check_uscc(case.at("input").text())))
    for case in cases_of(document, "bank_card_luhn"):
        yield asked(case, _identified(check_bank_card(case.at("input").text())))
    for case in cases_of(document, "phone"):
        kind = case.at("kind").one_of(("mobile", "landline", "hotline"), "")
        yield asked(case, _identified(check_phone(case.at("input").text(), cast("PhoneKind | None", kind or None))))


def answers_mask(document: Mapping[str, object]) -> Iterator[Answer]:
    """Numbers, names and addresses as they may be shown."""
    for case in cases_of(document, "masking"):
        kind = case.at("kind").one_of(tuple(MASKS))
        yield asked(case, {"masked": mask(kind, case.at("input").text())})


def answers_kpi(document: Mapping[str, object]) -> Iterator[Answer]:
    """The hall's figures; a dash is null, ageing answers one sum per bucket."""
    for case in cases_of(document, "cases"):
        name = case.at("kpi").one_of(("aging", *RATIOS, *MONEY_FIGURES))
        inputs = case.at("inputs")
        if name == "aging":
            bills = [
                (bill.at("due").day(), bill.at("left").money(allow_negative=True))
                for bill in inputs.at("bills").entries()
            ]
            sums = ageing(bills, inputs.at("as_of").day())
            yield asked(case, {age: format_fen(fen, grouping=False) for age, fen in sums.items()})
            continue
        values = {key: _figure_input(inputs.at(key)) for key in inputs_of(name)}
        yield asked(case, {"value": figure(name, values).rounded(case.at("places").whole(default=2, most=9))})


def _figure_input(given: Node) -> int:
    if given.path.rpartition(".")[2] in {*COUNTS, "customers_in_arrears"}:
        return given.whole()
    return given.money(allow_negative=True)


def _reads(text: str) -> Fen | None:
    try:
        return read_capital(text)
    except Refused:
        return None


def _refused_amount(given: object) -> Answer:
    """The fault of an amount that must be refused; one that is fine after all is answered like any other."""
    if not isinstance(given, str):
        return {"error": "not_a_number"}
    if given and not _MONEY.fullmatch(given):
        return {"error": "not_a_number"}
    try:
        return {"canonical": to_capital(parse_fen(given, allow_negative=True))}
    except Refused as refused:
        return {"error": getattr(refused.refusal, "fault", refused.refusal.code)}


def _identified(found: Identified) -> Answer:
    answer: Answer = {"valid": found.is_valid}
    answer |= {"normalized": found.normalized} if found.is_valid else {"fails": found.fails}
    if found.birth_on is not None:
        answer |= {"birth": found.birth_on.isoformat(), "sex": found.sex}
    if found.kind is not None:
        answer["kind"] = found.kind
    return answer
