"""Consent from afar: a counter asks, somebody who may sign gives a code at the hub, the counter tells it, once."""

from __future__ import annotations

import base64
import hashlib
import hmac
from collections.abc import Callable, Collection
from datetime import datetime, timedelta
from typing import Any, NamedTuple

from sqlalchemy import Connection, Row, insert, select, update

from counter_app.domain.approvals import ApprovalKind, rights_to_sign
from counter_app.domain.rights import Right
from counter_app.domain.undo import MOVE, REFUND, RETENDER, REVERSE
from counter_app.hub import tables as t
from counter_app.hub.calls import Caller, No, stamp, state_of
from counter_app.hub.entries import Arrived, Unfit
from counter_app.hub.epochs import is_allowed
from counter_app.hub.rows import APPROVALS
from counter_app.hub.slate import Slate
from counter_app.sync.wire import Why
from counter_app.sync.wire_approvals import BY_CODE, ApprovalAsked, ApprovalTold, AskApproval, TellApproval

LIVES = timedelta(minutes=15)
"""How long a code is good once it is given."""
ASKED_FOR = timedelta(hours=4)
"""How long somebody may be asked; after that the counter asks anew."""
TRIES = 5
CODE_BYTES = 5
"""40 bits: eight signs, which are read out over a telephone."""
NOT_GIVEN = "code_not_given"
"""Why an entry is kept apart that names a consent which was not given for exactly this."""
USED = "code_used"
"""Why an entry is kept apart whose consent another entry has used."""

ENTRY_OF = {
    ApprovalKind.REVERSE: REVERSE,
    ApprovalKind.REFUND: REFUND,
    ApprovalKind.REFUND_AFTER_MONTH: REFUND,
    ApprovalKind.MOVE: MOVE,
    ApprovalKind.RETENDER: RETENDER,
}
"""Which kind of entry each consent is for."""

_a = t.approval_codes.c
Secret = Callable[[int], bytes]


class Given(NamedTuple):
    """A code, said once to whoever gave it, with what it is for."""

    code: str
    kind: str
    amount_fen: int
    staff_no: str
    subject_no: str
    counter_id: str


def ask(connection: Connection, caller: Caller, asked: AskApproval) -> ApprovalAsked | No:
    """Remember what is asked, under a short name that is read out; asked again, it is the same one.

    Refused: `bad_message`: nothing of this kind is consented to from afar; `needs_supervisor`: who asks may not.
    """
    if asked.kind not in ENTRY_OF:
        return No(Why.BAD_MESSAGE, {"kind": asked.kind})
    if not is_allowed(connection, caller.hall_id, asked.staff_no, Right.UNDO_PAYMENT):
        return No(Why.NEEDS_SUPERVISOR, {"staff_no": asked.staff_no})
    question = select(_a.approval_id).where(
        _a.hall_id == caller.hall_id,
        _a.counter_id == caller.counter_id,
        _a.challenge == asked.challenge,
        _a.asked_at > stamp(caller.at - ASKED_FOR),
        _a.told_at.is_(None),
    )
    found = connection.execute(question.order_by(_a.asked_at.desc())).scalars().first()
    if found is None:
        found = base64.b32encode(bytes.fromhex(caller.fresh_nonce())[:CODE_BYTES]).decode("ascii")
        connection.execute(
            insert(t.approval_codes).values(
                hall_id=caller.hall_id,
                approval_id=found,
                counter_id=caller.counter_id,
                **asked.model_dump(),
                asked_at=caller.stamp,
                tries=0,
            )
        )
    return ApprovalAsked(hub=state_of(connection, caller), approval_id=found)


def give(
    connection: Connection, hall_code: str, approval_id: str, *, by: tuple[str, str], at: datetime, secret: Secret
) -> Given | str:
    """Consent to what was asked, by somebody (the code of their hall, their staff number) who may sign it and has no
    hand in it; the code is good for 15 minutes, once. Given again before it was told, the code before is void.

    Returns why not: `not_found`, `told`, `too_old`, `no_right`, `own_hand`.
    """
    halls, by_hall, staff_no = t.halls.c, *by
    hall_ids: dict[str, str] = dict(connection.execute(select(halls.hall_code, halls.hall_id)).all())
    row = _row(connection, hall_ids.get(hall_code, ""), approval_id)
    if row is None:
        return "not_found"
    if row.told_at is not None:
        return "told"
    if row.asked_at <= stamp(at - ASKED_FOR):
        return "too_old"
    if (by_hall, staff_no) == (hall_code, row.staff_no):
        return "own_hand"
    right = rights_to_sign(ApprovalKind(row.kind))[0]
    if by_hall not in hall_ids or not is_allowed(connection, hall_ids[by_hall], staff_no, right):
        return "no_right"
    code = base64.b32encode(secret(CODE_BYTES)).decode("ascii")
    given = {"given_by": f"{by_hall}/{staff_no}", "code_hash": _hash(row.challenge, code), "tries": 0}
    _set(connection, row, expires_at=stamp(at + LIVES), **given)
    return Given(code, row.kind, row.amount_fen, row.staff_no, row.subject_no, row.counter_id)


def tell(connection: Connection, caller: Caller, approval_id: str, told: TellApproval) -> ApprovalTold | No:
    """Hold the code that was typed at the counter to the one that was given, for this challenge and no other. A lost
    reply is asked for again.

    Refused: `not_found`: nothing of this name was asked at this counter.
    """
    row = _row(connection, caller.hall_id, approval_id)
    if row is None or row.counter_id != caller.counter_id:
        return No(Why.NOT_FOUND)
    said = _said(row, told, caller)
    if said == "wrong":
        _set(connection, row, tries=row.tries + 1)
    elif said == "given" and row.told_at is None:
        _set(connection, row, told_at=caller.stamp)
    left = max(0, TRIES - row.tries - (said == "wrong"))
    state = state_of(connection, caller)
    return ApprovalTold(hub=state, said=said, given_by=row.given_by if said == "given" else None, tries_left=left)


def use(slate: Slate, hall_id: str, entry: Arrived, approver: str, amount_fen: int, *, hands: Collection[str]) -> None:
    """An entry uses the consent that its `approver` names: given for this kind, this challenge and this sum, told at
    its counter, used once.

    Raises:
        Unfit: `code_not_given`, `code_used`.
    """
    row = slate.find(APPROVALS, hall_id, approver.removeprefix(BY_CODE))
    if row is None or row.told_at is None:
        raise Unfit(NOT_GIVEN)
    is_for_this = ENTRY_OF.get(ApprovalKind(row.kind)) == entry.kind and row.counter_id == entry.counter_id
    is_for_this &= (row.challenge, row.amount_fen) == (entry.body.get("challenge"), amount_fen)
    if not is_for_this or (row.given_by or "").rpartition("/")[2] in hands:
        raise Unfit(NOT_GIVEN)
    if row.used_by is not None:
        raise Unfit(USED, row.used_by)
    slate.put(APPROVALS, row._replace(used_by=entry.entry_id))


def _said(row: Row[Any], told: TellApproval, caller: Caller) -> Any:
    if row.challenge != told.challenge:
        return "other"
    if row.code_hash is None:
        return "waiting"
    if row.tries >= TRIES or (row.told_at is None and row.expires_at <= caller.stamp):
        return "over"
    return "given" if hmac.compare_digest(row.code_hash, _hash(row.challenge, told.code)) else "wrong"


def _row(connection: Connection, hall_id: str, approval_id: str) -> Row[Any] | None:
    question = select(t.approval_codes).where(_a.hall_id == hall_id, _a.approval_id == approval_id)
    return connection.execute(question.with_for_update()).one_or_none()


def _set(connection: Connection, row: Row[Any], **values: Any) -> None:
    mine = (_a.hall_id == row.hall_id, _a.approval_id == row.approval_id)
    connection.execute(update(t.approval_codes).where(*mine).values(**values))


def _hash(challenge: str, code: str) -> str:
    plain = code.replace("-", "").replace(" ", "").upper()
    return hashlib.sha256(f"counter-approval/1\n{challenge}\n{plain}".encode()).hexdigest()
