"""Which ids of a hall's rows are whose to give: the hub's begin at one, each counter has a range of its own."""

from __future__ import annotations

LARGEST_ID = 1 << 53
"""Ids stay below: a JSON reader that has only floats still tells one from the next."""

RANGE = 1 << 40
"""A counter of ordinal n has the ids from n · RANGE on; those below are the hub's."""

GUESTS = 1 << 39
"""The hub's ids of other halls' customers begin here, and behind that by its time: what it gave in a history that it
has lost it gives to nobody else, since a counter may hold it.
"""

EPOCH_RANGE = 1 << 28
"""Each epoch has a part of the range: a file of before that goes on anew never gives an id for the second time."""

MOST_ORDINAL = LARGEST_ID // RANGE - 1
MOST_EPOCH = RANGE // EPOCH_RANGE
"""A counter beyond either would give ids that no message carries, or those of its neighbour."""
