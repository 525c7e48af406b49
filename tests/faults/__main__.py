"""Everything in full: `python -m tests.faults --full` runs every campaign and keeps its table in docs/faults.md."""

from __future__ import annotations

import argparse
import os
import re
import shutil
import subprocess
import sys
from concurrent.futures import ProcessPoolExecutor
from datetime import UTC, datetime
from multiprocessing import get_context

from tests.faults.nursery import ROOT
from tests.faults.parts import PARTS, WORKERS, Row, in_scratch

DOCUMENT = ROOT / "docs" / "faults.md"
BEGIN, END = "<!-- result: begin -->", "<!-- result: end -->"


def main() -> int:
    """Run all parts, some at a time, and write the table; 1 when anything was lost or a defect was missed."""
    parser = argparse.ArgumentParser(prog="python -m tests.faults")
    parser.add_argument("--full", action="store_true", help="the full counts, about 20 minutes on two busy cores")
    parser.add_argument("--seed", type=int, default=20_261_121)
    asked = parser.parse_args()
    if not sys.platform.startswith("linux"):
        sys.stderr.write("these campaigns need Linux (strace, gcc, SIGKILL)\n")
        return 2
    os.environ["PYTHON_KEYRING_BACKEND"] = "keyring.backends.null.Keyring"
    started = datetime.now(UTC)
    rows: list[Row] = []
    with ProcessPoolExecutor(WORKERS, mp_context=get_context("spawn")) as pool:
        jobs = [pool.submit(in_scratch, part, asked.full, asked.seed) for part in PARTS]
        for job in jobs:
            for row in job.result():
                rows.append(row)
                sys.stdout.write(
                    f"{'ok ' if row.is_good else 'NO '} {row.what}: {row.count}; {row.found}\n{row.examples}"
                )
                sys.stdout.flush()
    table = as_table(rows, started, seed=asked.seed)
    if asked.full:
        text = DOCUMENT.read_text("utf-8")
        DOCUMENT.write_text(re.sub(f"{BEGIN}.*{END}", lambda _: table, text, flags=re.DOTALL), "utf-8")
    return 0 if all(row.is_good for row in rows) else 1


def as_table(rows: list[Row], started: datetime, *, seed: int) -> str:
    """The table as the document keeps it."""
    lines = [BEGIN, f"Run of {started:%Y-%m-%d %H:%M} UTC, seed {seed}{commit()}.", ""]
    lines += ["| What | How often | Found | Good | Seconds |", "|---|---|---|---|---|"]
    lines += [
        f"| {row.what} | {row.count} | {row.found} | {'yes' if row.is_good else '**no**'} | {row.seconds:.0f} |"
        for row in rows
    ]
    return "\n".join([*lines, END])


def commit() -> str:
    """The commit that was looked at, when the folder is a clone."""
    git = shutil.which("git")
    if git is None:
        return ""
    done = subprocess.run([git, "rev-parse", "--short", "HEAD"], cwd=ROOT, capture_output=True, text=True, check=False)
    return f", commit {done.stdout.strip()}" if done.returncode == 0 else ""


if __name__ == "__main__":
    sys.exit(main())
