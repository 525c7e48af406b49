"""The leavers and the saved (离网库, 挽留库) without Qt: a period of one of them, searched, and as a file."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import date

from counter_app.domain.masks import mask_name, mask_phone
from counter_app.domain.refusals import Refused
from counter_app.domain.retention_rules import RetentionRules
from counter_app.domain.staff import Right
from counter_app.services import retention_lists
from counter_app.services.retention_desk import rules_of
from counter_app.services.retention_lists import Library, LibraryRow
from counter_app.ui.desk import Desk
from counter_app.ui.formats import day
from counter_app.ui.language import later, tr
from counter_app.ui.retention.presenter_reading import read
from counter_app.ui.retention.presenter_whole import Section, WholeCase, read_whole
from counter_app.ui.retention.screen import Fact
from counter_app.ui.retention.words import RESULTS, offer_word, reason_word
from counter_app.ui.wording import sentences

LIBRARIES: dict[Library, str] = {"left": later("离网库"), "kept": later("挽留库")}


@dataclass(frozen=True, slots=True)
class LibraryLine:
    """One customer in a library: the five columns of document 002 (002-A13), masked, and the day of the result, which
    is read in the whole case.
    """

    key: str
    case_id: str
    number: str
    who: str
    reason: str
    measures: str
    result: str
    ended: str
    searched: str = field(repr=False)


class LibraryPresenter:
    """Reads one library for one period. `library` and `days` are what was chosen last."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk
        self.library: Library = "left"
        self.days = (date.min, date.max)

    def lines(self, show: Callable[[tuple[LibraryLine, ...]], object], say: Callable[[str], object]) -> None:
        """Read what was chosen, the newest first; an answer to a question that is no longer asked is not shown."""
        if self._desk.session is None:
            return
        hall, who, asked = self._desk.hall, self._desk.who, (self.library, self.days)
        from_on, to_on = self.days

        def job() -> tuple[LibraryLine, ...]:
            rules = rules_of(hall, hall.clock.now().date())
            found = retention_lists.library(hall, who, asked[0], from_on, to_on)
            return tuple(library_line(row, rules) for row in found)

        def shown(lines: tuple[LibraryLine, ...]) -> None:
            if asked == (self.library, self.days):
                show(lines)

        read(self._desk, job, shown, say)

    def open(self, line: LibraryLine, show: Callable[[WholeCase], object], say: Callable[[str], object]) -> None:
        """Read the whole case; of a result from before this program there is only the line."""
        if line.case_id:
            read_whole(self._desk, line.case_id, show, say)
            return
        facts = (
            Fact(tr("号码"), line.number),
            Fact(tr("客户姓名"), line.who),
            Fact(tr("退网原因"), line.reason),
            Fact(tr("挽留措施"), line.measures or tr("没有记下")),
            Fact(tr("挽留结果"), line.result),
            Fact(tr("结果日期"), line.ended),
        )
        show(WholeCase(tr("使用本程序以前的记录"), (Section(tr("导入时只有这几项"), facts),)))

    def refusal(self) -> str:
        """Why this person takes no file away; empty where nothing is in the way."""
        try:
            self._desk.who.need(Right.REVEAL)
        except Refused as refused:
            return sentences(refused.refusal)
        return ""

    def rows(self, only: frozenset[str] | None) -> Callable[[], tuple[tuple[str, ...], ...]]:
        """What makes the rows of a file, for a lane: with names and numbers in full, and an entry that says so. `only`:
        the keys of the lines that a search has left, None for all of the period.
        """
        hall, who, which = self._desk.hall, self._desk.who, self.library
        from_on, to_on = self.days
        return lambda: retention_lists.export(hall, who, which, from_on, to_on, only=only)


def library_line(row: LibraryRow, rules: RetentionRules) -> LibraryLine:
    """One customer as the list shows it; it is found by the full number, too."""
    reason = reason_word(row.reason, rules)
    measures = tr("、").join(offer_word(measure, rules) for measure in row.measures)
    result, ended = tr(RESULTS[row.result]), day(row.ended_on)
    searched = " ".join((row.number, row.name, reason, measures, result)).lower()
    return LibraryLine(
        row.key, row.case_id, mask_phone(row.number), mask_name(row.name), reason, measures, result, ended, searched
    )


def found(lines: Sequence[LibraryLine], text: str) -> tuple[LibraryLine, ...]:
    """The customers in whose line every word of the search stands."""
    words = text.lower().split()
    return tuple(line for line in lines if all(word in line.searched for word in words))
