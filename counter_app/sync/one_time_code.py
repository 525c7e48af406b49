"""What somebody types to bring a counter under its hub: the hub's address, and the one-time code as it is printed."""

from __future__ import annotations

from typing import NamedTuple
from urllib.parse import urlsplit

from counter_app.domain.refusals import Refused
from counter_app.domain.sync_refusals import AddressUnreadable, CodeUnreadable
from counter_app.sync import wire

_CODE_DIGITS = 16
"""What stands before the fingerprint: 80 bits in base 32."""


class Code(NamedTuple):
    """A one-time code as printed: what the hub knows it by, and the fingerprint of its authority."""

    code: str
    fingerprint: str

    @classmethod
    def read(cls, printed: str) -> Code:
        """Take a printed code apart; hyphens, spaces and case do not matter.

        Raises:
            Refused: `CodeUnreadable`.
        """
        digits = "".join(printed.split()).replace("-", "")
        code, fingerprint = digits[: -wire.FINGERPRINT_DIGITS].upper(), digits[-wire.FINGERPRINT_DIGITS :].lower()
        is_hex = not set(fingerprint) - set("0123456789abcdef")
        if len(code) != _CODE_DIGITS or not code.isalnum() or not code.isascii() or not is_hex:
            raise Refused(CodeUnreadable())
        return cls(code, fingerprint)


def address_of(typed: str) -> str:
    """A hub's address as somebody types it: `https://` may be left out, and nothing comes behind host and port.

    Raises:
        Refused: `AddressUnreadable`.
    """
    text = typed.strip().rstrip("/")
    if "://" not in text:
        text = f"https://{text}"
    try:
        found = urlsplit(text)
        is_good = found.scheme.lower() == "https" and found.hostname and found.port != 0
    except ValueError:
        is_good = False
    if not is_good or found.path or found.query or found.fragment or found.username is not None:
        raise Refused(AddressUnreadable(typed.strip()))
    return f"https://{found.netloc.lower()}"
