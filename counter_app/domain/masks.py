"""Personal data as screens and papers show it: which signs of a number, name or address stay and which become stars."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping

from counter_app.domain.identifiers import split_landline

_STREET = re.compile(
    r"大道|路|街道|街|胡同|巷|弄|里弄|小区|花园|家园|公寓|新村|苑|社区|村|镇|乡|广场|大厦|区|市|县|省|旗|州|盟"
)
_HOUSE = re.compile(
    r"[0-9０-９A-Za-z]|[一二三四五六七八九十百零〇甲乙丙丁东西南北]+(?:号|栋|幢|座|单元|室|层|楼|组|弄)"
)
HIDDEN = "***"


def mask(kind: str, text: str) -> str:
    """The text as it may be shown (domain_rules 4.4); organisations and their codes are never masked.

    Raises:
        KeyError: no mask of that kind.
    """
    return MASKS[kind](text)


def mask_name(text: str) -> str:
    """A person's name: the first character stays; a name of one character is hidden whole."""
    return _keep(text.strip(), 1, 0)


def mask_mobile(text: str) -> str:
    """A mobile number: first 3 and last 4; anything that is not 11 digits is hidden whole."""
    plain = re.sub(r"[\s-]", "", text)
    return _keep(plain, 3, 4) if re.fullmatch(r"[0-9]{11}", plain) else "*" * len(text)


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
    known = text[: house.start()] if house else text
    ends = [found.end() for found in _STREET.finditer(known)]
    kept = known[: ends[-1]] if ends else ("" if house or not text else known[:2])
    return text if kept == text else kept + HIDDEN


def mask_nothing(text: str) -> str:
    """What stands in a public register is shown as it is."""
    return text


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
