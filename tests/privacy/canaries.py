"""A hundred values that must never leave the rows they belong to, and where they are looked for."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

_SIGNS = "鹂鹟鹡鹠鹨鹮鹳鹛鹊鹧"
_WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)


@dataclass(frozen=True)
class Person:
    """A customer whose every value is a canary."""

    account_no: str
    name: str
    id_number: str
    mobile: str
    mail: str
    contact: str
    address: str
    note: str

    @property
    def values(self) -> tuple[str, ...]:
        """What nobody else may hold; the account number is what papers refer to and stays out."""
        return (self.name, self.id_number, self.mobile, self.mail, self.contact, self.address, self.note)


def _id_number(serial: int) -> str:
    body = f"33010619{70 + serial}0314{serial:02d}7"
    return body + "10X98765432"[sum(int(d) * w for d, w in zip(body, _WEIGHTS, strict=True)) % 11]


def card_number(serial: int) -> str:
    """A bank card number of 16 digits that passes Luhn."""
    body = f"62220212345{serial:04d}"
    total = sum(n * 2 - 9 if n * 2 > 9 else n * 2 for n in map(int, body[::-2]))
    total += sum(map(int, body[-2::-2]))
    return f"{body}{-total % 10}"


PEOPLE = tuple(
    Person(
        f"7300{n:04d}",
        f"欧阳{sign}{_SIGNS[n - 1]}",
        _id_number(n),
        f"1397654{n:02d}8{n}",
        f"canary.{n}@nest{n}.example",
        f"尉迟{_SIGNS[n - 1]}{sign}",
        f"滨江区金丝雀路{180 + n}号{n + 1}幢{n + 3}0{n % 9 + 1}室",
        f"家中有{sign}鸟{n}只，勿上门",
    )
    for n, sign in enumerate(_SIGNS)
)
STAFF = {"9001": "司徒鹪", "1001": "皇甫鹩", "2001": "令狐鹬", "8001": "上官鹭"}
PASSWORDS = {staff_no: f"Nest-{n}-of-Wrens!" for n, staff_no in enumerate(STAFF)}
WRONG = tuple(f"mistyped-Robin-{n}" for n in range(6))
CARDS = tuple(map(card_number, range(6)))
IN_REASONS = ("13987650011", "330106198803140122", "wren@nest.example", CARDS[5])
"""Typed into a reason by somebody who should not have."""

ALL = (
    *(value for person in PEOPLE for value in person.values),
    *STAFF.values(),
    *PASSWORDS.values(),
    *WRONG,
    *CARDS,
    *IN_REASONS[:3],
    "鹞子在车间里，电话 13987650022",
    "鸢尾之家 7 号",
    "password-in-the-name-field",
    "鸬鹚的秘密",
    "hidden-in-a-local-Kestrel",
    "quoted-by-a-message-Osprey",
    "thrown-in-a-thread-Heron",
)
LANE_MESSAGE, LANE_LOCAL, THREAD_MESSAGE = ALL[-2], ALL[-3], ALL[-1]
IN_STAFF_FIELD, DRAFT = ALL[-5], ALL[-4]
NOTE_WITH_PHONE, NOTE_OF_A_PLACE = ALL[-7], ALL[-6]


def forms(canary: str) -> Iterator[bytes]:
    """The canary as a file may hold it."""
    for encoding in ("utf-8", "utf-16-le", "gb18030"):
        yield canary.encode(encoding)
    yield json.dumps(canary)[1:-1].encode()
    if canary.isdigit():
        yield " ".join(canary[i : i + 4] for i in range(0, len(canary), 4)).encode()


def found_in(data: bytes) -> list[str]:
    """The canaries in some bytes."""
    return [canary for canary in ALL if any(form in data for form in forms(canary))]


def found_below(folder: Path) -> dict[str, list[str]]:
    """The canaries in every file of a folder, by the file's name."""
    seen = {str(path.relative_to(folder)): path.read_bytes() for path in sorted(folder.rglob("*")) if path.is_file()}
    return {name: canaries for name, data in seen.items() if (canaries := found_in(data))}
