"""Offers for the page: the few that fit best first, what each costs, and whose authority it needs (002-4)."""

from __future__ import annotations

import re
import unicodedata
from datetime import datetime
from typing import NamedTuple

from counter_app.domain.retention import Measure
from counter_app.domain.retention_fields import PORT_OUT
from counter_app.domain.retention_rules import FittingOffer, Offer, cost_fen, fitting_offers
from counter_app.domain.staff import Role
from counter_app.services.retention_desk import CaseView
from counter_app.ui.formats import clock
from counter_app.ui.language import tr
from counter_app.ui.retention.screen import AskedLine, MadeLine, OfferLine, OffersScreen
from counter_app.ui.retention.words import cost_word, offer_word, own_name, reasons_words, value_word
from counter_app.ui.wording_roles import role_word

_PARTS = re.compile(r"[\s,，;；*×x]+")


class WantedOffer(NamedTuple):
    """What the teller typed: an offer with its value and months."""

    code: str
    value: int
    months: int


def offers_screen(view: CaseView, role: Role, now: datetime, *, shows_all: bool) -> OffersScreen:
    """The offers of a case as the page shows them."""
    case, rules = view.case, view.rules
    made = tuple(
        MadeLine(
            m.line,
            offer_word(m.offer, rules),
            value_word(m.offer, m.value, m.months, rules),
            cost_word(m.cost_fen),
            m.is_accepted,
            m.approver_no,
        )
        for m in case.measures
    )
    waiting = next((m.line for m in case.measures if m.is_accepted is None), 0)
    if case.is_port_out or PORT_OUT in case.reasons:
        return OffersScreen((), 0, made, waiting, tr("携号转网是客户的自由选择，不提出任何方案。"))
    found = all_offers(view)
    shown = found if shows_all else found[: rules.first_offers]
    lines = tuple(_line(view, role, number, fitting) for number, fitting in enumerate(shown, 1))
    tips = tuple(own_name(tip) for tip in rules.tips(view.service.kind))
    return OffersScreen(lines, len(found) - len(shown), made, waiting, asked=_asked(view, now), tips=tips)


def all_offers(view: CaseView) -> tuple[FittingOffer, ...]:
    """Every offer that was not made yet: those that answer the reasons, best first, then the others."""
    case, rules = view.case, view.rules
    average_fen = case.worth.average_fen if case.worth else 0
    done = {made.offer for made in (*case.measures, *(asked.measure for asked in case.open_offers))}
    fitting = [f for f in fitting_offers(case.reasons, rules, average_fen) if f.offer.code not in done]
    known = done | {f.offer.code for f in fitting}
    rest = [
        FittingOffer(o, cost_fen(o, value=o.value, months=o.months, average_fen=average_fen), ())
        for o in rules.offers
        if o.code not in known
    ]
    return (*fitting, *rest)


def wanted_offer(view: CaseView, text: str) -> WantedOffer | str:
    """`1`, or `1 20 6` for another value and other months; what is wrong with it in words."""
    parts = [part for part in _PARTS.split(unicodedata.normalize("NFKC", text).strip()) if part]
    if not parts or not all(part.isdecimal() for part in parts) or len(parts) > 3:
        return tr("填方案编号，例如 1；要改数值和月数就写 1 20 6。")
    offers = all_offers(view)
    place = int(parts[0])
    if not 1 <= place <= len(offers):
        return tr("没有编号 {number} 的方案。请照上面的编号填。", number=parts[0])
    offer = offers[place - 1].offer
    value = int(parts[1]) if len(parts) > 1 else offer.value
    months = int(parts[2]) if len(parts) > 2 else offer.months
    refusal = view.rules.refusal_of_measure(offer.code, value, months)
    if refusal is not None:
        return tr(
            "“{offer}”最多 {largest}，最长 {longest} 个月。请改小。",
            offer=own_name(offer),
            largest=offer.largest,
            longest=offer.longest,
        )
    return WantedOffer(offer.code, value, months)


def needs_other(view: CaseView, role: Role, measure: Measure) -> bool:
    """Whether somebody else has to sign for an offer."""
    offer = view.rules.offer(measure.offer)
    return offer is not None and _who_may(view, role, offer, measure.cost_fen) is not None


def _asked(view: CaseView, now: datetime) -> tuple[AskedLine, ...]:
    lines = []
    for asked in view.case.offers_asked:
        measure, since = asked.measure, clock(asked.asked_at.astimezone(now.tzinfo))
        if asked.is_declined:
            state = tr("审批没有同意：{why}", why=asked.why)
        else:
            state = tr("{since} 已送审，等班长在自己的登录下决定", since=since)
        lines.append(
            AskedLine(
                offer_word(measure.offer, view.rules),
                value_word(measure.offer, measure.value, measure.months, view.rules),
                cost_word(measure.cost_fen),
                state,
                asked.is_declined,
            )
        )
    return tuple(lines)


def _line(view: CaseView, role: Role, number: int, fitting: FittingOffer) -> OfferLine:
    offer, rules = fitting.offer, view.rules
    who = _who_may(view, role, offer, fitting.cost_fen)
    authority = tr("本人可给")
    if who is not None:
        names = tr("、").join(map(role_word, who))
        authority = tr("须{who}签字", who=names) if who else tr("超出本厅权限")
    return OfferLine(
        str(number),
        offer.code,
        own_name(offer),
        value_word(offer.code, offer.value, offer.months, rules),
        cost_word(fitting.cost_fen),
        tr("针对：{why}", why=reasons_words(fitting.why, rules)) if fitting.why else "",
        authority,
        who is not None,
    )


def _who_may(view: CaseView, role: Role, offer: Offer, price_fen: int) -> tuple[Role, ...] | None:
    case = view.case
    case_fen = case.cost_fen + price_fen
    refusal = view.rules.refusal_of_giver(offer, role, case_fen=case_fen, is_valued=case.is_valued)
    return None if refusal is None else refusal.who
