"""Short worlds of what comes from above: files of the company, and programs that are updated one after the other."""

from __future__ import annotations

from tests.simulation.first_counter import FURTHER
from tests.simulation.profiles import ALONE, FED, MIXED
from tests.simulation.runs import run
from tests.simulation.versions import WORDS


def test_bills_and_payments_of_other_channels_come_down_while_counters_take_money() -> None:
    brought = set[str]()
    for seed in ("3", "4"):
        done = run(seed, 60, FED)
        assert done.wrongs == {}, done.examples
        brought |= {answer for answer in done.answers if answer.endswith(" brought")}
    assert brought == {"bills brought", "corrected brought", "paid brought"}


def test_a_hall_that_worked_alone_comes_to_a_hub_that_has_nothing() -> None:
    done = run("10", 100, ALONE)
    assert done.wrongs == {}, done.examples
    assert done.answers["joined again"]
    assert done.answers[FURTHER]
    assert any(answer.endswith(" brought") for answer in done.answers), "and then it is a hall like any other"


def test_whoever_is_behind_is_said_nothing_is_lost_and_all_goes_on_after_the_update() -> None:
    said = set[str]()
    for seed, steps in (("2", 80), ("9", 45)):
        done = run(seed, steps, MIXED)
        assert done.wrongs == {}, done.examples
        said |= {word for word in WORDS for answer in done.answers if f" {word} " in answer}
        said |= {what for what in ("older file", "future.money") if done.faults[what] + done.answers[what]}
    assert said == {*WORDS, "older file", "future.money"}, "money that the hub of before does not understand, too"
