"""A seal is the same for the same rows in the same order, other for any other rows, and no larger for many."""

from __future__ import annotations

import hashlib
import json

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from counter_app.storage import seals
from counter_app.storage.seals import BOOKS, CHECK_DIGITS, SETTLEMENTS, Seal

Fact = tuple[str, int, str, int, int, int, str, str]
_fen = st.integers(0, 10**12)
_text = st.text(max_size=8)
_facts = st.tuples(_text, st.integers(1, 99), st.just("2026-11-22"), _fen, _fen, _fen, st.just("import"), _text)


def sealed(rows: list[Fact]) -> dict[str, object]:
    seal = Seal(SETTLEMENTS)
    for row in rows:
        seal.add(row)
    found: dict[str, object] = seal.body(1).get("settlements", {})
    return found


def block(leaves: list[bytes], size: int) -> bytes:
    """The hash of one block, written down the slow way; the last block may be short."""
    if size == 1:
        return leaves[0]
    half = size // 2
    if len(leaves) <= half:
        return block(leaves, half)
    return hashlib.sha256(b"\1" + block(leaves[:half], half) + block(leaves[half:], half)).digest()


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(_facts, min_size=1, max_size=70))
def test_it_is_the_tree_that_it_says(monkeypatch: pytest.MonkeyPatch, rows: list[Fact]) -> None:
    monkeypatch.setattr(seals, "MOST_BLOCKS", 8)
    said = sealed(rows)
    size = said["block_rows"]
    assert isinstance(size, int)
    leaves = [hashlib.sha256(b"\0" + json.dumps(row, separators=(",", ":")).encode()).digest() for row in rows]
    blocks = [block(leaves[at : at + size], size) for at in range(0, len(leaves), size)]
    assert len(blocks) <= 8
    assert said["sha256"] == hashlib.sha256(b"".join(blocks)).hexdigest()
    assert said["checks"] == "".join(part.hex()[:CHECK_DIGITS] for part in blocks)
    assert (said["count"], said["principal_fen"]) == (len(rows), sum(row[3] for row in rows))


@settings(max_examples=60, deadline=None)
@given(st.lists(_facts, min_size=1, max_size=30), st.data())
def test_any_other_rows_have_another_seal(rows: list[Fact], data: st.DataObject) -> None:
    at = data.draw(st.integers(0, len(rows) - 1))
    other = data.draw(_facts)
    for changed in ([*rows[:at], other, *rows[at + 1 :]], [*rows[:at], *rows[at + 1 :]], [*rows, other], rows[::-1]):
        assert (sealed(changed) == sealed(rows)) == (changed == rows)


def test_it_stays_small_and_covers_every_column_but_id_and_entry() -> None:
    row: Fact = ("s", 1, "2026-11-22", 1, 0, 0, "import", "x")
    said = sealed([row] * 10_000)
    assert (said["block_rows"], said["count"]) == (8, 10_000)
    assert len(str(said["checks"])) == 1250 * CHECK_DIGITS
    for table in (SETTLEMENTS, BOOKS):
        assert {*table.columns, "id", table.entry.name} == {column.name for column in table.entry.table.c}
