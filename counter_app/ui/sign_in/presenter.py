"""Signing in: what the page shows, and what it does with a staff number and a password."""

from __future__ import annotations

from collections.abc import Callable
from datetime import tzinfo
from typing import TYPE_CHECKING, Literal, NamedTuple

from counter_app.deferred import deferred
from counter_app.domain.refusals import Refusal
from counter_app.domain.staff import Session
from counter_app.services import hall as halls
from counter_app.services import staff
from counter_app.ui.desk import Desk
from counter_app.ui.formats import amount, day_and_clock
from counter_app.ui.language import tr
from counter_app.ui.wording_roles import role_word

if TYPE_CHECKING:
    from counter_app.domain.payment_history import Unfinished
    from counter_app.ui import wording
else:
    # nobody has been refused anything yet when the page is painted
    wording = deferred("counter_app.ui.wording")

PasswordField = Literal["old", "new", "again"]


class PasswordWish(NamedTuple):
    """What the password page holds when its button is pressed."""

    old: str
    new: str
    again: str


class DemoSignIn(NamedTuple):
    """A sign-in that the demo hall shows on this page and nowhere else."""

    staff_no: str
    password: str
    words: str


class SignInScreen(NamedTuple):
    """The page as it stands before anybody types; `warning` stands over it and over every room."""

    hall_name: str
    counter_name: str
    demo: tuple[DemoSignIn, ...]
    warning: str = ""


class AnswerScreen(NamedTuple):
    """One intent whose end nobody saw: recorded or not recorded, in words."""

    intent_id: str
    headline: str
    words: str
    is_recorded: bool
    receipt_no: str = ""


def sign_in_screen(hall: halls.OpenHall) -> SignInScreen:
    """What the sign-in page shows; read on a lane, before the page is built."""
    demo = tuple(
        DemoSignIn(staff_no, password, f"{staff_no}  {name}  {role_word(role)}")
        for staff_no, name, role, password in staff.demo_sign_ins(hall)
    )
    return SignInScreen(hall.hall.name, hall.hall.counter_name, demo, warning_words(hall))


def warning_words(hall: halls.OpenHall) -> str:
    """What stands over every room while money is refused; empty when it is taken."""
    if hall.reason_read_only:
        return wording.trouble_sentences(halls.FileIsNewer(hall.reason_read_only))
    if hall.store.money_off:
        return wording.trouble_sentences(halls.MoneyIsOff(hall.store.money_off))
    return ""


class SignInPresenter:
    """Signs in, unlocks, and answers what a restart left open."""

    def __init__(self, desk: Desk, on_signed_in: Callable[[Session], object]) -> None:
        self._desk, self._on_signed_in = desk, on_signed_in

    def sign_in(self, staff_no: str, password: str, on_error: Callable[[str], object]) -> None:
        """Try a sign-in on the writer's lane; argon2id takes its time there, not in the window."""
        if not staff_no.strip() or not password:
            on_error(tr("请输入工号和密码。"))
            return

        def done(session: Session) -> None:
            self._desk.session = session
            self._on_signed_in(session)

        self._desk.lanes.run(
            "writer",
            lambda: staff.sign_in(self._desk.hall, staff_no, password),
            done,
            lambda refusal: on_error(wording.sentences(refusal)),
            lambda trouble: on_error(wording.trouble_sentences(trouble)),
            word=tr("正在登录"),
        )

    def unlock(self, password: str, on_open: Callable[[], object], on_error: Callable[[str], object]) -> None:
        """Give the locked screen back to the person who is signed in."""

        def refused(refusal: Refusal) -> None:
            on_error(wording.sentences(refusal))

        self._desk.lanes.run(
            "writer",
            lambda: staff.unlock(self._desk.hall, self._desk.who, password),
            lambda _none: on_open(),
            refused,
            lambda trouble: on_error(wording.trouble_sentences(trouble)),
            word=tr("正在解锁"),
        )

    def change_password(
        self, wish: PasswordWish, on_changed: Callable[[], object], on_error: Callable[[PasswordField, str], object]
    ) -> None:
        """Give the person who is signed in another password; an error names the field that it stands beside."""
        if not wish.old:
            on_error("old", tr("还没有输入现在的密码。"))
        elif wish.new == wish.old:
            on_error("new", tr("新密码和现在的一样。请换一个。"))
        elif wish.new != wish.again:
            on_error("again", tr("两遍新密码不一样。请再输一遍。"))
        else:
            self._change_password(wish, on_changed, on_error)

    def _change_password(
        self, wish: PasswordWish, on_changed: Callable[[], object], on_error: Callable[[PasswordField, str], object]
    ) -> None:
        desk, who = self._desk, self._desk.who

        def done(_none: None) -> None:
            desk.session = who._replace(must_change_password=False)
            on_changed()

        def refused(refusal: Refusal) -> None:
            from counter_app.domain.staff_refusals import WeakPassword

            on_error("new" if isinstance(refusal, WeakPassword) else "old", wording.sentences(refusal))

        desk.lanes.run(
            "writer",
            lambda: staff.change_own_password(desk.hall, who, wish.old, wish.new),
            done,
            refused,
            lambda trouble: on_error("new", wording.trouble_sentences(trouble)),
            word=tr("正在保存"),
        )

    def answers(
        self, on_answers: Callable[[tuple[AnswerScreen, ...]], object], on_error: Callable[[str], object]
    ) -> None:
        """Read what a restart left open; an empty tuple when nothing was. An error is never "nothing was"."""
        zone = self._desk.hall.clock.now().tzinfo
        self._desk.lanes.run(
            "reader",
            lambda: tuple(answer_screen(answer, zone) for answer in halls.answers(self._desk.hall)),
            on_answers,
            lambda refusal: on_error(wording.sentences(refusal)),
            lambda trouble: on_error(wording.trouble_sentences(trouble)),
        )

    def see(self, intent_id: str) -> None:
        """The person at the counter has read an answer."""
        self._desk.lanes.run(
            "writer",
            lambda: halls.seen(self._desk.hall, intent_id),
            lambda _none: None,
            lambda _refusal: None,
            lambda _trouble: None,
        )


def answer_screen(answer: halls.Answer, zone: tzinfo | None) -> AnswerScreen:
    """What became of one intent, in words; moments in the hall's own zone."""
    intent: Unfinished = answer.intent
    when = day_and_clock(intent.begun_at.astimezone(zone))
    if answer.taken is None:
        words = tr(
            "{when} 由 {staff} 开始的收款（{amount} 元）没有记账。如果已收下现金，请退还客户或重新收款。",
            when=when,
            staff=intent.staff_no,
            amount=amount(intent.amount_fen),
        )
        return AnswerScreen(intent.intent_id, tr("没有记账"), words, False)
    facts = answer.taken.facts
    words = tr(
        "{when} 由 {staff} 收的 {amount} 元已经记账，收据 {no}，找零 {change}。不要再收一次；收据可补打。",
        when=when,
        staff=intent.staff_no,
        amount=amount(facts.received_fen),
        no=facts.receipt_no,
        change=amount(facts.change_fen),
    )
    return AnswerScreen(intent.intent_id, tr("已经记账"), words, True, facts.receipt_no)
