"""待办 without Qt: the list, money back under two people's names, matters done in words, a file that goes on."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, TypeVar

from counter_app.domain.approvals import ApprovalCase
from counter_app.domain.given_payments import GivenPayment
from counter_app.domain.rights import Right
from counter_app.domain.tasks import CreditWay, OpenTask
from counter_app.services import given_payments, new_epochs, staff, tasks
from counter_app.ui.desk import Desk
from counter_app.ui.facts import Fact
from counter_app.ui.formats import amount, day_and_clock
from counter_app.ui.intents import Intents
from counter_app.ui.language import later, tr
from counter_app.ui.retention.presenter_lane import step_trouble
from counter_app.ui.tasks.words import kind_word, who_word, why_words
from counter_app.ui.wording import sentences
from counter_app.ui.wording_line import line_words, lost_words, refused_words

if TYPE_CHECKING:
    from counter_app.services.new_epochs import Standing
    from counter_app.sync.status import SyncStatus

T = TypeVar("T")
Say = Callable[[str], object]

_FOUND = {
    "restored": later("本机数据比上游旧，像是从旧备份恢复的。"),
    "cloned": later("本机数据在别处还有一份在用。"),
    "fork": later("本机流水与上游收到的不一致，像是复制过的数据。"),
}
FILE_WORDS = later("确认后由本机继续收款。请先确认没有另一台电脑在用本柜台的数据；有的话不要在这里确认。")
ALONE = later("本厅现在只有您一位能签字，自己办的不能自己签。请营业员登录后办理，由您签字。")
_WAYS: dict[CreditWay, str] = {"prepaid": later("转入预存"), "cash": later("退现金")}


@dataclass(frozen=True, slots=True)
class TaskRow:
    """One thing in the list; `is_late` by the day that it is due on."""

    task: OpenTask
    what: str
    who: str
    account_no: str
    sum: str
    why: str
    due: str
    is_late: bool


@dataclass(frozen=True, slots=True)
class TasksScreen:
    """All that waits. `file_words` say what was found against this machine's data, empty while there is nothing to
    confirm; `line_words` what is the matter with the line, what waits to go up, and what came down and cannot be used
    yet, `alone_words` that it waits for another person, where there is none at hand.
    """

    rows: tuple[TaskRow, ...]
    file_words: str
    line_words: str
    alone_words: str = ""

    @property
    def count(self) -> int:
        """How many things there are to do."""
        return len(self.rows) + bool(self.file_words)


class TasksPresenter:
    """Reads, and finishes one thing at a time; a press after a failed COMMIT asks under the same intent."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk
        self._intents = Intents(desk)

    def read(self, show: Callable[[TasksScreen], object], say: Say) -> None:
        """Read what waits; nothing where nobody is signed in."""
        desk = self._desk
        if desk.session is None:
            return
        hall, line, who = desk.hall, desk.line, desk.who

        def job() -> TasksScreen:
            alone = who.may(Right.SIGN_OFF) and not staff.who_may(hall, Right.SIGN_OFF) - {who.staff_no}
            waiting, standing = tasks.waiting(hall), new_epochs.standing(hall)
            return tasks_screen(waiting, standing, line.standing(hall), hall.clock.now(), is_alone=alone)

        self._run("reader", job, show, say)

    def given(self, show: Callable[[tuple[GivenPayment, ...]], object], say: Say) -> None:
        """The payments that the hub gave back; nothing for somebody who may not see the journal. After a lost disk they
        may be a year's: nobody waits behind them.
        """
        desk = self._desk
        if desk.session is None or not desk.who.may(Right.SEE_JOURNAL):
            return
        hall, who = desk.hall, desk.who
        self._run("long", lambda: given_payments.listed(hall, who), show, say)

    def ask(self, task: OpenTask, way: CreditWay, show: Callable[[ApprovalCase], object], say: Say) -> None:
        """What a second person signs to give this money back."""
        hall, who = self._desk.hall, self._desk.who
        self._run("reader", lambda: tasks.ask(hall, who, task.task_id, way), show, say)

    def settled(self, given: tasks.Settled) -> str:
        """What is said when the money is back."""
        words = later("{sum} 元已转入预存，{no} 签字。")
        if given.way == "cash":
            words = later("请把 {sum} 元现金交给客户，已记账，{no} 签字。")
        return tr(words, sum=amount(given.amount_fen), no=given.approver_no)

    def finish(self, task: OpenTask, words: str, done: Say, say: Say, *, is_accepted: bool) -> None:
        """A matter is done; what was done is written down."""
        hall, who = self._desk.hall, self._desk.who
        self._intents.run(
            (task.task_id, words, is_accepted),
            lambda intent: tasks.finish(hall, who, task.task_id, words, intent, is_accepted=is_accepted),
            lambda _none: done(tr("“{what}”已办结。", what=kind_word(task))),
            lambda refusal: say(sentences(refusal)),
            lambda error: say(step_trouble(error)),
            word=tr("正在保存"),
        )

    def ask_file(self, show: Callable[[ApprovalCase], object], say: Say) -> None:
        """What a second person signs so that this machine's data goes on."""
        hall, who = self._desk.hall, self._desk.who
        self._run("reader", lambda: new_epochs.ask(hall, who), show, say)

    def confirmed(self) -> str:
        """What is said when this machine's data goes on."""
        if self._desk.line.is_enrolled:
            return tr("已确认，由本机继续。与上游核对完就可以收款。")
        return tr("已确认，可以收款。")

    def _run(
        self,
        lane: str,
        job: Callable[[], T],
        done: Callable[[T], object],
        say: Say,
    ) -> None:
        def trouble(error: Exception) -> None:
            say(step_trouble(error))

        word = tr("正在保存") if lane == "writer" else ""
        self._desk.lanes.run(lane, job, done, lambda refusal: say(sentences(refusal)), trouble, word=word)


def tasks_screen(
    waiting: tasks.Waiting,
    standing: Standing | None,
    line: SyncStatus | None,
    now: datetime,
    *,
    is_alone: bool = False,
) -> TasksScreen:
    """What the room shows of what waits; `is_alone`: whoever looks is the only one here who may sign."""
    said = [line_words(line, now)] if line is not None and line.why else []
    if line is not None and line.waiting and line.oldest_at is not None:
        oldest = day_and_clock(line.oldest_at.astimezone(now.tzinfo))
        said.append(tr("待上传 {count} 条，最早一条 {at}。", count=line.waiting, at=oldest))
    elif line is not None:
        said.append(tr("没有等待上传的记录。"))
    if line is not None and line.refused:
        said.append(refused_words(line.refused))
    if line is not None and line.lost:
        said.append(lost_words(line.lost))
    held = sum(waiting.held.values())
    if held:
        said.append(
            tr("上游发来的数据有 {count} 行暂时用不上，已原样留存，会自动再试；久不减少请告诉管理员。", count=held)
        )
    needs_another = is_alone and (standing is not None or any(task.has_credit for task in waiting.tasks))
    return TasksScreen(
        tuple(_row(task, now) for task in waiting.tasks),
        "" if standing is None else tr(_FOUND[standing.reason]),
        " ".join(said),
        tr(ALONE) if needs_another else "",
    )


def credit_words(task: OpenTask, way: CreditWay) -> str:
    """What a second person signs before money goes back."""
    return tr("{way}：{sum} 元，户号 {no}。", way=tr(_WAYS[way]), sum=amount(task.amount_fen), no=task.account_no)


def file_facts(file_words: str, now: datetime) -> tuple[Fact, ...]:
    """What was found against this machine's data."""
    return (Fact(tr("发现"), file_words), Fact(tr("时间"), day_and_clock(now)))


def _row(task: OpenTask, now: datetime) -> TaskRow:
    return TaskRow(
        task,
        kind_word(task),
        who_word(task),
        task.account_no,
        amount(task.amount_fen),
        why_words(task),
        task.due_on.isoformat() if task.due_on else "",
        task.due_on is not None and task.due_on < now.date(),
    )
