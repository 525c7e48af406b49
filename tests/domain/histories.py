"""Lives of bills as plain values, and random ones with every feature of the rules, often at their edges."""

from __future__ import annotations

import random
from dataclasses import dataclass
from datetime import date, timedelta
from fractions import Fraction


@dataclass(frozen=True, slots=True)
class Version:
    """One version of a rule as plain text and numbers."""

    valid_from: date
    rate: str
    cross_rate: str | None
    mode: str
    grace_days: int
    start_day: int | None
    daily_fixed_fen: int | None
    is_rolled: bool


@dataclass(frozen=True, slots=True)
class History:
    """A bill's life: the versions oldest first, cap and floor of the last one, and what was paid when."""

    versions: tuple[Version, ...]
    cap_ratio: str | None
    cap_fen: int | None
    floor_fen: int
    holidays: frozenset[date]
    principal_fen: int
    due_on: date
    start_on: date | None
    stop_on: date | None
    settled: tuple[tuple[date, int, int], ...]
    on: date


@dataclass(frozen=True, slots=True)
class Fee:
    """What both sides must agree on: days charged, the exact sum in fen, the fee over the whole life, and what is
    still due.
    """

    days: int
    exact: Fraction
    computed_fen: int
    due_fen: int


def random_history(rng: random.Random) -> History:
    """A bill's life with every feature of the rules, often at their edges: year ends, leap days, due days, version
    changes.
    """
    due_on = date(2019, 1, 1) + timedelta(days=rng.randrange(2200))
    if rng.random() < 0.2:
        due_on = rng.choice(
            (date(2023, 12, 31), date(2024, 2, 28), date(2024, 2, 29), date(2024, 1, 1), date(2023, 1, 31))
        )
    on = due_on + timedelta(days=rng.choice((0, 1, 2, 30, rng.randrange(-5, 800), rng.randrange(0, 120))))
    is_rolled = rng.random() < 0.15
    principal_fen = rng.choice((rng.randrange(1, 2000), rng.randrange(1, 300_000), rng.randrange(1, 10**9), 500, 2500))
    settled = tuple(
        (
            due_on + timedelta(days=rng.randrange(-10, 300)),
            rng.choice(
                (rng.randrange(0, principal_fen + 1), principal_fen, 0, rng.randrange(0, principal_fen // 3 + 1))
            ),
            rng.choice((0, 0, rng.randrange(0, 5000))),
        )
        for _ in range(rng.choice((0, 0, 0, 1, 1, 2, 3)))
    )
    cap_ratio, cap_fen = rng.choice(
        (
            (None, None),
            (None, None),
            ("1", None),
            ("0.3", None),
            ("0.05", None),
            ("0.333", None),
            (None, 5000),
            (None, 50),
        )
    )
    return History(
        versions=_random_versions(rng, due_on, is_rolled=is_rolled),
        cap_ratio=cap_ratio,
        cap_fen=cap_fen,
        floor_fen=rng.choice((0, 0, 100, 100, 1000)),
        holidays=frozenset(due_on + timedelta(days=rng.randrange(-1, 5)) for _ in range(rng.randrange(0, 6))),
        principal_fen=principal_fen,
        due_on=due_on,
        start_on=due_on + timedelta(days=rng.randrange(-3, 60)) if rng.random() < 0.15 else None,
        stop_on=due_on + timedelta(days=rng.randrange(-3, 200)) if rng.random() < 0.15 else None,
        settled=settled,
        on=on,
    )


def _random_versions(rng: random.Random, due_on: date, *, is_rolled: bool) -> tuple[Version, ...]:
    starts = {date(2010, 1, 1)}
    while len(starts) < rng.choice((1, 1, 2, 3)):
        starts.add(due_on + timedelta(days=rng.randrange(-30, 400)))
    versions = []
    for valid_from in sorted(starts):
        is_fixed = rng.random() < 0.08
        versions.append(
            Version(
                valid_from=valid_from,
                rate=rng.choice(("0.001", "0.002", "0.003", "0.005", "0", "0.0005", "0.00123")),
                cross_rate=rng.choice((None, "0.003", "0.0045", "0.001")),
                mode=rng.choice(("split_by_calendar_year", "whole_period_high", "new_year_days_only")),
                grace_days=rng.choice((0, 0, 0, 3, 45)),
                start_day=rng.choice((None, None, None, None, 3, 28)),
                daily_fixed_fen=rng.choice((1200, 1, 5000)) if is_fixed else None,
                is_rolled=is_rolled,
            )
        )
    return tuple(versions)
