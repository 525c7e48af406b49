"""A file that was restored or copied goes on as this counter: a second person confirms it, and it is an entry."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from counter_app.domain.approvals import ApprovalCase, ApprovalKind, ApprovalRequest
from counter_app.domain.journal import Draft
from counter_app.domain.refusals import Refused
from counter_app.domain.staff import Session
from counter_app.domain.sync_refusals import NothingToConfirm
from counter_app.domain.sync_state import ChainMark, NewEpoch
from counter_app.services import approvals, authority
from counter_app.services.approvals import Signed
from counter_app.services.intents import once
from counter_app.storage import chain
from counter_app.storage.hall import OpenHall
from counter_app.storage.journal import Found
from counter_app.storage.mark import read_mark
from counter_app.storage.sql import Reading, Writing
from counter_app.storage.sync_state import keep, read_state


@dataclass(frozen=True, slots=True)
class Standing:
    """What is to be confirmed: why, since when, what was found, and where this file's journal ends."""

    reason: Literal["restored", "cloned", "fork"]
    since_at: str
    expected: str
    found: str
    own: ChainMark


def standing(hall: OpenHall) -> Standing | None:
    """What waits for a second person, or None: then there is nothing to confirm, or it was confirmed already."""
    with hall.reading() as reading:
        return _standing(hall, reading)


def ask(hall: OpenHall, session: Session) -> ApprovalCase:
    """What the second person is asked to sign.

    Raises:
        Refused: `NothingToConfirm`, and those of `approvals.look`.
    """
    with hall.reading() as reading:
        request = _request(hall, _need(hall, reading))
    return approvals.look(hall, session, request)


def confirm(hall: OpenHall, session: Session, signed: Signed) -> None:
    """This file goes on. Without a hub money may be taken at once; with one, when the new epoch stands and everything
    that the hub has is here.

    Raises:
        Refused: `NothingToConfirm`, `SignedOut`, `NoRight`, and as `approvals.hold` says.
        NotRecorded, CommitUncertain: the file failed; ask again with the same signature.
    """

    def act(work: Writing) -> bool:
        authority.still(work, session)
        found = _need(hall, work)
        approved = approvals.hold(hall, work, session, signed, _request(hall, found))
        return _accept(hall, work, session, found, signed.challenge.nonce, approved.first_no)

    def accepted(reading: Reading, _found: Found) -> bool:
        return read_state(reading).is_enrolled

    if not once(hall, signed.challenge.nonce, act, accepted, is_money=False):
        _go_on_alone(hall)


def _accept(hall: OpenHall, work: Writing, session: Session, found: Standing, intent_id: str, approver_no: str) -> bool:
    """Write that it goes on; whether there is a hub with which a new epoch follows."""
    mark = read_mark(hall.folder)
    own = [found.own.epoch, found.own.seq, found.own.hash]
    hall.journal.append(
        work,
        Draft(
            kind="recover.accepted",
            body={"reason": found.reason, "own": own, "mark": list(mark) if mark else None},
            staff_no=session.staff_no,
            business_date=hall.clock.now().date(),
            intent_id=intent_id,
            approver_no=approver_no,
        ),
    )
    is_enrolled = read_state(work).is_enrolled
    if is_enrolled:
        keep(work, new_epoch=NewEpoch("wanted", found.reason, approver_no, found.own))
    else:
        keep(work, stop=None)
    return is_enrolled


def _go_on_alone(hall: OpenHall) -> None:
    hall.accept_mark()
    # what moves the mark up is the next entry's commit: an empty one does it now
    with hall.writing():
        pass


def _need(hall: OpenHall, reading: Reading) -> Standing:
    found = _standing(hall, reading)
    if found is None:
        raise Refused(NothingToConfirm())
    return found


def _standing(hall: OpenHall, reading: Reading) -> Standing | None:
    state = read_state(reading)
    own = ChainMark(hall.epoch, *chain.end_of(reading, hall.epoch))
    if state.new_epoch is not None and state.new_epoch.stage != "wanted":
        return None
    stop = state.stop
    if stop is not None and stop.reason != "revoked":
        return Standing(stop.reason, stop.since_at, stop.expected, stop.found, own)
    if not hall.is_behind_mark:
        return None
    found = next((found for found in hall.store.money_off if found.what == "journal behind its mark"), None)
    return Standing("restored", "", found.expected if found else "", found.found if found else "", own)


def _request(hall: OpenHall, found: Standing) -> ApprovalRequest:
    # the own end is left out: a sign-in between asking and signing changes nothing of what is confirmed
    facts = {"reason": found.reason, "expected": found.expected, "found": found.found}
    return ApprovalRequest(ApprovalKind.NEW_EPOCH, hall.hall.counter_id, outcome=found.reason, facts=facts)
