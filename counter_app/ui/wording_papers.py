"""The sentences of refusals about the papers of a retention case, and what the papers are called."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from counter_app.domain import retention_papers
from counter_app.domain.refusals import Refusal
from counter_app.domain.retention_papers import PaperKind
from counter_app.ui.language import later, tr
from counter_app.ui.wording_retention import stage_word

_KINDS = {
    PaperKind.REGISTER: later("客户离网挽留登记表"),
    PaperKind.WORK_ORDER: later("退网工单"),
    PaperKind.EXIT_SLIP: later("离网凭条"),
}


def paper_word(kind: PaperKind) -> str:
    """A paper as the teller calls it."""
    return tr(_KINDS[kind])


def _not_yet(r: retention_papers.PaperNotYet) -> str:
    return tr(
        "现在不能开“{paper}”：挽留单是“{stage}”。请先办完前面的步骤。",
        paper=paper_word(r.kind),
        stage=stage_word(r.stage),
    )


def _stands(r: retention_papers.PaperStands) -> str:
    return tr("“{paper}”已经开过，号码 {no}，内容没有变化。需要再印请用补打。", paper=paper_word(r.kind), no=r.paper_no)


PAPERS: dict[type[Refusal], Callable[[Any], str]] = {
    retention_papers.PaperNotYet: _not_yet,
    retention_papers.PaperStands: _stands,
    retention_papers.PaperUnknown: lambda r: tr("没有号码为 {no} 的单据。请核对号码。", no=r.paper_no),
    retention_papers.PaperErased: lambda r: tr(
        "单据 {no} 的内容已按规定删除，不能再印。号码和校验值还在。", no=r.paper_no
    ),
}
