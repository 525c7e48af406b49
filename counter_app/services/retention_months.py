"""The month's table of exits and reasons (离网月报): read, and signed by a supervisor for reporting upward (002-3d)."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta
from typing import Any

from counter_app.domain.journal import Draft
from counter_app.domain.refusals import Refused
from counter_app.domain.retention_feedback import FeedbackCount, counted
from counter_app.domain.retention_followup import months_later
from counter_app.domain.retention_months import (
    SIGNED,
    ExitMonth,
    MonthIsSigned,
    MonthNotOver,
    MonthTableChanged,
    Review,
    body_of,
    exit_month,
    first_of,
    is_over,
    review_of,
    signed_table,
    written_review,
)
from counter_app.domain.retention_rules import RetentionRules
from counter_app.domain.staff import Right, Session
from counter_app.services import authority, staff
from counter_app.services.intents import look_up
from counter_app.services.retention_desk import DoneAsAnotherStep, find_done, rules_of
from counter_app.storage.hall import OpenHall
from counter_app.storage.journal import Found
from counter_app.storage.retention_feedback import told_cases
from counter_app.storage.retention_months import exit_counts, signing_entries
from counter_app.storage.sql import Reading
from counter_app.storage.staff import find_staff
from counter_app.storage.trouble import CommitUncertain

NO_REVIEW = Review()
"""Nothing was said about the month."""


@dataclass(frozen=True, slots=True)
class MonthSignature:
    """Who signed the table of a month, when, and the table as it was then."""

    signer_no: str
    name: str
    signed_at: datetime
    table: ExitMonth
    review: Review = NO_REVIEW


@dataclass(frozen=True, slots=True)
class MonthView:
    """A month as its page shows it, with all its signatures, the newest first; older ones stay for ever.

    `feedback` counts what the hall manager was told of the month's cases (002-3b); it is no part of what is signed.
    `is_late_answer` says that the file gave an error first and the signature was found after reopening.
    """

    table: ExitMonth
    signatures: tuple[MonthSignature, ...]
    rules: RetentionRules = field(repr=False)
    is_over: bool
    feedback: FeedbackCount
    is_late_answer: bool = False

    @property
    def is_signed(self) -> bool:
        """Whether the newest signature was given for exactly these lines."""
        return bool(self.signatures) and self.signatures[0].table.digest == self.table.digest

    @property
    def is_changed(self) -> bool:
        """Whether something came after the newest signature, a late import for one: the table is signed anew."""
        return bool(self.signatures) and not self.is_signed


def read(hall: OpenHall, session: Session, month: date) -> MonthView:
    """The table of a month with its signatures.

    Raises:
        Refused: `NoRight`, `NoRetentionForm`.
    """
    session.need(Right.SEE_RETENTION)
    with hall.reading() as reading:
        return _view(hall, reading, first_of(month))


def sign(
    hall: OpenHall,
    session: Session,
    month: date,
    digest: str,
    *,
    staff_no: str,
    password: str,
    intent_id: str,
    review: Review = NO_REVIEW,
) -> MonthView:
    """A supervisor signs the table that is shown, by its digest, with her own number and password; the session at the
    screen is never raised by it, and whoever is signed in gives the password again. The review of the month goes into
    the same entry. An intent that was carried out before changes nothing again.

    Raises:
        Refused: `NoRight`, `SignedOut`, `MonthNotOver`, `WrongSignIn`, `SignInLocked`, `PasswordMustChange`,
            `MonthTableChanged`, `MonthIsSigned`, `ReviewTooLong`, `NoRetentionForm`, `DoneAsAnotherStep`.
        NotRecorded: the file failed and nothing was recorded.
        CommitUncertain: the file failed and does not open; ask again under the same intent.
    """
    session.need(Right.SEE_RETENTION)
    month, written = first_of(month), written_review(review)
    with hall.reading() as reading:
        # nobody without a standing of their own is told whether somebody else's password fits
        authority.still(reading, session, Right.SEE_RETENTION)
    if not is_over(month, hall.clock.now().date()):
        raise Refused(MonthNotOver(month, months_later(month, 1)))
    try:
        signer = staff.prove(hall, staff_no, password, Right.SIGN_OFF)
        with hall.writing() as work:
            authority.still(work, session, Right.SEE_RETENTION)
            authority.approver(work, signer.staff_no, Right.SIGN_OFF)
            now = _view(hall, work, month)
            if not _is_done(work, intent_id, month):
                _refuse_to_sign(now, digest)
                draft = _draft(hall, session, body_of(now.table, written), signer.staff_no, intent_id)
                hall.journal.append(work, draft)
            return _view(hall, work, month)
    except CommitUncertain as error:
        return look_up(hall, intent_id, error, lambda reading, found: _late(hall, reading, found))


def _refuse_to_sign(now: MonthView, digest: str) -> None:
    if now.table.digest != digest:
        raise Refused(MonthTableChanged(now.table.month))
    if now.is_signed:
        raise Refused(MonthIsSigned(now.table.month, now.signatures[0].signer_no))


def _draft(hall: OpenHall, session: Session, body: dict[str, Any], signer_no: str, intent_id: str) -> Draft:
    return Draft(
        kind=SIGNED,
        body=body,
        staff_no=session.staff_no,
        business_date=hall.clock.now().date(),
        intent_id=intent_id,
        approver_no=signer_no,
    )


def _is_done(reading: Reading, intent_id: str, month: date) -> bool:
    found = find_done(reading, intent_id, SIGNED)
    if found is not None and signed_table(found.content["body"]).month != month:
        raise Refused(DoneAsAnotherStep(found.kind))
    return found is not None


def _late(hall: OpenHall, reading: Reading, found: Found) -> MonthView:
    month = signed_table(found.content["body"]).month
    now = _view(hall, reading, month)
    return replace(now, is_late_answer=True)


def _view(hall: OpenHall, reading: Reading, month: date) -> MonthView:
    rules = rules_of(hall, month)
    table = exit_month(month, exit_counts(reading, month), exit_counts(reading, months_later(month, -1)), rules)
    signatures = tuple(
        MonthSignature(
            entry.signer_no, _name(reading, entry.signer_no), entry.at, signed_table(entry.body), review_of(entry.body)
        )
        for entry in signing_entries(reading, month)
    )
    told = told_cases(reading, month, months_later(month, 1) - timedelta(days=1))
    return MonthView(table, signatures, rules, is_over(month, hall.clock.now().date()), counted(told, rules))


def _name(reading: Reading, staff_no: str) -> str:
    found = find_staff(reading, staff_no)
    return found.name if found else ""
