"""Audits (稽核) without Qt: ended cases that nobody has checked, one of them side by side, and errors by teller."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date

from counter_app.domain.masks import mask_in_words, mask_name, mask_phone
from counter_app.domain.retention import Gate, Result
from counter_app.domain.retention_feedback import is_asked_for
from counter_app.domain.retention_followup import months_later
from counter_app.domain.retention_rules import RetentionRules
from counter_app.domain.staff import Right
from counter_app.services import retention, retention_after, retention_lists
from counter_app.services.retention_desk import CaseView
from counter_app.services.retention_lists import CaseRow, TellerErrors
from counter_app.services.table_files import Cell
from counter_app.ui.desk import Desk
from counter_app.ui.formats import day, month
from counter_app.ui.intents import Intents
from counter_app.ui.language import tr
from counter_app.ui.retention.presenter_feedback import feedback_facts
from counter_app.ui.retention.presenter_form import id_word
from counter_app.ui.retention.presenter_lane import step_trouble
from counter_app.ui.retention.presenter_reading import read
from counter_app.ui.retention.presenter_steps import Standing
from counter_app.ui.retention.presenter_whole import MISSES, Section, gate_fact, offer_facts, signature_facts
from counter_app.ui.retention.screen import Fact, Option
from counter_app.ui.retention.words import RESULTS, reasons_words
from counter_app.ui.wording import sentences

_CODES = tuple(MISSES)


@dataclass(frozen=True, slots=True)
class AuditLine:
    """An ended case in the queue; `unavailable` counts signatures that something stands in for, `lacks_feedback`: the
    pack asks for the problem to be fed back, and it was not (002-3b).
    """

    case_id: str
    case_no: str
    ended: str
    who: str
    number: str
    result: str
    is_valued: bool
    unavailable: int
    lacks_feedback: bool
    staff_no: str

    @property
    def notes(self) -> str:
        """What to look at first."""
        valued = tr("高价值") if self.is_valued else ""
        missing = tr("无人签 {count} 处", count=self.unavailable) if self.unavailable else ""
        silent = tr("没有反馈厅经理") if self.lacks_feedback else ""
        return " · ".join(filter(None, (valued, missing, silent)))


@dataclass(frozen=True, slots=True)
class AuditScreen:
    """A case under audit: identity, signatures and record beside each other, and the kinds of errors by number."""

    case_id: str
    heading: str
    lead: str
    parts: tuple[Section, Section, Section]
    misses: tuple[Option, ...]


class AuditPresenter:
    """The queue, the errors of a month, and one case at a time. `back` counts the months back from this one."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk
        self._intents = Intents(desk)
        self.back = 0

    @property
    def month(self) -> date:
        """The month whose errors are shown."""
        return months_later(self._desk.hall.clock.now().date().replace(day=1), -self.back)

    @property
    def month_word(self) -> str:
        """The month as it is written."""
        return month(self.month)

    def lines(self, show: Callable[[tuple[AuditLine, ...]], object], say: Callable[[str], object]) -> None:
        """Read the queue, the oldest first."""
        desk = self._desk
        if desk.session is not None:
            hall, who = desk.hall, desk.who
            rules = hall.rules_on(hall.clock.now().date()).retention
            read(
                desk,
                lambda: tuple(audit_line(row, rules) for row in retention_lists.to_audit(hall, who)),
                show,
                say,
                right=Right.AUDIT_CASES,
            )

    def errors(self, show: Callable[[tuple[TellerErrors, ...]], object], say: Callable[[str], object]) -> None:
        """Read the errors of the month by teller."""
        desk = self._desk
        if desk.session is None:
            return
        hall, who, of = desk.hall, desk.who, self.month
        read(
            desk,
            lambda: retention_lists.teller_errors(hall, who, of),
            lambda lines: show(lines) if of == self.month else None,
            say,
            right=Right.AUDIT_CASES,
        )

    def error_rows(self) -> Callable[[], tuple[tuple[Cell, ...], ...]]:
        """What makes the rows of a file: a year's errors by month and teller; no customer is named."""
        hall, who = self._desk.hall, self._desk.who
        titles = (tr("月份"), tr("营业员"), tr("稽核件数"), tr("有差错"), *map(tr, MISSES.values()), tr("差错合计"))

        def row(of: date, one: TellerErrors) -> tuple[Cell, ...]:
            counts: list[Cell] = [one.count(miss) for miss in MISSES]
            return (month(of), one.staff_no, one.audited, one.faulty, *counts, one.total)

        return lambda: (titles, *(row(of, one) for of, one in retention_lists.errors_of_a_year(hall, who)))

    def open(self, line: AuditLine, show: Callable[[AuditScreen], object], say: Callable[[str], object]) -> None:
        """Read one case."""
        hall, who = self._desk.hall, self._desk.who
        self._intents.begin()

        def job() -> AuditScreen:
            shown = retention.view(hall, who, line.case_id)
            return audit_screen(Standing(shown, shown.form, hall.clock.now()), line)

        read(self._desk, job, show, say, right=Right.AUDIT_CASES)

    def save(
        self,
        screen: AuditScreen,
        numbers: str,
        words: str,
        on_done: Callable[[str], object],
        wrong: Callable[[str, str], object],
    ) -> None:
        """Write the result down: the numbers of what is missing, none for a pass. `wrong` gets the field and why."""
        typed = numbers.split()
        known = {option.number for option in screen.misses}
        unknown = [number for number in typed if number not in known]
        if unknown:
            wrong("misses", tr("没有编号 {number}。请照下面的编号填，几项之间空一格。", number=unknown[0]))
            return
        misses = tuple(_CODES[int(number) - 1] for number in dict.fromkeys(typed))
        hall, who = self._desk.hall, self._desk.who
        self._intents.run(
            (screen.case_id, misses, words),
            lambda intent: retention_after.audit(hall, who, screen.case_id, intent, misses=misses, words=words),
            lambda _case: on_done(
                tr("已稽核：合格。") if not misses else tr("已稽核：差错 {count} 项。", count=len(misses))
            ),
            lambda refusal: wrong("", sentences(refusal)),
            lambda trouble: wrong("", step_trouble(trouble)),
            word=tr("正在保存"),
        )


def audit_line(row: CaseRow, rules: RetentionRules | None) -> AuditLine:
    """One case as the queue shows it; everything masked."""
    is_asked = rules is not None and is_asked_for(rules, row.result, is_valued=row.is_valued)
    return AuditLine(
        case_id=row.case_id,
        case_no=row.case_no,
        ended=day(row.ended_on),
        who=mask_name(row.name),
        number=mask_phone(row.number),
        result=tr(RESULTS[row.result]) if row.result else "",
        is_valued=row.is_valued,
        unavailable=row.unavailable,
        lacks_feedback=is_asked and not row.is_fed_back,
        staff_no=row.staff_no,
    )


def audit_screen(at: Standing, line: AuditLine) -> AuditScreen:
    """The three things that an audit looks at (002-B6)."""
    shown = at.view
    return AuditScreen(
        case_id=line.case_id,
        heading=tr("稽核 {no}", no=line.case_no),
        lead=" · ".join(
            filter(None, (line.who, line.number, line.result, line.notes, tr("经办 {no}", no=line.staff_no)))
        ),
        parts=(
            Section(tr("证件"), _identity(shown)),
            Section(tr("签字手续"), (*signature_facts(at), *_gate(shown, Gate.SIGNATURE))),
            Section(tr("挽留记录"), (*_record(shown), *feedback_facts(shown, at.now))),
        ),
        misses=tuple(Option(str(number), tr(word)) for number, word in enumerate(MISSES.values(), 1)),
    )


def _identity(shown: CaseView) -> tuple[Fact, ...]:
    agent = shown.form.agent
    came = tr("代办，委托书 {no}", no=agent.order_no) if agent.is_there else tr("机主本人")
    return (Fact(tr("登记的证件"), id_word(shown.form)), Fact(tr("谁来办的"), came), *_gate(shown, Gate.ID))


def _record(shown: CaseView) -> tuple[Fact, ...]:
    case, form = shown.case, shown.form
    facts = [
        Fact(tr("退网原因"), reasons_words(case.reasons, shown.rules) or tr("没有"), "ink" if case.reasons else "bad")
    ]
    if form.other_words:
        facts.append(Fact(tr("原因说明"), mask_in_words(form.other_words)))
    offers = tuple(offer_facts(shown))
    if not offers:
        is_refused = case.result is Result.REFUSED_TALK
        facts.append(Fact(tr("方案"), tr("客户不愿谈") if is_refused else tr("没有"), "muted" if is_refused else "bad"))
    return (*facts, *offers, *_gate(shown, Gate.SETTLED))


def _gate(shown: CaseView, gate: Gate) -> tuple[Fact, ...]:
    if shown.case.result not in (Result.LEFT, Result.REFUSED_TALK):
        return ()
    return (gate_fact(shown, gate),)
