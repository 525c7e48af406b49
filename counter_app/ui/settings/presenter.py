"""The settings room without Qt: what it shows and what it changes; each change is an entry."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from counter_app.domain.staff import Right, Role, Staff, StaffState
from counter_app.services import settings, staff
from counter_app.ui.desk import Desk
from counter_app.ui.language import later, tr
from counter_app.ui.wording import sentences, trouble_sentences
from counter_app.ui.wording_people import role_word

OnError = Callable[[str], object]
OnDone = Callable[[], object]

_STATES = {
    StaffState.ACTIVE: later("在岗"),
    StaffState.LOCKED: later("已锁定"),
    StaffState.LEFT: later("已离岗"),
}


@dataclass(frozen=True, slots=True)
class StaffRow:
    """One member of the staff as the list shows it."""

    staff: Staff
    role: str
    state: str


@dataclass(frozen=True, slots=True)
class RuleRow:
    """A rule in force: its table, since when, its source and its values in one line."""

    table: str
    valid_from: str
    source: str
    values: str


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
        return (
            (tr("营业厅代码"), hall.hall.hall_code),
            (tr("柜台代码"), hall.hall.counter_code),
            (tr("规则包"), hall.pack.version_on(hall.clock.now().date())),
            (tr("数据目录"), str(hall.folder)),
            (tr("密钥存放"), tr("系统密钥环") if hall.keys.words == "keyring" else hall.keys.words),
            (tr("数据库组件"), f"{hall.store.driver.name} {'.'.join(map(str, hall.store.driver.version))}"),
        )

    def rules(self) -> tuple[RuleRow, ...]:
        """Every rule in force today with its source."""
        hall = self._desk.hall
        return tuple(
            RuleRow(
                rule.table,
                rule.valid_from.isoformat(),
                rule.source,
                "; ".join(f"{key} = {value}" for key, value in rule.values.items()),
            )
            for rule in hall.pack.in_force(hall.clock.now().date())
        )

    def not_configured(self) -> tuple[tuple[str, str], ...]:
        """Rules that the documents leave open: shown, never guessed."""
        return self._desk.hall.pack.not_configured

    def read_staff(self, on_rows: Callable[[tuple[StaffRow, ...]], object], on_error: OnError) -> None:
        """Read everybody."""
        desk = self._desk

        def job() -> tuple[StaffRow, ...]:
            return tuple(StaffRow(s, role_word(s.role), tr(_STATES[s.state])) for s in staff.everybody(desk.hall))

        desk.lanes.run("reader", job, on_rows, *_no(on_error))

    def save_words(self, words: dict[str, str], on_done: OnDone, on_error: OnError) -> None:
        """Keep the hall's words."""
        desk, who = self._desk, self._desk.who

        def done(_hall: object) -> None:
            on_done()
            desk.changed()

        desk.lanes.run("writer", lambda: settings.change_hall(desk.hall, who, **words), done, *_no(on_error))

    def add(self, wish: StaffWish, on_done: OnDone, on_error: OnError) -> None:
        """Add somebody; a second admin proves himself where there is one."""
        desk, who = self._desk, self._desk.who

        def job() -> None:
            approver = self._approver(wish)
            staff.add(desk.hall, who, wish.staff_no.strip(), wish.name, wish.role, wish.password, approver=approver)

        desk.lanes.run("writer", job, lambda _none: on_done(), *_no(on_error), word=tr("正在保存"))

    def change(self, wish: StaffWish, on_done: OnDone, on_error: OnError) -> None:
        """Change somebody's name, role or state, and the password when one is given."""
        desk, who = self._desk, self._desk.who

        def job() -> None:
            approver = self._approver(wish)
            staff.change(
                desk.hall, who, wish.staff_no, name=wish.name, role=wish.role, state=wish.state, approver=approver
            )
            if wish.password:
                staff.reset_password(desk.hall, who, wish.staff_no, wish.password)

        desk.lanes.run("writer", job, lambda _none: on_done(), *_no(on_error), word=tr("正在保存"))

    def _approver(self, wish: StaffWish) -> str:
        if not wish.approver_no.strip():
            return ""
        return staff.prove(self._desk.hall, wish.approver_no, wish.approver_password, Right.SETTINGS).staff_no


def _no(on_error: OnError) -> tuple[Callable[..., object], Callable[[Exception], object]]:
    return lambda refusal: on_error(sentences(refusal)), lambda trouble: on_error(trouble_sentences(trouble))
