"""The Chinese words of a receipt, the same on every paper and printer, and text made safe for paper."""

from __future__ import annotations

import unicodedata
from datetime import datetime

from counter_app.domain.money import format_fen
from counter_app.domain.receipts import PrintMark, ReceiptFacts, ReceiptLine, ReceiptTender, ReceiptWorking

TITLE_DEMO = "演示"
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
    "bank_slip": "银行进账单",
    "transfer": "转账",
    "prepaid": "预存款抵扣",
}
_TEXT_LENGTH_MAX = 400


def yuan(fen: int) -> str:
    """Fen as figures of yuan: 123456 → `1,234.56`."""
    return format_fen(fen)


def money(fen: int) -> str:
    """Fen with the full-width currency sign, which every Chinese encoding holds: 123456 → `￥1,234.56`."""
    return f"￥{yuan(fen)}"


def moment(at: datetime) -> str:
    """A moment in its own offset, to the second, as paper shows it."""
    return at.strftime("%Y-%m-%d %H:%M:%S")


def month(bill_month: str) -> str:
    """`2026-10` → `2026年10月`."""
    year, number = bill_month.split("-")
    return f"{year}年{number}月"


def tender(paid: ReceiptTender) -> str:
    """The way of payment with the tail of its reference: `银行卡（尾号 1234）`."""
    label = _TENDERS.get(paid.kind, paid.kind)
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
        parts.append(f"违约金 {yuan(line.late_fee_fen)}（{line.late_days}天）")
    if line.cost_fen:
        parts.append(f"费用 {yuan(line.cost_fen)}")
    return " ".join(parts)


def teller(facts: ReceiptFacts) -> str:
    """The teller's name and staff number."""
    return f"{facts.teller_name}（工号 {facts.teller_no}）"


def print_mark(mark: PrintMark) -> str:
    """`打印 …` for the original, `补打 第 n 次 …` for the n-th reprint, with time and teller (domain_rules 2.5)."""
    stamp = f"{moment(mark.printed_at)} {mark.staff_name}"
    return f"补打 第 {mark.reprint_no} 次 {stamp}" if mark.reprint_no else f"打印 {stamp}"


def printable(text: str) -> str:
    """The text as paper may show it: in its own order, on one line, with nothing that could hide or reorder the rest.

    Control, bidirectional and other format characters and variation selectors are dropped, every kind of space and line
    break becomes a space, a combining mark stays only where it composes with its letter. At most 400 characters are
    kept (the rest becomes `…`). Characters that no font holds are left in, for the font to deal with.
    """
    return _safe(text)[0]


def dropped_marks(text: str) -> str:
    """The combining marks that `printable` leaves out although they carry meaning (a variation selector does not)."""
    return _safe(text)[1]


def _safe(text: str) -> tuple[str, str]:
    """The printable text, and the combining marks that had no place in it."""
    if len(text) > _TEXT_LENGTH_MAX:
        text = text[: _TEXT_LENGTH_MAX - 1] + "…"
    if text.isascii() and text.isprintable():
        return text, ""
    kept: list[str] = []
    dropped: list[str] = []
    for char in text:
        category = unicodedata.category(char)
        if category in ("Mn", "Me"):
            if not _composed(kept, char) and not unicodedata.name(char, "").startswith("VARIATION SELECTOR"):
                dropped.append(char)
        elif category in ("Zs", "Zl", "Zp") or char in "\t\n\r\v\f":
            kept.append(" ")
        elif category not in ("Cc", "Cf"):
            kept.append(char)
    return "".join(kept), "".join(dropped)


def _composed(kept: list[str], mark: str) -> bool:
    """Joins the mark to the letter before it where Unicode has the pair as one character; says whether it did."""
    if not kept or len(joined := unicodedata.normalize("NFC", kept[-1] + mark)) != 1:
        return False
    kept[-1] = joined
    return True
