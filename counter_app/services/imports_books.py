"""Prepaid that accounts of a file come with: it opens a book once, and moves at the counter from then on."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date

from counter_app.domain.imports_values import Value
from counter_app.domain.money import format_fen
from counter_app.services.imports_bills import Staged, seal_new
from counter_app.services.imports_slices import Slice, Slicer
from counter_app.storage.imports import NEW, find_rows, stage
from counter_app.storage.seals import BOOKS, Seal
from counter_app.storage.sql import Reading, Writing


@dataclass(frozen=True, slots=True)
class OpeningKind:
    """What a file may say of prepaid: its field, and the kind, name and priority of the book that it opens."""

    field: str
    kind: str
    name: str
    priority: int


OPENINGS = (OpeningKind("prepaid", "cash", "预存", 9), OpeningKind("gift", "benefit", "赠款", 2))


def has_opening(row: Mapping[str, Value]) -> bool:
    """Whether a row says anything about prepaid."""
    return any(row.get(kind.field) is not None for kind in OPENINGS)


class Openings:
    """Takes the openings of a file; an opening that the hall has is compared and never changed."""

    def __init__(self, slicer: Slicer, today: date) -> None:
        self._slicer = slicer
        self._opened_on = today.isoformat()
        self.seal = Seal(BOOKS)

    def known(self, reading: Reading, part: Slice, account_ids: Iterable[int]) -> dict[tuple[int, str], int]:
        """What the books of these accounts opened with, in fen by account and kind."""
        found: dict[tuple[int, str], int] = {}
        if any(kind.field in part.values for kind in OPENINGS):
            for account_id, kind, opening_fen in find_rows(reading, "books", account_ids):
                found[account_id, kind] = found.get((account_id, kind), 0) + opening_fen
        return found

    def add(
        self,
        staged: Staged,
        part: Slice,
        place: int,
        row: Mapping[str, Value],
        account_id: int,
        known: Mapping[tuple[int, str], int],
    ) -> bool:
        """The row's new books; whether there are any. Another opening than the one held is an error of the row."""
        is_new = False
        for at, kind in enumerate(OPENINGS):
            fen = row.get(kind.field)
            if not isinstance(fen, int):
                continue
            held_fen = known.get((account_id, kind.kind))
            if held_fen is not None:
                if held_fen != fen:
                    held, said = format_fen(held_fen, grouping=False), format_fen(fen, grouping=False)
                    self._slicer.fault(part, place, kind.field, "opening_fixed", held, said)
            elif fen:
                # a row of the file may open two books
                number = part.rows[place] * len(OPENINGS) + at
                book = (account_id, kind.name, kind.kind, "[]", kind.priority, None, fen, "import", self._opened_on)
                staged.add(place, (number, f"{row['account_no']} {kind.kind}", NEW, None, *book, None))
                is_new = True
        return is_new

    def stage(self, work: Writing, part: Slice, staged: Staged) -> None:
        """Put the books aside; rows that open one account's book differently are named."""
        if not staged.records:
            return
        taken = stage(work, "books", staged.records)
        for again in taken:
            if not again.is_same:
                place, kind = staged.places[again.place], OPENINGS[staged.records[again.place][0] % len(OPENINGS)]
                earlier = f"row {again.earlier_row // len(OPENINGS)}"
                self._slicer.fault(part, place, kind.field, "disagrees", earlier)
        seal_new(self.seal, staged, taken)
