"""Windows' queues, through C functions of Windows' own types: bytes, pages, papers, states, and each way to fail."""

from __future__ import annotations

import ctypes
from collections.abc import Iterator

import pytest

from counter_app.devices import windows_api as api
from counter_app.devices.printers import Printed, PrinterTrouble, Reason
from counter_app.devices.queue_state import QueueState, Standing
from counter_app.devices.windows_queue import WindowsQueue, standing_of, windows_queues
from tests.devices.windows_double import PRINTER, WindowsDouble

JOB = bytes(range(256)) * 40


def two_pages(pdf: bytes, dpi: float) -> Iterator[tuple[int, int, bytes]]:
    """A page with a dark line across at dot 600, and a white one; 9 dots wide, 1,100 high."""
    assert pdf == b"%PDF"
    assert dpi == 300
    row, white = bytes(9) + b"\xff" * 3, b"\xff" * 12
    yield 9, 1_100, white * 600 + row + white * 499
    yield 9, 1_100, white * 1_100


@pytest.mark.skipif(ctypes.sizeof(ctypes.c_void_p) != 8, reason="the sizes are those of 64 bits")
def test_the_structures_have_windows_layout() -> None:
    """Sizes and places as Microsoft's headers give them on x64."""
    sizes = {
        api.PrinterInfo4: 24,
        api.PrinterInfo2: 136,
        api.JobInfo1: 96,
        api.DocInfo1: 24,
        api.GdiDocInfo: 40,
        api.GreyBitmap: 40 + 4 * 256,
    }
    assert {kind: ctypes.sizeof(kind) for kind in sizes} == sizes
    assert (api.PrinterInfo2.attributes.offset, api.PrinterInfo2.status.offset) == (104, 124)
    assert api.JobInfo1.status.offset == 56
    assert (api.DevMode.fields.offset, api.DevMode.orientation.offset, api.DevMode.paper.offset) == (72, 76, 78)


def test_the_printers_are_listed_by_name() -> None:
    assert windows_queues(WindowsDouble().system) == (PRINTER, "OneNote")
    assert windows_queues(WindowsDouble(flaws={"EnumPrintersW": 1722}).system) == ()
    none = WindowsDouble()
    none.printers = []
    assert windows_queues(none.system) == ()


def test_bytes_go_through_as_they_are() -> None:
    windows = WindowsDouble(taken_at_once=999)
    queue = WindowsQueue(PRINTER, is_raw=True, system=windows.system)
    assert queue.send(JOB, title="收据 1") == Printed(where=PRINTER)
    assert windows.jobs == [("收据 1", "RAW", JOB)]
    assert windows.calls[-3:] == ["EndPagePrinter", "EndDocPrinter", "ClosePrinter"]


def test_pages_stand_at_their_place_on_the_paper_that_was_asked_for() -> None:
    windows = WindowsDouble()
    queue = WindowsQueue(PRINTER, "A5", page_images=two_pages, system=windows.system)
    assert queue.send(b"%PDF", title="收据") == Printed(where=PRINTER)
    assert windows.settings == [(api.PAPER_A5, api.LANDSCAPE)]
    assert windows.paper == (api.PAPER_A5, api.LANDSCAPE)
    assert windows.jobs == [("收据", "", b"")]
    assert (windows.calls.count("StartPage"), windows.calls.count("EndPage")) == (2, 2)
    ((numbers, band),) = windows.bands
    # the second band of 512 rows: 40 dots of the paper's upper edge and 50 of its left one cannot be printed
    assert numbers == (-50, 512 - 40, 9, 512, 0, 0, 9, 512)
    assert band.index(b"\0") == (600 - 512) * 12
    assert windows.calls[-1] == "DeleteDC"


def test_bands_meet_where_the_printer_is_finer_than_the_picture() -> None:
    windows = WindowsDouble()
    windows.caps |= {api.DPI_X: 600, api.DPI_Y: 1_200}

    def dark(_pdf: bytes, dpi: float) -> Iterator[tuple[int, int, bytes]]:
        assert dpi == 600
        yield 8, 1_025, bytes(8 * 1_025)

    WindowsQueue(PRINTER, page_images=dark, system=windows.system).send(b"%PDF", title="x")
    places = [numbers[1:4] for numbers, _ in windows.bands]
    assert places == [(-40, 8, 1_024), (984, 8, 1_024), (2_008, 8, 2)]
    assert windows.settings == []


@pytest.mark.parametrize(
    ("function", "number", "reason"),
    [
        ("OpenPrinterW", 5, Reason.NO_RIGHT),
        ("OpenPrinterW", 1722, Reason.UNREACHABLE),
        ("StartDocPrinterW", 1804, Reason.BAD_SETTING),
        ("WritePrinter", 112, Reason.NO_SPACE),
        ("WritePrinter", 31, Reason.REFUSED_BY_SPOOLER),
        ("EndDocPrinter", 63, Reason.REFUSED_BY_SPOOLER),
    ],
)
def test_a_refused_job_of_bytes_is_taken_back(function: str, number: int, reason: Reason) -> None:
    windows = WindowsDouble(flaws={function: number})
    result = WindowsQueue(PRINTER, is_raw=True, system=windows.system).send(JOB, title="x")
    assert result == PrinterTrouble(reason, f"{function}: Windows {number}")
    assert windows.jobs == []
    is_begun = "StartDocPrinterW" in windows.calls and function != "StartDocPrinterW"
    assert ("AbortPrinter" in windows.calls) == is_begun
    assert ("ClosePrinter" in windows.calls) == (function != "OpenPrinterW")


@pytest.mark.parametrize(
    "function", ["DocumentPropertiesW", "CreateDCW", "StartDocW", "StartPage", "StretchDIBits", "EndDoc"]
)
def test_a_refused_job_of_pages_is_taken_back(function: str) -> None:
    windows = WindowsDouble(flaws={function: 5})
    result = WindowsQueue(PRINTER, "A4", page_images=two_pages, system=windows.system).send(b"%PDF", title="x")
    assert result == PrinterTrouble(Reason.NO_RIGHT, f"{function}: Windows 5")
    assert windows.jobs == []
    assert ("AbortDoc" in windows.calls) == (function in ("StartPage", "StretchDIBits", "EndDoc"))
    assert ("DeleteDC" in windows.calls) == (function not in ("DocumentPropertiesW", "CreateDCW"))


def test_a_page_that_cannot_be_drawn_leaves_no_half_job() -> None:
    windows = WindowsDouble()

    def broken(_pdf: bytes, _dpi: float) -> Iterator[tuple[int, int, bytes]]:
        yield 8, 8, bytes(64)
        raise LookupError

    with pytest.raises(LookupError):
        WindowsQueue(PRINTER, page_images=broken, system=windows.system).send(b"%PDF", title="x")
    assert windows.calls[-2:] == ["AbortDoc", "DeleteDC"]


def test_a_printer_that_windows_does_not_know() -> None:
    windows = WindowsDouble()
    result = WindowsQueue("gone", is_raw=True, system=windows.system).send(JOB, title="x")
    assert isinstance(result, PrinterTrouble)
    assert result.reason is Reason.NOT_FOUND
    assert WindowsQueue("gone", system=windows.system).state().standing is Standing.MISSING


def test_what_windows_says_of_a_printer() -> None:
    windows = WindowsDouble()
    windows.job_states = [0x10, 0]
    queue = WindowsQueue(PRINTER, system=windows.system)
    assert queue.state() == QueueState(Standing.READY, waiting=2)
    windows.status = 0x10
    assert queue.state() == QueueState(Standing.NEEDS_HAND, waiting=2, detail="0x10")
    windows.job_states = []
    assert queue.state().waiting == 0
    refused = WindowsQueue(PRINTER, system=WindowsDouble(flaws={"GetPrinterW": 5}).system)
    assert refused.state() == QueueState(Standing.NO_RIGHT, detail="GetPrinterW: Windows 5")


@pytest.mark.parametrize(
    ("attributes", "status", "jobs", "standing"),
    [
        (0, 0, (), Standing.READY),
        (0x40, 0x400, (0x10,), Standing.READY),  # printing, with a job on its way
        (0, 0x1, (), Standing.PAUSED),
        (0, 0x1 | 0x10, (), Standing.NEEDS_HAND),
        (0, 0x400000, (), Standing.NEEDS_HAND),
        (0, 0, (0, 0x40), Standing.NEEDS_HAND),  # the driver is silent, the job is not
        (0x400, 0, (), Standing.OFFLINE),
        (0, 0x80 | 0x10, (), Standing.OFFLINE),
        (0, 0x4, (), Standing.MISSING),
    ],
)
def test_flags_become_what_a_hand_must_do(
    attributes: int, status: int, jobs: tuple[int, ...], standing: Standing
) -> None:
    assert standing_of(attributes, status, jobs) is standing


@pytest.mark.skipif(api.windows() is not None, reason="for systems that are not Windows")
def test_elsewhere_it_is_said_and_nothing_is_listed() -> None:
    assert windows_queues() == ()
    result = WindowsQueue(PRINTER).send(JOB, title="x")
    assert isinstance(result, PrinterTrouble)
    assert result.reason is Reason.NOT_FOUND
    assert WindowsQueue(PRINTER).state().standing is Standing.MISSING
