"""The slip of an undone payment, on the paper that receipts are printed on."""

from __future__ import annotations

from counter_app.services import printing, undo_slips
from counter_app.services.undo_slips import UndoSlipOrder
from counter_app.ui.desk import Desk
from counter_app.ui.language import later
from counter_app.ui.papers import PrintWords, Said, bring

_WORDS = PrintWords(
    sent=later("凭证 {no} 已送到打印机，请客户签收。"),
    saved=later("凭证已存为 PDF 文件：{name}，请客户签收。"),
    failed=later("凭证 {no} 没有打印：{why}。排除后打开原收据按 F8 补打。"),
)


def print_undo_slip(desk: Desk, paper_no: str, said: Said) -> None:
    """Print a slip; the first print is the original, every further one says that it is none."""
    hall, who = desk.hall, desk.who

    def order() -> UndoSlipOrder:
        paper, printer = printing.chosen(hall)
        return undo_slips.order_print(hall, who, paper_no, paper=paper, printer=printer)

    bring(desk, order, lambda made: undo_slips.send(hall, made), _WORDS, said)
