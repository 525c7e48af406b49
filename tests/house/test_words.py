"""The project's papers: the changelog's form, one meaning per word, links that lead somewhere, no foreign places."""

from __future__ import annotations

import re
import tomllib
from collections import Counter
from pathlib import Path

import pytest

from tests.house.checkout import ROOT, name_of, tracked_files

# written with brackets so that this file does not name them itself
FOREIGN_PLACES = re.compile(r"(?<![\w.-])[/]work[/]|[/]tmp[/]brief|\b[f]arm-")
NOT_TEXT = {".ttf", ".otf", ".png", ".ico", ".xlsx", ".gz", ".db", ".qm", ".pdf"}
CHANGELOG_PARTS = {"Added", "Changed", "Deprecated", "Removed", "Fixed", "Security"}
PAPERS = sorted([*ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md")])


def text_of(name: str) -> str:
    return (ROOT / name).read_text(encoding="utf-8")


def test_no_text_names_a_place_that_its_users_do_not_have() -> None:
    found = []
    for path in tracked_files():
        if path.suffix in NOT_TEXT:
            continue
        for number, line in enumerate(path.read_text(encoding="utf-8", errors="replace").splitlines(), 1):
            if FOREIGN_PLACES.search(line):
                found.append(f"{name_of(path)}:{number}: {line.strip()[:100]}")
    assert found == []


@pytest.mark.parametrize("line", ["see /{}/main/x", 'open("/tmp/{}")', "the {}-bench machine"])
def test_foreign_places_are_seen(line: str) -> None:
    assert FOREIGN_PLACES.search(line.format({"s": "work", "o": "brief", "t": "farm"}[line[0]]))


# --- the changelog ---


def changelog_faults(text: str) -> list[str]:
    """What keeps this text from being a changelog in the form of Keep a Changelog."""
    faults = [] if text.startswith("# Changelog") else ["it does not open with '# Changelog'"]
    versions = re.findall(r"^## (.+)$", text, re.MULTILINE)
    if not versions or versions[0] != "[Unreleased]":
        faults.append("its first version is not [Unreleased]")
    faults += [f"version {v!r}" for v in versions[1:] if not re.fullmatch(r"\[\d+\.\d+\.\d+\] - \d{4}-\d\d-\d\d", v)]
    for part in re.split(r"^### ", text, flags=re.MULTILINE)[1:]:
        name, _, body = part.partition("\n")
        if name not in CHANGELOG_PARTS:
            faults.append(f"part {name!r}")
        if not re.search(r"^- \S", body, re.MULTILINE):
            faults.append(f"part {name!r} is empty")
    return faults


def test_the_changelog_has_its_form() -> None:
    assert changelog_faults(text_of("CHANGELOG.md")) == []


def test_a_changelog_without_its_form_is_seen() -> None:
    text = "# Changelog\n\n## [Unreleased]\n\n### News\n\n- one\n\n### Added\n\n## 0.1\n"
    assert changelog_faults(text) == ["version '0.1'", "part 'News'", "part 'Added' is empty"]


# --- the glossary ---


def glossary() -> list[tuple[str, str, str]]:
    rows = re.findall(r"^\| ([^|]+) \| ([^|]+) \| ([^|]+) \|$", text_of("docs/glossary.md"), re.MULTILINE)
    return [(english, chinese, meaning) for english, chinese, meaning in rows[1:] if not english.startswith("--")]


def test_each_word_stands_once_in_both_languages_with_one_meaning() -> None:
    rows = glossary()
    assert len(rows) >= 60
    for column in (0, 1):
        twice = [word for word, times in Counter(row[column].lower() for row in rows).items() if times > 1]
        assert twice == []
    assert [english for english, chinese, _ in rows if not re.search(r"[\u4e00-\u9fff]", chinese)] == []
    assert [english for english, _, meaning in rows if len(meaning) < 10] == []


def test_the_nouns_of_the_code_are_in_the_glossary() -> None:
    nouns = (
        "hall, counter, teller, supervisor, customer, account, bill, late fee, payment, receipt, waiver, "
        "sign-off, offer, notice, entry, journal, hub, refusal, trouble, tender, prepaid, intent, posting, "
        "settlement, shift, drawer"
    )
    assert set(nouns.split(", ")) <= {english for english, _, _ in glossary()}


# --- links, commands, licences ---


@pytest.mark.parametrize("paper", PAPERS, ids=name_of)
def test_links_lead_somewhere(paper: Path) -> None:
    targets = re.findall(r"\]\(([^)#]+)(?:#[^)]*)?\)", paper.read_text(encoding="utf-8"))
    dead = [target for target in targets if "://" not in target and not (paper.parent / target).exists()]
    assert dead == [], name_of(paper)


def test_the_readme_has_both_halves_and_commands_that_exist() -> None:
    readme = text_of("README.md")
    chinese, english = readme.split("\n## English\n")
    for half in (chinese, english):
        for command in ("installer/run.sh", "installer/test.sh", "installer\\run.cmd", "installer\\test.cmd"):
            assert command in half
            assert (ROOT / command.replace("\\", "/")).exists()
    assert chinese.count("\n### ") == english.count("\n### ")


def test_the_licence_is_apache_in_full() -> None:
    licence = text_of("LICENSE")
    assert "Version 2.0, January 2004" in licence
    assert "END OF TERMS AND CONDITIONS" in licence


def test_every_dependency_has_its_line_with_a_licence() -> None:
    project = tomllib.loads(text_of("pyproject.toml"))["project"]
    decision = text_of("docs/decisions/0001-dependencies.md")
    for requirement in project["dependencies"]:
        name = re.split(r"[<>=;\s\[]", requirement)[0]
        assert re.search(rf"^\| {re.escape(name)}\b.* \| \S+.* \|$", decision, re.MULTILINE | re.IGNORECASE), name
    tools = decision.split("For tests only:")[1]
    for requirement in project["optional-dependencies"]["test"]:
        assert re.split(r"[<>=;\s\[]", requirement)[0] in tools


def test_every_decision_is_in_the_list() -> None:
    listed = text_of("docs/decisions/README.md")
    pages = [path.name for path in (ROOT / "docs" / "decisions").glob("0*.md")]
    assert pages
    assert [page for page in pages if f"({page})" not in listed] == []
