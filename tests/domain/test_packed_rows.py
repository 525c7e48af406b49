"""Packed rows: the same rows are the same bytes, whatever signs are in them, and what is no part is told."""

from __future__ import annotations

import gzip

import pytest

from counter_app.domain.packed_rows import PART_BYTES, BadPart, line_of, part_of, rows_of_part

ROWS = [("customer", '{"name":"李雷\u2028\x85"}'), ("hall", '"\\n"'), ("bill", "")]


def test_rows_come_out_as_they_went_in_and_any_tool_can_open_them() -> None:
    part = part_of([line_of(*row) for row in ROWS])
    assert rows_of_part(part.content) == ROWS
    assert part.rows == 3
    assert gzip.decompress(part.content).decode().count("\n") == 3
    assert part_of([line_of(*row) for row in ROWS]) == part


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"rows",
        part_of([line_of("a", "b")]).content[:-1],
        part_of([line_of("a", "b")]).content + b"x",
        part_of(["[1,2]\n"]).content,
        part_of(['["a"]\n']).content,
        part_of(["[" * 100_000 + "\n"]).content,
        part_of(["x" * (4 * PART_BYTES + 1)]).content,
    ],
    ids=["nothing", "not packed", "cut", "more behind", "numbers", "one text", "deep", "a bomb"],
)
def test_what_is_no_part_is_told(content: bytes) -> None:
    with pytest.raises(BadPart):
        rows_of_part(content)
