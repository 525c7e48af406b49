"""Where cheats try: a hall in the middle of its day, and what the program answered to each try, as short texts."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import cast

from counter_app.clock import FixedClock
from counter_app.domain.payments import Tender
from counter_app.domain.refusals import Refused
from counter_app.domain.reports import Asked, ReportKind
from counter_app.domain.shift_close import Declared
from counter_app.domain.staff import Role, Session
from counter_app.services import payments, reports, shift_close
from counter_app.services.signoffs import Signed
from counter_app.storage.hall import OpenHall, open_hall
from counter_app.storage.store import FILE_NAME
from counter_app.storage.trouble import MoneyIsOff, NotThisKey, StoreTrouble
from counter_app.storage.verify import verify_folder
from tests import halls
from tests.halls import Someone

TELLER, COLLEAGUE = halls.teller(), halls.teller("1002")
SUPERVISOR = halls.teller("2001", Role.SUPERVISOR)
ADMIN = halls.teller("9001", Role.ADMIN)
AUDITOR = halls.teller("8001", Role.AUDITOR)
DONE = "done"
FLOAT_FEN = 50_000


@dataclass
class Place:
    """One hall with the teller's shift open, and two customers, one of whom was served by her already."""

    folder: Path
    hall: OpenHall
    served: Someone
    other: Someone
    payment_id: str
    receipt_no: str

    @property
    def clock(self) -> FixedClock:
        """The clock of the machine, which whoever sits at it can set."""
        return cast("FixedClock", self.hall.clock)

    @property
    def file(self) -> Path:
        """The hall's one file."""
        return self.folder / FILE_NAME

    def again(self) -> None:
        """The program is started anew on the same folder."""
        moment = self.clock.moment
        self.hall.close()
        self.hall = open_hall(self.folder, clock=FixedClock(moment))

    def paid(self, who: Someone, *tenders: Tender, session: Session = TELLER) -> payments.Taken:
        """Money is taken in the open shift."""
        return halls.pay(self.hall, who, *tenders, session=session)[1]

    def counted(self, declared: Declared, reason: str, signed: Signed | None = None) -> shift_close.Closed:
        """The teller counts as she says, and closes."""
        shift_close.count(self.hall, TELLER, declared, f"{reason}:count")
        return shift_close.close(self.hall, TELLER, reason, f"{reason}:close", signed)

    def listed(self, *codes: str) -> tuple[str, ...]:
        """What the exceptions of all days say under these codes: who, who signed, and fen."""
        day = self.hall.clock.now().date()
        asked = Asked(ReportKind.EXCEPTIONS, day.replace(year=2020), day.replace(year=2030))
        rows = (row.cells for row in reports.make(self.hall, AUDITOR, asked).rows)
        return tuple(
            f"listed: {what} by {by}{f', signed {signed}' if signed else ''}{f', {fen} fen' if fen is not None else ''}"
            for _, what, by, signed, _, _, fen in rows
            if what in codes
        )

    def found(self, what: str) -> str:
        """Whether `verify` finds this in the folder, once the program has ended."""
        self.hall.close()
        kinds = {finding.what for finding in verify_folder(self.folder).findings}
        return f"found: {what}" if what in kinds else f"not among {sorted(kinds)}"


def answer(act: Callable[[], object]) -> str:
    """What the program answers to an act: a refusal by its name, that money is off, that the file does not open, or
    that it is done.
    """
    try:
        act()
    except Refused as refused:
        return f"refused: {type(refused.refusal).__name__}"
    except MoneyIsOff:
        return "money is off"
    except NotThisKey:
        return "does not open"
    except StoreTrouble as trouble:
        return f"trouble: {type(trouble).__name__}"
    return DONE


def a_folder(folder: Path) -> tuple[Path, Sequence[object]]:
    """The hall that every try gets its own copy of, closed; with the rows of it that tries need."""
    hall = halls.a_hall(folder)
    served, other = halls.three_months_behind(hall), halls.three_months_behind(hall, no="10002346", name="李雷")
    halls.an_open_shift(hall, float_fen=FLOAT_FEN)
    _, taken = halls.pay(hall, served, halls.cash(120))
    hall.close()
    return folder, (served, other, taken.payment_id, taken.receipt_no)


def copied(origin: tuple[Path, Sequence[object]], folder: Path) -> Place:
    """A place of its own."""
    shutil.copytree(origin[0], folder)
    served, other, payment_id, receipt_no = origin[1]
    hall = open_hall(folder, clock=FixedClock(halls.NOW))
    return Place(
        folder,
        hall,
        cast("Someone", served),
        cast("Someone", other),
        cast("str", payment_id),
        cast("str", receipt_no),
    )
