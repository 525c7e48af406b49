"""The opening float (备用金): asked for by note and coin, given out of the safe, accepted with the shift or not."""

from __future__ import annotations

import uuid
from dataclasses import replace

from counter_app.domain.approvals import ApprovalCase, ApprovalKind, ApprovalRequest, ApprovalRow, RowKind
from counter_app.domain.journal import Draft, Posting
from counter_app.domain.masks import mask_in_words
from counter_app.domain.refusals import Refused
from counter_app.domain.safe import (
    ACCEPT,
    ASK,
    FUND,
    ISSUE,
    ISSUED,
    ON_THE_WAY,
    REFUSE,
    SAFE,
    CashIsNothing,
    FloatForOther,
    FloatIsOther,
    FloatWaits,
    FloatWanted,
    NoFloatWaits,
    SafeTooLow,
)
from counter_app.domain.shifts import CashCount, ReasonMissing, Shift, ShiftAlreadyOpen
from counter_app.domain.staff import Right, Session
from counter_app.services import approvals, authority, shifts
from counter_app.services.approvals import Signed
from counter_app.services.intents import once
from counter_app.storage import shifts as rows
from counter_app.storage.hall import OpenHall
from counter_app.storage.journal import Found
from counter_app.storage.safe import count_of, float_wanted, safe_cash_fen
from counter_app.storage.sql import Reading, Writing


def wanted(hall: OpenHall) -> FloatWanted | None:
    """The float that was asked for at this counter and is not in its drawer, or None."""
    with hall.reading() as reading:
        return float_wanted(reading)


def ask(hall: OpenHall, session: Session, count: CashCount, intent_id: str) -> FloatWanted:
    """Ask for a float by note and coin, before a shift is opened; one at a time.

    Raises:
        Refused: `NoRight`, `SignedOut`, `CountIsWrong`, `CashIsNothing`, `ShiftAlreadyOpen`, `FloatWaits`.
        NotRecorded, CommitUncertain: the file failed; ask again under the same intent.
    """
    session.need(Right.RUN_SHIFT)
    shifts.check_count(count)
    if not count.total_fen:
        raise Refused(CashIsNothing())

    def act(work: Writing) -> FloatWanted:
        authority.still(work, session, Right.RUN_SHIFT)
        present = rows.open_shift_of(work, hall.hall.counter_id)
        if present is not None:
            raise Refused(ShiftAlreadyOpen(present.shift_no, present.staff_no))
        waiting = float_wanted(work)
        if waiting is not None:
            raise Refused(FloatWaits(waiting.staff_no, waiting.name, waiting.fen, waiting.state))
        now = hall.clock.now()
        made = FloatWanted(str(uuid.uuid4()), session.staff_no, session.name, count, now, "asked")
        hall.journal.append(work, Draft(ASK, _body(made), session.staff_no, now.date(), intent_id=intent_id))
        return made

    return once(hall, intent_id, act, _recorded)


def look(hall: OpenHall, session: Session) -> ApprovalCase:
    """What a supervisor signs who brings the float out of the safe.

    Raises:
        Refused: `NoRight`, `NoFloatWaits`, `SafeTooLow`, and those of `approvals.look`.
    """
    session.need(Right.RUN_SHIFT)
    with hall.reading() as reading:
        request = _request(_to_issue(hall, reading))
    return approvals.look(hall, session, request)


def issue(hall: OpenHall, session: Session, signed: Signed) -> FloatWanted:
    """Give the float out of the safe, as a supervisor has signed who did not ask for it; it is nobody's before it was
    accepted. The signature's nonce is the intent.

    Raises:
        Refused: `NoRight`, `SignedOut`, `NoFloatWaits`, `SafeTooLow`, and those of the signature.
        MoneyIsOff: the self-test has findings.
        NotRecorded, CommitUncertain: the file failed; ask again with the same signature.
    """
    session.need(Right.RUN_SHIFT)
    nonce = signed.challenge.nonce

    def act(work: Writing) -> FloatWanted:
        authority.still(work, session, Right.RUN_SHIFT)
        asked = _to_issue(hall, work)
        by = approvals.hold(hall, work, session, signed, _request(asked)).first_no
        hall.journal.append(
            work,
            Draft(
                ISSUE,
                _body(asked),
                session.staff_no,
                hall.clock.now().date(),
                (Posting(SAFE, hall.hall.counter_id, -asked.fen), Posting(ON_THE_WAY, asked.ask_id, asked.fen)),
                intent_id=nonce,
                approver_no=by,
            ),
        )
        return replace(asked, state="issued", issued_by=by)

    return once(hall, nonce, act, _recorded)


def accept(hall: OpenHall, session: Session, count: CashCount, intent_id: str, signed: Signed | None = None) -> Shift:
    """Open the shift with the float that was given out, counted once more; another sum is not accepted.

    Raises:
        Refused: `NoFloatWaits`, `FloatForOther`, `FloatIsOther`, and those of `shifts.open_shift`.
        MoneyIsOff: the self-test has findings.
        NotRecorded, CommitUncertain: the file failed; ask again under the same intent.
    """
    session.need(Right.RUN_SHIFT)
    shifts.check_count(count)

    def act(work: Writing) -> Shift:
        authority.still(work, session, Right.RUN_SHIFT)
        given = _waiting(work)
        if given.state != "issued":
            raise Refused(NoFloatWaits())
        if given.staff_no != session.staff_no:
            raise Refused(FloatForOther(given.staff_no, given.name))
        if given.fen != count.total_fen:
            raise Refused(FloatIsOther(given.fen, count.total_fen))
        shift = shifts.start(hall, work, session, count, intent_id, signed)
        hall.journal.append(
            work,
            Draft(
                ACCEPT,
                _body(given),
                session.staff_no,
                shift.business_date,
                (Posting(ON_THE_WAY, given.ask_id, -given.fen), Posting(ISSUED, shift.shift_id, given.fen)),
                shift_id=shift.shift_id,
            ),
        )
        return shift

    return once(hall, intent_id, act, shifts.recorded_shift)


def refuse(hall: OpenHall, session: Session, reason: str, intent_id: str) -> None:
    """Take a request back, or do not accept what was given out: then it is in the safe again in the same commit. It is
    done by whoever asked, or by whoever signs such things.

    Raises:
        Refused: `NoRight`, `SignedOut`, `ReasonMissing`, `NoFloatWaits`, `FloatForOther`.
        MoneyIsOff: the self-test has findings.
        NotRecorded, CommitUncertain: the file failed; ask again under the same intent.
    """
    session.need(Right.RUN_SHIFT)
    if not reason.strip():
        raise Refused(ReasonMissing("float"))

    def act(work: Writing) -> None:
        authority.still(work, session, Right.RUN_SHIFT)
        given = _waiting(work)
        if given.staff_no != session.staff_no and not session.may(Right.SIGN_OFF):
            raise Refused(FloatForOther(given.staff_no, given.name))
        back = (Posting(ON_THE_WAY, given.ask_id, -given.fen), Posting(SAFE, hall.hall.counter_id, given.fen))
        body = {**_body(given), "was": given.state, "reason": mask_in_words(reason.strip())}
        on, postings = hall.clock.now().date(), back if given.state == "issued" else ()
        hall.journal.append(work, Draft(REFUSE, body, session.staff_no, on, postings, intent_id=intent_id))

    once(hall, intent_id, act, lambda _reading, _found: None)


def put_in(hall: OpenHall, session: Session, count: CashCount, reason: str, intent_id: str) -> int:
    """Write down money for floats and change that the safe got from the bank or had before; what lies there now.

    Raises:
        Refused: `NoRight`, `SignedOut`, `CountIsWrong`, `CashIsNothing`, `ReasonMissing`.
        MoneyIsOff: the self-test has findings.
        NotRecorded, CommitUncertain: the file failed; ask again under the same intent.
    """
    session.need(Right.SIGN_OFF)
    shifts.check_count(count)
    if not count.total_fen:
        raise Refused(CashIsNothing())
    if not reason.strip():
        raise Refused(ReasonMissing("float"))
    counter_id = hall.hall.counter_id

    def act(work: Writing) -> int:
        authority.still(work, session, Right.SIGN_OFF)
        fen, on = count.total_fen, hall.clock.now().date()
        body = {"amount_fen": fen, "count": count.as_rows(), "reason": mask_in_words(reason.strip())}
        postings = (Posting(SAFE, counter_id, fen), Posting(FUND, counter_id, -fen))
        hall.journal.append(work, Draft(FUND, body, session.staff_no, on, postings, intent_id=intent_id))
        return safe_cash_fen(work, counter_id)

    return once(hall, intent_id, act, lambda reading, _found: safe_cash_fen(reading, counter_id))


def _waiting(reading: Reading) -> FloatWanted:
    waiting = float_wanted(reading)
    if waiting is None:
        raise Refused(NoFloatWaits())
    return waiting


def _to_issue(hall: OpenHall, reading: Reading) -> FloatWanted:
    asked = _waiting(reading)
    if asked.state != "asked":
        raise Refused(NoFloatWaits())
    held_fen = safe_cash_fen(reading, hall.hall.counter_id)
    if held_fen < asked.fen:
        raise Refused(SafeTooLow(asked.fen, held_fen))
    return asked


def _request(asked: FloatWanted) -> ApprovalRequest:
    return ApprovalRequest(
        ApprovalKind.FLOAT,
        asked.ask_id,
        asked.fen,
        facts={"count": asked.count.as_rows()},
        rows=(ApprovalRow(RowKind.CASH, "", asked.asked_at.date(), asked.fen, asked.staff_no),),
        since_at=asked.asked_at,
        hands=frozenset((asked.staff_no,)),
    )


def _body(asked: FloatWanted) -> dict[str, object]:
    return {
        "ask_id": asked.ask_id,
        "staff_no": asked.staff_no,
        "amount_fen": asked.fen,
        "count": asked.count.as_rows(),
    }


def _recorded(reading: Reading, found: Found) -> FloatWanted:
    """What an entry under the same intent said; whatever became of it since."""
    waiting = float_wanted(reading)
    body = found.content["body"]
    if waiting is None or waiting.ask_id != body["ask_id"]:
        raise Refused(NoFloatWaits())
    return replace(waiting, count=count_of(body["count"]))
