"""A move to another account in the teller's words: what the wrong one owes again, what the right one gets."""

from __future__ import annotations

from counter_app.domain.masks import mask
from counter_app.domain.payments import Line
from counter_app.services.moves import MoveDone, MovePlan
from counter_app.ui.facts import Fact
from counter_app.ui.formats import amount
from counter_app.ui.language import later, tr
from counter_app.ui.undo.screen import MoveScreen
from counter_app.ui.undo.words import lost_lines, owed_facts, restored_facts


def move_screen(plan: MovePlan) -> MoveScreen:
    """What the panel shows of both sides."""
    undone = plan.undone
    return MoveScreen(
        what=what_is_moved(plan),
        from_word=tr("原户号 {no}：账单又欠", no=undone.paid.account_no),
        from_facts=(*owed_facts(undone), *restored_facts(undone)),
        to_word=tr("户号 {no} {name}：收到", no=plan.to.account.account_no, name=_name(plan)),
        to_facts=to_facts(plan),
        lost=lost_lines(undone),
    )


def what_is_moved(plan: MovePlan) -> str:
    """The sentence that is signed."""
    paid = plan.undone.paid
    return tr(
        "收据 {no} 的 {sum} 从户号 {wrong} 转到户号 {right}：钱不出钱箱，原收据作废，开一张新收据。",
        no=paid.receipt_no,
        sum=amount(plan.undone.back_fen),
        wrong=paid.account_no,
        right=plan.to.account.account_no,
    )


def to_facts(plan: MovePlan) -> tuple[Fact, ...]:
    """What the money does on the right account."""
    taken = plan.taken
    stored = [Fact(tr("存入预存"), amount(taken.stored_fen))] if taken.stored_fen else []
    restored = [Fact(tr("恢复"), service.number) for service in taken.restored if not _is_phone(service.number)]
    restored += [Fact(tr("恢复"), mask("phone", s.number)) for s in taken.restored if _is_phone(s.number)]
    return (*map(_line, taken.lines), *stored, *restored, Fact(tr("之后还欠"), amount(taken.due_after_fen)))


def moved_words(done: MoveDone) -> str:
    """What is said when it is done."""
    return tr(
        "收据 {no} 已转户，新收据 {new}，{by} 签字。",
        no=done.receipt_no,
        new=done.taken.receipt_no,
        by=tr("、").join(done.approvers),
    )


def _line(line: Line) -> Fact:
    share = line.share
    sums = [(later("本金 {fen}"), share.principal_fen), (later("违约金 {fen}"), share.late_fee_fen)]
    sums.append((later("费用 {fen}"), share.collection_cost_fen))
    words = tr("、").join(tr(word, fen=amount(fen)) for word, fen in sums if fen)
    return Fact(tr("{month} 账单", month=line.bill.month), words)


def _name(plan: MovePlan) -> str:
    customer = plan.to_customer
    return mask("name" if customer.kind == "person" else "org_name", customer.name)


def _is_phone(number: str) -> bool:
    return number.isdecimal() and len(number) == 11
