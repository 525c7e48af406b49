"""`verify --receipt`: genuine or not, from a text, a file or a pipe; always words and a code, never a traceback."""

from __future__ import annotations

import io
import json
import os
import random
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from counter_app import cli
from counter_app.services.receipts import proof_of
from tests import halls

Ask = Callable[..., tuple[int, str, str]]
FIELDS = ("version", "hall", "counter", "entry", "receipt_no", "time", "amount_fen", "bills", "entry_hash", "signature")


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("verify") / "hall"


@pytest.fixture(scope="module")
def proof(folder: Path) -> Iterator[str]:
    hall = halls.a_hall(folder)
    someone = halls.three_months_behind(hall)
    halls.an_open_shift(hall)
    _, taken = halls.pay(hall, someone, halls.cash(500))
    yield proof_of(hall, taken.facts)
    hall.close()


@pytest.fixture
def ask(folder: Path, proof: str, capsys: pytest.CaptureFixture[str]) -> Ask:
    assert proof

    def call(*arguments: str) -> tuple[int, str, str]:
        code = cli.main(["--data", str(folder), "verify", *arguments])
        out, err = capsys.readouterr()
        return code, out, err

    return call


def is_harmless(text: str) -> bool:
    return all(character.isprintable() or character == "\n" for character in text)


def test_the_genuine_text_from_each_place(
    ask: Ask, proof: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = tmp_path / "proof.txt"
    file.write_text(f"\ufeff{proof}\r\n", "utf-8")
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(f"  {proof}\n".encode()), encoding="ascii"))
    for given in (proof, str(file), "-"):
        code, out, err = ask("--receipt", given)
        assert (code, err) == (0, "")
        assert out.startswith("真实：")
        assert "HZ01-03-2026-000001" in out
    assert json.loads(ask("--receipt", proof, "--json")[1])["verdict"] == "genuine"


@pytest.mark.parametrize(
    ("field", "value", "words"),
    [
        ("version", "CTR2", "读不懂"),
        ("hall", "other-hall", "被改动"),
        ("counter", "other-counter", "被改动"),
        ("entry", "0190", "被改动"),
        ("receipt_no", "HZ01-03-2026-000009", "被改动"),
        ("time", "20261121T020500+0000", "被改动"),
        ("time", "99999999T999999+9999", "读不懂"),
        ("amount_fen", "1", "被改动"),
        ("amount_fen", "-1", "读不懂"),
        ("amount_fen", "9" * 3000, "被改动"),
        ("bills", "77", "被改动"),
        ("bills", "1,,2", "读不懂"),
        ("entry_hash", "ab" * 32, "被改动"),
        ("entry_hash", "xyz", "读不懂"),
        ("signature", "A" * 86, "签名不符"),
        ("signature", "A", "读不懂"),
        ("signature", "é" * 86, "读不懂"),
    ],
)
def test_an_altered_field_is_never_genuine(ask: Ask, proof: str, field: str, value: str, words: str) -> None:
    parts = proof.split("|")
    parts[FIELDS.index(field)] = value
    code, out, err = ask("--receipt", "|".join(parts))
    assert code == 1
    assert words in out + err
    assert is_harmless(out + err)


def test_a_wrong_device_and_another_hall_are_said(ask: Ask, proof: str, tmp_path: Path) -> None:
    other = halls.a_hall(tmp_path / "other")
    someone = halls.three_months_behind(other)
    halls.an_open_shift(other)
    _, taken = halls.pay(other, someone, halls.cash(10))
    text = proof_of(other, taken.facts)
    other.close()
    assert ask("--receipt", text)[0] == 1  # the same counter, signed by a device that is not enrolled here
    parts = text.split("|")
    parts[1:5] = ["elsewhere", "counter-9", "0190", "XX99-01-2026-000001"]
    code, out, _ = ask("--receipt", "|".join(parts))
    assert code == 1
    assert out.startswith("未知设备")


@pytest.mark.parametrize("length", [0, 1, 5, 40, 120, 200, 250])
def test_a_truncated_text_is_not_genuine(ask: Ask, proof: str, length: int) -> None:
    code, out, err = ask("--receipt", proof[:length])
    assert code == 1
    assert "读不懂" in out + err


HOSTILE = {
    "ten thousand signs": "长" * 10_000,
    "ten thousand digits as an amount": "CTR1|h|c|e|n|20261121T020500+0000|" + "9" * 10_000,
    "nul": "CTR1|\0|\0",
    "control signs": "\x1b[2J\x1b]0;owned\x07\x9b31m\u202e" * 20,
    "half a character": "\ud83d|" * 9,
    "bytes of another encoding": "\udcb2\udce2|" * 9,
    "a folder": "/",
    "path signs": "../" * 60,
    "line breaks": "\n|\r\n|\u2028" * 9,
    "format signs": "{0}{part}%s%n|" * 9,
    "rich text": "<img src=x onerror=alert(1)>|" * 9,
}


@pytest.mark.parametrize("form", [(), ("--json",)])
@pytest.mark.parametrize("kind", HOSTILE)
def test_hostile_text_gets_words_and_a_code(ask: Ask, kind: str, form: tuple[str, ...]) -> None:
    code, out, err = ask("--receipt", HOSTILE[kind], *form)
    assert code == 1
    assert out == ""
    assert "读不懂" in err
    assert is_harmless(err)


@pytest.mark.parametrize("at", range(len(FIELDS)))
def test_hostile_fields_steer_no_terminal(ask: Ask, proof: str, at: int) -> None:
    for evil in (
        "\x1b[2J",
        "%1B%5B2J%9B31m%E2%80%AE",
        "%00",
        "\udc80",
        "\ud83d",
        "%ED%A0%BD",
        "1" * 3500,
        "",
        "%" * 99,
    ):
        parts = proof.split("|")
        parts[at] = evil
        for form in ((), ("--json",)):
            code, out, err = ask("--receipt", "|".join(parts), *form)
            assert code == 1
            assert is_harmless(out + err)


def test_no_single_changed_sign_is_genuine(ask: Ask, proof: str) -> None:
    draw = random.Random(5)
    signed = proof.rpartition("|")[0]
    for place in draw.sample(range(len(signed)), 60):
        sign = draw.choice([c for c in "0aZ|,%+:\x00é" if c != proof[place]])
        code, out, _ = ask("--receipt", proof[:place] + sign + proof[place + 1 :])
        assert code == 1, (place, sign)
        assert "真实" not in out


def test_a_pipe_with_any_bytes_and_a_folder_without_a_hall(folder: Path, proof: str, tmp_path: Path) -> None:
    def command(where: Path, data: bytes) -> subprocess.CompletedProcess[bytes]:
        words = [sys.executable, "-m", "counter_app", "--data", str(where), "verify", "--receipt", "-"]
        return subprocess.run(words, input=data, capture_output=True, env={**os.environ, "PYTHONIOENCODING": "utf-8"})

    genuine, noise = command(folder, proof.encode()), command(folder, bytes(range(256)) * 50)
    assert (genuine.returncode, genuine.stderr) == (0, b"")
    assert noise.returncode == 1
    assert "读不懂" in noise.stderr.decode()
    nowhere = command(tmp_path, proof.encode())
    assert nowhere.returncode == 1
    assert b"Traceback" not in noise.stderr + nowhere.stderr
