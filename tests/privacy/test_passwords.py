"""Passwords: what a verifier costs, what it needs beside the file, and what an answer's time tells."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Literal

import pytest
from argon2 import PasswordHasher, extract_parameters

from counter_app.clock import FixedClock
from counter_app.domain.refusals import Refused
from counter_app.domain.staff import Role, StaffState
from counter_app.domain.staff_refusals import WrongSignIn
from counter_app.services import passwords, staff
from counter_app.services.hall import NewHall, make_hall
from counter_app.storage.hall import OpenHall, open_hall
from counter_app.storage.staff import set_staff, verifier_of
from counter_app.storage.trouble import NotThisKey
from tests import halls

OWN = "seven-wrens-in-a-row"
CLOCK = FixedClock(halls.NOW)
WANTED = NewHall("测试营业厅", "测试公司", "HZ01", "telecom", "03", "3 号台", "10000", "9001", "孙强", OWN)


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("made") / "hall"
    make_hall(folder, WANTED, clock=CLOCK).close()
    return folder


@pytest.fixture
def real(made: Path, tmp_path: Path) -> Iterator[OpenHall]:
    folder = tmp_path / "real"
    shutil.copytree(made, folder)
    opened = open_hall(folder, clock=CLOCK)
    yield opened
    opened.close()


def verifier(hall: OpenHall, staff_no: str) -> str:
    with hall.reading() as reading:
        found = verifier_of(reading, staff_no)
    assert found is not None
    return found


def keep(hall: OpenHall, staff_no: str, text: str) -> None:
    with hall.writing() as work:
        work.driver.execute("UPDATE staff SET verifier = ? WHERE staff_no = ?", (text, staff_no))


def test_a_real_halls_verifier_costs_what_the_design_says_and_needs_the_pepper(real: OpenHall) -> None:
    text = verifier(real, "9001")
    pepper = real.keys.read("pepper")
    assert pepper is not None
    assert len(pepper) == 32
    cost = extract_parameters(text.removeprefix("hmac-sha256"))
    assert (cost.type.name, cost.memory_cost, cost.time_cost, cost.parallelism) == ("ID", 65536, 3, 1)
    assert passwords.has_pepper(text)
    assert passwords.is_right(text, OWN, pepper=pepper)
    assert not passwords.is_right(text, OWN, pepper=bytes(32))
    assert not passwords.is_right(text, OWN)
    # nor does whoever takes the mark away get a verifier of the bare password
    assert not passwords.is_right(text.removeprefix("hmac-sha256"), OWN)
    assert staff.sign_in(real, "9001", OWN).staff_no == "9001"


def test_the_pepper_is_in_no_byte_of_the_halls_file(real: OpenHall) -> None:
    pepper = real.keys.read("pepper")
    assert pepper is not None
    real.close()
    files = [path for path in real.folder.iterdir() if path.is_file()]
    assert {path.name for path in files} >= {"hall.db", "hall.id", "hall.mark"}
    assert [path for path in files if pepper in path.read_bytes() or pepper.hex().encode() in path.read_bytes()] == []


def test_without_the_pepper_nobody_signs_in_and_the_reason_is_the_key(real: OpenHall) -> None:
    (real.folder / "keys" / "pepper.key").unlink()
    with pytest.raises(NotThisKey, match="no pepper"):
        staff.sign_in(real, "9001", OWN)


def test_a_copied_file_without_any_key_does_not_open(real: OpenHall, tmp_path: Path) -> None:
    real.close()
    shutil.copytree(real.folder, tmp_path / "stolen", ignore=shutil.ignore_patterns("keys"))
    with pytest.raises(NotThisKey):
        open_hall(tmp_path / "stolen", clock=CLOCK)


@pytest.mark.parametrize("is_peppered", [True, False])
def test_a_weaker_verifier_is_made_anew_at_the_next_sign_in(real: OpenHall, is_peppered: bool) -> None:
    pepper = real.pepper if is_peppered else None
    keep(real, "9001", passwords.make_verifier(OWN, pepper=pepper, is_cheap=True))
    staff.sign_in(real, "9001", OWN)
    now = verifier(real, "9001")
    assert passwords.has_pepper(now)
    assert extract_parameters(now.removeprefix("hmac-sha256")).memory_cost == 65536
    staff.sign_in(real, "9001", OWN)
    assert verifier(real, "9001") == now


def test_a_demo_hall_has_no_pepper_and_stays_cheap(hall: OpenHall) -> None:
    assert hall.pepper is None
    assert hall.keys.read("pepper") is None
    session = staff.sign_in(hall, "1001", halls.PASSWORD)
    staff.change_own_password(hall, session, halls.PASSWORD, OWN)
    text = verifier(hall, "1001")
    assert not passwords.has_pepper(text)
    assert extract_parameters(text).memory_cost == 8 * 1024
    assert not passwords.is_outdated(text, pepper=None, is_cheap=True)


def test_half_a_character_in_a_password_is_a_password(hall: OpenHall) -> None:
    odd = "half \ud83d of a sign"
    assert passwords.is_right(passwords.make_verifier(odd, pepper=b"x" * 32), odd, pepper=b"x" * 32)
    with pytest.raises(Refused):
        staff.sign_in(hall, "1001", odd)


class Counted(PasswordHasher):
    """Writes down what every piece of work cost."""

    spent: list[tuple[int, int]]

    def hash(self, password: str | bytes, *, salt: bytes | None = None) -> str:
        self.spent.append((self.memory_cost, self.time_cost))
        return super().hash(password, salt=salt)

    def verify(self, hash: str | bytes, password: str | bytes) -> Literal[True]:  # noqa: A002 - the name is argon2's
        cost = extract_parameters(hash if isinstance(hash, str) else hash.decode())
        self.spent.append((cost.memory_cost, cost.time_cost))
        return super().verify(hash, password)


@pytest.mark.parametrize("form", ["real", "hall"])
def test_who_does_not_exist_or_has_left_costs_what_a_wrong_password_costs(
    form: str, request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch
) -> None:
    opened: OpenHall = request.getfixturevalue(form)
    known = "9001"
    spent: list[tuple[int, int]] = []
    for name in ("_STRONG", "_CHEAP"):
        before: PasswordHasher = getattr(passwords, name)
        counted = Counted(before.time_cost, before.memory_cost, before.parallelism)
        counted.spent = spent
        monkeypatch.setattr(passwords, name, counted)
    answers = []
    for staff_no in (known, "7777"):
        with pytest.raises(Refused) as refused:
            staff.sign_in(opened, staff_no, "wrong-password")
        answers.append(refused.value.refusal)
    with opened.writing() as work:
        set_staff(work, known, "孙强", Role.ADMIN, StaffState.LEFT)
    with pytest.raises(Refused):
        staff.sign_in(opened, known, "wrong-password")
    assert answers == [WrongSignIn(4), WrongSignIn(4)]
    assert spent == [spent[0]] * 3
