"""Material for leavers and saved customers who agreed (寄资料, 002-A19, 002-B8): lists by interest, what was sent."""

from __future__ import annotations

from collections.abc import Callable, Collection
from dataclasses import dataclass
from datetime import date

from counter_app.domain.customers import PurposeMissing
from counter_app.domain.journal import Draft
from counter_app.domain.mailing import (
    COLUMNS,
    DROPPED,
    LONGEST_WHAT,
    SENT,
    TAKEN,
    WITHDRAWN,
    Addressee,
    Mailing,
    MailingClosed,
    MailingUnknown,
    NobodyToWriteTo,
    NotAgreed,
    SentOnWrong,
    Wish,
    had_before,
    wanted,
    written_name,
)
from counter_app.domain.masks import mask_in_words
from counter_app.domain.refusals import Refused
from counter_app.domain.retention_form import FieldLength, FieldMissing
from counter_app.domain.staff import Right, Session
from counter_app.services import authority
from counter_app.services.intents import look_up
from counter_app.services.retention_desk import find_done, rules_of
from counter_app.storage import mailings as rows
from counter_app.storage.customers import find_customer
from counter_app.storage.hall import OpenHall
from counter_app.storage.sql import Reading, Writing
from counter_app.storage.trouble import CommitUncertain


@dataclass(frozen=True, slots=True)
class Listed:
    """Who is to be written to, the newest consent first; `mailings` are all lists that were taken before."""

    lines: tuple[Addressee, ...]
    mailings: tuple[Mailing, ...]


@dataclass(frozen=True, slots=True)
class Waiting:
    """A list of which nobody has said yet what became of it; `withdrawn` are the names of those on it who took their
    consent back since: nothing is sent to them.
    """

    mailing: Mailing
    withdrawn: tuple[str, ...]


def listed(hall: OpenHall, session: Session, wish: Wish) -> Listed:
    """Those who agreed, by case period, library, interest and value, each with the case and the day of the consent.

    Raises:
        Refused: `NoRight`, `BadFormText`.
    """
    session.need(Right.SEE_RETENTION)
    with hall.reading() as reading:
        found = wanted(rows.agreed(reading, wish.from_on, wish.to_on), wish)
        return Listed(found, rows.mailings(reading))


def take(
    hall: OpenHall,
    session: Session,
    wish: Wish,
    what: str,
    purpose: str,
    *,
    customers: Collection[int],
    is_again: bool = False,
) -> tuple[tuple[str, ...], ...]:
    """The list as rows for a file, titles first, with contacts in full; that it left the hall, for what and to what
    purpose, is an entry. Of `customers` (those on the screen) whoever took the consent back meanwhile is left out, and
    so is who had the same before, unless `is_again`, and who left no way to be reached.

    Raises:
        Refused: `NoRight`, `SignedOut`, `FieldMissing`, `FieldLength`, `PurposeMissing`, `NobodyToWriteTo`,
            `NoRetentionForm`, `BadFormText`.
    """
    session.need(Right.REVEAL)
    name = _name(what)
    if not purpose.strip():
        raise Refused(PurposeMissing("mailing"))
    on = hall.clock.now().date()
    rules = rules_of(hall, on)
    with hall.writing() as work:
        authority.still(work, session, Right.REVEAL)
        found = wanted(rows.agreed(work, wish.from_on, wish.to_on), wish)
        shown = [one for one in found if one.customer_id in customers]
        had = frozenset() if is_again else had_before(rows.mailings(work), name)
        left = [one for one in shown if one.customer_id not in had]
        to = [one for one in left if one.contact]
        if not to:
            raise Refused(NobodyToWriteTo(len(shown) - len(left), len(left)))
        body = {
            "what": name,
            "purpose": mask_in_words(purpose.strip()),
            "whose": wish.whose,
            "from_on": wish.from_on.isoformat(),
            "to_on": wish.to_on.isoformat(),
            "interests": list(wish.interests),
            "is_valued_only": wish.is_valued_only,
            "is_again": is_again,
            "customers": [one.customer_id for one in to],
        }
        hall.journal.append(work, Draft(kind=TAKEN, body=body, staff_no=session.staff_no, business_date=on))
    return (COLUMNS, *(one.exported(name, rules) for one in to))


def waiting(hall: OpenHall, session: Session) -> tuple[Waiting, ...]:
    """The lists that were taken and not yet said to be sent or dropped, the newest first.

    Raises:
        Refused: `NoRight`.
    """
    session.need(Right.SEE_RETENTION)
    with hall.reading() as reading:
        return tuple(
            Waiting(mailing, tuple(_name_of(reading, no) for no in _withdrawn(reading, mailing)))
            for mailing in rows.mailings(reading)
            if mailing.is_open
        )


def note_sent(hall: OpenHall, session: Session, mailing_id: str, sent_on: date, intent_id: str) -> None:
    """What was on the list was sent, on that day, to all on it who have not taken their consent back since.

    Raises:
        Refused: `NoRight`, `SignedOut`, `MailingUnknown`, `MailingClosed`, `SentOnWrong`, `DoneAsAnotherStep`.
        NotRecorded, CommitUncertain: the file failed.
    """
    today = hall.clock.now().date()

    def body(work: Reading, mailing: Mailing) -> dict[str, object]:
        taken_on = mailing.taken_at.astimezone(hall.clock.now().tzinfo).date()
        if not taken_on <= sent_on <= today:
            raise Refused(SentOnWrong(sent_on, taken_on, today))
        back = _withdrawn(work, mailing)
        return {"sent_on": sent_on.isoformat(), "customers": [no for no in mailing.customers if no not in back]}

    _close(hall, session, mailing_id, SENT, body, intent_id)


def note_dropped(hall: OpenHall, session: Session, mailing_id: str, intent_id: str) -> None:
    """Nothing was sent to the list: who stands on it has had nothing.

    Raises:
        Refused: `NoRight`, `SignedOut`, `MailingUnknown`, `MailingClosed`, `DoneAsAnotherStep`.
        NotRecorded, CommitUncertain: the file failed.
    """
    _close(hall, session, mailing_id, DROPPED, lambda _work, _mailing: {}, intent_id)


def withdraw(hall: OpenHall, session: Session, case_id: str, intent_id: str) -> None:
    """The customer takes the consent back that was given in a case: from this commit on nothing is sent to them, and no
    follow-up of a leaver is due (002-A11).

    Raises:
        Refused: `NoRight`, `SignedOut`, `NotAgreed`, `DoneAsAnotherStep`.
        NotRecorded, CommitUncertain: the file failed.
    """
    session.need(Right.RETAIN)

    def do(work: Writing) -> None:
        if find_done(work, intent_id, WITHDRAWN, case_id) is not None:
            return
        given = rows.agreed_in(work, case_id)
        if given is None or (given.withdrawn_at is not None and given.withdrawn_at >= given.agreed_at):
            raise Refused(NotAgreed())
        _append(hall, work, session, WITHDRAWN, {"case_id": case_id}, intent_id, customer_id=given.customer_id)

    _in_one_commit(hall, session, Right.RETAIN, intent_id, do)


def _close(
    hall: OpenHall,
    session: Session,
    mailing_id: str,
    kind: str,
    body: Callable[[Reading, Mailing], dict[str, object]],
    intent_id: str,
) -> None:
    session.need(Right.REVEAL)

    def do(work: Writing) -> None:
        if find_done(work, intent_id, kind) is not None:
            return
        mailing = next((one for one in rows.mailings(work) if one.mailing_id == mailing_id), None)
        if mailing is None:
            raise Refused(MailingUnknown(mailing_id))
        if not mailing.is_open:
            raise Refused(MailingClosed(mailing.what))
        _append(hall, work, session, kind, {"mailing": mailing_id, **body(work, mailing)}, intent_id)

    _in_one_commit(hall, session, Right.REVEAL, intent_id, do)


def _in_one_commit(
    hall: OpenHall, session: Session, right: Right, intent_id: str, do: Callable[[Writing], None]
) -> None:
    try:
        with hall.writing() as work:
            authority.still(work, session, right)
            do(work)
    except CommitUncertain as error:
        look_up(hall, intent_id, error, lambda _reading, _found: None)


def _append(
    hall: OpenHall,
    work: Writing,
    session: Session,
    kind: str,
    body: dict[str, object],
    intent_id: str,
    *,
    customer_id: int | None = None,
) -> None:
    draft = Draft(
        kind=kind,
        body=body,
        staff_no=session.staff_no,
        business_date=hall.clock.now().date(),
        customer_id=customer_id,
        intent_id=intent_id,
    )
    hall.journal.append(work, draft)


def _name(what: str) -> str:
    name = written_name(what)
    if not name:
        raise Refused(FieldMissing("material"))
    if len(name) > LONGEST_WHAT:
        raise Refused(FieldLength("material", len(name), 1, LONGEST_WHAT))
    return name


def _withdrawn(reading: Reading, mailing: Mailing) -> tuple[int, ...]:
    return tuple(no for no in mailing.customers if rows.has_withdrawn_since(reading, no, mailing.taken_at))


def _name_of(reading: Reading, customer_id: int) -> str:
    found = find_customer(reading, customer_id)
    return found.name if found else ""
