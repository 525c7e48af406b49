"""The papers of a shift: what must be there by its payments and corrected tenders, and what is missing since."""

from __future__ import annotations

from datetime import date

from sqlalchemy import bindparam, select

from counter_app.domain.proofs import FOUND, HANDED, MISSING, MissingProof, Proof, ProofKey
from counter_app.domain.shift_close import SLIP_TENDERS
from counter_app.storage import tables as t
from counter_app.storage import tables_undo as u
from counter_app.storage.safe import safe_entries
from counter_app.storage.sql import Reading, placed

_p, _n, _m, _u = t.payments.c, t.payment_tenders.c, u.tender_moves.c, u.payments_undone.c
_PAID = placed(
    select(_p.payment_id, _n.line, _p.receipt_no, _n.tender, _n.amount_fen, _n.reference, _n.bank, _n.document_no)
    .select_from(t.payments.join(t.payment_tenders, _n.payment_id == _p.payment_id))
    .where(_p.shift_id == bindparam("shift"))
    .order_by(_p.entry, _n.line),
    ("shift",),
)
_MOVED = placed(
    select(
        *(_m.undo_id, _m.line, _m.payment_id, _p.receipt_no),
        *(_m.tender, _m.amount_fen, _m.reference, _m.bank, _m.document_no),
    )
    .select_from(u.tender_moves.join(t.payments, _p.payment_id == _m.payment_id))
    .where(_m.shift_id == bindparam("shift"))
    .order_by(_m.entry, _m.line),
    ("shift",),
)


def proofs_of(reading: Reading, shift_id: str) -> tuple[Proof, ...]:
    """The papers that lie in a shift's drawer by what was taken and put right in it; what went out again in the same
    shift took its paper with it.
    """
    papers = [
        (payment_id, Proof(ProofKey(payment_id, line), receipt_no, tender, fen, " ".join(filter(None, named))))
        for payment_id, line, receipt_no, tender, fen, *named in reading.rows(_PAID, (shift_id,))
        if tender in SLIP_TENDERS
    ]
    for undo_id, line, payment_id, receipt_no, tender, fen, *named in reading.rows(_MOVED, (shift_id,)):
        if tender not in SLIP_TENDERS:
            continue
        if fen > 0:
            words = " ".join(filter(None, named))
            papers.append((payment_id, Proof(ProofKey(undo_id, line), receipt_no, tender, fen, words)))
            continue
        gone = next((one for one in papers if (one[0], one[1].tender, one[1].fen) == (payment_id, tender, -fen)), None)
        if gone is not None:
            papers.remove(gone)
    return tuple(paper for _, paper in papers)


def missing_proofs(reading: Reading) -> tuple[MissingProof, ...]:
    """The papers that were not there at the end of their shift and were not found since, the oldest first."""
    found = {ProofKey(*entry.body["proof"]) for entry in safe_entries(reading, FOUND)}
    return tuple(
        MissingProof(
            ProofKey(entry_id, line),
            entry.body["shift_no"],
            date.fromisoformat(entry.business_date),
            entry.staff_no,
            receipt_no,
            tender,
            fen,
        )
        for entry in safe_entries(reading, HANDED)
        for entry_id, line, tender, fen, receipt_no, state in entry.body["lines"]
        if state == MISSING and ProofKey(entry_id, line) not in found
    )
