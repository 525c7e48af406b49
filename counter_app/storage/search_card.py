"""What the search holds of one customer on one card, and the forms in which the index has its words."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable
from functools import lru_cache
from typing import NamedTuple

from counter_app.domain.search import Kind, number_key, phone_key, text_key
from counter_app.storage.search_readings import readings_of

NAME_SIGNS = 64
PART_SIGNS = 16
LATIN_SIGNS = 32
NUMBER_SIGNS = 48
"""Longer terms are cut to so many signs in the index; who asks for more compares with the card."""

TEXT_SIGNS = 256
LONGEST_PERSON = 4
_TAIL_DIGITS = 4
_MOST_GRAMS = 8
# the separators that ASCII has for this; twenty cards are read at every keystroke
GROUP, _RECORD, FIELD = "\x1d", "\x1e", "\x1f"
"""What parts a card; no part of it holds them, and a kept line has no groups."""
_NO_ACCOUNT = ("", "", "")
_NO_SEPARATORS = {ord(sign): " " for sign in (GROUP, _RECORD, FIELD)}
_CUSTOMER, _IDENTITY, _PHONE = Kind.CUSTOMER.value, Kind.IDENTITY.value, Kind.PHONE.value
_ACCOUNT, _CONTRACT, _METER = Kind.ACCOUNT.value, Kind.CONTRACT.value, Kind.METER.value
_PHONE_SHAPE = re.compile(r"1[3-9][0-9]{9}|0[0-9]{9,}|[48]00[0-9]{7}")
_FIGURES = re.compile(r"[0-9]+")
# the index parts its words at ASCII signs, so those that names may hold are kept as their full-width forms
_WIDE = {code: code + 0xFEE0 for code in range(0x21, 0x7F) if not chr(code).isalnum()}
_WIDE_DASH = chr(_WIDE[ord("-")])


class CardAccount(NamedTuple):
    """One account on a card with the numbers of its lines and meters."""

    account_no: str
    address: str
    contract_no: str
    numbers: tuple[str, ...]


Face = tuple[str, str, str, str, str, str, str]
"""Customer number, name, identity number, group; a phone; an account's number and address."""


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
        every = tuple(dict.fromkeys((*phones, *lines)))
        readings = _readings(name[: 2 * TEXT_SIGNS])
        return cls(is_person, customer_no, name, id_number, group_name, every, held, readings)

    def write(self) -> str:
        """The card as it is stored."""
        head = ("1" if self.is_person else "", self.customer_no, self.name, self.id_number, self.group_name)
        accounts = [_joined(FIELD, (a.account_no, a.address, a.contract_no, *a.numbers)) for a in self.accounts]
        groups = (
            _joined(FIELD, head),
            _joined(FIELD, self.phones),
            _RECORD.join(accounts),
            FIELD.join(self.readings),
        )
        return GROUP.join(groups)

    @classmethod
    def read(cls, text: str) -> Card:
        """The card that `write` stored."""
        head, phones, accounts, readings = text.split(GROUP)
        person, customer_no, name, id_number, group_name = head.split(FIELD)
        return cls(
            person == "1",
            customer_no,
            name,
            id_number,
            group_name,
            tuple(phones.split(FIELD)) if phones else (),
            tuple([_account(part.split(FIELD)) for part in accounts.split(_RECORD)]) if accounts else (),
            tuple(readings.split(FIELD)) if readings else (),
        )

    def numbers(self) -> list[tuple[str, str]]:
        """Every number of the customer by its stored kind, in the form in which numbers are compared."""
        found = [(_CUSTOMER, number_key(self.customer_no)), (_IDENTITY, number_key(self.id_number))]
        found += [(_PHONE, phone_key(phone)) for phone in self.phones]
        for account_no, _, contract_no, numbers in self.accounts:
            found.append((_ACCOUNT, number_key(account_no)))
            found.append((_CONTRACT, number_key(contract_no)))
            # a line that is a phone stands among the phones
            found += [(_METER, number_key(number)) for number in numbers if not is_phone(number)]
        return found


def face_of(text: str) -> tuple[bool, Face, bool]:
    """Whether a card that `write` stored is a person's, what a line of results shows of it with the first phone and the
    first account, and whether there are more of them; in a third of the time that reading the whole card takes.
    """
    head, phones, accounts, _ = text.split(GROUP)
    person, customer_no, name, id_number, group_name = head.split(FIELD)
    account_no, address, _ = accounts.split(FIELD, 2) if accounts else _NO_ACCOUNT
    has_more = FIELD in phones or _RECORD in accounts
    phone = phones.partition(FIELD)[0] if has_more else phones
    return person == "1", (customer_no, name, id_number, group_name, phone, account_no, address), has_more


def latin_words(readings: Iterable[str]) -> list[str]:
    """Beginnings of the pinyin at a syllable's end, and of the initials: zhang, zhangwei, z, zw."""
    found: list[str] = []
    for reading in readings:
        letters = initials = ""
        for syllable in reading.split(" ")[:LONGEST_PERSON]:
            letters, initials = letters + syllable, initials + syllable[0]
            found += (letters, initials)
    return found


@lru_cache(8192)
def _readings(name: str) -> tuple[str, ...]:
    # a register repeats its names
    return tuple([" ".join(reading) for reading in readings_of(text_key(name))])


def stored_tail(kind: str) -> str:
    """The stored kind of reversed terms of a number."""
    return kind.upper()


def is_phone(number: str) -> bool:
    """Whether a line's number has the shape of a phone number; others are meters."""
    return _PHONE_SHAPE.fullmatch(phone_key(number)) is not None


def wide(text: str) -> str:
    """The text without ASCII signs that part words."""
    return text if text.isalnum() else text.translate(_WIDE)


def tail_word(digits: str) -> str:
    """The word of the text index for a number's last digits."""
    return f"¦t{digits[-_TAIL_DIGITS:]}"


def room_word(room: str) -> str:
    """The word of the text index for a room written by figures alone."""
    return f"¦r{room.replace('-', _WIDE_DASH)}"


def rooms_of(address: str) -> list[str]:
    """How the end of an address is written by figures alone: 12栋3单元1201室 is 12-3-1201 and 3-1201."""
    figures = _FIGURES.findall(unicodedata.normalize("NFKC", address))
    return ["-".join(figures[start:]) for start in range(-min(4, len(figures)), -1)]


def latin_word(letters: str) -> str:
    """The word of the text index for pinyin or initials."""
    return f"¦y{letters}"


def query_grams(text: str) -> list[str]:
    """Words that a customer whose text contains `text` has in the text index: every second triple and the last, in
    which each pair of neighbours stands. The card is compared anyway, and half the lists are read in half the time.
    """
    text = wide(text)
    if len(text) <= 3:
        return [text]
    starts = (*range(0, len(text) - 2, 2), len(text) - 3)
    return list(dict.fromkeys([text[start : start + 3] for start in starts]))[:_MOST_GRAMS]


def _joined(separator: str, parts: Iterable[str]) -> str:
    # a separator cannot be printed, and hardly a name holds anything that cannot
    return separator.join([part if part.isprintable() else part.translate(_NO_SEPARATORS) for part in parts])


def _account(parts: list[str]) -> CardAccount:
    return CardAccount(parts[0], parts[1], parts[2], tuple(parts[3:]))
