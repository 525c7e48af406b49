"""Restored, copied and lost counters with the real hub: bills, drawers and numbers go on, and nothing counts twice."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path

import pypdfium2
import pytest
from sqlalchemy import func, select

from counter_app.clock import FixedClock
from counter_app.domain.payments import Tender
from counter_app.domain.print_marks import PrintMark, Rebuilt, print_mark
from counter_app.domain.receipts import ReceiptFacts
from counter_app.domain.refusals import Refused
from counter_app.domain.staff import Role
from counter_app.hub import tables as h
from counter_app.services import approvals, new_epochs, receipts, shifts
from counter_app.storage.hall import OpenHall, open_hall
from counter_app.storage.mark import MARK_NAME
from counter_app.storage.verify import verify_folder
from counter_app.sync.enrolment import join_new
from tests import halls
from tests.halls import Someone
from tests.sync.real_hub import URL, RealHub, a_real_hub


class Desk:
    """A counter with its hub, whose folder is copied and put back."""

    def __init__(self, root: Path, hub: RealHub) -> None:
        self.root, self.hub = root, hub
        self.hall = halls.a_hall(root / "hall")
        self.people: tuple[Someone, ...] = (
            halls.three_months_behind(self.hall),
            halls.three_months_behind(self.hall, no="10002346", name="李雷"),
            halls.three_months_behind(self.hall, no="10002347", name="韩梅梅"),
        )
        hub.joined(self.hall)
        halls.an_open_shift(self.hall)
        halls.pay(self.hall, self.people[0], halls.cash(60))
        self.meet()

    def meet(self) -> str:
        """Rounds to the end."""
        return self.hub.rounds(self.hall).why

    def copy(self, name: str) -> None:
        """A copy of the folder, as a backup or as a clone."""
        self.hall.close()
        shutil.copytree(self.root / "hall", self.root / name)
        self.hall = self.opened("hall")

    def opened(self, name: str) -> OpenHall:
        """The hall of a folder."""
        return open_hall(self.root / name, clock=FixedClock(halls.NOW))

    def restore(self, name: str, *, keeps_mark: bool) -> None:
        """A copy takes the folder's place."""
        mark = (self.root / "hall" / MARK_NAME).read_bytes()
        self.hall.close()
        shutil.rmtree(self.root / "hall")
        shutil.copytree(self.root / name, self.root / "hall")
        if keeps_mark:
            (self.root / "hall" / MARK_NAME).write_bytes(mark)
        self.hall = self.opened("hall")

    def due(self, hall: OpenHall | None = None) -> list[int]:
        """What each customer owes."""
        return [halls.position(hall or self.hall, one).due_fen for one in self.people]

    def drawer_fen(self) -> int:
        """What the drawer must hold."""
        sheet = shifts.sheet(self.hall)
        assert sheet is not None
        return sheet.expected_cash_fen

    def is_sound(self) -> bool:
        """Whether the file verifies."""
        found = verify_folder(self.root / "hall").findings
        assert found == (), [str(finding) for finding in found]
        return True

    def at_hub(self, someone: Someone) -> int:
        """Principal that the hub has settled of a customer's bills."""
        sums = h.bill_sums.c
        question = select(func.sum(sums.settled_principal_fen)).where(sums.account_id == someone.account_id)
        with self.hub.hub.database.transaction() as connection:
            return int(connection.execute(question).scalar_one())

    def credits(self) -> int:
        """Money that customers paid twice, in fen."""
        with self.hub.hub.database.transaction() as connection:
            return int(connection.execute(select(func.coalesce(func.sum(h.credits_.c.amount_fen), 0))).scalar_one())

    def kept_apart(self) -> list[str]:
        """What the hub could not apply."""
        with self.hub.hub.database.transaction() as connection:
            return [str(row) for row in connection.execute(select(h.quarantine.c.kind, h.quarantine.c.reason))]


def confirm(hall: OpenHall) -> None:
    """The supervisor signs at the teller's screen."""
    session = halls.teller()
    challenge = new_epochs.ask(hall, session)
    signed = approvals.sign(hall, session, challenge, staff_no="2001", password=halls.PASSWORD)
    new_epochs.confirm(hall, session, signed)


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Desk]:
    with a_real_hub() as hub:
        made = Desk(tmp_path, hub)
        yield made
        made.hall.close()


@pytest.mark.parametrize("keeps_mark", [True, False])
def test_a_restored_counter_owes_nobody_and_is_owed_the_same(desk: Desk, *, keeps_mark: bool) -> None:
    desk.copy("backup")
    halls.pay(desk.hall, desk.people[1], halls.cash(100))
    halls.pay(desk.hall, desk.people[2], halls.cash(1000), is_change_stored=True)
    assert desk.meet() == ""
    due, drawer_fen, prepaid_fen = desk.due(), desk.drawer_fen(), halls.position(desk.hall, desk.people[2]).prepaid_fen
    desk.restore("backup", keeps_mark=keeps_mark)
    desk.meet()
    assert desk.hall.store.money_off
    confirm(desk.hall)
    assert desk.meet() == ""
    assert desk.hall.store.money_off == ()
    assert desk.due() == due
    assert desk.drawer_fen() == drawer_fen
    assert halls.position(desk.hall, desk.people[2]).prepaid_fen == prepaid_fen
    _, taken = halls.pay(desk.hall, desk.people[1], halls.cash(30))
    assert taken.receipt_no.endswith("-000004")
    assert desk.meet() == ""
    assert desk.kept_apart() == []
    assert desk.credits() == 0
    assert desk.is_sound()


def printed(hall: OpenHall, receipt_no: str) -> tuple[ReceiptFacts, PrintMark, bytes]:
    order = receipts.order_print(hall, halls.teller("2001", Role.SUPERVISOR), receipt_no, paper="a5", printer="pdf")
    return order.facts, order.mark, receipts.render(order)


def test_a_lost_receipt_is_printed_as_it_was_or_certified_and_never_taken_for_the_first(desk: Desk) -> None:
    desk.copy("backup")
    number = "HZ01-03-2026-00000{}".format
    halls.pay(desk.hall, desk.people[1], halls.cash(100))
    halls.pay(desk.hall, desk.people[2], halls.cash(50), settle_fen=3_000, is_change_stored=True)
    halls.pay(desk.hall, desk.people[2], Tender("prepaid", 1_000), halls.cash(5))
    before = [receipts.facts_of(desk.hall, number(serial)) for serial in (2, 3, 4)]
    for _ in range(2):
        printed(desk.hall, number(2))
    assert desk.meet() == ""
    desk.restore("backup", keeps_mark=True)
    desk.meet()
    confirm(desk.hall)
    assert desk.meet() == ""
    for facts in before:
        found, mark, _ = printed(desk.hall, facts.receipt_no)
        assert (found, mark.rebuilt) == (facts, Rebuilt.RECEIPT)
        assert mark.copy_no == (3 if facts.serial == 2 else 2)
        assert "依流水重制，与原件一致" in print_mark(mark)
    with desk.hall.store.writing() as work:
        work.driver.execute("UPDATE customers SET name = '李月如' WHERE name = '李雷'")
    found, mark, pdf = printed(desk.hall, number(2))
    assert (mark.rebuilt, mark.copy_no, found.title) == (Rebuilt.CERTIFICATE, 4, "缴费证明")
    assert [line.total_fen for line in found.lines] == [line.total_fen for line in before[0].lines]
    assert (found.total_fen, found.entry_hash) == (before[0].total_fen, before[0].entry_hash)
    text = pypdfium2.PdfDocument(pdf)[0].get_textpage().get_text_range()
    assert "不是原收据" in text
    assert "不代替收据" in text
    assert "欠费余额" not in text
    with pytest.raises(Refused):
        receipts.facts_of(desk.hall, number(9))
    assert desk.meet() == ""
    assert desk.kept_apart() == []
    with desk.hall.store.writing() as work:
        work.driver.execute("UPDATE customers SET name = '李雷' WHERE name = '李月如'")
    assert desk.is_sound()


def test_two_copies_that_both_took_money_lose_and_double_nothing(desk: Desk) -> None:
    desk.copy("copy")
    halls.pay(desk.hall, desk.people[1], halls.cash(100))
    assert desk.meet() == ""
    other = desk.opened("copy")
    halls.pay(other, desk.people[1], halls.cash(100))
    halls.pay(other, desk.people[2], halls.cash(50))
    assert desk.hub.rounds(other).why in ("fork", "cloned")
    assert other.store.money_off
    confirm(other)
    assert desk.hub.rounds(other).why == ""
    assert other.store.money_off == ()
    # both took 100 from the same customer: both facts count, and what is too much is the customer's
    assert desk.at_hub(desk.people[1]) <= 9_800 + 9_800 + 10_400
    assert desk.at_hub(desk.people[2]) > 0
    # the first copy hears of it with its next contact, and goes on after a signature of its own
    halls.pay(desk.hall, desk.people[0], halls.cash(20))
    assert desk.meet() in ("epoch_closed", "cloned")
    assert desk.hall.store.money_off
    confirm(desk.hall)
    assert desk.meet() == ""
    assert desk.hub.rounds(other).why in ("", "epoch_closed", "cloned")
    assert desk.due()[1:] == desk.due(other)[1:]
    assert desk.kept_apart() == []
    other.close()
    assert verify_folder(desk.root / "copy").findings == ()
    assert desk.is_sound()


def test_a_lost_disk_is_rebuilt_with_bills_drawer_and_numbers(desk: Desk) -> None:
    halls.pay(desk.hall, desk.people[1], halls.cash(100))
    assert desk.meet() == ""
    due, drawer_fen = desk.due(), desk.drawer_fen()
    own = desk.hall.hall
    desk.hall.close()
    shutil.rmtree(desk.root / "hall")
    clock = FixedClock(halls.NOW)
    code, way = desk.hub.code(own, replaces=True), desk.hub.way
    join_new(desk.root / "hall", URL, code, own.counter_code, clock=clock, way=way)
    desk.hall = desk.opened("hall")
    assert desk.meet() == ""
    with desk.hall.reading() as reading:
        rows: dict[str, int] = dict(reading.driver.execute("SELECT account_no, id FROM accounts").fetchall())
        owners: dict[int, int] = dict(reading.driver.execute("SELECT id, customer_id FROM accounts").fetchall())
    desk.people = tuple(  # the ids of a rebuilt file are the hub's
        Someone(owners[rows[no]], rows[no]) for no in ("10002345", "10002346", "10002347")
    )
    assert desk.due() == due
    assert desk.drawer_fen() == drawer_fen
    _, taken = halls.pay(desk.hall, desk.people[2], halls.cash(30))
    assert taken.receipt_no.endswith("-000003")
    assert desk.meet() == ""
    assert desk.kept_apart() == []
    assert desk.is_sound()
