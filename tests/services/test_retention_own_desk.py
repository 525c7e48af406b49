"""Decisions at a supervisor's own desk: asked for by somebody else, under the own password, bound and good once."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from counter_app.clock import new_intent_id
from counter_app.domain.refusals import Refusal, Refused
from counter_app.domain.retention import Act, Measure, Signer, Stage
from counter_app.domain.retention_refusals import OfferNotAsked, OfferWaits, SignatureNotAsked
from counter_app.domain.retention_rules import OfferAboveRole
from counter_app.domain.signoffs import SignoffByWorker, SignoffExpired, SignoffForOther
from counter_app.domain.staff import Role, Session
from counter_app.domain.staff_refusals import WrongSignIn
from counter_app.services import retention, retention_signing, retention_waiting
from counter_app.services.retention_signing import Wanted
from counter_app.services.signoffs import Signed
from counter_app.storage.hall import OpenHall
from counter_app.storage.verify import verify
from tests import halls, leaving
from tests.leaving import COLLEAGUE, MANAGER, TELLER


@pytest.fixture
def hall(tmp_path: Path) -> Iterator[OpenHall]:
    opened = leaving.a_hall(tmp_path / "hall")
    yield opened
    opened.close()


def asked(hall: OpenHall, session: Session = TELLER) -> str:
    case_id = leaving.open_case(hall, leaving.a_line(hall, is_vip=True)).case.case_id
    retention_signing.ask_signature(hall, session, case_id, Signer.MANAGER, new_intent_id())
    return case_id


def talking(hall: OpenHall) -> tuple[str, Measure]:
    case_id = leaving.open_case(hall, leaving.a_line(hall)).case.case_id
    retention.talk(hall, TELLER, case_id, new_intent_id())
    retention_signing.ask_offer(hall, TELLER, case_id, "GIFT_FEE", 40, 3, new_intent_id())
    (waiting,) = retention_waiting.waiting(hall, MANAGER)
    assert waiting.wanted.measure is not None
    return case_id, waiting.wanted.measure


def own(
    hall: OpenHall,
    case_id: str,
    act: Act = Act.SIGN,
    signer: Signer | None = None,
    *,
    by: Session = MANAGER,
    measure: Measure | None = None,
    words: str = "",
) -> Signed:
    return leaving.signed(
        hall, case_id, act, signer, by=by.staff_no, session=by, measure=measure, words=words, is_own_desk=True
    )


def no(do: object, *args: object) -> Refusal:
    with pytest.raises(Refused) as refused:
        do(*args)  # type: ignore[operator]  # a service
    return refused.value.refusal


def test_a_supervisor_signs_at_the_own_desk_what_the_teller_asked_for(hall: OpenHall) -> None:
    case_id = asked(hall)
    (waiting,) = retention_waiting.waiting(hall, MANAGER)
    assert (waiting.wanted.signer, waiting.asked_by) == (Signer.MANAGER, "1001")
    signed = own(hall, case_id, signer=Signer.MANAGER)
    shown = retention_signing.sign(hall, MANAGER, case_id, Signer.MANAGER, signed)
    assert [(s.staff_no, s.signer) for s in shown.case.signatures] == [("2001", Signer.MANAGER)]
    assert shown.case.workers == {"1001"}, "to sign is no work at the desk"
    assert retention_waiting.waiting(hall, MANAGER) == ()
    assert verify(hall.store).findings == ()


def test_without_a_request_and_after_it_was_declined_there_is_nothing_to_sign(hall: OpenHall) -> None:
    case_id = leaving.open_case(hall, leaving.a_line(hall, is_vip=True)).case.case_id
    assert no(lambda: own(hall, case_id, signer=Signer.MANAGER)) == SignatureNotAsked(Signer.MANAGER)
    retention_signing.ask_signature(hall, TELLER, case_id, Signer.MANAGER, new_intent_id())
    declined = own(hall, case_id, Act.DECLINE, Signer.MANAGER, words="先谈积分")
    shown = retention_signing.decline(hall, MANAGER, case_id, Signer.MANAGER, "先谈积分", declined)
    assert [(a.is_declined, a.why) for a in shown.case.asked] == [(True, "先谈积分")]
    assert no(lambda: own(hall, case_id, signer=Signer.MANAGER)) == SignatureNotAsked(Signer.MANAGER)


def test_the_own_password_is_asked_again_and_nobody_elses_counts(hall: OpenHall) -> None:
    case_id = asked(hall)
    shown = retention.view(hall, MANAGER, case_id)
    wanted = Wanted(Act.SIGN, Signer.MANAGER, is_own_desk=True)
    wrong = no(lambda: retention_signing.prove(hall, MANAGER, shown, wanted, staff_no="2001", password="not-it-at-all"))
    assert isinstance(wrong, WrongSignIn)
    other = halls.teller("9001", Role.ADMIN)
    assert no(
        lambda: retention_signing.prove(hall, other, shown, wanted, staff_no="2001", password=halls.PASSWORD)
    ) == SignoffByWorker("2001")


def test_a_signature_of_one_desk_is_none_at_the_other(hall: OpenHall) -> None:
    case_id = asked(hall)
    signed = own(hall, case_id, signer=Signer.MANAGER)
    refusal = no(retention_signing.sign, hall, TELLER, case_id, Signer.MANAGER, signed)
    assert refusal == SignoffByWorker("2001"), "at the teller's screen it is somebody else's"
    at_screen = leaving.signed(hall, case_id, signer=Signer.MANAGER)
    assert no(retention_signing.sign, hall, MANAGER, case_id, Signer.MANAGER, at_screen) == SignoffByWorker("2001")


def test_it_covers_the_case_as_shown_for_a_minute(hall: OpenHall) -> None:
    case_id = asked(hall)
    signed = own(hall, case_id, signer=Signer.MANAGER)
    leaving.with_reason(hall, case_id)
    assert no(retention_signing.sign, hall, MANAGER, case_id, Signer.MANAGER, signed) == SignoffForOther("shown")
    signed = own(hall, case_id, signer=Signer.MANAGER)
    leaving.later(hall, seconds=60)
    assert no(retention_signing.sign, hall, MANAGER, case_id, Signer.MANAGER, signed) == SignoffExpired(60)


def test_who_worked_on_it_or_asked_does_not_sign_after_any_switch_of_users(hall: OpenHall) -> None:
    case_id = asked(hall)
    form = replace(retention.view(hall, MANAGER, case_id).form, reason="PRICE")
    retention.save_form(hall, MANAGER, case_id, form, new_intent_id())
    assert retention_waiting.waiting(hall, MANAGER) == ()
    assert no(lambda: own(hall, case_id, signer=Signer.MANAGER)) == SignoffByWorker("2001")
    # a supervisor who asks a colleague is no colleague of that kind
    other = asked_by_manager(hall)
    assert retention_waiting.waiting(hall, MANAGER) == ()
    assert no(lambda: own(hall, other, signer=Signer.RECEPTIONIST)) == SignoffByWorker("2001")
    assert no(lambda: leaving.signed(hall, other, signer=Signer.RECEPTIONIST)) == SignoffByWorker("2001")
    signed = own(hall, other, signer=Signer.RECEPTIONIST, by=COLLEAGUE)
    assert retention_signing.sign(hall, COLLEAGUE, other, Signer.RECEPTIONIST, signed).missing == ()


def asked_by_manager(hall: OpenHall) -> str:
    """The manager has signed, and then calls somebody for the reception."""
    line = leaving.a_line(hall, no="10002399", is_vip=True)
    names = [name for name, _ in leaving.LEFT]
    case_id = leaving.tell(hall, line, leaving.LEFT[: names.index("ask reception")])
    retention_signing.ask_signature(hall, MANAGER, case_id, Signer.RECEPTIONIST, new_intent_id())
    return case_id


def test_an_offer_above_the_teller_waits_and_is_given_at_the_own_desk(hall: OpenHall) -> None:
    case_id, measure = talking(hall)
    again = retention_signing.ask_offer
    assert no(again, hall, TELLER, case_id, "GIFT_FEE", 40, 3, new_intent_id()) == OfferWaits("GIFT_FEE")
    assert retention_waiting.waiting(hall, TELLER) == ()
    signed = own(hall, case_id, Act.OFFER, measure=measure)
    assert signed.challenge.amount_fen == 12_000
    shown = retention_signing.offer_signed(hall, MANAGER, case_id, "GIFT_FEE", 40, 3, signed)
    assert [(m.offer, m.cost_fen, m.approver_no) for m in shown.case.measures] == [("GIFT_FEE", 12_000, "2001")]
    assert shown.case.workers == {"1001"}
    assert shown.case.open_offers == ()
    answered = retention.answer(hall, TELLER, case_id, 1, new_intent_id(), is_yes=True)
    assert answered.case.measures[0].is_accepted
    leaving.with_reason(hall, case_id)
    assert retention.keep(hall, TELLER, case_id, new_intent_id()).case.stage is Stage.KEPT
    assert verify(hall.store).findings == ()


def test_another_offer_than_the_one_that_waits_is_nobodys_to_give(hall: OpenHall) -> None:
    case_id, measure = talking(hall)
    for other in (replace(measure, months=6), replace(measure, value=50)):
        assert no(lambda m=other: own(hall, case_id, Act.OFFER, measure=m)) == OfferNotAsked("GIFT_FEE")
    signed = own(hall, case_id, Act.OFFER, measure=measure)
    refusal = no(retention_signing.offer_signed, hall, MANAGER, case_id, "GIFT_FEE", 40, 2, signed)
    assert refusal == OfferNotAsked("GIFT_FEE")


def test_an_offer_is_declined_with_its_reason_and_may_be_asked_for_anew(hall: OpenHall) -> None:
    case_id, measure = talking(hall)
    signed = own(hall, case_id, Act.DECLINE_OFFER, measure=measure, words="太贵")
    refusal = no(retention_signing.decline_offer, hall, MANAGER, case_id, measure, "别的理由", signed)
    assert refusal == SignoffForOther("words")
    shown = retention_signing.decline_offer(hall, MANAGER, case_id, measure, "太贵", signed)
    assert [(a.is_declined, a.why) for a in shown.case.offers_asked] == [(True, "太贵")]
    assert shown.case.measures == ()
    assert shown.case.workers == {"1001"}
    assert retention_waiting.waiting(hall, MANAGER) == ()
    retention_signing.ask_offer(hall, TELLER, case_id, "GIFT_FEE", 40, 3, new_intent_id())
    assert len(retention_waiting.waiting(hall, MANAGER)) == 1
    assert verify(hall.store).findings == ()


def test_what_no_supervisor_may_give_waits_for_nobody(hall: OpenHall) -> None:
    case_id = leaving.open_case(hall, leaving.a_line(hall)).case.case_id
    retention.talk(hall, TELLER, case_id, new_intent_id())
    refusal = no(retention_signing.ask_offer, hall, TELLER, case_id, "DEVICE", 200, 0, new_intent_id())
    assert refusal == OfferAboveRole("DEVICE", 20_000, Role.SUPERVISOR, (Role.ADMIN,))
    assert retention.view(hall, TELLER, case_id).case.offers_asked == ()


def test_a_request_ends_with_the_talk(hall: OpenHall) -> None:
    case_id, measure = talking(hall)
    retention.leave_now(hall, TELLER, case_id, new_intent_id())
    assert retention_waiting.waiting(hall, MANAGER) == ()
    assert no(lambda: own(hall, case_id, Act.OFFER, measure=measure)) == OfferNotAsked("GIFT_FEE")
