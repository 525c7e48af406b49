"""What the contract of a service still asks, where the hall's own rows say it: nobody types what is known."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import date
from typing import NamedTuple

from counter_app.domain.money import Fen, parse_fen
from counter_app.domain.refusals import Refused
from counter_app.domain.retention_form import Form

PENALTY, UNTIL = "合约违约金", "合约到期日"
"""The facts of an account (imported as columns `资料:合约违约金`, `资料:合约到期日`) that say it."""


class Contract(NamedTuple):
    """What leaving costs by the contract, in fen, and the day on which it ends, where that is known."""

    penalty_fen: Fen
    until_on: date | None


def contract_of(facts: Mapping[str, str]) -> Contract | None:
    """The contract by the facts of an account; None where they do not say the sum, or not as a sum of money."""
    try:
        penalty_fen = parse_fen(facts[PENALTY].strip())
    except (KeyError, Refused):
        return None
    try:
        until_on = date.fromisoformat(facts.get(UNTIL, "").strip())
    except ValueError:
        until_on = None
    return Contract(penalty_fen, until_on)


def with_contract(form: Form, contract: Contract | None) -> Form:
    """The form with what the rows say of the contract; what somebody typed stands where they say nothing."""
    if contract is None:
        return form
    return replace(form, contract_fen=contract.penalty_fen, contract_until_on=contract.until_on)
