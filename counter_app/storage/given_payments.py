"""The payments that the hub gave back after a loss, with the names of what they are about, as far as those are here."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sqlalchemy import bindparam, select

from counter_app.domain.given_payments import GivenBill, GivenPayment, GivenTender
from counter_app.storage import tables as t
from counter_app.storage.given_back import given_back_of
from counter_app.storage.journal import moment
from counter_app.storage.sql import Reading, compiled

KIND = "payment.take"
MOST = 2_000
"""More than anybody reads through; those before them stay in the file all the same."""

_ACCOUNT = compiled(
    select(t.accounts.c.account_no, t.customers.c.name)
    .select_from(t.accounts.join(t.customers, t.customers.c.id == t.accounts.c.customer_id))
    .where(t.accounts.c.id == bindparam("account"))
)
_BILL = compiled(select(t.bills.c.month, t.bills.c.bill_no).where(t.bills.c.id == bindparam("bill")))


def given_payments(reading: Reading) -> tuple[GivenPayment, ...]:
    """Those of late, the newest first."""
    return tuple(_payment(reading, one.content) for one in given_back_of(reading, KIND)[: -MOST - 1 : -1])


def _payment(reading: Reading, content: Mapping[str, Any]) -> GivenPayment:
    body = content["body"]
    account = reading.one(_ACCOUNT, {"account": body["account_id"]})
    account_no, name = (str(account[0]), str(account[1])) if account is not None else ("", "")
    return GivenPayment(
        entry_id=content["entry_id"],
        at=moment(content["at"]),
        business_date=content["business_date"],
        staff_no=content["staff_no"],
        receipt_no=body["receipt"]["receipt_no"],
        customer_name=name,
        account_no=account_no,
        received_fen=body["received_fen"],
        change_fen=body["change_fen"],
        settled_fen=body["settled_fen"],
        stored_fen=body["prepaid_stored_fen"],
        used_fen=body["prepaid_used_fen"],
        bills=tuple(_bill(reading, *row[1:]) for row in body["settlements"]),
        tenders=tuple(GivenTender(kind, fen, reference) for kind, fen, reference, *_paper in body["tenders"]),
    )


def _bill(reading: Reading, bill_id: int, principal_fen: int, late_fee_fen: int, cost_fen: int) -> GivenBill:
    row = reading.one(_BILL, {"bill": bill_id})
    month, bill_no = (str(row[0]), str(row[1])) if row is not None else ("", "")
    return GivenBill(month, bill_no, principal_fen, late_fee_fen, cost_fen)
