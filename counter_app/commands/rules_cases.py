"""Reads the values of a case file exactly, and says which case and field is wrong."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import cast

from counter_app.domain.money import Fen, Rate, parse_fen
from counter_app.domain.refusals import Refusal, Refused

Answer = dict[str, object]


@dataclass(frozen=True, slots=True)
class BadCase(Refusal):
    """A value of a case file cannot be used: the case, the field's path, what was expected and what stands there."""

    case_id: str
    field: str
    expected: str
    found: str


@dataclass(frozen=True, slots=True)
class Node:
    """One value of a case file with the way to it; every reader refuses with `BadCase`."""

    value: object
    path: str
    case_id: str

    def refuse(self, expected: str) -> Refused:
        """The refusal of this value."""
        found = "nothing" if self.value is None else repr(self.value)[:120]
        return Refused(BadCase(self.case_id, self.path, expected, found))

    def __contains__(self, key: str) -> bool:
        """Whether the key is there and not null."""
        return isinstance(self.value, dict) and self.value.get(key) is not None

    def at(self, key: str) -> Node:
        """The value under a key; a missing one is read as null."""
        value = self.table().get(key)
        return Node(value, f"{self.path}.{key}" if self.path else key, self.case_id)

    def table(self) -> Mapping[str, object]:
        """An object; a missing one is empty."""
        if self.value is None:
            return {}
        if not isinstance(self.value, dict):
            raise self.refuse("an object")
        return cast("Mapping[str, object]", self.value)

    def entries(self) -> Iterator[Node]:
        """The entries of a list; a missing one is empty."""
        if self.value is not None and not isinstance(self.value, list):
            raise self.refuse("a list")
        for number, value in enumerate(cast("Sequence[object]", self.value or [])):
            yield Node(value, f"{self.path}[{number}]", self.case_id)

    def text(self) -> str:
        """A text, an empty one too."""
        if not isinstance(self.value, str):
            raise self.refuse("a text")
        return self.value

    def texts(self) -> tuple[str, ...]:
        """A list of texts; a single text is a list of one."""
        if isinstance(self.value, str):
            return (self.value,)
        return tuple(entry.text() for entry in self.entries())

    def one_of(self, names: Sequence[str], default: str | None = None) -> str:
        """One of the names; the default where nothing stands."""
        if self.value is None and default is not None:
            return default
        if self.value not in names:
            raise self.refuse("one of " + ", ".join(names))
        return str(self.value)

    def flag(self) -> bool:
        """True or false; nothing is false."""
        if self.value is None:
            return False
        if not isinstance(self.value, bool):
            raise self.refuse("true or false")
        return self.value

    def whole(self, default: int | None = None, *, most: int = 10**12) -> int:
        """A whole number from 0 to `most`, also written as a text."""
        if self.value is None and default is not None:
            return default
        value = self.value
        if isinstance(value, str) and value.isascii() and value.isdecimal() and len(value) < 16:
            value = int(value)
        if isinstance(value, bool) or not isinstance(value, int) or not 0 <= value <= most:
            raise self.refuse(f"a whole number from 0 to {most}")
        return value

    def money(self, *, default: Fen | None = None, allow_negative: bool = False) -> Fen:
        """Fen from a money string of at most two decimals."""
        if self.value is None and default is not None:
            return default
        text = self._number()
        try:
            return parse_fen(text, allow_negative=allow_negative)
        except Refused as refused:
            raise self.refuse('yuan as a text such as "12.50"') from refused

    def rate(self) -> Rate:
        """An exact decimal that is not negative."""
        try:
            return Rate.parse(self._number())
        except Refused as refused:
            raise self.refuse('a decimal such as "0.003"') from refused

    def day(self) -> date:
        """An ISO date of the years 1800 to 2999."""
        text = self.text()
        try:
            day = date.fromisoformat(text)
        except ValueError:
            raise self.refuse("a date such as 2024-06-01") from None
        if len(text) != 10 or not 1800 <= day.year < 3000:
            raise self.refuse("a date such as 2024-06-01")
        return day

    def _number(self) -> str:
        if isinstance(self.value, bool) or not isinstance(self.value, str | int):
            raise self.refuse("a decimal written as a text")
        return str(self.value)


def cases_of(document: Mapping[str, object], name: str) -> Iterator[Node]:
    """The cases of a list of the file; a missing list is empty. Without an id a case is called by its place."""
    rows = document.get(name)
    if rows is None:
        return
    if not isinstance(rows, list):
        raise Node(rows, name, name).refuse("a list of cases")
    for number, row in enumerate(rows):
        place = f"{name}[{number}]"
        if not isinstance(row, dict):
            raise Node(row, "", place).refuse("an object")
        yield Node(row, "", str(row.get("id", place)))


def asked(case: Node, answer: Answer) -> Answer:
    """The answer with the case's id; a case that lists the fields of `expected` is given those, and an error in any
    case.
    """
    expected = case.table().get("expected")
    if isinstance(expected, dict):
        answer = {key: value for key, value in answer.items() if key in expected or key == "error"}
    return {"id": case.table().get("id", case.case_id), **answer}
