"""What the entry of a payment says: its body is written key by key, and is the canonical text of what was taken."""

from __future__ import annotations

import json
from datetime import date

from counter_app.domain.journal import canonical
from counter_app.domain.payments import Tender
from counter_app.services import payments
from counter_app.storage import tables as t
from counter_app.storage.hall import OpenHall
from tests import halls


def _content(hall: OpenHall, taken: payments.Taken) -> str:
    with hall.reading() as reading:
        rows = reading.driver.execute("SELECT content FROM entries WHERE id = ?", (taken.entry,)).fetchall()
    return str(rows[0][0])


def test_a_payment_with_everything_in_it_is_told_in_canonical_text(hall: OpenHall) -> None:
    someone = halls.three_months_behind(hall)
    with hall.writing() as work:
        work.driver.execute("UPDATE services SET state='stopped_out', state_reason='arrears'")
        book = {"account_id": someone.account_id, "name": "预存", "kind": "cash", "items": "[]", "priority": 9}
        book |= {"opening_fen": 1_000, "opening_source": "import", "opened_on": "2026-01-01"}
        book_id = halls.put(work, t.books, book)
    halls.an_open_shift(hall)
    due_fen = halls.position(hall, someone).due_fen
    tenders = (
        Tender("prepaid", 1_000),
        Tender("cheque", 2_000, bank='工"行\\\n', document_no="№ 7"),
        Tender("bank_slip", 3_000, document_no="S1", document_on=date(2026, 11, 30)),
        Tender("cash", due_fen),
    )
    reason = 'says "this one", 13812345678'
    made, taken = halls.pay(hall, someone, *tenders, is_change_stored=True, redirect_reason=reason)
    content = _content(hall, taken)
    said = json.loads(content)
    assert content == canonical(said)
    with hall.reading() as reading:
        settled = reading.driver.execute(
            "SELECT settlement_id, bill_id, principal_fen, late_fee_fen, cost_fen FROM settlements WHERE entry = ?"
            " ORDER BY id",
            (taken.entry,),
        ).fetchall()
        digest = reading.driver.execute("SELECT facts_sha256 FROM receipts").fetchone()
    assert digest is not None
    assert len(settled) == 3
    charged = {line.bill.bill_no: line.working.version for line in made.lines if line.share.late_fee_fen}
    assert charged
    assert said["body"] == {
        "account_id": someone.account_id,
        "account_no": "10002345",
        "books": [[book_id, -1_000], [book_id, 6_000]],
        "change_fen": 0,
        "late_fee_rules": charged,
        "prepaid_stored_fen": 6_000,
        "prepaid_used_fen": 1_000,
        "receipt": {"facts_sha256": digest[0], "receipt_no": "HZ01-03-2026-000001", "serial": 1, "year": 2026},
        "received_fen": due_fen + 5_000,
        "redirect_reason": 'says "this one", 138****5678',
        "restored": [service.id for service in taken.restored],
        "settled_fen": due_fen,
        "settlements": [list(row) for row in settled],
        "tenders": [
            ["prepaid", 1_000, "", "", "", None],
            ["cheque", 2_000, "", '工"行\\\n', "№ 7", None],
            ["bank_slip", 3_000, "", "", "S1", "2026-11-30"],
            ["cash", due_fen, "", "", "", None],
        ],
    }
    assert taken.restored


def test_a_payment_with_next_to_nothing_in_it_is_told_in_canonical_text(hall: OpenHall) -> None:
    someone = halls.a_customer(hall)
    halls.an_open_shift(hall)
    _, taken = halls.pay(hall, someone, halls.cash(100), is_change_stored=True)
    content = _content(hall, taken)
    said = json.loads(content)
    assert content == canonical(said)
    assert (said["body"]["settlements"], said["body"]["late_fee_rules"], said["body"]["restored"]) == ([], {}, [])
    assert [fen for _, fen in said["body"]["books"]] == [10_000]
