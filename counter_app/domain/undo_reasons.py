"""Why payments are undone, as the rule pack says it: a code for the entries, the hall's words in both languages."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from counter_app.domain.rule_fields import TEXT, Field, Row, Wrong, rows_of, tables_of

OTHER = "other"
"""The reason that is said in words."""
WRONG_ACCOUNT = "wrong_account"
"""The reason of a move for which none was chosen."""
_CODE = re.compile(r"[a-z][a-z0-9_]{1,39}")

UNDO_REASON_TABLES: Mapping[str, Mapping[str, Field]] = {
    "undo_reasons": {
        "reasons": tables_of(
            {
                "code": Field(
                    "a code such as wrong_bill: small letters, figures, underlines",
                    lambda value: isinstance(value, str) and _CODE.fullmatch(value) is not None,
                ),
                "name_zh": TEXT,
                "name_en": TEXT,
            }
        )
    }
}


@dataclass(frozen=True, slots=True)
class UndoReason:
    """A reason: its code, which the entries keep, and the hall's words for it."""

    code: str
    name_zh: str
    name_en: str


@dataclass(frozen=True, slots=True)
class UndoReasons:
    """The reasons that are offered on a day, in the pack's order, and by their codes those of every version: an entry
    keeps its code for longer than the pack offers it.
    """

    offered: tuple[UndoReason, ...]
    known: Mapping[str, UndoReason]

    @property
    def codes(self) -> tuple[str, ...]:
        """The codes that are taken on that day."""
        return tuple(reason.code for reason in self.offered)

    def at(self, number: str) -> str:
        """The code of the reason behind a typed number, from 1; empty where there is none."""
        place = int(number) - 1 if number.isdecimal() and number.isascii() else -1
        return self.codes[place] if 0 <= place < len(self.offered) else ""

    def named(self, code: str) -> UndoReason:
        """The reason of a code; one that no version knows, such as another hall's, is called by its code."""
        return self.known.get(code) or UndoReason(code, code, code)


def undo_reasons_of(row: Row, versions: Sequence[Row]) -> UndoReasons:
    """The reasons of the version in force, from checked rows; `versions` are all of them, the oldest first."""
    known = {reason.code: reason for version in versions for reason in _reasons(version)}
    return UndoReasons(_reasons(row), known)


def check_undo_reasons(document: Row, wrong: Wrong) -> None:
    """What no single key can show: codes that stand once in a version, and the two that the program itself asks for."""
    for number, row in enumerate(rows_of(document, "undo_reasons"), start=1):
        path, codes = f"undo_reasons[{number}].reasons", list[object]()
        for place, reason in enumerate(rows_of(row, "reasons"), start=1):
            if reason.get("code") in codes:
                wrong(f"{path}[{place}].code", "each code once in a version", reason["code"])
            codes.append(reason.get("code"))
        for code in (WRONG_ACCOUNT, OTHER):
            if code not in codes:
                wrong(path, f"a reason with the code {code}", None)


def _reasons(row: Row) -> tuple[UndoReason, ...]:
    return tuple(
        UndoReason(str(one["code"]), str(one["name_zh"]), str(one["name_en"])) for one in rows_of(row, "reasons")
    )
