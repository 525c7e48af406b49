"""Personal data as screens and papers show it: which signs of a number, name or address stay and which become stars."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Mapping
from functools import lru_cache

from counter_app.domain.identifiers import check_bank_card, split_landline

_STREET = re.compile(
    r"大道|路|街道|街|胡同|巷|弄|里弄|小区|花园|家园|公寓|新村|苑|社区|村|镇|乡|广场|大厦|区|市|县|省|旗|州|盟"
)
_HOUSE = re.compile(
    r"[0-9０-９A-Za-z]|[一二三四五六七八九十百零〇甲乙丙丁东西南北]+(?:号|栋|幢|座|单元|室|层|楼|组|弄)"
)
_MOBILE_IN_WORDS = re.compile(r"(?<![0-9])1[3-9][0-9](?:[ -]?[0-9]{4}){2}(?![0-9])")
_LANDLINE_IN_WORDS = re.compile(r"(?<![0-9])0[0-9]{2,3}[ -]?[0-9]{3,4}[ -]?[0-9]{4}(?![0-9])")
_ID_IN_WORDS = re.compile(
    r"(?<![0-9])[1-9][0-9]{5} ?(?:18|19|20)[0-9]{2}"
    r"(?:0[1-9]|1[0-2])(?:0[1-9]|[12][0-9]|3[01]) ?[0-9]{3}[0-9Xx](?![0-9])"
)
_BETWEEN_GROUPS = re.compile(r"[ .-]{1,2}")
_MAIL = re.compile(r"[\w.+-]+@[\w-]+(?:\.[\w-]+)+")
HIDDEN = "***"
_LONGEST_CARD = 19


def mask(kind: str, text: str) -> str:
    """The text as it may be shown (domain_rules 4.4); organisations and their codes are never masked.

    Raises:
        KeyError: no mask of that kind.
    """
    return MASKS[kind](text)


def mask_name(text: str) -> str:
    """A person's name: the first character stays; a name of one character is hidden whole."""
    plain = text.strip()
    return plain[0] + "*" * (len(plain) - 1) if len(plain) > 1 else "*" * len(plain)


def mask_mobile(text: str) -> str:
    """A mobile number: first 3 and last 4; anything that is not 11 digits is hidden whole."""
    plain = text if text.isdecimal() else re.sub(r"[\s-]", "", text)
    if len(plain) == 11 and plain.isascii() and plain.isdecimal():
        return f"{plain[:3]}****{plain[7:]}"
    return "*" * len(text)


def mask_landline(text: str) -> str:
    """A landline: area code and last 4; an extension is hidden."""
    area, number, extension = split_landline(text)
    if not (3 <= len(area) <= 4 and 7 <= len(number) <= 8):
        return "*" * len(text)
    return f"{area}-{'*' * (len(number) - 4)}{number[-4:]}" + ("-" + "*" * len(extension) if extension else "")


def mask_phone(text: str) -> str:
    """A number of either kind, by its shape."""
    return mask_landline(text) if text.strip()[:1] in {"0", "(", "（"} else mask_mobile(text)


def mask_resident_id(text: str) -> str:
    """An identity document: first 3 and last 4."""
    return _keep(text.replace(" ", ""), 3, 4)


def mask_resident_id_strict(text: str) -> str:
    """An identity document where others can read it, such as a notice on a door: first and last character only."""
    return _keep(text.replace(" ", ""), 1, 1)


def mask_bank_card(text: str) -> str:
    """A bank card: last 4 only."""
    return _keep(re.sub(r"[\s-]", "", text), 0, 4)


def mask_account_no(text: str) -> str:
    """An account or meter number: first 4 and last 4; of a shorter one the last quarter."""
    plain = text.strip()
    return _keep(plain, 4, 4) if len(plain) > 8 else _keep(plain, 0, len(plain) // 4)


def mask_email(text: str) -> str:
    """A mail address: first letter and domain."""
    name, at, domain = text.partition("@")
    return f"{name[:1]}{HIDDEN}@{domain}" if at and name else "*" * len(text)


def mask_address(text: str) -> str:
    """An address down to the road or the estate; house, unit and room are hidden."""
    house = _HOUSE.search(text)
    kept = _down_to_the_road(text[: house.start()], True) if house else _down_to_the_road(text, False)
    return text if kept == text else kept + HIDDEN


@lru_cache(1024)
def _down_to_the_road(known: str, is_cut: bool, /) -> str:
    # what stands before the house is the same for a whole road, and twenty lines of results often share one
    ends = [found.end() for found in _STREET.finditer(known)]
    return known[: ends[-1]] if ends else "" if is_cut else known[:2]


def mask_in_words(text: str) -> str:
    """Free text with the numbers masked that name a person: mobile, landline, identity document, bank card, mail.

    Names and addresses are not found: whoever asks for a reason has to say that they do not belong into it.
    """
    plain = _ascii_digits(text)
    plain = _MAIL.sub(lambda match: mask_email(match.group()), plain)
    plain = _ID_IN_WORDS.sub(lambda match: mask_resident_id(match.group()), plain)
    plain = _MOBILE_IN_WORDS.sub(lambda match: mask_mobile(match.group()), plain)
    plain = _LANDLINE_IN_WORDS.sub(lambda match: _keep(re.sub(r"[ -]", "", match.group()), 3, 4), plain)
    return cut_bank_cards(plain)


def cut_bank_cards(text: str) -> str:
    """Free text with every bank card number (13 to 19 digits in any groups, Luhn) cut to its last four digits.

    About one in ten other numbers of that length passes Luhn, too, and is cut as well.
    """
    groups = [match.span() for match in re.finditer(r"\d+", text)]
    kept, done, first = [], 0, 0
    while first < len(groups):
        after = _end_of_card(text, groups, first)
        if after:
            kept += [text[done : groups[first][0]], _digits_of(text, groups[first:after])[-4:]]
            done = groups[after - 1][1]
        first = max(after, first + 1)
    return "".join(kept) + text[done:]


def mask_nothing(text: str) -> str:
    """What stands in a public register is shown as it is."""
    return text


def _end_of_card(text: str, groups: list[tuple[int, int]], first: int) -> int:
    """The place after the last group of the longest card number that begins with the group `first`; 0 for none."""
    found = 0
    for after in range(first + 1, len(groups) + 1):
        if after > first + 1 and not _BETWEEN_GROUPS.fullmatch(text[groups[after - 2][1] : groups[after - 1][0]]):
            break
        digits = _digits_of(text, groups[first:after])
        if len(digits) > _LONGEST_CARD:
            break
        if check_bank_card(digits).is_valid:
            found = after
    return found


def _digits_of(text: str, groups: list[tuple[int, int]]) -> str:
    return _ascii_digits("".join(text[start:end] for start, end in groups))


def _ascii_digits(text: str) -> str:
    return re.sub(r"\d", lambda match: str(unicodedata.digit(match.group())), text)


def _keep(text: str, first: int, last: int) -> str:
    hidden = len(text) - first - last
    if hidden <= 0:
        return "*" * len(text)
    return text[:first] + "*" * hidden + text[len(text) - last :]


MASKS: Mapping[str, Callable[[str], str]] = {
    "name": mask_name,
    "org_name": mask_nothing,
    "resident_id": mask_resident_id,
    "resident_id_strict": mask_resident_id_strict,
    "mobile": mask_mobile,
    "landline": mask_landline,
    "phone": mask_phone,
    "bank_card": mask_bank_card,
    "uscc": mask_nothing,
    "address": mask_address,
    "email": mask_email,
    "account_no": mask_account_no,
    "meter_no": mask_account_no,
}
