"""The reports of the counter: one computation behind screen, paper, files and command; equal to the Z reports."""

from __future__ import annotations

import contextlib
import csv
import json
import shutil
from collections.abc import Iterable, Iterator
from datetime import date, timedelta
from decimal import Decimal
from pathlib import Path

import pytest

from counter_app.cli import main
from counter_app.clock import new_intent_id
from counter_app.domain.payments import Tender
from counter_app.domain.refusals import Refused
from counter_app.domain.report_exceptions import ExceptionEntry, Told, exceptions_of
from counter_app.domain.report_wording import row_texts, word_of
from counter_app.domain.reports import COUNT_ONLY, FIGURES, Asked, Cell, Report, ReportKind, ReportNote
from counter_app.domain.shift_close import Declared
from counter_app.domain.shifts import CashCount
from counter_app.domain.staff import Role
from counter_app.domain.undo_reasons import UndoReason
from counter_app.services import customers, days, reports, shift_close, shifts, z_reports
from counter_app.services.table_files import KindUnknown
from counter_app.storage.driver import find_driver
from counter_app.storage.hall import OpenHall
from counter_app.storage.sheets import examine, open_sheet
from counter_app.storage.store import FILE_NAME
from counter_app.storage.tables_sync import foreign_entries
from counter_app.storage.tables_undo import undone_elsewhere
from tests import halls
from tests.documents.test_undo_slip import text_of
from tests.services.test_shift_close import a_shift, expected_cash, in_notes
from tests.undoing import undo

ON = halls.NOW.date()
SUPERVISOR = halls.teller("2001", Role.SUPERVISOR)
AUDITOR = halls.teller("8001", Role.AUDITOR)
WORDS = "=HYPERLINK(A1)"


@pytest.fixture(scope="module")
def hall(tmp_path_factory: pytest.TempPathFactory) -> Iterator[OpenHall]:
    """Three closed shifts: all tenders, a reversal, a refund, cash in and out, a drawer 3 yuan short, a redirect."""
    opened = halls.a_hall(tmp_path_factory.mktemp("reports") / "hall")
    first = a_shift(opened)
    shifts.open_drawer(opened, halls.teller(), WORDS)
    someone = halls.three_months_behind(opened, no="10002350", name="韩梅")
    customers.reveal(opened, halls.teller(), someone.customer_id, "name", "核对")
    _, taken = halls.pay(opened, someone, halls.cash(100))
    undo(opened, taken.payment_id)
    _, kept = halls.pay(opened, someone, halls.cash(120))
    short = in_notes(expected_cash(opened, first) - 300)
    halls.close_shift(opened, halls.teller(), short, "找零少了", new_intent_id())
    other = halls.teller("1002")
    second = halls.an_open_shift(opened, other)
    undo(opened, kept.payment_id, session=other)
    halls.pay(opened, someone, Tender("card", 5_000, reference="1"), session=other)
    halls.close_shift(opened, other, in_notes(expected_cash(opened, second.shift_id)), "", new_intent_id())
    third = halls.an_open_shift(opened, SUPERVISOR)
    bills = halls.position(opened, someone).open_bills
    last = (bills[-1].bill.bill_id,)
    why = "客户指定先缴"
    halls.pay(opened, someone, halls.cash(20), session=SUPERVISOR, choose=last, redirect_reason=why, may_redirect=True)
    halls.close_shift(opened, SUPERVISOR, in_notes(expected_cash(opened, third.shift_id)), "", new_intent_id())
    yield opened
    opened.close()


def made(hall: OpenHall, kind: ReportKind, session: object = SUPERVISOR, **only: str) -> Report:
    return reports.make(hall, session, Asked(kind, ON, ON, **only))  # type: ignore[arg-type]  # a Session, by its name


def by_name(report: Report) -> dict[str, tuple[int, int | None]]:
    return {str(row.cells[-3]): (row.cells[-2], row.cells[-1]) for row in report.rows}  # type: ignore[misc]  # cells


def fen_of(cells: Iterable[Cell]) -> int:
    return sum(cell for cell in cells if isinstance(cell, int))


def test_the_day_is_its_z_reports_added_up(hall: OpenHall) -> None:
    day = by_name(made(hall, ReportKind.DAY))
    closed = z_reports.issued(hall)
    assert len(closed) == 3
    added: dict[str, list[int]] = {}
    for facts in closed:
        for figure in facts.figures:
            if not figure.name.startswith(("expected.", "float")):
                sums = added.setdefault(figure.name, [0, 0])
                sums[0] += figure.count
                sums[1] += figure.fen
        for line in facts.tenders:
            if off := line.difference_fen:
                added.setdefault(f"{'over' if off > 0 else 'short'}.{line.tender}", [0, 0])[1] += off
                added[f"{'over' if off > 0 else 'short'}.{line.tender}"][0] += 1
    added["shifts"] = [3, 0]
    assert day == {name: (count, None if name in COUNT_ONLY else fen) for name, (count, fen) in added.items()}
    paper = days.close(hall, SUPERVISOR, ON, new_intent_id())
    of_paper = {figure.name: (figure.count, figure.fen) for figure in paper.figures}
    flows = {name: one for name, one in of_paper.items() if not name.startswith(("expected.", "float"))}
    assert flows == {name: (count, fen or 0) for name, (count, fen) in day.items() if name in flows}
    assert day.keys() - flows.keys() == {"shifts", "short.cash"}
    assert day["short.cash"] == (1, -300)
    assert day["undone.reverse"] == (1, -10_000)
    assert day["undone.refund"] == (1, -12_000)


@pytest.mark.parametrize("kind", ReportKind)
def test_screen_paper_workbook_lines_and_command_say_the_same_to_the_fen(
    hall: OpenHall, kind: ReportKind, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    report = made(hall, kind)
    assert report.rows
    for kind_of_file in reports.FILE_KINDS:
        reports.save(hall, SUPERVISOR, report, tmp_path / f"a{kind_of_file}")
    shown = [row_texts(row, report.columns) for row in report.rows]
    _, paper = text_of((tmp_path / "a.pdf").read_bytes())
    assert all("".join(text.split()) in paper for texts in shown for text in texts)
    exact = [
        [
            str(Decimal(cell).scaleb(-2)) if column.form == "fen" and isinstance(cell, int) else text
            for cell, text, column in zip(row.cells, texts, report.columns, strict=True)
        ]
        for row, texts in zip(report.rows, shown, strict=True)
    ]
    with (tmp_path / "a.csv").open(encoding="utf-8-sig", newline="") as file:
        lines = list(csv.reader(file))[1:]
    assert [[text.removeprefix("'") for text in line] for line in lines] == exact
    with open_sheet(examine(tmp_path / "a.xlsx")) as sheet:
        booked = [row for _, row in sheet.rows]
    for row, cells in zip(exact, booked, strict=True):
        for text, cell, column in zip(row, cells, report.columns, strict=True):
            assert text == cell or (column.form == "fen" and text and Decimal(text) == Decimal(cell))
    folder = ["--data", str(hall.folder), "report", kind.value, "--from", ON.isoformat()]
    assert main([*folder, "--json"]) == 0
    said, meant = json.loads(capsys.readouterr().out), report.as_json()
    assert said["rows"] == meant["rows"]
    assert main(folder) == 0
    assert [tuple(line.split("\t")) for line in capsys.readouterr().out.splitlines()[1:]] == shown


def test_what_others_should_look_at_is_listed_with_who_did_it_and_who_signed(hall: OpenHall) -> None:
    rows = made(hall, ReportKind.EXCEPTIONS, AUDITOR).rows
    said = {str(row.cells[1]): (row.cells[2], row.cells[3], row.cells[5], row.cells[6]) for row in rows}
    assert said["payment.redirect"] == ("2001", "", "客户指定先缴", 2_000)
    assert said["payment.reverse"] == ("1001", "2001", "多收一笔", -10_000)
    assert said["payment.refund"] == ("1002", "2001", "多收一笔", -12_000)
    assert said["drawer.opened"] == ("1001", "", WORDS, None)
    assert said["cash.out"] == ("1001", "", "缴存", -20_000)
    assert said["difference.cash"][::2] == ("1001", "找零少了")
    assert said["difference.cash"][3] == -300
    assert all(row.entries and row.customer_id for row in rows if str(row.cells[1]).startswith("payment."))
    assert made(hall, ReportKind.EXCEPTIONS, halls.teller("1002")).rows != rows


def test_a_paper_that_was_not_handed_over_is_an_exception_by_itself() -> None:
    lines = [["p-1", 1, "card", 500, "R-1", "missing"], ["p-2", 1, "cheque", 600, "R-2", "there"]]
    content = {"body": {"lines": lines}, "postings": []}
    entry = ExceptionEntry("e-1", "proofs.handover", "1001", "03-1", "1001", None, content)
    assert exceptions_of(entry) == (Told("proof_missing.card", 500, "R-1"),)
    assert word_of("proof_missing.card") == "单据缺失 银行卡"


def test_each_figure_opens_to_its_rows_and_they_add_up_to_it(hall: OpenHall) -> None:
    for kind in sorted(FIGURES):
        for row in made(hall, kind).rows:
            behind = reports.entries_behind(hall, SUPERVISOR, row)
            assert [entry.entry_id for entry in behind] == list(dict.fromkeys(row.entries))
            if row.cells[-1] is not None:
                assert sum(entry.fen for entry in behind) == row.cells[-1], (kind, row.cells)


def test_the_series_is_told_whole_void_ones_and_gaps_with_it(hall: OpenHall) -> None:
    rows = made(hall, ReportKind.RECEIPTS).rows
    serials = [n for row in rows for n in range(int(str(row.cells[0])[-6:]), int(str(row.cells[1])[-6:]) + 1)]
    assert serials == list(range(1, 9))
    assert [row.cells[3] for row in rows] == ["used", "void.reverse", "void.refund", "used", "used"]
    taken = [row.cells[-1] for row in made(hall, ReportKind.TENDER).rows if row.cells[1] == "taken"]
    assert fen_of([row.cells[6] for row in rows]) == fen_of(taken) > 0
    elsewhere: dict[str, object] = {
        "payment_id": rows[-1].entries[0],
        "undo_id": "u-1",
        "way": "refund",
        "counter_id": "c-2",
        "business_date": ON.isoformat(),
        "receipt_no": str(rows[-1].cells[0]),
        "reason_code": "wish",
    }
    with hall.writing() as work:
        work.driver.execute("UPDATE receipt_series SET last_serial = 9")
        halls.put(work, undone_elsewhere, elsewhere)
    void = made(hall, ReportKind.RECEIPTS).rows[4].cells
    assert void[3:5] == ("void.refund", UndoReason("wish", "客户要求退回", "Customer wants it back"))
    gap = made(hall, ReportKind.RECEIPTS).rows[-1]
    assert gap.cells[:4] == ("HZ01-03-2026-000009", "HZ01-03-2026-000009", 1, "missing")
    assert [row.cells[3] for row in made(hall, ReportKind.RECEIPTS, shift_no="03-20261121-3").rows] == ["void.refund"]


def test_a_shift_whose_two_paths_differ_is_left_out_and_named_and_an_older_file_is_not_read(
    hall: OpenHall, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    with hall.writing() as work:
        work.driver.execute("DROP TRIGGER postings_no_update")
        harm = "UPDATE postings SET amount_fen = amount_fen + ? WHERE account = 'qr'"
        assert work.driver.execute(harm, (1,)).rowcount == 1
    try:
        report = made(hall, ReportKind.TELLER)
        assert report.notes == (ReportNote("differs", "03-20261121-1"),)
        assert {row.cells[0] for row in report.rows} == {"1002", "2001"}
        reports.save(hall, SUPERVISOR, report, tmp_path / "a.pdf")
        assert "两种算法不一致" in text_of((tmp_path / "a.pdf").read_bytes())[1]
    finally:
        with hall.writing() as work:
            work.driver.execute(harm, (-1,))
    copied = tmp_path / "hall"
    shutil.copytree(hall.folder, copied)
    with contextlib.closing(find_driver().module.connect(str(copied / FILE_NAME))) as file:
        file.execute("PRAGMA user_version = 9")
    assert main(["--data", str(copied), "report", "day"]) == 1
    assert "9" in capsys.readouterr().err


def test_what_the_file_lost_and_the_hub_gave_back_is_an_exception_too(hall: OpenHall) -> None:
    with hall.reading() as reading:
        (content,) = (
            reading.driver.execute("SELECT content FROM entries WHERE kind = 'payment.refund'").fetchone() or ()
        )
    said = json.loads(content) | {"entry_id": "given-1", "business_date": "2026-11-20", "staff_no": "1009"}
    row = {"id": 1, "epoch": 1, "seq": 900, "entry_id": "given-1", "kind": said["kind"], "content": json.dumps(said)}
    proofs = {"prev_hash": b"a", "hash": b"b" * 32, "signature": b"c", "fetched_at": "2026-11-21T01:00:00+00:00"}
    with hall.writing() as work:
        halls.put(work, foreign_entries, row | proofs)
    day = ON - timedelta(days=1)
    (found,) = reports.make(hall, SUPERVISOR, Asked(ReportKind.EXCEPTIONS, day, day)).rows
    assert found.cells[1:4] == ("payment.refund", "1009", "2001")
    assert all(row.cells[2] != "1009" for row in made(hall, ReportKind.EXCEPTIONS).rows)


def test_a_teller_sees_her_own_and_nobody_sees_a_drawer_before_its_count(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    hall, who = halls.a_hall(tmp_path), halls.teller()
    halls.an_open_shift(hall)
    halls.pay(hall, halls.three_months_behind(hall), halls.cash(100))
    hidden = (ReportNote("uncounted", "03-20261121-1"),)
    for kind in (*sorted(FIGURES), ReportKind.RECEIPTS):
        own = made(hall, kind, who)
        assert (own.rows, own.notes, own.asked.staff_no) == ((), hidden, "1001")
        assert made(hall, kind, halls.teller("1002"), staff_no="1001").notes == ()
        assert made(hall, kind).rows
        assert main(["--data", str(tmp_path), "report", kind.value, "--from", ON.isoformat(), "--json"]) == 0
        said = json.loads(capsys.readouterr().out)
        assert (said["rows"], said["left_out"]) == ([], [["uncounted", "03-20261121-1"]])
    shift_close.count(hall, who, Declared(CashCount({10_000: 6})), new_intent_id())
    assert by_name(made(hall, ReportKind.SHIFT, who))["expected.cash"] == (2, 60_000)
    with pytest.raises(Refused) as refused:
        reports.save(hall, who, made(hall, ReportKind.SHIFT, who), tmp_path / "a.txt")
    assert refused.value.refusal == KindUnknown("a.txt", reports.FILE_KINDS)
    nobody = Asked(ReportKind.DAY, date.min, ON - timedelta(days=1))
    assert reports.make(hall, SUPERVISOR, nobody).rows == ()
    hall.close()
