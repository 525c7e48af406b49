"""The counter's own pages on small real halls, each as a window of its own."""

from __future__ import annotations

import atexit
import shutil
import tempfile
from collections.abc import Callable
from functools import cache
from pathlib import Path

from PySide6.QtWidgets import QWidget

from counter_app.clock import FixedClock
from counter_app.domain.staff import Role
from counter_app.services.hall import OpenHall
from counter_app.storage.trouble import StoreTrouble
from counter_app.ui.background import InlineBackground
from counter_app.ui.cover_page import CoverPage
from counter_app.ui.desk import Desk
from counter_app.ui.first_start.page import FirstStartPage
from counter_app.ui.first_start.presenter import MadeScreen
from counter_app.ui.frame import Frame
from counter_app.ui.notice import Notice, Way
from counter_app.ui.settings.look_fields import LookPanel
from counter_app.ui.settings.room import SettingsRoom
from counter_app.ui.settings.staff_panel import StaffPanel
from counter_app.ui.shifts.presenter_restores import OrderRow
from counter_app.ui.shifts.room import ShiftRoom
from counter_app.ui.sign_in.answers import AnswersPage
from counter_app.ui.sign_in.lock import LockPage, PausePage
from counter_app.ui.sign_in.page import SignInPage
from counter_app.ui.sign_in.password import PasswordPage
from counter_app.ui.sign_in.presenter import AnswerScreen, DemoSignIn, SignInPresenter, SignInScreen
from tests.halls import NOW, PASSWORD, a_hall, an_open_shift, cash, pay, teller, three_months_behind
from tests.ui.demonstration import words


def a_folder() -> Path:
    """A folder that goes when the tests end."""
    folder = Path(tempfile.mkdtemp())
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    return folder


def lanes() -> InlineBackground:
    """Lanes that work at once."""
    return InlineBackground(trouble=(OSError, StoreTrouble))


@cache
def resting_hall() -> OpenHall:
    """A hall without a shift."""
    return _kept(a_hall(a_folder()))


@cache
def working_hall() -> OpenHall:
    """A hall in the middle of a shift, with money taken."""
    hall = _kept(a_hall(a_folder()))
    an_open_shift(hall)
    pay(hall, three_months_behind(hall), cash(350))
    return hall


def a_desk(hall: OpenHall, role: Role = Role.TELLER, staff_no: str = "1001") -> Desk:
    """A counter with somebody at it."""
    return Desk(hall, lanes(), teller(staff_no, role))


def shift_room(hall: OpenHall, staff_no: str = "1001") -> tuple[Frame, ShiftRoom]:
    """The 班结 room in its frame."""
    frame = Frame()
    room = ShiftRoom(a_desk(hall, staff_no=staff_no), frame)
    frame.add_room("payments", words("收费", "Payments"), "cash", QWidget())
    frame.add_room("shifts", words("班结", "Shift"), "calculator", room)
    frame.set_who(words("王芳", "Wang Fang"), words("3 号台", "Counter 3"))
    frame.show_room("shifts")
    return frame, room


def settings_room(hall: OpenHall, page: str = "hall") -> tuple[Frame, SettingsRoom]:
    """The 设置 room in its frame."""
    frame = Frame()
    room = SettingsRoom(a_desk(hall, Role.ADMIN, "9001"), frame)
    frame.add_room("payments", words("收费", "Payments"), "cash", QWidget(), is_enabled=False)
    frame.add_room("settings", words("设置", "Settings"), "settings", room, is_at_foot=True)
    frame.set_who(words("孙强", "Sun Qiang"), words("3 号台", "Counter 3"))
    frame.show_room("settings")
    room.show_page(page)
    return frame, room


def counted(room: ShiftRoom, pieces: dict[int, str]) -> None:
    """Pieces typed into the count that is on the screen."""
    grid = (room.closing if room.stack.currentWidget() is room.closing else room.opening).grid
    for fen, text in pieces.items():
        grid.entries[fen].setText(text)
        grid.entries[fen].typed.emit(text)


def covered(page: CoverPage) -> Frame:
    """A page over the whole window."""
    frame = Frame()
    frame.cover(page, page.key_actions())
    return frame


def opening() -> QWidget:
    """The float count, half done."""
    frame, room = shift_room(resting_hall())
    counted(room, {10_000: "12", 10: "7"})
    return frame


def running() -> QWidget:
    """The sums of an open shift, and two restore orders."""
    frame, room = shift_room(working_hall())
    frame.show()
    sent, back = words("已发送", "Sent"), words("已恢复", "Restored")
    confirm, archive = words("确认已恢复", "Confirm as restored"), words("归档", "Archive")
    late = words("2026-11-20 09:12 已超时", "2026-11-20 09:12, overdue")
    room.running.restores.show_rows(
        (
            OrderRow("1", "138****0013", "2026-11-19 09:12", late, sent, confirm, True),
            OrderRow("2", "139****7788", "2026-11-21 10:04", "2026-11-22 10:04", back, archive, False),
        )
    )
    return frame


def somebody_elses_shift() -> QWidget:
    """An open shift as another teller sees it."""
    return shift_room(working_hall(), "1002")[0]


def closing() -> QWidget:
    """The count at the end of a shift, with slips that do not go together."""
    frame, room = shift_room(working_hall())
    frame.show()
    room.begin_closing()
    counted(room, {10_000: "8"})
    assert room.closing.slips is not None
    room.closing.slips.totals["card"].setText("120")
    room.closing.slips.lists["cheque"].setText("300 98.5")
    room.closing.slips.lists["cheque"].typed.emit("")
    room.flow.count()
    return frame


def compared() -> QWidget:
    """What a count came to: fifty missing, and where to look."""
    frame, room = shift_room(working_hall())
    frame.show()
    room.begin_closing()
    counted(room, {10_000: "8"})
    room.flow.count()
    return frame


def closed() -> QWidget:
    """What a close came to."""
    hall = _kept(a_hall(a_folder()))
    an_open_shift(hall)
    frame, room = shift_room(hall)
    frame.show()
    room.begin_closing()
    counted(room, {10_000: "5"})
    room.flow.count()
    room.flow.close()
    return frame


def cash_in() -> QWidget:
    """The panel for cash in."""
    frame, room = shift_room(working_hall())
    frame.show()
    room.running.in_button.click()
    return frame


def settings_of(page: str) -> Callable[[], QWidget]:
    """One page of the settings."""
    return lambda: settings_room(working_hall(), page)[0]


def staff_panel() -> QWidget:
    """Somebody new, with the second admin's lines."""
    frame, _room = settings_room(working_hall(), "staff")
    frame.show()
    panel = StaffPanel(None)
    frame.panels.open(panel)
    panel.fail("approver_no", words("须由另一位厅管理员当面确认。", "Another hall admin has to be present."))
    return frame


def look_panel() -> QWidget:
    """Colours, text size and language as a panel."""
    frame, room = shift_room(resting_hall())
    frame.show()
    frame.panels.open(LookPanel(a_desk(resting_hall()).looks))
    assert room.isVisible()
    return frame


def first_start() -> QWidget:
    """No hall yet."""
    return covered(_first_page())


def first_fields() -> QWidget:
    """The hall's own words, one of them refused."""
    page = _first_page()
    page.begin_own()
    page.filling.fields["name"].entry.setText(words("城东营业厅", "East hall"))
    page.filling.show_error(
        "hall_code",
        words("“营业厅代码”应为 1 到 8 位大写字母或数字。", "Hall code is 1 to 8 capital letters or digits."),
    )
    return covered(page)


def first_joining() -> QWidget:
    """The hub that has the hall already, with a code that is not whole."""
    page = _first_page()
    page.begin_joining()
    for key, text in {"address": "hub.example:8443", "code": "ABCD-EFGH", "counter_code": "03"}.items():
        page.joining.fields[key].entry.setText(text)
    page.joining.show_error(
        "code",
        words(
            "接入码不完整。请照打印的整行输入，连同后面的指纹。",
            "The code is not whole. Please type the line as it was printed, with the fingerprint behind it.",
        ),
    )
    return covered(page)


def first_made() -> QWidget:
    """The hall is made."""
    page = _first_page()
    page.show_made(
        MadeScreen(
            words("本厅已建立", "The hall is made"),
            (words("数据文件已加密，没有密钥谁也读不出来。", "The data file is encrypted."),) * 3,
            ((words("数据目录", "Data folder"), "/home/teller/.local/share/counter-app"),),
        )
    )
    return covered(page)


def sign_in() -> QWidget:
    """The sign-in page of a demo hall after a wrong password."""
    demo = tuple(
        DemoSignIn(no, PASSWORD, f"{no}  {name}")
        for no, name in (
            ("1001", words("王芳  营业员", "Wang Fang  Teller")),
            ("2001", words("赵敏  班长", "Zhao Min  Supervisor")),
            ("9001", words("孙强  厅管理员", "Sun Qiang  Hall admin")),
            ("8001", words("周凯  稽核员", "Zhou Kai  Auditor")),
        )
    )
    screen = SignInScreen(
        words("滨江供电营业厅（演示）", "Riverside power hall (demo)"), words("3 号台", "Counter 3"), demo
    )
    page = SignInPage(_signing_in(), screen)
    page.staff_no.entry.setText("1001")
    page.fail(
        words(
            "工号或密码不对。再错 3 次将暂停登录。请重新输入。", "Staff number or password is wrong. Please try again."
        )
    )
    return covered(page)


def new_password() -> QWidget:
    """The first password has to be replaced."""
    page = PasswordPage(_signing_in(), is_forced=True, on_changed=lambda: None, on_back=lambda: None)
    return covered(page)


def lock() -> QWidget:
    """The locked screen."""
    return covered(LockPage(_signing_in(), words("王芳", "Wang Fang")))


def pause() -> QWidget:
    """The paused window."""
    return covered(PausePage())


def answers() -> QWidget:
    """What a restart left open."""
    taken = words(
        "2026-11-21 10:04 由 1001 收的 350.00 元已经记账，收据 HZ01-03-2026-000001，找零 32.43。不要再收一次。",
        "The 350.00 yuan that 1001 took are recorded: receipt HZ01-03-2026-000001.",
    )
    lost = words(
        "2026-11-21 10:06 由 1001 开始的收款（98.00 元）没有记账。如果已收下现金，请退还客户或重新收款。",
        "The payment of 98.00 yuan was not recorded. Give the cash back or take it again.",
    )
    found = (
        AnswerScreen("1", words("已经记账", "Recorded"), taken, True),
        AnswerScreen("2", words("没有记账", "Not recorded"), lost, False),
    )
    return covered(AnswersPage(found, lambda: None))


def notice() -> QWidget:
    """The hall does not open."""
    ways = (Way(words("再试一次", "Try again"), "F5", lambda: None), Way(words("关闭程序", "Close"), "", lambda: None))
    text = words(
        "本厅数据正被另一个程序使用：counter-app 1234@hall-pc。请先关闭它。", "Another program has the hall open."
    )
    return covered(Notice(words("本厅正在别处使用", "The hall is open elsewhere"), text, ways))


COUNTER_PAGES: dict[str, Callable[[], QWidget]] = {
    "answers": answers,
    "cash-in": cash_in,
    "closed": closed,
    "closing": closing,
    "compared": compared,
    "first-fields": first_fields,
    "first-joining": first_joining,
    "first-made": first_made,
    "first-start": first_start,
    "lock": lock,
    "look": look_panel,
    "new-password": new_password,
    "notice": notice,
    "opening": opening,
    "pause": pause,
    "running": running,
    "settings-hall": settings_of("hall"),
    "settings-printers": settings_of("printers"),
    "settings-rules": settings_of("rules"),
    "settings-staff": settings_of("staff"),
    "shift-of-another": somebody_elses_shift,
    "sign-in": sign_in,
    "staff-panel": staff_panel,
}


def _first_page() -> FirstStartPage:
    return FirstStartPage(lanes(), a_folder(), FixedClock(NOW), lambda: None)


def _signing_in() -> SignInPresenter:
    return SignInPresenter(a_desk(resting_hall()), lambda _session: None)


def _kept(hall: OpenHall) -> OpenHall:
    atexit.register(hall.close)
    return hall
