"""Reads the rule packs and the calendar that ship with the program, once."""

from __future__ import annotations

import tomllib
from functools import cache

from counter_app.domain.calendar import Calendar, calendar_of
from counter_app.domain.rules import RulePack, parse_pack
from counter_app.resources import resource


@cache
def load_pack(trade: str) -> RulePack:
    """The rule pack of a trade.

    Raises:
        Refused: `BadPack` with every error of the file.
        FileNotFoundError: no pack for that trade is installed.
    """
    file = f"{trade}.toml"
    text = resource("rules", file).read_text(encoding="utf-8")
    return parse_pack(text, file=f"rules/{file}", calendar=load_calendar())


@cache
def load_calendar() -> Calendar:
    """The public holidays of every year that ships, and the days worked in exchange."""
    merged: dict[str, list[object]] = {"holidays": [], "workdays": [], "years": []}
    for path in sorted(resource("calendar").glob("*.toml")):
        year = tomllib.loads(path.read_text(encoding="utf-8"))
        for key, days in merged.items():
            days.extend(year[key])
    return calendar_of(merged)
