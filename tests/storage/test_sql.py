"""Statements whose values are given by place, the unit of work that runs them, and the names it gives."""

from __future__ import annotations

import uuid
from pathlib import Path

import pytest
from sqlalchemy import bindparam, insert, select, update

from counter_app.clock import FixedClock, new_entry_id
from counter_app.storage import tables as t
from counter_app.storage.sql import Sql, placed
from counter_app.storage.store import Store
from tests import halls


def test_values_by_place_are_in_the_order_that_was_said(tmp_path: Path) -> None:
    store = Store.create(tmp_path / "hall.db")
    change = update(t.hall).where(t.hall.c.key == bindparam("which")).values(value=bindparam("to"))
    with store.writing() as work:
        work.insert(placed(insert(t.hall), ("key", "value")), ("a", "1"))
        work.run(placed(change, ("to", "which")), ("2", "a"))
        found = work.one(placed(select(t.hall.c.value).where(t.hall.c.key == bindparam("which")), ("which",)), ("a",))
    store.close()
    assert found == ("2",)


@pytest.mark.parametrize("names", [("value", "key"), ("key",), ("key", "value", "more"), ()])
def test_another_order_is_an_error_before_a_row_is_written(names: tuple[str, ...]) -> None:
    with pytest.raises(ValueError, match="the statement asks for"):
        placed(insert(t.hall), names)


def test_a_work_that_is_over_does_nothing_more(tmp_path: Path) -> None:
    store = Store.create(tmp_path / "hall.db")
    with store.writing() as work:
        work.many(Sql("INSERT INTO hall VALUES (?, ?)"), [("a", "1"), ("b", "2")])
        assert work.one(Sql("SELECT value FROM hall ORDER BY key")) == ("1",)
    for after in (lambda: work.rows(Sql("SELECT 1")), lambda: work.run(Sql("DELETE FROM hall"))):
        with pytest.raises(store.driver.module.ProgrammingError):
            after()
    store.close()


def test_the_name_of_an_entry_is_a_uuid_that_sorts_by_time() -> None:
    names = [uuid.UUID(new_entry_id(FixedClock(halls.NOW))) for _ in range(50)]
    assert {(name.version, name.variant) for name in names} == {(7, uuid.RFC_4122)}
    assert len(set(names)) == 50
    assert {name.int >> 80 for name in names} == {int(halls.NOW.timestamp() * 1000)}
