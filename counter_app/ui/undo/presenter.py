"""Undoing a payment without Qt: look, hold what was typed against it, carry out what was signed."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TypeVar

from counter_app.domain.approvals import ApprovalCase
from counter_app.domain.refusals import Refusal
from counter_app.domain.undo import TenderAnswer, UndoPlan, UndoWish
from counter_app.domain.undo_reasons import UndoReason, UndoReasons
from counter_app.services import approvals, undo, undo_slips
from counter_app.services.approvals import Signed
from counter_app.services.undo import UndoDone
from counter_app.services.undo_recording import request
from counter_app.ui.desk import Desk
from counter_app.ui.facts import Fact
from counter_app.ui.formats import amount
from counter_app.ui.language import tr
from counter_app.ui.step_trouble import step_trouble
from counter_app.ui.undo.screen import TypedUndo
from counter_app.ui.undo.words import heading, lost_lines, money_words, way_words
from counter_app.ui.wording import sentences
from counter_app.ui.wording_undo import undo_reason_word, way_word

T = TypeVar("T")
Say = Callable[[str], object]


@dataclass(frozen=True, slots=True)
class ToSign:
    """An undo that is ready to be signed: what it does, what was given, why, and the case of whoever signs."""

    plan: UndoPlan
    wish: UndoWish
    why: UndoReason
    case: ApprovalCase


class UndoPresenter:
    """One payment at a time; a press after a failed COMMIT asks under the same signature."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk

    def look(
        self,
        receipt_no: str,
        show: Callable[[UndoPlan], object],
        refused: Callable[[Refusal], object],
        say: Say,
    ) -> None:
        """What undoing the payment of a receipt would do now."""
        hall, who = self._desk.hall, self._desk.who

        def job() -> UndoPlan:
            payment_id, _customer_id = undo.payment_of(hall, receipt_no)
            return undo.look(hall, who, payment_id)

        self._desk.lanes.run("reader", job, show, refused, lambda trouble: say(step_trouble(trouble)))

    def slip_of(self, receipt_no: str, show: Callable[[str], object], say: Say) -> None:
        """The number of the slip with which the payment of a receipt was undone."""
        hall = self._desk.hall

        def job() -> str:
            return undo_slips.number_of(hall, undo.payment_of(hall, receipt_no)[0])

        def done(slip_no: str) -> None:
            if slip_no:
                show(slip_no)
            else:
                say(tr("收据 {no} 的凭证不是在本柜台开的，不能在这里补打。", no=receipt_no))

        self._run("reader", job, done, say)

    def check(self, plan: UndoPlan, typed: TypedUndo, ready: Callable[[ToSign], object], say: Say) -> None:
        """Hold what was typed against the payment as it stands; then it can be signed."""
        hall, who = self._desk.hall, self._desk.who
        reasons = hall.pack.undo_reasons(plan.on)
        wish = wish_of(plan, typed, reasons)

        def job() -> ToSign:
            made = undo.look(hall, who, plan.paid.payment_id, wish)
            return ToSign(made, wish, reasons.named(wish.reason_code), approvals.look(hall, who, request(made, wish)))

        self._run("reader", job, ready, say)

    def carry_out(self, asked: ToSign, signed: Signed) -> UndoDone:
        """Undo the payment as it was shown and signed; for the writer's lane.

        Raises:
            Refused: those of `services.undo.undo`.
        """
        return undo.undo(self._desk.hall, self._desk.who, asked.plan, asked.wish, (signed,))

    def _run(self, lane: str, job: Callable[[], T], done: Callable[[T], object], say: Say) -> None:
        word = tr("正在保存") if lane == "writer" else ""
        self._desk.lanes.run(
            lane,
            job,
            done,
            lambda refusal: say(sentences(refusal)),
            lambda trouble: say(step_trouble(trouble)),
            word=word,
        )


def wish_of(plan: UndoPlan, typed: TypedUndo, reasons: UndoReasons) -> UndoWish:
    """What was typed, as the hall takes it."""
    answers = []
    for back in plan.tenders:
        number, is_banked = typed.numbers.get(back.line, ""), back.line in typed.banked
        is_reference = back.needs == "reference"
        answers.append(
            TenderAnswer(back.line, number if is_reference else "", "" if is_reference else number, is_banked)
        )
    code = reasons.at(typed.reason_no)
    return UndoWish(code, typed.words, typed.is_receipt_returned, tuple(answers), typed.red_no)


def facts_to_sign(asked: ToSign) -> tuple[Fact, ...]:
    """What an undo shows of itself before it is signed, beside what every case shows."""
    plan, wish = asked.plan, asked.wish
    is_back = wish.is_receipt_returned
    return (
        Fact(tr("户号"), plan.paid.account_no),
        Fact(tr("撤销原因"), undo_reason_word(asked.why)),
        Fact(tr("退还合计"), amount(plan.back_fen)),
        Fact(tr("退还方式"), money_words(plan)),
        Fact(tr("账单又欠"), amount(plan.paid.settled_fen)),
        Fact(tr("收据"), tr("已收回") if is_back else tr("没有收回"), "ink" if is_back else "warn"),
        *(Fact(tr("不能恢复"), words, "warn") for words in lost_lines(plan)),
    )


def what_is_signed(asked: ToSign) -> str:
    """The sentence that is signed."""
    plan = asked.plan
    return tr("{what}，退还 {sum}。{way}", what=heading(plan), sum=amount(plan.back_fen), way=way_words(plan))


def signed_words(done: UndoDone) -> str:
    """What is said when it is done."""
    return tr(
        "收据 {no} 已{way}，退还 {sum}，{by} 签字。",
        no=done.receipt_no,
        way=way_word(done.way),
        sum=amount(done.back_fen),
        by=tr("、").join(done.approvers),
    )
