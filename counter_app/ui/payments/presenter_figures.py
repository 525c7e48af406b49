"""The figures and lines of the money panel, made from a position and a plan."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from counter_app.domain.capitals import spoken_yuan
from counter_app.domain.money import Fen
from counter_app.domain.payments import CASH, PREPAID, Plan, Position
from counter_app.domain.refusals import Refusal
from counter_app.domain.shifts import NoOpenShift, ShiftOfSomebodyElse
from counter_app.domain.staff import Right, Session, roles_with
from counter_app.domain.staff_refusals import NoRight
from counter_app.services.customers import CustomerPage
from counter_app.services.hall import OpenHall
from counter_app.services.payments import Taken
from counter_app.ui.formats import amount, day, total
from counter_app.ui.language import language_in_use, tr
from counter_app.ui.payments.presenter_aim import Aim
from counter_app.ui.payments.presenter_tenders import Table
from counter_app.ui.payments.screen import DoneScreen, Mark, MoneyScreen, PayingValue, TenderValue
from counter_app.ui.payments.words import restore_word
from counter_app.ui.typed_tender import FIELDS
from counter_app.ui.wording_money import tender_word

_FAR_TOO_MUCH = 10
"""More than ten times what is due is asked about before it is taken."""


@dataclass(frozen=True, slots=True)
class Confirmation:
    """A question before unusual money is taken."""

    heading: str
    text: str


def closed_because(who: Session, page: CustomerPage) -> Refusal | None:
    """Why this person cannot take money here now, if so."""
    if not who.may(Right.TAKE_PAYMENT):
        return NoRight(Right.TAKE_PAYMENT, who.role, roles_with(Right.TAKE_PAYMENT))
    if page.shift is None:
        return NoOpenShift()
    if page.shift.staff_no != who.staff_no:
        return ShiftOfSomebodyElse(page.shift.staff_no, "", page.shift.shift_no)
    return None


def money_screen(
    screen: MoneyScreen,
    position: Position,
    table: Table,
    made: Plan | None,
    *,
    aim: Aim,
    may_redirect: bool,
    hall: OpenHall,
    last_month: tuple[str, Fen] | None = None,
) -> MoneyScreen:
    """The screen with every figure of the position, the table and the plan."""
    said = spoken(made) if made is not None else ""
    due_fen = position.due_fen
    restore_fen = position.restore_fen if position.stopped else 0
    is_partial = 0 < restore_fen < due_fen
    return screen._replace(
        due=total(due_fen),
        late_fee=amount(position.late_fee_fen),
        prepaid=amount(position.prepaid_fen),
        restore=amount(restore_fen) if is_partial else "",
        restore_word=(
            tr("缴 {sum} 可{word}", sum=amount(restore_fen), word=restore_word(hall.hall.trade)) if is_partial else ""
        ),
        partial="" if aim.settle.fen is None else tr("本次只缴 {sum}", sum=amount(aim.settle.fen)),
        settle=aim.settle.text,
        deposit=aim.deposit.text,
        deposit_word=_deposit_word(last_month) if aim.deposit.text is None else "",
        sum_words=_sum_words(position, aim),
        tenders=tuple((kind, tender_word(kind)) for kind in table.allowed),
        tender=table.line.kind,
        fields=FIELDS.get(table.line.kind, ()),
        laid=tuple(
            TenderValue(place, tender_word(line.kind), amount(line.fen))
            for place, line in enumerate(table.lines)
            if place != table.active
        ),
        change=_change(made),
        change_word=tr("转存预存") if made is not None and made.stored_fen and not made.change_fen else tr("找零"),
        spoken=said,
        settles=_settles(made),
        after=_after(made, position, hall),
        is_change_stored=aim.is_change_stored,
        can_store_change=made is not None and bool(due_fen) and bool(made.change_fen or made.stored_fen),
        can_take=made is not None and screen.phase == "paying",
        can_redirect=may_redirect and len(position.open_bills) > 1,
        is_redirected=bool(aim.choose),
        marks=marks(made),
        paying=_paying(position, made, said) if screen.phase in ("paying", "taking") else None,
    )


def spoken(made: Plan) -> str:
    """唱收唱付: what is called out while cash passes over the desk (004-38); nothing without cash."""
    cash_fen = sum(tender.amount_fen for tender in made.tenders if tender.kind == CASH)
    if not cash_fen:
        return ""
    due_fen = made.settled_fen + made.stored_fen - made.prepaid_used_fen
    return spoken_sums(made.received_fen, due_fen, made.change_fen, is_all=not made.due_after_fen)


def spoken_sums(received_fen: int, due_fen: int, change_fen: int, *, is_all: bool) -> str:
    """The sentence for three sums in fen; in English it is figures."""
    say = spoken_yuan if language_in_use() == "zh" else amount
    values = {"received": say(received_fen), "due": say(due_fen), "change": say(change_fen)}
    if change_fen and is_all:
        return tr("“收您{received}，应收{due}，找您{change}，请点清。”", **values)
    if change_fen:
        return tr("“收您{received}，本次缴{due}，找您{change}，请点清。”", **values)
    return tr("“收您{received}，正好，请稍候。”", **values)


def marks(made: Plan | None) -> tuple[tuple[int, Mark], ...]:
    """What the plan does to each bill that it touches."""
    if made is None:
        return ()
    left = {share.bill_id for share in made.left}
    return tuple((line.bill.bill_id, "part" if line.bill.bill_id in left else "clear") for line in made.lines)


def done_screen(taken: Taken, hall: OpenHall) -> DoneScreen:
    """The card of a recorded payment."""
    facts = taken.facts
    has_cash = any(tender.kind == CASH for tender in facts.tenders) or facts.change_fen
    due_fen = facts.total_fen - facts.prepaid_used_fen
    said = spoken_sums(facts.received_fen, due_fen, facts.change_fen, is_all=not facts.arrears_after_fen)
    after = [tr("缴后欠费 {sum}", sum=amount(facts.arrears_after_fen))]
    if facts.prepaid_after_fen or facts.prepaid_before_fen:
        after.append(tr("预存余额 {sum}", sum=amount(facts.prepaid_after_fen)))
    if taken.restored:
        after.append(tr("{word}指令已发出", word=restore_word(hall.hall.trade)))
    return DoneScreen(
        receipt_no=facts.receipt_no,
        settled=total(facts.total_fen),
        received=amount(facts.received_fen),
        change=amount(facts.change_fen),
        spoken=said if has_cash else "",
        after=" · ".join(after),
        is_late_answer=taken.is_late_answer,
        paying=PayingValue(
            facts.arrears_before_fen,
            facts.received_fen + facts.prepaid_used_fen,
            facts.change_fen,
            said if has_cash else "",
        ),
    )


def unusual(position: Position | None, made: Plan, hall: OpenHall) -> Confirmation | None:
    """The question that a sum of this size asks, if it does."""
    if position is None:
        return None
    cash_fen = sum(tender.amount_fen for tender in made.tenders if tender.kind == CASH)
    given_fen = sum(tender.amount_fen for tender in made.tenders)
    limit_fen = hall.pack.thresholds(position.on).cash_limit_fen
    if limit_fen and cash_fen > limit_fen:
        text = tr(
            "现金 {cash} 超过本厅单笔限额 {limit}。请当面点清、验钞后再收。",
            cash=amount(cash_fen),
            limit=amount(limit_fen),
        )
        return Confirmation(tr("现金数额大，确认收下？"), text)
    if position.due_fen and given_fen > _FAR_TOO_MUCH * position.due_fen:
        text = tr(
            "实收 {given} 是应收 {due} 的十倍以上。请核对有没有多按一位。",
            given=amount(given_fen),
            due=amount(position.due_fen),
        )
        return Confirmation(tr("金额是否输错？"), text)
    return None


def _deposit_word(last_month: tuple[str, Fen] | None) -> str:
    """The deposit that last month's charges suggest, with the month that it is from (000-21)."""
    if last_month is None:
        return ""
    month, charge_fen = last_month
    return tr("建议预存 {sum}（上月 {month} 账单）", sum=amount(charge_fen), month=month)


def _sum_words(position: Position, aim: Aim) -> str:
    """How the sum for the field comes about: what is to be settled and the deposit (000-15); empty without one."""
    deposit_fen = aim.deposit.fen
    if not deposit_fen:
        return ""
    due_fen = position.due_fen if aim.settle.fen is None else min(aim.settle.fen, position.due_fen)
    if not due_fen:
        return tr("没有应收，预存 {sum}", sum=amount(deposit_fen))
    both = {"due": amount(due_fen), "deposit": amount(deposit_fen), "sum": amount(due_fen + deposit_fen)}
    return tr("应收 {due} + 预存 {deposit} = {sum}", **both)


def _change(made: Plan | None) -> str:
    if made is None:
        return ""
    return amount(made.stored_fen if made.stored_fen and not made.change_fen else made.change_fen)


def _settles(made: Plan | None) -> str:
    if made is None:
        return ""
    left = {share.bill_id for share in made.left}
    clear = [line.bill.month for line in made.lines if line.bill.bill_id not in left]
    parts = [
        tr("{month} 部分 {sum}", month=line.bill.month, sum=amount(line.share.total_fen))
        for line in made.lines
        if line.bill.bill_id in left
    ]
    said = []
    if len(clear) > 3:
        said.append(tr("结清 {first} 至 {last} 共 {count} 笔", first=clear[0], last=clear[-1], count=len(clear)))
    elif clear:
        said.append(tr("结清 {months}", months="、".join(clear)))
    said += parts
    used = [tender for tender in made.tenders if tender.kind == PREPAID]
    if used:
        said.append(tr("预存抵扣 {sum}", sum=amount(made.prepaid_used_fen)))
    if made.stored_fen:
        said.append(tr("存入预存 {sum}", sum=amount(made.stored_fen)))
    return tr("本次：{what}", what=" · ".join(said))


def _after(made: Plan | None, position: Position, hall: OpenHall) -> str:
    """What will be afterwards: the service, what is still owed, the books."""
    if made is None:
        return ""
    word = restore_word(hall.hall.trade)
    rest = tr("缴后欠费 {sum}", sum=amount(made.due_after_fen))
    batch_on = _batch_on(made, position, hall)
    if batch_on is not None:
        rest = f"{rest} · {tr('批量日 {on} 自动扣清', on=day(batch_on))}"
    if made.prepaid_after_fen:
        rest = f"{rest} · {tr('预存余额 {sum}', sum=amount(made.prepaid_after_fen))}"
    if made.restored:
        hours = hall.pack.restore_hours(position.on)
        now = tr("缴后立即发出{word}指令，{hours} 小时内恢复", word=word, hours=hours or 24)
        return f"{now} · {rest}"
    if made.still_needed_to_restore_fen:
        short = tr("还差 {sum} 才能{word}", sum=amount(made.still_needed_to_restore_fen), word=word)
        return f"{short} · {rest}"
    return rest


def _batch_on(made: Plan, position: Position, hall: OpenHall) -> date | None:
    """The batch day on which what stays overdue is deducted: the books hold more than all that is left (000-3)."""
    left = {share.bill_id for share in made.left}
    is_overdue = any(o.bill.bill_id in left and o.bill.due_on < position.on for o in position.open_bills)
    days = hall.pack.batch_days(position.on) if is_overdue else None
    return days.next_after(position.on) if days and made.prepaid_after_fen > made.due_after_fen else None


def _paying(position: Position, made: Plan | None, said: str) -> PayingValue | None:
    """Nothing before money is typed: a look at an account is nobody else's business."""
    if made is None:
        return None
    return PayingValue(position.due_fen, made.received_fen + made.prepaid_used_fen, made.change_fen, said)
