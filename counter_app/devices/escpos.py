"""ESC/POS: the bytes that an 80 mm receipt printer understands, built line by line."""

from __future__ import annotations

import unicodedata
from collections.abc import Callable
from dataclasses import dataclass
from enum import Enum
from functools import lru_cache

ESC, FS, GS = b"\x1b", b"\x1c", b"\x1d"
LINE_DOTS = 24
"""The height of a line of text, in dots at 203 dpi."""

LineImage = Callable[[str, int, int], tuple[int, int, bytes]]
"""(text, height in dots, largest width in dots) → width, height, rows of eight dots a byte; black is 1."""


class Encoding(Enum):
    """What the printer takes its bytes for; the wrong one prints nonsense, so it is a setting of each printer."""

    GB18030 = "gb18030"
    GBK = "gbk"
    UTF_8 = "utf-8"


class Align(Enum):
    """Where a line stands; the value is the parameter of `ESC a`."""

    LEFT = 0
    CENTER = 1
    RIGHT = 2


@dataclass(frozen=True, slots=True)
class EscPosSettings:
    """What is particular to one printer.

    `columns` of a half-width character (80 mm: 48), `width_dots` across, `has_cutter`, and the width of a QR module
    in dots. `pulse_on_ms` and `pulse_off_ms` drive the drawer, 2 to 510 ms; `drawer_pin` is 2 or 5 on the socket.
    """

    encoding: Encoding = Encoding.GB18030
    columns: int = 48
    width_dots: int = 576
    has_cutter: bool = True
    qr_module_dots: int = 5
    drawer_pin: int = 2
    pulse_on_ms: int = 100
    pulse_off_ms: int = 400


class EscPos:
    """Collects the bytes of one job, beginning with a reset and Chinese mode.

    `line_image` draws a line that the printer's own characters cannot show; without it such characters become `?`.
    """

    def __init__(self, settings: EscPosSettings, line_image: LineImage | None = None) -> None:
        self._settings = settings
        self._line_image = line_image
        self._parts = [ESC + b"@"]
        if settings.encoding is not Encoding.UTF_8:
            self._parts.append(FS + b"&")

    def line(self, text: str = "", *, align: Align = Align.LEFT, size: int = 1, is_bold: bool = False) -> None:
        """One line, `size` times as wide and high (1 to 8); what has no room is cut at the right."""
        text = _cut(text.replace("\u00a5", "\uffe5"), self._settings.columns // size)
        data = encoded(text, self._settings.encoding)
        if data is None and self._line_image is not None:
            self._raster(text, align=align, size=size)
            return
        if data is None:
            data = "".join(c if encoded(c, self._settings.encoding) else "?" for c in text).encode(
                self._settings.encoding.value
            )
        code = (size - 1) << 4 | (size - 1)
        styled = ESC + b"a" + bytes([align.value]) + GS + b"!" + bytes([code]) + ESC + b"E" + bytes([is_bold])
        if size > 1 and self._settings.encoding is not Encoding.UTF_8:
            # older printers size Chinese characters by their own command
            styled += FS + b"W" + b"\1"
            data += FS + b"W" + b"\0"
        self._parts.append(styled + data + b"\n")

    def pair(self, left: str, right: str, *, is_bold: bool = False) -> None:
        """A label at the left and a figure at the right of one line; the label gives way."""
        right = _cut(right, self._settings.columns - 2)
        room = self._settings.columns - columns(right) - 1
        left = _cut(left, room)
        self.line(left + " " * (self._settings.columns - columns(left) - columns(right)) + right, is_bold=is_bold)

    def rule(self) -> None:
        """A line of hyphens across."""
        self.line("-" * self._settings.columns)

    def qr(self, text: str) -> None:
        """A QR code in the middle, drawn by the printer: model 2, level M."""
        data = text.encode("ascii")
        store = (len(data) + 3).to_bytes(2, "little")
        self._parts.append(ESC + b"a\1")
        self._parts.append(GS + b"(k\x04\x001A2\x00")
        self._parts.append(GS + b"(k\x03\x001C" + bytes([self._settings.qr_module_dots]))
        self._parts.append(GS + b"(k\x03\x001E1")
        self._parts.append(GS + b"(k" + store + b"1P0" + data)
        self._parts.append(GS + b"(k\x03\x001Q0")
        self._parts.append(b"\n")

    def kick(self) -> None:
        """Opens the drawer."""
        self._parts.append(drawer_pulse(self._settings))

    def cut(self) -> None:
        """Feeds past the knife and cuts, or only feeds where there is no knife."""
        self._parts.append(GS + b"VB\x03" if self._settings.has_cutter else ESC + b"d\x05")

    def data(self) -> bytes:
        """The whole job."""
        return b"".join(self._parts)

    def _raster(self, text: str, *, align: Align, size: int) -> None:
        """The line as a picture (`GS v 0`), as high as its text would be."""
        assert self._line_image is not None
        width, height, rows = self._line_image(text, LINE_DOTS * size, self._settings.width_dots)
        head = (width // 8).to_bytes(2, "little") + height.to_bytes(2, "little")
        self._parts.append(ESC + b"a" + bytes([align.value]) + GS + b"v0\0" + head + rows)


def drawer_pulse(settings: EscPosSettings) -> bytes:
    """The pulse that opens a drawer on the printer's socket."""
    on, off = (min(255, max(1, ms // 2)) for ms in (settings.pulse_on_ms, settings.pulse_off_ms))
    return ESC + b"p" + bytes([0 if settings.drawer_pin == 2 else 1, on, off])


def columns(text: str) -> int:
    """How many columns of a half-width character the text takes: what GBK says in two bytes takes two."""
    return sum(map(_char_columns, text))


def wrapped(text: str, width: int) -> list[str]:
    """The text in lines of at most `width` columns; Chinese breaks anywhere."""
    lines, rest = [], text
    while rest:
        line = _taken(rest, width) or rest[0]
        lines.append(line)
        rest = rest[len(line) :]
    return lines


def encoded(text: str, encoding: Encoding) -> bytes | None:
    """The text as the printer's bytes, or nothing when a character is outside what its own fonts can show.

    Outside is what GBK lacks: GB 18030 says it in four bytes, for which cheap printers print rubbish, and the fonts of
    printers that take UTF-8 hold no more either.
    """
    try:
        held = text.encode("gbk")
    except UnicodeEncodeError:
        return None
    return text.encode("utf-8") if encoding is Encoding.UTF_8 else held


@lru_cache(maxsize=4096)
def _char_columns(char: str) -> int:
    try:
        return len(char.encode("gbk"))
    except UnicodeEncodeError:
        return 2 if unicodedata.east_asian_width(char) in "WFA" else 1


def _cut(text: str, width: int) -> str:
    """The text, or its beginning with `…` where it is wider than `width` columns."""
    if columns(text) <= width:
        return text
    return _taken(text, width - 2) + "…" if width >= 2 else ""


def _taken(text: str, width: int) -> str:
    """As much of the beginning as fits into `width` columns."""
    used = 0
    for n, char in enumerate(text):
        used += columns(char)
        if used > width:
            return text[:n]
    return text
