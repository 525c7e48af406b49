"""The lists of the room without Qt: cases at the desk, and signatures that somebody waits for."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import date, datetime

from counter_app.domain.customers import Service
from counter_app.domain.masks import mask_name, mask_phone
from counter_app.domain.retention import Signer
from counter_app.domain.retention_followup import NumberHold
from counter_app.domain.retention_rules import RetentionRules
from counter_app.domain.staff import Right
from counter_app.services import customers, retention, retention_after, retention_waiting
from counter_app.services.retention_desk import CLOSED, CaseView, NoRetentionForm
from counter_app.services.retention_waiting import CaseRow, Waiting
from counter_app.ui.desk import Desk
from counter_app.ui.formats import amount, day_and_clock
from counter_app.ui.language import tr
from counter_app.ui.payments.words import kind_word
from counter_app.ui.retention.screen import CaseLine, Option, WaitingLine
from counter_app.ui.retention.words import offer_word, reason_word, signature_word
from counter_app.ui.wording import sentences, trouble_sentences
from counter_app.ui.wording_retention import stage_word

BACK = "back:"
"""Before the case of a number to which a leaver can come back."""


class ListPresenter:
    """Reads both lists; a hall whose trade keeps no form has neither."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk

    @property
    def has_form(self) -> bool:
        """Whether this trade keeps a retention form."""
        return self._rules() is not None

    def cases(self, show: Callable[[tuple[CaseLine, ...]], object], on_error: Callable[[str], object]) -> None:
        """Read the cases at the desk."""
        hall, who, rules = self._desk.hall, self._desk.who, self._rules()
        now = hall.clock.now()

        def job() -> tuple[CaseLine, ...]:
            return tuple(case_line(row, rules, now) for row in retention_waiting.at_desk(hall, who))

        self._run(job, show, on_error)

    def waiting(self, show: Callable[[tuple[WaitingLine, ...]], object], on_error: Callable[[str], object]) -> None:
        """Read what waits for a decision."""
        hall, who = self._desk.hall, self._desk.who
        now, rules = hall.clock.now(), self._rules()

        def job() -> tuple[WaitingLine, ...]:
            return tuple(waiting_line(one, rules, now) for one in retention_waiting.waiting(hall, who))

        self._run(job, show, on_error)

    def waiting_case(
        self, line: WaitingLine, show: Callable[[CaseView], object], on_error: Callable[[str], object]
    ) -> None:
        """Read the whole case behind a line of the second list."""
        hall, who = self._desk.hall, self._desk.who
        self._run(lambda: retention.view(hall, who, line.case_id), show, on_error)

    def services(
        self, customer_id: int, show: Callable[[tuple[Option, ...]], object], on_error: Callable[[str], object]
    ) -> None:
        """The services that a customer could leave, and the numbers to come back to; `number` is the service's own
        key, or `BACK` and the case. None of them is refused.
        """
        hall, who = self._desk.hall, self._desk.who
        if self._rules() is None:
            on_error(sentences(NoRetentionForm(hall.pack.trade)))
            return

        def job() -> tuple[Option, ...]:
            who.need(Right.RETAIN)
            found = customers.open_customer(hall, who, customer_id).record.services
            leave = (Option(str(s.id), f"{kind_word(s.kind)} {mask_phone(s.number)}") for s in found if is_open(s))
            holds = retention_after.holds_of(hall, who, customer_ids=(customer_id,))
            on = hall.clock.now().date()
            return (*leave, *(Option(f"{BACK}{hold.case_id}", back_word(hold, on)) for hold in holds))

        def done(services: tuple[Option, ...]) -> None:
            if services:
                show(services)
            else:
                on_error(tr("这位客户没有可以离网的号码。已销户的不再办理。"))

        self._run(job, done, on_error)

    def _rules(self) -> RetentionRules | None:
        hall = self._desk.hall
        return hall.rules_on(hall.clock.now().date()).retention

    def _run(self, job: Callable[[], object], show: Callable[..., object], on_error: Callable[[str], object]) -> None:
        who = self._desk.session
        if who is None or not who.may(Right.SEE_RETENTION):
            return
        self._desk.lanes.run(
            "reader",
            job,
            show,
            lambda refusal: on_error(sentences(refusal)),
            lambda trouble: on_error(trouble_sentences(trouble)),
        )


def case_line(row: CaseRow, rules: RetentionRules | None, now: datetime) -> CaseLine:
    """One case as the list shows it; everything masked."""
    return CaseLine(
        case_id=row.case_id,
        case_no=row.case_no,
        who=mask_name(row.name),
        number=mask_phone(row.number),
        stage=stage_word(row.stage),
        reason=reason_word(row.reason, rules) if rules is not None and row.reason else "",
        average=amount(row.average_fen),
        opened=day_and_clock(row.opened_at.astimezone(now.tzinfo)),
        staff_no=row.staff_no,
    )


def waiting_line(one: Waiting, rules: RetentionRules | None, now: datetime) -> WaitingLine:
    """One decision as the list shows it."""
    row, wanted = one.row, one.wanted
    if wanted.measure is not None and rules is not None:
        what = tr("方案审批：{offer}", offer=offer_word(wanted.measure.offer, rules))
    else:
        what = signature_word(wanted.signer or Signer.MANAGER)
    return WaitingLine(
        case_id=row.case_id,
        case_no=row.case_no,
        who=mask_name(row.name),
        what=what,
        since=day_and_clock(one.asked_at.astimezone(now.tzinfo)),
        minutes=max(0, int((now - one.asked_at).total_seconds()) // 60),
        staff_no=one.asked_by or row.staff_no,
        wanted=wanted,
    )


def back_word(hold: NumberHold, on: date) -> str:
    """A number that is kept for a leaver, with the days that are left."""
    return tr("重新入网 {number}：还保留 {days} 天", number=mask_phone(hold.number), days=hold.days_left(on))


def is_open(service: Service) -> bool:
    """Whether there is something to leave."""
    return service.state != CLOSED


def matching(lines: Sequence[CaseLine], text: str) -> tuple[CaseLine, ...]:
    """The cases in which every word of the search stands somewhere."""
    words = text.lower().split()

    def has(line: CaseLine) -> bool:
        whole = " ".join((line.case_no, line.who, line.number, line.stage, line.reason, line.staff_no)).lower()
        return all(word in whole for word in words)

    return tuple(line for line in lines if has(line))
