"""The papers of a counted shift, one by one: Enter marks one as missing, and takes the mark back."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from counter_app.domain.proofs import Proof, ProofKey
from counter_app.ui.blocks import Label
from counter_app.ui.formats import amount
from counter_app.ui.keys import Action
from counter_app.ui.language import tr
from counter_app.ui.panels import Panel
from counter_app.ui.table import Column, Table
from counter_app.ui.theme import px
from counter_app.ui.wording_money import tender_word

_WIDTH_PX, _LIST_PX = 720, 260


@dataclass(frozen=True, slots=True)
class ProofRow:
    """One paper, there or missing."""

    key: ProofKey
    receipt_no: str
    tender: str
    words: str
    amount: str
    is_missing: bool


class ProofsPanel(Panel):
    """Marks what is missing; `on_marked` hears of every change."""

    def __init__(
        self,
        papers: tuple[Proof, ...],
        missing: frozenset[ProofKey],
        on_marked: Callable[[frozenset[ProofKey]], object],
    ) -> None:
        super().__init__(tr("单据逐张核对"), width_px=_WIDTH_PX)
        self._papers, self.missing, self._on_marked = papers, missing, on_marked
        words = tr("缺哪一张就在哪一行按回车标为“缺”，再按一次取消。缺单据不是短款，班结后由班长跟进到找到为止。")
        self.body.addWidget(Label(words, role="muted", is_wrapped=True))
        self.table: Table[ProofRow] = Table(
            (
                Column(
                    *("state", tr("在 / 缺"), lambda r: tr("缺") if r.is_missing else tr("在"), 80),
                    tone=lambda r: "bad" if r.is_missing else "ink",
                ),
                Column("receipt", tr("收据"), lambda r: r.receipt_no, 200),
                Column("tender", tr("收款方式"), lambda r: r.tender, 100),
                Column("words", tr("参考号 / 单据号码"), lambda r: r.words, 160),
                Column("amount", tr("金额"), lambda r: r.amount, 110, align="right"),
            ),
            name=tr("单据逐张核对"),
            empty=tr("本班没有单据。"),
            stretch="words",
        )
        self.table.setMinimumHeight(min(px(_LIST_PX), _LIST_PX))
        self.table.activated_row.connect(self.mark)
        self.body.addWidget(self.table, 1)
        self.body.addWidget(Label(tr("回车标记，Esc 返回"), role="note"))
        self.first = self.table
        self._show()

    def mark(self, row: ProofRow | None) -> None:
        """Turn the mark of a paper round."""
        if row is not None:
            self.missing = self.missing ^ {row.key}
            self._on_marked(self.missing)
            self._show()

    def shortcuts(self) -> tuple[Action, ...]:
        """The panel has no keys but those of its list."""
        return ()

    def _show(self) -> None:
        self.table.show_rows([_row(paper, paper.key in self.missing) for paper in self._papers])


def _row(paper: Proof, is_missing: bool) -> ProofRow:
    return ProofRow(paper.key, paper.receipt_no, tender_word(paper.tender), paper.words, amount(paper.fen), is_missing)
