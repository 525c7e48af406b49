"""The rows of a demo hall's customers as the file keeps them, with ids that run on from batch to batch."""

from __future__ import annotations

import json
from collections.abc import Iterable
from datetime import date, datetime, timedelta
from itertools import count
from typing import Any

from counter_app.services.demo_bills import Charge
from counter_app.services.demo_customers import DemoAccount, DemoCustomer, facts_text
from counter_app.storage.demo import MASTER_TABLES, Batch
from counter_app.storage.journal import stamp
from counter_app.storage.seals import BOOKS, SETTLEMENTS, Seal


class DemoRows:
    """Turns customers into rows; ids count up over the whole hall.

    `entry` is the entry that will seal the settlements and the openings.
    """

    def __init__(self, prefix: str, today: date, *, entry: int) -> None:
        self._prefix = prefix
        self._today = today
        self._accounts, self._bills, self._settlements, self._books = count(1), count(1), count(1), count(1)
        self._noted: list[tuple[int, str]] = []
        self._entry = entry
        self._seals = (Seal(SETTLEMENTS), Seal(BOOKS))

    def batch(self, customers: Iterable[DemoCustomer]) -> Batch:
        """The rows of these customers by table, empty when there are none."""
        rows: Batch = {name: [] for name in (*MASTER_TABLES, "books")}
        for customer in customers:
            self._add_customer(rows, customer)
        for seal in self._seals:
            for row in rows[seal.name]:
                seal.add(row[1:-1])
        return rows if rows["customers"] else {}

    def sealed(self) -> dict[str, Any]:
        """What the entry keeps of the settlements and the openings."""
        return {name: said for seal in self._seals for name, said in seal.body(1).items()}

    def notes(self, *, staff_no: str, at: datetime, entry: int) -> Batch:
        """The notes on the customers that were turned into rows so far."""
        return {
            "notes": [
                (number, customer_id, body, staff_no, stamp(at - timedelta(days=3)), entry)
                for number, (customer_id, body) in enumerate(self._noted, 1)
            ]
        }

    def _add_customer(self, rows: Batch, customer: DemoCustomer) -> None:
        number, person, since_on = customer.number, customer.person, customer.since_on.isoformat()
        rows["customers"].append(
            (
                number,
                f"C{number:08d}",
                person.name,
                person.kind,
                person.customer_class,
                person.id_kind,
                person.id_number,
                person.group_name,
                customer.manager,
                since_on,
            )
        )
        rows["customer_flags"] += [(number, flag, since_on, "") for flag in customer.flags]
        rows["contacts"].append((number, 1, "mobile", customer.mobile, ""))
        if customer.landline:
            rows["contacts"].append((number, 2, "landline", customer.landline, ""))
        if customer.note:
            self._noted.append((number, customer.note))
        for place, account in enumerate(customer.accounts):
            self._add_account(rows, number, f"{self._prefix}{number * 10 + place:08d}", account)

    def _add_account(self, rows: Batch, customer_id: int, account_no: str, account: DemoAccount) -> None:
        account_id = next(self._accounts)
        facts = facts_text(account.facts)
        rows["accounts"].append(
            (account_id, account_no, customer_id, account.address, facts, account.contract_no, account.area)
        )
        # one service for each account, so that both have the same id
        rows["services"].append(
            (
                account_id,
                account_id,
                account.service_kind,
                account.number or account_no,
                account.plan,
                account.state,
                account.state_since_on.isoformat(),
                account.state_reason,
                account.meter_no,
            )
        )
        for charge in account.charges:
            if charge.principal_fen:
                self._add_charge(rows, account_id, account_no, charge, account.accrual_start_day)
        for book in account.books:
            rows["books"].append(
                (
                    next(self._books),
                    account_id,
                    book.name,
                    book.kind,
                    json.dumps(book.items, ensure_ascii=False),
                    book.priority,
                    None if book.valid_to is None else book.valid_to.isoformat(),
                    book.opening_fen,
                    "import",
                    book.opened_on.isoformat(),
                    self._entry,
                )
            )

    def _add_charge(
        self, rows: Batch, account_id: int, account_no: str, charge: Charge, accrual_start_day: int | None
    ) -> None:
        bill_id, period = next(self._bills), charge.period
        bill_no = f"{account_no}-{period.month.replace('-', '')}"
        accrual_start_on = None
        if accrual_start_day is not None:
            # the contract's own date, later than the rule's
            accrual_start_on = (period.due_on + timedelta(days=accrual_start_day)).isoformat()
        rows["bills"].append(
            (
                bill_id,
                bill_no,
                account_id,
                account_id,
                period.month,
                period.issued_on.isoformat(),
                period.due_on.isoformat(),
                charge.principal_fen,
                0,
                accrual_start_on,
                None,
                int(charge.is_disputed),
                0,
            )
        )
        rows["bill_items"] += [(bill_id, line, item, fen) for line, (item, fen) in enumerate(charge.items, 1)]
        rows["settlements"] += [
            (
                next(self._settlements),
                f"demo-{bill_no}-{part}",
                bill_id,
                settled.settled_on.isoformat(),
                settled.principal_fen,
                settled.late_fee_fen,
                settled.cost_fen,
                settled.source,
                channel,
                self._entry,
            )
            for part, (settled, channel) in enumerate(zip(charge.settlements, charge.channels, strict=True), 1)
        ]
