"""A table as the bytes of a CSV or XLSX file: text stays text, and nothing in it is calculated where it is opened."""

from __future__ import annotations

import csv
from collections.abc import Sequence
from io import BytesIO, StringIO

Cell = str | int
"""Words, or a whole number that a spreadsheet may add up."""

_FORMULA = ("=", "+", "-", "@", "\t", "\r")
_AS_IT_IS = {
    # nothing of a customer lies in a temporary file
    "in_memory": True,
    "strings_to_numbers": False,
    "strings_to_formulas": False,
    "strings_to_urls": False,
}
_NARROWEST, _WIDEST = 8, 48


def csv_bytes(rows: Sequence[Sequence[Cell]]) -> bytes:
    """Comma-separated, UTF-8 with the mark by which spreadsheets know it; a foreign formula is marked as text."""
    text = StringIO(newline="")
    csv.writer(text).writerows([_marked(cell) for cell in row] for row in rows)
    return text.getvalue().encode("utf-8-sig")


def xlsx_bytes(rows: Sequence[Sequence[Cell]], *, sheet: str, note: str) -> bytes:
    """A workbook of one sheet, the first row its titles; `note` stands below each printed page."""
    # a start that writes no table does not load the writer
    from xlsxwriter import Workbook  # type: ignore[import-untyped]  # it ships no types; only this function calls it

    whole = BytesIO()
    with Workbook(whole, _AS_IT_IS) as book:
        bold = book.add_format({"bold": True})
        page = book.add_worksheet(sheet)
        page.freeze_panes(1, 0)
        page.set_footer(f"&L{note.replace('&', '&&')}")
        for place, row in enumerate(rows):
            for column, cell in enumerate(row):
                if isinstance(cell, int):
                    page.write_number(place, column, cell)
                else:
                    page.write_string(place, column, cell, bold if place == 0 else None)
        for column, width in enumerate(_widths(rows)):
            page.set_column(column, column, width)
    return whole.getvalue()


def _marked(cell: Cell) -> Cell:
    return f"'{cell}" if isinstance(cell, str) and cell.startswith(_FORMULA) else cell


def _widths(rows: Sequence[Sequence[Cell]]) -> list[int]:
    # a Chinese character is as wide as two digits
    longest = [
        max(sum(1 + (ch > "\u2e80") for ch in str(cell)) for cell in column) for column in zip(*rows, strict=True)
    ]
    return [min(_WIDEST, max(_NARROWEST, width + 2)) for width in longest]
