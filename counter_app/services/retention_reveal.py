"""What is personal in a case, in full for a purpose: who looked at what and why is an entry, as for a customer."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from counter_app.domain.customers import PurposeMissing, RevealCapReached
from counter_app.domain.journal import Draft
from counter_app.domain.masks import mask_in_words
from counter_app.domain.refusals import Refused
from counter_app.domain.retention_form import Form
from counter_app.domain.staff import Right, Session
from counter_app.services import authority
from counter_app.services.retention_desk import case_of, view_of
from counter_app.storage.hall import OpenHall
from counter_app.storage.journal import entries_of_day

FIELDS: Mapping[str, Callable[[Form], str]] = {
    "id_number": lambda form: form.id_number,
    "agent.id_number": lambda form: form.agent.id_number,
    "later_contact": lambda form: form.later_contact,
}
"""What of a form may be shown in full; one reveal shows one of these."""


def reveal(hall: OpenHall, session: Session, case_id: str, field: str, purpose: str) -> str:
    """The full value of a field of the form; it counts among the reveals that a person has in a day (001-31).

    Raises:
        Refused: `NoRight`, `SignedOut`, `PurposeMissing`, `RevealCapReached`, `CaseUnknown`.
        KeyError: `field` is not one of `FIELDS`.
    """
    session.need(Right.REVEAL)
    value_of = FIELDS[field]
    if not purpose.strip():
        raise Refused(PurposeMissing(field))
    on = hall.clock.now().date()
    cap = hall.pack.thresholds(on).reveals_per_day
    with hall.writing() as work:
        authority.still(work, session, Right.REVEAL)
        view = view_of(hall, work, session, case_of(work, case_id))
        if entries_of_day(work, "reveal", session.staff_no, on) >= cap:
            raise Refused(RevealCapReached(cap))
        hall.journal.append(
            work,
            Draft(
                kind="reveal",
                body={"field": field, "purpose": mask_in_words(purpose.strip()), "case_id": case_id},
                staff_no=session.staff_no,
                business_date=on,
                customer_id=view.case.customer_id,
            ),
        )
    return value_of(view.form)
