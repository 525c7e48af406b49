"""A hall with a worked day, copied for each test, in the three forms a hall's file has."""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import pytest

from counter_app.clock import new_intent_id
from counter_app.domain.payments import Tender
from counter_app.domain.shifts import CashCount
from counter_app.services import customers, payments, receipts, shifts
from counter_app.storage.beside import data_key
from counter_app.storage.driver import Driver, connect, find_driver
from counter_app.storage.hall import OpenHall
from counter_app.storage.sql import DriverConnection
from counter_app.storage.store import FILE_NAME
from counter_app.storage.verify import VerifyReport, verify_folder
from tests import halls
from tests.storage import older

# a test writes no secret into the keyring of whoever runs it
os.environ["PYTHON_KEYRING_BACKEND"] = "keyring.backends.null.Keyring"

FORMS = {"plain": ("sqlcipher3", True), "encrypted": ("sqlcipher3", False), "stdlib": ("sqlite3", True)}


@dataclass(frozen=True)
class Worked:
    """The folder of a hall after a day's work; nobody has it open."""

    folder: Path
    driver: Driver
    key: bytes | None

    @property
    def path(self) -> Path:
        return self.folder / FILE_NAME

    def look(self) -> VerifyReport:
        return verify_folder(self.folder, driver=self.driver)

    @contextmanager
    def raw(self) -> Iterator[DriverConnection]:
        """The file as somebody has it who knows its key and cares for no rule."""
        with closing(connect(self.driver, self.path, key=self.key, is_writer=True)) as connection:
            yield connection

    def harm(self, *statements: str) -> None:
        """Change facts behind the program's back: without triggers, which are put back afterwards."""
        with self.raw() as connection:
            question = "SELECT name, sql FROM sqlite_schema WHERE type = 'trigger'"
            triggers = connection.execute(question).fetchall()
            for name, _ in triggers:
                connection.execute(f"DROP TRIGGER {name}")
            for statement in statements:
                assert connection.execute(statement).rowcount != 0, f"harmed nothing: {statement}"
            for _, sql in triggers:
                connection.execute(sql)

    def ask(self, question: str) -> object:
        """The first value of a question."""
        with self.raw() as connection:
            row = connection.execute(question).fetchone()
        return row[0] if row else None


OLD = "as before: "
"""Begins the name of a form whose day was worked with an older program."""


def a_day(hall: OpenHall, *, is_old: bool = False) -> None:
    """Two shifts, payments of every shape, a restored line, a note, a print, an intent."""
    first, second = halls.three_months_behind(hall), halls.three_months_behind(hall, no="10002346", name="李雷")
    away = halls.a_customer(hall, no="10002347", name="韩梅梅")
    halls.a_bill(hall, away.account_id, "2026-10", 7_700, due_on=date(2026, 11, 15))
    with hall.writing() as work:
        stopped = "UPDATE services SET state = 'stopped', state_reason = 'arrears' WHERE account_id = ?"
        work.driver.execute(stopped, (away.account_id,))
    customers.add_note(hall, halls.teller(), first.customer_id, "下月搬家")
    halls.an_open_shift(hall)
    _, taken = halls.pay(hall, first, halls.cash(60))
    halls.pay(hall, first, Tender("card", 40_000, reference="6222000011112222"))
    intent_id = new_intent_id()
    payments.begin(hall, halls.teller(), intent_id, second.customer_id, 10_000)
    halls.pay(hall, second, halls.cash(100), intent_id=intent_id)
    shifts.move_cash(hall, halls.teller(), -20_000, "送存银行", new_intent_id())
    sheet = shifts.sheet(hall)
    assert sheet is not None
    notes, loose_fen = divmod(sheet.expected_cash_fen, 10_000)
    counted = CashCount({10_000: notes}, loose_fen)
    if is_old:
        older.close_shift(hall, halls.teller(), counted)
    else:
        halls.close_shift(hall, halls.teller(), counted, "", new_intent_id())
    halls.an_open_shift(hall)
    halls.pay(hall, second, halls.cash(5))
    halls.pay(hall, away, Tender("card", 3_000, reference="1"), halls.cash(60), is_change_stored=True)
    receipts.order_print(hall, halls.teller(), taken.receipt_no, paper="a5", printer="pdf")


@pytest.fixture(scope="session")
def worked_templates(tmp_path_factory: pytest.TempPathFactory) -> Callable[[str], Path]:
    """Makes each form once."""
    made: dict[str, Path] = {}

    def template(form: str) -> Path:
        if form not in made:
            driver, is_demo = FORMS[form.removeprefix(OLD)]
            folder = tmp_path_factory.mktemp("worked") / "hall"
            hall = halls.a_hall(folder, is_demo=is_demo, driver=driver)
            a_day(hall, is_old=form.startswith(OLD))
            hall.close()
            made[form] = folder
        return made[form]

    return template


@pytest.fixture
def make_worked(worked_templates: Callable[[str], Path], tmp_path: Path) -> Callable[[str], Worked]:
    """A fresh copy of the worked hall in one form."""

    def make(form: str) -> Worked:
        folder = tmp_path / form.removeprefix(OLD)
        shutil.copytree(worked_templates(form), folder)
        return Worked(folder, find_driver(FORMS[folder.name][0]), data_key(folder))

    return make


@pytest.fixture(params=FORMS)
def worked(request: pytest.FixtureRequest, make_worked: Callable[[str], Worked]) -> Worked:
    """The worked hall, in each of the three forms."""
    return make_worked(request.param)


@pytest.fixture
def plain(make_worked: Callable[[str], Worked]) -> Worked:
    """The worked hall as a demo hall's file: not encrypted, so that single bytes can be changed."""
    return make_worked("plain")
