"""What the record of a customer says beside the money: the stage between joining and leaving, and what is missing."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from counter_app.domain.completeness import Gap, gaps_of
from counter_app.domain.customers import CustomerRecord, CustomerUnknown
from counter_app.domain.life_stage import CLOSED, Life, LifeFacts, life_of, strongest
from counter_app.domain.refusals import Refused
from counter_app.domain.retention_figures import silent_leavers
from counter_app.domain.retention_rules import RetentionRules
from counter_app.domain.retention_usage import average_fen, used_months
from counter_app.domain.staff import Right, Session
from counter_app.storage.customers import load_record, since_of
from counter_app.storage.hall import OpenHall
from counter_app.storage.retention import open_case_no_of


@dataclass(frozen=True, slots=True)
class About:
    """`life` is None where the trade keeps no rules about customers who leave."""

    life: Life | None
    gaps: tuple[Gap, ...]


def about(hall: OpenHall, session: Session, customer_id: int) -> About:
    """Read where a customer stands and what the master data lacks; for a page that somebody opens, not for each one.

    Raises:
        Refused: `NoRight`, `CustomerUnknown`.
    """
    session.need(Right.SEE_CUSTOMERS)
    on = hall.clock.now().date()
    rules = hall.rules_on(on).retention
    with hall.reading() as reading:
        record = load_record(reading, customer_id)
        if record is None:
            raise Refused(CustomerUnknown(str(customer_id)))
        since_on = since_of(reading, customer_id)
        case_no = open_case_no_of(reading, customer_id)
    if rules is None:
        return About(None, gaps_of(record, since_on))
    facts = _facts(record, rules, since_on, case_no, hall.pack.thresholds(on).retention_average_fen, on)
    return About(life_of(facts, on), gaps_of(record, since_on))


def _facts(
    record: CustomerRecord,
    rules: RetentionRules,
    since_on: date | None,
    case_no: str,
    threshold_fen: int | None,
    on: date,
) -> LifeFacts:
    in_use = {service.id: service.number for service in record.services if service.state != CLOSED}
    used = {service_id: months for service_id in in_use if (months := used_months(record.bills, service_id, on))}
    average = strongest([average_fen(months[-rules.average_months :]) for months in used.values()])
    worth = rules.worth(average, record.customer.flags, threshold_fen)
    return LifeFacts(
        since_on=since_on,
        services=record.services,
        case_no=case_no,
        fading=tuple((in_use[service_id], found) for service_id, found in silent_leavers(used, rules, on)),
        average_fen=worth.average_fen,
        is_valued=worth.is_valued,
    )
