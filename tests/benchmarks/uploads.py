"""Journals going up: the hub's rules alone beside a bare insert of the same rows, and the whole path by HTTPS."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import Any

from sqlalchemy import Table, select

from counter_app.hub import tables as t
from counter_app.hub.database import Database
from counter_app.hub.entries import hash_of, is_signed, key_of
from counter_app.hub.revisions import migrate
from counter_app.hub.sql import Mode, put
from counter_app.sync.wire import Fate, Upload
from tests.benchmarks.hub_ground import BILLS_EACH, Batch, HubGround, a_hub_ground, chain_of, send
from tests.benchmarks.measuring import Line, Scene
from tests.hub.line import Gadget

WRITTEN: tuple[tuple[Table, int, Mode], ...] = (
    (t.inbox, 1, "new"),
    (t.ledger_lines, 1, "new"),
    (t.settlements, BILLS_EACH, "new"),
    (t.bill_sums, BILLS_EACH, "replace"),
    (t.feed, 1 + BILLS_EACH, "new"),
)
"""The tables that a payment reaches, with how many rows, and how they are written."""
COUNTERS = 2
VERIFIED_US = 72
"""What the check of a signature takes where the targets were set (design: performance), in microseconds of CPU."""

Rows = list[tuple[Any, ...]]


def upload_lines(scene: Scene) -> list[Line]:
    """CPU of the hub and its PostgreSQL together: new uploads, the same again, the bare rows; then over the network."""
    count, many = scene.count(20_000, 4), scene.count(100_000, 4)
    with a_hub_ground(scene) as ground:
        gadget = ground.gadget()
        served = [ground.gadget(ground.line()) for _ in range(COUNTERS)]
        ground.fill((count + many) * BILLS_EACH)
        chain = chain_of(gadget, ground.hall_id(), count)
        fresh = _spent(ground, lambda: _sent(gadget, chain, Fate.APPLIED))
        again = _spent(ground, lambda: _sent(gadget, chain, Fate.KNOWN))
        signed = _spent(ground, lambda: _verified(gadget, chain))
        bare = _bare(ground, chain)
        line_s, wall_s = _by_https(ground, served, first=count, each=many // COUNTERS)
    rules_s = fresh / count * many
    whole = (
        f"upload by HTTPS, {many:,} payments of {BILLS_EACH} bills, {COUNTERS} counters of a hall, {COUNTERS} workers"
    )
    # the 15 s were set where a signature is verified in 72 µs: where that takes longer, so may the whole
    slower = max(1.0, signed / count * 1e6 / VERIFIED_US)
    is_light, is_quick = line_s <= 1.5 * rules_s, line_s / 2 <= 15 * slower * many / 100_000
    return [
        Line("upload, the rules alone, CPU an entry", "µs", fresh / count * 1e6, baseline=bare / count * 1e6),
        Line("of that the signatures, verified and nothing else", "µs", signed / count * 1e6),
        Line("the same uploads again", "µs", again / count * 1e6, "≤ 1×", again <= fresh, None, fresh / count * 1e6),
        Line(f"{whole}, CPU", "s", line_s, "≤ 1.5× the rules", is_light, None, rules_s),
        Line("of that on each of two cores", "s", line_s / 2, "≤ 15 s, signatures at 72 µs", is_quick),
        Line("the same by the wall, the counters beside the hub", "s", wall_s),
    ]


def _spent(ground: HubGround, act: Callable[[], object], *, is_own: bool = True) -> float:
    """CPU seconds of PostgreSQL and the hub's processes; `is_own`: the hub is this process."""
    before, own = ground.cpu_s(), time.process_time()
    act()
    return ground.cpu_s() - before + (time.process_time() - own if is_own else 0.0)


def _sent(gadget: Gadget, chain: Sequence[Batch], fate: Fate) -> None:
    for batch in chain:
        assert set(send(gadget, batch).fates) == {fate}


def _verified(gadget: Gadget, chain: Sequence[Batch]) -> None:
    """What no hub can leave out, whatever it does with the entries."""
    key = key_of(gadget.public)
    for batch in chain:
        upload = Upload.model_validate_json(batch.body)
        last = upload.prev_hash
        for sent in upload.entries:
            last = hash_of(last, sent.content)
            assert is_signed(key, last, sent.signature)


def _by_https(ground: HubGround, served: Sequence[Gadget], *, first: int, each: int) -> tuple[float, float]:
    """CPU of the hub, and the wall, while all of them send at once."""
    hall_id = ground.hall_id()
    chains = [
        chain_of(gadget, hall_id, each, first_bill=1 + (first + place * each) * BILLS_EACH)
        for place, gadget in enumerate(served)
    ]
    begun = time.perf_counter()

    def send_all() -> None:
        with ThreadPoolExecutor(len(served)) as pool:
            list(pool.map(_sent, served, chains, [Fate.APPLIED] * len(served)))

    cpu_s = _spent(ground, send_all, is_own=ground.service is None)
    return cpu_s, time.perf_counter() - begun


def _bare(ground: HubGround, chain: Sequence[Batch]) -> float:
    """CPU of writing the rows of this chain once more into another data base: ready rows, nothing asked or checked."""
    with ground.database.transaction() as connection:
        rows = [list(map(tuple, connection.execute(_of_chain(table)))) for table, _, _ in WRITTEN]
    if ground.cluster is None:
        bare = Database.open("sqlite://")
    else:
        ground.cluster.create("bare")
        bare = Database.open(ground.cluster.url("bare"))
    migrate(bare)
    with bare.transaction() as connection:
        # the bills are there before, as they were for the hub
        put(connection, t.bill_sums, rows[3])
    spent = _spent(ground, lambda: _write(bare, rows, chain))
    bare.close()
    return spent


def _of_chain(table: Table) -> Any:
    order = {"inbox": "seq", "ledger_lines": "seq", "settlements": "bill_id", "bill_sums": "bill_id", "feed": "n"}
    kept = select(table).order_by(table.c[order[table.name]])
    if table is t.bill_sums:
        return kept.where(table.c.settled_principal_fen > 0)
    return kept.where(table.c.kind.in_(("line", "settlement"))) if table is t.feed else kept


def _write(bare: Database, rows: Sequence[Rows], chain: Sequence[Batch]) -> None:
    start = 0
    for batch in chain:
        with bare.transaction() as connection:
            for (table, each, mode), kept in zip(WRITTEN, rows, strict=True):
                put(connection, table, kept[start * each : (start + batch.entries) * each], mode)
        start += batch.entries
    assert start * (1 + BILLS_EACH) == len(rows[-1])
