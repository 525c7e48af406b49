"""Finding customers for the room: typed into the search box, or scanned from a paper."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass

from counter_app.domain.receipts import read_proof
from counter_app.domain.refusals import Refused
from counter_app.domain.search import Kind
from counter_app.domain.staff import Right, Session
from counter_app.services import receipts, retention_after
from counter_app.services.hall import OpenHall
from counter_app.services.search import FoundCustomer, SearchAnswer, find
from counter_app.ui.desk import Desk
from counter_app.ui.language import later, tr
from counter_app.ui.payments.words import grouped
from counter_app.ui.wording import sentences, trouble_sentences

MOST_ROWS = 20
_FEW = 3
_RECEIPT = re.compile(r"[A-Z0-9]{1,8}-[A-Z0-9]{1,8}-\d{4}-\d{6,}")

_KINDS = {
    Kind.PHONE: later("手机号或电话"),
    Kind.ACCOUNT: later("户号"),
    Kind.METER: later("表号"),
    Kind.CUSTOMER: later("客户编号"),
    Kind.IDENTITY: later("证件号"),
    Kind.CONTRACT: later("合同号"),
    Kind.NAME: later("姓名"),
    Kind.PINYIN: later("拼音"),
    Kind.INITIALS: later("拼音首字母"),
    Kind.GROUP: later("集团名称"),
    Kind.ADDRESS: later("地址"),
}


@dataclass(frozen=True, slots=True)
class FoundLine:
    """One line of the results."""

    customer_id: int
    title: str
    detail: str
    note: str


@dataclass(frozen=True, slots=True)
class Found:
    """The answer to a text; without lines `nothing` says what was tried. `receipt_no` is the receipt that was asked
    for, where it was one.
    """

    text: str
    lines: tuple[FoundLine, ...]
    nothing: str = ""
    receipt_no: str = ""


class SearchPresenter:
    """Asks for the newest text only: while one question is out, the ones between are never asked."""

    def __init__(self, desk: Desk, show: Callable[[Found], object]) -> None:
        self._desk, self._show = desk, show
        self._is_asking = False
        self._next: str | None = None

    def wanted(self, text: str) -> None:
        """A keystroke in the search box."""
        self._next = text
        if not self._is_asking:
            self._ask()

    def _ask(self) -> None:
        text, self._next = self._next, None
        if text is None:
            return
        self._is_asking = True
        hall, who = self._desk.hall, self._desk.session

        def job() -> Found:
            if number := _receipt_no(text.strip().upper()):
                return receipt_found(hall, text, number)
            answer = find(hall, text, MOST_ROWS)
            return found_of(text, answer, held_notes(hall, who, answer))

        self._desk.lanes.run(
            "reader",
            job,
            self._answered,
            lambda refusal: self._answered(Found(text, (), sentences(refusal))),
            lambda trouble: self._answered(Found(text, (), trouble_sentences(trouble))),
        )

    def _answered(self, found: Found) -> None:
        self._is_asking = False
        if self._next is None:
            self._show(found)
        else:
            self._ask()


def held_notes(hall: OpenHall, who: Session | None, answer: SearchAnswer) -> dict[int, str]:
    """By customer, how long the number that they gave up is kept for them; asked only where few customers are left to
    choose from (002-A22).
    """
    few = tuple(hit.customer_id for hit in answer.hits) if len(answer.hits) <= _FEW else ()
    if not few or who is None or not who.may(Right.SEE_CUSTOMERS):
        return {}
    on = hall.clock.now().date()
    holds = retention_after.holds_of(hall, who, customer_ids=few)
    return {hold.customer_id: tr("号码保留，还有 {days} 天", days=hold.days_left(on)) for hold in holds}


def found_of(text: str, answer: SearchAnswer, notes: Mapping[int, str] | None = None) -> Found:
    """The answer in the screen's words; `notes` say more about some customers."""
    if answer.hits:
        more = notes or {}
        return Found(text, tuple(_line(hit, more.get(hit.customer_id, "")) for hit in answer.hits))
    if answer.is_too_short:
        return Found(text, (), tr("再多输入一些：至少两位数字、一个汉字或两个字母。"))
    if not answer.tried:
        return Found(text, (), tr("没有可以查的内容。请输入手机号、户号、姓名、拼音、证件号或地址。"))
    tried = "、".join(tr(_KINDS[way.kind]) for way in answer.tried if way.kind in _KINDS)
    return Found(text, (), tr("没有找到。已按{tried}查过，请核对后再试。", tried=tried))


def receipt_found(hall: OpenHall, text: str, receipt_no: str) -> Found:
    """The customer of a receipt whose whole number was typed.

    Raises:
        Refused: `ReceiptUnknown`.
    """
    customer_no = receipts.facts_of(hall, receipt_no).customer_no
    hits = [hit for hit in find(hall, customer_no, MOST_ROWS).hits if hit.customer_no == customer_no]
    return Found(text, tuple(_line(hit, tr("收据 {no}", no=receipt_no)) for hit in hits), receipt_no=receipt_no)


def scanned_customer(hall: OpenHall, text: str) -> tuple[int | None, str]:
    """The customer that a scanned paper belongs to (None: unclear): a receipt's code or number, an account, a phone;
    and the receipt's number, where it is one.

    Raises:
        Refused: `ReceiptUnknown`.
    """
    wanted = text.strip()
    number = _receipt_no(wanted)
    if number:
        wanted = receipts.facts_of(hall, number).customer_no
    hits = find(hall, wanted, 2).hits
    exact = [hit for hit in hits if number and hit.customer_no == wanted]
    if exact:
        return exact[0].customer_id, number
    return (hits[0].customer_id if len(hits) == 1 else None), number


def _receipt_no(text: str) -> str:
    try:
        return read_proof(text).receipt_no
    except Refused:
        return text if _RECEIPT.fullmatch(text) else ""


def _line(hit: FoundCustomer, more: str) -> FoundLine:
    title = " ".join(part for part in (hit.name, hit.phone) if part)
    detail = [tr("户号 {no}", no=grouped(hit.account_no)) if hit.account_no else "", hit.address, hit.group_name]
    return FoundLine(hit.customer_id, title, " · ".join(part for part in detail if part), more or hit.part)
