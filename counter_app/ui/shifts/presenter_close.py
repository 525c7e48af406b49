"""The close of a shift without Qt: the blind count, what it came to, the causes, the signature, and the end."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

from counter_app.domain.approvals import ApprovalCase
from counter_app.domain.drawer_detective import Cause
from counter_app.domain.payments import CASH
from counter_app.domain.proofs import Proof, ProofKey
from counter_app.domain.shift_close import Compared, CountIsOld, Declared, ShiftEntry
from counter_app.services import handovers, proofs, shift_close
from counter_app.services.approvals import Signed
from counter_app.services.handovers import HandedOver
from counter_app.services.shift_close import Closed, Counted
from counter_app.ui.desk import Desk
from counter_app.ui.facts import Fact
from counter_app.ui.formats import amount, day_and_clock
from counter_app.ui.intents import Intents
from counter_app.ui.language import tr
from counter_app.ui.shifts.presenter import ClosedScreen, OnError, answers_no, closed_screen
from counter_app.ui.wording import sentences
from counter_app.ui.wording_money import tender_word
from counter_app.ui.wording_shifts import cause_words, entry_word


@dataclass(frozen=True, slots=True)
class ComparedRow:
    """One tender."""

    tender: str
    expected: str
    counted: str
    pieces: str
    off: str
    tone: Literal["bad", "ink"]


@dataclass(frozen=True, slots=True)
class CauseRow:
    """One likely cause, with the entries it opens to."""

    place: str
    words: str
    ids: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class EntryRow:
    """One entry behind a cause or a figure; None: it is of no customer."""

    at: str
    kind: str
    words: str
    amount: str
    customer_id: int | None = None


@dataclass(frozen=True, slots=True)
class ComparedScreen:
    """What a count came to; `wrong` says why the shift cannot be closed on it, empty where it can. `has_missing` says
    that papers of a tender are short.
    """

    heading: str
    said: str
    rows: tuple[ComparedRow, ...]
    causes: tuple[CauseRow, ...]
    asks_reason: bool
    may_close: bool
    wrong: str
    signatures: int
    has_missing: bool = False


class ClosePresenter:
    """Counts, compares and closes. Each is a decision: pressed again after a COMMIT whose end nobody knows, it finds
    what was recorded.
    """

    def __init__(self, desk: Desk) -> None:
        self._desk = desk
        self._counting, self._closing = Intents(desk), Intents(desk)
        self._counted: Counted | None = None
        self.missing: frozenset[ProofKey] = frozenset()

    def begin(self) -> None:
        """Another shift, or another person: what was tried before is over."""
        self._counting.begin()
        self._closing.begin()
        self._counted = None
        self.missing = frozenset()

    @property
    def signatures(self) -> int:
        """How many people sign what was counted last."""
        return self._counted.signatures if self._counted is not None else 0

    def count(self, declared: Declared, on_counted: Callable[[ComparedScreen], object], on_error: OnError) -> None:
        """Write the count down, then show what must be there."""
        desk, who = self._desk, self._desk.who

        def done(counted: Counted) -> None:
            self._counted, self.missing = counted, frozenset()
            # the same drawer counted again with the same result is another count
            self._counting.begin()
            on_counted(compared_screen(counted))

        self._counting.run(
            declared_key(declared),
            lambda intent: shift_close.count(desk.hall, who, declared, intent),
            done,
            *answers_no(on_error),
            word=tr("正在保存"),
        )

    def ask(self, reason: str, on_case: Callable[[ApprovalCase], object], on_error: OnError) -> None:
        """Read the difference as whoever signs it is to see it."""
        desk, who, missing = self._desk, self._desk.who, self.missing
        desk.lanes.run(
            "reader", lambda: shift_close.look(desk.hall, who, reason, missing), on_case, *answers_no(on_error)
        )

    def close(self, reason: str, on_closed: Callable[[ClosedScreen], object], on_error: OnError) -> None:
        """Close the shift on its last count, where nobody has to sign it."""
        desk, who, missing = self._desk, self._desk.who, self.missing
        self._closing.run(
            self._key(reason),
            lambda intent: shift_close.close(desk.hall, who, reason, intent, None, missing),
            lambda closed: on_closed(self.ended(closed)),
            *answers_no(on_error),
            word=tr("正在班结"),
        )

    def end(self, reason: str, signed: Signed) -> Closed:
        """Close the shift as somebody has signed it; on the writer's lane."""
        return shift_close.close(self._desk.hall, self._desk.who, reason, "", signed, self.missing)

    def ended(self, closed: Closed) -> ClosedScreen:
        """The shift is closed: what was tried is over."""
        self.begin()
        self._desk.changed()
        return closed_screen(closed)

    def ask_next(self, reason: str, on_case: Callable[[ApprovalCase], object], on_error: OnError) -> None:
        """Read what the next teller signs to take the drawer over."""
        desk, who, missing = self._desk, self._desk.who, self.missing
        desk.lanes.run(
            "reader", lambda: handovers.look(desk.hall, who, reason, missing), on_case, *answers_no(on_error)
        )

    def hand_over(self, reason: str, signed: Signed) -> HandedOver:
        """Close the shift and open the next teller's, as she has signed it; on the writer's lane."""
        return handovers.hand_over(self._desk.hall, self._desk.who, reason, signed, self.missing)

    def rows(self, ids: tuple[str, ...], on_rows: Callable[[tuple[EntryRow, ...]], object], on_error: OnError) -> None:
        """Read the entries behind a cause."""
        desk, who, counted = self._desk, self._desk.who, self._counted
        if counted is None:
            return
        shift_id = counted.shift.shift_id

        def job() -> tuple[EntryRow, ...]:
            zone = desk.hall.clock.now().tzinfo
            found = shift_close.entries_behind(desk.hall, who, shift_id, ids)
            return tuple(entry_row(entry, day_and_clock(entry.at.astimezone(zone))) for entry in found)

        desk.lanes.run("reader", job, on_rows, *answers_no(on_error))

    def papers(self, show: Callable[[tuple[Proof, ...]], object], on_error: OnError) -> None:
        """Read the papers of the counted shift, one by one."""
        desk, who = self._desk, self._desk.who
        desk.lanes.run("reader", lambda: proofs.of_shift(desk.hall, who), show, *answers_no(on_error))

    def _key(self, reason: str) -> tuple[object, ...]:
        counted = self._counted
        no = (counted.shift.shift_id, counted.count_no) if counted is not None else ("", 0)
        return (*no, reason, self.missing)


def declared_key(declared: Declared) -> tuple[object, ...]:
    """What tells one count from another."""
    return (tuple(tuple(row) for row in declared.cash.as_rows()), declared.slips)


def compared_screen(counted: Counted) -> ComparedScreen:
    """The count as the page shows it."""
    off, wrong = counted.off_fen, ""
    if counted.differ is not None:
        wrong = sentences(counted.differ)
    elif not counted.is_good:
        wrong = sentences(CountIsOld(counted.shift.shift_no, counted.count_no))
    said = tr("账实相符，可以班结。")
    if off:
        said = tr("有差异。先查右边的原因，再写明原因班结；重新清点会另记一次。")
        if counted.signatures:
            said += tr("差异合计 {sum}，超过本人限额，须他人签字。", sum=amount(off))
    return ComparedScreen(
        heading=tr("班次 {no} 第 {count} 次清点", no=counted.shift.shift_no, count=counted.count_no),
        said="" if wrong else said,
        rows=tuple(_row(line) for line in counted.lines),
        causes=tuple(_cause(place, cause) for place, cause in enumerate(counted.causes, 1)),
        asks_reason=bool(off),
        may_close=not wrong,
        wrong=wrong,
        signatures=counted.signatures,
        has_missing=any(line.tender != CASH and line.difference_fen < 0 for line in counted.lines),
    )


def difference_facts(case: ApprovalCase) -> tuple[Fact, ...]:
    """What each tender is off by, for whoever signs it."""
    return tuple(Fact(tender_word(row.no), signed_amount(row.amount_fen or 0)) for row in case.request.rows)


def _row(line: Compared) -> ComparedRow:
    pieces = f"{line.expected_pieces}" if line.tender == "cash" else f"{line.expected_pieces} / {line.counted_pieces}"
    return ComparedRow(
        tender_word(line.tender),
        amount(line.expected_fen),
        amount(line.counted_fen),
        pieces,
        signed_amount(line.difference_fen),
        "bad" if line.difference_fen else "ink",
    )


def signed_amount(fen: int) -> str:
    """An amount whose sign is said either way; nothing has none."""
    return f"+{amount(fen)}" if fen > 0 else amount(fen)


def _cause(place: int, cause: Cause) -> CauseRow:
    return CauseRow(str(place), cause_words(cause), cause.rows)


def entry_row(entry: ShiftEntry, at: str) -> EntryRow:
    """An entry as a list of records shows it."""
    return EntryRow(at, entry_word(entry.kind), entry.words, signed_amount(entry.fen), entry.customer_id)
