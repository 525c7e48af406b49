"""Slips for undone payments, for the tests: one of each kind, with everything that can stand on it."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta

from counter_app.domain.papers import PaperPerson
from counter_app.domain.print_marks import PrintMark, Void
from counter_app.domain.undo_slips import (
    MOVE_SLIP,
    REFUND_SLIP,
    REVERSE_SLIP,
    MoneyBack,
    UndoneBill,
    UndoSlipFacts,
    undo_slip_number,
)
from tests.documents.samples import ISSUED_AT, SECOND_REPRINT

VOID = Void("冲正凭证", "HZ01-03-2026-CZ000001", date(2026, 11, 21))
VOID_REPRINT: PrintMark = replace(SECOND_REPRINT, void=VOID)


def slip(kind: str = REVERSE_SLIP, *, name: str = "张*丰", bills: int = 2) -> UndoSlipFacts:
    """A slip of this kind: cash and card went back, 20.00 into the prepaid book and 12.34 out of it."""
    open_again = tuple(UndoneBill(f"2026-{n + 8:02d}", f"B20260{n + 8}0000125", 10_274, 585, 0) for n in range(bills))
    undone_fen = sum(bill.total_fen for bill in open_again) + 1_234
    money = [MoneyBack("cash", undone_fen - 2_000 - 2_648), MoneyBack("card", 2_648, "8817")]
    if kind == REFUND_SLIP:
        money[1] = MoneyBack("bank_slip", 2_648, "5521", "cheque", "支票已交存银行")
    if kind == MOVE_SLIP:
        money = [MoneyBack("transfer", undone_fen - 2_000)]
    return UndoSlipFacts(
        hall_name="城东营业厅",
        company="滨江市自来水有限公司",
        hall_id="HZ01",
        counter_id="03",
        counter_name="3 号柜台",
        hotline="96390（24 小时）",
        paper_no=undo_slip_number(kind, hall_code="HZ01", counter_code="03", year=2026, serial=1),
        kind=kind,
        year=2026,
        serial=1,
        payment_id="01JD5Y7Q2M9K3T8W4X6Z0A1B2C",
        receipt_no="HZ01-03-2026-000123",
        paid_at=ISSUED_AT - timedelta(days=1 if kind == REFUND_SLIP else 0, minutes=7),
        paid_on=date(2026, 11, 20 if kind == REFUND_SLIP else 21),
        receipt_fen=undone_fen,
        issued_at=ISSUED_AT,
        business_date=date(2026, 11, 21),
        staff=PaperPerson("1003", "李敏"),
        approvers=(PaperPerson("2001", "赵敏"),),
        customer_no="C00012345",
        customer_name_masked=name,
        account_no="3301080012345",
        to_account_no="3301080054321" if kind == MOVE_SLIP else "",
        reason="收错金额：多收一期",
        bills=open_again,
        from_books_fen=1_234,
        to_books_fen=2_000,
        money=tuple(money),
        back_fen=undone_fen - 2_000,
        paper="returned",
        red_note="24332000000012345678" if kind == REFUND_SLIP else "",
    )
