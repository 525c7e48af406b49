"""The reports of a counter: one table each, the same rows on the screen, on paper, in a file and as JSON."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from typing import Any, Literal, NamedTuple

from counter_app.domain.money import Fen
from counter_app.domain.report_exceptions import ExceptionEntry
from counter_app.domain.shift_close import Compared
from counter_app.domain.undo_reasons import UndoReason, UndoReasons
from counter_app.domain.z_report import Figure, PostedLine, ShiftReport, figures_of_postings


class ReportKind(StrEnum):
    """What a report adds up, or lists."""

    DAY = "day"
    SHIFT = "shift"
    TELLER = "teller"
    TENDER = "tender"
    RECEIPTS = "receipts"
    EXCEPTIONS = "exceptions"
    REVEALS = "reveals"


FIGURES = frozenset((ReportKind.DAY, ReportKind.SHIFT, ReportKind.TELLER, ReportKind.TENDER))
"""Reports of sums; the others are lists of single things."""

CellForm = Literal["text", "word", "said", "count", "fen", "day", "moment"]
Cell = str | int | date | datetime | UndoReason | None
"""A code, a text, a number, fen, a day or a moment; what was said is a text, or a code behind `WHY`; a reason of the
rule pack brings its words with it. None: a sum over all, or nothing to say.
"""


class ReportColumn(NamedTuple):
    """A column: its key, what its cells are, and its part of the width."""

    key: str
    form: CellForm
    share: float = 1.0


_SUMS = (ReportColumn("figure", "word", 2.4), ReportColumn("count", "count", 1.0), ReportColumn("fen", "fen", 1.5))
COLUMNS: Mapping[ReportKind, tuple[ReportColumn, ...]] = {
    ReportKind.DAY: (ReportColumn("business_date", "day", 1.4), *_SUMS),
    ReportKind.SHIFT: (ReportColumn("shift_no", "text", 1.5), ReportColumn("staff_no", "text"), *_SUMS),
    ReportKind.TELLER: (ReportColumn("staff_no", "text"), ReportColumn("staff_name", "text", 1.2), *_SUMS),
    ReportKind.TENDER: (ReportColumn("tender", "word", 1.4), *_SUMS),
    ReportKind.RECEIPTS: (
        ReportColumn("first", "text", 1.9),
        ReportColumn("last", "text", 1.9),
        ReportColumn("count", "count", 0.9),
        ReportColumn("state", "word", 1.2),
        ReportColumn("why", "word", 1.2),
        ReportColumn("shift_no", "text", 1.5),
        ReportColumn("fen", "fen", 1.2),
    ),
    ReportKind.EXCEPTIONS: (
        ReportColumn("at", "moment", 1.6),
        ReportColumn("what", "word", 1.8),
        ReportColumn("staff_no", "text", 0.8),
        ReportColumn("approvers", "text", 1.0),
        ReportColumn("no", "text", 1.9),
        ReportColumn("words", "said", 2.0),
        ReportColumn("fen", "fen", 1.1),
    ),
    ReportKind.REVEALS: (
        ReportColumn("at", "moment", 1.7),
        ReportColumn("staff_no", "text", 0.8),
        ReportColumn("field", "word", 1.2),
        ReportColumn("customer_no", "text", 1.4),
        ReportColumn("words", "said", 2.4),
    ),
}


@dataclass(frozen=True, slots=True)
class ReportRow:
    """One line, and what it opens to: the entries it adds up, as which figure of theirs, the receipt and the customer
    it is about.
    """

    cells: tuple[Cell, ...]
    entries: tuple[str, ...] = ()
    figure: str = ""
    receipt_no: str = ""
    customer_id: int | None = None


class ReportNote(NamedTuple):
    """Why money of a shift is not in the figures: `uncounted`, its drawer was not counted yet, or `differs`, its two
    paths do not agree.
    """

    what: Literal["uncounted", "differs"]
    shift_no: str


@dataclass(frozen=True, slots=True)
class Asked:
    """What a report is about: the days, both included, and only one shift or one person where they are named."""

    kind: ReportKind
    from_on: date
    to_on: date
    shift_no: str = ""
    staff_no: str = ""


@dataclass(frozen=True, slots=True)
class Report:
    """A report as it was made at a moment."""

    asked: Asked
    made_at: datetime
    rows: tuple[ReportRow, ...]
    notes: tuple[ReportNote, ...] = ()

    @property
    def columns(self) -> tuple[ReportColumn, ...]:
        """The columns of its rows."""
        return COLUMNS[self.asked.kind]

    def as_json(self) -> dict[str, Any]:
        """The same rows with plain values: fen as whole numbers, codes as they are, days and moments in ISO."""
        keys = [column.key for column in self.columns]
        asked = self.asked
        is_list = asked.kind not in FIGURES
        return {
            "report": asked.kind.value,
            "from": asked.from_on.isoformat(),
            "to": asked.to_on.isoformat(),
            "shift_no": asked.shift_no,
            "staff_no": asked.staff_no,
            "made_at": self.made_at.isoformat(timespec="seconds"),
            "left_out": [[note.what, note.shift_no] for note in self.notes],
            "rows": [
                dict(zip(keys, map(_plain, row.cells), strict=True))
                | ({"entries": list(row.entries)} if is_list else {})
                for row in self.rows
            ],
        }


class ShiftFacts(NamedTuple):
    """A shift for the reports: its figures, and once it is closed the entry of that with each tender as counted."""

    report: ShiftReport
    closing_id: str = ""
    compared: tuple[Compared, ...] = ()


_STOCKS = ("float", "expected", "counted")
"""What lies in a drawer, and is no sum over several: the notes of one shift are the float of the next."""
COUNT_ONLY = frozenset(("receipts", "shifts"))
"""Figures without money."""
ORDER = (
    *("shifts", "receipts", "taken", "back", "retender", "undone", "settled", "open_again", "prepaid", "cash_in"),
    *("cash_out", "given_back", "recovered", "float", "expected", "counted", "over", "short"),
)
"""The figures as they stand below one another; one that is not named here comes last."""

_Lead = tuple[Cell, ...]


def figure_rows(kind: ReportKind, shifts: Iterable[ShiftFacts], names: Mapping[str, str]) -> tuple[ReportRow, ...]:
    """The sums of shifts by day, by shift, by teller (`names` by staff number) or by tender; over several days with the
    sum of all before them.

    Every figure is one of a shift's own (`z_report`), on which both of its paths agree, added up and nothing else.
    """
    made: dict[_Lead, _Sum] = {}
    whole = _Sum()
    for facts in shifts:
        lead = _LEADS[kind](facts, names)
        for figure in _figures(facts):
            first, _, of = figure.name.partition(".")
            if kind is not ReportKind.SHIFT and first in _STOCKS:
                continue
            if kind is ReportKind.TENDER:
                if first in _OF_TENDER:
                    made.setdefault((of,), _Sum()).add(first, figure)
                continue
            made.setdefault(lead, _Sum()).add(figure.name, figure)
            whole.add(figure.name, figure)
    leads = sorted(made, key=_in_order) if kind is not ReportKind.SHIFT else list(made)
    rows = [row for lead in leads for row in made[lead].rows(lead)]
    if kind is ReportKind.DAY and len(made) > 1:
        return (*whole.rows((None,)), *rows)
    return tuple(rows)


_OF_TENDER = frozenset(("taken", "back", "retender", "over", "short"))
_LEADS: Mapping[ReportKind, Callable[[ShiftFacts, Mapping[str, str]], _Lead]] = {
    ReportKind.DAY: lambda facts, _names: (facts.report.shift.business_date,),
    ReportKind.SHIFT: lambda facts, _names: (facts.report.shift.shift_no, facts.report.shift.staff_no),
    ReportKind.TELLER: lambda facts, names: (
        facts.report.shift.staff_no,
        names.get(facts.report.shift.staff_no, ""),
    ),
    ReportKind.TENDER: lambda _facts, _names: (),
}


def _in_order(lead: _Lead) -> tuple[str, ...]:
    return tuple(map(str, lead))


def _figures(facts: ShiftFacts) -> Iterator[Figure]:
    closing = (facts.closing_id,) if facts.closing_id else ()
    yield Figure("shifts", 0, 1, closing)
    yield from facts.report.figures
    for line in facts.compared:
        yield Figure(f"counted.{line.tender}", line.counted_fen, 1, closing)
        if off_fen := line.difference_fen:
            # too much and missing are never added up: one does not pay for the other (domain_rules 2.3, CTR5)
            yield Figure(f"{'over' if off_fen > 0 else 'short'}.{line.tender}", off_fen, 1, closing)


class _Sum:
    """The figures of one day, shift, teller or tender in the making."""

    def __init__(self) -> None:
        self._fen: dict[str, Fen] = {}
        self._count: dict[str, int] = {}
        self._entries: dict[str, list[str]] = {}

    def add(self, name: str, figure: Figure) -> None:
        """Add a shift's figure under a name."""
        self._fen[name] = self._fen.get(name, 0) + figure.fen
        self._count[name] = self._count.get(name, 0) + figure.count
        self._entries.setdefault(name, []).extend(figure.rows)

    def rows(self, lead: _Lead) -> Iterator[ReportRow]:
        """The rows of these sums, in the order in which figures are read."""
        for name in sorted(self._fen, key=_place):
            fen = None if name in COUNT_ONLY else self._fen[name]
            whole_name = f"{name}.{lead[0]}" if name in _OF_TENDER else name
            yield ReportRow((*lead, name, self._count[name], fen), tuple(self._entries[name]), whole_name)


def _place(name: str) -> tuple[int, str]:
    first = name.partition(".")[0]
    return (ORDER.index(first) if first in ORDER else len(ORDER)), name


def share_of(entry: ExceptionEntry, figure: str) -> Fen:
    """How many fen of a figure are of this entry; of one that has no money, or is none, what the entry moved.

    A figure is the sum of the shares of the entries that it opens to.
    """
    first, _, tender = figure.partition(".")
    if first in _AT_CLOSE:
        return sum(_at_close(first, *line[1:3]) for line in entry.body.get("tenders", ()) if line[0] == tender)
    shift_id = entry.content["shift_id"]
    lines = (PostedLine(entry.entry_id, entry.kind, *posting) for posting in entry.content["postings"])
    found = figures_of_postings(shift_id, lines).get(figure) if shift_id and figure not in COUNT_ONLY else None
    return entry.fen if found is None else found.fen


_AT_CLOSE = frozenset(("counted", "over", "short"))


def _at_close(what: str, expected_fen: Fen, counted_fen: Fen) -> Fen:
    off_fen = counted_fen - expected_fen
    return {"counted": counted_fen, "over": max(off_fen, 0), "short": min(off_fen, 0)}[what]


class IssuedReceipt(NamedTuple):
    """A receipt that was issued; `way` and `reason_code` say how and why it is void, empty while it is not."""

    receipt_no: str
    counter_id: str
    year: int
    serial: int
    shift_no: str
    fen: Fen
    payment_id: str
    customer_id: int
    undo_id: str = ""
    way: str = ""
    reason_code: str = ""


class MissingSerials(NamedTuple):
    """Serials of a series that no receipt here has; `is_given_back`: of payments that the hub has and this
    file lost.
    """

    series_no: str
    counter_id: str
    year: int
    first: int
    last: int
    is_given_back: bool


def receipt_rows(
    issued: Iterable[IssuedReceipt], missing: Iterable[MissingSerials], reasons: UndoReasons
) -> tuple[ReportRow, ...]:
    """The series in its order: runs of used numbers shift by shift, each void one by itself, and every gap."""
    rows: list[tuple[tuple[str, int, int], ReportRow]] = []
    run: list[IssuedReceipt] = []

    def end_run() -> None:
        if run:
            place = (run[0].counter_id, run[0].year, run[0].serial)
            rows.append((place, _used(run)))
            run.clear()

    for one in issued:
        goes_on = run and (one.counter_id, one.year, one.serial - 1, one.shift_no) == (
            *(run[-1].counter_id, run[-1].year, run[-1].serial, run[-1].shift_no),
        )
        if one.way or not goes_on:
            end_run()
        if one.way:
            rows.append(((one.counter_id, one.year, one.serial), _void(one, reasons)))
        else:
            run.append(one)
    end_run()
    for gap in missing:
        rows.append(((gap.counter_id, gap.year, gap.first), _gap(gap)))
    return tuple(row for _, row in sorted(rows, key=lambda placed: placed[0]))


def _used(run: Sequence[IssuedReceipt]) -> ReportRow:
    first, last, fen = run[0], run[-1], sum(one.fen for one in run)
    entries = tuple(one.payment_id for one in run)
    is_one = len(run) == 1
    return ReportRow(
        (first.receipt_no, last.receipt_no, len(run), "used", None, first.shift_no, fen),
        entries,
        receipt_no=first.receipt_no if is_one else "",
        customer_id=first.customer_id if is_one else None,
    )


def _void(one: IssuedReceipt, reasons: UndoReasons) -> ReportRow:
    why = reasons.named(one.reason_code)
    cells = (one.receipt_no, one.receipt_no, 1, f"void.{one.way}", why, one.shift_no, one.fen)
    return ReportRow(cells, (one.payment_id, one.undo_id), receipt_no=one.receipt_no, customer_id=one.customer_id)


def _gap(gap: MissingSerials) -> ReportRow:
    first, last = (f"{gap.series_no}{serial:06d}" for serial in (gap.first, gap.last))
    state = "given_back" if gap.is_given_back else "missing"
    return ReportRow((first, last, gap.last - gap.first + 1, state, None, "", None))


def _plain(cell: Cell) -> str | int | None:
    if isinstance(cell, datetime):
        return cell.isoformat(timespec="seconds")
    if isinstance(cell, UndoReason):
        return cell.code
    return cell.isoformat() if isinstance(cell, date) else cell
