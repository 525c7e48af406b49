"""Follow-ups (回访) without Qt: those that are due, mine first, and writing down how one went."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date

from counter_app.domain.masks import mask_name, mask_phone
from counter_app.domain.refusals import Refused
from counter_app.domain.staff import Right
from counter_app.services import retention, retention_after, retention_lists
from counter_app.services.retention_desk import CLOSED, CaseView
from counter_app.services.retention_lists import VisitRow
from counter_app.ui.desk import Desk
from counter_app.ui.formats import day
from counter_app.ui.intents import Intents
from counter_app.ui.language import tr
from counter_app.ui.retention.presenter_lane import step_trouble
from counter_app.ui.retention.presenter_reading import read
from counter_app.ui.retention.presenter_whole import OUTCOMES, Section, whole_case
from counter_app.ui.retention.screen import Option
from counter_app.ui.retention.words import RESULTS
from counter_app.ui.wording import sentences

_CODES = tuple(OUTCOMES)
_FOR_A_CALL = ("offers", "visits", "form", "feedback", "end", "customer", "signatures", "papers")
"""What was promised and said before is read first; who it is stands in the list already."""
_DAY = re.compile(r"(\d{4})(?:(\d\d)(\d\d)|[-/.](\d{1,2})[-/.](\d{1,2}))")


@dataclass(frozen=True, slots=True)
class VisitLine:
    """A follow-up in the list; `days_late` is 0 on the day it is due."""

    case_id: str
    line: int
    case_no: str
    customer_id: int
    who: str
    number: str
    result: str
    which: str
    due: str
    days_late: int
    owner_no: str
    is_mine: bool

    @property
    def late(self) -> str:
        """How late it is, in words."""
        return tr("逾期 {days} 天", days=self.days_late) if self.days_late else tr("今天")


@dataclass(frozen=True, slots=True)
class VisitScreen:
    """A follow-up that is written down: which one, the case behind it, and whether the line is in use today."""

    case_id: str
    line: int
    heading: str
    lead: str
    sections: tuple[Section, ...]
    outcomes: tuple[Option, ...]


class VisitPresenter:
    """The list, and one follow-up at a time; the same press after a failed COMMIT asks under the same intent."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk
        self._intents = Intents(desk)

    @property
    def may_visit(self) -> bool:
        """Whether this person writes follow-ups down, and does not only read them."""
        who = self._desk.session
        return who is not None and who.may(Right.RETAIN)

    def lines(self, show: Callable[[tuple[VisitLine, ...]], object], say: Callable[[str], object]) -> None:
        """Read what is due: mine first, and in each part the most overdue first."""
        desk = self._desk
        if desk.session is None:
            return
        hall, who = desk.hall, desk.who
        today = hall.clock.now().date()

        def job() -> tuple[VisitLine, ...]:
            found = [visit_line(row, today, who.staff_no) for row in retention_lists.visits_due(hall, who)]
            return tuple(sorted(found, key=lambda line: (not line.is_mine, -line.days_late)))

        read(desk, job, show, say)

    def open(self, line: VisitLine, show: Callable[[VisitScreen], object], say: Callable[[str], object]) -> None:
        """Read the case behind a follow-up."""
        desk, hall, who = self._desk, self._desk.hall, self._desk.who
        self._intents.begin()

        def job() -> VisitScreen:
            shown = retention.view(hall, who, line.case_id)
            whole = whole_case(hall, who, shown)
            return VisitScreen(
                case_id=line.case_id,
                line=line.line,
                heading=tr("登记回访：{which}", which=line.which),
                lead=_lead(line, shown),
                sections=tuple(sorted(whole.sections, key=lambda part: _FOR_A_CALL.index(part.key))),
                outcomes=tuple(Option(str(n), tr(word)) for n, word in enumerate(OUTCOMES.values(), 1)),
            )

        read(desk, job, show, say)

    def refusal(self) -> str:
        """Why this person hands no follow-up over; empty where nothing is in the way."""
        try:
            self._desk.who.need(Right.SIGN_OFF)
        except Refused as refused:
            return sentences(refused.refusal)
        return ""

    def hand_over(
        self, line: VisitLine, owner_no: str, on_done: Callable[[str], object], say: Callable[[str], object]
    ) -> None:
        """All follow-ups of the case that are not made yet go to somebody else."""
        hall, who, no = self._desk.hall, self._desk.who, owner_no.strip()
        self._intents.run(
            (line.case_id, no),
            lambda intent: retention_after.hand_over(hall, who, line.case_id, no, intent),
            lambda _case: on_done(tr("回访已移交给工号 {no}。", no=no)),
            lambda refusal: say(sentences(refusal)),
            lambda trouble: say(step_trouble(trouble)),
            word=tr("正在保存"),
        )

    def begin_hand_over(self) -> None:
        """A decision of its own: what was asked before is another one."""
        self._intents.begin()

    def save(
        self,
        screen: VisitScreen,
        outcome: str,
        next_on: str,
        on_done: Callable[[str], object],
        wrong: Callable[[str, str], object],
    ) -> None:
        """Write it down: `outcome` is the number that was typed, `next_on` a day or nothing. `wrong` gets the field
        (empty: the whole) and why.
        """
        if outcome not in {option.number for option in screen.outcomes}:
            wrong("outcome", tr("请填 1 到 {count} 中的一个编号。", count=len(screen.outcomes)))
            return
        day_on = typed_day(next_on)
        if next_on.strip() and day_on is None:
            wrong("next_on", tr("日期应写成 2026-12-31 这样。请改正。"))
            return
        hall, who, code = self._desk.hall, self._desk.who, _CODES[int(outcome) - 1]
        self._intents.run(
            (screen.case_id, screen.line, code, day_on),
            lambda intent: retention_after.visit(hall, who, screen.case_id, screen.line, code, intent, next_on=day_on),
            lambda _case: on_done(tr("第 {line} 次回访已登记：{word}", line=screen.line, word=tr(OUTCOMES[code]))),
            lambda refusal: wrong("", sentences(refusal)),
            lambda trouble: wrong("", step_trouble(trouble)),
            word=tr("正在保存"),
        )


def visit_line(row: VisitRow, today: date, staff_no: str) -> VisitLine:
    """One follow-up as the list shows it; everything masked."""
    return VisitLine(
        case_id=row.case_id,
        line=row.line,
        case_no=row.case_no,
        customer_id=row.customer_id,
        who=mask_name(row.name),
        number=mask_phone(row.number),
        result=tr(RESULTS[row.result]),
        which=tr("第 {line} 次，共 {of} 次", line=row.line, of=row.of),
        due=day(row.due_on),
        days_late=(today - row.due_on).days,
        owner_no=row.owner_no,
        is_mine=row.owner_no == staff_no,
    )


def overdue(lines: tuple[VisitLine, ...]) -> int:
    """How many of mine are past their day; what is due today is not late."""
    return sum(line.is_mine and line.days_late > 0 for line in lines)


def typed_day(text: str) -> date | None:
    """A day as it is typed: 2026-12-31, 2026/12/31, 20261231."""
    found = _DAY.fullmatch(unicodedata.normalize("NFKC", text).strip())
    if found is None:
        return None
    year, *rest = (int(part) for part in found.groups() if part)
    try:
        return date(year, *rest)
    except ValueError:
        return None


def _lead(line: VisitLine, shown: CaseView) -> str:
    alive = tr("号码已退网。") if shown.service.state == CLOSED else tr("号码在用。")
    return tr("应在 {due} 前，{late}。{alive}", due=line.due, late=line.late, alive=alive)
