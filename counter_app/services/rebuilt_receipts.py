"""A receipt that was lost with a disk, made anew from its entry and what the hall knows: the same, or a certificate.

The journal holds the hash of a receipt's facts. Where facts that are made anew have that hash they are the receipt's
own; else nothing is guessed, and the paper certifies what the entry itself says.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from typing import Any

from counter_app.domain.allocation import BillShare
from counter_app.domain.bills import Bill, Settlement
from counter_app.domain.customers import Customer
from counter_app.domain.late_fees import late_fee
from counter_app.domain.payments import Line, Plan, Position, Tender, open_bills
from counter_app.domain.print_marks import Rebuilt
from counter_app.domain.receipt_wording import CERTIFICATE, CERTIFICATE_NOTE
from counter_app.domain.receipts import ReceiptFacts
from counter_app.domain.shifts import Shift
from counter_app.domain.staff import Role, Session
from counter_app.services.receipt_facts import facts_of, seal
from counter_app.storage import given_payments as rows
from counter_app.storage.accounts import load_account
from counter_app.storage.bills import bills_of_customer
from counter_app.storage.hall import OpenHall
from counter_app.storage.journal import moment
from counter_app.storage.sql import Reading
from counter_app.storage.staff import find_staff


@dataclass(frozen=True, slots=True)
class RebuiltReceipt:
    """The facts that can be printed, what they are, how many prints came before, and the payment that they are of."""

    facts: ReceiptFacts
    what: Rebuilt
    copies: int
    payment_id: str


@dataclass(frozen=True, slots=True)
class _Known:
    """What the hall knows today of a payment: its entry, the customer, and every bill of the account."""

    said: Mapping[str, Any]
    customer: Customer
    position: Position
    bills: tuple[Bill, ...]
    at: datetime
    place: rows.Place
    paid: Mapping[str, rows.Place]
    prepaid_before_fen: int

    @property
    def body(self) -> Mapping[str, Any]:
        """What the entry says of the payment."""
        body: Mapping[str, Any] = self.said["body"]
        return body


def rebuilt(hall: OpenHall, reading: Reading, receipt_no: str) -> RebuiltReceipt | None:
    """The receipt of a payment that the hub gave back after a loss; None where there is none by that number, or its
    customer or bills have not come down yet.
    """
    lost = rows.lost_receipt(reading, receipt_no)
    known = None if lost is None else _known(hall, reading, lost)
    if lost is None or known is None:
        return None
    payment_id, wanted = lost.content["entry_id"], known.body["receipt"]["facts_sha256"]
    guesses = tuple(_guesses(hall, reading, known))
    proved = (one for one in guesses if hashlib.sha256(one.to_json().encode()).hexdigest() == wanted)
    own = next(proved, None)
    facts = own or _certificate(guesses[0])
    seal(facts, payment_id, lost.hash)
    what = Rebuilt.CERTIFICATE if own is None else Rebuilt.RECEIPT
    # a paper was given with the payment, whether or not its print came back: none of these is the first one
    return RebuiltReceipt(facts, what, max(lost.copies, 1), payment_id)


def _known(hall: OpenHall, reading: Reading, lost: rows.LostReceipt) -> _Known | None:
    said = lost.content
    body, on, at = said["body"], date.fromisoformat(said["business_date"]), moment(said["at"])
    loaded = load_account(reading, body["account_id"])
    if loaded is None:
        return None
    account, rules, later = loaded.account, hall.rules_on(on), rows.issued_after(reading, loaded.account.id, on)
    settled = {row[1] for row in body["settlements"]}
    bills = tuple(
        bill
        for bill in bills_of_customer(reading, loaded.customer.id)[0]
        if bill.account_id == account.id and (bill.bill_id in settled or bill.bill_id not in later)
    )
    if settled - {bill.bill_id for bill in bills}:
        return None
    position = Position(on, account, loaded.services, (), loaded.books, rules.allocation, rules.tenders)
    counted = [held.id for held in loaded.books if not held.book.is_expired(on)]
    before_fen = position.prepaid_fen - rows.moved_since(reading, counted, lost.place, at)
    return _Known(said, loaded.customer, position, bills, at, lost.place, rows.paid_on(reading, on), before_fen)


def _guesses(hall: OpenHall, reading: Reading, known: _Known) -> Iterator[ReceiptFacts]:
    """Facts as they may have been: with and without what others settled on the same day, for nobody knows when; and
    with the second before the entry's, for the receipt's own moment was read a little earlier.
    """
    staff_no = known.said["staff_no"]
    person = find_staff(reading, staff_no)
    session = Session(staff_no, person.name if person else "", Role.TELLER, known.at)
    on, zone = known.position.on, hall.clock.now().tzinfo
    shift = Shift("", "", hall.hall.counter_id, staff_no, on, known.at, 0)
    for has_others in (True, False):
        position, plan = _plan(hall, known, has_others=has_others)
        for earlier in (timedelta(), timedelta(seconds=1)):
            now, serial = (known.at - earlier).astimezone(zone), known.body["receipt"]["serial"]
            yield facts_of(hall, session, known.customer, position, shift, plan, now, serial)


def _plan(hall: OpenHall, known: _Known, *, has_others: bool) -> tuple[Position, Plan]:
    body, on = known.body, known.position.on
    own = {row[0] for row in body["settlements"]}

    def is_before(part: Settlement) -> bool:
        if part.settled_on != on or part.settlement_id in own:
            return part.settled_on < on
        place = known.paid.get(part.settlement_id)
        return has_others if place is None else place < known.place

    policy = hall.rules_on(on).late_fee_policy(known.customer.customer_class)
    before = [bill._replace(settlements=tuple(filter(is_before, bill.settlements))) for bill in known.bills]
    position = replace(known.position, open_bills=open_bills(before, policy, on))
    workings = {one.bill.bill_id: one.working for one in position.open_bills}
    lines = []
    for _, bill_id, principal_fen, late_fee_fen, cost_fen in body["settlements"]:
        bill = next(one for one in before if one.bill_id == bill_id)
        share = BillShare(bill_id, bill.bill_no, cost_fen, late_fee_fen, principal_fen)
        lines.append(Line(share, bill, workings.get(bill_id) or late_fee(bill, policy, on)))
    settled_fen, due_fen = sum(line.share.total_fen for line in lines), position.due_fen
    return position, Plan(
        lines=tuple(lines),
        left=(),
        settled_fen=settled_fen,
        due_before_fen=max(due_fen, settled_fen),
        due_after_fen=max(due_fen, settled_fen) - settled_fen,
        received_fen=body["received_fen"],
        change_fen=body["change_fen"],
        prepaid_used=tuple((book_id, -fen) for book_id, fen in body["books"] if fen < 0),
        stored_fen=body["prepaid_stored_fen"],
        prepaid_before_fen=max(known.prepaid_before_fen, body["prepaid_used_fen"]),
        tenders=tuple(Tender(kind, fen, reference) for kind, fen, reference, *_ in body["tenders"]),
        restored=(),
        still_needed_to_restore_fen=0,
    )


def _certificate(facts: ReceiptFacts) -> ReceiptFacts:
    """What the entry itself says, without a figure that would be a guess."""
    lines = tuple(replace(line, working=()) for line in facts.lines)
    return replace(
        facts,
        title=CERTIFICATE,
        lines=lines,
        footer=(CERTIFICATE_NOTE,),
        arrears_before_fen=0,
        arrears_after_fen=0,
        prepaid_before_fen=0,
        prepaid_after_fen=0,
    )
