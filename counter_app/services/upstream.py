"""What belongs to the hub of a hall that has one, who connects a hall to it, and what a hall brings along."""

from __future__ import annotations

from typing import Literal

from counter_app.domain.hall_refusals import OwnedUpstream
from counter_app.domain.refusals import Refused
from counter_app.domain.staff import Right, Session
from counter_app.services import authority
from counter_app.storage.hall import OpenHall
from counter_app.storage.own_ids import has_hub as has_hub
from counter_app.storage.own_rows import OwnRows as OwnRows
from counter_app.storage.own_rows import own_rows
from counter_app.storage.sql import Reading


def refuse_with_hub(reading: Reading, what: Literal["customers", "bills", "settlements", "staff"]) -> None:
    """Go on only in a hall that owns this itself.

    Raises:
        Refused: `OwnedUpstream`.
    """
    if has_hub(reading):
        raise Refused(OwnedUpstream(what))


def who_connects(work: Reading, session: Session) -> str:
    """The number of whoever connects this counter with a hub, if they may. The second person of this act is at the hub:
    whoever made the one-time code for exactly this counter.

    Raises:
        Refused: `NoRight`, `SignedOut`, `PasswordMustChange`.
    """
    authority.still(work, session, Right.SETTINGS)
    return session.staff_no


def brought_along(hall: OpenHall) -> OwnRows:
    """What this hall would bring to a hub that knows nothing of it yet."""
    with hall.reading() as reading:
        return own_rows(reading)
