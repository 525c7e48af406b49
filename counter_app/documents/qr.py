"""QR codes (ISO/IEC 18004) of ASCII text, made fast enough for a receipt on every payment."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import lru_cache
from itertools import product
from operator import itemgetter

# for versions 1 to 25: (error correction bytes per block, blocks), first at level L, then at level M
_LEVELS = (
    "7/1 10/1 15/1 20/1 26/1 18/2 20/2 24/2 30/2 18/4 20/4 24/4 26/4 30/4 22/6 24/6 28/6 30/6 28/7 28/8 28/8 28/9 30/9 "
    "30/10 26/12",
    "10/1 16/1 26/1 18/2 24/2 16/4 18/4 22/4 22/5 26/5 30/5 22/8 22/9 24/9 24/10 28/10 28/11 26/13 26/14 26/16 26/17 "
    "28/17 28/18 28/20 28/21",
)
_VERSION_MAX = 25
_LEVEL_BITS = (1, 0)
_LIGHT, _DARK = "0", "1"
_BYTE_BITS = [f"{byte:08b}" for byte in range(256)]
_FINDER = (
    "000000000",
    "011111110",
    "010000010",
    "010111010",
    "010111010",
    "010111010",
    "010000010",
    "011111110",
    "000000000",
)


class TextTooLong(ValueError):
    """The text does not fit into the largest code that still scans from a receipt."""


def qr_modules(text: str) -> tuple[str, ...]:
    """The rows of the code as texts of `0` and `1` (`1` is dark), without the quiet zone of four modules.

    Level M where it costs no larger version than needed up to 15 (77 modules), else level L.

    Raises:
        TextTooLong: more than about 1,200 characters.
    """
    data = text.encode("ascii")
    version, level = _smallest(len(data))
    frame = _frame(version)
    bits = _interleaved(_codewords(data, version, level), version, level) + _LIGHT
    rows, columns = (int("".join(order(bits)), 2) for order in (frame.by_rows, frame.by_columns))
    mask = min(range(8), key=lambda n: _penalty(rows ^ frame.masks[n][0], columns ^ frame.masks[n][1], frame))
    modules = list(f"{rows ^ frame.masks[mask][0] | frame.dark:0{frame.stride * frame.size}b}")
    for place, bit in _format(frame, level, mask):
        modules[place] = bit
    starts = range(0, frame.stride * frame.size, frame.stride)
    return tuple("".join(modules[start : start + frame.size]) for start in starts)


@dataclass(frozen=True, slots=True)
class _Frame:
    """What is the same for all codes of one version, each a picture of `size` lines of `stride` bits.

    A picture is one whole number, row after row (or column after column) with a light module after each line, so that a
    few operations on it count all runs at once. `by_rows` and `by_columns` order the data bits into such pictures.
    """

    size: int
    stride: int
    places: tuple[int, ...]
    dark: int
    valid: int
    by_rows: Callable[[str], tuple[str, ...]]
    by_columns: Callable[[str], tuple[str, ...]]
    masks: tuple[tuple[int, int], ...]


@lru_cache
def _frame(version: int) -> _Frame:
    dark, taken = _pattern(version)
    size = len(dark)
    stride = size + 1
    free = _free_modules(taken)
    rows, columns = [-1] * (size * stride), [-1] * (size * stride)
    for n, (row, column) in enumerate(free[: len(free) // 8 * 8]):
        rows[row * stride + column] = columns[column * stride + row] = n
    flat = _picture(dark)
    turned = _picture(["".join(line) for line in zip(*dark, strict=True)])
    masks = []
    for mask in range(8):
        lines = _mask(mask, taken)
        turned_lines = ["".join(line) for line in zip(*lines, strict=True)]
        # the fixed modules join the mask of the columns here: they are light in the data
        masks.append((_picture(lines), _picture(turned_lines) | turned))
    return _Frame(
        size=size,
        stride=stride,
        places=tuple(row * stride + column for row, column in free),
        dark=flat,
        valid=_picture(["1" * size] * size),
        by_rows=itemgetter(*rows),
        by_columns=itemgetter(*columns),
        masks=tuple(masks),
    )


def _picture(lines: list[str]) -> int:
    return int("".join(line + _LIGHT for line in lines), 2)


def _smallest(length: int) -> tuple[int, int]:
    """Version and level for so many bytes."""
    for level, last in ((1, 15), (0, _VERSION_MAX)):
        for version in range(1, last + 1):
            header_bits = 4 + (8 if version < 10 else 16)
            if header_bits + 8 * length <= 8 * _data_length(version, level):
                return version, level
    message = f"{length} bytes do not fit into a code of version {_VERSION_MAX}"
    raise TextTooLong(message)


@lru_cache
def _correction(version: int, level: int) -> tuple[int, int]:
    """Error correction bytes per block, and blocks."""
    per_block, blocks = _LEVELS[level].split()[version - 1].split("/")
    return int(per_block), int(blocks)


def _data_length(version: int, level: int) -> int:
    per_block, blocks = _correction(version, level)
    return _capacity(version) - per_block * blocks


@lru_cache
def _capacity(version: int) -> int:
    """Bytes of data and error correction together: the modules that no pattern takes."""
    aligned = version // 7 + 2
    patterns = 25 * aligned * aligned - 10 * aligned - 55 if version > 1 else 0
    taken = 192 + 2 * (4 * version + 1) + 31 + patterns + (36 if version >= 7 else 0)
    return ((17 + 4 * version) ** 2 - taken) // 8


def _codewords(data: bytes, version: int, level: int) -> bytes:
    """Mode, length, data and padding."""
    length = _data_length(version, level)
    count_bits = 8 if version < 10 else 16
    bits = f"0100{len(data):0{count_bits}b}" + "".join(map(_BYTE_BITS.__getitem__, data))
    bits += "0" * min(4, 8 * length - len(bits))
    bits += "0" * (-len(bits) % 8)
    head = int(bits, 2).to_bytes(len(bits) // 8, "big")
    return (head + b"\xec\x11" * length)[:length]


def _interleaved(data: bytes, version: int, level: int) -> str:
    """Data and error correction of all blocks, in the order in which they are placed, as bits."""
    per_block, blocks = _correction(version, level)
    short = len(data) // blocks
    longer = len(data) % blocks
    parts, at = [], 0
    for number in range(blocks):
        length = short + (number >= blocks - longer)
        parts.append(data[at : at + length])
        at += length
    corrections = [_remainder(part, per_block) for part in parts]
    ordered = [part[n] for n in range(short + 1) for part in parts if n < len(part)]
    ordered += [correction[n] for n in range(per_block) for correction in corrections]
    return "".join(map(_BYTE_BITS.__getitem__, ordered))


@lru_cache
def _powers() -> tuple[list[int], list[int]]:
    """Powers and logarithms of the field with 256 elements and the polynomial 0x11D."""
    powers, logs = [1] * 512, [0] * 256
    for n in range(1, 512):
        powers[n] = powers[n - 1] << 1
        if powers[n] > 255:
            powers[n] ^= 0x11D
    for n in range(255):
        logs[powers[n]] = n
    return powers, logs


@lru_cache
def _remainder_rows(degree: int) -> list[int]:
    """For each leading byte, the generator polynomial times it, as one whole number of `degree` bytes."""
    powers, logs = _powers()
    generator = [1]
    for n in range(degree):
        shifted = [0, *(powers[logs[c] + n] if c else 0 for c in generator)]
        generator = [a ^ b for a, b in zip([*generator, 0], shifted, strict=True)]
    tail = generator[1:]
    rows = [0]
    for lead in range(1, 256):
        rows.append(int.from_bytes(bytes(powers[logs[c] + logs[lead]] if c else 0 for c in tail), "big"))
    return rows


def _remainder(block: bytes, degree: int) -> bytes:
    """The block's error correction (Reed-Solomon)."""
    rows = _remainder_rows(degree)
    top, keep = 8 * (degree - 1), (1 << 8 * degree) - 1
    rest = 0
    for byte in block:
        rest = ((rest << 8) & keep) ^ rows[byte ^ (rest >> top)]
    return rest.to_bytes(degree, "big")


def _alignment(version: int) -> list[int]:
    """The rows and columns of the alignment patterns' middles."""
    if version == 1:
        return []
    count = version // 7 + 2
    last = 10 + 4 * version
    step = -(-(last - 6) // (count - 1) // 2) * 2
    return [6, *(last - step * n for n in reversed(range(count - 1)))]


def _pattern(version: int) -> tuple[list[str], list[str]]:
    """The fixed lines: which modules are dark, and which are taken (format and version areas included)."""
    size = 17 + 4 * version
    dark, taken = [[_LIGHT] * size for _ in range(size)], [[_LIGHT] * size for _ in range(size)]

    def square(row: int, column: int, *picture: str) -> None:
        for y, line in enumerate(picture, row):
            for x, module in enumerate(line, column):
                if 0 <= y < size and 0 <= x < size:
                    taken[y][x], dark[y][x] = _DARK, module

    for n in range(size):
        square(6, n, str((n + 1) % 2))
        square(n, 6, str((n + 1) % 2))
    for row, column in ((-1, -1), (-1, size - 8), (size - 8, -1)):
        square(row, column, *_FINDER)
    middles = _alignment(version)
    corners = {(6, 6), (6, size - 7), (size - 7, 6)}
    for row, column in product(middles, middles):
        if (row, column) not in corners:
            square(row - 2, column - 2, "11111", "10001", "10101", "10001", "11111")
    for copy in _format_places(size):
        for row, column in copy:
            square(row, column, _LIGHT)
    square(size - 8, 8, _DARK)
    for row, column, module in _version_modules(version):
        square(row, column, module)
    return ["".join(line) for line in dark], ["".join(line) for line in taken]


def _format_places(size: int) -> tuple[list[tuple[int, int]], list[tuple[int, int]]]:
    """Where bit 0 to 14 of the format stands, in both copies."""
    first = [(n, 8) for n in (0, 1, 2, 3, 4, 5, 7, 8)] + [(8, n) for n in (7, 5, 4, 3, 2, 1, 0)]
    second = [(8, size - 1 - n) for n in range(8)] + [(size - 15 + n, 8) for n in range(8, 15)]
    return first, second


def _format(frame: _Frame, level: int, mask: int) -> Iterator[tuple[int, str]]:
    """Place and module of the level and the mask, twice."""
    value = _LEVEL_BITS[level] << 3 | mask
    rest = value
    for _ in range(10):
        rest = (rest << 1) ^ ((rest >> 9) * 0x537)
    bits = (value << 10 | rest) ^ 0x5412
    for copy in _format_places(frame.size):
        for n, (row, column) in enumerate(copy):
            yield row * frame.stride + column, str(bits >> n & 1)


def _version_modules(version: int) -> Iterator[tuple[int, int, str]]:
    """Row, column and module of the version's number, twice; it is shown from version 7."""
    if version < 7:
        return
    rest = version
    for _ in range(12):
        rest = (rest << 1) ^ ((rest >> 11) * 0x1F25)
    bits = version << 12 | rest
    edge = 6 + 4 * version
    for n in range(18):
        yield n // 3, edge + n % 3, str(bits >> n & 1)
        yield edge + n % 3, n // 3, str(bits >> n & 1)


def _free_modules(taken: list[str]) -> list[tuple[int, int]]:
    """The modules for data as (row, column), in the order in which bits fill them."""
    size = len(taken)
    places = []
    for right in range(size - 1, 0, -2):
        pair = right if right > 6 else right - 1
        is_upward = (pair + 1) & 2 == 0
        for step in range(size):
            row = size - 1 - step if is_upward else step
            places += [(row, column) for column in (pair, pair - 1) if taken[row][column] == _LIGHT]
    return places


def _mask(mask: int, taken: list[str]) -> list[str]:
    """The lines of one of the eight masks, only where data stand."""
    rules: tuple[Callable[[int, int], int], ...] = (
        lambda y, x: (y + x) % 2,
        lambda y, x: y % 2,
        lambda y, x: x % 3,
        lambda y, x: (y + x) % 3,
        lambda y, x: (y // 2 + x // 3) % 2,
        lambda y, x: y * x % 2 + y * x % 3,
        lambda y, x: (y * x % 2 + y * x % 3) % 2,
        lambda y, x: ((y + x) % 2 + y * x % 3) % 2,
    )
    rule = rules[mask]
    return [
        "".join(_DARK if fixed == _LIGHT and rule(y, x) == 0 else _LIGHT for x, fixed in enumerate(line))
        for y, line in enumerate(taken)
    ]


def _penalty(rows: int, columns: int, frame: _Frame) -> int:
    """How hard the code is to read, by its share of dark and its runs and squares of one colour (lower is better)."""
    rows |= frame.dark
    score = 0
    for picture in (rows, columns):
        for same in (picture, ~picture & frame.valid):
            five = same & same >> 1 & same >> 2 & same >> 3 & same >> 4
            # three for five in a row, one for each further: a run of n leaves n - 4 starts
            score += five.bit_count() + 2 * (five & ~(five >> 1)).bit_count()
    for same in (rows, ~rows & frame.valid):
        pairs = same & same >> 1
        score += 3 * (pairs & pairs >> frame.stride).bit_count()
    modules = frame.size * frame.size
    return score + 10 * (abs(20 * rows.bit_count() - 10 * modules) // modules)
