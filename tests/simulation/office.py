"""The company's office above the hall: files of bills, of payments elsewhere and of corrected bills come to the hub."""

from __future__ import annotations

import argparse
from collections import Counter
from contextlib import redirect_stderr, redirect_stdout
from csv import DictReader
from dataclasses import dataclass
from io import StringIO
from pathlib import Path
from random import Random

from counter_app.commands import hub_imports
from counter_app.hub.database import CommitUncertain, DatabaseBusy
from tests.simulation.chance import happens
from tests.simulation.clocks import HOUR_MS
from tests.simulation.disk import PowerCut
from tests.simulation.enrolling import HALL_CODE
from tests.simulation.hub_house import HubHouse

MONTHS = ("2026-06", "2026-07", "2026-08", "2026-09", "2026-10", "2026-11", "2026-12", "2027-01")
_BILLS = "账单号,户号,账期,出账日期,缴费期限,金额\n"
_PAID = "账单号,缴费日期,金额,违约金,渠道,凭证号\n"
_POPULAR = 4
"""Customers that come to every counter, and pay elsewhere, too."""


@dataclass
class File:
    """One file, and when all of it was at the hub (None: it is still to be brought)."""

    what: str
    text: str
    done_ms: int | None = None


class Office:
    """Brings its files one after another, each as `counter-app hub import` does; what failed is run again, and after
    the hub has gone back every file since then, in the order in which they came.
    """

    def __init__(self, house: HubHouse, seed: str, customers: int, folder: Path) -> None:
        self._house, self._customers, self._folder = house, customers, folder
        self._chance = Random(f"office/{seed}")
        self._bills = {(number, month) for number in range(customers) for month in MONTHS[:3]}
        self._next = 3
        self.files: list[File] = []

    def days_work(self, begin_ms: int, files: int) -> list[int]:
        """When in a day the next files come."""
        return [begin_ms + self._chance.randrange(11 * HOUR_MS) for _ in range(files)]

    def work(self, now_ms: int) -> str:
        """There is a further file; it comes behind those that wait."""
        kind = self._chance.choice(("bills", "paid", "paid", "corrected"))
        self.files.append({"bills": self._month, "paid": self._paid, "corrected": self._corrected}[kind]())
        return f"{kind} {self.bring(now_ms)}"

    def bring(self, now_ms: int) -> str:
        """Every file that is still to be brought, until one fails."""
        for file in self.files:
            if file.done_ms is None:
                trouble = self._bring(file)
                if trouble:
                    return trouble
                file.done_ms = now_ms
        return "brought"

    def hub_went_back(self, at_ms: int) -> None:
        """The hub is as it was at that moment: whoever looks after it runs what came since again, before anything
        else (`docs/hub.md`), for then each row has the id again that counters may hold it under.
        """
        for file in self.files:
            if file.done_ms is not None and file.done_ms >= at_ms:
                file.done_ms = None

    def paid(self) -> Counter[tuple[str, str, int, int, int]]:
        """What the files say was paid elsewhere: bill, day, principal, late fee and cost in fen."""
        rows = [row for file in self.files if file.what == "settlements" for row in DictReader(StringIO(file.text))]
        return Counter((row["账单号"], row["缴费日期"], _fen(row["金额"]), _fen(row["违约金"]), 0) for row in rows)

    def _bring(self, file: File) -> str:
        path = self._folder / "file.csv"
        path.write_text(file.text, "utf-8")
        asked = argparse.Namespace(what=file.what, file=path, hall=HALL_CODE, map=None, check=False, json=True)
        said, house = StringIO(), self._house
        house.turns += 1
        try:
            with redirect_stdout(said), redirect_stderr(said):
                code = hub_imports.run(asked, house.disk.database, house.now())
        except PowerCut:
            house.restart()
            return "died"
        except (DatabaseBusy, CommitUncertain):
            return "busy"
        if code:
            house.bugs.append(f"a file of {file.what} was refused: {said.getvalue()}")
        return ""

    def _month(self) -> File:
        """The bills of a further month, of about half of the customers; when there is none, of a month once more."""
        month = MONTHS[min(self._next, len(MONTHS) - 1)]
        self._next += 1
        due_on = f"{month}-{self._chance.randrange(10, 29)}"
        lines = []
        for number in range(self._customers):
            if number < _POPULAR or happens(self._chance, 0.5):
                lines.append(self._line(number, month, due_on, self._chance.randrange(1, 200) * 100))
        return File("bills", _BILLS + "".join(lines))

    def _corrected(self) -> File:
        """Some bills are others now: smaller, larger, or of nothing."""
        found = self._some(6)
        return File(
            "bills",
            _BILLS
            + "".join(
                self._line(number, month, f"{month}-28", self._chance.choice((0, 1, 4_900, 9_799, 9_801, 20_000)))
                for number, month in found
            ),
        )

    def _paid(self) -> File:
        """Bills were paid elsewhere: whole, in part, or too much of them."""
        lines = []
        for number, month in self._some(5):
            fen = self._chance.choice((9_800, 9_800, 10_400, 5_000, 1))
            late_fen = self._chance.choice((0, 0, 37))
            voucher = f"K{self._chance.randrange(10**9)}"
            on = f"2026-11-{self._chance.randrange(10, 24)}"
            lines.append(f"{_bill_no(number, month)},{on},{_yuan(fen)},{_yuan(late_fen)},微信,{voucher}\n")
        return File("settlements", _PAID + "".join(lines))

    def _some(self, most: int) -> list[tuple[int, str]]:
        """A few bills, each once, those of the popular customers more often."""
        known = sorted(self._bills)
        popular = [bill for bill in known if bill[0] < _POPULAR]
        found = [self._chance.choice(self._chance.choice((known, popular))) for _ in range(most)]
        return list(dict.fromkeys(found))

    def _line(self, number: int, month: str, due_on: str, fen: int) -> str:
        self._bills.add((number, month))
        return f"{_bill_no(number, month)},1000{number:04},{month},{month}-01,{due_on},{_yuan(fen)}\n"


def _bill_no(number: int, month: str) -> str:
    return f"B{number:03}-{month}"


def _yuan(fen: int) -> str:
    return f"{fen // 100}.{fen % 100:02}"


def _fen(yuan: str) -> int:
    return int(yuan.replace(".", ""))
