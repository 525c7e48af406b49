"""Making the demo hall against making the same rows and writing them with bare statements."""

from __future__ import annotations

import shutil
import statistics
from itertools import islice
from pathlib import Path

from counter_app.clock import SystemClock, today
from counter_app.services.demo import MONTHS, SLICE_CUSTOMERS, make_demo
from counter_app.services.demo_customers import Population
from counter_app.services.demo_rows import DemoRows
from counter_app.storage.rules import load_pack
from counter_app.storage.store import FILE_NAME, Store
from tests.benchmarks.big_hall import raw_connection
from tests.benchmarks.measuring import Line, Scene, once


def demo_lines(scene: Scene) -> list[Line]:
    """CPU seconds for the hall that the first start makes; ours has search, journal and checks beside the rows."""
    customers = scene.count(2_000, 20)
    folder = scene.data / "demo"

    def ours() -> None:
        make_demo(folder / "ours", customers=customers, clock=SystemClock.of_this_machine()).close()

    def bare() -> None:
        _bare(folder / "bare", customers)

    taken: dict[bool, list[float]] = {True: [], False: []}
    for _ in range(scene.count(3, 1)):
        shutil.rmtree(folder, ignore_errors=True)
        taken[False].append(once(bare)[1])
        taken[True].append(once(ours)[1])
    name = f"demo hall of {customers:,} customers, CPU"
    return [Line(name, "s", statistics.median(taken[True]), baseline=statistics.median(taken[False]))]


def _bare(folder: Path, customers: int) -> None:
    Store.create(folder / FILE_NAME).close()
    connection = raw_connection(folder / FILE_NAME)
    on = today(SystemClock.of_this_machine())
    population = Population(load_pack("telecom"), seed=1, today=on, months=MONTHS)
    rows, people = DemoRows(population.prefix, on, entry=1), population.customers(customers)
    connection.execute("BEGIN")
    while batch := rows.batch(islice(people, SLICE_CUSTOMERS)):
        for table, some in batch.items():
            if some:
                connection.executemany(f"INSERT INTO {table} VALUES ({', '.join('?' * len(some[0]))})", some)
    connection.execute("COMMIT")
    connection.close()
