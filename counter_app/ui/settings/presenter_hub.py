"""上游连接 without widgets: how the counter stands with its hub, and how an administrator connects it, step by step."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, TypeVar

from counter_app.domain.hub_time import CERTIFICATE_SOON
from counter_app.domain.refusals import Refusal
from counter_app.domain.staff import Session
from counter_app.domain.sync_refusals import AddressUnreadable, EnrolledAlready
from counter_app.services import upstream
from counter_app.ui.desk import Desk
from counter_app.ui.formats import day_and_clock
from counter_app.ui.language import later, tr
from counter_app.ui.wording import sentences, trouble_sentences
from counter_app.ui.wording_line import line_words
from counter_app.ui.wording_sync import no_reply_words

if TYPE_CHECKING:
    from collections.abc import Iterator

    from counter_app.sync.enrolment import Answer, Begun, Joined, Wanted
    from counter_app.sync.hub_line import Certificate
    from counter_app.sync.joining import Joining
    from counter_app.sync.particulars import Particulars
    from counter_app.sync.status import SyncStatus

T = TypeVar("T")
ADDRESS, CODE = "address", "code"
"""The two fields."""


@dataclass(frozen=True, slots=True)
class HubScreen:
    """The page: whether there is a hub, how it stands in words, everything known of it, and what a press would do.

    `address` and `code` are what the fields begin with; `begun` says that an enrolment has no end yet.
    """

    is_connected: bool
    words: str
    is_bad: bool
    rows: tuple[tuple[str, str], ...]
    before: str
    begun: str
    address: str
    code: str


@dataclass(frozen=True, slots=True)
class Hands:
    """What the page gets told while it connects: what is being done, that it is done, or what is wrong with which
    field (empty: with none of them).
    """

    doing: Callable[[str], object]
    done: Callable[[str], object]
    wrong: Callable[[str, str], object]


class HubPresenter:
    """Reads, and connects: the store, the hub, the store again, each on its own lane, so that nobody waits for it."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk
        self._joining: Joining | None = None
        self._is_stopped = False
        self._who: Session | None = None

    def read(self, show: Callable[[HubScreen], object], say: Callable[[str], object]) -> None:
        """Read how it stands."""
        desk, hall, line = self._desk, self._desk.hall, self._desk.line

        def job() -> HubScreen:
            from counter_app.sync.particulars import particulars

            known, status, now = particulars(hall), line.standing(hall), hall.clock.now()
            rows = [*own_rows(desk), *hub_rows(known, status, line.certificate(), now)]
            return HubScreen(
                is_connected=known.is_connected,
                words=_words(known, status, now),
                is_bad=status is not None and status.light == "bad",
                rows=tuple(rows),
                before="" if known.is_connected else before_words(upstream.brought_along(hall)),
                begun=begun_words(known.begun, now),
                address=known.url or (known.begun.url if known.begun else ""),
                code=known.begun.printed if known.begun else "",
            )

        desk.lanes.run("reader", job, show, lambda r: say(sentences(r)), lambda t: say(trouble_sentences(t)))

    def connect(self, address: str, printed: str, hands: Hands) -> None:
        """Bring this counter under the hub at an address, by the code that it printed."""
        hall = self._desk.hall
        # whoever pressed stands for it to its end, though she may leave the counter meanwhile
        who = self._who = self._desk.who
        self._is_stopped = False

        def prepare() -> Wanted:
            from counter_app.sync import enrolment

            return enrolment.prepare(hall, address, printed, lambda work: upstream.who_connects(work, who))

        hands.doing(tr("正在准备……"))
        self._run("writer", prepare, lambda wanted: self._identify(wanted, hands), hands)

    def stop(self) -> None:
        """Ask no further; what the hub has been told already is asked for again the next time."""
        self._is_stopped = True
        if self._joining is not None:
            self._joining.end()

    def _identify(self, wanted: Wanted, hands: Hands) -> None:
        joining = self._joining = self._desk.line.joining()
        if self._is_stopped:
            joining.end()
        hands.doing(tr("正在核对上游的身份……"))
        self._run("line", lambda: joining.identify(wanted), lambda pem: self._ask(joining, wanted, pem, hands), hands)

    def _ask(self, joining: Joining, wanted: Wanted, authority: str, hands: Hands) -> None:
        hands.doing(tr("身份相符，正在提交接入码……"))
        self._run("line", lambda: joining.ask(wanted, authority), lambda answer: self._keep(answer, hands), hands)

    def _keep(self, answer: Answer, hands: Hands) -> None:
        desk, hall, who, line = self._desk, self._desk.hall, self._who, self._desk.line
        assert who is not None, "an answer comes to whoever asked"

        def keep() -> Joined:
            from counter_app.sync import enrolment

            joined = enrolment.keep_answer(hall, answer, lambda work: upstream.who_connects(work, who))
            line.joined(hall)
            return joined

        def kept(joined: Joined) -> None:
            self._joining = None
            number, count = joined.enrolment.ordinal, joined.waiting
            hands.done(tr("已接入上游，柜台序号 {number}。{count} 条记录开始上传。", number=number, count=count))
            desk.changed()

        hands.doing(tr("上游已登记，正在记下……"))
        self._run("writer", keep, kept, hands)

    def _run(self, lane: str, job: Callable[[], T], done: Callable[[T], object], hands: Hands) -> None:
        def refused(refusal: Refusal) -> None:
            self._over(refusal)
            hands.wrong(_field_of(refusal), sentences(refusal))

        def trouble(error: Exception) -> None:
            self._joining = None
            why = getattr(error, "why", None)
            if self._is_stopped and why is not None:
                hands.wrong("", tr("已停止，没有接入。接入码十分钟内有效，可以再试。"))
            elif isinstance(why, str):
                hands.wrong(ADDRESS, no_reply_words(why))
            else:
                hands.wrong("", trouble_sentences(error))

        self._desk.lanes.run(lane, job, done, refused, trouble)

    def _over(self, refusal: Refusal) -> None:
        """The hub's no ends what was begun, but for one that only asks for patience."""
        from counter_app.sync.enrolment import is_patience

        hall = self._desk.hall
        if self._joining is None or is_patience(refusal):
            return
        self._joining = None

        def forget() -> None:
            from counter_app.sync import enrolment

            enrolment.forget_begun(hall)

        self._desk.lanes.run("writer", forget, lambda _none: None, lambda _r: None, lambda _t: None)


def own_rows(desk: Desk) -> Iterator[tuple[str, str]]:
    """Who this counter is, as the hub's one-time code must name it."""
    own = desk.hall.hall
    yield tr("营业厅"), tr("{name}（{code}）", name=own.name, code=own.hall_code)
    yield tr("本柜台"), tr("{name}（{code}）", name=own.counter_name, code=own.counter_code)


def hub_rows(
    known: Particulars, status: SyncStatus | None, server: Certificate | None, now: datetime
) -> Iterator[tuple[str, str]]:
    """Everything that is known of the hub, line by line."""
    yield tr("本机编号"), known.device_id
    if not known.is_connected:
        return
    yield tr("柜台序号"), str(known.ordinal)
    yield tr("上游地址"), known.url
    yield tr("认定的签发机构"), _certificate(known.authority, now)
    yield tr("上游的证书"), _certificate(server, now) if server else tr("本次开机后还没有联系上")
    yield tr("纪元"), tr("第 {epoch} 纪元，上游已收到 {count} 条", epoch=known.epoch, count=known.acked)
    if status is not None:
        answered = status.answered_at
        at = day_and_clock(answered.astimezone(now.tzinfo)) if answered else tr("本次开机后还没有")
        yield tr("最后联系"), at
        yield tr("待上传"), tr("{count} 条", count=status.waiting)
    yield tr("已下发"), _taken(known)
    yield tr("上游数据代"), known.generation or tr("还没有")
    yield tr("本机时间"), _clock(status)


def before_words(own: upstream.OwnRows) -> str:
    """What a press brings to a hub that knows nothing of this hall yet, with figures; said before the press."""
    if not own.customers and not own.bills:
        return tr("本厅还没有客户和账单。接入后由上游下发，{count} 条记录先传上去。", count=own.entries)
    return tr(
        "本厅现有 {customers} 位客户、{accounts} 个户号、{bills} 张账单、{staff} 位人员。"
        "接入后这些作为本厅的底数整体传给上游，再传 {entries} 条记录，都不会改动。"
        "传完以后客户、账单和人员由上游下发，本机不再导入。收费照常。",
        customers=f"{own.customers:,}",
        accounts=f"{own.accounts:,}",
        bills=f"{own.bills:,}",
        staff=f"{own.staff:,}",
        entries=f"{own.entries:,}",
    )


def begun_words(begun: Begun | None, now: datetime) -> str:
    """An enrolment without an end, and how it goes on."""
    if begun is None:
        return ""
    at = day_and_clock(datetime.fromisoformat(begun.at).astimezone(now.tzinfo))
    return tr("{at} 的接入没有办完。按 F9 用同一个接入码接着办；码已失效的，换一个新码。", at=at)


def _words(known: Particulars, status: SyncStatus | None, now: datetime) -> str:
    if not known.is_connected:
        return tr("本柜台还没有接入上游，独立工作。收费、打印、日结都不受影响。")
    words = tr("本柜台已接入上游。") if status is None else line_words(status, now)
    if known.loading is not None:
        words = tr("{words}正在取回本厅数据，已取 {parts} 份。", words=words, parts=known.loading.parts)
    if known.offered is not None:
        words = tr("{words}正在把本厅的底数传给上游，已传 {parts} 份。", words=words, parts=known.offered)
    return words


def _taken(known: Particulars) -> str:
    if known.taken is None:
        return tr("还没有")
    if known.held:
        return tr("{count} 行，其中 {held} 行暂时用不上", count=f"{known.taken:,}", held=known.held)
    return tr("{count} 行", count=f"{known.taken:,}")


def _certificate(found: Certificate | None, now: datetime) -> str:
    if found is None:
        return tr("读不出来")
    until = found.until.astimezone(now.tzinfo)
    words = tr("{name}，到 {on}", name=found.name or "—", on=until.date().isoformat())
    if until - now > CERTIFICATE_SOON:
        return words
    return tr("{words}，只剩 {days} 天，请告诉上游更换", words=words, days=max(0, (until - now).days))


def _clock(status: SyncStatus | None) -> str:
    if status is None or status.clock_off is None:
        return tr("还没有与上游核对")
    seconds = status.clock_off.total_seconds()
    if not seconds:
        return tr("与上游一致")
    word = later("比上游快 {seconds} 秒") if seconds > 0 else later("比上游慢 {seconds} 秒")
    return tr(word, seconds=f"{abs(seconds):.1f}")


def _field_of(refusal: Refusal) -> str:
    return ADDRESS if isinstance(refusal, AddressUnreadable | EnrolledAlready) else CODE
