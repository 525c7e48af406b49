"""Every benchmark in one run, one table at the end.

    python -m tests.benchmarks [--only NAME ...] [--customers N] [--data DIR] [--write]

Each stands beside a raw baseline that is measured in the same run; `docs/benchmarks.md` explains the table and keeps
the last result (`--write`). Halls are made once in the folder and found there again.
"""

from __future__ import annotations

import argparse
import os
import platform
import sys
import tempfile
from collections.abc import Callable, Sequence
from importlib import import_module
from pathlib import Path

from counter_app.storage.driver import find_driver
from tests.benchmarks.measuring import Line, Scene

BENCHMARKS = {
    "payment": ("payments", "payment_lines"),
    "customer": ("customers", "customer_lines"),
    "preview": ("previews", "preview_lines"),
    "receipt": ("receipts", "receipt_lines"),
    "search": ("searches", "search_lines"),
    "start": ("start", "start_lines"),
    "demo": ("demos", "demo_lines"),
    "import": ("imports", "import_lines"),
    "late-fee": ("late_fees", "late_fee_lines"),
    "verify": ("verifies", "verify_lines"),
    "silent": ("silents", "silent_lines"),
    "deduct": ("deductions", "deduction_lines"),
    "report": ("reports", "report_lines"),
    "sync-down": ("sync_downs", "sync_down_lines"),
    "upload": ("uploads", "upload_lines"),
    "pay-meanwhile": ("payments_meanwhile", "pay_meanwhile_lines"),
    "snapshot": ("hub_snapshots", "hub_snapshot_lines"),
    "drain": ("drains", "drain_lines"),
    "queue": ("queues", "queue_lines"),
}
"""Module and function by name; each is imported when its turn comes."""

DOCUMENT = Path(__file__).resolve().parents[2] / "docs" / "benchmarks.md"
BEGIN, END = "<!-- last result -->", "<!-- end of last result -->"


def run(names: Sequence[str], scene: Scene, *, say: Callable[[str], object] = print) -> list[Line]:
    """The lines of these benchmarks, one after the other."""
    lines: list[Line] = []
    scene.data.mkdir(parents=True, exist_ok=True)
    for name in names:
        say(f"{name} …")
        module, function = BENCHMARKS[name]
        found: list[Line] = getattr(import_module(f"tests.benchmarks.{module}"), function)(scene)
        for row in table(found)[2:]:
            say(row)
        lines += found
    return lines


def table(lines: Sequence[Line]) -> list[str]:
    """The lines as a Markdown table."""
    rows = ["| what | ours | p99 | baseline | ratio | target | reached |", "|---|--:|--:|--:|--:|---|---|"]
    for line in lines:
        cells = [
            line.name,
            f"{_figure(line.ours)} {line.unit}",
            _figure(line.p99),
            _figure(line.baseline),
            _figure(line.ratio),
            line.target,
            {True: "yes", False: "**no**", None: ""}[line.is_reached],
        ]
        rows.append(f"| {' | '.join(cells)} |")
    return rows


def machine() -> str:
    """What a reader must know of the machine, and nothing that names it."""
    driver = find_driver()
    version = ".".join(map(str, driver.version))
    return (
        f"{os.cpu_count()} cores, {platform.system()} {platform.machine()}, Python {platform.python_version()},"
        f" {driver.name} with SQLite {version}"
    )


def keep(text: str, lines: Sequence[Line], words: str) -> str:
    """The document with this result in place of the last one."""
    before, _, rest = text.partition(BEGIN)
    _, _, after = rest.partition(END)
    return "\n".join([f"{before}{BEGIN}", "", words, "", *table(lines), "", f"{END}{after}"])


def _figure(value: float | None) -> str:
    if value is None:
        return ""
    return f"{value:,.0f}" if abs(value) >= 1000 else f"{value:.3g}"


def main() -> int:
    """Run, print the table, and with `--write` keep it; 1 when a target is missed."""
    parser = argparse.ArgumentParser(prog="python -m tests.benchmarks", description="ours against raw baselines")
    parser.add_argument("--only", nargs="+", choices=BENCHMARKS, default=list(BENCHMARKS), metavar="NAME")
    parser.add_argument("--customers", type=int, default=100_000, help="of the big hall, ten bills each")
    parser.add_argument("--data", type=Path, help="where halls and files lie; a fresh folder without it")
    parser.add_argument("--write", action="store_true", help="keep the result in docs/benchmarks.md")
    args = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="counter-benchmarks-", ignore_cleanup_errors=True) as fresh:
        scene = Scene(args.data or Path(fresh), args.customers)
        lines = run(args.only, scene, say=lambda word: print(word, file=sys.stderr, flush=True))
    words = f"{machine()}; {args.customers:,} customers."
    print(words, "", *table(lines), sep="\n")
    if args.write:
        DOCUMENT.write_text(keep(DOCUMENT.read_text("utf-8"), lines, words), "utf-8")
    return 1 if any(line.is_reached is False for line in lines) else 0


if __name__ == "__main__":
    sys.exit(main())
