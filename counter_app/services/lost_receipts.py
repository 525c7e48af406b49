"""A payment whose journal is lost is entered again from its printed receipt: its device's signature vouches for it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from counter_app.domain.journal import Draft, Posting, nonzero
from counter_app.domain.money import Fen
from counter_app.domain.payments import CASH, PREPAID, Plan, Position, Tender, Wish, open_bills, plan
from counter_app.domain.receipts import Proof, bills_sha256
from counter_app.domain.refusals import Refused
from counter_app.domain.staff import Right, Session
from counter_app.domain.sync_refusals import (
    ReceiptBillsUnknown,
    ReceiptFromAhead,
    ReceiptHeld,
    ReceiptNotGenuine,
    ReceiptOfOtherCounter,
    ReceiptPrepaidUnsaid,
)
from counter_app.services import authority
from counter_app.storage import lost_receipts as rows
from counter_app.storage import receipts
from counter_app.storage.accounts import load_account
from counter_app.storage.books import add_cash_book
from counter_app.storage.hall import OpenHall
from counter_app.storage.payments import SettlementRow
from counter_app.storage.recovery import RECOVERED, device_keys
from counter_app.storage.sql import Writing
from counter_app.storage.verify_proof import Verdict, check_proof


@dataclass(frozen=True, slots=True)
class Reentered:
    """A payment that is recorded again: how its sum was divided among its bills, and what went to prepaid (fen)."""

    receipt_no: str
    amount_fen: int
    settled: tuple[SettlementRow, ...]
    stored_fen: int


def reenter(
    hall: OpenHall, session: Session, text: str, account_no: str = "", *, prepaid_used_fen: Fen | None = None
) -> Reentered:
    """Enter the payment of a receipt again, from its QR text; `account_no` is needed where the receipt names no bills,
    and `prepaid_used_fen` (what of it the paper says was paid out of prepaid money) where the account has any.

    The sum is divided among the receipt's bills by the rules of its day, as they are open here now; what is left
    becomes prepaid. The receipt's number is not given again.

    Raises:
        Refused: `ReceiptProofUnreadable`, `ReceiptHeld`, `ReceiptNotGenuine`, `ReceiptOfOtherCounter`,
            `ReceiptFromAhead`, `ReceiptBillsUnknown`, `ReceiptPrepaidUnsaid`, `PrepaidNotEnough`,
            `PrepaidMoreThanDue`, `NoRight`, `SignedOut`.
        MoneyIsOff: the self-test has findings.
    """
    session.need(Right.SIGN_OFF)
    with hall.writing(money=True) as work:
        authority.still(work, session, Right.SIGN_OFF)
        answer = check_proof(work, text)
        proof = answer.proof
        if rows.is_known(work, proof.entry_id):
            raise Refused(ReceiptHeld(proof.receipt_no))
        # another payment here may bear its number: both papers were printed, and both payments count
        if answer.verdict not in (Verdict.NOT_HELD, Verdict.DIFFERS):
            raise Refused(ReceiptNotGenuine(proof.receipt_no))
        if proof.counter_id != hall.hall.counter_id:
            raise Refused(ReceiptOfOtherCounter(proof.receipt_no))
        on = proof.issued_at.date()
        if on > hall.clock.now().date():
            raise Refused(ReceiptFromAhead(proof.receipt_no, on))
        account_id, bills = _bills(work, proof, account_no)
        signer = answer.device_id, device_keys(work)[answer.device_id].hex()
        return _record(hall, work, session, text.strip(), proof, signer, account_id, bills, prepaid_used_fen)


def _bills(work: Writing, proof: Proof, account_no: str) -> tuple[int, tuple[tuple[int, str], ...]]:
    """The account, and the receipt's bills in its order, each with its number."""
    if proof.bill_ids:
        found = rows.bills_by_id(work, proof.bill_ids)
        accounts = {account_id for _, _, account_id in found}
        if len(found) == len(proof.bill_ids) and len(accounts) == 1:
            return accounts.pop(), tuple((bill_id, bill_no) for bill_id, bill_no, _ in found)
    account_id = rows.account_by_no(work, account_no) if account_no else None
    if account_id is not None and not proof.bill_ids:
        if not proof.bills_sha256:
            return account_id, ()
        whole = rows.bills_of_account(work, account_id)
        for first in range(len(whole)):
            for last in range(first + 1, len(whole) + 1):
                part = whole[first:last]
                if bills_sha256(tuple(bill_id for bill_id, _ in part)) == proof.bills_sha256:
                    return account_id, part
    raise Refused(ReceiptBillsUnknown(proof.receipt_no, account_no))


def _record(
    hall: OpenHall,
    work: Writing,
    session: Session,
    text: str,
    proof: Proof,
    signer: tuple[str, str],
    account_id: int,
    bills: tuple[tuple[int, str], ...],
    prepaid_used_fen: Fen | None,
) -> Reentered:
    on = proof.issued_at.date()
    position = _position(hall, work, account_id, {bill_id for bill_id, _ in bills}, on)
    made = plan(position, _wish(proof, position, prepaid_used_fen))
    settled = _settled(proof.entry_id, made, bills)
    stored_book = None
    if made.stored_fen:
        held = [held.id for held in position.books if held.book.kind == "cash" and not held.book.items]
        stored_book = held[0] if held else add_cash_book(work, account_id, on)
    year, serial = map(int, proof.receipt_no.rsplit("-", 2)[1:])
    entry = hall.journal.append(
        work,
        Draft(
            kind=rows.IMPORT,
            body={
                "entry_id": proof.entry_id,
                "proof": text,
                # a hub that has lost its tail may have forgotten whose key that is
                "device_id": signer[0],
                "public_key": signer[1],
                "receipt_no": proof.receipt_no,
                "year": year,
                "serial": serial,
                "amount_fen": proof.amount_fen,
                "account_id": account_id,
                "account_no": position.account.account_no,
                "settlements": [list(row) for row in settled],
                "books": _moved(made, stored_book),
            },
            staff_no=session.staff_no,
            # what it settles was settled on that day: no late fee runs on it
            business_date=on,
            postings=_postings(proof, made, settled, stored_book),
            customer_id=position.account.customer_id,
        ),
    )
    rows.add_settlements(work, settled, on, entry.id)
    receipts.keep_serial(work, proof.counter_id, year, serial)
    return Reentered(proof.receipt_no, proof.amount_fen, settled, made.stored_fen)


def _position(hall: OpenHall, work: Writing, account_id: int, wanted: set[int], on: date) -> Position:
    loaded = load_account(work, account_id)
    assert loaded is not None, "a bill has its account"
    customer, account, services, bills, books = loaded
    rules = hall.rules_on(on)
    policy = rules.late_fee_policy(customer.customer_class)
    open_ones = tuple([one for one in open_bills(bills, policy, on) if one.debt.bill_id in wanted])
    return Position(on, account, services, open_ones, books, rules.allocation, (CASH, PREPAID))


def _wish(proof: Proof, position: Position, prepaid_used_fen: Fen | None) -> Wish:
    """The sum as it came: what was handed over, and what was taken out of the books. That nothing was taken is taken
    for granted only where there is nothing to take.
    """
    used_fen = 0 if prepaid_used_fen is None and position.prepaid_fen <= 0 else prepaid_used_fen
    if used_fen is None or not 0 <= used_fen <= proof.amount_fen:
        raise Refused(ReceiptPrepaidUnsaid(proof.receipt_no, proof.amount_fen, position.prepaid_fen))
    tenders = (Tender(CASH, proof.amount_fen - used_fen), Tender(PREPAID, used_fen))
    return Wish(tenders=tenders, is_change_stored=True)


def _moved(made: Plan, stored_book: int | None) -> list[list[int]]:
    used = [[book_id, -fen] for book_id, fen in made.prepaid_used]
    return used if stored_book is None else [*used, [stored_book, made.stored_fen]]


def _settled(entry_id: str, made: Plan, bills: tuple[tuple[int, str], ...]) -> tuple[SettlementRow, ...]:
    """A row for each bill of the receipt, in its order; one that was paid otherwise meanwhile gets nothing."""
    shares = {line.bill.bill_id: line.share for line in made.lines}
    found = []
    for bill_id, bill_no in bills:
        share = shares.get(bill_id)
        parts = (share.principal_fen, share.late_fee_fen, share.collection_cost_fen) if share else (0, 0, 0)
        found.append(SettlementRow(f"{entry_id}:{bill_no}", bill_id, *parts))
    return tuple(found)


def _postings(
    proof: Proof, made: Plan, settled: tuple[SettlementRow, ...], stored_book: int | None
) -> tuple[Posting, ...]:
    """What was handed over lay in a drawer whose shift is lost: it comes from outside of every drawer that is open now.
    What came out of prepaid money is taken from its books.
    """
    parts = [
        posting
        for row in settled
        for posting in (
            Posting("cost", str(row.bill_id), -row.cost_fen),
            Posting("late_fee", str(row.bill_id), -row.late_fee_fen),
            Posting("receivable", str(row.bill_id), -row.principal_fen),
        )
    ]
    used = [Posting(PREPAID, str(book_id), fen) for book_id, fen in made.prepaid_used]
    kept = Posting(PREPAID, str(stored_book), -made.stored_fen)
    return nonzero([Posting(RECOVERED, proof.receipt_no, made.received_fen), *used, *parts, kept])
