"""Answers the cases about money owed: late fees, allocation, pay on behalf and prepaid books."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import date
from typing import cast

from counter_app.commands.rules_cases import Answer, Node
from counter_app.domain.allocation import (
    DEFAULT_ORDER,
    Allocation,
    AllocationPolicy,
    BillOrder,
    Debt,
    LateFeeUnpaid,
    Part,
    SurplusTo,
    allocate,
)
from counter_app.domain.bills import Bill, Settlement
from counter_app.domain.calendar import Calendar
from counter_app.domain.late_fee_policy import Cap, CrossYearMode, LateFeePolicy, RoundingScope, Scope, YearKind
from counter_app.domain.late_fees import LateFeeWorking, collection_late_fee, late_fee, late_fee_of_days
from counter_app.domain.money import ZERO_RATE, Fen, format_fen
from counter_app.domain.pay_on_behalf import PayRule, RuleType, pay_on_behalf
from counter_app.domain.prepaid import Book, use_books
from counter_app.domain.refusals import Refused

_YEAR_KINDS = ("same_year", "cross_year")
_MODES = ("split_by_calendar_year", "whole_period_high", "new_year_days_only")
_BENEFIT_BOOKS = ("gift", "benefit", "bonus")
_MONTH = re.compile(r"\d{4}-\d{2}")


def answer_late_fee(case: Node, default_policy: Mapping[str, object]) -> Answer:
    """Late fee in all and per bill, each bill's shown rounded, and with the principal still owed."""
    inputs = case.at("inputs")
    merged = {**default_policy, **case.at("policy").table()}
    policy = _late_fee_policy(Node(merged, "policy", case.case_id), inputs)
    workings, principal_fen = [], 0
    for bill in inputs.at("bills").entries():
        working, owed_fen = _bill_working(bill, policy, inputs)
        workings.append(working)
        principal_fen += owed_fen
    total_fen = collection_late_fee(workings, policy).total_fen
    return {
        "late_fee_total": _yuan(total_fen),
        "per_bill": [{"chargeable_days": w.days, "late_fee": _yuan(w.computed_fen)} for w in workings],
        "total_due": _yuan(principal_fen + total_fen),
    }


def answer_allocation(case: Node) -> Answer:
    """Where the money goes, or the refusal's code."""
    inputs, given = case.at("inputs"), case.at("policy")
    is_cash = "tendered" in inputs
    policy = AllocationPolicy(
        bill_order=cast(
            "BillOrder", given.at("bill_order").one_of(("oldest_first", "due_date_then_ratio"), "oldest_first")
        ),
        order=_parts(given.at("order")),
        is_skip_allowed=given.at("allow_skip").flag(),
        surplus_to=cast(
            "SurplusTo", given.at("surplus").one_of(("prepaid", "change"), "change" if is_cash else "prepaid")
        ),
        is_late_fee_paid_with_principal=given.at("late_fee_must_be_paid_with_principal").flag(),
    )
    debts, named = _debts(inputs.at("debts"))
    by_label = {debt.label: debt.bill_id for debt in debts}
    choose = []
    for label in inputs.at("choose").texts():
        if label not in by_label:
            raise inputs.at("choose").refuse("bills among the debts")
        choose.append(by_label[label])
    paid_fen = inputs.at("tendered" if is_cash else "paid").money()
    reason = inputs.at("redirect_reason")
    try:
        allocation = allocate(
            debts,
            paid_fen,
            policy,
            choose=choose,
            redirect_reason="" if reason.value is None else reason.text(),
            may_redirect=inputs.at("may_redirect").flag(),
        )
    except Refused as refused:
        return _refusal(refused)
    return _allocated(allocation, named, is_cash=is_cash)


def answer_pay_on_behalf(case: Node) -> Answer:
    """What the group and the member pay, and what the group pays per rule in order of priority."""
    inputs = case.at("inputs")
    rules = []
    for number, rule in enumerate(inputs.at("rules").entries()):
        rule_type = cast("RuleType", rule.at("type").one_of(("item", "quota", "ratio")))
        ratio = rule.at("ratio").rate() if rule_type == "ratio" else None
        if ratio is not None and ratio.numerator > ratio.denominator:
            raise rule.at("ratio").refuse("a ratio from 0 to 1")
        limit = rule.at("limit")
        limit_fen = limit.money() if rule_type == "quota" or "limit" in rule else None
        rules.append(
            PayRule(rule_type, _item_names(rule), limit_fen, ratio, rule.at("priority").whole(default=number + 1))
        )
    result = pay_on_behalf(_items(inputs.at("bill")), rules)
    return {
        "group_pays": _yuan(result.group_pays_fen),
        "member_pays": _yuan(result.member_pays_fen),
        "steps": [_yuan(step.group_pays_fen) for step in result.steps],
    }


def answer_books(case: Node) -> Answer:
    """What each book gave and keeps, and what stays unpaid."""
    inputs = case.at("inputs")
    books = [
        Book(
            book=book.at("book").text(),
            balance_fen=book.at("balance").money(),
            items=_item_names(book),
            priority=book.at("priority").whole() if "priority" in book else None,
            valid_to=book.at("valid_to").day() if "valid_to" in book else None,
            kind="benefit" if book.at("book").text() in _BENEFIT_BOOKS and "items" not in book else None,
        )
        for book in inputs.at("books").entries()
    ]
    on = inputs.at("on").day() if "on" in inputs else None
    used = use_books(_items(inputs.at("bill")), books, on)
    return {
        "taken": {book: _yuan(amount_fen) for book, amount_fen in used.taken},
        "left": {book: _yuan(amount_fen) for book, amount_fen in used.left},
        "unpaid": _yuan(used.unpaid_fen),
    }


def _yuan(fen: Fen) -> str:
    return format_fen(fen, grouping=False)


def _late_fee_policy(given: Node, inputs: Node) -> LateFeePolicy:
    given.at("compounding").one_of(("simple",), "simple")
    fixed_fen = given.at("daily_fixed").money() if "daily_fixed" in given else None
    rate = ZERO_RATE if fixed_fen is not None and "rate_per_day" not in given else given.at("rate_per_day").rate()
    cross = "cross_year_rate_per_day"
    start_day = given.at("start_day_of_following_month")
    calendar = None
    if given.at("roll_due_date_over_holidays").flag():
        calendar = Calendar(frozenset(day.day() for day in inputs.at("holidays").entries()), has_weekends=False)
    return LateFeePolicy(
        rate=rate,
        cross_year_rate=given.at(cross).rate() if cross in given else None,
        cross_year_mode=cast("CrossYearMode", given.at("cross_year_mode").one_of(_MODES, _MODES[0])),
        grace_days=given.at("grace_days").whole(default=0, most=36_600),
        start_day_of_following_month=None if start_day.value is None else start_day.whole(most=28) or 1,
        cap=_cap(given.at("cap")) if "cap" in given else None,
        floor_fen=given.at("min_total").money(default=0),
        floor_scope=cast("Scope", given.at("min_scope").one_of(("per_bill", "per_collection"), "per_bill")),
        rounding_scope=cast("RoundingScope", given.at("rounding_scope").one_of(("per_bill", "total"), "per_bill")),
        daily_fixed_fen=fixed_fen,
        calendar=calendar,
    )


def _cap(given: Node) -> Cap:
    if given.at("type").one_of(("principal_ratio", "amount")) == "amount":
        return Cap(amount_fen=given.at("value").money())
    return Cap(principal_ratio=given.at("value").rate())


def _bill_working(bill: Node, policy: LateFeePolicy, inputs: Node) -> tuple[LateFeeWorking, Fen]:
    """The bill's working, and its principal still owed. A fixed sum a day needs no principal."""
    principal_fen = 0
    if "principal" in bill or policy.daily_fixed_fen is None:
        principal_fen = bill.at("principal").money()
    elif policy.cap is not None and policy.cap.principal_ratio is not None:
        raise bill.at("principal").refuse("a principal, which the cap is a share of")
    if "segments" in bill:
        runs = [
            (run.at("days").whole(), cast("YearKind", run.at("year_kind").one_of(_YEAR_KINDS, "same_year")))
            for run in bill.at("segments").entries()
        ]
        return late_fee_of_days(principal_fen, runs, policy), principal_fen
    if "overdue_days" in bill:
        kind = cast("YearKind", bill.at("year_kind").one_of(_YEAR_KINDS, "same_year"))
        return late_fee_of_days(principal_fen, [(bill.at("overdue_days").whole(), kind)], policy), principal_fen
    if "due_date" not in bill:
        raise bill.at("due_date").refuse("one of due_date, overdue_days, segments")
    on = (bill if "payment_date" in bill else inputs).at("payment_date").day()
    settlements = tuple(
        Settlement(f"{part.path}", part.at("date").day(), part.at("principal_paid").money(), 0)
        for part in bill.at("partial_payments").entries()
    )
    dated = Bill(
        bill_id=0,
        bill_no="",
        account_id=0,
        month="",
        due_on=bill.at("due_date").day(),
        principal_fen=principal_fen if "principal" in bill else 1,
        accrual_start_on=bill.at("accrual_start").day() if "accrual_start" in bill else None,
        accrual_stop_on=bill.at("accrual_stop").day() if "accrual_stop" in bill else None,
        settlements=settlements,
    )
    paid_fen = sum(s.principal_fen for s in settlements if s.settled_on <= on)
    return late_fee(dated, policy, on), max(0, principal_fen - paid_fen)


def _parts(given: Node) -> tuple[Part, ...]:
    if given.value is None:
        return DEFAULT_ORDER
    return cast("tuple[Part, ...]", tuple(dict.fromkeys(part.one_of(DEFAULT_ORDER) for part in given.entries())))


def _debts(given: Node) -> tuple[list[Debt], dict[int, tuple[Part, ...]]]:
    """The debts with ids by place, and which parts each names. The month is told by the bill's label, its due date or
    its place.
    """
    rows = list(given.entries())
    months = [_month(row, number) for number, row in enumerate(rows)]
    if all("due_date" in row for row in rows) and not all(_MONTH.fullmatch(month[:7]) for month in months):
        months = [row.at("due_date").day().isoformat() for row in rows]
    elif not all(_MONTH.fullmatch(month[:7]) for month in months):
        months = [f"{number:09d}" for number in range(len(rows))]
    debts = [
        Debt(
            bill_id=number,
            label=row.at("bill").text(),
            month=months[number],
            due_on=row.at("due_date").day() if "due_date" in row else date.max,
            collection_cost_fen=row.at("collection_cost").money(default=0),
            late_fee_fen=row.at("late_fee").money(default=0),
            principal_fen=row.at("principal").money(default=0),
            is_late_fee_deferred=row.at("late_fee_deferred").flag(),
        )
        for number, row in enumerate(rows)
    ]
    named = {number: tuple(part for part in DEFAULT_ORDER if part in row) for number, row in enumerate(rows)}
    return debts, named


def _month(row: Node, number: int) -> str:
    if "month" in row:
        return row.at("month").text()
    label = row.at("bill").text()
    return label if _MONTH.fullmatch(label[:7]) else f"?{number}"


def _allocated(allocation: Allocation, named: Mapping[int, tuple[Part, ...]], *, is_cash: bool) -> Answer:
    answer: Answer = {
        "applied": [
            {"bill": row.label} | {part: _yuan(getattr(row, f"{part}_fen")) for part in named[row.bill_id]}
            for row in allocation.applied
        ],
        "left": {
            row.label: {
                part: _yuan(getattr(row, f"{part}_fen")) for part in named[row.bill_id] if getattr(row, f"{part}_fen")
            }
            for row in allocation.left
        },
    }
    is_change = allocation.surplus_to == "change"
    if is_cash:
        answer["received"] = _yuan(allocation.paid_fen)
    if is_cash or is_change:
        answer["change"] = _yuan(allocation.surplus_fen if is_change else 0)
    answer["surplus"] = _yuan(0 if is_cash and is_change else allocation.surplus_fen)
    if allocation.surplus_fen:
        answer["surplus_to"] = allocation.surplus_to
    return answer


def _refusal(refused: Refused) -> Answer:
    answer: Answer = {"error": refused.refusal.code, "applied": []}
    if isinstance(refused.refusal, LateFeeUnpaid):
        answer["hint"] = "start a deferral of the late fee first"
    return answer


def _items(given: Node) -> list[tuple[str, Fen]]:
    return [(row.at("item").text(), row.at("amount").money()) for row in given.entries()]


def _item_names(given: Node) -> tuple[str, ...]:
    return given.at("items").texts()
