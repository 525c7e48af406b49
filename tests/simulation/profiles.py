"""How busy a simulated hall is, and how often something happens to it."""

from __future__ import annotations

from dataclasses import dataclass, replace


@dataclass(frozen=True)
class Profile:
    """A hall's day: payments at a counter (from, to), and the shares of what goes wrong.

    `acts` is the share of acts in which the machine meets something (a power cut, an error of the disk), `messages`
    that of messages; `daily` says how many larger hazards a counter meets in a day on average. `is_hub_spared`: the
    hub's own data base neither dies nor goes back, so that any data base can stand there. So many times as often as
    usual (`returns`) files and hubs go back, disks are lost and folders copied. So many `files` are brought to the hub
    in a day, so many programs of counters and of the hub are updated (`updates`), and so many customers want to leave
    at a counter (`cases`); so many payments are put right (`undos`). `is_first`: in the beginning there is one counter,
    with all of the hall's data and no hub. There are so many counters of another hall (`away`), to which customers of
    this one come.
    """

    name: str
    payments: tuple[int, int]
    machines: int = 3
    acts: float = 0.12
    messages: float = 0.3
    daily: float = 1.5
    rounds: int = 4
    is_hub_spared: bool = False
    returns: int = 1
    cases: int = 0
    undos: int = 1
    away: int = 0
    files: int = 0
    updates: int = 0
    is_first: bool = False


LIGHT = Profile("light", payments=(1, 5))
HEAVY = Profile("heavy", payments=(100, 140), acts=0.03, messages=0.15, rounds=20, undos=8)
DENSE = Profile("dense", payments=(2, 4), machines=2, acts=0.2, messages=0.4, daily=3.0, rounds=6, undos=2)
"""A short life in which everything happens: planted bugs are looked for in it."""
SHAKEN = Profile("shaken", payments=(2, 4), machines=2, acts=0.2, messages=0.4, daily=3.0, rounds=6, returns=4, undos=2)
"""As dense, and what was is never sure to last: epochs follow one another, and the hub forgets some."""
FED = replace(LIGHT, name="fed", files=2)
"""Bills, payments of other channels and corrected bills come down all day long."""
MIXED = replace(DENSE, name="mixed", updates=2, files=1)
"""The hub and its counters are of different versions, one before and one behind the other."""
LEAVING = replace(SHAKEN, name="leaving", cases=4)
"""As shaken, and in a hall where many customers want to leave."""
ALONE = replace(DENSE, name="alone", is_first=True, files=1)
"""The first counter of a hall that worked alone offers its data to a hub that has none, and a further one joins."""

ABROAD = replace(DENSE, name="abroad", machines=1, away=1, payments=(4, 7), messages=0.25, daily=2.0, undos=3)
"""Customers pay in another hall, too, which asks the hub for them."""

PROFILES = {profile.name: profile for profile in (LIGHT, HEAVY, DENSE, SHAKEN, FED, MIXED, LEAVING, ALONE, ABROAD)}
