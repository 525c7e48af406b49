"""What the rule pack says about customers who want to leave: who is valued, what may be offered, and at what cost."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import cast

from counter_app.domain.customers import Flag
from counter_app.domain.money import Fen, Rate, half_up, parse_fen
from counter_app.domain.refusals import Refusal
from counter_app.domain.retention import Result, Worth
from counter_app.domain.retention_fields import GIVERS, PORT_OUT, UNITS_BY_MONTH, FeedbackOf, Unit, ValueCheck
from counter_app.domain.rule_fields import Row, rows_of, texts_of, whole_of
from counter_app.domain.staff import Role


@dataclass(frozen=True, slots=True)
class Choice:
    """One entry of a list that the pack keeps: its code and its name in both languages."""

    code: str
    name_zh: str
    name_en: str


@dataclass(frozen=True, slots=True)
class Reason(Choice):
    """A reason for leaving (002-A6) with its second level; the tip is what to look at in the talk (002-A2)."""

    tip_zh: str = ""
    tip_en: str = ""
    second: tuple[Choice, ...] = ()


@dataclass(frozen=True, slots=True)
class Tip(Choice):
    """What whoever talks bears in mind (002-4), as its name; `kinds` of service that it is for, none: for all."""

    kinds: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Offer(Choice):
    """A measure that may be offered (002-A3). `value` and `months` are what is shown first, `largest` and `longest` the
    most; `unit_cost_fen` is the cost of `unit_size` units; whoever stands at `giver` or above gives it.
    """

    unit: Unit
    unit_cost_fen: Fen
    unit_size: int
    value: int
    largest: int
    months: int
    longest: int
    giver: Role
    fits: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Ceiling:
    """The most that a role may give away alone in one case, in fen, to an ordinary and to a valued customer."""

    role: Role
    ordinary_fen: Fen
    valued_fen: Fen


@dataclass(frozen=True, slots=True)
class FittingOffer:
    """An offer as it is shown first: its cost in fen, and the chosen reasons that it answers."""

    offer: Offer
    cost_fen: Fen
    why: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class OfferUnknown(Refusal):
    """The pack in force has no offer of that code."""

    offer: str


@dataclass(frozen=True, slots=True)
class OfferOutOfRange(Refusal):
    """An offer above or below what the pack allows: its value from 1 to `largest`, its months up to `longest`."""

    offer: str
    value: int
    months: int
    largest: int
    longest: int


@dataclass(frozen=True, slots=True)
class OfferAboveRole(Refusal):
    """The role may not give this offer, or not this much of it; `who` may. Empty: nobody in the hall may."""

    offer: str
    cost_fen: Fen
    role: Role
    who: tuple[Role, ...]


@dataclass(frozen=True, slots=True)
class RetentionRules:
    """The rules in force on one day (tables `retention`, `retention_reasons`, `retention_offers`)."""

    value_check: ValueCheck
    average_months: int
    vip_flags: tuple[Flag, ...]
    is_manager_first: bool
    signature_minutes: int
    first_offers: int
    ceilings: tuple[Ceiling, ...]
    is_agent_allowed: bool
    hold_months: int
    is_reentry_free: bool
    kept_visit_months: tuple[int, ...]
    left_visit_months: tuple[int, ...]
    success_days: int
    falling_months: int
    falling_share: Rate
    idle_months: int
    fixed_items: frozenset[str]
    feedback_of: FeedbackOf
    feedback_results: tuple[Result, ...]
    interests: tuple[Choice, ...]
    next_tools: tuple[Choice, ...]
    contact_times: tuple[Choice, ...]
    talk_tips: tuple[Tip, ...]
    exit_offers: str
    reasons: tuple[Reason, ...]
    offers: tuple[Offer, ...]

    def worth(self, average_fen: Fen, flags: Collection[Flag], threshold_fen: Fen | None) -> Worth:
        """Whether the customer is a valued one: average at or above the hall's threshold, a VIP mark, or either, by the
        pack (002-A1, 002-B1). Without a threshold no average is high.
        """
        is_high = threshold_fen is not None and average_fen >= threshold_fen
        is_marked = any(flag in self.vip_flags for flag in flags)
        found = {"average": is_high, "mark": is_marked, "either": is_high or is_marked}
        return Worth(average_fen, found[self.value_check])

    def reason(self, code: str) -> tuple[Choice, ...]:
        """The reason of that code: of the first level alone, of the second after the one above it; nothing where the
        pack does not know the code.
        """
        for first in self.reasons:
            if first.code == code:
                return (first,)
            for second in first.second:
                if second.code == code:
                    return first, second
        return ()

    def first_level(self, code: str) -> str:
        """The reason that a code of either level belongs to; a code that the pack does not know stands for itself."""
        found = self.reason(code)
        return found[0].code if found else code

    def tips(self, kind: str) -> tuple[Tip, ...]:
        """What to bear in mind in a talk about a service of that kind."""
        return tuple(tip for tip in self.talk_tips if not tip.kinds or kind in tip.kinds)

    def knows_reason(self, code: str) -> bool:
        """Whether it is a reason of either level."""
        return bool(self.reason(code))

    def offer(self, code: str) -> Offer | None:
        """The offer of that code."""
        return next((offer for offer in self.offers if offer.code == code), None)

    def ceiling_fen(self, role: Role, *, is_valued: bool) -> Fen:
        """The most that the role may give away alone in one case; 0 for a role that gives nothing."""
        for ceiling in self.ceilings:
            if ceiling.role is role:
                return ceiling.valued_fen if is_valued else ceiling.ordinary_fen
        return 0

    def refusal_of_measure(self, code: str, value: int, months: int) -> OfferUnknown | OfferOutOfRange | None:
        """Why an offer may not be made with this value for so many months, or None."""
        offer = self.offer(code)
        if offer is None:
            return OfferUnknown(code)
        least = 1 if offer.unit in UNITS_BY_MONTH else 0
        if 1 <= value <= offer.largest and least <= months <= offer.longest:
            return None
        return OfferOutOfRange(code, value, months, offer.largest, offer.longest)

    def refusal_of_giver(self, offer: Offer, role: Role, *, case_fen: Fen, is_valued: bool) -> OfferAboveRole | None:
        """Why the role may not give an offer that brings the cost of the case to `case_fen`, and who may, or None."""
        who = tuple(r for r in GIVERS if self._may(r, offer, case_fen, is_valued=is_valued))
        return None if role in who else OfferAboveRole(offer.code, case_fen, role, who)

    def _may(self, role: Role, offer: Offer, case_fen: Fen, *, is_valued: bool) -> bool:
        is_high_enough = GIVERS.index(role) >= GIVERS.index(offer.giver)
        return is_high_enough and case_fen <= self.ceiling_fen(role, is_valued=is_valued)


def cost_fen(offer: Offer, *, value: int, months: int, average_fen: Fen) -> Fen:
    """What an offer costs the hall in fen, rounded half up once: yuan or packs a month times months, a percentage of
    the customer's average a month, points or orders at the pack's price (domain_rules 5.5).
    """
    times = value * (months if offer.unit in UNITS_BY_MONTH else 1)
    match offer.unit:
        case "yuan_a_month" | "yuan":
            return times * 100
        case "percent_a_month":
            return half_up(average_fen * times, 100)
        case _:
            return half_up(offer.unit_cost_fen * times, offer.unit_size)


def fitting_offers(reasons: Sequence[str], rules: RetentionRules, average_fen: Fen) -> tuple[FittingOffer, ...]:
    """The offers that answer the chosen reasons, best first: those for the main reason, then those for more of the
    reasons, for the exact reason of the second level, those that a teller may give, the cheaper ones. None after
    PORT_OUT (domain_rules 5.3). A screen shows the first `rules.first_offers` at once (002-4).
    """
    if PORT_OUT in reasons:
        return ()
    found = []
    for place, offer in enumerate(rules.offers):
        exact = tuple(code for code in reasons if code in offer.fits)
        why = tuple(code for code in reasons if code in exact or rules.first_level(code) in offer.fits)
        if why:
            price_fen = cost_fen(offer, value=offer.value, months=offer.months, average_fen=average_fen)
            is_main = why[0] == reasons[0]
            order = (not is_main, -len(why), -len(exact), GIVERS.index(offer.giver), price_fen, place)
            found.append((order, FittingOffer(offer, price_fen, why)))
    return tuple(fitting for _, fitting in sorted(found, key=lambda entry: entry[0]))


def retention_rules_of(rules: Row, reasons: Row, offers: Row) -> RetentionRules:
    """The rules from one checked row of each of the three tables."""
    return RetentionRules(
        value_check=cast("ValueCheck", rules["value_check"]),
        average_months=whole_of(rules, "average_months"),
        vip_flags=tuple(Flag(flag) for flag in texts_of(rules.get("vip_flags"))),
        is_manager_first=rules["is_manager_first"] is True,
        signature_minutes=whole_of(rules, "signature_minutes"),
        first_offers=whole_of(rules, "first_offers"),
        ceilings=tuple(
            Ceiling(Role(str(row["role"])), parse_fen(str(row["ordinary"])), parse_fen(str(row["valued"])))
            for row in rows_of(rules, "ceilings")
        ),
        is_agent_allowed=rules["is_agent_allowed"] is True,
        hold_months=whole_of(rules, "hold_months"),
        is_reentry_free=rules["is_reentry_free"] is True,
        kept_visit_months=tuple(cast("list[int]", rules["kept_visit_months"])),
        left_visit_months=tuple(cast("list[int]", rules["left_visit_months"])),
        success_days=whole_of(rules, "success_days"),
        falling_months=whole_of(rules, "falling_months"),
        falling_share=Rate.parse(str(rules["falling_share"])),
        idle_months=whole_of(rules, "idle_months"),
        fixed_items=frozenset(texts_of(rules.get("fixed_items"))),
        feedback_of=cast("FeedbackOf", rules["feedback_of"]),
        feedback_results=tuple(Result(result) for result in texts_of(rules.get("feedback_results"))),
        interests=tuple(_choice(row) for row in rows_of(rules, "interests")),
        next_tools=tuple(_choice(row) for row in rows_of(rules, "next_tools")),
        contact_times=tuple(_choice(row) for row in rows_of(rules, "contact_times")),
        talk_tips=tuple(
            Tip(str(row["code"]), str(row["name_zh"]), str(row["name_en"]), texts_of(row.get("kinds")))
            for row in rows_of(rules, "talk_tips")
        ),
        exit_offers=str(rules.get("exit_offers", "")),
        reasons=tuple(_reason(row) for row in rows_of(reasons, "reasons")),
        offers=tuple(_offer(row) for row in rows_of(offers, "offers")),
    )


def _choice(row: Row) -> Choice:
    return Choice(str(row["code"]), str(row["name_zh"]), str(row["name_en"]))


def _reason(row: Row) -> Reason:
    return Reason(
        code=str(row["code"]),
        name_zh=str(row["name_zh"]),
        name_en=str(row["name_en"]),
        tip_zh=str(row.get("tip_zh", "")),
        tip_en=str(row.get("tip_en", "")),
        second=tuple(_choice(entry) for entry in rows_of(row, "second")),
    )


def _offer(row: Row) -> Offer:
    return Offer(
        code=str(row["code"]),
        name_zh=str(row["name_zh"]),
        name_en=str(row["name_en"]),
        unit=cast("Unit", row["unit"]),
        unit_cost_fen=parse_fen(str(row.get("unit_cost", "0"))),
        unit_size=whole_of(row, "unit_size") or 1,
        value=whole_of(row, "value"),
        largest=whole_of(row, "largest"),
        months=whole_of(row, "months"),
        longest=whole_of(row, "longest"),
        giver=Role(str(row["giver"])),
        fits=texts_of(row.get("fits")),
    )
