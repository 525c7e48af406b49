"""A PDF being drawn, in millimetres from the top left corner; the same calls give the same bytes."""

from __future__ import annotations

import math
import zlib
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager

from reportlab.pdfbase import pdfdoc

from counter_app.documents.dots import Dots
from counter_app.documents.embedding import EmbeddedFont
from counter_app.documents.fonts import Font, count_fitting, font, paper_text, width_pt

POINTS_PER_MM = 72 / 25.4
_ELLIPSIS = "…"
_SHRINK_MIN = 0.62
_COMPRESSION = 6
_COMPRESSION_OF_CODES = 3  # more takes longer and gains nothing: a code looks like chance
_FONT_NAMES = {Font.REGULAR: "F1", Font.BOLD: "F2"}


class Sheet:
    """Pages of one size. Text is made safe for paper here, so that no caller can forget it.

    `grey` is 0 for black to 1 for white. The last page is closed by `next_page`. `usual` are the characters that all
    documents of a kind show: they are in the file in any case, prepared once in a process.

    reportlab numbers and lists the objects; what is in them is written here, because with its canvas and its fonts more
    than half of a receipt's time was theirs.
    """

    def __init__(
        self, *, width_mm: float, height_mm: float, title: str, usual: Mapping[Font, str] | None = None
    ) -> None:
        self.width_mm = width_mm
        self.height_mm = height_mm
        self._usual = usual or {}
        self._fonts: dict[Font, EmbeddedFont] = {}
        self._document = pdfdoc.PDFDocument(invariant=1, pdfVersion=(1, 4))
        self._document.setTitle(paper_text(title))
        self._document.setCreator("counter-app")
        self._forms: dict[str, str] = {}
        # what is set on the page or form that is being drawn
        self._codes: list[str]
        self._placed: dict[str, str]
        self._grey: float
        self._text_font: tuple[Font, float] | None
        self._restart()

    def text(
        self,
        x_mm: float,
        y_mm: float,
        text: str,
        *,
        size_pt: float,
        is_bold: bool = False,
        align: str = "left",
        grey: float = 0.0,
        max_mm: float | None = None,
        may_shrink: bool = False,
        spacing_pt: float = 0.0,
        angle: float = 0.0,
    ) -> None:
        """One line on the baseline `y_mm`, `x_mm` its left, `right` or `center`; longer than `max_mm` ends in `…`.

        `may_shrink` lets it become smaller first: for amounts, which must stay whole.
        """
        text = paper_text(text)
        if not text:
            return
        width = width_pt(text, size_pt, is_bold=is_bold)
        if max_mm is not None and width > max_mm * POINTS_PER_MM:
            if may_shrink:
                size_pt = shrunk(text, size_pt=size_pt, max_mm=max_mm, is_bold=is_bold)
            text = fitted(text, size_pt=size_pt, max_mm=max_mm, is_bold=is_bold)
            width = width_pt(text, size_pt, is_bold=is_bold)
        x = x_mm * POINTS_PER_MM
        if align != "left":
            width += spacing_pt * (len(text) - 1)
            x -= width if align == "right" else width / 2
        self._set_grey(grey)
        used = font(is_bold=is_bold)
        if (used, size_pt) != self._text_font:
            self._codes.append(f"/{_FONT_NAMES[used]} {size_pt:g} Tf")
            self._text_font = (used, size_pt)
        place = f"{x:.2f} {self._up(y_mm):.2f} Td"
        if angle:
            cos, sin = math.cos(math.radians(angle)), math.sin(math.radians(angle))
            place = f"{cos:.4g} {sin:.4g} {-sin:.4g} {cos:.4g} {x:.2f} {self._up(y_mm):.2f} Tm"
        shown = f"({''.join(map(self._embedded(used).__getitem__, text))}) Tj"
        self._codes.append(f"BT {place} {spacing_pt:g} Tc {shown} 0 Tc ET" if spacing_pt else f"BT {place} {shown} ET")

    def rule(
        self,
        x1_mm: float,
        y1_mm: float,
        x2_mm: float,
        y2_mm: float,
        *,
        width_pt: float = 0.5,
        grey: float = 0.0,
        dash: str = "",
    ) -> None:
        """A straight line; `dash` as PDF writes it (`2 2`)."""
        points = [x1_mm * POINTS_PER_MM, self._up(y1_mm), x2_mm * POINTS_PER_MM, self._up(y2_mm)]
        line = "{:.2f} {:.2f} m {:.2f} {:.2f} l S".format(*points)
        self._codes.append(f"[{dash}] 0 d {width_pt:g} w {grey:g} G {line}")

    def box(
        self,
        x_mm: float,
        y_mm: float,
        width_mm: float,
        height_mm: float,
        *,
        fill: float | None = None,
        grey: float = 0.0,
        width_pt: float = 0.5,
        dash: str = "",
    ) -> None:
        """A rectangle from its top left corner: filled with the grey `fill`, or an outline."""
        corner = f"{x_mm * POINTS_PER_MM:.2f} {self._up(y_mm + height_mm):.2f}"
        shape = f"{corner} {width_mm * POINTS_PER_MM:.2f} {height_mm * POINTS_PER_MM:.2f} re"
        if fill is None:
            self._codes.append(f"[{dash}] 0 d {width_pt:g} w {grey:g} G {shape} S")
        else:
            self._set_grey(fill)
            self._codes.append(f"{shape} f")

    def modules(self, x_mm: float, y_mm: float, size_mm: float, rows: Sequence[str]) -> None:
        """A QR code without its quiet zone, from its top left corner.

        It is a picture of four dots by four a module: as paths it took a fifth of a receipt's time and two kilobytes
        more, and readers that smooth pictures would blur it with one dot a module.
        """
        count = len(rows)
        padding = "0" * (count % 2)
        dots = b"".join(bytes.fromhex(row.replace("1", "f") + padding) * 4 for row in rows)
        entries = f"/Type /XObject /Subtype /Image /ImageMask true /Width {4 * count} /Height {4 * count} /Decode [1 0]"
        name = f"Code{len(self._forms)}"
        self._forms[name] = self._placed[name] = self._add(_stream(zlib.compress(dots, _COMPRESSION_OF_CODES), entries))
        size = size_mm * POINTS_PER_MM
        corner = f"{x_mm * POINTS_PER_MM:.2f} {self._up(y_mm) - size:.2f}"
        self._set_grey(0.0)
        self._codes.append(f"q {size:.4f} 0 0 {size:.4f} {corner} cm /{name} Do Q")

    def picture(self, x_mm: float, y_mm: float, width_mm: float, height_mm: float, dots: Dots) -> None:
        """A picture from its top left corner, as large as fits without a change of its shape, centred."""
        size = f"/Type /XObject /Subtype /Image /Width {dots.width} /Height {dots.height} /BitsPerComponent 8"
        mask = ""
        if dots.opacity:
            entries = f"{size} /ColorSpace /DeviceGray"
            mask = f" /SMask {self._add(_stream(zlib.compress(dots.opacity, _COMPRESSION), entries))}"
        colours = "/DeviceRGB" if dots.is_coloured else "/DeviceGray"
        name = f"Picture{len(self._forms)}"
        entries = f"{size} /ColorSpace {colours}{mask}"
        self._forms[name] = self._placed[name] = self._add(_stream(zlib.compress(dots.rows, _COMPRESSION), entries))
        scale = min(width_mm / dots.width, height_mm / dots.height)
        width, height = dots.width * scale, dots.height * scale
        left, down = x_mm + (width_mm - width) / 2, y_mm + (height_mm + height) / 2
        points = [number * POINTS_PER_MM for number in (width, height, left)]
        place = "{:.2f} 0 0 {:.2f} {:.2f}".format(*points)
        self._codes.append(f"q {place} {self._up(down):.2f} cm /{name} Do Q")

    @contextmanager
    def form(self, name: str) -> Iterator[None]:
        """What is drawn inside, between two pages, is kept once and shown by `place`."""
        self._restart()
        yield
        entries = f"/Type /XObject /Subtype /Form /BBox {self._box()} /Resources {self._resources()}"
        self._forms[name] = self._add(_stream(self._packed_codes(), entries))
        self._restart()

    def place(self, name: str, *, down_mm: float = 0.0) -> None:
        """Shows a form, moved down."""
        # a form takes over the colour that the page happens to have, and was drawn on black
        self._codes.append(f"q 0 g 1 0 0 1 0 {-down_mm * POINTS_PER_MM:.2f} cm /{name} Do Q")
        self._placed[name] = self._forms[name]

    def next_page(self) -> None:
        """Closes the page."""
        contents = self._add(_stream(self._packed_codes()))
        parent = self._reference(self._document.Pages)
        entries = f"/MediaBox {self._box()} /Resources {self._resources()} /Contents {contents}"
        self._document.addPage(_Written(f"<< /Type /Page /Parent {parent} {entries} >>".encode()))
        self._restart()

    def data(self) -> bytes:
        """The whole document."""
        for used, embedded in self._fonts.items():
            self._document.idToObject[pdfdoc.BasicFonts][_FONT_NAMES[used]] = self._add_font(embedded)
        document: bytes = self._document.GetPDFData(None)
        return document

    def _embedded(self, used: Font) -> EmbeddedFont:
        found = self._fonts.get(used)
        if found is None:
            found = self._fonts[used] = EmbeddedFont(used, self._usual.get(used, ""))
        return found

    def _add_font(self, embedded: EmbeddedFont) -> str:
        """The font's objects; two bytes of text are the number of a glyph."""
        data, length = embedded.file()
        name = embedded.name()
        file = self._add(_stream(data, f"/Length1 {length}"))
        descriptor = f"/Type /FontDescriptor /FontName /{name} {embedded.descriptor()} /FontFile2 {file}"
        glyphs = (
            f"/Type /Font /Subtype /CIDFontType2 /BaseFont /{name} /CIDToGIDMap /Identity /W {embedded.widths()}"
            " /CIDSystemInfo << /Registry (Adobe) /Ordering (Identity) /Supplement 0 >>"
            f" /FontDescriptor {self._add_entries(descriptor)}"
        )
        parts = f"/DescendantFonts [{self._add_entries(glyphs)}] /ToUnicode {self._add(_stream(embedded.to_unicode()))}"
        return self._add_entries(f"/Type /Font /Subtype /Type0 /BaseFont /{name} /Encoding /Identity-H {parts}")

    def _add_entries(self, entries: str) -> str:
        return self._add(f"<< {entries} >>".encode())

    def _add(self, data: bytes) -> str:
        """A new object of the document, as others name it."""
        return self._reference(_Written(data))

    def _reference(self, content: object, name: str | None = None) -> str:
        reference: bytes = self._document.Reference(content, name).format(self._document)
        return reference.decode("ascii")

    def _resources(self) -> str:
        """The list of fonts, one for all pages, and what was placed on this one."""
        fonts = self._reference(self._document.idToObject[pdfdoc.BasicFonts])
        placed = " ".join(f"/{name} {reference}" for name, reference in self._placed.items())
        return f"<< /Font {fonts} /XObject << {placed} >> >>"

    def _box(self) -> str:
        return f"[0 0 {self.width_mm * POINTS_PER_MM:.4f} {self.height_mm * POINTS_PER_MM:.4f}]"

    def _restart(self) -> None:
        """Begins a page or a form, on which nothing is set yet."""
        self._codes = []
        self._placed = {}
        self._grey = 0.0
        self._text_font = None

    def _packed_codes(self) -> bytes:
        return zlib.compress("\n".join(self._codes).encode("latin-1"), _COMPRESSION)

    def _up(self, y_mm: float) -> float:
        return (self.height_mm - y_mm) * POINTS_PER_MM

    def _set_grey(self, grey: float) -> None:
        if grey != self._grey:
            self._codes.append(f"{grey:g} g")
            self._grey = grey


class _Written(pdfdoc.PDFObject):  # type: ignore[misc] # reportlab has no types
    """An object of the document, already in the words of PDF."""

    def __init__(self, data: bytes) -> None:
        self._data = data

    def format(self, _document: object) -> bytes:
        """What reportlab puts between the object's number and its end."""
        return self._data


def _stream(packed: bytes, entries: str = "") -> bytes:
    """A stream of deflated data."""
    head = f"<< {entries} /Filter /FlateDecode /Length {len(packed)} >>\nstream\n"
    return b"".join((head.encode(), packed, b"\nendstream"))


def shrunk(text: str, *, size_pt: float, max_mm: float, is_bold: bool = False) -> float:
    """The size at which the text fits, down to about six tenths of `size_pt`."""
    wanted = width_pt(text, size_pt, is_bold=is_bold)
    room = max_mm * POINTS_PER_MM
    return size_pt if wanted <= room else math.floor(size_pt * max(room / wanted, _SHRINK_MIN) * 20) / 20


def fitted(text: str, *, size_pt: float, max_mm: float, is_bold: bool = False) -> str:
    """The text, or as much of its beginning as fits with `…`; for text that `paper_text` has made."""
    room = max_mm * POINTS_PER_MM
    if width_pt(text, size_pt, is_bold=is_bold) <= room:
        return text
    room -= width_pt(_ELLIPSIS, size_pt, is_bold=is_bold)
    return text[: count_fitting(text, size_pt, room, is_bold=is_bold)] + _ELLIPSIS


def wrapped(text: str, *, size_pt: float, max_mm: float, lines_max: int) -> list[str]:
    """The text in at most `lines_max` lines (Chinese breaks anywhere); the last one ends in `…` when more is left."""
    text = paper_text(text)
    lines: list[str] = []
    while text and len(lines) < lines_max - 1:
        count = max(1, count_fitting(text, size_pt, max_mm * POINTS_PER_MM))
        lines.append(text[:count])
        text = text[count:]
    return [*lines, fitted(text, size_pt=size_pt, max_mm=max_mm)] if text else lines
