"""Each way to a printer, on real files, sockets and commands, and each way it can fail."""

from __future__ import annotations

import os
import socket
import stat
import threading
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from counter_app.devices.printers import (
    CupsPrinter,
    DevicePrinter,
    FolderPrinter,
    NetworkPrinter,
    Printed,
    Printer,
    PrinterTrouble,
    Reason,
    cups_queues,
    cups_state,
    trouble_of,
)
from counter_app.devices.queue_state import QueueState, Standing

JOB = bytes(range(256)) * 400
posix_only = pytest.mark.skipif(os.name == "nt", reason="device files and shell scripts are POSIX")


def reason(printer: Printer, job: bytes = JOB) -> Reason | None:
    result = printer.send(job, title="收据 HZ01-03-2026-000123")
    return result.reason if isinstance(result, PrinterTrouble) else None


def test_a_folder_keeps_every_job(tmp_path: Path) -> None:
    folder = tmp_path / "收据"
    printer = FolderPrinter(folder)
    for n in range(3):
        assert isinstance(printer.send(JOB + bytes([n]), title="收据/../HZ01 1"), Printed)
    assert sorted(path.name for path in folder.iterdir()) == [
        "收据_.._HZ01_1-2.pdf",
        "收据_.._HZ01_1-3.pdf",
        "收据_.._HZ01_1.pdf",
    ]
    assert (folder / "收据_.._HZ01_1-3.pdf").read_bytes() == JOB + b"\2"


@pytest.mark.parametrize("title", ["", "..", "/", "\0", "a" * 500, "CON:"])
def test_no_title_leads_out_of_the_folder(tmp_path: Path, title: str) -> None:
    result = FolderPrinter(tmp_path / "out").send(JOB, title=title)
    assert isinstance(result, Printed)
    assert Path(result.where).parent == tmp_path / "out"


def test_a_folder_that_is_a_file_is_trouble(tmp_path: Path) -> None:
    (tmp_path / "taken").write_text("")
    assert reason(FolderPrinter(tmp_path / "taken" / "deeper")) is Reason.NOT_FOUND


@pytest.fixture
def fake_lp(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[..., Path]:
    """Puts a command named `lp` (or `lpstat`) first on the path; it keeps its arguments and its input."""

    def make(script: str, name: str = "lp") -> Path:
        folder = tmp_path / "bin"
        folder.mkdir(exist_ok=True)
        command = folder / name
        command.write_text(f'#!/bin/sh\nprintf "%s\\n" "$@" > {tmp_path}/arguments\n{script}\n')
        command.chmod(command.stat().st_mode | stat.S_IXUSR)
        monkeypatch.setenv("PATH", f"{folder}{os.pathsep}{os.environ['PATH']}")
        return tmp_path

    return make


@posix_only
def test_cups_gets_the_job_on_its_input(fake_lp: Callable[..., Path]) -> None:
    kept = fake_lp(f"cat > {'$(dirname $0)/../input'}\necho 'request id is hall-7 (1 file(s))'")
    result = CupsPrinter("hall", media="A5").send(JOB, title="收据 -o raw")
    assert result == Printed(where="request id is hall-7 (1 file(s))")
    assert (kept / "input").read_bytes() == JOB
    arguments = (kept / "arguments").read_text().splitlines()
    assert arguments == ["-d", "hall", "-t", "收据_-o_raw", "-o", "media=A5", "-o", "fit-to-page=false", "--", "-"]


@posix_only
def test_the_queues_of_cups_are_listed(fake_lp: Callable[..., Path], monkeypatch: pytest.MonkeyPatch) -> None:
    kept = fake_lp("echo till; echo office", "lpstat")
    assert cups_queues() == ("till", "office")
    assert (kept / "arguments").read_text().split() == ["-e"]
    (kept / "bin" / "lpstat").write_text("#!/no/such/shell\n")
    assert cups_queues() == (), "a spooler that cannot be asked has none"
    monkeypatch.setenv("PATH", str(kept / "nowhere"))
    assert cups_queues() == ()


@posix_only
def test_cups_raw(fake_lp: Callable[..., Path]) -> None:
    kept = fake_lp("cat > /dev/null")
    assert reason(CupsPrinter("hall", is_raw=True)) is None
    assert "raw" in (kept / "arguments").read_text().splitlines()


@posix_only
def test_cups_refuses_and_hangs(fake_lp: Callable[..., Path]) -> None:
    fake_lp("cat > /dev/null; echo 'lp: The printer or class does not exist.' >&2; exit 1")
    result = CupsPrinter("hall").send(JOB, title="x")
    assert result == PrinterTrouble(Reason.REFUSED_BY_SPOOLER, "lp: The printer or class does not exist.")
    fake_lp("exec sleep 30")
    assert reason(CupsPrinter("hall", timeout_s=0.2)) is Reason.TIMED_OUT


@pytest.mark.parametrize(
    "printer", [CupsPrinter("-o"), CupsPrinter("a b"), CupsPrinter(""), CupsPrinter("a", "A5 -o x")]
)
def test_a_queue_is_never_an_option(printer: CupsPrinter) -> None:
    assert reason(printer) is Reason.BAD_SETTING


def test_no_lp_is_trouble(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    assert reason(CupsPrinter("hall")) is Reason.NOT_FOUND


@pytest.fixture
def listener() -> Iterator[socket.socket]:
    with socket.create_server(("127.0.0.1", 0)) as server:
        yield server


def test_the_network_printer_gets_every_byte(listener: socket.socket) -> None:
    received: list[bytes] = []

    def serve() -> None:
        line, _ = listener.accept()
        with line:
            while part := line.recv(4096):
                received.append(part)

    server = threading.Thread(target=serve)
    server.start()
    port = listener.getsockname()[1]
    assert NetworkPrinter("127.0.0.1", port).send(JOB, title="x") == Printed(where=f"127.0.0.1:{port}")
    server.join(10)
    assert b"".join(received) == JOB


def test_a_network_printer_that_takes_nothing_runs_into_the_limit(listener: socket.socket) -> None:
    port = listener.getsockname()[1]
    assert reason(NetworkPrinter("127.0.0.1", port, timeout_s=0.3), JOB * 400) is Reason.TIMED_OUT


def test_a_network_printer_that_is_off() -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        port = server.getsockname()[1]
    assert reason(NetworkPrinter("127.0.0.1", port)) is Reason.UNREACHABLE


def test_a_network_printer_that_hangs_up(listener: socket.socket) -> None:
    def serve() -> None:
        line, _ = listener.accept()
        line.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, b"\1\0\0\0\0\0\0\0")
        line.recv(1)
        line.close()

    server = threading.Thread(target=serve)
    server.start()
    found = reason(NetworkPrinter("127.0.0.1", listener.getsockname()[1], timeout_s=5), JOB * 400)
    server.join(10)
    assert found is Reason.BROKEN_OFF


def test_a_device_gets_every_byte(tmp_path: Path) -> None:
    device = tmp_path / "lp0"
    device.write_bytes(b"")
    assert reason(DevicePrinter(device)) is None
    assert device.read_bytes() == JOB


@posix_only
def test_a_device_that_stops_taking_bytes_runs_into_the_limit(tmp_path: Path) -> None:
    device = tmp_path / "lp0"
    os.mkfifo(device)
    reader = os.open(device, os.O_RDONLY | os.O_NONBLOCK)
    try:
        assert reason(DevicePrinter(device, timeout_s=0.2), JOB * 10) is Reason.TIMED_OUT
    finally:
        os.close(reader)


@posix_only
def test_a_device_that_is_gone_or_off(tmp_path: Path) -> None:
    assert reason(DevicePrinter(tmp_path / "lp0")) is Reason.NOT_FOUND
    os.mkfifo(tmp_path / "lp1")
    assert reason(DevicePrinter(tmp_path / "lp1")) is Reason.UNREACHABLE


@posix_only
def test_a_full_disk_is_said() -> None:
    if not Path("/dev/full").exists():
        pytest.skip("this system has no /dev/full")
    assert reason(DevicePrinter(Path("/dev/full"))) is Reason.NO_SPACE
    assert trouble_of(OSError(28, "No space left on device")).reason is Reason.NO_SPACE


IDLE = """hall accepting requests since Sat Nov 21 08:00:00 2026
hall-12                 teller           10240   Sat Nov 21 14:03:22 2026
hall-13                 teller           10240   Sat Nov 21 14:04:22 2026
printer hall is idle.  enabled since Sat Nov 21 08:00:00 2026
\tForm mounted:
\tContent types: any
\tDescription: hall
\tAlerts: none
\tLocation:
"""


@pytest.mark.parametrize(
    ("said", "state"),
    [
        (IDLE, QueueState(Standing.READY, 2)),
        (IDLE.replace("none", "media-low-warning"), QueueState(Standing.READY, 2)),
        (IDLE.replace("none", "media-empty-error"), QueueState(Standing.NEEDS_HAND, 2, "media-empty-error")),
        (
            IDLE.replace("none", "cover-open offline-report"),
            QueueState(Standing.OFFLINE, 2, "cover-open offline-report"),
        ),
        (
            "printer hall disabled since Sat Nov 21 08:00:00 2026 -\n\tPaused\n\tAlerts: paused",
            QueueState(Standing.PAUSED, 0, "printer hall disabled since Sat Nov 21 08:00:00 2026 -"),
        ),
        (
            "hall not accepting requests since Sat Nov 21 08:00:00 2026 -\n\tunknown reason\n" + IDLE[-60:],
            QueueState(Standing.PAUSED, 0, "hall not accepting requests since Sat Nov 21 08:00:00 2026 -"),
        ),
    ],
)
def test_what_cups_says_of_a_queue(said: str, state: QueueState) -> None:
    assert cups_state("hall", said) == state


@posix_only
def test_cups_is_asked_in_words_that_we_know(fake_lp: Callable[..., Path], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LC_ALL", "zh_CN.UTF-8")
    kept = fake_lp("echo $LC_ALL > $(dirname $0)/../language; echo 'printer hall is idle.'", "lpstat")
    assert CupsPrinter("hall").state() == QueueState(Standing.READY)
    assert (kept / "arguments").read_text().split() == ["-a", "hall", "-o", "hall", "-l", "-p", "hall"]
    assert (kept / "language").read_text() == "C\n"
    fake_lp("echo 'lpstat: Invalid destination name in list \"hall\".' >&2; exit 1", "lpstat")
    assert CupsPrinter("hall").state().standing is Standing.MISSING
    fake_lp("echo 'lpstat: Unable to connect to server' >&2; exit 1", "lpstat")
    assert CupsPrinter("hall").state() == QueueState(Standing.UNKNOWN, detail="lpstat: Unable to connect to server")
    assert CupsPrinter("-a").state().standing is Standing.MISSING


def test_without_a_spooler_a_queue_is_missing(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    assert CupsPrinter("hall").state() == QueueState(Standing.MISSING, detail="lpstat")


def test_a_network_printer_is_there_or_not(listener: socket.socket) -> None:
    port = listener.getsockname()[1]
    assert NetworkPrinter("127.0.0.1", port).state() == QueueState(Standing.READY)
    listener.close()
    assert NetworkPrinter("127.0.0.1", port).state().standing is Standing.OFFLINE


def test_a_device_is_looked_at_and_not_opened(tmp_path: Path) -> None:
    device = DevicePrinter(tmp_path / "lp0")
    assert device.state() == QueueState(Standing.MISSING, detail=str(tmp_path / "lp0"))
    (tmp_path / "lp0").write_bytes(b"")
    assert device.state() == QueueState(Standing.READY)
    assert (tmp_path / "lp0").read_bytes() == b""


def test_a_folder_is_ready_before_it_exists_and_makes_nothing(tmp_path: Path) -> None:
    assert FolderPrinter(tmp_path / "receipts" / "2026").state() == QueueState(Standing.READY)
    assert list(tmp_path.iterdir()) == []
    (tmp_path / "taken").write_text("")
    assert FolderPrinter(tmp_path / "taken" / "deeper").state().standing is Standing.NO_RIGHT
