"""The cash drawer, which hangs on the receipt printer's socket and opens on a pulse."""

from __future__ import annotations

from counter_app.devices.escpos import ESC, EscPosSettings, drawer_pulse


def drawer_job(settings: EscPosSettings) -> bytes:
    """The bytes that open the drawer and print nothing; every opening is an entry, which the caller writes first."""
    return ESC + b"@" + drawer_pulse(settings)
