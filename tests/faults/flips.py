"""One flipped bit in a hall's file, thousands of times, every page in turn: found, without effect, or silent."""

from __future__ import annotations

import shutil
import sqlite3
import time
from collections import Counter
from collections.abc import Callable
from contextlib import closing
from dataclasses import dataclass, field
from pathlib import Path
from random import Random

from counter_app.clock import new_intent_id
from counter_app.domain.journal import Draft
from counter_app.domain.payments import Tender
from counter_app.services import hall as services
from counter_app.services import payments, receipts
from counter_app.storage.beside import data_key
from counter_app.storage.driver import find_driver
from counter_app.storage.hall import SYSTEM
from counter_app.storage.mark import MARK_NAME
from counter_app.storage.master_seals import KIND, master_seal
from counter_app.storage.store import FILE_NAME
from counter_app.storage.trouble import StoreTrouble
from counter_app.storage.verify import verify_folder
from tests import halls
from tests.faults import acts
from tests.faults.schema import schema_made_once
from tests.faults.teller import Ground, make_ground, open_ground

PAGE = 4096
BEGUN = "intents not recorded"
FROM_ABOVE = frozenset({"staff", "hall", "counters"})
"""Staff and settings: no entry holds their values, and in a plain file no page is sealed. The search tables, made anew
of the customers at need, belong to them."""

BESIDE_MONEY = frozenset(
    {"intents.begun_at", "intents.amount_fen", "books.opened_on", "print_jobs.state", "print_jobs.why"}
    | {"print_jobs.ended_at", "print_jobs.asked_at", "shifts.opened_at", "shifts.closed_at", "payments.taken_at"}
    | {"restore_orders.ordered_at", "devices.enrolled_at"}
    | {"services.state", "services.state_since_on", "services.state_reason"}
)
"""What the counter writes beside its entries, and no figure is made of: what became of a print, the state of a service,
and moments, which `verify` holds to the minute of their entry where there is one."""


@dataclass
class Flips:
    """How a campaign went; `silent` counts flips by the table and column whose values they changed unseen."""

    seed: int
    flips: int = 0
    pages: int = 0
    trees: int = 0
    found: int = 0
    without_effect: int = 0
    silent: Counter[str] = field(default_factory=Counter)
    places: list[str] = field(default_factory=list)
    seconds: float = 0.0

    @property
    def wrong(self) -> dict[str, int]:
        """Silent flips in the journal, and in rows of money and what they hang on."""
        return {name: count for name, count in self.silent.items() if not is_told_apart(name)}

    @property
    def silent_by_table(self) -> Counter[str]:
        """The silent ones by table."""
        tables = Counter[str]()
        for name, count in self.silent.items():
            tables[name.split(".")[0]] += count
        return tables

    def __str__(self) -> str:
        return f"seed {self.seed}: {self.flips} flips, silent {dict(self.silent)}\n" + "\n".join(self.places)


def campaign(
    folder: Path, *, flips: int, seed: int, is_demo: bool, look: Callable[[Path], bool] | None = None
) -> Flips:
    """Flip one bit at a time in the file of a hall that has seen a day; `look` stands in for `verify` in a control."""
    started = time.monotonic()
    ground = make_ground(folder / "hall", customers=3, is_demo=is_demo)
    a_day(ground)
    whole = values(ground.folder, key := data_key(ground.folder))
    data = (ground.folder / FILE_NAME).read_bytes()
    result = Flips(seed, pages=len(data) // PAGE, trees=len(set(trees(ground.folder / FILE_NAME)) if is_demo else ()))
    damaged = folder / "damaged"
    shutil.copytree(ground.folder, damaged)
    mark = (damaged / MARK_NAME).read_bytes()
    chance = Random(seed)
    for number in range(flips):
        at = place(data, number % result.pages, chance)
        changed = bytearray(data)
        changed[at] ^= 1 << chance.randrange(8)
        (damaged / FILE_NAME).write_bytes(changed)
        (damaged / MARK_NAME).write_bytes(mark)
        result.flips += 1
        if (look or is_found)(damaged):
            result.found += 1
            continue
        try:
            now = values(damaged, key)
        except (find_driver().module.Error, UnicodeDecodeError):  # a name in the schema, too, may be no text any more
            now = {("a file that cannot be read", 0): None}
        other = sorted({name for name, at in whole.keys() | now.keys() if whole.get((name, at)) != now.get((name, at))})
        if not other:  # a byte that nothing lies in
            result.without_effect += 1
            continue
        result.silent.update(other)
        result.places = [*result.places, f"byte {at}, page {at // PAGE + 1}: {', '.join(other)}"][:20]
    result.seconds = time.monotonic() - started
    return result


def is_told_apart(name: str) -> bool:
    """Whether a table's column is master data, or stands beside money. An intent that was never recorded is a note
    before any money: the answer about it is looked up in the journal.
    """
    table = name.split(".")[0]
    return table in FROM_ABOVE or table.startswith("search_") or name in BESIDE_MONEY or table == BEGUN


def values(folder: Path, key: bytes | None) -> dict[tuple[str, int], object]:
    """Every value of every table by its `table.column` and place; texts as bytes, for a flipped one may be none."""
    found: dict[tuple[str, int], object] = {}
    question = "SELECT name FROM sqlite_schema WHERE type = 'table' AND sql NOT LIKE '%VIRTUAL%'"
    with closing(find_driver().module.connect(str(folder / FILE_NAME), isolation_level=None)) as raw:
        if key is not None:
            raw.execute(f"PRAGMA key = \"x'{key.hex()}'\"")
        names = [row[0] for row in raw.execute(question).fetchall()]
        raw.text_factory = bytes
        for table in names:
            cursor = raw.execute(f"SELECT * FROM {table} ORDER BY 1, 2")
            columns = [column[0] for column in cursor.description]
            for at, row in enumerate(cursor.fetchall()):
                shown = BEGUN if table == "intents" and row[-1] is None else table
                found.update({(f"{shown}.{name}", at): value for name, value in zip(columns, row, strict=True)})
    return found


def place(data: bytes, page: int, chance: Random) -> int:
    """A byte of a page; of three flips two are where something lies, for most of a small file is empty space."""
    start = page * PAGE
    filled = [at for at in range(start, start + PAGE) if data[at]] if chance.random() < 2 / 3 else []
    return chance.choice(filled) if filled else start + chance.randrange(PAGE)


def is_found(folder: Path) -> bool:
    """Whether the damage is seen by `verify`, which opens the file as the program does."""
    with schema_made_once():
        try:
            return not verify_folder(folder).is_clean
        except StoreTrouble:
            return True


def opens(folder: Path) -> bool:
    """The planted defect: whoever only opens the file sees little."""
    try:
        open_ground(folder).close()
    except StoreTrouble:
        return True
    return False


def a_day(ground: Ground) -> None:
    """Payments, cash in and out, prints, an intent that nobody answered, a closed and an open shift; a plain file gets
    the seal over its master rows, as a demo hall has it.
    """
    hall = open_ground(ground.folder)
    for number, someone in enumerate(ground.customers):
        _, taken = halls.pay(hall, someone, halls.cash(500), is_change_stored=number == 1)
        receipts.order_print(hall, halls.teller(), taken.receipt_no, paper="a5", printer="pdf")
        services.seen(hall, new_intent_id())
    halls.pay(hall, ground.customers[1], Tender("card", 5_000, reference="6222"), is_change_stored=True)
    payments.begin(hall, halls.teller(), new_intent_id(), ground.customers[0].customer_id, 1)
    for decision, kind in enumerate((acts.CASH_IN, acts.CASH_OUT, acts.CLOSE, acts.OPEN)):
        acts.carry_out(hall, acts.decide_act(hall, Random(decision), kind=kind), decision, new_intent_id())
    if hall.hall.is_demo:
        with hall.writing() as work:
            body = {"tables": master_seal(work)}
            hall.journal.append(work, Draft(kind=KIND, body=body, staff_no=SYSTEM, business_date=halls.NOW.date()))
    hall.close()


def trees(path: Path) -> list[str]:
    """The tables and indices whose pages the plain file holds, where the library can tell."""
    try:
        with closing(sqlite3.connect(f"file:{path}?mode=ro&immutable=1", uri=True)) as raw:
            return [row[0] for row in raw.execute("SELECT DISTINCT name FROM dbstat").fetchall()]
    except sqlite3.Error:
        return []
