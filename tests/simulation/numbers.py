"""I16: what was numbered at a counter has a number of its own, and no number is missing in between."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from itertools import pairwise
from typing import Any, NamedTuple

from tests.simulation.inbox import Received, is_carried


class Place(NamedTuple):
    """Where an entry stands in its counter's own chains."""

    epoch: int
    seq: int


def number_wrongs(inbox: list[Received]) -> Iterator[str]:
    """Numbers that were given twice at one counter although the file knew of the first, and numbers of other counters.

    Two copies of a file that know nothing of one another may give one number twice; from an epoch on that began with
    what the hub gave back, nobody may give it again.
    """
    given: defaultdict[tuple[str, str], list[Place]] = defaultdict(list)
    known: defaultdict[str, list[tuple[int, int, int]]] = defaultdict(list)
    owners: dict[str, str] = {}
    for entry in inbox:
        if entry.said["kind"] == "epoch.start" and entry.said["body"].get("hub"):
            body = entry.said["body"]
            known[entry.counter_id].append((entry.epoch, body["old_epoch"], body["hub"][0]))
        number = number_of(entry.said)
        if number is None:
            continue
        if owners.setdefault(number, entry.counter_id) != entry.counter_id:
            yield f"{number} was given at two counters"
        if not is_carried(entry):
            given[entry.counter_id, number].append(Place(entry.epoch, entry.seq))
    for (counter_id, number), places in given.items():
        for first, then in pairwise(places):
            if first.epoch == then.epoch:
                yield f"{number} was given twice in epoch {first.epoch}: {first.seq} and {then.seq}"
            elif any(
                old == first.epoch < began <= then.epoch and first.seq <= had for began, old, had in known[counter_id]
            ):
                yield f"{number} was given at {first}, came back with a new epoch, and was given again at {then}"


def gap_wrongs(inbox: list[Received]) -> Iterator[str]:
    """Numbers that a chain has left out between two that it gave, unless others came back in between."""
    last: dict[tuple[str, int], dict[str, int]] = defaultdict(dict)
    for entry in inbox:
        given = last[entry.counter_id, entry.epoch]
        if entry.said["kind"].startswith("recover.") or is_carried(entry):
            given.clear()
            continue
        number = number_of(entry.said)
        if number is not None:
            series = number.rstrip("0123456789")
            serial = int(number.removeprefix(series))
            if given.setdefault(series, serial - 1) != serial - 1:
                yield f"{number} comes after {given[series]} in epoch {entry.epoch}"
            given[series] = serial


def number_of(said: dict[str, Any]) -> str | None:
    """The number of a receipt, a paper or a case that an entry gives."""
    body, kind = said["body"], said["kind"]
    if kind == "payment.take":
        return f"receipt {body['receipt']['receipt_no']}"
    if kind == "paper.issued":
        return f"paper {body['paper_no']}"
    return f"case {body['case_no']}" if kind == "retention.open" else None
