"""Past retention results: brought in whole or not at all, once, sealed, the file's own words beside each reason."""

from __future__ import annotations

import json
from collections import Counter
from pathlib import Path

import pytest

from counter_app import cli
from counter_app.domain.imports import ImportReport, RowFault
from counter_app.domain.refusals import Refused
from counter_app.resources import resource
from counter_app.services.imports import run_import
from counter_app.services.retention_desk import NoRetentionForm
from counter_app.storage.hall import OpenHall
from counter_app.storage.verify import verify
from tests.services.importing import opened, written

OWN = """手机号码,姓名,退网原因,挽留措施,挽留结果,日期
13800000001,张伟,资费贵/套餐不合适,赠费,挽留成功,2026-05-06
13800000002,李雷,PRICE_FEE_HIGH,,离网,2026-05-07
13800000003,韩梅梅,,,拒绝挽留,2026/5/8
"""
CHURN_REASONS = {
    "Competitor made better offer": "COMPETITOR",
    "Moved": "RELOCATE",
    "Price too high": "PRICE_FEE_HIGH",
    "Something nobody thought of": "OTHER",
}


def bring(hall: OpenHall, path: Path, map_path: Path | None = None) -> ImportReport:
    return run_import(hall, "system", "retention", path, map_path)


def kept(hall: OpenHall) -> list[tuple[object, ...]]:
    with hall.reading() as reading:
        return reading.driver.execute(
            "SELECT number, name, reason, source_reason, measure, result, ended_on FROM past_retentions ORDER BY id"
        ).fetchall()


def churn(folder: Path) -> Path:
    """The public table in small: some who left, each for a reason, and some who stayed."""
    lines = ["CustomerID,Churn Value,Churn Reason"]
    lines += [f"{at:04d}-STAYD,0," for at in range(7)]
    for at, reason in enumerate(CHURN_REASONS):
        lines += [f"{at}{nr:03d}-LEFTT,1,{reason}" for nr in range(at + 1)]
    return written(folder, "\n".join(lines) + "\n", name="churn.csv")


def test_a_halls_own_list_comes_in_by_its_titles_once(tmp_path: Path) -> None:
    path = written(tmp_path, OWN)
    with opened(tmp_path / "hall", "telecom") as hall:
        assert (report := bring(hall, path)).errors == ()
        assert (report.new_count, report.row_count) == (3, 3)
        assert kept(hall) == [
            ("13800000001", "张伟", "PRICE", "资费贵/套餐不合适", "赠费", "kept", "2026-05-06"),
            ("13800000002", "李雷", "PRICE_FEE_HIGH", None, "", "left", "2026-05-07"),
            ("13800000003", "韩梅梅", "", None, "", "refused_talk", "2026-05-08"),
        ]
        assert bring(hall, path).is_known
        assert len(kept(hall)) == 3
        assert verify(hall.store).findings == ()


@pytest.mark.parametrize(
    ("line", "column", "fault"),
    [
        ("13800000004,赵六,想走,,离网,2026-05-09", "退网原因", "not_one_of"),
        ("13800000004,赵六,,,也许,2026-05-09", "挽留结果", "not_one_of"),
        (",赵六,,,离网,2026-05-09", "手机号码", "blank"),
        ("13800000004,赵六,,,离网,昨天", "日期", "not_a_date"),
        ("13800000002,李雷,PRICE_FEE_HIGH,,离网,2026-05-07", "手机号码", "twice"),
    ],
)
def test_one_wrong_row_and_nothing_is_written(tmp_path: Path, line: str, column: str, fault: str) -> None:
    with opened(tmp_path / "hall", "telecom") as hall:
        (found,) = bring(hall, written(tmp_path, f"{OWN}{line}\n")).errors
        assert isinstance(found, RowFault)
        assert (found.row, found.column, found.fault) == (5, column, fault)
        assert kept(hall) == []


def test_a_result_that_the_hall_has_is_never_changed(tmp_path: Path) -> None:
    head = "挽留单号,手机号码,姓名,挽留结果,日期\n"
    with opened(tmp_path / "hall", "telecom") as hall:
        bring(hall, written(tmp_path, f"{head}R1,13800000001,张伟,离网,2026-05-06\n"))
        again = bring(hall, written(tmp_path, f"{head}R1,13800000001,张伟,挽留成功,2026-05-06\n", name="b.csv"))
        assert [(fault.row, fault.fault) for fault in again.errors] == [(2, "other_content")]
        assert [row[5] for row in kept(hall)] == ["left"]


def test_the_public_table_gives_its_own_counts(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    path, churn_map = churn(tmp_path), resource("maps", "public-telecom-churn.toml")
    with opened(tmp_path / "hall", "telecom"):
        pass
    monkeypatch.setenv("COUNTER_APP_DATA", str(tmp_path / "hall"))
    for _ in range(2):
        assert cli.main(["import", "retention", str(path), "--map", str(churn_map)]) == 0
    capsys.readouterr()
    assert cli.main(["report", "retention-reasons", "--json"]) == 0
    said = json.loads(capsys.readouterr().out)
    own = Counter(line.split(",")[2] for line in path.read_text("utf-8").splitlines()[1:] if line.split(",")[1] == "1")
    assert {row["source_reason"]: row["count"] for row in said["rows"]} == own
    assert {row["source_reason"]: row["reason"] for row in said["rows"]} == CHURN_REASONS
    assert set(said) == {"rows"}
    assert cli.main(["report", "retention-reasons"]) == 0
    assert "3\tPRICE_FEE_HIGH (Price too high)" in capsys.readouterr().out


def test_a_sealed_result_that_was_edited_is_found(tmp_path: Path) -> None:
    with opened(tmp_path / "hall", "telecom") as hall:
        bring(hall, written(tmp_path, OWN))
        with hall.writing() as work:
            work.driver.execute("DROP TRIGGER past_retentions_no_update")
            work.driver.execute("UPDATE past_retentions SET result = 'left' WHERE id = 1")
        found = [(finding.what, finding.where) for finding in verify(hall.store).findings]
        assert any(what == "row from elsewhere" and "past_retentions id 1" in where for what, where in found), found


def test_a_trade_without_the_form_takes_no_results(tmp_path: Path) -> None:
    with opened(tmp_path / "hall", "water") as hall, pytest.raises(Refused) as refused:
        bring(hall, written(tmp_path, OWN))
    assert refused.value.refusal == NoRetentionForm("water")
