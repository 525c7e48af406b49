"""The close of a shift: counted blind, compared, signed where it is off by much, and ended with its Z report."""

from __future__ import annotations

from dataclasses import dataclass

from counter_app.domain.approvals import ApprovalCase, ApprovalKind, ApprovalRequest, ApprovalRow, RowKind
from counter_app.domain.drawer_detective import Cause, Scene, causes
from counter_app.domain.journal import Draft
from counter_app.domain.masks import mask_in_words
from counter_app.domain.payments import CASH
from counter_app.domain.proofs import Proof, ProofKey, wrong_missing
from counter_app.domain.refusals import Refused
from counter_app.domain.shift_close import (
    Compared,
    CountIsOld,
    CountMissing,
    Declared,
    FiguresAfterCount,
    ShiftEntry,
    compare,
    off_fen,
    wrong_count,
)
from counter_app.domain.shifts import NoOpenShift, ReasonMissing, Shift
from counter_app.domain.staff import Right, Session
from counter_app.domain.z_report import FiguresDiffer, ShiftReport
from counter_app.services import approvals, authority
from counter_app.services.approvals import Signed
from counter_app.services.intents import once
from counter_app.services.payments import own_shift
from counter_app.services.shift_ending import Closed as Closed
from counter_app.services.shift_ending import closed_of, end
from counter_app.services.shifts import is_forgotten
from counter_app.services.z_reports import Ending
from counter_app.storage import shift_counts
from counter_app.storage import shifts as rows
from counter_app.storage.hall import OpenHall
from counter_app.storage.journal import Found, stamp
from counter_app.storage.proofs import proofs_of
from counter_app.storage.shift_counts import COUNTED, KeptCount
from counter_app.storage.shift_report import read_report
from counter_app.storage.sql import Reading, Writing

NONE_MISSING: frozenset[ProofKey] = frozenset()


@dataclass(frozen=True, slots=True)
class Counted:
    """What a count came to: each tender beside what must be there, and where it differs, the likely causes.

    `signatures` is how many people sign such a difference; `is_good` says that no money has moved since. `differ` names
    a figure on which the two paths of the shift's sums do not agree: then nothing is compared, and nothing closes.
    """

    shift: Shift
    count_no: int
    declared: Declared
    lines: tuple[Compared, ...]
    causes: tuple[Cause, ...]
    signatures: int
    is_good: bool = True
    differ: FiguresDiffer | None = None

    @property
    def off_fen(self) -> int:
        """How far off it is, no tender offset with another."""
        return off_fen(self.lines)


def count(hall: OpenHall, session: Session, declared: Declared, intent_id: str) -> Counted:
    """Write down what was counted, then say what must be there: an entry for each count, also for one made again.

    Raises:
        Refused: `NoRight`, `SignedOut`, `NoOpenShift`, `ShiftOfSomebodyElse`, `CountIsWrong`, `SlipsAreWrong`.
        MoneyIsOff: the self-test has findings.
        NotRecorded, CommitUncertain: the file failed; ask again under the same intent.
    """
    session.need(Right.RUN_SHIFT)
    if refusal := wrong_count(declared):
        raise Refused(refusal)

    def act(work: Writing) -> Counted:
        authority.still(work, session, Right.RUN_SHIFT)
        shift = _to_close(hall, work, session)
        count_no = len(shift_counts.counts_of(work, shift.shift_id)) + 1
        hall.journal.append(
            work,
            Draft(
                kind=COUNTED,
                body={"shift_no": shift.shift_no, "count_no": count_no, **declared.body},
                staff_no=session.staff_no,
                business_date=shift.business_date,
                shift_id=shift.shift_id,
                intent_id=intent_id,
            ),
        )
        return _counted(hall, work, session, shift)

    return once(
        hall, intent_id, act, lambda reading, found: _counted(hall, reading, session, _shift_of(reading, found))
    )


def counted(hall: OpenHall, session: Session) -> Counted | None:
    """The last count of one's own open shift with what it came to; None where it was not counted.

    Raises:
        Refused: `NoRight`, `NoOpenShift`, `ShiftOfSomebodyElse`.
    """
    session.need(Right.RUN_SHIFT)
    with hall.reading() as reading:
        shift = _to_close(hall, reading, session)
        return _counted(hall, reading, session, shift) if shift_counts.counts_of(reading, shift.shift_id) else None


def look(hall: OpenHall, session: Session, reason: str, missing: frozenset[ProofKey] = NONE_MISSING) -> ApprovalCase:
    """The difference as whoever signs it sees it, with the papers that are named missing.

    Raises:
        Refused: those of `close`, and of `approvals.look`.
    """
    session.need(Right.RUN_SHIFT)
    with hall.reading() as reading:
        shift = _to_close(hall, reading, session)
        lines = ready(reading, shift)[2]
        papers_of(reading, shift, lines, missing)
        request = difference_request(shift, lines, reason, missing)
    return approvals.look(hall, session, request)


def close(
    hall: OpenHall,
    session: Session,
    reason: str,
    intent_id: str,
    signed: Signed | None = None,
    missing: frozenset[ProofKey] = NONE_MISSING,
) -> Closed:
    """Close the shift on its last count; a difference needs a reason, above the pack's limit a signature.

    It is posted: cash goes to over/short, papers to an account of their own, and no tender is offset with another.
    Every paper is handed over with it; those in `missing` stay open until they are found. With a signature, its nonce
    is the intent.

    Raises:
        Refused: `NoRight`, `SignedOut`, `NoOpenShift`, `ShiftOfSomebodyElse`, `CountMissing`, `CountIsOld`,
            `FiguresDiffer`, `ReasonMissing`, `ProofUnknown`, `ProofNotShort`, and those of a signature.
        MoneyIsOff: the self-test has findings.
        NotRecorded, CommitUncertain: the file failed; ask again under the same intent.
    """
    session.need(Right.RUN_SHIFT)
    intent = signed.challenge.nonce if signed else intent_id

    def act(work: Writing) -> Closed:
        authority.still(work, session, Right.RUN_SHIFT)
        shift = _to_close(hall, work, session)
        report, counts, lines = ready(work, shift)
        papers = papers_of(work, shift, lines, missing)
        approvers: tuple[str, ...] = ()
        if off_fen(lines):
            if not reason.strip():
                raise Refused(ReasonMissing("difference"))
            request = difference_request(shift, lines, reason, missing)
            approvers = approvals.hold(hall, work, session, signed, request).staff_nos
        ending = Ending(counts, lines, mask_in_words(reason.strip()), approvers, hall.clock.now(), papers, missing)
        return end(hall, work, session, report, ending, intent)

    return once(hall, intent, act, closed_of)


def x_report(hall: OpenHall, session: Session, shift_id: str = "") -> ShiftReport:
    """The figures of the counter's open shift so far, or of a named one on which it was closed: for whose shift it is
    only once the drawer was counted.

    Raises:
        Refused: `NoOpenShift`, `FiguresAfterCount`, `NoRight`, `FiguresDiffer`.
    """
    with hall.reading() as reading:
        shift = _named(reading, shift_id) if shift_id else _open(hall, reading)
        _may_see(reading, session, shift)
        return _agreed(reading, shift)


def entries_behind(hall: OpenHall, session: Session, shift_id: str, ids: tuple[str, ...]) -> tuple[ShiftEntry, ...]:
    """The entries that a figure or a likely cause opens to, in the order of the journal.

    Raises:
        Refused: `NoOpenShift`: there is no such shift; `FiguresAfterCount`, `NoRight`.
    """
    with hall.reading() as reading:
        shift = _named(reading, shift_id)
        _may_see(reading, session, shift)
        found = shift_counts.entries_of(reading, shift_id)
    wanted = set(ids)
    return tuple(entry for entry_id, entry in found.items() if entry_id in wanted)


def _may_see(reading: Reading, session: Session, shift: Shift) -> None:
    is_own = shift.staff_no == session.staff_no
    session.need(Right.RUN_SHIFT if is_own else Right.SEE_JOURNAL)
    if not is_own:
        return
    if shift.closed_at is None and not shift_counts.counts_of(reading, shift.shift_id):
        raise Refused(FiguresAfterCount(shift.shift_no))


def _to_close(hall: OpenHall, reading: Reading, session: Session) -> Shift:
    """One's own open shift; to whoever signs also one of somebody else that was forgotten on an earlier day.

    Raises:
        Refused: `NoOpenShift`, `ShiftOfSomebodyElse`.
    """
    shift = rows.open_shift_of(reading, hall.hall.counter_id)
    if shift is not None and session.may(Right.SIGN_OFF) and is_forgotten(hall, shift):
        return shift
    return own_shift(hall, reading, session)


def _open(hall: OpenHall, reading: Reading) -> Shift:
    shift = rows.open_shift_of(reading, hall.hall.counter_id)
    if shift is None:
        raise Refused(NoOpenShift())
    return shift


def _agreed(reading: Reading, shift: Shift) -> ShiftReport:
    found = read_report(reading, shift)
    if isinstance(found, FiguresDiffer):
        raise Refused(found)
    return found


def ready(reading: Reading, shift: Shift) -> tuple[ShiftReport, tuple[KeptCount, ...], tuple[Compared, ...]]:
    """The figures, the counts and how the last of them compares, of a shift that can be closed on it.

    Raises:
        Refused: `CountMissing`, `CountIsOld`, `FiguresDiffer`.
    """
    counts = shift_counts.counts_of(reading, shift.shift_id)
    if not counts:
        raise Refused(CountMissing(shift.shift_no))
    if shift_counts.has_moved_since(reading, shift.shift_id, counts[-1].entry):
        raise Refused(CountIsOld(shift.shift_no, counts[-1].count_no))
    report = _agreed(reading, shift)
    return report, counts, compare(report, counts[-1].declared)


def papers_of(
    reading: Reading, shift: Shift, lines: tuple[Compared, ...], missing: frozenset[ProofKey]
) -> tuple[Proof, ...]:
    """The papers that a shift hands over, where those that are named missing can be.

    Raises:
        Refused: `ProofUnknown`, `ProofNotShort`.
    """
    papers = proofs_of(reading, shift.shift_id)
    if refusal := wrong_missing(papers, lines, missing):
        raise Refused(refusal)
    return papers


def difference_request(
    shift: Shift, lines: tuple[Compared, ...], reason: str, missing: frozenset[ProofKey] = NONE_MISSING
) -> ApprovalRequest:
    """What is asked of whoever signs the difference of a shift."""
    named = {"missing": [list(key) for key in sorted(missing)]} if missing else {}
    return ApprovalRequest(
        ApprovalKind.DIFFERENCE,
        shift.shift_id,
        off_fen(lines),
        words=mask_in_words(reason.strip()),
        facts={"lines": [line.as_row() for line in lines], **named},
        rows=tuple(
            ApprovalRow(RowKind.CASH if line.tender == CASH else RowKind.TENDER, line.tender, None, line.difference_fen)
            for line in lines
            if line.difference_fen
        ),
        since_at=shift.opened_at,
        hands=frozenset((shift.staff_no,)),
        no=shift.shift_no,
    )


def _counted(hall: OpenHall, reading: Reading, session: Session, shift: Shift) -> Counted:
    kept = shift_counts.counts_of(reading, shift.shift_id)[-1]
    found = read_report(reading, shift)
    if isinstance(found, FiguresDiffer):
        return Counted(shift, kept.count_no, kept.declared, (), (), 0, differ=found)
    lines = compare(found, kept.declared)
    off = off_fen(lines)
    signatures = approvals.need(hall, session, difference_request(shift, lines, "")).signatures if off else 0
    is_good = not shift_counts.has_moved_since(reading, shift.shift_id, kept.entry)
    likely = causes(_scene(reading, shift, lines, kept.declared)) if off else ()
    return Counted(shift, kept.count_no, kept.declared, lines, likely, signatures, is_good)


def _scene(reading: Reading, shift: Shift, lines: tuple[Compared, ...], declared: Declared) -> Scene:
    money = shift_counts.money_of(reading, shift.shift_id)
    return Scene(
        rows=money.rows,
        differences={line.tender: line.difference_fen for line in lines},
        counted={line.tender: line.counted_fen for line in lines},
        pieces=declared.cash.pieces,
        float_pieces=money.float_pieces,
        usual_float_fen=shift_counts.float_before(reading, shift.counter_id, stamp(shift.opened_at)),
        opened=money.opened,
    )


def _shift_of(reading: Reading, found: Found) -> Shift:
    return _named(reading, found.content["shift_id"])


def _named(reading: Reading, shift_id: str) -> Shift:
    shift = rows.find_shift(reading, shift_id)
    if shift is None:
        raise Refused(NoOpenShift())
    return shift
