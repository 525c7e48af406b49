"""Automatic deductions against the entries that made them: row, bills and books to the fen, and more in the books."""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Iterator, Mapping
from typing import Any

from sqlalchemy import bindparam, or_, select

from counter_app.domain.deductions import CHANNEL, DEDUCT, deduction_no
from counter_app.storage import tables as t
from counter_app.storage.books import PREPAID
from counter_app.storage.journal import day
from counter_app.storage.sql import Reading, compiled
from counter_app.storage.tables_deductions import SINCE_VERSION, deductions
from counter_app.storage.trouble import Finding
from counter_app.storage.verify_rows import differences, tell
from counter_app.storage.verify_seals import file_version

_e, _d, _s = t.entries.c, deductions.c, t.settlements.c
_ENTRIES = compiled(
    select(_e.id, _e.epoch, _e.seq, _e.entry_id, _e.content).where(_e.kind == bindparam("kind")).order_by(_e.id)
)
_ROW = compiled(select(deductions).where(_d.deduction_id == bindparam("deduction")))
_NAMES = tuple(c.name for c in deductions.c)
_SETTLED = compiled(
    select(
        *(_s.settlement_id, _s.bill_id, _s.principal_fen, _s.late_fee_fen, _s.cost_fen),
        *(_s.settled_on, _s.source, _s.channel),
    )
    .where(_s.entry == bindparam("of_entry"))
    .order_by(_s.id)
)
_ALONE = compiled(
    select(_d.deduction_id, _e.kind)
    .select_from(deductions.outerjoin(t.entries, (_e.id == _d.entry) & (_e.entry_id == _d.deduction_id)))
    .where(or_(_e.kind.is_(None), _e.kind != bindparam("kind")))
)


def deducted(reading: Reading) -> Iterator[Finding]:
    """Every deduction has its row, settled what its entry says and took that out of the books, which held more; no row
    stands alone.
    """
    if file_version(reading) < SINCE_VERSION:
        return
    for rows in reading.stream(_ENTRIES, {"kind": DEDUCT}):
        for entry, epoch, seq, entry_id, text in rows:
            yield from _deduction(reading, f"entries epoch {epoch} seq {seq} ({entry_id})", entry, json.loads(text))
    for rows in reading.stream(_ALONE, {"kind": DEDUCT}):
        for key, found in rows:
            yield Finding("row without its entry", f"deductions ({key})", f"an entry of kind {DEDUCT}", tell(found))


def _deduction(reading: Reading, where: str, entry: int, content: Mapping[str, Any]) -> Iterator[Finding]:
    body, on = content["body"], content["business_date"]
    row = reading.one(_ROW, {"deduction": content["entry_id"]})
    if row is None:
        yield Finding("row missing", f"{where} deductions", content["entry_id"], "nothing")
    else:
        expected = {name: body[name] for name in ("batch_on", "account_id", "settled_fen", "balance_fen")}
        expected |= {name: content[name] for name in ("customer_id", "staff_no", "business_date")}
        batch_on = day(body["batch_on"])
        number = deduction_no(batch_on, body["account_no"]) if batch_on else body["receipt_no"]
        expected |= {"entry": entry, "deduction_no": number}
        yield from differences(f"{where} deductions", expected, dict(zip(_NAMES, row, strict=True)))
    said = [(*part, on, "counter", CHANNEL) for part in body["settlements"]]
    found = reading.rows(_SETTLED, {"of_entry": entry})
    if said != found:
        yield Finding("settlement", f"{where} settlements", tell(said), tell(found))
    yield from _posted(where, content)


def _posted(where: str, content: Mapping[str, Any]) -> Iterator[Finding]:
    """What the bills got is what the books gave, and was less than they held (000-3: equal is not greater)."""
    body, expected = content["body"], defaultdict[tuple[str, str], int](int)
    for _, bill_id, principal_fen, late_fee_fen, cost_fen in body["settlements"]:
        for account, fen in (("receivable", principal_fen), ("late_fee", late_fee_fen), ("cost", cost_fen)):
            expected[account, str(bill_id)] -= fen
    for book_id, fen in body["books"]:
        expected[PREPAID, str(book_id)] -= fen
    posted = defaultdict[tuple[str, str], int](int)
    for account, subject, fen in content["postings"]:
        posted[account, subject] += fen
    wanted = {key: fen for key, fen in expected.items() if fen}
    if wanted != posted:
        yield Finding("settled as posted", f"{where} postings", tell(wanted), tell(dict(posted)))
    if not 0 < body["settled_fen"] < body["balance_fen"]:
        yield Finding("prepaid", f"{where} balance_fen", f"more than {body['settled_fen']}", tell(body["balance_fen"]))
