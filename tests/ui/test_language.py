"""Every text has its English line, and no line is left over."""

from __future__ import annotations

import ast
import string
from pathlib import Path

import pytest

import counter_app
from counter_app.ui.language import english_lines, later, tr, use_language

_PACKAGE = Path(counter_app.__file__).parent
_CALLS = {"tr", "later"}


def _sources() -> dict[str, list[str]]:
    """Every Chinese source in the program, with where it stands."""
    found: dict[str, list[str]] = {}
    for path in sorted(_PACKAGE.rglob("*.py")):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in _CALLS and node.args:
                text = node.args[0]
                if isinstance(text, ast.Constant) and isinstance(text.value, str):
                    found.setdefault(text.value, []).append(f"{path.relative_to(_PACKAGE)}:{node.lineno}")
    return found


def _places(text: str) -> set[str]:
    return {name for _literal, name, _format, _conversion in string.Formatter().parse(text) if name}


def test_every_text_has_an_english_line() -> None:
    lines = english_lines()
    assert {text: where for text, where in _sources().items() if text not in lines} == {}


def test_no_english_line_is_left_over() -> None:
    assert sorted(set(english_lines()) - set(_sources())) == []


def test_both_languages_fill_in_the_same_places() -> None:
    assert {source: line for source, line in english_lines().items() if _places(source) != _places(line)} == {}


def test_no_english_line_is_empty_or_chinese() -> None:
    wrong = {
        source: line
        for source, line in english_lines().items()
        if not line.strip() or any("\u4e00" <= character <= "\u9fff" for character in line)
    }
    assert wrong == {}


def test_the_language_in_use_decides() -> None:
    assert tr("应收") == "应收"
    use_language("en")
    assert tr("应收") == "To collect"
    assert tr(later("实收")) == "Received"


def test_foreign_text_with_braces_is_only_a_value() -> None:
    assert tr("还没有填写“{word}”。请先填写，再选择。", word="{evil} {0}").startswith("还没有填写“{evil} {0}”")


def test_a_missing_value_is_a_bug_and_not_a_gap() -> None:
    with pytest.raises(KeyError):
        tr("还没有填写“{word}”。请先填写，再选择。", other=1)


def test_language_does_not_need_qt() -> None:
    source = (_PACKAGE / "ui" / "language.py").read_text(encoding="utf-8")
    assert "PySide6" not in source
