"""The hall's safe at the hub: floats given out, cash handed in, money carried to the bank, papers that are missing."""

from __future__ import annotations

from counter_app.domain.day_report import CLOSED as DAY_CLOSED
from counter_app.domain.proofs import FOUND, HANDED, MISSING
from counter_app.domain.rights import Right
from counter_app.domain.safe import ACCEPT, ASK, DEPOSIT, DROP, FUND, ISSUE, REFUSE
from counter_app.hub.batch import Batch
from counter_app.hub.entries import Arrived, Unfit, whole, words
from counter_app.hub.slate import Slate
from counter_app.hub.tasks import PROOF_MISSING, Work, close_task, open_task, task_name

KINDS = frozenset((ASK, ISSUE, ACCEPT, REFUSE, DROP, FUND, DEPOSIT, HANDED, FOUND, DAY_CLOSED))
_BY_SUPERVISOR = frozenset((FUND, DEPOSIT, FOUND, DAY_CLOSED))
_SIGNED = {ISSUE: Right.SIGN_OFF, DROP: Right.RUN_SHIFT}
"""What a second person signs, and by which right."""


def at_safe(page: Slate, batch: Batch, entry: Arrived) -> None:
    """What moved between drawers, safe and bank, under the shifts and the counter that it is of; a task for each paper
    that is missing, until it is found.

    Raises:
        Unfit: `unreadable`, `no_right`, `unknown_staff`, `no_approver`.
    """
    batch.need(entry, Right.SIGN_OFF if entry.kind in _BY_SUPERVISOR else Right.RUN_SHIFT)
    if entry.kind in _SIGNED:
        if not entry.approver_no or entry.approver_no == entry.staff_no:
            raise Unfit("no_approver")
        batch.need(entry, _SIGNED[entry.kind], staff_no=entry.approver_no)
    try:
        if entry.kind == HANDED:
            _missing(page, batch, entry)
        elif entry.kind == FOUND:
            proof_id, line = entry.body["proof"]
            task_id = task_name(PROOF_MISSING, _subject(words(proof_id), whole(line)))
            close_task(page, batch.hall_id, task_id, batch.at, entry_id=entry.entry_id)
    except (KeyError, TypeError, ValueError) as error:
        raise Unfit("unreadable", type(error).__name__) from error
    for account, subject, fen in entry.postings:
        page.post(batch.hall_id, account, subject, fen)


def _missing(page: Slate, batch: Batch, entry: Arrived) -> None:
    for proof_id, line, tender, fen, receipt_no, state in entry.body["lines"]:
        if state == MISSING:
            facts = {
                "tender": words(tender),
                "receipt_no": words(receipt_no),
                "shift_no": words(entry.body["shift_no"]),
            }
            facts |= {"business_date": entry.business_date, "staff_no": entry.staff_no}
            subject = _subject(words(proof_id), whole(line))
            open_task(page, batch.hall_id, batch.at, Work(PROOF_MISSING, subject, entry.counter_id, whole(fen), facts))


def _subject(proof_id: str, line: int) -> str:
    return f"{proof_id}:{line}"
