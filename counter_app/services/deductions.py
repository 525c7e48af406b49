"""A batch of automatic deductions (自动扣款): each account at most once on a batch day, by one counter of the hall."""

from __future__ import annotations

import uuid
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from time import monotonic
from typing import TypeVar

from counter_app.clock import today
from counter_app.domain.deductions import (
    BATCH,
    DEDUCT,
    NotTheBatchDay,
    OtherCounterDeducts,
    Skipped,
    batch_day,
    decide,
    deduction_no,
)
from counter_app.domain.journal import Draft
from counter_app.domain.payments import PREPAID, Plan
from counter_app.domain.refusals import Refused
from counter_app.domain.staff import Right, Session
from counter_app.services import authority
from counter_app.services.payment_entry import postings_of, settled_of
from counter_app.services.payments import position_of
from counter_app.services.restores import order_restore
from counter_app.storage import deductions as rows
from counter_app.storage.deductions import Deducted, DeductionRow, Left
from counter_app.storage.deductions import Sums as Sums
from counter_app.storage.hall import SYSTEM, OpenHall
from counter_app.storage.journal import find_by_intent, stamp
from counter_app.storage.payments import SettlementRow
from counter_app.storage.sql import Reading, Writing

T = TypeVar("T")
Progress = Callable[[int, int], object]
OnWriter = Callable[[Callable[[], None]], object]
"""Runs one unit of work on the writer's thread and returns when it is done."""

_SLICE_S = 0.015
"""How long one unit of work goes on with further accounts: a payment passes between two."""
_NAMES = uuid.UUID("b1c5a8de-5a0c-4d0e-9a2f-7c1f0f6f2a10")


@dataclass(frozen=True, slots=True)
class BatchLook:
    """How a batch day stands at this counter; `other` is the code and name of the counter that does it, where that is
    another one. `sums` is what was done here so far.
    """

    batch_on: date
    next_on: date
    other: tuple[str, str] | None
    is_ended: bool
    sums: Sums


@dataclass(frozen=True, slots=True)
class BatchReport:
    """What a batch day came to, and account by account what was taken and what was left, and why."""

    batch_on: date
    sums: Sums
    deducted: tuple[Deducted, ...]
    left: tuple[Left, ...]


def look(hall: OpenHall, asked: date | None = None) -> BatchLook:
    """How the batch day that is due stands.

    Raises:
        Refused: `NoBatchDays`, `NotTheBatchDay`.
    """
    on = today(hall.clock)
    days = hall.pack.batch_days(on)
    batch_on = batch_day(days, hall.hall.trade, on, asked)
    with hall.reading() as reading:
        sums = rows.sums_of(reading, batch_on)
        is_ended = find_by_intent(reading, _ended(hall, batch_on, sums)) is not None
        other = _other(hall, reading)
    assert days is not None, "a batch day is one of the pack's"
    return BatchLook(batch_on, days.next_after(on), other, is_ended, sums)


def report(hall: OpenHall, batch_on: date, *, most: int = -1) -> BatchReport:
    """What was deducted on a batch day, what was not and why; of each list `most` rows at most."""
    with hall.reading() as reading:
        return BatchReport(
            batch_on,
            rows.sums_of(reading, batch_on),
            rows.deducted_on(reading, batch_on, most=most),
            rows.left_on(reading, batch_on, most=most),
        )


def run(
    hall: OpenHall,
    who: Session | str = SYSTEM,
    asked: date | None = None,
    *,
    is_here: bool = False,
    progress: Progress = lambda done, total: None,
    on_writer: OnWriter = lambda work: work(),
) -> Sums:
    """Deduct on the batch day that is due: every account of the hall whose books hold more than is overdue on it.

    Whatever ends it half way, it is run again and goes on: what is done is done, by account and batch day. With
    `is_here` it is done although another counter is the hall's first. A caller that is not on the writer's thread gives
    `on_writer`; everything else runs on its own. What `progress` raises stops it between two units of work.

    Raises:
        Refused: `NoRight`, `SignedOut`; `NoBatchDays`, `NotTheBatchDay`, `OtherCounterDeducts`.
        MoneyIsOff, StoreTrouble, CommitUncertain: the hall's file cannot be written; run it again.
    """
    if isinstance(who, Session):
        who.need(Right.SIGN_OFF)
    seen = _asked(hall, on_writer, lambda: look(hall, asked))
    if seen.other is not None and not is_here:
        raise Refused(OtherCounterDeducts(*seen.other))
    todo = _asked(hall, on_writer, lambda: _candidates(hall))
    batch = _Batch(hall, who, seen.batch_on)
    remaining = iter(todo)
    progress(0, len(todo))
    while batch.done < len(todo):
        on_writer(lambda: batch.slice(remaining))
        progress(batch.done, len(todo))
    ended = list[Sums]()
    on_writer(lambda: ended.append(batch.end()))
    return ended[0]


def _asked(hall: OpenHall, on_writer: OnWriter, question: Callable[[], T]) -> T:
    """An answer from the file; where only one thread may hold it, from the writer's."""
    if not hall.store.is_for_one_thread:
        return question()
    found = list[T]()
    on_writer(lambda: found.append(question()))
    return found[0]


def _candidates(hall: OpenHall) -> list[tuple[int, int, str]]:
    with hall.reading() as reading:
        return rows.candidates(reading, today(hall.clock))


@dataclass(slots=True)
class _Batch:
    """A batch under way."""

    hall: OpenHall
    who: Session | str
    batch_on: date
    done: int = 0

    def slice(self, remaining: Iterator[tuple[int, int, str]]) -> None:
        """Go on for one unit of work: some accounts in one commit."""
        until, skipped, met = monotonic() + _SLICE_S, list[Skipped](), 0
        with self.hall.writing(money=True) as work:
            self._still(work)
            for account_id, customer_id, account_no in remaining:
                met += 1
                if not rows.is_deducted(work, deduction_no(self.batch_on, account_no)):
                    skipped += self._meet(work, account_id, customer_id)
                if monotonic() > until:
                    break
            rows.add_skips(work, skipped)
        self.done += met

    def end(self) -> Sums:
        """Say in the journal what the batch day has come to, once for each such sum."""
        hall = self.hall
        with hall.writing(money=True) as work:
            self._still(work)
            sums = rows.sums_of(work, self.batch_on)
            intent_id = _ended(hall, self.batch_on, sums)
            if find_by_intent(work, intent_id) is None:
                body = {
                    "batch_on": self.batch_on.isoformat(),
                    "count": sums.taken_count,
                    "amount_fen": sums.taken_fen,
                    "left": dict(sums.left),
                }
                hall.journal.append(work, Draft(BATCH, body, self._staff_no, today(hall.clock), intent_id=intent_id))
        return sums

    @property
    def _staff_no(self) -> str:
        return self.who.staff_no if isinstance(self.who, Session) else self.who

    def _still(self, work: Writing) -> None:
        if isinstance(self.who, Session):
            authority.still(work, self.who, Right.SIGN_OFF)
        on = today(self.hall.clock)
        days = self.hall.pack.batch_days(on)
        if days is not None and days.last_on(on) != self.batch_on:
            # past midnight another batch day is due: what is left is met on that one
            raise Refused(NotTheBatchDay(self.batch_on, days.last_on(on), days.next_after(on)))

    def _meet(self, work: Writing, account_id: int, customer_id: int) -> list[Skipped]:
        """Deduct from an account, or say why not."""
        hall, batch_on = self.hall, self.batch_on
        _, position = position_of(hall, work, customer_id, account_id, None)
        found = decide(position)
        if found.plan is None:
            if not found.why:
                return []
            return [Skipped(account_id, batch_on, found.why, found.arrears_fen, found.balance_fen)]
        number, now = deduction_no(batch_on, position.account.account_no), hall.clock.now()
        intent_id = str(uuid.uuid5(_NAMES, f"{hall.hall.hall_id}:{hall.hall.counter_id}:{number}"))
        settled = settled_of(intent_id, found.plan)
        entry = hall.journal.append(
            work,
            Draft(
                kind=DEDUCT,
                body=_body(number, batch_on, found.plan, settled, account_id, position.account.account_no),
                staff_no=self._staff_no,
                business_date=position.on,
                postings=postings_of(found.plan, "", None),
                customer_id=customer_id,
                intent_id=intent_id,
            ),
        )
        row = DeductionRow(
            *(entry.place.entry_id, number, entry.id, batch_on.isoformat(), customer_id, account_id),
            *(self._staff_no, position.on.isoformat(), stamp(now), found.plan.settled_fen, found.balance_fen),
        )
        rows.add_deduction(work, row, settled)
        for service in found.plan.restored:
            order_restore(hall, work, entry, service, now)
        return []


def _body(
    number: str, batch_on: date, made: Plan, settled: Sequence[SettlementRow], account_id: int, account_no: str
) -> dict[str, object]:
    """What the entry says: a payment's words, as far as a deduction has them."""
    return {
        "account_id": account_id,
        "account_no": account_no,
        "balance_fen": made.prepaid_before_fen,
        "batch_on": batch_on.isoformat(),
        "books": [[book_id, -fen] for book_id, fen in made.prepaid_used],
        "change_fen": 0,
        "late_fee_rules": {x.bill.bill_no: x.working.version for x in made.lines if x.share.late_fee_fen},
        "receipt_no": number,
        "restored": [service.id for service in made.restored],
        "settled_fen": made.settled_fen,
        "settlements": [list(row) for row in settled],
        "tenders": [[PREPAID, made.prepaid_used_fen, "", "", "", None]],
    }


def _ended(hall: OpenHall, batch_on: date, sums: Sums) -> str:
    """The intent under which the end of a batch stands: another outcome is another end."""
    said = f"{hall.hall.hall_id}:{hall.hall.counter_id}:{batch_on}:{sums.taken_count}:{sums.taken_fen}:{sums.left}"
    return str(uuid.uuid5(_NAMES, said))


def _other(hall: OpenHall, reading: Reading) -> tuple[str, str] | None:
    """The counter that deducts for the hall, where it is another one."""
    first = rows.first_counter(reading)
    return None if first is None or first[0] == hall.hall.counter_id else (first[1], first[2])
