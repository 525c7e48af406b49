"""Frozen values as JSON and back: every key known, every value of its own type, one text for one value."""

from __future__ import annotations

from dataclasses import fields, is_dataclass
from datetime import date, datetime
from functools import lru_cache
from types import NoneType, UnionType
from typing import Any, Literal, get_args, get_origin, get_type_hints


def plain(value: Any) -> Any:
    """The value as JSON has it: a frozen value is a map of its fields, a tuple a list, a day its ISO text."""
    if is_dataclass(value):
        return {field.name: plain(getattr(value, field.name)) for field in fields(value)}
    if isinstance(value, tuple):
        return [plain(item) for item in value]
    return value.isoformat() if isinstance(value, date) else value


def typed(value: Any, kind: Any, place: str) -> Any:
    """The JSON value as the declared kind of value.

    Raises:
        ValueError: it is not one; the message names the place.
    """
    if get_origin(kind) is UnionType:
        if value is None:
            return None
        (kind,) = (part for part in get_args(kind) if part is not NoneType)
    if is_dataclass(kind):
        return _record(value, kind, place)
    if get_origin(kind) is Literal:
        if value not in get_args(kind):
            raise _misfit(place=place, expected=f"one of {get_args(kind)}")
        return value
    if get_origin(kind) is tuple:
        if not isinstance(value, list):
            raise _misfit(place=place, expected="a list")
        return tuple(typed(item, get_args(kind)[0], f"{place}[{n}]") for n, item in enumerate(value))
    if kind in (date, datetime):
        if not isinstance(value, str):
            raise _misfit(place=place, expected="an ISO date")
        moment = kind.fromisoformat(value)
        if moment.isoformat() != value:
            raise _misfit(place=place, expected="a canonical ISO date")
        return moment
    if type(value) is not kind:
        raise _misfit(place=place, expected=kind.__name__)
    return value


def _record(value: Any, kind: Any, place: str) -> Any:
    if not isinstance(value, dict):
        raise _misfit(place=place, expected="an object")
    hints = _hints(kind)
    if odd := hints.keys() ^ value.keys():
        raise _misfit(place=f"{place}.{min(odd)}", expected="exactly the known keys")
    return kind(**{name: typed(value[name], hint, f"{place}.{name}") for name, hint in hints.items()})


@lru_cache
def _hints(kind: Any) -> dict[str, Any]:
    """The declared kind of every field."""
    hints = get_type_hints(kind)
    return {f.name: hints[f.name] for f in fields(kind)}


def _misfit(*, place: str, expected: str) -> ValueError:
    return ValueError(f"{place}: expected {expected}")
