"""The customer's signature: drawn, trimmed and small; a scan that is no picture is refused."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import QPointF, Qt
from PySide6.QtGui import QImage, qGray
from PySide6.QtTest import QTest
from pytestqt.qtbot import QtBot

from counter_app.ui.retention.customer_page import LARGEST_SCAN, read_scan
from counter_app.ui.retention.pad import LARGEST, SignaturePad


def a_pad(qtbot: QtBot) -> SignaturePad:
    pad = SignaturePad()
    pad.resize(1600, 700)
    qtbot.addWidget(pad)
    pad.show()
    return pad


def test_a_mouse_draws_a_signature_that_is_trimmed_on_white(qtbot: QtBot) -> None:
    pad = a_pad(qtbot)
    QTest.mousePress(pad, Qt.MouseButton.LeftButton, pos=QPointF(300, 200).toPoint())
    for step in range(30):
        QTest.mouseMove(pad, QPointF(300 + 5 * step, 200 + 3 * step).toPoint())
    QTest.mouseRelease(pad, Qt.MouseButton.LeftButton, pos=QPointF(450, 290).toPoint())
    image = QImage.fromData(pad.png())
    assert 150 <= image.width() <= 180
    assert 90 <= image.height() <= 120
    assert qGray(image.pixel(image.width() - 1, 0)) == 255
    stroke = [qGray(image.pixel(x, 6 + (x - 6) * 3 // 5)) for x in range(10, 140)]
    assert max(stroke) < 200, "the stroke is there, whole"


def test_a_large_signature_is_made_smaller(qtbot: QtBot) -> None:
    pad = a_pad(qtbot)
    pad.begin_stroke(QPointF(10, 10))
    pad.go_on(QPointF(1500, 650))
    pad.end_stroke()
    image = QImage.fromData(pad.png())
    assert image.width() <= LARGEST.width()
    assert image.height() <= LARGEST.height()


def test_a_slip_of_the_hand_and_a_cleared_pad_are_no_signature(qtbot: QtBot) -> None:
    pad = a_pad(qtbot)
    pad.begin_stroke(QPointF(10, 10))
    pad.go_on(QPointF(13, 12))
    pad.end_stroke()
    assert pad.png() == b""
    pad.begin_stroke(QPointF(10, 10))
    pad.go_on(QPointF(200, 100))
    pad.end_stroke()
    assert pad.png()
    pad.clear()
    assert pad.is_empty()


def test_only_pictures_and_pdfs_of_five_megabytes_are_kept(tmp_path: Path) -> None:
    good, text, large = tmp_path / "a.pdf", tmp_path / "b.png", tmp_path / "c.jpg"
    good.write_bytes(b"%PDF-1.7 form")
    text.write_bytes(b"hello")
    large.write_bytes(b"\xff\xd8\xff" + bytes(LARGEST_SCAN))
    assert read_scan(good) == (b"%PDF-1.7 form", "")
    assert "PNG" in read_scan(text)[1]
    assert "5 MB" in read_scan(large)[1]
    assert read_scan(tmp_path / "none")[1]
