"""What the panel of a signature shows."""

from __future__ import annotations

from dataclasses import dataclass

from counter_app.ui.facts import Fact

VALID_SECONDS = 60
"""A panel at the teller's screen that stands longer than a signature is good for closes by itself."""


@dataclass(frozen=True, slots=True)
class SignoffScreen:
    """What a second person sees before signing: what is signed, and the whole case. `own_no` is the number of whoever
    signs under the own sign-in; `can_wait`: the teller may leave it to a supervisor's own desk and go on.
    `signatures` are how many different people sign one after the other; `can_code`: somebody at the hub may consent.
    """

    heading: str
    what: str
    facts: tuple[Fact, ...]
    can_refuse: bool
    asks_words: bool = False
    own_no: str = ""
    can_wait: bool = False
    signatures: int = 1
    can_code: bool = False
