"""Reads the rule packs and the calendar that ship with the program, once."""

from __future__ import annotations

import tomllib
from dataclasses import replace
from datetime import date, timedelta
from functools import cache, lru_cache

from counter_app.domain.calendar import Calendar, calendar_of
from counter_app.domain.refusals import Refused
from counter_app.domain.rule_checks import BadPack
from counter_app.domain.rules import RulePack, parse_pack
from counter_app.resources import resource
from counter_app.storage.sql import Reading, Sql


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


def pack_fault(trade: str, text: str) -> str:
    """What is wrong with the text of a rule pack from elsewhere; empty when it is whole and of this trade."""
    try:
        pack = parse_pack(text, file=f"{trade}.toml", calendar=load_calendar())
    except Refused as refused:
        errors = refused.refusal.errors if isinstance(refused.refusal, BadPack) else ()
        first = f"{errors[0].key}: {errors[0].expected}" if errors else "no pack"
        return f"{len(errors)} errors, first: {first}"[:200]
    return "" if pack.trade == trade else f"a pack of the trade {pack.trade}"


_HAS_PACKS = Sql("SELECT 1 FROM sqlite_schema WHERE name = 'packs_down'")
_PACK = Sql("SELECT text FROM packs_down WHERE trade = ?")


def pack_of_hall(reading: Reading, trade: str) -> RulePack:
    """The rule pack that holds in a hall: the one that its hub sent, else the one that ships with the program.

    Raises:
        Refused: `BadPack` with every error of the file.
        FileNotFoundError: no pack for that trade is installed.
    """
    sent = reading.one(_PACK, (trade,)) if reading.one(_HAS_PACKS) else None
    return load_pack(trade) if sent is None else _parsed(trade, sent[0])


@lru_cache(2)
def _parsed(trade: str, text: str) -> RulePack:
    pack = parse_pack(text, file=f"{trade}.toml", calendar=load_calendar())
    own = load_pack(trade).tables
    # a pack from before there were approvals in it: two people stay two people
    approvals = pack.tables.get("approvals", own["approvals"])
    sent, reasons = pack.tables.get("undo_reasons"), own["undo_reasons"]
    if sent:
        # the program's own stand before the first version of the hub's, so that each old entry's code has its words
        before = ({**row, "valid_from": date.min + timedelta(days=place)} for place, row in enumerate(reasons))
        reasons = (*before, *sent)
    return replace(pack, tables={**pack.tables, "approvals": approvals, "undo_reasons": reasons})


@cache
def load_calendar() -> Calendar:
    """The public holidays of every year that ships, and the days worked in exchange."""
    merged: dict[str, list[object]] = {"holidays": [], "workdays": [], "years": []}
    for path in sorted(resource("calendar").glob("*.toml")):
        year = tomllib.loads(path.read_text(encoding="utf-8"))
        for key, days in merged.items():
            days.extend(year[key])
    return calendar_of(merged)
