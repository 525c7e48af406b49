"""The Chinese words of a slip for an undone payment, the same on every paper and printer."""

from __future__ import annotations

from counter_app.domain.capitals import printed_capital
from counter_app.domain.paper_wording import DEMO_NOTE as DEMO_NOTE
from counter_app.domain.paper_wording import moment, money
from counter_app.domain.receipt_wording import tender_name
from counter_app.domain.undo_slips import MOVE_SLIP, REFUND_SLIP, MoneyBack, UndoneBill, UndoSlipFacts

SIGNED_BY_CUSTOMER = "客户（或代办人）签收"
SEAL = "营业厅盖章"
STAFF_AND_SEAL = "经办人（营业厅盖章）"
APPROVED = "复核人（本人工号口令确认）"
NOTHING = "无"
CODE = "code"
"""Before the number of a one-time code that stands for a second person."""

_WHYS = {"came_by_bank": "经银行缴来，经银行退回", "cheque_banked": "支票已交存银行", "moved": "原由其他户号转入"}
_PAPERS = {"returned": "原收据已收回", "lost": "原收据遗失，客户声明作废", "none": "自动扣款，没有收据"}


def fields(facts: UndoSlipFacts) -> tuple[tuple[str, str], ...]:
    """The lines at the head of a narrow paper: label and value."""
    moved = (("转缴户号", facts.to_account_no),) if facts.kind == MOVE_SLIP else ()
    return (
        ("户名", facts.customer_name_masked),
        ("户号", facts.account_no),
        *moved,
        ("原收据", facts.receipt_no),
        ("原缴费", moment(facts.paid_at)),
        ("收据合计", money(facts.receipt_fen)),
        ("原因", facts.reason),
        ("收据处理", receipt_paper(facts)),
    )


def amount(facts: UndoSlipFacts) -> str:
    """What goes back to the customer, in figures and in capitals."""
    return f"{money(facts.back_fen)}    {printed_capital(facts.back_fen)}"


def back(part: MoneyBack) -> str:
    """How a part of the money went back: `银行卡（凭证尾号 8817） ￥100.00`."""
    tail = f"（凭证尾号 {part.reference_tail}）" if part.reference_tail else ""
    other = f"（收款时为{tender_name(part.came_as)}，{part.why}）" if part.came_as else ""
    return f"{tender_name(part.kind)}{tail} {money(part.amount_fen)}{other}"


def books(facts: UndoSlipFacts) -> str:
    """What was done to prepaid books; empty where nothing was."""
    parts = [f"退回预存款 {money(facts.to_books_fen)}"] if facts.to_books_fen else []
    parts += [f"扣回原存入预存款 {money(facts.from_books_fen)}"] if facts.from_books_fen else []
    return "    ".join(parts)


def bill_parts(undone: UndoneBill) -> str:
    """What is open again of one bill: `本金 ￥98.00 违约金 ￥5.85`."""
    parts = (("本金", undone.principal_fen), ("违约金", undone.late_fee_fen), ("费用", undone.cost_fen))
    return " ".join(f"{word} {money(fen)}" for word, fen in parts if fen)


def receipt_paper(facts: UndoSlipFacts) -> str:
    """What became of the receipt, and the red note of its invoice."""
    words = _PAPERS.get(facts.paper, facts.paper)
    return f"{words}    红字凭证 {facts.red_note}" if facts.red_note else words


def notes(facts: UndoSlipFacts) -> tuple[str, ...]:
    """What the customer signs for, and what follows from it."""
    if facts.kind == MOVE_SLIP:
        first = f"原收据 {facts.receipt_no} 作废，所缴款项已全额转缴户号 {facts.to_account_no}，本人已核对无误。"
    elif facts.paper == "none":
        first = f"自动扣款 {facts.receipt_no} 撤销，款项已退回预存款，本人已核对无误。"
    else:
        first = f"原收据 {facts.receipt_no} 作废，以上款项本人已收讫；刷卡、扫码款项原路退回，到账时间以银行为准。"
    second = "相应账单恢复为未缴，违约金仍按原到期日计算，如同从未缴过。"
    if facts.kind == REFUND_SLIP:
        second += f"本凭证记入 {facts.business_date}，不改变原缴费当日账目。"
    return first, second, f"如有疑问请致电客服热线 {facts.hotline}".strip()


def reason_words(word: str, more: str) -> str:
    """Why it was undone: the hall's word for it, and what the teller wrote beside it."""
    return f"{word}：{more.strip()}" if more.strip() else word


def why_words(why: str) -> str:
    """Why money went back otherwise than it had come."""
    return _WHYS.get(why, why)


def people(facts: UndoSlipFacts) -> tuple[str, ...]:
    """Who signed for it, one line each."""
    return tuple(f"{one.name} {one.staff_no}".strip() for one in facts.approvers)
