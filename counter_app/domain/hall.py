"""The hall and its counter: names, trade, and what its papers say."""

from __future__ import annotations

from dataclasses import dataclass

from counter_app.domain.refusals import Refusal

TRADES = ("telecom", "electricity", "gas", "water", "heating", "property")


@dataclass(frozen=True, slots=True)
class Hall:
    """One hall at one counter, as the settings page shows it.

    `hall_code` and `counter_code` are the short forms that receipt numbers carry (letters and digits only).
    """

    hall_id: str
    hall_code: str
    name: str
    company: str
    trade: str
    counter_id: str
    counter_code: str
    counter_name: str
    hotline: str
    footer: str
    is_demo: bool
    address: str = ""


@dataclass(frozen=True, slots=True)
class NobodyMayImport(Refusal):
    """The counter is open and nobody is signed in there, or its screen is covered: an import needs a person."""


@dataclass(frozen=True, slots=True)
class CounterEnded(Refusal):
    """The open counter was closed while it worked for a second program: what became of the work is not known."""


@dataclass(frozen=True, slots=True)
class CounterSaid(Refusal):
    """The open counter's own sentences to a second program."""

    words: str


@dataclass(frozen=True, slots=True)
class BadHallSetting(Refusal):
    """A setting of the hall that cannot be kept; `expected` names what is wanted."""

    key: str
    value: str
    expected: str
