"""The place of readers for resident identity cards: what a driver must give; none is shipped yet."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Protocol

from counter_app.devices.printers import PrinterTrouble


@dataclass(frozen=True, slots=True)
class IdReaderSettings:
    """Where the reader is (`port` as its driver names it) and how long to wait for a card, in seconds."""

    port: str = "usb"
    timeout_s: float = 10.0


@dataclass(frozen=True, slots=True)
class IdCard:
    """What the counter may take from a card: never its picture or fingerprint. Kept only where a purpose is named."""

    name: str
    id_number: str
    valid_from_on: date
    valid_to_on: date | None


class IdReader(Protocol):
    """Reads one card that the customer lays down."""

    def read(self) -> IdCard | PrinterTrouble:
        """The card, or why there is none (no reader, no card in time, damaged card)."""
        ...
