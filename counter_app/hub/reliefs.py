"""Late fees let off or put off (减免, 暂缓) at the hub: each step of each bill once, held to what was asked for."""

from __future__ import annotations

import json
from collections.abc import Sequence
from datetime import date
from typing import Any, NamedTuple

from counter_app.domain.reliefs import ASK, DECIDE, END, WAIVED, WAIVER, StepName, settlement_id, step_id
from counter_app.domain.rights import Right
from counter_app.domain.undo import UNDONE_END
from counter_app.hub import payments
from counter_app.hub.accounts import LATE_FEE
from counter_app.hub.batch import Batch
from counter_app.hub.entries import Arrived, Unfit, Waits, number, whole, words
from counter_app.hub.payments import Paid, put_settlement, with_row
from counter_app.hub.rows import BILLS, RELIEFS, SETTLEMENTS, ReliefRow, Settlement
from counter_app.hub.slate import Slate

KINDS = frozenset((ASK, DECIDE, END))
OTHER = "not_what_was_asked"
"""Why an entry is kept apart that decides or ends something else than what was asked for or granted."""
_BEFORE: dict[str, StepName] = {"approved": "asked", "declined": "asked", "withdrawn": "asked", "ended": "approved"}
"""The step that each other one is held to."""
_OF_KIND = {ASK: ("asked",), DECIDE: ("approved", "declined"), END: ("withdrawn", "ended")}
_encode = json.JSONEncoder(ensure_ascii=False, separators=(",", ":")).encode
SettledRow = tuple[str, int, int, int, int, str]


class Said(NamedTuple):
    """What an entry says of a relief: bills as (id, number, fen)."""

    relief_id: str
    step: StepName
    way: str
    account_id: int
    until: str | None
    reason_code: str
    bills: tuple[tuple[int, str, int], ...]
    approvers: tuple[str, ...]
    settled: tuple[SettledRow, ...]


def relief(slate: Slate, batch: Batch, entry: Arrived) -> None:
    """Take a step of a relief: told to every counter of the hall; what is let off is settled, or taken back. A step
    that is known already, since two counters decided the same, changes nothing.

    Raises:
        Waits: the step before it has not come.
        Unfit: `unreadable`, `out_of_bounds`, `no_right`, `unknown_staff`, `no_approver`; `not_what_was_asked`;
            `unknown_bill`: the hub has no such bill, or it is at home in another hall.
    """
    said = read(entry)
    batch.need(entry, Right.SIGN_OFF if said.step == "declined" else Right.TAKE_PAYMENT)
    asked = _before(slate, batch.hall_id, said)
    if said.step in ("approved", "declined") or (said.step, said.way) == ("ended", "waive"):
        first = slate.find(RELIEFS, batch.hall_id, step_id(said.relief_id, "asked", said.bills[0][1]))
        _check_people(batch, entry, said, first.staff_no if first else "")
    _check_rows(slate, batch, entry, said)
    for bill_id, bill_no, fen in said.bills:
        name = step_id(said.relief_id, said.step, bill_no)
        if slate.find(RELIEFS, batch.hall_id, name) is not None:
            continue
        if asked and asked[bill_no] != fen:
            raise Unfit(OTHER, "bills")
        _take(slate, batch, entry, said, (bill_id, bill_no, fen), name)


def read(entry: Arrived) -> Said:
    """What an entry says of a relief.

    Raises:
        Unfit: `unreadable`, `out_of_bounds`.
    """
    body = entry.body
    try:
        until = body["until"]
        step = body.get("outcome", "asked")
        if step not in _OF_KIND[entry.kind] or body["way"] not in ("waive", "defer") or not body["bills"]:
            raise Unfit("unreadable", "step")
        return Said(
            words(body["relief_id"]),
            step,
            body["way"],
            number(body["account_id"]),
            None if until is None else date.fromisoformat(until).isoformat(),
            words(body["reason_code"]),
            tuple([(number(bill_id), words(bill_no), whole(fen)) for bill_id, bill_no, fen in body["bills"]]),
            tuple([words(staff_no) for staff_no in body.get("approvers", ())]),
            tuple([_settled(*row) for row in body.get("settlements", ())]),
        )
    except (KeyError, TypeError, ValueError) as error:
        raise Unfit("unreadable", type(error).__name__) from error


def awaited(name: str) -> str:
    """The name under which an entry waits for a step."""
    return f"relief:{name}"[:100]


def body_of(row: ReliefRow) -> dict[str, Any]:
    """The row of a step as a feed and a snapshot bring it."""
    body = row._asdict()
    del body["hall_id"]
    return {**body, "approvers": json.loads(row.approvers)}


def _settled(name: Any, bill_id: Any, principal: Any, late_fee: Any, cost: Any, on: Any) -> SettledRow:
    return words(name), number(bill_id), whole(principal), whole(late_fee), whole(cost), words(on)


def _before(slate: Slate, hall_id: str, said: Said) -> dict[str, int]:
    """The sums, by bill, of the step that this one is held to; nothing where it is the first."""
    found: dict[str, int] = {}
    if said.step not in _BEFORE:
        return found
    for _, bill_no, _ in said.bills:
        name = step_id(said.relief_id, _BEFORE[said.step], bill_no)
        row = slate.find(RELIEFS, hall_id, name)
        if row is None:
            raise Waits(awaited(name))
        if (row.way, row.until, row.account_id) != (said.way, said.until, said.account_id):
            raise Unfit(OTHER, "way")
        found[bill_no] = row.amount_fen
    return found


def _check_people(batch: Batch, entry: Arrived, said: Said, asked_by: str) -> None:
    """Whoever asked neither signs nor declines; at the own desk one person signs alone (reliability I13, I14)."""
    if said.step == "declined":
        if entry.staff_no == asked_by:
            raise Unfit("no_approver")
        return
    by = said.approvers
    is_own_desk = by == (entry.staff_no,) and said.step == "approved"
    is_right = len(set(by)) == len(by) and asked_by not in by and (entry.staff_no not in by or is_own_desk)
    if not by or by[0] != entry.approver_no or not is_right:
        raise Unfit("no_approver")
    for approver in by:
        batch.need(entry, Right.SIGN_OFF, staff_no=approver)


def _check_rows(slate: Slate, batch: Batch, entry: Arrived, said: Said) -> None:
    """What is settled and posted is what is let off of each bill, or that taken back, and nothing else."""
    sign = {"approved": 1, "ended": -1}.get(said.step, 0) if said.way == "waive" else 0
    expected = []
    for bill_id, bill_no, fen in said.bills if sign else ():
        name, on = settlement_id(said.relief_id, bill_no), entry.business_date
        if sign < 0:
            held = slate.find(SETTLEMENTS, batch.hall_id, name)
            name, on = f"{name}{UNDONE_END}", held.settled_on if held else on
        expected.append((name, bill_id, 0, sign * fen, 0, on))
    if [row[:5] for row in said.settled] != [row[:5] for row in expected]:
        raise Unfit(OTHER, "settlements")
    fen = sum(row[3] for row in expected)
    lines: Sequence[tuple[str, str, int]] = [(LATE_FEE, str(row[1]), -row[3]) for row in expected]
    if sorted(entry.postings) != sorted([(WAIVED, said.relief_id, fen), *lines] if sign else []):
        raise Unfit(OTHER, "postings")


def _take(slate: Slate, batch: Batch, entry: Arrived, said: Said, of: tuple[int, str, int], name: str) -> None:
    bill_id, bill_no, fen = of
    settled = Paid(settlement_id(said.relief_id, bill_no), bill_id, 0, fen, 0)
    home_id, bill = payments.bill_of(slate, batch.hall_id, settled)
    if bill is None or home_id != batch.hall_id:
        raise Unfit("unknown_bill", bill_no)
    row = ReliefRow(
        *(batch.hall_id, name, entry.entry_id, said.relief_id, said.step, said.account_id, bill.bill_id, bill_no),
        *(said.way, fen, said.until, said.reason_code, entry.staff_no, _encode(said.approvers)),
        *(entry.business_date, entry.counter_id),
    )
    slate.put(RELIEFS, row)
    if said.way == "waive" and said.step in ("approved", "ended"):
        _settle(slate, batch, entry, settled, bill.bill_id, is_back=said.step == "ended")
    slate.tell_row(batch.hall_id, "relief", body_of(row))


def _settle(slate: Slate, batch: Batch, entry: Arrived, paid: Paid, bill_id: int, *, is_back: bool) -> None:
    sign, on, name = 1, entry.business_date, paid.settlement_id
    if is_back:
        # the day of what it takes back: no late fee knows of either
        sign, on = -1, slate.need(SETTLEMENTS, batch.hall_id, name).settled_on
        name = f"{name}{UNDONE_END}"
    fen = sign * paid.late_fee_fen
    slate.post(batch.hall_id, LATE_FEE, "", -fen)
    slate.post(batch.hall_id, WAIVED, "", fen)
    row = Settlement(
        *(batch.hall_id, name, bill_id, on, 0, fen, 0, WAIVER, "counter", entry.counter_id, entry.entry_id)
    )
    put_settlement(slate, row)
    slate.put(BILLS, with_row(slate.need(BILLS, batch.hall_id, bill_id), row))
