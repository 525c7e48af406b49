"""The pages of a PDF as dots, for printers that take pictures."""

from __future__ import annotations

import threading
from collections.abc import Iterator

import pypdfium2

DRAWING = threading.Lock()
"""PDFium serves one thread at a time."""

_POINTS_PER_INCH = 72


def page_images(pdf: bytes, dpi: float) -> Iterator[tuple[int, int, bytes]]:
    """Of each page its width and height in dots and its rows from the top, a byte of grey (0 black) a dot.

    Each row is filled up to a multiple of four bytes.
    """
    with DRAWING:
        document = pypdfium2.PdfDocument(pdf)
        count = len(document)
    try:
        for number in range(count):
            with DRAWING:
                page = document[number]
                bitmap = page.render(scale=dpi / _POINTS_PER_INCH, grayscale=True)
                width, height, stride = bitmap.width, bitmap.height, bitmap.stride
                dots = bytes(bitmap.buffer)
                bitmap.close()
                page.close()
            filled = width + -width % 4
            if stride != filled:
                rows = (dots[at : at + min(stride, filled)] for at in range(0, height * stride, stride))
                dots = b"".join(row.ljust(filled, b"\xff") for row in rows)
            yield width, height, dots
    finally:
        with DRAWING:
            document.close()
