"""The tables of `docs/requirements`: each row of a document stands there once, and every test that it names exists."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest

from tests.house.checkout import ROOT, name_of, parsed

TABLES = sorted((ROOT / "docs" / "requirements").glob("*.md"))
_ROW = re.compile(r"^\| ((?:\d{3}|HUB)-[A-Z]?\d+[a-z]?) \| ([^|]+) \| ([^|]+) \| ([^|]+) \|$", re.MULTILINE)
_FILE = re.compile(r"`([^`]+\.py)` ([a-z0-9_, ]+)")
SENTENCES = {1: "abcdefgh", 2: "abcdefghijklmnop", 3: "abcde", 4: "ab", 6: "ab", 7: "abcdef", 8: "abc", 9: "abc"}
ROWS_OF = {
    "002": {
        *(f"002-A{number}" for number in range(1, 23)),
        *(f"002-B{number}" for number in range(1, 9)),
        *(f"002-{number}" for number in (1, 2, 4, 5, 6, 7)),
        *(f"002-3{letter}" for letter in "abcde"),
    },
    "hub": {
        *("HUB-0", "HUB-5"),
        *(f"HUB-{of}{letter}" for of, letters in SENTENCES.items() for letter in letters),
        *(f"HUB-I{number}" for number in range(1, 19)),
    },
}
"""The rows of each document that ask for something; 002-8 holds foreign questions. HUB is what was asked of the line to
the hub, with the invariants of its design.
"""


def rows(text: str) -> list[tuple[str, str]]:
    """The rows of a table, each with the cell that names its tests."""
    return [(row, shown) for row, _asks, _where, shown in _ROW.findall(text)]


def faults(text: str, wanted: set[str]) -> Iterator[str]:
    """What keeps a table from being one."""
    found = [row for row, _shown in rows(text)]
    yield from (f"{row}: twice" for row in sorted({row for row in found if found.count(row) > 1}))
    yield from (f"{row}: missing" for row in sorted(wanted - set(found)))
    yield from (f"{row}: no such row" for row in sorted(set(found) - wanted))
    for row, shown in rows(text):
        named = [(file, test.strip()) for file, tests in _FILE.findall(shown) for test in tests.split(",")]
        if not named:
            yield f"{row}: no test"
        yield from (f"{row}: {file} has no {test}" for file, test in named if test not in names_in(file))


@cache
def names_in(file: str) -> set[str]:
    """The names of the tests of a file; none where there is no such file."""
    path = ROOT / file
    if not path.is_file():
        return set()
    return {node.name for node in parsed(path).body if isinstance(node, ast.FunctionDef) and node.name[:5] == "test_"}


@pytest.mark.parametrize("table", TABLES, ids=name_of)
def test_every_row_is_there_once_and_names_tests_that_exist(table: Path) -> None:
    assert list(faults(table.read_text(encoding="utf-8"), ROWS_OF[table.stem])) == []


def test_every_document_has_its_table() -> None:
    assert {table.stem for table in TABLES} == set(ROWS_OF)


def test_what_is_wrong_with_a_table_is_seen() -> None:
    here = "`tests/house/test_requirements.py` test_every_document_has_its_table"
    text = f"| 1-1 | a | b | {here} |\n| 002-1 | a | b | {here} |\n| 002-1 | a | b | {here} |\n"
    text += f"| 002-4 | a | b | by hand |\n| 002-9 | a | b | {here}, test_of_nothing |\n"
    text += "| 002-5 | a | b | `tests/nowhere.py` test_x |\n"
    assert list(faults(text, {"002-1", "002-4", "002-5", "002-7"})) == [
        "002-1: twice",
        "002-7: missing",
        "002-9: no such row",
        "002-4: no test",
        "002-9: tests/house/test_requirements.py has no test_of_nothing",
        "002-5: tests/nowhere.py has no test_x",
    ]
