"""`counter-app deduct`: deducts, says what was left and why, and does nothing twice."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import pytest

from counter_app.cli import main
from counter_app.services.beside import open_door
from counter_app.storage import tables as t
from tests import halls


def test_a_batch_is_run_and_told_by_a_command(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    # the command reads the machine's own clock: the hall is made today
    hall = halls.a_hall(tmp_path / "hall", at=datetime.now(UTC))
    rich, poor = (halls.three_months_behind(hall, no=no) for no in ("1001", "1002"))
    row = {"name": "预存", "kind": "cash", "items": "[]", "priority": 9, "opening_source": "import"}
    with hall.writing() as work:
        for someone, fen in ((rich, 900_000), (poor, 100)):
            more = {"account_id": someone.account_id, "opening_fen": fen, "opened_on": "2026-01-01"}
            halls.put(work, t.books, {**row, **more})

    def run(*words: str) -> tuple[int, str, str]:
        code = main(["--data", str(tmp_path / "hall"), "deduct", *words])
        said = capsys.readouterr()
        return code, said.out, said.err

    code, _, why = run()
    assert (code, "使用" in why or "打开" in why) == (1, True), "the hall is open, and no window answers at its door"
    heard: list[dict[str, object]] = []

    def answer(request: dict[str, object], step: Callable[[dict[str, object]], None]) -> dict[str, object]:
        heard.append(request)
        step({})
        step({"done": 1, "total": 2})
        return {"is_done": True} if request["on"] is None else {"said": "不是批量日"}

    door = open_door(hall, answer)
    assert door is not None
    code, out, err = run("--here")
    assert (code, "自动扣款 · deducting 1 / 2" in err, "已扣 0 户" in out) == (0, True, True)
    assert run("--date", "2026-01-02")[2].strip().endswith("不是批量日")
    assert heard[0] == {"want": "deduct", "on": None, "is_here": True}
    assert heard[1]["on"] == "2026-01-02"
    door.close()
    hall.close()
    code, out, err = run("--json")
    made = json.loads(out)
    assert (code, made["taken"]["accounts"], made["left"]) == (0, 1, {"not_greater": 1})
    assert [row["account_no"] for row in made["deducted"]] == ["1001"]
    assert made["not_deducted"][0]["balance_fen"] == 100
    assert "自动扣款 · deducting" in err
    assert json.loads(run("--json")[1]) == made
    lines = run("--list")[1].splitlines()
    assert "已扣 1 户" in lines[0]
    assert lines[2].startswith("1002\t未扣 · left\t余额没有大于欠费\t")
    code, out, err = run("--date", "2020-01-01")
    assert (code, out, "2020-01-01 不是现在该扣的批量日" in err) == (1, "", True)
