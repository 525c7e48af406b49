"""What was fed back to the hall manager, without Qt: the list, what waits for this person, and an answer to one."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime

from counter_app.domain.masks import mask_name, mask_phone
from counter_app.domain.retention_rules import RetentionRules
from counter_app.domain.staff import Right
from counter_app.services import retention, retention_feedback, staff
from counter_app.services.retention_feedback import FeedbackRow
from counter_app.ui.desk import Desk
from counter_app.ui.formats import day_and_clock
from counter_app.ui.intents import Intents
from counter_app.ui.language import tr
from counter_app.ui.retention.presenter_lane import step_trouble
from counter_app.ui.retention.presenter_reading import read
from counter_app.ui.retention.presenter_whole import Section, whole_case
from counter_app.ui.retention.words import reason_word
from counter_app.ui.theme import Tone
from counter_app.ui.wording import sentences

_FIRST = ("feedback", "form", "offers", "end", "customer", "signatures", "visits", "papers")
"""The problem is read first, then what was said and offered."""


@dataclass(frozen=True, slots=True)
class ProblemLine:
    """A problem in the list; `is_mine` waits for this person's answer."""

    case_id: str
    line: int
    case_no: str
    given: str
    given_at: datetime
    who: str
    number: str
    cause: str
    words: str
    staff_no: str
    state: str
    tone: Tone
    is_waiting: bool
    is_mine: bool


@dataclass(frozen=True, slots=True)
class ProblemScreen:
    """A problem that is answered, and the case behind it."""

    case_id: str
    line: int
    heading: str
    lead: str
    sections: tuple[Section, ...]


class FeedbacksPresenter:
    """The list, and one answer at a time; the same press after a failed COMMIT asks under the same intent."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk
        self._intents = Intents(desk)

    def lines(self, show: Callable[[tuple[ProblemLine, ...]], object], say: Callable[[str], object]) -> None:
        """Read the list: what waits first, the longest waiting on top."""
        desk = self._desk
        if desk.session is None:
            return
        hall, who, now = desk.hall, desk.who, desk.hall.clock.now()
        rules = hall.rules_on(now.date()).retention
        may_answer = who.may(Right.TAKE_UP)

        def job() -> tuple[ProblemLine, ...]:
            others = staff.who_may(hall, Right.TAKE_UP) - {who.staff_no}
            own_words = tr("您反馈的，由另一位班长答复") if others else tr("您反馈的，本厅还没有另一位班长答复")
            found = []
            for row in retention_feedback.fed_back(hall, who):
                is_own = may_answer and not row.taken_by and row.staff_no == who.staff_no
                made = problem_line(row, rules, now, is_mine=may_answer and not row.taken_by and not is_own)
                found.append(replace(made, state=own_words) if is_own else made)
            return tuple(found)

        read(desk, job, show, say)

    def waiting(self, show: Callable[[int], object], say: Callable[[str], object]) -> None:
        """Count what waits for this person; nothing is read for somebody who answers none."""
        desk = self._desk
        if desk.session is None:
            return
        hall, who = desk.hall, desk.who
        read(desk, lambda: retention_feedback.waiting(hall, who), show, say, right=Right.TAKE_UP)

    def open(self, line: ProblemLine, show: Callable[[ProblemScreen], object], say: Callable[[str], object]) -> None:
        """Read the case behind a problem that is to be answered."""
        hall, who = self._desk.hall, self._desk.who
        self._intents.begin()

        def job() -> ProblemScreen:
            whole = whole_case(hall, who, retention.view(hall, who, line.case_id))
            return ProblemScreen(
                case_id=line.case_id,
                line=line.line,
                heading=tr("答复：{no}", no=line.case_no),
                lead=tr(
                    "{who}，{number}。工号 {no} 于 {at} 反馈。",
                    who=line.who,
                    number=line.number,
                    no=line.staff_no,
                    at=line.given,
                ),
                sections=tuple(sorted(whole.sections, key=lambda part: _FIRST.index(part.key))),
            )

        read(self._desk, job, show, say, right=Right.TAKE_UP)

    def save(
        self, screen: ProblemScreen, words: str, on_done: Callable[[str], object], wrong: Callable[[str, str], object]
    ) -> None:
        """Keep the answer. `wrong` gets the field (empty: the whole) and why."""
        hall, who = self._desk.hall, self._desk.who
        self._intents.run(
            (screen.case_id, screen.line, words),
            lambda intent: retention_feedback.take_up(hall, who, screen.case_id, screen.line, words, intent),
            lambda _case: on_done(tr("答复已记下，经办的营业员会在挽留单上看到。")),
            lambda refusal: wrong("words", sentences(refusal)),
            lambda trouble: wrong("", step_trouble(trouble)),
            word=tr("正在保存"),
        )


def problem_line(row: FeedbackRow, rules: RetentionRules | None, now: datetime, *, is_mine: bool) -> ProblemLine:
    """One problem as the list shows it; everything masked."""
    if not row.taken_by:
        state = tr("等您答复") if is_mine else tr("等厅经理答复")
    else:
        state = tr("工号 {no} 答复：{answer}", no=row.taken_by, answer=row.answer)
    return ProblemLine(
        case_id=row.case_id,
        line=row.line,
        case_no=row.case_no,
        given=day_and_clock(row.fed_at.astimezone(now.tzinfo)),
        given_at=row.fed_at,
        who=mask_name(row.name),
        number=mask_phone(row.number),
        cause=reason_word(row.reason, rules) if rules is not None else row.reason,
        words=row.words or tr("内容已删除"),
        staff_no=row.staff_no,
        state=state,
        tone="warn" if is_mine else "ink" if not row.taken_by else "good",
        is_waiting=not row.taken_by,
        is_mine=is_mine,
    )
