"""Who may do what: every service that takes a session, with every role; a forbidden call writes nothing (4.3)."""

from __future__ import annotations

import importlib
import inspect
import pkgutil
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

import counter_app.services
from counter_app.clock import new_intent_id
from counter_app.domain import mailing
from counter_app.domain.book_moves import BookMovePlan, BookRefundPlan, MoveWish, Target
from counter_app.domain.book_slips import MOVE_SLIP, SlipBook
from counter_app.domain.customers import HeldBook
from counter_app.domain.day_report import DAY_REPORT, DayFacts
from counter_app.domain.journal import Draft
from counter_app.domain.papers import PaperPerson, facts_text
from counter_app.domain.payments import Tender, Wish, plan
from counter_app.domain.prepaid import Book
from counter_app.domain.proofs import ProofKey
from counter_app.domain.refusals import Refused
from counter_app.domain.relief_planning import ReliefPlan, ReliefWish
from counter_app.domain.reports import Asked, ReportKind, ReportRow
from counter_app.domain.retenders import RetenderPlan, RetenderWish
from counter_app.domain.retention import Act, Gate, Measure, Signer
from counter_app.domain.retention_papers import PaperKind
from counter_app.domain.safe import Deposit, DepositLine
from counter_app.domain.shift_close import Declared, compare
from counter_app.domain.shifts import CashCount
from counter_app.domain.signoffs import Proof
from counter_app.domain.staff import Role, Session, StaffState
from counter_app.domain.staff_refusals import NoRight, PasswordMustChange, SecondPersonNeeded, SignedOut
from counter_app.domain.tasks import OpenTask
from counter_app.domain.undo import UndoPlan, UndoWish
from counter_app.domain.z_report import ShiftReport
from counter_app.services import (
    book_history,
    book_moves,
    book_refunds,
    book_slips,
    credit_slips,
    customer_about,
    customers,
    days,
    deduction_facts,
    deductions,
    deposits,
    disputes,
    drops,
    floats,
    given_payments,
    handovers,
    imports,
    invoices,
    lost_receipts,
    mailings,
    move_targets,
    moves,
    new_epochs,
    papers,
    payments,
    proofs,
    receipts,
    reliefs,
    reports,
    restores,
    retenders,
    retention,
    retention_after,
    retention_feedback,
    retention_lists,
    retention_months,
    retention_papers,
    retention_reveal,
    retention_signing,
    retention_waiting,
    settings,
    shift_close,
    shifts,
    staff,
    tasks,
    topups,
    undo,
    undo_slips,
    upstream,
    z_reports,
)
from counter_app.services.book_refunds import BookRefundWish
from counter_app.services.book_slips import SlipOf
from counter_app.services.papers import Place
from counter_app.services.passwords import make_verifier
from counter_app.services.retention_signing import Wanted
from counter_app.services.signoffs import Signed
from counter_app.services.z_reports import Ending
from counter_app.storage import tables as t
from counter_app.storage.hall import OpenHall
from counter_app.storage.shift_counts import KeptCount
from counter_app.storage.shift_report import read_report
from counter_app.storage.staff import add_staff, set_staff, set_verifier, verifier_of
from tests import halls, leaving

EVERYBODY = frozenset(Role)
COUNTER = frozenset({Role.TELLER, Role.SUPERVISOR})
SEERS = COUNTER | {Role.AUDITOR}
ADMIN = frozenset({Role.ADMIN})
SIGNERS = frozenset({Role.SUPERVISOR})
JOURNAL = frozenset({Role.SUPERVISOR, Role.ADMIN, Role.AUDITOR})
AUDITORS = frozenset({Role.SUPERVISOR, Role.AUDITOR})
NUMBERS = {Role.TELLER: "1001", Role.SUPERVISOR: "2001", Role.ADMIN: "9001", Role.AUDITOR: "8001"}
STRONG = "correct-battery-7"
TODAY = halls.NOW.date()
OCTOBER = TODAY.replace(month=10, day=1)
RETENDERED = RetenderWish(1, (Tender("card", 100, reference="1"),), "实际刷卡")
CONTESTED = disputes.DisputeWish(0, 100, "amount")
LOWERED = disputes.DecisionWish("no such", 0, "清单无误")
MAIL = mailing.Wish(OCTOBER, TODAY)
BY_SUPERVISOR = frozenset({Role.SUPERVISOR})
NOBODY, LET_OFF, NOTHING_OFF = (0, 0), ReliefWish("waive", (), "hardship"), ReliefPlan("waive", (), None, TODAY)
ASKED_REPORT = Asked(ReportKind.DAY, TODAY, TODAY)
NO_MOVE = MoveWish(1, "no such", 100, "改用")
MOVED = BookMovePlan("1", HeldBook(1, 1, "预存", Book("1", 0)), Target(1, "1", 2, "负控购电", "earmarked", (), 1), 100)
CLOSING = BookRefundWish(0, 0, "销户")
TO_USE = SlipOf(MOVE_SLIP, "1", (SlipBook("1", "预存", 100, -100), SlipBook("1", "负控购电", 0, 100)), (), 100, "改用")
BACK = OpenTask(
    "t-slip", "duplicate_payment", None, None, 9_800, None, halls.NOW, None, {"credit_id": "s1:excess"}, "张伟", "1"
)


@dataclass(frozen=True)
class Scene:
    """A hall with everything in it that a call needs."""

    hall: OpenHall
    someone: halls.Someone
    receipt_no: str
    order_id: str
    folder: Path
    case_id: str
    service_id: int
    paper_no: str
    slip_no: str
    undo_shown: UndoPlan
    move_shown: moves.MovePlan
    retender_shown: RetenderPlan
    undo_slip_no: str
    shift_id: str
    z_no: str
    book_slip_no: str


def order(scene: Scene) -> payments.Order:
    wish = Wish((halls.cash(10),))
    who = scene.someone
    previewed = plan(halls.position(scene.hall, who), wish)
    return payments.Order(new_intent_id(), who.customer_id, who.account_id, wish, previewed)


def change(scene: Scene, who: Session) -> None:
    staff.change(scene.hall, who, "1002", name="李静", role=Role.TELLER, state=StaffState.ACTIVE)


def newcomer(scene: Scene) -> Path:
    """A file with a customer whom the hall does not know yet."""
    path = scene.folder / "newcomer.csv"
    path.write_text(f"客户编号,姓名\n{new_intent_id()},周洁\n", "utf-8")
    return path


def proof(scene: Scene, who: Session, wanted: Wanted) -> Signed:
    """Somebody else's sign-off; one that does not fit is enough to come to the question of rights."""
    shown = retention.view(scene.hall, session(Role.TELLER), scene.case_id)
    challenge = retention_signing.challenge_of(who, shown, wanted)
    return Signed(challenge, Proof(challenge.digest, "2001", scene.hall.clock.monotonic_ms()))


def form(scene: Scene, who: Session) -> object:
    shown = retention.view(scene.hall, session(Role.TELLER), scene.case_id)
    return retention.save_form(scene.hall, who, scene.case_id, shown.form, new_intent_id())


def month(scene: Scene, who: Session) -> object:
    return retention_months.sign(
        scene.hall, who, OCTOBER, "", staff_no="2001", password=halls.PASSWORD, intent_id=new_intent_id()
    )


def undone(scene: Scene, who: Session) -> object:
    return undo.undo(scene.hall, who, scene.undo_shown, UndoWish("wish"), [proof(scene, who, ASKED)])


def moved(scene: Scene, who: Session) -> object:
    return moves.move(scene.hall, who, scene.move_shown, UndoWish("wish"), [proof(scene, who, ASKED)])


def contested(scene: Scene, who: Session) -> disputes.BillCase:
    with scene.hall.reading() as reading:
        of_account = "SELECT min(id) FROM bills WHERE account_id = ?"
        found = reading.driver.execute(of_account, (scene.someone.account_id,)).fetchone()
    assert found is not None
    return disputes.look(scene.hall, who, scene.someone.customer_id, found[0])


def decided(scene: Scene, who: Session) -> object:
    shown: Any = None  # the question of rights comes before what was shown
    case = contested(scene, session(Role.TELLER))
    return disputes.decide(scene.hall, who, case, shown, LOWERED, proof(scene, who, ASKED))


def connects(scene: Scene, who: Session) -> object:
    with scene.hall.writing() as work:
        return upstream.who_connects(work, who)


Call = Callable[[Scene, Session], object]
BANKED = Deposit("工行", "J-1", TODAY, (DepositLine("no such", "cash", 1),))
A_DAY = DayFacts(
    *("测试营业厅", "测试公司", "hall", "counter", "3 号台", "HZ01-03-2026-RJ000001", 2026, 1, TODAY, 1, halls.NOW),
    *(PaperPerson("2001", "赵敏"), (), (), (), (), 0, 0),
)
ASKED = Wanted(Act.SIGN, Signer.MANAGER)
FREE = Wanted(Act.OFFER, measure=Measure(1, "FIX", 1, 0, 0))
TABLE: dict[str, tuple[frozenset[Role], Call]] = {
    "customers.open_customer": (SEERS, lambda s, w: customers.open_customer(s.hall, w, s.someone.customer_id)),
    "customers.reveal": (COUNTER, lambda s, w: customers.reveal(s.hall, w, s.someone.customer_id, "name", "核对")),
    "customers.add_note": (SEERS, lambda s, w: customers.add_note(s.hall, w, s.someone.customer_id, "在家")),
    "imports.run_import": (ADMIN, lambda s, w: imports.run_import(s.hall, w, "customers", newcomer(s))),
    "lost_receipts.reenter": (
        frozenset({Role.SUPERVISOR}),
        lambda s, w: lost_receipts.reenter(s.hall, w, "no receipt"),
    ),
    # a supervisor's own number and password beside whoever stands there: test_new_epoch
    "new_epochs.confirm": (EVERYBODY, lambda s, w: new_epochs.confirm(s.hall, w, proof(s, w, ASKED))),
    "payments.begin": (COUNTER, lambda s, w: payments.begin(s.hall, w, new_intent_id(), s.someone.customer_id, 100)),
    "deduction_facts.deduction_facts": (
        SEERS,
        lambda s, w: deduction_facts.deduction_facts(s.hall, w, "ZK20261121-1"),
    ),
    "deductions.run": (frozenset({Role.SUPERVISOR}), lambda s, w: deductions.run(s.hall, w)),
    "payments.take": (COUNTER, lambda s, w: payments.take(s.hall, w, order(s))),
    "receipts.order_print": (
        COUNTER,
        lambda s, w: receipts.order_print(s.hall, w, s.receipt_no, paper="a5", printer="pdf"),
    ),
    "receipts.preview": (SEERS, lambda s, w: receipts.preview(s.hall, w, s.receipt_no, "a5", halls.NOW)),
    "restores.confirm": (COUNTER, lambda s, w: restores.confirm(s.hall, w, s.order_id)),
    "restores.archive": (COUNTER, lambda s, w: restores.archive(s.hall, w, s.order_id)),
    "settings.change_hall": (ADMIN, lambda s, w: settings.change_hall(s.hall, w, footer=new_intent_id())),
    "settings.put": (ADMIN, lambda s, w: settings.put(s.hall, w, "screen.second", w.staff_no)),
    "settings.put of a printer": (EVERYBODY, lambda s, w: settings.put(s.hall, w, "printer.a5", w.staff_no)),
    "settings.put of a path": (ADMIN, lambda s, w: settings.put(s.hall, w, "printer.roll-80", "device:/dev/usb/lp0")),
    "retention.open_case": (
        COUNTER,
        lambda s, w: retention.open_case(s.hall, w, s.service_id, s.someone.customer_id, new_intent_id()),
    ),
    "retention.view": (SEERS, lambda s, w: retention.view(s.hall, w, s.case_id)),
    "retention.save_form": (COUNTER, form),
    "retention.talk": (COUNTER, lambda s, w: retention.talk(s.hall, w, s.case_id, new_intent_id())),
    "retention.answer": (
        COUNTER,
        lambda s, w: retention.answer(s.hall, w, s.case_id, 1, new_intent_id(), is_yes=True),
    ),
    "retention.keep": (COUNTER, lambda s, w: retention.keep(s.hall, w, s.case_id, new_intent_id())),
    "retention.leave": (COUNTER, lambda s, w: retention.leave(s.hall, w, s.case_id, new_intent_id())),
    "retention.leave_now": (COUNTER, lambda s, w: retention.leave_now(s.hall, w, s.case_id, new_intent_id())),
    "retention.sign_customer": (
        COUNTER,
        lambda s, w: retention.sign_customer(s.hall, w, s.case_id, b"drawn", new_intent_id()),
    ),
    "retention.correct": (COUNTER, lambda s, w: retention.correct(s.hall, w, s.case_id, new_intent_id())),
    "retention.check_gate": (
        COUNTER,
        lambda s, w: retention.check_gate(s.hall, w, s.case_id, Gate.ID, new_intent_id()),
    ),
    "retention.withdraw": (COUNTER, lambda s, w: retention.withdraw(s.hall, w, s.case_id, new_intent_id())),
    "retention_signing.ask_signature": (
        COUNTER,
        lambda s, w: retention_signing.ask_signature(s.hall, w, s.case_id, Signer.MANAGER, new_intent_id()),
    ),
    "retention_signing.sign": (
        COUNTER,
        lambda s, w: retention_signing.sign(s.hall, w, s.case_id, Signer.MANAGER, proof(s, w, ASKED)),
    ),
    "retention_signing.decline": (
        COUNTER,
        lambda s, w: retention_signing.decline(s.hall, w, s.case_id, Signer.MANAGER, "不同意", proof(s, w, ASKED)),
    ),
    "retention_signing.stand_in": (
        COUNTER,
        lambda s, w: retention_signing.stand_in(s.hall, w, s.case_id, Signer.MANAGER, "不在厅", new_intent_id()),
    ),
    "retention_signing.offer": (
        COUNTER,
        lambda s, w: retention_signing.offer(s.hall, w, s.case_id, "FIX", 1, 0, new_intent_id()),
    ),
    "retention_signing.offer_signed": (
        COUNTER,
        lambda s, w: retention_signing.offer_signed(s.hall, w, s.case_id, "FIX", 1, 0, proof(s, w, FREE)),
    ),
    "retention_signing.ask_offer": (
        COUNTER,
        lambda s, w: retention_signing.ask_offer(s.hall, w, s.case_id, "FIX", 1, 0, new_intent_id()),
    ),
    "retention_signing.decline_offer": (
        COUNTER,
        lambda s, w: retention_signing.decline_offer(
            s.hall, w, s.case_id, Measure(1, "FIX", 1, 0, 0), "太贵", proof(s, w, FREE)
        ),
    ),
    "retention_signing.waive_contract": (
        COUNTER,
        lambda s, w: retention_signing.waive_contract(s.hall, w, s.case_id, "设备已退", proof(s, w, ASKED)),
    ),
    "retention_after.process": (COUNTER, lambda s, w: retention_after.process(s.hall, w, s.case_id, new_intent_id())),
    "retention_after.recover": (
        COUNTER,
        lambda s, w: retention_after.recover(s.hall, w, s.case_id, (), new_intent_id()),
    ),
    "retention_after.close": (COUNTER, lambda s, w: retention_after.close(s.hall, w, s.case_id, new_intent_id())),
    "retention_after.audit": (
        AUDITORS,
        lambda s, w: retention_after.audit(s.hall, w, s.case_id, new_intent_id()),
    ),
    "retention_after.visit": (
        COUNTER,
        lambda s, w: retention_after.visit(s.hall, w, s.case_id, 1, "content", new_intent_id()),
    ),
    "retention_after.hand_over": (
        frozenset({Role.SUPERVISOR}),
        lambda s, w: retention_after.hand_over(s.hall, w, s.case_id, "1002", new_intent_id()),
    ),
    "retention_after.reentry_of": (SEERS, lambda s, w: retention_after.reentry_of(s.hall, w, s.someone.customer_id, 0)),
    "retention_after.come_back": (
        COUNTER,
        lambda s, w: retention_after.come_back(s.hall, w, s.case_id, new_intent_id()),
    ),
    "retention_after.holds_of": (SEERS, lambda s, w: retention_after.holds_of(s.hall, w, "13810002345")),
    **{
        f"retention_lists.{name}": (roles, call)
        for name, roles, call in (
            ("library", SEERS, lambda s, w: retention_lists.library(s.hall, w, "left", TODAY, TODAY)),
            ("export", COUNTER, lambda s, w: retention_lists.export(s.hall, w, "left", TODAY, TODAY)),
            ("to_audit", AUDITORS, lambda s, w: retention_lists.to_audit(s.hall, w)),
            ("visits_due", SEERS, lambda s, w: retention_lists.visits_due(s.hall, w)),
            ("visits_of_case", SEERS, lambda s, w: retention_lists.visits_of_case(s.hall, w, s.case_id)),
            ("teller_errors", SEERS, lambda s, w: retention_lists.teller_errors(s.hall, w, TODAY)),
            ("errors_of_a_year", SEERS, lambda s, w: retention_lists.errors_of_a_year(s.hall, w)),
            ("rates", SEERS, lambda s, w: retention_lists.rates(s.hall, w, TODAY, TODAY)),
            ("silent", SEERS, lambda s, w: retention_lists.silent(s.hall, w)),
        )
    },
    **{
        f"mailings.{name}": (roles, call)
        for name, roles, call in (
            ("listed", SEERS, lambda s, w: mailings.listed(s.hall, w, MAIL)),
            ("waiting", SEERS, lambda s, w: mailings.waiting(s.hall, w)),
            ("take", COUNTER, lambda s, w: mailings.take(s.hall, w, MAIL, "套餐", "寄送", customers=())),
            ("note_sent", COUNTER, lambda s, w: mailings.note_sent(s.hall, w, "no such", TODAY, new_intent_id())),
            ("note_dropped", COUNTER, lambda s, w: mailings.note_dropped(s.hall, w, "no such", new_intent_id())),
            ("withdraw", COUNTER, lambda s, w: mailings.withdraw(s.hall, w, s.case_id, new_intent_id())),
        )
    },
    "customer_about.about": (SEERS, lambda s, w: customer_about.about(s.hall, w, s.someone.customer_id)),
    "retention_feedback.feed_back": (
        COUNTER,
        lambda s, w: retention_feedback.feed_back(s.hall, w, s.case_id, "信号差", new_intent_id()),
    ),
    "retention_feedback.take_up": (
        frozenset({Role.SUPERVISOR}),
        lambda s, w: retention_feedback.take_up(s.hall, w, s.case_id, 1, "已报网络部", new_intent_id()),
    ),
    "retention_feedback.fed_back": (SEERS, lambda s, w: retention_feedback.fed_back(s.hall, w)),
    "retention_feedback.waiting": (SEERS, lambda s, w: retention_feedback.waiting(s.hall, w)),
    "retention_reveal.reveal": (
        COUNTER,
        lambda s, w: retention_reveal.reveal(s.hall, w, s.case_id, "id_number", "核对"),
    ),
    "retention_months.read": (SEERS, lambda s, w: retention_months.read(s.hall, w, OCTOBER)),
    # a supervisor's own number and password beside it: test_retention_months
    "retention_months.sign": (SEERS, month),
    "retention_papers.issue": (
        COUNTER,
        lambda s, w: retention_papers.issue(s.hall, w, s.case_id, PaperKind.REGISTER, new_intent_id()),
    ),
    "retention_papers.papers": (SEERS, lambda s, w: retention_papers.papers(s.hall, w, s.case_id)),
    "retention_papers.standing": (SEERS, lambda s, w: retention_papers.standing(s.hall, w, s.case_id)),
    "retention_papers.preview": (SEERS, lambda s, w: retention_papers.preview(s.hall, w, "no such", paper="a4")),
    "retention_papers.order_print": (
        COUNTER,
        lambda s, w: retention_papers.order_print(s.hall, w, s.paper_no, paper="a4", printer="pdf"),
    ),
    "retention_waiting.at_desk": (SEERS, lambda s, w: retention_waiting.at_desk(s.hall, w)),
    "retention_waiting.waiting": (SEERS, lambda s, w: retention_waiting.waiting(s.hall, w)),
    "shifts.open_shift": (COUNTER, lambda s, w: shifts.open_shift(s.hall, w, CashCount({100: 1}), new_intent_id())),
    "floats.ask": (COUNTER, lambda s, w: floats.ask(s.hall, w, CashCount({100: 1}), new_intent_id())),
    "floats.look": (COUNTER, lambda s, w: floats.look(s.hall, w)),
    "floats.issue": (COUNTER, lambda s, w: floats.issue(s.hall, w, proof(s, w, ASKED))),
    "floats.accept": (COUNTER, lambda s, w: floats.accept(s.hall, w, CashCount({100: 1}), new_intent_id())),
    "floats.refuse": (COUNTER, lambda s, w: floats.refuse(s.hall, w, "少", new_intent_id())),
    "floats.put_in": (SIGNERS, lambda s, w: floats.put_in(s.hall, w, CashCount({100: 1}), "领款", new_intent_id())),
    "drops.look": (COUNTER, lambda s, w: drops.look(s.hall, w, CashCount({100: 1}))),
    "drops.drop": (COUNTER, lambda s, w: drops.drop(s.hall, w, CashCount({100: 1}), proof(s, w, ASKED))),
    "deposits.waiting": (JOURNAL, lambda s, w: deposits.waiting(s.hall, w)),
    "deposits.cash_in_safe": (JOURNAL, lambda s, w: deposits.cash_in_safe(s.hall, w)),
    "deposits.made": (JOURNAL, lambda s, w: deposits.made(s.hall, w)),
    "deposits.deposit": (SIGNERS, lambda s, w: deposits.deposit(s.hall, w, BANKED, new_intent_id())),
    "proofs.of_shift": (COUNTER, lambda s, w: proofs.of_shift(s.hall, w)),
    "proofs.missing": (JOURNAL, lambda s, w: proofs.missing(s.hall, w)),
    "proofs.found": (
        SIGNERS,
        lambda s, w: proofs.found(s.hall, w, ProofKey("no such", 1), "找到", new_intent_id()),
    ),
    "days.waiting": (JOURNAL, lambda s, w: days.waiting(s.hall, w)),
    "days.close": (SIGNERS, lambda s, w: days.close(s.hall, w, TODAY, new_intent_id())),
    "days.preview": (COUNTER, lambda s, w: days.preview(s.hall, w, A_DAY.paper_no)),
    "days.order_print": (COUNTER, lambda s, w: days.order_print(s.hall, w, A_DAY.paper_no, printer="pdf")),
    "shifts.move_cash": (COUNTER, lambda s, w: shifts.move_cash(s.hall, w, 100, "零钱", new_intent_id())),
    "shifts.open_drawer": (COUNTER, lambda s, w: shifts.open_drawer(s.hall, w, "零钱")),
    "shift_close.count": (
        COUNTER,
        lambda s, w: shift_close.count(s.hall, w, Declared(CashCount({100: 1})), new_intent_id()),
    ),
    "shift_close.counted": (COUNTER, lambda s, w: shift_close.counted(s.hall, w)),
    "shift_close.look": (COUNTER, lambda s, w: shift_close.look(s.hall, w, "少")),
    "shift_close.close": (COUNTER, lambda s, w: shift_close.close(s.hall, w, "少", new_intent_id())),
    # a teller sees the own shift once it is counted, the others any
    "shift_close.x_report": (EVERYBODY, lambda s, w: shift_close.x_report(s.hall, w)),
    "shift_close.entries_behind": (EVERYBODY, lambda s, w: shift_close.entries_behind(s.hall, w, s.shift_id, ())),
    "z_reports.preview": (COUNTER, lambda s, w: z_reports.preview(s.hall, w, s.z_no)),
    "z_reports.order_print": (COUNTER, lambda s, w: z_reports.order_print(s.hall, w, s.z_no, printer="pdf")),
    # a teller gets what is about the own shifts, and of an open one nothing before its count: test_reports
    "reports.make": (EVERYBODY, lambda s, w: reports.make(s.hall, w, ASKED_REPORT)),
    "reports.entries_behind": (EVERYBODY, lambda s, w: reports.entries_behind(s.hall, w, ReportRow(()))),
    "reports.save": (
        EVERYBODY,
        lambda s, w: reports.save(
            s.hall, w, reports.make(s.hall, w, ASKED_REPORT), s.folder / f"{new_intent_id()}.csv"
        ),
    ),
    "invoices.note": (
        COUNTER,
        lambda s, w: invoices.note(s.hall, w, s.receipt_no, new_intent_id(), TODAY, new_intent_id()),
    ),
    "retenders.tenders_of": (
        COUNTER,
        lambda s, w: retenders.tenders_of(s.hall, w, s.undo_shown.paid.payment_id),
    ),
    "retenders.look": (
        COUNTER,
        lambda s, w: retenders.look(s.hall, w, s.undo_shown.paid.payment_id, RETENDERED),
    ),
    "retenders.correct": (
        COUNTER,
        lambda s, w: retenders.correct(s.hall, w, s.retender_shown, RETENDERED, proof(s, w, ASKED)),
    ),
    "move_targets.targets": (SEERS, lambda s, w: move_targets.targets(s.hall, w, "2345")),
    "moves.look": (
        COUNTER,
        lambda s, w: moves.look(s.hall, w, s.undo_shown.paid.payment_id, s.someone.account_id),
    ),
    "moves.move": (COUNTER, moved),
    "disputes.look": (SEERS, contested),
    "disputes.open_dispute": (
        COUNTER,
        lambda s, w: disputes.open_dispute(s.hall, w, s.someone.customer_id, 1, CONTESTED, new_intent_id()),
    ),
    "disputes.release": (
        COUNTER,
        lambda s, w: disputes.release(s.hall, w, s.someone.customer_id, 1, "no such", new_intent_id()),
    ),
    "disputes.look_decision": (
        COUNTER,
        lambda s, w: disputes.look_decision(s.hall, w, contested(s, session(Role.TELLER)), LOWERED),
    ),
    "disputes.decide": (COUNTER, decided),
    "book_history.history": (SEERS, lambda s, w: book_history.history(s.hall, w, s.someone.account_id)),
    "book_moves.choices": (
        COUNTER,
        lambda s, w: book_moves.choices(s.hall, w, s.someone.customer_id, s.someone.account_id),
    ),
    "book_moves.look": (
        COUNTER,
        lambda s, w: book_moves.look(s.hall, w, s.someone.customer_id, s.someone.account_id, NO_MOVE),
    ),
    "book_moves.move": (
        COUNTER,
        lambda s, w: book_moves.move(s.hall, w, s.someone.customer_id, MOVED, NO_MOVE, new_intent_id()),
    ),
    "book_refunds.look": (COUNTER, lambda s, w: book_refunds.look(s.hall, w, CLOSING)),
    "book_refunds.refund": (
        COUNTER,
        lambda s, w: book_refunds.refund(s.hall, w, BookRefundPlan("1", (), ()), CLOSING, proof(s, w, ASKED)),
    ),
    "topups.give": (
        COUNTER,
        lambda s, w: topups.give(s.hall, w, (s.someone.customer_id, s.someone.account_id), "no", new_intent_id()),
    ),
    "book_slips.order_print": (
        COUNTER,
        lambda s, w: book_slips.order_print(s.hall, w, s.book_slip_no, paper="a5", printer="pdf"),
    ),
    "handovers.look": (COUNTER, lambda s, w: handovers.look(s.hall, w, "换班")),
    "handovers.hand_over": (COUNTER, lambda s, w: handovers.hand_over(s.hall, w, "换班", proof(s, w, ASKED))),
    **{
        f"reliefs.{name}": (roles, call)
        for name, roles, call in (
            ("look", COUNTER, lambda s, w: reliefs.look(s.hall, w, *NOBODY, LET_OFF)),
            ("ask", COUNTER, lambda s, w: reliefs.ask(s.hall, w, *NOBODY, LET_OFF, NOTHING_OFF, new_intent_id())),
            ("view", SEERS, lambda s, w: reliefs.view(s.hall, w, "no such")),
            ("waiting", SEERS, lambda s, w: reliefs.waiting(s.hall, w)),
            ("of_bill", SEERS, lambda s, w: reliefs.of_bill(s.hall, w, *NOBODY)),
            ("case_of", COUNTER, lambda s, w: reliefs.case_of(s.hall, w, "no such")),
            ("approve", COUNTER, lambda s, w: reliefs.approve(s.hall, w, "no such", proof(s, w, ASKED))),
            ("decline", BY_SUPERVISOR, lambda s, w: reliefs.decline(s.hall, w, "n", "不", new_intent_id())),
            ("withdraw", COUNTER, lambda s, w: reliefs.withdraw(s.hall, w, "no such", new_intent_id())),
            ("end_deferral", COUNTER, lambda s, w: reliefs.end_deferral(s.hall, w, "n", "不", new_intent_id())),
            ("case_of_end", COUNTER, lambda s, w: reliefs.case_of_end(s.hall, w, "no such", "不")),
            ("end_waiver", COUNTER, lambda s, w: reliefs.end_waiver(s.hall, w, "n", "不", proof(s, w, ASKED))),
        )
    },
    "undo.look": (COUNTER, lambda s, w: undo.look(s.hall, w, s.undo_shown.paid.payment_id)),
    "undo.undo": (COUNTER, undone),
    "undo_slips.order_print": (
        COUNTER,
        lambda s, w: undo_slips.order_print(s.hall, w, s.undo_slip_no, paper="a5", printer="pdf"),
    ),
    "upstream.who_connects": (ADMIN, connects),
    "credit_slips.issued": (COUNTER, lambda s, w: credit_slips.issued(s.hall, w)),
    "credit_slips.order_print": (
        COUNTER,
        lambda s, w: credit_slips.order_print(s.hall, w, s.slip_no, paper="a5", printer="pdf"),
    ),
    "given_payments.listed": (JOURNAL, lambda s, w: given_payments.listed(s.hall, w)),
    "tasks.settle": (COUNTER, lambda s, w: tasks.settle(s.hall, w, "no such", "prepaid", proof(s, w, ASKED))),
    "tasks.finish": (
        frozenset({Role.SUPERVISOR}),
        lambda s, w: tasks.finish(s.hall, w, "no such", "已联系", new_intent_id()),
    ),
    "staff.unlock": (EVERYBODY, lambda s, w: staff.unlock(s.hall, w, halls.PASSWORD)),
    "staff.sign_out": (EVERYBODY, lambda s, w: staff.sign_out(s.hall, w)),
    "staff.change_own_password": (
        EVERYBODY,
        lambda s, w: staff.change_own_password(s.hall, w, halls.PASSWORD, STRONG),
    ),
    "staff.add": (ADMIN, lambda s, w: staff.add(s.hall, w, "1003", "周洁", Role.TELLER, STRONG)),
    "staff.change": (ADMIN, change),
    "staff.reset_password": (ADMIN, lambda s, w: staff.reset_password(s.hall, w, "1002", STRONG)),
}
PARTS = {
    "papers.next_mark": "a part of the previews above",
    "papers.order": "a part of the prints above",
    "book_moves.ask": "what the screen shows, made into one number",
    "book_refunds.ask": "what the screen shows, made into one number",
    "book_slips.issue": "a part of moving prepaid money and of giving it back",
    "noting.write_note": "a part of leaving a note and of opening a dispute",
    "authority.still": "asks the question itself",
    "credit_slips.issue": "a part of giving money back",
    "payments.own_shift": "a question inside of the acts above",
    "receipt_facts.facts_of": "the words of a payment that was allowed already",
    "prints.order": "a part of the prints above",
    "retention_paper_facts.head_of": "the words of a paper that was allowed already",
    "retention_desk.take_step": "asks the question for every step of a case",
    "retention_desk.resolve": "looks a step up that was allowed already",
    "retention_desk.view_of": "a part of the steps above",
    "retention_desk.facts_of": "a part of the steps above",
    "retention_signing.challenge_of": "what the screen shows, made into one number",
    "retention_signing.prove": "the second person's own right, see test_retention",
    "new_epochs.ask": "what the screen shows, made into one number",
    "shift_clock.ask": "what the screen shows, made into one number",
    "shifts.ask_cash": "what the screen shows, made into one number",
    "shift_clock.hold": "a part of opening a shift",
    "tasks.ask": "what the screen shows, made into one number",
    "approvals.need": "what the pack asks for, a question inside of the acts above",
    "approvals.ask": "what the screen shows, made into one number",
    "approvals.look": "what the screen shows of an act that asks the question itself",
    "approvals.sign": "the second person's own right, see test_approvals",
    "approvals.hold": "a question inside of the acts above",
    "undo_recording.record": "a part of undoing and of moving",
    **{f"relief_recording.record_{name}": "a part of the acts above" for name in ("asked", "decided", "ended")},
    "payments.record": "a part of taking a payment and of moving one",
    "undo_slips.issue": "a part of undoing a payment",
    "z_reports.issue": "a part of closing a shift",
    "shifts.start": "a part of opening a shift",
    "shift_ending.end": "a part of closing a shift and of handing its drawer over",
    "signoffs.ask": "what the screen shows, made into one number",
    "signoffs.sign": "the second person's own right, see test_retention",
    "signoffs.hold": "a question inside of the acts above",
}
"""Functions with a session that no screen calls."""
ITS_OWN = {name for name, (roles, _) in TABLE.items() if name.startswith("staff.") and roles == EVERYBODY}
"""Signing in and out, and changing one's own password."""
READS = {
    "days.preview",
    "z_reports.preview",
    "days.waiting",
    "book_history.history",
    "book_moves.choices",
    "book_moves.look",
    "book_refunds.look",
    "disputes.look",
    "disputes.look_decision",
    "deposits.waiting",
    "deposits.cash_in_safe",
    "deposits.made",
    "drops.look",
    "floats.look",
    "proofs.of_shift",
    "proofs.missing",
    "credit_slips.issued",
    "customer_about.about",
    "customers.open_customer",
    "given_payments.listed",
    "mailings.listed",
    "mailings.waiting",
    "receipts.preview",
    "undo.look",
    *(f"reliefs.{name}" for name in ("look", "view", "waiting", "of_bill", "case_of", "case_of_end")),
    "move_targets.targets",
    "moves.look",
    "retenders.look",
    "retenders.tenders_of",
    "retention.view",
    "retention_after.reentry_of",
    "retention_after.holds_of",
    "retention_feedback.fed_back",
    "retention_feedback.waiting",
    "retention_months.read",
    "retention_papers.papers",
    "retention_papers.standing",
    "retention_papers.preview",
    "retention_waiting.at_desk",
    "retention_waiting.waiting",
    "handovers.look",
    "shift_close.counted",
    "shift_close.look",
    "shift_close.x_report",
    "shift_close.entries_behind",
    "reports.make",
    "reports.entries_behind",
    "reports.save",
} | {name for name in TABLE if name.startswith("retention_lists.") and name != "retention_lists.export"}
ASKED_AGAIN = sorted(set(TABLE) - READS - ITS_OWN)
"""The acts that write: each asks again whether the session still holds."""


@pytest.fixture(scope="module")
def scene(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Scene]:
    folder = tmp_path_factory.mktemp("roles")
    hall = halls.a_hall(folder / "hall")
    with hall.writing() as work:
        add_staff(work, "8001", "严正", Role.AUDITOR, make_verifier(halls.PASSWORD, is_cheap=True))
    away = halls.three_months_behind(hall, no="10002399")
    with hall.writing() as work:
        work.driver.execute("UPDATE services SET state='stopped', state_reason='arrears'")
    shift = halls.an_open_shift(hall)
    _, taken = halls.pay(hall, away, halls.cash(500))
    (running,) = restores.running(hall)
    someone = halls.three_months_behind(hall)
    line = leaving.a_line(hall, no="10002377", is_vip=True)
    case_id = leaving.open_case(hall, line).case.case_id
    paper_no = retention_papers.issue(hall, leaving.TELLER, case_id, PaperKind.REGISTER, new_intent_id()).paper_no
    with hall.reading() as reading:
        (service_id,) = reading.driver.execute(
            "SELECT id FROM services WHERE account_id = ?", (someone.account_id,)
        ).fetchone() or (0,)
    with hall.writing() as work:
        slip_no = credit_slips.issue(hall, work, leaving.TELLER, BACK, "2001", halls.NOW)
    shown = undo.look(hall, session(Role.TELLER), taken.payment_id)
    corrected = retenders.look(hall, session(Role.TELLER), taken.payment_id, RETENDERED)
    to_move = moves.look(hall, session(Role.TELLER), taken.payment_id, someone.account_id)
    with hall.writing() as work:
        entry = hall.journal.append(work, Draft("note", {}, "1001", halls.NOW.date()))
        wish = UndoWish("wish")
        undo_slip_no = undo_slips.issue(hall, work, leaving.TELLER, shown, wish, entry, ("2001",), halls.NOW)
        customer, _ = payments.position_of(hall, work, someone.customer_id, someone.account_id, None)
        book_slip_no = book_slips.issue(hall, work, leaving.TELLER, entry, TO_USE, customer, (), halls.NOW)
        report = read_report(work, shift)
        assert isinstance(report, ShiftReport)
        count = KeptCount(0, "", 1, halls.NOW, "1001", Declared(CashCount({})))
        ending = Ending((count,), compare(report, count.declared), "少", (), halls.NOW)
        z_no = z_reports.issue(hall, work, leaving.TELLER, report, ending).paper_no
    with hall.writing() as work:
        place = Place(A_DAY.paper_no, DAY_REPORT, 2026, 1, ("day", A_DAY.day))
        papers.issue(hall, work, place, facts_text(A_DAY), staff_no="2001", business_date=TODAY)
    yield Scene(
        *(hall, someone, taken.receipt_no, running.order_id, folder, case_id, service_id, paper_no, slip_no),
        *(shown, to_move, corrected, undo_slip_no, shift.shift_id, z_no, book_slip_no),
    )
    hall.close()


def everything(hall: OpenHall) -> dict[str, list[tuple[object, ...]]]:
    with hall.reading() as reading:
        return {
            name: [tuple(row) for row in reading.driver.execute(f"SELECT * FROM {name}").fetchall()]
            for name in t.hall.metadata.tables
        }


def refusal_of(scene: Scene, call: Call, role: Role) -> object:
    try:
        call(scene, session(role))
    except Refused as refused:
        return type(refused.refusal)
    except FileNotFoundError:
        return FileNotFoundError
    return None


def session(role: Role) -> Session:
    return Session(NUMBERS[role], "某人", role, halls.NOW)


def one_of(allowed: frozenset[Role]) -> Role:
    return next(role for role in (Role.ADMIN, Role.TELLER, Role.SUPERVISOR) if role in allowed)


def taking_a_session() -> set[str]:
    found = set()
    for module in pkgutil.iter_modules(counter_app.services.__path__):
        room = importlib.import_module(f"counter_app.services.{module.name}")
        for name, function in vars(room).items():
            if inspect.isfunction(function) and function.__module__ == room.__name__ and not name.startswith("_"):
                taken = {k: v for k, v in function.__annotations__.items() if k != "return"}
                if any("Session" in str(kind) for kind in taken.values()):
                    found.add(f"{module.name}.{name}")
    return found


def test_every_service_that_takes_a_session_is_in_the_table() -> None:
    assert taking_a_session() == {name.split(" of ")[0] for name in TABLE} | set(PARTS)


@pytest.mark.parametrize("role", list(Role))
@pytest.mark.parametrize("name", list(TABLE))
def test_a_role_without_the_right_is_refused_and_writes_nothing(scene: Scene, name: str, role: Role) -> None:
    allowed, call = TABLE[name]
    before = everything(scene.hall)
    if role in allowed:
        assert refusal_of(scene, call, role) not in (NoRight, SignedOut)  # something else may be in the way
        return
    with pytest.raises(Refused) as refused:
        call(scene, session(role))
    assert isinstance(refused.value.refusal, NoRight)
    assert set(refused.value.refusal.who) == allowed
    assert everything(scene.hall) == before


@pytest.mark.parametrize("why", ["locked", "left", "role", "unknown"])
@pytest.mark.parametrize("name", ASKED_AGAIN)
def test_who_was_locked_left_or_got_another_role_acts_no_longer(scene: Scene, name: str, why: str) -> None:
    allowed, call = TABLE[name]
    role = one_of(allowed)
    staff_no = "0000" if why == "unknown" else NUMBERS[role]
    with scene.hall.writing() as work:
        now = Role.AUDITOR if why == "role" else role
        set_staff(work, staff_no, "某人", now, StaffState(why) if why in ("locked", "left") else StaffState.ACTIVE)
    before = everything(scene.hall)
    try:
        with pytest.raises(Refused) as refused:
            call(scene, Session(staff_no, "某人", role, halls.NOW))
        assert refused.value.refusal == SignedOut(staff_no, why)
        assert everything(scene.hall) == before
    finally:
        with scene.hall.writing() as work:
            set_staff(work, staff_no, "某人", role, StaffState.ACTIVE)


@pytest.mark.parametrize(
    ("name", "is_known_to_session"),
    # an act that only reads asks the session; a reset counts from the next act that writes
    [*((name, True) for name in sorted(set(TABLE) - ITS_OWN)), *((name, False) for name in ASKED_AGAIN)],
)
def test_who_still_has_a_first_password_does_nothing_at_all(scene: Scene, name: str, is_known_to_session: bool) -> None:
    allowed, call = TABLE[name]
    role = one_of(allowed)
    with scene.hall.writing() as work:
        verifier = verifier_of(work, NUMBERS[role])
        set_verifier(work, NUMBERS[role], verifier, must_change=True)
    before = everything(scene.hall)
    try:
        with pytest.raises(Refused) as refused:
            call(scene, session(role)._replace(must_change_password=is_known_to_session))
        assert refused.value.refusal == PasswordMustChange(NUMBERS[role])
        assert everything(scene.hall) == before
    finally:
        with scene.hall.writing() as work:
            set_verifier(work, NUMBERS[role], verifier, must_change=False)


def test_a_pause_after_wrong_passwords_stops_nobody_who_is_at_work(scene: Scene) -> None:
    for _ in range(5):
        with pytest.raises(Refused):
            staff.sign_in(scene.hall, "2001", "wrong-password")
    customers.reveal(scene.hall, session(Role.SUPERVISOR), scene.someone.customer_id, "name", "核对")


def test_an_admin_who_left_signs_for_nobody(scene: Scene) -> None:
    with scene.hall.writing() as work:
        for staff_no, state in (("9002", StaffState.ACTIVE), ("9003", StaffState.LEFT)):
            add_staff(work, staff_no, "吴刚", Role.ADMIN, "")
            set_staff(work, staff_no, "吴刚", Role.ADMIN, state)
    with pytest.raises(Refused) as refused:
        staff.add(scene.hall, session(Role.ADMIN), "1004", "周洁", Role.TELLER, STRONG, approver="9003")
    assert refused.value.refusal == SecondPersonNeeded("9001")
    staff.add(scene.hall, session(Role.ADMIN), "1004", "周洁", Role.TELLER, STRONG, approver="9002")


def test_asking_again_is_one_read_by_primary_key(scene: Scene) -> None:
    from counter_app.domain.staff import Right
    from counter_app.services.authority import still

    asked: list[str] = []
    with scene.hall.writing() as work:
        driver: Any = work.driver
        driver.set_trace_callback(asked.append)
        try:
            still(work, session(Role.TELLER), Right.TAKE_PAYMENT)
        finally:
            driver.set_trace_callback(None)
        (question,) = asked
        (step,) = work.driver.execute(f"EXPLAIN QUERY PLAN {question}").fetchall()
    assert "SEARCH staff USING PRIMARY KEY (staff_no=?)" in str(step)
