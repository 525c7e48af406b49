"""`python -O` drops asserts: none guards money, rights or input; the few that stay speak to the type checker."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest

import counter_app

PACKAGE = Path(counter_app.__file__).parent
ROOMS = ("domain", "services", "storage", "documents", "devices", "commands")


def only_narrows(test: ast.expr) -> bool:
    """`x is not None`, `isinstance(x, …)`, `callable(x)`: what mypy needs to hear."""
    if isinstance(test, ast.Compare):
        is_none = isinstance(test.comparators[0], ast.Constant) and test.comparators[0].value is None
        return len(test.ops) == 1 and isinstance(test.ops[0], ast.IsNot) and is_none
    return isinstance(test, ast.Call) and isinstance(test.func, ast.Name) and test.func.id in ("isinstance", "callable")


def guards(source: str) -> list[int]:
    return [n.lineno for n in ast.walk(ast.parse(source)) if isinstance(n, ast.Assert) and not only_narrows(n.test)]


@pytest.mark.parametrize("room", ROOMS)
def test_no_assert_guards_anything(room: str) -> None:
    files = sorted((PACKAGE / room).rglob("*.py"))
    assert files
    assert {str(path): found for path in files if (found := guards(path.read_text("utf-8")))} == {}


@pytest.mark.parametrize("line", ["assert amount_fen > 0", "assert session.may(right)", "assert a == b == 1"])
def test_an_assert_that_guards_is_seen(line: str) -> None:
    assert guards(line) == [1]


def test_an_assert_for_the_type_checker_is_not() -> None:
    assert guards("assert row is not None\nassert isinstance(a, int)") == []
