"""Payments put right against the entries that did it: each undone once, to the fen, by two people, with one slip."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from sqlalchemy import Column, bindparam, literal_column, or_, select

from counter_app.domain.deductions import DEDUCT
from counter_app.domain.payments import CASH, PREPAID
from counter_app.domain.undo import MOVE, NOTE, REFUND, RETENDER, REVERSE, TRANSFER, UNDONE_END
from counter_app.domain.undo_slips import SLIP_OF
from counter_app.storage import tables as t
from counter_app.storage import tables_retention as r
from counter_app.storage import tables_undo as u
from counter_app.storage.shifts import DRAWER
from counter_app.storage.sql import Reading, Sql, compiled
from counter_app.storage.trouble import Finding
from counter_app.storage.undo import SOURCE
from counter_app.storage.verify_rows import PAYMENT, differences, tell
from counter_app.storage.verify_seals import file_version

WAYS: Mapping[str, str] = {REVERSE: "reverse", REFUND: "refund", MOVE: "move"}
"""The ways of the kinds of entries that undo a payment."""

_e = t.entries.c
_KINDS = {"one": REVERSE, "two": REFUND, "three": MOVE, "four": RETENDER, "five": NOTE}
_ENTRIES = compiled(
    select(_e.id, _e.epoch, _e.seq, _e.entry_id, _e.kind, _e.content)
    .where(_e.kind.in_([bindparam(name) for name in _KINDS]))
    .order_by(_e.id)
)
_PAID = compiled(
    select(_e.id, _e.content).where(
        _e.entry_id == bindparam("payment"), _e.kind.in_([bindparam("kind"), bindparam("deduction")])
    )
)
_UNDONE = compiled(select(u.payments_undone).where(u.payments_undone.c.payment_id == bindparam("payment")))
_BACK = compiled(
    select(t.settlements).where(t.settlements.c.entry == bindparam("of_entry")).order_by(t.settlements.c.id)
)
_MOVES = compiled(
    select(u.tender_moves).where(u.tender_moves.c.undo_id == bindparam("undo")).order_by(u.tender_moves.c.line)
)
_BETWEEN = compiled(
    select(t.balances.c.subject, t.balances.c.balance_fen)
    .where(t.balances.c.account == literal_column(f"'{TRANSFER}'"), t.balances.c.balance_fen != literal_column("0"))
    .order_by(t.balances.c.subject)
)
_p = r.papers.c
_IS_SLIP = _p.kind.in_([literal_column(f"'{kind}'") for kind in SLIP_OF.values()])
_SLIPS = compiled(
    select(_p.kind, _e.content)
    .select_from(r.papers.outerjoin(t.entries, _e.id == _p.entry))
    .where(_p.subject == bindparam("payment"), _IS_SLIP)
    .order_by(_p.entry)
)
_SLIPS_OF_NONE = compiled(
    select(_p.paper_no, _p.subject)
    .select_from(r.papers.outerjoin(u.payments_undone, u.payments_undone.c.payment_id == _p.subject))
    .where(_IS_SLIP, u.payments_undone.c.payment_id.is_(None))
    .order_by(_p.paper_no)
)
_NOTED = compiled(select(u.invoice_notes).where(u.invoice_notes.c.entry == bindparam("of_entry")))


def _without(key: Column[str], entry: Column[int] | Column[int | None], kinds: Sequence[str], *more: str) -> Sql:
    """Rows that no entry leads to which writes such rows, nor one that vouches for what the hub gave back."""
    question = (
        select(key, _e.kind)
        .select_from(key.table.outerjoin(t.entries, _e.id == entry))
        .where(
            or_(_e.kind.is_(None), _e.kind.not_in([literal_column(f"'{kind}'") for kind in kinds])),
            *map(literal_column, more),
        )
    )
    return compiled(question)


_PART = ("settlement_id", "bill_id", "principal_fen", "late_fee_fen", "cost_fen", "settled_on", "source")
_GIVEN_BACK = "recover.chain"
_ALONE = (
    ("payments_undone", _without(u.payments_undone.c.payment_id, u.payments_undone.c.entry, (*WAYS, _GIVEN_BACK))),
    ("tender_moves", _without(u.tender_moves.c.undo_id, u.tender_moves.c.entry, (*WAYS, RETENDER, _GIVEN_BACK))),
    ("invoice_notes", _without(u.invoice_notes.c.invoice_no, u.invoice_notes.c.entry, (*WAYS, NOTE, _GIVEN_BACK))),
    (
        "settlements",
        _without(t.settlements.c.settlement_id, t.settlements.c.entry, tuple(WAYS), f"settlements.source = '{SOURCE}'"),
    ),
)


def put_right(reading: Reading) -> Iterator[Finding]:
    """Every payment that was undone is so by one entry, which gives back exactly what the payment's own took; every
    line of a tender and every invoice stands in its entry; what was moved has arrived; each undo has its one slip;
    nothing stands alone.
    """
    if file_version(reading) < u.SINCE_VERSION:
        return
    undone: dict[str, str] = {}
    for rows in reading.stream(_ENTRIES, _KINDS):
        for entry, epoch, seq, entry_id, kind, text in rows:
            where, content = f"entries epoch {epoch} seq {seq} ({entry_id})", json.loads(text)
            yield from _notes(reading, where, entry, content)
            if kind == NOTE:
                continue
            yield from _moves(reading, where, entry, content)
            if kind in WAYS:
                first = undone.setdefault(content["body"]["payment_id"], where)
                if first != where:
                    yield Finding("payment undone", where, f"undone once, at {first}", "undone again")
                yield from _undo(reading, where, entry, content)
                yield from _slip(reading, where, content)
            else:
                yield from _retender(where, content)
    for subject, fen in reading.rows(_BETWEEN):
        yield Finding("payment undone", f"balances {TRANSFER} {subject}", "0", str(fen))
    for paper_no, payment_id in reading.rows(_SLIPS_OF_NONE):
        yield Finding("undo slip", f"papers ({paper_no})", "a payment that is undone", payment_id)
    for name, question in _ALONE:
        for rows in reading.stream(question):
            for key, found in rows:
                yield Finding("row without its entry", f"{name} ({key})", "an entry that puts it right", tell(found))


def _undo(reading: Reading, where: str, entry: int, content: Mapping[str, Any]) -> Iterator[Finding]:
    body = content["body"]
    rows = _rows(reading, _UNDONE, u.payments_undone, {"payment": body["payment_id"]})
    if not rows:
        yield Finding("row missing", f"{where} payments_undone", body["payment_id"], "nothing")
    for row in rows:
        expected = {
            "undo_id": content["entry_id"],
            "entry": entry,
            "way": WAYS[content["kind"]],
            "business_date": content["business_date"],
            "shift_id": content["shift_id"],
            "receipt_no": body["receipt_no"],
            "reason_code": body["reason_code"],
        }
        yield from differences(f"{where} payments_undone", expected, row)
    found = [[row[name] for name in _PART] for row in _rows(reading, _BACK, t.settlements, {"of_entry": entry})]
    yield from _same("settlement", f"{where} settlements", [[*said, SOURCE] for said in body["settlements"]], found)
    paid = reading.one(_PAID, {"payment": body["payment_id"], "kind": PAYMENT, "deduction": DEDUCT})
    if paid is None:
        yield Finding("payment undone", where, f"the payment {body['payment_id']}", "nothing")
        return
    yield from _mirror(where, content, json.loads(paid[1]))


def _slip(reading: Reading, where: str, content: Mapping[str, Any]) -> Iterator[Finding]:
    """The customer has signed one paper about it: of the undo's own kind, issued with it."""
    expected = [[SLIP_OF[content["kind"]], content["entry_id"]]]
    found = [
        [kind, json.loads(text)["body"].get("undo_id") if text else None]
        for kind, text in reading.rows(_SLIPS, {"payment": content["body"]["payment_id"]})
    ]
    yield from _same("undo slip", f"{where} papers", expected, found)


def _mirror(where: str, content: Mapping[str, Any], paid: Mapping[str, Any]) -> Iterator[Finding]:
    """The undo is the payment turned round, and nobody who worked on the payment signed it (invariants I13, I14)."""
    body, on = content["body"], paid["business_date"]
    back = [
        [f"{name}{UNDONE_END}", bill, *(-fen for fen in parts), on]
        for name, bill, *parts in paid["body"]["settlements"]
    ]
    yield from _same("payment undone", f"{where} body settlements", back, body["settlements"])
    books = [[book_id, -fen] for book_id, fen in paid["body"]["books"]]
    yield from _same("payment undone", f"{where} body books", books, body["books"])
    others = sorted(
        [account, subject, -fen] for account, subject, fen in paid["postings"] if _is_kept(paid, account, subject)
    )
    posted = [list(line) for line in content["postings"]]
    tenders = [line for line in posted if _is_tender(content, line)]
    yield from _same("posting", f"{where} postings", others, sorted(line for line in posted if line not in tenders))
    is_move = content["kind"] == MOVE
    subject = body["payment_id"] if is_move else content["shift_id"]
    said = [[_account(kind), subject, fen] for kind, fen, *_ in body["tenders"]]
    yield from _same("posting", f"{where} postings of tenders", said, tenders)
    people = [content["approver_no"], *body["approvers"][1:]]
    makers = {content["staff_no"], paid["staff_no"]}
    if not body["approvers"] or people[0] != body["approvers"][0] or len({*people} - makers) != len(people):
        yield Finding("column", f"{where} approver_no", "second persons who did not work on it", tell(people))


def _is_kept(paid: Mapping[str, Any], account: str, subject: str) -> bool:
    return subject != paid["shift_id"] and account != TRANSFER


def _is_tender(content: Mapping[str, Any], line: Sequence[Any]) -> bool:
    return bool(line[1] == content["shift_id"] or line[0] == TRANSFER)


def _account(kind: str) -> str:
    return DRAWER if kind == CASH else kind


def _retender(where: str, content: Mapping[str, Any]) -> Iterator[Finding]:
    body, shift_id = content["body"], content["shift_id"]
    lines = [[_account(body["from"][0]), shift_id, -body["from"][1]]]
    lines += [[_account(kind), shift_id, fen] for kind, fen, *_ in body["to"]]
    yield from _same("posting", f"{where} postings", lines, [list(line) for line in content["postings"]])
    if not content["approver_no"] or content["approver_no"] == content["staff_no"]:
        yield Finding("column", f"{where} approver_no", "a second person", tell(content["approver_no"]))


def _moves(reading: Reading, where: str, entry: int, content: Mapping[str, Any]) -> Iterator[Finding]:
    """The lines of tenders are those of the entry; a payment's own tenders stay as they were written."""
    body = content["body"]
    said = body["tenders"] if content["kind"] != RETENDER else [_out(body["from"]), *body["to"]]
    names = ("line", "tender", "amount_fen", "reference", "bank", "document_no", "document_on")
    rows = _rows(reading, _MOVES, u.tender_moves, {"undo": content["entry_id"]})
    lines = [[line, *one] for line, one in enumerate(said, 1)]
    yield from _same("tender", f"{where} tender_moves", lines, [[row[name] for name in names] for row in rows])
    for row in rows:
        expected = {"entry": entry, "payment_id": body["payment_id"], "shift_id": content["shift_id"]}
        yield from differences(f"{where} tender_moves line {row['line']}", expected, row)
    if any(kind == PREPAID for kind, *_ in said):
        yield Finding("tender", f"{where} tender_moves", "no prepaid money: that is in the books", PREPAID)


def _out(said: Sequence[Any]) -> list[Any]:
    kind, fen, *named = said
    return [kind, -fen, *named]


def _notes(reading: Reading, where: str, entry: int, content: Mapping[str, Any]) -> Iterator[Finding]:
    """The invoice that an entry notes, or takes back in red, is the one that is kept."""
    body = content["body"]
    said: dict[str, Any] | None = None
    if content["kind"] == NOTE:
        said = {name: body[name] for name in ("receipt_no", "invoice_no", "issued_on", "red_of")}
    elif body.get("red_note"):
        note = body["red_note"]
        said = {"receipt_no": body["receipt_no"], "invoice_no": note["red_no"], "red_of": note["invoice_no"]}
        said["issued_on"] = content["business_date"]
    rows = _rows(reading, _NOTED, u.invoice_notes, {"of_entry": entry})
    if len(rows) != (said is not None):
        yield Finding("row missing", f"{where} invoice_notes", tell(said), f"{len(rows)} rows")
    for row in rows if said else ():
        yield from differences(f"{where} invoice_notes", said or {}, row)


def _rows(reading: Reading, question: Sql, table: Any, params: Mapping[str, Any]) -> list[dict[str, Any]]:
    names = [column.name for column in table.c]
    return [dict(zip(names, row, strict=True)) for row in reading.rows(question, params)]


def _same(what: Any, where: str, expected: Sequence[Any], found: Sequence[Any]) -> Iterator[Finding]:
    for line in range(max(len(expected), len(found))):
        wanted = expected[line] if line < len(expected) else None
        kept = found[line] if line < len(found) else None
        if wanted != kept:
            yield Finding(what, f"{where} line {line + 1}", tell(wanted), tell(kept))
