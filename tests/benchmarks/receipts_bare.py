"""The page that a receipt is measured against: reportlab's own canvas and font, one character on an A5 page."""

from __future__ import annotations

from io import BytesIO

from reportlab.lib.pagesizes import A5, landscape
from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.ttfonts import TTFont
from reportlab.pdfgen.canvas import Canvas

from counter_app.resources import resource

_NAME = "bare"


def embed() -> None:
    """Read the font that receipts use."""
    pdfmetrics.registerFont(TTFont(_NAME, str(resource("fonts") / "NotoSansSC-Regular.ttf")))


def empty_page() -> bytes:
    """The page, nearly empty: without one character there is no font in it."""
    canvas = Canvas(BytesIO(), pagesize=landscape(A5), pageCompression=1)
    canvas.setFont(_NAME, 10)
    canvas.drawString(20, 20, "营")
    canvas.showPage()
    data: bytes = canvas.getpdfdata()
    return data
