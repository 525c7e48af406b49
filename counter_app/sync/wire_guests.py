"""The message by which a counter tells a hub of another history which customers of other halls it holds, and how."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field

from counter_app.sync.wire import Message

MOST_GUESTS = 20
"""Customers in one message."""
MOST_OF_GUEST = 5_000
"""Rows of one customer."""

HeldKind = Literal["customer", "account", "service", "bill", "book"]
HeldRow = tuple[HeldKind, Annotated[str, Field(max_length=200)], Annotated[int, Field(ge=1, le=2**53)]]
"""A row: its kind, its id here, and between them what names it: customer_no, account_no, kind and number, bill_no, or
of a book account_no and kind.
"""


class HeldGuest(Message):
    """A customer who was asked for, with every row that the counter holds of them."""

    rows: Annotated[tuple[HeldRow, ...], Field(max_length=MOST_OF_GUEST)]


class HeldGuests(Message):
    """`POST /v1/customers/held`: customers of other halls whom this hall has asked for in a history of the hub that it
    may have lost. They are the hall's guests again under the ids that the counter has; who is one already stays so.
    """

    guests: Annotated[tuple[HeldGuest, ...], Field(max_length=MOST_GUESTS)]
