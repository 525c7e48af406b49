"""The facts of a receipt as canonical JSON, written key by key: it takes a third of what an encoder takes."""

from __future__ import annotations

from typing import Any

from counter_app.domain.journal import as_kept
from counter_app.domain.plain_json import text as _text
from counter_app.domain.plain_json import whole as _whole

# the records are those of `domain.receipts`, which imports this module and is therefore not imported back


def facts_json(facts: Any) -> str:
    """The facts with sorted keys, fen as whole numbers, ISO dates and no spaces.

    Raises:
        TypeError: a value is not of its declared type.
    """
    return as_kept(
        f'{{"account_no":{_text(facts.account_no)},"address_masked":{_text(facts.address_masked)}'
        f',"arrears_after_fen":{_whole(facts.arrears_after_fen)},"arrears_before_fen":{_whole(facts.arrears_before_fen)}'
        f',"business_date":"{facts.business_date.isoformat()}","change_fen":{_whole(facts.change_fen)}'
        f',"company":{_text(facts.company)},"counter_id":{_text(facts.counter_id)}'
        f',"counter_name":{_text(facts.counter_name)},"customer_name_masked":{_text(facts.customer_name_masked)}'
        f',"customer_no":{_text(facts.customer_no)},"entry_hash":{_text(facts.entry_hash)}'
        f',"entry_id":{_text(facts.entry_id)},"footer":[{",".join(map(_text, facts.footer))}]'
        f',"hall_id":{_text(facts.hall_id)},"hall_name":{_text(facts.hall_name)},"hotline":{_text(facts.hotline)}'
        f',"is_demo":{"true" if facts.is_demo else "false"},"issued_at":"{facts.issued_at.isoformat()}"'
        f',"lines":[{",".join(map(_line, facts.lines))}],"prepaid_after_fen":{_whole(facts.prepaid_after_fen)}'
        f',"prepaid_before_fen":{_whole(facts.prepaid_before_fen)}'
        f',"prepaid_stored_fen":{_whole(facts.prepaid_stored_fen)},"prepaid_used_fen":{_whole(facts.prepaid_used_fen)}'
        f',"receipt_no":{_text(facts.receipt_no)},"received_fen":{_whole(facts.received_fen)}'
        f',"serial":{_whole(facts.serial)},"teller_name":{_text(facts.teller_name)}'
        f',"teller_no":{_text(facts.teller_no)},"tenders":[{",".join(map(_tender, facts.tenders))}]'
        f',"title":{_text(facts.title)},"total_fen":{_whole(facts.total_fen)},"version":{_whole(facts.version)}'
        f',"year":{_whole(facts.year)}}}'
    )


def _line(line: Any) -> str:
    return (
        f'{{"bill_id":{_whole(line.bill_id)},"bill_month":{_text(line.bill_month)},"bill_no":{_text(line.bill_no)}'
        f',"cost_fen":{_whole(line.cost_fen)},"late_fee_fen":{_whole(line.late_fee_fen)}'
        f',"principal_fen":{_whole(line.principal_fen)},"working":[{",".join(map(_working, line.working))}]}}'
    )


def _tender(tender: Any) -> str:
    return (
        f'{{"amount_fen":{_whole(tender.amount_fen)},"kind":{_text(tender.kind)}'
        f',"reference_tail":{_text(tender.reference_tail)}}}'
    )


def _working(row: Any) -> str:
    return (
        f'{{"amount_text":{_text(row.amount_text)},"base_fen":{_whole(row.base_fen)},"days":{_whole(row.days)}'
        f',"from_on":"{row.from_on.isoformat()}","rate_text":{_text(row.rate_text)}'
        f',"to_on":"{row.to_on.isoformat()}"}}'
    )
