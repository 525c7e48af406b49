"""Correcting the tender of a payment without Qt: what it was, what it is to be, and carrying out what was signed."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TypeVar

from counter_app.domain.approvals import ApprovalCase
from counter_app.domain.payments import PREPAID
from counter_app.domain.retenders import RetenderPlan, RetenderWish
from counter_app.domain.undo import TRANSFER, PaidTender
from counter_app.services import approvals, retenders, undo
from counter_app.services.approvals import Signed
from counter_app.services.retenders import RetenderDone
from counter_app.ui.desk import Desk
from counter_app.ui.facts import Fact
from counter_app.ui.formats import amount
from counter_app.ui.language import tr
from counter_app.ui.step_trouble import step_trouble
from counter_app.ui.typed_tender import TypedTender
from counter_app.ui.wording import sentences
from counter_app.ui.wording_money import tender_word

T = TypeVar("T")
Say = Callable[[str], object]


@dataclass(frozen=True, slots=True)
class Tenders:
    """What a payment was paid by as it is written now, and what the pack takes."""

    payment_id: str
    receipt_no: str
    lines: tuple[PaidTender, ...]
    allowed: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class RetenderToSign:
    """A correction that is ready to be signed."""

    plan: RetenderPlan
    wish: RetenderWish
    case: ApprovalCase


class RetenderPresenter:
    """One payment at a time."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk

    def read(self, receipt_no: str, show: Callable[[Tenders], object], say: Say) -> None:
        """The tenders that can be corrected; what was moved here is corrected where it came in."""
        hall, who = self._desk.hall, self._desk.who

        def job() -> Tenders:
            payment_id, _customer_id = undo.payment_of(hall, receipt_no)
            lines = retenders.tenders_of(hall, who, payment_id)
            allowed = hall.rules_on(hall.clock.now().date()).tenders
            own = tuple(line for line in lines if line.came_as != TRANSFER)
            return Tenders(payment_id, receipt_no, own, tuple(kind for kind in allowed if kind != PREPAID))

        def done(found: Tenders) -> None:
            if found.lines and found.allowed:
                show(found)
            else:
                say(tr("收据 {no} 没有可以更正的付款方式。用预存缴的请撤销后重缴。", no=receipt_no))

        self._run(job, done, say)

    def check(
        self,
        tenders: Tenders,
        line: int,
        typed: TypedTender,
        reason: str,
        ready: Callable[[RetenderToSign], object],
        say: Say,
    ) -> None:
        """Hold what was typed against the payment as it stands; then it can be signed."""
        hall, who = self._desk.hall, self._desk.who

        def job() -> RetenderToSign:
            wish = RetenderWish(line, (typed.read(),), reason)
            plan = retenders.look(hall, who, tenders.payment_id, wish)
            return RetenderToSign(plan, wish, approvals.look(hall, who, retenders.request(plan, wish)))

        self._run(job, ready, say)

    def carry_out(self, asked: RetenderToSign, signed: Signed) -> RetenderDone:
        """Correct the tender as it was shown and signed; for the writer's lane.

        Raises:
            Refused: those of `services.retenders.correct`.
        """
        return retenders.correct(self._desk.hall, self._desk.who, asked.plan, asked.wish, signed)

    def _run(self, job: Callable[[], T], done: Callable[[T], object], say: Say) -> None:
        self._desk.lanes.run(
            "reader",
            job,
            done,
            lambda refusal: say(sentences(refusal)),
            lambda trouble: say(step_trouble(trouble)),
        )


def line_word(line: PaidTender) -> str:
    """A tender with its amount."""
    return f"{tender_word(line.kind)} {amount(line.amount_fen)}"


def what_is_corrected(asked: RetenderToSign) -> str:
    """The sentence that is signed."""
    plan = asked.plan
    return tr(
        "收据 {no}：{sum} 由{wrong}改为{right}，记在本班。账单和收据号不变。",
        no=plan.paid.receipt_no,
        sum=amount(plan.amount_fen),
        wrong=tender_word(plan.wrong.kind),
        right=tr("、").join(tender_word(tender.kind) for tender in plan.to),
    )


def retender_facts(asked: RetenderToSign) -> tuple[Fact, ...]:
    """What a correction shows of itself before it is signed."""
    plan = asked.plan
    facts = [Fact(tr("户号"), plan.paid.account_no), Fact(tr("原来记的"), line_word(plan.wrong))]
    facts += [
        Fact(tr("改为"), f"{tender_word(x.kind)} {amount(x.amount_fen)} {x.reference or x.document_no}".rstrip())
        for x in plan.to
    ]
    drawer_fen = plan.drawer_fen
    if drawer_fen:
        words = (
            tr("应多 {sum}", sum=amount(drawer_fen)) if drawer_fen > 0 else tr("应少 {sum}", sum=amount(-drawer_fen))
        )
        facts.append(Fact(tr("钱箱"), words))
    return tuple(facts)


def corrected_words(done: RetenderDone) -> str:
    """What is said when it is done."""
    return tr(
        "收据 {no} 的付款方式已更正（{sum}），{by} 签字。",
        no=done.receipt_no,
        sum=amount(done.amount_fen),
        by=done.approver_no,
    )
