"""The room's lists to look at: follow-ups that are late, both libraries, audits, and lines that leave silently."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from counter_app.clock import new_intent_id
from counter_app.domain.journal import Draft
from counter_app.domain.retention import Result, Signer
from counter_app.services import retention, retention_after, retention_signing
from counter_app.services.hall import OpenHall
from counter_app.storage.past_retentions import PastRetention
from counter_app.ui.retention.audits_page import AuditsPage
from counter_app.ui.retention.library_page import LibraryPage
from counter_app.ui.retention.mailing_page import MailingPage
from counter_app.ui.retention.mailing_panels import TakePanel
from counter_app.ui.retention.room import RetentionRoom
from counter_app.ui.retention.silent_page import SilentPage
from counter_app.ui.retention.visit_panel import VisitPanel
from counter_app.ui.retention.visits_page import VisitsPage
from tests import halls, leaving

_PAST = PastRetention(
    "P1", "13900000001", "王芳", "NETWORK", "Bad network", "打折", Result.REFUSED_TALK, date(2026, 10, 2)
)


def ended(hall: OpenHall, _case_id: str) -> None:
    """One who left and was audited with an error, one who stayed, one for whom nobody signed, one from before."""
    halls.an_open_shift(hall)
    leaving.tell(hall, leaving.a_line(hall, no="10002346", is_vip=True), leaving.LEFT[:-1])
    leaving.tell(hall, leaving.a_line(hall, no="10002347", is_vip=True), leaving.KEPT[:-2])
    _unsigned(hall)
    with hall.writing() as work:
        entry = hall.journal.append(work, Draft("a test's own", {}, "9001", halls.NOW.date()))
        leaving.a_past_result(work, _PAST, entry.id)


def late(hall: OpenHall, _case_id: str) -> None:
    """Follow-ups of mine and of a colleague's that are late, the first of them made."""
    case_id = leaving.tell(hall, leaving.a_line(hall, no="10002343", is_vip=True), leaving.KEPT[:-2])
    with hall.writing() as work:
        work.driver.execute("UPDATE visits SET owner_no = '1002'")
    leaving.tell(hall, leaving.a_line(hall, no="10002344", is_vip=True), leaving.KEPT[:-2])
    leaving.later(hall, days=71)
    retention_after.visit(hall, leaving.COLLEAGUE, case_id, 1, "content", new_intent_id())


def agreed(hall: OpenHall, _case_id: str) -> None:
    """One who left and one who stayed who agreed to be contacted, and one who agreed and left no way to be reached."""

    def saying(story: Sequence[tuple[str, leaving.Do]], **said: object) -> list[tuple[str, leaving.Do]]:
        def form(h: OpenHall, c: str, _line: leaving.Line) -> object:
            told = {"agreed_at": h.clock.now(), "contract_fen": 12_000, **said}
            return leaving.with_reason(h, c, "PRICE", is_contact_agreed=True, **told)

        return [(name, form if name == "form" else do) for name, do in story]

    halls.an_open_shift(hall)
    liked: dict[str, object] = {"interests": ("MORE_DATA", "FAMILY"), "contact_times": ("EVENING",)}
    left = saying(leaving.LEFT[:-2], later_contact="13987654321", **liked)
    leaving.tell(hall, leaving.a_line(hall, no="10002355", is_vip=True), left)
    leaving.later(hall, minutes=1)
    kept = saying(leaving.KEPT[:-2], interests=("POINTS",))
    leaving.tell(hall, leaving.a_line(hall, no="10002356", is_vip=True), kept)
    leaving.later(hall, minutes=1)
    liked = {"interests": ("MORE_DATA",), "agreed_at": hall.clock.now()}
    leaving.left_at_once(hall, "10002357", "NETWORK", is_contact_agreed=True, **liked)


def silent(hall: OpenHall, _case_id: str) -> None:
    """Three lines that are used less and less."""
    for number, last in enumerate((5_000, 6_000, 6_900)):
        leaving.a_line(hall, no=f"1000235{number}", months=(12_850, 9_925, 8_000, last))


def visits(room: RetentionRoom) -> None:
    """The page 回访."""
    room.show_page("visits")


def visit(room: RetentionRoom) -> None:
    """A follow-up that is written down, with a day that is none."""
    page = room.page("visits")
    assert isinstance(page, VisitsPage)
    room.show_page("visits")
    page.open(page.table.rows()[0])
    panel = room._frame.panels.current()
    assert isinstance(panel, VisitPanel)
    panel.outcome.entry.setText("1")
    panel.next_on.entry.setText("明天")
    panel.press()


def library(room: RetentionRoom) -> None:
    """The page 资料库."""
    room.show_page("library")


def whole(room: RetentionRoom) -> None:
    """A whole case to read."""
    page = room.page("library")
    assert isinstance(page, LibraryPage)
    room.show_page("library")
    page.table.activated_row.emit(next(row for row in page.table.rows() if row.case_id))


def export(room: RetentionRoom) -> None:
    """Where a library goes as a file."""
    page = room.page("library")
    assert isinstance(page, LibraryPage)
    room.show_page("library")
    page.export()


def audits(room: RetentionRoom) -> None:
    """The page of audits."""
    room.show_page("audits")


def audit(room: RetentionRoom) -> None:
    """A case that is audited: somebody stood in for a signature."""
    page = room.page("audits")
    assert isinstance(page, AuditsPage)
    room.show_page("audits")
    page.open(next(row for row in page.table.rows() if row.unavailable))


def mailing(room: RetentionRoom) -> None:
    """The page 寄资料."""
    room.show_page("mailing")


def taking(room: RetentionRoom) -> None:
    """For what a list is taken."""
    page = room.page("mailing")
    assert isinstance(page, MailingPage)
    room.show_page("mailing")
    page.export()
    panel = room._frame.panels.current()
    assert isinstance(panel, TakePanel)
    panel.what.entry.setText("家庭套餐介绍")
    panel.press()


def noting(room: RetentionRoom) -> None:
    """What became of a list that was taken before somebody took the consent back."""
    page = room.page("mailing")
    assert isinstance(page, MailingPage)
    room.show_page("mailing")
    shown = page.table.rows()
    page.presenter.rows(shown, "家庭套餐介绍", "寄送新业务资料", is_again=False)()
    last = shown[-1]
    page.presenter.withdraw(last, lambda _words: page.note_sent(), page.say)


def silent_lines(room: RetentionRoom) -> None:
    """The page 隐性离网."""
    page = room.page("silent")
    assert isinstance(page, SilentPage)
    room.show_page("silent")


def _unsigned(hall: OpenHall) -> None:
    case_id = leaving.open_case(hall, leaving.a_line(hall, no="10002348", is_vip=True)).case.case_id
    retention_signing.ask_signature(hall, leaving.TELLER, case_id, Signer.MANAGER, new_intent_id())
    leaving.later(hall, minutes=30)
    retention_signing.stand_in(hall, leaving.TELLER, case_id, Signer.MANAGER, "经理外出，电话未接", new_intent_id())
    retention.talk(hall, leaving.TELLER, case_id, new_intent_id())
    leaving.with_reason(hall, case_id, "PRICE_FEE_HIGH", further=("NETWORK_SLOW",))
    retention_signing.offer(hall, leaving.TELLER, case_id, "GIFT_FEE", 10, 3, new_intent_id())
    retention.answer(hall, leaving.TELLER, case_id, 1, new_intent_id(), is_yes=True)
    retention.keep(hall, leaving.TELLER, case_id, new_intent_id())
