"""What the hall should know of a customer from the first day on (入网时, 002-1), and what of it is missing."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from enum import StrEnum

from counter_app.domain.customers import CustomerRecord

PHONES = frozenset({"mobile", "landline"})
"""The kinds of contacts by which somebody can be called."""


class Gap(StrEnum):
    """A part of the master data that is not there."""

    CONTACT = "contact"
    ID_NUMBER = "id_number"
    ADDRESS = "address"
    SINCE = "since_on"


FIELDS: Mapping[Gap, tuple[str, ...]] = {
    Gap.CONTACT: ("mobile", "landline", "phone"),
    Gap.ID_NUMBER: ("id_number",),
    Gap.ADDRESS: ("address",),
    Gap.SINCE: ("since_on",),
}
"""The fields of an import that fill each part; one of them is enough."""


def gaps_of(record: CustomerRecord, since_on: date | None) -> tuple[Gap, ...]:
    """What is missing of a customer's master data. A customer without an account has no address to be missed."""
    is_there = {
        Gap.CONTACT: any(contact.kind in PHONES and contact.value.strip() for contact in record.contacts),
        Gap.ID_NUMBER: bool(record.customer.id_number),
        Gap.ADDRESS: all(account.address.strip() for account in record.accounts),
        Gap.SINCE: since_on is not None,
    }
    return tuple(gap for gap in Gap if not is_there[gap])
