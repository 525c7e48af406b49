"""A counter of another hall: its customers are those of the first one, asked for at the hub while they stand there."""

from __future__ import annotations

from counter_app.storage.hall import OpenHall
from counter_app.sync.find_elsewhere import find_elsewhere
from counter_app.sync.ground import Ground
from counter_app.sync.hub_line import LineDown
from counter_app.sync.wire import Refusal
from tests.halls import Someone
from tests.simulation.enrolling import AWAY_CODE
from tests.simulation.tellers import Teller
from tests.simulation.weather import Weather

_ACCOUNT = "SELECT customer_id, id FROM accounts WHERE account_no = ?"


def serve(teller: Teller, hall: OpenHall, line: Weather, someone: Someone, account_no: str) -> str:
    """A customer pays at the hall's counter; in another hall after the hub was asked, or as a guest from before."""
    if hall.hall.hall_code != AWAY_CODE:
        return teller.pay(hall, someone)
    guest = _guest(hall, account_no)
    if guest is None:
        answer = teller.answered("", lambda: _asked(teller, hall, line, account_no))
        guest = _guest(hall, account_no)
        if guest is None:
            return answer
    return f"guest: {teller.pay(hall, guest)}"


def _asked(teller: Teller, hall: OpenHall, line: Weather, account_no: str) -> str:
    try:
        found = find_elsewhere(Ground(hall), line, "account", account_no, teller.staff_no)
    except LineDown as down:
        return f"elsewhere: {down.why}"
    return f"elsewhere: {found.why}" if isinstance(found, Refusal) else f"elsewhere: {len(found.customer_ids)}"


def _guest(hall: OpenHall, account_no: str) -> Someone | None:
    with hall.reading() as reading:
        row = reading.driver.execute(_ACCOUNT, (account_no,)).fetchone()
    return None if row is None else Someone(*row)
