"""Planted damage in numbered papers: each is found and its place is named; whole papers have no findings."""

from __future__ import annotations

import hashlib
import shutil
from pathlib import Path

import pytest

from counter_app.clock import new_intent_id
from counter_app.domain.retention_papers import PaperKind
from counter_app.services import retention_papers
from counter_app.storage.columns import metadata
from counter_app.storage.driver import find_driver
from tests import halls, leaving
from tests.storage.conftest import Worked

HELD = ("papers", "paper_series", "paper_jobs")
NOT_FACTS = {
    "paper_jobs.id": "only a row's own number",
    "paper_jobs.state": "how the paper went on",
    "paper_jobs.why": "how the paper went on",
    "paper_jobs.asked_at": "the entry's moment counts",
    "paper_jobs.ended_at": "how the paper went on",
}
"""Columns that no entry speaks of, and why."""

COLUMNS = [f"{table}.{column.name}" for table in HELD for column in metadata.tables[table].c]
OF_PAPERS = "kind LIKE 'paper.%'"
LAST = "(SELECT max(paper_no) FROM papers WHERE kind = 'register')"


@pytest.fixture(scope="module")
def template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A hall with two customers who left, their papers, and prints of them."""
    folder = tmp_path_factory.mktemp("papers") / "hall"
    hall = leaving.a_hall(folder)
    halls.an_open_shift(hall)
    for no in ("10002001", "10002002"):
        case_id = leaving.tell(hall, leaving.a_line(hall, no=no, is_vip=True), leaving.LEFT)
        for kind in PaperKind:
            paper = retention_papers.issue(hall, leaving.TELLER, case_id, kind, new_intent_id())
            for _ in range(2):
                retention_papers.order_print(hall, leaving.TELLER, paper.paper_no, paper="a4", printer="pdf")
    hall.close()
    return folder


@pytest.fixture
def papers(template: Path, tmp_path: Path) -> Worked:
    folder = tmp_path / "hall"
    shutil.copytree(template, folder)
    return Worked(folder, find_driver(), None)


def found(papers: Worked) -> list[tuple[str, str]]:
    return [(finding.what, finding.where) for finding in papers.look().findings]


def test_whole_papers_have_no_findings(papers: Worked) -> None:
    assert found(papers) == []
    counts = [papers.ask(f"SELECT count(*) FROM {table}") for table in HELD]
    assert counts == [6, 3, 12]


@pytest.mark.parametrize("column", [name for name in COLUMNS if name not in NOT_FACTS])
def test_an_edit_of_any_column_is_found(papers: Worked, column: str) -> None:
    table, name = column.split(".")
    change = {"INTEGER": f"{name} + 1000", "TEXT": f"{name} || '8'"}[str(metadata.tables[table].c[name].type)]
    key = {"papers": "paper_no", "paper_series": "kind", "paper_jobs": "id"}[table]
    papers.harm(f"UPDATE {table} SET {name} = {change} WHERE {key} = (SELECT max({key}) FROM {table})")
    assert [place for _what, place in found(papers) if table in place or "papers" in place]


def test_the_columns_that_no_entry_speaks_of_exist() -> None:
    assert NOT_FACTS.keys() <= set(COLUMNS)


@pytest.mark.parametrize(
    ("harm", "what"),
    [
        (
            f"UPDATE side_records SET content = CAST(replace(content, '张', '李') AS BLOB) WHERE {OF_PAPERS}",
            "paper facts",
        ),
        (f"UPDATE side_records SET content = NULL WHERE {OF_PAPERS}", "paper facts"),
        (f"UPDATE side_records SET erased_at = '2026-11-21' WHERE {OF_PAPERS}", "paper facts"),
        (f"UPDATE side_records SET sha256 = zeroblob(32) WHERE {OF_PAPERS}", "column"),
        (f"UPDATE side_records SET size = size + 1 WHERE {OF_PAPERS}", "column"),
        (f"UPDATE side_records SET subject = 'x' WHERE {OF_PAPERS}", "column"),
        (f"UPDATE side_records SET kind = 'paper.letter' WHERE {OF_PAPERS}", "column"),
        (f"UPDATE side_records SET record_id = record_id || '8' WHERE {OF_PAPERS}", "column"),
        (f"DELETE FROM side_records WHERE {OF_PAPERS}", "row missing"),
        (f"DELETE FROM papers WHERE paper_no = {LAST}", "row missing"),
        ("DELETE FROM paper_jobs WHERE id = (SELECT max(id) FROM paper_jobs)", "row missing"),
        (f"UPDATE papers SET serial = 9 WHERE paper_no = {LAST}", "paper numbers have a gap"),
        ("UPDATE paper_series SET last_serial = 3 WHERE kind = 'register'", "paper numbers"),
        ("DELETE FROM paper_series WHERE kind = 'exit_slip'", "paper numbers"),
        (
            "INSERT INTO papers SELECT paper_no || 'X', kind, counter_id, year, 3, subject, facts_record, facts_sha256,"
            f" entry FROM papers WHERE paper_no = {LAST}",
            "row without its entry",
        ),
        (
            "INSERT INTO papers SELECT paper_no || 'X', kind, counter_id, year, 3, subject, facts_record, facts_sha256,"
            f" 1 FROM papers WHERE paper_no = {LAST}",
            "row without its entry",
        ),
        (
            "INSERT INTO paper_jobs SELECT id + 100, paper_no, 3, paper, printer, state, why, staff_no, asked_at,"
            " ended_at, 1 FROM paper_jobs WHERE id = 1",
            "row without its entry",
        ),
        (
            "INSERT INTO side_records SELECT 'forged', subject, kind, content, size, sha256, entry, NULL"
            f" FROM side_records WHERE {OF_PAPERS} LIMIT 1",
            "row without its entry",
        ),
        (
            "INSERT INTO side_records SELECT 'forged', subject, kind, content, size, sha256, 1, NULL"
            f" FROM side_records WHERE {OF_PAPERS} LIMIT 1",
            "row without its entry",
        ),
    ],
)
def test_a_planted_damage_is_found_under_its_name(papers: Worked, harm: str, what: str) -> None:
    papers.harm(harm)
    assert what in [name for name, _place in found(papers)]


def test_facts_of_another_paper_are_found_even_with_a_hash_of_their_own(papers: Worked) -> None:
    """Whoever puts other facts in, and their hash and size with them, meets the hash in the entry."""
    papers.harm(
        "UPDATE side_records SET content = (SELECT content FROM side_records WHERE kind = 'paper.exit_slip' LIMIT 1)"
        " WHERE kind = 'paper.register'"
    )
    content = papers.ask("SELECT content FROM side_records WHERE kind = 'paper.register'")
    assert isinstance(content, bytes)
    digest = hashlib.sha256(content).hexdigest()
    papers.harm(
        f"UPDATE side_records SET sha256 = x'{digest}', size = {len(content)} WHERE kind = 'paper.register'",
        f"UPDATE papers SET facts_sha256 = '{digest}' WHERE kind = 'register'",
    )
    names = {name for name, _place in found(papers)}
    assert {"column", "paper facts"} <= names


def test_facts_that_were_erased_are_whole_by_their_hash(papers: Worked) -> None:
    papers.harm(f"UPDATE side_records SET content = NULL, erased_at = '2026-11-21T00:00:00Z' WHERE {OF_PAPERS}")
    assert found(papers) == []
