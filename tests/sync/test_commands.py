"""`enrol` and `recover` as somebody types them, against the real hub behind real TLS."""

from __future__ import annotations

import io
import json
import shutil
from pathlib import Path
from random import Random

import pytest

from counter_app import cli
from counter_app.clock import FixedClock, SystemClock
from counter_app.domain.receipts import proof_text, signed_proof
from counter_app.storage.hall import open_hall
from counter_app.storage.verify import verify_folder
from counter_app.sync.engine import Engine
from counter_app.sync.ground import Ground
from counter_app.sync.hub_line import OneCall
from counter_app.sync.snapshots import Snapshots
from tests import halls
from tests.sync.real_hub import a_real_hub
from tests.sync.test_engine import own_hashes, write


def test_enrol_joins_over_tls_and_the_rounds_go_the_same_way(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    hall = halls.a_hall(tmp_path / "hall")
    own = hall.hall
    hall.close()
    with a_real_hub() as hub, hub.served(tmp_path) as url:
        code, data = hub.code(own), ["--data", str(tmp_path / "hall")]
        assert cli.main([*data, "enrol", url, code.replace("-", " "), "--json"]) == 0
        answer = json.loads(capsys.readouterr().out)
        assert (answer["ordinal"], answer["epoch"], answer["waiting"]) == (1, 1, 2)
        assert cli.main([*data, "enrol", "https://other.example", code]) == 1
        assert "已接入" in capsys.readouterr().err
        hall = open_hall(tmp_path / "hall", clock=SystemClock("boot"))
        write(hall)
        engine = Engine(Ground(hall), lambda e: OneCall(e.url, e.authority), Snapshots(), Random(1))
        done = hub.rounds(hall, engine)
        assert (done.why, done.sent) == ("", 3)
        assert engine.status().answered_at is not None
        assert len(own_hashes(hall)) == 3
        hall.close()
    assert verify_folder(tmp_path / "hall").findings == ()


def test_enrol_makes_the_folder_of_a_further_counter(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    hall = halls.a_hall(tmp_path / "first")
    with a_real_hub() as hub, hub.served(tmp_path) as url:
        hub.joined(hall)
        second = type(hall.hall)(**{**{n: getattr(hall.hall, n) for n in hall.hall.__slots__}, "counter_code": "04"})
        code, data = hub.code(second), ["--data", str(tmp_path / "second")]
        assert cli.main([*data, "enrol", url, code]) == 2
        assert "--counter" in capsys.readouterr().err
        assert cli.main([*data, "enrol", "http://x", code, "--counter", "04"]) == 2
        assert cli.main([*data, "enrol", "https://127.0.0.1:9", code, "--counter", "04"]) == 1
        assert not (tmp_path / "second").exists()
        assert cli.main([*data, "enrol", url, code, "--counter", "04"]) == 0
    made = open_hall(tmp_path / "second", clock=SystemClock("boot"))
    assert (made.hall.hall_id, made.hall.counter_code) == (hall.hall.hall_id, "04")
    assert made.hall.counter_id != hall.hall.counter_id
    made.close()
    hall.close()


def test_recover_enters_a_list_of_receipts_and_may_be_given_it_twice(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    hall = halls.a_hall(tmp_path / "hall")
    someone = halls.three_months_behind(hall)
    halls.an_open_shift(hall)
    hall.close()
    shutil.copytree(tmp_path / "hall", tmp_path / "backup")
    hall = open_hall(tmp_path / "hall", clock=FixedClock(halls.NOW))
    texts = []
    for yuan in (60, 40):
        text = proof_text(halls.pay(hall, someone, halls.cash(yuan))[1].facts)
        texts.append(signed_proof(text, hall.device.sign(text.encode())))
    hall.close()
    listed = tmp_path / "receipts.txt"
    listed.write_text("\n".join(texts) + "\n", "utf-8")
    command = ["--data", str(tmp_path / "backup"), "recover", str(listed), "--staff", "2001", "--json"]
    for is_new in (True, False):
        monkeypatch.setattr("sys.stdin", io.StringIO(f"{halls.PASSWORD}\n"))
        assert cli.main(command) == 0
        answers = json.loads(capsys.readouterr().out)
        assert [answer["is_recorded"] for answer in answers] == [True, True]
        assert [answer.get("why") == "receipt_held" for answer in answers] == [not is_new] * 2
    assert cli.main([*command, "--prepaid", "0"]) == 2, "of one receipt at a time"
    monkeypatch.setattr("sys.stdin", io.StringIO(f"{halls.PASSWORD}\n"))
    assert cli.main([*command[:3], texts[0], *command[4:], "--prepaid", "12.30"]) == 0
    monkeypatch.setattr("sys.stdin", io.StringIO("wrong-password-1\n"))
    assert cli.main(command) == 1
    monkeypatch.setattr("sys.stdin", io.StringIO(f"{halls.PASSWORD}\n"))
    assert cli.main([*command[:2], "recover", "R1|no receipt", "--staff", "2001"]) == 1
    assert verify_folder(tmp_path / "backup").findings == ()
