"""Bills and settlements of a file, compared with the hall's and staged."""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass, field
from functools import lru_cache
from itertools import count

from counter_app.domain.imports_map import ImportMap
from counter_app.domain.imports_values import Value, day_in
from counter_app.domain.money import format_fen
from counter_app.services.imports_slices import Slice, Slicer
from counter_app.storage.imports import CHANGED, NEW, UNCHANGED, Taken, find_rows, last_id, stage
from counter_app.storage.seals import SETTLEMENTS, Seal
from counter_app.storage.sql import Reading, Row, Writing

ITEM = "费用"
"""The one item of a bill whose file names none."""


@dataclass(slots=True)
class Staged:
    """The records of one slice, ready to be staged; `places` are their places in the slice."""

    records: list[Row] = field(default_factory=list)
    places: list[int] = field(default_factory=list)

    def add(self, place: int, record: Row) -> None:
        """One more record."""
        self.places.append(place)
        self.records.append(record)


class Bills:
    """Takes bills: a new number is a new bill, a known one is compared and may change."""

    stages = ("bills",)

    def __init__(self, reading: Reading, of: ImportMap, slicer: Slicer) -> None:
        self.seal: Seal | None = None
        last = last_id(reading, "bills")
        self._ids = count(last + 1)
        self._is_empty = last == 0
        self._map = of
        self._slicer = slicer
        self.counts = [0, 0, 0]

    def prepare(self, reading: Reading, part: Slice) -> Staged:
        """The slice's bills with what is to become of each."""
        account_nos = part.values["account_no"]
        accounts: dict[Value, int] = dict(find_rows(reading, "account_ids", {str(no) for no in account_nos if no}))
        bill_nos = self._bill_nos(part)
        services = self._services(reading, part, accounts)
        items = self._items(part)
        known: dict[str, Row] = {}
        known_items: dict[int, list[list[Value]]] = {}
        if not self._is_empty:
            known = {row[0]: row[1:] for row in find_rows(reading, "bills", bill_nos)}
            for bill_id, item, fen in find_rows(reading, "items", [row[0] for row in known.values()]):
                known_items.setdefault(bill_id, []).append([item, fen])
        staged = Staged()
        add_place, add_record, rows, ids = staged.places.append, staged.records.append, part.rows, self._ids
        # `_columns` may find more that is wrong, so the places come after it
        for place, values in enumerate(zip(*self._columns(part, items), strict=True)):
            if place in part.bad:
                continue
            account_id = accounts.get(account_nos[place])
            if account_id is None:
                self._slicer.fault(part, place, "account_no", "unknown_account")
                continue
            if services is not None and services[place] == 0:
                self._slicer.fault(part, place, "service_number", "unknown_service")
                continue
            bill_no, service_id = bill_nos[place], services[place] if services else None
            old, own = known.get(bill_no), items[place]
            *plain, item = values
            add_place(place)
            if old is None:
                # a new bill is put down in one step: a first import has a million of them
                hanging = _new_items(own, values[_PRINCIPAL_AT], item)
                add_record((rows[place], bill_no, NEW, next(ids), bill_no, account_id, service_id, *plain, hanging))
                continue
            record = self._record(old, bill_no, account_id, service_id, plain)
            hanging = _changed_items(old, record, own, known_items, str(item or ITEM))
            change = CHANGED if record != old or hanging else UNCHANGED
            add_record((rows[place], bill_no, change, *record, hanging))
        return staged

    def stage(self, work: Writing, part: Slice, staged: Staged) -> None:
        """Put the records aside and name those that stand in the file twice."""
        taken = stage(work, "bills", staged.records)
        report_twice(self._slicer, part, staged, taken, "bill_no" if "bill_no" in self._map.recipes else "account_no")
        count_changes(self.counts, staged, taken)

    def _bill_nos(self, part: Slice) -> list[str]:
        nos = part.values.get("bill_no")
        accounts, months = part.values["account_no"], part.values["month"]
        if nos is None:
            return [f"{account}-{month}" for account, month in zip(accounts, months, strict=True)]
        return [str(no) if no else f"{a}-{m}" for no, a, m in zip(nos, accounts, months, strict=True)]

    def _services(self, reading: Reading, part: Slice, accounts: dict[Value, int]) -> list[int | None] | None:
        """The service of each row, 0 where the account has none of that number; None when the file names none."""
        numbers = part.values.get("service_number")
        if numbers is None:
            return None
        rows = find_rows(reading, "account_services", accounts.values())
        known = {(account_id, number): service_id for account_id, number, service_id in rows}
        found: list[int | None] = []
        for number, account_no in zip(numbers, part.values["account_no"], strict=True):
            key = (accounts.get(account_no, 0), str(number))
            found.append(known.get(key, 0) if number else None)
        return found

    def _items(self, part: Slice) -> list[list[list[Value]] | None]:
        """The items of each bill as the file gives them; a bill without has its principal as its one item."""
        if not part.free:
            return [None] * len(part)
        names = list(part.free)
        rows = zip(*part.free.values(), strict=True)
        return [[[name, fen] for name, fen in zip(names, row, strict=True) if fen] for row in rows]

    def _columns(self, part: Slice, items: list[list[list[Value]] | None]) -> tuple[list[Value], ...]:
        months = part.values["month"]
        first_days = {month: day_in(str(month), 1, 1) if month else None for month in set(months)}
        issued: list[Value] = [first_days[month] for month in months]
        given_days = part.values.get("issued_on", ())
        issued = [day or issued[place] for place, day in enumerate(given_days)] or issued
        principal = part.values.get("principal")
        if part.free:
            sums: list[Value] = [sum(int(fen or 0) for _, fen in parts or ()) for parts in items]
            for place, given in enumerate(principal or ()):
                if place not in part.bad and given != sums[place]:
                    expected, said = _yuan(sums[place]), _yuan(given)
                    self._slicer.fault(part, place, "principal", "sum_differs", expected, said)
            principal = sums
        assert principal is not None
        zero: list[Value] = [0] * len(part)
        none: list[Value] = [None] * len(part)
        get = part.values.get
        return (
            months,
            issued,
            part.values["due_on"],
            principal,
            get("cost", zero),
            get("accrual_start_on", none),
            get("accrual_stop_on", none),
            get("is_disputed", zero),
            get("is_late_fee_deferred", zero),
            get("item", none),
        )

    def _record(self, old: Row, bill_no: str, account_id: int, service_id: int | None, values: list[Value]) -> Row:
        """The known bill's row; what the map does not name stays as the hall has it."""
        record = [old[0], bill_no, account_id, service_id, *values]
        for name, at in _OPTIONAL:
            if name not in self._map.recipes:
                record[at] = old[at]
        return tuple(record)


def _new_items(items: list[list[Value]] | None, principal: Value, item: Value) -> str | None:
    """What hangs on a new bill."""
    if items is None:
        return f"[[{_quoted(str(item or ITEM))},{principal}]]" if principal else None
    return json.dumps(items, ensure_ascii=False) if items else None


def _changed_items(
    old: Row, record: Row, items: list[list[Value]] | None, known: dict[int, list[list[Value]]], item: str
) -> str | None:
    """What hangs on a known bill where it is other than before."""
    before = known.get(record[0])
    if items is None:
        if before and old[_PRINCIPAL] == record[_PRINCIPAL]:
            return None
        items = [[item, record[_PRINCIPAL]]] if record[_PRINCIPAL] else []
    return None if before == items or (not items and not before) else json.dumps(items, ensure_ascii=False)


@lru_cache(256)
def _quoted(item: str) -> str:
    # a file has a handful of them
    return json.dumps(item, ensure_ascii=False)


_PRINCIPAL = 7
_PRINCIPAL_AT = 3
"""The same among the columns of a slice."""
_OPTIONAL = (
    ("service_number", 3),
    ("issued_on", 5),
    ("cost", 8),
    ("accrual_start_on", 9),
    ("accrual_stop_on", 10),
    ("is_disputed", 11),
    ("is_late_fee_deferred", 12),
)
"""Fields that a map may leave out, and where their column stands in a bill's row."""


class Settlements:
    """Takes settlements: a set keyed by id; the same id with the same content is the same settlement."""

    stages = ("settlements",)

    def __init__(self, of: ImportMap, slicer: Slicer) -> None:
        self.seal = Seal(SETTLEMENTS)
        self._map = of
        self._slicer = slicer
        self._key = next(name for name in ("settlement_id", "bill_no", "account_no") if name in of.recipes)
        self.counts = [0, 0, 0]

    def prepare(self, reading: Reading, part: Slice) -> Staged:
        """The slice's settlements that the hall does not hold yet, and those that it does."""
        bills = self._bills(reading, part)
        zero: list[Value] = [0] * len(part)
        blank: list[Value] = [""] * len(part)
        get = part.values.get
        columns = (
            part.values["settled_on"],
            part.values["principal"],
            get("late_fee", zero),
            get("cost", zero),
            get("channel", ["import"] * len(part)),
        )
        references = get("reference", blank)
        ids = list(map(str, get("settlement_id", blank)))
        for place, given in enumerate(ids):
            if not given and place not in part.bad:
                ids[place] = settlement_id(
                    str(columns[4][place]),
                    str(references[place]),
                    bills[place][1],
                    *(c[place] for c in columns[:4]),
                )
        known = {row[0]: row[1:] for row in find_rows(reading, "settlements", ids)}
        staged = Staged()
        for place in range(len(part)):
            if place in part.bad:
                continue
            bill_id = bills[place][0]
            values = tuple(column[place] for column in columns)
            old = known.get(ids[place])
            if old is not None and not _is_same(old, bill_id, values):
                held = f"{old[3]}, {' + '.join(map(_yuan, old[4:7]))}, {old[8]}"
                self._slicer.fault(part, place, self._key, "other_content", held, ids[place])
                continue
            change = NEW if old is None else UNCHANGED
            # the row's id and its entry come with the commit
            record = (None, ids[place], bill_id, *values[:4], "import", values[4], None)
            staged.add(place, (part.rows[place], ids[place], change, *record))
        return staged

    def _bills(self, reading: Reading, part: Slice) -> list[tuple[int, str]]:
        """Id and number of each row's bill, by its number or by account and month; what is not one bill is a fault."""
        blank: list[Value] = [""] * len(part)
        bill_nos, account_nos, months = (part.values.get(name, blank) for name in ("bill_no", "account_no", "month"))
        known: dict[Value, int] = dict(find_rows(reading, "bill_ids", {str(no) for no in bill_nos if no}))
        wanted = {
            (str(account), str(month))
            for no, account, month in zip(bill_nos, account_nos, months, strict=True)
            if account and month and not no
        }
        of_months: dict[tuple[Value, Value], list[tuple[int, str]]] = {}
        for account, month, bill_id, bill_no in find_rows(reading, "bills_of_months", wanted) if wanted else ():
            of_months.setdefault((account, month), []).append((bill_id, bill_no))
        unsure = {account for account, month in wanted if (account, month) not in of_months}
        accounts = {row[0] for row in find_rows(reading, "account_ids", unsure)} if unsure else set()
        found = [(0, "")] * len(part)
        for place, (no, account, month) in enumerate(zip(bill_nos, account_nos, months, strict=True)):
            if place in part.bad:
                continue
            held = of_months.get((account, month), ())
            if no and no in known:
                found[place] = (known[no], str(no))
            elif no:
                self._slicer.fault(part, place, "bill_no", "unknown_bill")
            elif not account or not month:
                self._slicer.fault(part, place, self._blank(account), "blank", "a value")
            elif len(held) == 1:
                found[place] = held[0]
            elif held:
                self._slicer.fault(part, place, "month", "several_bills", ", ".join(number for _, number in held))
            elif account in accounts:
                self._slicer.fault(part, place, "month", "no_bill_of_month", f"{account} {month}")
            else:
                self._slicer.fault(part, place, "account_no", "unknown_account")
        return found

    def _blank(self, account: Value) -> str:
        """The field whose cell has to be filled."""
        if "account_no" not in self._map.recipes:
            return "bill_no"
        return "month" if account else "account_no"

    def stage(self, work: Writing, part: Slice, staged: Staged) -> None:
        """Put the records aside and name those that stand in the file twice."""
        taken = stage(work, "settlements", staged.records)
        report_twice(self._slicer, part, staged, taken, self._key)
        seal_new(self.seal, staged, taken)
        count_changes(self.counts, staged, taken)


def settlement_id(channel: str, reference: str, bill_no: str, *content: Value) -> str:
    """The id of a settlement whose file gives none, the same each time the same settlement is read."""
    text = "\n".join((channel, reference, bill_no, *map(str, content)))
    return f"import-{hashlib.sha256(text.encode('utf-8', 'surrogatepass')).hexdigest()[:32]}"


def report_twice(slicer: Slicer, part: Slice, staged: Staged, taken: list[Taken], name: str) -> None:
    """Name both rows of every key that the file has twice."""
    for again in taken:
        place = staged.places[again.place]
        key = staged.records[again.place][1]
        slicer.fault(part, place, name, "twice", f"row {again.earlier_row}", key)


def count_changes(counts: list[int], staged: Staged, taken: list[Taken]) -> None:
    """Count what becomes of the records, those that stand there twice left out."""
    for record in staged.records:
        counts[record[2]] += 1
    for again in taken:
        counts[staged.records[again.place][2]] -= 1


def seal_new(seal: Seal, staged: Staged, taken: list[Taken]) -> None:
    """Put the new records under the seal of the entry that will bring them."""
    out = {again.place for again in taken}
    for place, record in enumerate(staged.records):
        if record[2] == NEW and place not in out:
            seal.add(record[_FIRST_SEALED:-1])


_FIRST_SEALED = 4
"""Of a staged record: behind row, key, change and id."""


def _yuan(fen: Value) -> str:
    return format_fen(int(fen or 0), grouping=False)


def _is_same(old: Row, bill_id: int, values: tuple[Value, ...]) -> bool:
    """Whether a settlement held says the same; of one of our own the file may name another channel."""
    is_content = (old[2], *old[3:7]) == (bill_id, *values[:4])
    return is_content and (old[7] != "import" or old[8] == values[4])
