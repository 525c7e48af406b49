"""Everything in full: `python -m tests.faults --full` runs the campaigns of a counter, `--line N` those of the way up
with N payments in the storm; each keeps its table in docs/faults.md.
"""

from __future__ import annotations

import argparse
import os
import re
import shutil
import subprocess
import sys
from concurrent.futures import Future, ProcessPoolExecutor
from datetime import UTC, datetime
from multiprocessing import get_context

from tests.faults.nursery import ROOT
from tests.faults.parts import PARTS, WORKERS, Row, in_scratch
from tests.faults.upstream_parts import line_parts

DOCUMENT = ROOT / "docs" / "faults.md"
RESULT, LINE = "result", "line"
"""The marks of the two tables in the document."""
LINE_WORKERS = 2
"""Each part of the way up is a dozen processes already."""


def main() -> int:
    """Run all parts, some at a time, and write the table; 1 when anything was lost or a defect was missed."""
    parser = argparse.ArgumentParser(prog="python -m tests.faults")
    parser.add_argument("--full", action="store_true", help="the full counts, about 20 minutes on two busy cores")
    parser.add_argument("--seed", type=int, default=20_261_121)
    parser.add_argument("--line", type=int, metavar="N", help="the way up instead, with N payments over a broken line")
    asked = parser.parse_args()
    if not sys.platform.startswith("linux"):
        sys.stderr.write("these campaigns need Linux (strace, gcc, SIGKILL)\n")
        return 2
    os.environ["PYTHON_KEYRING_BACKEND"] = "keyring.backends.null.Keyring"
    started = datetime.now(UTC)
    with ProcessPoolExecutor(LINE_WORKERS if asked.line else WORKERS, mp_context=get_context("spawn")) as pool:
        if asked.line:
            parts = line_parts(asked.line)
            rows = said([pool.submit(part, asked.seed + more, count) for part, more, count in parts])
        else:
            rows = said([pool.submit(in_scratch, part, asked.full, asked.seed) for part in PARTS])
    if asked.full or asked.line:
        mark = LINE if asked.line else RESULT
        table = as_table(rows, started, seed=asked.seed, mark=mark)
        text = DOCUMENT.read_text("utf-8")
        whole = re.compile(f"<!-- {mark}: begin -->.*<!-- {mark}: end -->", re.DOTALL)
        DOCUMENT.write_text(whole.sub(lambda _: table, text), "utf-8")
    return 0 if all(row.is_good for row in rows) else 1


def said(jobs: list[Future[list[Row]]]) -> list[Row]:
    """The lines of all jobs, each printed when its turn comes."""
    rows: list[Row] = []
    for job in jobs:
        for row in job.result():
            rows.append(row)
            sys.stdout.write(
                f"{'ok ' if row.is_good else 'NO '} {row.what}: {row.count}; {row.found} ({row.seconds:.0f} s)\n"
                f"{row.examples}"
            )
            sys.stdout.flush()
    return rows


def as_table(rows: list[Row], started: datetime, *, seed: int, mark: str) -> str:
    """The table as the document keeps it."""
    lines = [f"<!-- {mark}: begin -->", f"Run of {started:%Y-%m-%d %H:%M} UTC, seed {seed}{commit()}.", ""]
    lines += ["| What | How often | Found | Good | Seconds |", "|---|---|---|---|---|"]
    lines += [
        f"| {row.what} | {row.count} | {row.found} | {'yes' if row.is_good else '**no**'} | {row.seconds:.0f} |"
        for row in rows
    ]
    return "\n".join([*lines, f"<!-- {mark}: end -->"])


def commit() -> str:
    """The commit that was looked at, when the folder is a clone."""
    git = shutil.which("git")
    if git is None:
        return ""
    done = subprocess.run([git, "rev-parse", "--short", "HEAD"], cwd=ROOT, capture_output=True, text=True, check=False)
    return f", commit {done.stdout.strip()}" if done.returncode == 0 else ""


if __name__ == "__main__":
    sys.exit(main())
