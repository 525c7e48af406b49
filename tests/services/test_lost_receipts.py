"""A receipt whose journal is lost: its payment is entered again once, under its own id, and its number is not given."""

from __future__ import annotations

import json
import shutil
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from counter_app.clock import FixedClock
from counter_app.domain.payments import Tender
from counter_app.domain.receipts import (
    ReceiptFacts,
    ReceiptProofUnreadable,
    bills_sha256,
    proof_text,
    read_proof,
    signed_proof,
)
from counter_app.domain.refusals import Refused
from counter_app.domain.staff import Role
from counter_app.domain.staff_refusals import NoRight
from counter_app.domain.sync_refusals import (
    ReceiptBillsUnknown,
    ReceiptFromAhead,
    ReceiptHeld,
    ReceiptNotGenuine,
    ReceiptOfOtherCounter,
    ReceiptPrepaidUnsaid,
)
from counter_app.services import lost_receipts
from counter_app.storage.hall import OpenHall, open_hall
from counter_app.storage.journal import balance
from counter_app.storage.verify import verify
from tests import halls
from tests.halls import Someone
from tests.sync.feeds import Feed, ask

SUPERVISOR = halls.teller("2001", Role.SUPERVISOR)


class Lost:
    """A hall put back to before some payments, with their receipts in the customers' hands."""

    def __init__(self, root: Path) -> None:
        self.root = root
        hall = halls.a_hall(root / "hall")
        self.first = halls.three_months_behind(hall)
        self.second = halls.three_months_behind(hall, no="10002346", name="李雷")
        halls.an_open_shift(hall)
        halls.pay(hall, self.first, halls.cash(20))
        hall.close()
        shutil.copytree(root / "hall", root / "backup")
        self.hall = self._opened("hall")

    def _opened(self, name: str) -> OpenHall:
        return open_hall(self.root / name, clock=FixedClock(halls.NOW))

    def receipt(self, who: Someone, *tenders: Tender, is_change_stored: bool = False) -> str:
        """Take money and print; the QR text of the receipt."""
        _, taken = halls.pay(self.hall, who, *tenders, is_change_stored=is_change_stored)
        return self.signed(taken.facts)

    def signed(self, facts: ReceiptFacts) -> str:
        """A receipt's QR text with the signature of this device."""
        text = proof_text(facts)
        return signed_proof(text, self.hall.device.sign(text.encode("utf-8")))

    def lose(self) -> None:
        """The disk is gone, and yesterday's backup takes its place."""
        self.hall.close()
        self.hall = self._opened("backup")

    def due_fen(self, who: Someone) -> int:
        """What the account owes."""
        return halls.position(self.hall, who).due_fen

    def refusal(self, text: str, account_no: str = "", *, prepaid_used_fen: int | None = None) -> object:
        """Why a receipt is not entered."""
        with pytest.raises(Refused) as refused:
            lost_receipts.reenter(self.hall, SUPERVISOR, text, account_no, prepaid_used_fen=prepaid_used_fen)
        return refused.value.refusal


@pytest.fixture
def lost(tmp_path: Path) -> Iterator[Lost]:
    made = Lost(tmp_path)
    yield made
    made.hall.close()


def test_the_payment_is_there_again_once_and_its_number_is_not_given(lost: Lost) -> None:
    part, whole = lost.receipt(lost.first, halls.cash(150)), lost.receipt(lost.second, halls.cash(1000))
    after = (lost.due_fen(lost.first), lost.due_fen(lost.second))
    lost.lose()
    done = lost_receipts.reenter(lost.hall, SUPERVISOR, whole)
    assert done.receipt_no.endswith("-000003")
    # number 2 is still in somebody's hand
    assert verify(lost.hall.store).findings == ()
    again = lost_receipts.reenter(lost.hall, SUPERVISOR, part)
    assert (again.amount_fen, again.stored_fen) == (15_000, 0)
    assert (lost.due_fen(lost.first), lost.due_fen(lost.second)) == after
    for text in (part, whole):
        assert isinstance(lost.refusal(text), ReceiptHeld)
    _, taken = halls.pay(lost.hall, lost.first, halls.cash(5))
    assert taken.receipt_no.endswith("-000004")
    with lost.hall.reading() as reading:
        kept = reading.driver.execute("SELECT sum(amount_fen) FROM postings WHERE account = 'recovered'").fetchone()
    assert kept == (again.amount_fen + done.amount_fen,)
    assert verify(lost.hall.store).findings == ()


def test_what_was_too_much_becomes_prepaid(lost: Lost) -> None:
    text = lost.receipt(lost.second, halls.cash(1000), is_change_stored=True)
    prepaid_fen = halls.position(lost.hall, lost.second).prepaid_fen
    assert prepaid_fen > 0
    lost.lose()
    assert lost_receipts.reenter(lost.hall, SUPERVISOR, text).stored_fen == prepaid_fen
    assert halls.position(lost.hall, lost.second).prepaid_fen == prepaid_fen
    assert verify(lost.hall.store).findings == ()


def test_what_the_hub_tells_of_it_moves_the_money_no_second_time(lost: Lost) -> None:
    text = lost.receipt(lost.second, halls.cash(1000), is_change_stored=True)
    lost.lose()
    lost_receipts.reenter(lost.hall, SUPERVISOR, text)
    prepaid_fen = halls.position(lost.hall, lost.second).prepaid_fen
    assert prepaid_fen > 0
    (book_id,) = ask(lost.hall, "SELECT max(id) FROM books")[0]
    # the hub applies it under the id of the payment itself, not of the entry that brought it
    move_id, own = f"{read_proof(text).entry_id}:1", lost.hall.hall.counter_id
    moved = {"book_id": book_id, "amount_fen": prepaid_fen, "counter_id": own}
    Feed().add("book_move", move_id=move_id, **moved).add("book_move", move_id="e9:1", **moved).into(lost.hall)
    assert halls.position(lost.hall, lost.second).prepaid_fen == 2 * prepaid_fen, "only the entry that is not here"
    assert verify(lost.hall.store).findings == ()


def test_what_was_paid_out_of_prepaid_money_is_taken_out_of_its_book_again(lost: Lost) -> None:
    # a book that the backup has, and a payment that takes some of it
    halls.pay(lost.hall, lost.second, halls.cash(50), is_change_stored=True, settle_fen=2_000)
    lost.hall.close()
    shutil.rmtree(lost.root / "backup")
    shutil.copytree(lost.root / "hall", lost.root / "backup")
    lost.hall = lost._opened("hall")
    text = lost.receipt(lost.second, halls.cash(10), Tender("prepaid", 1_200))
    after = halls.position(lost.hall, lost.second)
    lost.lose()
    unsaid = lost.refusal(text)
    assert isinstance(unsaid, ReceiptPrepaidUnsaid)
    assert (unsaid.amount_fen, unsaid.prepaid_fen) == (2_200, 3_000)
    for wrong_fen in (-1, 2_201):
        assert isinstance(lost.refusal(text, prepaid_used_fen=wrong_fen), ReceiptPrepaidUnsaid)
    done = lost_receipts.reenter(lost.hall, SUPERVISOR, text, prepaid_used_fen=1_200)
    now = halls.position(lost.hall, lost.second)
    assert (done.amount_fen, now.due_fen, now.prepaid_fen) == (2_200, after.due_fen, after.prepaid_fen)
    with lost.hall.reading() as reading:
        assert balance(reading, "recovered", done.receipt_no) == 1_000
    (body,) = ask(lost.hall, "SELECT content ->> '$.body.books' FROM entries WHERE kind = 'recover.import'")
    assert json.loads(body[0])[0][1] == -1_200, "as docs/sync.md has it"
    assert verify(lost.hall.store).findings == ()


def test_a_bill_that_was_paid_meanwhile_leaves_the_money_to_the_customer(lost: Lost) -> None:
    text = lost.receipt(lost.second, halls.cash(60))
    lost.lose()
    halls.pay(lost.hall, lost.second, halls.cash(1000))
    done = lost_receipts.reenter(lost.hall, SUPERVISOR, text)
    assert done.stored_fen == 6_000
    assert [row[2:] for row in done.settled] == [(0, 0, 0)]
    assert lost.due_fen(lost.second) == 0
    assert verify(lost.hall.store).findings == ()


def test_only_what_this_counters_device_signed_is_entered(lost: Lost) -> None:
    _, taken = halls.pay(lost.hall, lost.second, halls.cash(60))
    text, facts = lost.signed(taken.facts), taken.facts
    assert isinstance(lost.refusal(text), ReceiptHeld)
    signature = text.rpartition("|")[2]
    lost.lose()
    assert isinstance(lost.refusal(text.replace("|6000|", "|9000|")), ReceiptNotGenuine)
    assert isinstance(lost.refusal("R1|x"), ReceiptProofUnreadable)
    assert isinstance(lost.refusal(f"{text.rpartition('|')[0]}|{signature[::-1]}"), ReceiptNotGenuine)
    other = with_counter(facts, "6f1c2f7e-0000-4000-8000-0000000000c9")
    assert isinstance(lost.refusal(lost.signed(other)), ReceiptOfOtherCounter)
    clock = lost.hall.clock
    assert isinstance(clock, FixedClock)
    clock.moment -= timedelta(days=2)
    assert isinstance(lost.refusal(text), ReceiptFromAhead)
    clock.moment += timedelta(days=2)
    with pytest.raises(Refused) as refused:
        lost_receipts.reenter(lost.hall, halls.teller(), text)
    assert isinstance(refused.value.refusal, NoRight)
    assert lost_receipts.reenter(lost.hall, SUPERVISOR, text).amount_fen == 6_000


def with_counter(facts: ReceiptFacts, counter_id: str) -> ReceiptFacts:
    entry_id = "01990000-0000-7000-8000-000000000001"
    return replace(facts, counter_id=counter_id, entry_id=entry_id, receipt_no="X-9-2026-000001")


def test_bills_that_are_only_a_digest_are_found_by_the_account(lost: Lost) -> None:
    text = lost.receipt(lost.second, halls.cash(1000))
    ids = text.split("|")[7]
    assert ids.count(",") == 2
    lost.lose()
    digest = "sha256:" + bills_sha256(tuple(map(int, ids.split(","))))
    signed_text = text.rpartition("|")[0].replace(f"|{ids}|", f"|{digest}|")
    long = signed_proof(signed_text, lost.hall.device.sign(signed_text.encode("utf-8")))
    assert isinstance(lost.refusal(long), ReceiptBillsUnknown)
    assert isinstance(lost.refusal(long, "10002345"), ReceiptBillsUnknown)
    assert isinstance(lost.refusal(long, "nobody"), ReceiptBillsUnknown)
    done = lost_receipts.reenter(lost.hall, SUPERVISOR, long, "10002346")
    assert len(done.settled) == 3
    assert lost.due_fen(lost.second) == 0
    with lost.hall.reading() as reading:
        assert balance(reading, "recovered", done.receipt_no) == done.amount_fen
    assert verify(lost.hall.store).findings == ()
