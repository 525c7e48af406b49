"""The map from a file's own columns to our fields: read from TOML, checked whole, or made from our own titles."""

from __future__ import annotations

import tomllib
import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Literal

from counter_app.domain.imports import BadImportMap, ColumnMissing, ColumnsUnclear, ColumnTwice, What
from counter_app.domain.imports_fields import FIELDS, FREE_TITLES, field_of
from counter_app.domain.imports_titles import BILL_NO, loose_key
from counter_app.domain.refusals import Refused

_SOURCES = ("column", "constant", "join", "last_month", "day_of_month", "months_before_today")
_SOURCE_WORDS = "column, constant, join, last_month, day_of_month, months_before_today"
_MORE = {
    "column": {"split", "part"},
    "join": {"with"},
    "day_of_month": {"months_later"},
}
_FOR_ALL = {"table", "default", "formats", "unit"}


@dataclass(frozen=True, slots=True)
class Recipe:
    """How the text of one field comes about, row by row.

    `columns` are the file's titles (one for `column` and `months_before_today`, several for `join`). `table` translates
    the text, `default` stands for a blank one (or for one that is not in the table). `formats` are date formats,
    `unit` is yuan or fen.
    """

    source: Literal["column", "constant", "join", "last_month", "day_of_month", "months_before_today"]
    columns: tuple[str, ...] = ()
    constant: str = ""
    with_: str = ""
    split: str = ""
    part: int = 0
    day: int = 0
    months_later: int = 0
    table: Mapping[str, str] | None = None
    default: str | None = None
    formats: tuple[str, ...] = ()
    unit: Literal["yuan", "fen"] = "yuan"


@dataclass(frozen=True, slots=True)
class ImportMap:
    """What each field is made of; `free` are the account's facts or the bill's items, by their own names.

    `is_one_number`: the file has one number for the customer and the account, and was read without a map.
    """

    what: What
    recipes: Mapping[str, Recipe]
    free: Mapping[str, Recipe] = field(default_factory=dict)
    sheet: str | None = None
    encoding: str | None = None
    delimiter: str | None = None
    is_one_number: bool = False

    def columns(self) -> tuple[str, ...]:
        """Every title of the file that the map uses, once."""
        recipes = (*self.recipes.values(), *self.free.values())
        return tuple(dict.fromkeys(title for recipe in recipes for title in recipe.columns))

    def column_of(self, name: str) -> str:
        """What the report calls a field: its column in the file, else the field's name."""
        recipe = self.recipes.get(name) or self.free.get(name)
        return " + ".join(recipe.columns) if recipe and recipe.columns else name


def parse_map(text: str, what: What, *, file: str) -> ImportMap:
    """The map for `what` out of a TOML text.

    Raises:
        Refused: `BadImportMap` with the key at fault and what was expected there.
    """
    try:
        document = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise Refused(BadImportMap(file, "", "toml", str(error))) from error
    for key in document:
        _need(key in ("file", *FIELDS), file, key, "one_of", ", ".join(("file", *FIELDS)))
    part = document.get(what)
    _need(isinstance(part, dict), file, what, "part", f"[{what}]")
    assert isinstance(part, dict)
    read = _Reader(file, what)
    source = _file_part(document.get("file", {}), file)
    free_key = FREE_TITLES[what][0] if what in FREE_TITLES else None
    recipes = {}
    free: dict[str, Recipe] = {}
    for name, value in part.items():
        if name == free_key:
            _need(isinstance(value, dict), file, f"{what}.{name}", "names_and_columns")
            free = {title: read.recipe(f"{what}.{name}.{title}", inner) for title, inner in value.items()}
        else:
            known = field_of(what, name)
            _need(known is not None, file, f"{what}.{name}", "one_of", ", ".join(f.name for f in FIELDS[what]))
            recipes[name] = read.recipe(f"{what}.{name}", value)
    for known in FIELDS[what]:
        _need(not known.is_needed or known.name in recipes, file, f"{what}.{known.name}", "column_or_constant")
    _need(_has_bill(what, recipes), file, "settlements.bill_no", "column_or_account_and_month")
    has_amount = what != "bills" or "principal" in recipes or bool(free)
    _need(has_amount, file, "bills.principal", "column_or_items")
    return ImportMap(what, recipes, free, source["sheet"], source["encoding"], source["delimiter"])


def default_map(header: Sequence[str], what: What, *, file: str) -> ImportMap:
    """The map of a file whose titles are known by themselves, Chinese or English.

    Raises:
        Refused: `ColumnMissing` for a field that must be known, `ColumnsUnclear` for two columns that may be one field.
    """
    by_key: dict[str, list[str]] = {}
    for title in header:
        by_key.setdefault(loose_key(title), []).append(title)
    recipes = {}
    for known in FIELDS[what]:
        if known.instead_of in recipes:
            continue
        found = _known_by(by_key, known.titles) or _known_by(by_key, known.spare)
        if len(set(map(title_key, found))) > 1:
            raise Refused(ColumnsUnclear(file, known.name, tuple(found)))
        if found:
            recipes[known.name] = Recipe("column", (found[0],))
    is_one_number = what == "customers" and len({"customer_no", "account_no"} & recipes.keys()) == 1
    if is_one_number and "customer_no" not in recipes:
        recipes["customer_no"] = recipes["account_no"]
    free = {}
    for title in header:
        for head in FREE_TITLES[what][1] if what in FREE_TITLES else ():
            if title.strip().startswith(head):
                free[title.strip().removeprefix(head).strip()] = Recipe("column", (title,))
    _need_columns(what, recipes, tuple(header[:50]), file=file, has_items=bool(free))
    return ImportMap(what, recipes, free, is_one_number=is_one_number)


def _need_columns(
    what: What, recipes: Mapping[str, Recipe], header: tuple[str, ...], *, file: str, has_items: bool
) -> None:
    for known in FIELDS[what]:
        is_needed = known.is_needed or (what == "bills" and known.name == "principal" and not has_items)
        if is_needed and known.name not in recipes:
            raise Refused(ColumnMissing(file, known.name, known.titles, header))
    if not _has_bill(what, recipes):
        raise Refused(ColumnMissing(file, "bill_no", (*BILL_NO, "户号 + 账期"), header))


def _has_bill(what: What, recipes: Mapping[str, Recipe]) -> bool:
    """Whether a settlement says which bill it pays: by its number, or by account and month."""
    return what != "settlements" or "bill_no" in recipes or {"account_no", "month"} <= recipes.keys()


def _known_by(by_key: Mapping[str, list[str]], titles: Sequence[str]) -> list[str]:
    keys = dict.fromkeys(map(loose_key, titles))
    return [title for key in keys for title in by_key.get(key, ())]


def places(of: ImportMap, header: Sequence[str], *, file: str) -> dict[str, int]:
    """Where each column of the map stands in the header.

    Raises:
        Refused: `ColumnMissing` or `ColumnTwice`.
    """
    keys = [title_key(title) for title in header]
    found = {}
    for title in of.columns():
        key = title_key(title)
        count = keys.count(key)
        if count == 0:
            name = next((n for n, r in (*of.recipes.items(), *of.free.items()) if title in r.columns), title)
            raise Refused(ColumnMissing(file, name, (title,), tuple(header[:50])))
        if count > 1:
            raise Refused(ColumnTwice(file, title))
        found[title] = keys.index(key)
    return found


def title_key(title: str) -> str:
    """The form in which two titles are the same: no spaces around, full-width as half-width, case ignored."""
    return " ".join(unicodedata.normalize("NFKC", title).split()).casefold()


@dataclass(frozen=True, slots=True)
class _Reader:
    file: str
    what: What

    def recipe(self, key: str, value: Any) -> Recipe:
        """One recipe, from a column's name or from a table that says more."""
        if isinstance(value, str):
            _need(bool(value.strip()), self.file, key, "column")
            return Recipe("column", (value,))
        _need(isinstance(value, dict), self.file, key, "column_or_table")
        named = [source for source in _SOURCES if source in value]
        _need(len(named) == 1, self.file, key, "one_of", _SOURCE_WORDS)
        source = named[0]
        for extra in value:
            allowed = extra == source or extra in _FOR_ALL or extra in _MORE.get(source, ())
            _need(allowed, self.file, f"{key}.{extra}", "no_such_word", source)
        return Recipe(
            source,  # type: ignore[arg-type]  # one of _SOURCES, the words of the Literal
            columns=self._columns(key, source, value[source]),
            constant=self._text(key, value, "constant"),
            with_=self._text(key, value, "with"),
            split=self._text(key, value, "split"),
            part=self._count(key, value, "part", 1 if "split" in value else 0, 1 if "split" in value else 0, 99),
            day=self._count(key, value, "day_of_month", 0, 1, 31),
            months_later=self._count(key, value, "months_later", 0, -24, 24),
            table=self._table(key, value.get("table")),
            default=self._text(key, value, "default") if "default" in value else None,
            formats=self._formats(key, value.get("formats", [])),
            unit=self._unit(key, value.get("unit", "yuan")),
        )

    def _columns(self, key: str, source: str, value: Any) -> tuple[str, ...]:
        if source == "join":
            is_list = isinstance(value, list) and len(value) > 0 and all(isinstance(title, str) for title in value)
            _need(is_list, self.file, f"{key}.join", "columns")
            return tuple(value)
        if source in ("column", "months_before_today"):
            is_title = isinstance(value, str) and bool(value.strip())
            _need(is_title, self.file, f"{key}.{source}", "column")
            return (value,)
        if source == "last_month":
            _need(value is True, self.file, f"{key}.last_month", "one_of", "true")
        return ()

    def _text(self, key: str, value: Mapping[str, Any], name: str) -> str:
        text = value.get(name, "")
        is_text = isinstance(text, str | int) and not isinstance(text, bool)
        _need(is_text, self.file, f"{key}.{name}", "text")
        return str(text)

    def _count(self, key: str, value: Mapping[str, Any], name: str, default: int, low: int, high: int) -> int:
        if name not in value:
            return default
        count = value[name]
        is_count = isinstance(count, int) and not isinstance(count, bool) and low <= count <= high
        _need(is_count, self.file, f"{key}.{name}", "count", f"{low}–{high}")
        return int(count)

    def _table(self, key: str, value: Any) -> Mapping[str, str] | None:
        if value is None:
            return None
        is_table = isinstance(value, dict) and all(isinstance(to, str | int | bool) for to in value.values())
        _need(is_table, self.file, f"{key}.table", "values")
        return {str(k).strip(): str(to).lower() if isinstance(to, bool) else str(to) for k, to in value.items()}

    def _formats(self, key: str, value: Any) -> tuple[str, ...]:
        formats = [value] if isinstance(value, str) else value
        is_list = isinstance(formats, list) and all(isinstance(f, str) and "%" in f for f in formats)
        _need(is_list, self.file, f"{key}.formats", "formats", "%d.%m.%Y")
        return tuple(formats)

    def _unit(self, key: str, value: Any) -> Literal["yuan", "fen"]:
        _need(value in ("yuan", "fen"), self.file, f"{key}.unit", "one_of", "yuan, fen")
        return "fen" if value == "fen" else "yuan"


def _file_part(part: Any, file: str) -> dict[str, str | None]:
    _need(isinstance(part, dict), file, "file", "part", "[file]")
    for key, value in part.items():
        _need(key in ("sheet", "encoding", "delimiter"), file, f"file.{key}", "one_of", "sheet, encoding, delimiter")
        _need(isinstance(value, str) and bool(value), file, f"file.{key}", "text")
    encoding = part.get("encoding")
    known = (None, "utf-8", "gb18030", "utf-16")
    _need(encoding in known, file, "file.encoding", "one_of", "utf-8, gb18030, utf-16")
    _need(part.get("delimiter") in (None, ",", ";", "\t", "|"), file, "file.delimiter", "one_of", r'"," ";" "|" "\t"')
    return {key: part.get(key) for key in ("sheet", "encoding", "delimiter")}


def _need(is_right: bool, file: str, key: str, expected: str, detail: str = "") -> None:
    if not is_right:
        raise Refused(BadImportMap(file, key, expected, detail))
