"""What all numbered papers have in common: how they are numbered, and their facts as text and back."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any, TypeVar

from counter_app.domain.journal import canonical
from counter_app.domain.typed_json import plain, typed

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class PaperPerson:
    """Somebody of the hall on a paper, by staff number and name."""

    staff_no: str
    name: str


def series_number(letters: str, *, hall_code: str, counter_code: str, year: int, serial: int) -> str:
    """`HZ01-03-2026-TK000001`: gap-free per hall, counter, year and kind of paper; `serial` from 1."""
    return f"{hall_code}-{counter_code}-{year:04d}-{letters}{serial:06d}"


def facts_text(facts: Any) -> str:
    """The facts as canonical JSON; the same facts give the same bytes, so that their hash vouches for them."""
    return canonical(plain(facts))


def facts_of(text: str, kind: type[T], *, place: str, version: int) -> T:
    """The facts that `facts_text` wrote; nothing missing, nothing unknown, every value of its own type.

    Raises:
        ValueError: the text is not such a document, or one of another version; the message names the place.
    """
    document = json.loads(text)
    if not isinstance(document, dict) or document.get("version") != version:
        message = f"{place}.version: expected {version}"
        raise ValueError(message)
    facts: T = typed(document, kind, place)
    return facts
