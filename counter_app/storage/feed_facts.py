"""Facts that come down: settlements and moves in books, each once and for ever."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import bindparam, func, insert, literal_column, select
from sqlalchemy.dialects.sqlite import insert as upsert

from counter_app.storage import tables as t
from counter_app.storage import tables_reliefs as r
from counter_app.storage import tables_sync as y
from counter_app.storage import tables_undo as u
from counter_app.storage.feed_checks import FROM_FEED, MOVES, RELIEFS, SETTLEMENTS, UNDONE, next_id, roll
from counter_app.storage.feed_taking import ASKED, Taking, Whys, awaited, found_in, keys_of, missing_from, orphans
from counter_app.storage.lost_receipts import IMPORT
from counter_app.storage.sql import Row, Writing, compiled, placed

OPENING = "opening:"
"""What the move that opens a book begins with, where the hub says what it opened with."""

_NO_BILL = missing_from(t.bills.c.id)
_NO_BOOK = missing_from(t.books.c.id)
_s, _m = t.settlements.c, y.book_moves.c
_SETTLED = found_in(_s.settlement_id, _s.bill_id, _s.settled_on, _s.principal_fen, _s.late_fee_fen, _s.cost_fen)
_SETTLEMENT = placed(
    insert(t.settlements).values({c.name: bindparam(c.name) for c in t.settlements.c}), [c.name for c in _s]
)
_MOVED = found_in(_m.move_id, _m.book_id, _m.amount_fen)
_MOVE = placed(insert(y.book_moves).values({c.name: bindparam(c.name) for c in _m}), [c.name for c in _m])
_OWN = found_in(t.entries.c.entry_id)
_said = func.json_extract(t.entries.c.content, literal_column("'$.body.entry_id'"))
_REENTERED = compiled(select(_said).where(t.entries.c.kind == bindparam("kind"), _said.in_(select(ASKED.c.value))))
_u = u.undone_elsewhere.c
_UNDONE = found_in(_u.payment_id, *(c for c in _u if c.name not in ("id", "payment_id")))
_PUT_UNDONE = placed(insert(u.undone_elsewhere).values({c.name: bindparam(c.name) for c in _u}), [c.name for c in _u])
_r = r.reliefs_elsewhere.c
_RELIEFS = found_in(_r.step_id, *(c for c in _r if c.name not in ("id", "step_id")))
_PUT_RELIEF = placed(insert(r.reliefs_elsewhere).values({c.name: bindparam(c.name) for c in _r}), [c.name for c in _r])
_e = y.books_elsewhere.c
_sum = upsert(y.books_elsewhere).values({c.name: bindparam(c.name) for c in _e})
_SUM = placed(
    _sum.on_conflict_do_update(
        index_elements=["book_id"], set_={"amount_fen": _e.amount_fen + _sum.excluded.amount_fen}
    ),
    [c.name for c in _e],
)


def take_settlements(work: Writing, rows: Sequence[Row], taking: Taking) -> Whys:
    """Settlements: a set by id; one that is held with other sums is named."""
    whys: Whys = {}
    known = {row[0]: row[1:] for row in work.rows(_SETTLED, keys_of(row[0] for row in rows))}
    new_id, new = next_id(work, SETTLEMENTS), list[Row]()
    wanted = [(place, row) for place, row in enumerate(rows) if row[0] not in known]
    missing = {row[0] for row in work.rows(_NO_BILL, keys_of({row[1] for _, row in wanted}))} if wanted else set()
    for place, row in enumerate(rows):
        held = known.get(row[0])
        if held is not None:
            # the day is the shift's with us, and may be another at the hub for what an import brought
            if (held[0], *held[2:]) != (row[1], *row[3:6]):
                whys[place] = f"settlement {row[0]} is held with other sums"
        elif row[1] in missing:
            whys[place] = awaited("bill", row[1])
        else:
            source = f"{FROM_FEED}{row[6]}:{row[8]}" if row[8] else f"{FROM_FEED}{row[6]}"
            new.append((new_id + len(new), *row[:6], source, row[7]))
            known[row[0]] = row[1:6]
    work.many(_SETTLEMENT, [(*row, None) for row in new])
    roll(work, SETTLEMENTS, new)
    return whys


def take_moves(work: Writing, rows: Sequence[Row], taking: Taking) -> Whys:
    """Moves in books: a set by id. What an entry in our own journal moved, or brought again, is known from there."""
    whys: Whys = {}
    known = {row[0]: row[1:] for row in work.rows(_MOVED, keys_of(row[0] for row in rows))}
    entries = {row[0]: row[0].partition(":")[0] for row in rows}
    own = {row[0] for row in work.rows(_OWN, keys_of(set(entries.values())))}
    # what was entered again from its receipt moved under another entry here: at the hub under the payment's own
    ours = {entries[row[0]] for row in rows if row[3] == taking.counter_id} - own
    if ours:
        own.update([row[0] for row in work.rows(_REENTERED, {"kind": IMPORT, **keys_of(ours)})])
    orphans(work, _NO_BOOK, rows, 1, "book", whys)
    new_id, new = next_id(work, MOVES), list[Row]()
    for place, row in enumerate(rows):
        held = known.get(row[0])
        if entries[row[0]] in own:
            whys.pop(place, None)
        elif held is not None:
            if held != row[1:3]:
                whys[place] = f"move {row[0]} is held with another sum"
        elif place not in whys:
            new.append((new_id + len(new), *row))
            known[row[0]] = row[1:3]
    work.many(_MOVE, new)
    work.many(_SUM, [(row[2], row[3]) for row in new])
    roll(work, MOVES, new)
    return whys


def take_undone(work: Writing, rows: Sequence[Row], taking: Taking) -> Whys:
    """Payments that were undone elsewhere, or here by an entry that this journal has lost; each is undone once."""
    whys: Whys = {}
    known = {row[0]: row[1:] for row in work.rows(_UNDONE, keys_of(row[0] for row in rows))}
    own = {row[0] for row in work.rows(_OWN, keys_of(row[1] for row in rows))}
    new_id, new = next_id(work, UNDONE), list[Row]()
    for place, row in enumerate(rows):
        held = known.get(row[0])
        if held is not None and held != row[1:]:
            whys[place] = f"payment {row[0]} is held as undone by another entry"
        elif held is None and row[1] not in own:
            new.append((new_id + len(new), *row))
            known[row[0]] = row[1:]
    work.many(_PUT_UNDONE, new)
    roll(work, UNDONE, new)
    return whys


def take_reliefs(work: Writing, rows: Sequence[Row], taking: Taking) -> Whys:
    """What was asked, decided and ended of late fees elsewhere, or here by an entry that this journal has lost."""
    whys: Whys = {}
    known = {row[0]: row[1:] for row in work.rows(_RELIEFS, keys_of(row[0] for row in rows))}
    own = {row[0] for row in work.rows(_OWN, keys_of(row[1] for row in rows))}
    orphans(work, _NO_BILL, rows, 5, "bill", whys)
    new_id, new = next_id(work, RELIEFS), list[Row]()
    for place, row in enumerate(rows):
        held = known.get(row[0])
        if row[1] in own:
            whys.pop(place, None)
        elif held is not None:
            if held != row[1:]:
                whys[place] = f"relief {row[0]} is held otherwise"
        elif place not in whys:
            new.append((new_id + len(new), *row))
            known[row[0]] = row[1:]
    work.many(_PUT_RELIEF, new)
    roll(work, RELIEFS, new)
    return whys
