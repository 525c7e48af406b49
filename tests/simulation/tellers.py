"""Tellers of a simulated hall: they press what the screens offer, and the truth writes down what they were told."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field
from random import Random

from counter_app.clock import new_intent_id
from counter_app.domain.journal import Draft
from counter_app.domain.payments import Plan, Wish
from counter_app.domain.refusals import Refused
from counter_app.domain.shifts import CashCount, ShiftSheet
from counter_app.domain.staff import Role, Session
from counter_app.services import approvals, new_epochs, payments, receipts, restores, shifts
from counter_app.services import hall as services
from counter_app.services.approvals import Signed
from counter_app.storage.hall import OpenHall
from counter_app.storage.shifts import open_shift_of
from counter_app.storage.trouble import CommitUncertain, MoneyIsOff, NotRecorded, StoreTrouble
from tests.faults.teller import decide
from tests.halls import PASSWORD, Someone, close_shift
from tests.simulation.chance import happens
from tests.simulation.clocks import BEGIN
from tests.simulation.truth import CASH_IN, CASH_OUT, CLOSE, NEWER_KIND, OPEN, Paper, Told, Truth, told_of

REASON = "换零钱"
TELLERS = ("1001", "1002")


@dataclass
class Teller:
    """Who sits at one machine, and what of her work the program has left without an answer."""

    machine: str
    truth: Truth
    chance: Random
    staff_no: str = TELLERS[0]
    said: list[str] = field(default_factory=list)
    """What the program said no with, by name, since it was last asked."""

    @property
    def session(self) -> Session:
        """She is signed in."""
        return Session(self.staff_no, "王芳", Role.TELLER, BEGIN)

    def look_after_restart(self, hall: OpenHall) -> None:
        """The first page after a start says what became of every intent whose end nobody has seen."""
        for answer in services.answers(hall):
            intent = answer.intent.intent_id
            if answer.taken is not None:
                self._hear(hall, intent, answer.taken)
            else:
                self.truth.denied.add(intent)
            # on a full disk she is shown it once more
            with suppress(CommitUncertain, StoreTrouble):
                services.seen(hall, intent)

    def pay(self, hall: OpenHall, someone: Someone) -> str:
        """A customer pays; returns what the program answered, in a word."""
        intent = self._new_intent()

        def act() -> str:
            wish, previewed = self._wanted(hall, someone)
            payments.begin(hall, self.session, intent, someone.customer_id, 1)
            order = payments.Order(intent, someone.customer_id, someone.account_id, wish, previewed)
            self._hear(hall, intent, payments.take(hall, self.session, order))
            services.seen(hall, intent)
            return "paid"

        return self.answered(intent, act)

    def run_shift(self, hall: OpenHall, kind: str) -> str:
        """One act of the shift: opening, closing, cash in or out, as far as the drawer allows."""
        sheet = shifts.sheet(hall)
        if (sheet is None) is not (kind == OPEN):
            return "not now"
        intent = self._new_intent()
        return self.answered(intent, lambda: self._carry_out(hall, kind, intent, sheet))

    def confirm_restores(self, hall: OpenHall) -> str:
        """The network has brought services back: orders are confirmed, and put away the next time."""

        def act() -> str:
            for order in restores.running(hall)[:2]:
                do = restores.confirm if order.state == "sent" else restores.archive
                do(hall, self.session, order.order_id)
            return "restored"

        return self.answered("", act)

    def write_newer(self, hall: OpenHall) -> str:
        """A counter of a newer version writes an entry that this version of the hub does not know."""

        def act() -> str:
            draft = Draft(NEWER_KIND, {"what": "new"}, self.staff_no, hall.clock.now().date())
            with hall.writing() as work:
                hall.journal.append(work, draft)
            return "newer entry"

        return self.answered("", act)

    def confirm_file(self, hall: OpenHall) -> str:
        """A supervisor confirms at the teller's screen that this file goes on as this counter."""

        def act() -> str:
            if new_epochs.standing(hall) is None:
                return "nothing to confirm"
            challenge = new_epochs.ask(hall, self.session).challenge
            signed = approvals.sign(hall, self.session, challenge, staff_no="2001", password=PASSWORD)
            self.truth.tried[challenge.nonce] = self.machine
            new_epochs.confirm(hall, self.session, signed)
            return "confirmed"

        return self.answered("", act)

    def entry_of(self, hall: OpenHall, intent: str) -> str:
        """Under which id the journal has what she wanted."""
        with hall.reading() as reading:
            sql = "SELECT entry_id FROM entries WHERE intent_id = ?"
            row = reading.driver.execute(sql, (intent,)).fetchone()
        return str(row[0]) if row else ""

    def answered(self, intent: str, act: Callable[[], str]) -> str:
        """Do it; a no is a word, and one that says "not recorded" must be true."""
        try:
            return act()
        except Refused as no:
            answer = type(no.refusal).__name__
        except MoneyIsOff:
            answer = "money is off"
        except NotRecorded:
            answer = "not recorded"
        except (CommitUncertain, StoreTrouble) as trouble:
            self.said.append(type(trouble).__name__)
            return "uncertain"
        if intent:
            self.truth.denied.add(intent)
        self.said.append(answer)
        return answer

    def _carry_out(self, hall: OpenHall, kind: str, intent: str, sheet: ShiftSheet | None) -> str:
        expected_fen = sheet.expected_cash_fen if sheet is not None else 0
        if kind == OPEN:
            amount_fen = self.chance.randrange(1, 9) * 10_000
            shift = shifts.open_shift(hall, self.session, _count(amount_fen), intent)
            amount_fen = shift.float_fen
        elif kind == CLOSE:
            over_fen = self.chance.choice((0, 0, 0, 100, -100)) if expected_fen >= 100 else 0
            reason = "清点差异" if over_fen else ""
            self.truth.tried[f"{intent}:count"] = self.machine
            closed = close_shift(hall, self.session, _count(expected_fen + over_fen), reason, intent)
            amount_fen = closed.counted_fen
            if closed.difference_fen != over_fen:
                self.truth.wrong("I9 drawer", f"{self.machine}: expected {expected_fen}, closed with {closed}")
        else:
            most_fen = expected_fen if kind == CASH_OUT else 50_000
            if most_fen < 1:
                return "not now"
            amount_fen = self.chance.randrange(1, most_fen + 1)
            moved_fen = amount_fen if kind == CASH_IN else -amount_fen
            signed = self._signed(hall, moved_fen, intent)
            after = shifts.move_cash(hall, self.session, moved_fen, REASON, intent, signed)
            if after.expected_cash_fen != expected_fen + moved_fen:
                self.truth.wrong("I9 drawer", f"{self.machine}: {expected_fen} and {moved_fen} give {after}")
        self.truth.hear(Told(intent, self.machine, kind, self.entry_of(hall, intent), (amount_fen,)))
        return kind

    def _signed(self, hall: OpenHall, moved_fen: int, intent: str) -> Signed | None:
        """A supervisor's signature for cash that the pack leaves to nobody alone."""
        case = shifts.ask_cash(hall, self.session, moved_fen, REASON, intent)
        if not case.need.signatures:
            return None
        return approvals.sign(hall, self.session, case, staff_no="2001", password=PASSWORD)

    def _wanted(self, hall: OpenHall, someone: Someone) -> tuple[Wish, Plan]:
        with hall.reading() as reading:
            shift = open_shift_of(reading, hall.hall.counter_id)
            ids = someone.customer_id, someone.account_id
            _, position = payments.position_of(hall, reading, *ids, shift)
        return decide(position, self.chance)

    def _hear(self, hall: OpenHall, intent: str, taken: payments.Taken) -> None:
        self.truth.hear(told_of(self.machine, intent, taken))
        self.truth.papers[intent] = Paper(
            receipts.proof_of(hall, taken.facts), taken.facts.account_no, taken.facts.prepaid_used_fen
        )

    def _new_intent(self) -> str:
        intent = new_intent_id()
        self.truth.tried[intent] = self.machine
        return intent


def _count(amount_fen: int) -> CashCount:
    notes, loose = divmod(amount_fen, 10_000)
    return CashCount({10_000: notes}, loose)


def someone_of(people: list[Someone], chance: Random, popular: float) -> Someone:
    """Who comes to the counter; a few come to every counter, so that the same bill is paid twice."""
    return chance.choice(people[:4] if happens(chance, popular) else people)
