"""The drawer detective: on 500 closings with one slip each, what it names first, and what it says of cleaner cases."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from itertools import pairwise

import pytest

from counter_app.domain.drawer_detective import Cause, MoneyRow, Scene, Slip, causes, swaps
from tests.domain.drawer_days import ACTS, Closing, closing

SEEN_AS = {
    "digits_swapped": Slip.SWAPPED_DIGITS,
    "keyed_as_other_tender": Slip.WRONG_TENDER,
    "change_forgotten": Slip.CHANGE_KEPT,
    "change_given_twice": Slip.CHANGE_TWICE,
    "undone_by_hand": Slip.NOT_REVERSED,
    "taken_twice": Slip.NOT_REVERSED,
    "notes_miscounted": Slip.MISCOUNTED,
    "note_mixed_up": Slip.OTHER_NOTE,
    "errand_not_keyed": Slip.UNRECORDED,
    "float_miscounted": Slip.FLOAT_WRONG,
}
EACH = 50
FIRST = 3


def place_of(case: Closing, found: tuple[Cause, ...]) -> int | None:
    """Where the true cause stands among what was named: the act, and its entry or its notes; None if it does not."""
    for place, cause in enumerate(found):
        if cause.slip is SEEN_AS[case.act]:
            # of a payment that was keyed twice, either entry is the right one to look at
            has_row = not case.row_id or case.act == "taken_twice" or case.row_id in cause.rows
            has_notes = not case.notes or any(set(case.notes) <= {one, other} for one, _, other in cause.notes)
            return place if has_row and has_notes else None
    return None


def test_the_cause_is_among_the_first_three() -> None:
    cases = [closing(20_000 + 31 * number, act) for act in ACTS for number in range(EACH)]
    answers = [causes(case.scene) for case in cases]
    first, among = Counter[str](), Counter[str]()
    for case, found in zip(cases, answers, strict=True):
        place = place_of(case, found)
        first[case.act] += place == 0
        among[case.act] += place is not None and place < FIRST
    print(f"\n{'slip':24}{'first':>8}{'of three':>10}{'of':>5}")
    for act in ACTS:
        print(f"{act:24}{first[act]:8}{among[act]:10}{EACH:5}")
    print(f"{'all':24}{first.total():8}{among.total():10}{len(cases):5}")
    assert among.total() >= 0.9 * len(cases)
    assert min(among.values()) >= 0.7 * EACH
    # the measure can fail: another day's answer hardly ever names this day's entry or notes
    strangers = [place_of(case, found) for case, found in zip(cases, answers[-7:] + answers[:-7], strict=True)]
    assert sum(place is not None and place < FIRST for place in strangers) < 0.4 * len(cases)


def test_two_slips_on_one_day_are_told_without_a_target() -> None:
    acts, one_of_two = list(ACTS), 0
    pairs = [(one, other) for one, other in pairwise([*acts, *acts[:1]])]
    for number, (one, other) in enumerate(pairs * 3):
        found = causes(closing(90_000 + number, one, other).scene)[:FIRST]
        one_of_two += any(cause.slip in (SEEN_AS[one], SEEN_AS[other]) for cause in found)
        assert list(found) == sorted(found, key=lambda cause: -cause.weight)
    print(f"\ntwo slips: one of them is among the first three in {one_of_two} of {3 * len(pairs)}")


QUIET = Scene(
    rows=(
        MoneyRow("a", "payment", 540, "0001", (("cash", 10_000),), 3_660),
        MoneyRow("b", "payment", 545, "0002", (("card", 5_230),)),
        MoneyRow("c", "payment", 550, "0003", (("cash", 4_000), ("qr", 1_250))),
        MoneyRow("d", "cash_out", 560, "买水", (("cash", -1_350),)),
        MoneyRow("e", "reverse", 570, "0003", (("cash", -4_000), ("qr", -1_250))),
    ),
    differences={"cash": 0, "card": 0, "qr": 0},
    counted={"cash": 60_000, "card": 5_230, "qr": 0},
    pieces={5_000: 4, 2_000: 10, 1_000: 12, 500: 15, 100: 5},
    float_pieces={1_000: 20, 500: 60},
    usual_float_fen=50_000,
)


def test_nothing_off_has_no_cause() -> None:
    assert causes(QUIET) == ()


@pytest.mark.parametrize(
    ("off", "slip", "rows"),
    [
        ({"cash": 3_660}, Slip.CHANGE_KEPT, ("a",)),
        ({"cash": -3_660}, Slip.CHANGE_TWICE, ("a",)),
        ({"cash": -6_340}, Slip.NOT_REVERSED, ("a",)),
        ({"card": -5_230}, Slip.NOT_REVERSED, ("b",)),
        ({"card": 5_230, "cash": -5_230}, Slip.WRONG_TENDER, ()),
        ({"card": -5_230, "cash": 5_230}, Slip.WRONG_TENDER, ("b",)),
        ({"card": 2_530 - 5_230}, Slip.SWAPPED_DIGITS, ("b",)),
        # out of the drawer went 31.50, keyed as 13.50
        ({"cash": 1_350 - 3_150}, Slip.SWAPPED_DIGITS, ("d",)),
        ({"qr": 1_250}, Slip.NOT_GIVEN_BACK, ("e",)),
    ],
)
def test_a_difference_leads_to_its_entry(off: dict[str, int], slip: Slip, rows: tuple[str, ...]) -> None:
    found = causes(replace(QUIET, differences={**QUIET.differences, **off}))
    assert (found[0].slip, found[0].rows) == (slip, rows)
    assert off[found[0].tender] == found[0].explained_fen


def test_a_float_that_was_counted_wrong_is_known_by_the_one_of_every_day() -> None:
    short = replace(QUIET, float_pieces={1_000: 19, 500: 60}, differences={"cash": 1_000})
    assert causes(short)[0].slip is Slip.FLOAT_WRONG
    assert causes(short)[0].notes[0] == (1_000, 1, 0)
    as_ever = replace(QUIET, differences={"cash": 1_000})
    assert causes(as_ever)[0].slip is not Slip.FLOAT_WRONG


def test_neighbouring_digits_are_those_of_the_amount_as_written() -> None:
    assert swaps(5_230) == {2_530, 5_320, 5_203, 50_230}
    assert 3_000 in swaps(300)
    assert swaps(0) == set()


def test_cash_that_was_handed_in_is_no_payment_that_was_undone() -> None:
    def named(kind: str) -> set[str]:
        row = MoneyRow("f", kind, 580, "", (("cash", -2_750),))
        found = causes(replace(QUIET, rows=(*QUIET.rows, row), differences={"cash": 2_750}))
        return {one for cause in found if cause.slip is Slip.NOT_GIVEN_BACK for one in cause.rows}

    assert named("cash_drop") == set()
    assert named("reverse") == {"f"}
