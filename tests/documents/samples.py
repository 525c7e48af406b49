"""Receipts for the tests: an ordinary one, a long one, and names that try to break the paper."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime, timedelta, timezone

from counter_app.domain.receipts import (
    PrintMark,
    ReceiptFacts,
    ReceiptLine,
    ReceiptTender,
    ReceiptWorking,
    proof_text,
    receipt_number,
    signed_proof,
)

CHINA = timezone(timedelta(hours=8))
ISSUED_AT = datetime(2026, 11, 21, 14, 3, 22, tzinfo=CHINA)
ORIGINAL = PrintMark(copy_no=1, printed_at=ISSUED_AT, staff_name="李敏")
SECOND_REPRINT = PrintMark(copy_no=3, printed_at=ISSUED_AT + timedelta(days=2), staff_name="王芳")

RARE_NAMES = ("𬭎", "㛃", "䶮", "𠮷", "𡈽", "𫠝", "𬺓", "𮯠", "㐂", "𰻝")

HOSTILE = (
    "<b>张三</b><script>alert(1)</script>",
    "张\u202e三李四",
    "\u2066张三\u2069\u200f",
    "张\x00三",
    "张\ud800三",
    "Z\u0351\u036b\u0343A\u0300L\u0310G\u0321O",
    "e\u0301te\u0301",
    "😀👨\u200d👩\u200d👧",
    "שלום عليكم",
    "=1+1",
    "张三\r\n李四\t王五",
    "龘" * 10_000,
    "",
    " ",
    "a" * 5_000 + " (Tj) ET \\",
    "%s %(x)s {0} {facts}",
    "\ufeff张\u00ad三\ufe0f",
    "葛\U000e0100城",
    "\ue000\uf8ff",
    "\U0010ffff",
)


def line(n: int = 0, *, late_days: int = 57, cost_fen: int = 0) -> ReceiptLine:
    """The bill of one month, n months back, with one working row when it is late."""
    month = date(2026 - (n + 2) // 12, 12 - (n + 2) % 12, 1)
    principal_fen = 10_000 + 137 * n
    late_fee_fen = principal_fen * late_days // 1000
    rows = (
        ReceiptWorking(
            from_on=date(2026, 11, 21) - timedelta(days=late_days - 1),
            to_on=date(2026, 11, 21),
            base_fen=principal_fen,
            days=late_days,
            rate_text="1‰/日",
            amount_text=f"{principal_fen * late_days / 100_000:.4f}",
        ),
    )
    return ReceiptLine(
        bill_id=1_000_123 + n,
        bill_no=f"B{month:%Y%m}00{123 + n:05d}",
        bill_month=f"{month:%Y-%m}",
        principal_fen=principal_fen,
        late_fee_fen=late_fee_fen,
        cost_fen=cost_fen,
        working=rows if late_days else (),
    )


def facts(*lines: ReceiptLine, stored_fen: int = 0, prepaid_fen: int = 0, is_demo: bool = False) -> ReceiptFacts:
    """A receipt of these lines (three when none are given), paid in cash and by card where the sum allows it."""
    lines = lines or (line(2), line(1), line(0, late_days=0))
    total_fen = sum(bill.total_fen for bill in lines) + stored_fen
    due_fen = total_fen - prepaid_fen
    card_fen = min(due_fen, 2_648)
    cash_fen = due_fen - card_fen
    received_fen = -(-due_fen // 5_000) * 5_000
    return ReceiptFacts(
        hall_name="城东营业厅",
        company="滨江市自来水有限公司",
        hall_id="HZ01",
        counter_id="03",
        counter_name="3 号柜台",
        receipt_no=receipt_number(hall_code="HZ01", counter_code="03", year=2026, serial=123),
        year=2026,
        serial=123,
        title="缴费收据",
        entry_id="01JD5Y7Q2M9K3T8W4X6Z0A1B2C",
        entry_hash="ab12" * 16,
        issued_at=ISSUED_AT,
        business_date=date(2026, 11, 21),
        customer_no="C00012345",
        customer_name_masked="张*丰",
        address_masked="滨江市城东区解放路***号2幢1单元***室",
        account_no="3301080012345",
        lines=lines,
        prepaid_used_fen=prepaid_fen,
        prepaid_stored_fen=stored_fen,
        tenders=(ReceiptTender("cash", cash_fen), ReceiptTender("card", card_fen, "8817")),
        received_fen=received_fen,
        change_fen=received_fen - due_fen,
        total_fen=total_fen,
        arrears_before_fen=total_fen - stored_fen,
        arrears_after_fen=0,
        prepaid_before_fen=prepaid_fen,
        prepaid_after_fen=stored_fen,
        teller_name="李敏",
        teller_no="1003",
        hotline="96390（24 小时）",
        footer=("本收据为缴费凭证，请妥善保管。", "如需报销凭证，请凭本收据向收款单位申请开具。"),
        is_demo=is_demo,
    )


def many_lines(count: int, **changes: int) -> tuple[ReceiptLine, ...]:
    """Bills of `count` months, oldest first."""
    return tuple(line(n, **changes) for n in reversed(range(count)))


def named(name: str, *, of: ReceiptFacts | None = None) -> ReceiptFacts:
    """A receipt on which everything that a person typed is `name`."""
    return replace(
        of or facts(),
        hall_name=name,
        company=name,
        customer_name_masked=name,
        address_masked=name,
        customer_no=name,
        account_no=name,
        teller_name=name,
        counter_name=name,
        hotline=name,
        footer=(name, name),
    )


def proof(receipt: ReceiptFacts) -> str:
    """The receipt's QR text, with a signature of the right form."""
    return signed_proof(proof_text(receipt), bytes(range(64)))
