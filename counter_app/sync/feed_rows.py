"""A row of the feed as values of its kind: what the hub sent is looked at whole before the file is touched."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from datetime import date
from functools import lru_cache
from operator import itemgetter
from typing import Any, NamedTuple

from counter_app.domain.customers import Flag
from counter_app.domain.money import LARGEST_FEN
from counter_app.domain.reliefs import STEPS, WAYS
from counter_app.domain.staff import Role, StaffState
from counter_app.domain.undo import KIND_OF
from counter_app.sync.wire import ROW_KEYS

_LARGEST_ID = 2**63 - 1
_encode = json.JSONEncoder(ensure_ascii=False, separators=(",", ":")).encode
_decode = json.JSONDecoder().decode
_Check = Callable[[Any], bool]


class Fit(NamedTuple):
    """A row that can be read: its kind, the key by which a newer one replaces it, and its values in their order."""

    kind: str
    key: str
    values: tuple[Any, ...]


class Unfit(NamedTuple):
    """A row that is kept raw; `why` names the field and nothing of the customer."""

    kind: str
    key: str
    why: str


def read_row(kind: str, body: str) -> Fit | Unfit:
    """Look at one row; lists and maps in it become the text that the file keeps."""
    form = _FORMS.get(kind)
    if form is None:
        return Unfit(kind, "", "unknown kind")
    try:
        row = _decode(body)
    except (ValueError, RecursionError):
        return Unfit(kind, "", "no JSON")
    return form.read(row) if type(row) is dict else Unfit(kind, "", "no JSON object")


@lru_cache(8192)
def _is_day(value: str) -> bool:
    try:
        return date.fromisoformat(value).isoformat() == value
    except (ValueError, TypeError):
        return False


@lru_cache(1024)
def _is_month(value: str) -> bool:
    return _is_day(f"{value}-01")


def _is_id(value: int) -> bool:
    return 0 < value <= _LARGEST_ID


def _is_fen(value: int) -> bool:
    return -LARGEST_FEN <= value <= LARGEST_FEN


def _is_filled(value: str) -> bool:
    return value != ""


def _is_flag(value: int) -> bool:
    return value in (0, 1)


def _lists_of(*types: type) -> _Check:
    def check(value: list[Any]) -> bool:
        return all(type(part) is list and tuple(map(type, part)) == types for part in value)

    return check


def _is_texts(value: list[Any]) -> bool:
    return all(type(part) is str for part in value)


_FLAGS = frozenset(str(flag) for flag in Flag)
_is_three_texts = _lists_of(str, str, str)


def _is_flags(value: list[Any]) -> bool:
    """Marks that the screens know, each with its day."""
    return _is_three_texts(value) and all(part[0] in _FLAGS and _is_day(part[1]) for part in value)


def _is_one_of(values: Mapping[str, Any]) -> _Check:
    return values.__contains__


class _Field(NamedTuple):
    """What a field may be: its types, and what else must hold of a value that is not null."""

    types: tuple[type, ...]
    check: _Check | None = None


_NULL = type(None)
_ID, _ID_OR_NULL = _Field((int,), _is_id), _Field((int, _NULL), _is_id)
_FEN, _FEN_OR_NULL = _Field((int,), _is_fen), _Field((int, _NULL), _is_fen)
_DAY, _DAY_OR_NULL = _Field((str,), _is_day), _Field((str, _NULL), _is_day)
_TEXT, _TEXT_OR_NULL, _NAME = _Field((str,)), _Field((str, _NULL)), _Field((str,), _is_filled)
_FLAG, _WHOLE, _MAP = _Field((int, bool), _is_flag), _Field((int,), _is_id), _Field((dict,))
_ROLE, _STATE = (_Field((str,), _is_one_of({str(one): one for one in of})) for of in (Role, StaffState))

_FIELDS: dict[str, tuple[_Field, ...]] = {
    "customer": (
        *(_ID, _NAME, _TEXT, _TEXT, _TEXT, _TEXT_OR_NULL, _TEXT_OR_NULL, _TEXT_OR_NULL, _TEXT_OR_NULL, _DAY_OR_NULL),
        *(_Field((list,), _is_flags), _Field((list,), _is_three_texts)),
    ),
    "account": (_ID, _NAME, _ID, _TEXT, _MAP, _TEXT_OR_NULL, _TEXT_OR_NULL),
    "service": (_ID, _ID, _TEXT, _NAME, _TEXT, _NAME, _DAY, _TEXT, _TEXT_OR_NULL),
    "bill": (
        *(_ID, _NAME, _ID, _ID_OR_NULL, _Field((str,), _is_month), _DAY, _DAY, _FEN, _FEN, _DAY_OR_NULL, _DAY_OR_NULL),
        *(_FLAG, _FLAG, _Field((list,), _lists_of(str, int))),
    ),
    "settlement": (_NAME, _ID, _DAY, _FEN, _FEN, _FEN, _NAME, _TEXT, _TEXT_OR_NULL),
    "book": (_ID, _ID, _TEXT, _NAME, _Field((list,), _is_texts), _Field((int,)), _DAY_OR_NULL, _FEN, _NAME, _DAY),
    "book_move": (_NAME, _ID, _FEN, _TEXT, _TEXT),
    "undone": (_NAME, _NAME, _Field((str,), _is_one_of(dict.fromkeys(KIND_OF))), _NAME, _DAY, _TEXT, _TEXT),
    "relief": (
        *(_NAME, _NAME, _NAME, _Field((str,), _is_one_of(dict.fromkeys(STEPS))), _ID, _ID, _NAME),
        *(_Field((str,), _is_one_of(dict.fromkeys(WAYS))), _FEN, _DAY_OR_NULL, _TEXT, _TEXT),
        *(_Field((list,), _is_texts), _DAY, _NAME),
    ),
    "staff": (_NAME, _TEXT, _ROLE, _STATE, _TEXT, _FLAG),
    "pack": (_NAME, _NAME, _TEXT),
    "hall": (_NAME, _TEXT),
    "counter": (_NAME, _WHOLE, _NAME, _TEXT, _FLAG),
    "device": (_NAME, _NAME, _Field((str,), lambda value: len(_unhexed(value)) == 32), _WHOLE, _TEXT_OR_NULL),
    "task": (
        *(_NAME, _NAME, _NAME, _TEXT, _ID_OR_NULL, _ID_OR_NULL, _FEN_OR_NULL, _TEXT_OR_NULL, _TEXT, _DAY_OR_NULL),
        *(_TEXT_OR_NULL, _MAP),
    ),
    "line": (_NAME, _TEXT, _WHOLE, _WHOLE, _NAME, _TEXT, _DAY, _FEN_OR_NULL, _ID_OR_NULL),
}
_KEY_FIELDS = {"pack": 2}
"""How many of the first fields make the key; one elsewhere."""


def _unhexed(value: str) -> bytes:
    try:
        return bytes.fromhex(value)
    except ValueError:
        return b""


class _Form:
    """The fields of one kind, looked at as fast as ten million bills ask for it."""

    def __init__(self, kind: str, names: tuple[str, ...], fields: tuple[_Field, ...]) -> None:
        self._kind, self._names, self._fields = kind, names, fields
        self._values: Callable[[Any], tuple[Any, ...]] = itemgetter(*names)
        self._checks = [(at, field.check) for at, field in enumerate(fields) if field.check is not None]
        self._nested = [at for at, field in enumerate(fields) if {list, dict} & {*field.types}]
        self._key_size = _KEY_FIELDS.get(kind, 1)
        # the types that rows were found to fit by: nearly all rows of a kind have one of a handful
        self._known: set[tuple[type, ...]] = set()

    def read(self, row: dict[str, Any]) -> Fit | Unfit:
        """The row's values, or what is wrong with it."""
        try:
            values = self._values(row)
        except KeyError as error:
            return Unfit(self._kind, self._key(row), f"{error.args[0]} is missing")
        if len(row) != len(values):
            odd = ", ".join(sorted(row.keys() - set(self._names)))
            return Unfit(self._kind, self._key(row), f"{odd} is not known"[:200])
        types = tuple(map(type, values))
        if types not in self._known and (wrong := self._wrong_type(types)):
            return Unfit(self._kind, self._key(row), wrong)
        for at, check in self._checks:
            value = values[at]
            if value is not None and not check(value):
                return Unfit(self._kind, self._key(row), f"{self._names[at]} is out of its range")
        key = str(values[0]) if self._key_size == 1 else " ".join(map(str, values[: self._key_size]))
        if self._nested:
            changed = list(values)
            for at in self._nested:
                changed[at] = _encode(values[at])
            values = tuple(changed)
        return Fit(self._kind, key, values)

    def _wrong_type(self, types: tuple[type, ...]) -> str:
        for name, field, found in zip(self._names, self._fields, types, strict=True):
            if found not in field.types:
                return f"{name} is {found.__name__}"
        self._known.add(types)
        return ""

    def _key(self, row: dict[str, Any]) -> str:
        values = [row.get(name) for name in self._names[: self._key_size]]
        return " ".join(map(str, values)) if all(type(value) in (str, int) for value in values) else ""


_FORMS = {kind: _Form(kind, names, _FIELDS[kind]) for kind, names in ROW_KEYS.items()}
