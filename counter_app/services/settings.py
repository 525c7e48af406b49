"""The settings page of the hall admin: names, texts, printers; each change is an entry."""

from __future__ import annotations

import re
from dataclasses import asdict, replace

from counter_app.domain.hall import Hall
from counter_app.domain.hall_refusals import BadHallSetting
from counter_app.domain.hall_words import EDITABLE as EDITABLE
from counter_app.domain.hall_words import word_fault
from counter_app.domain.journal import Draft
from counter_app.domain.refusals import Refused
from counter_app.domain.staff import Right, Session
from counter_app.services import authority
from counter_app.storage import settings as rows
from counter_app.storage.hall import OpenHall
from counter_app.storage.sql import Writing

_CODE = re.compile(r"[A-Z0-9]{1,8}")


def change_hall(hall: OpenHall, session: Session, **words: str) -> Hall:
    """Change the hall's words and texts.

    Raises:
        Refused: `NoRight`, `SignedOut`, `BadHallSetting`.
    """
    session.need(Right.SETTINGS)
    for key, value in words.items():
        check_word(key, value)
    before = asdict(hall.hall)
    changed = replace(hall.hall, **{key: value.strip() for key, value in words.items()})  # type: ignore[arg-type]  # all editable words are text
    differing = {key: [before[key], value] for key, value in asdict(changed).items() if before[key] != value}
    if not differing:
        return hall.hall
    with hall.writing() as work:
        authority.still(work, session, Right.SETTINGS)
        hall.rename(work, changed)
        _write(hall, body={"hall": differing}, session=session, work=work)
    return changed


def get(hall: OpenHall, key: str, default: str = "") -> str:
    """A dotted setting, such as `printer.a5`."""
    with hall.reading() as reading:
        return rows.get(reading, key, default)


def put(hall: OpenHall, session: Session, key: str, value: str) -> None:
    """Change a dotted setting; a teller may choose printers, everything else is the admin's.

    So is a printer behind a path of this machine: whoever names that path says which file is written to.

    Raises:
        Refused: `NoRight`, `SignedOut`.
    """
    is_anybodys = key.startswith("printer.") and not value.startswith("device:")
    with hall.writing() as work:
        authority.still(work, session, None if is_anybodys else Right.SETTINGS)
        before = rows.get(work, key)
        if before == value:
            return
        rows.put(work, key, value)
        _write(hall, body={"key": key, "value": [before, value]}, session=session, work=work)


def check_word(key: str, value: str) -> None:
    """Hold one of the hall's words to its form.

    Raises:
        Refused: `BadHallSetting`.
    """
    if expected := word_fault(key, value):
        raise Refused(BadHallSetting(key, value, expected))


def check_code(key: str, value: str) -> str:
    """A hall or counter code as receipt numbers carry it: one to eight capital letters or digits.

    Raises:
        Refused: `BadHallSetting`.
    """
    code = value.strip().upper()
    if not _CODE.fullmatch(code):
        raise Refused(BadHallSetting(key, value, "code"))
    return code


def _write(hall: OpenHall, *, body: dict[str, object], session: Session, work: Writing) -> None:
    hall.journal.append(
        work,
        Draft(
            kind="config.change",
            body=body,
            staff_no=session.staff_no,
            business_date=hall.clock.now().date(),
        ),
    )
