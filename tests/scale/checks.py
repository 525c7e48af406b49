"""After the day: every entry once, every fen where it belongs, every feed without a gap."""

from __future__ import annotations

from typing import Any, LiteralString

import psycopg
import psycopg.sql

from counter_app.hub.tables import metadata
from counter_app.sync.wire import NO_HASH, feed_hash
from tests.scale.load import Device
from tests.scale.world import LATE_FEE_FEN, OURS, PRINCIPAL_FEN, Size

_EMPTY = ("quarantine", "suspense", "evidence", "parked")


def check(dsn: str, size: Size, devices: list[Device]) -> dict[str, int]:
    """Hold the data base against what the counters know that they sent; returns what was counted.

    Raises:
        AssertionError: it is not so, and the message says what.
    """
    with psycopg.connect(dsn) as connection:
        _look_at_halls_of_ours(connection)
        sent = {device.name: device.day[device.done - 1] if device.done else None for device in devices}
        entries = sum(one.upto for one in sent.values() if one)
        heads = {
            name: (n, digest) for name, n, digest in _all(connection, "SELECT counter_id, n, hash FROM chain_heads")
        }
        assert heads == {name: (one.upto, one.hash) for name, one in sent.items() if one}, "the ends of the chains"
        places = "SELECT counter_id, count(*), min(seq), max(seq), count(DISTINCT entry_id) FROM inbox GROUP BY 1"
        found = {row[0]: row[1:] for row in _all(connection, places)}
        assert found == {name: (one.upto, 1, one.upto, one.upto) for name, one in sent.items() if one}, "the inbox"
        fates = dict(_all(connection, "SELECT fate, count(*) FROM ledger_lines GROUP BY 1"))
        assert fates == {"applied": entries}, f"the ledger's lines: {fates}"
        nonces = dict(_all(connection, "SELECT device_id, nonce FROM devices"))
        assert nonces == {device.name: device.nonce for device in devices}, "the nonces that are current"
        for name in _EMPTY:
            words = psycopg.sql.SQL("SELECT count(*) FROM {}").format(psycopg.sql.Identifier(name))
            assert connection.execute(words).fetchone() == (0,), name
        doubles = _doubles(size, devices)
        _check_money(connection, entries, doubles)
        made = dict(_all(connection, "SELECT hall_id, count(*) FROM snapshots GROUP BY 1"))
        assert set(made.values()) <= {1}, f"one snapshot of each hall, made by one worker: {made}"
        whole = "SELECT count(*) FROM snapshot_parts WHERE snapshot_id NOT IN (SELECT snapshot_id FROM snapshots)"
        assert _all(connection, whole) == [(0,)], "parts of a snapshot that nobody finished"
        rows = sum(_check_feed(connection, size.hall(hall)) for hall in range(size.halls))
    return {"entries": entries, "doubles": doubles, "feed rows": rows}


def _look_at_halls_of_ours(connection: psycopg.Connection[Any]) -> None:
    """Under their own names the tables show the halls of the day alone: the hub may have others."""
    for table in metadata.sorted_tables:
        if "hall_id" in table.c:
            name, ours = psycopg.sql.Identifier(table.name), psycopg.sql.Literal(OURS)
            words = psycopg.sql.SQL("CREATE TEMP VIEW {} AS SELECT * FROM public.{} WHERE hall_id LIKE {}")
            connection.execute(words.format(name, name, ours))


def _doubles(size: Size, devices: list[Device]) -> int:
    """Payments beyond the first one of their bill."""
    paid: dict[tuple[int, int], int] = {}
    for device in devices:
        for payment in range(device.day[device.done - 1].upto if device.done else 0):
            bill = (device.hall, size.bill_of(payment, device.number)[0])
            paid[bill] = paid.get(bill, 0) + 1
    return sum(count - 1 for count in paid.values())


def _check_money(connection: psycopg.Connection[Any], entries: int, doubles: int) -> None:
    paid, once = PRINCIPAL_FEN + LATE_FEE_FEN, entries - doubles
    sums = dict(_all(connection, "SELECT account, sum(balance_fen)::bigint FROM balances GROUP BY 1"))
    sums = {name: fen for name, fen in sums.items() if fen}
    wanted = {"drawer": entries * paid, "receivable": -once * PRINCIPAL_FEN, "late_fee": -once * LATE_FEE_FEN}
    if doubles:
        wanted["credit"] = -doubles * paid
    assert sums == wanted, f"the balances: {sums}, not {wanted}"
    uneven = "SELECT hall_id FROM balances GROUP BY 1 HAVING sum(balance_fen) <> 0"
    assert not _all(connection, uneven), "a hall whose ledger does not sum to zero"
    settled = "SELECT sum(settled_principal_fen)::bigint, sum(settled_late_fee_fen)::bigint FROM bill_sums"
    assert _all(connection, settled) == [(once * PRINCIPAL_FEN, once * LATE_FEE_FEN)], "the bills"
    settled = "SELECT sum(principal_fen)::bigint, sum(late_fee_fen)::bigint FROM settlements"
    assert _all(connection, settled) == [(once * PRINCIPAL_FEN, once * LATE_FEE_FEN)], "the settlements"
    tasks = dict(_all(connection, "SELECT kind, count(*) FROM tasks GROUP BY 1"))
    assert tasks == ({"duplicate_payment": doubles} if doubles else {}), f"the tasks: {tasks}"


def _check_feed(connection: psycopg.Connection[Any], hall_id: str) -> int:
    n, digest = 0, NO_HASH
    with connection.cursor(name="feed") as cursor:
        cursor.execute("SELECT n, kind, body, hash FROM feed WHERE hall_id = %s ORDER BY n", (hall_id,))
        for row in cursor:
            n += 1
            digest = feed_hash(digest, n, row[1], row[2])
            assert (row[0], row[3]) == (n, digest), f"row {n} of the feed of {hall_id}"
    end = connection.execute("SELECT n, hash FROM hall_feed WHERE hall_id = %s", (hall_id,)).fetchone()
    assert end == (n, digest), f"the end of the feed of {hall_id}"
    return n


def _all(connection: psycopg.Connection[Any], words: LiteralString) -> list[tuple[Any, ...]]:
    return connection.execute(words).fetchall()
