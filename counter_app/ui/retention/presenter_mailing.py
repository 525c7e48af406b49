"""Material for those who agreed (寄资料) without Qt: the list, what leaves, what was sent, and consents taken back."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime

from counter_app.domain import retention_paper_words as on_paper
from counter_app.domain.mailing import Addressee, Mailing, Whose, Wish, had_before
from counter_app.domain.masks import mask_name
from counter_app.domain.refusals import Refused
from counter_app.domain.retention import Result
from counter_app.domain.retention_rules import RetentionRules
from counter_app.domain.staff import Right
from counter_app.services import mailings
from counter_app.services.mailings import Listed, Waiting
from counter_app.services.retention_desk import rules_of
from counter_app.ui.desk import Desk
from counter_app.ui.formats import day, day_and_clock
from counter_app.ui.intents import Intents
from counter_app.ui.language import later, tr
from counter_app.ui.retention.presenter_lane import step_trouble
from counter_app.ui.retention.presenter_reading import read
from counter_app.ui.retention.presenter_visits import typed_day
from counter_app.ui.retention.screen import Option
from counter_app.ui.retention.words import own_name
from counter_app.ui.wording import sentences

WHOSE: dict[Whose, str] = {"all": later("全部客户"), "left": later("离网的"), "kept": later("留下的")}
_NAME_SHOWN = 14
"""Characters of what was sent that a list to choose from has room for."""
EVERY = "every"
"""The choice of no interest in particular."""


@dataclass(frozen=True, slots=True)
class MailingLine:
    """Who agreed, masked: what is liked, day and case of the consent, who tracks the customer, what was sent last."""

    case_id: str
    customer_id: int
    who: str
    contact: str
    is_reachable: bool
    interests: str
    result: str
    agreed: str
    case_no: str
    owner_no: str
    had: str
    searched: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class WaitingList:
    """A list of which nobody has said yet what became of it; `warning` names who took the consent back since."""

    mailing_id: str
    word: str
    taken_on: date
    warning: str


class MailingPresenter:
    """The list of one wish at a time: `whose`, `interest`, `is_valued_only` and `days` are what was chosen last."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk
        self.whose: Whose = "all"
        self.interest = EVERY
        self.is_valued_only = False
        self.days = (date.min, date.max)
        self._listed = Listed((), ())
        self._wish = self._wished()
        self._intents = Intents(desk)

    def interests(self) -> list[tuple[str, str]]:
        """What may be liked, as the pack has it, after no interest in particular."""
        hall = self._desk.hall
        rules = hall.rules_on(hall.clock.now().date()).retention
        return [(EVERY, tr("全部功能")), *((c.code, own_name(c)) for c in (rules.interests if rules else ()))]

    def lines(self, show: Callable[[tuple[MailingLine, ...]], object], say: Callable[[str], object]) -> None:
        """Read what was chosen, the newest consent first; an answer to a question no longer asked is not shown."""
        if self._desk.session is None:
            return
        hall, who, wish = self._desk.hall, self._desk.who, self._wished()

        def job() -> tuple[Listed, tuple[MailingLine, ...]]:
            rules, found = rules_of(hall, hall.clock.now().date()), mailings.listed(hall, who, wish)
            return found, tuple(mailing_line(one, found.mailings, rules) for one in found.lines)

        def shown(answer: tuple[Listed, tuple[MailingLine, ...]]) -> None:
            if wish == self._wished():
                self._listed, lines = answer
                self._wish = wish
                show(lines)

        read(self._desk, job, shown, say)

    def let_go(self) -> None:
        """The person leaves the counter."""
        self._listed = Listed((), ())

    def refusal(self, right: Right) -> str:
        """Why this person does not do it; empty where nothing is in the way."""
        try:
            self._desk.who.need(right)
        except Refused as refused:
            return sentences(refused.refusal)
        return ""

    def told(self, shown: Sequence[MailingLine], what: str, *, is_again: bool) -> str:
        """Who of those on the screen will be on the list for that, and who is left out and why."""
        had = had_before(self._listed.mailings, what) if what.strip() else frozenset()
        again = [line for line in shown if line.customer_id in had]
        left = [line for line in shown if is_again or line.customer_id not in had]
        silent = sum(not line.is_reachable for line in left)
        parts = [tr("名单上有 {count} 位。", count=len(left) - silent)]
        if again and is_again:
            parts.append(tr("其中 {count} 位寄过同样的资料，会再寄一次。", count=len(again)))
        elif again:
            parts.append(tr("{count} 位寄过同样的资料，不再列入。", count=len(again)))
        if silent:
            parts.append(tr("{count} 位没有留联系方式，不列入。", count=silent))
        return " ".join(parts)

    def rows(
        self, shown: Sequence[MailingLine], what: str, purpose: str, *, is_again: bool
    ) -> Callable[[], tuple[tuple[str, ...], ...]]:
        """What makes the rows of a file, for a lane: contacts in full, and an entry that says for what and why."""
        hall, who, wish = self._desk.hall, self._desk.who, self._wish
        on_it = frozenset(line.customer_id for line in shown)
        return lambda: mailings.take(hall, who, wish, what, purpose, customers=on_it, is_again=is_again)

    def waiting(self, show: Callable[[tuple[WaitingList, ...]], object], say: Callable[[str], object]) -> None:
        """Read the lists that wait for a word on what became of them."""
        hall, who, zone = self._desk.hall, self._desk.who, self._desk.hall.clock.now()
        read(
            self._desk,
            lambda: tuple(waiting_list(one, zone) for one in mailings.waiting(hall, who)),
            show,
            say,
        )

    def note(
        self,
        chosen: WaitingList,
        sent_on: str,
        on_done: Callable[[str], object],
        wrong: Callable[[str, str], object],
        *,
        is_sent: bool,
    ) -> None:
        """Write down what became of a list: sent on the day that was typed, or not at all. `wrong` gets the field and
        why.
        """
        on = typed_day(sent_on) if is_sent else None
        if is_sent and on is None:
            wrong("sent_on", tr("日期应写成 2026-12-31 这样。请改正。"))
            return
        hall, who, mailing_id = self._desk.hall, self._desk.who, chosen.mailing_id

        def job(intent: str) -> None:
            if on is None:
                mailings.note_dropped(hall, who, mailing_id, intent)
            else:
                mailings.note_sent(hall, who, mailing_id, on, intent)

        words = tr("已登记：寄出。") if is_sent else tr("已登记：没有寄，这份名单作废。")
        self._write((mailing_id, on), job, lambda: on_done(words), lambda why: wrong("", why))

    def withdraw(self, line: MailingLine, on_done: Callable[[str], object], say: Callable[[str], object]) -> None:
        """The customer takes the consent back; it holds at once."""
        hall, who = self._desk.hall, self._desk.who
        self._write(
            ("withdraw", line.case_id),
            lambda intent: mailings.withdraw(hall, who, line.case_id, intent),
            lambda: on_done(tr("已撤回：不再寄资料，也不再回访离网客户。")),
            say,
        )

    def _write(
        self, what: Hashable, job: Callable[[str], None], on_done: Callable[[], object], say: Callable[[str], object]
    ) -> None:
        self._intents.run(
            what,
            job,
            lambda _none: on_done(),
            lambda refusal: say(sentences(refusal)),
            lambda trouble: say(step_trouble(trouble)),
            word=tr("正在保存"),
        )

    def _wished(self) -> Wish:
        interests = () if self.interest == EVERY else (self.interest,)
        return Wish(*self.days, self.whose, interests, self.is_valued_only)


def mailing_line(one: Addressee, taken: Sequence[Mailing], rules: RetentionRules) -> MailingLine:
    """One customer as the list shows it; found by the full name and contact, too."""
    known = {choice.code: own_name(choice) for choice in rules.interests}
    interests = tr("、").join(known.get(code, code) for code in one.interests)
    result = tr(WHOSE["kept" if one.result is Result.KEPT else "left"])
    if one.is_valued:
        result = tr("{result} · 高价值", result=result)
    searched = " ".join((one.name, one.contact, interests, result, one.case_no, one.owner_no)).lower()
    return MailingLine(
        case_id=one.case_id,
        customer_id=one.customer_id,
        who=mask_name(one.name),
        contact=on_paper.contact(one.contact) if one.contact else tr("没有留"),
        is_reachable=bool(one.contact),
        interests=interests or tr("没有说"),
        result=result,
        agreed=day(one.agreed_at.date()),
        case_no=one.case_no,
        owner_no=one.owner_no,
        had=_had(one, taken),
        searched=searched,
    )


def waiting_list(one: Waiting, zone: datetime) -> WaitingList:
    """A list as it is chosen by its number."""
    mailing = one.mailing
    taken_at = mailing.taken_at.astimezone(zone.tzinfo)
    word = tr(
        "{what}：{count} 位，{at} 由工号 {no} 导出",
        what=mailing.what if len(mailing.what) <= _NAME_SHOWN else f"{mailing.what[:_NAME_SHOWN]}…",
        count=len(mailing.customers),
        at=day_and_clock(taken_at),
        no=mailing.taken_by,
    )
    names = tr("、").join(map(mask_name, one.withdrawn))
    warning = tr("导出以后撤回同意的 {count} 位不要寄：{names}。", count=len(one.withdrawn), names=names)
    return WaitingList(mailing.mailing_id, word, taken_at.date(), warning if one.withdrawn else "")


def options_of(lists: Sequence[WaitingList]) -> tuple[Option, ...]:
    """The lists by the number that is typed for each."""
    return tuple(Option(str(number), one.word) for number, one in enumerate(lists, 1))


def found(lines: Sequence[MailingLine], text: str) -> tuple[MailingLine, ...]:
    """The customers in whose line every word of the search stands."""
    words = text.lower().split()
    return tuple(line for line in lines if all(word in line.searched for word in words))


def _had(one: Addressee, taken: Sequence[Mailing]) -> str:
    last = next((mailing for mailing in taken if one.customer_id in mailing.reached), None)
    if last is None:
        return ""
    if last.sent_on is None:
        return tr("{what}（已导出，待登记）", what=last.what)
    return tr("{what}，{day}", what=last.what, day=day(last.sent_on))
