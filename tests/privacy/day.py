"""A day with canaries in a process of its own, which ends in a crash: `python -m tests.privacy.day FOLDER KIND`."""

from __future__ import annotations

import os
import sys
import threading
from contextlib import suppress
from pathlib import Path

import keyring
from keyring.backends.null import Keyring as NoKeyring
from PySide6.QtCore import QCoreApplication

from counter_app.clock import FixedClock, new_intent_id
from counter_app.domain.payments import Tender
from counter_app.domain.refusals import Refused
from counter_app.domain.staff import Role, Session, StaffState
from counter_app.logs import keep_log
from counter_app.services import customers, printing, receipts, search, shifts, staff
from counter_app.services.hall import NewHall, OpenHall, make_hall
from counter_app.storage import tables as t
from counter_app.storage.search_index import index_customers
from counter_app.storage.staff import set_staff
from counter_app.ui.background import InlineBackground
from tests import halls
from tests.privacy import canaries


def work_through(folder: Path, *, is_demo: bool) -> None:
    """Everything that touches a name, a number or a password; the hall is left open."""
    keep_log(folder)
    hall, admin = a_demo_hall(folder) if is_demo else a_real_hall(folder)
    fill(hall)
    teller = Session("1001", canaries.STAFF["1001"], Role.TELLER, halls.NOW)
    fail_to_sign_in(hall)
    take_money(hall, teller)
    look_and_write(hall, teller)
    with suppress(Refused):
        staff.change_own_password(hall, admin, canaries.WRONG[5], "Fresh-Nest-77-x")
    fall_over()


def a_real_hall(folder: Path) -> tuple[OpenHall, Session]:
    """Made as the first start makes it, with staff added by its admin."""
    names, passwords = canaries.STAFF, canaries.PASSWORDS
    wanted = NewHall(
        "测试营业厅", "测试公司", "HZ01", "telecom", "03", "3 号台", "10000", "9001", names["9001"], passwords["9001"]
    )
    hall = make_hall(folder, wanted, clock=FixedClock(halls.NOW))
    admin = staff.sign_in(hall, "9001", passwords["9001"])
    for staff_no, role in (("1001", Role.TELLER), ("2001", Role.SUPERVISOR), ("8001", Role.AUDITOR)):
        first = f"{passwords[staff_no]}-given"
        staff.add(hall, admin, staff_no, names[staff_no], role, first)
        # a first password opens nothing but its own change
        staff.change_own_password(hall, staff.sign_in(hall, staff_no, first), first, passwords[staff_no])
    return hall, admin


def a_demo_hall(folder: Path) -> tuple[OpenHall, Session]:
    """A plain file with the same people in it."""
    hall = halls.a_hall(folder)
    with hall.writing() as work:
        for staff_no, role in (("9001", Role.ADMIN), ("1001", Role.TELLER), ("2001", Role.SUPERVISOR)):
            set_staff(work, staff_no, canaries.STAFF[staff_no], role, StaffState.ACTIVE)
    return hall, Session("9001", canaries.STAFF["9001"], Role.ADMIN, halls.NOW)


def fill(hall: OpenHall) -> None:
    """The customers, one bill each."""
    for person in canaries.PEOPLE:
        someone = halls.three_months_behind(hall, no=person.account_no, name=person.name)
        with hall.writing() as work:
            for change, value, key in (
                ("UPDATE customers SET id_number = ? WHERE id = ?", person.id_number, someone.customer_id),
                ("UPDATE accounts SET address = ? WHERE id = ?", person.address, someone.account_id),
                ("UPDATE services SET number = ? WHERE account_id = ?", person.mobile, someone.account_id),
            ):
                work.driver.execute(change, (value, key))
            for line, (kind, value) in enumerate((("mobile", person.mobile), ("mail", person.mail)), 1):
                row = {"customer_id": someone.customer_id, "line": line, "kind": kind, "value": value}
                halls.put(work, t.contacts, {**row, "person": person.contact})
    with hall.writing() as work:
        index_customers(work)


def fail_to_sign_in(hall: OpenHall) -> None:
    """Wrong passwords, and one typed where the staff number goes."""
    for staff_no, password in zip(("1001", "1001", "2001", "8001", "7777"), canaries.WRONG, strict=False):
        with suppress(Refused):
            staff.sign_in(hall, staff_no, password)
    with suppress(Refused):
        staff.sign_in(hall, canaries.IN_STAFF_FIELD, "x")


def take_money(hall: OpenHall, teller: Session) -> None:
    """Card numbers where a reference belongs, personal numbers in every reason, and prints."""
    halls.an_open_shift(hall, teller)
    given = (
        Tender("card", 1_000, reference=canaries.CARDS[0]),
        Tender("qr", 1_000, reference=f"付款卡 {canaries.CARDS[1]}"),
        Tender("cheque", 1_000, bank=f"某行 {canaries.CARDS[2]}", document_no=canaries.CARDS[3]),
        Tender("card", 1_000, reference=" ".join(canaries.CARDS[4][i : i + 4] for i in range(0, 16, 4))),
    )
    numbers = "，".join(canaries.IN_REASONS)
    for number, tender in enumerate(given, 1):
        someone = halls.Someone(number, number)
        _, taken = halls.pay(hall, someone, tender, session=teller)
        order = receipts.order_print(hall, teller, taken.receipt_no, paper="a5", printer="pdf")
        printing.print_pdf(hall, order, receipts.render(order), printing.TO_FILE)
        receipts.mark_job(hall, order.job.id, "printed")
    shifts.move_cash(hall, teller, -100, f"退给 {numbers}", new_intent_id())
    shifts.open_drawer(hall, teller, f"换零钱 {numbers}")


def look_and_write(hall: OpenHall, teller: Session) -> None:
    """Search, reveal and notes."""
    for customer_id, person in enumerate(canaries.PEOPLE, 1):
        for text in (person.name, person.mobile, person.id_number):
            search.find(hall, text)
        customers.open_customer(hall, teller, customer_id)
        purpose = f"核对 {canaries.IN_REASONS[customer_id % 4]}"
        customers.reveal(hall, teller, customer_id, customers.REVEALABLE[customer_id % 4], purpose)
        customers.add_note(hall, teller, customer_id, person.note)
    for note in (canaries.NOTE_WITH_PHONE, canaries.NOTE_OF_A_PLACE, canaries.DRAFT):
        customers.add_note(hall, teller, 1, note)


def fall_over() -> None:
    """A bug in a lane and one in a thread, both with personal data in message and locals."""

    def bug() -> None:
        kept = canaries.LANE_LOCAL
        raise KeyError(canaries.LANE_MESSAGE, kept)

    def of_thread() -> None:
        raise ValueError(canaries.THREAD_MESSAGE)

    app = QCoreApplication([])
    lanes = InlineBackground()
    lanes.run("writer", bug, lambda _none: None, lambda _refusal: None, lambda _trouble: None)
    thread = threading.Thread(target=of_thread)
    thread.start()
    thread.join()
    lanes.close()
    app.processEvents()


if __name__ == "__main__":
    keyring.set_keyring(NoKeyring())  # type: ignore[no-untyped-call]  # keyring has no type for it
    work_through(Path(sys.argv[1]), is_demo=sys.argv[2] == "demo")
    os.abort()
