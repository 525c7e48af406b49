"""The font that a document embeds, read by another library: the right outlines, widths and checksums, and no more."""

from __future__ import annotations

import os
import re
import subprocess
import sys
import zlib
from dataclasses import replace
from functools import lru_cache
from hashlib import sha256
from io import BytesIO
from itertools import pairwise

import pytest
from fontTools.ttLib import TTFont
from fontTools.ttLib.sfnt import calcChecksum

from counter_app.documents import receipt_roll, receipt_sheet
from counter_app.documents.embedding import EmbeddedFont
from counter_app.documents.fonts import Font, font_path
from counter_app.documents.paper import Paper
from counter_app.documents.receipt import receipt_pdf
from tests.documents import samples

TEXT = "张*丰 1,234.56 元" + "".join(samples.RARE_NAMES[:6])


def embedded(font: Font, usual: str) -> tuple[EmbeddedFont, bytes]:
    """A font with the characters of `TEXT`, and its file as a reader of PDF unpacks it."""
    made = EmbeddedFont(font, usual)
    for char in TEXT:
        assert made[char]
    packed, length = made.file()
    data = zlib.decompress(packed)
    assert len(data) == length
    return made, data


@lru_cache
def shipped(font: Font) -> tuple[TTFont, dict[int, str]]:
    """A font file and its character map."""
    read = TTFont(font_path(font), lazy=True)
    return read, read.getBestCmap()


def glyph_of(font: TTFont, name: str) -> tuple[object, ...]:
    """Points, ends of contours, flags and metrics of a glyph."""
    glyph = font["glyf"][name]
    points, ends, flags = glyph.getCoordinates(font["glyf"])
    return list(points), list(ends), list(flags), font["hmtx"][name]


@pytest.mark.parametrize("usual", ["", "元张0123456789壹", "ABC"])
@pytest.mark.parametrize("font", [Font.REGULAR, Font.BOLD])
def test_each_glyph_is_that_of_the_file_which_holds_it(font: Font, usual: str) -> None:
    made, data = embedded(font, usual)
    files = [font, *(file for file in (Font.REGULAR, Font.RARE_A, Font.RARE_B) if file is not font)]
    read = TTFont(BytesIO(data))
    names = read.getGlyphOrder()
    assert len(names) == 1 + len(made)
    assert set(made) == set(TEXT) | set(usual)
    for number, char in enumerate(made, 1):
        source, cmap = next(shipped(file) for file in files if ord(char) in shipped(file)[1])
        assert glyph_of(read, names[number]) == glyph_of(source, cmap[ord(char)])


def test_the_file_s_checksums_are_right_and_every_piece_is_read() -> None:
    _, data = embedded(Font.REGULAR, "元张")
    read = TTFont(BytesIO(data), lazy=True)
    assert set(read.reader.tables) == {"glyf", "head", "hhea", "hmtx", "loca", "maxp", "prep"}
    for tag, entry in read.reader.tables.items():
        table = data[entry.offset : entry.offset + entry.length]
        assert calcChecksum(table) == entry.checkSum, tag
        assert entry.offset % 4 == 0


def test_widths_are_said_where_they_are_not_the_default() -> None:
    made, _ = embedded(Font.REGULAR, "张A0")
    listed: dict[int, float] = {}
    for first, widths in re.findall(r"(\d+) \[([\d. ]+)\]", made.widths()):
        listed |= dict(enumerate(map(float, widths.split()), int(first)))
    font, cmap = shipped(Font.REGULAR)
    for number, char in enumerate(made, 1):
        advance = font["hmtx"][cmap[ord(char)]][0] if ord(char) in cmap else 1000
        assert listed.get(number, 1000) == advance, char


def test_the_shipped_files_are_of_the_kind_that_is_understood() -> None:
    """Long offsets, one em size, plain outlines: what `truetype` leaves out is in none of them."""
    for file in Font:
        font, _ = shipped(file)
        assert font["head"].indexToLocFormat == 1
        assert font["head"].unitsPerEm == 1000
        glyf = font.reader["glyf"]
        starts = [at for at, end in pairwise(font["loca"]) if end > at]
        assert not any(glyf[at] >= 0x80 for at in starts), "a composite glyph"


@pytest.mark.parametrize(
    ("paper", "usual"),
    [(Paper.A5, receipt_sheet.USUAL), (Paper.A4, receipt_sheet.USUAL), (Paper.ROLL_80, receipt_roll.USUAL)],
)
def test_usual_characters_are_those_that_receipts_show(
    paper: Paper, usual: dict[Font, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """A character in the list that a form no longer shows would only make every receipt larger."""
    shown: dict[Font, set[str]] = {Font.REGULAR: set(), Font.BOLD: set()}

    def asked(font: EmbeddedFont, char: str) -> str:
        shown[font.font].add(char)
        return dict.__getitem__(font, char) if char in font else EmbeddedFont.__missing__(font, char)

    monkeypatch.setattr(EmbeddedFont, "__getitem__", asked, raising=False)
    receipt = samples.facts(samples.line(2), samples.line(0, late_days=0))
    receipt_pdf(receipt, paper=paper, mark=samples.ORIGINAL, proof=samples.proof(receipt))
    for font, chars in usual.items():
        assert len(set(chars)) == len(chars)
        assert set(chars) - shown[font] <= set("0123456789,")
        assert len(shown[font] & set(chars)) > len(shown[font]) / 2


_MADE = """

from dataclasses import replace
from functools import lru_cache
from hashlib import sha256
from functools import lru_cache
from hashlib import sha256
from counter_app.documents.paper import Paper
from counter_app.documents.receipt import receipt_pdf
from tests.documents import samples
receipt = replace(samples.facts(), customer_name_masked="".join(samples.RARE_NAMES))
data = receipt_pdf(receipt, paper=Paper.A5, mark=samples.ORIGINAL, proof=samples.proof(receipt))
print(sha256(data).hexdigest())
"""


def test_what_was_printed_before_leaves_no_trace_in_a_document() -> None:
    """The same bytes in processes of other histories: reprints can be compared with what was kept."""
    receipt = replace(samples.facts(), customer_name_masked="".join(samples.RARE_NAMES))
    before = replace(receipt, customer_name_masked="欧阳龘靐", hall_name="另一营业厅")
    receipt_pdf(before, paper=Paper.A5, mark=samples.ORIGINAL, proof=samples.proof(before))
    ours = receipt_pdf(receipt, paper=Paper.A5, mark=samples.ORIGINAL, proof=samples.proof(receipt))
    for seed in ("1", "2"):
        fresh = subprocess.run(
            [sys.executable, "-c", _MADE], capture_output=True, check=True, env=os.environ | {"PYTHONHASHSEED": seed}
        )
        assert fresh.stdout.decode().strip() == sha256(ours).hexdigest()
