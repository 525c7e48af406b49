"""Pay on behalf (代付): what a group pays of a member's bill by item, quota or ratio, and what the member keeps."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from counter_app.domain.money import Fen, Rate, share

RuleType = Literal["item", "quota", "ratio"]


@dataclass(frozen=True, slots=True)
class PayRule:
    """One rule of the group (001-37 to 001-40): all of its items, at most `limit_fen`, or `ratio` of what is left.

    `items` empty means every item. A limit on an item or ratio rule caps it too. Lower priority numbers come first.
    """

    rule_type: RuleType
    items: tuple[str, ...] = ()
    limit_fen: Fen | None = None
    ratio: Rate | None = None
    priority: int = 0


@dataclass(frozen=True, slots=True)
class PayStep:
    """What one rule takes over: `by_item` adds up to `group_pays_fen`; `seen_fen` is what the rule found open."""

    rule: PayRule
    seen_fen: Fen
    group_pays_fen: Fen
    by_item: tuple[tuple[str, Fen], ...]


@dataclass(frozen=True, slots=True)
class PayOnBehalf:
    """The steps in order of priority, and what is left to the member per item; both parts add up to the bill."""

    steps: tuple[PayStep, ...]
    member_items: tuple[tuple[str, Fen], ...]

    @property
    def group_pays_fen(self) -> Fen:
        """What the group pays in all."""
        return sum(step.group_pays_fen for step in self.steps)

    @property
    def member_pays_fen(self) -> Fen:
        """What the member pays."""
        return sum(amount_fen for _, amount_fen in self.member_items)


def pay_on_behalf(items: Sequence[tuple[str, Fen]], rules: Sequence[PayRule]) -> PayOnBehalf:
    """Split a bill between group and member; each later rule sees what the earlier ones left (domain_rules 7).

    A ratio is rounded half up once per rule and falls on its items in proportion; a quota fills its items in the
    bill's order.
    """
    open_fen = [amount_fen for _, amount_fen in items]
    steps = []
    for rule in sorted(rules, key=lambda rule: rule.priority):
        seen = [
            amount_fen if not rule.items or item in rule.items else 0
            for (item, _), amount_fen in zip(items, open_fen, strict=True)
        ]
        taken = _taken(rule, seen)
        open_fen = [left - part for left, part in zip(open_fen, taken, strict=True)]
        by_item = tuple((item, part) for (item, _), part in zip(items, taken, strict=True) if part)
        steps.append(PayStep(rule, sum(seen), sum(taken), by_item))
    return PayOnBehalf(tuple(steps), tuple((item, left) for (item, _), left in zip(items, open_fen, strict=True)))


def _taken(rule: PayRule, seen: list[Fen]) -> list[Fen]:
    total_fen = sum(seen)
    amount_fen = total_fen
    if rule.rule_type == "ratio" and rule.ratio is not None:
        amount_fen = min(amount_fen, rule.ratio.times(total_fen))
    if rule.limit_fen is not None:
        amount_fen = min(amount_fen, rule.limit_fen)
    if rule.rule_type == "ratio":
        return share(amount_fen, seen)
    taken = []
    for part in seen:
        taken.append(min(part, amount_fen))
        amount_fen -= taken[-1]
    return taken
