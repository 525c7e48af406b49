"""The money panel's mind: what is typed, what it would do, and the one press that takes the money."""

from __future__ import annotations

from dataclasses import replace

from counter_app.domain.capitals import AmountTooLarge
from counter_app.domain.money import LARGEST_FEN
from counter_app.domain.payment_refusals import BillsChanged, IntentUsed, NothingToPay
from counter_app.domain.payments import PREPAID, Plan, Position, Wish, plan
from counter_app.domain.refusals import Refusal, Refused
from counter_app.domain.staff import Right
from counter_app.services.customers import CustomerPage
from counter_app.services.hall import CommitUncertain, NotRecorded
from counter_app.services.payments import Order, Taken
from counter_app.ui.desk import Desk
from counter_app.ui.language import tr
from counter_app.ui.payments.money_view import MoneyView, Till
from counter_app.ui.payments.presenter_aim import Aim
from counter_app.ui.payments.presenter_aiming import Aiming
from counter_app.ui.payments.presenter_customer import position_of
from counter_app.ui.payments.presenter_figures import closed_because, done_screen, money_screen, unusual
from counter_app.ui.payments.presenter_intent import Intent
from counter_app.ui.payments.presenter_tenders import Table, field_of
from counter_app.ui.payments.screen import DoneScreen, MoneyScreen, Phase
from counter_app.ui.typed_tender import TypedTender
from counter_app.ui.wording import sentences, trouble_sentences


class MoneyPresenter(Aiming):
    """One customer's payment dialogue: from the first digit to the receipt, or to nothing at all.

    Every change makes a screen with a new revision; `press` counts only for the revision that was painted, only with a
    valid amount, and only once until the answer is there.
    """

    def __init__(self, desk: Desk, customer_id: int, view: MoneyView, till: Till) -> None:
        self._desk, self._customer_id, self._view, self._till = desk, customer_id, view, till
        self._page: CustomerPage | None = None
        self._account = 0
        self._table = Table()
        self._aim = Aim()
        self._phase: Phase = "reading"
        self._plan: Plan | None = None
        self._refusal: Refusal | None = None
        self._pressed: Refusal | None = None
        self._message = ""
        self._intent = Intent(desk, customer_id)
        self._is_resting = self._is_closed = False
        self._uncertainty: CommitUncertain | None = None
        self._done: DoneScreen | None = None
        self._revision = self._painted = self._confirmed = 0
        till.listeners.append(self._show)

    @property
    def phase(self) -> Phase:
        """Where the dialogue stands."""
        return self._phase

    @property
    def table(self) -> Table:
        """The tenders as typed."""
        return self._table

    @property
    def is_redirected(self) -> bool:
        """Whether other bills than the oldest come first now."""
        return bool(self._aim.choose)

    @property
    def is_untouched(self) -> bool:
        """Whether nothing would be lost by closing the page."""
        return self._phase in ("done", "closed", "reading", "paying") and not self._table.is_typed

    @property
    def position(self) -> Position | None:
        """The chosen account's position."""
        return position_of(self._page, self._account) if self._page else None

    def set_page(self, page: CustomerPage, account_id: int) -> None:
        """The customer as just read, and the account in front; what was typed stays."""
        is_other = account_id != self._account
        self._page, self._account = page, account_id
        position = self.position
        if position is not None:
            allowed = tuple([t for t in position.tenders if t != PREPAID or position.prepaid_fen > 0]) or ("cash",)
            if allowed != self._table.allowed:
                self._table = replace(self._table, allowed=allowed)
            if self._aim.choose:
                open_ids = {o.bill.bill_id for o in position.open_bills}
                self._aim = replace(self._aim, choose=tuple(bill for bill in self._aim.choose if bill in open_ids))
        if is_other:
            self._aim = Aim.at_first(position)
        if self._phase in ("reading", "closed", "paying"):
            self._phase = "closed" if self._closed_because() else "paying"
        self._changed(is_read=True)

    def type_amount(self, text: str) -> None:
        """Digits in the field; a recorded payment's card gives way to a new one."""
        if self._phase == "done":
            self.again()
        if self._phase in ("reading", "paying") and text != self._table.line.text:
            self._table = self._table.put(text=text)
            self._changed()

    def type_field(self, name: str, text: str) -> None:
        """A reference, bank, number or date of the tender in the fields."""
        if self._phase == "paying":
            self._table = self._table.put(**{name: text})
            self._changed()

    def choose_tender(self, kind: str) -> None:
        """Another kind for the tender in the fields; its amount stays."""
        if self._phase == "paying" and kind in self._table.allowed:
            self._table = self._table.put(kind=kind)
            self._changed()

    def add_tender(self) -> None:
        """F7: lay this tender aside and begin a further one; an unreadable amount comes first."""
        if self._phase == "paying" and self._table.line.fen:
            self._table = self._table.add()
            self._changed()

    def pick_tender(self, place: int) -> None:
        """Take a tender laid aside back into the fields."""
        if self._phase == "paying":
            self._table = replace(self._table, active=place)
            self._changed()

    def drop_tender(self, place: int) -> None:
        """Take a tender off the table."""
        if self._phase == "paying":
            self._table = self._table.drop(place)
            self._changed()

    def redirect(self, bill_ids: tuple[int, ...], reason: str) -> None:
        """Pay these bills instead of the oldest; without bills: strictly the oldest again."""
        if self._phase == "paying":
            self._aim = replace(self._aim, choose=bill_ids, reason=reason)
            self._changed()

    def painted(self, revision: int) -> None:
        """The panel has painted due, received and change of that revision."""
        self._painted = max(self._painted, revision)

    def typing_rests(self) -> None:
        """The hands rest: say what is wrong, or keep the intent, so that even a power cut now has its answer."""
        if self._phase != "paying":
            return
        if self._plan is None:
            self._is_resting = True
            self._show()
        else:
            self._intent.keep(self._table.given_fen, self._not_kept)

    def press(self) -> None:
        """F9, or Enter in the amount: take the money, or say beside the field why not."""
        if self._phase != "paying" or self._till.uncertain is not None:
            return
        if self._plan is None:
            self._pressed = self._refusal or NothingToPay()
            self._show()
            return
        if self._painted != self._revision:
            return
        question = unusual(self.position, self._plan, self._desk.hall)
        if question is not None and self._confirmed != self._revision:
            self._view.confirm(question)
            return
        self._take(self._plan)

    def confirmed(self) -> None:
        """The unusual sum is right; nothing may have changed since the question."""
        self._confirmed = self._revision
        self.press()

    def look_again(self) -> None:
        """Ask the file once more how the payment ended."""
        error = self._uncertainty
        if self._phase != "uncertain" or error is None:
            return
        self._phase = "taking"
        self._show()
        self._desk.lanes.run(
            "writer",
            self._intent.looking(error),
            self._recorded,
            self._refused,
            self._trouble,
            word=tr("正在查这笔是否记账……"),
        )

    def again(self) -> None:
        """From the confirmation back to an empty panel for the same customer."""
        if self._phase == "done":
            self._done = None
            self._phase = "closed" if self._closed_because() else "paying"
            self._clear()

    def close(self) -> None:
        """The page goes away: an intent that was never pressed needs no answer any more."""
        if self._show in self._till.listeners:
            self._till.listeners.remove(self._show)
        self._is_closed = True
        if self._till.uncertain is self:
            self._till.mark(None)
        if self._phase == "paying":
            self._intent.let_go()

    def _take(self, made: Plan) -> None:
        order = Order(self._intent.id, self._customer_id, self._account, self._wish(), made)
        job = self._intent.taking(order, self._table.given_fen)
        self._phase, self._message, self._pressed = "taking", "", None
        self._show()
        self._desk.lanes.run("writer", job, self._recorded, self._refused, self._trouble, word=tr("正在记账……"))

    def _recorded(self, taken: Taken) -> None:
        if self._is_closed:
            return  # nobody saw it: the next sign-in begins with this answer
        if self._till.uncertain is self:
            self._till.mark(None)
        self._uncertainty = None
        self._done = done_screen(taken, self._desk.hall)
        self._phase = "done"
        self._intent.let_go()
        self._clear()
        self._view.taken(taken)
        self._desk.changed()

    def _refused(self, refusal: Refusal) -> None:
        """The hall said no before anything was written: the same intent may be pressed again, unless it was used."""
        if self._is_closed:
            return
        self._go_back_to_paying()
        self._pressed = refusal
        if isinstance(refusal, IntentUsed):
            self._intent.let_go()
            self._table = Table(allowed=self._table.allowed)
        self._message = "" if field_of(refusal) else sentences(refusal)
        self._show()
        if isinstance(refusal, IntentUsed | BillsChanged):
            self._view.read_again()

    def _trouble(self, trouble: Exception) -> None:
        if self._is_closed:
            return
        self._message = trouble_sentences(trouble)
        if isinstance(trouble, CommitUncertain):
            self._uncertainty, self._phase = trouble, "uncertain"
            self._till.mark(self)
        else:
            if self._till.uncertain is self:
                self._till.mark(None)
            self._go_back_to_paying()
            if isinstance(trouble, NotRecorded):
                self._intent.let_go()
                self._view.read_again()
        self._show()

    def _go_back_to_paying(self) -> None:
        """What is shown may have been read anew while the file was busy."""
        if self._phase in ("taking", "uncertain"):
            self._phase = "paying"
            self._plan = self._refusal = None
            self._make_plan()

    def _not_kept(self, trouble: Exception) -> None:
        """The intent could not be kept; the press will try again, and says so if it cannot either."""
        if self._phase == "paying" and not self._is_closed:
            self._message = trouble_sentences(trouble)
            self._show()

    def _clear(self) -> None:
        self._table = Table(lines=(TypedTender(self._table.allowed[0]),), allowed=self._table.allowed)
        self._aim = Aim.at_first(self.position)
        self._changed()

    def _changed(self, *, is_read: bool = False) -> None:
        """Something was typed or read: plan anew; an intent kept for another sum is let go."""
        if self._phase in ("taking", "uncertain"):
            self._show()
            return
        before = self._plan
        self._plan = self._refusal = None
        self._is_resting = is_read and self._is_resting
        if not is_read:
            self._pressed, self._message = None, ""
        if self._phase == "paying":
            self._make_plan()
            if self._intent.is_kept and (self._plan is None or before is None or before.digest != self._plan.digest):
                self._intent.let_go()
        self._show()

    def _make_plan(self) -> None:
        position = self.position
        if position is None or not self._table.is_typed:
            return
        try:
            made = plan(position, self._wish())
        except Refused as refused:
            self._refusal = refused.refusal
            return
        if self._table.given_fen > LARGEST_FEN:
            self._refusal = AmountTooLarge(self._table.given_fen)
        elif made.settled_fen or made.stored_fen:
            self._plan = made
        else:
            self._refusal = NothingToPay()

    def _wish(self) -> Wish:
        return self._aim.wish(self._table, may_redirect=self._desk.who.may(Right.REDIRECT_PAYMENT))

    def _closed_because(self) -> Refusal | None:
        return closed_because(self._desk.who, self._page) if self._page else None

    def _show(self) -> None:
        self._revision += 1
        position, made = self.position, self._plan
        screen = MoneyScreen(self._revision, self._phase, message=self._message, done=self._done)
        if position is not None and self._page is not None and self._phase != "reading":
            screen = money_screen(
                screen,
                position,
                self._table,
                made,
                aim=self._aim,
                may_redirect=self._desk.who.may(Right.REDIRECT_PAYMENT),
                hall=self._desk.hall,
                last_month=self.last_month,
            )
            screen = self._with_refusal(screen)
        elif self._page is not None:
            screen = screen._replace(message=tr("这位客户名下没有户号，不能收费。"))
        self._view.show_money(screen)

    def _with_refusal(self, screen: MoneyScreen) -> MoneyScreen:
        closed = self._closed_because()
        if self._phase == "closed" and closed is not None:
            can_open = self._page is not None and self._page.shift is None and self._desk.who.may(Right.RUN_SHIFT)
            return screen._replace(message=sentences(closed), can_open_shift=can_open)
        if self._till.uncertain not in (None, self):
            return screen._replace(can_take=False, message=tr("另一位客户的一笔款还没有查清。请先回到那一页查清。"))
        # what typing on may still put right is not said while somebody types; a field left empty only after a press
        refusal = self._pressed
        if refusal is None and self._is_resting and not isinstance(self._refusal, NothingToPay):
            refusal = self._refusal if self._refusal is not None and field_of(self._refusal) in ("", "amount") else None
        if refusal is None or (self._message and refusal is self._pressed):
            return screen
        wrong = next((name for name in ("settle", "deposit") if refusal is getattr(self._aim, name).refusal), "")
        wrong = wrong or field_of(refusal) or "amount"
        return screen._replace(refusal=sentences(refusal), wrong=wrong)
