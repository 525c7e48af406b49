"""The commands verify, backup, restore and migrate: exit codes, JSON on stdout, progress on stderr."""

from __future__ import annotations

import argparse
import json
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any, get_args

import pytest

from counter_app import cli
from counter_app.clock import FixedClock
from counter_app.commands import backup, migrate, restore, verify
from counter_app.commands.progress import PARTS
from counter_app.services.receipts import facts_of, proof_of
from counter_app.storage.hall import open_hall
from counter_app.storage.trouble import FoundInFile, HallInUse
from counter_app.storage.verify import FILE_CHECKS, ROW_CHECKS
from tests import halls
from tests.storage.conftest import Worked

Run = Callable[..., tuple[int, str, str]]


@pytest.fixture
def run(plain: Worked, capsys: pytest.CaptureFixture[str]) -> Run:
    """A command on the worked hall: its exit code, stdout and stderr."""
    parser = argparse.ArgumentParser()
    subparsers = parser.add_subparsers()
    for command in (verify, backup, restore, migrate):
        command.add_parser(subparsers)

    def call(*arguments: object) -> tuple[int, str, str]:
        args = parser.parse_args([str(argument) for argument in arguments])
        args.data = plain.folder
        code = args.run(args)
        out, err = capsys.readouterr()
        return code, out, err

    return call


def answer(out: str) -> dict[str, Any]:
    found = json.loads(out)
    assert isinstance(found, dict)
    return found


def test_verify_of_an_honest_file(run: Run) -> None:
    code, out, err = run("verify", "--json")
    assert code == 0
    assert answer(out)["is_clean"] is True
    assert answer(out)["counts"]["payments"] == 5
    assert "journal" in err
    code, out, _ = run("verify")
    assert code == 0
    assert "没有发现问题" in out


def test_every_finding_and_every_part_of_verify_has_its_words() -> None:
    assert set(verify.WORDS) == set(get_args(FoundInFile))
    parts = {name for name, _ in (*FILE_CHECKS, *ROW_CHECKS)} | {"counts"}
    assert parts - set(PARTS) == set()
    said = [*verify.WORDS.values(), *(PARTS[part] for part in parts)]
    assert all(re.search("[\u4e00-\u9fff]", words) for words in said)
    assert len(set(said)) == len(said), "two of one name are not told apart"


def test_verify_names_the_place(run: Run, plain: Worked) -> None:
    plain.harm("UPDATE balances SET balance_fen = balance_fen + 100 WHERE account = 'prepaid'")
    code, out, _ = run("verify", "--json")
    assert code == 1
    assert {tuple(sorted(found)) for found in answer(out)["findings"]} == {("expected", "found", "what", "where")}
    code, out, _ = run("verify")
    assert code == 1
    assert "余额不符 · balance at balances prepaid" in out


@pytest.fixture
def proof(plain: Worked) -> str:
    """The QR text of the first receipt, and the counter closed again."""
    hall = open_hall(plain.folder, clock=FixedClock(halls.NOW))
    text = proof_of(hall, facts_of(hall, "HZ01-03-2026-000001"))
    hall.close()
    return text


def test_verify_of_a_receipt_by_text_and_by_file(run: Run, proof: str, tmp_path: Path) -> None:
    code, out, _ = run("verify", "--json", "--receipt", proof)
    assert code == 0
    found = answer(out)
    assert (found["verdict"], found["amount_fen"], found["differences"]) == ("genuine", 6000, [])
    file = tmp_path / "scanned.txt"
    file.write_text(f"\ufeff{proof}\n", "utf-8")
    code, out, _ = run("verify", "--receipt", file)
    assert code == 0
    assert "真实" in out
    assert "¥60.00" in out


def test_verify_of_an_altered_receipt(run: Run, proof: str) -> None:
    code, out, _ = run("verify", "--receipt", proof.replace("|6000|", "|9000|"))
    assert code == 1
    assert "amount_fen: 收据 · paper 9000; 本机 · held 6000" in out


def test_backup_and_restore(run: Run, tmp_path: Path) -> None:
    file = tmp_path / "copy.db"
    code, out, err = run("backup", file, "--json")
    assert code == 0
    assert answer(out)["is_encrypted"] is False
    assert answer(out)["heads"][0]["epoch"] == 1
    assert "复制" in err
    code, _, err = run("backup", file)
    assert code == 1
    assert "不覆盖" in err
    code, out, _ = run("restore", file, "--json")
    assert code == 0
    assert answer(out)["is_behind_mark"] is False
    assert len(answer(out)["kept"]) == 1


def test_restore_says_that_money_is_refused(run: Run, plain: Worked, tmp_path: Path) -> None:
    run("backup", tmp_path / "copy.db")
    hall = open_hall(plain.folder, clock=FixedClock(halls.NOW))
    halls.pay(hall, halls.three_months_behind(hall, no="10009999"), halls.cash(1))
    with pytest.raises(HallInUse):
        run("restore", tmp_path / "copy.db")
    hall.close()
    code, out, _ = run("restore", tmp_path / "copy.db")
    assert code == 0
    assert "程序不收款" in out


def test_a_damaged_file_is_neither_backed_up_nor_restored(run: Run, plain: Worked, tmp_path: Path) -> None:
    run("backup", tmp_path / "copy.db")
    plain.harm("UPDATE balances SET balance_fen = 1 WHERE account = 'prepaid'")
    code, out, err = run("backup", tmp_path / "other.db")
    assert code == 1
    assert "balances prepaid" in out
    assert "没有生成备份" in err
    assert run("restore", tmp_path / "copy.db")[0] == 0
    assert run("verify")[0] == 0


def test_rubbish_is_not_restored(run: Run, tmp_path: Path) -> None:
    rubbish = tmp_path / "rubbish"
    rubbish.write_bytes(b"no hall" * 1000)
    code, _, err = run("restore", rubbish)
    assert code == 1
    assert "不是营业厅备份" in err
    with pytest.raises(FileNotFoundError):
        run("restore", tmp_path / "none")


@pytest.mark.parametrize(
    "command", ["verify", "migrate", "report retention-reasons", "backup x", "import customers x.csv"]
)
def test_a_folder_without_a_hall_is_told_with_the_way_to_one(
    command: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert cli.main(["--data", str(tmp_path / "nowhere"), *command.split()]) == 1
    said = capsys.readouterr().err
    assert str(tmp_path / "nowhere") in said
    assert "counter-app demo" in said
    assert not (tmp_path / "nowhere").exists(), "asking makes nothing"


def test_migrate_of_a_present_file(run: Run) -> None:
    code, out, _ = run("migrate", "--json")
    assert code == 0
    assert answer(out)["is_migrated"] is False


def test_an_encrypted_backup_says_what_to_keep(
    make_worked: Callable[[str], Worked], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    worked = make_worked("encrypted")
    assert backup.run(argparse.Namespace(data=worked.folder, file=tmp_path / "copy.db", json=False)) == 0
    out = capsys.readouterr().out
    assert "密钥不在备份里" in out
    assert str(worked.folder / "keys") in out
