"""Noting the number of the invoice that the tax system gave about a receipt: asked for in a line, kept as an entry."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtWidgets import QWidget

from counter_app.services import invoices
from counter_app.ui.ask import Answer, Asked, Choice, Question
from counter_app.ui.desk import Desk
from counter_app.ui.frame import Frame
from counter_app.ui.intents import Intents
from counter_app.ui.language import tr
from counter_app.ui.wording import sentences, trouble_sentences


class InvoiceNotes:
    """Asks for a number, and notes it; a press after a failed COMMIT goes under the same intent."""

    def __init__(self, desk: Desk, frame: Frame, *, beside: QWidget) -> None:
        self._desk, self._frame, self._beside = desk, frame, beside
        self._intents = Intents(desk)

    def ask(self, receipt_no: str, on_back: Callable[[], object]) -> None:
        """Ask for the number of the invoice about a receipt; `on_back` when it is noted, or nobody gave one."""
        question = Question(
            tr("登记发票号：收据 {no}", no=receipt_no),
            tr("填税务系统开出的号码。以后退费时凭它冲红，同一笔钱不会开两张。"),
            (Choice("yes", tr("登记"), "primary"),),
            Asked(tr("发票号码")),
        )

        def answered(answer: Answer) -> None:
            self._note(receipt_no, answer.text, on_back)

        self._frame.ask(question, answered, beside=self._beside, on_back=on_back)

    def _note(self, receipt_no: str, invoice_no: str, on_back: Callable[[], object]) -> None:
        hall, who = self._desk.hall, self._desk.who
        on = hall.clock.now().date()

        def noted(_note: object) -> None:
            self._frame.toast.say(tr("收据 {no} 已登记发票 {invoice}。", no=receipt_no, invoice=invoice_no.strip()))
            on_back()

        def wrong(words: str) -> None:
            self._frame.toast.say(words, tone="bad")
            on_back()

        self._intents.run(
            (receipt_no, invoice_no),
            lambda intent_id: invoices.note(hall, who, receipt_no, invoice_no, on, intent_id),
            noted,
            lambda refusal: wrong(sentences(refusal)),
            lambda trouble: wrong(trouble_sentences(trouble)),
            word=tr("正在保存"),
        )
