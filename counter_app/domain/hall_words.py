"""The hall's own words: which of them may change, and the form that each must have."""

from __future__ import annotations

EDITABLE = ("name", "company", "counter_name", "hotline", "footer", "address")
"""The hall's words that may change; identity, codes and trade stay, or receipt numbers would repeat."""

_LENGTH = {"name": 60, "company": 60, "counter_name": 20, "hotline": 30, "footer": 200, "address": 120}
_NEEDED = ("name", "company", "counter_name")


def word_fault(key: str, value: str) -> str:
    """What one of the hall's words should be and is not; empty when it may be kept."""
    if key not in EDITABLE:
        return "editable"
    if key in _NEEDED and not value.strip():
        return "not_empty"
    if len(value) > _LENGTH[key]:
        return f"at_most_{_LENGTH[key]}"
    return "no_invoice_word" if "发票" in value else ""
