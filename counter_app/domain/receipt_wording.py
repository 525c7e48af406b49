"""The Chinese words of a receipt, the same on every paper and printer."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date

from counter_app.domain.bills import Bill
from counter_app.domain.paper_wording import TITLE_DEMO as TITLE_DEMO
from counter_app.domain.paper_wording import moment as moment
from counter_app.domain.paper_wording import money as money
from counter_app.domain.paper_wording import month as month
from counter_app.domain.paper_wording import printable as printable
from counter_app.domain.paper_wording import yuan as yuan
from counter_app.domain.print_marks import VOID as VOID
from counter_app.domain.print_marks import print_mark as print_mark
from counter_app.domain.receipts import ReceiptFacts, ReceiptLine, ReceiptTender, ReceiptWorking

CERTIFICATE = "缴费证明"
CERTIFICATE_NOTE = "原收据的文字没有保存下来，本证明按流水记录出具，只证明以上已缴款项，不代替收据。"
DEMO_NOTE = "演示数据 不是收款凭证"
PROOF_NOTE = "扫码验真"
SEAL = "收款单位盖章"
CUSTOMER_COPY = "客户联"
COMPANY_COPY = "存根联"
CURRENCY_IN_WORDS = "人民币"
STORED_LINE = "余款转存预存款"

_TENDERS = {
    "cash": "现金",
    "card": "银行卡",
    "qr": "扫码支付",
    "wechat": "微信支付",
    "alipay": "支付宝",
    "cheque": "支票",
    "old_cheque": "支票（以前班次收）",
    "bank_slip": "银行进账单",
    "bank_transfer": "银行转账",
    "transfer": "由其他户号转入",
    "prepaid": "预存款抵扣",
}


def tender_name(kind: str) -> str:
    """A kind of tender as paper calls it; one that is not in the list shows its own name."""
    return _TENDERS.get(kind, kind)


def tender(paid: ReceiptTender) -> str:
    """The way of payment with the tail of its reference: `银行卡（尾号 1234）`."""
    label = tender_name(paid.kind)
    return f"{label}（尾号 {paid.reference_tail}）" if paid.reference_tail else label


def working(row: ReceiptWorking) -> str:
    """One row of a late fee's working: `2026-09-26 至 2026-11-21 57天×1‰/日×100.00=5.70`."""
    return " ".join(working_parts(row))


def working_parts(row: ReceiptWorking) -> tuple[str, str]:
    """The same in two parts, for narrow paper: the days, and the sum."""
    return f"{row.from_on} 至 {row.to_on}", f"{row.days}天×{row.rate_text}×{yuan(row.base_fen)}={row.amount_text}"


def bill_note(line: ReceiptLine) -> str:
    """What a narrow paper says under a bill: principal, late fee with its days, cost."""
    parts = [f"本金 {yuan(line.principal_fen)}"]
    if line.late_fee_fen or line.working:
        days = f"（{line.late_days}天）" if line.working else ""
        parts.append(f"违约金 {yuan(line.late_fee_fen)}{days}")
    if line.cost_fen:
        parts.append(f"费用 {yuan(line.cost_fen)}")
    return " ".join(parts)


def relief_notes(bills: Iterable[Bill], on: date) -> tuple[str, ...]:
    """What was let off of the late fees of paid bills, and what is put off and was not collected: with it the sums of a
    receipt explain themselves. Nothing where there is none.
    """
    waived = [(bill.month, fen) for bill in bills if (fen := sum(relief.waived_on_fen(on) for relief in bill.reliefs))]
    put_off = [bill.month for bill in bills if bill.is_deferred_on(on)]
    notes = []
    if waived:
        notes.append(f"{_of(waived[0][0], len(waived))}违约金已减免 {yuan(sum(fen for _, fen in waived))}")
    if put_off:
        notes.append(f"{_of(put_off[0], len(put_off))}违约金已暂缓，本次未收")
    return tuple(notes)


def _of(month_of_first: str, count: int) -> str:
    return f"{month_of_first} " if count == 1 else f"{count} 张账单的"


def teller(facts: ReceiptFacts) -> str:
    """The teller's name and staff number."""
    return f"{facts.teller_name}（工号 {facts.teller_no}）"
