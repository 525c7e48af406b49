"""The part of Windows' print interface that the counter calls: structures, numbers, functions and their types.

The structures are spelled with sizes of their own, so that they have Windows' layout on every system and tests can hold
them to it. Nothing here has been run on Windows yet.
"""

from __future__ import annotations

import ctypes
import sys
from collections.abc import Callable, Mapping
from ctypes import POINTER, c_int, c_int16, c_int32, c_uint16, c_uint32, c_void_p, c_wchar_p
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

ENUM_LOCAL, ENUM_CONNECTIONS = 0x2, 0x4
DM_OUT_BUFFER, DM_IN_BUFFER = 2, 8
DM_ORIENTATION, DM_PAPERSIZE = 0x1, 0x2
PORTRAIT, LANDSCAPE = 1, 2
PAPER_A4, PAPER_A5 = 9, 11
DPI_X, DPI_Y, MARGIN_X, MARGIN_Y = 88, 90, 112, 113
DIB_RGB, SRCCOPY = 0, 0x00CC0020
GDI_ERROR = -1
ENOUGH_NOT = 122
"""`ERROR_INSUFFICIENT_BUFFER`: the expected answer to the question how much room is needed."""

QUEUE_OFFLINE_ATTRIBUTE = 0x400
# PRINTER_STATUS_…
QUEUE_PAUSED = 0x1
QUEUE_ERROR = 0x2 | 0x200000  # error, out of memory
QUEUE_PAPER = 0x8 | 0x10 | 0x20 | 0x40 | 0x800  # jam, out, by hand, problem, bin full
QUEUE_COVER = 0x400000 | 0x100000 | 0x40000  # door open, user intervention, no toner
QUEUE_OFFLINE = 0x80 | 0x1000 | 0x800000  # offline, not available, server unknown
QUEUE_DELETING = 0x4
# JOB_STATUS_…
JOB_STUCK = 0x2 | 0x20 | 0x40 | 0x200 | 0x400  # error, offline, paper out, blocked, user intervention


class PrinterInfo4(ctypes.Structure):
    """`PRINTER_INFO_4W`: what the list of printers takes from the registry alone, so that no dead server delays it."""

    _fields_ = (("name", c_wchar_p), ("server", c_wchar_p), ("attributes", c_uint32))


class PrinterInfo2(ctypes.Structure):
    """`PRINTER_INFO_2W`: all about one queue."""

    _fields_ = (
        *((field, c_wchar_p) for field in ("server", "name", "share", "port", "driver", "comment", "location")),
        ("devmode", c_void_p),
        *((field, c_wchar_p) for field in ("separator", "processor", "datatype", "parameters")),
        ("security", c_void_p),
        *((field, c_uint32) for field in ("attributes", "priority", "default_priority", "start", "until")),
        *((field, c_uint32) for field in ("status", "jobs", "pages_a_minute")),
    )


class JobInfo1(ctypes.Structure):
    """`JOB_INFO_1W`: one job of a queue."""

    _fields_ = (
        ("job_id", c_uint32),
        *((field, c_wchar_p) for field in ("printer", "machine", "user", "document", "datatype", "words")),
        *((field, c_uint32) for field in ("status", "priority", "position", "pages", "printed")),
        ("submitted", c_uint16 * 8),
    )


class DocInfo1(ctypes.Structure):
    """`DOC_INFO_1W`: a job that the spooler is to take as it is."""

    _fields_ = (("name", c_wchar_p), ("output", c_wchar_p), ("datatype", c_wchar_p))


class GdiDocInfo(ctypes.Structure):
    """`DOCINFOW`: a job that the printer's driver draws."""

    _fields_ = (
        ("size", c_int32),
        ("name", c_wchar_p),
        ("output", c_wchar_p),
        ("datatype", c_wchar_p),
        ("kind", c_uint32),
    )


class DevMode(ctypes.Structure):
    """The beginning of `DEVMODEW`: which paper and which way; the driver's own settings follow it."""

    _fields_ = (
        ("device", c_uint16 * 32),
        *((field, c_uint16) for field in ("version", "driver_version", "size", "extra")),
        ("fields", c_uint32),
        *((field, c_int16) for field in ("orientation", "paper", "length", "width")),
    )


class GreyBitmap(ctypes.Structure):
    """`BITMAPINFO` of a picture with 256 greys: its header and its palette."""

    _fields_ = (
        ("size", c_uint32),
        *((field, c_int32) for field in ("width", "height")),
        *((field, c_uint16) for field in ("planes", "bits")),
        *((field, c_uint32) for field in ("compression", "bytes")),
        *((field, c_int32) for field in ("x_per_metre", "y_per_metre")),
        *((field, c_uint32) for field in ("used", "important")),
        ("palette", c_uint32 * 256),
    )

    @classmethod
    def of(cls, width: int, height: int) -> GreyBitmap:
        """The header of a picture whose first row is its top."""
        greys = (c_uint32 * 256)(*(value * 0x010101 for value in range(256)))
        return cls(size=40, width=width, height=-height, planes=1, bits=8, used=256, palette=greys)


_BYTES, _COUNT, _HANDLE, _TRUTH = c_void_p, POINTER(c_uint32), c_void_p, c_int
Prototype = tuple[Any, tuple[Any, ...]]
"""What a function returns, and what it takes."""

SPOOL: Mapping[str, Prototype] = {
    "EnumPrintersW": (_TRUTH, (c_uint32, c_wchar_p, c_uint32, _BYTES, c_uint32, _COUNT, _COUNT)),
    "OpenPrinterW": (_TRUTH, (c_wchar_p, POINTER(c_void_p), c_void_p)),
    "ClosePrinter": (_TRUTH, (_HANDLE,)),
    "GetPrinterW": (_TRUTH, (_HANDLE, c_uint32, _BYTES, c_uint32, _COUNT)),
    "EnumJobsW": (_TRUTH, (_HANDLE, c_uint32, c_uint32, c_uint32, _BYTES, c_uint32, _COUNT, _COUNT)),
    "StartDocPrinterW": (c_uint32, (_HANDLE, c_uint32, POINTER(DocInfo1))),
    "StartPagePrinter": (_TRUTH, (_HANDLE,)),
    "WritePrinter": (_TRUTH, (_HANDLE, _BYTES, c_uint32, _COUNT)),
    "EndPagePrinter": (_TRUTH, (_HANDLE,)),
    "EndDocPrinter": (_TRUTH, (_HANDLE,)),
    "AbortPrinter": (_TRUTH, (_HANDLE,)),
    "DocumentPropertiesW": (c_int32, (c_void_p, _HANDLE, c_wchar_p, _BYTES, _BYTES, c_uint32)),
}
GDI: Mapping[str, Prototype] = {
    "CreateDCW": (_HANDLE, (c_wchar_p, c_wchar_p, c_wchar_p, _BYTES)),
    "DeleteDC": (_TRUTH, (_HANDLE,)),
    "GetDeviceCaps": (c_int, (_HANDLE, c_int)),
    "StartDocW": (c_int, (_HANDLE, POINTER(GdiDocInfo))),
    "StartPage": (c_int, (_HANDLE,)),
    "StretchDIBits": (c_int, (_HANDLE, *(c_int,) * 8, _BYTES, POINTER(GreyBitmap), c_uint32, c_uint32)),
    "EndPage": (c_int, (_HANDLE,)),
    "EndDoc": (c_int, (_HANDLE,)),
    "AbortDoc": (c_int, (_HANDLE,)),
}


@dataclass(frozen=True, slots=True)
class Windows:
    """The functions of `winspool.drv` and `gdi32`, by their names, and the number of the last error."""

    spool: Any
    gdi: Any
    last_error: Callable[[], int]


@lru_cache(maxsize=1)
def windows() -> Windows | None:
    """Windows' own functions; nothing on another system."""
    if sys.platform != "win32":
        return None
    spool = _declared(ctypes.WinDLL("winspool.drv", use_last_error=True), SPOOL)
    gdi = _declared(ctypes.WinDLL("gdi32", use_last_error=True), GDI)
    return Windows(spool, gdi, ctypes.get_last_error)


def _declared(library: Any, prototypes: Mapping[str, Prototype]) -> Any:
    for name, (returned, taken) in prototypes.items():
        function = getattr(library, name)
        function.restype, function.argtypes = returned, taken
    return library
