"""The search as lines of the table: the worst kinds of question of `tests.benchmarks.search`."""

from __future__ import annotations

from tests.benchmarks.big_hall import big_hall
from tests.benchmarks.measuring import Line, Scene, Times, percentile
from tests.benchmarks.search import _people, bare, both_sides, kinds_of_query, measure

TWO_WORDS = "+"


def search_lines(scene: Scene) -> list[Line]:
    """CPU of the slowest kind of one word and of two; `tests.benchmarks.search` prints every kind."""
    folder = big_hall(scene.data / f"hall-{scene.customers}", scene.customers)
    found: dict[bool, list[tuple[str, Times, Times]]] = {False: [], True: []}
    with both_sides(folder) as (ours, connection):
        people = _people(connection, scene.customers, scene.count(200, 2))
        for kind, texts in kinds_of_query(people).items():
            mine, other = measure(ours, bare(connection, texts), texts)
            found[TWO_WORDS in kind].append((kind, _times(mine), _times(other)))
    lines = []
    for is_two, words, limit in ((False, "one word", 2), (True, "two words", 5)):
        kind, mine_, bare_ = max(found[is_two], key=lambda one: one[1].p99_ms())
        p99 = mine_.p99_ms()
        lines.append(
            Line(
                f"search, {words}, slowest kind of {scene.customers:,} customers ({kind}), CPU",
                *("ms", mine_.cpu_ms, f"p99 ≤ {limit} ms"),
                p99 <= limit,
                p99,
                bare_.cpu_ms,
            )
        )
    ratio = percentile([mine.cpu_ms / other.cpu_ms for kinds in found.values() for _, mine, other in kinds], 0.5)
    lines.append(Line("search, ratio to the bare query, median kind", "×", ratio, "≤ 2×", ratio <= 2))
    return lines


def _times(milliseconds: list[float]) -> Times:
    seconds = [value / 1e3 for value in milliseconds]
    return Times(seconds, seconds)
