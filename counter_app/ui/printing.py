"""Printing a receipt beside the window: ordered, drawn, sent, and its end kept; a failure never touches the payment."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import PurePath
from typing import Literal

import pypdfium2

from counter_app.domain.payment_history import PrintJob
from counter_app.domain.refusals import Refusal
from counter_app.services import printing, receipts
from counter_app.services.printing import NotPrinted
from counter_app.services.receipts import PrintOrder
from counter_app.ui.desk import Desk
from counter_app.ui.formats import day_and_clock
from counter_app.ui.language import later, tr
from counter_app.ui.wording import sentences, trouble_sentences

State = Literal["printing", "printed", "failed"]

_REASONS = {
    "not_found": later("找不到打印机"),
    "no_right": later("没有使用打印机的权限"),
    "unreachable": later("打印机没有回应，请检查电源和连线"),
    "timed_out": later("打印机太久没有回应，请检查纸张和机盖"),
    "broken_off": later("打印中途断开，纸上可能只有一部分"),
    "no_space": later("磁盘空间不足，文件没有写成"),
    "refused_by_spooler": later("系统的打印服务拒绝了这份打印"),
    "bad_setting": later("打印机设置不对，请在收据面板另选一台"),
}

_STATES = {
    "queued": later("等待打印"),
    "printing": later("正在打印"),
    "printed": later("已打印"),
    "failed": later("没有打印"),
}


@dataclass(frozen=True, slots=True)
class PrintState:
    """How a print goes on: `where` is the printer or the file, `why` a sentence when it failed.

    `missing` are characters of the receipt that no font holds; they are told before paper is used.
    """

    receipt_no: str
    state: State
    copy_no: int = 0
    where: str = ""
    why: str = ""
    missing: str = ""


@dataclass(frozen=True, slots=True)
class PagePicture:
    """One page as RGB bytes, row by row without gaps."""

    width: int
    height: int
    rgb: bytes


class Printing:
    """Starts prints and tells how they end, on the window's thread."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk

    def start(
        self,
        receipt_no: str,
        on_state: Callable[[PrintState], object],
        *,
        paper: str = "",
        printer: str = "",
        is_drawer_opened: bool = False,
    ) -> None:
        """Print a receipt: the first print is the original, every further one a reprint.

        Without paper and printer those in use are taken. `on_state` hears `printing`, then `printed` or `failed`.
        """
        hall, who = self._desk.hall, self._desk.who

        def order() -> PrintOrder:
            used, name = printing.chosen(hall)
            used = paper or used
            ordered = receipts.order_print(hall, who, receipt_no, paper=used, printer=printer or name)
            receipts.mark_job(hall, ordered.job.id, "printing")
            return ordered

        def refused(refusal: Refusal) -> None:
            on_state(PrintState(receipt_no, "failed", why=sentences(refusal)))

        def troubled(trouble: Exception) -> None:
            on_state(PrintState(receipt_no, "failed", why=trouble_sentences(trouble)))

        on_state(PrintState(receipt_no, "printing"))
        if is_drawer_opened:
            self._open_drawer()
        self._desk.lanes.run("writer", order, lambda ordered: self._look_over(ordered, on_state), refused, troubled)

    def _look_over(self, order: PrintOrder, on_state: Callable[[PrintState], object]) -> None:
        """Characters that no font holds are said before paper is used; fonts are large, so beside the window."""

        def looked(missing: str) -> None:
            if missing:
                on_state(PrintState(order.facts.receipt_no, "printing", order.job.copy_no, missing=missing))
            self._send(order, on_state)

        def troubled(_trouble: Exception) -> None:
            looked("")

        self._desk.lanes.run("paper", lambda: order.missing_characters, looked, lambda _refusal: looked(""), troubled)

    def _send(self, order: PrintOrder, on_state: Callable[[PrintState], object]) -> None:
        hall = self._desk.hall

        def job() -> PrintState:
            number, copy_no = order.facts.receipt_no, order.job.copy_no
            try:
                where = printing.print_pdf(hall, order, receipts.render(order), order.job.printer)
            except NotPrinted as trouble:
                return PrintState(number, "failed", copy_no, why=reason_words(trouble))
            return PrintState(number, "printed", copy_no, where=where)

        def ended(state: PrintState) -> None:
            self._keep(order.job.id, state)
            on_state(state)

        def troubled(trouble: Exception) -> None:
            ended(PrintState(order.facts.receipt_no, "failed", order.job.copy_no, why=trouble_sentences(trouble)))

        self._desk.lanes.run("paper", job, ended, lambda _refusal: None, troubled, word=tr("正在打印收据……"))

    def _keep(self, job_id: int, state: PrintState) -> None:
        hall = self._desk.hall
        self._desk.lanes.run(
            "writer",
            lambda: receipts.mark_job(hall, job_id, state.state, state.why),
            lambda _: None,
            lambda _: None,
            lambda _: None,
        )

    def _open_drawer(self) -> None:
        """The payment's own entry stands for this opening; a drawer that stays shut is opened by its key."""
        hall = self._desk.hall
        self._desk.lanes.run(
            "paper", lambda: printing.kick_drawer(hall), lambda _: None, lambda _: None, lambda _: None
        )


def reason_words(trouble: NotPrinted) -> str:
    """Why a print did not get through, in the teller's words."""
    return tr(_REASONS[trouble.reason]) if trouble.reason in _REASONS else trouble.detail


def queue_word(name: str) -> str:
    """A printer as lists show it: a queue that takes ESC/POS says so, all others go by their name."""
    if name.startswith(printing.RAW):
        return tr("{name}（小票机）", name=name.removeprefix(printing.RAW))
    return name


def printer_word(name: str) -> str:
    """A printer as the choice for one print shows it; a PDF file is one of them."""
    return tr("存为 PDF 文件") if name == printing.TO_FILE else queue_word(name)


def print_words(job: PrintJob) -> str:
    """One print that was asked for: when, the original or which copy, how it went, who, and why not."""
    which = tr("原件") if job.copy_no == 1 else tr("补打第 {count} 次", count=job.copy_no - 1)
    words = f"{day_and_clock(job.asked_at)} · {which} · {tr(_STATES.get(job.state, job.state))} · {job.staff_no}"
    return f"{words} · {job.why}" if job.why else words


def printed_words(state: PrintState) -> str:
    """How a print goes: on its way, at a printer, or in a file of which the name is enough."""
    if state.state == "printing":
        words = tr("正在打印收据……")
        return words + (
            tr("字库没有这些字，纸上以编码代替：{characters}", characters=state.missing) if state.missing else ""
        )
    if state.where.endswith(".pdf"):
        return tr("收据已存为 PDF 文件：{name}", name=PurePath(state.where).name)
    return tr("收据已打印：{where}", where=state.where)


def page_picture(pdf: bytes, *, width_px: int, page: int = 0) -> PagePicture:
    """One page of a PDF as a picture of that width; for the lane of paper only, pdfium works on one thread."""
    document = pypdfium2.PdfDocument(pdf)
    try:
        sheet = document[page]
        bitmap = sheet.render(scale=width_px / sheet.get_width(), rev_byteorder=True)
        try:
            stride, width, height = bitmap.stride, bitmap.width, bitmap.height
            channels = bitmap.n_channels
            raw = bytes(bitmap.buffer)
        finally:
            bitmap.close()
            sheet.close()
    finally:
        document.close()
    return PagePicture(width, height, _packed(raw, width, height, stride, channels))


def page_pictures(pdf: bytes, *, width_px: int) -> tuple[PagePicture, ...]:
    """All pages of a PDF as pictures of that width; for the lane of paper only, as `page_picture`."""
    document = pypdfium2.PdfDocument(pdf)
    try:
        count = len(document)
    finally:
        document.close()
    return tuple(page_picture(pdf, width_px=width_px, page=number) for number in range(count))


def _packed(raw: bytes, width: int, height: int, stride: int, channels: int) -> bytes:
    rows = (raw[y * stride : y * stride + width * channels] for y in range(height))
    if channels == 3:
        return b"".join(rows)
    packed = bytearray(width * height * 3)
    whole = b"".join(rows)
    for channel in range(3):
        packed[channel::3] = whole[min(channel, channels - 1) :: channels]
    return bytes(packed)
