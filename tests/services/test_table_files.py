"""Tables as files: what a spreadsheet reads in them, and that nothing is overwritten or calculated."""

from __future__ import annotations

import stat
import subprocess
import sys
from pathlib import Path

import pytest

from counter_app.domain.refusals import Refused
from counter_app.services.table_files import Cell, FileExists, FolderMissing, KindUnknown, save
from counter_app.storage.sheets import examine, open_sheet

ROWS: list[tuple[Cell, ...]] = [("姓名", "次数"), ("=1+1", 3), ("张伟，“老”", 0)]


@pytest.mark.parametrize("name", ["a.csv", "a.xlsx", "A.XLSX"])
def test_what_is_written_is_read_again(tmp_path: Path, name: str) -> None:
    path = tmp_path / name
    assert save(path, lambda: ROWS, sheet="名单", note="工号 1001 & 同事") == 2
    with open_sheet(examine(path)) as sheet:
        assert sheet.header == ("姓名", "次数")
        (first, second) = [row for _number, row in sheet.rows]
    assert first[0].lstrip("'") == "=1+1", "a foreign formula stays text"
    assert second == ["张伟，“老”", "0"]


def test_a_formula_is_marked_in_a_file_without_kinds_of_cells(tmp_path: Path) -> None:
    save(tmp_path / "a.csv", lambda: ROWS, sheet="s", note="")
    assert (tmp_path / "a.csv").read_text("utf-8-sig").splitlines()[1] == "'=1+1,3"


@pytest.mark.skipif(sys.platform == "win32", reason="Windows keeps no such bits")
def test_only_its_owner_reads_it(tmp_path: Path) -> None:
    save(tmp_path / "a.csv", lambda: ROWS, sheet="s", note="")
    assert stat.S_IMODE((tmp_path / "a.csv").stat().st_mode) == 0o600


def test_nothing_is_overwritten_and_no_row_is_asked_for_in_vain(tmp_path: Path) -> None:
    there = tmp_path / "there.csv"
    there.write_text("mine", "utf-8")

    def asked() -> list[tuple[Cell, ...]]:
        pytest.fail("the rows were read, and their reading written down, for a file that cannot be")

    for path, why in (
        (there, FileExists("there.csv")),
        (tmp_path / "nowhere" / "a.csv", FolderMissing(str(tmp_path / "nowhere"))),
        (tmp_path / "a.txt", KindUnknown("a.txt")),
    ):
        with pytest.raises(Refused) as refused:
            save(path, asked, sheet="s", note="")
        assert refused.value.refusal == why
    assert there.read_text("utf-8") == "mine"


def test_a_file_that_came_meanwhile_stays(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"

    def rows() -> list[tuple[Cell, ...]]:
        path.write_text("quicker", "utf-8")
        return ROWS

    with pytest.raises(Refused) as refused:
        save(path, rows, sheet="s", note="")
    assert refused.value.refusal == FileExists("a.csv")
    assert path.read_text("utf-8") == "quicker"


def test_sentences_about_files_load_no_writer_of_workbooks() -> None:
    code = "import sys, counter_app.ui.wording; print('xlsxwriter' in sys.modules)"
    told = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert told.stdout.strip() == "False", "a start would wait for it"
