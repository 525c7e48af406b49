"""Late fees let off or put off in the hall's words, and why one is not."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import date
from typing import Any

from counter_app.domain import relief_refusals as refusals
from counter_app.domain.money import format_fen
from counter_app.domain.refusals import Refusal
from counter_app.domain.reliefs import REASONS, Relief
from counter_app.ui.formats import amount, day
from counter_app.ui.language import later, tr

REASON_WORDS = {
    "hardship": later("生活困难"),
    "our_fault": later("我方差错"),
    "channel_delay": later("银行或渠道到账晚"),
    "service_dispute": later("对服务有争议"),
    "policy": later("政策减免"),
    "other": later("其他"),
}
WAYS = {"waive": later("减免"), "defer": later("暂缓")}
STATES = {
    "asked": later("待审批"),
    "approved": later("已批准"),
    "lapsed": later("已到期"),
    "declined": later("没有同意"),
    "withdrawn": later("已撤回"),
    "ended": later("已结束"),
}


def way_word(way: str) -> str:
    """A way as the hall calls it."""
    return tr(WAYS[way])


def state_word(state: str) -> str:
    """How a relief stands."""
    return tr(STATES[state])


def reason_word(code: str) -> str:
    """A reason; one that this program does not know is shown as it is."""
    return tr(REASON_WORDS[code]) if code in REASON_WORDS else code


def reason_code(number: str) -> str:
    """The code behind a typed number; empty where there is none."""
    place = int(number) - 1 if number.isdecimal() and number.isascii() else -1
    return REASONS[place] if 0 <= place < len(REASONS) else ""


def people(staff_nos: Sequence[str]) -> str:
    """Some staff numbers in one line."""
    return tr("、").join(staff_nos)


def granted_by(relief: Relief) -> str:
    """Who decided it."""
    return people(relief.approvers or (relief.decided_by,))


def what_is_asked(relief: Relief, amount_fen: int) -> str:
    """What a relief lets off or puts off, in a sentence without its state."""
    if relief.way == "waive":
        return tr("减免违约金 {sum}", sum=amount(amount_fen))
    return tr("违约金 {sum} 暂缓至 {until}", sum=amount(amount_fen), until=_until(relief.until))


def _until(until: date | None) -> str:
    return day(until) if until else ""


def _above_due(r: refusals.WaiverAboveDue) -> str:
    if not r.wanted_fen:
        return tr("减免金额不能是零。请填写要减免的金额，最多 {due}。", due=format_fen(r.due_fen))
    what = tr("账单 {no}", no=r.bill_no) if r.bill_no else tr("所选账单")
    return tr(
        "{what}还应收违约金 {due}，不能减免 {wanted}。请改成不超过应收的金额。",
        what=what,
        due=format_fen(r.due_fen),
        wanted=format_fen(r.wanted_fen),
    )


def _moved_on(r: refusals.ReliefMovedOn) -> str:
    return tr(
        "账单 {no} 的申请现在是“{state}”（工号 {by}），不能再这样办。请重新打开这位客户，看最新情况。",
        no=r.bill_no,
        state=state_word(r.state),
        by=r.by,
    )


def _used(r: refusals.ReliefUsed) -> str:
    if r.receipt_no:
        return tr(
            "账单 {no} 减免后已由收据 {receipt} 缴过，是按减免后的金额收的。请先撤销那张收据，再撤销减免。",
            no=r.bill_no,
            receipt=r.receipt_no,
        )
    return tr("账单 {no} 减免后在别处缴过（{on}），是按减免后的金额收的。减免不能再撤销。", no=r.bill_no, on=day(r.on))


RELIEFS: dict[type[Refusal], Callable[[Any], str]] = {
    refusals.NothingToRelieve: lambda _r: tr("这张账单没有应收的违约金，不用减免也不用暂缓。"),
    refusals.ReliefAsked: lambda r: tr(
        "账单 {no} 已有一件申请待审批（工号 {by}，{on}）。请先办完那一件。",
        no=r.bill_no,
        by=r.asked_by,
        on=day(r.asked_on),
    ),
    refusals.DeferredAlready: lambda r: tr(
        "账单 {no} 的违约金已暂缓至 {until}。要改期请先结束这次暂缓。", no=r.bill_no, until=day(r.until)
    ),
    refusals.WaiverAboveDue: _above_due,
    refusals.DeferralDayWrong: lambda r: tr(
        "暂缓到期日须在 {earliest} 至 {latest} 之间，写成 2026-12-31 的样子。",
        earliest=day(r.earliest),
        latest=day(r.latest),
    ),
    refusals.DeferralOver: lambda r: tr("申请的暂缓期已在 {until} 过去。请撤回，重新申请。", until=day(r.until)),
    refusals.ReliefReasonMissing: lambda _r: tr("还没有选原因，选“其他”时还须写明。请补上再继续。"),
    refusals.ReliefUnknown: lambda _r: tr("没有找到这件申请。请重新打开这位客户再看。"),
    refusals.ReliefMovedOn: _moved_on,
    refusals.ReliefOwnAsking: lambda r: tr(
        "这件申请是工号 {no} 自己提出的，不能自己决定。请换一位来办。", no=r.staff_no
    ),
    refusals.ReliefUsed: _used,
    refusals.ReliefAwayFromHome: lambda _r: tr("这位客户属于别的营业厅，违约金由那边减免或暂缓。请转告客户。"),
    refusals.ReliefChanged: lambda r: tr(
        "账单刚有变动：由 {shown} 变为 {now}，没有申请。请看清新的金额，再办一次。",
        shown=format_fen(r.shown_fen),
        now=format_fen(r.now_fen),
    ),
}
