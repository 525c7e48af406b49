"""The 挽留 room: a row of pages, and the case that somebody works on."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

from PySide6.QtCore import Signal
from PySide6.QtGui import QShowEvent
from PySide6.QtWidgets import QStackedWidget, QVBoxLayout, QWidget

from counter_app.domain.staff import Right, Session
from counter_app.ui.blocks import page
from counter_app.ui.choice import SegmentedChoice
from counter_app.ui.desk import Desk
from counter_app.ui.frame import Frame
from counter_app.ui.keys import Action
from counter_app.ui.language import later, tr
from counter_app.ui.retention.audits_page import AuditsPage
from counter_app.ui.retention.cases_page import CasesPage
from counter_app.ui.retention.feedbacks_page import FeedbacksPage
from counter_app.ui.retention.library_page import LibraryPage
from counter_app.ui.retention.mailing_page import MailingPage
from counter_app.ui.retention.months_page import MonthsPage
from counter_app.ui.retention.page import RetentionView
from counter_app.ui.retention.presenter_feedback import TypedFeedback, can_look_at_feedback
from counter_app.ui.retention.presenter_feedbacks import FeedbacksPresenter
from counter_app.ui.retention.presenter_lists import BACK, ListPresenter
from counter_app.ui.retention.presenter_months import last_month
from counter_app.ui.retention.presenter_visits import VisitPresenter, overdue
from counter_app.ui.retention.rates_page import RatesPage
from counter_app.ui.retention.reentry import offer_reentry
from counter_app.ui.retention.room_page import Place, RoomPage
from counter_app.ui.retention.screen import Option
from counter_app.ui.retention.service_panel import ServicePanel
from counter_app.ui.retention.silent_page import SilentPage
from counter_app.ui.retention.visits_page import VisitsPage

ROOM = "retention"
"""The key under which the frame holds this room."""


PAGES: tuple[Place, ...] = (
    Place("cases", later("在办"), Right.SEE_RETENTION, CasesPage),
    Place("visits", later("回访"), Right.SEE_RETENTION, VisitsPage),
    Place("library", later("资料库"), Right.SEE_RETENTION, LibraryPage),
    Place("audits", later("待稽核"), Right.AUDIT_CASES, AuditsPage),
    Place("silent", later("隐性离网"), Right.SEE_RETENTION, SilentPage),
    Place("months", later("月报"), Right.SEE_RETENTION, MonthsPage),
    Place("rates", later("成功率"), Right.SEE_RETENTION, RatesPage),
    Place("mailing", later("寄资料"), Right.SEE_RETENTION, MailingPage),
    Place("feedback", later("反馈"), Right.SEE_RETENTION, FeedbacksPage),
)
"""The pages of the room in their order; the first is Alt+1 (Ctrl+1 is a room), and its key stays whoever looks."""


class RetentionRoom(QWidget):
    """A row of pages, and over them the page of one case; `customer_wanted` asks for the customer's own page.

    A page is built when it is first gone to, or ahead of that by `build_next`.
    """

    customer_wanted = Signal(int)

    def __init__(self, desk: Desk, frame: Frame) -> None:
        super().__init__()
        self._desk, self._frame = desk, frame
        self.lists = ListPresenter(desk)
        self.view: RetentionView | None = None
        self._built: dict[str, RoomPage] = {}
        self._offered: tuple[Place, ...] = PAGES
        self._late: dict[str, int] = {}
        self._problems: dict[str, TypedFeedback] = {}
        words = [(place.key, tr(place.word)) for place in PAGES]
        self.choice = SegmentedChoice(words, name=tr("挽留的页面"), is_wrapped=True)
        self._pages = QStackedWidget()
        self._stack = QStackedWidget()
        self._lay_out()
        self.choice.chosen.connect(self.show_page)
        self._add_keys()
        desk.listen(self._changed)

    @property
    def cases(self) -> CasesPage:
        """The cases at the desk."""
        found = self.page("cases")
        assert isinstance(found, CasesPage)
        return found

    @property
    def has_form(self) -> bool:
        """Whether this trade keeps a retention form."""
        return self.lists.has_form

    def open_customer(self, customer_id: int) -> None:
        """F8 on the customer's page: the one service straight, one of several by its number."""
        self.lists.services(customer_id, lambda services: self._choose_service(customer_id, services), self._say)

    def open_service(self, customer_id: int, service_id: int) -> None:
        """The case of a service, new or taken up."""
        self._open(lambda view: view.presenter.open(customer_id, service_id, self._failed))

    def open_case(self, case_id: str) -> None:
        """Go on with a case, whoever opened it."""
        self._open(lambda view: view.presenter.resume(case_id, self._failed))

    def page(self, key: str) -> RoomPage:
        """One of the pages, built if nobody has gone to it yet.

        Raises:
            KeyError: there is no such page.
        """
        if key not in self._built:
            place = {place.key: place for place in PAGES}[key]
            built = self._built[key] = place.build(self._desk, self._frame)
            built.case_wanted.connect(self.open_case)
            built.service_wanted.connect(self.open_service)
            built.customer_wanted.connect(self.customer_wanted)
            built.counted.connect(partial(self._say_late, key))
            self._pages.addWidget(built)
        return self._built[key]

    def build_next(self) -> bool:
        """Build one page that nobody has gone to yet; False when all are there, or the trade has no such form."""
        missing = next((place.key for place in PAGES if place.key not in self._built), "")
        return self.has_form and bool(missing) and self.page(missing) is not None

    def show_page(self, key: str) -> None:
        """Go to one of the pages that this person may see.

        Raises:
            KeyError: there is no such page, or not for this person.
        """
        self.choice.choose(key)  # raises the KeyError
        page = self.page(key)
        self._pages.setCurrentWidget(page)
        self.read()
        page.setFocus()

    def read(self) -> None:
        """Read anew the page that is gone to."""
        if self._desk.session is not None:
            self.page(self.choice.choice()).read()

    def count(self) -> None:
        """Somebody signed in: the rail and a line tell how many of this person's follow-ups are late (002-A18), whoever
        signs the month's exits that the last month waits for it, and the hall manager which problems do (002-3b).
        """
        told: list[str] = []

        def tell(key: str, late: int, words: str) -> None:
            self._say_late(key, late)
            if late:
                told.append(words)
                self._say(" ".join(told))

        def tell_visits(late: int) -> None:
            words = tr("您有 {late} 次回访已逾期。在“挽留”里按 {key} 查看。", late=late, key=_key_of("visits"))
            tell("visits", late, words)

        def tell_problems(waiting: int) -> None:
            key = _key_of("feedback")
            words = tr("有 {waiting} 个客户问题等您答复。在“挽留”里按 {key} 查看。", waiting=waiting, key=key)
            tell("feedback", waiting, words)

        if self._frame.has_room(ROOM):
            FeedbacksPresenter(self._desk).waiting(tell_problems, self._say)
            VisitPresenter(self._desk).lines(lambda lines: tell_visits(overdue(lines)), self._say)
            last_month(self._desk, _key_of("months"), lambda words: tell("months", int(bool(words)), words), self._say)

    def keep_typed(self) -> None:
        """Somebody is about to leave the counter: what stands on the page is kept."""
        if self.view is not None:
            self.view.presenter.keep_typed()

    def let_go(self) -> None:
        """The person leaves the counter: nothing of the customer stays on the screen."""
        self._close_view()
        for built in self._built.values():
            built.let_go()
        for key in self._late:
            self._say_late(key, 0)

    def back(self) -> None:
        """From the case to the page that it was opened from."""
        self._close_view()
        self.show_page(self.choice.choice())

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        if self._desk.session is None:
            return
        self._offer_pages(self._desk.session)
        if self.view is None:
            self.show_page(self.choice.choice())

    def _choose_service(self, customer_id: int, services: tuple[Option, ...]) -> None:
        def choose(number: str) -> None:
            if number.startswith(BACK):
                offer_reentry(self._desk, self._frame, customer_id, self._say)
            else:
                self.open_service(customer_id, int(number))

        if len(services) == 1:
            choose(services[0].number)
            return

        def chosen(number: str) -> None:
            self._frame.panels.close_panel(panel)
            choose(number)

        panel = ServicePanel(services, chosen)
        self._frame.panels.open(panel)

    def _open(self, begin: Callable[[RetentionView], object]) -> None:
        self._close_view()
        problem = self._problems.setdefault(self._desk.who.staff_no, TypedFeedback())
        view = self.view = RetentionView(self._desk, self._frame, problem)
        view.left.connect(self._left)
        self._stack.addWidget(view)
        self._stack.setCurrentWidget(view)
        self._frame.show_room(ROOM)
        begin(view)

    def _close_view(self) -> None:
        view, self.view = self.view, None
        if view is not None:
            view.close_page()
            self._stack.setCurrentIndex(0)
            self._stack.removeWidget(view)
            view.hide()
            view.deleteLater()

    def _left(self, way: str) -> None:
        if way == "pay" and self.view is not None:
            self.customer_wanted.emit(self.view.presenter.view.case.customer_id)
        elif way == "back":
            self.back()

    def _failed(self, words: str) -> None:
        self._close_view()
        self._say(words)
        self.read()

    def _say(self, words: str) -> None:
        self._frame.toast.say(words, tone="warn")

    def _changed(self) -> None:
        if self.view is not None:
            self.view.presenter.read()
        elif self.isVisible():
            self.read()

    def _say_late(self, key: str, late: int) -> None:
        self._late = {**self._late, key: late}
        for place in self._offered:
            self.choice.set_word(place.key, self._word(place))
        if self._frame.has_room(ROOM):
            self._frame.set_count(ROOM, sum(self._late.values()))

    def _offer_pages(self, who: Session) -> None:
        may = tuple(place for place in PAGES if who.may(place.right))
        if may and may != self._offered:
            self._offered = may
            self.choice.set_choices([(place.key, self._word(place)) for place in may])

    def _word(self, place: Place) -> str:
        word, late = tr(place.word), self._late.get(place.key, 0)
        return f"{word} {late}" if late else word

    def _with(self, act: Callable[[RetentionView], object]) -> Callable[[], object]:
        return lambda: act(self.view) if self.view is not None else None

    def _add_keys(self) -> None:
        def is_open() -> bool:
            return self.view is not None

        def can_leave() -> bool:
            shown = None if self.view is None else self.view.screen_shown
            return shown is not None and shown.can_leave_now

        leave = self._with(RetentionView.leave_now)
        for action in (
            Action("retention-next", tr("下一步"), "F9", self._with(RetentionView.press), is_possible=is_open),
            Action("retention-leave", tr("现在离网"), "Ctrl+L", leave, is_possible=can_leave),
            Action(
                "retention-page",
                tr("看下一个步骤"),
                "Ctrl+Tab",
                self._with(lambda view: view.presenter.next_page()),
                is_possible=is_open,
            ),
            Action(
                "retention-more",
                tr("更多方案"),
                "Ctrl+M",
                self._with(lambda view: view.presenter.show_all_offers()),
                is_possible=is_open,
            ),
            Action(
                "retention-pay",
                tr("去收费"),
                "F4",
                self._with(lambda view: view.go_to("pay")),
                is_possible=is_open,
            ),
            Action("retention-tell", tr("反馈厅经理"), "Ctrl+B", self._with(_tell), is_possible=is_open),
            Action("retention-back", tr("回到名单"), "Escape", self.back, is_possible=is_open),
        ):
            self._frame.keys.add(action, page=self)
        for place in PAGES:
            self._frame.keys.add(self._to_page(place), page=self)

    def _to_page(self, place: Place) -> Action:
        return Action(
            f"retention-{place.key}",
            tr(place.word),
            _key_of(place.key),
            lambda: self.show_page(place.key),
            is_possible=lambda: self.view is None and place in self._offered,
        )

    def _lay_out(self) -> None:
        ground, column = page()
        column.addWidget(self.choice)
        column.addWidget(self._pages, 1)
        self._stack.addWidget(ground)
        whole = QVBoxLayout(self)
        whole.setContentsMargins(0, 0, 0, 0)
        whole.addWidget(self._stack)


def _tell(view: RetentionView) -> None:
    if can_look_at_feedback(view.presenter.view):
        view.presenter.go("feedback")
    else:
        view.presenter.say(tr("还没有可反馈的。请先谈，登记退网原因，再反馈厅经理。"))


def _key_of(page: str) -> str:
    return f"Alt+{[place.key for place in PAGES].index(page) + 1}"
