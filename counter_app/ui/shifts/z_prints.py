"""Z reports on paper: printed at the close, and printed again from the facts that were kept."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import PurePath
from typing import TypeVar

from counter_app.services import printing, settings, z_reports
from counter_app.services.printing import NotPrinted
from counter_app.services.z_reports import ZOrder
from counter_app.ui.desk import Desk
from counter_app.ui.language import tr
from counter_app.ui.printing import reason_words
from counter_app.ui.theme import Tone
from counter_app.ui.wording import sentences, trouble_sentences

T = TypeVar("T")
Said = Callable[[str, Tone | None], object]
"""Gets what came of a print, and `bad` where it did not come out."""


class ZPrints:
    """Prints Z reports beside the window on the A4 printer; a print that fails holds nothing back."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk

    def print(self, paper_no: str, said: Said) -> None:
        """Print one; the first print is the original, every further one says that it is none."""
        hall, who = self._desk.hall, self._desk.who

        def order() -> ZOrder:
            printer = settings.get(hall, "printer.a4", printing.TO_FILE)
            made = z_reports.order_print(hall, who, paper_no, printer=printer)
            z_reports.mark_job(hall, made.job.id, "printing")
            return made

        self._run("writer", order, lambda made: self._send(made, said), said)

    def _send(self, made: ZOrder, said: Said) -> None:
        hall, number = self._desk.hall, made.job.number

        def job() -> tuple[str, str]:
            where = printing.print_sheet(
                hall,
                z_reports.render(made),
                title=f"{number}-{made.job.copy_no}",
                paper=made.job.paper,
                printer_name=made.job.printer,
            )
            return where, made.missing_characters

        def done(found: tuple[str, str]) -> None:
            where, missing = found
            words = tr("班结单 {no} 已送到打印机。", no=number)
            if where.endswith(".pdf"):
                words = tr("班结单已存为 PDF 文件：{name}。", name=PurePath(where).name)
            if missing:
                words += tr("字库没有这些字，纸上以编码代替：{characters}", characters=missing)
            self._mark(made, "printed", "", words, said)

        def troubled(trouble: Exception) -> None:
            why = reason_words(trouble) if isinstance(trouble, NotPrinted) else trouble_sentences(trouble)
            words = tr("班结单 {no} 没有打印：{why}。排除后再按 F6。", no=number, why=why.rstrip("。"))
            self._mark(made, "failed", why, words, said)

        self._desk.lanes.run(
            "paper", job, done, lambda refusal: said(sentences(refusal), "bad"), troubled, word=tr("正在打印……")
        )

    def _mark(self, made: ZOrder, state: str, why: str, words: str, said: Said) -> None:
        hall = self._desk.hall
        tone: Tone | None = "bad" if state == "failed" else None
        self._run(
            "writer",
            lambda: z_reports.mark_job(hall, made.job.id, state, why),
            lambda _none: said(words, tone),
            said,
        )

    def _run(self, lane: str, job: Callable[[], T], done: Callable[[T], object], said: Said) -> None:
        self._desk.lanes.run(
            lane,
            job,
            done,
            lambda refusal: said(sentences(refusal), "bad"),
            lambda trouble: said(trouble_sentences(trouble), "bad"),
        )
