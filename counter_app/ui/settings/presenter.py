"""The hall's words and its staff without Qt: what is shown and what is changed; each change is an entry."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime

from counter_app.domain.hall_refusals import BadHallSetting
from counter_app.domain.refusals import Refusal
from counter_app.domain.staff import Right, Role, Staff, StaffState
from counter_app.domain.staff_refusals import (
    LastAdmin,
    NoRight,
    PasswordMustChange,
    SecondPersonNeeded,
    SignInLocked,
    StaffNoTaken,
    WeakPassword,
    WrongSignIn,
)
from counter_app.services import passwords, settings, staff
from counter_app.services.receipt_sample import sample_pdf
from counter_app.services.retention_paper_facts import OFFERS
from counter_app.ui.desk import Desk
from counter_app.ui.formats import clock
from counter_app.ui.language import later, tr
from counter_app.ui.printing import PagePicture, page_picture
from counter_app.ui.wording import sentences, trouble_sentences
from counter_app.ui.wording_roles import role_word

OnDone = Callable[[], object]
OnWrong = Callable[[str, str], object]
"""Gets the field that is wrong (empty: none of them) and its sentences."""

STATES = {
    StaffState.ACTIVE: later("在岗"),
    StaffState.LOCKED: later("已锁定"),
    StaffState.LEFT: later("已离岗"),
}

EXIT_OFFERS = "exit_offers"
"""The field with the hall's own words about offers for those who leave (002-A20)."""

_STAFF_NO = re.compile(r"[0-9A-Za-z]{2,20}")
_FIELDS: dict[type[Refusal], str] = {
    WeakPassword: "password",
    StaffNoTaken: "staff_no",
    SecondPersonNeeded: "approver_no",
    WrongSignIn: "approver_password",
    SignInLocked: "approver_password",
    NoRight: "approver_no",
    PasswordMustChange: "approver_no",
    LastAdmin: "role",
}


@dataclass(frozen=True, slots=True)
class StaffRow:
    """One member of the staff as the list shows it."""

    staff: Staff
    role: str
    state: str


@dataclass(frozen=True, slots=True)
class StaffWish:
    """What the staff panel holds when its button is pressed."""

    staff_no: str
    name: str
    role: Role
    state: StaffState
    password: str = ""
    approver_no: str = ""
    approver_password: str = ""


class SettingsPresenter:
    """Reads and changes the settings of the hall."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk

    def words(self) -> dict[str, str]:
        """The hall's words that may change."""
        return {key: getattr(self._desk.hall.hall, key) for key in settings.EDITABLE}

    def facts(self) -> tuple[tuple[str, str], ...]:
        """What cannot change, and where things lie."""
        hall = self._desk.hall
        sealed = tr("已加密") if hall.store.is_encrypted else tr("未加密")
        return (
            (tr("营业厅代码"), hall.hall.hall_code),
            (tr("柜台代码"), hall.hall.counter_code),
            (tr("规则包"), hall.pack.version_on(hall.clock.now().date())),
            (tr("数据目录"), str(hall.folder)),
            (tr("数据文件"), sealed),
            (tr("密钥存放"), tr("系统密钥环") if hall.keys.words == "keyring" else hall.keys.words),
        )

    def read_staff(self, on_rows: Callable[[tuple[StaffRow, ...]], object], on_error: Callable[[str], object]) -> None:
        """Read everybody."""
        desk = self._desk

        def job() -> tuple[StaffRow, ...]:
            now = desk.hall.clock.now()
            return tuple(
                StaffRow(member, role_word(member.role), _state_word(member, now))
                for member in staff.everybody(desk.hall)
            )

        desk.lanes.run(
            "reader", job, on_rows, lambda r: on_error(sentences(r)), lambda t: on_error(trouble_sentences(t))
        )

    def save_words(self, words: Mapping[str, str], on_done: OnDone, on_wrong: OnWrong) -> None:
        """Keep the hall's words."""
        desk, who = self._desk, self._desk.who

        def done(_hall: object) -> None:
            on_done()
            desk.changed()

        desk.lanes.run("writer", lambda: settings.change_hall(desk.hall, who, **words), done, *_no(on_wrong))

    def read_offers(self, on_text: Callable[[str], object]) -> None:
        """Read the hall's own words about offers, as the exit slip has them."""
        hall = self._desk.hall
        self._desk.lanes.run("reader", lambda: settings.get(hall, OFFERS), on_text, lambda _r: None, lambda _t: None)

    def save_offers(self, text: str, on_done: OnDone, on_wrong: OnWrong) -> None:
        """Keep the hall's own words about offers."""
        desk, who = self._desk, self._desk.who
        longest = 120
        if len(text.strip()) > longest:
            on_wrong(
                EXIT_OFFERS,
                tr("现在是 {length} 个字，最多 {longest} 个。请改短。", length=len(text.strip()), longest=longest),
            )
            return
        desk.lanes.run(
            "writer", lambda: settings.put(desk.hall, who, OFFERS, text.strip()), lambda _n: on_done(), *_no(on_wrong)
        )

    def draw_sample(self, words: Mapping[str, str], width_px: int, on_picture: Callable[[PagePicture], object]) -> None:
        """Draw how a receipt looks with these words; words that cannot be kept are not drawn."""
        hall = self._desk.hall

        def job() -> PagePicture:
            for key, value in words.items():
                settings.check_word(key, value)
            sample = replace(hall.hall, **words)  # type: ignore[arg-type]  # all editable words are text
            return page_picture(sample_pdf(hall, sample, "a5"), width_px=width_px)

        self._desk.lanes.run("paper", job, on_picture, lambda _refusal: None, lambda _trouble: None)

    def add(self, wish: StaffWish, on_done: OnDone, on_wrong: OnWrong) -> None:
        """Add somebody; a second admin proves himself where there is one."""
        desk, who = self._desk, self._desk.who
        if not _STAFF_NO.fullmatch(wish.staff_no):
            on_wrong("staff_no", sentences(BadHallSetting("staff_no", wish.staff_no, "staff_no")))
        elif not wish.name:
            on_wrong("name", sentences(BadHallSetting("person", "", "not_empty")))
        else:

            def job() -> None:
                approver = self._approver(wish)
                staff.add(desk.hall, who, wish.staff_no, wish.name, wish.role, wish.password, approver=approver)

            desk.lanes.run("writer", job, lambda _none: on_done(), *_no(on_wrong), word=tr("正在保存"))

    def change(self, wish: StaffWish, on_done: OnDone, on_wrong: OnWrong) -> None:
        """Change somebody's name, role or state, and the password when one is given."""
        desk, who = self._desk, self._desk.who
        if not wish.name:
            on_wrong("name", sentences(BadHallSetting("person", "", "not_empty")))
            return

        def job() -> None:
            if wish.password:
                # before anything is changed: the two entries belong together
                passwords.check_strength(wish.password, wish.staff_no)
            approver = self._approver(wish)
            staff.change(
                desk.hall, who, wish.staff_no, name=wish.name, role=wish.role, state=wish.state, approver=approver
            )
            if wish.password:
                staff.reset_password(desk.hall, who, wish.staff_no, wish.password, approver=approver)

        desk.lanes.run("writer", job, lambda _none: on_done(), *_no(on_wrong), word=tr("正在保存"))

    def _approver(self, wish: StaffWish) -> str:
        if not wish.approver_no.strip():
            return ""
        return staff.prove(self._desk.hall, wish.approver_no, wish.approver_password, Right.SETTINGS).staff_no


def field_of(refusal: Refusal) -> str:
    """The field that a refusal is about; empty when it is about none of them."""
    return refusal.key if isinstance(refusal, BadHallSetting) else _FIELDS.get(type(refusal), "")


def _state_word(member: Staff, now: datetime) -> str:
    if member.state is StaffState.ACTIVE and member.locked_until is not None and now < member.locked_until:
        return tr("暂停登录到 {until}", until=clock(member.locked_until.astimezone(now.tzinfo)))
    return tr(STATES[member.state])


def _no(on_wrong: OnWrong) -> tuple[Callable[[Refusal], object], Callable[[Exception], object]]:
    return (
        lambda refusal: on_wrong(field_of(refusal), sentences(refusal)),
        lambda trouble: on_wrong("", trouble_sentences(trouble)),
    )
