"""What each kind of entry does at the hub: applied, known, parked, or kept apart with its reason; never refused."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import replace
from typing import Any

from sqlalchemy.exc import DBAPIError

from counter_app.domain.deductions import BATCH, DEDUCT
from counter_app.domain.disputes import KINDS as DISPUTES
from counter_app.domain.retention_steps import PREFIX
from counter_app.domain.rights import Right
from counter_app.domain.tasks import SETTLED
from counter_app.domain.undo import NOTE, RETENDER
from counter_app.hub import (
    book_acts,
    cases,
    deductions,
    disputes,
    passwords,
    payments,
    recover,
    reliefs,
    safe,
    states,
    undo,
    waiting,
)
from counter_app.hub.accounts import WAITING
from counter_app.hub.batch import Batch
from counter_app.hub.entries import Arrived, Unfit, Waits, place_name, plain_kind
from counter_app.hub.rows import (
    CARRIED,
    LINES,
    PARKED,
    QUARANTINE,
    RELIEFS,
    SUSPENSE,
    TASKS,
    UNDONE,
    Carried,
    Line,
    Parked,
    Quarantined,
    Suspense,
)
from counter_app.hub.settling import OTHER_SUM, SPENT, hold_in_book, settle_credit, take_back, waits_for_what_came
from counter_app.hub.slate import Slate
from counter_app.hub.tasks import CREDITED, QUARANTINED, Work, close_task, open_task, task_name
from counter_app.hub.tasks import PARKED as WAITS_LONG
from counter_app.sync.wire import Fate

NOT_UNDERSTOOD = "not_understood"
TAMPERED = "tampered"
FAILED = "failed"

TOLD_ONLY = frozenset(
    (
        *("clock.anomaly", "config.change", "consent.withdraw", "demo.made", "epoch.start", "exit_month.sign"),
        "import.done",
        "shift.count",
        BATCH,
        *("library.export", "login", "login.fail", "logout", "master.sealed", "migrate", "note", "paper.issued"),
        *("paper.print", "paper.print.copy", "print", "print.copy", "recover.accepted", "recover.chain", "reveal"),
        *("feed.sealed", "guest.found", "staff.add", "staff.change", "staff.reset", NOTE),
    ),
)
"""Kinds that are known and change nothing at the hub but their line."""
ACCEPT = "accept"
"""The outcome of a task by which a supervisor answers for an entry that was kept apart."""

AT_DRAWER = frozenset(
    ("shift.open", "shift.close", "cash.in", "cash.out", "drawer.opened", "handover.offer", "handover.accept"),
)


def understands(kind: str) -> bool:
    """Whether entries of a kind, as it was named when they came, are understood by this program."""
    name = plain_kind(kind)
    return name in KINDS or name in TOLD_ONLY or name.startswith(PREFIX)


def receive(slate: Slate, batch: Batch, entry: Arrived) -> Fate:
    """Take one entry in. Whatever it is, it is received: what cannot be applied is kept apart, with a task."""
    if entry.problem:
        return keep_apart(slate, batch, entry, entry.problem, str(entry.body.get("why", "")))
    line = slate.find(LINES, batch.hall_id, entry.entry_id)
    if line is not None:
        if line.hash == entry.hash:
            return Fate.KNOWN
        return keep_apart(slate, batch, entry, TAMPERED, line.hash)
    page = Slate(slate)
    try:
        fate = _try(page, batch, entry)
    except Unfit as error:
        # what an entry seals may come whatever becomes of the entry: else it would hold up all records behind it
        with suppress(Unfit):
            cases.promise_record(slate, batch, entry)
        return keep_apart(slate, batch, entry, error.reason, error.detail)
    except Waits as error:
        return _park(slate, batch, entry, error.awaited)
    page.keep()
    return fate


def receive_again(slate: Slate, batch: Batch, entry: Arrived, place: str) -> Fate | None:
    """Apply an entry that was kept apart or parked; None when it still does not fit, and nothing has changed."""
    line = slate.find(LINES, batch.hall_id, entry.entry_id)
    if line is not None and line.hash != entry.hash:
        return None
    page = Slate(slate)
    _let_go(page, batch.hall_id, place)
    try:
        fate = _try(page, batch, entry)
    except (Unfit, Waits):
        return None
    page.keep()
    return fate


def _try(page: Slate, batch: Batch, entry: Arrived) -> Fate:
    kind = entry.kind
    if page.find(LINES, batch.hall_id, entry.entry_id) is None:
        _write_line(page, batch, entry, Fate.APPLIED)
    fate = Fate.APPLIED
    try:
        if not understands(kind):
            raise Unfit(NOT_UNDERSTOOD)
        cases.promise_record(page, batch, entry)
        if kind.startswith(PREFIX):
            cases.step(page, batch, entry)
        elif kind in KINDS:
            fate = KINDS[kind](page, batch, entry) or Fate.APPLIED
    except (Unfit, Waits, DBAPIError):
        raise
    except Exception as error:  # one entry that nobody foresaw may not hold up the chain behind it
        raise Unfit(FAILED, type(error).__name__) from error
    _wake(page, batch, entry)
    return fate


def _write_line(page: Slate, batch: Batch, entry: Arrived, fate: Fate) -> None:
    is_payment = entry.kind == "payment.take"
    is_money = is_payment or entry.kind in undo.KINDS
    receipt = entry.body.get("receipt") if is_payment else None
    amount_fen = entry.taken_fen if is_money else sum(fen for _, _, fen in entry.postings if fen > 0)
    line = Line(
        batch.hall_id,
        entry.entry_id,
        entry.hash,
        entry.counter_id,
        entry.epoch,
        entry.seq,
        entry.kind,
        entry.staff_no,
        entry.business_date,
        amount_fen,
        entry.customer_id,
        _receipt_no(receipt) if isinstance(receipt, dict) else None,
        fate.value,
    )
    page.put(LINES, line)
    if entry.carrier != (entry.counter_id, entry.epoch, entry.seq):
        page.put(CARRIED, Carried(batch.hall_id, entry.entry_id, *entry.carrier))
    page.tell(batch.hall_id, "line", line_text(line))


def _receipt_no(said: Mapping[str, Any]) -> str | None:
    receipt_no = said.get("receipt_no")
    return receipt_no[:80] if isinstance(receipt_no, str) and receipt_no.isprintable() else None


def line_text(line: Line) -> str:
    """The body of a line's row, key by key: there is one for every entry."""
    text = json.encoder.encode_basestring
    customer_id = "null" if line.customer_id is None else str(line.customer_id)
    return (
        f'{{"amount_fen":{line.amount_fen},"business_date":{text(line.business_date)}'
        f',"counter_id":{text(line.counter_id)},"customer_id":{customer_id},"entry_id":{text(line.entry_id)}'
        f',"epoch":{line.epoch},"kind":{text(line.kind)},"seq":{line.seq},"staff_no":{text(line.staff_no)}}}'
    )


def keep_apart(slate: Slate, batch: Batch, entry: Arrived, reason: str, detail: str = "") -> Fate:
    """Receive an entry without applying it: its reason is told with a task, and its money stands in suspense."""
    place = place_name(*entry.carrier)
    facts = {
        "reason": reason,
        "kind": entry.kind,
        "entry_id": entry.entry_id,
        "business_date": entry.business_date,
        "staff_no": entry.staff_no,
        "seq": entry.seq,
        "epoch": entry.epoch,
    }
    if reason in (undo.TWICE, undo.OTHER_PAYMENT, payments.MOVED_ALREADY):
        receipt = entry.body.get("receipt")
        facts["receipt_no"] = _receipt_no(receipt if isinstance(receipt, dict) else entry.body)
    work = Work(QUARANTINED, place, entry.counter_id, entry.in_shift_fen, facts, customer_id=entry.customer_id)
    task_id = open_task(slate, batch.hall_id, batch.at, work)
    slate.put(
        QUARANTINE,
        Quarantined(
            batch.hall_id,
            place,
            *entry.carrier,
            entry.entry_id,
            entry.kind,
            reason,
            detail[:200],
            task_id,
            batch.at,
            None,
        ),
    )
    # the line of a tampered entry is that of the first one
    if not entry.problem and slate.find(LINES, batch.hall_id, entry.entry_id) is None:
        _write_line(slate, batch, entry, Fate.QUARANTINED)
    _hold(slate, batch, entry, place, task_id)
    waiting.for_those_behind(slate, batch, entry)
    if reason in (SPENT, OTHER_SUM):
        take_back(slate, batch, entry)
    elif reason == undo.TWICE:
        undo.move_back(slate, batch, entry)
    return Fate.QUARANTINED


def _park(slate: Slate, batch: Batch, entry: Arrived, awaited: str) -> Fate:
    _write_line(slate, batch, entry, Fate.PARKED)
    row = Parked(batch.hall_id, entry.entry_id, *entry.carrier, awaited, batch.at, None)
    slate.put(PARKED, row)
    place = place_name(*entry.carrier)
    _hold(slate, batch, entry, place, "")
    if entry.kind == SETTLED:
        hold_in_book(slate, batch, entry, place)
    waiting.for_payment_apart(slate, batch, row)
    return Fate.PARKED


def _hold(slate: Slate, batch: Batch, entry: Arrived, place: str, task_id: str) -> None:
    """What the entry moved in the drawer is in the drawer, whatever else it says; the other side is suspense."""
    in_shift = [line for line in entry.postings if line[1] == entry.shift_id]
    for account, subject, fen in in_shift:
        slate.post(batch.hall_id, account, subject, fen)
    slate.post(batch.hall_id, WAITING, "", -entry.in_shift_fen)
    if in_shift:
        facts = json.dumps({"in_shift": in_shift}, ensure_ascii=False)
        held = (place, entry.entry_id, "entry", None, entry.in_shift_fen, facts, task_id, None)
        slate.put(SUSPENSE, Suspense(batch.hall_id, *held))


def _let_go(page: Slate, hall_id: str, place: str) -> None:
    held = page.find(SUSPENSE, hall_id, place)
    if held is None or held.cleared_by is not None:
        return
    for account, subject, fen in json.loads(held.facts)["in_shift"]:
        page.post(hall_id, account, subject, -fen)
    page.post(hall_id, WAITING, "", held.amount_fen)
    page.put(SUSPENSE, held._replace(cleared_by=held.entry_id))


def _wake(page: Slate, batch: Batch, by: Arrived) -> None:
    """Apply what waited for something that this entry has made; what it shows to be wrong is kept apart."""
    parked = page.parked(batch.hall_id)
    if not parked:
        return
    made = {f"task:{key}" for _, key in page.rows.get(TASKS.table.name, {})}
    made |= {undo.awaited(by.entry_id)} if by.kind in undo.PAYMENTS else set()
    made |= {reliefs.awaited(str(key)) for _, key in page.rows.get(RELIEFS.table.name, {})}
    made |= {payments.moved(str(key)) for _, key in page.rows.get(UNDONE.table.name, {})}
    has_credit = waits_for_what_came(page, batch.hall_id)
    for row in parked:
        if row.waits_for not in made and not has_credit(row.waits_for):
            continue
        # one that was woken may have woken another one
        if page.need(PARKED, batch.hall_id, row.entry_id).freed_by is None:
            _wake_one(page, batch, row)


def _wake_one(page: Slate, batch: Batch, row: Parked) -> None:
    place = (row.counter_id, row.epoch, row.seq)
    entry = recover.entry_at(page.ground.connection, batch, place, row.entry_id)
    if entry is None:
        return
    freed = _freed(page, batch, row)
    try:
        _try(freed, batch, entry)
    except Waits:
        return
    except Unfit as error:
        freed = _freed(page, batch, row)
        keep_apart(freed, batch, entry, error.reason, error.detail)
    freed.keep()


def _freed(page: Slate, batch: Batch, row: Parked) -> Slate:
    """A page on which an entry waits no more: whatever it wakes itself does not come back to it."""
    made = Slate(page)
    made.put(PARKED, row._replace(freed_by=batch.at))
    close_task(made, batch.hall_id, task_name(WAITS_LONG, row.entry_id), batch.at)
    _let_go(made, batch.hall_id, place_name(row.counter_id, row.epoch, row.seq))
    return made


def _at_drawer(page: Slate, batch: Batch, entry: Arrived) -> Fate:
    batch.need(entry, Right.RUN_SHIFT)
    for account, subject, fen in entry.postings:
        page.post(batch.hall_id, account, subject if subject in (entry.shift_id, entry.counter_id) else "", fen)
    return Fate.APPLIED


def _payment(page: Slate, batch: Batch, entry: Arrived) -> Fate:
    return Fate.APPLIED if payments.take(page, batch, entry) else Fate.SUSPENSE


def _deduction(page: Slate, batch: Batch, entry: Arrived) -> Fate:
    return Fate.APPLIED if deductions.deduct(page, batch, entry) else Fate.SUSPENSE


def _recovered(page: Slate, batch: Batch, entry: Arrived) -> Fate:
    """What the entry brings counts under its own id; known already, it changes nothing."""
    return receive(page, batch, recover.inner_of(batch, entry))


def _reentered(page: Slate, batch: Batch, entry: Arrived) -> Fate:
    return Fate.APPLIED if payments.reenter(page, batch, entry) else Fate.SUSPENSE


def _task_done(page: Slate, batch: Batch, entry: Arrived) -> None:
    """A person has finished a task that has no money in it."""
    batch.need(entry, Right.SIGN_OFF)
    task_id = entry.body.get("task_id")
    task = page.find(TASKS, batch.hall_id, task_id) if isinstance(task_id, str) else None
    if task is None:
        raise Waits(f"task:{task_id}"[:100])
    if task.kind in CREDITED:
        raise Unfit("credit_open")
    close_task(page, batch.hall_id, task.task_id, batch.at, entry_id=entry.entry_id)
    if task.kind == QUARANTINED and entry.body.get("outcome") == ACCEPT:
        free(page, batch, page.need(QUARANTINE, batch.hall_id, task.subject), is_accepted=True)


def free(slate: Slate, batch: Batch, row: Quarantined, *, is_accepted: bool = False) -> bool:
    """Try an entry that was kept apart once more; whether it is applied now.

    `is_accepted` says that a supervisor answers for it, though whoever made it had no right to.
    """
    if row.freed_at is not None:
        return False
    place = (row.counter_id, row.epoch, row.seq)
    try:
        entry = recover.entry_at(slate.ground.connection, batch, place, row.entry_id)
    except Unfit:
        return False
    if is_accepted:
        batch = replace(batch, allowed=batch.allowed | {row.entry_id})
    page = Slate(slate)
    # what waits for it looks whether it is applied
    page.put(QUARANTINE, row._replace(freed_at=batch.at))
    if entry is None or receive_again(page, batch, entry, row.quarantine_id) is None:
        return False
    close_task(page, batch.hall_id, row.task_id, batch.at)
    page.keep()
    return True


KINDS: dict[str, Callable[[Slate, Batch, Arrived], Fate | None]] = {
    "payment.take": _payment,
    DEDUCT: _deduction,
    SETTLED: settle_credit,
    "task.done": _task_done,
    recover.RECHAIN: _recovered,
    recover.IMPORT: _recovered,
    recover.FROM_RECEIPT: _reentered,
    "restore.sent": states.restore,
    "restore.confirmed": states.restore,
    "restore.archived": states.restore,
    "staff.password": passwords.change,
    RETENDER: undo.retender,
    **book_acts.HANDLERS,
    **dict.fromkeys(undo.KINDS, undo.undo),
    **dict.fromkeys(reliefs.KINDS, reliefs.relief),
    **dict.fromkeys(DISPUTES, disputes.dispute),
    **dict.fromkeys(AT_DRAWER, _at_drawer),
    **dict.fromkeys(safe.KINDS, safe.at_safe),
}
"""What each kind does; whoever adds one adds its body to docs/sync.md."""
