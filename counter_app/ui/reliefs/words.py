"""A relief in the words of its panels."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta

from counter_app.domain.money import parse_fen
from counter_app.domain.payments import OpenBill
from counter_app.domain.relief_planning import ReliefWish
from counter_app.domain.reliefs import REASONS
from counter_app.domain.rights import Right
from counter_app.domain.staff import Session
from counter_app.services.reliefs import ReliefView
from counter_app.ui.facts import Fact
from counter_app.ui.formats import amount, day
from counter_app.ui.language import tr
from counter_app.ui.options import Option
from counter_app.ui.reliefs.notes import long_notes
from counter_app.ui.reliefs.screen import AskScreen, StandingScreen, TypedRelief
from counter_app.ui.wording_reliefs import (
    REASON_WORDS,
    granted_by,
    reason_code,
    reason_word,
    state_word,
    way_word,
    what_is_asked,
)

_A_MONTH = timedelta(days=30)


def ask_screen(
    pointed: OpenBill, all_bills: Sequence[OpenBill], on: date, typed: TypedRelief | None = None
) -> AskScreen:
    """What may be asked for of the bill that was pointed at, and of all that owe a late fee."""
    bill, working = pointed.bill, pointed.working
    owing = [found for found in all_bills if found.working.due_fen and not _is_asked(found)]
    every = tuple(found.bill.bill_id for found in owing)
    all_fen = sum(found.working.due_fen for found in owing)
    facts = [
        Fact(tr("账单"), tr("{month}，到期 {due}", month=bill.month, due=day(bill.due_on))),
        Fact(tr("算出的违约金"), amount(working.computed_fen)),
        Fact(tr("还应收违约金"), amount(working.due_fen)),
    ]
    if len(every) > 1:
        facts.append(Fact(tr("全部 {count} 张还应收", count=len(every)), amount(all_fen)))
    return AskScreen(
        heading=tr("违约金减免、暂缓：{month}", month=bill.month),
        facts=tuple(facts),
        notes=long_notes(bill, on),
        reasons=tuple(Option(str(no), tr(REASON_WORDS[code])) for no, code in enumerate(REASONS, start=1)),
        one=(bill.bill_id,),
        every=every,
        one_word=tr("只这一张"),
        all_word=tr("全部 {count} 张", count=len(every)),
        one_fen=working.due_fen,
        all_fen=all_fen,
        until=(on + _A_MONTH).isoformat(),
        typed=typed or TypedRelief(),
    )


def wish_of(screen: AskScreen, typed: TypedRelief) -> ReliefWish:
    """What was typed, as the hall takes it.

    Raises:
        Refused: `BadAmount`.
    """
    is_waiver = typed.way == "waive"
    return ReliefWish(
        typed.way,
        screen.bills(is_all=typed.is_all),
        reason_code(typed.reason_no),
        typed.words,
        amount_fen=parse_fen(typed.amount) if is_waiver else None,
        until=None if is_waiver else _day(typed.until),
        document=typed.document,
    )


def standing_screen(
    found: ReliefView, who: Session, *, is_own_desk: bool = False, has_other: bool = False
) -> StandingScreen:
    """A relief as it stands, with what this person may do now; `has_other`: another one of the same bill holds, too."""
    first, on = found.first, found.at.on
    state = first.state(on)
    is_asked, is_own = state == "asked", who.staff_no == first.asked_by
    may_act = who.may(Right.TAKE_PAYMENT)
    end = ""
    if state == "approved" and may_act:
        end = tr("撤销减免：签字") if first.way == "waive" else tr("提前结束暂缓")
    sign = tr("批准") if is_own_desk else tr("请同事签字批准")
    return StandingScreen(
        first.relief_id,
        tr("违约金{way}：{state}", way=way_word(first.way), state=state_word(state)),
        what_is_asked(first, found.amount_fen),
        relief_facts(found),
        sign=sign if is_asked and may_act else "",
        withdraw=tr("撤回申请") if is_asked and may_act else "",
        decline=tr("不同意") if is_asked and who.may(Right.SIGN_OFF) and not is_own else "",
        end=end,
        more=tr("另外申请") if state in ("approved", "lapsed") and may_act else "",
        other=tr("看这张账单的另一件") if has_other else "",
    )


def relief_facts(found: ReliefView) -> tuple[Fact, ...]:
    """What a relief shows of itself: bills, reason, proof, who asked, who decided."""
    first = found.first
    facts = [Fact(tr("户号"), found.at.account.account_no)]
    due = {bill.bill_id: (bill.month, working.due_fen) for bill, working, _ in found.at.open_bills}
    for relief in found.reliefs:
        month, due_fen = due.get(relief.bill_id, (relief.bill_no, 0))
        words = tr("{sum}（现应收 {due}）", sum=amount(relief.amount_fen), due=amount(due_fen))
        facts.append(Fact(month, words))
    facts.append(Fact(tr("申请原因"), reason_word(first.reason_code)))
    if found.document:
        facts.append(Fact(tr("证明材料"), found.document))
    facts.append(Fact(tr("申请"), tr("工号 {no}，{on}", no=first.asked_by, on=day(first.asked_on))))
    if first.decided_on is not None:
        facts.append(Fact(tr("决定"), tr("工号 {no}，{on}", no=granted_by(first), on=day(first.decided_on))))
    return tuple(facts)


def done_words(found: ReliefView) -> str:
    """What is said when something was done with it."""
    first = found.first
    what, state = what_is_asked(first, found.amount_fen), state_word(first.state(found.at.on))
    by = first.ended_by or granted_by(first)
    if first.step == "approved":
        return tr("{what}：{by} 已批准。", what=what, by=by)
    return tr("{what}：{state}（工号 {by}）。", what=what, state=state, by=by)


def _is_asked(found: OpenBill) -> bool:
    return any(relief.step == "asked" for relief in found.bill.reliefs)


def _day(text: str) -> date | None:
    """A day as typed: `2026-12-31`, `20261231`, `2026/12/31`; None where it is none, which is refused with the way."""
    try:
        return date.fromisoformat(text.strip().replace("/", "-").replace(".", "-"))
    except ValueError:
        return None
