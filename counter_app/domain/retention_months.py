"""The month's table of exits and reasons (离网月报, 002-3d): its lines, what a supervisor signs of it, what changed."""

from __future__ import annotations

import hashlib
import re
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from counter_app.domain.journal import canonical
from counter_app.domain.refusals import Refusal, Refused
from counter_app.domain.retention import Result
from counter_app.domain.retention_followup import months_later
from counter_app.domain.retention_rules import RetentionRules
from counter_app.domain.retention_steps import written_words

SIGNED = "exit_month.sign"
"""The kind of the entry by which a supervisor signs a month's table."""
EXITS = (Result.LEFT, Result.REFUSED_TALK)
"""The results that are exits."""
_DOMAIN = b"counter-exit-month/1\n"
_MONTH = re.compile(r"\d{4}-(0[1-9]|1[0-2])")
_KEYS = {"month", "lines", "digest"}
_WIDTH = 5
LONGEST_REVIEW = 200
"""Characters of one box of the review."""


class BadMonth(ValueError):
    """A body is no signed table; the message says why."""


@dataclass(frozen=True, slots=True)
class MonthNotOver(Refusal):
    """A month is signed when it is over: from `from_on` on."""

    month: date
    from_on: date


@dataclass(frozen=True, slots=True)
class MonthTableChanged(Refusal):
    """The table is not the one that was shown: it is read again before it is signed."""

    month: date


@dataclass(frozen=True, slots=True)
class MonthIsSigned(Refusal):
    """Exactly this table was signed before; nothing has changed since."""

    month: date
    signer_no: str


@dataclass(frozen=True, slots=True)
class ExitCount:
    """How often a reason stands in one month as the main one: a code of either level, or empty where an import brought
    none.
    """

    reason: str
    result: Result
    count: int


@dataclass(frozen=True, slots=True)
class ExitLine:
    """One line: the whole month (level 0), a reason of the first level (1), or one of the second below it (2).

    `left` went after a talk, `refused` would not talk, `before` are both of the month before.
    """

    level: int
    reason: str
    left: int
    refused: int
    before: int

    @property
    def exits(self) -> int:
        """All exits of the line."""
        return self.left + self.refused

    @property
    def key(self) -> tuple[int, str]:
        """What the line is about; a reason of the first level may stand again below itself, as the undivided rest."""
        return self.level, self.reason


@dataclass(frozen=True, slots=True)
class ExitMonth:
    """The table of a month (its first day): the whole, then each reason and those below it, the most frequent first."""

    month: date
    lines: tuple[ExitLine, ...]

    @property
    def whole(self) -> ExitLine:
        """All exits of the month."""
        return self.lines[0]

    @property
    def digest(self) -> str:
        """The SHA-256 in hex of the month and exactly these lines: what a signature is given for."""
        return hashlib.sha256(_DOMAIN + canonical(_document(self)).encode("utf-8")).hexdigest()


@dataclass(frozen=True, slots=True)
class Review:
    """What the hall makes of a month, in four boxes (002-7), each may be empty: the chances that were found, the
    strategy, what was done and came back, and what is evaluated and changed.
    """

    chance: str = ""
    strategy: str = ""
    action: str = ""
    change: str = ""

    @property
    def boxes(self) -> tuple[str, ...]:
        """The four, in their order."""
        return self.chance, self.strategy, self.action, self.change


@dataclass(frozen=True, slots=True)
class ReviewTooLong(Refusal):
    """A box of the review (0 to 3) holds more than `longest` characters."""

    box: int
    length: int
    longest: int


def first_of(month: date) -> date:
    """The first day of a month."""
    return month.replace(day=1)


def is_over(month: date, on: date) -> bool:
    """Whether a day lies after the month."""
    return on >= months_later(first_of(month), 1)


def exit_month(
    month: date, counts: Iterable[ExitCount], before: Iterable[ExitCount], rules: RetentionRules
) -> ExitMonth:
    """The table of a month by its counts and those of the month before. A reason of the first level is divided only
    where one of the second was given.
    """
    left, refused, past = _by_reason(counts, Result.LEFT), _by_reason(counts, Result.REFUSED_TALK), Counter[str]()
    for count in before:
        past[count.reason] += count.count
    groups: dict[str, list[ExitLine]] = {}
    for reason in left.keys() | refused.keys() | past.keys():
        line = ExitLine(2, reason, left[reason], refused[reason], past[reason])
        groups.setdefault(rules.first_level(reason), []).append(line)
    heads = sorted((_sum(1, reason, some) for reason, some in groups.items()), key=_rank)
    lines = [_sum(0, "", heads)]
    for head in heads:
        below = sorted(groups[head.reason], key=_rank)
        lines += [head, *([] if [line.reason for line in below] == [head.reason] else below)]
    return ExitMonth(first_of(month), tuple(lines))


def leaves_of(table: ExitMonth) -> dict[str, ExitLine]:
    """The undivided lines by the code that stands in the cases.

    Raises:
        BadMonth: the lines do not sum up to those above them, or a code stands twice.
    """
    found: dict[str, ExitLine] = {}
    groups: list[tuple[ExitLine, list[ExitLine]]] = []
    for line in table.lines[1:]:
        if line.level == 1:
            groups.append((line, []))
        elif groups and line.level == 2:
            groups[-1][1].append(line)
        else:
            raise BadMonth(f"{line.reason}: level {line.level}")
    heads = [head for head, _ in groups]
    sums = [(table.whole, heads), *((head, below) for head, below in groups if below)]
    for above, below in sums:
        if _sum(above.level, above.reason, below) != above:
            raise BadMonth(f"{above.reason or 'the whole'}: not the sum of what is below")
    for line in (line for head, below in groups for line in below or [head]):
        if line.reason in found:
            raise BadMonth(f"{line.reason}: twice")
        found[line.reason] = line
    return found


def written_review(review: Review) -> Review:
    """The review as an entry may hold it (docs/decisions/0007): the numbers that name a person are masked.

    Raises:
        Refused: `ReviewTooLong`.
    """
    written = Review(*(written_words(words) for words in review.boxes))
    for box, words in enumerate(written.boxes):
        if len(words) > LONGEST_REVIEW:
            raise Refused(ReviewTooLong(box, len(words), LONGEST_REVIEW))
    return written


def body_of(table: ExitMonth, review: Review | None = None) -> dict[str, Any]:
    """The body of the entry that signs the table with the written review; nothing in it names a person."""
    said = {} if review is None or review == Review() else {"review": list(review.boxes)}
    return {**_document(table), "digest": table.digest, **said}


def review_of(body: Mapping[str, Any]) -> Review:
    """The review in the body of a signature; an empty one where there is none.

    Raises:
        BadMonth: it is not four texts.
    """
    boxes = body.get("review", [""] * len(Review().boxes))
    if not isinstance(boxes, list) or len(boxes) != len(Review().boxes) or any(type(box) is not str for box in boxes):
        message = f"review {boxes}"
        raise BadMonth(message)
    return Review(*boxes)


def signed_table(body: Mapping[str, Any]) -> ExitMonth:
    """The table that an entry signed.

    Raises:
        BadMonth: the body is not one that `body_of` makes, or its digest is not that of its lines.
    """
    if set(body) - {"review"} != _KEYS or not isinstance(body["month"], str) or not _MONTH.fullmatch(body["month"]):
        raise BadMonth(f"keys {sorted(body)}")
    lines = tuple(_line(row) for row in body["lines"])
    if not lines or lines[0].key != (0, ""):
        raise BadMonth("no line of the whole")
    table = ExitMonth(date.fromisoformat(f"{body['month']}-01"), lines)
    if table.digest != body["digest"]:
        raise BadMonth("the digest is not that of the lines")
    leaves_of(table)
    review_of(body)
    return table


def changed_lines(signed: ExitMonth, now: ExitMonth) -> dict[tuple[int, str], ExitLine]:
    """The lines that are not as they were signed, by what they are about, each as it was signed; a line that was not
    there stands with nothing, and so does one that is gone now.
    """
    old, new = ({line.key: line for line in table.lines} for table in (signed, now))
    keys = [key for key in {**new, **old} if old.get(key) != new.get(key)]
    return {key: old.get(key, ExitLine(*key, 0, 0, 0)) for key in keys}


def _by_reason(counts: Iterable[ExitCount], result: Result) -> Counter[str]:
    found = Counter[str]()
    for count in counts:
        if count.result is result:
            found[count.reason] += count.count
    return found


def _sum(level: int, reason: str, lines: Sequence[ExitLine]) -> ExitLine:
    return ExitLine(
        level,
        reason,
        sum(line.left for line in lines),
        sum(line.refused for line in lines),
        sum(line.before for line in lines),
    )


def _rank(line: ExitLine) -> tuple[int, int, str]:
    return -line.exits, -line.before, line.reason


def _document(table: ExitMonth) -> dict[str, Any]:
    rows = [[line.level, line.reason, line.left, line.refused, line.before] for line in table.lines]
    return {"month": f"{table.month:%Y-%m}", "lines": rows}


def _line(row: Any) -> ExitLine:
    if not isinstance(row, list) or len(row) != _WIDTH or not isinstance(row[1], str):
        raise BadMonth(f"line {row}")
    numbers = (row[0], *row[2:])
    if any(type(number) is not int or number < 0 for number in numbers):
        raise BadMonth(f"line {row}")
    return ExitLine(*row)
