"""The retention form without Qt: it holds what is typed, knows the next step, and takes it; nothing typed is lost."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Protocol

from counter_app.clock import new_intent_id
from counter_app.domain.refusals import Refusal
from counter_app.domain.retention import Act, Signer
from counter_app.domain.retention_guards import open_acts
from counter_app.services import retention, retention_signing, retention_waiting
from counter_app.services.retention import How
from counter_app.services.retention_desk import CaseView
from counter_app.services.retention_signing import Wanted
from counter_app.ui.desk import Desk
from counter_app.ui.language import tr
from counter_app.ui.retention.presenter_acts import (
    Call,
    answer_call,
    ask_offer_call,
    call_of,
    feedback_call,
    offer_call,
    recover_call,
    signature_call,
    stand_in_call,
)
from counter_app.ui.retention.presenter_feedback import TypedFeedback, feedback_screen
from counter_app.ui.retention.presenter_form import form_screen, line_of
from counter_app.ui.retention.presenter_lane import StepLane, step_trouble
from counter_app.ui.retention.presenter_offers import needs_other, offers_screen, wanted_offer
from counter_app.ui.retention.presenter_steps import (
    Standing,
    can_look_at,
    can_waive,
    facts_of,
    follow_lines,
    gate_lines,
    item_lines,
    lead_of,
    missing_words,
    next_step,
    page_of,
    signature_lines,
    step_lines,
    title_of,
)
from counter_app.ui.retention.presenter_typed import TypedForm
from counter_app.ui.retention.screen import Page, RetentionScreen
from counter_app.ui.retention.words import PAGES, RESULTS
from counter_app.ui.wording import sentences


class CaseSight(Protocol):
    """The page, as its presenter sees it."""

    def show_case(self, screen: RetentionScreen) -> object:
        """Draw a screen."""

    def ask_signoff(self, shown: CaseView, wanted: Wanted) -> object:
        """A second person has to sign: open the panel."""

    def go_to(self, way: str) -> object:
        """Leave the page: to where the money is taken (`pay`), or back to the list (`back`)."""


class RetentionPresenter:
    """One case at the desk; `problem` is what this person has typed for the hall manager and not sent yet."""

    def __init__(self, desk: Desk, sight: CaseSight, problem: TypedFeedback | None = None) -> None:
        self._desk, self._sight, self._lane = desk, sight, StepLane(desk)
        self._view: CaseView | None = None
        self._form, self._problem = TypedForm(), problem or TypedFeedback()
        self._page: Page = "talk"
        self._message = ""
        self._items: dict[str, str] = {}
        self._shows_all = False
        self._is_open = True

    @property
    def case_id(self) -> str:
        """The case on the page; empty before it is read."""
        return "" if self._view is None else self._view.case.case_id

    @property
    def view(self) -> CaseView:
        """The case as it was read last; a page is drawn once there is one."""
        assert self._view is not None, "the case is read before anything is done with it"
        return self._view

    def open(self, customer_id: int, service_id: int, on_error: Callable[[str], object]) -> None:
        """Open the case of a service; one that is open already is taken up."""
        hall, who, intent = self._desk.hall, self._desk.who, new_intent_id()

        def job() -> CaseView:
            found = [row for row in retention_waiting.at_desk(hall, who) if row.service_id == service_id]
            if found:
                return retention.view(hall, who, found[0].case_id)
            return retention.open_case(hall, who, service_id, customer_id, intent)

        self._begin("writer", job, on_error)

    def resume(self, case_id: str, on_error: Callable[[str], object]) -> None:
        """Take up a case where somebody left it."""
        hall, who = self._desk.hall, self._desk.who
        self._begin("reader", lambda: retention.view(hall, who, case_id), on_error)

    def read(self) -> None:
        """Read the case anew: money was taken, or somebody else did something on it."""
        if self._view is None or self._lane.is_working or self._desk.session is None:
            return
        hall, who, case_id = self._desk.hall, self._desk.who, self.case_id
        self._desk.lanes.run(
            "reader", lambda: retention.view(hall, who, case_id), self._take, lambda _r: None, lambda _t: None
        )

    def close(self) -> None:
        """The page is gone: what is typed is kept, answers that still come find nobody."""
        self.keep_typed()
        self._is_open = False

    def type_line(self, name: str, text: str) -> None:
        """Something was typed into a line of the form."""
        self._form.type_line(name, text)
        self.draw()

    def toggle(self, name: str, number: str) -> None:
        """A number beside a line was clicked."""
        self._form.toggle(name, number)
        self.draw()

    def agree(self, is_agreed: bool) -> None:
        """The customer agrees to be called or visited, or not."""
        self._form.agree(is_agreed=is_agreed)
        self.draw()

    def choose_item(self, code: str, outcome: str) -> None:
        """What became of a piece of equipment."""
        self._items[code] = outcome
        self.draw()

    def go(self, page: Page) -> None:
        """Look at another step; what is typed is kept."""
        if self._view is not None and can_look_at(self._standing(), page):
            self.keep_typed()
            self._page, self._message = page, ""
            self.draw()

    def next_page(self) -> None:
        """The next step that can be looked at, from the last to the first."""
        names = [name for name in PAGES if name == self._page or can_look_at(self._standing(), name)]
        self.go(names[(names.index(self._page) + 1) % len(names)])

    def show_all_offers(self) -> None:
        """Not only the first few offers, or only those again."""
        self._shows_all = not self._shows_all
        self.draw()

    def keep_typed(self) -> None:
        """Save the form if something of it is not saved; a line that cannot be read stays on the screen alone."""
        saving = [] if self._view is None or self._desk.session is None or self._lane.is_working else self._saving()
        if saving:
            self._run(saving, is_quiet=True)

    def press(self) -> None:
        """F9: take the next step."""
        if self._view is None or self._lane.is_working:
            return
        act = next_step(self._standing(), self._page).act
        name, _, of = act.partition(":")
        ways: dict[str, Callable[[], object]] = {
            "forward": lambda: self.go(page_of(self._standing())),
            "way": lambda: self.go_way(of),
            "back": lambda: self._sight.go_to("back"),
            "sign": lambda: self.sign(of),
            "offer": lambda: self.offer("1"),
            "recover": self._recover,
            "feedback": lambda: self.go("feedback"),
            "feed_back": self.feed_back,
            "talk": lambda: self._leave_form(name),
            "save": lambda: self._leave_form(name),
            "offers": lambda: self._leave_form(name),
        }
        ways.get(name, lambda: self.act(act))()

    def act(self, act: str) -> None:
        """A step that needs no more than the case; the form is saved before it."""
        call = call_of(act)
        if call is not None and self._view is not None and not self._lane.is_working:
            # a gate is checked where all three are seen, whatever else is still missing
            self._run([*self._saving(), (act, call)], stays=act.startswith("gate:"))

    def sign(self, signer: str) -> None:
        """Somebody signs here."""
        self._sight.ask_signoff(self.view, Wanted(Act.SIGN, Signer(signer)))

    def waive(self) -> None:
        """A second person lets go of what the contract asks."""
        self._sight.ask_signoff(self.view, Wanted(Act.WAIVE_CONTRACT))

    def stand_in(self, signer: str, words: str) -> None:
        """Nobody came within the time: that is noted with a reason, and goes to the audit."""
        self._take_step(f"stand_in:{signer}:{words}", stand_in_call(signer, words))

    def offer(self, text: str) -> None:
        """Make an offer by its number; above one's own limit a second person signs."""
        if self._view is None or self._lane.is_working:
            return
        wanted = wanted_offer(self._view, text)
        if isinstance(wanted, str):
            self._form.errors["offer"] = wanted
            self.draw()
            return
        self._form.errors.pop("offer", None)
        measure = retention_signing.measure_of(self._view, wanted.code, wanted.value, wanted.months)
        if needs_other(self._view, self._desk.who.role, measure):
            self._sight.ask_signoff(self._view, Wanted(Act.OFFER, measure=measure))
            return
        code, value, months = wanted
        self._take_step(f"offer:{code}:{value}:{months}", offer_call(code, value, months))

    def ask_offer(self, wanted: Wanted) -> None:
        """Leave an offer to a supervisor's own desk, and go on."""
        measure = wanted.measure
        if measure is not None:
            code, value, months = measure.offer, measure.value, measure.months
            self._take_step(f"ask_offer:{code}:{value}:{months}", ask_offer_call(code, value, months))

    def answer(self, *, is_yes: bool) -> None:
        """The customer's answer to the offer that waits."""
        line = next((m.line for m in self.view.case.measures if m.is_accepted is None), 0)
        if line:
            self._take_step(f"answer:{line}:{is_yes}", answer_call(line, is_yes=is_yes))

    def sign_customer(self, content: bytes, how: How) -> None:
        """Keep the customer's signature; a form that is not whole yet is shown with what it lacks."""
        if not content:
            self.say(tr("还没有签名。请客户签在框内，或者选“签在纸上”“存扫描件”。"))
        elif self._check_form(is_final=True):
            self._take_step(f"sign_customer:{how}:{hash(content)}", signature_call(content, how))

    def type_problem(self, text: str) -> None:
        """Something is added to the problem for the hall manager."""
        self._problem.write(self.view, text)
        self.draw()

    def feed_back(self) -> None:
        """Tell the hall manager."""
        words = self._problem.words(self.view)
        self._take_step(f"feed_back:{hash(words)}", feedback_call(words))

    def signed(self, view: CaseView) -> None:
        """A second person has signed, or refused to."""
        self._message = ""
        self._take(view, moves=True)

    def say(self, words: str) -> None:
        """Why something is not done, over the filled button."""
        self._message = words
        self.draw()

    def draw(self) -> None:
        """Draw the page."""
        if self._view is not None and self._is_open:
            self._sight.show_case(self.screen())

    def screen(self) -> RetentionScreen:
        """The page as a value."""
        at, view, page = self._standing(), self.view, self._page
        acts = open_acts(view.case)
        return RetentionScreen(
            case_id=view.case.case_id,
            case_no=view.case.case_no,
            title=title_of(at),
            page=page,
            heading=tr(PAGES[page]),
            lead=lead_of(at, page),
            steps=step_lines(at),
            facts=facts_of(at),
            missing=missing_words(at),
            next=next_step(at, page),
            can_leave_now=Act.LEAVE_NOW in acts,
            can_withdraw=Act.WITHDRAW in acts,
            can_correct=Act.CORRECT in acts,
            can_waive=can_waive(at),
            is_working=self._lane.is_working,
            message=self._message,
            form=form_screen(
                self._form.typed,
                at.form,
                view.rules,
                dict(self._form.errors),
                is_open=Act.SAVE_FORM in acts,
                asks_id=not view.record.customer.id_number,
                is_contract_known=view.contract is not None,
            ),
            offers=offers_screen(view, self._desk.who.role, at.now, shows_all=self._shows_all),
            signatures=signature_lines(at, page),
            gates=gate_lines(at),
            items=item_lines(at, self._items),
            feedback=feedback_screen(view, self._problem, at.now),
            follows=follow_lines(at),
            result=tr(RESULTS[view.case.result]) if view.case.result else "",
            is_signed=bool(view.case.customer_signature),
        )

    def _standing(self) -> Standing:
        now = self._desk.hall.clock.now()
        return Standing(self.view, self._form.form(self.view, now), now)

    def _check_form(self, *, is_final: bool) -> bool:
        is_right = self._form.check(self.view, self._desk.hall.clock.now(), is_final=is_final)
        if not is_right:
            self._page = "talk"
            self.say(self._form.errors.get("") or tr("登记表有 {n} 处要改，见红字。", n=len(self._form.errors)))
        return is_right

    def _leave_form(self, name: str) -> None:
        if not self._check_form(is_final=name == "save"):
            return
        calls, talk = self._saving(), call_of(name)
        if talk is not None:
            calls.append((name, talk))
        if calls:
            self._run(calls)
        else:
            self.go(page_of(self._standing()))

    def _recover(self) -> None:
        items = tuple((line.code, line.outcome) for line in item_lines(self._standing(), self._items))
        self._take_step(f"recover:{items}", recover_call(items))

    def go_way(self, way: str) -> None:
        """To where an unmet gate is met."""
        if way == "contract":
            self.waive()
        elif way == "pay":
            self._sight.go_to("pay")
        else:
            self.go("sign" if way == "sign" else "customer")

    def _saving(self) -> list[tuple[str, Call]]:
        form = self._form.to_keep(self.view, self._desk.hall.clock.now())
        if form is None:
            return []
        kept = form
        return [
            (
                f"save_form:{hash(kept)}",
                lambda hall, who, case_id, intent: retention.save_form(hall, who, case_id, kept, intent),
            )
        ]

    def _begin(self, lane: str, job: Callable[[], CaseView], on_error: Callable[[str], object]) -> None:
        def done(view: CaseView) -> None:
            self._view = view
            self._form.begin(view)
            self._page = page_of(self._standing())
            self.draw()

        self._desk.lanes.run(
            lane,
            job,
            done,
            lambda refusal: on_error(sentences(refusal)),
            lambda trouble: on_error(step_trouble(trouble)),
            word=tr("正在打开挽留单"),
        )

    def _take_step(self, key: str, call: Call) -> None:
        if self._view is not None and not self._lane.is_working:
            self._run([*self._saving(), (key, call)])

    def _run(self, calls: Sequence[tuple[str, Call]], *, is_quiet: bool = False, stays: bool = False) -> None:
        def answered(view: CaseView | None, refusal: Refusal | None, trouble: str) -> None:
            if refusal is not None and line_of(refusal):
                self._form.errors[line_of(refusal)] = sentences(refusal)
            self._message = trouble or ("" if refusal is None else sentences(refusal))
            if view is None:
                self.draw()
            else:
                self._take(view, moves=not (is_quiet or stays or self._message))

        if not is_quiet:
            self._message = ""
        self._lane.run(self.case_id, calls, answered, is_quiet=is_quiet)
        self.draw()

    def _take(self, view: CaseView, *, moves: bool = False) -> None:
        before = self._view
        if before is None or view.case.case_id != before.case.case_id:
            return
        self._view = view
        has_moved = before.case.desk is not view.case.desk
        if moves or has_moved:
            self._page, self._form.errors = page_of(self._standing()), {}
        self.draw()
        if has_moved:
            self._desk.changed()
