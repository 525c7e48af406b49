"""The place of dot-matrix printers (针式): what a driver for them must take and promise; none is shipped yet.

Such printers take bytes in the ESC/P-K language, not page images: forms of 241 mm in two or three parts, set by lines.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum
from typing import Protocol

from counter_app.domain.receipts import PrintMark, ReceiptFacts


class Form(Enum):
    """Continuous forms of 241 mm, by their part of 279.4 mm; the value is their length in lines of 1/6 inch."""

    WHOLE = 66
    HALF = 33
    THIRD = 22


@dataclass(frozen=True, slots=True)
class DotMatrixSettings:
    """What is particular to one printer: its form, and how far its print must be moved to hit it, in millimetres."""

    form: Form = Form.THIRD
    offset_x_mm: float = 0.0
    offset_y_mm: float = 0.0
    is_preprinted: bool = False


class DotMatrixReceipt(Protocol):
    """Turns a receipt's facts into a job for such a printer."""

    def receipt_job(self, facts: ReceiptFacts, *, mark: PrintMark, settings: DotMatrixSettings) -> bytes:
        """The bytes of one receipt, ending with a form feed; equal arguments give equal bytes."""
        ...

    def ruler_job(self, settings: DotMatrixSettings) -> bytes:
        """A ruler in millimetres, to find the offsets."""
        ...
