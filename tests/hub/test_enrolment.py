"""Enrolment: a code makes one device one counter, once; a revoked device is refused from its next request on."""

from __future__ import annotations

from typing import Any

import pytest
from sqlalchemy import select

from counter_app.domain.id_ranges import MOST_EPOCH, MOST_ORDINAL
from counter_app.hub import tables as t
from counter_app.hub.calls import No
from counter_app.hub.database import Database
from counter_app.hub.enrolment import LIVES, TRIES, Wish, issue, revoke
from counter_app.hub.handler import Hub
from counter_app.sync.wire import NO_HASH, Why
from tests.hub.line import HUB_KEY, Gadget, HandlerLine, Moment, a_code, a_hub, enrolled


@pytest.fixture
def moment() -> Moment:
    """The hub's time."""
    return Moment()


@pytest.fixture
def hub(database: Database, moment: Moment) -> Hub:
    """An empty hub."""
    return a_hub(database, moment)


@pytest.fixture
def gadget(hub: Hub) -> Gadget:
    """A device that nobody knows yet."""
    return Gadget(HandlerLine(hub))


def why(answer: tuple[int, Any]) -> tuple[int, Why]:
    return answer[0], answer[1].why


def no(answer: tuple[int, Any]) -> tuple[int, Why, str]:
    return *why(answer), answer[1].facts.get("what", "")


def feed_rows(hub: Hub) -> list[tuple[str, str]]:
    with hub.database.transaction() as connection:
        rows = connection.execute(select(t.feed.c.kind, t.feed.c.body).order_by(t.feed.c.n))
        return [(kind, body) for kind, body in rows]


def test_the_first_device_makes_the_hall_and_is_its_first_counter(hub: Hub, gadget: Gadget) -> None:
    status, answer = gadget.enrol(a_code(hub))
    assert status == 200
    assert (answer.ordinal, answer.epoch, answer.hub_key) == (1, 1, HUB_KEY.public)
    assert answer.hall["hall_code"] == "HZ01"
    assert answer.hall["trade"] == "telecom"
    assert answer.hub.head.hash == NO_HASH
    assert not answer.wants_master
    kinds = [kind for kind, _ in feed_rows(hub)]
    assert kinds == ["hall", "hall", "counter", "device"]
    assert answer.hub.feed.n == 4


def test_a_hall_that_worked_alone_keeps_its_id_and_is_asked_for_its_master_data(hub: Hub, gadget: Gadget) -> None:
    status, answer = gadget.enrol(a_code(hub), hall_id="own-hall")
    assert (status, answer.hall["hall_id"], answer.wants_master) == (200, "own-hall", True)


def test_asked_again_after_a_lost_reply_the_answer_is_the_same(hub: Hub, gadget: Gadget) -> None:
    code = a_code(hub)
    first = gadget.enrol(code)
    before = feed_rows(hub)
    assert gadget.enrol(code) == first
    assert feed_rows(hub) == before


def test_the_code_may_be_typed_with_or_without_hyphens_in_any_case(hub: Hub, gadget: Gadget) -> None:
    assert gadget.enrol(a_code(hub).replace("-", "").lower())[0] == 200


def test_a_code_makes_no_second_device_a_counter(hub: Hub, gadget: Gadget) -> None:
    code = a_code(hub)
    assert gadget.enrol(code)[0] == 200
    other = Gadget(gadget.line, device_id="other", counter_id="other")
    assert no(other.enrol(code)) == (403, Why.BAD_CODE, "used")


def test_a_code_is_of_one_counter(hub: Hub, gadget: Gadget) -> None:
    assert no(gadget.enrol(a_code(hub, counter_code="03"), "04")) == (403, Why.BAD_CODE, "counter")


def test_a_code_ends_after_ten_minutes(hub: Hub, gadget: Gadget, moment: Moment) -> None:
    code = a_code(hub)
    moment.wait(LIVES.total_seconds() - 1)
    assert gadget.enrol(code)[0] == 200
    late = Gadget(gadget.line, device_id="late", counter_id="late")
    code = a_code(hub, counter_code="04")
    moment.wait(LIVES.total_seconds())
    assert no(late.enrol(code, "04")) == (403, Why.BAD_CODE, "expired")


def test_five_wrong_codes_end_the_code_that_waits(hub: Hub, gadget: Gadget) -> None:
    code, other = a_code(hub), a_code(hub, counter_code="04")
    for number in range(TRIES):
        assert no(gadget.enrol(f"WRONG-{number:03}")) == (403, Why.BAD_CODE, "")
    assert no(gadget.enrol(code)) == (403, Why.BAD_CODE, "tries")
    assert gadget.enrol(other, "04")[0] == 200


def test_four_wrong_codes_do_not(hub: Hub, gadget: Gadget) -> None:
    code = a_code(hub)
    for number in range(TRIES - 1):
        gadget.enrol(f"WRONG-{number:03}")
    assert gadget.enrol(code)[0] == 200


def test_only_the_hash_of_a_code_is_kept(hub: Hub) -> None:
    code = a_code(hub)
    with hub.database.transaction() as connection:
        row = str(connection.execute(select(t.enrol_codes)).one())
    assert code not in row
    assert code.replace("-", "") not in row


def test_who_does_not_hold_the_private_key_is_not_enrolled(hub: Hub, gadget: Gadget) -> None:
    code = a_code(hub)
    assert why(gadget.enrol(code, public_key="ab" * 32)) == (401, Why.NOT_SIGNED)
    assert why(gadget.enrol(code, proof="00" * 64)) == (401, Why.NOT_SIGNED)
    assert gadget.enrol(code)[0] == 200


def test_a_newer_protocol_is_told_the_floor(hub: Hub, gadget: Gadget) -> None:
    status, no = gadget.enrol(a_code(hub), proto=99, new_field=1)
    assert (status, no.why, no.floor_proto) == (426, Why.OLD_PROTOCOL, 1)


def test_a_file_of_another_hall_is_not_taken_in(hub: Hub, gadget: Gadget) -> None:
    enrolled(hub, 1)
    other = Gadget(gadget.line, device_id="d2", counter_id="c2")
    assert why(other.enrol(a_code(hub, counter_code="04"), "04", hall_id="elsewhere")) == (409, Why.CONFLICT)


def test_a_second_counter_has_the_next_ordinal_and_hears_of_the_hall(hub: Hub) -> None:
    enrolled(hub, 1)
    second = Gadget(HandlerLine(hub), device_id="d2", counter_id="c2")
    status, answer = second.enrol(a_code(hub, counter_code="04"), "04")
    assert (status, answer.ordinal, answer.epoch) == (200, 2, 1)


def test_a_hall_has_as_many_counters_as_there_are_ranges_of_ids(hub: Hub) -> None:
    enrolled(hub, 1, counter_code="01")
    with hub.database.transaction() as connection:
        connection.execute(t.counters.update().values(ordinal=MOST_ORDINAL - 1))
    code = a_code(hub, counter_code="02")
    assert Gadget(HandlerLine(hub), "d-2", "c-2").enrol(code, "02")[1].ordinal == MOST_ORDINAL
    refused = Gadget(HandlerLine(hub), "d-3", "c-3").enrol(a_code(hub, counter_code="03"))
    assert no(refused) == (413, Why.TOO_LARGE, "counters")


def test_a_counter_has_one_device(hub: Hub, moment: Moment) -> None:
    enrolled(hub, 1)
    with hub.database.transaction() as connection:
        no = issue(connection, Wish("HZ01", "03", "", {}), moment.now(), hub.secret)
    assert isinstance(no, No)
    assert no.why is Why.CONFLICT


def test_two_codes_of_one_counter_make_one_counter(hub: Hub) -> None:
    one, other = a_code(hub), a_code(hub)
    assert Gadget(HandlerLine(hub)).enrol(one)[0] == 200
    late = Gadget(HandlerLine(hub), device_id="late", counter_id="late")
    assert why(late.enrol(other)) == (409, Why.CONFLICT)


def test_a_lost_disk_gives_its_counter_to_a_new_device_under_a_new_epoch(hub: Hub) -> None:
    old = enrolled(hub, 1)
    new = Gadget(HandlerLine(hub), device_id="new", counter_id="made-here")
    status, answer = new.enrol(a_code(hub, replaces=True))
    assert (status, answer.ordinal, answer.epoch) == (200, 1, 2)
    assert new.counter_id == old.counter_id
    assert old.ask("GET", f"/v1/feed?generation={answer.hub.generation}&after=0&hash={NO_HASH}")[0] == 403


def test_a_device_revoked_by_mistake_comes_back_to_its_own_chain(hub: Hub, moment: Moment) -> None:
    gadget = enrolled(hub, 1)
    with hub.database.transaction() as connection:
        assert revoke(connection, gadget.device_id, moment.now())
    status, answer = gadget.enrol(a_code(hub))
    assert (status, answer.epoch, answer.ordinal) == (200, 1, 1)
    assert gadget.ask("GET", f"/v1/feed?generation={answer.hub.generation}&after=0&hash={NO_HASH}")[0] == 200


def test_a_device_that_comes_back_after_another_was_its_counter_begins_an_epoch(hub: Hub) -> None:
    old = enrolled(hub, 1)
    new = Gadget(HandlerLine(hub), device_id="new", counter_id="made-here")
    assert new.enrol(a_code(hub, replaces=True))[1].epoch == 2
    target = f"/v1/feed?generation={new.generation}&after=0&hash={NO_HASH}"

    assert old.enrol(a_code(hub, replaces=True))[1].epoch == 3, "the numbers of its papers were given meanwhile"
    assert (old.ask("GET", target)[0], new.ask("GET", target)[0]) == (200, 403), "a counter has one device"
    with hub.database.transaction() as connection:
        assert connection.execute(select(t.epochs.c.epoch).order_by(t.epochs.c.epoch)).scalars().all() == [1, 2, 3]


def test_a_file_that_was_put_back_and_joins_again_begins_an_epoch(hub: Hub) -> None:
    gadget = enrolled(hub, 1)
    before = gadget.nonce
    assert gadget.enrol(a_code(hub, replaces=True), is_other=True)[1].epoch == 2
    assert gadget.nonce != before, "the other copy's is no longer good"
    with hub.database.transaction() as connection:
        assert connection.execute(select(t.devices.c.revoked_at)).scalars().all() == [None]


def test_a_device_that_the_hub_forgot_begins_an_epoch_above_the_one_it_names(hub: Hub) -> None:
    enrolled(hub, 1)
    forgotten = Gadget(HandlerLine(hub), device_id="forgotten", counter_id="made-here")
    assert forgotten.enrol(a_code(hub, replaces=True), epoch=5)[1].epoch == 6
    refused = Gadget(HandlerLine(hub), "far", "far").enrol(a_code(hub, counter_code="04"), "04", epoch=MOST_EPOCH)
    assert no(refused) == (413, Why.TOO_LARGE, "epochs")


def test_a_device_is_of_one_hall(hub: Hub) -> None:
    gadget = enrolled(hub, 1)
    assert why(gadget.enrol(a_code(hub, hall_code="NB02"))) == (409, Why.CONFLICT)


def test_a_known_device_id_with_another_key_is_refused(hub: Hub) -> None:
    gadget = enrolled(hub, 1)
    thief = Gadget(HandlerLine(hub), gadget.device_id, gadget.counter_id)
    assert why(thief.enrol(a_code(hub, replaces=True))) == (409, Why.CONFLICT)


def test_revocation_holds_from_the_next_request_on_and_is_told_to_the_hall(hub: Hub, moment: Moment) -> None:
    gadget = enrolled(hub, 1)
    target = f"/v1/feed?generation=sqlite.1.0&after=0&hash={NO_HASH}"
    assert gadget.ask("GET", target)[0] in (200, 409)
    with hub.database.transaction() as connection:
        assert revoke(connection, gadget.device_id, moment.now())
        assert not revoke(connection, gadget.device_id, moment.now())
        assert not revoke(connection, "nobody", moment.now())
    assert gadget.ask("GET", target)[0] == 403
    assert '"revoked_at":"2026-11-21T04:00:00.000+00:00"' in feed_rows(hub)[-1][1]
