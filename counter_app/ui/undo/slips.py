"""The slip of an undone payment brought to paper beside the window; a print that fails holds nothing back."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import PurePath

from counter_app.services import printing, undo_slips
from counter_app.services.printing import NotPrinted
from counter_app.services.undo_slips import UndoSlipOrder
from counter_app.ui.desk import Desk
from counter_app.ui.language import tr
from counter_app.ui.printing import reason_words
from counter_app.ui.theme import Tone
from counter_app.ui.wording import sentences, trouble_sentences

Said = Callable[[str, Tone | None], object]
"""Gets what came of a print, and `bad` where it did not come out."""


def print_undo_slip(desk: Desk, paper_no: str, said: Said) -> None:
    """Print a slip on the paper that receipts are printed on; the first print is the original, every further one says
    that it is none.
    """
    hall, who = desk.hall, desk.who

    def order() -> UndoSlipOrder:
        paper, printer = printing.chosen(hall)
        made = undo_slips.order_print(hall, who, paper_no, paper=paper, printer=printer)
        undo_slips.mark_job(hall, made.job.id, "printing")
        return made

    desk.lanes.run(
        "writer",
        order,
        lambda made: _send(desk, made, said),
        lambda refusal: said(sentences(refusal), "bad"),
        lambda trouble: said(trouble_sentences(trouble), "bad"),
    )


def _send(desk: Desk, made: UndoSlipOrder, said: Said) -> None:
    hall, number = desk.hall, made.job.number

    def job() -> tuple[str, str]:
        return undo_slips.send(hall, made), made.missing_characters

    def done(found: tuple[str, str]) -> None:
        where, missing = found
        words = tr("凭证 {no} 已送到打印机，请客户签收。", no=number)
        if where.endswith(".pdf"):
            words = tr("凭证已存为 PDF 文件：{name}，请客户签收。", name=PurePath(where).name)
        if missing:
            words += tr("字库没有这些字，纸上以编码代替：{characters}", characters=missing)
        _mark(desk, made, "printed", "", words, said)

    def troubled(trouble: Exception) -> None:
        why = reason_words(trouble) if isinstance(trouble, NotPrinted) else trouble_sentences(trouble)
        words = tr("凭证 {no} 没有打印：{why}。排除后打开原收据按 F8 补打。", no=number, why=why.rstrip("。"))
        _mark(desk, made, "failed", why, words, said)

    desk.lanes.run("paper", job, done, lambda refusal: said(sentences(refusal), "bad"), troubled, word=tr("正在打印……"))


def _mark(desk: Desk, made: UndoSlipOrder, state: str, why: str, words: str, said: Said) -> None:
    hall, tone = desk.hall, "bad" if state == "failed" else None
    desk.lanes.run(
        "writer",
        lambda: undo_slips.mark_job(hall, made.job.id, state, why),
        lambda _none: said(words, tone),  # type: ignore[arg-type]  # one of the two tones above
        lambda refusal: said(sentences(refusal), "bad"),
        lambda trouble: said(trouble_sentences(trouble), "bad"),
    )
