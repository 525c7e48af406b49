"""What a search gives back of a customer: the masked line, and what is behind it when somebody asks."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from itertools import groupby
from operator import itemgetter
from typing import NamedTuple, TypeAlias, TypeVar

from counter_app.domain.search import How, Kind, Lookup, is_room, local_landline, number_key, phone_key, text_key
from counter_app.storage.search_card import Card, CardAccount, Face, face_of, is_phone, rooms_of, stored_tail
from counter_app.storage.search_line import ALONE, AMONG
from counter_app.storage.sql import Row

KIND_OF = {stored: kind for kind in Kind for stored in (kind.value, stored_tail(kind.value))}

T = TypeVar("T")
Fields = dict[str, Kind]
"""Where on a card each word stands."""

_CUSTOMER_NO, _NAME, _ID_NUMBER, _GROUP_NAME, _PHONE, _ACCOUNT_NO, _ADDRESS = range(7)
"""Places in a card's face."""
_OF_A_NAME = (Kind.NAME, Kind.NAME_PART, Kind.PINYIN, Kind.PINYIN_PART, Kind.INITIALS, Kind.INITIALS_PART)
_FIRST = dict.fromkeys(_OF_A_NAME, _NAME) | {Kind.GROUP: _GROUP_NAME}
"""Where what matched stands, whichever phones and accounts there are."""
_ALONE = {Kind.CUSTOMER: _CUSTOMER_NO, Kind.IDENTITY: _ID_NUMBER, Kind.PHONE: _PHONE, Kind.ACCOUNT: _ACCOUNT_NO}
"""The same where there is one phone and one account."""
_OF_WORDS = _FIRST | {Kind.WORDS: _NAME, Kind.ADDRESS: _ADDRESS}
_PLACE = itemgetter(0)
NO_LINE = "\U0010ffff"
"""More than any kept line begins with."""

Plan = Sequence[tuple[int, Kind]]
"""What a statement asks for, in its order: the place of the look-up, and one of its kinds."""


def line_with(stored: str) -> str:
    """What a kept line begins with, at least, that shows what matched of a stored kind: a meter stands on none."""
    kind = KIND_OF[stored]
    return AMONG if kind in _FIRST else ALONE if kind in _ALONE else NO_LINE


class Hit(NamedTuple):
    """One customer found, as the `card` tells it; `matched` is the term that was looked up, or where each of the words
    stands.
    """

    customer_id: int
    kind: Kind
    how: How
    card: str
    matched: str | Fields

    @property
    def seen(self) -> tuple[bool, Face, str]:
        """Whether it is a person, what a line shows of the card with the account and the phone that matched, and the
        number, name or address that matched, in its own writing: all of it unmasked.
        """
        is_person, face, has_more = face_of(self.card)
        if isinstance(self.matched, dict):
            return is_person, *_seen_by_words(self.card, face, self.matched, self.kind, has_more=has_more)
        at = _FIRST.get(self.kind) if has_more else (_FIRST | _ALONE).get(self.kind)
        if at is not None:
            return is_person, face, face[at]
        card, kind = Card.read(self.card), self.kind
        part = _number_written(card, kind, self.matched, is_end=self.how is How.SUFFIX)
        account = next((each for each in card.accounts if part in _account_numbers(each, kind)), None)
        return is_person, _facing(face, part if kind is Kind.PHONE else None, account), part

    @property
    def part(self) -> str:
        """What matched, as it is written, unmasked."""
        return self.seen[2]

    @property
    def phone(self) -> str:
        """The phone to show, unmasked."""
        return self.seen[1][_PHONE]

    @property
    def account_no(self) -> str:
        """The number of the account to show."""
        return self.seen[1][_ACCOUNT_NO]

    @property
    def address(self) -> str:
        """The address of the account to show, unmasked."""
        return self.seen[1][_ADDRESS]


LinesOf: TypeAlias = Callable[[Kind, How, str | Fields, Iterable[Row]], list[T]]
"""Makes what is given back of customers who were found by the same: what matched and how, the term or where the words
stand, and rows of a place that means nothing here, the customer, and the kept line or, where that does not show what
matched, the card.
"""


def hits_of(kind: Kind, how: How, matched: str | Fields, rows: Iterable[Row]) -> list[Hit]:
    """Rows that end in a card as hits."""
    return [Hit(customer_id, kind, how, card, matched) for _, customer_id, card in rows]


def lines_of_terms(found: Iterable[Row], plan: Plan, lookups: Sequence[Lookup], lines_of: LinesOf[T]) -> list[T]:
    """What `lines_of` makes of rows of the terms, those together that stand at one place in the plan."""
    lines = list[T]()
    for index, rows in groupby(found, _PLACE):
        place, kind = plan[index]
        _, how, term = lookups[place]
        lines += lines_of(kind, how, term, rows)
    return lines


def lines_of_words(
    customer_id: int, line: str, card: str, fields: Fields, lines_of: LinesOf[T], *, is_masked: bool
) -> list[T]:
    """The same of a customer whose card holds every word."""
    kinds = set(fields.values())
    kind = kinds.pop() if len(kinds) == 1 else Kind.WORDS
    is_enough = is_masked and line >= ALONE and kind is not Kind.METER
    return lines_of(kind, How.ANY, fields, ((0, customer_id, line if is_enough else card),))


def stands_in(address: str, word: str) -> bool:
    """Whether an address holds a word, in its own writing or by figures alone."""
    if holds(address, word):
        return True
    return is_room(word) and (word in rooms_of(address) or text_key(word) in text_key(address))


def holds(text: str, word: str) -> bool:
    """Whether a text holds a word; as written it does nearly always, so its key is made for the rest only."""
    return word in text or word in text_key(text)


def numbers_of(card: Card, kind: Kind) -> list[str]:
    """The numbers of one kind on a card, as they are written."""
    if kind is Kind.CUSTOMER:
        return [card.customer_no]
    if kind is Kind.IDENTITY:
        return [card.id_number]
    if kind is Kind.PHONE:
        return list(card.phones)
    return [number for account in card.accounts for number in _account_numbers(account, kind)]


def _seen_by_words(text: str, face: Face, fields: Fields, kind: Kind, *, has_more: bool) -> tuple[Face, str]:
    card = Card.read(text)
    if has_more:
        phone = next((each for each in card.phones if phone_key(each).endswith(tuple(fields))), None)
        face = _facing(face, phone, _account_with(card, [word for word, at in fields.items() if at is Kind.ADDRESS]))
    at = _OF_WORDS.get(kind)
    if at is not None:
        return face, face[at]
    tails = tuple(word.upper() for word in fields)
    return face, next((number for number in numbers_of(card, kind) if number_key(number).endswith(tails)), "")


def _facing(face: Face, phone: str | None, account: CardAccount | None) -> Face:
    """The face with another phone or account, where there is one."""
    customer_no, name, id_number, group_name, first_phone, account_no, address = face
    if account is not None:
        account_no, address = account.account_no, account.address
    return customer_no, name, id_number, group_name, first_phone if phone is None else phone, account_no, address


def _account_with(card: Card, words: list[str]) -> CardAccount | None:
    return next(
        (each for each in card.accounts if words and all(stands_in(each.address, word) for word in words)), None
    )


def _account_numbers(account: CardAccount, kind: Kind) -> tuple[str, ...]:
    if kind is Kind.ACCOUNT:
        return (account.account_no,)
    return (account.contract_no,) if kind is Kind.CONTRACT else account.numbers


def _number_written(card: Card, kind: Kind, term: str, *, is_end: bool) -> str:
    """Which of the numbers of a kind a term leads to, in its own writing: the first of them in the index."""
    numbers = numbers_of(card, kind)
    if kind is Kind.METER:
        # a line that is a phone stands among the phones
        numbers = [number for number in numbers if not is_phone(number)]
    key = phone_key if kind is Kind.PHONE else number_key
    begun = term[::-1] if is_end else term
    found = []
    for number in numbers:
        stored = key(number)
        forms = (stored[::-1],) if is_end else (stored, local_landline(stored)) if kind is Kind.PHONE else (stored,)
        found += [(form, number) for form in forms if form.startswith(begun)]
    return min(found, key=itemgetter(0))[1] if found else ""
