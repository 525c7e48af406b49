"""What a file has lost and the hub gave back: consents taken back hold, and numbers on paper are not given again."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date
from pathlib import Path

import pytest

from counter_app.clock import new_intent_id
from counter_app.domain.mailing import Wish
from counter_app.services import mailings, retention, retention_feedback, retention_lists, retention_waiting
from counter_app.storage import cancellations
from counter_app.storage.side_records import find_record
from counter_app.storage.trouble import StoreTrouble
from tests import leaving
from tests.sync.feeds import ask
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


def seen(places: Places, case_ids: Sequence[str]) -> list[object]:
    """What the pages of cases show: the case, its form and words, its follow-ups, who waits, the held numbers."""
    hall, who = places.hall, leaving.TELLER
    views = [retention.view(hall, who, case_id) for case_id in case_ids]
    visits = [retention_lists.visits_of_case(hall, who, case_id) for case_id in case_ids]
    told = [(row.case_id, row.line, row.taken_by, row.answer) for row in retention_feedback.fed_back(hall, who)]
    with hall.reading() as reading:
        held = [cancellations.holds_of_customer(reading, view.case.customer_id) for view in views]
    at_desk = {row.case_id for row in retention_waiting.at_desk(hall, who)}
    shown = [(view.case, view.form, view.problems) for view in views]
    return [shown, visits, told, held, at_desk]


def test_cases_are_seen_as_before_the_loss_and_go_on(places: Places) -> None:
    hall = places.hall
    begun = leaving.open_case(hall, leaving.a_line(hall, no="10003010")).case.case_id
    on_desk = leaving.a_line(hall, no="10003011")
    left_line = leaving.a_line(hall, no="10003012", is_vip=True)
    places.rounds()
    places.backup("backup")
    hall = places.hall
    retention.talk(hall, leaving.TELLER, begun, new_intent_id())
    leaving.with_reason(hall, begun, "PRICE_PLAN_UNUSED")
    retention_feedback.feed_back(hall, leaving.TELLER, begun, "流量用不完", new_intent_id())
    retention_feedback.take_up(hall, leaving.MANAGER, begun, 1, "下月有小流量套餐", new_intent_id())
    opened = leaving.open_case(hall, on_desk).case.case_id
    gone = leaving.tell(hall, left_line, leaving.LEFT[:-2])
    before = seen(places, (begun, opened, gone))
    assert before[3][2], "the number is kept"  # type: ignore[index]  # a list of lists
    places.rounds()
    places.restore("backup", mark="newer")
    places.confirm_through()
    assert seen(places, (begun, opened, gone)) == before
    assert retention.view(places.hall, leaving.TELLER, begun).problems == ("流量用不完",)
    retention.talk(places.hall, leaving.TELLER, opened, new_intent_id())
    leaving.with_reason(places.hall, begun, "COMPETITOR")
    assert retention.view(places.hall, leaving.TELLER, begun).form.reasons == ("COMPETITOR",)
    assert places.rounds() == ""
    assert places.is_sound()


def test_lost_contents_come_when_the_hub_has_them_and_erased_ones_never(places: Places) -> None:
    lines = [leaving.a_line(places.hall, no=f"1000303{no}") for no in range(3)]
    places.rounds()
    places.backup("backup")
    for line in lines:
        begun = leaving.open_case(places.hall, line).case.case_id
        leaving.with_reason(places.hall, begun, "PRICE_PLAN_UNUSED")
    places.rounds()
    late, other, erased, *_ = kept = sorted(places.hub.records)
    content, places.hub.records[other] = places.hub.records.pop(late), b"not what was sealed"
    del places.hub.records[erased]
    places.hub.erased_records.add(erased)
    places.restore("backup", mark="newer")
    places.confirm_through()
    assert lost(places) == {late, other}
    assert places.engine.status().lost == 2
    assert places.is_sound()
    asked = [call for call in places.hub.calls if call[0] == "GET" and "records" in call[1]]
    assert len(asked) == len(kept)
    leaving.later(places.hall, days=1)
    places.hub.records |= {late: content, erased: b"put there again"}
    assert places.rounds() == ""
    assert lost(places) == {other}, "each is asked for once a day"
    with places.hall.reading() as reading:
        found = find_record(reading, late), find_record(reading, erased)
    assert [record and record.content for record in found] == [content, None]
    assert places.is_sound()
    for record_id, forged in ((late, b"x" * len(content)), (other, b"another size"), (erased, b"back")):
        with pytest.raises(StoreTrouble, match="erased or kept"), places.hall.writing() as work:
            work.driver.execute("UPDATE side_records SET content = ? WHERE record_id = ?", (forged, record_id))


def lost(places: Places) -> set[str]:
    asked = "SELECT record_id FROM side_records WHERE content IS NULL AND erased_at IS NULL"
    return {row[0] for row in ask(places.hall, asked)}


def test_two_copies_that_opened_cases_show_no_service_twice_and_no_number_twice(places: Places) -> None:
    both, theirs, ours = (leaving.a_line(places.hall, no=f"1000302{n}") for n in range(3))
    places.rounds()
    places.backup("copy")
    hidden = leaving.open_case(places.hall, both).case.case_id
    given = leaving.open_case(places.hall, theirs).case
    places.rounds()
    places.restore("copy", mark="of the copy")
    kept = [leaving.open_case(places.hall, line).case.case_id for line in (both, ours)]
    assert places.rounds() in ("cloned", "fork", "stale")
    places.confirm()
    assert places.rounds() == ""
    rows = {row.case_id: row.case_no for row in retention_waiting.at_desk(places.hall, leaving.TELLER)}
    assert rows.keys() == {*kept, given.case_id}
    assert hidden not in rows, "the hub has it, and the service is at the desk here already"
    assert rows[given.case_id].startswith(f"{given.case_no}/1-")
    assert len({*rows.values()}) == 3
    retention.talk(places.hall, leaving.TELLER, given.case_id, new_intent_id())
    assert places.is_sound()
