"""An 80 mm printer in software: reads a job byte by byte as the machine would, and keeps what would be on the paper."""

from __future__ import annotations

from dataclasses import dataclass, field

from counter_app.devices.escpos import Encoding


@dataclass(frozen=True)
class TextLine:
    """A printed line: where it stands, how large, and its text."""

    text: str
    align: int
    size: int
    is_bold: bool


@dataclass(frozen=True)
class Picture:
    """A raster: rows of dots as texts of `0` and `1`."""

    align: int
    rows: tuple[str, ...]


@dataclass(frozen=True)
class QrCode:
    """A code that the printer draws itself."""

    text: str
    module_dots: int
    level: int


@dataclass
class Paper:
    """What came out, in its order, and what happened to the knife and the drawer."""

    items: list[TextLine | Picture | QrCode] = field(default_factory=list)
    cuts: int = 0
    kicks: list[tuple[int, int, int]] = field(default_factory=list)

    @property
    def lines(self) -> list[str]:
        return [item.text for item in self.items if isinstance(item, TextLine)]

    @property
    def codes(self) -> list[QrCode]:
        return [item for item in self.items if isinstance(item, QrCode)]

    @property
    def pictures(self) -> list[Picture]:
        return [item for item in self.items if isinstance(item, Picture)]


class Printer80mm:
    """Interprets one job; a byte that the common command set does not know is an error, not ignored."""

    def __init__(self, encoding: Encoding, width_dots: int = 576, columns: int = 48) -> None:
        self._encoding = encoding
        self._width_dots = width_dots
        self._columns = columns
        self._paper = Paper()
        self._reset()

    def print(self, job: bytes) -> Paper:
        """The paper after the job."""
        self._job, self._at = job, 0
        while self._at < len(job):
            byte = self._take(1)
            if byte == b"\x1b":
                self._escape()
            elif byte == b"\x1c":
                self._chinese()
            elif byte == b"\x1d":
                self._group()
            elif byte == b"\n":
                self._feed()
            else:
                self._character(byte)
        assert not self._line, "the job ends in the middle of a line"
        return self._paper

    def _reset(self) -> None:
        self._align, self._size, self._is_bold, self._is_chinese = 0, 1, False, False
        self._line = ""
        self._qr_data, self._qr_module, self._qr_level = b"", 3, 48

    def _take(self, count: int) -> bytes:
        part = self._job[self._at : self._at + count]
        assert len(part) == count, "the job breaks off inside a command"
        self._at += count
        return part

    def _escape(self) -> None:
        command = self._take(1)
        if command == b"@":
            self._reset()
        elif command == b"a":
            assert not self._line, "ESC a counts only at the beginning of a line"
            self._align = self._take(1)[0]
            assert self._align in (0, 1, 2)
        elif command == b"E":
            self._is_bold = bool(self._take(1)[0] & 1)
        elif command == b"p":
            pin, on, off = self._take(3)
            assert pin in (0, 1)
            self._paper.kicks.append((pin, on * 2, off * 2))
        elif command == b"d":
            for _ in range(self._take(1)[0]):
                self._feed()
        else:
            raise AssertionError(f"unknown ESC {command!r}")

    def _chinese(self) -> None:
        command = self._take(1)
        if command in (b"&", b"."):
            self._is_chinese = command == b"&"
        elif command == b"W":
            assert self._take(1)[0] in (0, 1)
        else:
            raise AssertionError(f"unknown FS {command!r}")

    def _group(self) -> None:
        command = self._take(1)
        if command == b"!":
            wide, high = divmod(self._take(1)[0], 16)
            assert wide == high <= 7
            self._size = wide + 1
        elif command == b"V":
            mode, feed = self._take(2)
            assert (mode, feed) == (66, 3)
            self._paper.cuts += 1
        elif command == b"v":
            self._raster()
        elif command == b"(":
            assert self._take(1) == b"k"
            self._code(self._take(int.from_bytes(self._take(2), "little")))
        else:
            raise AssertionError(f"unknown GS {command!r}")

    def _raster(self) -> None:
        assert self._take(2) == b"0\0"
        width = int.from_bytes(self._take(2), "little")
        height = int.from_bytes(self._take(2), "little")
        assert 0 < width * 8 <= self._width_dots
        rows = tuple("".join(f"{byte:08b}" for byte in self._take(width)) for _ in range(height))
        self._paper.items.append(Picture(self._align, rows))

    def _code(self, parameters: bytes) -> None:
        assert parameters[:1] == b"1"
        function, data = parameters[1:2], parameters[2:]
        if function == b"A":
            assert data == b"2\0", "model 2"
        elif function == b"C":
            self._qr_module = data[0]
        elif function == b"E":
            self._qr_level = data[0]
        elif function == b"P":
            assert data[:1] == b"0"
            self._qr_data = data[1:]
        elif function == b"Q":
            assert self._qr_data, "a code is printed before it was stored"
            self._paper.items.append(QrCode(self._qr_data.decode(), self._qr_module, self._qr_level))
            self._qr_data = b""
        else:
            raise AssertionError(f"unknown code function {function!r}")

    def _character(self, byte: bytes) -> None:
        if byte < b"\x80":
            assert byte >= b" ", f"control byte {byte!r} in text"
        elif self._encoding is Encoding.UTF_8:
            byte += self._take(1 if byte < b"\xe0" else 2 if byte < b"\xf0" else 3)
        else:
            assert self._is_chinese, "a Chinese byte outside Chinese mode"
            byte += self._take(1)
        codec = "utf-8" if self._encoding is Encoding.UTF_8 else "gbk"
        self._line += byte.decode(codec)
        used = sum(len(char.encode("gbk")) for char in self._line) * self._size
        assert used <= self._columns, f"{self._line!r} runs over the paper's edge"

    def _feed(self) -> None:
        self._paper.items.append(TextLine(self._line, self._align, self._size, self._is_bold))
        self._line = ""
