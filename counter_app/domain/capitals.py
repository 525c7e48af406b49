"""Amounts in words: 人民币大写 written and read, dates in capitals, and the sum as it is called out at the desk."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from datetime import date

from counter_app.domain.money import LARGEST_FEN, Fen
from counter_app.domain.refusals import Refusal, Refused

_DIGITS = "零壹贰叁肆伍陆柒捌玖"
_UNITS = ("", "拾", "佰", "仟")
_TRADITIONAL = str.maketrans("圓圆貳貮參叄叁陸億萬負", "元元贰贰叁叁叁陆亿万负")
_NUMBER = re.compile(
    r"(?:(?:([零壹贰叁肆伍陆柒捌玖拾佰仟万亿]+)元)?)?(?:零?([壹贰叁肆伍陆柒捌玖])角)?(?:零?([壹贰叁肆伍陆柒捌玖])分)?[整正]?"
)
_SPOKEN = "零一二三四五六七八九"


@dataclass(frozen=True, slots=True)
class BadCapital(Refusal):
    """The text is not an amount in capitals as the rules of 1997 write it."""

    text: str


@dataclass(frozen=True, slots=True)
class AmountTooLarge(Refusal):
    """The sum is above what the amount in capitals can name."""

    amount_fen: Fen
    largest_fen: Fen = LARGEST_FEN


def to_capital(fen: Fen) -> str:
    """The amount in capitals, canonical form (domain_rules 3): `壹仟陆佰捌拾元零叁角贰分`, `伍分`, `零元整`,
    `负壹佰元整`.

    Raises:
        Refused: `AmountTooLarge` above 999,999,999,999.99 yuan.
    """
    return re.sub(r"\[[^]]*\]|<|>", "", _marked(fen))


def printed_capital(fen: Fen) -> str:
    """The amount in capitals with 人民币 directly before it, as a receipt prints it."""
    return "人民币" + to_capital(fen)


def read_capital(text: str) -> Fen:
    """Fen from an amount in capitals, every accepted variant: 正 for 整, 圆 for 元, traditional forms, the optional 零
    and 整.

    Raises:
        Refused: `BadCapital` for anything that the rules do not allow.
    """
    plain = "".join(unicodedata.normalize("NFKC", text).split()).translate(_TRADITIONAL)
    plain = plain.removeprefix("人民币").removeprefix("¥")
    body = plain.removeprefix("负")
    found = _NUMBER.fullmatch(body)
    if not body or not found:
        raise Refused(BadCapital(text))
    fen = _whole(found[1] or "") * 100 + _digit(found[2]) * 10 + _digit(found[3])
    if plain != body:
        fen = -fen
    if abs(fen) > LARGEST_FEN or not re.fullmatch(_variants(fen), plain):
        raise Refused(BadCapital(text))
    return fen


def capital_year(day: date) -> str:
    """The year of a date on a bill of exchange: `贰零贰肆年`."""
    return "".join(_DIGITS[int(digit)] for digit in f"{day.year:04d}") + "年"


def capital_month_day(day: date) -> str:
    """Month and day in capitals: months 1, 2, 10 and days 1-9, 10, 20, 30 lead with 零 (rules of 1997)."""
    month = ("零" if day.month in {1, 2, 10} else "") + _tens(day.month)
    return f"{month}月{'零' if day.day < 10 or day.day % 10 == 0 else ''}{_tens(day.day)}日"


def spoken_yuan(fen: Fen) -> str:
    """The sum in everyday words for calling out what is taken and given (004-38): `三百一十七元五角七分`, `两元`,
    `零元`.

    2 is 两 at the head of the sum before 千, 万, 亿, 元, 角 and 分, and 二 everywhere else (二百, 十二元,
    三十二元四角二分).

    Raises:
        Refused: `AmountTooLarge` above 999,999,999,999.99 yuan.
    """
    _refuse_too_large(fen)
    yuan, cents = divmod(abs(fen), 100)
    jiao, odd = divmod(cents, 10)
    words = _spoken_whole(yuan) + "元" if yuan else ""
    if jiao:
        words += f"{_SPOKEN[jiao]}角"
    if odd:
        words += ("零" if yuan and not jiao else "") + f"{_SPOKEN[odd]}分"
    words = words or "零元"
    if words[0] == "二" and words[1] in "千万亿元角分":
        words = "两" + words[1:]
    return ("负" if fen < 0 else "") + words


def _marked(fen: Fen) -> str:
    """The canonical form with marks: `<零>` may be left out, `[零]` may be put in, `[整]` may follow."""
    _refuse_too_large(fen)
    yuan, cents = divmod(abs(fen), 100)
    jiao, odd = divmod(cents, 10)
    sign = "负" if fen < 0 else ""
    whole = f"{_marked_whole(yuan)}元" if yuan else ""
    if not cents:
        return f"{sign}{whole or '零元'}整"
    if not yuan:
        tail = f"[零元]{_DIGITS[jiao]}角" if jiao else "[零元零]"
    elif jiao:
        tail = f"<零>{_DIGITS[jiao]}角" if yuan % 10 == 0 else f"{_DIGITS[jiao]}角"
    else:
        tail = "零"
    return f"{sign}{whole}{tail}" + (f"{_DIGITS[odd]}分" if odd else "[整]")


def _variants(fen: Fen) -> str:
    """A pattern that takes every accepted way to write the sum."""
    pattern = re.sub(r"\[([^]]*)\]|<([^>]*)>", lambda m: f"(?:{m[1] or m[2]})?", _marked(fen))
    return pattern.replace("整", "[整正]")


def _marked_whole(yuan: int) -> str:
    groups = [(yuan // 10**8, "亿"), (yuan // 10**4 % 10**4, "万"), (yuan % 10**4, "")]
    text, has_gap, ends_in_zero = "", False, False
    for value, name in groups:
        if not value:
            has_gap = bool(text)
            continue
        if text and (has_gap or value < 1000):
            text += "零"
        elif text and ends_in_zero:
            text += "[零]"
        text += _marked_group(value) + name
        has_gap, ends_in_zero = False, value % 10 == 0
    return text


def _marked_group(value: int) -> str:
    text, has_gap = "", False
    for place in (3, 2, 1, 0):
        digit = value // 10**place % 10
        if not digit:
            has_gap = bool(text)
            continue
        text += ("零" if has_gap else "") + _DIGITS[digit] + _UNITS[place]
        has_gap = False
    return text


def _whole(text: str) -> int:
    """The value of a whole number in capitals, generously: the variants decide afterwards whether it was well
    written.
    """
    total = group = digit = 0
    for sign in text:
        if sign in _DIGITS:
            digit = _DIGITS.index(sign)
        elif sign in _UNITS[1:]:
            group += digit * 10 ** _UNITS.index(sign)
            digit = 0
        else:
            total += (group + digit) * (10**8 if sign == "亿" else 10**4)
            group = digit = 0
    return total + group + digit


def _digit(sign: str | None) -> int:
    return _DIGITS.index(sign) if sign else 0


def _tens(number: int) -> str:
    tens, ones = divmod(number, 10)
    return (f"{_DIGITS[tens]}拾" if tens else "") + (_DIGITS[ones] if ones else "")


def _spoken_whole(yuan: int) -> str:
    words = re.sub(r"\[[^]]*\]", "", _marked_whole(yuan))
    spoken = words.translate(str.maketrans(_DIGITS + "拾佰仟", _SPOKEN + "十百千"))
    return spoken.removeprefix("一") if spoken.startswith("一十") else spoken


def _refuse_too_large(fen: Fen) -> None:
    if abs(fen) > LARGEST_FEN:
        raise Refused(AmountTooLarge(fen))
