"""QR codes against another encoder, module by module, and against a reader."""

from __future__ import annotations

import pytest
import zxingcpp
from PIL import Image
from reportlab.graphics.barcode.qrencoder import QR8bitByte, QRCode, QRErrorCorrectLevel

from counter_app.documents.qr import TextTooLong, qr_modules

TEXT = "R1|HZ01|03|01JD5Y7Q2M9K3T8W4X6Z0A1B2C|HZ01-03-2026-000123|20261121T140322+0800|32648|" * 14


@pytest.mark.parametrize("length", [1, 14, 15, 60, 122, 213, 250, 287, 331, 412, 413, 600, 858, 1_100, 1_200])
def test_another_encoder_and_a_reader_agree(length: int) -> None:
    text = TEXT[:length]
    rows = qr_modules(text)
    version = (len(rows) - 17) // 4
    level = QRErrorCorrectLevel.M if length <= 412 else QRErrorCorrectLevel.L
    candidates = []
    for mask in range(8):
        other = QRCode(version, level)
        other.addData(QR8bitByte(text))
        other.makeImpl(False, mask)
        candidates.append(tuple("".join("1" if dark else "0" for dark in row) for row in other.modules))
    assert rows in candidates
    assert read(rows) == text


def read(rows: tuple[str, ...]) -> str:
    picture = Image.new("L", (len(rows) + 8, len(rows) + 8), 255)
    for y, row in enumerate(rows):
        for x, module in enumerate(row):
            if module == "1":
                picture.putpixel((x + 4, y + 4), 0)
    found = zxingcpp.read_barcode(picture.resize((picture.width * 4, picture.height * 4), Image.Resampling.NEAREST))
    assert found is not None
    return found.text


def test_a_receipt_s_code_is_small_enough_for_a_roll() -> None:
    # an ordinary proof of about 250 bytes: version 11 or 12, 65 modules of half a millimetre
    assert len(qr_modules(TEXT[:260])) <= 65


def test_too_much_text_is_refused() -> None:
    with pytest.raises(TextTooLong):
        qr_modules("x" * 1_300)
