"""What the search holds of one customer on one card, and the terms and words that lead to it."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Iterator
from typing import NamedTuple

from counter_app.domain.search import TAILED, Kind, local_landline, number_key, phone_key, text_key
from counter_app.storage.search_readings import readings_of

NAME_SIGNS = 64
PART_SIGNS = 16
LATIN_SIGNS = 32
NUMBER_SIGNS = 48
"""Longer terms are cut to so many signs in the index; who asks for more compares with the card."""

_MOST_PARTS = 200
_TEXT_SIGNS = 256
_LONGEST_PERSON = 4
_TAIL_DIGITS = 4
_MOST_GRAMS = 8
# the separators that ASCII has for this; twenty cards are read at every keystroke
_GROUP, _RECORD, _FIELD = "\x1d", "\x1e", "\x1f"
_NO_SEPARATORS = {ord(sign): " " for sign in (_GROUP, _RECORD, _FIELD)}
_PHONE = re.compile(r"1[3-9][0-9]{9}|0[0-9]{9,}|[48]00[0-9]{7}")
_FIGURES = re.compile(r"[0-9]+")
# the index parts its words at ASCII signs, so those that names may hold are kept as their full-width forms
_WIDE = {code: code + 0xFEE0 for code in range(0x21, 0x7F) if not chr(code).isalnum()}


class CardAccount(NamedTuple):
    """One account on a card with the numbers of its lines and meters."""

    account_no: str
    address: str
    contract_no: str
    numbers: tuple[str, ...]


class Card(NamedTuple):
    """One customer as the search knows and shows it; `readings` are pinyin with spaces, the most usual first."""

    is_person: bool
    customer_no: str
    name: str
    id_number: str
    group_name: str
    phones: tuple[str, ...]
    accounts: tuple[CardAccount, ...]
    readings: tuple[str, ...]

    @classmethod
    def make(
        cls,
        *,
        is_person: bool,
        customer_no: str,
        name: str,
        id_number: str,
        group_name: str,
        phones: Iterable[str],
        accounts: Iterable[CardAccount],
    ) -> Card:
        """A card of the master data; lines that are phones join the phones."""
        held = tuple(accounts)
        lines = [number for account in held for number in account.numbers if is_phone(number)]
        readings = [" ".join(reading) for reading in readings_of(text_key(name[: 2 * _TEXT_SIGNS]))]
        every = tuple(dict.fromkeys((*phones, *lines)))
        return cls(is_person, customer_no, name, id_number, group_name, every, held, tuple(readings))

    def write(self) -> str:
        """The card as it is stored."""
        head = ("1" if self.is_person else "", self.customer_no, self.name, self.id_number, self.group_name)
        accounts = [_joined(_FIELD, (a.account_no, a.address, a.contract_no, *a.numbers)) for a in self.accounts]
        groups = (
            _joined(_FIELD, head),
            _joined(_FIELD, self.phones),
            _RECORD.join(accounts),
            _FIELD.join(self.readings),
        )
        return _GROUP.join(groups)

    @classmethod
    def read(cls, text: str) -> Card:
        """The card that `write` stored."""
        head, phones, accounts, readings = text.split(_GROUP)
        person, customer_no, name, id_number, group_name = head.split(_FIELD)
        return cls(
            person == "1",
            customer_no,
            name,
            id_number,
            group_name,
            tuple(phones.split(_FIELD)) if phones else (),
            tuple([_account(part.split(_FIELD)) for part in accounts.split(_RECORD)]) if accounts else (),
            tuple(readings.split(_FIELD)) if readings else (),
        )

    def terms(self) -> set[tuple[str, str]]:
        """Everything that leads to this customer in the table of terms: stored kind, term."""
        found = set(_number_terms(self))
        found.update(_name_terms(text_key(self.name)))
        found.update(_latin_terms(self.readings))
        if group := text_key(self.group_name):
            found.add((Kind.GROUP.value, group[:NAME_SIGNS]))
        return found

    def body(self) -> str:
        """The words that lead to this customer in the text index, in a fixed order."""
        name = wide(text_key(self.name))[:_TEXT_SIGNS]
        words = [*name, *_grams(name)]
        for text in (self.group_name, *[account.address for account in self.accounts]):
            if text:
                words += _grams(wide(text_key(text))[:_TEXT_SIGNS])
                words += map(room_word, rooms_of(text))
        words += [tail_word(number) for kind, number in self.numbers() if kind in TAILED]
        words += map(latin_word, self.latin_words())
        return " ".join(dict.fromkeys(words))

    def numbers(self) -> Iterator[tuple[Kind, str]]:
        """Every number of the customer in the form in which numbers are compared."""
        yield Kind.CUSTOMER, number_key(self.customer_no)
        yield Kind.IDENTITY, number_key(self.id_number)
        for phone in self.phones:
            yield Kind.PHONE, phone_key(phone)
        for account in self.accounts:
            yield Kind.ACCOUNT, number_key(account.account_no)
            yield Kind.CONTRACT, number_key(account.contract_no)
            for number in account.numbers:
                if not is_phone(number):
                    yield Kind.METER, number_key(number)

    def latin_words(self) -> Iterator[str]:
        """Beginnings of the pinyin at a syllable's end, and of the initials: zhang, zhangwei, z, zw."""
        for reading in self.readings:
            syllables = reading.split(" ")[:_LONGEST_PERSON]
            for end in range(1, len(syllables) + 1):
                yield "".join(syllables[:end])
                yield "".join(part[0] for part in syllables[:end])


def stored_tail(kind: str) -> str:
    """The stored kind of reversed terms of a number."""
    return kind.upper()


def is_phone(number: str) -> bool:
    """Whether a line's number has the shape of a phone number; others are meters."""
    return _PHONE.fullmatch(phone_key(number)) is not None


def wide(text: str) -> str:
    """The text without ASCII signs that part words."""
    return text.translate(_WIDE)


def tail_word(digits: str) -> str:
    """The word of the text index for a number's last digits."""
    return f"¦t{digits[-_TAIL_DIGITS:]}"


def room_word(room: str) -> str:
    """The word of the text index for a room written by figures alone."""
    return f"¦r{wide(room)}"


def rooms_of(address: str) -> list[str]:
    """How the end of an address is written by figures alone: 12栋3单元1201室 is 12-3-1201 and 3-1201."""
    figures = _FIGURES.findall(unicodedata.normalize("NFKC", address))[-4:]
    return ["-".join(figures[start:]) for start in range(len(figures) - 1)]


def latin_word(letters: str) -> str:
    """The word of the text index for pinyin or initials."""
    return f"¦y{letters}"


def query_grams(text: str) -> list[str]:
    """The words that a customer whose text contains `text` has in the text index."""
    text = wide(text)
    if len(text) < 3:
        return [text]
    return list(dict.fromkeys(text[start : start + 3] for start in range(len(text) - 2)))[:_MOST_GRAMS]


def _joined(separator: str, parts: Iterable[str]) -> str:
    return separator.join(part.translate(_NO_SEPARATORS) for part in parts)


def _account(parts: list[str]) -> CardAccount:
    return CardAccount(parts[0], parts[1], parts[2], tuple(parts[3:]))


def _grams(text: str) -> list[str]:
    triples = [text[start : start + 3] for start in range(len(text) - 2)]
    pairs = [text[start : start + 2] for start in range(len(text) - 1)]
    return triples + [pair for pair in pairs if not (pair.isascii() and pair.isdecimal())]


def _number_terms(card: Card) -> Iterator[tuple[str, str]]:
    for kind, number in card.numbers():
        if not number:
            continue
        yield kind.value, number[:NUMBER_SIGNS]
        if kind in TAILED:
            yield stored_tail(kind.value), number[::-1][:NUMBER_SIGNS]
        if kind is Kind.PHONE and (local := local_landline(number)):
            yield kind.value, local[:NUMBER_SIGNS]


def _name_terms(name: str) -> Iterator[tuple[str, str]]:
    if name:
        yield Kind.NAME.value, name[:NAME_SIGNS]
    for start in range(1, min(len(name), _MOST_PARTS)):
        yield Kind.NAME_PART.value, name[start : start + PART_SIGNS]


def _latin_terms(readings: Iterable[str]) -> Iterator[tuple[str, str]]:
    for reading in readings:
        parts = reading.split(" ")
        initials = "".join(part[0] for part in parts)
        yield Kind.PINYIN.value, "".join(parts)[:LATIN_SIGNS]
        yield Kind.INITIALS.value, initials[:LATIN_SIGNS]
        if len(parts) > 1:
            # zhangwm: the surname in full, the rest by initials
            yield Kind.INITIALS_PART.value, (parts[0] + initials[1:])[:LATIN_SIGNS]
        # of a person the given name alone, of an organisation every word that somebody may know
        for start in range(1, 2 if len(parts) <= _LONGEST_PERSON else len(parts)):
            if rest := parts[start:]:
                yield Kind.PINYIN_PART.value, "".join(rest)[:LATIN_SIGNS]
                if len(rest) > 1:
                    yield Kind.INITIALS_PART.value, initials[start:][:PART_SIGNS]
