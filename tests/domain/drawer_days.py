"""Shifts at a counter as they happen, note by note, and one slip of the hand in each: what the detective is tried on.

Nothing here knows how causes are ranked: customers come with notes, a drawer gives change out of what lies in it, a
teller keys what she means, and at the end counts what is there. A slip changes what the hand does or what is keyed;
the difference comes out of that by itself.
"""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field, replace

from counter_app.domain.drawer_detective import MoneyRow, Scene

NOTES = (10_000, 5_000, 2_000, 1_000, 500, 100, 50, 10)
MIXED_UP = (
    *((10_000, 5_000), (5_000, 2_000), (2_000, 1_000), (1_000, 500), (500, 100), (100, 50), (50, 10)),
    *((10_000, 1_000), (5_000, 100), (2_000, 500), (10_000, 2_000)),
)
STANDARD_FLOAT = {5_000: 2, 2_000: 5, 1_000: 15, 500: 20, 100: 40, 50: 20, 10: 100}


@dataclass
class Day:
    """A shift in the making: what is truly in the drawer, and what the program was told."""

    dice: random.Random
    drawer: Counter[int] = field(default_factory=Counter)
    float_counted: dict[int, int] = field(default_factory=dict)
    rows: list[MoneyRow] = field(default_factory=list)
    slips: Counter[str] = field(default_factory=Counter)
    opened: list[str] = field(default_factory=list)
    minute: int = 510
    usual: int | None = None

    def row(self, kind: str, parts: tuple[tuple[str, int], ...], change: int = 0, words: str = "") -> MoneyRow:
        """Key an entry."""
        made = MoneyRow(f"{kind}-{len(self.rows)}", kind, self.minute, words, parts, change)
        self.rows.append(made)
        return made

    def hand_in(self, notes: Counter[int]) -> None:
        self.drawer.update(notes)

    def hand_out(self, fen: int) -> Counter[int] | None:
        """Notes and coins for a sum out of what is there, largest first; None where they do not make it."""
        given: Counter[int] = Counter()
        for note in NOTES:
            pieces = min(self.drawer[note], fen // note)
            if pieces:
                given[note] = pieces
                fen -= pieces * note
        if fen:
            return None
        self.drawer.subtract(given)
        return given


@dataclass(frozen=True)
class Closing:
    """A closing with what truly went wrong: the act, the entry at which it was done, and the notes it was done with."""

    scene: Scene
    act: str
    row_id: str = ""
    notes: tuple[int, ...] = ()


def purse(dice: random.Random, fen: int) -> Counter[int]:
    """What a customer lays down for a sum: the exact coins, or the next round notes."""
    style = dice.random()
    if style < 0.25:
        rest, notes = fen, Counter[int]()
        for note in NOTES:
            notes[note], rest = divmod(rest, note)
        return +notes
    step = 10_000 if style < 0.75 else 5_000 if style < 0.85 else 1_000
    rest, notes = -(-fen // step) * step, Counter[int]()
    for note in (10_000, 5_000, 2_000, 1_000):
        notes[note], rest = divmod(rest, note)
    return +notes


def amount_due(dice: random.Random) -> int:
    """A bill: some end in jiao, some are whole, most are between twenty and two hundred yuan."""
    fen = int(min(dice.lognormvariate(8.9, 0.75), 200_000))
    step = dice.choices((100, 10, 1), (35, 45, 20))[0]
    return max(500, fen // step * step)


def serve(day: Day) -> None:
    """One customer: pays a bill or tops up, and gets change."""
    dice = day.dice
    tender = dice.choices(("cash", "qr", "card", "cheque", "bank_slip"), (46, 28, 20, 2, 4))[0]
    due = dice.choice((3_000, 5_000, 10_000, 10_000, 20_000, 30_000)) if dice.random() < 0.18 else amount_due(dice)
    if tender != "cash":
        day.row("payment", ((tender, due),))
        day.slips[tender] += due
        return
    due = due // 10 * 10
    notes = purse(dice, due)
    paid = sum(note * pieces for note, pieces in notes.items())
    day.hand_in(notes)
    if paid > due and day.hand_out(paid - due) is None:
        # no change in the drawer: the customer finds it in the purse
        day.drawer.subtract(notes)
        day.hand_in(exact(due))
        paid = due
    day.row("payment", (("cash", paid),), paid - due)


def exact(fen: int) -> Counter[int]:
    notes: Counter[int] = Counter()
    for note in NOTES:
        notes[note], fen = divmod(fen, note)
    return +notes


def begin(dice: random.Random) -> Day:
    """A counted float: nearly always the one of every day."""
    day = Day(dice)
    pieces = Counter(STANDARD_FLOAT)
    if dice.random() < 0.1:
        pieces[1_000] += dice.choice((5, 10, 20))
    day.drawer.update(pieces)
    day.float_counted = dict(pieces)
    day.usual = total(STANDARD_FLOAT) if dice.random() < 0.92 else None
    return day


def total(pieces: dict[int, int] | Counter[int]) -> int:
    return sum(note * count for note, count in pieces.items())


def run(day: Day, customers: int) -> None:
    """The customers of a shift, with a few errands to the safe between them."""
    for _ in range(customers):
        day.minute += day.dice.choice((0, 1, 1, 2, 3))
        serve(day)
        if day.dice.random() < 0.01:
            day.opened.append(f"opened-{len(day.rows)}")
        if day.dice.random() < 0.008 and day.drawer[10_000] > 30:
            pieces = day.drawer[10_000] // 10 * 10
            day.drawer[10_000] -= pieces
            day.row("cash_out", (("cash", -pieces * 10_000),))
        if day.dice.random() < 0.006:
            day.hand_in(Counter({100: 100, 1_000: 20}))
            day.row("cash_in", (("cash", 30_000),))


# --- slips of the hand: each does one wrong thing and says what it was ---

Act = Callable[[Day], tuple[str, tuple[int, ...]] | None]


def some_payment(day: Day, tender: str, *, with_change: bool | None = None) -> int | None:
    """The place of a payment by one tender."""
    places = [
        at
        for at, row in enumerate(day.rows)
        if row.kind == "payment"
        and row.parts[0][0] == tender
        and (with_change is None or (row.change_fen > 0) is with_change)
    ]
    return day.dice.choice(places) if places else None


def key_again(day: Day, at: int, tender: str, fen: int) -> str:
    """The entry says another tender or amount than what was handed over."""
    row = day.rows[at]
    day.rows[at] = replace(row, parts=((tender, fen),), change_fen=0)
    return row.row_id


def digits_swapped(day: Day) -> tuple[str, tuple[int, ...]] | None:
    """She keys 52 for 25: a sum counted out exactly, or the slip of a terminal."""
    tender = day.dice.choices(("cash", "card", "qr"), (4, 4, 3))[0]
    for _ in range(60):
        at = some_payment(day, tender, with_change=False)
        if at is None:
            return None
        fen = day.rows[at].parts[0][1]
        yuan, tail = (str(fen // 100), "00") if fen % 100 == 0 else (str(fen), "")
        place = day.dice.randrange(max(1, len(yuan) - 1))
        if len(yuan) < 2 or yuan[place] == yuan[place + 1]:
            continue
        wrong = int(yuan[:place] + yuan[place + 1] + yuan[place] + yuan[place + 2 :] + tail)
        return key_again(day, at, tender, wrong), ()
    return None


def keyed_as_other_tender(day: Day) -> tuple[str, tuple[int, ...]] | None:
    """Cash keyed as a card, a card as cash, a code as a card."""
    real, keyed = day.dice.choice((("cash", "card"), ("card", "cash"), ("qr", "card"), ("cash", "qr"), ("card", "qr")))
    at = some_payment(day, real)
    if at is None:
        return None
    row = day.rows[at]
    return key_again(day, at, keyed, row.parts[0][1] - row.change_fen), ()


def change_forgotten(day: Day) -> tuple[str, tuple[int, ...]] | None:
    """The customer leaves without the change."""
    at = some_payment(day, "cash", with_change=True)
    if at is None:
        return None
    day.hand_in(exact(day.rows[at].change_fen))
    return day.rows[at].row_id, ()


def change_given_twice(day: Day) -> tuple[str, tuple[int, ...]] | None:
    """She is interrupted and counts the change out once more."""
    at = some_payment(day, "cash", with_change=True)
    if at is None or day.hand_out(day.rows[at].change_fen) is None:
        return None
    return day.rows[at].row_id, ()


def undone_by_hand(day: Day) -> tuple[str, tuple[int, ...]] | None:
    """The money goes back over the counter (or the terminal takes it back), and nobody undoes the payment."""
    tender = day.dice.choices(("cash", "card", "qr"), (6, 2, 2))[0]
    at = some_payment(day, tender)
    if at is None:
        return None
    row = day.rows[at]
    if tender != "cash":
        day.slips[tender] -= row.parts[0][1]
    elif day.hand_out(row.parts[0][1] - row.change_fen) is None:
        return None
    return row.row_id, ()


def taken_twice(day: Day) -> tuple[str, tuple[int, ...]] | None:
    """The same payment is keyed twice for money that was there once."""
    at = some_payment(day, "cash")
    if at is None:
        return None
    row = day.rows[at]
    twin = MoneyRow(f"payment-again-{at}", "payment", row.minute + 2, "", row.parts, row.change_fen)
    day.rows.insert(at + 1, twin)
    return twin.row_id, ()


def notes_miscounted(day: Day) -> tuple[str, tuple[int, ...]] | None:
    """Two notes stick together, one falls out, or a bundle is overlooked; the drawer is as it should be."""
    present = [note for note in NOTES if day.drawer[note] > 4]
    note = day.dice.choice(present)
    off = day.dice.choices((1, 2, 3, 10, 100), (50, 18, 8, 8, 16))[0]
    if off > day.drawer[note]:
        off = 1
    day.drawer[note] += off if day.dice.random() < 0.4 and off < 10 else -off
    return "", (note,)


def note_mixed_up(day: Day) -> tuple[str, tuple[int, ...]] | None:
    """A note of another denomination goes out as change, comes in, or lies in the wrong heap when it is counted."""
    one, other = day.dice.choice(MIXED_UP)
    if day.dice.random() < 0.5:
        one, other = other, one
    if not day.drawer[one]:
        return None
    day.drawer[one] -= 1
    day.drawer[other] += 1
    return "", (min(one, other), max(one, other))


def errand_not_keyed(day: Day) -> tuple[str, tuple[int, ...]] | None:
    """Notes go to the safe, or small change comes from it, and nobody writes it down."""
    if day.dice.random() < 0.6:
        fen = day.dice.choice((50_000, 100_000, 100_000, 200_000, 200_000, 300_000, 500_000))
        if day.hand_out(fen) is None:
            return None
    else:
        day.hand_in(exact(day.dice.choice((10_000, 20_000, 20_000, 30_000, 50_000, 50_000, 100_000))))
    if day.dice.random() < 0.5:
        day.opened.append("opened-errand")
    return "", ()


def float_miscounted(day: Day) -> tuple[str, tuple[int, ...]] | None:
    """In the morning a heap of the float is keyed with a piece too many or too few, or with a digit that slipped."""
    note = day.dice.choice([note for note, pieces in day.float_counted.items() if pieces > 1])
    off = day.dice.choice((1, 1, 1, 2, 5, 10, -1, -1, -2, -5))
    if day.float_counted[note] + off < 0:
        off = -1
    day.float_counted[note] += off
    return "", (note,)


ACTS: dict[str, Act] = {
    act.__name__: act
    for act in (
        digits_swapped,
        keyed_as_other_tender,
        change_forgotten,
        change_given_twice,
        undone_by_hand,
        taken_twice,
        notes_miscounted,
        note_mixed_up,
        errand_not_keyed,
        float_miscounted,
    )
}


def closing(seed: int, act: str, *more: str) -> Closing:
    """A shift of 60 to 300 customers with one slip (or one more of each kind in `more`), counted at its end."""
    dice = random.Random(seed)
    while True:
        day = begin(dice)
        run(day, dice.randint(60, 300))
        done = ACTS[act](day)
        extra = [ACTS[name](day) for name in more]
        if done is not None and None not in extra:
            scene = count(day)
            if any(scene.differences.values()):
                return Closing(scene, act, *done)


def count(day: Day) -> Scene:
    """What the program expects, and what the teller finds: every heap, and every slip."""
    expected = Counter({"cash": total(day.float_counted)})
    for row in day.rows:
        for tender, fen in row.parts:
            expected[tender] += fen
        expected["cash"] -= row.change_fen
    counted = Counter({"cash": total(day.drawer), **day.slips})
    names = sorted(expected.keys() | counted.keys())
    pieces = {note: pieces for note, pieces in day.drawer.items() if pieces}
    return Scene(
        rows=tuple(day.rows),
        differences={name: counted[name] - expected[name] for name in names},
        counted=dict(counted),
        pieces=pieces,
        float_pieces=day.float_counted,
        usual_float_fen=day.usual,
        opened=tuple(day.opened),
    )
