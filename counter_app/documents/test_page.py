"""A page that shows whether a printer's paper, margins and fonts are set right."""

from __future__ import annotations

from counter_app.documents.paper import Paper
from counter_app.documents.pdf import Sheet, wrapped
from counter_app.documents.qr import qr_modules

_ROLL_HEIGHT = 120.0
_SAMPLE = "营业厅 收费 ￥1,234.56 壹贰叁肆伍陆柒捌玖拾佰仟万亿元角分整 𬭎㛃䶮𠮷𡈽"


def test_page_pdf(paper: Paper) -> bytes:
    """One page with a ruler in millimetres along two edges, a frame 5 mm inside, sample text and a QR code."""
    width, height = paper.size_mm
    height = height or _ROLL_HEIGHT
    sheet = Sheet(width_mm=width, height_mm=height, title="测试页")
    sheet.box(5, 5, width - 10, height - 10, width_pt=0.4)
    for n in range(5, int(width) - 4):
        sheet.rule(n, 5, n, 5 + _tick(n), width_pt=0.25)
    for n in range(5, int(height) - 4):
        sheet.rule(5, n, 5 + _tick(n), n, width_pt=0.25)
    for n in range(10, int(width) - 9, 10):
        sheet.text(n, 12.4, str(n), size_pt=6, align="center", grey=0.3)
    for n in range(20, int(height) - 9, 10):
        sheet.text(14.8, n + 0.8, str(n), size_pt=6, align="right", grey=0.3)
    left, room = 18.0, width - 26
    sheet.text(left, 24, "打印测试页", size_pt=16, is_bold=True, max_mm=room)
    sheet.text(left, 31, f"纸张 {paper.value}  {width:g} × {height:g} 毫米", size_pt=9, max_mm=room)
    sheet.text(left, 37, "外框距纸边 5 毫米，四边都应完整可见。", size_pt=9, max_mm=room, may_shrink=True)
    sheet.text(left, 43, "标尺 100 毫米处应与直尺一致，否则请关闭缩放。", size_pt=9, max_mm=room, may_shrink=True)
    for n, line in enumerate(wrapped(_SAMPLE, size_pt=8, max_mm=room, lines_max=2)):
        sheet.text(left, 48.5 + 4 * n, line, size_pt=8)
    for n, grey in enumerate((0.0, 0.25, 0.5, 0.75, 0.9)):
        sheet.box(left + 10 * n, 55, 9, 5, fill=grey)
    sheet.modules(left, 64, 26, qr_modules("counter-app test page"))
    sheet.next_page()
    return sheet.data()


def _tick(millimetre: int) -> float:
    """How long the ruler's line is."""
    if millimetre % 10 == 0:
        return 5.0
    return 3.5 if millimetre % 5 == 0 else 2.0
