"""Numbers that identify a person, a firm, a card or a line: what is wrong with one, and its normal form (domain_rules
4).
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from datetime import date
from typing import Literal

Sex = Literal["M", "F"]
PhoneKind = Literal["mobile", "landline", "hotline"]

_PROVINCES = frozenset(
    (*range(11, 16), *range(21, 24), *range(31, 38), *range(41, 47), *range(50, 55), *range(61, 66), 71, 81, 82, 83)
)
_ID_WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
_ID_CHECKS = "10X98765432"
_USCC_SIGNS = "0123456789ABCDEFGHJKLMNPQRTUWXY"
_USCC_WEIGHTS = (1, 3, 9, 27, 19, 26, 16, 17, 20, 29, 25, 13, 8, 24, 10, 30, 28)
_USCC = re.compile(rf"[{_USCC_SIGNS}]{{2}}[0-9]{{6}}[{_USCC_SIGNS}]{{10}}")
_EXTENSION = re.compile(r"(?:转|EXT\.?|X|#|,|分机)\s*([0-9]{1,6})$|-([0-9]{1,6})$")
_HOTLINE = re.compile(r"1[0-9]{2}|1[0-9]{4}|9[56][0-9]{3,6}|[48]00[0-9]{7}")


@dataclass(frozen=True, slots=True)
class Identified:
    """What a check found: `fails` names the first check that failed ("" when valid), `normalized` is the form to store.

    `normalized` of a number that fails is only cleaned of spaces. `birth_on` and `sex` are set for a valid resident id,
    `kind` for a phone.
    """

    normalized: str
    fails: str = ""
    birth_on: date | None = None
    sex: Sex | None = None
    kind: PhoneKind | None = None

    @property
    def is_valid(self) -> bool:
        """Whether no check failed."""
        return not self.fails


def check_resident_id(text: str, today: date) -> Identified:
    """A resident id of 18 places (GB 11643-1999): length, charset, province, birth date (not after `today`), check
    sign.

    Spaces are taken out and x becomes X. County history is not tested.
    """
    plain = _cleaned(text, " ")
    if len(plain) != 18:
        return Identified(plain, "length")
    if not re.fullmatch(r"[0-9]{17}[0-9X]", plain):
        return Identified(plain, "charset")
    if int(plain[:2]) not in _PROVINCES:
        return Identified(plain, "region")
    birth_on = _date(plain[6:14])
    if birth_on is None or birth_on.year < 1800 or birth_on > today:
        return Identified(plain, "date")
    if plain[17] != _id_check(plain[:17]):
        return Identified(plain, "checksum")
    return Identified(plain, birth_on=birth_on, sex="M" if int(plain[16]) % 2 else "F")


def upgrade_resident_id(text: str, today: date) -> Identified:
    """The 18 places of a first-generation id of 15: 19 after the sixth place, then the check sign. Only to match old
    records.
    """
    plain = _cleaned(text, " ")
    if len(plain) != 15:
        return Identified(plain, "length")
    if not re.fullmatch(r"[0-9]{15}", plain):
        return Identified(plain, "charset")
    body = f"{plain[:6]}19{plain[6:]}"
    return check_resident_id(body + _id_check(body), today)


def check_uscc(text: str) -> Identified:
    """A unified social credit code (GB 32100-2015): length, signs (no I O S V Z, places 3 to 8 digits), check sign.

    Some early codes fail the check and are still lawful: a failing `checksum` is for a supervisor to confirm.
    """
    plain = _cleaned(text, " -")
    if len(plain) != 18:
        return Identified(plain, "length")
    if not _USCC.fullmatch(plain):
        return Identified(plain, "charset")
    total = sum(_USCC_SIGNS.index(sign) * weight for sign, weight in zip(plain, _USCC_WEIGHTS, strict=False))
    if plain[17] != _USCC_SIGNS[-total % 31]:
        return Identified(plain, "checksum")
    return Identified(plain)


def check_bank_card(text: str) -> Identified:
    """A bank card: 13 to 19 digits, not all zero, Luhn."""
    plain = _cleaned(text, " -")
    if not 13 <= len(plain) <= 19:
        return Identified(plain, "length")
    if not re.fullmatch(r"[0-9]+", plain):
        return Identified(plain, "charset")
    if not plain.strip("0"):
        return Identified(plain, "house rule: all-zero refused")
    total = 0
    for place, digit in enumerate(map(int, reversed(plain))):
        doubled = digit * 2 if place % 2 else digit
        total += doubled - 9 if doubled > 9 else doubled
    return Identified(plain, "checksum" if total % 10 else "")


def check_phone(text: str, kind: PhoneKind | None = None) -> Identified:
    """A mobile number, a landline with area code (and extension), or a service number; without `kind` its shape
    decides.
    """
    plain = re.sub(r"^(?:\+|00)86-?(?=[01(])", "", _cleaned(text, " "))
    digits = plain.replace("-", "")
    if re.fullmatch(r"861[0-9]{10}", digits):
        digits = digits[2:]
    kind = kind or _phone_kind(plain, digits)
    if kind == "landline":
        return _check_landline(plain)
    if kind == "mobile":
        return _check_mobile(digits)
    fails = "" if _HOTLINE.fullmatch(digits) else "length" if digits.isdecimal() or not digits else "charset"
    return Identified(digits, fails, kind="hotline")


def _phone_kind(plain: str, digits: str) -> PhoneKind:
    if _HOTLINE.fullmatch(digits):
        return "hotline"
    if plain[:1] in {"0", "("} or re.fullmatch(r"[2-9][0-9]{6,7}", digits):
        return "landline"
    return "hotline" if 0 < len(digits) <= 6 else "mobile"


def _check_mobile(digits: str) -> Identified:
    fails = ""
    if len(digits) != 11:
        fails = "length"
    elif not re.fullmatch(r"[0-9]+", digits):
        fails = "charset"
    elif digits[0] != "1" or digits[1] not in "3456789":
        fails = "second digit must be 3 to 9"
    return Identified(digits, fails, kind="mobile")


def _check_landline(plain: str) -> Identified:
    area, number, extension = split_landline(plain)
    if not re.fullmatch(r"0[0-9]*", area):
        return Identified(plain, "charset" if re.search(r"[^0-9()-]", plain) else "area code", kind="landline")
    normalized = f"{area}-{number}" + (f"-{extension}" if extension else "")
    fails = ""
    if len(area) not in {3, 4} or not 7 <= len(number) <= 8:
        fails = "length"
    elif not re.fullmatch(r"[0-9]+", area + number):
        fails = "charset"
    elif number[0] in "01":
        fails = "number must not start with 0 or 1"
    return Identified(plain if fails else normalized, fails, kind="landline")


def split_landline(text: str) -> tuple[str, str, str]:
    """Area code, number and extension of a landline as written; a part that is not there is empty."""
    plain = _cleaned(text, " ")
    bracketed = re.fullmatch(r"\((\w+)\)-?(.*)", plain)
    head = re.fullmatch(r"(0\d{2,3})-(.+)", plain, re.ASCII)
    found = bracketed or head
    if found:
        area, rest = found[1], found[2]
    else:
        size = 3 if plain[:2] in {"01", "02"} else 4
        area, rest = plain[:size], plain[size:]
    extension = ""
    tail = _EXTENSION.search(rest)
    if tail and len(rest[: tail.start()].replace("-", "")) >= 7:
        extension, rest = tail[1] or tail[2], rest[: tail.start()]
    return area, rest.replace("-", ""), extension


def _cleaned(text: str, taken_out: str) -> str:
    plain = "".join(unicodedata.normalize("NFKC", text).split()).upper()
    plain = plain.replace("−", "-").replace("–", "-").replace("—", "-").replace("\u200b", "")
    return plain.replace("-", "") if "-" in taken_out else plain


def _id_check(body: str) -> str:
    return _ID_CHECKS[sum(int(digit) * weight for digit, weight in zip(body, _ID_WEIGHTS, strict=True)) % 11]


def _date(text: str) -> date | None:
    try:
        return date(int(text[:4]), int(text[4:6]), int(text[6:]))
    except ValueError:
        return None
