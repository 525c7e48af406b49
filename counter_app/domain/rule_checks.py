"""Every place where a rule pack's file does not look as it must."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import pairwise

from counter_app.domain.approval_rules import APPROVAL_TABLES, check_approvals
from counter_app.domain.refusals import Refusal
from counter_app.domain.retention_fields import RETENTION_TABLES, check_retention
from counter_app.domain.rule_fields import (
    CUSTOMER_CLASSES,
    EVERY_RULE,
    OPTIONAL_TABLES,
    SPLIT_BY,
    TABLES,
    TEXT,
    TRADES,
    Field,
    Wrong,
    one_of,
    rows_of,
)
from counter_app.domain.undo_reasons import UNDO_REASON_TABLES, check_undo_reasons

ALL_TABLES: Mapping[str, Mapping[str, Field]] = {
    **TABLES,
    **RETENTION_TABLES,
    **APPROVAL_TABLES,
    **UNDO_REASON_TABLES,
}
# a hub of an earlier version sends packs without the last two: what the program's own pack says holds there
_MAY_BE_MISSING = OPTIONAL_TABLES | RETENTION_TABLES.keys() | APPROVAL_TABLES.keys() | UNDO_REASON_TABLES.keys()


@dataclass(frozen=True, slots=True)
class RuleError:
    """One thing wrong with a pack: the file, the key's path such as `late_fee[2].rate_per_day`, expected and found."""

    file: str
    key: str
    expected: str
    found: str


@dataclass(frozen=True, slots=True)
class BadPack(Refusal):
    """A rule pack is not taken: every error that it has."""

    errors: tuple[RuleError, ...]


def check_pack(document: Mapping[str, object], file: str) -> tuple[RuleError, ...]:
    """Every error of a pack: unknown and missing keys, wrong types and ranges, missing sources, gaps and overlaps of
    versions.
    """
    errors: list[RuleError] = []

    def wrong(key: str, expected: str, found: object) -> None:
        errors.append(RuleError(file, key, expected, _shown(found)))

    _check_head(document, wrong)
    for name, fields in ALL_TABLES.items():
        rows = document.get(name)
        if rows is None:
            if name not in _MAY_BE_MISSING:
                wrong(name, f"at least one [[{name}]]", None)
            continue
        if not isinstance(rows, list) or not rows or not all(isinstance(row, dict) for row in rows):
            wrong(name, f"tables written as [[{name}]]", rows)
            continue
        for number, row in enumerate(rows, start=1):
            _check_row(row, {**EVERY_RULE, **fields}, f"{name}[{number}]", wrong)
        _check_versions(name, rows, wrong)
    _check_meaning(document, wrong)
    check_retention(document, wrong)
    check_approvals(document, wrong)
    check_undo_reasons(document, wrong)
    return tuple(errors)


def _check_head(document: Mapping[str, object], wrong: Wrong) -> None:
    head = {"trade": one_of(TRADES), "name_zh": TEXT, "name_en": TEXT}
    known = {*head, *ALL_TABLES, "not_configured"}
    for key in document:
        if key not in known:
            wrong(key, "no such key", document[key])
    for key, field in head.items():
        if key not in document or not field.accepts(document[key]):
            wrong(key, field.expected, document.get(key))
    unset = document.get("not_configured", {})
    if not isinstance(unset, dict):
        wrong("not_configured", "a table of keys with their source", unset)
        return
    for key, source in unset.items():
        if not TEXT.accepts(source):
            wrong(f"not_configured.{key}", "the source of the open number", source)


def _check_row(row: Mapping[str, object], fields: Mapping[str, Field], path: str, wrong: Wrong) -> None:
    for key, value in row.items():
        if key not in fields:
            wrong(f"{path}.{key}", "no such key", value)
        elif not fields[key].accepts(value):
            wrong(f"{path}.{key}", fields[key].expected, value)
        else:
            for number, entry in enumerate(rows_of(row, key) if fields[key].rows else (), start=1):
                _check_row(entry, fields[key].rows or {}, f"{path}.{key}[{number}]", wrong)
    for key, field in fields.items():
        if field.is_required and key not in row:
            wrong(f"{path}.{key}", field.expected, None)


def _check_versions(name: str, rows: Sequence[Mapping[str, object]], wrong: Wrong) -> None:
    """Versions of one rule follow one another: each ends, where it says so, the day before the next; the last has no
    end.
    """
    groups: dict[object, list[tuple[int, date, date | None]]] = {}
    for number, row in enumerate(rows, start=1):
        from_on, to_on = row.get("valid_from"), row.get("valid_to")
        if type(from_on) is date and (to_on is None or type(to_on) is date):
            group = str(row.get(SPLIT_BY[name])) if name in SPLIT_BY else None
            groups.setdefault(group, []).append((number, from_on, to_on))
    for versions in groups.values():
        versions.sort(key=lambda version: version[1])
        for (number, from_on, to_on), (later, later_on, _) in pairwise(versions):
            path = f"{name}[{later}].valid_from"
            if later_on == from_on:
                wrong(path, f"another day than {name}[{number}] (overlap)", later_on)
            elif to_on is not None and later_on != to_on + timedelta(days=1):
                kind = "overlap" if later_on <= to_on else "gap"
                wrong(path, f"{to_on + timedelta(days=1)}, the day after {name}[{number}] ends ({kind})", later_on)
        number, from_on, to_on = versions[-1]
        if to_on is not None:
            wrong(f"{name}[{number}].valid_to", "no end on the last version (gap)", to_on)


def _check_meaning(document: Mapping[str, object], wrong: Wrong) -> None:
    """What no single key can show: both customer classes, a row for fees, and no cut by a property manager (Civil Code
    art. 944).
    """
    classes = {str(row.get("customer_class")) for row in rows_of(document, "late_fee")}
    for customer_class in CUSTOMER_CLASSES:
        if "late_fee" in document and customer_class not in classes:
            wrong("late_fee", f"a version for customer_class {customer_class}", None)
    if "tenders" in document and "fee" not in {str(row.get("business")) for row in rows_of(document, "tenders")}:
        wrong("tenders", "a row for business fee", None)
    for number, row in enumerate(rows_of(document, "cut"), start=1):
        if row.get("is_allowed") is True:
            if document.get("trade") == "property":
                wrong(f"cut[{number}].is_allowed", "false: a property manager cuts nothing (Civil Code art. 944)", True)
            if "preconditions" not in row:
                wrong(f"cut[{number}].preconditions", "what must be met before a cut", None)
    if any(row.get("is_allowed") is True for row in rows_of(document, "cut")) and "restore" not in document:
        wrong("restore", "at least one [[restore]] where a cut is allowed", None)


def _shown(found: object) -> str:
    return "nothing" if found is None else str(found)[:80]
