"""What is said of disputes where a bill is shown: on its line, and in the working of its late fee."""

from __future__ import annotations

from counter_app.domain.bills import LOWERED, Bill, source_of
from counter_app.domain.disputes import disputes_of, is_in_dispute
from counter_app.ui.formats import amount, day
from counter_app.ui.language import tr


def bill_word(bill: Bill) -> str:
    """That a bill is in dispute, on its line; empty where it is not."""
    return tr("争议") if is_in_dispute(bill) else ""


def bill_notes(bill: Bill) -> tuple[str, ...]:
    """What disputes make of a bill's late fee, a sentence each."""
    notes = []
    for dispute in disputes_of(bill):
        if dispute.frozen_fen:
            notes.append(
                tr(
                    "争议冻结 {fen}，{day} 的次日起不计违约金，也不催缴",
                    fen=amount(dispute.frozen_fen),
                    day=day(dispute.opened_on),
                )
            )
        elif not dispute.is_decided:
            notes.append(tr("争议 {fen} 已解冻，客户先缴后议，还没有处理", fen=amount(dispute.disputed_fen)))
    lowered = sum(row.principal_fen for row in bill.settlements if source_of(row.source) == LOWERED)
    if lowered:
        notes.append(tr("争议后改小 {fen}：按从未应缴计算", fen=amount(lowered)))
    return tuple(notes)
