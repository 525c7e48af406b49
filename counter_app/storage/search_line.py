"""The line that a list of results shows of a customer: masked once, and kept beside the card.

Twenty lines are shown at every keystroke, and masking them took as long as finding them. A change of what is masked, or
how, needs a step that empties the lines of files of before (`v0006_search_lines.py`), so that they are written anew.
"""

from __future__ import annotations

from counter_app.domain import masks
from counter_app.domain.identifiers import check_phone
from counter_app.storage.search_card import FIELD, Face, face_of

ALONE, AMONG = "1", "0"
"""What a kept line begins with: the customer has one phone and one account at most, or more of them."""

Line = tuple[str, str, str, str, str, str, str]
"""Customer number, name, a phone, identity number; an account's number and address; group: masked."""

_MOBILE_DIGITS = 11


def line_of(card: str) -> str:
    """The line that is kept beside a card, with its first phone and its first account."""
    is_person, face, has_more = face_of(card)
    return (AMONG if has_more else ALONE) + FIELD.join(masked(face, is_person=is_person))


def masked(face: Face, *, is_person: bool) -> Line:
    """What may be shown of a face; an organisation's name and code stand in a public register."""
    customer_no, name, id_number, group_name, phone, account_no, address = face
    if is_person:
        name, id_number = masks.mask_name(name), masks.mask_resident_id(id_number)
    return customer_no, name, _phone(phone), id_number, account_no, masks.mask_address(address), group_name


def _phone(text: str) -> str:
    if len(text) == _MOBILE_DIGITS and text[:1] == "1" and text.isascii() and text.isdecimal():
        return masks.mask_mobile(text)
    is_hotline = check_phone(text).kind == "hotline"
    return text if is_hotline else masks.mask_phone(text)
