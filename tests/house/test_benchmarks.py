"""The benchmarks run: each in a size that means nothing, so that none of them rots; no time is asserted."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.benchmarks.__main__ import BEGIN, BENCHMARKS, DOCUMENT, END, keep, run, table
from tests.benchmarks.measuring import Line, Scene


@pytest.fixture(scope="module")
def data(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("benchmarks")


@pytest.mark.parametrize("name", BENCHMARKS)
def test_every_benchmark_runs(name: str, data: Path) -> None:
    lines = run([name], Scene(data, 60, is_tiny=True), say=lambda _word: None)
    assert lines
    assert all(line.ours > 0 and line.baseline != 0 for line in lines)


def test_the_document_keeps_one_result() -> None:
    lines = [Line("a", "ms", 1.0, "≤ 2×", True, 1.5, 0.8)]
    assert table(lines)[2] == "| a | 1 ms | 1.5 | 0.8 | 1.25 | ≤ 2× | yes |"
    kept = keep(DOCUMENT.read_text("utf-8"), lines, "2 cores")
    assert keep(kept, lines, "2 cores") == kept
    assert kept.count(BEGIN) == kept.count(END) == 1
    assert "2 cores" in kept
