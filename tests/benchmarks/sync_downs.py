"""A hall that comes down, by a snapshot and by the feed, against a bare `executemany` of the same rows."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

from tests.benchmarks.measuring import Line, Scene

BILLS_EACH, PAID_EACH = 10, 8
_RUN = """
import sys
from pathlib import Path
from tests.benchmarks import sync_downs
getattr(sync_downs, sys.argv[1])(Path(sys.argv[2]), int(sys.argv[3]))
"""


def sync_down_lines(scene: Scene) -> list[Line]:
    """CPU of each way, each in a process of its own; how long one commit holds the writer; the most memory."""
    customers = scene.count(20_000, 30)
    folder = scene.data / "sync_down"
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    said = {name: _said(name, folder, customers) for name in ("bare", "snapshot", "differences", "feed")}
    bare, snapshot, other, feed = (said[name] for name in ("bare", "snapshot", "differences", "feed"))
    rows = f"{int(bare['rows']):,} rows"
    whole, without = snapshot["cpu"], snapshot["cpu"] - snapshot["search"]
    memory = snapshot["memory"]
    return [
        Line(f"snapshot of {rows} into an empty file, without the search, CPU", "s", without, baseline=bare["cpu"]),
        Line("the same with the search, CPU", "s", whole, baseline=bare["cpu"]),
        _held("snapshot, one commit on the writer, CPU", snapshot),
        Line("snapshot, most memory", "MB", memory, "≤ 500 MB", memory <= 500, baseline=bare["memory"]),
        Line("the same rows again, one account in a hundred other, CPU", "s", other["cpu"], baseline=bare["cpu"]),
        Line("of that the one commit that swaps, CPU", "ms", other["last_ms"]),
        Line("the same rows by the feed, with the search, CPU", "s", feed["cpu"], baseline=bare["cpu"]),
        _held("feed, one commit on the writer, CPU", feed),
    ]


def _held(name: str, said: dict[str, float]) -> Line:
    p99 = said["slice_p99"]
    return Line(name, "ms", said["slice_ms"], "p99 ≤ 20 ms", p99 <= 20, p99=p99)


def _said(name: str, folder: Path, customers: int) -> dict[str, float]:
    done = subprocess.run(
        [sys.executable, "-c", _RUN, name, str(folder), str(customers)], capture_output=True, text=True, check=True
    )
    found: dict[str, float] = json.loads(done.stdout)
    return found


def rows_of(customers: int, other: int = 0) -> Iterator[tuple[str, str]]:
    """A hall's rows; with `other`, each so many-th customer has another address."""
    from tests.sync.feeds import body

    numbers = range(1, customers + 1)
    for n in numbers:
        contacts = [["mobile", f"139{n:08d}", ""]]
        yield "customer", body("customer", id=n, customer_no=f"C{n:08d}", id_number=None, contacts=contacts)
    for n in numbers:
        place = f"云川市东湖区湖滨路{n % 300}号翠屏苑{n % 30}栋{n % 4}单元{n % 99}室"
        place += "（改）" if other and n % other == 0 else ""
        yield "account", body("account", id=n, account_no=f"80{n:08d}", customer_id=n, address=place)
    for n in numbers:
        yield "service", body("service", id=n, account_id=n, number=f"139{n:08d}")
    for n in numbers:
        for month in range(1, BILLS_EACH + 1):
            at = n * 100 + month
            yield "bill", body("bill", id=at, bill_no=f"B{at}", account_id=n, month=f"2026-{month:02d}", items=[])
    for n in numbers:
        for month in range(1, PAID_EACH + 1):
            at = n * 100 + month
            yield "settlement", body("settlement", settlement_id=f"s{at}", bill_id=at, principal_fen=9_800)


def bare(folder: Path, customers: int) -> None:
    """The rows ready as tuples, each table with one statement, one commit."""
    import time

    from counter_app.storage.store import Store
    from counter_app.sync.feed_rows import Fit, read_row
    from tests.benchmarks.big_hall import raw_connection

    tables = {"customer": "customers", "account": "accounts", "service": "services", "bill": "bills"}
    ready: dict[str, list[tuple[object, ...]]] = {}
    for kind, text in rows_of(customers):
        fit = read_row(kind, text)
        assert isinstance(fit, Fit)
        ready.setdefault(kind, []).append(fit.values)
    Store.create(folder / "bare.db").close()
    connection = raw_connection(folder / "bare.db")
    begun = time.process_time()
    connection.execute("BEGIN")
    cut = {"customer": 10, "account": 7, "service": 9, "bill": 13}
    for kind, table in tables.items():
        marks = ", ".join("?" * cut[kind])
        connection.executemany(f"INSERT INTO {table} VALUES ({marks})", [row[: cut[kind]] for row in ready[kind]])
    contacts = [(row[0], 1, "mobile", f"139{row[0]:08d}", "") for row in ready["customer"]]
    connection.executemany("INSERT INTO contacts VALUES (?, ?, ?, ?, ?)", contacts)
    settled = [(n, *row[:6], row[6], row[7], None) for n, row in enumerate(ready["settlement"], 1)]
    connection.executemany(f"INSERT INTO settlements VALUES ({', '.join('?' * 10)})", settled)
    connection.execute("COMMIT")
    _say(cpu=time.process_time() - begun, rows=sum(map(len, ready.values())))


def snapshot(folder: Path, customers: int) -> None:
    """Into an empty file; the hall stays for the next one."""
    _snapshot(folder, customers, other=0, n=1)


def differences(folder: Path, customers: int) -> None:
    """Beside the rows of the last one."""
    _snapshot(folder, customers, other=100, n=2)


def _snapshot(folder: Path, customers: int, *, other: int, n: int) -> None:
    import time
    from typing import cast

    from counter_app.clock import FixedClock
    from counter_app.hub.lines import pack
    from counter_app.storage.hall import open_hall
    from counter_app.sync.contact import Contact
    from counter_app.sync.ground import Ground
    from counter_app.sync.snapshots import Snapshots
    from tests import halls
    from tests.sync.feeds import Feed
    from tests.sync.shelf import Shelf

    place = folder / "hall"
    hall = halls.a_hall(place) if n == 1 else open_hall(place, clock=FixedClock(halls.NOW))
    shelf = Shelf([], Feed(f"g{n}", n, "a" * 64))
    parts = list(pack(rows_of(customers, other)))
    shelf.parts = lambda: parts  # type: ignore[method-assign]  # packing is the hub's work
    took, search = list[float](), 0.0

    def on_writer(job: Callable[[], object]) -> object:
        nonlocal search
        begun = time.thread_time()
        done = job()
        took.append((time.thread_time() - begun) * 1e3)
        if "_searched" in getattr(job, "__qualname__", ""):
            search += took[-1] / 1e3
        return done

    ground, taker = Ground(hall, on_writer), Snapshots()  # type: ignore[arg-type]  # it gives back what the job gives
    begun = time.process_time()
    while (mark := ground.state().feed) is None or mark.generation != f"g{n}":
        taker(ground, cast("Contact", shelf), "n")
    cpu = time.process_time() - begun
    hall.close()
    _say(cpu=cpu, search=search, last_ms=max(took), **_slices(took))


def feed(folder: Path, customers: int) -> None:
    """The same rows, page after page."""
    import time

    from counter_app.sync.apply_feed import Applied, apply_page
    from counter_app.sync.wire import MOST_ROWS
    from tests import halls
    from tests.sync.feeds import Feed

    hall = halls.a_hall(folder / "fed")
    made, cpu = Feed(), 0.0
    took = list[float]()

    def on_writer(job: Callable[[], object]) -> object:
        begun = time.thread_time()
        done = job()
        took.append((time.thread_time() - begun) * 1e3)
        return done

    def flush() -> None:
        nonlocal cpu
        page = made.page()
        begun = time.process_time()
        assert isinstance(apply_page(hall, page, on_writer=on_writer), Applied)
        cpu += time.process_time() - begun

    for kind, text in rows_of(customers):
        made.raw(kind, text)
        if len(made.waiting) == MOST_ROWS:
            flush()
    flush()
    hall.close()
    _say(cpu=cpu, **_slices(took))


def _slices(took: list[float]) -> dict[str, float]:
    ordered = sorted(took)
    return {"slice_ms": ordered[len(ordered) // 2], "slice_p99": ordered[int((len(ordered) - 1) * 0.99)]}


def _say(**figures: float) -> None:
    try:
        lines = Path("/proc/self/status").read_text().splitlines()
        memory = next(int(line.split()[1]) for line in lines if line.startswith("VmHWM")) / 1024
    except OSError:
        memory = 0.0  # no such book on this system
    print(json.dumps({**figures, "memory": memory}))
