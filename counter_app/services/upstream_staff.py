"""Staff of a hall as rows for its hub: who may sign in at its counters, and with which first password."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from counter_app.domain.refusals import Refused
from counter_app.domain.staff import Role, StaffState
from counter_app.services.passwords import check_strength, make_verifier

_TITLES = {
    "staff_no": ("工号", "staff_no"),
    "name": ("姓名", "name"),
    "role": ("角色", "role"),
    "state": ("状态", "state"),
    "password": ("初始密码", "password"),
}
_ROLES = {"营业员": Role.TELLER, "班长": Role.SUPERVISOR, "厅管理员": Role.ADMIN, "稽核员": Role.AUDITOR}
_STATES = {"在岗": StaffState.ACTIVE, "离岗": StaffState.LEFT}


def read_staff(header: Sequence[str], rows: Iterable[tuple[int, list[str]]]) -> tuple[list[dict[str, Any]], list[str]]:
    """The rows of staff in a table, and what is wrong with it in lines that name row and column.

    Columns: 工号, 姓名, 角色, and where there are any 状态 and 初始密码 (to be changed at the first sign-in). A
    row without a password leaves the one that the person has.
    """
    places = {
        name: at for name, titles in _TITLES.items() for at, title in enumerate(header) if title.strip() in titles
    }
    faults = [
        f"{_TITLES[name][0]} · {name}: 没有这一列 · no such column"
        for name in ("staff_no", "name", "role")
        if name not in places
    ]
    if faults:
        return [], faults
    found: dict[str, dict[str, Any]] = {}
    for number, record in rows:
        cells = {name: record[at].strip() if at < len(record) else "" for name, at in places.items()}
        wrong = _wrong(cells) or ("twice" if cells["staff_no"] in found else "")
        if wrong:
            faults.append(f"{number}: {wrong}")
            continue
        found[cells["staff_no"]] = _body(cells)
    return list(found.values()), faults


def _wrong(cells: dict[str, str]) -> str:
    """The field that cannot be taken, in a word; empty when all can."""
    if not cells["staff_no"] or not cells["name"]:
        return "blank: staff_no, name"
    if _role(cells["role"]) is None:
        return f"role: {', '.join(_ROLES)}"
    if cells.get("state") and _state(cells["state"]) is None:
        return f"state: {', '.join(_STATES)}"
    if cells.get("password"):
        try:
            check_strength(cells["password"], cells["staff_no"])
        except Refused:
            return "password: weak"
    return ""


def _body(cells: dict[str, str]) -> dict[str, Any]:
    body: dict[str, Any] = {"staff_no": cells["staff_no"], "name": cells["name"], "role": _role(cells["role"])}
    if cells.get("state"):
        body["state"] = _state(cells["state"])
    if cells.get("password"):
        # without the pepper of a hall's machine, which the hub does not have; the counter adds it at the first sign-in
        body |= {"verifier": make_verifier(cells["password"]), "must_change_password": 1}
    return body


def _role(text: str) -> str | None:
    found = _ROLES.get(text)
    return found.value if found else text if text in {role.value for role in _ROLES.values()} else None


def _state(text: str) -> str | None:
    found = _STATES.get(text)
    return found.value if found else text if text in {state.value for state in _STATES.values()} else None
