"""An entry of a numbered list, for every panel that shows one."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Option:
    """One entry of a numbered list; `number` is what is typed for it."""

    number: str
    word: str
    is_chosen: bool = False
