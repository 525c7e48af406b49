"""What a second program on the same hall does: it speaks with the counter that is open, or hears why not."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from datetime import date

    from counter_app.domain.imports import ImportReport, What
    from counter_app.storage.door import Answer, Door
    from counter_app.storage.hall import OpenHall


def open_door(hall: OpenHall, answer: Answer) -> Door | None:
    """Let second programs in; None where this one has not the hall to itself, or no socket can be made."""
    from counter_app.storage.door import Door

    if hall.lock is None:
        return None
    try:
        return Door(hall.folder, answer)
    except OSError:
        return None


def raise_window(folder: Path) -> bool:
    """Bring the window that has the hall open to the front; False when there is none that answers."""
    from counter_app.storage.lock import DOOR_NAME, is_held

    # one look at the folder, for nearly every start is the first one; a counter that was killed leaves its note behind
    if not (folder / DOOR_NAME).exists() or not is_held(folder):
        return False
    from counter_app.storage.door import knock

    said = knock(folder, {"want": "window"})
    return said is not None and said.get("is_raised") is True


def import_through_counter(
    folder: Path,
    what: What,
    path: Path,
    map_path: Path | None,
    *,
    check: bool,
    progress: Callable[[int], object],
    writing: Callable[[int, int], object],
) -> ImportReport | None:
    """Hand an import to the counter that has the hall open; None when none answers.

    It is done there under the staff number of whoever is signed in, with the rights of that person.

    Raises:
        Refused: `NobodyMayImport`, `CounterEnded`, `CounterSaid` with the counter's own sentences.
    """
    from counter_app.domain.hall_refusals import CounterEnded, CounterSaid, NobodyMayImport
    from counter_app.domain.imports import report_of
    from counter_app.domain.refusals import Refused
    from counter_app.storage.door import knock

    def step(told: dict[str, int]) -> None:
        if "rows" in told:
            progress(told["rows"])
        elif "total" in told:
            writing(told["done"], told["total"])

    request = {
        "want": "import",
        "what": what,
        "file": str(path.absolute()),
        "map": None if map_path is None else str(map_path.absolute()),
        "check": check,
    }
    try:
        said = knock(folder, request, step)
    except EOFError as error:
        raise Refused(CounterEnded()) from error
    if said is None:
        return None
    if "report" in said:
        return report_of(said["report"])
    raise Refused(NobodyMayImport() if said.get("is_nobody") else CounterSaid(str(said.get("said", ""))))


def deduct_through_counter(
    folder: Path, asked: date | None, *, is_here: bool, progress: Callable[[int, int], object]
) -> bool:
    """Have the counter that has the hall open deduct on the batch day; False when none answers.

    Raises:
        Refused: `CounterEnded`, `CounterSaid` with the counter's own sentences.
    """
    from counter_app.domain.hall_refusals import CounterEnded, CounterSaid
    from counter_app.domain.refusals import Refused
    from counter_app.storage.door import knock

    def step(told: dict[str, int]) -> None:
        if "total" in told:
            progress(told["done"], told["total"])

    request = {"want": "deduct", "on": None if asked is None else asked.isoformat(), "is_here": is_here}
    try:
        said = knock(folder, request, step)
    except EOFError as error:
        raise Refused(CounterEnded()) from error
    if said is None:
        return False
    if said.get("is_done") is not True:
        raise Refused(CounterSaid(str(said.get("said", ""))))
    return True
