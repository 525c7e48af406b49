"""Z reports on paper: printed at the close, and printed again from the facts that were kept."""

from __future__ import annotations

from counter_app.services import printing, settings, z_reports
from counter_app.services.z_reports import ZOrder
from counter_app.ui.desk import Desk
from counter_app.ui.language import later
from counter_app.ui.papers import PrintWords, Said, bring

_WORDS = PrintWords(
    sent=later("班结单 {no} 已送到打印机。"),
    saved=later("班结单已存为 PDF 文件：{name}。"),
    failed=later("班结单 {no} 没有打印：{why}。排除后再按 F6。"),
)


def print_z(desk: Desk, paper_no: str, said: Said) -> None:
    """Print one on the A4 printer; the first print is the original, every further one says that it is none."""
    hall, who = desk.hall, desk.who

    def order() -> ZOrder:
        printer = settings.get(hall, "printer.a4", printing.TO_FILE)
        return z_reports.order_print(hall, who, paper_no, printer=printer)

    def send(made: ZOrder) -> str:
        return printing.print_sheet(hall, made.job, z_reports.render(made))

    bring(desk, order, send, _WORDS, said)
