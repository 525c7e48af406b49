"""Money as whole fen, rates as exact decimals, and the two ways a sum is rounded or shared."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from counter_app.domain.refusals import Refusal, Refused

Fen = int
"""A whole number of fen; one yuan is 100 fen."""

LARGEST_FEN: Fen = 99_999_999_999_999
"""999,999,999,999.99 yuan, the largest sum that the amount in capitals can name (domain_rules 3)."""

AmountFault = Literal["empty", "not_a_number", "too_many_decimals", "too_large", "negative"]
_SIGNS = ("￥", "¥")
_GROUPED = re.compile(r"\d{1,3}(,\d{3})+(\.\d*)?", re.ASCII)
_PLAIN = re.compile(r"(\d+)(?:\.(\d*))?|\.(\d+)", re.ASCII)
_RATE = re.compile(r"(\d+)(?:\.(\d+))?", re.ASCII)


@dataclass(frozen=True, slots=True)
class BadAmount(Refusal):
    """The text is not an amount of yuan: the text as given, and what is wrong with it."""

    text: str
    fault: AmountFault


@dataclass(frozen=True, slots=True)
class BadRate(Refusal):
    """The text is not a rate: only digits and one decimal point, never a sign or an exponent."""

    text: str


def parse_fen(text: str, *, allow_negative: bool = False) -> Fen:
    """Fen from an amount of yuan as people type or paste it.

    Takes at most two decimals, thousands commas in their places, full-width digits and signs, spaces around and
    inside, and a leading ￥.

    Raises:
        Refused: `BadAmount` with the text and the fault; sums above 999,999,999,999.99 yuan are too large.
    """
    plain = "".join(unicodedata.normalize("NFKC", text).split())
    is_negative = plain.startswith("-")
    plain = plain.removeprefix("-")
    for sign in _SIGNS:
        plain = plain.removeprefix(sign)
    if not is_negative and plain.startswith("-"):
        is_negative, plain = True, plain[1:]
    if not plain:
        raise Refused(BadAmount(text, "empty"))
    if "," in plain:
        if not _GROUPED.fullmatch(plain):
            raise Refused(BadAmount(text, "not_a_number"))
        plain = plain.replace(",", "")
    found = _PLAIN.fullmatch(plain)
    if not found:
        raise Refused(BadAmount(text, "not_a_number"))
    whole, decimals = found[1] or "0", found[2] or found[3] or ""
    if len(decimals) > 2:
        raise Refused(BadAmount(text, "too_many_decimals"))
    if len(whole.lstrip("0")) > 12:
        raise Refused(BadAmount(text, "too_large"))
    fen = int(whole) * 100 + int(decimals.ljust(2, "0"))
    if is_negative and not allow_negative:
        raise Refused(BadAmount(text, "negative"))
    return -fen if is_negative else fen


def format_fen(fen: Fen, *, grouping: bool = True) -> str:
    """The sum in yuan with two decimals: `1,234.50`, or `1234.50` without grouping."""
    yuan, cents = divmod(abs(fen), 100)
    sign = "-" if fen < 0 else ""
    return f"{sign}{yuan:,}.{cents:02d}" if grouping else f"{sign}{yuan}.{cents:02d}"


def half_up(numerator: int, denominator: int) -> int:
    """The quotient rounded to a whole number, halves away from zero (domain_rules 10). `denominator` is positive."""
    if numerator < 0:
        return -((-2 * numerator + denominator) // (2 * denominator))
    return (2 * numerator + denominator) // (2 * denominator)


def share(total_fen: Fen, weights: Sequence[int]) -> list[Fen]:
    """`total_fen` in proportion to `weights`; the largest remainders take the odd fen, the earlier one on a tie.

    The parts add up to the total, and no part is above its weight while the total is not above their sum. Weights are
    not negative and not all 0 unless the total is 0.
    """
    weight_sum = sum(weights)
    if weight_sum == 0:
        if total_fen:
            message = "a sum cannot be shared among weights of 0"
            raise ValueError(message)
        return [0] * len(weights)
    parts = [total_fen * weight // weight_sum for weight in weights]
    odd = total_fen - sum(parts)
    by_remainder = sorted(range(len(weights)), key=lambda i: -(total_fen * weights[i] % weight_sum))
    for i in by_remainder[:odd]:
        parts[i] += 1
    return parts


@dataclass(frozen=True, slots=True, order=False)
class Rate:
    """An exact decimal that is not negative, `numerator / 10**places`; a late-fee rate is per day (0.003 is 3‰)."""

    numerator: int
    places: int

    @classmethod
    def parse(cls, text: str) -> Rate:
        """A rate from a decimal string such as `0.003`, any number of decimals.

        Raises:
            Refused: `BadRate` for anything else.
        """
        found = _RATE.fullmatch(text)
        if not found:
            raise Refused(BadRate(text))
        decimals = (found[2] or "").rstrip("0")
        return cls(int(found[1] + decimals), len(decimals))

    @property
    def denominator(self) -> int:
        """The power of ten under the numerator."""
        return int(10**self.places)

    def times(self, fen: Fen) -> Fen:
        """The rate's part of a sum, rounded half up to a fen."""
        return half_up(fen * self.numerator, self.denominator)

    @property
    def per_mille(self) -> str:
        """The rate in ‰ without trailing zeros: `3`, `0.5`."""
        return Rate(self.numerator * 1000, self.places).text

    @property
    def text(self) -> str:
        """The rate as a plain decimal without trailing zeros."""
        digits = str(self.numerator).rjust(self.places + 1, "0")
        if not self.places:
            return digits
        return f"{digits[: -self.places]}.{digits[-self.places :]}".rstrip("0").rstrip(".")


ZERO_RATE = Rate(0, 0)
