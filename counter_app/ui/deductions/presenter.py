"""自动扣款 without Qt: how the batch day stands, and the run of it beside the window."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any

from counter_app.domain.masks import mask_name
from counter_app.domain.refusals import Refusal
from counter_app.domain.rights import Right
from counter_app.services import deductions
from counter_app.ui.desk import Desk
from counter_app.ui.formats import amount, day
from counter_app.ui.language import later, tr
from counter_app.ui.step_trouble import step_trouble
from counter_app.ui.wording import sentences
from counter_app.ui.wording_deductions import why_words

MOST_ROWS = 1000
"""Rows of each list that are shown; the command lists them all."""
_DOING = later("正在自动扣款")


@dataclass(frozen=True, slots=True)
class DeductionRow:
    """One account: what was taken from its books, or why nothing was."""

    customer_id: int
    account_no: str
    who: str
    outcome: str
    sum: str
    balance: str
    is_taken: bool
    deduction_no: str = ""


@dataclass(frozen=True, slots=True)
class DeductionsScreen:
    """The batch day and its rows. `facts` are words with their values, `other_words` say that another counter does it,
    `start_word` is empty where nothing can be started.
    """

    facts: tuple[tuple[str, str], ...] = ()
    rows: tuple[DeductionRow, ...] = ()
    other_words: str = ""
    start_word: str = ""
    message: str = ""
    is_bad: bool = False
    is_running: bool = False


class DeductionsPresenter:
    """Reads how it stands, and runs the batch; each answer is a whole screen."""

    def __init__(self, desk: Desk, show: Callable[[DeductionsScreen], object]) -> None:
        self._desk, self._show = desk, show
        self._screen = DeductionsScreen()
        self._is_other, self._is_open = False, True

    def read(self, message: str = "") -> None:
        """Read the batch day that is due, and what became of it so far."""
        hall = self._desk.hall

        def job() -> tuple[deductions.BatchLook, deductions.BatchReport]:
            look = deductions.look(hall)
            return look, deductions.report(hall, look.batch_on, most=MOST_ROWS)

        def done(found: tuple[deductions.BatchLook, deductions.BatchReport]) -> None:
            look, report = found
            self._is_other = look.other is not None
            self._put(_screen(look, report, message, may_start=self._desk.who.may(Right.SIGN_OFF)))

        self._desk.lanes.run("reader", job, done, self._refused, self._troubled)

    def start(self) -> None:
        """F9: deduct, on the lane for long work; where another counter is the first, it is done here all the same."""
        if self._screen.is_running or not self._screen.start_word:
            return
        hall, who, is_here = self._desk.hall, self._desk.who, self._is_other
        self._put(
            replace(self._screen, is_running=True, message=tr("正在扣款，可以关上这一页去做别的。"), is_bad=False)
        )

        def job(progress: Any) -> deductions.Sums:
            def told(done: int, total: int) -> None:
                progress.step(done, total, tr(_DOING))

            return deductions.run(hall, who, is_here=is_here, progress=told, on_writer=progress.on_writer)

        def done(sums: deductions.Sums) -> None:
            self._desk.changed()
            taken = amount(sums.taken_fen)
            self.read(tr("这个批量日已扣 {count} 户，共 {sum}。", count=sums.taken_count, sum=taken))

        self._desk.lanes.run_long(
            job,
            done,
            self._refused,
            self._troubled,
            word=tr(_DOING),
            on_stopped=lambda: self.read(tr("已停止。扣过的不变，再按 F9 接着扣。")),
        )

    def close(self) -> None:
        """The panel is gone; a batch that runs goes on, and its end is said by nobody here."""
        self._is_open = False

    def _put(self, screen: DeductionsScreen) -> None:
        self._screen = screen
        if self._is_open:
            self._show(screen)

    def _refused(self, refusal: Refusal) -> None:
        self._put(replace(self._screen, is_running=False, message=sentences(refusal), is_bad=True))

    def _troubled(self, trouble: Exception) -> None:
        self._put(replace(self._screen, is_running=False, message=step_trouble(trouble), is_bad=True))


def _screen(
    look: deductions.BatchLook, report: deductions.BatchReport, message: str, *, may_start: bool
) -> DeductionsScreen:
    sums, other_words, start_word = report.sums, "", tr("开始扣款")
    if look.other is not None:
        code, name = look.other
        other_words = tr(
            "本厅由 {counter} 扣。只有它坏了、今天扣不了，才由本柜台扣：两台都扣的，上游会把多扣的退回账本。",
            counter=f"{code} {name}".strip(),
        )
        start_word = tr("改由本柜台扣款")
    elif sums.taken_count or look.is_ended:
        start_word = tr("接着扣款")
    left = sum(count for _, count in sums.left)
    facts = (
        (tr("批量日"), tr("{on}（下一个 {next}）", on=day(look.batch_on), next=day(look.next_on))),
        (
            tr("已扣"),
            tr("{count} 户，共 {sum}；没有扣 {left} 户", count=sums.taken_count, sum=amount(sums.taken_fen), left=left),
        ),
        (tr("状态"), tr("已扣完") if look.is_ended else tr("还没有扣完") if sums.taken_count else tr("还没有扣")),
    )
    rows = [
        DeductionRow(
            *(row.customer_id, row.account_no, mask_name(row.customer_name), tr("已扣")),
            *(amount(row.settled_fen), amount(row.balance_fen)),
            is_taken=True,
            deduction_no=row.deduction_no,
        )
        for row in report.deducted
    ]
    rows += [
        DeductionRow(
            *(row.customer_id, row.account_no, mask_name(row.customer_name), why_words(row.why)),
            *(amount(row.arrears_fen), amount(row.balance_fen)),
            is_taken=False,
        )
        for row in report.left
    ]
    return DeductionsScreen(facts, tuple(rows), other_words, start_word if may_start else "", message)
