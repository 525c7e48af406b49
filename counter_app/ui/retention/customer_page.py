"""The customer's signature: drawn here, kept on paper, or as a scanned or photographed form."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QFileDialog, QHBoxLayout

from counter_app.ui.blocks import SPACE, Button, Label, ScrollColumn
from counter_app.ui.language import tr
from counter_app.ui.retention.pad import SignaturePad
from counter_app.ui.theme import px

LARGEST_SCAN = 5 * 1024 * 1024
"""The largest scanned form, in bytes."""

_HIGHEST_PX = 280
_KINDS = (b"\x89PNG\r\n\x1a\n", b"\xff\xd8\xff", b"%PDF-")


class CustomerPage(ScrollColumn):
    """`paper_wanted` says that the form was signed on paper, `scanned` carries a scanned form."""

    paper_wanted = Signal()
    scanned = Signal(bytes)

    def __init__(self) -> None:
        super().__init__()
        self.done = Label(tone="good", is_wrapped=True)
        self.pad = SignaturePad()
        self.clear = Button(tr("重签"), kind="quiet")
        self.paper = Button(tr("签在纸上"), key="F7")
        self.scan = Button(tr("存扫描件"))
        self.error = Label(role="field-error", is_wrapped=True)
        self.error.hide()
        self._dialog: QFileDialog | None = None
        row = QHBoxLayout()
        row.setSpacing(SPACE)
        row.addWidget(self.clear)
        row.addStretch(1)
        row.addWidget(self.paper)
        row.addWidget(self.scan)
        self.body.setSpacing(SPACE + 4)
        self.body.addWidget(self.done)
        self.pad.setMaximumHeight(px(_HIGHEST_PX))
        self.body.addWidget(self.pad, 3)
        self.body.addLayout(row)
        self.body.addWidget(self.error)
        self.body.addStretch(1)
        self.clear.clicked.connect(self.pad.clear)
        self.paper.clicked.connect(self.paper_wanted)
        self.scan.clicked.connect(self.choose_file)
        self.pad.changed.connect(lambda: self._say(""))

    def show_signing(self, *, is_open: bool, is_signed: bool) -> None:
        """Whether the customer can sign now; a signature that was kept is not shown again."""
        self.done.setText(tr("客户已签字。") if is_signed else "")
        self.done.setVisible(is_signed)
        for widget in (self.pad, self.clear, self.paper, self.scan):
            widget.setVisible(is_open)

    def begin(self) -> None:
        """The cursor to the way without a pen."""
        self.paper.setFocus()

    def choose_file(self) -> None:
        """The machine's own window for choosing a file; it holds nothing up."""
        self._dialog = QFileDialog(self, tr("选择扫描件"), "", "PNG, JPEG, PDF (*.png *.jpg *.jpeg *.pdf)")
        self._dialog.setFileMode(QFileDialog.FileMode.ExistingFile)
        self._dialog.fileSelected.connect(self.take_file)
        self._dialog.open()

    def take_file(self, name: str) -> None:
        """A file was chosen; what is no picture or PDF, or too large, is refused in words."""
        content, error = read_scan(Path(name))
        self._say(error)
        if not error:
            self.scanned.emit(content)

    def _say(self, words: str) -> None:
        self.error.setText(words)
        self.error.setVisible(bool(words))


def read_scan(path: Path) -> tuple[bytes, str]:
    """The content of a scanned form, or what is wrong with the file."""
    try:
        size = path.stat().st_size
        content = path.read_bytes() if size <= LARGEST_SCAN else b""
    except OSError as error:
        return b"", tr("这个文件读不出来：{why}。请另选一个。", why=error.strerror or type(error).__name__)
    if size > LARGEST_SCAN:
        return b"", tr("文件超过 5 MB。请扫描得小一些，再选一次。")
    if not content.startswith(_KINDS):
        return b"", tr("只收 PNG、JPEG 图片和 PDF 文件。请另选一个。")
    return content, ""
