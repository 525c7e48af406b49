"""One line of text as black and white dots, for printers that lack its characters."""

from __future__ import annotations

import pypdfium2

from counter_app.documents.fonts import paper_text, width_pt
from counter_app.documents.page_image import DRAWING
from counter_app.documents.pdf import POINTS_PER_MM, Sheet

_SIZE_PT = 10.0
_BASELINE = 0.86  # of the line's height, so that the deepest strokes stay inside
_DARK_BELOW = 150
_BITS = bytes(ord("1") if value < _DARK_BELOW else ord("0") for value in range(256))


def line_image(text: str, height_dots: int, width_dots_max: int) -> tuple[int, int, bytes]:
    """The line in the shipped fonts: width and height in dots, and the rows, eight dots a byte, the left one highest.

    A full-width character is as wide as the line is high. What is wider than `width_dots_max` is cut at a dot. Dots are
    black where the bit is 1; the width is a multiple of eight.
    """
    text = paper_text(text)
    width_pt_wanted = max(width_pt(text, _SIZE_PT), 1.0)
    sheet = Sheet(width_mm=(width_pt_wanted + 1) / POINTS_PER_MM, height_mm=_SIZE_PT / POINTS_PER_MM, title="")
    sheet.text(0, _SIZE_PT * _BASELINE / POINTS_PER_MM, text, size_pt=_SIZE_PT)
    sheet.next_page()
    with DRAWING:
        document = pypdfium2.PdfDocument(sheet.data())
        bitmap = document[0].render(scale=height_dots / _SIZE_PT, grayscale=True)
        width, stride, pixels = bitmap.width, bitmap.stride, bytes(bitmap.buffer)
        rows = min(bitmap.height, height_dots)
        bitmap.close()
        document.close()
    width = min(width, width_dots_max) // 8 * 8 + (8 if width % 8 and width < width_dots_max - 8 else 0)
    packed = [_packed(pixels[row * stride : row * stride + min(stride, width)], width) for row in range(rows)]
    packed += [bytes(width // 8)] * (height_dots - rows)
    return width, height_dots, b"".join(packed)


def _packed(pixels: bytes, width: int) -> bytes:
    """A row of grey values as bits."""
    bits = pixels.translate(_BITS).ljust(width, b"0")
    return int(bits, 2).to_bytes(width // 8, "big")
