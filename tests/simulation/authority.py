"""I14 and I17 in single entries: who did it, who approved it, and whom it names; without the program's own rules."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from typing import Any

from tests.simulation.cases import STEP

TELLERS, MANAGER, ADMIN, AUDITOR = frozenset({"1001", "1002"}), "2001", "9001", "8001"
AT_THE_DESK = TELLERS | {MANAGER}

_OF_THE_DESK = ("payment.", "shift.", "cash.", "restore.", "paper.", "consent.", "credit.", "invoice.", STEP)
_DOERS: Mapping[str, frozenset[str]] = {
    "task.done": frozenset({MANAGER}),
    "recover.import": frozenset({MANAGER}),
    "retention.audit": frozenset({MANAGER, AUDITOR}),
    "retention.take_up": frozenset({MANAGER}),
}
"""Who may do what not everybody at the desk may."""

_UNDO = ("payment.reverse", "payment.refund", "payment.move", "payment.retender")
_APPROVED = frozenset({"credit.settled", "retention.sign", "retention.waive_contract", "recover.accepted", *_UNDO})
"""What nobody does alone."""
_ABOVE_A_TELLER = ("DISCOUNT", "EXTEND")

_NO_WORK = frozenset(STEP + act for act in ("sign", "decline", "audit", "visit", "hand_over", "reenter", "take_up"))
"""Steps that make nobody one of those who worked on the case."""

NAMES = ("张伟", "幸福路")
NUMBERS = ("11010519491231", "1380000", "13912340000", "13511112222")
WORDS = ("客户说", "用不完")
"""What the customers of the world are called, their documents and telephones, and how their own words begin."""
_PERSONAL = (*NAMES, *NUMBERS, *WORDS)


class Approvals:
    """Follows the entries of one chain: who worked on which case by then."""

    def __init__(self) -> None:
        self._hands: dict[str, set[str]] = {}
        self._takers: dict[str, str] = {}

    def wrongs_of(self, said: Mapping[str, Any]) -> Iterator[str]:
        """What is wrong with the doer or the approver of the chain's next entry (I14)."""
        kind, by, approver = said["kind"], said["staff_no"], said["approver_no"] or ""
        body = said["body"]
        doers = _DOERS.get(kind, AT_THE_DESK if kind.startswith(_OF_THE_DESK) else None)
        if doers is not None and by not in doers:
            yield f"{kind} by {by}"
        if not approver and (kind in _APPROVED or _is_above(body)):
            yield f"{kind} by {by} without anybody's approval"
        if kind == "payment.take":
            self._takers[said["entry_id"]] = by
        if kind in _UNDO and self._takers.get(body["payment_id"]) in (approver, *body.get("approvers", ())):
            yield f"{kind} by {by}: {approver} has taken the payment"
        if kind in _UNDO and by in body.get("approvers", ()):
            yield f"{kind} by {by}, who signs it"
        if approver:
            yield from self._of_approver(said, by, approver)
        if kind.startswith(STEP) and kind not in _NO_WORK:
            self._hands.setdefault(body["case_id"], set()).add(by)

    def _of_approver(self, said: Mapping[str, Any], by: str, approver: str) -> Iterator[str]:
        kind, body = said["kind"], said["body"]
        may = AT_THE_DESK if body.get("signer") == "receptionist" else frozenset({MANAGER})
        if approver not in may:
            yield f"{kind} by {by}, approved by {approver}"
        if approver == by or approver in self._hands.get(body.get("case_id", ""), ()):
            yield f"{kind} by {by}: {approver} approves what they did"


def named_in(said: Mapping[str, Any]) -> list[str]:
    """Which of the world's personal words stand in an entry (I17)."""
    text = json.dumps(said, ensure_ascii=False)
    return [word for word in _PERSONAL if word in text]


def _is_above(body: Mapping[str, Any]) -> bool:
    measure = body.get("measure")
    return isinstance(measure, dict) and measure.get("offer") in _ABOVE_A_TELLER
