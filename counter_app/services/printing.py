"""Bringing a rendered receipt to paper: which printers there are, and sending one job to one of them."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from counter_app.devices import printers as devices
from counter_app.devices.drawer import drawer_job
from counter_app.devices.escpos import EscPosSettings
from counter_app.devices.printers import (
    CupsPrinter,
    DevicePrinter,
    FolderPrinter,
    NetworkPrinter,
    Printer,
    PrinterTrouble,
    cups_queues,
)
from counter_app.devices.queue_state import Standing
from counter_app.devices.receipt_escpos import receipt_escpos
from counter_app.devices.windows_api import windows
from counter_app.devices.windows_queue import WindowsQueue, windows_queues
from counter_app.documents.line_image import line_image
from counter_app.documents.page_image import page_images
from counter_app.domain.payment_history import PrintJob
from counter_app.services.hall import OpenHall
from counter_app.services.receipts import PrintOrder
from counter_app.services.settings import get

PAPERS = ("a5", "a4", "roll-80")
"""The papers that a receipt is drawn for."""

TO_FILE = "pdf"
"""The name that stands for no printer: the receipt becomes a PDF file in the hall's own folder."""

RAW = "raw:"
"""Before the name of a queue of the system: what hangs on it takes ESC/POS."""

FOLDER = "receipts"
_MEDIA = {"a5": "A5", "a4": "A4"}

AnyPrinter = FolderPrinter | NetworkPrinter | DevicePrinter | CupsPrinter | WindowsQueue


@dataclass(frozen=True, slots=True)
class PrinterState:
    """How a printer stands: the stable name of a `devices.queue_state.Standing`, and what the system said."""

    name: str
    standing: str
    detail: str = ""


class NotPrinted(OSError):
    """The job did not get through; `reason` is the stable name, `detail` what the system said.

    The receipt stands all the same and can be printed again.
    """

    def __init__(self, reason: str, detail: str) -> None:
        super().__init__(f"{reason}: {detail}" if detail else reason)
        self.reason = reason
        self.detail = detail


def printers() -> tuple[str, ...]:
    """The printers that this machine knows, the PDF file last; never fails, a silent spooler has none."""
    return (*(windows_queues() if windows() is not None else cups_queues()), TO_FILE)


def chosen(hall: OpenHall) -> tuple[str, str]:
    """The paper in use and the printer remembered for it."""
    paper = get(hall, "printer.paper", PAPERS[0])
    paper = paper if paper in PAPERS else PAPERS[0]
    return paper, get(hall, f"printer.{paper}", TO_FILE)


def print_pdf(hall: OpenHall, order: PrintOrder, pdf: bytes, printer_name: str) -> str:
    """Send one print to a printer and say where it went.

    `printer_name` is a queue of the system, `pdf` for a file, or an ESC/POS printer, which gets the receipt in its own
    language instead of the PDF: `tcp:host:port`, `device:path`, or `raw:queue` behind a queue of the system.

    Raises:
        NotPrinted: it did not get through.
    """
    job, title = pdf, f"{order.facts.receipt_no}-{order.job.copy_no}"
    printer = _printer(hall, printer_name, order.job.paper)
    if _takes_escpos(printer):
        job = receipt_escpos(
            order.facts, mark=order.mark, proof=order.proof, settings=EscPosSettings(), line_image=line_image
        )
    return _sent(printer, job, title)


def print_sheet(hall: OpenHall, asked: PrintJob, pdf: bytes, *, own_language: Callable[[], bytes] | None = None) -> str:
    """Bring the print of a paper that was asked for to its printer and say where it went. `own_language` makes what a
    receipt printer gets instead of the PDF.

    Raises:
        NotPrinted: it did not get through; a receipt printer takes no cut sheets.
    """
    printer, job = _printer(hall, asked.printer, asked.paper), pdf
    if _takes_escpos(printer):
        if own_language is None:
            raise NotPrinted(devices.Reason.BAD_SETTING.value, asked.printer)
        job = own_language()
    return _sent(printer, job, f"{asked.number}-{asked.copy_no}")


def kick_drawer(hall: OpenHall) -> None:
    """Open the cash drawer where one is set up (`printer.drawer`); its entry is written before by the caller.

    Raises:
        NotPrinted: the printer that drives the drawer did not answer.
    """
    name = get(hall, "printer.drawer")
    if name:
        _sent(_printer(hall, name, "roll-80"), drawer_job(EscPosSettings()), "drawer")


def state(hall: OpenHall) -> PrinterState:
    """How the printer in use stands; asks it, so for a lane that may wait some seconds."""
    paper, name = chosen(hall)
    try:
        found = _printer(hall, name, paper).state()
    except NotPrinted as trouble:
        return PrinterState(name, Standing.MISSING.value, trouble.detail)
    return PrinterState(name, found.standing.value, found.detail)


def _takes_escpos(printer: AnyPrinter) -> bool:
    """Whether it is a receipt printer, which speaks ESC/POS and knows no PDF."""
    if isinstance(printer, FolderPrinter):
        return False
    return isinstance(printer, NetworkPrinter | DevicePrinter) or printer.is_raw


def _sent(printer: Printer, job: bytes, title: str) -> str:
    result = printer.send(job, title=title)
    if isinstance(result, PrinterTrouble):
        raise NotPrinted(result.reason.value, result.detail)
    return result.where


def _printer(hall: OpenHall, name: str, paper: str) -> AnyPrinter:
    kind, _, place = name.partition(":")
    if kind == "tcp" and place:
        host, _, port = place.rpartition(":")
        if not (host and port.isdecimal()):
            raise NotPrinted(devices.Reason.BAD_SETTING.value, name)
        return NetworkPrinter(host, int(port))
    if kind == "device" and place:
        return DevicePrinter(Path(place))
    if name in ("", TO_FILE):
        return FolderPrinter(hall.folder / FOLDER)
    is_raw = name.startswith(RAW)
    queue, media = (place, "") if is_raw else (name, _MEDIA.get(paper, ""))
    if windows() is not None:
        return WindowsQueue(queue, media, is_raw=is_raw, page_images=page_images)
    return CupsPrinter(queue, media, is_raw=is_raw)
