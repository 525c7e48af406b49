"""The retention form as the text of its side record, to and from, and the form that a case begins with."""

from __future__ import annotations

import json
from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Any

from counter_app.domain.bills import Bill
from counter_app.domain.customers import Flag
from counter_app.domain.journal import canonical
from counter_app.domain.money import Fen
from counter_app.domain.refusals import Refusal, Refused
from counter_app.domain.retention_form import Agent, Form
from counter_app.domain.retention_rules import RetentionRules
from counter_app.domain.retention_usage import UsedMonth, average_fen, used_months

VERSION = 1
VERSION_KEY = "form_version"


@dataclass(frozen=True, slots=True)
class BadFormText(Refusal):
    """The text is not a form of this version: the key, and what was expected there."""

    key: str
    expected: str


class _Unread(Exception):
    """A value is not what its key holds."""


@dataclass(frozen=True, slots=True)
class _Kind:
    expected: str
    write: Callable[[Any], object]
    read: Callable[[Any], object]


def _plain(value: object) -> object:
    return value


def _text(value: object) -> str:
    if not isinstance(value, str):
        raise _Unread
    return value


def _flag(value: object) -> bool:
    if not isinstance(value, bool):
        raise _Unread
    return value


def _list(value: object) -> list[object]:
    if not isinstance(value, list):
        raise _Unread
    return value


def _moment(value: object) -> datetime:
    moment = datetime.fromisoformat(_text(value))
    if moment.utcoffset() is None:
        raise _Unread
    return moment


def _agent(value: object) -> Agent:
    if not isinstance(value, dict) or set(value) != {"name", "id_kind", "id_number", "order_no"}:
        raise _Unread
    return Agent(**{key: _text(text) for key, text in value.items()})


def _used(value: object) -> tuple[UsedMonth, ...]:
    months = []
    for entry in _list(value):
        month, total_fen, items = _list(entry)
        pairs = [_list(item) for item in _list(items)]
        named = tuple((_text(name), _fen(amount)) for name, amount in pairs)
        months.append(UsedMonth(_text(month), _fen(total_fen), named))
    return tuple(months)


def _fen(value: object) -> Fen:
    if type(value) is not int:
        raise _Unread
    return value


def _written_agent(agent: Agent) -> object:
    return {
        "name": agent.name,
        "id_kind": agent.id_kind,
        "id_number": agent.id_number,
        "order_no": agent.order_no,
    }


def _or_none(kind: _Kind) -> _Kind:
    return _Kind(
        f"{kind.expected} or null",
        lambda value: None if value is None else kind.write(value),
        lambda value: None if value is None else kind.read(value),
    )


_TEXT = _Kind("a text", _plain, _text)
_FLAG = _Kind("true or false", _plain, _flag)
_FEN = _Kind("a whole number", _plain, _fen)
_MOMENT = _Kind("a moment with its offset", lambda moment: moment.isoformat(), _moment)
_DAY = _Kind("a day", lambda day: day.isoformat(), lambda value: date.fromisoformat(_text(value)))
_CODES = _Kind("a list of codes", list, lambda value: tuple(_text(code) for code in _list(value)))
_KINDS: Mapping[str, _Kind] = {
    "case_no": _TEXT,
    "accepted_at": _MOMENT,
    "hall": _TEXT,
    "staff_no": _TEXT,
    "service_number": _TEXT,
    "name": _TEXT,
    "id_kind": _TEXT,
    "id_number": _TEXT,
    "agent": _Kind("name, id_kind, id_number, order_no", _written_agent, _agent),
    "customer_class": _TEXT,
    "flags": _Kind(
        "a list of marks",
        lambda flags: [flag.value for flag in flags],
        lambda value: tuple(Flag(_text(flag)) for flag in _list(value)),
    ),
    "average_fen": _FEN,
    "is_valued": _FLAG,
    "owed_fen": _FEN,
    "contract_until_on": _or_none(_DAY),
    "contract_fen": _FEN,
    "reason": _TEXT,
    "further": _CODES,
    "other_words": _TEXT,
    "used": _Kind(
        "a list of [month, fen, [[item, fen]]]",
        lambda months: [[m.month, m.total_fen, [list(item) for item in m.items]] for m in months],
        _used,
    ),
    "former_use": _TEXT,
    "interests": _CODES,
    "rating": _or_none(_FEN),
    "rating_words": _TEXT,
    "next_tool": _TEXT,
    "later_contact": _TEXT,
    "is_contact_agreed": _FLAG,
    "agreed_at": _or_none(_MOMENT),
    "contact_times": _CODES,
    "suggestions": _TEXT,
}
_ONLY_WHERE_SAID = frozenset({"contact_times"})
"""Keys that came after forms were kept: they stand in the text only where something was said."""


def text_of_form(form: Form) -> str:
    """The canonical text of a form: the same form gives the same bytes, so that their hash vouches for it."""
    written = {key: kind.write(getattr(form, key)) for key, kind in _KINDS.items()}
    said = {key: value for key, value in written.items() if value or key not in _ONLY_WHERE_SAID}
    return canonical({VERSION_KEY: VERSION, **said})


def form_of_text(text: str) -> Form:
    """The form from its canonical text.

    Raises:
        Refused: `BadFormText`; a text of another version, with an unknown or a missing key, or not in its one form.
    """
    document = _document(text)
    for key in document:
        if key not in _KINDS and key != VERSION_KEY:
            raise Refused(BadFormText(key, "no such key"))
    there = {key: kind for key, kind in _KINDS.items() if key in document or key not in _ONLY_WHERE_SAID}
    form = Form(**{key: _read(document, key, kind) for key, kind in there.items()})
    if text_of_form(form) != text:
        raise Refused(BadFormText("", "the canonical text"))
    return form


def fields_of_text(text: str, names: Collection[str]) -> dict[str, Any]:
    """Some fields of a form from its text, each by its own rule, for a list over many forms: a tenth of the work of the
    whole form, whose one text is what `form_of_text` and `verify` look at.

    Raises:
        Refused: `BadFormText`; a text of another version, or a field that is missing or not of its kind.
    """
    document = _document(text)
    there = (name for name in names if name in document or name not in _ONLY_WHERE_SAID)
    return {name: _read(document, name, _KINDS[name]) for name in there}


def _document(text: str) -> dict[str, object]:
    try:
        document = json.loads(text)
    except (ValueError, RecursionError) as error:
        raise Refused(BadFormText("", "JSON")) from error
    if not isinstance(document, dict):
        raise Refused(BadFormText("", "a map"))
    if type(document.get(VERSION_KEY)) is not int or document[VERSION_KEY] != VERSION:
        raise Refused(BadFormText(VERSION_KEY, str(VERSION)))
    return document


def _read(document: Mapping[str, object], key: str, kind: _Kind) -> Any:
    try:
        return kind.read(document[key])
    except (_Unread, KeyError, ValueError) as error:
        raise Refused(BadFormText(key, kind.expected)) from error


def prefilled(
    form: Form,
    bills: Iterable[Bill],
    rules: RetentionRules,
    *,
    service_id: int,
    on: date,
    flags: Collection[Flag],
    threshold_fen: Fen | None,
) -> Form:
    """The form with what the hall knows by itself: the last months' bills, their average, marks and worth (002-3a)."""
    used = used_months(bills, service_id, on)[-rules.average_months :]
    worth = rules.worth(average_fen(used), flags, threshold_fen)
    return replace(form, used=used, flags=tuple(flags), average_fen=worth.average_fen, is_valued=worth.is_valued)
