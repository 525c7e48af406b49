"""The shape of the house: short files, short functions, honest names, a sentence at each door."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.house.checkout import PACKAGE, ROOT, files_known_to_git, modules, name_of, parsed

LONGEST_FILE = 400
LONGEST_FUNCTION = 50
REASONED_EXCEPTIONS: dict[str, str] = {}  # file: why it may be longer
SAY_NOTHING_NAMES = {"utils", "util", "helpers", "helper", "common", "core", "base", "manager", "managers", "misc"}
TOP = {
    ".ci", ".gitattributes", ".gitignore", "CHANGELOG.md", "CONTRIBUTING.md", "LICENSE", "README.md",
    "counter_app", "docs", "installer", "pyproject.toml", "resources", "tests",
}  # fmt: skip
ROOMS = {
    "__init__", "__main__", "app", "cli", "clock", "commands", "deferred", "devices", "documents", "domain", "hub",
    "logs", "resources", "services", "settings", "storage", "sync", "ui",
}  # fmt: skip
Function = ast.FunctionDef | ast.AsyncFunctionDef

every_module = pytest.mark.parametrize("path", [*modules(), *modules(ROOT / "installer")], ids=name_of)
every_rule_module = pytest.mark.parametrize(
    "path", [*modules(PACKAGE / "domain"), *modules(PACKAGE / "services")], ids=name_of
)


@every_module
def test_no_file_is_too_long(path: Path) -> None:
    if name_of(path) in REASONED_EXCEPTIONS:
        return
    lines = len(path.read_text(encoding="utf-8").splitlines())
    assert lines <= LONGEST_FILE, f"{name_of(path)} has {lines} lines: a room that wants a wall"


@every_module
def test_no_function_is_too_long(path: Path) -> None:
    long = {name: lines for name, lines in lengths(parsed(path)) if lines > LONGEST_FUNCTION}
    assert long == {}, f"{name_of(path)}: {long}"


def test_lengths_leave_the_docstring_out_and_count_the_rest() -> None:
    source = 'def take():\n    """One.\n\n    Two.\n    """\n    a = 1\n    return a\n'
    assert list(lengths(ast.parse(source))) == [("take", 3)]


@every_module
def test_every_module_says_in_one_sentence_what_it_holds(path: Path) -> None:
    docstring = ast.get_docstring(parsed(path)) or ""
    first = docstring.split("\n\n")[0].strip()
    assert first.endswith((".", "。")), f"{name_of(path)} opens with {first!r}"


@every_module
def test_no_name_that_says_nothing(path: Path) -> None:
    words = {word for part in path.relative_to(ROOT).with_suffix("").parts for word in part.lower().split("_")}
    assert not words & SAY_NOTHING_NAMES, f"{name_of(path)} is named for nothing in the hall"


@every_rule_module
def test_every_public_function_says_what_it_promises(path: Path) -> None:
    silent = [name for name, function in public_functions(parsed(path)) if not ast.get_docstring(function)]
    assert silent == [], f"{name_of(path)}: {silent}"


def test_silent_functions_are_seen() -> None:
    source = "def take(): ...\ndef _look(): ...\nclass Till:\n    def open(self): ...\n    def _count(self): ...\n"
    assert [name for name, _ in public_functions(ast.parse(source))] == ["take", "Till.open"]


def test_the_top_of_the_project_holds_only_what_it_must() -> None:
    files = files_known_to_git()
    if files is None:
        found = {name for name in TOP if (ROOT / name).exists()}  # an unpacked archive may have anything beside it
    else:
        found = {path.relative_to(ROOT).parts[0] for path in files}
    assert found - TOP == set(), "put it in a room"
    assert TOP - found == set(), "it is missing"


def test_the_package_has_only_the_rooms_of_the_plan() -> None:
    found = {path.stem for path in PACKAGE.iterdir() if path.suffix == ".py" or (path / "__init__.py").exists()}
    assert found <= ROOMS, found - ROOMS


def test_every_folder_of_modules_is_a_package() -> None:
    doorless = {name_of(path.parent) for path in modules() if not (path.parent / "__init__.py").exists()}
    assert doorless == set()


def lengths(tree: ast.Module) -> Iterator[tuple[str, int]]:
    """Each function's name and its lines, its docstring not counted."""
    for node in ast.walk(tree):
        if isinstance(node, Function):
            lines = (node.end_lineno or node.lineno) - node.lineno + 1
            if ast.get_docstring(node) is not None:
                lines -= (node.body[0].end_lineno or 0) - node.body[0].lineno + 1
            yield node.name, lines


def public_functions(tree: ast.Module) -> Iterator[tuple[str, Function]]:
    """Functions of the module, and methods of its public classes, that a reader outside may call."""
    for node in tree.body:
        if isinstance(node, Function) and not node.name.startswith("_"):
            yield node.name, node
        elif isinstance(node, ast.ClassDef) and not node.name.startswith("_"):
            for part in node.body:
                if isinstance(part, Function) and not part.name.startswith("_"):
                    yield f"{node.name}.{part.name}", part
