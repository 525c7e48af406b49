"""Past retention results of a file: each once, with its reason as a code of the pack and the file's own words."""

from __future__ import annotations

import hashlib
from datetime import date

from counter_app.domain.imports_map import ImportMap
from counter_app.domain.imports_values import Value
from counter_app.domain.retention_rules import RetentionRules
from counter_app.services.imports_bills import Staged, count_changes, report_twice, seal_new
from counter_app.services.imports_slices import Slice, Slicer
from counter_app.storage.imports import NEW, UNCHANGED, find_rows, stage
from counter_app.storage.seals import PAST_RETENTIONS, Seal
from counter_app.storage.sql import Reading, Row, Writing

NO_RESULT = "none"
"""What a map makes of a row that is about nobody who asked to leave."""


class PastResults:
    """Takes past results: a set keyed by number; what the hall holds is compared and never changed."""

    stages = ("past_retentions",)

    def __init__(self, of: ImportMap, slicer: Slicer, *, rules: RetentionRules, today: date) -> None:
        self.seal = Seal(PAST_RETENTIONS)
        self.counts = [0, 0, 0]
        self._map = of
        self._slicer = slicer
        self._codes = _codes(rules)
        self._today = today.isoformat()
        self._key = "record_no" if "record_no" in of.recipes else "number"

    def prepare(self, reading: Reading, part: Slice) -> Staged:
        """The slice's results that the hall does not hold yet, and those that it does."""
        records = [self._record(part, place) for place in range(len(part))]
        known = {row[0]: row[3:] for row in find_rows(reading, "past_retentions", [r[0] for r in records if r])}
        staged = Staged()
        for place, record in enumerate(records):
            if record is None or place in part.bad:
                continue
            old = known.get(record[0])
            if old is not None and not self._is_same(old, record):
                held = ", ".join(str(value) for value in old[2:-1] if value)
                self._slicer.fault(part, place, self._key, "other_content", held, record[0])
                continue
            change = NEW if old is None else UNCHANGED
            # the row's id and its entry come with the commit
            staged.add(place, (part.rows[place], record[0], change, None, *record, None))
        return staged

    def stage(self, work: Writing, part: Slice, staged: Staged) -> None:
        """Put the records aside and name those that stand in the file twice."""
        taken = stage(work, "past_retentions", staged.records)
        report_twice(self._slicer, part, staged, taken, self._key)
        seal_new(self.seal, staged, taken)
        count_changes(self.counts, staged, taken)

    def _record(self, part: Slice, place: int) -> Row | None:
        """The columns of a result from its number on; None for a row that is none, or that is wrong."""
        if place in part.bad or part.values["result"][place] == NO_RESULT:
            return None
        said = str(self._get(part, place, "reason") or "")
        reason = self._codes.get(said.casefold(), "")
        if said and not reason:
            self._slicer.fault(part, place, "reason", "not_one_of", ", ".join(dict.fromkeys(self._codes.values())))
            return None
        source = self._get(part, place, "source_reason")
        if "source_reason" not in self._map.recipes and said not in ("", reason):
            source = said
        content = (
            self._get(part, place, "number"),
            self._get(part, place, "name"),
            reason,
            source,
            self._get(part, place, "measure") or "",
            self._get(part, place, "result"),
        )
        day = self._get(part, place, "ended_on")
        number = self._get(part, place, "record_no") or _made_number(*content, day)
        return (number, *content, day or self._today)

    @staticmethod
    def _get(part: Slice, place: int, name: str) -> Value:
        values = part.values.get(name)
        return values[place] if values is not None else None

    def _is_same(self, old: Row, record: Row) -> bool:
        """Whether the hall's row says the same; the day of an import that knew none may be another one."""
        # number, name, reason, the file's words, measure, result, and the day
        is_dated = "ended_on" in self._map.recipes
        return old[:6] == record[1:7] and (not is_dated or old[6] == record[7])


def _codes(rules: RetentionRules) -> dict[str, str]:
    """The code of each reason by its code and its names in both languages."""
    found: dict[str, str] = {}
    for reason in rules.reasons:
        for choice in (reason, *reason.second):
            found |= dict.fromkeys((choice.code.casefold(), choice.name_zh, choice.name_en.casefold()), choice.code)
    return found


def _made_number(*content: Value) -> str:
    """The number of a result whose file gives none, the same each time the same result is read."""
    text = "\n".join("" if value is None else str(value) for value in content)
    return f"import-{hashlib.sha256(text.encode('utf-8', 'surrogatepass')).hexdigest()[:32]}"
