"""The reports without Qt: what is asked for, made on the lane for long work, opened and saved."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from counter_app.domain.reports import Asked, Report, ReportKind, ReportRow
from counter_app.domain.rights import Right
from counter_app.services import reports
from counter_app.services.reports import OpenedEntry
from counter_app.ui.desk import Desk
from counter_app.ui.formats import amount, day_and_clock
from counter_app.ui.language import later, tr
from counter_app.ui.retention.presenter_long import LongReading
from counter_app.ui.wording import sentences, trouble_sentences
from counter_app.ui.wording_reports import code_word, said_word

Say = Callable[[str], object]


@dataclass(frozen=True, slots=True)
class RecordRow:
    """An entry behind a figure, as the list shows it."""

    at: str
    what: str
    staff_no: str
    no: str
    words: str
    amount: str
    receipt_no: str
    customer_id: int | None


class ReportsPresenter:
    """One report at a time: a newer question ends the older one."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk
        self.reading = LongReading(desk, later("正在做报表"), Right.SEE_REPORTS)
        self.opening = LongReading(desk, later("正在读取记录"), Right.SEE_REPORTS)

    def today(self) -> date:
        """The day in the hall."""
        return self._desk.hall.clock.now().date()

    def make(
        self, kind: ReportKind, days: tuple[date, date], show: Callable[[Report], object], say: Say, on_stopped: Say
    ) -> bool:
        """Make a report; False where nobody is there who may."""
        hall, who = self._desk.hall, self._desk.session

        def job(progress: Callable[[int, int], object]) -> Report:
            assert who is not None, "nothing is read where nobody is signed in"
            return reports.make(hall, who, Asked(kind, *days), progress)

        return self.reading.begin(job, show, say, lambda: on_stopped(tr("已停止。按 Ctrl+R 再做一次。")))

    def open(self, row: ReportRow, show: Callable[[tuple[RecordRow, ...]], object], say: Say) -> None:
        """The entries behind a row."""
        hall, who = self._desk.hall, self._desk.session

        def job(_progress: Callable[[int, int], object]) -> tuple[RecordRow, ...]:
            assert who is not None, "nothing is read where nobody is signed in"
            return tuple(map(_record, reports.entries_behind(hall, who, row)))

        self.opening.begin(job, show, say, lambda: None)

    def save(self, report: Report, path: Path, done: Callable[[], object], say: Say) -> None:
        """Write the report that is on the screen to a file."""
        hall, who = self._desk.hall, self._desk.who
        self._desk.lanes.run(
            "long",
            lambda: reports.save(hall, who, report, path),
            lambda _none: done(),
            lambda refusal: say(sentences(refusal)),
            lambda trouble: say(trouble_sentences(trouble)),
            word=tr("正在导出"),
        )

    def let_go(self) -> None:
        """Nobody looks any more."""
        self.reading.give_up()
        self.opening.give_up()


def _record(entry: OpenedEntry) -> RecordRow:
    return RecordRow(
        at=day_and_clock(entry.at),
        what=code_word(entry.kind),
        staff_no=entry.staff_no,
        no=entry.no,
        words=said_word(entry.words),
        amount=amount(entry.fen) if entry.fen else "",
        receipt_no=entry.receipt_no,
        customer_id=entry.customer_id,
    )
