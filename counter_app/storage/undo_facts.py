"""What an undo has to know of a payment: its own entry, what is corrected since, and what was built upon it."""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any, NamedTuple

from sqlalchemy import bindparam, cast, func, literal_column, select, union_all
from sqlalchemy.types import Text

from counter_app.domain.bills import DISPUTE, LOWERED, TAKEN_BACK, source_of
from counter_app.domain.payments import CASH, PREPAID
from counter_app.domain.reliefs import WAIVER
from counter_app.domain.undo import (
    TRANSFER,
    UNDONE_END,
    LaterPart,
    PaidBook,
    PaidFacts,
    PaidOrder,
    PaidPart,
    PaidTender,
    Since,
)
from counter_app.storage import tables as t
from counter_app.storage import tables_sync as y
from counter_app.storage import tables_undo as u
from counter_app.storage.books import books_of_account
from counter_app.storage.journal import day
from counter_app.storage.sql import Reading, Row, compiled, placed
from counter_app.storage.sync_state import read_state
from counter_app.storage.tables_deductions import deductions
from counter_app.storage.undo import open_invoice, undone_of

EXCESS_END = ":excess"
"""What the name of a hub's settlement has at its end that takes off what was too much."""
_OWN = ("counter", TAKEN_BACK)
"""Sources of settlements whose order this journal knows."""
BEFORE_ARREARS = "stopped"
"""The state of a service whose restore order does not say what it was in: what arrears bring a service to."""

_p, _e, _s, _o = t.payments.c, t.entries.c, t.settlements.c, t.restore_orders.c
_d = deductions.c
_PAYMENT = compiled(
    union_all(
        select(_p.receipt_no, _p.staff_no, t.accounts.c.account_no, _e.id, _e.content)
        .select_from(t.payments.join(t.entries, _e.id == _p.entry).join(t.accounts, t.accounts.c.id == _p.account_id))
        .where(_p.payment_id == bindparam("payment")),
        select(_d.deduction_no, _d.staff_no, t.accounts.c.account_no, _e.id, _e.content)
        .select_from(deductions.join(t.entries, _e.id == _d.entry).join(t.accounts, t.accounts.c.id == _d.account_id))
        .where(_d.deduction_id == bindparam("payment")),
    )
)
"""A deduction is undone as a payment is: what it settled was paid by books alone."""
_BY_RECEIPT = compiled(
    union_all(
        select(_p.payment_id, _p.customer_id).where(_p.receipt_no == bindparam("receipt")),
        select(_d.deduction_id, _d.customer_id).where(_d.deduction_no == bindparam("receipt")),
    )
)
_MOVED_FROM = placed(
    select(func.json_extract(_e.content, literal_column("'$.body.payment_id'"))).where(
        _e.entry_id == bindparam("move")
    ),
    ("move",),
)
_BILL = placed(select(t.bills.c.bill_no, t.bills.c.month).where(t.bills.c.id == bindparam("bill")), ("bill",))
_m = u.tender_moves.c
_CORRECTED = placed(
    select(_m.tender, _m.amount_fen, _m.reference, _m.bank, _m.document_no, _m.document_on, _m.shift_id)
    .where(_m.payment_id == bindparam("payment"), _m.undo_id.not_in(select(u.payments_undone.c.undo_id)))
    .order_by(_m.entry, _m.line),
    ("payment",),
)
_ORDERS = placed(
    select(
        _o.order_id,
        _o.service_id,
        t.services.c.number,
        _o.state,
        t.services.c.state,
        _e.epoch,
        _e.seq,
        func.json_extract(_e.content, literal_column("'$.body.was'")),
        _e.business_date,
    )
    .select_from(t.restore_orders.join(t.services, t.services.c.id == _o.service_id).join(t.entries, _e.id == _o.entry))
    .where(_o.payment_id == bindparam("payment"))
    .order_by(_o.order_id),
    ("payment",),
)
_ON_BILL = placed(
    select(_s.settlement_id, _s.settled_on, _s.principal_fen, _s.late_fee_fen, _s.cost_fen, _s.channel, _s.source)
    .add_columns(_s.entry, func.coalesce(_p.receipt_no, _d.deduction_no))
    .select_from(t.settlements.outerjoin(t.payments, _p.entry == _s.entry).outerjoin(deductions, _d.entry == _s.entry))
    .where(_s.bill_id == bindparam("bill")),
    ("bill",),
)
_q = t.postings.c
_USED_BY = placed(
    select(func.coalesce(_p.receipt_no, _d.deduction_no).label("number"))
    .select_from(t.postings.outerjoin(t.payments, _p.entry == _q.entry).outerjoin(deductions, _d.entry == _q.entry))
    .where(
        _p.receipt_no.isnot(None) | _d.deduction_no.isnot(None),
        _q.account == bindparam("prepaid"),
        _q.subject == cast(bindparam("book"), Text),
        _q.amount_fen > literal_column("0"),
        _q.entry > bindparam("entry"),
    )
    .order_by(_q.entry.desc()),
    ("prepaid", "book", "entry"),
)
_TASKS = compiled(
    select(y.tasks.c.task_id, y.tasks.c.kind, y.tasks.c.facts)
    .where(y.tasks.c.closed_at.is_(None), func.instr(y.tasks.c.facts, bindparam("payment")) > literal_column("0"))
    .order_by(y.tasks.c.task_id)
)


class Kept(NamedTuple):
    """A payment's facts, and the entry that they stand in: its row and its content."""

    facts: PaidFacts
    entry: int
    content: Mapping[str, Any]


def payment_of_receipt(reading: Reading, receipt_no: str) -> tuple[str, int] | None:
    """The payment and the customer of a receipt that this counter gave, or None."""
    row = reading.one(_BY_RECEIPT, {"receipt": receipt_no})
    return None if row is None else (row[0], row[1])


def kept_payment(reading: Reading, payment_id: str, on: date) -> Kept | None:
    """A payment of this counter as its entry has it, its books as of `on`; None where the file holds none such."""
    row = reading.one(_PAYMENT, {"payment": payment_id})
    if row is None:
        return None
    receipt_no, staff_no, account_no, entry, text = row
    content = json.loads(text)
    body = content["body"]
    paid_on = date.fromisoformat(content["business_date"])
    facts = PaidFacts(
        payment_id=payment_id,
        receipt_no=receipt_no,
        customer_id=content["customer_id"],
        account_id=body["account_id"],
        account_no=account_no,
        shift_id=content["shift_id"] or "",
        staff_no=staff_no,
        business_date=paid_on,
        parts=tuple(_part(reading, row, paid_on) for row in body["settlements"]),
        books=_books(reading, body, on),
        tenders=_tenders(reading, payment_id, content),
        orders=_orders(reading, payment_id),
        invoice_no=open_invoice(reading, receipt_no),
    )
    return Kept(facts, entry, content)


def since(reading: Reading, kept: Kept) -> Since:
    """What bears on undoing the payment that has happened since."""
    paid, entry = kept.facts, kept.entry
    own = {part.settlement_id for part in paid.parts}
    later, credited_fen = list[LaterPart](), 0
    for part in paid.parts:
        of_bill = _Groups(reading.rows(_ON_BILL, (part.bill_id,)))
        credited_fen += of_bill.credited_fen(own)
        later += of_bill.later(part, entry, own)
    credit, task = _asked_for(reading, paid, own)
    if credit is None and credited_fen:
        credit = ("", credited_fen)
    short = {book.book_id for book in paid.books if book.left_fen < paid.filled_fen(book.book_id)}
    used_by = {book_id: _used_by(reading, book_id, entry) for book_id in short}
    return Since(undone_of(reading, paid.payment_id), tuple(later), used_by, credit, task)


class _Groups:
    """The settlements of one bill, each with those that take it off again; what comes to nothing was never there."""

    def __init__(self, rows: Sequence[Row]) -> None:
        self._rows = {row[0]: row for row in rows}
        self._sums: defaultdict[str, int] = defaultdict(int)
        for row in rows:
            self._sums[_root(row[0])] += row[2] + row[3] + row[4]

    def credited_fen(self, own: set[str]) -> int:
        """What the hub has taken off as too much: of these settlements, or of the bill as a whole."""
        return -sum(
            int(row[2] + row[3] + row[4])
            for name, row in self._rows.items()
            if EXCESS_END in name and (_root(name) in own or _root(name) not in self._rows)
        )

    def later(self, part: PaidPart, entry: int, own: set[str]) -> list[LaterPart]:
        """What was settled after this part, by whatever way, and counts still.

        Of another channel only the day is known: what came on the same day changes no late fee of it.
        """
        on = part.settled_on.isoformat()
        return [
            LaterPart(part.bill_no, row[8] or "", date.fromisoformat(row[1]), _channel(row))
            for name, row in self._rows.items()
            if name == _root(name)
            and name not in own
            and self._sums[name]
            # what was let off was let off of whatever the bill asks: an undo leaves it as it is
            and source_of(row[6]) not in (WAIVER, DISPUTE, LOWERED)
            and (row[1] >= on and row[7] > entry if row[6] in _OWN and row[7] is not None else row[1] > on)
        ]


def _channel(row: Row) -> str:
    """By which channel it was settled; what a dispute gave back of it stands under its own name."""
    return TAKEN_BACK if source_of(row[6]) == TAKEN_BACK else str(row[5])


def _root(settlement_id: str) -> str:
    """The settlement that one takes off again, through any number of steps; itself where it takes off none."""
    while True:
        shorter = settlement_id.removesuffix(EXCESS_END).removesuffix(UNDONE_END)
        if shorter == settlement_id:
            return settlement_id
        settlement_id = shorter


def _asked_for(
    reading: Reading, paid: PaidFacts, own: set[str]
) -> tuple[tuple[str, int] | None, tuple[str, str] | None]:
    """A credit that the hub owes of the payment with its open task, and any other open task about it."""
    credit, task = None, None
    for task_id, kind, text in reading.rows(_TASKS, {"payment": paid.payment_id}):
        facts = json.loads(text)
        credit_id = str(facts.get("credit_id") or "")
        if credit_id and _root(credit_id) in own:
            fen = sum(facts.get(name) or 0 for name in ("principal_fen", "late_fee_fen", "cost_fen"))
            credit = credit or (task_id, fen)
        else:
            task = task or (task_id, kind)
    return credit, task


def _used_by(reading: Reading, book_id: int, entry: int) -> str:
    row = reading.one(_USED_BY, (PREPAID, book_id, entry))
    return "" if row is None else str(row[0])


def _part(reading: Reading, said: Sequence[Any], on: date) -> PaidPart:
    settlement_id, bill_id, principal_fen, late_fee_fen, cost_fen = said
    bill = reading.one(_BILL, (bill_id,)) or ("", "")
    return PaidPart(settlement_id, bill_id, bill[0], bill[1], on, principal_fen, late_fee_fen, cost_fen)


def _books(reading: Reading, body: Mapping[str, Any], on: date) -> tuple[PaidBook, ...]:
    if not body["books"]:
        return ()
    held = {book.id: book for book in books_of_account(reading, body["account_id"])}
    return tuple(
        PaidBook(
            book_id,
            held[book_id].name,
            fen,
            held[book_id].book.balance_fen,
            held[book_id].book.is_expired(on),
        )
        for book_id, fen in body["books"]
    )


def _tenders(reading: Reading, payment_id: str, content: Mapping[str, Any]) -> tuple[PaidTender, ...]:
    """The tenders as they were applied and corrected since; of a payment that was moved here, those of where it was."""
    change_fen, found = content["body"]["change_fen"], list[PaidTender]()
    for kind, fen, reference, bank, document_no, document_on in content["body"]["tenders"]:
        if kind == PREPAID:
            continue
        back_fen = min(change_fen, fen) if kind == CASH else 0
        change_fen -= back_fen
        named = (reference, bank, document_no, day(document_on), "", content["shift_id"] or "")
        found.append(PaidTender(0, kind, fen - back_fen, *named))
    for kind, fen, reference, bank, document_no, on, shift_id in reading.rows(_CORRECTED, (payment_id,)):
        found = _corrected(found, PaidTender(0, kind, fen, reference, bank, document_no, day(on), "", shift_id))
    if content["cause_entry_id"] and [tender.kind for tender in found] == [TRANSFER]:
        found = _before_move(reading, content["cause_entry_id"]) or found
    return tuple(tender._replace(line=line) for line, tender in enumerate((one for one in found if one.amount_fen), 1))


def _corrected(tenders: list[PaidTender], move: PaidTender) -> list[PaidTender]:
    """The tenders with one more correction: less of the one that was wrong, or one more."""
    if move.amount_fen > 0:
        return [*tenders, move]
    for place, tender in enumerate(tenders):
        # whichever shift it came into, and whichever has put it right
        is_same = tender._replace(amount_fen=0) == move._replace(amount_fen=0, shift_id=tender.shift_id)
        if is_same and tender.amount_fen >= -move.amount_fen:
            less = tender._replace(amount_fen=tender.amount_fen + move.amount_fen)
            return [*tenders[:place], less, *tenders[place + 1 :]]
    message = f"no tender to correct: {move}"
    raise LookupError(message)


def _before_move(reading: Reading, move_id: str) -> list[PaidTender]:
    row = reading.one(_MOVED_FROM, (move_id,))
    before = reading.one(_PAYMENT, {"payment": row[0]}) if row else None
    if row is None or before is None:
        return []
    return [tender._replace(came_as=TRANSFER) for tender in _tenders(reading, row[0], json.loads(before[4]))]


def _orders(reading: Reading, payment_id: str) -> tuple[PaidOrder, ...]:
    rows = reading.rows(_ORDERS, (payment_id,))
    if not rows:
        return ()
    state = read_state(reading)
    acked = (state.acked.epoch, state.acked.seq) if state.acked else (0, 0)
    return tuple(_order(row, is_sent_on=state.enrolment is None or (row[5], row[6]) <= acked) for row in rows)


def _order(row: Row, *, is_sent_on: bool) -> PaidOrder:
    was = json.loads(row[7]) if row[7] else [BEFORE_ARREARS, row[8], "arrears"]
    order_id, service_id, number, state, service_state = row[:5]
    before = (was[0], date.fromisoformat(was[1]), was[2])
    return PaidOrder(order_id, service_id, number, state, is_sent_on, service_state, before)
