"""A tender as it is typed: texts as they stand in the fields, read to what the domain takes."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from counter_app.domain.money import Fen, parse_fen
from counter_app.domain.payment_refusals import DateMissing
from counter_app.domain.payments import CASH, Tender
from counter_app.domain.refusals import Refused

FIELDS: dict[str, tuple[str, ...]] = {
    "card": ("reference",),
    "qr": ("reference",),
    "cheque": ("bank", "document_no"),
    "bank_slip": ("document_no", "document_on"),
}
"""What each tender asks for beside its amount, in reading order."""


@dataclass(frozen=True, slots=True)
class TypedTender:
    """One tender as typed: nothing is lost by a mistake."""

    kind: str = CASH
    text: str = ""
    reference: str = ""
    bank: str = ""
    document_no: str = ""
    document_on: str = ""

    @property
    def fen(self) -> Fen:
        """The amount; 0 while there is none."""
        try:
            return parse_fen(self.text)
        except Refused:
            return 0

    def read(self) -> Tender:
        """The tender for the plan.

        Raises:
            Refused: `BadAmount`, or `DateMissing` for a date that is none.
        """
        asked = FIELDS.get(self.kind, ())
        return Tender(
            self.kind,
            parse_fen(self.text),
            reference=self.reference.strip() if "reference" in asked else "",
            bank=self.bank.strip() if "bank" in asked else "",
            document_no=self.document_no.strip() if "document_no" in asked else "",
            document_on=read_date(self.document_on, self.kind) if "document_on" in asked else None,
        )


def read_date(text: str, tender: str) -> date | None:
    """A date as typed: `2026-11-21`, `20261121`, `2026/11/21`; None for nothing.

    Raises:
        Refused: `DateMissing` for anything else.
    """
    plain = text.strip().replace("/", "-").replace(".", "-")
    if not plain:
        return None
    try:
        return date.fromisoformat(plain)
    except ValueError:
        raise Refused(DateMissing(tender)) from None
