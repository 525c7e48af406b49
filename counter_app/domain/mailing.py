"""Material on new services for those who agreed to hear of them (寄资料, 002-A19): who is on a list, who had what."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from typing import Any, Literal

from counter_app.domain.masks import mask_in_words
from counter_app.domain.refusals import Refusal
from counter_app.domain.retention import Result
from counter_app.domain.retention_fields import PORT_OUT
from counter_app.domain.retention_library import RESULTS, as_text
from counter_app.domain.retention_rules import Choice, RetentionRules

Whose = Literal["all", "left", "kept"]
TAKEN, SENT, DROPPED = "mailing.take", "mailing.send", "mailing.drop"
"""The kinds of the entries: a list left the hall; it was sent to; nothing was sent to it."""
WITHDRAWN = "consent.withdraw"
"""The kind of the entry by which a customer takes the consent back; it holds from that moment on."""
COLUMNS = (
    "资料", "姓名", "联系方式", "方便时间", "感兴趣的功能", "挽留结果", "有价值客户", "同意日期", "同意单号", "责任人",
)  # fmt: skip
"""What stands on a list that leaves the hall."""
LONGEST_WHAT = 60
"""Characters of the name of what is sent."""


@dataclass(frozen=True, slots=True)
class Wish:
    """Which of those who agreed: cases that ended in a period, of one library or both, any of some interests (none
    named: all), and valued customers only.
    """

    from_on: date
    to_on: date
    whose: Whose = "all"
    interests: tuple[str, ...] = ()
    is_valued_only: bool = False


@dataclass(frozen=True, slots=True)
class Addressee:
    """A customer who agreed to be contacted, by the case in which that was said and the moment.

    `contact` is in full and empty where none was left; `owner_no` tracks the customer (002-A18); `withdrawn_at` is when
    the customer last took a consent back, `is_unwanted` that no more calls were wanted.
    """

    case_id: str
    case_no: str
    customer_id: int
    name: str = field(repr=False)
    result: Result
    ended_on: date
    is_valued: bool
    reasons: tuple[str, ...]
    interests: tuple[str, ...]
    contact: str = field(repr=False)
    contact_times: tuple[str, ...]
    agreed_at: datetime
    owner_no: str
    withdrawn_at: datetime | None = None
    is_unwanted: bool = False

    @property
    def is_agreed(self) -> bool:
        """Whether the consent still holds: nothing was taken back since, and no more calls were declined."""
        is_taken_back = self.withdrawn_at is not None and self.withdrawn_at >= self.agreed_at
        return not is_taken_back and not self.is_unwanted

    def exported(self, what: str, rules: RetentionRules) -> tuple[str, ...]:
        """The line that leaves the hall, in the words of the pack."""
        interests = names_of(self.interests, rules.interests)
        times = names_of(self.contact_times, rules.contact_times)
        valued = "是" if self.is_valued else "否"
        told = (RESULTS[self.result], valued, f"{self.agreed_at:%Y-%m-%d}", self.case_no, self.owner_no)
        return tuple(map(as_text, (what, self.name, self.contact, "、".join(times), "、".join(interests), *told)))


@dataclass(frozen=True, slots=True)
class Mailing:
    """A list that was taken for something, and what became of it: nothing yet, sent on a day to some, or dropped.

    `mailing_id` is the id of the entry by which it was taken; `customers` are those on the list, `sent_to` those who
    were written to.
    """

    mailing_id: str
    what: str
    taken_at: datetime
    taken_by: str
    customers: tuple[int, ...]
    sent_on: date | None = None
    sent_by: str = ""
    sent_to: tuple[int, ...] = ()
    is_dropped: bool = False

    @property
    def is_open(self) -> bool:
        """Whether nobody has said yet what became of it."""
        return self.sent_on is None and not self.is_dropped

    @property
    def reached(self) -> tuple[int, ...]:
        """Who had it, or may be getting it just now."""
        return () if self.is_dropped else self.customers if self.sent_on is None else self.sent_to


@dataclass(frozen=True, slots=True)
class NobodyToWriteTo(Refusal):
    """Nobody is left on the list: `had` of them had the same before, `unreachable` left no way to be reached."""

    had: int
    unreachable: int


@dataclass(frozen=True, slots=True)
class MailingUnknown(Refusal):
    """The hall has taken no such list."""

    mailing_id: str


@dataclass(frozen=True, slots=True)
class MailingClosed(Refusal):
    """What became of the list is written down already."""

    what: str


@dataclass(frozen=True, slots=True)
class SentOnWrong(Refusal):
    """Nothing is sent before its list was taken, nor after today."""

    sent_on: date
    from_on: date
    to_on: date


@dataclass(frozen=True, slots=True)
class NotAgreed(Refusal):
    """The customer has no consent that could be taken back."""


def wanted(found: Iterable[Addressee], wish: Wish) -> tuple[Addressee, ...]:
    """Those to be written to, the newest consent first: each customer once, by the newest consent; nobody who took it
    back, and nobody who took the number along, for whom there are no campaigns (domain_rules 5.3).
    """
    newest: dict[int, Addressee] = {}
    for one in found:
        kept = newest.get(one.customer_id)
        if kept is None or (kept.agreed_at, kept.case_no) < (one.agreed_at, one.case_no):
            newest[one.customer_id] = one
    chosen = (one for one in newest.values() if one.is_agreed and PORT_OUT not in one.reasons and _fits(one, wish))
    return tuple(sorted(chosen, key=lambda one: (one.agreed_at, one.case_no), reverse=True))


def had_before(mailings: Iterable[Mailing], what: str) -> frozenset[int]:
    """The customers who had the same thing, or stand on a list for it of which nobody has said what became of it."""
    same = plain_name(what)
    return frozenset(no for mailing in mailings if plain_name(mailing.what) == same for no in mailing.reached)


def plain_name(what: str) -> str:
    """The name of what is sent for comparing: whatever its width, case and spaces."""
    return "".join(unicodedata.normalize("NFKC", what).casefold().split())


def names_of(codes: Iterable[str], choices: Iterable[Choice]) -> tuple[str, ...]:
    """The Chinese names of codes; one that the pack does not know stands for itself."""
    known = {choice.code: choice.name_zh for choice in choices}
    return tuple(known.get(code, code) for code in codes)


def written_name(what: str) -> str:
    """The name of what is sent as an entry may hold it (docs/decisions/0007)."""
    return mask_in_words(" ".join(what.split()))


def mailings_of(entries: Iterable[tuple[str, str, str, datetime, Mapping[str, Any]]]) -> tuple[Mailing, ...]:
    """The lists that were taken, the newest first, by their entries in the order of the journal: each with its id,
    kind, author, moment and body.
    """
    found: dict[str, Mailing] = {}
    for entry_id, kind, staff_no, at, body in entries:
        if kind == TAKEN:
            found[entry_id] = Mailing(entry_id, body["what"], at, staff_no, tuple(body["customers"]))
            continue
        taken = found[body["mailing"]]
        if kind == DROPPED:
            found[taken.mailing_id] = replace(taken, sent_by=staff_no, is_dropped=True)
        else:
            on, to = date.fromisoformat(body["sent_on"]), tuple(body["customers"])
            found[taken.mailing_id] = replace(taken, sent_by=staff_no, sent_on=on, sent_to=to)
    return tuple(reversed(found.values()))


def _fits(one: Addressee, wish: Wish) -> bool:
    if wish.is_valued_only and not one.is_valued:
        return False
    if wish.whose != "all" and (one.result is Result.KEPT) != (wish.whose == "kept"):
        return False
    return not wish.interests or any(code in wish.interests for code in one.interests)
