"""Undoing a payment without Qt: look, check what was typed, sign, carry out."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TypeVar

from counter_app.domain.refusals import Refusal
from counter_app.domain.signoffs import Challenge
from counter_app.domain.undo import TenderAnswer, UndoPlan, UndoWish
from counter_app.services import undo, undo_slips
from counter_app.services.approvals import Signed
from counter_app.services.undo import UndoDone
from counter_app.ui.desk import Desk
from counter_app.ui.formats import amount
from counter_app.ui.language import tr
from counter_app.ui.retention.presenter_lane import step_trouble
from counter_app.ui.retention.screen import Fact, SignoffScreen
from counter_app.ui.undo.screen import TypedUndo
from counter_app.ui.undo.words import (
    REASON_WORDS,
    heading,
    lost_lines,
    money_words,
    reason_code,
    signers,
)
from counter_app.ui.wording import sentences
from counter_app.ui.wording_undo import way_word

T = TypeVar("T")
Say = Callable[[str], object]


@dataclass(frozen=True, slots=True)
class ToSign:
    """An undo that is ready to be signed: what it does, what was given, and one challenge per signature."""

    plan: UndoPlan
    wish: UndoWish
    challenges: tuple[Challenge, ...]


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
        hall, who, wish = self._desk.hall, self._desk.who, wish_of(plan, typed)

        def job() -> ToSign:
            made = undo.look(hall, who, plan.paid.payment_id, wish)
            return ToSign(made, wish, undo.ask(who, made, wish))

        self._run("reader", job, ready, say)

    def sign(
        self,
        asked: ToSign,
        by: tuple[str, str],
        before: Sequence[Signed],
        more: Callable[[Signed], object],
        carried: Callable[[UndoDone], object],
        say: Say,
    ) -> None:
        """Sign `by` number and password; with the last signature the payment is undone in the same step."""
        hall, who, plan = self._desk.hall, self._desk.who, asked.plan

        def job() -> Signed | UndoDone:
            challenge = asked.challenges[len(before)]
            signed = undo.sign(hall, who, plan, challenge, staff_no=by[0], password=by[1], before=before)
            if len(before) + 1 < plan.signatures:
                return signed
            # the last signature carries the one before it
            return undo.undo(hall, who, plan, asked.wish, (signed,))

        def ended(found: Signed | UndoDone) -> None:
            if isinstance(found, UndoDone):
                carried(found)
            else:
                more(found)

        self._run("writer", job, ended, say)

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


def wish_of(plan: UndoPlan, typed: TypedUndo) -> UndoWish:
    """What was typed, as the hall takes it."""
    answers = []
    for back in plan.tenders:
        number, is_banked = typed.numbers.get(back.line, ""), back.line in typed.banked
        is_reference = back.needs == "reference"
        answers.append(
            TenderAnswer(back.line, number if is_reference else "", "" if is_reference else number, is_banked)
        )
    return UndoWish(reason_code(typed.reason_no), typed.words, typed.is_receipt_returned, tuple(answers), typed.red_no)


def signoff_screen(asked: ToSign, place: int) -> SignoffScreen:
    """The whole case before it is signed; `place` counts the signatures from 0."""
    plan, wish = asked.plan, asked.wish
    reason = tr(REASON_WORDS.get(wish.reason_code, wish.reason_code))
    facts = [
        Fact(tr("户号"), plan.paid.account_no),
        Fact(tr("收款人"), plan.paid.staff_no),
        Fact(tr("原因"), f"{reason} {wish.reason}".strip()),
        Fact(tr("退还合计"), amount(plan.back_fen)),
        Fact(tr("退还方式"), money_words(plan)),
        Fact(tr("账单又欠"), amount(plan.paid.settled_fen)),
        Fact(
            tr("收据"),
            tr("已收回") if wish.is_receipt_returned else tr("没有收回"),
            "ink" if wish.is_receipt_returned else "warn",
        ),
    ]
    facts += [Fact(tr("不能恢复"), words, "warn") for words in lost_lines(plan)]
    what = signers(plan)
    if plan.signatures > 1:
        what = tr("{what} 现在是第 {place} 位。", what=what, place=place + 1)
    return SignoffScreen(tr("签字：{what}", what=heading(plan)), what, tuple(facts), can_refuse=False)


def signed_words(done: UndoDone) -> str:
    """What is said when it is done."""
    return tr(
        "收据 {no} 已{way}，退还 {sum}，{by} 签字。",
        no=done.receipt_no,
        way=way_word(done.way),
        sum=amount(done.back_fen),
        by=tr("、").join(done.approvers),
    )
