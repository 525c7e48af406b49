"""The safe without Qt: what lies there and waits for the bank, days to be closed, papers that are looked for."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, tzinfo

from counter_app.domain.day_report import DayFacts, OpenDay
from counter_app.domain.proofs import MissingProof, ProofKey
from counter_app.domain.rights import Right
from counter_app.domain.safe import Deposit, DepositMade, InSafe
from counter_app.domain.shifts import CashCount
from counter_app.services import days, deposits, floats, proofs
from counter_app.ui.desk import Desk
from counter_app.ui.formats import amount, day_and_clock
from counter_app.ui.intents import Intents
from counter_app.ui.language import tr
from counter_app.ui.shifts.presenter import OnError, answers_no
from counter_app.ui.theme import Tone
from counter_app.ui.wording_money import tender_word

_PAPERS, _DEPOSITS = 10, 10
About = OpenDay | InSafe | MissingProof | DayFacts | DepositMade


@dataclass(frozen=True, slots=True)
class SafeRow:
    """One thing that waits, or that was done last: what it is, its number, since when or of when, and its sum."""

    what: str
    no: str
    since: str
    amount: str
    tone: Tone
    about: About


@dataclass(frozen=True, slots=True)
class SafeScreen:
    """What lies in the safe, and everything about it, what waits first."""

    cash: str
    rows: tuple[SafeRow, ...]
    waiting: tuple[InSafe, ...]
    today: date


class SafePresenter:
    """Reads the safe, and writes down what a supervisor does with it; each act is a decision of its own."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk
        self._acts = Intents(desk)

    @property
    def may_act(self) -> bool:
        """Whether whoever looks may close days, bank and find papers."""
        return self._desk.session is not None and self._desk.session.may(Right.SIGN_OFF)

    def read(self, show: Callable[[SafeScreen], object], on_error: OnError) -> None:
        """Read everything that the panel shows."""
        hall, who = self._desk.hall, self._desk.who

        def job() -> SafeScreen:
            waiting, zone = deposits.waiting(hall, who), hall.clock.now().tzinfo
            rows = (
                *(_day_row(day) for day in days.waiting(hall, who)),
                *(_missing_row(proof) for proof in proofs.missing(hall, who)),
                *(_held_row(held, zone) for held in waiting),
                *(_paper_row(facts) for facts in days.issued(hall)[:_PAPERS]),
                *(_deposit_row(made) for made in deposits.made(hall, who)[:_DEPOSITS]),
            )
            return SafeScreen(amount(deposits.cash_in_safe(hall, who)), rows, waiting, hall.clock.now().date())

        self._desk.lanes.run("reader", job, show, *answers_no(on_error))

    def close_day(self, on: date, done: Callable[[DayFacts], object], on_error: OnError) -> None:
        """Close a business date."""
        hall, who = self._desk.hall, self._desk.who
        self._acts.run(
            ("day", on),
            lambda intent: days.close(hall, who, on, intent),
            done,
            *answers_no(on_error),
            word=tr("正在日结"),
        )

    def deposit(self, wish: Deposit, done: Callable[[DepositMade], object], on_error: OnError) -> None:
        """Record that money went to the bank."""
        hall, who = self._desk.hall, self._desk.who
        self._acts.run(
            ("deposit", wish),
            lambda intent: deposits.deposit(hall, who, wish, intent),
            done,
            *answers_no(on_error),
            word=tr("正在保存"),
        )

    def found(self, key: ProofKey, words: str, done: Callable[[None], object], on_error: OnError) -> None:
        """A missing paper is there."""
        hall, who = self._desk.hall, self._desk.who
        self._acts.run(
            ("found", key, words),
            lambda intent: proofs.found(hall, who, key, words, intent),
            done,
            *answers_no(on_error),
            word=tr("正在保存"),
        )

    def put_in(self, count: CashCount, reason: str, done: Callable[[int], object], on_error: OnError) -> None:
        """Money for floats came into the safe."""
        hall, who = self._desk.hall, self._desk.who
        key = (tuple(tuple(row) for row in count.as_rows()), reason)
        self._acts.run(
            ("fund", *key),
            lambda intent: floats.put_in(hall, who, count, reason, intent),
            done,
            *answers_no(on_error),
            word=tr("正在保存"),
        )


def _day_row(day: OpenDay) -> SafeRow:
    on = day.business_date.isoformat()
    since = tr("班次 {no} 还没有班结", no=day.open_shift_no) if day.open_shift_no else tr("各班已班结")
    shifts = tr("{count} 个班次", count=len(day.shift_nos))
    return SafeRow(tr("待日结"), on, since, shifts, "ink" if day.open_shift_no else "warn", day)


def _missing_row(proof: MissingProof) -> SafeRow:
    no = f"{proof.receipt_no} {tender_word(proof.tender)}"
    since = f"{proof.business_date.isoformat()} {proof.staff_no}"
    return SafeRow(tr("缺单据"), no, since, amount(proof.fen), "warn", proof)


def _held_row(held: InSafe, zone: tzinfo | None) -> SafeRow:
    since = day_and_clock(held.closed_at.astimezone(zone)) if held.closed_at else tr("班中上缴")
    no = f"{held.shift_no} {tender_word(held.tender)}"
    return SafeRow(tr("未解款"), no, since, amount(held.fen), "ink", held)


def _paper_row(facts: DayFacts) -> SafeRow:
    counted_fen = sum(line.counted_fen for line in facts.tenders)
    return SafeRow(tr("日结单"), facts.paper_no, facts.day, amount(counted_fen), "muted", facts)


def _deposit_row(made: DepositMade) -> SafeRow:
    deposit = made.deposit
    no = f"{deposit.bank} {deposit.slip_no}"
    return SafeRow(tr("已解款"), no, deposit.made_on.isoformat(), amount(deposit.fen), "muted", made)
