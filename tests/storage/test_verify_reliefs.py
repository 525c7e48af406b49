"""What lets a late fee off is held to its entry: every column, every row more or less, and whoever signed it."""

from __future__ import annotations

import json
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from typing import Any

from counter_app.domain.journal import Draft, Posting
from counter_app.services import approvals, reliefs
from counter_app.storage import tables as t
from counter_app.storage import tables_reliefs as r
from counter_app.storage.hall import OpenHall
from counter_app.storage.schema import trigger_ddl
from counter_app.storage.sql import Writing
from counter_app.storage.verify_folds import written_by
from counter_app.storage.verify_reliefs import reliefs as held
from tests import halls
from tests.reliefs import ask, grant, supervisor, wish
from tests.sync.feeds import ask as rows
from tests.undoing import findings


def found(hall: OpenHall, change: Callable[[Writing], object]) -> list[str]:
    """What is found after a change that no trigger hinders; the file is as before afterwards."""
    said: list[str] = []
    try:
        with hall.writing() as work:
            for trigger in trigger_ddl():
                work.driver.execute(f"DROP TRIGGER IF EXISTS {trigger.split()[5]}")
            change(work)
            for check in (held, written_by):
                said += [str(finding) for finding in check(work)]
            raise InterruptedError
    except InterruptedError:
        return said


def sql(statement: str) -> Callable[[Writing], object]:
    """A change by a statement."""
    return lambda work: work.driver.execute(statement)


def written(hall: OpenHall, draft: Draft) -> Callable[[Writing], object]:
    """A change by an entry without its rows."""
    return lambda work: hall.journal.append(work, draft)


def test_every_column_every_row_and_every_signature_is_held_to_its_entry(tmp_path: Path) -> None:
    with closing(halls.a_hall(tmp_path / "hall")) as hall:
        _hold(hall)


def _hold(hall: OpenHall) -> None:
    someone = halls.three_months_behind(hall)
    view = grant(hall, someone, wish(hall, someone, document="病历 12"))
    case = reliefs.case_of_end(hall, halls.teller(), view.first.relief_id, "弄错了")
    by = approvals.sign(hall, halls.teller(), case, staff_no="2001", password=halls.PASSWORD)
    reliefs.end_waiver(hall, halls.teller(), view.first.relief_id, "弄错了", by)
    grant(hall, someone, wish(hall, someone, "defer", count=2))
    reliefs.decline(hall, supervisor(), ask(hall, someone, wish(hall, someone)), "不", "n")
    assert findings(hall) == []

    columns = [(r.relief_steps, column.name) for column in r.relief_steps.c]
    columns += [(t.settlements, name) for name in ("settled_on", "principal_fen", "late_fee_fen", "source", "entry")]
    for table, name in columns:
        is_number = str(table.c[name].type) == "INTEGER"
        value = f"coalesce({name}, 0) + 1000" if is_number else f"coalesce({name}, '') || '8'"
        one = f"UPDATE {table.name} SET {name} = {value} WHERE {table.primary_key.columns[0].name} ="
        one += f" (SELECT max({table.primary_key.columns[0].name}) FROM {table.name})"
        assert found(hall, sql(one)), (table.name, name)
    for more in ("DELETE FROM relief_steps WHERE step = 'approved'", "DELETE FROM settlements WHERE source = 'waiver'"):
        assert found(hall, sql(more))
    assert found(hall, sql("UPDATE side_records SET content = x'78'"))
    [(text,), *_] = rows(hall, "SELECT content FROM entries WHERE kind = 'relief.decide' ORDER BY id")
    said: dict[str, Any] = json.loads(str(text))
    for by_whom in (["1001"], [], ["2001", "2001"]):
        body = {**said["body"], "approvers": by_whom, "settlements": [], "relief_id": view.first.relief_id}
        draft = Draft("relief.decide", body, "1001", halls.NOW.date(), (), approver_no=by_whom[0] if by_whom else None)
        assert any("approver_no" in line for line in found(hall, written(hall, draft)))
    fen = (Posting("waived", view.first.relief_id, 5), Posting("late_fee", "1", -5))
    extra = Draft(
        "relief.end", {**said["body"], "outcome": "withdrawn", "approvers": []}, "1001", halls.NOW.date(), fen
    )
    lines = found(hall, written(hall, extra))
    assert any("postings" in line for line in lines)
