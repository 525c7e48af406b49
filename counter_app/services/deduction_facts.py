"""One deduction with all that a customer is told of it, read from its entry."""

from __future__ import annotations

import json
from datetime import date, datetime
from typing import NamedTuple

from counter_app.domain.deductions import BY_ITSELF
from counter_app.domain.masks import mask_name
from counter_app.domain.money import Fen
from counter_app.domain.print_marks import Void
from counter_app.domain.refusals import Refused
from counter_app.domain.staff import Right, Session
from counter_app.domain.undo_refusals import NotTakenHere
from counter_app.services import authority
from counter_app.services.voids import void_of
from counter_app.storage.deductions import bill_months, book_names, deduction_entry
from counter_app.storage.hall import OpenHall


class PaidBill(NamedTuple):
    """What a deduction paid of one bill."""

    month: str
    principal_fen: Fen
    late_fee_fen: Fen
    cost_fen: Fen


class DeductionFacts(NamedTuple):
    """A deduction: when, for which batch day, what its bills got, out of which books, and what undid it since.
    `staff_no` is empty where nobody asked for it.
    """

    number: str
    at: datetime
    batch_on: date
    account_no: str
    customer_name_masked: str
    bills: tuple[PaidBill, ...]
    books: tuple[tuple[str, Fen], ...]
    settled_fen: Fen
    balance_fen: Fen
    staff_no: str
    void: Void | None


def deduction_facts(hall: OpenHall, session: Session, number: str) -> DeductionFacts:
    """A deduction that this counter made.

    Raises:
        Refused: `NoRight`, `SignedOut`, `NotTakenHere`.
    """
    session.need(Right.SEE_CUSTOMERS)
    with hall.reading() as reading:
        authority.still(reading, session, Right.SEE_CUSTOMERS)
        found = deduction_entry(reading, number)
        if found is None:
            raise Refused(NotTakenHere(number))
        deduction_id, text, name = found
        content = json.loads(text)
        body = content["body"]
        names, months = book_names(reading, body["account_id"]), bill_months(reading, body["account_id"])
        void = void_of(reading, deduction_id)
    staff_no = content["staff_no"]
    return DeductionFacts(
        number,
        datetime.fromisoformat(content["at"]),
        date.fromisoformat(body["batch_on"]),
        body["account_no"],
        mask_name(name),
        tuple(PaidBill(months.get(bill_id, ""), *fen) for _, bill_id, *fen in body["settlements"]),
        tuple((names.get(book_id, str(book_id)), -fen) for book_id, fen in body["books"]),
        body["settled_fen"],
        body["balance_fen"],
        "" if staff_no == BY_ITSELF else staff_no,
        void,
    )
