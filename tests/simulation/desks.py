"""What is done at a counter beside its customers' bills: money given back, matters finished, lost receipts entered."""

from __future__ import annotations

from counter_app.clock import new_intent_id
from counter_app.domain.refusals import Refused
from counter_app.domain.staff import Role, Session
from counter_app.domain.tasks import CreditWay, OpenTask
from counter_app.services import approvals, lost_receipts, tasks
from counter_app.storage.hall import OpenHall
from counter_app.storage.trouble import MoneyIsOff
from tests.halls import PASSWORD
from tests.simulation.clocks import BEGIN
from tests.simulation.tellers import Teller
from tests.simulation.truth import CREDIT, Told

SUPERVISOR = Session("2001", "王芳", Role.SUPERVISOR, BEGIN)
WAYS: tuple[CreditWay, ...] = ("prepaid", "cash")


def give_back(teller: Teller, hall: OpenHall) -> str:
    """A customer who paid twice gets the money back, in one of the ways, under the supervisor's own password."""
    owed = [task for task in tasks.waiting(hall).tasks if task.has_credit]
    if not owed:
        return "nothing owed"
    task, way = teller.chance.choice(owed), teller.chance.choice(WAYS)

    def act() -> str:
        challenge = tasks.ask(hall, teller.session, task.task_id, way).challenge
        teller.truth.tried[challenge.nonce] = teller.machine
        signed = approvals.sign(hall, teller.session, challenge, staff_no=SUPERVISOR.staff_no, password=PASSWORD)
        settled = tasks.settle(hall, teller.session, task.task_id, way, signed)
        entry_id = teller.entry_of(hall, challenge.nonce)
        teller.truth.hear(Told(challenge.nonce, teller.machine, CREDIT, entry_id, (settled.amount_fen,)))
        return f"given back: {way}"

    return teller.answered("", act)


def finish(teller: Teller, hall: OpenHall) -> str:
    """A supervisor says that a matter without money to give back is done."""
    matters = [task for task in tasks.waiting(hall).tasks if _is_plain(task)]
    if not matters:
        return "nothing to finish"
    task, intent = teller.chance.choice(matters), new_intent_id()
    teller.truth.tried[intent] = teller.machine

    def act() -> str:
        tasks.finish(hall, SUPERVISOR, task.task_id, "已核对", intent)
        return "finished"

    return teller.answered(intent, act)


def bring_receipts(teller: Teller, hall: OpenHall, counter: str) -> str:
    """Customers bring receipts whose payments lay on a destroyed disk, and a supervisor enters each again."""
    truth, done = teller.truth, 0
    for intent in sorted(truth.gone & truth.papers.keys()):
        told, paper = truth.told[intent], truth.papers[intent]
        if told.machine.split("-")[0] != counter:
            continue
        try:
            used_fen = paper.prepaid_used_fen
            entered = lost_receipts.reenter(hall, SUPERVISOR, paper.text, paper.account_no, prepaid_used_fen=used_fen)
        except (Refused, MoneyIsOff):
            continue
        if entered.amount_fen != told.amounts[-1]:
            truth.wrong("I1 durable", f"told {told}, entered again as {entered}")
        truth.reentered[told.entry_id] = entered.amount_fen
        done += 1
    return f"{done} receipts"


def _is_plain(task: OpenTask) -> bool:
    return not task.has_credit and task.kind in ("quarantined", "book_overdrawn", "alarm")
