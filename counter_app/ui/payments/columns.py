"""The columns of the customer page's tables."""

from __future__ import annotations

from counter_app.ui.books.screen import HistoryRow
from counter_app.ui.formats import amount, day, day_and_clock
from counter_app.ui.language import tr
from counter_app.ui.payments.screen import BillRow, BookRow, ContactRow, NoteRow, OpenBillRow, PaymentRow
from counter_app.ui.table import Column


def open_bill_columns() -> tuple[Column[OpenBillRow], ...]:
    """What is owed, bill by bill, and what this payment does to each."""
    return (
        Column("month", tr("账单月"), lambda b: b.month, 84, sort=lambda b: b.month),
        Column("due", tr("到期日"), lambda b: day(b.due_on), 108, sort=lambda b: b.due_on),
        Column("days", tr("逾期"), _overdue, 84, "right", sort=lambda b: b.overdue_days),
        Column("principal", tr("本金"), lambda b: amount(b.principal_fen), 90, "right", sort=lambda b: b.principal_fen),
        Column(
            "fee",
            tr("违约金"),
            lambda b: amount(b.late_fee_fen),
            90,
            "right",
            sort=lambda b: b.late_fee_fen,
            tone=lambda b: "bad" if b.late_fee_fen else "muted",
        ),
        Column("starts", tr("起算日"), lambda b: day(b.starts_on), 108, sort=lambda b: b.starts_on),
        Column("total", tr("应收"), lambda b: amount(b.total_fen), 96, "right", sort=lambda b: b.total_fen),
        Column(
            "mark",
            tr("本次"),
            lambda b: " · ".join(part for part in (b.mark_word, b.note) if part),
            72,
            tone=lambda b: {"clear": "good", "part": "warn"}.get(b.mark, "muted"),  # type: ignore[arg-type,return-value]  # a mark names its tone
        ),
    )


def bill_columns() -> tuple[Column[BillRow], ...]:
    """Every bill with what became of it."""
    return (
        Column("month", tr("账单月"), lambda b: b.month, 90, sort=lambda b: b.month),
        Column("due", tr("到期日"), lambda b: day(b.due_on), 110, sort=lambda b: b.due_on),
        Column(
            "principal", tr("本金"), lambda b: amount(b.principal_fen), 100, "right", sort=lambda b: b.principal_fen
        ),
        Column("fee", tr("违约金"), lambda b: amount(b.late_fee_fen), 100, "right", sort=lambda b: b.late_fee_fen),
        Column("settled", tr("已缴"), lambda b: amount(b.settled_fen), 100, "right", sort=lambda b: b.settled_fen),
        Column("state", tr("状态"), lambda b: b.state, 100, sort=lambda b: b.state, tone=lambda b: b.tone),
    )


def payment_columns() -> tuple[Column[PaymentRow], ...]:
    """Payments of the past; Enter opens the receipt."""
    return (
        Column("at", tr("缴费时间"), lambda p: day_and_clock(p.taken_at), 150, sort=lambda p: p.taken_at),
        Column("receipt", tr("收据号"), lambda p: p.receipt_no, 190, sort=lambda p: p.receipt_no),
        Column("state", tr("状态"), lambda p: p.void, 84, sort=lambda p: p.void, tone=lambda p: "warn"),
        Column("settled", tr("销账"), lambda p: amount(p.settled_fen), 90, "right", sort=lambda p: p.settled_fen),
        Column("received", tr("实收"), lambda p: amount(p.received_fen), 90, "right", sort=lambda p: p.received_fen),
        Column("change", tr("找零"), lambda p: amount(p.change_fen), 80, "right"),
        Column("staff", tr("工号"), lambda p: p.staff_no, 70),
    )


def book_columns() -> tuple[Column[BookRow], ...]:
    """Prepaid books."""
    return (
        Column("name", tr("账本"), lambda b: b.name, 130),
        Column("kind", tr("种类"), lambda b: b.kind, 100),
        Column("purpose", tr("用途"), lambda b: b.purpose, 170),
        Column("valid", tr("有效期"), lambda b: b.valid_to, 130),
        Column("balance", tr("余额"), lambda b: amount(b.balance_fen), 110, "right", sort=lambda b: b.balance_fen),
    )


def history_columns() -> tuple[Column[HistoryRow], ...]:
    """What became of the money in the books, and what each held then."""
    return (
        Column("at", tr("时间"), lambda m: m.at, 136, sort=lambda m: m.at),
        Column("book", tr("账本"), lambda m: m.book, 110, sort=lambda m: m.book),
        Column("what", tr("事项"), lambda m: m.what, 150),
        Column("amount", tr("金额"), lambda m: amount(m.amount_fen), 90, "right", sort=lambda m: m.amount_fen),
        Column("balance", tr("余额"), lambda m: amount(m.balance_fen), 90, "right"),
        Column("no", tr("收据或凭证"), lambda m: m.no, 186),
        Column("who", tr("经手"), lambda m: m.who, 76),
    )


def contact_columns() -> tuple[Column[ContactRow], ...]:
    """Ways to reach the customer, masked."""
    return (
        Column("kind", tr("方式"), lambda c: c.kind, 100),
        Column("value", tr("号码"), lambda c: c.value, 220),
        Column("person", tr("联系人"), lambda c: c.person, 160),
    )


def note_columns() -> tuple[Column[NoteRow], ...]:
    """What colleagues wrote."""
    return (
        Column("at", tr("时间"), lambda n: day_and_clock(n.written_at), 150, sort=lambda n: n.written_at),
        Column("staff", tr("工号"), lambda n: n.staff_no, 80),
        Column("body", tr("内容"), lambda n: n.body, 400),
    )


def _overdue(row: OpenBillRow) -> str:
    return tr("{count} 天", count=row.overdue_days) if row.overdue_days else "—"
