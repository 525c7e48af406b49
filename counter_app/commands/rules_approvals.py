"""Answers the cases about approvals: who signs what a role asks for, by the line of a trade's pack."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from counter_app.commands.rules_cases import Answer, Node, asked, cases_of
from counter_app.domain.approval_rules import ANY, ApprovalLine
from counter_app.domain.approvals import ApprovalKind, Need
from counter_app.domain.money import LARGEST_FEN, Fen, format_fen
from counter_app.domain.rights import Role
from counter_app.domain.rule_fields import TRADES
from counter_app.storage.rules import load_pack


def answers_approvals(document: Mapping[str, object]) -> Iterator[Answer]:
    """How many sign and who may, or the refusal's code and who may instead; with the line that says so."""
    for case in cases_of(document, "approval_cases"):
        yield asked(case, _answer(case.at("inputs")))


def _answer(inputs: Node) -> Answer:
    kind = ApprovalKind(inputs.at("kind").one_of([kind.value for kind in ApprovalKind]))
    role = Role(inputs.at("role").one_of([role.value for role in Role]))
    amount_fen = inputs.at("amount").money(default=0, allow_negative=True)
    on = inputs.at("date").day()
    line = load_pack(inputs.at("trade").one_of(TRADES)).approvals(on).line(kind)
    if not isinstance(line, ApprovalLine):
        return {"error": line.code}
    found = line.need(role, amount_fen)
    answer: Answer = {"valid_from": line.valid_from.isoformat(), "source": line.source, "limits": _limits(line)}
    if not isinstance(found, Need):
        return answer | {"error": found.code, "asked_by": [role.value for role in line.asked_by]}
    signers = [role.value for role in found.signers]
    return answer | {"signatures": found.signatures, "signers": signers, "by_code": found.is_code_allowed}


def _limits(line: ApprovalLine) -> list[Answer]:
    return [
        {
            "role": limit.role.value,
            "alone_to": _yuan(limit.alone_to_fen),
            "signs_to": _yuan(limit.signs_to_fen),
            **({"alone_per_day": _yuan(limit.alone_per_day_fen)} if limit.alone_per_day_fen is not None else {}),
        }
        for limit in line.limits
    ]


def _yuan(fen: Fen | None) -> str | None:
    if fen is None:
        return None
    return ANY if fen == LARGEST_FEN else format_fen(fen, grouping=False)
