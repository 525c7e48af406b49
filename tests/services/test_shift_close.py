"""The close of a shift: the blind count, the two paths of each figure, the difference, the Z report."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path

import pytest

from counter_app.clock import FixedClock, new_intent_id
from counter_app.domain.approvals import ApprovalMissing
from counter_app.domain.drawer_detective import Slip
from counter_app.domain.papers import facts_text
from counter_app.domain.payments import Tender, Wish, plan
from counter_app.domain.refusals import Refused
from counter_app.domain.retenders import RetenderWish
from counter_app.domain.shift_close import (
    CountIsOld,
    CountMissing,
    Declared,
    FiguresAfterCount,
    SlipCount,
    SlipsAreWrong,
)
from counter_app.domain.shifts import CashCount, NoOpenShift, ShiftOfSomebodyElse
from counter_app.domain.signoffs import SignoffByWorker, SignoffForOther
from counter_app.domain.staff import Role
from counter_app.domain.staff_refusals import NoRight
from counter_app.domain.undo import TenderAnswer, UndoWish
from counter_app.domain.z_report import FiguresDiffer, ShiftReport
from counter_app.services import approvals, payments, retenders, shift_close, shifts, z_reports
from counter_app.storage.hall import OpenHall
from counter_app.storage.journal import balance
from counter_app.storage.shift_report import read_report
from counter_app.storage.shifts import find_shift
from counter_app.storage.verify import verify
from tests import halls
from tests.services.test_moves import moved
from tests.undoing import signatures, undo

CARD_FEN, QR_FEN, CHEQUE_FEN = 10_000, 20_000, 9_000


@pytest.fixture
def hall(tmp_path: Path) -> Iterator[OpenHall]:
    opened = halls.a_hall(tmp_path)
    yield opened
    opened.close()


def a_shift(hall: OpenHall) -> str:
    """Cash with change, card, code, cheque, money kept as prepaid, cash in and out; its id."""
    shift = halls.an_open_shift(hall)
    first, second = halls.three_months_behind(hall), halls.three_months_behind(hall, no="10002346", name="李雷")
    halls.pay(hall, first, Tender("card", CARD_FEN, reference="6222"), halls.cash(500))
    halls.pay(hall, second, Tender("qr", QR_FEN, reference="77"))
    halls.pay(hall, second, Tender("cheque", CHEQUE_FEN, bank="工行", document_no="A1"))
    halls.pay(hall, second, halls.cash(200), is_change_stored=True)
    shifts.move_cash(hall, halls.teller(), 3_000, "换零钱", new_intent_id())
    shifts.move_cash(hall, halls.teller(), -20_000, "缴存", new_intent_id())
    return shift.shift_id


def report(hall: OpenHall, shift_id: str) -> ShiftReport | FiguresDiffer:
    with hall.reading() as reading:
        shift = find_shift(reading, shift_id)
        assert shift is not None
        return read_report(reading, shift)


def slips(card_fen: int = CARD_FEN) -> tuple[SlipCount, ...]:
    return (
        SlipCount("card", 1, card_fen),
        SlipCount("qr", 1, QR_FEN),
        SlipCount("cheque", 1, CHEQUE_FEN, (CHEQUE_FEN,)),
    )


def in_notes(fen: int) -> CashCount:
    return CashCount({1_000: fen // 1_000}, fen % 1_000)


def expected_cash(hall: OpenHall, shift_id: str) -> int:
    found = report(hall, shift_id)
    assert isinstance(found, ShiftReport)
    return found.fen("expected.cash")


def test_every_figure_is_the_same_on_both_paths_and_opens_to_its_rows(hall: OpenHall) -> None:
    shift_id = a_shift(hall)
    found = report(hall, shift_id)
    assert isinstance(found, ShiftReport)
    with hall.reading() as reading:
        assert found.fen("expected.cash") == balance(reading, "drawer", shift_id)
    assert found.expected_fen.keys() == {"cash", "card", "qr", "cheque"}
    assert (found.fen("float"), found.fen("cash_in"), found.fen("cash_out")) == (50_000, 3_000, -20_000)
    assert [found.count(f"taken.{tender}") for tender in ("cash", "card", "qr", "cheque")] == [2, 1, 1, 1]
    assert len(found.rows("receipts")) == len(found.receipt_nos) == 4
    supervisor = halls.teller("2001", Role.SUPERVISOR)
    for figure in found.figures:
        behind = shift_close.entries_behind(hall, supervisor, shift_id, figure.rows)
        assert {entry.entry_id for entry in behind} == set(figure.rows)
    cash = shift_close.entries_behind(hall, supervisor, shift_id, found.rows("cash_out"))
    assert [(entry.kind, entry.words, entry.fen) for entry in cash] == [("cash.out", "缴存", -20_000)]


@pytest.mark.parametrize(
    ("harm", "figure"),
    [
        ("UPDATE postings SET amount_fen = amount_fen + 100 WHERE account = 'card'", "expected.card"),
        ("UPDATE payment_tenders SET amount_fen = amount_fen + 100 WHERE tender = 'qr'", "expected.qr"),
        ("UPDATE payments SET change_fen = change_fen + 100 WHERE change_fen > 0", "expected.cash"),
        ("UPDATE settlements SET late_fee_fen = late_fee_fen + 1 WHERE id = 1", "settled.late_fee"),
        (
            "UPDATE payments SET prepaid_stored_fen = prepaid_stored_fen - 1 WHERE prepaid_stored_fen > 0",
            "prepaid.stored",
        ),
        ("UPDATE shifts SET float_fen = float_fen + 100", "expected.cash"),
        ("DELETE FROM receipts WHERE serial = 2", "receipts"),
        ("UPDATE balances SET balance_fen = balance_fen + 1 WHERE account = 'drawer'", "balance"),
    ],
)
def test_a_shift_whose_figures_differ_is_not_closed(hall: OpenHall, harm: str, figure: str) -> None:
    shift_id = a_shift(hall)
    with hall.writing() as work:
        for name in ("postings", "payment_tenders", "payments", "settlements", "receipts"):
            for verb in ("update", "delete"):
                work.driver.execute(f"DROP TRIGGER IF EXISTS {name}_no_{verb}")
        assert work.driver.execute(harm).rowcount > 0
    found = report(hall, shift_id)
    assert isinstance(found, FiguresDiffer)
    assert found.figure == figure
    assert (found.posted_fen, found.posted_count) != (found.kept_fen, found.kept_count)
    counted = shift_close.count(hall, halls.teller(), Declared(in_notes(50_000), slips()), new_intent_id())
    assert counted.differ == found
    with pytest.raises(Refused) as refused:
        shift_close.close(hall, halls.teller(), "x", new_intent_id())
    assert refused.value.refusal == found
    assert shifts.sheet(hall) is not None


def test_nothing_is_said_before_the_count_and_nothing_closes_without_one(hall: OpenHall) -> None:
    shift_id, who = a_shift(hall), halls.teller()
    shift_no = "03-20261121-1"
    for act in (lambda: shift_close.x_report(hall, who), lambda: shift_close.entries_behind(hall, who, shift_id, ())):
        with pytest.raises(Refused) as refused:
            act()
        assert refused.value.refusal == FiguresAfterCount(shift_no)
    with pytest.raises(Refused) as refused:
        shift_close.x_report(hall, halls.teller("1002"))
    assert isinstance(refused.value.refusal, NoRight)
    supervisor = halls.teller("2001", Role.SUPERVISOR)
    assert shift_close.x_report(hall, supervisor).fen("expected.cash") == expected_cash(hall, shift_id)
    assert shift_close.counted(hall, who) is None
    with pytest.raises(Refused) as refused:
        shift_close.close(hall, who, "", new_intent_id())
    assert refused.value.refusal == CountMissing(shift_no)
    wrong = Declared(CashCount({}), (SlipCount("card", 0, 500),))
    with pytest.raises(Refused) as refused:
        shift_close.count(hall, who, wrong, new_intent_id())
    assert refused.value.refusal == SlipsAreWrong("card", 0, 500)
    counted = shift_close.count(hall, who, Declared(in_notes(expected_cash(hall, shift_id)), slips()), new_intent_id())
    assert (counted.off_fen, counted.causes, counted.signatures, counted.is_good) == (0, (), 0, True)
    assert shift_close.x_report(hall, who).shift.shift_id == shift_id
    shifts.move_cash(hall, who, 500, "晚到的", new_intent_id())
    again = shift_close.counted(hall, who)
    assert again is not None
    assert not again.is_good
    with pytest.raises(Refused) as refused:
        shift_close.close(hall, who, "晚到的", new_intent_id())
    assert refused.value.refusal == CountIsOld(shift_no, 1)


def test_a_difference_is_explained_signed_posted_and_kept(hall: OpenHall) -> None:
    shift_id, who = a_shift(hall), halls.teller()
    cash_fen = expected_cash(hall, shift_id)
    first = shift_close.count(hall, who, Declared(in_notes(cash_fen - 30_000), slips()), new_intent_id())
    assert (first.off_fen, first.signatures) == (30_000, 1)
    # a recount is another count; the hundred of the card was cash
    counted = shift_close.count(hall, who, Declared(in_notes(cash_fen + CARD_FEN), slips()[1:]), new_intent_id())
    assert counted.count_no == 2
    assert [(line.tender, line.difference_fen) for line in counted.lines if line.difference_fen] == [
        ("cash", CARD_FEN),
        ("card", -CARD_FEN),
    ]
    assert counted.off_fen == 2 * CARD_FEN, "one is not offset with the other"
    assert counted.causes[0].slip is Slip.WRONG_TENDER
    with pytest.raises(Refused) as refused:
        shift_close.close(hall, who, "记错", new_intent_id())
    assert isinstance(refused.value.refusal, ApprovalMissing)
    case = shift_close.look(hall, who, "记错")
    hands = case.request.hands
    with pytest.raises(Refused) as refused:
        approvals.sign(hall, who, case.challenge, staff_no="1001", password=halls.PASSWORD, hands=hands)
    assert isinstance(refused.value.refusal, SignoffByWorker)
    signed = approvals.sign(hall, who, case.challenge, staff_no="2001", password=halls.PASSWORD, hands=hands)
    with pytest.raises(Refused) as refused:
        shift_close.close(hall, who, "别的原因", new_intent_id(), signed)
    assert refused.value.refusal == SignoffForOther("words")
    closed = shift_close.close(hall, who, "记错", new_intent_id(), signed)
    assert shift_close.close(hall, who, "记错", new_intent_id(), signed).z_no == closed.z_no, "pressed again"
    with hall.reading() as reading:
        kept = {name: balance(reading, name, shift_id) for name in ("drawer", "over_short", "card", "slips_off")}
        content = reading.driver.execute("SELECT content FROM entries WHERE kind = 'shift.close'").fetchone()
    assert kept == {"drawer": 0, "over_short": -CARD_FEN, "card": 0, "slips_off": CARD_FEN}
    assert content is not None
    said = json.loads(content[0])
    assert (said["approver_no"], said["body"]["count_no"], said["body"]["z"]["paper_no"]) == ("2001", 2, closed.z_no)
    facts = z_reports.facts_of(hall, closed.z_no)
    assert said["body"]["z"]["facts_sha256"] == hashlib.sha256(facts_text(facts).encode()).hexdigest()
    assert [(one.count_no, one.cash_fen) for one in facts.counts] == [(1, cash_fen - 30_000), (2, cash_fen + CARD_FEN)]
    assert [person.staff_no for person in facts.approvers] == ["2001"]
    assert verify(hall.store).findings == ()


def test_z_reports_are_numbered_without_a_gap_and_print_to_the_same_bytes(hall: OpenHall) -> None:
    who, numbers = halls.teller(), []
    for _ in range(2):
        halls.an_open_shift(hall)
        numbers.append(halls.close_shift(hall, who, CashCount({10_000: 5}), "", new_intent_id()).z_no)
    assert numbers == ["HZ01-03-2026-Z000001", "HZ01-03-2026-Z000002"]
    assert [facts.paper_no for facts in z_reports.issued(hall)] == numbers[::-1]
    first, again = (z_reports.order_print(hall, who, numbers[0], printer="pdf") for _ in range(2))
    assert (first.job.copy_no, again.job.copy_no) == (1, 2)
    assert z_reports.render(first) == z_reports.render(first)
    assert (first.missing_characters, again.facts) == ("", first.facts)
    with hall.writing() as work:
        work.driver.execute("DROP TRIGGER side_records_only_erased")
        harmed = facts_text(first.facts).replace('"serial":1', '"serial":7').encode()
        sql = "UPDATE side_records SET content = ? WHERE kind = 'paper.z_report' AND content LIKE '%Z000001%'"
        assert work.driver.execute(sql, (harmed,)).rowcount == 1
    assert "paper facts" in {finding.what for finding in verify(hall.store).findings}


def test_what_was_put_right_stands_in_figures_of_its_own_and_leaves_a_closed_shift_alone(hall: OpenHall) -> None:
    who = halls.teller()
    first = halls.an_open_shift(hall)
    one, two, three, four = (halls.three_months_behind(hall, no=f"1000234{place}") for place in range(5, 9))
    _, undone = halls.pay(hall, one, Tender("card", CARD_FEN, reference="6222"), halls.cash(500))
    _, mistaken = halls.pay(hall, two, Tender("qr", QR_FEN, reference="77"))
    _, late = halls.pay(hall, three, halls.cash(100))
    _, wrong = halls.pay(hall, four, halls.cash(90))
    undo(hall, undone.payment_id, UndoWish("wrong_amount", "多收", answers=(TenderAnswer(1, reference="R1"),)))
    moved(hall, wrong.payment_id, two.account_id)
    wish = RetenderWish(1, (Tender("card", QR_FEN, reference="88"),), "点错")
    shown = retenders.look(hall, who, mistaken.payment_id, wish)
    (signed,) = signatures(hall, who, retenders.request(shown, wish))
    retenders.correct(hall, who, shown, wish, signed)
    found = report(hall, first.shift_id)
    assert isinstance(found, ShiftReport)
    assert [found.count(f"undone.{way}") for way in ("reverse", "move", "refund")] == [1, 1, 0]
    assert (found.fen("back.card"), found.fen("retender.qr"), found.fen("retender.card")) == (
        -CARD_FEN,
        -QR_FEN,
        QR_FEN,
    )
    assert found.fen("taken.transfer") == -found.fen("back.transfer") == 9_000
    assert found.expected_fen == {"cash": 50_000 + 10_000 + 9_000, "card": QR_FEN, "qr": 0}
    assert (found.count("receipts"), len(found.receipt_nos)) == (5, 5)
    closed = halls.close_shift(hall, who, in_notes(found.fen("expected.cash")), "", new_intent_id())
    kept = z_reports.facts_of(hall, closed.z_no)
    assert kept.void_nos == (undone.receipt_no, wrong.receipt_no)
    second = halls.an_open_shift(hall)
    undo(hall, late.payment_id)
    today, closed_one = report(hall, second.shift_id), report(hall, first.shift_id)
    assert isinstance(today, ShiftReport)
    assert (today.count("undone.refund"), today.fen("expected.cash")) == (1, 50_000 - 10_000)
    assert isinstance(closed_one, ShiftReport)
    assert [(figure.name, figure.fen, figure.count) for figure in closed_one.figures] == [
        (figure.name, figure.fen, figure.count) for figure in kept.figures
    ]
    assert verify(hall.store).findings == ()


def test_a_forgotten_shift_is_closed_by_who_opened_it_or_by_who_signs_and_by_nobody_else(hall: OpenHall) -> None:
    shift = halls.an_open_shift(hall)
    assert shifts.forgotten(hall) is None
    supervisor, count = halls.teller("2001", Role.SUPERVISOR), Declared(CashCount({10_000: 5}))
    with pytest.raises(Refused) as refused:
        shift_close.count(hall, supervisor, count, new_intent_id())
    assert isinstance(refused.value.refusal, ShiftOfSomebodyElse)
    # a late evening is not the next morning
    clock = hall.clock
    assert isinstance(clock, FixedClock)
    clock.moment = datetime(2026, 11, 22, 3, 59, tzinfo=UTC)
    assert shifts.forgotten(hall) is None
    clock.moment = datetime(2026, 11, 22, 4, 0, tzinfo=UTC)
    assert shifts.forgotten(hall) == shift
    with pytest.raises(Refused) as refused:
        shift_close.count(hall, halls.teller("1002"), count, new_intent_id())
    assert isinstance(refused.value.refusal, ShiftOfSomebodyElse)
    assert shift_close.count(hall, supervisor, count, new_intent_id()).off_fen == 0
    closed = shift_close.close(hall, supervisor, "", new_intent_id())
    facts = z_reports.facts_of(hall, closed.z_no)
    assert (facts.teller.staff_no, facts.business_date) == ("1001", shift.business_date)
    assert shifts.forgotten(hall) is None
    assert halls.an_open_shift(hall).business_date == shift.business_date + timedelta(days=1)
    assert verify(hall.store).findings == ()


def test_a_payment_of_the_closing_minute_lands_in_exactly_one_shift(hall: OpenHall) -> None:
    """A press of each meets at the one thread that writes: whoever is first, each fen is in one Z report."""
    who, people = halls.teller(), [halls.three_months_behind(hall, no=f"1000300{place}") for place in range(4)]
    for place, someone in enumerate(people):
        first = halls.an_open_shift(hall)
        shift_close.count(hall, who, Declared(CashCount({10_000: 5})), new_intent_id())
        order = an_order(hall, someone)
        acts: list[Callable[[], object]] = [
            partial(shift_close.close, hall, who, "", new_intent_id()),
            partial(payments.take, hall, who, order),
        ]
        closed, taken = at_once(hall, acts, is_turned=place % 2 == 1)
        if place % 2:
            # the payment came first, and the count no longer holds
            assert isinstance(taken, payments.Taken)
            assert closed == CountIsOld(first.shift_no, 1)
            halls.close_shift(hall, who, in_notes(expected_cash(hall, first.shift_id)), "", new_intent_id())
        else:
            assert isinstance(closed, shift_close.Closed)
            assert taken == NoOpenShift()
    with hall.reading() as reading:
        homes: dict[str, int] = dict(
            reading.driver.execute("SELECT shift_id, count(*) FROM payments GROUP BY shift_id").fetchall()
        )
    in_reports = {facts.shift_id: facts.fen("taken.cash") for facts in z_reports.issued(hall)}
    assert {shift_id: fen for shift_id, fen in in_reports.items() if fen} == dict.fromkeys(homes, 6_000)
    assert (len(in_reports), len(homes)) == (4, 2)
    assert verify(hall.store).findings == ()


def an_order(hall: OpenHall, someone: halls.Someone) -> payments.Order:
    wish = Wish((halls.cash(60),))
    previewed = plan(halls.position(hall, someone), wish)
    return payments.Order(new_intent_id(), someone.customer_id, someone.account_id, wish, previewed)


def at_once(hall: OpenHall, acts: list[Callable[[], object]], *, is_turned: bool) -> list[object]:
    """What each came to on the writer's thread, both handed over before either is done; a refusal is an answer."""

    def answer(act: Callable[[], object]) -> object:
        try:
            return act()
        except Refused as refused:
            return refused.refusal

    with ThreadPoolExecutor(1, initializer=hall.store.adopt) as writer:
        asked = [(act, writer.submit(answer, act)) for act in (acts[::-1] if is_turned else acts)]
    hall.store.adopt()
    answers = {id(act): found.result() for act, found in asked}
    return [answers[id(act)] for act in acts]
