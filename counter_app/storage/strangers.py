"""Numbers that somebody typed at the sign-in and nobody has: how often, and until when they are slowed down."""

from __future__ import annotations

import json
from datetime import datetime

from counter_app.domain.staff import Role, Staff, StaffState
from counter_app.storage import settings
from counter_app.storage.sql import Reading, Writing
from counter_app.storage.stamps import moment, stamp

MOST_STRANGERS = 300
"""As many are kept; whoever goes through more than that pays for each with a try, and the oldest is forgotten."""

_KEY = "sign_in.strangers"
_Kept = dict[str, tuple[int, str, str]]


def find_stranger(reading: Reading, mark: str) -> Staff:
    """The tries under a mark, as if somebody had it for a number."""
    tries, until, state = _kept(reading).get(mark, (0, "", StaffState.ACTIVE.value))
    return Staff(mark, "", Role.TELLER, StaffState(state), tries, _moment(until))


def keep_stranger(work: Writing, stranger: Staff) -> None:
    """Keep the tries under a mark (the entry is the caller's)."""
    kept = _kept(work)
    kept.pop(stranger.staff_no, None)
    until = stamp(stranger.locked_until) if stranger.locked_until else ""
    kept[stranger.staff_no] = (stranger.failed_tries, until, stranger.state.value)
    newest = dict(list(kept.items())[-MOST_STRANGERS:])
    settings.put(work, _KEY, json.dumps(newest))


def _kept(reading: Reading) -> _Kept:
    return {mark: tuple(found) for mark, found in json.loads(settings.get(reading, _KEY, "{}")).items()}


def _moment(text: str) -> datetime | None:
    return moment(text) if text else None
