"""Printing through Windows: bytes as they are for receipt printers, pages drawn by the printer's driver for all others.

Written after Microsoft's reference and tried with functions of the same types; not run on Windows yet.
"""

from __future__ import annotations

import ctypes
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from ctypes import byref, c_uint32, c_void_p
from dataclasses import dataclass
from typing import Any, TypeVar

from counter_app.devices import windows_api as api
from counter_app.devices.printers import Printed, PrinterTrouble, Reason
from counter_app.devices.queue_state import QueueState, Standing
from counter_app.devices.windows_api import Windows, windows

Info = TypeVar("Info", bound=ctypes.Structure)

PageImages = Callable[[bytes, float], Iterator[tuple[int, int, bytes]]]
"""(PDF, dots per inch) → of each page width and height in dots and its rows from the top, a byte of grey a dot.

Each row is filled up to a multiple of four bytes.
"""

_DPI_MAX = 600
_BAND_ROWS = 512
_PAPERS = {"A4": (api.PAPER_A4, api.PORTRAIT), "A5": (api.PAPER_A5, api.LANDSCAPE)}
_JOBS_LISTED = 64
_TITLE_LENGTH_MAX = 80

_REASONS = {
    2: Reason.NOT_FOUND,
    5: Reason.NO_RIGHT,
    39: Reason.NO_SPACE,
    53: Reason.UNREACHABLE,
    67: Reason.UNREACHABLE,
    112: Reason.NO_SPACE,
    1722: Reason.UNREACHABLE,  # the print service does not run
    1801: Reason.NOT_FOUND,  # no printer of that name
    1804: Reason.BAD_SETTING,  # the driver takes no bytes as they are
    1905: Reason.NOT_FOUND,  # the printer has been deleted
}
_STANDINGS = {
    Reason.NOT_FOUND: Standing.MISSING,
    Reason.NO_RIGHT: Standing.NO_RIGHT,
    Reason.UNREACHABLE: Standing.OFFLINE,
}


class _Refused(Exception):
    """A function of Windows that answered no: its name and the error's number."""

    def __init__(self, function: str, number: int) -> None:
        super().__init__(f"{function}: Windows {number}")
        self.number = number

    def trouble(self) -> PrinterTrouble:
        return PrinterTrouble(_REASONS.get(self.number, Reason.REFUSED_BY_SPOOLER), str(self))


@dataclass(frozen=True, slots=True)
class WindowsQueue:
    """A printer as Windows names it; `is_raw` for ESC/POS bytes, else PDF on `media`: `A4`, `A5`, or what is set there.

    `page_images` draws a PDF's pages as dots; the driver gets them at their true size, not fitted to the paper.
    """

    queue: str
    media: str = ""
    is_raw: bool = False
    page_images: PageImages | None = None
    system: Windows | None = None

    def send(self, job: bytes, *, title: str) -> Printed | PrinterTrouble:
        """Spools the whole job or none of it."""
        system = self.system or windows()
        if system is None:
            return PrinterTrouble(Reason.NOT_FOUND, f"{self.queue}: not on Windows")
        title = title[:_TITLE_LENGTH_MAX]
        try:
            if self.is_raw:
                _send_bytes(system, self.queue, job, title)
            elif self.page_images is None:
                return PrinterTrouble(Reason.BAD_SETTING, f"{self.queue}: nothing draws its pages")
            else:
                _send_pages(system, self, self.page_images, job, title)
        except _Refused as refused:
            return refused.trouble()
        return Printed(where=self.queue)

    def state(self) -> QueueState:
        """What Windows says of the printer and of the jobs that wait for it."""
        system = self.system or windows()
        if system is None:
            return QueueState(Standing.MISSING, detail=f"{self.queue}: not on Windows")
        try:
            with _opened(system, self.queue) as printer:
                attributes, status = _printer_status(system, printer)
                jobs = _job_status(system, printer)
        except _Refused as refused:
            standing = _STANDINGS.get(refused.trouble().reason, Standing.UNKNOWN)
            return QueueState(standing, detail=str(refused))
        return QueueState(standing_of(attributes, status, jobs), len(jobs), f"{status:#x}" if status else "")


def windows_queues(system: Windows | None = None) -> tuple[str, ...]:
    """The names of this machine's printers; none on other systems or when the print service does not answer."""
    system = system or windows()
    if system is None:
        return ()
    flags = api.ENUM_LOCAL | api.ENUM_CONNECTIONS

    def ask(buffer: Any, size: int, needed: Any, found: Any) -> int:
        answer: int = system.spool.EnumPrintersW(flags, None, 4, buffer, size, needed, found)
        return answer

    try:
        return tuple(info.name for info in _listed(system, "EnumPrintersW", ask, api.PrinterInfo4) if info.name)
    except _Refused:
        return ()


def standing_of(attributes: int, status: int, jobs: tuple[int, ...]) -> Standing:
    """What the flags of a printer and of its jobs mean; of several the one that a hand must see to first.

    Many drivers never raise a flag of the printer; a job that is stuck says as much.
    """
    if status & api.QUEUE_DELETING:
        return Standing.MISSING
    if status & api.QUEUE_OFFLINE or attributes & api.QUEUE_OFFLINE_ATTRIBUTE:
        return Standing.OFFLINE
    if status & (api.QUEUE_PAPER | api.QUEUE_COVER | api.QUEUE_ERROR) or any(job & api.JOB_STUCK for job in jobs):
        return Standing.NEEDS_HAND
    return Standing.PAUSED if status & api.QUEUE_PAUSED else Standing.READY


def _send_bytes(system: Windows, queue: str, job: bytes, title: str) -> None:
    """The job as it is: the spooler passes it on without a driver."""
    spool = system.spool
    with _opened(system, queue) as printer:
        _must(system, "StartDocPrinterW", spool.StartDocPrinterW(printer, 1, byref(api.DocInfo1(title, None, "RAW"))))
        is_whole = False
        try:
            _must(system, "StartPagePrinter", spool.StartPagePrinter(printer))
            written, at = c_uint32(), 0
            while at < len(job):
                part = job[at:]
                _must(system, "WritePrinter", spool.WritePrinter(printer, part, len(part), byref(written)))
                _must(system, "WritePrinter", written.value)
                at += written.value
            _must(system, "EndPagePrinter", spool.EndPagePrinter(printer))
            _must(system, "EndDocPrinter", spool.EndDocPrinter(printer))
            is_whole = True
        finally:
            if not is_whole:
                spool.AbortPrinter(printer)


def _send_pages(system: Windows, queue: WindowsQueue, page_images: PageImages, pdf: bytes, title: str) -> None:
    """Pages drawn as dots, at their true size and place on the paper that `media` says."""
    gdi = system.gdi
    with _opened(system, queue.queue) as printer:
        settings = _settings(system, queue.queue, printer, queue.media)
    paper = gdi.CreateDCW("WINSPOOL", queue.queue, None, settings)
    _must(system, "CreateDCW", paper)
    try:
        info = api.GdiDocInfo(size=ctypes.sizeof(api.GdiDocInfo), name=title)
        _must(system, "StartDocW", gdi.StartDocW(paper, byref(info)) > 0)
        is_whole = False
        try:
            dpi_x, dpi_y = (gdi.GetDeviceCaps(paper, cap) for cap in (api.DPI_X, api.DPI_Y))
            dpi = min(max(dpi_x, dpi_y), _DPI_MAX)
            for page in page_images(pdf, dpi):
                _must(system, "StartPage", gdi.StartPage(paper) > 0)
                _draw(system, paper, page, (dpi_x / dpi, dpi_y / dpi))
                _must(system, "EndPage", gdi.EndPage(paper) > 0)
            _must(system, "EndDoc", gdi.EndDoc(paper) > 0)
            is_whole = True
        finally:
            if not is_whole:
                gdi.AbortDoc(paper)
    finally:
        gdi.DeleteDC(paper)


def _draw(system: Windows, paper: int, page: tuple[int, int, bytes], scale: tuple[float, float]) -> None:
    """One page in bands, for drivers that take no picture of a whole page; a white band costs nothing."""
    gdi, (width, height, rows) = system.gdi, page
    stride = width + -width % 4
    left, above = (gdi.GetDeviceCaps(paper, cap) for cap in (api.MARGIN_X, api.MARGIN_Y))
    across = round(width * scale[0])
    for top in range(0, height, _BAND_ROWS):
        band = rows[top * stride : (top + _BAND_ROWS) * stride]
        count = len(band) // stride
        if band.count(b"\xff") == len(band):
            continue
        # bands meet at the same dot, whatever the scale
        y, bottom = round(top * scale[1]), round((top + count) * scale[1])
        drawn = gdi.StretchDIBits(
            *(paper, -left, y - above, across, bottom - y, 0, 0, width, count),
            *(band, byref(api.GreyBitmap.of(width, count)), api.DIB_RGB, api.SRCCOPY),
        )
        _must(system, "StretchDIBits", drawn not in (0, api.GDI_ERROR))


def _settings(system: Windows, queue: str, printer: c_void_p, media: str) -> Any:
    """The driver's settings with our paper in them, checked by the driver; nothing where it takes its own."""
    if media not in _PAPERS:
        return None
    ask = system.spool.DocumentPropertiesW
    size = ask(None, printer, queue, None, None, 0)
    _must(system, "DocumentPropertiesW", size >= ctypes.sizeof(api.DevMode))
    settings = ctypes.create_string_buffer(size)
    _must(system, "DocumentPropertiesW", ask(None, printer, queue, settings, None, api.DM_OUT_BUFFER) > 0)
    mode = api.DevMode.from_buffer(settings)
    mode.paper, mode.orientation = _PAPERS[media]
    mode.fields |= api.DM_PAPERSIZE | api.DM_ORIENTATION
    both = api.DM_IN_BUFFER | api.DM_OUT_BUFFER
    _must(system, "DocumentPropertiesW", ask(None, printer, queue, settings, settings, both) > 0)
    return settings


def _printer_status(system: Windows, printer: c_void_p) -> tuple[int, int]:
    """The attributes and the status of an open printer."""

    def ask(buffer: Any, size: int, needed: Any, found: Any) -> int:
        answer: int = system.spool.GetPrinterW(printer, 2, buffer, size, needed)
        found[0] = 1 if answer else 0
        return answer

    (info,) = _listed(system, "GetPrinterW", ask, api.PrinterInfo2)
    return info.attributes, info.status


def _job_status(system: Windows, printer: c_void_p) -> tuple[int, ...]:
    """The status of each job that waits."""

    def ask(buffer: Any, size: int, needed: Any, found: Any) -> int:
        answer: int = system.spool.EnumJobsW(printer, 0, _JOBS_LISTED, 1, buffer, size, needed, found)
        return answer

    return tuple(info.status for info in _listed(system, "EnumJobsW", ask, api.JobInfo1))


def _listed(system: Windows, function: str, ask: Callable[[Any, int, Any, Any], int], kind: type[Info]) -> list[Info]:
    """What a function that fills a buffer has to say: asked for the size first, then for the content.

    The texts of the structures lie in the same buffer, which they keep alive.
    """
    needed, found = ctypes.pointer(c_uint32()), ctypes.pointer(c_uint32())
    if ask(None, 0, needed, found):
        return []
    number = system.last_error()
    if number != api.ENOUGH_NOT:
        raise _Refused(function, number)
    # a printer that appears between the two questions has room
    size = needed[0] + 1024
    buffer = ctypes.create_string_buffer(size)
    _must(system, function, ask(buffer, size, needed, found))
    return list((kind * found[0]).from_buffer(buffer))


@contextmanager
def _opened(system: Windows, queue: str) -> Iterator[c_void_p]:
    printer = c_void_p()
    _must(system, "OpenPrinterW", system.spool.OpenPrinterW(queue, byref(printer), None))
    try:
        yield printer
    finally:
        system.spool.ClosePrinter(printer)


def _must(system: Windows, function: str, answer: object) -> None:
    """Raises what Windows says when the answer is no."""
    if not answer:
        raise _Refused(function, system.last_error())
