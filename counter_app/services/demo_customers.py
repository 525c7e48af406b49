"""The customers of a demo hall with everything that hangs on them, drawn one at a time."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from itertools import accumulate
from random import Random
from typing import Any

from counter_app.domain.rules import RulePack
from counter_app.services.demo_bills import (
    LONG_UNPAID_DAYS,
    Charge,
    Habit,
    Payer,
    Period,
    Usage,
    charge_items,
    draw_habit,
    periods,
)
from counter_app.services.demo_people import People, Person, read_demo

ONE_FIRM_IN = 14
METERED = frozenset({"electricity", "gas", "water", "heating"})
_FLAG_CHANCES = (("vip", 30), ("red_list", 10), ("protected", 6), ("fraud", 4))
_MANAGERS = ("周经理", "吴经理", "郑经理", "冯经理", "褚经理")


@dataclass(frozen=True, slots=True)
class DemoBook:
    """A prepaid book with what it held when the hall was made."""

    name: str
    kind: str
    items: tuple[str, ...]
    priority: int
    valid_to: date | None
    opening_fen: int
    opened_on: date


@dataclass(frozen=True, slots=True)
class DemoAccount:
    """An account with its one service, its bills and its books."""

    address: str
    area: str
    facts: Mapping[str, str]
    contract_no: str | None
    plan: str
    service_kind: str
    number: str | None
    meter_no: str | None
    state: str
    state_since_on: date
    state_reason: str
    charges: tuple[Charge, ...]
    accrual_start_day: int | None
    books: tuple[DemoBook, ...]


@dataclass(frozen=True, slots=True)
class DemoCustomer:
    """A customer whole."""

    number: int
    person: Person
    mobile: str
    landline: str | None
    manager: str | None
    since_on: date
    flags: tuple[str, ...]
    note: str
    accounts: tuple[DemoAccount, ...]


class Population:
    """Draws the customers of one trade; each depends on the seed and its own number alone."""

    def __init__(self, pack: RulePack, *, seed: int, today: date, months: int) -> None:
        self._trade: Mapping[str, Any] = read_demo("trades")[pack.trade]
        self._trade_name = pack.trade
        self._shows: Sequence[Mapping[str, Any]] = read_demo("shows")["shows"]
        self._people = People(seed)
        self._seed = seed
        self._today = today
        self._periods: tuple[Period, ...] = periods(self._trade, today, months)
        self._policies = {name: pack.late_fee_policy(name, today) for name in ("resident", "other")}
        self._plans = {name: self._plans_of(name) for name in ("resident", "other")}

    @property
    def prefix(self) -> str:
        """The first two digits of account numbers."""
        return str(self._trade["prefix"])

    def customers(self, count: int) -> Iterator[DemoCustomer]:
        """`count` customers, the shown ones first."""
        for number in range(1, count + 1):
            yield self._customer(number)

    def _customer(self, number: int) -> DemoCustomer:
        draw = Random(self._seed * 1_000_003 + number)
        show = self._shows[number - 1] if number <= len(self._shows) else {}
        person = self._person(draw, number, show)
        habit = Habit(show["habit"]) if show else draw_habit(draw)
        since_on = self._today - timedelta(days=draw.randrange(800, 6000))
        mobile = show.get("mobile") or self._people.mobile(number)
        accounts = tuple(
            self._account(draw, number * 10 + place, habit, person, mobile if place == 0 else None, show)
            for place in range(self._account_count(draw, person, show))
        )
        flags = set(show.get("flags", ()))
        if not show:
            flags |= {flag for flag, chance in _FLAG_CHANCES if draw.randrange(1000) < chance}
            flags |= {"black_list"} if habit is Habit.LONG_BEHIND and draw.random() < 0.2 else set()
            flags |= {"dispute"} if any(c.is_disputed for a in accounts for c in a.charges) else set()
        manager = draw.choice(_MANAGERS) if person.kind == "organisation" or "vip" in flags else None
        landline = self._people.landline(number) if person.kind == "organisation" or draw.random() < 0.2 else None
        return DemoCustomer(
            number,
            person,
            mobile,
            landline,
            show.get("manager") or manager,
            since_on,
            tuple(sorted(flags)),
            show.get("note", ""),
            accounts,
        )

    def _person(self, draw: Random, number: int, show: Mapping[str, Any]) -> Person:
        is_firm = show.get("kind") == "organisation" if show else draw.randrange(ONE_FIRM_IN) == 0
        person = self._people.organisation(draw, number) if is_firm else self._people.person(draw, self._today)
        if show:
            person = replace(person, name=show["name"], group_name=show.get("group_name"))
        return person

    def _account_count(self, draw: Random, person: Person, show: Mapping[str, Any]) -> int:
        if "accounts" in show:
            return int(show["accounts"])
        if show:
            return 1
        if person.kind == "organisation":
            return draw.choice((1, 1, 2, 3, 5)) if person.group_name else draw.choice((1, 1, 1, 2))
        return 2 if draw.random() < 0.07 else 1

    def _account(
        self, draw: Random, key: int, habit: Habit, person: Person, mobile: str | None, show: Mapping[str, Any]
    ) -> DemoAccount:
        plan = self._plan(draw, person.customer_class, show)
        area, address = self._people.address(draw, is_firm=person.kind == "organisation")
        usage = Usage(draw.betavariate(2, 4), draw.random())
        charges = self._charges(draw, plan, usage, habit, person.customer_class, show)
        state, since_on, reason = self._state(draw, charges, show)
        kind = plan["kind"]
        return DemoAccount(
            address,
            area,
            self._facts(draw, person.customer_class, plan, usage),
            f"HT-{self._today.year - draw.randrange(1, 9)}-{key:06d}" if self._has_contract(person) else None,
            plan["name"],
            kind,
            self._service_number(kind, key, mobile),
            f"{self.prefix}{key:010d}" if kind in METERED else None,
            state,
            since_on,
            reason,
            tuple(charges),
            15 if self._trade_name == "property" and draw.random() < 0.1 else None,
            self._books(draw, charges, has_all=bool(show.get("has_books")), is_shown=bool(show)),
        )

    def _charges(
        self,
        draw: Random,
        plan: Mapping[str, Any],
        usage: Usage,
        habit: Habit,
        customer_class: str,
        show: Mapping[str, Any],
    ) -> list[Charge]:
        charges = [Charge(period, charge_items(plan, usage, draw, period.season), (), ()) for period in self._periods]
        if show.get("has_high_bill") and self._trade_name == "telecom":
            # 003-60: 670 yuan on a fixed line, 615.50 of it for information service 168
            items = (("月租费", 2100), ("本地通话费", 3350), ("信息服务费168", 61550))
            charges[-1] = replace(charges[-1], items=items)
        unpaid_days = show.get("long_unpaid_days") or draw.randint(*LONG_UNPAID_DAYS)
        channels = tuple(self._trade["channels"])
        payer = Payer(habit, self._policies[customer_class], channels, self._today, unpaid_days)
        charges = payer.settle(charges, draw)
        if show.get("is_disputed") or (not show and draw.randrange(1000) < 8):
            first_open = next((place for place, charge in enumerate(charges) if charge.is_open), None)
            if first_open is not None:
                charges[first_open] = replace(charges[first_open], is_disputed=True)
        return charges

    def _state(self, draw: Random, charges: list[Charge], show: Mapping[str, Any]) -> tuple[str, date, str]:
        overdue = [c for c in charges if c.is_open and c.period.due_on < self._today]
        since_on = self._periods[0].issued_on
        may_stop = self._trade_name != "property" and overdue and not any(c.is_disputed for c in overdue)
        stop_on = overdue[0].period.due_on + timedelta(days=30) if overdue else since_on
        if may_stop and stop_on < self._today and (show.get("is_stopped") or (not show and draw.random() < 0.6)):
            is_telecom = self._trade_name == "telecom"
            if is_telecom and len(overdue) < 3:
                return draw.choice(("stopped_out", "stopped_out", "stopped_in")), stop_on, "arrears"
            return "stopped", stop_on, "arrears"
        if self._trade_name == "telecom" and not overdue and not show and draw.randrange(1000) < 8:
            return "reserved", since_on, "customer"
        return "active", since_on, ""

    def _books(self, draw: Random, charges: list[Charge], *, has_all: bool, is_shown: bool) -> tuple[DemoBook, ...]:
        today, trade = self._today, self._trade
        owes = any(c.is_open and c.period.due_on < today for c in charges)
        opened_on = today - timedelta(days=draw.randrange(40, 500))
        cash, gift, earmarked, ended = (draw.random() for _ in range(4))
        if has_all:
            cash = gift = earmarked = ended = 0.0
        elif is_shown:
            return ()
        books = []
        if cash < 0.2 and not owes:
            books.append(DemoBook("预存", "cash", (), 9, None, draw.randrange(10, 301) * 100, opened_on))
        if gift < 0.07:
            ends_on = today + timedelta(days=draw.randrange(20, 300))
            fen = draw.randrange(5, 51) * 100
            books.append(DemoBook(trade["gift_book"], "benefit", (), 2, ends_on, fen, opened_on))
        if earmarked < 0.05:
            items, fen = tuple(trade["earmarked_items"]), draw.randrange(20, 201) * 100
            books.append(DemoBook(trade["earmarked_book"], "earmarked", items, 1, None, fen, opened_on))
        if ended < 0.03:
            ended_on = today - timedelta(days=draw.randrange(3, 30))
            fen = draw.randrange(5, 31) * 100
            books.append(DemoBook(trade["gift_book"], "benefit", (), 2, ended_on, fen, opened_on))
        return tuple(books)

    def _facts(self, draw: Random, customer_class: str, plan: Mapping[str, Any], usage: Usage) -> dict[str, str]:
        facts = {key: draw.choice(values) for key, values in self._trade[f"facts_{customer_class}"].items()}
        for row in plan["items"]:
            if row.get("is_area"):
                facts["建筑面积"] = f"{round(row['low'] + (row['high'] - row['low']) * usage.level)} ㎡"
        return facts

    def _has_contract(self, person: Person) -> bool:
        return bool(self._trade.get("has_contract")) or person.kind == "organisation"

    def _service_number(self, kind: str, key: int, mobile: str | None) -> str | None:
        """A line has a number of its own; a meter's service goes by the account's number."""
        if kind == "mobile":
            # far behind the first lines, so that the two never meet
            return mobile or self._people.mobile(15_000_000 + key)
        if kind == "landline":
            return self._people.landline(4_000_000 + key)
        return None

    def _plan(self, draw: Random, customer_class: str, show: Mapping[str, Any]) -> Mapping[str, Any]:
        plans, weights = self._plans[customer_class]
        if show.get("has_high_bill") and self._trade_name == "telecom":
            return next(plan for plan in plans if plan["kind"] == "landline")
        if show:
            return plans[0]
        return draw.choices(plans, cum_weights=weights)[0]

    def _plans_of(self, customer_class: str) -> tuple[list[Mapping[str, Any]], list[int]]:
        plans = [plan for plan in self._trade["plans"] if customer_class in plan["classes"]]
        return plans, list(accumulate(plan["weight"] for plan in plans))


def facts_text(facts: Mapping[str, str]) -> str:
    """The account's facts as the file keeps them."""
    return json.dumps(facts, ensure_ascii=False)
