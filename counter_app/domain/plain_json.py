"""Texts and whole numbers as JSON, for documents that are written key by key: no encoder has to sort what is sorted."""

from __future__ import annotations

import json

text = json.encoder.encode_basestring
"""A text with its quotation marks; anything else is a `TypeError`."""
whole = int.__repr__
"""A whole number and nothing else: a float is a `TypeError`, as a number is for `text`."""


def known(value: str | None) -> str:
    """A text, or null."""
    return "null" if value is None else text(value)
