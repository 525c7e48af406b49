"""Which characters of GB 18030-2022 the shipped fonts hold: measured from the files, and drawn."""

from __future__ import annotations

import random
from functools import lru_cache

import pypdfium2
import pytest
from fontTools.ttLib import TTFont

from counter_app.documents import fonts
from counter_app.documents.fonts import Font, font_path
from counter_app.documents.pdf import Sheet
from tests.documents import gb18030


@lru_cache
def held(*files: Font) -> frozenset[str]:
    """What the files hold, read by another library than the program's: characters whose glyph is not `.notdef`."""
    found: set[str] = set()
    for file in files:
        with TTFont(font_path(file), lazy=True) as font:
            found |= {chr(code) for code, glyph in font.getBestCmap().items() if glyph != ".notdef"}
    return frozenset(found)


def test_the_levels_have_the_standard_s_numbers() -> None:
    """27,584 at level 1, 196 more at level 2, and 87,887 ideographs in all, as GB 18030-2022 counts them."""
    assert len(gb18030.LEVEL_1) == 27_584
    assert len(gb18030.LEVEL_2) == 27_780
    assert len(gb18030.IDEOGRAPHS) == 87_887
    assert len(gb18030.KANGXI_RADICALS) == 214


@pytest.mark.parametrize(
    ("level", "by_regular", "by_all"),
    [
        (gb18030.LEVEL_1, 27_584, 27_584),
        (gb18030.LEVEL_2, 27_780, 27_780),
        (gb18030.IDEOGRAPHS, 27_785, 87_887),
        (gb18030.KANGXI_RADICALS, 214, 214),
    ],
    ids=["level 1", "level 2", "level 3 ideographs", "level 3 radicals"],
)
def test_coverage(level: set[str], by_regular: int, by_all: int) -> None:
    """The numbers of docs/decisions/0003-fonts.md."""
    assert len(level & held(Font.REGULAR)) == by_regular
    assert len(level & held(Font.REGULAR, Font.RARE_A, Font.RARE_B)) == by_all


def test_the_program_sees_the_same_characters() -> None:
    assert fonts.missing_characters("".join(sorted(gb18030.LEVEL_3))[:400]) == ""
    assert all(map(fonts.is_drawable, gb18030.LEVEL_3))
    assert all(fonts.face(Font.REGULAR).glyph_number(ord(char)) for char in held(Font.REGULAR))


def test_symbols_of_two_bytes() -> None:
    """The standard's letters and signs of two bytes are held as well."""
    symbols = gb18030.two_byte_symbols()
    assert len(symbols) > 700
    assert symbols <= held(Font.REGULAR, Font.RARE_A, Font.RARE_B)


def test_no_glyph_is_an_empty_box() -> None:
    """Rare characters at random, drawn: each has ink, and no two share a picture."""
    sample = random.Random(18030).sample(sorted(gb18030.IDEOGRAPHS - held(Font.REGULAR)), 150)
    sheet = Sheet(width_mm=160, height_mm=110, title="")
    for n, char in enumerate(sample):
        sheet.text(n % 15 * 10 + 2, n // 15 * 10 + 8, char, size_pt=20)
    sheet.next_page()
    document = pypdfium2.PdfDocument(sheet.data())
    page = document[0].render(scale=3, grayscale=True).to_pil()
    document.close()
    scale = page.width / 160
    pictures = set()
    for n in range(len(sample)):
        left, top = n % 15 * 10 + 1, n // 15 * 10
        tile = page.crop([round(edge * scale) for edge in (left, top, left + 10, top + 10)])
        assert min(tile.tobytes()) < 128
        pictures.add(tile.tobytes())
    assert len(pictures) == len(sample)
