"""A table as the bytes of a CSV or XLSX file: text stays text, and nothing in it is calculated where it is opened."""

from __future__ import annotations

import csv
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from io import BytesIO, StringIO


@dataclass(frozen=True, slots=True)
class Yuan:
    """Money, in fen: a number with two decimals, to the fen, that a spreadsheet may add up."""

    fen: int

    @property
    def value(self) -> Decimal:
        """The yuan, exactly."""
        return Decimal(self.fen).scaleb(-2)


Cell = str | int | Yuan
"""Words, a whole number that a spreadsheet may add up, or money."""

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
        money = book.add_format({"num_format": "#,##0.00"})
        page = book.add_worksheet(sheet)
        page.freeze_panes(1, 0)
        page.set_footer(f"&L{note.replace('&', '&&')}")
        for place, row in enumerate(rows):
            for column, cell in enumerate(row):
                if isinstance(cell, Yuan):
                    page.write_number(place, column, cell.value, money)
                elif isinstance(cell, int):
                    page.write_number(place, column, cell)
                else:
                    page.write_string(place, column, cell, bold if place == 0 else None)
        for column, width in enumerate(_widths(rows)):
            page.set_column(column, column, width)
    return whole.getvalue()


def _marked(cell: Cell) -> str | int | Decimal:
    if isinstance(cell, Yuan):
        # a number of our own, a negative one too, is no foreign formula
        return cell.value
    return f"'{cell}" if isinstance(cell, str) and cell.startswith(_FORMULA) else cell


def _widths(rows: Sequence[Sequence[Cell]]) -> list[int]:
    # a Chinese character is as wide as two digits
    longest = [
        max(sum(1 + (ch > "\u2e80") for ch in _shown(cell)) for cell in column) for column in zip(*rows, strict=True)
    ]
    return [min(_WIDEST, max(_NARROWEST, width + 2)) for width in longest]


def _shown(cell: Cell) -> str:
    return f"{cell.value:,}" if isinstance(cell, Yuan) else str(cell)
