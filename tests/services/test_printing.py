"""A receipt on its way to paper: into a file, to a printer in its own language, or nowhere, with the reason."""

from __future__ import annotations

import socket
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from counter_app.devices import windows_queue
from counter_app.devices.drawer import drawer_job
from counter_app.devices.escpos import EscPosSettings
from counter_app.devices.windows_api import DPI_X, LANDSCAPE, MARGIN_X, PAPER_A5
from counter_app.services import printing, receipts, settings
from counter_app.services.printing import NotPrinted, PrinterState
from counter_app.services.receipts import PrintOrder
from counter_app.storage.hall import OpenHall
from tests import halls
from tests.devices.windows_double import CAPS, PRINTER, WindowsDouble


class Listener:
    """A printer on the network that keeps every byte of one job."""

    def __init__(self) -> None:
        self._socket = socket.create_server(("127.0.0.1", 0))
        self.name = f"tcp:127.0.0.1:{self._socket.getsockname()[1]}"
        self.data = b""
        self._thread = threading.Thread(target=self._take)
        self._thread.start()

    def job(self) -> bytes:
        """What has come."""
        self._thread.join()
        return self.data

    def _take(self) -> None:
        with self._socket, self._socket.accept()[0] as line:
            while part := line.recv(65_536):
                self.data += part


@pytest.fixture
def hall(tmp_path: Path) -> Iterator[OpenHall]:
    """A hall with one payment."""
    made = halls.a_hall(tmp_path)
    halls.an_open_shift(made)
    halls.pay(made, halls.three_months_behind(made), halls.cash(500))
    yield made
    made.close()


def _order(hall: OpenHall, printer: str) -> PrintOrder:
    return receipts.order_print(hall, halls.teller(), "HZ01-03-2026-000001", paper="a5", printer=printer)


def test_without_a_printer_the_receipt_is_a_file_of_its_own(hall: OpenHall) -> None:
    for copy_no in (1, 2):
        order = _order(hall, printing.TO_FILE)
        where = printing.print_pdf(hall, order, receipts.render(order), order.job.printer)
        assert Path(where).name == f"HZ01-03-2026-000001-{copy_no}.pdf"
        assert Path(where).read_bytes() == receipts.render(order)


def test_a_receipt_printer_gets_its_own_language(hall: OpenHall) -> None:
    listener = Listener()
    order = _order(hall, listener.name)
    printing.print_pdf(hall, order, receipts.render(order), order.job.printer)
    job = listener.job()
    assert not job.startswith(b"%PDF")
    assert "测试营业厅".encode("gb18030") in job


def test_the_drawer_opens_through_its_printer_and_only_where_one_is_set_up(hall: OpenHall) -> None:
    printing.kick_drawer(hall)
    listener = Listener()
    settings.put(hall, halls.teller(), "printer.drawer", listener.name)
    printing.kick_drawer(hall)
    assert listener.job() == drawer_job(EscPosSettings())


@pytest.mark.parametrize(
    ("printer", "reason"),
    [("device:/no/such/device", "not_found"), ("tcp:nowhere", "bad_setting"), ("-rf; rm", "bad_setting")],
)
def test_a_printer_that_is_not_there_is_told_with_its_reason(hall: OpenHall, printer: str, reason: str) -> None:
    order = _order(hall, printer)
    with pytest.raises(NotPrinted) as trouble:
        printing.print_pdf(hall, order, b"", printer)
    assert trouble.value.reason == reason


def test_paper_and_printer_are_remembered(hall: OpenHall) -> None:
    assert printing.chosen(hall) == ("a5", printing.TO_FILE)
    settings.put(hall, halls.teller(), "printer.paper", "roll-80")
    settings.put(hall, halls.teller(), "printer.roll-80", "till")
    assert printing.chosen(hall) == ("roll-80", "till")
    settings.put(hall, halls.teller(), "printer.paper", "parchment")
    assert printing.chosen(hall)[0] == "a5"


class Spooler:
    """Windows' print service with one printer, in place of this system's."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.windows = WindowsDouble()
        for module in (printing, windows_queue):
            monkeypatch.setattr(module, "windows", lambda: self.windows.system)


def test_windows_printers_are_offered_and_get_their_pages(hall: OpenHall, monkeypatch: pytest.MonkeyPatch) -> None:
    spooler = Spooler(monkeypatch)
    assert printing.printers() == (*spooler.windows.printers, printing.TO_FILE)
    order = _order(hall, PRINTER)
    assert printing.print_pdf(hall, order, receipts.render(order), PRINTER) == PRINTER
    assert spooler.windows.paper == (PAPER_A5, LANDSCAPE)
    assert spooler.windows.calls.count("EndPage") == 2
    (left, _top, width), dark = spooler.windows.bands[0][0][:3], spooler.windows.bands[0][1]
    assert left == -CAPS[MARGIN_X]
    assert abs(width - 210 / 25.4 * CAPS[DPI_X]) <= 1
    assert min(dark) == 0


def test_a_queue_can_be_a_receipt_printer(hall: OpenHall, monkeypatch: pytest.MonkeyPatch) -> None:
    spooler = Spooler(monkeypatch)
    order = _order(hall, f"raw:{PRINTER}")
    printing.print_pdf(hall, order, b"", f"raw:{PRINTER}")
    settings.put(hall, halls.teller(), "printer.drawer", f"raw:{PRINTER}")
    printing.kick_drawer(hall)
    (title, kind, job), (_, _, drawer) = spooler.windows.jobs
    assert (title, kind) == ("HZ01-03-2026-000001-1", "RAW")
    assert "测试营业厅".encode("gb18030") in job
    assert drawer == drawer_job(EscPosSettings())


def test_the_printer_in_use_is_asked_how_it_stands(hall: OpenHall, monkeypatch: pytest.MonkeyPatch) -> None:
    assert printing.state(hall) == PrinterState(printing.TO_FILE, "ready")
    assert not (hall.folder / printing.FOLDER).exists()
    settings.put(hall, halls.teller(), "printer.a5", "tcp:nowhere")
    assert printing.state(hall) == PrinterState("tcp:nowhere", "missing", "tcp:nowhere")
    spooler = Spooler(monkeypatch)
    settings.put(hall, halls.teller(), "printer.a5", PRINTER)
    assert printing.state(hall) == PrinterState(PRINTER, "ready")
    spooler.windows.status = 0x10
    assert printing.state(hall).standing == "needs_hand"


def test_the_file_is_always_among_the_printers() -> None:
    assert printing.printers()[-1] == printing.TO_FILE
