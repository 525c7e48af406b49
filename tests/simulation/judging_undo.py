"""I13 and I8 of what was put right: each payment is undone once, exactly, by others, and its money is nowhere twice."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import Connection, text

from counter_app.domain.undo import KIND_OF, MOVE, TRANSFER, UNDONE_END
from counter_app.hub.credits import base_of
from tests.simulation.inbox import Received, facts_of
from tests.simulation.judging_bills import Apart, apart_at, paid_here
from tests.simulation.office import Office
from tests.simulation.truth import PAYMENT, Truth
from tests.simulation.undoing import bill_no_of

UNDO = frozenset(KIND_OF.values())
TWICE_DONE = "undone_already"

_UNDONE = text("SELECT payment_id, undo_id FROM payments_undone")
_SETTLED = text(
    "SELECT b.bill_no, b.principal_fen, b.settled_principal_fen,"
    " b.settled_principal_fen + b.settled_late_fee_fen + b.settled_cost_fen FROM bill_sums b"
)
_CREDITS = text(
    "SELECT b.bill_no, c.credit_id, c.amount_fen, c.spent_by, s.principal_fen FROM credits c"
    " JOIN bill_sums b ON b.hall_id = c.hall_id AND b.bill_id = c.bill_id"
    " JOIN settlements s ON s.hall_id = c.hall_id AND s.settlement_id = c.credit_id"
    " WHERE coalesce(c.way, '') <> 'withdrawn'"
)
_MISSING = text(
    "SELECT b.bill_no, s.amount_fen FROM suspense s"
    " JOIN bill_sums b ON b.hall_id = s.hall_id AND b.bill_id = s.subject_id WHERE s.kind = 'twice'"
)
_LET_GO = text("SELECT entry_id, cleared_by FROM suspense WHERE kind IN ('bill', 'book') AND cleared_by IS NOT NULL")
_TRANSFERS = text("SELECT subject, balance_fen FROM balances WHERE account = 'transfer' AND balance_fen <> 0")

Said = Mapping[str, Any]


def judge_undo(
    connection: Connection, truth: Truth, inbox: list[Received], office: Office, left: Mapping[str, int]
) -> None:
    """What was undone is undone once; what is left of each bill's money is settled, owed, given back or missing."""
    facts, _ = facts_of(inbox)
    apart = apart_at(connection)
    for wrong in _undo_wrongs(connection, facts, apart):
        truth.wrong("I13 reversal", wrong)
    for wrong in _money_wrongs(connection, facts, apart, office, left):
        truth.wrong("I8 money", wrong)


def undone_here(facts: Mapping[str, Said], apart: Apart) -> dict[str, list[str]]:
    """The undos of each payment that the hub has applied."""
    found: defaultdict[str, list[str]] = defaultdict(list)
    for entry_id, said in facts.items():
        if said["kind"] in UNDO and entry_id not in apart:
            found[said["body"]["payment_id"]].append(entry_id)
    return found


def without_money(facts: Mapping[str, Said], apart: Apart) -> set[str]:
    """Payments that stand at their own counter alone: money was to be moved there by a second undo of another one."""
    here = {entry_id: facts[entry_id] for entry_id in apart.keys() & facts.keys()}
    moves = {entry_id for entry_id, said in here.items() if said["kind"] == MOVE and apart[entry_id] == TWICE_DONE}
    return {entry_id for entry_id, said in here.items() if said["kind"] == PAYMENT and said["cause_entry_id"] in moves}


def beside_the_hub(connection: Connection, inbox: list[Received]) -> set[Any]:
    """What of such payments, and of their undo, counters have and the hub has not: names of settlements and payments,
    and books. The same of those that waited for a bill or a book at the hub until they were undone.
    """
    facts, _ = facts_of(inbox)
    nowhere = without_money(facts, apart_at(connection))
    for entry_id, by in connection.execute(_LET_GO):
        if by in facts and facts[by]["kind"] in UNDO:
            nowhere.add(entry_id)
    bodies = [facts[entry_id]["body"] for entry_id in nowhere]
    names = {row[0] for body in bodies for row in body["settlements"]}
    books = {row[0] for body in bodies for row in body["books"]}
    return nowhere | names | {f"{name}{UNDONE_END}" for name in names} | books


def _undo_wrongs(connection: Connection, facts: Mapping[str, Said], apart: Apart) -> Iterator[str]:
    undone = undone_here(facts, apart)
    for payment_id, by in undone.items():
        if len(by) > 1:
            yield f"{payment_id} was undone {len(by)} times: {by}"
        for undo_id in by:
            for wrong in _not_exact(facts, facts[undo_id], facts.get(payment_id)):
                yield f"{undo_id} undoes {payment_id}: {wrong}"
    nowhere = without_money(facts, apart)
    for entry_id in apart.keys() & facts.keys():
        said = facts[entry_id]
        of = said["body"].get("payment_id")
        is_right = entry_id in nowhere or of in nowhere or (apart[entry_id] == TWICE_DONE and of in undone)
        if said["kind"] in (*UNDO, PAYMENT) and not is_right:
            yield f"{said['kind']} {entry_id} is kept apart: {apart[entry_id]}"
    known = {row[0]: [row[1]] for row in connection.execute(_UNDONE)}
    if known != undone:
        yield f"the hub knows of {known}, the entries undo {dict(undone)}"


def _not_exact(facts: Mapping[str, Said], undo: Said, payment: Said | None) -> Iterator[str]:
    """What makes an undo something else than its payment taken back, whole, by others than those who took it."""
    if payment is None or payment["kind"] != PAYMENT:
        yield "no payment"
        return
    body = undo["body"]
    paid = {row[0]: [bill_no_of(row[0]), *(-fen for fen in row[2:5])] for row in payment["body"]["settlements"]}
    back = {row[0].removesuffix(UNDONE_END): [bill_no_of(row[0]), *row[2:5]] for row in body["settlements"]}
    if paid != back:
        yield f"paid {paid}, back {back}"
    if sorted(payment["body"]["books"]) != sorted([book_id, -fen] for book_id, fen in body["books"]):
        yield f"books {payment['body']['books']}, back {body['books']}"
    came_fen = payment["body"]["received_fen"] - payment["body"]["change_fen"]
    if came_fen != -sum(row[1] for row in body["tenders"]) or came_fen != -_moved_fen(undo):
        yield f"{came_fen} fen came, {body['tenders']} went"
    if undo["kind"] == MOVE:
        carried = [
            one for one in facts.values() if one["kind"] == PAYMENT and one["cause_entry_id"] == undo["entry_id"]
        ]
        if [_transferred_fen(one) for one in carried] != [came_fen]:
            yield f"{came_fen} fen moved, and became {[one['entry_id'] for one in carried]}"
    signers = set(body["approvers"])
    if not signers or signers & {undo["staff_no"], payment["staff_no"]} or undo["approver_no"] not in signers:
        yield f"taken by {payment['staff_no']}, undone by {undo['staff_no']}, signed by {signers}"


def _moved_fen(said: Said) -> int:
    """What an entry moves by tenders in its shift, or over to another payment."""
    return sum(fen for account, subject, fen in said["postings"] if subject == said["shift_id"] or account == TRANSFER)


def _transferred_fen(said: Said) -> int:
    return sum(fen for account, _, fen in said["postings"] if account == TRANSFER)


@dataclass
class _Money:
    """Of bills by their numbers: what was paid and not undone, where it is now, and what is missing. Of settlements by
    their names: what was paid, and what of it went back with an undo or a credit.
    """

    left: Counter[str] = field(default_factory=Counter)
    found: Counter[str] = field(default_factory=Counter)
    missing: Counter[str] = field(default_factory=Counter)
    paid: Counter[str] = field(default_factory=Counter)
    back: Counter[str] = field(default_factory=Counter)


def _money_wrongs(
    connection: Connection, facts: Mapping[str, Said], apart: Apart, office: Office, left: Mapping[str, int]
) -> Iterator[str]:
    """Of each bill: what was paid and not undone is settled, owed to its customer, given back or `left` to a person;
    and what is missing is what went back of payments more often than once.
    """
    money = _said(facts, apart, office, left)
    is_full = dict[str, bool]()
    for bill_no, asked_fen, settled_principal_fen, settled_fen in connection.execute(_SETTLED):
        money.found[bill_no] += settled_fen
        is_full[bill_no] = settled_principal_fen >= asked_fen
    for bill_no, credit_id, fen, spent_by, principal_fen in connection.execute(_CREDITS):
        money.found[bill_no] += fen
        if spent_by is None and principal_fen and not is_full[bill_no]:
            yield f"bill {bill_no} is not paid, and {credit_id} is owed"
        if spent_by is not None:
            body = facts[spent_by]["body"]
            money.back[base_of(body["credit_id"])] += fen
            if body["amount_fen"] != fen:
                yield f"{body} has given back {credit_id} of {fen} fen"
    for bill_no, fen in connection.execute(_MISSING):
        money.found[bill_no] += fen
        money.missing[bill_no] -= fen
    for bill_no in sorted(money.left.keys() | money.found.keys()):
        if money.left[bill_no] != money.found[bill_no]:
            yield f"bill {bill_no}: {money.left[bill_no]} fen paid, {money.found[bill_no]} settled, owed or missing"
    too_often = Counter[str]()
    for name, fen in money.paid.items():
        too_often[bill_no_of(name)] += max(0, money.back[name] - fen)
    if +too_often != +money.missing:
        yield f"given back too often {dict(+too_often)}, missing {dict(+money.missing)}"
    transfers = [row[0] for row in connection.execute(_TRANSFERS)]
    if transfers:
        yield f"on their way to another account: {transfers}"


def _said(facts: Mapping[str, Said], apart: Apart, office: Office, left: Mapping[str, int]) -> _Money:
    """What entries and files say was paid of bills, and undone; what is `left` waiting is found."""
    money = _Money()
    for name, waits_fen in left.items():
        money.found[bill_no_of(name)] += waits_fen
    for name, _, *fen in paid_here(facts, apart):
        money.paid[name] += sum(fen)
        money.left[bill_no_of(name)] += sum(fen)
    for bill_no, _, *fens in office.paid().elements():
        money.left[bill_no] += sum(fens)
    for by in undone_here(facts, apart).values():
        for name, _, *fens, _on in facts[by[0]]["body"]["settlements"]:
            money.back[name.removesuffix(UNDONE_END)] -= sum(fens)
            money.left[bill_no_of(name)] += sum(fens)
    return money
