"""Master data into the hub: compared by natural keys, new ids given here, and only what changed goes to the feed."""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import Connection, delete

from counter_app.domain.id_ranges import RANGE
from counter_app.hub import disputes, guests, topups
from counter_app.hub import tables as t
from counter_app.hub.applying import REDRIVEN, clear_suspense, redrive
from counter_app.hub.batch import Batch
from counter_app.hub.calls import json_text
from counter_app.hub.credits import frozen_of, give_credit, last_paid
from counter_app.hub.master_kinds import FIND_KEYS, KINDS, BadRow, Body, MasterKind, check_body
from counter_app.hub.payments import apply_settlement, put_settlement, too_much_of
from counter_app.hub.rows import BILLS, BOOKS, SETTLEMENTS, BillSum, BookSum, MasterRow, Settlement
from counter_app.hub.slate import Ground, Slate
from counter_app.hub.sql import find, put
from counter_app.sync.wire import ROW_KEYS

CHUNK = 2000
"""Rows that one call takes at most: the hall's feed is held meanwhile, and its counters wait."""


@dataclass
class Taken:
    """What became of the rows; `faults` are those that were left out: (place among the rows, why, which key)."""

    new: int = 0
    changed: int = 0
    unchanged: int = 0
    faults: list[tuple[int, str, str]] = field(default_factory=list)


def take(
    connection: Connection,
    hall_id: str,
    at: str,
    rows: Sequence[tuple[str, Body]],
    *,
    is_offer: bool = False,
    generation: str = "",
) -> Taken:
    """Take rows (kind, body); a body may leave out what stays as it is.

    A row of a file names what it hangs on by that one's key (`customer_no`, `account_no`, `bill_no`). The offer of a
    hall that worked alone has ids, which stay: its journal speaks of them. The offer is told to nobody through the feed
    unless the hall has other devices: whoever comes later takes a snapshot. `generation` is the hub's history, as far
    as it is known.
    """
    found = guests.everywhere(connection, hall_id)
    ends, known = guests.hold(connection, hall_id, lambda: guests.everywhere(connection, hall_id), found)
    slate = Slate(Ground(connection, ends, known, at=at))
    taking = _Taking(connection, hall_id, at, slate, is_offer=is_offer)
    taking.generation = generation
    groups: defaultdict[str, list[tuple[int, Body]]] = defaultdict(list)
    for place, (kind, body) in enumerate(rows):
        groups[kind].append((place, body))
    for of in KINDS.values():
        if groups[of.kind]:
            taking.take(of, groups[of.kind])
    if groups["settlement"]:
        taking.settle(groups["settlement"])
    if groups["topup"]:
        taking.top_up(groups["topup"])
    for name in sorted(groups.keys() - KINDS.keys() - {"settlement", "topup"}):
        taking.taken.faults += [(place, "unknown_kind", name) for place, _ in groups[name]]
    if is_offer and not _has_others(connection, hall_id):
        slate.told = [told for told in slate.told if told[1] == "task"]
    clear_suspense(slate, Batch(hall_id, at, {}), bills=taking.fresh["bill"], books_=taking.fresh["book"])
    guests.mirror(slate)
    taking.write()
    slate.write()
    lacked: list[tuple[str, ...]] = [("unknown_staff", "no_right")] if groups["staff"] else []
    lacked += [("unknown_service",)] if groups["service"] else []
    lacked += [(disputes.UNKNOWN_BILL,)] if groups["bill"] else []
    for reasons in lacked:
        while redrive(connection, hall_id, at, reasons=reasons) == REDRIVEN:
            pass
    return taking.taken


class _Taking:
    """One call: what is known of the rows so far, and what is to be written."""

    def __init__(self, connection: Connection, hall_id: str, at: str, slate: Slate, *, is_offer: bool) -> None:
        self.connection, self.hall_id, self.at, self.slate, self.is_offer = connection, hall_id, at, slate, is_offer
        self.taken, self.generation = Taken(), ""
        self.fresh: defaultdict[str, list[int]] = defaultdict(list)
        self._known: dict[tuple[str, str], MasterRow] = {}
        self._plain: list[MasterRow] = []
        self._roles: list[tuple[str, str, int, str, str]] = []
        self._passwords: list[tuple[str, str, int, str, str]] = []
        self._terms: list[tuple[str, str, str, int]] = []
        self._old_terms: list[tuple[str, str, int]] = []

    def take(self, kind: MasterKind, rows: Sequence[tuple[int, Body]]) -> None:
        """Take the rows of one kind."""
        if kind.kind == "book":
            rows = self._with_book_keys(rows)
        parents = self._parents(kind, rows)
        keyed: list[tuple[int, str, Body]] = []
        for place, body in rows:
            try:
                keyed.append((place, self._key_of(kind, body), body))
            except BadRow as error:
                self.taken.faults.append((place, error.why, error.key))
        self._look_up(kind.kind, [key for _, key, _ in keyed])
        for place, key, body in keyed:
            parent = None
            if kind.parent is not None:
                parent = parents.get(body.get(f"{kind.parent}_id" if self.is_offer else kind.parent_key))
                if parent is None:
                    name = body.get(f"{kind.parent}_id" if self.is_offer else kind.parent_key)
                    self.taken.faults.append((place, f"unknown_{kind.parent}", str(name)))
                    continue
            try:
                self._one(kind, key, body, parent)
            except BadRow as error:
                self.taken.faults.append((place, error.why, error.key))

    def settle(self, rows: Sequence[tuple[int, Body]]) -> None:
        """Settlements of other channels; those of counters come with their journals."""
        wanted = [(place, body) for place, body in rows if body.get("source") != "counter"]
        self.taken.unchanged += len(rows) - len(wanted)
        if not self.is_offer:
            self._look_up("bill", [str(body.get("bill_no")) for _, body in wanted])
        ids = {place: self._bill_of(body) for place, body in wanted}
        self.slate.ground.load(BILLS, self.hall_id, sorted({bill_id for bill_id in ids.values() if bill_id}))
        self.slate.ground.load(SETTLEMENTS, self.hall_id, [body["settlement_id"] for _, body in wanted])
        for place, body in wanted:
            bill_id = ids[place]
            bill = self.slate.find(BILLS, self.hall_id, bill_id) if bill_id else None
            if bill is None:
                self.taken.faults.append((place, "unknown_bill", str(body.get("bill_no"))))
            elif self.slate.find(SETTLEMENTS, self.hall_id, body["settlement_id"]) is not None:
                self.taken.unchanged += 1
            else:
                self.taken.new += 1
                apply_settlement(self.slate, self.at, bill, self._settlement(bill, body))

    def top_up(self, rows: Sequence[tuple[int, Body]]) -> None:
        """What other channels took as prepaid money."""
        self._look_up("account", [str(body.get("account_no")) for _, body in rows])
        accounts = {key: row for (of, key), row in self._known.items() if of == "account"}
        new, unchanged, faults = topups.take(self.slate, self.hall_id, rows, accounts)
        self.taken.new += new
        self.taken.unchanged += unchanged
        self.taken.faults += faults

    def write(self) -> None:
        """Write what the slate does not: rows without ids, roles, and the words to be found by."""
        put(self.connection, t.master_rows, self._plain, "replace")
        put(self.connection, t.staff_history, list(dict.fromkeys(self._roles)), "once")
        put(self.connection, t.password_changes, list({row[:2]: row for row in self._passwords}.values()), "replace")
        keys = t.find_keys.c
        for kind, term, customer_id in self._old_terms:
            self.connection.execute(
                delete(t.find_keys).where(
                    keys.hall_id == self.hall_id,
                    keys.kind == kind,
                    keys.term == term,
                    keys.customer_id == customer_id,
                )
            )
        put(self.connection, t.find_keys, list(dict.fromkeys(self._terms)), "once")

    def _key_of(self, kind: MasterKind, body: Body) -> str:
        if kind.kind == "book":
            return f"id:{body['id']}" if self.is_offer else str(body["key"])
        return kind.key_of(body)

    def _parents(self, kind: MasterKind, rows: Sequence[tuple[int, Body]]) -> dict[Any, MasterRow]:
        """What the rows hang on, by the key or by the id that they name."""
        if kind.parent is None:
            return {}
        if not self.is_offer:
            names = [str(body.get(kind.parent_key)) for _, body in rows]
            self._look_up(kind.parent, names)
            return {key: row for (of, key), row in self._known.items() if of == kind.parent}
        ids = sorted({body.get(f"{kind.parent}_id") or 0 for _, body in rows})
        found = find(self.connection, t.master_rows, "id", ids, hall_id=self.hall_id, kind=kind.parent)
        by_id: dict[Any, MasterRow] = {row.id: row for row in (MasterRow(*kept) for kept in found)}
        by_id.update({row.id: row for (of, _), row in self._known.items() if of == kind.parent})
        return by_id

    def _look_up(self, kind: str, keys: Sequence[str]) -> None:
        missing = sorted({key for key in keys if (kind, key) not in self._known})
        for row in find(self.connection, t.master_rows, "key", missing, hall_id=self.hall_id, kind=kind):
            self._known[kind, row[2]] = MasterRow(*row)

    def _one(self, kind: MasterKind, key: str, given: Body, parent: MasterRow | None) -> None:
        old = self._known.get((kind.kind, key))
        before: Mapping[str, Any] = (
            json.loads(old.body) if old else {**dict.fromkeys(ROW_KEYS[kind.kind]), **(kind.blank or {})}
        )
        body = {name: given.get(name, before.get(name)) for name in ROW_KEYS[kind.kind]}
        if parent is not None:
            body[f"{kind.parent}_id"] = parent.id
        if kind.kind == "bill" and not self.is_offer and given.get("service_number"):
            body["service_id"] = self._service_of(given)
        if kind.has_id:
            body["id"] = old.id if old is not None else given.get("id") if self.is_offer else 1
        check_body(body, key)
        if kind.has_id and old is None:
            body["id"] = self._id_of(body["id"])
        text = json_text(body)
        if old is not None and old.body == text:
            self.taken.unchanged += 1
            return
        if old is None:
            self.taken.new += 1
        else:
            self.taken.changed += 1
        owner = body["id"] if kind.kind == "customer" else parent.customer_id if parent else None
        row = MasterRow(self.hall_id, kind.kind, key, body.get("id") if kind.has_id else None, owner, text)
        self._known[kind.kind, key] = row
        self.slate.tell(self.hall_id, kind.kind, text)
        if kind.has_id:
            self.slate.put_master(row)
        else:
            self._plain.append(row)
        self._beside(kind.kind, row, body, None if old is None else before)

    def _id_of(self, offered: int) -> int:
        ground = self.slate.ground
        if not self.is_offer:
            return ground.next_id(self.hall_id)
        if offered < RANGE:
            # an id above is of a counter's own range, from a hub that the hall had before: no id of ours follows it
            end = ground.ends[self.hall_id]
            ground.ends[self.hall_id] = end._replace(last_id=max(end.last_id, offered))
        return offered

    def _beside(self, kind: str, row: MasterRow, body: Mapping[str, Any], before: Mapping[str, Any] | None) -> None:
        """What hangs on a row at the hub: sums of bills and books, roles of staff, words to be found by."""
        if kind == "bill":
            self._bill(row, body, is_new=before is None)
        elif kind == "book" and before is None:
            assert row.id is not None, "a book has an id"
            made = BookSum(self.hall_id, row.id, body["account_id"], body["opening_fen"], 0)
            self.slate.put(BOOKS, made)
            self.fresh["book"].append(row.id)
        elif kind == "staff":
            self._person(body, before)
        for sort, name in FIND_KEYS.get(kind, ()):
            term, old_term = body[name], before[name] if before else None
            if term != old_term and row.customer_id is not None:
                if old_term:
                    self._old_terms.append((sort, old_term, row.customer_id))
                if term:
                    self._terms.append((self.hall_id, sort, term, row.customer_id))

    def _person(self, body: Mapping[str, Any], before: Mapping[str, Any] | None) -> None:
        # rows of this hall that were told before this one, and this one itself
        told = 0 if self.is_offer else self._told()
        n = self.slate.ground.ends[self.hall_id].n + told
        if before is None or (before["role"], before["state"]) != (body["role"], body["state"]):
            self._roles.append(
                (self.hall_id, body["staff_no"], 0 if before is None else n, body["role"], body["state"])
            )
        if body["verifier"] and (before is None or before["verifier"] != body["verifier"]):
            self._passwords.append((self.hall_id, body["staff_no"], n, "", self.generation))

    def _bill(self, row: MasterRow, body: Mapping[str, Any], *, is_new: bool) -> None:
        assert row.id is not None, "a bill has an id"
        if is_new:
            made = (
                row.id,
                body["bill_no"],
                body["account_id"],
                row.customer_id,
                body["principal_fen"],
                body["cost_fen"],
            )
            self.slate.put(BILLS, BillSum(self.hall_id, *made, 0, 0, 0))
            self.fresh["bill"].append(row.id)
            return
        held = self.slate.need(BILLS, self.hall_id, row.id)
        now = held._replace(
            account_id=body["account_id"],
            customer_id=row.customer_id,
            principal_fen=body["principal_fen"],
            cost_fen=body["cost_fen"],
        )
        self.slate.put(BILLS, now)
        now = disputes.made_smaller(self.slate, now, held.principal_fen - now.principal_fen)
        frozen_fen = frozen_of(self.slate, now) if now.settled_principal_fen > now.principal_fen else 0
        name = f"{body['bill_no']}:{self.slate.ground.ends[self.hall_id].n + self._told()}"
        too_much = too_much_of(now, name, self.at[:10], frozen_fen=frozen_fen)
        if too_much is not None:
            # a bill made smaller than what was paid of it: the rest is the customer's
            paid = last_paid(self.slate, now) or too_much
            too_much = too_much._replace(counter_id=paid.counter_id, entry_id=paid.entry_id)
            put_settlement(self.slate, too_much)
            give_credit(self.slate, self.at, now, paid, too_much, is_changed=True)
            self.slate.put(
                BILLS,
                now._replace(
                    settled_principal_fen=now.settled_principal_fen + too_much.principal_fen,
                    settled_cost_fen=now.settled_cost_fen + too_much.cost_fen,
                ),
            )

    def _told(self) -> int:
        return sum(hall_id == self.hall_id for hall_id, _, _ in self.slate.told)

    def _with_book_keys(self, rows: Sequence[tuple[int, Body]]) -> Sequence[tuple[int, Body]]:
        """A file speaks of an account's prepaid by its kind: what it says is the sum of what the account's books of
        this kind opened with, as at a counter. One that is not there opens; afterwards no file changes it.
        """
        if self.is_offer:
            return rows
        self._look_up("account", [str(body.get("account_no")) for _, body in rows])
        accounts = {key: row for (of, key), row in self._known.items() if of == "account"}
        openings = self._openings([row.id for row in accounts.values() if row.id is not None])
        made: list[tuple[int, Body]] = []
        for place, body in rows:
            account = accounts.get(str(body.get("account_no")))
            kind = str(body.get("kind"))
            held = openings.get((account.id, kind)) if account is not None else None
            if held is None:
                made.append((place, {**body, "key": f"{body.get('account_no')}:{kind}"}))
                if account is not None:
                    openings[account.id, kind] = body.get("opening_fen")
            elif held == body.get("opening_fen"):
                self.taken.unchanged += 1
            else:
                self.taken.faults.append((place, "opening_fixed", str(body.get("account_no"))))
        return made

    def _openings(self, account_ids: Sequence[int]) -> dict[tuple[int | None, str], Any]:
        """What the books of these accounts opened with, by account and kind; those that a counter opened had nothing
        to open with, and say nothing of what a file may bring.
        """
        books = find(self.connection, t.book_sums, "account_id", account_ids, hall_id=self.hall_id)
        held = find(self.connection, t.master_rows, "id", [row[1] for row in books], hall_id=self.hall_id, kind="book")
        openings: dict[tuple[int | None, str], Any] = {}
        for row in (MasterRow(*kept) for kept in held):
            body = json.loads(row.body)
            if body["opening_source"] != "counter":
                of = (body["account_id"], body["kind"])
                openings[of] = openings.get(of, 0) + body["opening_fen"]
        return openings

    def _service_of(self, given: Body) -> int | None:
        key = f"{given.get('service_kind')}:{given['service_number']}"
        self._look_up("service", [key])
        found = self._known.get(("service", key))
        return found.id if found else None

    def _bill_of(self, body: Body) -> int | None:
        if self.is_offer:
            return int(body["bill_id"])
        found = self._known.get(("bill", str(body.get("bill_no"))))
        return found.id if found else None

    def _settlement(self, bill: BillSum, body: Body) -> Settlement:
        fen = (body["principal_fen"], body.get("late_fee_fen", 0), body.get("cost_fen", 0))
        channel = body.get("channel") or "other"
        return Settlement(
            self.hall_id, body["settlement_id"], bill.bill_id, body["settled_on"], *fen, "import", channel, "", None
        )


def _has_others(connection: Connection, hall_id: str) -> bool:
    return len(connection.execute(t.devices.select().where(t.devices.c.hall_id == hall_id).limit(2)).all()) > 1
