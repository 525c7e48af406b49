"""No page of the room is without an exit: Esc comes back from wherever its keys lead, and each page is one key away."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import Qt

from counter_app.domain.staff import Role, may
from counter_app.services.hall import OpenHall
from counter_app.ui.retention.room import PAGES
from tests.ui.counter.whole import Whole, rest
from tests.ui.retention import lists
from tests.ui.retention.desks import a_hall, go_to

OF_ROOM = tuple(f"retention-{place.key}" for place in PAGES)


@pytest.fixture(scope="module")
def hall(tmp_path_factory: pytest.TempPathFactory) -> Iterator[OpenHall]:
    folder: Path = tmp_path_factory.mktemp("exits")
    opened = a_hall(folder)
    lists.silent(opened, "")
    lists.ended(opened, "")
    lists.late(opened, "")
    yield opened
    opened.close()


def is_home(window: Whole) -> bool:
    return window.shell.frame.panels.current() is None and window.counter.retention.view is None


def own_keys(window: Whole) -> tuple[str, ...]:
    """What the page and its room do by key, Enter among it."""
    everywhere = {action.key for action, page in window.shell.frame.keys._added if page is None}
    found = [a for a in window.shell.frame.keys.available() if a.key not in everywhere and a.key not in OF_ROOM]
    return ("Return", *(action.shortcut for action in found))


@pytest.mark.parametrize(
    ("staff_no", "role"), [("1001", Role.TELLER), ("2001", Role.SUPERVISOR), ("8001", Role.AUDITOR)]
)
def test_esc_comes_back_from_wherever_a_key_leads(window: Whole, staff_no: str, role: Role) -> None:
    window.sign_in(staff_no)
    rest()
    room, led = window.counter.retention, 0
    for place in PAGES:
        if not may(role, place.right):
            continue
        go_to(window, place.key)
        assert room.choice.choice() == place.key
        for shortcut in own_keys(window):
            go_to(window, place.key)
            if shortcut == "Return":
                window.press(Qt.Key.Key_Return)
            else:
                window.shell.frame.keys.press(shortcut)
                rest()
            led += not is_home(window)
            for _ in range(3):
                if is_home(window):
                    break
                window.press(Qt.Key.Key_Escape)
            assert is_home(window), f"{place.key}: {shortcut} leads to where Esc does not lead back"
    assert led >= 3, "the walk opened hardly anything"


def test_each_page_is_one_key_from_each_other(window: Whole) -> None:
    window.sign_in("2001")
    rest()
    room = window.counter.retention
    for first in PAGES:
        for second in PAGES:
            go_to(window, first.key)
            go_to(window, second.key)
            assert room.choice.choice() == second.key
            assert room.page(second.key).isVisible()
    window.press(Qt.Key.Key_F2)
    assert window.shell.frame.search.hasFocus() or window.shell.frame.search.isAncestorOf(window._focused())


def test_no_page_takes_a_key_that_works_everywhere(window: Whole) -> None:
    window.sign_in("9001")
    rest()
    added = window.shell.frame.keys._added
    everywhere = {action.shortcut for action, page in added if page is None and action.shortcut} - {"Escape"}
    assert {"Ctrl+1", "Ctrl+5", "F2"} <= everywhere, "the rooms and the search are reached from everywhere"
    taken = [(action.key, action.shortcut) for action, page in added if page is not None]
    assert [key for key, shortcut in taken if shortcut in everywhere] == []
