"""The facts of a receipt, made from the plan that the commit carries out."""

from __future__ import annotations

from datetime import datetime
from functools import lru_cache

from counter_app.domain import masks, receipt_wording
from counter_app.domain.customers import Customer
from counter_app.domain.late_fees import Segment
from counter_app.domain.money import Rate
from counter_app.domain.payments import Line, Plan, Position, net_tenders
from counter_app.domain.receipts import ReceiptFacts, ReceiptLine, ReceiptTender, ReceiptWorking, receipt_number
from counter_app.domain.shifts import Shift
from counter_app.domain.staff import Session
from counter_app.storage.hall import OpenHall

BLANK_HASH = "0" * 64
"""Stands for the entry's hash in the facts that the entry itself vouches for."""

_BLANK = f'"entry_hash":"{BLANK_HASH}","entry_id":""'


def facts_of(
    hall: OpenHall,
    session: Session,
    customer: Customer,
    position: Position,
    shift: Shift,
    made: Plan,
    now: datetime,
    serial: int,
) -> ReceiptFacts:
    """What the receipt shows; entry id and hash follow when the entry stands."""
    texts = hall.rules_on(position.on).receipt
    own = hall.hall
    year = shift.business_date.year
    is_person = customer.kind == "person"
    return ReceiptFacts(
        hall_name=own.name,
        company=own.company,
        hall_id=own.hall_id,
        counter_id=own.counter_id,
        counter_name=own.counter_name,
        receipt_no=receipt_number(hall_code=own.hall_code, counter_code=own.counter_code, year=year, serial=serial),
        year=year,
        serial=serial,
        title=texts.title,
        entry_id="",
        entry_hash=BLANK_HASH,
        issued_at=now.replace(microsecond=0),
        business_date=shift.business_date,
        customer_no=customer.customer_no,
        customer_name_masked=masks.mask_name(customer.name) if is_person else customer.name,
        address_masked=masks.mask("address", position.account.address),
        account_no=position.account.account_no,
        lines=tuple([_receipt_line(line) for line in made.lines]),
        prepaid_used_fen=made.prepaid_used_fen,
        prepaid_stored_fen=made.stored_fen,
        tenders=tuple([ReceiptTender(x.kind, x.amount_fen, x.reference[-4:]) for x in net_tenders(made)]),
        received_fen=made.received_fen,
        change_fen=made.change_fen,
        total_fen=made.settled_fen + made.stored_fen,
        arrears_before_fen=made.due_before_fen,
        arrears_after_fen=made.due_after_fen,
        prepaid_before_fen=made.prepaid_before_fen,
        prepaid_after_fen=made.prepaid_after_fen,
        teller_name=session.name,
        teller_no=session.staff_no,
        hotline=own.hotline or texts.hotline,
        footer=_footer(own.footer, texts.legal_basis, made, position),
        is_demo=own.is_demo,
    )


def seal(facts: ReceiptFacts, entry_id: str, entry_hash: str) -> None:
    """Write into fresh facts the entry that stands since; for whoever made them, before anybody else holds them.

    Nothing else changes, so nothing is checked a second time; a copy would cost as much as the facts themselves.
    """
    object.__setattr__(facts, "entry_id", entry_id)
    object.__setattr__(facts, "entry_hash", entry_hash)


def sealed_text(text: str, facts: ReceiptFacts) -> str:
    """The JSON of the facts once the entry stands, from the JSON before: only the entry's id and hash are new.

    The keys are sorted, so the two stand side by side; a quotation mark inside a value is escaped, so they are found as
    keys and nowhere else.

    Raises:
        ValueError: the text does not hold the place of the entry exactly once.
    """
    before, after = text.split(_BLANK)
    return f'{before}"entry_hash":"{facts.entry_hash}","entry_id":"{facts.entry_id}"{after}'


def _footer(own: str, legal_basis: str, made: Plan, position: Position) -> tuple[str, ...]:
    bills = [line.bill for line in made.lines]
    is_plain = not any(bill.reliefs or bill.is_late_fee_deferred for bill in bills)
    notes = () if is_plain else receipt_wording.relief_notes(bills, position.on)
    # what explains the sums stands first: a sheet has two lines for all of it
    return (*notes, *(text for text in (own, legal_basis if _has_late_fee(made) else "") if text))


def _has_late_fee(made: Plan) -> bool:
    return any(line.share.late_fee_fen for line in made.lines)


def _receipt_line(line: Line) -> ReceiptLine:
    share = line.share
    worked = line.working
    working = [_receipt_working(s, worked.denominator) for s in worked.segments] if share.late_fee_fen else ()
    return ReceiptLine(
        line.bill.bill_id,
        line.bill.bill_no,
        line.bill.month,
        share.principal_fen,
        share.late_fee_fen,
        share.collection_cost_fen,
        tuple(working),
    )


def _receipt_working(segment: Segment, denominator: int) -> ReceiptWorking:
    return ReceiptWorking(
        segment.from_on,
        segment.to_on,
        segment.base_fen,
        segment.days,
        _rate_text(segment.rate),
        exact_yuan(segment.numerator, denominator),
    )


@lru_cache(maxsize=64)
def _rate_text(rate: Rate) -> str:
    return f"{rate.per_mille}‰/日"


def exact_yuan(numerator: int, denominator: int) -> str:
    """A segment's exact amount in yuan without trailing zeros beyond two decimals: `4.606`."""
    whole, rest = divmod(numerator, denominator * 100)
    digits = len(str(denominator)) + 1
    decimals = str(rest * 10**digits // (denominator * 100)).rjust(digits, "0").rstrip("0")
    return f"{whole}.{decimals.ljust(2, '0')}"
