"""The success of retention without Qt: both rates by reason, measure, teller and class, each with its cases."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from decimal import ROUND_HALF_UP, Decimal
from typing import cast

from counter_app.domain.retention_figures import OWN, PAST, Dimension, GroupRate, Rate
from counter_app.domain.retention_followup import months_later
from counter_app.domain.retention_rules import RetentionRules
from counter_app.services import retention_lists
from counter_app.services.retention_lists import Progress, Rates
from counter_app.services.table_files import Cell
from counter_app.ui.desk import Desk
from counter_app.ui.formats import day
from counter_app.ui.language import later, tr
from counter_app.ui.retention.presenter_long import LongReading
from counter_app.ui.retention.words import offer_word, reason_word

PERIODS = {"3": later("近 3 个月"), "6": later("近 6 个月"), "12": later("近 12 个月"), "24": later("近 24 个月")}
"""The period by its months, this one among them."""
DIMENSIONS: dict[Dimension, str] = {
    "reason": later("按原因"),
    "measure": later("按措施"),
    "teller": later("按营业员"),
    "value": later("按客户价值"),
    "source": later("按来源"),
}
_VALUES = {"valued": later("有价值客户"), "ordinary": later("普通客户")}
_SOURCES = {OWN: later("本程序办结的"), PAST: later("导入的以往结果")}


@dataclass(frozen=True, slots=True)
class RateCell:
    """One rate: as text, with its cases and its interval in words; the ends are basis points, None without a case."""

    rate: str
    cases: str
    kept: int
    count: int
    pending: int
    low: int | None
    high: int | None

    @property
    def share(self) -> float:
        """Where the rate lies between 0 and 1, for painting only."""
        return self.kept / self.count if self.count else 0.0


@dataclass(frozen=True, slots=True)
class RateRow:
    """A group with both of its rates."""

    group: str
    success: RateCell
    keep: RateCell


@dataclass(frozen=True, slots=True)
class RatesScreen:
    """A period: both rates of the whole, and of each group of the dimension that is looked at, the largest first."""

    period: str
    whole: RateRow
    rows: tuple[RateRow, ...]
    explanation: str


class RatePresenter:
    """One period and one dimension at a time; another dimension of the same period is there at once."""

    def __init__(
        self,
        desk: Desk,
        show: Callable[[RatesScreen], object],
        say: Callable[[str], object],
        on_stopped: Callable[[], object],
    ) -> None:
        self._desk, self._show, self._say, self._on_stopped = desk, show, say, on_stopped
        self.reading = LongReading(desk, later("正在计算成功率"))
        self.months = "12"
        self.dimension: Dimension = "reason"
        self._found: tuple[str, Rates, RetentionRules] | None = None

    def choose_period(self, months: str) -> None:
        """Another period, by the number of its months."""
        self.months = months
        self.read()

    def choose_dimension(self, dimension: str) -> None:
        """Another way to group."""
        self.dimension = cast("Dimension", dimension)
        self._tell()

    @property
    def has_figures(self) -> bool:
        """Whether the figures of a period stand on the page."""
        return self._found is not None

    def read(self) -> None:
        """Read the period, and give up the reading of another one."""
        who, hall, months = self._desk.session, self._desk.hall, self.months
        from_on, to_on = self._days()
        rules = hall.rules_on(to_on).retention

        def job(progress: Progress) -> Rates:
            assert who is not None, "nothing is read where nobody is signed in"
            return retention_lists.rates(hall, who, from_on, to_on, progress)

        def done(found: Rates) -> None:
            if rules is not None:
                self._found = months, found, rules
                self._tell()

        self.reading.begin(job, done, self._say, self._stopped)

    def let_go(self) -> None:
        """The person leaves the counter."""
        self.reading.give_up()
        self._found = None

    def exported(self) -> tuple[tuple[Cell, ...], ...]:
        """Every group of every dimension as rows for a file, the titles first; nothing before they were read."""
        if self._found is None:
            return ()
        _months, found, rules = self._found
        period = self._period()
        rows: list[tuple[Cell, ...]] = [_titles(), (period, tr("全部"), "", *_cells(found.success, found.keep))]
        for dimension, groups in found.groups.items():
            for one in groups:
                names = tr(DIMENSIONS[dimension]), group_word(dimension, one.group, rules)
                rows.append((period, *names, *_cells(one.success, one.keep)))
        return tuple(rows)

    def _stopped(self) -> None:
        """The page stays as it was: with the period whose figures stand there."""
        if self._found is not None:
            self.months = self._found[0]
            self._tell()
        self._on_stopped()

    def _tell(self) -> None:
        if self._found is None or self._found[0] != self.months:
            return
        _months, found, rules = self._found
        groups = sorted(found.groups[self.dimension], key=lambda one: (-_all(one.success), one.group))
        self._show(
            RatesScreen(
                self._period(),
                RateRow(tr("全部"), rate_cell(found.success), rate_cell(found.keep)),
                tuple(rate_row(self.dimension, one, rules) for one in groups),
                explanation(rules),
            )
        )

    def _days(self) -> tuple[date, date]:
        to_on = self._desk.hall.clock.now().date()
        return months_later(to_on.replace(day=1), 1 - int(self.months)), to_on

    def _period(self) -> str:
        from_on, to_on = self._days()
        return tr("{from_on} 到 {to_on} 办结的挽留单", from_on=day(from_on), to_on=day(to_on))


def rate_row(dimension: Dimension, one: GroupRate, rules: RetentionRules) -> RateRow:
    """A group in words."""
    return RateRow(group_word(dimension, one.group, rules), rate_cell(one.success), rate_cell(one.keep))


def rate_cell(rate: Rate) -> RateCell:
    """A rate in words: a dash where no case is decided; those that are not decided yet are told beside it."""
    found, interval = rate.figure.rounded(), rate.interval
    words = tr("{kept}/{count} 件", kept=rate.kept, count=rate.cases)
    if interval is not None:
        words = tr(
            "{kept}/{count} 件，{low}–{high}%",
            kept=rate.kept,
            count=rate.cases,
            low=tenth(interval.low),
            high=tenth(interval.high),
        )
    if rate.pending:
        words = tr("{words}，未到期 {pending}", words=words, pending=rate.pending)
    return RateCell(
        "—" if found is None else f"{found}%",
        words,
        rate.kept,
        rate.cases,
        rate.pending,
        None if interval is None else interval.low,
        None if interval is None else interval.high,
    )


def tenth(points: int) -> str:
    """Basis points in percent with one decimal, half up."""
    return str((Decimal(points) / 100).quantize(Decimal("0.1"), ROUND_HALF_UP))


def group_word(dimension: Dimension, group: str, rules: RetentionRules) -> str:
    """What a group is called."""
    match dimension:
        case "reason":
            return reason_word(group, rules) if group else tr("没有填原因")
        case "measure":
            return offer_word(group, rules)
        case "teller":
            return tr("营业员 {no}", no=group)
        case "value":
            return tr(_VALUES[group])
        case "source":
            return tr(_SOURCES[group])


def explanation(rules: RetentionRules) -> str:
    """How both figures come about, and what the whisker is."""
    return tr(
        "挽留成功率＝留下且满 {days} 天仍在用 ÷ 办结（撤回不算）。四个月保有率＝最后一次回访后仍在用 ÷ 留下。"
        "横线两端是 95% 区间（Wilson），件数越少越宽；没有到期的不计入。"
        "导入的以往结果照文件计，没有核对过 {days} 天，只在“按来源”里单列。",
        days=rules.success_days,
    )


def _all(rate: Rate) -> int:
    return rate.cases + rate.pending


def _titles() -> tuple[Cell, ...]:
    figures = (tr("挽留成功率"), tr("四个月保有率"))
    parts = ("%", tr("保住"), tr("件数"), tr("区间低 %"), tr("区间高 %"), tr("未到期"))
    return (tr("期间"), tr("分组"), tr("组"), *(f"{figure} {part}" for figure in figures for part in parts))


def _cells(*rates: Rate) -> tuple[Cell, ...]:
    found: list[Cell] = []
    for rate in rates:
        interval = rate.interval
        ends = ("", "") if interval is None else (tenth(interval.low), tenth(interval.high))
        found += [rate.figure.rounded() or "", rate.kept, rate.cases, *ends, rate.pending]
    return tuple(found)
