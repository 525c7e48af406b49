"""A hall's file as rows for its hub: the same maps and checks as at a counter, but for a hall that is elsewhere."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import date
from typing import Any, Protocol

from counter_app.domain.imports_map import ImportMap
from counter_app.domain.imports_values import Value, day_in
from counter_app.domain.money import format_fen
from counter_app.services.imports_bills import ITEM, settlement_id
from counter_app.services.imports_books import OPENINGS
from counter_app.services.imports_customers import contacts_after, is_wrong
from counter_app.services.imports_slices import Slice, Slicer

Body = dict[str, Any]
_SERVICE = ("service_number", "service_kind", "meter_no")
_CUSTOMER = ("name", "kind", "customer_class", "id_kind", "id_number", "group_name", "manager", "since_on")


class Ground(Protocol):
    """What the hub holds of the rows that a file names."""

    def known(self, kind: str, keys: Iterable[str]) -> dict[str, Body]:
        """The rows of one kind by their natural keys."""

    def bills_of(self, customer_ids: Iterable[int]) -> list[Body]:
        """Every bill of some customers."""

    def services_of(self, customer_ids: Iterable[int]) -> list[Body]:
        """Every service of some customers."""

    def settlements(self, ids: Iterable[str]) -> dict[str, tuple[Any, ...]]:
        """What is known of settlements: bill, day, the three amounts, channel."""


@dataclass
class Seen:
    """The keys of a file so far: where each stood, and a digest of what it said."""

    rows: dict[tuple[str, str], tuple[int, int]] = field(default_factory=dict)

    def before(self, kind: str, key: str, row: int, body: Body) -> tuple[int, bool] | None:
        """The row that named this key first, and whether it said the same; None for the first."""
        digest = hash(json.dumps(body, sort_keys=True))
        first = self.rows.setdefault((kind, key), (row, digest))
        return None if first[0] == row else (first[0], first[1] == digest)


class CustomerRows:
    """Customers with their accounts, services and openings."""

    def __init__(self, of: ImportMap, slicer: Slicer, *, trade: str, states: tuple[str, ...], today: date) -> None:
        self._map, self._slicer, self._states, self._today = of, slicer, states, today
        self._kind = "mobile" if trade == "telecom" else trade
        self._seen = Seen()

    def bodies(self, ground: Ground, part: Slice) -> Iterator[tuple[int, str, Body]]:
        """The rows (place in the slice, kind, body) that a slice makes; what is wrong is told to the slicer."""
        if self._map.is_one_number:
            part.values["account_no"] = list(part.values["customer_no"])
        customers = ground.known("customer", _texts(part, "customer_no"))
        accounts = ground.known("account", _texts(part, "account_no"))
        numbers = [*_texts(part, "service_number"), *_texts(part, "account_no")]
        kinds = {self._kind, *_texts(part, "service_kind")}
        services = ground.known("service", [f"{kind}:{number}" for kind in kinds for number in numbers])
        for place in range(len(part)):
            row = {name: column[place] for name, column in part.values.items()}
            if place in part.bad or is_wrong(self._slicer, part, place, row, states=self._states, today=self._today):
                continue
            found = [("customer", self._customer(row, customers.get(str(row["customer_no"]))))]
            if row.get("account_no"):
                found.append(("account", self._account(part, place, row, accounts.get(str(row["account_no"])))))
                if any(row.get(name) for name in _SERVICE):
                    found.append(("service", self._service(row, services)))
                found += self._openings(row)
            if self._stands_alone(part, place, found):
                yield from ((place, kind, body) for kind, body in found)

    def _customer(self, row: dict[str, Value], old: Body | None) -> Body:
        before = old or {"name": "", "kind": "person", "flags": [], "contacts": []}
        body: Body = {name: row[name] if name in row else before.get(name) for name in _CUSTOMER}
        is_person = body["kind"] == "person"
        body["customer_class"] = body["customer_class"] or ("resident" if is_person else "other")
        body["id_kind"] = body["id_kind"] or (("resident_id" if is_person else "uscc") if body["id_number"] else None)
        if "flags" in row:
            held = {flag[0]: flag for flag in before["flags"]}
            named = sorted(set(str(row["flags"] or "").split()))
            body["flags"] = [held.get(flag, [flag, self._today.isoformat(), ""]) for flag in named]
        contacts = contacts_after(row, before["contacts"])
        if contacts is not None:
            body["contacts"] = contacts
        return {"customer_no": row["customer_no"], **body}

    def _account(self, part: Slice, place: int, row: dict[str, Value], old: Body | None) -> Body:
        body: Body = {name: row[name] for name in ("contract_no", "area") if name in row}
        if "address" in row:
            body["address"] = row["address"] or ""
        if part.free:
            facts = {name: value for name, value in (old or {"facts": {}})["facts"].items() if name not in part.free}
            body["facts"] = facts | {name: str(column[place]) for name, column in part.free.items() if column[place]}
        return {"account_no": row["account_no"], "customer_no": row["customer_no"], **body}

    def _service(self, row: dict[str, Value], known: dict[str, Body]) -> Body:
        kind = str(row.get("service_kind") or self._kind)
        number = str(row.get("service_number") or row["account_no"])
        old = known.get(f"{kind}:{number}")
        state = row.get("state", old["state"] if old else "active")
        body: Body = {"kind": kind, "number": number, "account_no": row["account_no"], "state": state}
        body |= {name: row[name] or "" for name in ("plan", "state_reason") if name in row}
        body |= {"meter_no": row["meter_no"]} if "meter_no" in row else {}
        if row.get("state_since_on"):
            body["state_since_on"] = row["state_since_on"]
        elif old is None or old["state"] != state:
            body["state_since_on"] = self._today.isoformat()
        return body

    def _openings(self, row: dict[str, Value]) -> Iterator[tuple[str, Body]]:
        for of in OPENINGS:
            if row.get(of.field) is not None:
                body: Body = {
                    "account_no": row["account_no"],
                    "kind": of.kind,
                    "name": of.name,
                    "priority": of.priority,
                }
                yield "book", {**body, "opening_fen": row[of.field], "opened_on": self._today.isoformat()}

    def _stands_alone(self, part: Slice, place: int, found: list[tuple[str, Body]]) -> bool:
        """Rows of one customer or account agree; a service, or an account without one, stands in the file once."""
        kinds = {kind for kind, _ in found}
        last = "service" if "service" in kinds else "account" if "account" in kinds else "customer"
        if last == "customer" and "account_no" in self._map.recipes:
            last = ""
        for kind, body in found:
            name, key = _key(kind, body)
            again = self._seen.before(kind, key, part.rows[place], body)
            if again is not None and not again[1]:
                self._slicer.fault(part, place, name, "disagrees", f"row {again[0]}")
                return False
            if again is not None and kind == last:
                self._slicer.fault(part, place, name, "twice", f"row {again[0]}")
                return False
        return True


class BillRows:
    """Bills, each on an account that the hub knows."""

    def __init__(self, of: ImportMap, slicer: Slicer) -> None:
        self._map, self._slicer = of, slicer
        self._seen = Seen()

    def bodies(self, ground: Ground, part: Slice) -> Iterator[tuple[int, str, Body]]:
        """The rows that a slice makes."""
        accounts = ground.known("account", _texts(part, "account_no"))
        services: dict[tuple[int, str], str] = {}
        if "service_number" in part.values:
            held = ground.services_of({account["customer_id"] for account in accounts.values()})
            services = {(one["account_id"], one["number"]): one["kind"] for one in held}
        for place in range(len(part)):
            row = {name: column[place] for name, column in part.values.items()}
            account = accounts.get(str(row["account_no"]))
            if place in part.bad:
                continue
            if account is None:
                self._slicer.fault(part, place, "account_no", "unknown_account")
                continue
            number = row.get("service_number")
            if number and (account["id"], number) not in services:
                self._slicer.fault(part, place, "service_number", "unknown_service")
                continue
            body = self._bill(part, place, row)
            if number:
                body |= {"service_number": number, "service_kind": services[account["id"], str(number)]}
            name = "bill_no" if "bill_no" in self._map.recipes else "account_no"
            again = self._seen.before("bill", body["bill_no"], part.rows[place], body)
            if again is not None:
                self._slicer.fault(part, place, name, "twice", f"row {again[0]}", body["bill_no"])
            elif place not in part.bad:
                yield place, "bill", body

    def _bill(self, part: Slice, place: int, row: dict[str, Value]) -> Body:
        month = str(row["month"])
        body: Body = {
            "bill_no": row.get("bill_no") or f"{row['account_no']}-{month}",
            "account_no": row["account_no"],
            "month": month,
            "issued_on": row.get("issued_on") or day_in(month, 1, 1),
            "due_on": row["due_on"],
        }
        if part.free:
            items = [[name, column[place]] for name, column in part.free.items() if column[place]]
            principal = sum(int(fen or 0) for _, fen in items)
            given = row.get("principal")
            if given is not None and given != principal:
                self._slicer.fault(
                    part, place, "principal", "sum_differs", format_fen(principal), format_fen(int(given))
                )
        else:
            principal = int(row["principal"] or 0)
            items = [[str(row.get("item") or ITEM), principal]] if principal else []
        body |= {"principal_fen": principal, "items": items}
        if "cost" in row:
            body["cost_fen"] = row["cost"]
        optional = ("accrual_start_on", "accrual_stop_on", "is_disputed", "is_late_fee_deferred")
        return body | {name: row[name] for name in optional if name in row}


class SettlementRows:
    """What was paid elsewhere: a set keyed by id; the same id with other content is refused."""

    def __init__(self, of: ImportMap, slicer: Slicer) -> None:
        self._map, self._slicer = of, slicer
        self._key = next(name for name in ("settlement_id", "bill_no", "account_no") if name in of.recipes)
        self._seen = Seen()

    def bodies(self, ground: Ground, part: Slice) -> Iterator[tuple[int, str, Body]]:
        """The rows that a slice makes."""
        bills = self._bills(ground, part)
        made = [(place, self._settlement(part, place, bill)) for place, bill in bills.items() if place not in part.bad]
        known = ground.settlements(body["settlement_id"] for _, body in made)
        for place, body in made:
            fen = (body["principal_fen"], body["late_fee_fen"], body["cost_fen"])
            held = known.get(body["settlement_id"])
            again = self._seen.before("settlement", body["settlement_id"], part.rows[place], body)
            if held is not None and held != (bills[place]["id"], body["settled_on"], *fen, body["channel"]):
                said = f"{held[1]}, {' + '.join(map(format_fen, held[2:5]))}, {held[5]}"
                self._slicer.fault(part, place, self._key, "other_content", said, body["settlement_id"])
            elif again is not None:
                self._slicer.fault(part, place, self._key, "twice", f"row {again[0]}", body["settlement_id"])
            else:
                yield place, "settlement", body

    def _bills(self, ground: Ground, part: Slice) -> dict[int, Body]:
        """Each row's bill, by its number or by account and month; what is not one bill is a fault."""
        by_number = ground.known("bill", _texts(part, "bill_no"))
        accounts = ground.known("account", _texts(part, "account_no"))
        of_months: dict[tuple[int, str], list[Body]] = {}
        if accounts:
            for bill in ground.bills_of({account["customer_id"] for account in accounts.values()}):
                of_months.setdefault((bill["account_id"], bill["month"]), []).append(bill)
        found: dict[int, Body] = {}
        for place in range(len(part)):
            number, account_no, month = (
                str(part.values[name][place] or "") if name in part.values else ""
                for name in ("bill_no", "account_no", "month")
            )
            if place in part.bad:
                continue
            account = accounts.get(account_no)
            held = of_months.get((account["id"], month), []) if account else []
            if number and number in by_number:
                found[place] = by_number[number]
            elif number:
                self._slicer.fault(part, place, "bill_no", "unknown_bill")
            elif not account_no or not month:
                self._slicer.fault(part, place, self._blank(account_no), "blank", "a value")
            elif account is None:
                self._slicer.fault(part, place, "account_no", "unknown_account")
            elif len(held) == 1:
                found[place] = held[0]
            elif held:
                numbers = ", ".join(str(bill["bill_no"]) for bill in held)
                self._slicer.fault(part, place, "month", "several_bills", numbers)
            else:
                self._slicer.fault(part, place, "month", "no_bill_of_month", f"{account_no} {month}")
        return found

    def _blank(self, account_no: str) -> str:
        if "account_no" not in self._map.recipes:
            return "bill_no"
        return "month" if account_no else "account_no"

    def _settlement(self, part: Slice, place: int, bill: Body) -> Body:
        row = {name: column[place] for name, column in part.values.items()}
        fen = (row["principal"], row.get("late_fee", 0), row.get("cost", 0))
        channel = str(row.get("channel") or "import")
        content = (row["settled_on"], *fen)
        own = row.get("settlement_id") or settlement_id(
            channel, str(row.get("reference") or ""), str(bill["bill_no"]), *content
        )
        return {
            "settlement_id": own,
            "bill_no": bill["bill_no"],
            "settled_on": row["settled_on"],
            "principal_fen": fen[0],
            "late_fee_fen": fen[1],
            "cost_fen": fen[2],
            "channel": channel,
            "source": "import",
        }


def _key(kind: str, body: Body) -> tuple[str, str]:
    """The field that names a row in the file, and its key."""
    if kind == "service":
        return "service_number", f"{body['kind']}:{body['number']}"
    if kind == "book":
        return "account_no", f"{body['account_no']}:{body['kind']}"
    return f"{kind}_no", str(body[f"{kind}_no"])


def _texts(part: Slice, name: str) -> set[str]:
    return {str(value) for value in part.values.get(name, ()) if value}
