"""People, firms and addresses of a demo hall: made up, but spread as real ones are."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cache
from itertools import accumulate
from random import Random
from typing import Any

from counter_app.resources import resource

_ID_WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
_CODE_SIGNS = "0123456789ABCDEFGHJKLMNPQRTUWXY"
_CODE_WEIGHTS = (1, 3, 9, 27, 19, 26, 16, 17, 20, 29, 25, 13, 8, 24, 10, 30, 28)
_MOBILE_HEADS = (
    "130",
    "131",
    "135",
    "136",
    "137",
    "139",
    "150",
    "151",
    "158",
    "159",
    "166",
    "176",
    "177",
    "186",
    "189",
)
_COPRIME = 61_803_399
"""Odd and no multiple of five: multiplying by it passes through all 10**8 tails once, so no number comes twice."""


@dataclass(frozen=True, slots=True)
class Person:
    """A customer to be: a person or an organisation."""

    name: str
    kind: str
    customer_class: str
    id_kind: str
    id_number: str
    group_name: str | None


class People:
    """Draws names, identities, numbers and addresses; the same seed draws the same ones."""

    def __init__(self, seed: int) -> None:
        people, self._places, self._firms = (read_demo(name) for name in ("people", "places", "firms"))
        self._surnames = tuple(people["surnames"])
        self._surname_weights = tuple(accumulate(people["surnames"].values()))
        self._first, self._second, self._single = (people["given"][key] for key in ("first", "second", "single"))
        self._rare_surnames, self._rare_given = people["rare"]["surnames"], people["rare"]["given"]
        self._lines = tuple(self._firms["lines"])
        self._line_weights = tuple(accumulate(self._firms["lines"].values()))
        self._seed = seed

    @property
    def area_code(self) -> str:
        """The area code of the city's landlines."""
        return str(self._places["area_code"])

    def person(self, draw: Random, today: date) -> Person:
        """A natural person; about one in a hundred has a rare character in the name."""
        born_on = today - timedelta(days=draw.randrange(19 * 365, 86 * 365))
        return Person(self.name(draw), "person", "resident", "resident_id", self.resident_id(draw, born_on), None)

    def name(self, draw: Random) -> str:
        """A name of two to four characters."""
        chance = draw.random()
        surname: str = draw.choices(self._surnames, cum_weights=self._surname_weights)[0]
        first: str = draw.choice(self._first)
        second: str = draw.choice(self._second)
        if chance < 0.004:
            rare: str = draw.choice(self._rare_surnames)
            return rare + first + second
        if chance < 0.012:
            rare = draw.choice(self._rare_given)
            return surname + (first if chance < 0.008 else "") + rare
        if chance < 0.20:
            second = draw.choice(self._single)
            return surname + second
        return surname + first + second

    def organisation(self, draw: Random, number: int) -> Person:
        """A firm or a public body, now and then of a group."""
        group = None
        if draw.random() < 0.15:
            name = f"{self._places['city']}{draw.choice(self._places['districts'])['name']}{self._public(draw)}"
        else:
            word, line = draw.choice(self._firms["words"]), draw.choices(self._lines, cum_weights=self._line_weights)[0]
            name = f"{self._places['city']}{word}{line}{self._firms['form']}"
            groups = [g for g in self._firms["groups"] if g.startswith(word)]
            group = groups[0] if groups and draw.random() < 0.7 else None
        return Person(name, "organisation", "other", "uscc", self.credit_code(draw, number), group)

    def address(self, draw: Random, *, is_firm: bool) -> tuple[str, str]:
        """The district and a whole address within the made-up city."""
        district = draw.choice(self._places["districts"])
        road = draw.choice(district["roads"])
        house = draw.randrange(1, 290)
        where = f"{self._places['city']}{district['name']}{road}{house}号"
        if is_firm:
            return district["name"], where + draw.choice(("", f"{draw.randrange(1, 25)}层", "临街商铺"))
        compound = draw.choice(district["compounds"])
        floor, door = draw.randrange(1, 27), draw.randrange(1, 5)
        where += f"{compound}{draw.randrange(1, 36)}栋{draw.randrange(1, 5)}单元{floor}0{door}室"
        return district["name"], where

    def mobile(self, number: int) -> str:
        """A mobile number that no other `number` gets; none of them begins with 138."""
        head, turn = number % len(_MOBILE_HEADS), number // len(_MOBILE_HEADS)
        return f"{_MOBILE_HEADS[head]}{(turn * _COPRIME + self._seed * 7_919 + 31_415_926) % 10**8:08d}"

    def landline(self, number: int) -> str:
        """A landline that no other `number` gets."""
        return f"{self.area_code}-{20_000_000 + (number * 618_033 + self._seed * 7_919) % 79_999_999}"

    def resident_id(self, draw: Random, born_on: date) -> str:
        """A resident id whose check sign is right and whose county was never assigned to anybody."""
        region = draw.choice(self._places["id_regions"])
        body = f"{region}{draw.randrange(100):02d}{born_on:%Y%m%d}{draw.randrange(1, 1000):03d}"
        total = sum(int(digit) * weight for digit, weight in zip(body, _ID_WEIGHTS, strict=True))
        return body + "10X98765432"[total % 11]

    def credit_code(self, draw: Random, number: int) -> str:
        """A credit code whose check sign is right, of a region that was never assigned."""
        region = draw.choice(self._places["id_regions"])
        body = f"91{region}00MA{number % 10**5:05d}{draw.choice(_CODE_SIGNS)}{draw.choice(_CODE_SIGNS)}"
        total = sum(_CODE_SIGNS.index(sign) * weight for sign, weight in zip(body, _CODE_WEIGHTS, strict=True))
        return body + _CODE_SIGNS[-total % 31]

    def _public(self, draw: Random) -> str:
        return str(draw.choice(self._firms["public"]["names"]))


@cache
def read_demo(name: str) -> dict[str, Any]:
    """One of the demo hall's own lists, as parsed TOML."""
    return tomllib.loads(resource("demo", f"{name}.toml").read_text("utf-8"))
