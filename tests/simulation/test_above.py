"""Short worlds of what comes from above: files of the company, and programs that are updated one after the other."""

from __future__ import annotations

from tests.simulation.first_counter import FURTHER
from tests.simulation.profiles import ALONE, FED, MIXED
from tests.simulation.runs import run
from tests.simulation.versions import WORDS


def test_bills_and_payments_of_other_channels_come_down_while_counters_take_money() -> None:
    done = run("1", 110, FED)
    assert done.wrongs == {}, done.examples
    for what in ("bills brought", "corrected brought", "paid brought", "given back: cash"):
        assert done.answers[what], what


def test_a_hall_that_worked_alone_comes_to_a_hub_that_has_nothing() -> None:
    done = run("3", 100, ALONE)
    assert done.wrongs == {}, done.examples
    assert done.answers["joined again"]
    assert done.answers[FURTHER]
    assert any(answer.endswith(" brought") for answer in done.answers), "and then it is a hall like any other"


def test_whoever_is_behind_is_said_nothing_is_lost_and_all_goes_on_after_the_update() -> None:
    said = set[str]()
    for seed, is_older in (("2", True), ("5", False)):
        done = run(seed, 80, MIXED)
        assert done.wrongs == {}, done.examples
        assert (done.faults["older file"] > 0) is is_older
        said |= {word for word in WORDS for answer in done.answers if f" {word} " in answer}
        assert done.answers["future.money"] or not is_older, "money that the hub of before does not understand"
    assert said == set(WORDS)
