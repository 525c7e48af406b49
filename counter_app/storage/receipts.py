"""Receipts: the numbers of a counter and year without a gap, and the facts that every print is rebuilt from."""

from __future__ import annotations

from sqlalchemy import bindparam, insert, select

from counter_app.domain.receipts import ReceiptFacts
from counter_app.storage import tables as t
from counter_app.storage.series import Series
from counter_app.storage.sql import Reading, Writing, compiled, placed

_SERIES = Series(t.receipt_series)
_RECEIPT = placed(
    insert(t.receipts), ("receipt_no", "counter_id", "year", "serial", "payment_id", "entry", "facts", "facts_sha256")
)
_RECEIPT_FACTS = compiled(
    select(t.receipts.c.facts, t.receipts.c.payment_id, t.receipts.c.entry).where(
        t.receipts.c.receipt_no == bindparam("receipt_no")
    )
)
_RECEIPT_OF_ENTRY = compiled(select(t.receipts.c.receipt_no).where(t.receipts.c.entry == bindparam("entry")))


def next_serial(work: Writing, counter_id: str, year: int) -> int:
    """The next receipt serial of a counter and year, from 1 without a gap; it is taken by the same commit or not."""
    return _SERIES.next(work, counter_id, year)


def keep_serial(work: Writing, counter_id: str, year: int, serial: int) -> None:
    """This serial is on paper already, and no earlier one is given again."""
    _SERIES.raise_to(work, serial, counter_id, year)


def add_receipt(
    work: Writing, *, payment_id: str, entry: int, counter_id: str, facts: ReceiptFacts, text: str, digest: str
) -> None:
    """Keep a receipt's facts; every print is rebuilt from `text`, their JSON, and `digest` is the hash in the entry."""
    work.insert(
        _RECEIPT,
        (facts.receipt_no, counter_id, facts.year, facts.serial, payment_id, entry, text, digest),
    )


def receipt_facts(reading: Reading, receipt_no: str) -> tuple[str, str, int] | None:
    """Facts (JSON), payment and entry of a receipt, or None."""
    row = reading.one(_RECEIPT_FACTS, {"receipt_no": receipt_no})
    return None if row is None else (row[0], row[1], row[2])


def receipt_of_entry(reading: Reading, entry: int) -> str | None:
    """The receipt number that an entry took, or None."""
    row = reading.one(_RECEIPT_OF_ENTRY, {"entry": entry})
    return None if row is None else str(row[0])
