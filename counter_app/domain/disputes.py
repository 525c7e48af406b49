"""A line of a bill in dispute (争议): what of it is frozen since when, and what the two decisions make of it.

A dispute is dated rows among the settlements of its bill, so that every fold over them knows of it: a frozen part
lowers what is owed, and the late fee's base from the next day on, without being a payment.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Literal

from counter_app.domain.bills import DISPUTE, LOWERED, TAKEN_BACK, Bill, Settlement, source_of
from counter_app.domain.late_fee_policy import LateFeePolicy
from counter_app.domain.late_fees import late_fee
from counter_app.domain.money import Fen
from counter_app.domain.refusals import Refusal, Refused

OPEN, RELEASE, DECIDE = "dispute.open", "dispute.release", "dispute.decide"
KINDS = (OPEN, RELEASE, DECIDE)
"""The kinds of entries about disputes."""
DISPUTED = "disputed"
"""The account on which stands what was lowered: the other side of a receivable that never was due."""
NOT_MONEY = frozenset((DISPUTE, LOWERED, "waiver"))
"""Sources of settlements by which nobody paid anything."""
Outcome = Literal["stands", "lowered"]
REASONS = ("amount", "reading", "not_used", "tariff", "service", "other")
"""Codes of why a line is contested; `other` needs words."""
_WHOLE, _OPENED, _RELEASED, _DECIDED, _LOWERED, _BACK = 0, "o", "r", "d", "l", "b"


@dataclass(frozen=True, slots=True)
class Dispute:
    """A dispute as the rows of its bill tell it, in fen. `line` counts the bill's items from 1, 0 is the whole bill.

    `disputed_fen` is what is contested, `frozen_fen` what of it is frozen today: less once the customer wanted it
    released, nothing once it is decided. `counter_id` is where it was opened; empty: at this counter.
    """

    dispute_id: str
    line: int
    opened_on: date
    disputed_fen: Fen
    frozen_fen: Fen
    lowered_fen: Fen
    is_decided: bool
    counter_id: str
    rows: tuple[Settlement, ...]


@dataclass(frozen=True, slots=True)
class Contested:
    """What may be contested of a bill: a line, its name (empty: the whole bill), its sum, and what may be frozen."""

    line: int
    item: str
    amount_fen: Fen
    room_fen: Fen


@dataclass(frozen=True, slots=True)
class Decision:
    """What a decision does, to the fen: the rows that it writes, and of what was paid already the parts that go into
    the customer's prepaid book. `due_fen` is what the bill asks for afterwards, its late fee within it.
    """

    dispute: Dispute
    bill_id: int
    bill_no: str
    outcome: Outcome
    lowered_fen: Fen
    on: date
    is_spared: bool
    rows: tuple[Settlement, ...]
    back_principal_fen: Fen
    back_late_fee_fen: Fen
    due_before_fen: Fen
    due_fen: Fen
    late_fee_fen: Fen

    @property
    def back_fen(self) -> Fen:
        """What goes into the prepaid book."""
        return self.back_principal_fen + self.back_late_fee_fen

    @property
    def digest(self) -> tuple[object, ...]:
        """Two decisions with the same digest move the same money; it is compared, never kept."""
        return self.rows, self.on, self.due_fen


@dataclass(frozen=True, slots=True)
class DisputeTooLarge(Refusal):
    """More is contested than the line has left to contest."""

    item: str
    asked_fen: Fen
    room_fen: Fen


@dataclass(frozen=True, slots=True)
class DisputeNothing(Refusal):
    """A dispute about nothing."""


@dataclass(frozen=True, slots=True)
class DisputeReasonMissing(Refusal):
    """No reason was chosen, or none was written where one has to be."""


@dataclass(frozen=True, slots=True)
class DisputeUnknown(Refusal):
    """The bill has no such line, or no such dispute any more."""

    bill_no: str


@dataclass(frozen=True, slots=True)
class DisputeDecided(Refusal):
    """The dispute was decided before."""

    bill_no: str


@dataclass(frozen=True, slots=True)
class DisputeElsewhere(Refusal):
    """A dispute is decided where it was opened: there lies what the customer said."""

    bill_no: str
    counter_id: str


@dataclass(frozen=True, slots=True)
class DisputeReleased(Refusal):
    """Nothing is frozen any more."""

    bill_no: str


@dataclass(frozen=True, slots=True)
class LoweredTooMuch(Refusal):
    """A decision lowers at least one fen and at most what was contested."""

    asked_fen: Fen
    disputed_fen: Fen


@dataclass(frozen=True, slots=True)
class DisputeChanged(Refusal):
    """What was signed is not what the decision would do now."""

    bill_no: str


def disputes_of(bill: Bill) -> tuple[Dispute, ...]:
    """The disputes about a bill, decided ones too, the oldest first."""
    found: defaultdict[str, list[Settlement]] = defaultdict(list)
    for row in bill.settlements:
        if source_of(row.source) in (DISPUTE, LOWERED, TAKEN_BACK):
            found[row.settlement_id.partition("/")[0]].append(row)
    made = [_dispute(dispute_id, rows) for dispute_id, rows in found.items()]
    return tuple(sorted(made, key=lambda dispute: (dispute.opened_on, dispute.dispute_id)))


def open_dispute_of(bill: Bill, dispute_id: str, known: Sequence[Dispute] | None = None) -> Dispute:
    """The dispute of this name that waits for its decision at this counter; `known` are the bill's disputes where
    somebody has read them, and knows which counters are meant.

    Raises:
        Refused: `DisputeUnknown`, `DisputeDecided`, `DisputeElsewhere`.
    """
    among = disputes_of(bill) if known is None else known
    found = next((dispute for dispute in among if dispute.dispute_id == dispute_id), None)
    if found is None:
        raise Refused(DisputeUnknown(bill.bill_no))
    if found.is_decided:
        raise Refused(DisputeDecided(bill.bill_no))
    if found.counter_id:
        raise Refused(DisputeElsewhere(bill.bill_no, found.counter_id))
    return found


def frozen_fen(bill: Bill) -> Fen:
    """What of a bill is frozen today."""
    return sum(row.principal_fen for row in bill.settlements if source_of(row.source) == DISPUTE)


def is_in_dispute(bill: Bill) -> bool:
    """Whether a bill is held back from dunning: those who billed it say so, or a dispute at a counter waits for its
    decision. Both sources count alike.
    """
    return bill.is_disputed or any(not dispute.is_decided for dispute in disputes_of(bill))


def money_of(settlements: Iterable[Settlement]) -> tuple[Settlement, ...]:
    """Those of a bill's settlements by which money moved."""
    return tuple(row for row in settlements if source_of(row.source) not in NOT_MONEY)


def contested(bill: Bill) -> tuple[Contested, ...]:
    """The whole bill and each of its items, with what may still be contested of it."""
    taken: defaultdict[int, Fen] = defaultdict(int)
    for dispute in disputes_of(bill):
        taken[dispute.line] += dispute.lowered_fen if dispute.is_decided else dispute.disputed_fen
    left_fen = bill.principal_fen - sum(taken.values())
    lines = [(_WHOLE, "", bill.principal_fen), *((at, *item) for at, item in enumerate(bill.items, 1))]
    return tuple(
        Contested(line, item, fen, max(0, min(left_fen, fen - taken[line] if line else left_fen)))
        for line, item, fen in lines
    )


def opened(bill: Bill, dispute_id: str, *, line: int, fen: Fen, on: date) -> Settlement:
    """The row that freezes a part of a bill from the day after `on`: as with a payment, the day itself counts still.

    Raises:
        Refused: `DisputeUnknown`, `DisputeNothing`, `DisputeTooLarge`.
    """
    of = next((one for one in contested(bill) if one.line == line), None)
    if of is None:
        raise Refused(DisputeUnknown(bill.bill_no))
    if fen <= 0:
        raise Refused(DisputeNothing())
    if fen > of.room_fen:
        raise Refused(DisputeTooLarge(of.item, fen, of.room_fen))
    return _row(bill, dispute_id, line, f"{_OPENED}1", on, fen)


def released(bill: Bill, dispute: Dispute, on: date) -> Settlement:
    """The row that makes a frozen part payable again, by the customer's word: the dispute itself goes on.

    Raises:
        Refused: `DisputeReleased`.
    """
    if not dispute.frozen_fen:
        raise Refused(DisputeReleased(bill.bill_no))
    return _row(bill, dispute.dispute_id, dispute.line, f"{_RELEASED}1", _not_before(dispute, on), -dispute.frozen_fen)


def decided(bill: Bill, dispute: Dispute, policy: LateFeePolicy, *, lowered_fen: Fen, on: date) -> Decision:
    """What a decision makes of a bill: `lowered_fen` of it was never due, 0: the line stands as it is.

    What stands is owed as if it had never been frozen, or, where the pack spares days in dispute, from the day after
    the decision on. What was lowered is as if it had never been billed, late fee and cap included; what was paid of it,
    and of its late fee, goes into the prepaid book.

    Raises:
        Refused: `LoweredTooMuch`.
    """
    if not 0 <= lowered_fen <= dispute.disputed_fen:
        raise Refused(LoweredTooMuch(lowered_fen, dispute.disputed_fen))
    on = _not_before(dispute, on)
    is_spared = policy.version_on(dispute.opened_on).is_spared_in_dispute
    rows = _thaw(bill, dispute, lowered_fen, on, is_spared=is_spared)
    if lowered_fen:
        rows.append(
            _row(bill, dispute.dispute_id, dispute.line, f"{_LOWERED}1", bill.due_on, lowered_fen, source=LOWERED)
        )
    after = bill._replace(settlements=(*bill.settlements, *rows))
    principal_fen = _paid_too_much(after) - _paid_too_much(bill)
    late_fee_fen = _fee_too_much(after, policy, on) - _fee_too_much(bill, policy, on)
    if not lowered_fen:
        principal_fen = late_fee_fen = 0
    back = Settlement("", on, -max(0, principal_fen), -max(0, late_fee_fen))
    if back.principal_fen or back.late_fee_fen:
        name = _name(bill, dispute.dispute_id, dispute.line, f"{_BACK}1")
        rows.append(back._replace(settlement_id=name, source=TAKEN_BACK))
        after = bill._replace(settlements=(*bill.settlements, *rows))
    working = late_fee(after, policy, on)
    return Decision(
        dispute=dispute,
        bill_id=bill.bill_id,
        bill_no=bill.bill_no,
        outcome="lowered" if lowered_fen else "stands",
        lowered_fen=lowered_fen,
        on=on,
        is_spared=is_spared and lowered_fen < dispute.disputed_fen,
        rows=tuple(rows),
        back_principal_fen=-back.principal_fen,
        back_late_fee_fen=-back.late_fee_fen,
        due_before_fen=bill.principal_open_fen + late_fee(bill, policy, on).due_fen,
        due_fen=after.principal_open_fen + working.due_fen,
        late_fee_fen=working.due_fen,
    )


def _dispute(dispute_id: str, rows: list[Settlement]) -> Dispute:
    frozen = [row for row in rows if source_of(row.source) == DISPUTE]
    of = {_tag(row): row for row in rows}
    first = of.get(f"{_OPENED}1", rows[0])
    # what came down from the hub names the counter behind the source
    return Dispute(
        dispute_id,
        int(first.settlement_id.split("/")[1]),
        first.settled_on,
        first.principal_fen,
        sum(row.principal_fen for row in frozen),
        sum(row.principal_fen for row in rows if source_of(row.source) == LOWERED),
        any(tag.startswith(_DECIDED) for tag in of),
        first.source.partition(":")[2].partition(":")[2],
        tuple(sorted(frozen, key=lambda row: row.settled_on)),
    )


def _tag(row: Settlement) -> str:
    return row.settlement_id.partition(":")[0].split("/")[2]


def _name(bill: Bill, dispute_id: str, line: int, tag: str) -> str:
    return f"{dispute_id}/{line}/{tag}:{bill.bill_no}"


def _row(bill: Bill, dispute_id: str, line: int, tag: str, on: date, fen: Fen, *, source: str = DISPUTE) -> Settlement:
    return Settlement(_name(bill, dispute_id, line, tag), on, fen, 0, 0, source)


def _not_before(dispute: Dispute, on: date) -> date:
    """A counter whose date was put back writes no row before the last one of the dispute."""
    return max([on, *(row.settled_on for row in dispute.rows)])


def _thaw(bill: Bill, dispute: Dispute, lowered_fen: Fen, on: date, *, is_spared: bool) -> list[Settlement]:
    """The rows after which nothing is frozen today. Of the days until then nothing was frozen either, or, where they
    are spared, what was frozen of the part that stands.
    """
    frozen: Mapping[date, Fen] = _by_day(dispute.rows)
    wanted: defaultdict[date, Fen] = defaultdict(int)
    level_fen = kept_fen = 0
    for day, fen in frozen.items():
        level_fen += fen
        still_fen = max(0, level_fen - lowered_fen) if is_spared else 0
        wanted[day] += still_fen - kept_fen
        kept_fen = still_fen
    wanted[on] -= kept_fen
    changes = [(day, wanted[day] - frozen.get(day, 0)) for day in sorted(wanted)]
    # a decision that changes nothing of any day says all the same that there was one
    changes = [change for change in changes if change[1]] or [(on, 0)]
    return [
        _row(bill, dispute.dispute_id, dispute.line, f"{_DECIDED}{n}", day, fen)
        for n, (day, fen) in enumerate(changes, 1)
    ]


def _by_day(rows: Iterable[Settlement]) -> dict[date, Fen]:
    sums: defaultdict[date, Fen] = defaultdict(int)
    for row in rows:
        sums[row.settled_on] += row.principal_fen
    return dict(sorted(sums.items()))


def _paid_too_much(bill: Bill) -> Fen:
    """What was paid beyond what the bill asks for, frozen or not."""
    settled_fen = sum(row.principal_fen for row in bill.settlements if source_of(row.source) != DISPUTE)
    return max(0, settled_fen - bill.principal_fen)


def _fee_too_much(bill: Bill, policy: LateFeePolicy, on: date) -> Fen:
    """What was paid of a late fee beyond what it comes to; what was let off is no money, and never comes back as it."""
    paid_fen = sum(row.late_fee_fen for row in money_of(bill.settlements))
    working = late_fee(bill, policy, on)
    return max(0, min(paid_fen, working.settled_fen - working.computed_fen))
