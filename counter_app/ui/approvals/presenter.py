"""An approval without Qt: the whole case in words, and the signatures that carry the act out."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Generic, NamedTuple, TypeVar

from counter_app.domain.approvals import (
    ApprovalCase,
    ApprovalRow,
    Earlier,
    EarlierKind,
    Need,
    RowKind,
)
from counter_app.domain.refusals import Refusal, Refused
from counter_app.services import approvals
from counter_app.services.approvals import Signed
from counter_app.sync import one_time_approvals
from counter_app.sync.one_time_approvals import CodeAsked, CodeGiven, CodeRefused
from counter_app.ui.approvals.screen import SignoffScreen
from counter_app.ui.desk import Desk
from counter_app.ui.facts import Fact
from counter_app.ui.formats import amount, day, day_and_clock
from counter_app.ui.language import later, tr
from counter_app.ui.step_trouble import step_trouble
from counter_app.ui.wording import sentences
from counter_app.ui.wording_approvals import approval_word, roles_words
from counter_app.ui.wording_roles import role_word

T = TypeVar("T")
A = TypeVar("A")

_ROWS = {
    RowKind.PAYMENT: later("缴费"),
    RowKind.RECEIPT: later("收据"),
    RowKind.BILL: later("账单"),
    RowKind.LATE_FEE: later("违约金"),
    RowKind.TENDER: later("收款方式"),
    RowKind.BOOK: later("账本"),
    RowKind.SHIFT: later("班次"),
    RowKind.CASH: later("现金"),
    RowKind.ORDER: later("恢复单"),
}
_CODES = {
    "wrong": later("授权码不对，还可以试 {left} 次。请核对后再输。"),
    "waiting": later("对方还没有给出授权码。请报申请号，等对方给出后再输。"),
    "other": later("这个授权码是给另一件事的。请核对申请号。"),
    "over": later("授权码已过期，或试错太多。请按 Esc 返回，重新申请。"),
    "needs_supervisor": later("上游那边没有您的这项权限。请本厅有权的同事签字。"),
}
_EARLIER = {
    EarlierKind.UNDO: later("撤销收款 {count} 笔，共 {sum}"),
    EarlierKind.WAIVER: later("减免 {count} 笔，共 {sum}"),
    EarlierKind.CREDIT: later("退还多收 {count} 笔，共 {sum}"),
    EarlierKind.CASH_OUT: later("取出现金 {count} 次，共 {sum}"),
    EarlierKind.REPRINT: later("补打 {count} 次"),
    EarlierKind.DRAWER: later("空开钱箱 {count} 次"),
}


@dataclass(frozen=True, slots=True)
class _Carried(Generic[T]):
    """What the act came to."""

    what: T


@dataclass(frozen=True, slots=True)
class _NotTaken:
    """All had signed, and the act was refused."""

    why: Refusal


class Answers(NamedTuple, Generic[T]):
    """Who hears what comes of a signature: `on_first` of the first of two, `on_again` that what two signed was not
    taken, `on_error` that this one was not.
    """

    on_first: Callable[[str], object]
    on_done: Callable[[T], object]
    on_again: Callable[[str], object]
    on_error: Callable[[str], object]


class Signing(Generic[T]):
    """The signatures of one case, and the act that the last of them carries out.

    A press after a failed COMMIT signs the same challenge again: the act is asked for under the same intent.
    """

    def __init__(self, desk: Desk, case: ApprovalCase, act: Callable[[Signed], T]) -> None:
        self._desk, self._case, self._act = desk, case, act
        self._first: Signed | None = None

    def sign(self, by: tuple[str, str], ways: Answers[T]) -> None:
        """Sign `by` number and password."""
        self._sign(lambda first: self._prove(by, first), tr("工号 {no}", no=by[0]), ways)

    def ask_code(self, on_asked: Callable[[str], object], on_error: Callable[[str], object]) -> None:
        """Ask the hub for somebody's consent from afar; `on_asked` gets the name that is read out."""
        desk, case = self._desk, self._case
        hall, who, request = desk.hall, desk.who, case.request

        def asked(found: CodeAsked | CodeRefused) -> None:
            if isinstance(found, CodeAsked):
                on_asked(found.approval_id)
            else:
                on_error(code_words(found))

        self._on_line(
            lambda: one_time_approvals.ask(hall, case.challenge, request.kind.value, who.staff_no, request.no),
            asked,
            on_error,
        )

    def tell(self, approval_id: str, code: str, ways: Answers[T]) -> None:
        """Tell the hub the code that was given; with its word the case goes on as with a signature."""
        hall, case = self._desk.hall, self._case

        def told(found: CodeGiven | CodeRefused) -> None:
            if isinstance(found, CodeRefused):
                ways.on_error(code_words(found))
                return
            proved_at_ms = hall.clock.monotonic_ms()

            def prove(first: Signed | None) -> Signed:
                return approvals.from_afar(case, found.approver, proved_at_ms, first)

            self._sign(prove, tr("上游 {who}", who=found.given_by), ways)

        self._on_line(lambda: one_time_approvals.tell(hall, case.challenge, approval_id, code), told, ways.on_error)

    def _on_line(self, job: Callable[[], A], done: Callable[[A], object], on_error: Callable[[str], object]) -> None:
        def trouble(_error: Exception) -> None:
            on_error(tr("上游没有回应，不能用授权码。请本厅有权的同事签字，或稍后再试。"))

        word = tr("正在向上游申请授权码")
        self._desk.lanes.run("line", job, done, lambda no: on_error(sentences(no)), trouble, word=word)

    def _sign(self, prove: Callable[[Signed | None], Signed], who: str, ways: Answers[T]) -> None:
        first, is_two = self._first, self._case.need.signatures > 1

        def job() -> Signed | _Carried[T] | _NotTaken:
            signed = prove(first)
            if is_two and first is None:
                return signed
            try:
                return _Carried(self._act(signed))
            except Refused as refused:
                return _NotTaken(refused.refusal)

        def ended(found: Signed | _Carried[T] | _NotTaken) -> None:
            if isinstance(found, Signed):
                self._first = found
                ways.on_first(who)
                return
            self._first = None
            if isinstance(found, _Carried):
                ways.on_done(found.what)
            elif is_two:
                ways.on_again(sentences(found.why))
            else:
                ways.on_error(sentences(found.why))

        self._desk.lanes.run(
            "writer",
            job,
            ended,
            lambda refusal: ways.on_error(sentences(refusal)),
            lambda trouble: ways.on_error(step_trouble(trouble)),
            word=tr("正在签字"),
        )

    def _prove(self, by: tuple[str, str], first: Signed | None) -> Signed:
        desk = self._desk
        return approvals.sign(desk.hall, desk.who, self._case, staff_no=by[0], password=by[1], first=first)


def approval_screen(
    case: ApprovalCase, *, what: str = "", facts: Sequence[Fact] = (), has_hub: bool = False
) -> SignoffScreen:
    """The whole case: what is asked and how much, whatever else the act shows of it, who asks, since when, which rows
    it rests on, what whoever had a hand in it did earlier today, and the line of the pack that asks for a signature.
    """
    request, word = case.request, approval_word(case.request.kind)
    if not what:
        what = tr("{what}：{sum} 元。", what=word, sum=amount(request.amount_fen)) if request.amount_fen else word
    shown = list(facts)
    if request.no:
        shown.append(Fact(tr("编号"), request.no))
    asked = tr("{no} {name}（{role}）", no=case.asked_by, name=case.asked_name, role=role_word(case.asked_role))
    shown.append(Fact(tr("申请人"), asked))
    hands = sorted(request.hands - {case.asked_by})
    if hands:
        shown.append(Fact(tr("经手人"), tr("、").join(hands)))
    # what ought to make somebody look twice comes before what it rests on
    shown += earlier_facts(case.earlier)
    if request.words:
        shown.append(Fact(tr("原因"), request.words))
    if request.since_at is not None:
        shown.append(Fact(tr("从何时起"), day_and_clock(request.since_at)))
    shown += [Fact(tr(_ROWS[row.kind]), _row_words(row)) for row in request.rows]
    shown.append(rule_fact(case.need))
    return SignoffScreen(
        tr("审批：{what}", what=word),
        what,
        tuple(shown),
        can_refuse=False,
        signatures=case.need.signatures,
        can_code=has_hub and case.need.is_code_allowed,
    )


def code_words(refused: CodeRefused) -> str:
    """Why the hub does not take a code, or is not asked for one."""
    words = _CODES.get(refused.why, later("上游没有同意（{why}）。请本厅有权的同事签字。"))
    return tr(words, left=refused.tries_left, why=refused.why)


def earlier_facts(earlier: Sequence[Earlier]) -> tuple[Fact, ...]:
    """What each of them did earlier today, one line for each person; a line that says so where there was nothing."""
    if not earlier:
        return (Fact(tr("今天此前"), tr("没有撤销、减免、退还、补打")),)
    people: dict[str, list[str]] = {}
    for each in earlier:
        words = tr(_EARLIER[each.kind], count=each.count, sum=amount(each.amount_fen))
        people.setdefault(each.staff_no, []).append(words)
    return tuple(
        Fact(tr("今天此前，工号 {no}", no=staff_no), "；".join(words), "warn") for staff_no, words in people.items()
    )


def rule_fact(need: Need) -> Fact:
    """The line of the rules that asks for it: how many sign, who may, since when it holds; 规则 has its source."""
    words = tr("{count} 人签字，{who}可签", count=need.signatures, who=roles_words(need.signers))
    return Fact(tr("规则依据"), tr("{words}（自 {on} 起）", words=words, on=day(need.valid_from)))


def _row_words(row: ApprovalRow) -> str:
    by = tr("工号 {no}", no=row.staff_no) if row.staff_no else ""
    parts = (row.no, day(row.on) if row.on else "", "" if row.amount_fen is None else amount(row.amount_fen), by)
    return " · ".join(part for part in parts if part)
