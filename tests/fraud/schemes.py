"""The table of cheats: each by its number in docs/security.md, what the program answers, and what is taken away to see
that the answer comes from its defence.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, NamedTuple

from counter_app.domain.approval_rules import ApprovalLine
from counter_app.domain.approvals import Need
from counter_app.domain.prepaid import Book
from counter_app.domain.report_exceptions import EXCEPTIONS
from counter_app.domain.shift_close import Compared
from counter_app.services import payments
from tests.fraud import with_cash, with_files, with_people, with_undo
from tests.fraud.place import Place


class Scheme(NamedTuple):
    """One cheat: `answers` in the order of its tries. `defence` is where it is stopped or listed (modules by
    their names), `undefended` what stands there instead for the counter-proof.
    """

    no: int
    cheat: Callable[[Place], tuple[str, ...]]
    answers: tuple[str, ...]
    defence: tuple[Any, str]
    undefended: Any


def _nothing(*_args: object, **_more: object) -> None:
    return None


def _alone(line: ApprovalLine, *_args: object, **_more: object) -> Need:
    return Need(0, (), line.is_code_allowed, line.valid_from, line.source)


def _netted(lines: Sequence[Compared]) -> int:
    return abs(sum(line.difference_fen for line in lines))


def _dated_by_the_clock(hall: Any, reading: Any, customer_id: int, account_id: int, _shift: Any) -> Any:
    return _POSITION_OF(hall, reading, customer_id, account_id, None)


_POSITION_OF = payments.position_of
_REVERSED = "listed: payment.reverse by 1001, signed 2001, -12000 fen"
_NEED = (ApprovalLine, "need")
_OWN_HANDS = ("counter_app.domain.signoffs counter_app.services.signoffs", "refusal_of_approver")
_CLOCK = ("counter_app.services.shift_clock", "finding")
_MARK = ("counter_app.storage.hall", "behind_mark")
_VERIFY = ("counter_app.storage.verify", "ROW_CHECKS")


def _list(kind: str) -> tuple[Any, str]:
    """The line of the exceptions that lists this kind of entry."""
    return EXCEPTIONS, kind


SCHEMES = (
    Scheme(
        1,
        with_undo.void_and_pocket,
        ("refused: ApprovalMissing", "refused: SignoffByWorker", _REVERSED),
        _OWN_HANDS,
        _nothing,
    ),
    Scheme(
        2,
        with_undo.refund_to_own_card,
        (
            "refused: WayNeedsReference",
            "refused: SignoffByWorker",
            "listed: payment.retender by 1001, signed 2001, 3000 fen",
        ),
        ("counter_app.domain.undo_planning", "_check_wish"),
        _nothing,
    ),
    Scheme(
        3,
        with_undo.refund_twice,
        ("refused: AlreadyUndone", _REVERSED),
        ("counter_app.domain.undo_planning", "_why_not"),
        _nothing,
    ),
    Scheme(
        4,
        with_undo.refund_without_receipt,
        ("refused: NotTakenHere", _REVERSED),
        _list("payment.reverse"),
        lambda _entry: (),
    ),
    Scheme(
        5,
        with_cash.no_sale,
        ("refused: ReasonMissing", "listed: drawer.opened by 1001"),
        _list("drawer.opened"),
        lambda _entry: (),
    ),
    Scheme(
        6,
        with_cash.backdating,
        ("dated 2026-11-21", "late fee taken"),
        ("counter_app.services.payments", "position_of"),
        _dated_by_the_clock,
    ),
    Scheme(
        7,
        with_cash.clock_put_forward,
        ("refused: ClockFarOff", "listed: clock.anomaly by 1001, signed 2001"),
        _CLOCK,
        _nothing,
    ),
    Scheme(8, with_cash.clock_put_back, ("refused: ClockOff",), _CLOCK, _nothing),
    Scheme(9, with_undo.approved_by_its_own_hands, ("refused: SignoffByWorker",), _OWN_HANDS, _nothing),
    Scheme(10, with_undo.approved_by_who_asks, ("refused: SignoffByWorker",), _OWN_HANDS, _nothing),
    Scheme(
        11,
        with_undo.borrowed_session,
        ("refused: ShiftOfSomebodyElse", "refused: WrongSignIn", "listed: login.fail by 1001"),
        _list("login.fail"),
        lambda _entry: (),
    ),
    Scheme(
        12,
        with_undo.signature_for_other_things,
        (
            *("refused: SignoffForOther", "refused: SignoffExpired", "done", "done", "refused: SignoffForOther"),
            "listed: cash.out by 1001, signed 2001, -30000 fen",
        ),
        ("counter_app.services.signoffs", "check_proof"),
        _nothing,
    ),
    Scheme(
        13,
        with_people.own_account,
        (
            "listed: own.account by 1001, 5000 fen",
            "listed: own.account by 1001, signed 2001, -5000 fen",
            "listed: own.account by 1001, signed 2001, -3000 fen",
        ),
        _list("own.account"),
        lambda _entry: (),
    ),
    Scheme(
        14,
        with_people.waived_for_a_friend,
        (
            *("refused: SignoffByWorker", "refused: NoRight", "refused: SignoffByWorker", "done"),
            "listed: relief.decide.waive by 1001, signed 2001, 3793 fen",
        ),
        _OWN_HANDS,
        _nothing,
    ),
    Scheme(
        15,
        with_files.deleted_row,
        ("the file says: entries only grow", "refused: FiguresDiffer", "found: row missing"),
        _VERIFY,
        (),
    ),
    Scheme(
        16,
        with_files.changed_sum,
        ("the file says: entries only grow", "refused: FiguresDiffer", "found: tender"),
        _VERIFY,
        (),
    ),
    Scheme(17, with_files.rewritten_entry, ("found: entry hash",), _VERIFY, ()),
    Scheme(
        18,
        with_files.yesterdays_copy,
        ("money is off", "listed: recover.accepted by 1001, signed 2001"),
        _MARK,
        _nothing,
    ),
    Scheme(19, with_files.entries_cut_off, ("money is off",), _MARK, _nothing),
    Scheme(20, with_files.cloned_file, ("does not open",), (with_files, "STAYS_HERE"), ()),
    Scheme(
        21,
        with_files.reprint_as_new,
        ("print 1", "print 2", "refused: NoRight", *("listed: print.copy by 1001",) * 3),
        ("counter_app.storage.print_jobs.Prints", "last_copy"),
        lambda *_args: 0,
    ),
    Scheme(
        22,
        with_files.changed_receipt,
        ("12000 fen would go back", "refused: ReceiptNotGenuine"),
        ("counter_app.storage.verify_proof", "is_signed"),
        lambda *_args: True,
    ),
    Scheme(
        23,
        with_cash.lapping,
        ("listed: difference.card by 1001, signed 2001, -3000 fen",),
        _list("shift.close"),
        lambda _entry: (),
    ),
    Scheme(
        24,
        with_cash.skimming,
        (
            "refused: ApprovalMissing",
            "listed: difference.cash by 1001, signed 2001, -2000 fen",
            "listed: difference.card by 1001, signed 2001, 2000 fen",
        ),
        ("counter_app.services.shift_close", "off_fen"),
        _netted,
    ),
    Scheme(
        25,
        with_cash.count_peeking,
        ("refused: FiguresAfterCount", "listed: shift.count by 1001"),
        ("counter_app.services.shift_close", "_may_see"),
        _nothing,
    ),
    Scheme(
        26,
        with_cash.cash_out_for_nothing,
        ("refused: ReasonMissing", "refused: ApprovalMissing", "done", "listed: cash.out by 1001, -5000 fen"),
        _NEED,
        _alone,
    ),
    Scheme(
        27,
        with_people.credit_in_cash,
        (
            *("refused: SignoffByWorker", "refused: NoRight", "done", "done"),
            "listed: credit.settled by 1001, signed 2001, -9800 fen",
        ),
        _list("credit.settled"),
        lambda _entry: (),
    ),
    Scheme(
        28,
        with_people.role_change,
        (
            *("refused: NoRight", "refused: NoRight", "refused: SecondPersonNeeded", "refused: SignedOut"),
            "listed: staff.add by 9001",
        ),
        ("counter_app.services.staff", "_need_second"),
        _nothing,
    ),
    Scheme(
        29,
        with_people.bulk_lookups,
        ("refused: PurposeMissing", "20 done", "refused: RevealCapReached", "listed: reveals.cap by 1001"),
        ("counter_app.services.customers", "entries_of_day"),
        lambda *_args: 0,
    ),
    Scheme(
        30,
        with_people.gift_to_cash,
        ("refused: BookMoneyStays", "3000 fen stay", "listed: book.refund by 1001, signed 2001, -10000 fen"),
        (Book, "kind_of_money"),
        "cash",
    ),
    Scheme(
        31,
        with_cash.drop_to_pocket,
        (
            *("refused: SignoffByWorker", "refused: SignoffForOther", "done"),
            "listed: cash.drop by 1001, signed 2001, -10000 fen",
        ),
        ("counter_app.services.signoffs", "check_proof"),
        _nothing,
    ),
    Scheme(
        32,
        with_people.dispute_for_a_friend,
        (
            *("refused: SignoffByWorker", "refused: NoRight", "done"),
            "listed: dispute.decide by 1001, signed 2001, 9800 fen",
        ),
        _OWN_HANDS,
        _nothing,
    ),
)
