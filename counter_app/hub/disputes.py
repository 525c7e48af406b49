"""Disputes at the hub: what is frozen of a bill, what was never due, and what a bill made smaller takes their place."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from counter_app.domain.bills import DISPUTE, LOWERED, TAKEN_BACK
from counter_app.domain.disputes import DECIDE, DISPUTED, OPEN
from counter_app.domain.rights import Right
from counter_app.hub import books, guests
from counter_app.hub.accounts import LATE_FEE, PREPAID, RECEIVABLE
from counter_app.hub.batch import Batch
from counter_app.hub.credits import frozen_of, give_credit, last_paid, rows_of_bill
from counter_app.hub.entries import Arrived, Unfit, number, whole, words
from counter_app.hub.excess import Because, use_open
from counter_app.hub.payments import put_settlement, too_much_of, with_row
from counter_app.hub.rows import BILLS, LINES, BillSum, Settlement
from counter_app.hub.slate import Slate

UNKNOWN_BILL = "unknown_bill"
"""Why an entry is kept apart that contests a bill which the hub does not have."""
OTHER_DISPUTE = "not_the_dispute"
"""Why an entry is kept apart that releases or decides what was not opened so, or is decided."""
SAME_HAND = "no_approver"
_BY_MASTER = "m"
"""What the tag of a row begins with that a bill made smaller by those who billed it takes the place of."""


@dataclass(frozen=True, slots=True)
class Said:
    """What an entry about a dispute says: of which bill, its rows, and what goes into which book."""

    dispute_id: str
    bill_id: int
    bill_no: str
    rows: tuple[tuple[str, int, int, int, int, str, str], ...]
    books: tuple[tuple[int, int], ...]

    def sum_of(self, source: str) -> int:
        """The principal of the rows of a source."""
        return sum(row[2] for row in self.rows if row[6] == source)


def dispute(slate: Slate, batch: Batch, entry: Arrived) -> None:
    """Freeze, release or decide a part of a bill where the bill is.

    Raises:
        Unfit: `unreadable`, `out_of_bounds`, `no_right`, `unknown_staff`; `unknown_bill`; `intent_used`: its rows are
            known; `incoherent`: the rows are not what the entry is for, or other than its postings;
            `not_the_dispute`; `no_approver`: nobody signed it who had no hand in it.
    """
    said = _read(entry)
    batch.need(entry, Right.TAKE_PAYMENT)
    home_id, bill_id = guests.home_of(slate, batch.hall_id, "bill", said.bill_id)
    bill = slate.find(BILLS, home_id, bill_id)
    if bill is None or bill.bill_no != said.bill_no:
        raise Unfit(UNKNOWN_BILL, said.bill_no)
    _check_postings(entry, said)
    known = [row for name, row in rows_of_bill(slate, bill).items() if name.startswith(f"{said.dispute_id}/")]
    if entry.kind == OPEN:
        _check_opened(said, known, bill)
    else:
        _check_follows(slate, batch, entry, said, known)
    for row in said.rows:
        bill = _put(slate, bill, row, entry)
    if entry.kind != OPEN:
        bill = _in_its_place(slate, bill, said)
    back_fen = sum(row[2] + row[3] for row in said.rows if row[6] == TAKEN_BACK)
    guests.post_between(slate, batch.hall_id, home_id, back_fen)
    whose = books.Whose.said_in(entry.body, number(entry.body["account_id"]))
    for line, (book_id, fen) in enumerate(said.books, 1):
        books.move(slate, batch, entry, line, book_id, fen, whose=whose)
    why = Because(batch.at, entry.entry_id, entry.counter_id)
    if entry.kind != OPEN:
        bill = use_open(slate, why, bill)
    if said.sum_of(LOWERED):
        _credit(slate, batch.at, bill, f"{said.dispute_id}:{entry.entry_id}")


def made_smaller(slate: Slate, bill: BillSum, by_fen: int) -> BillSum:
    """A bill that those who billed it made smaller: that takes the place of what was lowered of it at a counter, and
    then of what is in dispute still, so that nothing is taken off twice.
    """
    if by_fen <= 0:
        return bill
    rows = list(rows_of_bill(slate, bill).values())
    of: defaultdict[str, list[Settlement]] = defaultdict(list)
    for row in sorted(rows):
        if row.source in (DISPUTE, LOWERED):
            of[row.settlement_id.partition(":")[0].rpartition("/")[0]].append(row)
    for source in (LOWERED, DISPUTE):
        for line, known in of.items():
            if by_fen <= 0:
                return bill
            bill, by_fen = _absorb(slate, bill, line, known, source, by_fen)
    return bill


def _absorb(
    slate: Slate, bill: BillSum, line: str, known: list[Settlement], source: str, by_fen: int
) -> tuple[BillSum, int]:
    of_source = [row for row in known if row.source == source]
    left_fen = sum(row.principal_fen for row in of_source)
    if source == LOWERED:
        off_fen = min(by_fen, left_fen)
    else:
        # what is contested, whether it is frozen or was released; what is decided is contested no more
        is_decided = any(_tag(row).startswith("d") for row in known)
        contested_fen = sum(row.principal_fen for row in of_source if _tag(row)[0] in ("o", _BY_MASTER))
        off_fen = 0 if is_decided else min(by_fen, contested_fen)
    if off_fen <= 0:
        return bill, by_fen
    place = 1 + sum(_tag(row).startswith(_BY_MASTER) for row in known)
    on = of_source[0].settled_on if source == LOWERED else min(row.settled_on for row in of_source)
    made = [(f"{_BY_MASTER}{place}", -off_fen)]
    if source == DISPUTE and off_fen > left_fen:
        made.append((f"n{place}", off_fen - left_fen))
    for tag, fen in made:
        name = f"{line}/{tag}:{bill.bill_no}"
        row = Settlement(bill.hall_id, name, bill.bill_id, on, fen, 0, 0, source, "hub", known[0].counter_id, None)
        known.append(row)
        bill = _apply(slate, bill, row)
    return bill, by_fen - off_fen


def _tag(row: Settlement) -> str:
    return row.settlement_id.partition(":")[0].rpartition("/")[2]


def _read(entry: Arrived) -> Said:
    body = entry.body
    try:
        rows = tuple([_row(*row) for row in body["settlements"]])
        moved = tuple([(number(book_id), whole(fen)) for book_id, fen in body.get("books", ())])
        said = Said(words(body["dispute_id"]), number(body["bill_id"]), words(body["bill_no"]), rows, moved)
    except (KeyError, TypeError, ValueError) as error:
        raise Unfit("unreadable", type(error).__name__) from error
    sources = (DISPUTE, LOWERED, TAKEN_BACK) if entry.kind == DECIDE else (DISPUTE,)
    names = {row[0] for row in rows}
    is_right = len(names) == len(rows) > 0 and all(name.startswith(f"{said.dispute_id}/") for name in names)
    if not is_right or any(row[1] != said.bill_id or row[6] not in sources for row in rows):
        raise Unfit("incoherent")
    return said


def _row(
    name: Any, bill_id: Any, principal_fen: Any, late_fee_fen: Any, cost_fen: Any, on: Any, source: Any
) -> tuple[str, int, int, int, int, str, str]:
    fen = (whole(principal_fen), whole(late_fee_fen), whole(cost_fen))
    if fen[2] or (fen[1] and source != TAKEN_BACK):
        raise Unfit("incoherent")
    return (words(name), number(bill_id), *fen, words(on), words(source))


def _check_postings(entry: Arrived, said: Said) -> None:
    """What a decision moves: what was never due off the bill, and what was paid of it into a book."""
    left: defaultdict[tuple[str, str], int] = defaultdict(int)
    subject, lowered_fen = str(said.bill_id), said.sum_of(LOWERED)
    back = [row for row in said.rows if row[6] == TAKEN_BACK]
    left[DISPUTED, subject] += lowered_fen
    left[RECEIVABLE, subject] -= lowered_fen + sum(row[2] for row in back)
    left[LATE_FEE, subject] -= sum(row[3] for row in back)
    for book_id, fen in said.books:
        left[PREPAID, str(book_id)] -= fen
    for account, of, fen in entry.postings:
        left[account, of] -= fen
    is_wrong = lowered_fen < 0 or any(row[2] > 0 or row[3] > 0 for row in back) or any(fen < 0 for _, fen in said.books)
    if is_wrong or any(left.values()):
        raise Unfit("incoherent")


def _check_opened(said: Said, known: Sequence[Settlement], bill: BillSum) -> None:
    if known:
        raise Unfit("intent_used")
    if len(said.rows) != 1 or not 0 < said.rows[0][2] <= bill.principal_fen:
        raise Unfit("incoherent")


def _check_follows(slate: Slate, batch: Batch, entry: Arrived, said: Said, known: Sequence[Settlement]) -> None:
    """Whatever follows is about what is open still: a release leaves no less than nothing frozen, a decision nothing,
    and takes off at most what was contested, which whoever opened it does not sign.
    """
    opened = next((row for row in known if _tag(row).startswith("o")), None)
    if opened is None or any(_tag(row).startswith("d") for row in known):
        raise Unfit(OTHER_DISPUTE, said.dispute_id)
    if any(row.settlement_id in {name for name, *_ in said.rows} for row in known):
        raise Unfit("intent_used")
    own_fen = sum(row.principal_fen for row in known if row.source == DISPUTE and row.entry_id is not None)
    frozen_fen = own_fen + said.sum_of(DISPUTE)
    if said.sum_of(LOWERED) > opened.principal_fen or (frozen_fen if entry.kind == DECIDE else frozen_fen < 0):
        raise Unfit(OTHER_DISPUTE, said.dispute_id)
    if entry.kind == DECIDE:
        line = None if opened.entry_id is None else slate.find(LINES, batch.hall_id, opened.entry_id)
        if entry.approver_no in ("", entry.staff_no, line.staff_no if line else ""):
            raise Unfit(SAME_HAND)
        batch.need(entry, Right.SIGN_OFF, staff_no=entry.approver_no)


def _in_its_place(slate: Slate, bill: BillSum, said: Said) -> BillSum:
    """A bill was made smaller while a counter, that did not know of it, released or decided: what both took off is
    taken off once.
    """
    rows = rows_of_bill(slate, bill).items()
    known = [row for name, row in rows if name.startswith(f"{said.dispute_id}/")]
    if not any(_tag(row).startswith(_BY_MASTER) for row in known):
        return bill
    line, first = known[0].settlement_id.partition(":")[0].rpartition("/")[0], min(row.settled_on for row in known)
    frozen_fen = sum(row.principal_fen for row in known if row.source == DISPUTE)
    lowered_fen = sum(row.principal_fen for row in known if row.source == LOWERED)
    contested_fen = sum(
        row.principal_fen for row in known if row.source == DISPUTE and _tag(row)[0] in ("o", _BY_MASTER)
    )
    is_decided = any(_tag(row).startswith("d") for row in known)
    place = len(known)
    wrong_fen = frozen_fen if is_decided else min(0, frozen_fen)
    for source, tag, fen in ((DISPUTE, "n", -wrong_fen), (LOWERED, _BY_MASTER, min(0, contested_fen - lowered_fen))):
        if fen:
            name = f"{line}/{tag}{place}:{bill.bill_no}"
            made = (bill.bill_id, first, fen, 0, 0, source, "hub", known[0].counter_id, None)
            bill = _apply(slate, bill, Settlement(bill.hall_id, name, *made))
    return bill


def _put(slate: Slate, bill: BillSum, said: tuple[str, int, int, int, int, str, str], entry: Arrived) -> BillSum:
    name, _, principal_fen, late_fee_fen, cost_fen, on, source = said
    made = (
        bill.bill_id,
        on,
        principal_fen,
        late_fee_fen,
        cost_fen,
        source,
        "counter",
        entry.counter_id,
        entry.entry_id,
    )
    return _apply(slate, bill, Settlement(bill.hall_id, name, *made))


def _apply(slate: Slate, bill: BillSum, row: Settlement) -> BillSum:
    """Write a row of a dispute; what is frozen or was never due nobody has paid: it stands on an account of its own."""
    put_settlement(slate, row)
    now = with_row(bill, row)
    slate.put(BILLS, now)
    slate.post(bill.hall_id, RECEIVABLE, "", -row.principal_fen)
    if row.source == TAKEN_BACK:
        slate.post(bill.hall_id, LATE_FEE, "", -row.late_fee_fen)
    else:
        slate.post(bill.hall_id, DISPUTED, "", row.principal_fen)
    return now


def _credit(slate: Slate, at: str, bill: BillSum, name: str) -> None:
    """What other counters took of a line that was never due is the customer's."""
    too_much = too_much_of(bill, name, at[:10], frozen_fen=frozen_of(slate, bill))
    if too_much is None:
        return
    paid = last_paid(slate, bill) or too_much
    too_much = too_much._replace(counter_id=paid.counter_id, entry_id=paid.entry_id)
    put_settlement(slate, too_much)
    give_credit(slate, at, bill, paid, too_much, is_changed=True)
    slate.put(BILLS, with_row(bill, too_much))
