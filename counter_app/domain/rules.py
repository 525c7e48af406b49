"""A trade's rule pack: every rule as dated data with its source, and the version in force on a day."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date
from typing import Literal, cast

from counter_app.domain.allocation import AllocationPolicy, BillOrder, Part, SurplusTo
from counter_app.domain.approval_rules import ApprovalRules
from counter_app.domain.batch_days import BatchDays
from counter_app.domain.calendar import Calendar
from counter_app.domain.late_fee_policy import Cap, CrossYearMode, CustomerClass, LateFeePolicy, RoundingScope, Scope
from counter_app.domain.money import Fen, Rate, parse_fen
from counter_app.domain.prepaid import BookKind, BookRules, Purpose
from counter_app.domain.refusals import Refused
from counter_app.domain.retention_rules import RetentionRules, retention_rules_of
from counter_app.domain.rule_checks import BadPack, RuleError, check_pack
from counter_app.domain.rule_fields import SPLIT_BY, Row, rows_of, texts_of, whole_of
from counter_app.domain.undo_reasons import UndoReasons, undo_reasons_of

Trade = Literal["telecom", "electricity", "gas", "water", "heating", "property"]
Tender = Literal["cash", "card", "qr", "cheque", "bank_slip", "prepaid"]


@dataclass(frozen=True, slots=True)
class ReceiptTexts:
    """What a receipt prints besides the figures; never the word 发票 (domain_rules 2.5). `dispute` says how to object,
    and may be empty.
    """

    title: str
    hotline: str
    legal_basis: str
    footer: str
    dispute: str = ""


@dataclass(frozen=True, slots=True)
class DunningStep:
    """One step of the ladder (001-20, domain_rules 6): days late before it, channels, and the paper it prints."""

    step: str
    after_days: int
    channels: tuple[str, ...] = ()
    paper: str = ""


@dataclass(frozen=True, slots=True)
class CutRule:
    """Whether the supply may be cut, and what must be met before (domain_rules 6.2); days are whole days."""

    is_allowed: bool
    min_days_late: int = 0
    reminder_days: int = 0
    notice_days: int = 0
    last_call_minutes: int = 0
    preconditions: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class CreditLevel:
    """A group's credit level (001-15 to 001-17): months to pay, months to the stop, leased line deposit in months'
    rent.
    """

    level: str
    pay_months: int
    stop_months: int
    deposit_months: int


@dataclass(frozen=True, slots=True)
class BlacklistRule:
    """An id goes on the blacklist for arrears above `min_arrears_fen` not older than `within_years` (000-9, 000-10)."""

    min_arrears_fen: Fen
    within_years: int


@dataclass(frozen=True, slots=True)
class Thresholds:
    """Limits of a hall; the three-month average makes a customer valued (002-A1; `None` = not configured)."""

    retention_average_fen: Fen | None
    reveals_per_day: int
    cash_limit_fen: Fen
    is_cash_rounded_to_jiao: bool
    reprints_without_manager: int


@dataclass(frozen=True, slots=True)
class RuleInForce:
    """A rule as the settings page and the auditor see it: the table, its dates, its source and its values."""

    table: str
    valid_from: date
    valid_to: date | None
    source: str
    values: Mapping[str, object]


@dataclass(frozen=True, slots=True)
class RulesOfDay:
    """What payments and retention cases ask of the pack at every step, as it is in force on one day."""

    resident: LateFeePolicy
    other: LateFeePolicy
    allocation: AllocationPolicy
    tenders: tuple[Tender, ...]
    receipt: ReceiptTexts
    retention: RetentionRules | None
    book_order: tuple[BookKind, ...]

    def late_fee_policy(self, customer_class: str) -> LateFeePolicy:
        """The late-fee policy of a customer: whoever is no resident pays as everybody else does."""
        return self.resident if customer_class == "resident" else self.other


@dataclass(frozen=True, slots=True)
class RulePack:
    """All rules of one trade. A day before the first version of a rule is answered by the first version."""

    trade: Trade
    name_zh: str
    name_en: str
    not_configured: tuple[tuple[str, str], ...]
    tables: Mapping[str, tuple[Row, ...]]
    late_fee_policies: Mapping[str, tuple[LateFeePolicy, ...]]

    def version_on(self, on: date) -> str:
        """The name of the pack's version in force, such as `electricity/2024`."""
        return f"{self.trade}/{self._row('versions', on)['name']}"

    def of_day(self, on: date) -> RulesOfDay:
        """What that day's work asks for again and again, put together."""
        return RulesOfDay(
            self.late_fee_policy("resident", on),
            self.late_fee_policy("other", on),
            self.allocation_policy(on),
            self.tenders(on),
            self.receipt(on),
            self.retention(on),
            self.book_order(on),
        )

    def late_fee_policy(self, customer_class: CustomerClass, on: date) -> LateFeePolicy:
        """The late-fee policy in force for the class, the versions before it in its history; the same object every
        time.
        """
        policies = self.late_fee_policies[customer_class]
        for policy in reversed(policies):
            if on >= policy.valid_from:
                return policy
        return policies[0]

    def allocation_policy(self, on: date) -> AllocationPolicy:
        """How money is spread over bills."""
        row = self._row("allocation", on)
        return AllocationPolicy(
            bill_order=cast("BillOrder", row["bill_order"]),
            order=cast("tuple[Part, ...]", texts_of(row["order"])),
            is_skip_allowed=row["allow_skip"] is True,
            surplus_to=cast("SurplusTo", row["surplus"]),
            is_late_fee_paid_with_principal=row["late_fee_must_be_paid_with_principal"] is True,
        )

    def tenders(self, on: date, business: str = "fee") -> tuple[Tender, ...]:
        """The ways of payment taken for a business (`fee`, `load_control` …), in the order shown; an unknown business
        is a fee (004-5).
        """
        rows = [row for row in self.tables["tenders"] if row["business"] == business]
        rows = rows or [row for row in self.tables["tenders"] if row["business"] == "fee"]
        return cast("tuple[Tender, ...]", texts_of(_in_force(rows, on)["allowed"]))

    def receipt(self, on: date) -> ReceiptTexts:
        """The texts of receipts and notices."""
        row = self._row("receipt", on)
        return ReceiptTexts(
            str(row["title"]),
            str(row["hotline"]),
            str(row["legal_basis"]),
            str(row["footer"]),
            str(row.get("dispute", "")),
        )

    def restore_hours(self, on: date) -> int | None:
        """Hours within which a paid-up service is restored; `None` in a trade that cuts nothing."""
        return whole_of(self._row("restore", on), "within_hours") if self.tables.get("restore") else None

    def book_order(self, on: date) -> tuple[BookKind, ...]:
        """In which order prepaid books pay (001-43, 001-44)."""
        return cast("tuple[BookKind, ...]", texts_of(self._row("books", on)["order"]))

    def book_rules(self, on: date) -> BookRules:
        """Which prepaid money is the customer's own, and what it may be set aside for (004-5, rows 72, 74)."""
        row = self._row("books", on)
        purposes = (
            Purpose(str(one["code"]), str(one["name_zh"]), texts_of(one["items"]), whole_of(one, "priority"))
            for one in rows_of(row, "purposes")
        )
        return BookRules(cast("tuple[BookKind, ...]", texts_of(row["own"])), tuple(purposes))

    def batch_days(self, on: date) -> BatchDays | None:
        """On which days overdue bills are paid out of prepaid books (000-3); `None` where the trade deducts nothing."""
        if not self.tables.get("deduction"):
            return None
        days = cast("list[int]", self._row("deduction", on)["days"])
        return BatchDays(tuple(days))

    def dunning_ladder(self, on: date) -> tuple[DunningStep, ...]:
        """The steps of dunning in the order of days late."""
        steps = cast("list[Row]", self._row("dunning", on)["steps"])
        ladder = [
            DunningStep(
                str(s["step"]), whole_of(s, "after_days"), texts_of(s.get("channels", ())), str(s.get("paper", ""))
            )
            for s in steps
        ]
        return tuple(sorted(ladder, key=lambda step: step.after_days))

    def cut_rule(self, on: date) -> CutRule:
        """Whether and after what a supply may be cut."""
        row = self._row("cut", on)
        days = {
            name: whole_of(row, name) for name in ("min_days_late", "reminder_days", "notice_days", "last_call_minutes")
        }
        return CutRule(row["is_allowed"] is True, preconditions=texts_of(row.get("preconditions", ())), **days)

    def service_states(self, on: date) -> tuple[str, ...]:
        """The states that a service of this trade can have."""
        return texts_of(self._row("service_states", on)["states"])

    def credit_levels(self, on: date) -> tuple[CreditLevel, ...]:
        """Credit levels of groups; empty where the trade has none."""
        if not self.tables.get("credit"):
            return ()
        levels = cast("list[Row]", self._row("credit", on)["levels"])
        return tuple(
            CreditLevel(
                str(level["level"]),
                whole_of(level, "pay_months"),
                whole_of(level, "stop_months"),
                whole_of(level, "deposit_months"),
            )
            for level in levels
        )

    def blacklist_rule(self, on: date) -> BlacklistRule | None:
        """When an id is blacklisted; `None` where the trade keeps no blacklist."""
        if not self.tables.get("blacklist"):
            return None
        row = self._row("blacklist", on)
        return BlacklistRule(parse_fen(str(row["min_arrears"])), whole_of(row, "within_years"))

    def retention(self, on: date) -> RetentionRules | None:
        """The rules for customers who want to leave; `None` in a trade that keeps no retention form."""
        if not self.tables.get("retention"):
            return None
        return retention_rules_of(
            self._row("retention", on), self._row("retention_reasons", on), self._row("retention_offers", on)
        )

    def approvals(self, on: date) -> ApprovalRules:
        """Who asks for what, who signs it, and up to which sums; no line at all in a pack that has no such table."""
        return ApprovalRules(_each_in_force("approvals", self.tables.get("approvals", ()), on))

    def undo_reasons(self, on: date) -> UndoReasons:
        """Why a payment is undone; a code of any version has its words."""
        return undo_reasons_of(self._row("undo_reasons", on), self.tables["undo_reasons"])

    def thresholds(self, on: date) -> Thresholds:
        """The hall's limits."""
        row = self._row("thresholds", on)
        average = row.get("retention_average")
        return Thresholds(
            retention_average_fen=None if average is None else parse_fen(str(average)),
            reveals_per_day=whole_of(row, "reveals_per_day"),
            cash_limit_fen=parse_fen(str(row["cash_limit"])),
            is_cash_rounded_to_jiao=row["cash_rounding"] == "jiao",
            reprints_without_manager=whole_of(row, "reprints_without_manager"),
        )

    def in_force(self, on: date) -> tuple[RuleInForce, ...]:
        """Every rule in force on a day, with its source."""
        rules = []
        for name, rows in self.tables.items():
            for row in _each_in_force(name, rows, on):
                values = {k: v for k, v in row.items() if k not in {"valid_from", "valid_to", "source"}}
                to_on = row.get("valid_to")
                rules.append(
                    RuleInForce(
                        name,
                        cast("date", row["valid_from"]),
                        to_on if isinstance(to_on, date) else None,
                        str(row["source"]),
                        values,
                    )
                )
        return tuple(rules)

    def _row(self, table: str, on: date) -> Row:
        return _in_force(self.tables[table], on)


def parse_pack(text: str, *, file: str, calendar: Calendar | None = None) -> RulePack:
    """A rule pack from its TOML text, checked whole. `calendar` serves policies that move a due date over rest days.

    Raises:
        Refused: `BadPack` with every error found.
    """
    try:
        document = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise Refused(BadPack((RuleError(file, "", "a TOML file", str(error)),))) from error
    return pack_of(document, file=file, calendar=calendar)


def pack_of(document: Mapping[str, object], *, file: str, calendar: Calendar | None = None) -> RulePack:
    """A rule pack from its parsed document, checked whole.

    Raises:
        Refused: `BadPack` with every error found.
    """
    errors = check_pack(document, file)
    if errors:
        raise Refused(BadPack(errors))
    tables = {
        name: tuple(sorted(cast("list[Row]", rows), key=lambda row: cast("date", row["valid_from"])))
        for name, rows in document.items()
        if isinstance(rows, list)
    }
    unset = cast("Mapping[str, str]", document.get("not_configured", {}))
    trade = cast("Trade", document["trade"])
    policies = {name: _policies(tables["late_fee"], name, trade, calendar) for name in ("resident", "other")}
    return RulePack(trade, str(document["name_zh"]), str(document["name_en"]), tuple(unset.items()), tables, policies)


def _policies(
    rows: tuple[Row, ...], customer_class: str, trade: str, calendar: Calendar | None
) -> tuple[LateFeePolicy, ...]:
    policies: list[LateFeePolicy] = []
    for row in rows:
        if row["customer_class"] == customer_class:
            bare = tuple(replace(policy, history=()) for policy in policies)
            policies.append(replace(late_fee_policy_of(row, calendar=calendar), trade=trade, history=bare))
    return tuple(policies)


def late_fee_policy_of(row: Row, *, calendar: Calendar | None = None) -> LateFeePolicy:
    """A late-fee policy from one checked `[[late_fee]]` table."""
    cross, start_day, fixed = (
        row.get(key) for key in ("cross_year_rate_per_day", "start_day_of_following_month", "daily_fixed")
    )
    return LateFeePolicy(
        rate=Rate.parse(str(row["rate_per_day"])),
        cross_year_rate=None if cross is None else Rate.parse(str(cross)),
        cross_year_mode=cast("CrossYearMode", row.get("cross_year_mode", "split_by_calendar_year")),
        grace_days=whole_of(row, "grace_days"),
        start_day_of_following_month=start_day if isinstance(start_day, int) else None,
        cap=_cap(row.get("cap")),
        floor_fen=parse_fen(str(row.get("min_total", "0"))),
        floor_scope=cast("Scope", row.get("min_scope", "per_bill")),
        rounding_scope=cast("RoundingScope", row.get("rounding_scope", "per_bill")),
        daily_fixed_fen=None if fixed is None else parse_fen(str(fixed)),
        calendar=(calendar or Calendar()) if row.get("roll_due_date_over_holidays") is True else None,
        is_waivable=row.get("is_waivable") is True,
        is_spared_in_dispute=row.get("is_spared_in_dispute") is True,
        customer_class=cast("CustomerClass", row.get("customer_class", "other")),
        version=str(row.get("version", "")),
        valid_from=cast("date", row.get("valid_from", date.min)),
        legal_basis=str(row.get("legal_basis", "")),
        source=str(row.get("source", "")),
    )


def _cap(value: object) -> Cap | None:
    if not isinstance(value, dict):
        return None
    if value["type"] == "amount":
        return Cap(amount_fen=parse_fen(str(value["value"])))
    return Cap(principal_ratio=Rate.parse(str(value["value"])))


def _each_in_force(table: str, rows: tuple[Row, ...], on: date) -> list[Row]:
    """The row in force of each group whose versions follow one another."""
    groups: dict[object, list[Row]] = {}
    for row in rows:
        groups.setdefault(row.get(SPLIT_BY.get(table, "")), []).append(row)
    return [_in_force(same, on) for same in groups.values()]


def _in_force(rows: tuple[Row, ...] | list[Row], on: date) -> Row:
    for row in reversed(rows):
        if on >= cast("date", row["valid_from"]):
            return row
    return rows[0]
