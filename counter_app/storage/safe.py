"""The safe as the journal tells it: the float that waits, what lies there of which shift, and what the bank has."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterator
from datetime import date, datetime
from typing import Any, NamedTuple

from sqlalchemy import bindparam, func, literal_column, select, text

from counter_app.domain.payments import CASH
from counter_app.domain.safe import (
    ACCEPT,
    ASK,
    BANKED,
    DEPOSIT,
    FLOAT,
    ISSUE,
    REFUSE,
    SAFE,
    Deposit,
    DepositLine,
    DepositMade,
    FloatWanted,
    InSafe,
    account_of,
)
from counter_app.domain.shifts import CashCount
from counter_app.domain.undo import CHEQUE, OLD_CHEQUE
from counter_app.domain.z_report import CLOSE, OPEN
from counter_app.storage import tables as t
from counter_app.storage import tables_undo as u
from counter_app.storage.given_back import given_back_of
from counter_app.storage.journal import balance, moment, stamp
from counter_app.storage.sql import Reading, Row, placed
from counter_app.storage.staff import find_staff
from counter_app.storage.undo_facts import kept_payment

SINCE_VERSION = 10
"""The version of the program's file from which shifts bring what they took to the safe."""

_e, _s, _b = t.entries.c, t.shifts.c, t.balances.c
_OF_KIND = placed(
    select(_e.id, _e.entry_id, _e.kind, _e.at, _e.staff_no, _e.business_date, _e.content)
    .where(text(t.OF_SAFE), _e.kind == bindparam("kind"))
    .order_by(_e.id),
    ("kind",),
)
# one step into the index for each kind: a counter has thousands of them after some years
_LAST_OF = placed(select(func.max(_e.id)).where(text(t.OF_SAFE), _e.kind == bindparam("kind")), ("kind",))
_BY_ID = placed(
    select(_e.id, _e.entry_id, _e.kind, _e.at, _e.staff_no, _e.business_date, _e.content).where(
        _e.id == bindparam("entry")
    ),
    ("entry",),
)
_in, _float = t.balances.alias("turned"), t.balances.alias("floats")
_fen = func.coalesce(_in.c.balance_fen, literal_column("0"))
_lent = func.coalesce(_float.c.balance_fen, literal_column("0"))
# of a shift that is open the float is in its drawer; of one that was closed it came back with what was turned in
_HELD = func.iif(_s.closed_at.is_(None), _fen, _fen + _lent)
_IN_SAFE = placed(
    select(_s.shift_id, _s.shift_no, _s.business_date, _s.staff_no, _HELD, _s.closed_at)
    .select_from(
        t.shifts.join(t.entries, _e.id == func.coalesce(_s.closing_entry, _s.opening_entry))
        .outerjoin(_in, (_in.c.account == bindparam("account")) & (_in.c.subject == _s.shift_id))
        .outerjoin(_float, (_float.c.account == bindparam("float")) & (_float.c.subject == _s.shift_id))
    )
    .where(
        literal_column("0") != _HELD,
        # a shift whose end was given back after a loss has left what it turned in at the hub
        _e.kind.in_([bindparam("opening"), bindparam("closing")]),
        func.json_extract(_e.content, literal_column("'$.schema_ver'")) >= bindparam("since"),
    )
    .order_by(_s.opened_at),
    ("account", "float", "opening", "closing", "since"),
)
_m = u.tender_moves.c
_OLD_CHEQUES = placed(
    select(_m.payment_id, _m.amount_fen, _m.document_no, _m.document_on, _m.bank, _e.business_date)
    .select_from(u.tender_moves.join(t.entries, _e.id == _m.entry))
    .where(_m.tender == bindparam("tender")),
    ("tender",),
)


class SafeEntry(NamedTuple):
    """An entry of the safe."""

    id: int
    entry_id: str
    kind: str
    at: str
    staff_no: str
    business_date: str
    content: dict[str, Any]

    @property
    def body(self) -> dict[str, Any]:
        """What it says of itself."""
        body: dict[str, Any] = self.content["body"]
        return body


def safe_entries(reading: Reading, kind: str) -> Iterator[SafeEntry]:
    """All entries of one of the kinds of the safe in their order, those first that the file lost and the hub gave back:
    they have no row here, and no postings.
    """
    for given in given_back_of(reading, kind):
        said = given.content
        at = stamp(datetime.fromisoformat(said["at"]))
        yield SafeEntry(0, said["entry_id"], kind, at, said["staff_no"], said["business_date"], said)
    for row in reading.rows(_OF_KIND, (kind,)):
        yield _entry(row)


def _entry(row: Row) -> SafeEntry:
    entry, entry_id, kind, at, staff_no, business_date, content = row
    return SafeEntry(entry, entry_id, kind, at, staff_no, business_date, json.loads(content))


def float_wanted(reading: Reading) -> FloatWanted | None:
    """The float that was asked for at this counter and is not in its drawer, or None; there is one at most."""
    lasts = (reading.one(_LAST_OF, (kind,)) for kind in (ASK, ISSUE, ACCEPT, REFUSE))
    row = reading.one(_BY_ID, (max(last[0] or 0 for last in lasts if last),))
    if row is None or row[2] not in (ASK, ISSUE):
        return None
    entry = _entry(row)
    body = entry.body
    lost = (given for kind in (ACCEPT, REFUSE, ISSUE) for given in given_back_of(reading, kind))
    if any(given.content["body"]["ask_id"] == body["ask_id"] for given in lost):
        # what became of it is at the hub: what is in no drawer here cannot be accepted once more
        return None
    who = find_staff(reading, body["staff_no"])
    return FloatWanted(
        body["ask_id"],
        body["staff_no"],
        who.name if who else "",
        count_of(body["count"]),
        moment(entry.at),
        "asked" if entry.kind == ASK else "issued",
        entry.content["approver_no"] or "",
    )


def in_safe(reading: Reading) -> tuple[InSafe, ...]:
    """What no bank has yet, shift by shift and tender by tender, the oldest first; a shift that has given more out than
    it brought in is less than nothing. Shifts of before the program kept the safe are not told of.
    """
    found = []
    lost: Counter[tuple[str, str]] = Counter()
    for entry in safe_entries(reading, DEPOSIT):
        for shift_id, tender, fen in () if entry.id else entry.body["lines"]:
            lost[shift_id, tender] += fen
    lost.update(_handed_back(reading))
    for tender in BANKED:
        account = account_of(tender)
        asked = (account, FLOAT if tender == CASH else "", OPEN, CLOSE, SINCE_VERSION)
        for shift_id, shift_no, day, staff_no, fen, closed_at in reading.rows(_IN_SAFE, asked):
            if closed_at is None and tender != CASH:
                continue
            closed, left_fen = moment(closed_at) if closed_at else None, fen - lost[shift_id, tender]
            if left_fen:
                found.append(InSafe(shift_id, shift_no, date.fromisoformat(day), staff_no, tender, left_fen, closed))
    return tuple(sorted(found, key=lambda held: (held.business_date, held.shift_no, held.tender != CASH)))


def _handed_back(reading: Reading) -> Counter[tuple[str, str]]:
    """The cheques that went back to their customers out of what a shift had handed in: no bank will ever have them."""
    found: Counter[tuple[str, str]] = Counter()
    for payment_id, fen, document_no, document_on, bank, on in reading.rows(_OLD_CHEQUES, (OLD_CHEQUE,)):
        kept = kept_payment(reading, payment_id, date.fromisoformat(on))
        named = (CHEQUE, -fen, bank, document_no, document_on)
        for tender in kept.facts.tenders if kept else ():
            written_on = tender.document_on.isoformat() if tender.document_on else None
            if (tender.kind, tender.amount_fen, tender.bank, tender.document_no, written_on) == named:
                found[tender.shift_id, CHEQUE] -= fen
                break
    return found


def safe_cash_fen(reading: Reading, counter_id: str) -> int:
    """The cash that lies in this counter's part of the safe: what shifts brought in, and what is kept for floats."""
    of_shifts = sum(held.fen for held in in_safe(reading) if held.tender == CASH)
    return of_shifts + balance(reading, SAFE, counter_id)


def deposits(reading: Reading) -> tuple[DepositMade, ...]:
    """All deposits, the oldest first."""
    return tuple(
        DepositMade(entry.entry_id, moment(entry.at), entry.staff_no, deposit_of(entry.body))
        for entry in safe_entries(reading, DEPOSIT)
    )


def deposit_of(body: dict[str, Any]) -> Deposit:
    """What the entry of a deposit says."""
    lines = tuple(DepositLine(*line) for line in body["lines"])
    return Deposit(body["bank"], body["slip_no"], date.fromisoformat(body["made_on"]), lines)


def count_of(rows: list[list[int]]) -> CashCount:
    """Notes and coins as an entry has them."""
    return CashCount({fen: pieces for fen, pieces in rows if fen != 1}, sum(fen for face, fen in rows if face == 1))
