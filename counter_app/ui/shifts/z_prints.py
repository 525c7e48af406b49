"""Z reports and day reports on paper: printed at the close, and again from the facts that were kept."""

from __future__ import annotations

from counter_app.services import days, printing, settings, z_reports
from counter_app.services.days import DayOrder
from counter_app.services.z_reports import ZOrder
from counter_app.ui.desk import Desk
from counter_app.ui.language import later
from counter_app.ui.papers import PrintWords, Said, bring

_WORDS = PrintWords(
    sent=later("班结单 {no} 已送到打印机。"),
    saved=later("班结单已存为 PDF 文件：{name}。"),
    failed=later("班结单 {no} 没有打印：{why}。排除后再按 F6。"),
)


_DAY_WORDS = PrintWords(
    sent=later("日结单 {no} 已送到打印机。"),
    saved=later("日结单已存为 PDF 文件：{name}。"),
    failed=later("日结单 {no} 没有打印：{why}。排除后再按回车。"),
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


def print_day(desk: Desk, paper_no: str, said: Said) -> None:
    """Print a day report on the A4 printer; every print but the first says that it is none."""
    hall, who = desk.hall, desk.who

    def order() -> DayOrder:
        printer = settings.get(hall, "printer.a4", printing.TO_FILE)
        return days.order_print(hall, who, paper_no, printer=printer)

    def send(made: DayOrder) -> str:
        return printing.print_sheet(hall, made.job, days.render(made))

    bring(desk, order, send, _DAY_WORDS, said)
