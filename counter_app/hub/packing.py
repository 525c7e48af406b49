"""Bodies that were packed on the way: unpacked to a limit, so that a small one cannot fill the memory."""

from __future__ import annotations

import zlib

ENCODINGS = ("gzip", "deflate")
_WINDOW = {"gzip": 16 + zlib.MAX_WBITS, "deflate": zlib.MAX_WBITS}


class CannotUnpack(Exception):
    """The body is not what it says it is."""


class UnpacksTooLarge(Exception):
    """The body would be larger than its limit."""


def unpacked(body: bytes, encoding: str, most: int) -> bytes:
    """The body as it was before it was packed; `identity` or "" leave it as it is.

    Raises:
        CannotUnpack: another encoding, damaged, cut short, or followed by something else.
        UnpacksTooLarge: more than `most` bytes.
    """
    if encoding in ("", "identity"):
        if len(body) > most:
            raise UnpacksTooLarge
        return body
    if encoding not in ENCODINGS:
        raise CannotUnpack(encoding)
    machine = zlib.decompressobj(_WINDOW[encoding])
    try:
        found = machine.decompress(body, most + 1)
    except zlib.error as error:
        raise CannotUnpack(str(error)) from error
    if len(found) > most:
        raise UnpacksTooLarge
    if not machine.eof or machine.unused_data:
        raise CannotUnpack("cut short, or more than one")
    return found
