"""What the rule pack says about approvals: who may ask, up to which sum somebody acts alone or signs, how many sign."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import cast

from counter_app.domain.approvals import (
    BY_CODE,
    MAY_BE_ALONE,
    ONE_APPROVER,
    RETENTION_KINDS,
    ApprovalAboveAll,
    ApprovalAboveLimit,
    ApprovalKind,
    ApprovalNotConfigured,
    ApprovalNotForRole,
    Need,
    rights_to_sign,
)
from counter_app.domain.money import LARGEST_FEN, Fen, parse_fen
from counter_app.domain.rights import Role, may
from counter_app.domain.rule_fields import (
    FLAG,
    OPTIONAL_MONEY,
    Field,
    Row,
    Wrong,
    is_money,
    is_whole,
    list_of,
    one_of,
    rows_of,
    tables_of,
    texts_of,
    whole_of,
)

ANY = "any"
"""A limit that is none."""
_LIMIT = Field(
    f'yuan as a text such as "200.00", or "{ANY}"', lambda value: value == ANY or is_money(value), is_required=False
)
APPROVAL_TABLES: Mapping[str, Mapping[str, Field]] = {
    "approvals": {
        "kind": one_of(ApprovalKind),
        "asked_by": list_of(Role),
        "limits": tables_of({"role": one_of(Role), "alone_to": _LIMIT, "alone_per_day": _LIMIT, "signs_to": _LIMIT}),
        "signatures": Field("1 or 2", is_whole(1, 2)),
        "two_above": OPTIONAL_MONEY,
        "by_code": FLAG,
    },
}


@dataclass(frozen=True, slots=True)
class Limit:
    """Up to which sum in fen a role acts alone, and up to which it signs; None: not at all. `alone_per_day_fen` is how
    much it moves alone on one day, all such acts together; None: there is no such limit.
    """

    role: Role
    alone_to_fen: Fen | None
    signs_to_fen: Fen | None
    alone_per_day_fen: Fen | None = None


@dataclass(frozen=True, slots=True)
class ApprovalLine:
    """One line of the pack. Above `two_above_fen` two people sign where otherwise one is enough."""

    kind: ApprovalKind
    asked_by: tuple[Role, ...]
    limits: tuple[Limit, ...]
    signatures: int
    two_above_fen: Fen | None
    is_code_allowed: bool
    valid_from: date
    source: str

    def limit_fen(self, role: Role) -> Fen | None:
        """Up to which sum the role signs; None: nothing of this kind."""
        return next((limit.signs_to_fen for limit in self.limits if limit.role is role), None)

    def signers(self, amount_fen: Fen) -> tuple[Role, ...]:
        """The roles that may sign this sum, of either sign."""
        limits = ((limit.role, limit.signs_to_fen) for limit in self.limits)
        return tuple(role for role, to_fen in limits if to_fen is not None and abs(amount_fen) <= to_fen)

    def need(
        self, role: Role | None, amount_fen: Fen, before_fen: Fen = 0
    ) -> Need | ApprovalNotForRole | ApprovalAboveAll:
        """What it takes when this role asks for this sum, and has moved `before_fen` alone on this day already. Without
        a role: it was asked for before, and is decided at an own desk.
        """
        if role is not None and role not in self.asked_by:
            return ApprovalNotForRole(self.kind, role, self.asked_by)
        sum_fen = abs(amount_fen)
        own = next((limit for limit in self.limits if limit.role is role), Limit(Role.TELLER, None, None))
        signers = self.signers(sum_fen)
        is_small = own.alone_to_fen is not None and sum_fen <= own.alone_to_fen
        if is_small and (own.alone_per_day_fen is None or before_fen + sum_fen <= own.alone_per_day_fen):
            return Need(0, signers, self.is_code_allowed, self.valid_from, self.source)
        if not signers:
            most = max((limit.signs_to_fen for limit in self.limits if limit.signs_to_fen is not None), default=0)
            return ApprovalAboveAll(self.kind, sum_fen, most)
        is_large = self.two_above_fen is not None and sum_fen > self.two_above_fen
        return Need(2 if is_large else self.signatures, signers, self.is_code_allowed, self.valid_from, self.source)

    def refusal_of_signer(self, staff_no: str, role: Role, amount_fen: Fen) -> ApprovalAboveLimit | None:
        """Why somebody of this role may not sign this sum, or None."""
        signers = self.signers(amount_fen)
        if role in signers:
            return None
        return ApprovalAboveLimit(self.kind, abs(amount_fen), staff_no, self.limit_fen(role) or 0, signers)


@dataclass(frozen=True, slots=True)
class ApprovalRules:
    """The lines in force on one day, from checked rows, one of each kind."""

    rows: Sequence[Row]

    @property
    def kinds(self) -> tuple[ApprovalKind, ...]:
        """The kinds that have a line, in the pack's order."""
        return tuple(ApprovalKind(str(row["kind"])) for row in self.rows)

    def line(self, kind: ApprovalKind) -> ApprovalLine | ApprovalNotConfigured:
        """The line of a kind; without one nobody may do it."""
        row = next((row for row in self.rows if row["kind"] == kind.value), None)
        return ApprovalNotConfigured(kind) if row is None else _line(row)


def check_approvals(document: Row, wrong: Wrong) -> None:
    """What no single key can show: a line for every kind, roles that stand once and hold the right to sign, sums that
    one person may move alone only where the kind leaves that to the pack.
    """
    if "approvals" not in document:
        return
    rows = rows_of(document, "approvals")
    there = {str(row.get("kind")) for row in rows}
    for kind in ApprovalKind:
        if kind.value not in there and (kind not in RETENTION_KINDS or "retention" in document):
            wrong("approvals", f"a line for kind {kind}", None)
    known = {kind.value: kind for kind in ApprovalKind}
    for number, row in enumerate(rows, start=1):
        named = known.get(str(row.get("kind")))
        if named is not None:
            _check_line(f"approvals[{number}]", named, row, wrong)


def _check_line(path: str, kind: ApprovalKind, row: Row, wrong: Wrong) -> None:
    _check_signatures(path, kind, row, wrong)
    _check_limits(path, kind, row, wrong)


def _check_signatures(path: str, kind: ApprovalKind, row: Row, wrong: Wrong) -> None:
    if row.get("signatures") == 2 and "two_above" in row:
        wrong(f"{path}.two_above", "no such key where two sign any sum", row["two_above"])
    if kind not in BY_CODE and row.get("by_code") is True:
        wrong(f"{path}.by_code", f"false: the hub holds no entry of kind {kind} to a code", True)
    if kind in ONE_APPROVER and row.get("signatures") == 2:
        wrong(f"{path}.signatures", f"1: an entry of kind {kind} names one approver", 2)
    if kind in ONE_APPROVER and "two_above" in row:
        wrong(f"{path}.two_above", f"no such key: an entry of kind {kind} names one approver", row["two_above"])


def _check_limits(path: str, kind: ApprovalKind, row: Row, wrong: Wrong) -> None:
    limits = rows_of(row, "limits")
    roles: list[object] = []
    for number, limit in enumerate(limits, start=1):
        role, at = limit.get("role"), f"{path}.limits[{number}]"
        if role in roles:
            wrong(f"{at}.role", "each role once", role)
        roles.append(role)
        if "alone_to" not in limit and "signs_to" not in limit:
            wrong(at, "alone_to, signs_to or both", None)
        if "alone_to" in limit:
            if kind not in MAY_BE_ALONE:
                wrong(f"{at}.alone_to", f"no such key: kind {kind} always takes a second person", limit["alone_to"])
            elif role not in texts_of(row.get("asked_by")):
                wrong(f"{at}.role", "a role of asked_by", role)
        elif "alone_per_day" in limit:
            wrong(f"{at}.alone_per_day", "no such key without alone_to", limit["alone_per_day"])
        is_role = isinstance(role, str) and role in {*Role}
        if "signs_to" in limit and is_role and not any(may(Role(str(role)), r) for r in rights_to_sign(kind)):
            wrong(f"{at}.signs_to", f"no such key: the role {role} may not sign kind {kind}", limit["signs_to"])
    if limits and not any("signs_to" in limit for limit in limits):
        wrong(f"{path}.limits", "a role that signs", ", ".join(str(role) for role in roles))


def _line(row: Row) -> ApprovalLine:
    two_above = row.get("two_above")
    return ApprovalLine(
        kind=ApprovalKind(str(row["kind"])),
        asked_by=tuple(Role(role) for role in texts_of(row["asked_by"])),
        limits=tuple(
            Limit(
                Role(str(limit["role"])),
                _fen(limit.get("alone_to")),
                _fen(limit.get("signs_to")),
                _fen(limit.get("alone_per_day")),
            )
            for limit in rows_of(row, "limits")
        ),
        signatures=whole_of(row, "signatures"),
        two_above_fen=None if two_above is None else parse_fen(str(two_above)),
        is_code_allowed=row["by_code"] is True,
        valid_from=cast("date", row["valid_from"]),
        source=str(row["source"]),
    )


def _fen(limit: object) -> Fen | None:
    if limit is None:
        return None
    return LARGEST_FEN if limit == ANY else parse_fen(str(limit))
