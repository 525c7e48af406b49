"""A Windows with one printer, made of C functions of Windows' own types, so that every call passes through ctypes.

What the real one would put on paper is kept in `jobs` (bytes) and `pages` (dots); `flaws` makes a function fail with
the number of an error.
"""

from __future__ import annotations

import ctypes
from collections.abc import Callable, Mapping
from types import SimpleNamespace
from typing import Any

from counter_app.devices import windows_api as api
from counter_app.devices.windows_api import Windows

HANDLE = 0x7F01
PRINTER = "收据 打印机"
EXTRA = 24
CAPS = {api.DPI_X: 300, api.DPI_Y: 300, api.MARGIN_X: 50, api.MARGIN_Y: 40}


class WindowsDouble:
    """The recording; `system` is what the program calls."""

    def __init__(self, *, flaws: Mapping[str, int] | None = None, taken_at_once: int = 1_000) -> None:
        self.flaws = dict(flaws or {})
        self.taken_at_once = taken_at_once
        self.printers = [PRINTER, "OneNote"]
        self.status, self.attributes, self.job_states = 0, 0, [0]
        self.caps = dict(CAPS)
        self.calls: list[str] = []
        self.jobs: list[tuple[str, str, bytes]] = []
        self.bands: list[tuple[tuple[int, ...], bytes]] = []
        self.settings: list[tuple[int, int]] = []
        self.paper: tuple[int, int] | None = None
        self.error = 0
        self._kept: list[object] = []
        self._job: tuple[str, str, bytes] | None = None
        self.system = Windows(self._library(api.SPOOL), self._library(api.GDI), lambda: self.error)

    def _library(self, prototypes: Mapping[str, api.Prototype]) -> Any:
        functions = SimpleNamespace()
        for name, (returned, taken) in prototypes.items():
            setattr(functions, name, ctypes.CFUNCTYPE(returned, *taken)(self._answering(name)))
        return functions

    def _answering(self, name: str) -> Callable[..., int]:
        act = getattr(self, f"_{name}")

        def answer(*arguments: Any) -> int:
            self.calls.append(name)
            if name in self.flaws:
                self.error = self.flaws[name]
                return 0
            done: int | None = act(*arguments)
            return 1 if done is None else done

        return answer

    def _fill(self, structures: list[ctypes.Structure], room: tuple[Any, int, Any, Any]) -> int:
        """Puts structures into the caller's buffer, or says how much room they need."""
        buffer, size, needed, found = room
        data = b"".join(map(bytes, structures))
        self._kept.append(structures)
        needed[0] = len(data)
        if size < len(data):
            self.error = api.ENOUGH_NOT
            return 0
        ctypes.memmove(buffer, data, len(data))
        if found is not None:
            found[0] = len(structures)
        return 1

    def _EnumPrintersW(self, flags: int, name: None, level: int, *room: Any) -> int:
        assert (flags, name, level) == (6, None, 4)
        return self._fill([api.PrinterInfo4(name=printer) for printer in self.printers], room)

    def _OpenPrinterW(self, name: str, handle: Any, _defaults: None) -> int:
        if name not in self.printers:
            self.error = 1801
            return 0
        handle[0] = HANDLE
        return 1

    def _ClosePrinter(self, handle: int) -> None:
        assert handle == HANDLE

    def _GetPrinterW(self, handle: int, level: int, buffer: Any, size: int, needed: Any) -> int:
        assert (handle, level) == (HANDLE, 2)
        info = api.PrinterInfo2(name=PRINTER, attributes=self.attributes, status=self.status, jobs=len(self.job_states))
        return self._fill([info], (buffer, size, needed, None))

    def _EnumJobsW(self, handle: int, first: int, _count: int, level: int, *room: Any) -> int:
        assert (handle, first, level) == (HANDLE, 0, 1)
        jobs = [api.JobInfo1(job_id=n, document="收据", status=state) for n, state in enumerate(self.job_states)]
        return self._fill(list(jobs), room)

    def _StartDocPrinterW(self, handle: int, level: int, info: Any) -> int:
        assert (handle, level, info[0].output) == (HANDLE, 1, None)
        self._job = (info[0].name, info[0].datatype, b"")
        return 17

    def _StartPagePrinter(self, handle: int) -> None:
        assert handle == HANDLE

    def _WritePrinter(self, handle: int, data: int, size: int, written: Any) -> None:
        assert handle == HANDLE
        assert self._job
        taken = min(size, self.taken_at_once)
        written[0] = taken
        self._job = (*self._job[:2], self._job[2] + ctypes.string_at(data, taken))

    def _EndPagePrinter(self, handle: int) -> None:
        assert handle == HANDLE

    def _EndDocPrinter(self, handle: int) -> None:
        assert handle == HANDLE
        assert self._job
        self.jobs.append(self._job)

    def _AbortPrinter(self, handle: int) -> None:
        assert handle == HANDLE

    def _DocumentPropertiesW(self, _window: None, handle: int, name: str, out: Any, given: Any, mode: int) -> int:
        assert (handle, name) == (HANDLE, PRINTER)
        size = ctypes.sizeof(api.DevMode) + EXTRA
        if mode == 0:
            return size
        if mode == api.DM_OUT_BUFFER:
            made = api.DevMode(size=ctypes.sizeof(api.DevMode), extra=EXTRA, fields=api.DM_ORIENTATION, paper=1)
            ctypes.memmove(out, bytes(made) + b"D" * EXTRA, size)
            return 1
        assert mode == api.DM_OUT_BUFFER | api.DM_IN_BUFFER
        data = ctypes.string_at(given, size)
        assert data.endswith(b"D" * EXTRA), "the driver's own settings stay"
        asked = api.DevMode.from_buffer_copy(data)
        assert asked.fields & 3 == 3
        self.settings.append((asked.paper, asked.orientation))
        return 1

    def _CreateDCW(self, driver: str, name: str, _output: None, settings: Any) -> int:
        assert (driver, name) == ("WINSPOOL", PRINTER)
        if settings:
            mode = api.DevMode.from_address(settings)
            self.paper = (mode.paper, mode.orientation)
        return HANDLE + 1

    def _DeleteDC(self, paper: int) -> None:
        assert paper == HANDLE + 1

    def _GetDeviceCaps(self, paper: int, cap: int) -> int:
        assert paper == HANDLE + 1
        return self.caps[cap]

    def _StartDocW(self, _paper: int, info: Any) -> None:
        assert info[0].size == ctypes.sizeof(api.GdiDocInfo)
        self._job = (info[0].name, "", b"")

    def _StartPage(self, _paper: int) -> None: ...

    def _StretchDIBits(self, _paper: int, *rest: Any) -> int:
        *numbers, data, header, usage, rop = rest
        bitmap = header[0]
        assert (usage, rop, bitmap.size, bitmap.bits, bitmap.planes) == (0, 0xCC0020, 40, 8, 1)
        assert (bitmap.width, -bitmap.height) == (numbers[6], numbers[7])
        assert (bitmap.palette[0], bitmap.palette[255]) == (0, 0xFFFFFF)
        stride = bitmap.width + -bitmap.width % 4
        self.bands.append((tuple(numbers), ctypes.string_at(data, stride * numbers[7])))
        return int(numbers[7])

    def _EndPage(self, _paper: int) -> None: ...

    def _EndDoc(self, _paper: int) -> None:
        assert self._job
        self.jobs.append(self._job)

    def _AbortDoc(self, _paper: int) -> None: ...
