"""A report as PDF and as a file for spreadsheets, both from its rows; equal arguments give equal bytes."""

from __future__ import annotations

from counter_app.documents.form_sheet import Cell, Column, FormSheet, Heading
from counter_app.documents.paper import Paper
from counter_app.documents.table_file import Cell as FileCell
from counter_app.documents.table_file import Yuan, csv_bytes, xlsx_bytes
from counter_app.domain import report_wording as wording
from counter_app.domain.hall import Hall
from counter_app.domain.paper_wording import DEMO_NOTE, moment, printable
from counter_app.domain.reports import FIGURES, Report, ReportColumn
from counter_app.domain.reports import Cell as ReportCell

_ON_THE_RIGHT = frozenset(("count", "fen"))
_EMPTY = "这一段时间没有记录"


def report_pdf(hall: Hall, report: Report, staff_name: str) -> bytes:
    """The report on A4, a list across it, its headings again on each page; it says who made it and when."""
    columns, (width_mm, height_mm) = report.columns, Paper.A4.size_mm
    sheet = FormSheet(
        (width_mm, height_mm) if report.asked.kind in FIGURES else (height_mm, width_mm),
        Heading(
            title=wording.title_of(report),
            owner=hall.name,
            company=hall.company,
            number=wording.days_text(report.asked),
            before_number="",
            date=moment(report.made_at),
            under="    ".join((hall.counter_name, *wording.only_texts(report.asked))),
            foot=f"{staff_name} 于 {moment(report.made_at)} 制表",
            is_marked=False,
            is_demo=hall.is_demo,
            demo_note=DEMO_NOTE,
        ),
    )
    for note in report.notes:
        sheet.row(Cell("注意", wording.note_text(note)))
    sheet.table(
        [
            Column(wording.head_name(column), column.share, "right" if column.form in _ON_THE_RIGHT else "left")
            for column in columns
        ],
        [[printable(text) for text in wording.row_texts(row, columns)] for row in report.rows],
        _EMPTY,
    )
    return sheet.data()


def report_table(report: Report, *, is_book: bool, note: str) -> bytes:
    """The report as a workbook or as comma-separated lines: amounts and counts are numbers, all else is text."""
    columns = report.columns
    table: list[list[FileCell]] = [[wording.head_name(column) for column in columns]]
    table += [[_cell(cell, column) for cell, column in zip(row.cells, columns, strict=True)] for row in report.rows]
    table += [[wording.note_text(one), *[""] * (len(columns) - 1)] for one in report.notes]
    if is_book:
        return xlsx_bytes(
            table,
            sheet=wording.title_of(report),
            note=" ".join((note, wording.days_text(report.asked), *wording.only_texts(report.asked))),
        )
    return csv_bytes(table)


def _cell(cell: ReportCell, column: ReportColumn) -> FileCell:
    if isinstance(cell, int):
        return Yuan(cell) if column.form == "fen" else cell
    return wording.cell_text(cell, column)
