"""An undo in the teller's words: the way and why, what is as before again, how the money goes back, and the reasons."""

from __future__ import annotations

from counter_app.domain import undo_refusals as refusals
from counter_app.domain.money import Fen
from counter_app.domain.refusals import Refusal
from counter_app.domain.shifts import DrawerTooLow
from counter_app.domain.undo import (
    CHEQUE,
    OLD_CHEQUE,
    OrderBack,
    PaidBook,
    PaidPart,
    TenderBack,
    UndoPlan,
    Unrestorable,
)
from counter_app.domain.undo_reasons import OTHER, UndoReasons
from counter_app.ui.facts import Fact
from counter_app.ui.formats import amount, day
from counter_app.ui.language import later, tr
from counter_app.ui.options import Option
from counter_app.ui.undo.screen import TenderLine, UndoScreen, WayOut
from counter_app.ui.wording_money import tender_word
from counter_app.ui.wording_undo import lost_words, service_word, undo_reason_word, way_word


def reason_options(reasons: UndoReasons) -> tuple[Option, ...]:
    """The reasons by the number that is typed for each."""
    return tuple(Option(str(number), undo_reason_word(one)) for number, one in enumerate(reasons.offered, start=1))


def undo_screen(plan: UndoPlan, reasons: UndoReasons) -> UndoScreen:
    """What the panel shows of a plan, and of the reasons that the pack offers."""
    return UndoScreen(
        heading=heading(plan),
        way=way_words(plan),
        signers=signers(plan),
        facts=_facts(plan),
        owed=owed_facts(plan),
        restored=restored_facts(plan),
        lost=lost_lines(plan),
        tenders=tuple(map(_tender, plan.tenders)),
        reasons=reason_options(reasons),
        other_no=str(reasons.codes.index(OTHER) + 1),
        invoice=plan.paid.invoice_no,
    )


def heading(plan: UndoPlan) -> str:
    """The way and the receipt."""
    return tr("{way}：收据 {no}", way=way_word(plan.way), no=plan.paid.receipt_no)


def signers(plan: UndoPlan) -> str:
    """Who has to sign."""
    if plan.signatures > 1:
        return tr("须 {count} 位有权的人签字，其中一位有跨月退费的权限；收款人和经办人不能签。", count=plan.signatures)
    return tr("须一位班长签字；收款人和经办人自己不能签。")


def lost_lines(plan: UndoPlan) -> tuple[str, ...]:
    """What is not as before, line by line; that the receipt is not back is said when it is so."""
    return tuple(lost_words(Unrestorable(*lost)) for lost in plan.unrestorable)


def money_words(plan: UndoPlan) -> str:
    """How the money goes back, in one line."""
    parts = [f"{tender_word(back.to)} {amount(back.fen)}" for back in plan.tenders]
    return tr("、").join(parts) or tr("没有要退的现款，全部退回预存")


def way_out(refusal: Refusal) -> WayOut | None:
    """Where to go on from a refusal; None where the sentence says all."""
    if isinstance(refusal, refusals.LaterPaymentUsedIt) and refusal.later_receipt_no:
        return WayOut(tr("去看收据 {no}", no=refusal.later_receipt_no), "undo", refusal.later_receipt_no)
    if isinstance(refusal, refusals.BookSpent) and refusal.used_by_receipt_no:
        return WayOut(tr("去看收据 {no}", no=refusal.used_by_receipt_no), "undo", refusal.used_by_receipt_no)
    if isinstance(refusal, DrawerTooLow):
        return WayOut(tr("钱不出钱箱：转到对的户号"), "move")
    if isinstance(refusal, refusals.AlreadyUndone):
        return WayOut(tr("补打凭证"), "slip", refusal.receipt_no)
    if isinstance(refusal, refusals.TaskOpenOnIt) or (isinstance(refusal, refusals.CreditMadeOfIt) and refusal.task_id):
        return WayOut(tr("去“待办”"), "tasks")
    return None


def way_words(plan: UndoPlan) -> str:
    """Which way it is undone, and why this one."""
    on, today = day(plan.paid.business_date), day(plan.on)
    if plan.why == "same_shift":
        return tr("本班收的、还没有班结 → 冲正：当作没有收过，记在本班。")
    if plan.why == "month_over":
        return tr("{on} 收的，已经跨月 → 退费：记在今天 {today}，不改动已结的账。", on=on, today=today)
    return tr("{on} 收的，那一班已经班结 → 退费：记在今天 {today}，不改动已结的账。", on=on, today=today)


def _facts(plan: UndoPlan) -> tuple[Fact, ...]:
    paid = plan.paid
    return (
        Fact(tr("户号"), paid.account_no),
        Fact(tr("缴费日期"), day(paid.business_date)),
        Fact(tr("收款人"), paid.staff_no),
        Fact(tr("销账合计"), amount(paid.settled_fen)),
        Fact(tr("退还合计"), amount(plan.back_fen)),
    )


def owed_facts(plan: UndoPlan) -> tuple[Fact, ...]:
    """What bills owe again."""
    parts = tuple(map(_part, plan.paid.parts))
    return (*parts, Fact(tr("违约金和催缴"), tr("照原到期日算，如同没有缴过"))) if parts else ()


def restored_facts(plan: UndoPlan) -> tuple[Fact, ...]:
    """What becomes of books and restore orders."""
    return (*(_book(book) for book in plan.paid.books if book.amount_fen), *map(_order, plan.orders))


def _part(part: PaidPart) -> Fact:
    sums = [(later("本金 {fen}"), part.principal_fen), (later("违约金 {fen}"), part.late_fee_fen)]
    sums.append((later("费用 {fen}"), part.cost_fen))
    words = tr("、").join(tr(word, fen=amount(fen)) for word, fen in sums if fen)
    return Fact(tr("{month} 账单", month=part.month), words)


def _book(book: PaidBook) -> Fact:
    left_fen: Fen = book.left_fen - book.amount_fen
    words = later("扣回 {fen}，余 {left}") if book.amount_fen > 0 else later("退回 {fen}，余 {left}")
    return Fact(tr("账本“{name}”", name=book.name), tr(words, fen=amount(abs(book.amount_fen)), left=amount(left_fen)))


def _order(order: OrderBack) -> Fact:
    words = tr("撤回，还没有发出") if order.outcome == "withdrawn" else tr("已发出，再发一张撤回")
    return Fact(tr("恢复工单 {number}", number=service_word(order.number)), words)


def _tender(back: TenderBack) -> TenderLine:
    fen, word = amount(back.fen), tender_word(back.to)
    if back.to == "cash":
        words = tr("现金 {fen}：从钱箱退给客户", fen=fen)
    elif back.to in (CHEQUE, OLD_CHEQUE):
        words = tr("支票 {fen}：{bank} {no}", fen=fen, bank=back.bank, no=back.document_no)
        return TenderLine(back.line, words, tr("银行凭证号"), is_cheque=True)
    elif back.needs == "reference":
        words = tr("{tender} {fen}：原路退回", tender=word, fen=fen)
    else:
        words = tr("{tender} {fen}：经银行退回", tender=word, fen=fen)
    asks = {"reference": tr("终端撤销参考号"), "document_no": tr("银行凭证号")}.get(back.needs, "")
    return TenderLine(back.line, words, asks)
