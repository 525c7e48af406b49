"""Text on paper: what is said to be missing, what is put in its place, and that rare characters copy as themselves."""

from __future__ import annotations

import pypdfium2
import pytest
from fontTools.ttLib import TTFont

from counter_app.documents import fonts
from counter_app.documents.fonts import Font, font_path, missing_characters, paper_text
from counter_app.documents.line_image import line_image
from counter_app.documents.pdf import Sheet, fitted, wrapped
from counter_app.domain.receipt_wording import printable
from tests.documents import samples


def extracted(text: str, *, is_bold: bool = False) -> str:
    sheet = Sheet(width_mm=200, height_mm=20, title="")
    sheet.text(5, 10, text, size_pt=10, is_bold=is_bold)
    sheet.next_page()
    document = pypdfium2.PdfDocument(sheet.data())
    text = document[0].get_textpage().get_text_range()
    document.close()
    return text


@pytest.mark.parametrize("is_bold", [False, True])
def test_rare_names_copy_as_themselves(is_bold: bool) -> None:
    name = "欧阳" + "".join(samples.RARE_NAMES) + "·Ab1"
    assert missing_characters(name) == ""
    assert extracted(name, is_bold=is_bold) == name


@pytest.mark.parametrize("count", [240, 700])
def test_more_characters_than_one_byte_can_code(count: int) -> None:
    """Among their codes is every byte that means something of its own inside a PDF's text."""
    text = "".join(chr(0x4E00 + 25 * n) for n in range(count))
    sheet = Sheet(width_mm=200, height_mm=150, title="")
    for n in range(0, count, 40):
        sheet.text(5, 5 + n / 6, text[n : n + 40], size_pt=8)
    sheet.next_page()
    document = pypdfium2.PdfDocument(sheet.data())
    assert "".join(document[0].get_textpage().get_text_range().split()) == text
    document.close()


def test_what_no_font_holds_is_said_and_replaced() -> None:
    assert missing_characters("张😀三\ud800😀\U0010ffff") == "😀\ud800\U0010ffff"
    assert paper_text("张😀三") == "张〔U+1F600〕三"
    assert paper_text("\ud800") == "〔U+D800〕"
    assert "〔U+1F600〕" in extracted("张😀三")
    assert missing_characters("张三 ABC ￥1,234.56（‰）→") == ""


def test_combining_marks_compose_or_are_said() -> None:
    assert printable("e\u0301te\u0301") == "été"
    assert missing_characters("e\u0301") == ""
    assert printable("x\u0301") == "x"
    assert missing_characters("x\u0301") == "\u0301"
    assert (
        missing_characters("葛\U000e0100\ufe0f") == ""
    )  # a variation selector asks for a variant, not for a character


def test_a_compatibility_ideograph_stays_the_character_it_is() -> None:
    assert paper_text("\uf92c\ufa0e") == "\uf92c\ufa0e"


@pytest.mark.parametrize("text", samples.HOSTILE)
def test_hostile_text_becomes_one_safe_line(text: str) -> None:
    safe = paper_text(text)
    assert safe.isprintable() or any(char in safe for char in "\ue000")
    assert len(printable(text)) <= 400
    assert not set(safe) & set("\u202e\u2066\u2069\u200f\u200d\x00\ud800\ufeff\u00ad")
    assert paper_text(safe) == safe
    assert all(map(fonts.is_drawable, safe))


def test_text_is_cut_and_wrapped_to_its_room() -> None:
    assert fitted("营业厅", size_pt=10, max_mm=100) == "营业厅"
    assert fitted("营业厅营业厅", size_pt=10, max_mm=10) == "营…"
    assert wrapped("营业厅营业厅营业厅", size_pt=10, max_mm=11, lines_max=2) == ["营业厅", "营业…"]
    assert wrapped("", size_pt=10, max_mm=11, lines_max=2) == []


def test_the_screen_can_use_the_same_files() -> None:
    names = {}
    for font in Font:
        with TTFont(font_path(font), lazy=True) as file:
            names[font] = file["name"].getDebugName(6)
            assert file["OS/2"].fsType == 0, "may be embedded without limits"
    assert names == {
        Font.REGULAR: "NotoSansSC-Regular",
        Font.BOLD: "NotoSansSC-Bold-GB2312",
        Font.RARE_A: "CounterRareHanA",
        Font.RARE_B: "CounterRareHanB",
    }


def test_the_fonts_stay_small() -> None:
    assert sum(font_path(font).stat().st_size for font in Font) < 44_000_000


def test_a_line_as_dots() -> None:
    width, height, rows = line_image("张𠮷", 24, 576)
    assert (width % 8, height, len(rows)) == (0, 24, width // 8 * 24)
    assert 48 <= width <= 64
    dark = sum(byte.bit_count() for byte in rows)
    assert 100 < dark < 24 * width / 2
    assert not any(rows[:1]), "air above"
    assert line_image("龘" * 400, 24, 576)[0] == 576
    assert line_image("", 24, 576)[1] == 24
