"""Customers who want to leave: their cases at a simulated desk, step by step, each under an intent of its own."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

from counter_app.clock import new_intent_id
from counter_app.domain.retention import Act, Gate, Signer, Stage
from counter_app.domain.retention_papers import PaperKind
from counter_app.domain.staff import Role, Session
from counter_app.services import (
    mailings,
    retention,
    retention_after,
    retention_feedback,
    retention_papers,
    retention_signing,
)
from counter_app.services.retention_desk import CaseView
from counter_app.services.retention_signing import Wanted
from counter_app.services.signoffs import Signed
from counter_app.storage.hall import OpenHall
from counter_app.storage.papers import Paper
from counter_app.storage.retention import open_case_of
from tests.halls import PASSWORD, Someone
from tests.simulation.cases import ISSUED, OFFERED, OPENED, STEP, WITHDRAWN
from tests.simulation.chance import happens
from tests.simulation.clocks import BEGIN
from tests.simulation.tellers import Teller
from tests.simulation.truth import Told

COLLEAGUE = Session("1002", "王芳", Role.TELLER, BEGIN)
AUDITOR = Session("8001", "王芳", Role.AUDITOR, BEGIN)
MANAGER_NO = "2001"
ID_NUMBER = "11010519491231002X"
LATER_CONTACT = "13912340000"
TELEPHONE = "13511112222"
PENALTY_FEN = 12_000
MOST_STEPS = 7
STEPPED = ("step", "paid")
"""Answers after which the customer still stands there."""

_SERVICE = "SELECT id FROM services WHERE account_id = ?"
_ENDED = "SELECT case_id FROM retention_cases WHERE ended_on IS NOT NULL AND stage <> 'withdrawn' ORDER BY case_id"


def leaver(teller: Teller, hall: OpenHall, someone: Someone) -> str:
    """A customer who wants to leave: the case is opened, or goes on where it stands, by a few steps."""
    desk = Desk(teller, hall, COLLEAGUE if happens(teller.chance, 0.2) else teller.session)
    with hall.reading() as reading:
        row = reading.driver.execute(_SERVICE, (someone.account_id,)).fetchone()
        case_id = None if row is None else open_case_of(reading, row[0])
    if row is None:
        return "no service yet"
    if case_id is None:
        answer = desk.open(row[0], someone.customer_id)
        with hall.reading() as reading:
            case_id = open_case_of(reading, row[0])
        if case_id is None:
            return answer
    answer = "case"
    for _ in range(teller.chance.randint(1, MOST_STEPS)):
        answer = desk.step(retention.view(hall, desk.session, case_id))
        if answer not in STEPPED:
            break
    return f"case: {answer}"


def follow_up(teller: Teller, hall: OpenHall) -> str:
    """What comes behind the desk: the audit, visits, a consent that is taken back."""
    with hall.reading() as reading:
        ended = [row[0] for row in reading.driver.execute(_ENDED).fetchall()]
    if not ended:
        return "no case ended"
    desk = Desk(teller, hall, teller.session)
    return f"ended: {desk.follow(retention.view(hall, desk.session, teller.chance.choice(ended)))}"


class Desk:
    """Whoever works on a case at one machine."""

    def __init__(self, teller: Teller, hall: OpenHall, session: Session) -> None:
        self.teller, self.hall, self.session = teller, hall, session
        self._nonce = ""

    def open(self, service_id: int, customer_id: int) -> str:
        """A case of the service."""
        intent = self._wanted(new_intent_id())
        args = self.hall, self.session, service_id, customer_id, intent
        return self._heard(intent, OPENED, lambda: retention.open_case(*args))

    def step(self, shown: CaseView) -> str:
        """The next step of a case as a teller would choose it."""
        if happens(self.teller.chance, 0.03):
            return self._do(shown, Act.WITHDRAW, retention.withdraw)
        match shown.case.desk:
            case Stage.VALUE_CHECKED | Stage.MANAGER_SIGNED:
                return self._before_talk(shown)
            case Stage.TALKING:
                return self._talking(shown)
            case Stage.REFUSED | Stage.RECEPTIONIST_SIGNED:
                return self._leaving(shown)
            case Stage.CUSTOMER_SIGNED:
                return self._at_gates(shown)
            case Stage.PROCESSING if not shown.case.is_equipment_settled:
                return self._do(shown, Act.RECOVER, retention_after.recover, [("modem", "recovered")])
            case Stage.PROCESSING:
                return self._do(shown, Act.CLOSE, retention_after.close)
        return self.follow(shown)

    def follow(self, shown: CaseView) -> str:
        """What comes when the desk is done."""
        case, chance = shown.case, self.teller.chance
        if shown.form.is_contact_agreed and happens(chance, 0.4):
            # it answers nothing: that it was done is all that anybody is told
            intent = self._wanted(new_intent_id())
            args = self.hall, self.session, case.case_id, intent
            return self._heard(intent, WITHDRAWN, lambda: mailings.withdraw(*args), case.case_id)
        due = [visit.line for visit in case.visits if not visit.is_done]
        if due and happens(chance, 0.5):
            return self._do(shown, Act.VISIT, retention_after.visit, due[0], "content")
        if case.is_audit_passed is None:
            auditor = Desk(self.teller, self.hall, AUDITOR)
            return auditor._do(shown, Act.AUDIT, retention_after.audit)
        return "nothing to follow"

    def _before_talk(self, shown: CaseView) -> str:
        if happens(self.teller.chance, 0.2):
            return self._do(shown, Act.LEAVE_NOW, retention.leave_now)
        if shown.case.is_valued and shown.case.signature(Signer.MANAGER) is None:
            return self._signature(shown, Signer.MANAGER)
        return self._do(shown, Act.TALK, retention.talk)

    def _talking(self, shown: CaseView) -> str:
        case, chance = shown.case, self.teller.chance
        if not case.reasons:
            return self._form(shown)
        asked = [measure.line for measure in case.measures if measure.is_accepted is None]
        if asked:
            return self._do(shown, Act.ANSWER, retention.answer, asked[0], is_yes=happens(chance, 0.4))
        if case.open_feedback is None and happens(chance, 0.2):
            words = f"用不完 {chance.getrandbits(32):x}"
            return self._do(shown, Act.FEED_BACK, retention_feedback.feed_back, words, seals=words.encode("utf-8"))
        if any(measure.is_accepted for measure in case.measures):
            return self._do(shown, Act.KEEP, retention.keep)
        if case.measures and happens(chance, 0.6):
            return self._do(shown, Act.LEAVE, retention.leave)
        if happens(chance, 0.6):
            return self._do(shown, Act.OFFER, retention_signing.offer, "GIFT_FEE", 10, 3)
        wanted = Wanted(Act.OFFER, measure=retention_signing.measure_of(shown, "DISCOUNT", 20, 3))
        return self._do_signed(shown, wanted, retention_signing.offer_signed, "DISCOUNT", 20, 3)

    def _leaving(self, shown: CaseView) -> str:
        case = shown.case
        if not case.reasons and case.desk is Stage.REFUSED:
            return self._form(shown)
        if shown.missing:
            return self._signature(shown, shown.missing[0])
        contract_fen = shown.facts.contract_fen
        if contract_fen and not case.is_waived(contract_fen):
            wanted = Wanted(Act.WAIVE_CONTRACT, words=f"设备已退，电话 {TELEPHONE}")
            return self._do_signed(shown, wanted, retention_signing.waive_contract, wanted.words)
        drawing = b"\x89PNG drawn " + self.teller.chance.randbytes(16)
        return self._do(shown, Act.SIGN_CUSTOMER, retention.sign_customer, drawing, seals=drawing)

    def _at_gates(self, shown: CaseView) -> str:
        case = shown.case
        if happens(self.teller.chance, 0.25):
            intent = self._wanted(new_intent_id())
            args = self.hall, self.session, case.case_id, PaperKind.REGISTER, intent
            return self._heard(intent, ISSUED, lambda: retention_papers.issue(*args))
        if shown.facts.owed_fen:
            return self.teller.pay(self.hall, Someone(case.customer_id, shown.service.account_id))
        left = [gate for gate in Gate if gate not in case.gates]
        if left:
            return self._do(shown, Act.CHECK_GATE, retention.check_gate, left[0])
        return self._do(shown, Act.PROCESS, retention_after.process)

    def _form(self, shown: CaseView) -> str:
        """A revision with what the customer said, and with whether anybody may call."""
        chance = self.teller.chance
        words, is_agreed = f"客户说 {chance.getrandbits(64):x}", happens(chance, 0.6)
        form = replace(
            shown.form,
            reason="PRICE",
            id_number=ID_NUMBER,
            suggestions=words,
            contract_fen=chance.choice((0, 0, PENALTY_FEN)),
            is_contact_agreed=is_agreed,
            agreed_at=self.hall.clock.now() if is_agreed else None,
            later_contact=LATER_CONTACT if is_agreed else "",
        )
        return self._do(shown, Act.SAVE_FORM, retention.save_form, form, seals=words.encode("utf-8"))

    def _signature(self, shown: CaseView, signer: Signer) -> str:
        if shown.case.request(signer) is None:
            return self._do(shown, Act.ASK_SIGNATURE, retention_signing.ask_signature, signer)
        # at times somebody tries who may not: whoever works on the case, or a colleague
        by = self.teller.chance.choice((*(MANAGER_NO,) * 6, "1002", "1001"))
        return self._do_signed(shown, Wanted(Act.SIGN, signer), retention_signing.sign, signer, by=by)

    def _do(
        self, shown: CaseView, act: Act, do: Callable[..., object], *args: Any, seals: bytes = b"", **named: Any
    ) -> str:
        """One step under a fresh intent; `seals` is what must stand in its record."""
        intent, case_id = self._wanted(new_intent_id()), shown.case.case_id
        if seals:
            self.teller.truth.sealed[intent] = seals
        return self._heard(intent, STEP + act, lambda: do(self.hall, self.session, case_id, *args, intent, **named))

    def _do_signed(
        self, shown: CaseView, wanted: Wanted, do: Callable[..., object], *args: Any, by: str = MANAGER_NO
    ) -> str:
        """One step under the signature of a second person."""
        self._nonce = ""

        def act() -> object:
            signed = self._proved(shown, wanted, by)
            return do(self.hall, self.session, shown.case.case_id, *args, signed)

        return self._heard("", STEP + wanted.act, act)

    def _proved(self, shown: CaseView, wanted: Wanted, by: str) -> Signed:
        prove = retention_signing.prove
        signed = prove(self.hall, self.session, shown, wanted, staff_no=by, password=PASSWORD)
        self._nonce = self._wanted(signed.challenge.nonce)
        return signed

    def _wanted(self, intent: str) -> str:
        self.teller.truth.tried[intent] = self.teller.machine
        return intent

    def _heard(self, intent: str, kind: str, act: Callable[[], object], place: str = "") -> str:
        """Do it, and write down what the program told of it."""
        teller = self.teller

        def told() -> str:
            said = act()
            named, amounts = place, tuple[int, ...]()
            if isinstance(said, Paper):
                named = said.paper_no
            elif isinstance(said, CaseView):
                named = said.case.case_no if kind == OPENED else said.case.case_id
                if kind == OFFERED:
                    amounts = (said.case.measures[-1].cost_fen,)
            done = intent or self._nonce
            teller.truth.hear(Told(done, teller.machine, kind, teller.entry_of(self.hall, done), amounts, named))
            return "step"

        answer = teller.answered(intent, told)
        if not intent and answer not in ("step", "uncertain") and self._nonce:
            teller.truth.denied.add(self._nonce)
        return answer
