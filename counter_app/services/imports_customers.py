"""Customers of a file with their accounts and services, compared with the hall's and staged."""

from __future__ import annotations

import json
import re
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from itertools import count

from counter_app.domain.identifiers import check_resident_id, check_uscc
from counter_app.domain.imports_map import ImportMap
from counter_app.domain.imports_values import Value
from counter_app.domain.rules import RulePack
from counter_app.domain.search import phone_key
from counter_app.services.imports_bills import Staged
from counter_app.services.imports_books import Openings, has_opening
from counter_app.services.imports_completeness import Completeness
from counter_app.services.imports_slices import Slice, Slicer
from counter_app.storage.imports import CHANGED, NEW, UNCHANGED, Taken, find_rows, last_id, stage
from counter_app.storage.sql import Reading, Row, Writing

_CONTACTS = ("mobile", "landline", "mail")
_SERVICE = ("service_number", "service_kind", "meter_no")
"""What says that an account has a service."""
_CUSTOMER = ("name", "kind", "customer_class", "id_kind", "id_number", "group_name", "manager", "since_on")
_CUSTOMER_BLANK: tuple[Value, ...] = ("", "person", None, None, None, None, None, None)
_PARTED = re.compile(r"[;；,，、/|]+")
_json = json.JSONEncoder(ensure_ascii=False).encode
_MOBILE = re.compile(r"1[3-9][0-9]{9}", re.ASCII)


@dataclass(slots=True)
class _Known:
    """What the hall holds of the customers, accounts and services that a slice names."""

    customers: dict[Value, Row]
    accounts: dict[Value, Row]
    services: dict[tuple[Value, Value], Row]
    openings: dict[tuple[int, str], int]
    flags: dict[int, set[str]]
    contacts: dict[int, list[list[str]]]


@dataclass(slots=True)
class StagedCustomers:
    """The records of one slice by stage, and the customers that the search must read again."""

    customers: Staged = field(default_factory=Staged)
    accounts: Staged = field(default_factory=Staged)
    services: Staged = field(default_factory=Staged)
    books: Staged = field(default_factory=Staged)
    changes: dict[int, int] = field(default_factory=dict)
    touched: set[int] = field(default_factory=set)


class Customers:
    """Takes customers: one row is a customer with at most one account and one service of it.

    A customer with several accounts has several rows that agree about the customer.
    """

    stages = ("customers", "accounts", "services", "books")

    def __init__(self, reading: Reading, of: ImportMap, slicer: Slicer, *, pack: RulePack, today: date) -> None:
        self._ids = {name: count(last_id(reading, name) + 1) for name in ("customers", "accounts", "services")}
        self._openings = Openings(slicer, today)
        self.seal = self._openings.seal
        self._map = of
        self._slicer = slicer
        self._completeness = Completeness(of, slicer)
        self._today = today
        self._states = pack.service_states(today)
        self._service_kind = "mobile" if pack.trade == "telecom" else pack.trade
        self._new: dict[str, dict[Value, int]] = {"customers": {}, "accounts": {}}
        self.counts = [0, 0, 0]
        self.touched: set[int] = set()

    def prepare(self, reading: Reading, part: Slice) -> StagedCustomers:
        """The slice's records with what is to become of each."""
        if self._map.is_one_number:
            self._one_number(reading, part)
        known = self._known(reading, part)
        staged = StagedCustomers()
        self._completeness.look(part)
        values = part.values
        for place in range(len(part)):
            if place in part.bad:
                continue
            row = {name: column[place] for name, column in values.items()}
            if is_wrong(self._slicer, part, place, row, states=self._states, today=self._today):
                continue
            customer_id, change = self._customer(staged, part, place, row, known)
            account_no = row.get("account_no")
            if account_no:
                account_id, account_change = self._account(staged, part, place, row, customer_id, known)
                change = _stronger(change, account_change)
                if any(row.get(name) for name in _SERVICE):
                    change = _stronger(change, self._service(staged, part, place, row, account_id, known))
                if self._openings.add(staged.books, part, place, row, account_id, known.openings):
                    change = _stronger(change, CHANGED)
            staged.changes[place] = change
            if change:
                staged.touched.add(customer_id)
                old = known.accounts.get(account_no)
                if old is not None:
                    staged.touched.add(old[2])
        return staged

    def _one_number(self, reading: Reading, part: Slice) -> None:
        """An account that the hall knows stays its customer's, and a customer that it knows keeps its accounts."""
        values = part.values
        numbers = _texts(part, "customer_no")
        owners: dict[Value, Value] = dict(find_rows(reading, "owners", numbers))
        if "account_no" in self._map.recipes:
            values["customer_no"] = [owners.get(no, no) for no in values["customer_no"]]
            return
        held: set[Value] = {row[0] for row in find_rows(reading, "customers", numbers)}
        values["account_no"] = [
            no if owners.get(no, no) == no and (no in owners or no not in held) else None
            for no in values["customer_no"]
        ]

    def stage(self, work: Writing, part: Slice, staged: StagedCustomers) -> None:
        """Put the records aside; rows that disagree about one customer or account are named, both of them."""
        taken = stage(work, "customers", staged.customers.records)
        self._disagree(part, staged.customers, taken, "customer_no")
        has_accounts = "account_no" in self._map.recipes
        if not has_accounts:
            self._twice(part, staged.customers, taken, "customer_no")
        taken = stage(work, "accounts", staged.accounts.records)
        self._disagree(part, staged.accounts, taken, "account_no")
        services = set(staged.services.places)
        bare = [again for again in taken if staged.accounts.places[again.place] not in services]
        self._twice(part, staged.accounts, bare, "account_no")
        taken = stage(work, "services", staged.services.records)
        name = "service_number" if "service_number" in self._map.recipes else "account_no"
        self._twice(part, staged.services, taken, name)
        self._openings.stage(work, part, staged.books)
        for place, change in staged.changes.items():
            if place not in part.bad:
                self.counts[change] += 1
        self.touched |= staged.touched

    def _known(self, reading: Reading, part: Slice) -> _Known:
        customers = {row[0]: row[1:] for row in find_rows(reading, "customers", _texts(part, "customer_no"))}
        accounts = {row[0]: row[1:] for row in find_rows(reading, "accounts", _texts(part, "account_no"))}
        numbers = {*_texts(part, "service_number"), *_texts(part, "account_no")}
        services = {(row[3], row[4]): row[1:] for row in find_rows(reading, "services", numbers)}
        ids = [row[0] for row in customers.values()]
        openings = self._openings.known(reading, part, [row[0] for row in accounts.values()])
        flags: dict[int, set[str]] = {}
        for customer_id, flag in find_rows(reading, "flags", ids):
            flags.setdefault(customer_id, set()).add(flag)
        contacts: dict[int, list[list[str]]] = {}
        for customer_id, *contact in find_rows(reading, "contacts", ids):
            contacts.setdefault(customer_id, []).append(contact)
        return _Known(customers, accounts, services, openings, flags, contacts)

    def _customer(
        self, staged: StagedCustomers, part: Slice, place: int, row: dict[str, Value], known: _Known
    ) -> tuple[int, int]:
        no = row["customer_no"]
        old = known.customers.get(no)
        before = old[2:10] if old is not None else _CUSTOMER_BLANK
        values = [row[name] if name in row else before[at] for at, name in enumerate(_CUSTOMER)]
        is_person = values[1] == "person"
        values[2] = values[2] or ("resident" if is_person else "other")
        values[3] = values[3] or (("resident_id" if is_person else "uscc") if values[4] else None)
        new = self._new["customers"]
        if old is None and no not in new:
            new[no] = next(self._ids["customers"])
            self._completeness.created(part, place)
        customer_id: int = new[no] if old is None else old[0]
        record = (customer_id, no, *values)
        flags, contacts = self._flags(row, known, customer_id), self._contacts(row, known, customer_id)
        is_changed = record != old or flags is not None or contacts is not None
        change = NEW if old is None else CHANGED if is_changed else UNCHANGED
        staged.customers.add(place, (part.rows[place], str(no), change, *record, flags, contacts))
        return customer_id, change

    def _flags(self, row: dict[str, Value], known: _Known, customer_id: int) -> str | None:
        """The customer's marks where they are other than before; what the map does not name stays."""
        if "flags" not in row:
            return None
        flags = set(str(row["flags"] or "").split())
        return None if flags == known.flags.get(customer_id, set()) else json.dumps(sorted(flags))

    def _contacts(self, row: dict[str, Value], known: _Known, customer_id: int) -> str | None:
        """The customer's contacts where they are other than before; those of a kind that the map does not name stay."""
        before = known.contacts.get(customer_id, [])
        contacts = contacts_after(row, before)
        return None if contacts in (None, before) else _json(contacts)

    def _account(
        self,
        staged: StagedCustomers,
        part: Slice,
        place: int,
        row: dict[str, Value],
        customer_id: int,
        known: _Known,
    ) -> tuple[int, int]:
        no = row["account_no"]
        old = known.accounts.get(no)
        address, facts, contract_no, area = old[3:7] if old is not None else ("", "{}", None, None)
        if part.free:
            before = json.loads(facts) if old is not None else {}
            after = {name: value for name, value in before.items() if name not in part.free}
            after |= {name: str(column[place]) for name, column in part.free.items() if column[place]}
            facts = facts if after == before else _json(after)
        new = self._new["accounts"]
        if old is None and no not in new:
            new[no] = next(self._ids["accounts"])
        account_id: int = new[no] if old is None else old[0]
        record = (
            account_id,
            no,
            customer_id,
            row.get("address", address) or "",
            facts,
            row.get("contract_no", contract_no),
            row.get("area", area),
        )
        change = NEW if old is None else CHANGED if record != old else UNCHANGED
        staged.accounts.add(place, (part.rows[place], str(no), change, *record))
        return account_id, change

    def _service(
        self, staged: StagedCustomers, part: Slice, place: int, row: dict[str, Value], account_id: int, known: _Known
    ) -> int:
        kind = str(row.get("service_kind") or self._service_kind)
        number = str(row.get("service_number") or row["account_no"])
        old = known.services.get((kind, number))
        plan, state, since_on, reason, meter_no = old[4:9] if old is not None else ("", "active", None, "", None)
        new_state = row.get("state", state)
        if row.get("state_since_on"):
            since_on = row["state_since_on"]
        elif new_state != state or since_on is None:
            since_on = self._today.isoformat()
        record = (
            next(self._ids["services"]) if old is None else old[0],
            account_id,
            kind,
            number,
            row.get("plan", plan) or "",
            new_state,
            since_on,
            row.get("state_reason", reason) or "",
            row.get("meter_no", meter_no),
        )
        change = NEW if old is None else CHANGED if record != old else UNCHANGED
        staged.services.add(place, (part.rows[place], f"{kind} {number}", change, *record))
        return change

    def _disagree(self, part: Slice, staged: Staged, taken: Iterable[Taken], name: str) -> None:
        for again in taken:
            if not again.is_same:
                place = staged.places[again.place]
                self._slicer.fault(part, place, name, "disagrees", f"row {again.earlier_row}")

    def _twice(self, part: Slice, staged: Staged, taken: Iterable[Taken], name: str) -> None:
        for again in taken:
            place = staged.places[again.place]
            if place not in part.bad:
                self._slicer.fault(part, place, name, "twice", f"row {again.earlier_row}")


def is_wrong(
    slicer: Slicer, part: Slice, place: int, row: Mapping[str, Value], *, states: Collection[str], today: date
) -> bool:
    """Whether a row cannot be taken, whoever holds the hall's data; what is wrong is told to the slicer."""
    state = row.get("state")
    if state is not None and state not in states:
        slicer.fault(part, place, "state", "not_one_of", ", ".join(states))
    if row.get("service_number") and not row.get("account_no"):
        slicer.fault(part, place, "account_no", "blank", "an account for the service")
    elif has_opening(row) and not row.get("account_no"):
        slicer.fault(part, place, "account_no", "blank", "an account for the prepaid")
    number = row.get("id_number")
    if isinstance(number, str):
        is_firm = row.get("kind") == "organisation"
        check = check_uscc(number) if is_firm else check_resident_id(number, today)
        if not check.is_valid and row.get("id_kind") in (None, "resident_id", "uscc"):
            slicer.warn(part, place, "id_number", "id_number_doubtful", check.fails)
    return place in part.bad


def contacts_after(row: Mapping[str, Value], before: list[list[str]]) -> list[list[str]] | None:
    """A customer's contacts after a row; those of a kind that it does not name stay. None where it names none."""
    named = [kind for kind in _CONTACTS if kind in row or ("phone" in row and kind != "mail")]
    if not named:
        return None
    person = str(row.get("contact_person") or "")
    found = [(kind, str(row[kind])) for kind in named if row.get(kind)]
    if row.get("phone"):
        found += phones_in(str(row["phone"]))
    contacts = [[kind, value, person] for kind, value in dict.fromkeys(found)]
    return contacts + [contact for contact in before if contact[0] not in named]


def phones_in(text: str) -> list[tuple[str, str]]:
    """The numbers of a cell that has one or several of either kind: (mobile or landline, number)."""
    numbers = filter(None, map(str.strip, _PARTED.split(text)))
    return [("mobile" if _MOBILE.fullmatch(phone_key(number)) else "landline", number) for number in numbers]


def _texts(part: Slice, name: str) -> set[str]:
    return {str(value) for value in part.values.get(name, ()) if value}


def _stronger(one: int, other: int) -> int:
    """New says more than changed, changed more than unchanged."""
    return NEW if NEW in (one, other) else max(one, other)
