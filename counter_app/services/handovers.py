"""The drawer goes from one teller to the next: counted, closed, taken over and opened anew in one commit."""

from __future__ import annotations

import uuid
from dataclasses import dataclass

from counter_app.domain.approvals import ApprovalCase, ApprovalKind, ApprovalRequest, ApprovalRow, RowKind
from counter_app.domain.journal import Draft, Posting, nonzero
from counter_app.domain.masks import mask_in_words
from counter_app.domain.proofs import ProofKey
from counter_app.domain.refusals import Refused
from counter_app.domain.safe import FLOAT, ISSUED, TURNED_IN
from counter_app.domain.shift_close import Compared, off_fen
from counter_app.domain.shifts import ReasonMissing, Shift
from counter_app.domain.staff import Right, Session
from counter_app.services import approvals, authority, shift_close, shifts
from counter_app.services.approvals import Signed
from counter_app.services.intents import once
from counter_app.services.payments import own_shift
from counter_app.services.shift_close import NONE_MISSING
from counter_app.services.shift_ending import Closed, closed_of, end
from counter_app.services.z_reports import Ending
from counter_app.storage import shifts as rows
from counter_app.storage.hall import OpenHall
from counter_app.storage.journal import Found, balance, find_by_intent
from counter_app.storage.shift_counts import KeptCount
from counter_app.storage.sql import Reading, Writing

OFFER, ACCEPT = "handover.offer", "handover.accept"
HANDED_OVER = "handed_over"
"""The posting account of cash between two shifts; its subject is the handover, and it is empty again at once."""

_END = ":end"
"""Behind the shift's id it is the intent of the close that is a part of a handover."""


@dataclass(frozen=True, slots=True)
class HandedOver:
    """The shift that ended, and the one that began with its drawer."""

    closed: Closed
    shift: Shift


def look(hall: OpenHall, session: Session, reason: str, missing: frozenset[ProofKey] = NONE_MISSING) -> ApprovalCase:
    """What the next teller signs: that this much cash, counted so, is taken over.

    Raises:
        Refused: `NoRight`, those of `shift_close.close`, and of `approvals.look`.
    """
    session.need(Right.RUN_SHIFT)
    with hall.reading() as reading:
        shift = own_shift(hall, reading, session)
        _, counts, lines = shift_close.ready(reading, shift)
        shift_close.papers_of(reading, shift, lines, missing)
        request = _request(shift, counts[-1], lines, reason, missing)
    return approvals.look(hall, session, request)


def hand_over(
    hall: OpenHall, session: Session, reason: str, signed: Signed, missing: frozenset[ProofKey] = NONE_MISSING
) -> HandedOver:
    """Close one's own shift on its last count and open the next teller's with the same notes; the signature's nonce is
    the intent. A difference that somebody has to sign is closed first, not handed on.

    Raises:
        Refused: as `shift_close.close`; `ApprovalMissing` for a difference above what is left to one person, and those
            of the signature.
        MoneyIsOff: the self-test has findings.
        NotRecorded, CommitUncertain: the file failed; ask again with the same signature.
    """
    session.need(Right.RUN_SHIFT)

    def act(work: Writing) -> HandedOver:
        authority.still(work, session, Right.RUN_SHIFT)
        shift = own_shift(hall, work, session)
        report, counts, lines = shift_close.ready(work, shift)
        papers = shift_close.papers_of(work, shift, lines, missing)
        if off_fen(lines):
            if not reason.strip():
                raise Refused(ReasonMissing("difference"))
            approvals.hold(hall, work, session, None, shift_close.difference_request(shift, lines, reason, missing))
        request = _request(shift, counts[-1], lines, reason, missing)
        taker_no = approvals.hold(hall, work, session, signed, request).first_no
        words, now = mask_in_words(reason.strip()), hall.clock.now()
        ending = Ending(counts, lines, words, (), now, papers, missing, is_passed_on=True)
        closed = end(hall, work, session, report, ending, f"{shift.shift_id}{_END}")
        return _pass_on(hall, work, session, closed, counts[-1], taker_no, signed.challenge.nonce)

    return once(hall, signed.challenge.nonce, act, _recorded)


def _pass_on(
    hall: OpenHall, work: Writing, session: Session, closed: Closed, kept: KeptCount, taker_no: str, nonce: str
) -> HandedOver:
    """Out of what the first shift turned in, into the float of the second; what lies between is nothing."""
    handover_id, fen, before = str(uuid.uuid4()), closed.counted_fen, closed.shift
    after = shifts.begin(hall, work, taker_no, kept.declared.cash, None)
    out_of, into = _postings(work, before.shift_id, after.shift_id, fen, handover_id)
    said = {"handover_id": handover_id, "fen": fen, "count": kept.declared.cash.as_rows()}
    hall.journal.append(
        work,
        Draft(
            kind=OFFER,
            body={**said, "shift_no": before.shift_no, "to_shift_id": after.shift_id, "to_staff_no": taker_no},
            staff_no=session.staff_no,
            business_date=before.business_date,
            postings=out_of,
            shift_id=before.shift_id,
            intent_id=nonce,
            approver_no=taker_no,
        ),
    )
    hall.journal.append(
        work,
        Draft(
            kind=ACCEPT,
            body={
                **said,
                "shift_no": after.shift_no,
                "from_shift_id": before.shift_id,
                "from_staff_no": before.staff_no,
            },
            staff_no=taker_no,
            business_date=after.business_date,
            postings=into,
            shift_id=after.shift_id,
        ),
    )
    return HandedOver(closed, after)


def _postings(
    work: Writing, before_id: str, after_id: str, fen: int, handover_id: str
) -> tuple[tuple[Posting, ...], tuple[Posting, ...]]:
    """Of the offer and of its acceptance: the float that the first shift began with is the second's to bring back, and
    what of it came out of the safe.
    """
    began_fen, lent_fen = -balance(work, FLOAT, before_id), balance(work, ISSUED, before_id)
    between_fen = fen - began_fen + lent_fen
    out_of = (
        Posting(TURNED_IN, before_id, -fen),
        Posting(FLOAT, before_id, began_fen),
        Posting(ISSUED, before_id, -lent_fen),
        Posting(HANDED_OVER, handover_id, between_fen),
    )
    into = (
        Posting(HANDED_OVER, handover_id, -between_fen),
        Posting(FLOAT, after_id, fen - began_fen),
        Posting(ISSUED, after_id, lent_fen),
    )
    return nonzero(out_of), nonzero(into)


def _request(
    shift: Shift, kept: KeptCount, lines: tuple[Compared, ...], reason: str, missing: frozenset[ProofKey]
) -> ApprovalRequest:
    fen, named = lines[0].counted_fen, {"missing": [list(key) for key in sorted(missing)]} if missing else {}
    return ApprovalRequest(
        ApprovalKind.HANDOVER,
        shift.shift_id,
        fen,
        words=mask_in_words(reason.strip()),
        facts={"count": kept.declared.cash.as_rows(), "count_no": kept.count_no, **named},
        rows=(ApprovalRow(RowKind.CASH, shift.shift_no, shift.business_date, fen, shift.staff_no),),
        since_at=shift.opened_at,
        hands=frozenset((shift.staff_no,)),
        no=shift.shift_no,
    )


def _recorded(reading: Reading, found: Found) -> HandedOver:
    body = found.content["body"]
    after = rows.find_shift(reading, body["to_shift_id"])
    ended = find_by_intent(reading, f"{found.content['shift_id']}{_END}")
    assert after is not None, "both shifts stand in the commit of the handover"
    assert ended is not None, "both shifts stand in the commit of the handover"
    return HandedOver(closed_of(reading, ended), after)
