"""The accounts that a payment may be moved to, found by whatever a teller types."""

from __future__ import annotations

from typing import NamedTuple

from counter_app.domain import masks
from counter_app.domain.staff import Right, Session
from counter_app.services.search import find
from counter_app.storage.accounts import accounts_of
from counter_app.storage.hall import OpenHall

_MOST_CUSTOMERS = 8


class Target(NamedTuple):
    """One account with its customer, masked."""

    account_id: int
    account_no: str
    name: str
    phone: str
    address: str


def targets(hall: OpenHall, session: Session, text: str) -> tuple[Target, ...]:
    """The accounts of the customers whom a text finds, best first, an account whose number holds the text before its
    sisters.

    Raises:
        Refused: `NoRight`.
        StoreTrouble: the file cannot be read.
    """
    session.need(Right.SEE_CUSTOMERS)
    hits, found = find(hall, text, _MOST_CUSTOMERS).hits, list[Target]()
    typed = text.strip()
    with hall.reading() as reading:
        for hit in hits:
            own = sorted(accounts_of(reading, hit.customer_id), key=lambda account: typed not in account.account_no)
            found += [
                Target(account.id, account.account_no, hit.name, hit.phone, masks.mask("address", account.address))
                for account in own
            ]
    return tuple(found)
