"""Pages as dots: their size at a printer's resolution, the right way up, and rows that a driver can take."""

from __future__ import annotations

import pytest

from counter_app.documents.page_image import page_images
from counter_app.documents.pdf import Sheet


@pytest.mark.parametrize("dpi", [203.0, 300.0])
def test_pages_have_the_paper_s_size_and_stand_upright(dpi: float) -> None:
    sheet = Sheet(width_mm=210, height_mm=148, title="")
    sheet.box(0, 0, 210, 37, fill=0.0)
    sheet.next_page()
    sheet.next_page()
    first, second = page_images(sheet.data(), dpi)
    for width, height, rows in (first, second):
        assert abs(width - 210 / 25.4 * dpi) <= 1
        assert abs(height - 148 / 25.4 * dpi) <= 1
        assert len(rows) == height * (width + -width % 4)
    width, height, rows = first
    stride = width + -width % 4
    dark = [row for row in range(height) if rows[row * stride + width // 2] == 0]
    assert dark[0] == 0
    assert abs(len(dark) - height / 4) <= 1
    assert set(second[2]) == {255}
