"""Importing customers and bills from CSV against reading the files and bare `executemany` into the same tables."""

from __future__ import annotations

import random
import shutil
import subprocess
import sys
from pathlib import Path

from tests.benchmarks.measuring import Line, Scene

BILLS_EACH = 10
_SAY = """
import sys, time
from pathlib import Path
folder = Path(sys.argv[1])
def most_memory_mb():
    # not getrusage: its maximum is handed down by whoever started this process
    try:
        lines = Path("/proc/self/status").read_text().splitlines()
    except OSError:
        return 0.0  # no such book on this system
    return next(int(line.split()[1]) for line in lines if line.startswith("VmHWM")) / 1024
def say():
    print(time.process_time() - burnt, most_memory_mb())
"""
_OURS = f"""{_SAY}
from counter_app.services.imports import run_import
from tests.services.importing import opened
burnt = time.process_time()
with opened(folder / "ours", "telecom") as hall:
    for what in ("customers", "bills"):
        report = run_import(hall, "system", what, folder / f"{{what}}.csv")
        assert report.error_count == 0, report.errors[:3]
        assert report.new_count, report
        say()
"""
_BARE = f"""{_SAY}
import csv
from counter_app.storage.store import Store
from tests.benchmarks.big_hall import raw_connection
def lines(name):
    with open(folder / name, encoding="utf-8", newline="") as file:
        yield from list(csv.reader(file))[1:]
def write(table, rows):
    rows = list(rows)
    connection.executemany(f"INSERT INTO {{table}} VALUES ({{', '.join('?' * len(rows[0]))}})", rows)
Store.create(folder / "bare.db").close()
connection = raw_connection(folder / "bare.db")
burnt = time.process_time()
people = list(enumerate(lines("customers.csv"), 1))
connection.execute("BEGIN")
write("customers", ((n, r[0], r[1], "person", "resident", None, None, None, None, None) for n, r in people))
write("contacts", ((n, 1, "mobile", r[3], "") for n, r in people))
write("accounts", ((n, r[4], n, r[5], "{{}}", None, None) for n, r in people))
write("services", ((n, n, "mobile", r[6], r[7], "active", "2026-11-22", "", None) for n, r in people))
accounts = {{r[4]: n for n, r in people}}
connection.execute("COMMIT")
say()
connection.execute("BEGIN")
write("bills", ((n, r[0], accounts[r[1]], None, r[2], r[3], r[3], int(r[4].replace(".", "")), 0, None, None, 0, 0)
                for n, r in enumerate(lines("bills.csv"), 1)))
connection.execute("COMMIT")
say()
from counter_app.storage.search_index import index_customers
from counter_app.storage.sql import Writing
connection.execute("BEGIN")
index_customers(Writing(connection))
connection.execute("COMMIT")
say()
"""


def import_lines(scene: Scene) -> list[Line]:
    """CPU seconds and the most memory, each side in a process of its own, the customers first."""
    customers = scene.count(100_000, 40)
    folder = scene.data / "imports"
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    write_files(folder, customers)
    bare, ours = _run(_BARE, folder), _run(_OURS, folder)
    memory_mb = ours[-1][1]
    lines = []
    for what, count, mine, other in zip(
        ("customers (with the search)", "bills"),
        (customers, customers * BILLS_EACH),
        _steps(ours),
        _steps(bare),
        strict=True,
    ):
        lines.append(Line(f"import {count:,} {what}, CPU", "s", mine, baseline=other))
    whole, bare_whole, search = ours[-1][0], bare[1][0], bare[2][0] - bare[1][0]
    lines.append(Line("import, both files, CPU", "s", whole, "≤ 3×", whole <= 3 * bare_whole, baseline=bare_whole))
    lines.append(Line("import, most memory", "MB", memory_mb, "≤ 500 MB", memory_mb <= 500, baseline=bare[1][1]))
    lines.append(Line("import, of that the search index, which the baseline has not, CPU", "s", search))
    return lines


def write_files(folder: Path, customers: int) -> None:
    """Two files as a hall's old system writes them, by the program's own titles."""
    rng = random.Random(1)
    people = ["客户编号,姓名,客户类型,手机,户号,地址,业务号码,套餐,状态"]
    bills = ["账单号,户号,账期,缴费期限,金额"]
    for n in range(customers):
        name = rng.choice("王李张刘陈杨黄赵吴周") + "".join(rng.choices("伟芳娜敏静丽强磊洋艳勇军杰娟涛明霞平刚", k=2))
        place = f"云川市东湖区湖滨路{n % 300}号翠屏苑{n % 30}栋{n % 4}单元{n % 99}室"
        people.append(f"C{n:08d},{name},个人,139{n:08d},80{n:08d},{place},139{n:08d},畅享套餐59,正常")
        for month in range(1, BILLS_EACH + 1):
            fen = rng.randint(1000, 20000)
            bills.append(
                f"80{n:08d}-{month:02d},80{n:08d},2026-{month:02d},2026-{month + 1:02d}-25,{fen // 100}.{fen % 100:02d}"
            )
    (folder / "customers.csv").write_text("\n".join(people) + "\n", "utf-8")
    (folder / "bills.csv").write_text("\n".join(bills) + "\n", "utf-8")


def _run(code: str, folder: Path) -> list[tuple[float, float]]:
    done = subprocess.run([sys.executable, "-c", code, str(folder)], capture_output=True, text=True, check=True)
    said = [line.split() for line in done.stdout.splitlines()]
    return [(float(cpu), float(memory)) for cpu, memory in said]


def _steps(said: list[tuple[float, float]]) -> list[float]:
    return [said[0][0], said[1][0] - said[0][0]]
