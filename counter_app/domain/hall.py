"""The hall and its counter: names, trade, and what its papers say."""

from __future__ import annotations

from dataclasses import dataclass

TRADES = ("telecom", "electricity", "gas", "water", "heating", "property")


@dataclass(frozen=True, slots=True)
class Hall:
    """One hall at one counter, as the settings page shows it.

    `hall_code` and `counter_code` are the short forms that receipt numbers carry (letters and digits only).
    """

    hall_id: str
    hall_code: str
    name: str
    company: str
    trade: str
    counter_id: str
    counter_code: str
    counter_name: str
    hotline: str
    footer: str
    is_demo: bool
    address: str = ""
