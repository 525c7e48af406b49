"""What a file has lost and the hub gave back: consents taken back hold, and numbers on paper are not given again."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pytest

from counter_app.clock import new_intent_id
from counter_app.domain.mailing import Wish
from counter_app.services import mailings, retention_lists
from tests import leaving
from tests.sync.test_new_epoch import Places

ALL = Wish(date(2026, 1, 1), date(2027, 12, 31))
YEAR = 365


@pytest.fixture
def places(tmp_path: Path) -> Iterator[Places]:
    made = Places(tmp_path)
    yield made
    made.hall.close()


def left(places: Places, no: str) -> str:
    """A leaver who agreed to be contacted."""
    agreed = {"is_contact_agreed": True, "agreed_at": places.hall.clock.now(), "later_contact": f"139{no}"}
    return leaving.left_at_once(places.hall, no, "NETWORK", **agreed)


def agreed(places: Places) -> set[str]:
    return {one.case_id for one in mailings.listed(places.hall, leaving.TELLER, ALL).lines}


def called(places: Places) -> set[str]:
    leaving.later(places.hall, days=YEAR)
    due = {visit.case_id for visit in retention_lists.visits_due(places.hall, leaving.TELLER)}
    leaving.later(places.hall, days=-YEAR)
    return due


def test_lost_withdrawals_lists_and_case_numbers_hold_after_a_restore(places: Places) -> None:
    gone, stays = left(places, "10003001"), left(places, "10003002")
    places.rounds()
    assert (agreed(places), called(places)) == ({gone, stays}, {gone, stays})
    places.backup("backup")
    leaving.later(places.hall, minutes=1)
    shown = [one.customer_id for one in mailings.listed(places.hall, leaving.TELLER, ALL).lines]
    mailings.take(places.hall, leaving.MANAGER, ALL, "家庭套餐介绍", "寄送新业务资料", customers=shown)
    mailings.withdraw(places.hall, leaving.TELLER, gone, new_intent_id())
    on_paper = leaving.open_case(places.hall, leaving.a_line(places.hall, no="10003003")).case.case_no
    places.rounds()
    places.restore("backup", mark="newer")
    assert agreed(places) == {gone, stays}, "the backup knows nothing of it"
    places.confirm_through()
    assert (agreed(places), called(places)) == ({stays}, {stays})
    (waiting,) = mailings.waiting(places.hall, leaving.TELLER)
    assert len(waiting.withdrawn) == 1
    mailings.note_dropped(places.hall, leaving.MANAGER, waiting.mailing.mailing_id, new_intent_id())
    assert mailings.waiting(places.hall, leaving.TELLER) == ()
    again = leaving.open_case(places.hall, leaving.a_line(places.hall, no="10003004")).case.case_no
    assert (int(again[-4:]), again[:-4]) == (int(on_paper[-4:]) + 1, on_paper[:-4])
    assert places.is_sound()
