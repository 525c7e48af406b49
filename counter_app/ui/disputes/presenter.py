"""Disputes without Qt: what the panels show, what was typed held to it, and carrying it out."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TypeVar

from counter_app.domain.approvals import ApprovalCase
from counter_app.domain.disputes import Decision, DisputeUnknown
from counter_app.domain.money import parse_fen
from counter_app.domain.refusals import Refused
from counter_app.services import approvals, disputes
from counter_app.services.approvals import Signed
from counter_app.services.disputes import BillCase, DecisionWish, DisputeDone, DisputeWish
from counter_app.ui.desk import Desk
from counter_app.ui.disputes.screen import DecideScreen, DisputeChoice, OpenScreen, TypedDecision, TypedOpen
from counter_app.ui.intents import Intents
from counter_app.ui.language import tr
from counter_app.ui.step_trouble import step_trouble
from counter_app.ui.wording import sentences

T = TypeVar("T")
Say = Callable[[str], object]


@dataclass(frozen=True, slots=True)
class DecisionToSign:
    """A decision that is ready to be signed: what it does, why, and the case of whoever signs."""

    of: BillCase
    made: Decision
    wish: DecisionWish
    case: ApprovalCase


class DisputesPresenter:
    """The disputes of one bill; a press after a failed COMMIT asks under the same intent."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk
        self._intents = Intents(desk)

    def look(self, customer_id: int, bill_id: int, show: Callable[[BillCase], object], say: Say) -> None:
        """The bill as it stands."""
        hall, who = self._desk.hall, self._desk.who
        self._read(lambda: disputes.look(hall, who, customer_id, bill_id), show, say)

    def open(
        self, of: BillCase, screen: OpenScreen, typed: TypedOpen, done: Callable[[DisputeDone], object], say: Say
    ) -> None:
        """Contest a line as it was typed."""
        hall, who = self._desk.hall, self._desk.who
        line = next((one.line for one in screen.lines if one.number == typed.line_no), None)
        code = next((one.code for one in screen.reasons if one.number == typed.reason_no), "")
        if line is None:
            say(tr("还没有选争议的是哪一项。请填它的序号。"))
            return

        def job(intent_id: str) -> DisputeDone:
            wish = DisputeWish(line, parse_fen(typed.amount or "0"), code, typed.reason, typed.said)
            return disputes.open_dispute(hall, who, of.customer_id, of.bill.bill_id, wish, intent_id)

        self._write((of.bill.bill_id, typed), job, done, say)

    def release(self, of: BillCase, chosen: DisputeChoice, done: Callable[[DisputeDone], object], say: Say) -> None:
        """Make the frozen part payable again, by the customer's word."""
        hall, who = self._desk.hall, self._desk.who

        def job(intent_id: str) -> DisputeDone:
            return disputes.release(hall, who, of.customer_id, of.bill.bill_id, chosen.dispute_id, intent_id)

        self._write((of.bill.bill_id, chosen.dispute_id), job, done, say)

    def check(
        self,
        of: BillCase,
        screen: DecideScreen,
        typed: TypedDecision,
        ready: Callable[[DecisionToSign], object],
        say: Say,
    ) -> None:
        """Hold what was typed against the bill as it stands; then it can be signed."""
        hall, who = self._desk.hall, self._desk.who
        chosen = next((one for one in screen.disputes if one.number == typed.dispute_no), None)

        def job() -> DecisionToSign:
            if chosen is None:
                raise Refused(DisputeUnknown(of.bill.bill_no))
            wish = DecisionWish(chosen.dispute_id, parse_fen(typed.amount), typed.reason)
            made = disputes.look_decision(hall, who, of, wish)
            return DecisionToSign(of, made, wish, approvals.look(hall, who, disputes.request(of, made, wish)))

        if not typed.amount:
            say(tr("还没有填改小多少。账单不变请填 0。"))
            return
        self._read(job, ready, say)

    def decide(self, asked: DecisionToSign, signed: Signed) -> DisputeDone:
        """Decide as it was shown and signed; for the writer's lane.

        Raises:
            Refused: those of `services.disputes.decide`.
        """
        return disputes.decide(self._desk.hall, self._desk.who, asked.of, asked.made, asked.wish, signed)

    def _read(self, job: Callable[[], T], done: Callable[[T], object], say: Say) -> None:
        self._desk.lanes.run(
            "reader",
            job,
            done,
            lambda refusal: say(sentences(refusal)),
            lambda trouble: say(step_trouble(trouble)),
        )

    def _write(
        self,
        what: tuple[object, ...],
        job: Callable[[str], DisputeDone],
        done: Callable[[DisputeDone], object],
        say: Say,
    ) -> None:
        self._intents.run(
            what,
            job,
            done,
            lambda refusal: say(sentences(refusal)),
            lambda trouble: say(step_trouble(trouble)),
            word=tr("正在保存"),
        )
