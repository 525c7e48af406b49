"""Material for those who agreed: the list, what leaves the hall, what was sent, and a consent that is taken back."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Sequence
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest

from counter_app.clock import FixedClock, new_intent_id
from counter_app.domain.customers import PurposeMissing, RevealCapReached
from counter_app.domain.mailing import MailingClosed, MailingUnknown, NobodyToWriteTo, NotAgreed, SentOnWrong, Wish
from counter_app.domain.refusals import Refusal, Refused
from counter_app.domain.retention_form import FieldLength, FieldMissing
from counter_app.domain.staff_refusals import NoRight
from counter_app.services import mailings, retention_after, retention_lists, retention_reveal
from counter_app.storage.driver import find_driver
from counter_app.storage.hall import OpenHall, open_hall
from counter_app.storage.trouble import NotRecorded
from counter_app.storage.verify import verify, verify_folder
from tests import halls, leaving
from tests.leaving import AUDITOR, COLLEAGUE, MANAGER, TELLER, Do
from tests.storage.test_store import FailingCommits

ALL = Wish(date(2026, 1, 1), date(2027, 12, 31))
WHAT, WHY = "家庭套餐介绍", "寄送新业务资料"
TODAY = date(2026, 11, 21)


@pytest.fixture
def hall(tmp_path: Path) -> Iterator[OpenHall]:
    opened = leaving.a_hall(tmp_path / "hall")
    halls.an_open_shift(opened)
    yield opened
    opened.close()


def saying(story: Sequence[tuple[str, Do]], **said: Any) -> list[tuple[str, Do]]:
    """The story with more said on the form."""

    def form(h: OpenHall, c: str, _line: leaving.Line) -> object:
        agreed = {"is_contact_agreed": True, "agreed_at": h.clock.now(), "interests": ("FAMILY",)}
        return leaving.with_reason(h, c, contract_fen=12_000, **{**agreed, **said})

    return [(name, form if name == "form" else do) for name, do in story]


def left(hall: OpenHall, no: str = "10002345", *, is_audited: bool = False, **said: Any) -> str:
    """A valued customer who left and agreed to hear of family bundles."""
    story = leaving.LEFT[: -1 if is_audited else -2]
    said = {"later_contact": f"139{no}", **said}
    return leaving.tell(hall, leaving.a_line(hall, no=no, is_vip=True), saying(story, **said))


def kept(hall: OpenHall, no: str = "10002346", **said: Any) -> str:
    """A valued customer who stayed."""
    return leaving.tell(hall, leaving.a_line(hall, no=no, is_vip=True), saying(leaving.KEPT[:-2], **said))


def customers(hall: OpenHall, wish: Wish = ALL) -> set[int]:
    return {one.customer_id for one in mailings.listed(hall, TELLER, wish).lines}


def cases(hall: OpenHall, wish: Wish = ALL) -> list[str]:
    return [one.case_id for one in mailings.listed(hall, TELLER, wish).lines]


def take(hall: OpenHall, what: str = WHAT, wish: Wish = ALL, *, is_again: bool = False) -> list[str]:
    """The names on the list that leaves, in full."""
    on_it = customers(hall, wish)
    titles, *rows = mailings.take(hall, MANAGER, wish, what, WHY, customers=on_it, is_again=is_again)
    assert titles[:3] == ("资料", "姓名", "联系方式")
    return [row[2] for row in rows]


def bodies(hall: OpenHall, kind: str) -> list[dict[str, Any]]:
    with hall.reading() as reading:
        rows = reading.driver.execute("SELECT content FROM entries WHERE kind = ? ORDER BY id", (kind,)).fetchall()
    return [json.loads(row[0])["body"] for row in rows]


def refused(do: Callable[[], object]) -> Refusal:
    with pytest.raises(Refused) as found:
        do()
    return found.value.refusal


def test_the_list_has_those_who_agreed_with_their_case_day_owner_and_interests(hall: OpenHall) -> None:
    gone = left(hall, contact_times=("EVENING",))
    leaving.left_at_once(hall, "10002347", "NETWORK")
    leaving.later(hall, days=1)
    stays = kept(hall)
    assert cases(hall) == [stays, gone], "who said nothing of it is not on it"
    (_, line) = mailings.listed(hall, TELLER, ALL).lines
    assert (line.name, line.contact, line.contact_times) == ("张伟", "13910002345", ("EVENING",))
    assert (line.interests, line.is_valued, line.owner_no) == (("FAMILY",), True, "1001")
    assert (line.agreed_at, line.ended_on) == (halls.NOW, TODAY)
    assert cases(hall, Wish(ALL.from_on, ALL.to_on, "kept")) == [stays]
    assert cases(hall, Wish(TODAY + timedelta(days=1), ALL.to_on)) == [stays]
    assert cases(hall, Wish(ALL.from_on, ALL.to_on, interests=("POINTS",))) == []


def test_a_saved_customer_without_another_contact_is_reached_at_the_line_and_a_leaver_is_not(hall: OpenHall) -> None:
    left(hall, later_contact="")
    kept(hall)
    lines = mailings.listed(hall, TELLER, ALL).lines
    assert {line.result.value: line.contact for line in lines} == {"kept": "13810002346", "left": ""}
    assert take(hall) == ["13810002346"]


def test_what_was_said_last_before_the_end_counts(hall: OpenHall) -> None:
    case_id = left(hall, is_contact_agreed=False, agreed_at=None, later_contact="")
    assert cases(hall) == []
    assert refused(lambda: mailings.withdraw(hall, TELLER, case_id, new_intent_id())) == NotAgreed()


def test_the_list_leaves_with_contacts_in_full_and_an_entry_says_for_what(hall: OpenHall) -> None:
    left(hall)
    assert take(hall) == ["13910002345"]
    (body,) = bodies(hall, "mailing.take")
    assert body == {
        "what": WHAT, "purpose": WHY, "whose": "all", "from_on": "2026-01-01", "to_on": "2027-12-31",
        "interests": [], "is_valued_only": False, "is_again": False, "customers": sorted(customers(hall)),
    }  # fmt: skip


def test_who_is_not_on_the_screen_is_not_on_the_list(hall: OpenHall) -> None:
    left(hall)
    shown = customers(hall)
    left(hall, "10002347")
    _, *rows = mailings.take(hall, MANAGER, ALL, WHAT, WHY, customers=shown)
    assert [row[2] for row in rows] == ["13910002345"]


def test_nobody_gets_the_same_twice_unless_it_is_meant(hall: OpenHall) -> None:
    left(hall)
    take(hall)
    leaving.later(hall, days=1)
    left(hall, "10002347")
    assert take(hall, " 家庭 套餐介绍") == ["13910002347"], "a list that is under way counts"
    nobody = refused(lambda: take(hall))
    assert nobody == NobodyToWriteTo(had=2, unreachable=0)
    assert take(hall, "宽带介绍") == ["13910002347", "13910002345"]
    assert take(hall, is_again=True) == ["13910002347", "13910002345"]
    assert [body["is_again"] for body in bodies(hall, "mailing.take")] == [False, False, False, True]


def test_what_was_sent_is_written_down_once_with_the_day_and_to_whom(hall: OpenHall) -> None:
    left(hall)
    take(hall)
    leaving.later(hall, days=2)
    (waiting,) = mailings.waiting(hall, COLLEAGUE)
    assert (waiting.mailing.what, waiting.mailing.taken_by, waiting.withdrawn) == (WHAT, "2001", ())
    mailing_id, intent = waiting.mailing.mailing_id, new_intent_id()
    for _press in range(2):
        mailings.note_sent(hall, MANAGER, mailing_id, date(2026, 11, 22), intent)
    assert bodies(hall, "mailing.send") == [
        {"mailing": mailing_id, "sent_on": "2026-11-22", "customers": sorted(customers(hall))}
    ]
    assert mailings.waiting(hall, COLLEAGUE) == ()
    closed = refused(lambda: mailings.note_dropped(hall, MANAGER, mailing_id, new_intent_id()))
    assert closed == MailingClosed(WHAT)
    (sent,) = mailings.listed(hall, TELLER, ALL).mailings
    assert (sent.sent_on, sent.sent_by, len(sent.sent_to)) == (date(2026, 11, 22), "2001", 1)


@pytest.mark.parametrize("days", [-1, 3])
def test_nothing_is_sent_before_the_list_was_taken_nor_after_today(hall: OpenHall, days: int) -> None:
    left(hall)
    take(hall)
    leaving.later(hall, days=2)
    mailing_id, on = mailings.waiting(hall, TELLER)[0].mailing.mailing_id, TODAY + timedelta(days=days)
    wrong = refused(lambda: mailings.note_sent(hall, TELLER, mailing_id, on, new_intent_id()))
    assert wrong == SentOnWrong(on, TODAY, TODAY + timedelta(days=2))


def test_a_list_to_which_nothing_was_sent_keeps_nobody_from_the_next(hall: OpenHall) -> None:
    left(hall)
    take(hall)
    mailings.note_dropped(hall, TELLER, mailings.waiting(hall, TELLER)[0].mailing.mailing_id, new_intent_id())
    assert take(hall) == ["13910002345"]
    unknown = refused(lambda: mailings.note_dropped(hall, TELLER, "nothing", new_intent_id()))
    assert unknown == MailingUnknown("nothing")


def test_a_consent_that_is_taken_back_holds_from_that_moment(hall: OpenHall) -> None:
    gone, stays = left(hall), kept(hall)
    shown = customers(hall)
    take(hall)
    leaving.later(hall, minutes=1)
    intent = new_intent_id()
    for _press in range(2):
        mailings.withdraw(hall, TELLER, gone, intent)
    assert bodies(hall, "consent.withdraw") == [{"case_id": gone}]
    assert cases(hall) == [stays]
    _, *rows = mailings.take(hall, MANAGER, ALL, "宽带介绍", WHY, customers=shown)
    assert [row[2] for row in rows] == ["13810002346"], "who stood on the screen a moment ago is left out, too"
    assert refused(lambda: mailings.withdraw(hall, TELLER, gone, new_intent_id())) == NotAgreed()
    waiting = mailings.waiting(hall, TELLER)
    assert [(one.mailing.what, one.withdrawn) for one in waiting] == [("宽带介绍", ()), (WHAT, ("张伟",))]
    mailings.note_sent(hall, MANAGER, waiting[1].mailing.mailing_id, TODAY, new_intent_id())
    (body,) = bodies(hall, "mailing.send")
    assert len(body["customers"]) == 1, "what is written down as sent went to the other one alone"
    assert verify(hall.store).findings == ()


def test_a_leaver_who_took_the_consent_back_is_called_no_more_and_a_saved_customer_is(hall: OpenHall) -> None:
    gone, stays = left(hall), kept(hall)
    leaving.later(hall, days=200)
    assert {visit.case_id for visit in retention_lists.visits_due(hall, TELLER)} == {gone, stays}
    for case_id in (gone, stays):
        mailings.withdraw(hall, TELLER, case_id, new_intent_id())
    assert {visit.case_id for visit in retention_lists.visits_due(hall, TELLER)} == {stays}


def test_who_wants_no_more_calls_is_sent_nothing(hall: OpenHall) -> None:
    case_id = kept(hall)
    assert cases(hall) == [case_id]
    leaving.later(hall, days=31)
    retention_after.visit(hall, TELLER, case_id, 1, "no_wish", new_intent_id())
    assert cases(hall) == []


@pytest.mark.parametrize(
    ("what", "why", "expected"),
    [
        (" ", WHY, FieldMissing("material")),
        ("字" * 61, WHY, FieldLength("material", 61, 1, 60)),
        (WHAT, " ", PurposeMissing("mailing")),
    ],
)
def test_a_list_leaves_only_for_something_and_to_a_purpose(
    hall: OpenHall, what: str, why: str, expected: Refusal
) -> None:
    left(hall)
    on_it = customers(hall)
    assert refused(lambda: mailings.take(hall, MANAGER, ALL, what, why, customers=on_it)) == expected
    assert bodies(hall, "mailing.take") == []


def test_an_auditor_sees_the_list_and_does_nothing_with_it(hall: OpenHall) -> None:
    case_id = left(hall)
    assert mailings.listed(hall, AUDITOR, ALL).lines
    for do in (
        lambda: mailings.take(hall, AUDITOR, ALL, WHAT, WHY, customers=customers(hall)),
        lambda: mailings.note_sent(hall, AUDITOR, "x", TODAY, new_intent_id()),
        lambda: mailings.note_dropped(hall, AUDITOR, "x", new_intent_id()),
        lambda: mailings.withdraw(hall, AUDITOR, case_id, new_intent_id()),
        lambda: retention_reveal.reveal(hall, AUDITOR, case_id, "later_contact", "回访"),
    ):
        assert isinstance(refused(do), NoRight)


def test_erased_words_put_nobody_on_a_list(hall: OpenHall) -> None:
    left(hall)
    with hall.writing() as work:
        work.driver.execute("UPDATE side_records SET content = NULL, erased_at = '2026-11-21T02:04:00.000+00:00'")
    assert cases(hall) == []


def test_a_later_contact_is_shown_in_full_for_a_purpose_and_an_entry_says_so(hall: OpenHall) -> None:
    case_id = left(hall)
    assert retention_reveal.reveal(hall, TELLER, case_id, "later_contact", "回访 13987654321") == "13910002345"
    assert bodies(hall, "reveal") == [{"field": "later_contact", "purpose": "回访 139****4321", "case_id": case_id}]
    missing = refused(lambda: retention_reveal.reveal(hall, TELLER, case_id, "agent.id_number", " "))
    assert missing == PurposeMissing("agent.id_number")
    cap = hall.pack.thresholds(TODAY).reveals_per_day
    for _more in range(cap - 1):
        retention_reveal.reveal(hall, TELLER, case_id, "id_number", "核对")
    last = refused(lambda: retention_reveal.reveal(hall, TELLER, case_id, "id_number", "核对"))
    assert last == RevealCapReached(cap)


@pytest.mark.parametrize("is_done", [True, False])
@pytest.mark.parametrize("act", ["withdraw", "send", "drop"])
def test_an_act_with_a_failed_commit_is_there_once_or_not_at_all(tmp_path: Path, act: str, *, is_done: bool) -> None:
    leaving.a_hall(tmp_path / "failing").close()
    failing = FailingCommits(find_driver(), is_done=is_done)
    hall = open_hall(tmp_path / "failing", clock=FixedClock(halls.NOW), driver=failing.driver)
    halls.an_open_shift(hall)
    case_id, intent = left(hall), new_intent_id()
    take(hall)
    (one,) = mailings.waiting(hall, TELLER)
    acts = {
        "withdraw": lambda: mailings.withdraw(hall, TELLER, case_id, intent),
        "send": lambda: mailings.note_sent(hall, TELLER, one.mailing.mailing_id, TODAY, intent),
        "drop": lambda: mailings.note_dropped(hall, TELLER, one.mailing.mailing_id, intent),
    }
    failing.is_armed = True
    if is_done:
        acts[act]()
    else:
        with pytest.raises(NotRecorded):
            acts[act]()
    failing.is_armed = False
    acts[act]()
    kind = "consent.withdraw" if act == "withdraw" else f"mailing.{act}"
    assert len(bodies(hall, kind)) == 1
    hall.close()
    assert verify_folder(tmp_path / "failing").findings == ()
