"""The reports of a day, a month and a year of a busy counter, against only fetching the rows that they add up."""

from __future__ import annotations

import shutil
import time
from collections.abc import Callable
from datetime import date, timedelta
from pathlib import Path

from counter_app.clock import FixedClock, new_intent_id
from counter_app.domain.reports import Asked, Report, ReportKind
from counter_app.domain.shifts import CashCount
from counter_app.domain.staff import Role, Session
from counter_app.services import reports, shifts
from counter_app.storage.hall import OpenHall, open_hall
from counter_app.storage.sql import Sql
from counter_app.storage.store import FILE_NAME
from tests import halls
from tests.benchmarks.big_hall import bring_hall_up, raw_connection
from tests.benchmarks.measuring import Line, Scene, alternate, once

_WHO = Session("2001", "赵敏", Role.SUPERVISOR, halls.NOW)
_MONTH = 22
"""Days of work in a month."""
_OTHER = "CASE WHEN {0} = :shift THEN {0} || :mark ELSE {0} END"
_COPIES = (
    "INSERT INTO shifts SELECT shift_id || :mark, shift_no || :mark, counter_id, staff_no, :day, opened_at, float_fen,"
    " opening_entry + :rows, closed_at, closing_entry + :rows, counted_fen FROM shifts WHERE shift_id = :shift",
    "INSERT INTO entries SELECT id + :rows, epoch, seq + :rows, entry_id || :mark, NULL, kind, staff_no,"
    " shift_id || :mark, customer_id, :day, at, device_id, content, prev_hash, hash, signature FROM entries"
    " WHERE shift_id = :shift OR (business_date = :last AND kind IN ('print.copy', 'reveal'))",
    "INSERT INTO postings (entry, line, account, subject, amount_fen) SELECT p.entry + :rows, p.line, p.account,"
    f" {_OTHER.format('p.subject')}, p.amount_fen FROM postings p JOIN entries e ON e.id = p.entry"
    " WHERE e.shift_id = :shift",
    "INSERT INTO payments SELECT payment_id || :mark, entry + :rows, customer_id, account_id, shift_id || :mark,"
    " staff_no, :day, taken_at, settled_fen, received_fen, change_fen, prepaid_used_fen, prepaid_stored_fen,"
    " receipt_no || :mark FROM payments WHERE shift_id = :shift",
    "INSERT INTO payment_tenders SELECT t.payment_id || :mark, t.line, t.tender, t.amount_fen, t.reference, t.bank,"
    " t.document_no, t.document_on FROM payment_tenders t JOIN payments p ON p.payment_id = t.payment_id"
    " WHERE p.shift_id = :shift",
    "INSERT INTO receipts SELECT r.receipt_no || :mark, r.counter_id, r.year, r.serial + :rows,"
    " r.payment_id || :mark, r.entry + :rows, r.facts, r.facts_sha256 FROM receipts r"
    " JOIN payments p ON p.payment_id = r.payment_id WHERE p.shift_id = :shift",
    "INSERT INTO settlements (settlement_id, bill_id, settled_on, principal_fen, late_fee_fen, cost_fen, source,"
    " channel, entry) SELECT s.settlement_id || :mark, s.bill_id, :day, s.principal_fen, s.late_fee_fen, s.cost_fen,"
    " s.source, s.channel, s.entry + :rows FROM settlements s JOIN payments p ON p.entry = s.entry"
    " WHERE p.shift_id = :shift",
)
"""One shift again on another day, under other names."""
_OF_DAYS = "FROM shifts f JOIN payments p ON p.shift_id = f.shift_id"
_ROWS = tuple(
    Sql(f"{question} WHERE f.shift_id = ?")
    for question in (
        "SELECT e.entry_id, e.kind, t.account, t.subject, t.amount_fen FROM shifts f"
        " JOIN entries e ON e.shift_id = f.shift_id JOIN postings t ON t.entry = e.id",
        f"SELECT p.payment_id, p.receipt_no, p.change_fen, p.prepaid_used_fen, p.prepaid_stored_fen {_OF_DAYS}",
        f"SELECT t.payment_id, t.tender, t.amount_fen {_OF_DAYS} JOIN payment_tenders t ON t.payment_id = p.payment_id",
        f"SELECT p.payment_id, s.principal_fen, s.late_fee_fen, s.cost_fen {_OF_DAYS}"
        " JOIN settlements s ON s.entry = p.entry",
    )
)
"""The same rows shift by shift, nothing made of them."""
_SHIFTS = Sql("SELECT shift_id FROM shifts WHERE business_date BETWEEN ? AND ? ORDER BY business_date")


def report_lines(scene: Scene) -> list[Line]:
    """CPU of the day's report over a day, a month and a year, of the exceptions of a month, and the longest step."""
    days, payments = scene.count(250, 3), scene.count(200, 2)
    folder = scene.data / f"reports-{days}-{payments}"
    if (folder / FILE_NAME).exists():
        bring_hall_up(folder / FILE_NAME)
    else:
        _make(folder, days, payments)
    hall = open_hall(folder, clock=FixedClock(halls.NOW))
    last = halls.NOW.date()
    steps: list[float] = []

    def made(kind: ReportKind, since: date, *, is_timed: bool = False) -> Report:
        before = time.thread_time()

        def progress(_done: int, _total: int) -> None:
            nonlocal before
            if is_timed:
                steps.append(time.thread_time() - before)
                before = time.thread_time()

        return reports.make(hall, _WHO, Asked(kind, since, last), progress)

    def bare(since: date) -> None:
        with hall.reading() as reading:
            ids = reading.rows(_SHIFTS, (since.isoformat(), last.isoformat()))
            found = sum(len(reading.rows(sql, shift)) for shift in ids for sql in _ROWS)
        assert found > payments * len(ids), found

    month, year = last - timedelta(min(days, _MONTH) - 1), last - timedelta(days - 1)
    name = f"{payments:,} payments a day, CPU"
    lines = []
    for word, since, rounds in (("day", last, scene.count(20, 1)), ("month", month, scene.count(5, 1))):
        ours, base = alternate(_act(made), bare, [(since, since)] * rounds)
        share = ours.cpu_ms / base.cpu_ms
        lines.append(Line(f"report of a {word}, {name}", "ms", ours.cpu_ms, "≤ 4×", share <= 4, baseline=base.cpu_ms))
    whole, rows = once(lambda: made(ReportKind.DAY, year, is_timed=True))[1], once(lambda: bare(year))[1]
    lines.append(Line(f"report of a year ({days} shifts), CPU", "s", whole, baseline=rows))
    lines.append(Line("report of a year, longest step between two looks for a stop, CPU", "ms", max(steps) * 1e3))
    odd = once(lambda: made(ReportKind.EXCEPTIONS, month))[1]
    lines.append(Line("exceptions of a month, CPU", "ms", odd * 1e3))
    hall.close()
    return lines


def _act(made: Callable[..., Report]) -> Callable[[date], object]:
    return lambda since: made(ReportKind.DAY, since)


def _make(folder: Path, days: int, payments: int) -> None:
    """One shift as a teller works it, and the same one on each day before."""
    shutil.rmtree(folder, ignore_errors=True)
    hall = halls.a_hall(folder)
    shift = halls.an_open_shift(hall)
    for number in range(payments):
        someone = halls.three_months_behind(hall, no=f"{20_000_000 + number}")
        halls.pay(hall, someone, halls.cash(400))
    shifts.open_drawer(hall, halls.teller(), "换零钱")
    halls.close_shift(hall, halls.teller(), CashCount({10_000: 5 + 4 * payments}), "找零有误", new_intent_id())
    _copy(hall, shift.shift_id, days)


def _copy(hall: OpenHall, shift_id: str, days: int) -> None:
    path, last = hall.folder / FILE_NAME, halls.NOW.date()
    hall.close()
    connection = raw_connection(path)
    (rows,) = connection.execute("SELECT max(id) + 1 FROM entries").fetchone() or (0,)
    connection.execute("BEGIN")
    for back in range(1, days):
        day = (last - timedelta(back)).isoformat()
        values = {"mark": f"-{back}", "rows": rows * back, "day": day, "shift": shift_id, "last": last.isoformat()}
        for statement in _COPIES:
            asked = {name: value for name, value in values.items() if f":{name}" in statement}
            connection.execute(statement, asked)
    connection.execute("COMMIT")
    connection.close()
