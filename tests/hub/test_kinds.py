"""Every kind of entry that a counter writes is known to the hub: none of them would be kept apart as not understood."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

import counter_app
from counter_app.domain.retention_steps import PREFIX
from counter_app.hub.ledger import KINDS, TOLD_ONLY
from counter_app.storage.hall import SYSTEM

PACKAGE = Path(counter_app.__file__).parent
PLACES = [*(PACKAGE / "services").glob("*.py"), *(PACKAGE / "storage").glob("*.py")]
COPIES = ("print", "paper.print")
"""Kinds of prints, of which a second one is a copy (`services/prints.py` puts the word behind)."""


def kinds_written(trees: dict[str, ast.Module]) -> set[str]:
    """The kinds in drafts, and in calls of helpers that make a draft of the kind that they are given."""
    found = set()
    for name, tree in trees.items():
        makers = {"Draft"} | {
            inner.name
            for inner in ast.walk(tree)
            if isinstance(inner, ast.FunctionDef) and any(a.arg == "kind" for a in inner.args.args)
        }
        for call in ast.walk(tree):
            if isinstance(call, ast.Call) and isinstance(call.func, ast.Name) and call.func.id in makers:
                values = [keyword.value for keyword in call.keywords if keyword.arg == "kind"]
                values += call.args if call.func.id != "Draft" else call.args[:1]
                found |= {text for value in values for text in texts_of(value, name, trees)}
    return {text for text in found if text.replace(".", "").replace("_", "").isalpha() and text.islower()}


def texts_of(value: ast.expr, name: str, trees: dict[str, ast.Module]) -> Iterator[str]:
    """The text of an expression: itself, or that of the constant which it names, here or where it is from."""
    if isinstance(value, ast.Constant) and isinstance(value.value, str):
        yield value.value
    elif isinstance(value, ast.Name):
        for node in trees[name].body:
            if isinstance(node, ast.Assign) and any(isinstance(t, ast.Name) and t.id == value.id for t in node.targets):
                yield from texts_of(node.value, name, trees)
            elif isinstance(node, ast.ImportFrom) and any((a.asname or a.name) == value.id for a in node.names):
                yield from _imported(node, value.id)


def _imported(node: ast.ImportFrom, name: str) -> Iterator[str]:
    path = PACKAGE.parent / Path(*(node.module or "").split(".")).with_suffix(".py")
    if path.exists():
        original = next(a.name for a in node.names if (a.asname or a.name) == name)
        trees = {node.module or "": ast.parse(path.read_text(encoding="utf-8"))}
        yield from texts_of(ast.Name(original), node.module or "", trees)


def test_every_kind_that_a_counter_writes_is_known() -> None:
    trees = {str(path): ast.parse(path.read_text(encoding="utf-8")) for path in PLACES}
    written = {kind for kind in kinds_written(trees) if not kind.startswith(PREFIX)}

    assert len(written) > 15, "the search finds what counters write"
    assert {"payment.take", "shift.close", "login", "config.change", "import.done"} <= written
    # who wrote it, given to the same helpers
    unknown = written - KINDS.keys() - TOLD_ONLY - {SYSTEM}
    assert unknown == set()
    assert {f"{kind}.copy" for kind in COPIES} <= TOLD_ONLY


def test_a_kind_that_nobody_has_told_the_hub_is_found() -> None:
    tree = ast.parse('NEW = "planet.sold"\ndef f(hall):\n    hall.append(Draft(kind=NEW, body={}))\n')

    assert kinds_written({"planted": tree}) == {"planet.sold"}
