"""After a difference at the close: which slips of the hand would explain it to the fen, the likeliest first."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum

from counter_app.domain.money import Fen
from counter_app.domain.payments import CASH
from counter_app.domain.shifts import DENOMINATIONS_FEN

MOST_ROWS = 5
"""A cause that could rest on more rows names the likeliest of them."""


class Slip(StrEnum):
    """A slip of the hand; its value is its stable name."""

    WRONG_TENDER = "wrong_tender"
    SWAPPED_DIGITS = "swapped_digits"
    CHANGE_KEPT = "change_kept"
    CHANGE_TWICE = "change_twice"
    NOT_REVERSED = "not_reversed"
    NOT_GIVEN_BACK = "not_given_back"
    MISCOUNTED = "miscounted"
    OTHER_NOTE = "other_note"
    UNRECORDED = "unrecorded"
    FLOAT_WRONG = "float_wrong"


@dataclass(frozen=True, slots=True)
class MoneyRow:
    """One entry of the shift that moved money: `parts` are tender and fen as keyed (out of the counter is negative),
    `change_fen` what went back in cash of it. `words` are its receipt number, or its reason.
    """

    row_id: str
    kind: str
    minute: int
    words: str
    parts: tuple[tuple[str, Fen], ...]
    change_fen: Fen = 0

    @property
    def cash_fen(self) -> Fen:
        """What the row leaves in the drawer."""
        return sum(fen for tender, fen in self.parts if tender == CASH) - self.change_fen


@dataclass(frozen=True, slots=True)
class Scene:
    """Everything that may be asked about a shift whose count is off.

    `differences` and `counted` are by tender, in fen, counted less expected. The pieces are those of the closing and of
    the opening count, by denomination; `usual_float_fen` is the float of the counter's shift before, if it had one.
    `opened` are the rows at which the drawer was opened without money.
    """

    rows: Sequence[MoneyRow]
    differences: Mapping[str, Fen]
    counted: Mapping[str, Fen]
    pieces: Mapping[int, int]
    float_pieces: Mapping[int, int]
    usual_float_fen: Fen | None
    opened: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Cause:
    """One likely cause: what it explains of a tender's difference in fen, the rows it rests on with the likeliest
    first, and the denominations it is about (which, how many pieces, mixed up with which: 0 for none).

    `other_tender` is set where the money stands under another way of payment; `weight` ranks causes of one scene.
    """

    slip: Slip
    tender: str
    explained_fen: Fen
    rows: tuple[str, ...] = ()
    notes: tuple[tuple[int, int, int], ...] = ()
    other_tender: str = ""
    weight: int = field(default=0, compare=False)


# how often each slip is made among all that are found at a close, in thousands: a setting, not a law
_SHARE = {
    Slip.MISCOUNTED: 220,
    Slip.SWAPPED_DIGITS: 150,
    Slip.OTHER_NOTE: 130,
    Slip.NOT_REVERSED: 100,
    Slip.CHANGE_KEPT: 80,
    Slip.CHANGE_TWICE: 80,
    Slip.FLOAT_WRONG: 80,
    Slip.UNRECORDED: 70,
    Slip.NOT_GIVEN_BACK: 40,
}
_MILLION = 1_000_000
_PIECES_OFF = {
    1: 420_000,
    2: 160_000,
    3: 70_000,
    4: 30_000,
    5: 30_000,
    10: 60_000,
    20: 15_000,
    50: 20_000,
    100: 120_000,
}
"""How a count is off, by how many pieces: a few that stick together, or a bundle; in millionths."""
_ERRANDS = ("cash_out", "cash_drop")
_TWINS_MINUTES = 15
_BOTH_SIGNS = 2

Found = tuple[int, tuple[str, ...], tuple[tuple[int, int, int], ...]]
"""How likely the slip makes just this difference (in millionths), the rows, and the denominations."""


def causes(scene: Scene) -> tuple[Cause, ...]:
    """The likely causes of every tender's difference, the likeliest first; none where nothing is off.

    Each is a rule that makes just this difference out of the shift's rows or of what was counted; how many such
    differences it could have made tells how much it says that it makes this one.
    """
    found = [*_between_tenders(scene)]
    for tender, off_fen in sorted(scene.differences.items()):
        if off_fen:
            found += _of_one(scene, tender, off_fen)
    return tuple(sorted(found, key=lambda cause: (-cause.weight, cause.slip.value, cause.tender)))


def _between_tenders(scene: Scene) -> Iterator[Cause]:
    """What one tender has too much of, another lacks: keyed under the wrong one."""
    off = {tender: fen for tender, fen in scene.differences.items() if fen}
    for over, over_fen in sorted(off.items()):
        for short, short_fen in sorted(off.items()):
            if over_fen > 0 and over_fen == -short_fen:
                keyed = [row for row in scene.rows if _has_part(row, short, over_fen)]
                weight = _MILLION if keyed else _MILLION // 10
                rows = tuple(row.row_id for row in keyed[:MOST_ROWS])
                yield Cause(Slip.WRONG_TENDER, short, short_fen, rows, other_tender=over, weight=1000 * weight)


def _has_part(row: MoneyRow, tender: str, fen: Fen) -> bool:
    if tender == CASH:
        return row.cash_fen == fen
    return any(part == (tender, fen) for part in row.parts)


def _of_one(scene: Scene, tender: str, off_fen: Fen) -> Iterator[Cause]:
    for slip, rule in (_CASH_RULES if tender == CASH else _PAPER_RULES).items():
        chance, rows, notes = rule(scene, tender, off_fen)
        if chance:
            yield Cause(slip, tender, off_fen, rows[:MOST_ROWS], notes[:MOST_ROWS], weight=_SHARE[slip] * chance)


def _swapped(scene: Scene, tender: str, off_fen: Fen) -> Found:
    """An amount was keyed with two neighbouring digits the wrong way round: what came in is the other amount."""
    weighed, keyed = [], 0
    for row in scene.rows:
        for part, fen in row.parts:
            others = swaps(abs(fen)) if part == tender else set()
            keyed += bool(others)
            real_fen = abs(fen) + (off_fen if fen > 0 else -off_fen)
            if real_fen in others:
                # who gives a round sum is not misunderstood; who counts out an odd one, or a slip, may be
                weighed.append((_MILLION // len(others) * (1 if row.change_fen else 4), row))
    return _shared(weighed, 2 * keyed)


def _swapped_on_paper(scene: Scene, tender: str, off_fen: Fen) -> Found:
    """As `_swapped`; or the total of the slips was written down so."""
    chance, rows, _ = _swapped(scene, tender, off_fen)
    counted = scene.counted.get(tender, 0)
    total = swaps(counted)
    slip = _MILLION // (4 * len(total)) if counted - off_fen in total else 0
    return chance + slip, rows, ()


def swaps(fen: Fen) -> set[Fen]:
    """The amounts that have two neighbouring digits of this one the other way round, as it is written in yuan."""
    # 03 may have been 30
    digits = f"0{fen:03}"
    found = {
        int(digits[:at] + digits[at + 1] + digits[at] + digits[at + 2 :])
        for at in range(len(digits) - 1)
        if digits[at] != digits[at + 1]
    }
    return found - {fen}


def _change_kept(scene: Scene, _tender: str, off_fen: Fen) -> Found:
    return _change(scene, off_fen)


def _change_twice(scene: Scene, _tender: str, off_fen: Fen) -> Found:
    return _change(scene, -off_fen)


def _change(scene: Scene, change_fen: Fen) -> Found:
    given = [row for row in scene.rows if row.change_fen > 0]
    return _shared([(_MILLION, row) for row in given if row.change_fen == change_fen], len(given))


def _not_reversed(scene: Scene, tender: str, off_fen: Fen) -> Found:
    """The money of a payment went back, or came in once and was keyed twice, and nobody undid the payment."""
    paid = [row for row in scene.rows if _net(row, tender) > 0]
    meant = [row for row in paid if _net(row, tender) == -off_fen]
    twins = [
        (_MILLION * (6 if any(_are_twins(row, other) for other in meant if other is not row) else 1), row)
        for row in meant
        if row.kind == "payment"
    ]
    return _shared(twins, len(paid))


def _not_given_back(scene: Scene, tender: str, off_fen: Fen) -> Found:
    """A payment was undone, and its money is still here."""
    undone = [row for row in scene.rows if _net(row, tender) < 0 and row.kind not in _ERRANDS]
    return _shared([(_MILLION, row) for row in undone if _net(row, tender) == -off_fen], len(undone))


def _net(row: MoneyRow, tender: str) -> Fen:
    return row.cash_fen if tender == CASH else sum(fen for part, fen in row.parts if part == tender)


def _are_twins(one: MoneyRow, other: MoneyRow) -> bool:
    return one.kind == other.kind and abs(one.minute - other.minute) <= _TWINS_MINUTES


def _miscounted(scene: Scene, _tender: str, off_fen: Fen) -> Found:
    return _pieces_off(scene.pieces, off_fen)


def _float_wrong(scene: Scene, _tender: str, off_fen: Fen) -> Found:
    """The float was counted too low: what is too much now was there from the start; and the other way round."""
    counted_fen = sum(fen * pieces for fen, pieces in scene.float_pieces.items())
    usual = scene.usual_float_fen
    chance, _, notes = _pieces_off(scene.float_pieces, -off_fen)
    if usual is None:
        return chance, (), notes
    if counted_fen + off_fen == usual:
        # with what is off now it is the float of every other day
        return _MILLION // 2, (), notes
    return chance // 20, (), notes


def _pieces_off(pieces: Mapping[int, int], off_fen: Fen) -> Found:
    """How likely a count of these pieces is off by so much, and by which denominations."""
    weighed = []
    for fen in DENOMINATIONS_FEN:
        count = pieces.get(fen, 0)
        off, rest = divmod(off_fen, fen)
        if rest or off > count:
            continue
        chance = _PIECES_OFF.get(abs(off), 0) // _BOTH_SIGNS
        if (count - off) * 100 in swaps(count * 100):
            chance += 40_000
        if chance:
            # of what was not counted at all, more than one piece was hardly there
            weighed.append((chance if count else chance // 4, (fen, abs(off), 0)))
    weighed.sort(key=lambda one: -one[0])
    among = sum(pieces.get(fen, 0) > 0 for fen in DENOMINATIONS_FEN)
    return sum(chance for chance, _ in weighed) // max(1, among), (), tuple(note for _, note in weighed)


def _other_note(scene: Scene, _tender: str, off_fen: Fen) -> Found:
    """A note was taken, given or counted for one of another denomination: the smaller, how many, and the larger."""
    held = [fen for fen in DENOMINATIONS_FEN if scene.pieces.get(fen, 0) or scene.float_pieces.get(fen, 0)]
    weighed, among = [], 0
    for at, larger in enumerate(held):
        for place, smaller in enumerate(held[at + 1 :]):
            # neighbours lie side by side in the drawer, and are next to one another in size
            likely = 3 if place == 0 else 1
            among += likely
            for times, chance in ((1, 900_000), (2, 80_000)):
                if (larger - smaller) * times == abs(off_fen):
                    weighed.append((chance * likely, (smaller, times, larger)))
    weight = sum(chance for chance, _ in weighed) // max(1, _BOTH_SIGNS * among)
    return weight, (), tuple(notes for _, notes in sorted(weighed, key=lambda one: -one[0]))


def _unrecorded(scene: Scene, _tender: str, off_fen: Fen) -> Found:
    """Cash went in or out without an entry: hardly ever an odd sum; the drawer was opened for it, maybe."""
    size = abs(off_fen)
    steps = ((50_000, 60_000), (10_000, 30_000), (5_000, 8_000), (1_000, 3_000), (100, 800))
    chance = next((chance for step, chance in steps if size % step == 0), 60)
    if size >= 100_000 and size % 50_000 == 0:
        chance *= 3
    return chance // _BOTH_SIGNS * (3 if scene.opened else 1), scene.opened, ()


def _shared(weighed: Iterable[tuple[int, MoneyRow]], among: int) -> Found:
    ranked = sorted(weighed, key=lambda one: -one[0])
    chance = sum(weight for weight, _ in ranked) // max(1, among)
    return chance, tuple(row.row_id for _, row in ranked), ()


Rule = Callable[[Scene, str, Fen], Found]
_CASH_RULES: dict[Slip, Rule] = {
    Slip.SWAPPED_DIGITS: _swapped,
    Slip.CHANGE_KEPT: _change_kept,
    Slip.CHANGE_TWICE: _change_twice,
    Slip.NOT_REVERSED: _not_reversed,
    Slip.NOT_GIVEN_BACK: _not_given_back,
    Slip.MISCOUNTED: _miscounted,
    Slip.OTHER_NOTE: _other_note,
    Slip.UNRECORDED: _unrecorded,
    Slip.FLOAT_WRONG: _float_wrong,
}
_PAPER_RULES: dict[Slip, Rule] = {
    Slip.SWAPPED_DIGITS: _swapped_on_paper,
    Slip.NOT_REVERSED: _not_reversed,
    Slip.NOT_GIVEN_BACK: _not_given_back,
}
