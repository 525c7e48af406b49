"""The month's table of exits without Qt: its lines in words, how it stands, who signed it, and signing it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, tzinfo

from counter_app.domain.refusals import Refusal
from counter_app.domain.retention_followup import months_later
from counter_app.domain.retention_months import ExitLine, MonthIsSigned, MonthTableChanged, Review, changed_lines
from counter_app.domain.retention_rules import RetentionRules
from counter_app.domain.staff import Right
from counter_app.services import retention_months
from counter_app.services.retention_months import MonthSignature, MonthView
from counter_app.services.table_files import Cell
from counter_app.ui import formats
from counter_app.ui.desk import Desk
from counter_app.ui.formats import day_and_clock
from counter_app.ui.intents import Intents
from counter_app.ui.language import later, tr
from counter_app.ui.retention.presenter_lane import step_trouble
from counter_app.ui.retention.presenter_reading import read
from counter_app.ui.retention.words import reason_word
from counter_app.ui.theme import Tone
from counter_app.ui.wording import sentences, trouble_sentences

MONTHS = 24
"""Months that can be looked at: this one and those before it."""
BOXES = (later("发现机会"), later("制定策略"), later("实施与反馈"), later("评估与调整"))
"""The four boxes of the review, in the order of the domain."""


@dataclass(frozen=True, slots=True)
class MonthRow:
    """One line as the table shows it; `signed` says what was signed where that is not what stands there now."""

    level: int
    reason: str
    exits: int
    left: int
    refused: int
    before: int
    signed: str

    @property
    def change(self) -> int:
        """More exits than in the month before, or fewer."""
        return self.exits - self.before


@dataclass(frozen=True, slots=True)
class SignedLine:
    """One signature in words, with the boxes of its review that hold something, each as word and text."""

    words: str
    review: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class MonthScreen:
    """A month as the page shows it: how it stands (word, colour, sentence), its lines, its signatures."""

    month: date
    state: str
    tone: Tone
    note: str
    rows: tuple[MonthRow, ...]
    signatures: tuple[SignedLine, ...]
    can_sign: bool


@dataclass(frozen=True, slots=True)
class MonthSigning:
    """What the panel says before somebody signs: the month, its figures, the boxes of the review with what was said
    the last time, and who is expected.
    """

    heading: str
    facts: tuple[tuple[str, str], ...]
    what: str
    review: tuple[tuple[str, str], ...]
    signer_no: str


class MonthPresenter:
    """One month at a time. `show` gets every screen, `say` why something could not be read."""

    def __init__(self, desk: Desk, show: Callable[[MonthScreen], object], say: Callable[[str], object]) -> None:
        self._desk, self._show, self._say = desk, show, say
        self._view: MonthView | None = None
        self._intents = Intents(desk)
        self.month = self._this_month()

    def months(self) -> tuple[tuple[str, str], ...]:
        """The months that can be chosen, this one first, as (key, word)."""
        this = self._this_month()
        found = [formats.month(months_later(this, -back)) for back in range(MONTHS)]
        return tuple((month, month) for month in found)

    def begin(self) -> None:
        """The month before this one: the last that is over, and the next to be signed."""
        self.month = months_later(self._this_month(), -1)

    def choose(self, key: str) -> None:
        """Another month, as `2026-10`."""
        self.month = date.fromisoformat(f"{key}-01")
        self.read()

    def step(self, months: int) -> bool:
        """So many months on or back; False at either end."""
        wanted = formats.month(months_later(self.month, months))
        if wanted not in dict(self.months()):
            return False
        self.choose(wanted)
        return True

    def read(self) -> None:
        """Read the month that is chosen; an answer about another one comes too late."""
        who, hall, month = self._desk.session, self._desk.hall, self.month
        if who is None or not who.may(Right.SEE_RETENTION):
            return
        self._desk.lanes.run(
            "reader",
            lambda: retention_months.read(hall, who, month),
            self._take,
            lambda refusal: self._say(sentences(refusal)),
            lambda trouble: self._say(trouble_sentences(trouble)),
        )

    def waiting(self) -> int | None:
        """How many tables wait for this person to sign them, where the month that is shown tells it: the last one."""
        view, who = self._view, self._desk.session
        if view is None or who is None or view.table.month != months_later(self._this_month(), -1):
            return None
        return int(who.may(Right.SIGN_OFF) and waits(view))

    def let_go(self) -> None:
        """The person leaves the counter."""
        self._view = None

    def signing(self) -> MonthSigning | None:
        """What is signed if somebody signs now; None where there is nothing to sign."""
        view = self._view
        if view is None or not _can_sign(view):
            return None
        who, whole = self._desk.who, view.table.whole
        reasons = sum(line.level == 1 for line in view.table.lines)
        facts = (
            (tr("月份"), formats.month(view.table.month)),
            (tr("离网合计"), tr("{count} 户", count=whole.exits)),
            (tr("谈话后离网"), tr("{count} 户", count=whole.left)),
            (tr("不愿谈，直接离网"), tr("{count} 户", count=whole.refused)),
            (tr("上月合计"), tr("{count} 户", count=whole.before)),
            (tr("原因"), tr("{count} 类", count=reasons)),
        )
        what = tr("签的就是页面上这 {count} 行。以后数字有变化，会提示重新签字。", count=len(view.table.lines))
        last = view.signatures[0].review if view.signatures else Review()
        review = tuple(zip(map(tr, BOXES), last.boxes, strict=True))
        return MonthSigning(tr("签字上报"), facts, what, review, who.staff_no if who.may(Right.SIGN_OFF) else "")

    def sign(
        self,
        staff_no: str,
        password: str,
        review: Review,
        on_done: Callable[[str], object],
        on_error: Callable[[str], object],
        on_changed: Callable[[str], object],
    ) -> None:
        """Sign what is shown; `on_changed` says that it is not what stands there any more. After a COMMIT whose end
        nobody knows the same press asks under the same intent.
        """
        view, hall, who = self._view, self._desk.hall, self._desk.who
        if view is None:
            return
        month, digest = view.table.month, view.table.digest

        def job(intent_id: str) -> MonthView:
            return retention_months.sign(
                hall, who, month, digest, staff_no=staff_no, password=password, intent_id=intent_id, review=review
            )

        def done(after: MonthView) -> None:
            self._take(after)
            on_done(tr("{month} 的离网月报已签字。", month=formats.month(month)))

        def refused(refusal: Refusal) -> None:
            is_other = isinstance(refusal, MonthTableChanged | MonthIsSigned)
            (on_changed if is_other else on_error)(sentences(refusal))

        def failed(trouble: Exception) -> None:
            on_error(step_trouble(trouble))

        self._intents.run((digest, staff_no, review), job, done, refused, failed, word=tr("正在签字"))

    def exported(self) -> tuple[tuple[Cell, ...], ...]:
        """The table as rows for a file, its titles first; nothing before it was read."""
        return month_cells(self._view, self._zone) if self._view is not None else ()

    def _take(self, view: MonthView) -> None:
        if self._desk.session is None or view.table.month != self.month:
            return
        self._view = view
        self._show(month_screen(view, self._zone))

    @property
    def _zone(self) -> tzinfo | None:
        return self._desk.hall.clock.now().tzinfo

    def _this_month(self) -> date:
        return self._desk.hall.clock.now().date().replace(day=1)


def last_month(desk: Desk, key: str, tell: Callable[[str], object], say: Callable[[str], object]) -> None:
    """Tell whoever signs how the month before this one waits for it, empty words where it does not; `key` goes to the
    page. Nothing is told to anybody else.
    """
    hall, who = desk.hall, desk.session
    month = months_later(hall.clock.now().date().replace(day=1), -1)

    def job() -> str:
        assert who is not None, "nothing is read where nobody is signed in"
        return _reminder(retention_months.read(hall, who, month), key)

    read(desk, job, tell, say, right=Right.SIGN_OFF)


def waits(view: MonthView) -> bool:
    """Whether a supervisor is reminded of a month: it can be signed, and there are exits or were some when it was."""
    return _can_sign(view) and (view.is_changed or view.table.whole.exits > 0)


def month_screen(view: MonthView, zone: tzinfo | None) -> MonthScreen:
    """A month in words; moments are told in the zone of the hall's clock."""
    signed = view.signatures[0].table if view.signatures else None
    changes = changed_lines(signed, view.table) if signed is not None else {}
    shown = {line.key for line in view.table.lines}
    gone = [ExitLine(*key, 0, 0, 0) for key in changes if key not in shown]
    rows = tuple(_row(line, changes.get(line.key), view.rules) for line in (*view.table.lines, *gone))
    state, tone, note = _state(view)
    note = " ".join(filter(None, (note, _told(view))))
    signatures = tuple(_signed(one, zone) for one in view.signatures)
    return MonthScreen(view.table.month, state, tone, note, rows, signatures, _can_sign(view))


def month_cells(view: MonthView, zone: tzinfo | None) -> tuple[tuple[Cell, ...], ...]:
    """A month as rows for a file, the titles first; the line of the whole says how the month stands."""
    titles = (
        tr("月份"),
        tr("原因大类"),
        tr("原因细类"),
        tr("离网合计"),
        tr("谈话后离网"),
        tr("不愿谈，直接离网"),
        tr("上月合计"),
        tr("比上月"),
        tr("签字情况"),
    )
    word, head = formats.month(view.table.month), ""
    rows: list[tuple[Cell, ...]] = [titles]
    for line in view.table.lines:
        row = _row(line, None, view.rules)
        reason = row.reason.strip()
        head = reason if line.level < 2 else head
        detail = reason if line.level == 2 else ""
        stands = _standing(view, zone) if line.level == 0 else ""
        rows.append((word, head, detail, row.exits, row.left, row.refused, row.before, row.change, stands))
    return tuple(rows)


def _standing(view: MonthView, zone: tzinfo | None) -> str:
    state = _state(view)[0]
    return f"{state}: {_signature(view.signatures[0], zone)}" if view.signatures else state


def _reminder(view: MonthView, key: str) -> str:
    month = formats.month(view.table.month)
    if not waits(view):
        return ""
    if view.is_changed:
        return tr("{month} 的离网月报签字以后数字变了。在“挽留”里按 {key} 查看。", month=month, key=key)
    return tr("{month} 的离网月报还没有签字。在“挽留”里按 {key} 查看。", month=month, key=key)


def _can_sign(view: MonthView) -> bool:
    return view.is_over and not view.is_signed


def _told(view: MonthView) -> str:
    count = view.feedback
    if not count.asked:
        return ""
    return tr(
        "办结 {asked} 单，反馈厅经理 {told} 单，已答复 {answered} 单。",
        asked=count.asked,
        told=count.told,
        answered=count.answered,
    )


def _state(view: MonthView) -> tuple[str, Tone, str]:
    if not view.is_over:
        from_on = months_later(view.table.month, 1)
        return (
            tr("本月未完"),
            "muted",
            tr("这个月还没有过完，数字还会变。{day} 起可以签字上报。", day=formats.day(from_on)),
        )
    if view.is_changed:
        note = tr("签字以后数字变了，例如后来导入了资料。请核对标出的行，重新签字；原来的签字保留。")
        return tr("签字后有变化"), "warn", note
    if view.is_signed:
        return tr("已签字"), "good", tr("签字以后数字没有变化，可以上报。")
    return tr("待签字"), "accent", tr("请班长核对以后签字上报。")


def _row(line: ExitLine, signed: ExitLine | None, rules: RetentionRules) -> MonthRow:
    was = ""
    if signed is not None:
        was = tr(
            "{exits}（{left} + {refused}），上月 {before}",
            exits=signed.exits,
            left=signed.left,
            refused=signed.refused,
            before=signed.before,
        )
    return MonthRow(line.level, _reason(line, rules), line.exits, line.left, line.refused, line.before, was)


def _reason(line: ExitLine, rules: RetentionRules) -> str:
    if line.level == 0:
        return tr("全部离网")
    if line.level == 2 and rules.first_level(line.reason) == line.reason:
        return "      " + tr("其中没有细分的")
    word = reason_word(line.reason, rules) if line.reason else tr("没有归类（导入的资料）")
    return word if line.level == 1 else f"      {word}"


def _signed(one: MonthSignature, zone: tzinfo | None) -> SignedLine:
    said = zip(map(tr, BOXES), one.review.boxes, strict=True)
    return SignedLine(_signature(one, zone), tuple((word, text) for word, text in said if text))


def _signature(one: MonthSignature, zone: tzinfo | None) -> str:
    return tr(
        "{when}  {name}（工号 {no}）签字，当时合计 {exits} 户",
        when=day_and_clock(one.signed_at.astimezone(zone)),
        name=one.name,
        no=one.signer_no,
        exits=one.table.whole.exits,
    )
