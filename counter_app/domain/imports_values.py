"""Columns of text turned into values, a slice of rows at a time, with every fault named by its row."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime

from counter_app.domain.imports_fields import Field
from counter_app.domain.imports_map import Recipe
from counter_app.domain.money import BadAmount, parse_fen
from counter_app.domain.refusals import Refused

Value = str | int | None
Cells = Sequence[str]

_DATE = re.compile(
    r"(\d{4})[-/.年](\d{1,2})[-/.月](\d{1,2})日?(?:[ T][0-9]{1,2}:[0-9]{2}(?::[0-9]{2}(?:\.[0-9]+)?)?)?", re.ASCII
)
_COMPACT = re.compile(r"(\d{4})(\d{2})(\d{2})", re.ASCII)
_MONTH = re.compile(r"(\d{4})[-/.年]?(\d{1,2})月?", re.ASCII)
_SCIENTIFIC = re.compile(r"[0-9](?:\.[0-9]+)?[Ee]\+?[0-9]+")
_PLAIN_YUAN = re.compile(r"([0-9]{1,9})(?:\.([0-9]{1,2}))?", re.ASCII)
_YES_NO = {
    **dict.fromkeys(("", "0", "否", "无", "n", "no", "false"), 0),
    **dict.fromkeys(("1", "是", "有", "y", "yes", "true"), 1),
}
_FLAG_SEPARATORS = re.compile(r"[;；,，、|/\s]+")
_CACHE_MOST = 200_000


class LostDigits(str):
    """A number of a spreadsheet too long to have kept all its digits; the text is what is left of it."""

    __slots__ = ()


@dataclass(frozen=True, slots=True)
class Wrong:
    """A cell that is not what its field needs: the place within the slice, the text, the fault."""

    place: int
    text: str
    fault: str
    expected: str


@dataclass(slots=True)
class Convert:
    """Turns the cells of one field into values; `seen` remembers what was worked out before."""

    known: Field
    recipe: Recipe
    seen: dict[str, Value] = field(default_factory=dict)

    def values(self, cells: Cells, wrongs: list[Wrong]) -> list[Value]:
        """The values in the order of the cells; a wrong one becomes None and is added to `wrongs`."""
        if self.known.kind in ("text", "number"):
            return self._texts(cells, wrongs)
        one, seen = self._one, self.seen
        if len(seen) > _CACHE_MOST:
            seen.clear()
        found: list[Value] = list(map(seen.get, cells))
        if None not in found:
            return found  # months and days are worked out once for a file
        found = []
        add = found.append
        for place, cell in enumerate(cells):
            if cell in seen:
                add(seen[cell])
                continue
            try:
                value = one(cell)
            except _Fault as fault:
                wrongs.append(Wrong(place, cell, fault.fault, fault.expected))
                add(None)
                continue
            seen[cell] = value
            add(value)
        return found

    def _texts(self, cells: Cells, wrongs: list[Wrong]) -> list[Value]:
        known = self.known
        found: list[Value] = [cell.strip() for cell in cells]
        if known.kind == "number" and ({*map(type, cells)} != {str} or "E" in "".join(cells)):
            for place, cell in enumerate(cells):
                if isinstance(cell, LostDigits) or ("E" in cell and _SCIENTIFIC.fullmatch(cell.strip())):
                    wrongs.append(Wrong(place, cell, "digits_lost", "text, not a number of a spreadsheet"))
        if max(map(len, cells), default=0) > known.longest:
            for place, cell in enumerate(cells):
                if len(cell.strip()) > known.longest:
                    wrongs.append(Wrong(place, cell[:60] + "…", "too_long", str(known.longest)))
        if "" in found:
            if known.is_needed:
                wrongs += [Wrong(place, "", "blank", "a value") for place, text in enumerate(found) if text == ""]
            elif known.blank or known.is_nullable:
                blank = known.blank or None
                found = [text or blank for text in found]
        return found

    def _one(self, cell: str) -> Value:
        known = self.known
        text = unicodedata.normalize("NFKC", cell).strip()
        if not text and known.kind == "fen" and known.is_nullable:
            return None
        if not text and known.kind != "fen":
            if known.is_needed:
                raise _Fault("blank", "a value")
            text = known.blank
            if not text:
                return None if known.kind in ("date", "month", "choice") else _EMPTY[known.kind]
        return _ONE[known.kind](self, text)

    def fen(self, text: str) -> int:
        """Fen from yuan or from whole fen, as the map says."""
        if not text.strip():
            if self.known.is_needed or not self.known.blank:
                raise _Fault("blank", "an amount")
            text = self.known.blank
        if self.recipe.unit == "fen":
            if not re.fullmatch(r"[0-9]{1,14}", text.strip()):
                raise _Fault("not_an_amount", "whole fen")
            return int(text)
        plain = _PLAIN_YUAN.fullmatch(text)
        if plain:
            return int(plain[1]) * 100 + int((plain[2] or "").ljust(2, "0"))
        try:
            return parse_fen(text)
        except Refused as error:
            fault = error.refusal.fault if isinstance(error.refusal, BadAmount) else "not_a_number"
            raise _Fault("negative" if fault == "negative" else "not_an_amount", "yuan with two decimals") from error

    def date(self, text: str) -> str:
        """An ISO date."""
        for form in self.recipe.formats:
            try:
                found = datetime.strptime(text, form).date()  # noqa: DTZ007 - a calendar day has no zone
            except ValueError:
                continue
            return _within(found).isoformat()
        match = None if self.recipe.formats else _DATE.fullmatch(text) or _COMPACT.fullmatch(text)
        if match is None:
            raise _Fault("not_a_date", " or ".join(self.recipe.formats) or "a date such as 2026-01-31")
        try:
            return _within(date(int(match[1]), int(match[2]), int(match[3]))).isoformat()
        except ValueError as error:
            raise _Fault("not_a_date", "a day of the calendar") from error

    def month(self, text: str) -> str:
        """A bill month, `YYYY-MM`."""
        match = _MONTH.fullmatch(text)
        if match and 1900 <= int(match[1]) <= 2200 and 1 <= int(match[2]) <= 12:
            return f"{match[1]}-{int(match[2]):02d}"
        try:
            return self.date(text)[:7]
        except _Fault as fault:
            raise _Fault("not_a_month", "a month such as 2026-01") from fault

    def yes_no(self, text: str) -> int:
        """1 or 0."""
        found = _YES_NO.get(text.casefold())
        if found is None:
            raise _Fault("not_yes_or_no", "是 or 否, 1 or 0")
        return found

    def choice(self, text: str) -> str:
        """One of the field's words."""
        found = self.known.choices.get(text) or self.known.choices.get(text.casefold())
        if found is None:
            raise _Fault("not_one_of", ", ".join(dict.fromkeys(self.known.choices.values())))
        return found

    def flags(self, text: str) -> str:
        """Words joined by spaces, sorted, each once."""
        return " ".join(sorted({self.choice(part) for part in _FLAG_SEPARATORS.split(text) if part}))


class _Fault(Exception):
    def __init__(self, fault: str, expected: str) -> None:
        super().__init__(fault)
        self.fault = fault
        self.expected = expected


_ONE: Mapping[str, Callable[[Convert, str], Value]] = {
    "fen": Convert.fen,
    "date": Convert.date,
    "month": Convert.month,
    "yes_no": Convert.yes_no,
    "choice": Convert.choice,
    "flags": Convert.flags,
}
_EMPTY: Mapping[str, Value] = {"yes_no": 0, "flags": ""}


def cells_of(
    recipe: Recipe,
    columns: Mapping[str, Cells],
    count: int,
    *,
    today: date,
    months: Iterable[Value],
    wrongs: list[Wrong],
) -> Cells:
    """The text of one field for `count` rows; `months` are the bill months, for a day that follows them."""
    cells: Cells
    if recipe.source == "column":
        cells = columns[recipe.columns[0]]
        if recipe.split:
            cells = [_part(cell, recipe.split, recipe.part) for cell in cells]
    elif recipe.source == "join":
        parts = zip(*(columns[title] for title in recipe.columns), strict=True)
        cells = [recipe.with_.join(text for part in row if (text := part.strip())) for row in parts]
    elif recipe.source == "last_month":
        cells = [month_after(f"{today:%Y-%m}", -1)] * count
    elif recipe.source == "day_of_month":
        cells = [day_in(month, recipe.day, recipe.months_later) if isinstance(month, str) else "" for month in months]
    elif recipe.source == "months_before_today":
        cells = [_months_before(cell, today) for cell in columns[recipe.columns[0]]]
    else:
        cells = [recipe.constant] * count
    return _translated(recipe, cells, wrongs)


def month_after(month: str, months: int) -> str:
    """The month `months` after another, both `YYYY-MM`."""
    index = int(month[:4]) * 12 + int(month[5:]) - 1 + months
    return f"{index // 12:04d}-{index % 12 + 1:02d}"


def day_in(month: str, day: int, months_later: int) -> str:
    """A day of the month `months_later` after `month`, its last day when it has no such day."""
    later = month_after(month, months_later)
    for found in (day, 30, 29, 28):
        if found <= day:
            try:
                return date(int(later[:4]), int(later[5:]), found).isoformat()
            except ValueError:
                continue
    return f"{later}-28"


def _translated(recipe: Recipe, cells: Cells, wrongs: list[Wrong]) -> Cells:
    if recipe.table is None:
        if recipe.default is None:
            return cells
        default = recipe.default
        return [cell if cell.strip() else default for cell in cells]
    found = []
    for place, cell in enumerate(cells):
        text = recipe.table.get(cell.strip())
        if text is None:
            text = recipe.default
        if text is None:
            wrongs.append(Wrong(place, cell, "not_one_of", ", ".join(recipe.table)))
            text = ""
        found.append(text)
    return found


def _part(cell: str, separator: str, part: int) -> str:
    parts = cell.split(separator)
    return parts[part - 1].strip() if part <= len(parts) else ""


def _months_before(cell: str, today: date) -> str:
    text = unicodedata.normalize("NFKC", cell).strip().removesuffix(".0")
    if not re.fullmatch(r"[0-9]{1,4}", text):
        return cell
    return day_in(f"{today:%Y-%m}", today.day, -int(text))


def _within(day: date) -> date:
    if not 1900 <= day.year <= 2200:
        raise _Fault("not_a_date", "a year from 1900 to 2200")
    return day
