"""The invariants of the hub, of both sides together, and of the quiet after everything is healed."""

from __future__ import annotations

import json
from collections import Counter, defaultdict
from collections.abc import Iterator
from typing import Any

from sqlalchemy import Connection, text

from counter_app.storage.hall import OpenHall
from counter_app.sync.wire import NO_HASH, feed_hash
from tests.simulation.chains import as_told, chain_of
from tests.simulation.inbox import Received, chain_wrongs, facts_of, received
from tests.simulation.truth import CREDIT, Truth

IMPORT = "recover.import"
TENDERS = ("drawer", "card", "qr", "cheque", "bank_slip")
"""Accounts that hold what customers gave; the hub folds them as the counters posted them."""

_FEED = text("SELECT hall_id, n, kind, body, hash FROM feed ORDER BY hall_id, n")
_FEED_END = text("SELECT hall_id, n, hash FROM hall_feed")
_LINES = text("SELECT entry_id, count(*) FROM ledger_lines GROUP BY entry_id")
_LINE_IDS = text("SELECT entry_id FROM ledger_lines")
_FROM_PAPER = text("SELECT entry_id FROM ledger_lines WHERE kind = 'payment.recovered'")
_QUARANTINED = text("SELECT entry_id, reason FROM quarantine WHERE freed_at IS NULL")
_PARKED = text("SELECT entry_id FROM parked WHERE freed_by IS NULL")
_BALANCES = text("SELECT account, subject, balance_fen FROM balances")
_HALLS = text("SELECT hall_id, sum(balance_fen) FROM balances GROUP BY hall_id")
_OVER = text(
    "SELECT b.bill_no, b.principal_fen, sum(s.principal_fen) FROM bill_sums b JOIN settlements s"
    " ON s.hall_id = b.hall_id AND s.bill_id = b.bill_id GROUP BY b.bill_no, b.principal_fen"
    " HAVING sum(s.principal_fen) > b.principal_fen"
)
_CREDITS = text("SELECT credit_id, amount_fen, spent_by FROM credits")
_SPENT = text("SELECT spent_by FROM credits WHERE spent_by IS NOT NULL")


def judge_hub(connection: Connection, truth: Truth) -> list[Received]:
    """I2 to I5, I8, I11 and I13 in the hub's tables, and that it has all that was told and nothing else (I1)."""
    inbox = received(connection)
    _say(truth, "I5 chain", chain_wrongs(connection, inbox))
    facts, odd = facts_of(inbox)
    _say(truth, "I4 unchanged", odd)
    _say(truth, "I1 durable", _told_wrongs(facts, truth))
    names = {json.loads(entry.content)["entry_id"] for entry in inbox} | _imported(facts).keys()
    _say(truth, "I3 once", _once_wrongs(connection, facts, names))
    _say(truth, "I1 durable", _receipt_wrongs(connection, facts, truth))
    _say(truth, "I13 spent once", _credit_wrongs(connection, facts))
    _say(truth, "I8 money", _money_wrongs(connection, facts))
    _say(truth, "I11 feed", _feed_wrongs(connection))
    return inbox


def judge_agreement(truth: Truth, machine: str, hall: OpenHall, inbox: list[Received]) -> None:
    """I6: of the running epoch, what the hub has is a beginning of what the file has, or the reverse."""
    own = {(entry.epoch, entry.seq): entry.hash.hex() for entry in chain_of(hall) if entry.epoch == hall.epoch}
    for entry in inbox:
        place = (entry.epoch, entry.seq)
        if entry.counter_id == hall.hall.counter_id and place in own and own[place] != entry.hash:
            truth.wrong("I6 agreement", f"{machine}: {place} differs at the hub")


def _told_wrongs(facts: dict[str, dict[str, Any]], truth: Truth) -> Iterator[str]:
    by_intent: defaultdict[str, list[dict[str, Any]]] = defaultdict(list)
    for said in facts.values():
        if said["intent_id"] is not None:
            by_intent[said["intent_id"]].append(said)
    for intent, found in by_intent.items():
        if len(found) > 1:
            yield f"{intent} was carried out {len(found)} times"
        if intent not in truth.tried:
            yield f"nobody ever wanted {intent}"
        if intent in truth.denied:
            yield f"{intent} was said to be not recorded"
    for intent, told in truth.told.items():
        if intent in truth.gone:
            continue
        if intent not in by_intent:
            yield f"never came to the hub: {told}"
        elif as_told(told.machine, by_intent[intent][0]) != told:
            yield f"told {told}, the hub has {by_intent[intent][0]}"


def _imported(facts: dict[str, dict[str, Any]]) -> dict[str, dict[str, Any]]:
    """What was entered again from receipts, by the id of the payment."""
    bodies = (said["body"] for said in facts.values() if said["kind"] == IMPORT)
    return {body["entry_id"]: body for body in bodies}


def _receipt_wrongs(connection: Connection, facts: dict[str, dict[str, Any]], truth: Truth) -> Iterator[str]:
    """A payment that a receipt gave back is at the hub once, with the receipt's sum."""
    lines = Counter(entry_id for (entry_id,) in connection.execute(_LINE_IDS))
    imported = _imported(facts)
    for entry_id, fen in truth.reentered.items():
        body = imported.get(entry_id)
        if body is None or body["amount_fen"] != fen or lines[entry_id] != 1:
            yield f"entered again: {entry_id} of {fen} fen, the hub has {body} in {lines[entry_id]} lines"


def _once_wrongs(connection: Connection, facts: dict[str, dict[str, Any]], carriers: set[str]) -> Iterator[str]:
    lines: dict[str, int] = {row[0]: row[1] for row in connection.execute(_LINES)}
    kept_apart: dict[str, str] = {row[0]: row[1] for row in connection.execute(_QUARANTINED)}
    for entry_id, said in facts.items():
        if lines.get(entry_id, 0) != 1 and entry_id not in kept_apart:
            yield f"{said['kind']} {entry_id} has {lines.get(entry_id, 0)} lines in the ledger"
    for entry_id in lines.keys() - facts.keys() - carriers:
        yield f"a line in the ledger without an entry: {entry_id}"


def _money_wrongs(connection: Connection, facts: dict[str, dict[str, Any]]) -> Iterator[str]:
    """Sums of the hub against a fold of the entries that looks at nothing but their postings."""
    rows = connection.execute(_BALANCES).all()
    for hall_id, total in connection.execute(_HALLS):
        if total:
            yield f"all accounts of {hall_id} together hold {total} fen"
    folded: Counter[str] = Counter()
    on_paper = {entry_id for (entry_id,) in connection.execute(_FROM_PAPER)}
    for entry_id, said in facts.items():
        # what brings a drawer back to where older entries left it was counted with them; what came by its receipt
        # first does not count for the second time
        if said["kind"] != "recover.chain" and entry_id not in on_paper:
            for account, _, fen in said["postings"]:
                folded[account] += fen
    kept: Counter[str] = Counter()
    for account, _, fen in rows:
        kept[account] += fen
    for account in TENDERS:
        if kept[account] != folded[account]:
            yield f"{account} holds {kept[account]} fen, the entries moved {folded[account]}"
    for bill_no, fen, paid_fen in connection.execute(_OVER):
        yield f"bill {bill_no} of {fen} fen is settled with {paid_fen}"
    for credit_id, fen, _ in connection.execute(_CREDITS):
        if fen <= 0:
            yield f"credit {credit_id} of {fen} fen"


def _credit_wrongs(connection: Connection, facts: dict[str, dict[str, Any]]) -> Iterator[str]:
    """Each credit is spent by one entry at most, and every other one that gave it back is kept apart for a person."""
    spent = {entry_id for (entry_id,) in connection.execute(_SPENT)}
    apart = {row[0] for row in connection.execute(_QUARANTINED)} | {row[0] for row in connection.execute(_PARKED)}
    for entry_id, said in facts.items():
        if said["kind"] == CREDIT and (entry_id in spent) is (entry_id in apart):
            yield f"{entry_id} gave {said['body']} back: spent {entry_id in spent}, kept apart {entry_id in apart}"


def _feed_wrongs(connection: Connection) -> Iterator[str]:
    ends: dict[str, tuple[int, str]] = {}
    for hall_id, n, kind, body, kept in connection.execute(_FEED):
        last, before = ends.get(hall_id, (0, NO_HASH))
        digest = feed_hash(before, n, kind, body)
        if n != last + 1 or digest != kept:
            yield f"row {n} behind {last}"
        ends[hall_id] = n, digest
    for hall_id, n, kept in connection.execute(_FEED_END):
        if (n, kept) != ends.get(hall_id, (0, NO_HASH)):
            yield f"the feed's end says {n}, its rows {ends.get(hall_id)}"


def _say(truth: Truth, invariant: str, wrongs: Iterator[str] | list[str]) -> None:
    for wrong in wrongs:
        truth.wrong(invariant, wrong)
