"""From what the service read of a customer to what the page shows."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import UTC, date, tzinfo
from functools import partial

from counter_app.domain.allocation import Debt
from counter_app.domain.bills import Bill
from counter_app.domain.customers import Account, Service
from counter_app.domain.disputes import is_in_dispute, money_of
from counter_app.domain.late_fees import LateFeeWorking
from counter_app.domain.late_rows import LateRows
from counter_app.domain.masks import mask
from counter_app.domain.money import half_up
from counter_app.domain.payments import Position
from counter_app.services.customers import CustomerPage
from counter_app.ui.disputes.bill_marks import bill_word
from counter_app.ui.formats import amount, day
from counter_app.ui.language import tr
from counter_app.ui.payments import words
from counter_app.ui.payments.screen import (
    BillRow,
    BookRow,
    ChipValue,
    ContactRow,
    CustomerScreen,
    HeaderScreen,
    Mark,
    NoteRow,
    OpenBillRow,
    PaymentRow,
    ServiceValue,
    Tone,
)
from counter_app.ui.reliefs.notes import short_notes
from counter_app.ui.wording_undo import void_word

_MOST_SERVICES = 3
_LONGEST_NAME = 8
"""Characters of a name on a tab; its number is never cut."""

_MONTHS_OF_AVERAGE = 3
_row = partial(tuple.__new__, OpenBillRow)
"""A row without the check of its length: sixty are made while a teller waits."""


def customer_screen(page: CustomerPage, account_id: int, trade: str, zone: tzinfo | None = UTC) -> CustomerScreen:
    """The page for one account of the customer (the first when there is no such account); moments in the hall's zone,
    for the file keeps them in UTC.
    """
    position = position_of(page, account_id)
    customer = page.record.customer
    number = words.grouped(position.account.account_no) if position else customer.customer_no
    own = position.account.id if position else 0
    return CustomerScreen(
        customer_id=customer.id,
        title=f"{_short(words.masked_name(customer))} {number}",
        header=_header(page, position, trade),
        accounts=tuple((str(p.account.id), _account_word(p)) for p in page.positions),
        account=str(own),
        services=_services(position, trade) if position else (),
        open_bills=tuple([_open_row(*found, position.on) for found in position.open_bills]) if position else (),
        bills=LateRows(lambda: _bills(page, own)),
        payments=_payments(page, own, zone),
        books=_books(position) if position else (),
        contacts=tuple(
            ContactRow(words.contact_word(c.kind), words.masked_contact(c.kind, c.value), mask("name", c.person))
            for c in page.record.contacts
        ),
        notes=tuple(NoteRow(n.written_at.astimezone(zone), n.staff_no, n.body) for n in page.record.notes),
    )


def position_of(page: CustomerPage, account_id: int) -> Position | None:
    """The account's position; the first one when there is no such account, None for a customer without any."""
    first = page.positions[0] if page.positions else None
    return next((p for p in page.positions if p.account.id == account_id), first)


def best_account(page: CustomerPage) -> int:
    """The account to begin with: the one that owes longest, else the first."""
    overdue = page.overdue if len(page.positions) > 1 else ()
    if overdue:
        return overdue[0].bill.account_id
    return page.positions[0].account.id if page.positions else 0


def marked(rows: tuple[OpenBillRow, ...], marks: Mapping[int, Mark]) -> tuple[OpenBillRow, ...]:
    """The rows, which have no marks yet, with what this payment does to each."""
    if not marks:
        return rows
    spoken: dict[Mark, str] = {"": "", "clear": tr("结清"), "part": tr("部分")}

    def with_mark(row: OpenBillRow) -> OpenBillRow:
        mark = marks.get(row.bill_id, "")
        return row if mark == row.mark else row._replace(mark=mark, mark_word=spoken[mark])

    return tuple([with_mark(row) for row in rows])


def _short(name: str) -> str:
    return name if len(name) <= _LONGEST_NAME else f"{name[:_LONGEST_NAME]}…"


def _header(page: CustomerPage, position: Position | None, trade: str) -> HeaderScreen:
    customer = page.record.customer
    kind = tr("居民") if customer.customer_class == "resident" else tr("非居民")
    phone = next((words.masked_contact(c.kind, c.value) for c in page.record.contacts if c.kind != "mail"), "")
    facts = [phone, "", kind]
    details = []
    if position is not None:
        account = position.account
        facts[1] = tr("户号 {no}", no=words.grouped(account.account_no))
        facts += [f"{key} {value}" for key, value in account.facts.items()]
        details = _details(page, position, account, trade)
    if customer.group_name:
        details.append(customer.group_name)
    return HeaderScreen(
        name=words.masked_name(customer),
        facts=" · ".join(part for part in facts if part),
        details=" · ".join(part for part in details if part),
        chips=(*_state_of_only(position, trade), *map(words.flag_chip, customer.flags)),
        overdue=_overdue(page),
    )


def _details(page: CustomerPage, position: Position, account: Account, trade: str) -> list[str]:
    average_fen = _average_fen(page.record.bills, account.id)
    meters = [s.meter_no for s in position.services if s.meter_no]
    return [
        "" if average_fen is None else tr("前三月月均 {fen}", fen=amount(average_fen)),
        tr("表号 {no}", no=words.grouped(meters[0])) if meters else "",
        _plain_service(position, trade),
        mask("address", account.address),
    ]


def _average_fen(bills: Sequence[Bill], account_id: int) -> int | None:
    """The mean of the account's last three billed months; the bills come by account and month, so the rest waits."""
    of_month: dict[str, int] = {}
    for bill in reversed(bills):
        if bill.account_id != account_id:
            if of_month:
                break
            continue
        if len(of_month) == _MONTHS_OF_AVERAGE and bill.month not in of_month:
            break
        of_month[bill.month] = of_month.get(bill.month, 0) + bill.principal_fen
    return half_up(sum(of_month.values()), len(of_month)) if of_month else None


def _overdue(page: CustomerPage) -> ChipValue | None:
    found = page.overdue
    if not found:
        return None
    owed = amount(sum(o.debt.payable_fen for o in found))
    count = len({o.bill.month for o in found})
    return ChipValue(
        tr("欠费 {count} 期 · 最早 {month} · {owed}", count=count, month=found[0].bill.month, owed=owed), "bad"
    )


def _account_word(position: Position) -> str:
    number = words.grouped(position.account.account_no)
    return f"{number} · {amount(position.due_fen)}" if position.due_fen else number


def _is_plain(position: Position) -> bool:
    """One service needs no line of its own."""
    return len(position.services) == 1


def _plain_service(position: Position, trade: str) -> str:
    if not _is_plain(position):
        return ""
    service = position.services[0]
    state = words.state_chip(service, trade).word if service.state == "active" else ""
    return f"{_service_words(service)} {state}".rstrip()


def _state_of_only(position: Position | None, trade: str) -> tuple[ChipValue, ...]:
    """The state of the only service, when it is not as it should be."""
    if position is None or not _is_plain(position) or position.services[0].state == "active":
        return ()
    return (words.state_chip(position.services[0], trade),)


def _service_words(service: Service) -> str:
    number = mask("phone", service.number) if service.kind in ("mobile", "landline") else service.number
    return " ".join(part for part in (words.kind_word(service.kind), number, service.plan) if part)


def _services(position: Position, trade: str) -> tuple[ServiceValue, ...]:
    """The troubled ones first; a state that is as it should be is shown last."""
    if _is_plain(position):
        return ()
    ordered = sorted(position.services, key=lambda s: (s.state == "active", s.id))
    found = []
    for service in ordered[:_MOST_SERVICES]:
        found.append(ServiceValue(_service_words(service), words.state_chip(service, trade)))
    rest = len(ordered) - _MOST_SERVICES
    if rest > 0:
        found.append(ServiceValue("", ChipValue(tr("另有 {count} 项", count=rest), "muted", "plus")))
    return tuple(found)


def _open_row(bill: Bill, working: LateFeeWorking, debt: Debt, on: date) -> OpenBillRow:
    is_plain = not (bill.is_disputed or bill.is_late_fee_deferred or bill.reliefs or debt.collection_cost_fen)
    if is_plain and bill.settlements:
        is_plain = not is_in_dispute(bill)
    return _row(
        (
            bill.bill_id,
            bill.month,
            bill.due_on,
            max(0, (on - bill.due_on).days),
            debt.principal_fen,
            debt.late_fee_fen,
            working.starts_on,
            debt.payable_fen,
            "" if is_plain else _note(bill, debt, on),
            "",
            "",
        )
    )


def _note(bill: Bill, debt: Debt, on: date) -> str:
    notes = []
    if dispute := bill_word(bill):
        notes.append(dispute)
    notes += short_notes(bill, on)
    if debt.collection_cost_fen:
        notes.append(tr("含催收费用 {fen}", fen=amount(debt.collection_cost_fen)))
    return " · ".join(notes)


def _bills(page: CustomerPage, account_id: int) -> tuple[BillRow, ...]:
    rows = []
    for bill in sorted(page.record.bills, key=lambda b: (b.month, b.bill_id), reverse=True):
        if bill.account_id == account_id:
            state, tone = _state_of(bill, page)
            # what was let off, is frozen, or was never due is no money that came in
            settled_fen = sum(s.principal_fen + s.late_fee_fen + s.cost_fen for s in money_of(bill.settlements))
            fee_fen = page.workings[bill.bill_id].computed_fen
            rows.append(
                BillRow(bill.month, bill.due_on, bill.principal_fen, fee_fen, settled_fen, state, tone, bill.bill_id)
            )
    return tuple(rows)


def _state_of(bill: Bill, page: CustomerPage) -> tuple[str, Tone]:
    if dispute := bill_word(bill):
        return dispute, "warn"
    owed_fen = bill.principal_open_fen + page.workings[bill.bill_id].due_fen
    if not owed_fen:
        waived_fen = sum(relief.waived_fen for relief in bill.reliefs)
        return (tr("已缴清，减免 {sum}", sum=amount(waived_fen)) if waived_fen else tr("已缴清")), "good"
    if money_of(bill.settlements):
        return tr("部分已缴"), "warn"
    return (tr("逾期未缴"), "bad") if bill.due_on < page.on else (tr("未到期"), "muted")


def _payments(page: CustomerPage, account_id: int, zone: tzinfo | None) -> tuple[PaymentRow, ...]:
    return tuple(
        PaymentRow(
            *(
                p.taken_at.astimezone(zone),
                p.receipt_no,
                p.settled_fen,
                p.received_fen,
                p.change_fen,
                p.prepaid_used_fen,
                p.staff_no,
            ),
            void_word(p.undone_way),
        )
        for p in sorted(page.payments, key=lambda p: p.taken_at, reverse=True)
        if p.account_id == account_id
    )


def _books(position: Position) -> tuple[BookRow, ...]:
    rows = []
    for held in position.books:
        book = held.book
        is_over = book.is_expired(position.on)
        valid_to = tr("{day} 已过期", day=day(book.valid_to)) if is_over else day(book.valid_to)
        kind = words.book_word(book.kind_of_money)
        rows.append(BookRow(held.name, kind, "、".join(book.items) or tr("各项通用"), book.balance_fen, valid_to))
    return tuple(rows)
