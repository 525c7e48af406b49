"""Long simulated lives by one command: `python -m tests.simulation --years N [--seed S] [--profile all|light …]`."""

from __future__ import annotations

import argparse
import re
import sys
import time
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import FIRST_COMPLETED, Future, ProcessPoolExecutor, wait
from dataclasses import dataclass, field
from datetime import UTC, datetime
from itertools import count, cycle
from multiprocessing import get_context

from tests.faults.__main__ import commit
from tests.faults.nursery import ROOT
from tests.simulation.profiles import PROFILES, Profile
from tests.simulation.runs import Outcome, run, shortest
from tests.simulation.search import search_for

DOCUMENT = ROOT / "docs" / "simulation.md"
BEGIN, END = "<!-- result: begin -->", "<!-- result: end -->"
DAYS_OF_A_YEAR = 250
"""Working days of 8 hours in a counter-year (reliability 5, G4)."""
STEPS = {
    "light": 600,
    "heavy": 3_000,
    "dense": 150,
    "shaken": 150,
    "fed": 400,
    "mixed": 250,
    "leaving": 150,
    "alone": 250,
    "abroad": 150,
}
ALL = "all"
"""One world of each profile after another."""


@dataclass
class Total:
    """What all seeds came to together."""

    days: float = 0.0
    payments: int = 0
    entries: int = 0
    worlds: int = 0
    seconds: float = 0.0
    faults: Counter[str] = field(default_factory=Counter)
    wrongs: Counter[str] = field(default_factory=Counter)
    failed: list[Outcome] = field(default_factory=list)

    @property
    def years(self) -> float:
        """Counter-years lived."""
        return self.days / DAYS_OF_A_YEAR

    def add(self, done: Outcome) -> None:
        """One seed more."""
        self.days += done.days
        self.payments += done.payments
        self.entries += done.entries
        self.worlds += 1
        self.seconds += done.seconds
        self.faults += done.faults
        self.wrongs += done.wrongs
        if not done.is_good:
            self.failed.append(done)

    def lines(self) -> Iterator[str]:
        """The closing table."""
        per_day = sum(self.faults.values()) / self.days if self.days else 0.0
        yield f"counter-years       {self.years:,.1f} ({self.days:,.0f} counter-days in {self.worlds:,} worlds)"
        yield f"money entries       {self.entries:,}, of them payments told {self.payments:,}"
        yield f"faults              {sum(self.faults.values()):,} ({per_day:.1f} a counter-day)"
        for kind, times in sorted(self.faults.items(), key=lambda row: -row[1]):
            yield f"  {kind:<40} {times:,}"
        yield f"invariant failures  {sum(self.wrongs.values())}"
        for invariant, times in self.wrongs.items():
            yield f"  {invariant:<40} {times:,}"
        yield f"processor time      {self.seconds:,.0f} s ({self.days / max(self.seconds, 0.001):.0f} counter-days/s)"


def main() -> int:
    """Live so many counter-years, or one seed again; 1 when an invariant failed or a planted bug was missed."""
    asked = _asked()
    if asked.replay:
        profile = next(iter(profiles_of(asked.profile)))
        done = run(asked.replay, asked.steps or STEPS[profile.name], profile)
        _say(f"seed {done.seed}, {done.steps} steps, digest {done.digest}", *done.examples)
        return 0 if done.is_good else 1
    began = datetime.now(UTC)
    total = live(asked.years, asked.seed, asked.profile, asked.processes)
    said = [f"profile {asked.profile}, seed {asked.seed}, {began:%Y-%m-%d %H:%M} UTC{commit()}", *total.lines()]
    _say(*said)
    for failed in total.failed[:3]:
        least = shortest(failed, PROFILES[failed.profile])
        where = f"--replay {least.seed} --steps {least.steps} --profile {failed.profile}"
        _say(f"FAILED: python -m tests.simulation {where}", *least.examples)
    missed = 0
    if asked.planted:
        found = search_for(asked.processes)
        lines = [f"planted bugs found  {sum(row.found is not None for row in found)} of {len(found)}"]
        lines += [f"  {row}" for row in found]
        _say(*lines)
        said += lines
        missed = sum(row.found is None for row in found)
    if asked.keep:
        text = DOCUMENT.read_text("utf-8")
        kept = "\n".join((BEGIN, "```", *said, "```", END))
        DOCUMENT.write_text(re.sub(f"{BEGIN}.*{END}", lambda _: kept, text, flags=re.DOTALL), "utf-8")
    return 1 if total.failed or missed else 0


def live(years: float, seed: int, profile: str, processes: int) -> Total:
    """One world after another, until they have lived long enough together."""
    total, began = Total(), time.monotonic()
    numbers, kinds = count(seed * 1_000_000), cycle(profiles_of(profile))
    with ProcessPoolExecutor(processes, mp_context=get_context("spawn")) as pool:
        running: set[Future[Outcome]] = set()
        while total.years < years and len(total.failed) < 3:
            while len(running) < processes:
                kind = next(kinds)
                running.add(pool.submit(run, str(next(numbers)), STEPS[kind.name], kind))
            ended, running = wait(running, return_when=FIRST_COMPLETED)
            for done in ended:
                total.add(done.result())
                if total.worlds % 50 == 0:
                    _say(f"{total.years:,.1f} counter-years after {time.monotonic() - began:,.0f} s")
        for left in running:
            total.add(left.result())
    return total


def profiles_of(name: str) -> tuple[Profile, ...]:
    """The profile of a name, or all of them."""
    return tuple(PROFILES.values()) if name == ALL else (PROFILES[name],)


def _asked() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m tests.simulation")
    parser.add_argument("--years", type=float, default=10, help="counter-years of 250 days")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--profile", choices=(ALL, *PROFILES), default="light")
    parser.add_argument("--processes", type=int, default=2)
    parser.add_argument("--replay", default="", help="one seed again")
    parser.add_argument("--steps", type=int, default=0, help="with --replay: so many steps of it")
    parser.add_argument("--planted", action="store_true", help="then look for every planted bug")
    parser.add_argument("--keep", action="store_true", help="put the result into docs/simulation.md")
    return parser.parse_args()


def _say(*lines: str) -> None:
    sys.stdout.write("".join(f"{line}\n" for line in lines))
    sys.stdout.flush()


if __name__ == "__main__":
    sys.exit(main())
