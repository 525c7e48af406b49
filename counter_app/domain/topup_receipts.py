"""The receipt for prepaid money that another channel took (预存款收据): the facts of a print."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from counter_app.domain.money import Fen
from counter_app.domain.papers import PaperPerson, facts_of, series_number

TOPUP_RECEIPT = "topup_receipt"
"""The kind of this paper among the numbered ones."""

HEADING = "预存款收据"
VERSION = 1
_LETTERS = "YC"
_CHANNELS = {"online": "网上营业厅", "self_service": "自助终端", "bank": "银行代收", "card": "充值卡"}


@dataclass(frozen=True, slots=True)
class TopupReceiptFacts:
    """What stands on it: where the money was paid, under which number there, and into which book."""

    hall_name: str
    company: str
    hall_id: str
    counter_id: str
    counter_name: str
    hotline: str
    paper_no: str
    year: int
    serial: int
    act_id: str
    move_id: str
    issued_at: datetime
    staff: PaperPerson
    customer_no: str
    customer_name_masked: str
    account_no: str
    book_name: str
    amount_fen: Fen
    paid_on: date
    channel: str
    reference: str
    is_demo: bool = False
    version: int = VERSION

    @property
    def channel_word(self) -> str:
        """Where it was paid, in the hall's words."""
        return _CHANNELS.get(self.channel, self.channel)


def topup_receipt_number(*, hall_code: str, counter_code: str, year: int, serial: int) -> str:
    """`HZ01-03-2026-YC000001`."""
    return series_number(_LETTERS, hall_code=hall_code, counter_code=counter_code, year=year, serial=serial)


def topup_receipt_of_text(text: str) -> TopupReceiptFacts:
    """The facts that `papers.facts_text` wrote.

    Raises:
        ValueError: as `papers.facts_of` says.
    """
    return facts_of(text, TopupReceiptFacts, place="receipt", version=VERSION)
