"""Tables as files: what a spreadsheet reads in them, and that nothing is overwritten or calculated."""

from __future__ import annotations

import os
import stat
import subprocess
import sys
from pathlib import Path

import pytest

from counter_app.domain.refusals import Refused
from counter_app.services import table_files
from counter_app.services.table_files import Cell, FileExists, FolderMissing, KindUnknown, check_place, write_table
from counter_app.storage.sheets import examine, open_sheet

ROWS: list[tuple[Cell, ...]] = [("姓名", "次数"), ("=1+1", 3), ("张伟，“老”", 0)]


@pytest.mark.parametrize("name", ["a.csv", "a.xlsx", "A.XLSX"])
def test_what_is_written_is_read_again(tmp_path: Path, name: str) -> None:
    path = tmp_path / name
    write_table(path, ROWS, sheet="名单", note="工号 1001 & 同事")
    with open_sheet(examine(path)) as sheet:
        assert sheet.header == ("姓名", "次数")
        (first, second) = [row for _number, row in sheet.rows]
    assert first[0].lstrip("'") == "=1+1", "a foreign formula stays text"
    assert second == ["张伟，“老”", "0"]


def test_a_formula_is_marked_in_a_file_without_kinds_of_cells(tmp_path: Path) -> None:
    write_table(tmp_path / "a.csv", ROWS, sheet="s", note="")
    assert (tmp_path / "a.csv").read_text("utf-8-sig").splitlines()[1] == "'=1+1,3"


@pytest.mark.skipif(sys.platform == "win32", reason="Windows keeps no such bits")
def test_only_its_owner_reads_it(tmp_path: Path) -> None:
    write_table(tmp_path / "a.csv", ROWS, sheet="s", note="")
    assert stat.S_IMODE((tmp_path / "a.csv").stat().st_mode) == 0o600


def test_nothing_is_overwritten_and_a_bad_place_is_said_before_any_row_is_made(tmp_path: Path) -> None:
    there = tmp_path / "there.csv"
    there.write_text("mine", "utf-8")
    for path, why in (
        (there, FileExists("there.csv")),
        (tmp_path / "nowhere" / "a.csv", FolderMissing(str(tmp_path / "nowhere"))),
        (tmp_path / "a.txt", KindUnknown("a.txt")),
    ):
        with pytest.raises(Refused) as asked:
            check_place(path)
        with pytest.raises(Refused) as written:
            write_table(path, ROWS, sheet="s", note="")
        assert asked.value.refusal == written.value.refusal == why
    assert there.read_text("utf-8") == "mine"


def test_a_file_that_came_meanwhile_stays(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "a.csv"

    def slow(rows: list[tuple[Cell, ...]]) -> bytes:
        path.write_text("quicker", "utf-8")
        return b"mine"

    monkeypatch.setattr(table_files, "csv_bytes", slow)
    with pytest.raises(Refused) as refused:
        write_table(path, ROWS, sheet="s", note="")
    assert refused.value.refusal == FileExists("a.csv")
    assert path.read_text("utf-8") == "quicker"


def test_nothing_is_left_of_a_file_that_the_disk_does_not_take(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(handle: int, mode: str) -> object:
        os.close(handle)
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fdopen", full)
    with pytest.raises(OSError, match="No space left"):
        write_table(tmp_path / "a.csv", ROWS, sheet="s", note="")
    assert list(tmp_path.iterdir()) == []


def test_sentences_about_files_load_no_writer_of_workbooks() -> None:
    code = "import sys, counter_app.ui.wording; print('xlsxwriter' in sys.modules)"
    told = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert told.stdout.strip() == "False", "a start would wait for it"
