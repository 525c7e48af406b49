"""An independent slow oracle of the late fee: day by day with exact fractions, compared with the engine on random
histories.

`python -m tests.domain.oracle --histories 100000` runs the full comparison and exits with 1 on a mismatch. The oracle
reads plain values and shares no code with the engine.
"""

from __future__ import annotations

import argparse
import random
import sys
import time
from collections.abc import Callable
from datetime import date, timedelta
from fractions import Fraction
from math import floor

from tests.domain.histories import Fee, History, Version, random_history
from tests.domain.oracle_engine import engine_fee

Engine = Callable[[History], Fee]


def slow_fee(history: History) -> Fee:
    """The late fee by walking through every day of the bill's life."""
    due = history.due_on
    if _version(history, due).is_rolled or history.versions[-1].is_rolled:
        while due in history.holidays:
            due = due + timedelta(days=1)
    first = _first_day(history, due)
    last = history.on if history.stop_on is None else min(history.on, history.stop_on)
    total, days = Fraction(0), 0
    day = first
    while day <= last:
        base = history.principal_fen - sum(paid for when, paid, _ in history.settled if when < day)
        charge = _charge(_version(history, day), base, day, due, last) if base > 0 else None
        if charge is not None:
            total += charge
            days += 1
        day += timedelta(days=1)
    computed = floor(total + Fraction(1, 2))
    if history.cap_ratio is not None:
        computed = min(computed, floor(history.principal_fen * Fraction(history.cap_ratio) + Fraction(1, 2)))
    if history.cap_fen is not None:
        computed = min(computed, history.cap_fen)
    if days and 0 < computed < history.floor_fen:
        computed = history.floor_fen
    settled = sum(fee for _, _, fee in history.settled)
    return Fee(days, total, computed, max(computed - settled, 0))


def _version(history: History, day: date) -> Version:
    found = history.versions[0]
    for version in history.versions:
        if version.valid_from <= day:
            found = version
    return found


def _first_day(history: History, due: date) -> date:
    if history.start_on is not None:
        return history.start_on
    version = _version(history, due)
    if version.start_day is None:
        return due + timedelta(days=version.grace_days + 1)
    first_of_next = (due.replace(day=28) + timedelta(days=4)).replace(day=1)
    return first_of_next.replace(day=version.start_day)


def _charge(version: Version, base: int, day: date, due: date, last: date) -> Fraction | None:
    if version.daily_fixed_fen is not None:
        return Fraction(version.daily_fixed_fen)
    if version.cross_rate is None or last.year == due.year or last.year < due.year:
        return base * Fraction(version.rate)
    if day.year > due.year or version.mode == "whole_period_high":
        return base * Fraction(version.cross_rate)
    return None if version.mode == "new_year_days_only" else base * Fraction(version.rate)


def mismatches(engine: Engine, histories: int, seed: int, *, most: int = 5) -> list[tuple[History, Fee, Fee]]:
    """Up to `most` histories on which the engine and the oracle differ: the history, the oracle's fee, the engine's."""
    rng = random.Random(seed)
    found = []
    for _ in range(histories):
        history = random_history(rng)
        slow, fast = slow_fee(history), engine(history)
        if slow != fast:
            found.append((history, slow, fast))
            if len(found) >= most:
                break
    return found


def main(argv: list[str] | None = None) -> int:
    """Compare on many histories and print the result; 1 when anything differs."""
    parser = argparse.ArgumentParser(description="compare the late-fee engine with the slow oracle")
    parser.add_argument("--histories", type=int, default=100_000)
    parser.add_argument("--seed", type=int, default=20_240_601)
    args = parser.parse_args(argv)
    started = time.perf_counter()
    found = mismatches(engine_fee, args.histories, args.seed)
    seconds = time.perf_counter() - started
    print(f"{args.histories} histories, seed {args.seed}, {len(found)} mismatches, {seconds:.0f} s")
    for history, slow, fast in found:
        print(f"{history}\n  oracle {slow}\n  engine {fast}")
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
