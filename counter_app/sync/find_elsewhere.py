"""A customer whom the hall does not hold: asked for at the hub by one exact word, and in the file from then on."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from counter_app.domain.journal import Draft
from counter_app.domain.sync_state import FeedMark, SyncState
from counter_app.storage import feed
from counter_app.storage.feed_held import hold
from counter_app.storage.guests import keep_guests, new_of
from counter_app.storage.sync_state import keep, read_state
from counter_app.sync import wire
from counter_app.sync.contact import Contact
from counter_app.sync.feed_rows import Fit, Unfit, read_row
from counter_app.sync.ground import Ground
from counter_app.sync.hub_line import Line

TOTAL_S = 3.0
"""So long somebody waits at the desk; the line is opened with this patience, and asks nothing else."""

FindBy = Literal["account", "customer", "service", "id"]


@dataclass(frozen=True, slots=True)
class FoundElsewhere:
    """The customers that came into the file; none: the hub knows nobody by that word."""

    customer_ids: tuple[int, ...]


def find_elsewhere(ground: Ground, line: Line, by: FindBy, term: str, staff_no: str) -> FoundElsewhere | wire.Refusal:
    """Ask for a customer and bring the rows in with one commit; who asked, and for whom, is written down with them.

    Raises:
        LineDown: the hub does not answer in time; nothing is in the file.
        ValueError: the word is no exact one (4 to 40 signs), or this hall has no hub.
    """
    state, hall = ground.state(), ground.hall
    if state.enrolment is None:
        raise ValueError("this hall has no hub")
    asked = wire.Find(kind=by, term=term, staff_no=staff_no)
    said = Contact(line, hall.device, state.enrolment.hub_key).ask(
        "POST",
        "/v1/customers/find",
        nonce=state.nonce or "",
        answer=wire.FoundRows,
        body=asked.model_dump_json().encode("utf-8"),
    )
    if isinstance(said, wire.Refusal):
        return said
    rows = [(kind, body, read_row(kind, body)) for kind, body in said.rows]

    def take() -> FoundElsewhere:
        with hall.writing() as work:
            now = read_state(work)
            taking = feed.begin(hall, work, now.acked)
            fits = [(kind, body, fit) for kind, body, fit in rows if isinstance(fit, Fit)]
            customers = [fit.values[0] for kind, _, fit in fits if kind == "customer"]
            if now.guests_told != said.hub.generation:
                # found in another history of the hub than the one that was told of the guests here
                keep(work, guests_told=None)
            if customers:
                keep(work, ahead=_ahead(now, said.hub))
            new = new_of(work, customers)
            whys = feed.take(work, [feed.Incoming(kind, fit.values) for kind, _, fit in fits], taking)
            n = now.feed.n if now.feed else 0
            held = [(n, kind, body, fit.key, fit.why) for kind, body, fit in rows if isinstance(fit, Unfit)]
            held += [(n, fits[at][0], fits[at][1], fits[at][2].key, why) for at, why in whys.items()]
            if held:
                hold(work, held, generation=said.hub.generation, at=taking.at)
            keep_guests(work, new, staff_no=staff_no, at=taking.at)
            for customer_id in customers:
                hall.journal.append(
                    work,
                    Draft(
                        kind="guest.found",
                        body={"by": by, "is_new": customer_id in new},
                        staff_no=staff_no,
                        business_date=hall.clock.now().date(),
                        customer_id=customer_id,
                    ),
                )
            feed.show(work, taking)
        return FoundElsewhere(tuple(customers))

    return ground.on_writer(take)


def _ahead(now: SyncState, hub: wire.HubState) -> tuple[FeedMark, ...] | None:
    """What is ahead of the feed with these rows: they are as the hub has them where its feed ends."""
    at = FeedMark(hub.generation, hub.feed.n, hub.feed.hash)
    others = tuple(kept for kept in now.ahead or () if kept.generation != at.generation)
    reached = now.feed is not None and now.feed.generation == at.generation and now.feed.n >= at.n
    return (others if reached else (*others, at)) or None
