"""Money carried to the bank (解款), matched to the shifts it is of; what is left, and since when."""

from __future__ import annotations

from counter_app.domain.journal import Draft, Posting
from counter_app.domain.payments import CASH
from counter_app.domain.refusals import Refused
from counter_app.domain.safe import (
    BANK,
    DEPOSIT,
    Deposit,
    DepositKnown,
    DepositMade,
    DepositTooMuch,
    InSafe,
    SafeTooLow,
    account_of,
    wrong_deposit,
)
from counter_app.domain.staff import Right, Session
from counter_app.services import authority
from counter_app.services.intents import once
from counter_app.storage.hall import OpenHall
from counter_app.storage.journal import Found, stamp
from counter_app.storage.safe import deposits, in_safe, safe_cash_fen, safe_entries
from counter_app.storage.shifts import find_shift
from counter_app.storage.sql import Reading, Writing
from counter_app.storage.stamps import moment


def waiting(hall: OpenHall, session: Session) -> tuple[InSafe, ...]:
    """What no bank has yet, shift by shift, the oldest first.

    Raises:
        Refused: `NoRight`.
    """
    session.need(Right.SEE_JOURNAL)
    with hall.reading() as reading:
        return in_safe(reading)


def cash_in_safe(hall: OpenHall, session: Session) -> int:
    """The cash that lies in this counter's part of the safe, in fen, with what is kept for floats.

    Raises:
        Refused: `NoRight`.
    """
    session.need(Right.SEE_JOURNAL)
    with hall.reading() as reading:
        return safe_cash_fen(reading, hall.hall.counter_id)


def made(hall: OpenHall, session: Session) -> tuple[DepositMade, ...]:
    """All deposits, the newest first.

    Raises:
        Refused: `NoRight`.
    """
    session.need(Right.SEE_JOURNAL)
    with hall.reading() as reading:
        return tuple(reversed(deposits(reading)))


def deposit(hall: OpenHall, session: Session, wish: Deposit, intent_id: str) -> DepositMade:
    """Record that money went to the bank with the bank's slip: so much of each shift, each slip once.

    Raises:
        Refused: `NoRight`, `SignedOut`, `DepositIsWrong`, `DepositKnown`, `DepositTooMuch`, `SafeTooLow`.
        MoneyIsOff: the self-test has findings.
        NotRecorded, CommitUncertain: the file failed; ask again under the same intent.
    """
    session.need(Right.SIGN_OFF)
    wish = Deposit(wish.bank.strip(), wish.slip_no.strip(), wish.made_on, wish.lines)
    today = hall.clock.now().date()
    if refusal := wrong_deposit(wish, today):
        raise Refused(refusal)

    def act(work: Writing) -> DepositMade:
        authority.still(work, session, Right.SIGN_OFF)
        _check(hall, work, wish)
        moved = [Posting(account_of(line.tender), line.shift_id, -line.fen) for line in wish.lines]
        body = {
            "bank": wish.bank,
            "slip_no": wish.slip_no,
            "made_on": wish.made_on.isoformat(),
            "amount_fen": wish.fen,
            "lines": [list(line) for line in wish.lines],
        }
        postings = (*moved, Posting(BANK, hall.hall.counter_id, wish.fen))
        entry = hall.journal.append(work, Draft(DEPOSIT, body, session.staff_no, today, postings, intent_id=intent_id))
        return DepositMade(entry.place.entry_id, moment(stamp(entry.place.at)), session.staff_no, wish)

    return once(hall, intent_id, act, _recorded)


def _check(hall: OpenHall, reading: Reading, wish: Deposit) -> None:
    for entry in safe_entries(reading, DEPOSIT):
        if (entry.body["bank"], entry.body["slip_no"]) == (wish.bank, wish.slip_no):
            known = next(one for one in deposits(reading) if one.entry_id == entry.entry_id)
            raise Refused(DepositKnown(wish.bank, wish.slip_no, known.deposit.made_on))
    held = {(one.shift_id, one.tender): one.fen for one in in_safe(reading)}
    for line in wish.lines:
        held_fen = held.get((line.shift_id, line.tender), 0)
        if line.fen > held_fen:
            shift = find_shift(reading, line.shift_id)
            shift_no = shift.shift_no if shift else line.shift_id
            raise Refused(DepositTooMuch(shift_no, line.tender, line.fen, held_fen))
    cash_fen = sum(line.fen for line in wish.lines if line.tender == CASH)
    safe_fen = safe_cash_fen(reading, hall.hall.counter_id)
    if cash_fen > safe_fen:
        raise Refused(SafeTooLow(cash_fen, safe_fen))


def _recorded(reading: Reading, found: Found) -> DepositMade:
    return next(one for one in deposits(reading) if one.entry_id == found.entry_id)
