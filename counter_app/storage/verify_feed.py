"""What came down from the hub, held against its checks, the last seal in the journal, and its own sums."""

from __future__ import annotations

from collections.abc import Iterator

from sqlalchemy import func, select

from counter_app.storage import tables as t
from counter_app.storage import tables_sync as y
from counter_app.storage.feed_checks import (
    BLOCK_ROWS,
    CHECKED,
    Block,
    Checked,
    kept_blocks,
    rolled_blocks,
    said_of,
)
from counter_app.storage.feed_seal import last_seal
from counter_app.storage.sql import Reading, compiled
from counter_app.storage.trouble import Finding
from counter_app.storage.verify_rows import tell
from counter_app.storage.verify_seals import file_version


def feed(reading: Reading) -> Iterator[Finding]:
    """Facts from the hub are those that came, each book holds their sum, and everybody has the role it gave last."""
    version = file_version(reading)
    if version < y.SINCE_VERSION:
        return
    for of in CHECKED:
        if version >= of.since:
            yield from _blocks(reading, of)
    yield from _seal(reading)
    yield from _sums(reading)


def _blocks(reading: Reading, of: Checked) -> Iterator[Finding]:
    kept, rolled = kept_blocks(reading, of), rolled_blocks(reading, of)
    for said, found in _paired(kept, rolled):
        if said != found:
            number = (said or found).block  # type: ignore[union-attr]  # one of the two is there
            first = max(1, number * BLOCK_ROWS)
            where = f"{of.name} from the hub, ids {first} … {(number + 1) * BLOCK_ROWS - 1}"
            yield Finding("row from elsewhere", where, _told(said), _told(found))


def _paired(kept: Iterator[Block], rolled: Iterator[Block]) -> Iterator[tuple[Block | None, Block | None]]:
    said, found = next(kept, None), next(rolled, None)
    while said is not None or found is not None:
        if found is None or (said is not None and said.block < found.block):
            yield said, None
            said = next(kept, None)
        elif said is None or found.block < said.block:
            yield None, found
            found = next(rolled, None)
        else:
            yield said, found
            said, found = next(kept, None), next(rolled, None)


def _told(block: Block | None) -> str:
    if block is None:
        return "nothing"
    return f"{block.count} rows, {block.sum_fen} fen, {block.hash.hex()[:16]}"


def _seal(reading: Reading) -> Iterator[Finding]:
    """The checks could be made anew together with the rows; the entry is signed."""
    last = last_seal(reading)
    if last is None:
        return
    for of in CHECKED:
        said = last["tables"].get(of.name)
        if said is None:
            continue
        found = said_of(rolled_blocks(reading, of, last_id=said["last_id"]), said["last_id"])
        if found != said:
            what = ", ".join(f"{name} {said[name]}" for name in said if said[name] != found[name])
            other = ", ".join(f"{name} {found[name]}" for name in said if said[name] != found[name])
            yield Finding("row from elsewhere", f"{of.name} from the hub as the journal has them", what, other)


_m, _e = y.book_moves.c, y.books_elsewhere.c
_moved = select(_m.book_id, func.sum(_m.amount_fen).label("sum_fen")).group_by(_m.book_id).subquery("moved")
_kept = select(_e.book_id, _e.amount_fen).subquery("kept")
_UNEQUAL = compiled(
    select(func.coalesce(_moved.c.book_id, _kept.c.book_id), _moved.c.sum_fen, _kept.c.amount_fen)
    .select_from(_moved.join(_kept, _kept.c.book_id == _moved.c.book_id, full=True))
    .where(_moved.c.sum_fen.is_distinct_from(_kept.c.amount_fen))
)
_ALONE = compiled(
    select(_m.id, _m.book_id)
    .select_from(y.book_moves.outerjoin(t.books, t.books.c.id == _m.book_id))
    .where(t.books.c.id.is_(None))
)


def _sums(reading: Reading) -> Iterator[Finding]:
    for many in reading.stream(_UNEQUAL):
        for book_id, expected, found in many:
            yield Finding("prepaid", f"books_elsewhere {book_id}", tell(expected), tell(found))
    for row_id, book_id in reading.rows(_ALONE):
        yield Finding("row without its owner", f"book_moves book_id ({row_id})", "an existing row", tell(book_id))
