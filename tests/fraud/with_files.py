"""Cheats with the file, its copies, and papers that say something else."""

from __future__ import annotations

import shutil
import sqlite3
from contextlib import closing
from pathlib import Path

from counter_app.clock import FixedClock
from counter_app.domain.receipts import proof_text, signed_proof
from counter_app.services import approvals, lost_receipts, new_epochs, receipts, shift_close, undo
from counter_app.storage.hall import OpenHall, open_hall
from counter_app.storage.mark import MARK_NAME
from tests import halls
from tests.fraud.place import SUPERVISOR, TELLER, Place, answer
from tests.fraud.with_undo import WISH

STAYS_HERE = ("keys",)
"""What a copy of the file does not hold: the keys lie in the keyring of the machine, in a demo hall beside the file."""


def edited(file: Path, *statements: str) -> str:
    """Whoever has a shell changes the file: the guards of the journal are taken off first, and put back."""
    with closing(sqlite3.connect(file, isolation_level=None)) as shell:
        for statement in statements:
            try:
                shell.execute(statement)
            except sqlite3.DatabaseError as error:
                return f"the file says: {str(error).partition(':')[0]}"
        guards = shell.execute("SELECT name, sql FROM sqlite_schema WHERE type = 'trigger'").fetchall()
    return f"done beside {len(guards)} guards"


def _bare(place: Place, *statements: str) -> None:
    """As `edited`, with the guards taken off before and put back after; the program is closed meanwhile."""
    place.hall.close()
    with closing(sqlite3.connect(place.file, isolation_level=None)) as shell:
        guards = shell.execute("SELECT name, sql FROM sqlite_schema WHERE type = 'trigger'").fetchall()
        for name, _ in guards:
            shell.execute(f"DROP TRIGGER {name}")
        for statement in statements:
            shell.execute(statement)
        for _, sql in guards:
            shell.execute(sql)
    place.hall = open_hall(place.folder, clock=FixedClock(halls.NOW))


def deleted_row(place: Place) -> tuple[str, ...]:
    """The payment whose cash was kept disappears: its entry, then without the guards its rows."""
    guarded = edited(place.file, "DELETE FROM entries WHERE kind = 'payment.take'")
    _bare(
        place,
        "DELETE FROM receipts",
        "DELETE FROM payment_tenders",
        "DELETE FROM settlements",
        "DELETE FROM payments",
        "UPDATE balances SET balance_fen = 50000 WHERE account = 'drawer'",
    )
    z = answer(lambda: shift_close.x_report(place.hall, SUPERVISOR))
    return guarded, z, place.found("row missing")


def changed_sum(place: Place) -> tuple[str, ...]:
    """The payment becomes smaller: in its entry, then without the guards in its rows."""
    guarded = edited(place.file, "UPDATE entries SET content = replace(content, '12000', '2000')")
    _bare(
        place,
        "UPDATE payment_tenders SET amount_fen = 2000",
        "UPDATE balances SET balance_fen = 52000 WHERE account = 'drawer'",
    )
    z = answer(lambda: shift_close.x_report(place.hall, SUPERVISOR))
    return guarded, z, place.found("tender")


def rewritten_entry(place: Place) -> tuple[str, ...]:
    """The entry itself is rewritten without its guards; who sits at the counter has no key to sign it with."""
    _bare(place, "UPDATE entries SET content = replace(content, '12000', '2000') WHERE kind = 'payment.take'")
    return (place.found("entry hash"),)


def yesterdays_copy(place: Place) -> tuple[str, ...]:
    """After a day's takings the file of the morning is put back; with a signature it goes on, and is listed."""
    place.hall.close()
    morning = place.folder.with_name("morning")
    shutil.copytree(place.folder, morning)
    place.hall = open_hall(place.folder, clock=FixedClock(halls.NOW))
    place.paid(place.other, halls.cash(50))
    place.hall.close()
    shutil.copy(place.folder / MARK_NAME, morning)
    place.hall = open_hall(morning, clock=FixedClock(halls.NOW))
    paid = answer(lambda: place.paid(place.other, halls.cash(50)))
    if paid == "done":
        return (paid,)
    case = new_epochs.ask(place.hall, TELLER)
    new_epochs.confirm(
        place.hall, TELLER, approvals.sign(place.hall, TELLER, case, staff_no="2001", password=halls.PASSWORD)
    )
    return paid, *place.listed("recover.accepted")


def entries_cut_off(place: Place) -> tuple[str, ...]:
    """The last payment, which the hub has not got yet, is cut off the journal together with its rows."""
    before = place.folder.with_name("before")
    place.hall.close()
    shutil.copytree(place.folder, before)
    place.hall = open_hall(place.folder, clock=FixedClock(halls.NOW))
    place.paid(place.other, halls.cash(50))
    place.hall.close()
    shutil.copy(before / place.file.name, place.file)
    place.hall = open_hall(place.folder, clock=FixedClock(halls.NOW))
    return (answer(lambda: place.paid(place.other, halls.cash(50))),)


def cloned_file(place: Place) -> tuple[str, ...]:
    """The file is taken to another machine, to take money there that nobody here knows of."""
    place.hall.close()
    other = place.folder.with_name("elsewhere")
    shutil.copytree(place.folder, other, ignore=shutil.ignore_patterns(*STAYS_HERE))
    opened: list[OpenHall] = []
    said = answer(lambda: opened.append(open_hall(other, clock=FixedClock(halls.NOW))))
    for hall in opened:
        hall.close()
    return (said,)


def reprint_as_new(place: Place) -> tuple[str, ...]:
    """A customer who pays gets the print of another one's receipt; and prints are made as often as they are wanted."""
    asked = [
        answer(lambda: receipts.order_print(place.hall, TELLER, place.receipt_no, paper="a5", printer="pdf"))
        for _ in range(5)
    ]
    first, second, *_ = (f"print {job.copy_no}" for job in receipts.unfinished(place.hall))
    return first, second, asked[-1], *place.listed("print.copy")


def changed_receipt(place: Place) -> tuple[str, ...]:
    """A receipt over 900.00 is shown for one of 120.00, to be given back or to be entered as lost."""
    before = place.folder.with_name("before")
    shutil.copytree(place.folder, before)
    taken = place.paid(place.other, halls.cash(120))
    back_fen = undo.look(place.hall, TELLER, taken.payment_id, WISH).back_fen
    text = proof_text(taken.facts)
    genuine = signed_proof(text, place.hall.device.sign(text.encode("utf-8")))
    place.hall.close()
    place.hall = open_hall(before, clock=FixedClock(halls.NOW))
    forged = answer(lambda: lost_receipts.reenter(place.hall, SUPERVISOR, genuine.replace("|12000|", "|90000|")))
    return f"{back_fen} fen would go back", forged
