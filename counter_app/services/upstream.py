"""What belongs to the hub of a hall that has one: it comes down from there and is not changed at the counter."""

from __future__ import annotations

from typing import Literal

from counter_app.domain.hall_refusals import OwnedUpstream
from counter_app.domain.refusals import Refused
from counter_app.storage.own_ids import has_hub as has_hub
from counter_app.storage.sql import Reading


def refuse_with_hub(reading: Reading, what: Literal["customers", "bills", "settlements", "staff"]) -> None:
    """Go on only in a hall that owns this itself.

    Raises:
        Refused: `OwnedUpstream`.
    """
    if has_hub(reading):
        raise Refused(OwnedUpstream(what))
