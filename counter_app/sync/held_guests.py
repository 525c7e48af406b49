"""In each history of the hub a counter tells again whom it has asked for: a hub that went back has forgotten them."""

from __future__ import annotations

import json
from collections.abc import Iterator
from functools import partial

from counter_app.storage.guests import held_rows, known_guests
from counter_app.storage.sql import Reading
from counter_app.sync import wire
from counter_app.sync.contact import Contact
from counter_app.sync.ground import Ground
from counter_app.sync.wire_guests import MOST_GUESTS


def tell_guests(ground: Ground, contact: Contact) -> wire.Refusal | None:
    """Tell the hub of all guests, once in each of its histories and when the feed of it is in the file.

    A hub of before does not know the question; it is told when its history is another one.

    Raises:
        LineDown: no answer; the next round tells it.
    """
    state = ground.state()
    if state.feed is None or state.nonce is None or state.guests_told == state.feed.generation:
        return None
    told, known = state.feed.generation, ground.read(lambda reading: known_guests(reading, state.strays or ()))
    for page in _pages(known):
        body = ground.read(partial(_message, page)).encode("utf-8")
        said = contact.ask("POST", "/v1/customers/held", nonce=state.nonce, answer=wire.Done, body=body)
        if isinstance(said, wire.Refusal) and said.why is not wire.Why.NOT_FOUND:
            return said
    ground.keep(guests_told=told)
    return None


def _pages(customers: tuple[int, ...]) -> Iterator[tuple[int, ...]]:
    return (customers[start : start + MOST_GUESTS] for start in range(0, len(customers), MOST_GUESTS))


def _message(customers: tuple[int, ...], reading: Reading) -> str:
    guests = [{"rows": held_rows(reading, customer_id)} for customer_id in customers]
    return json.dumps({"guests": guests}, ensure_ascii=False)
