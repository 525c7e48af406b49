"""Something personal of a case in full: asked for with a purpose, shown for a minute, written down."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from counter_app.domain.refusals import Refused
from counter_app.domain.staff import Right
from counter_app.services import retention_reveal
from counter_app.services.retention_desk import CaseView
from counter_app.ui.ask import Answer, Asked, Choice, Question
from counter_app.ui.desk import Desk
from counter_app.ui.frame import Frame
from counter_app.ui.language import later, tr
from counter_app.ui.payments.reveal_panel import RevealPanel
from counter_app.ui.wording import sentences, trouble_sentences

WORDS = {
    "later_contact": later("今后联系方式"),
    "id_number": later("证件号码"),
    "agent.id_number": later("代办人证件号码"),
}
"""What of a form may be shown in full."""


def ask_reveal(desk: Desk, frame: Frame, shown: CaseView, say: Callable[[str], object]) -> None:
    """Ask which field of the kept form, of those that are there, and for what; F9 shows the first."""
    there = tuple(field for field, value_of in retention_reveal.FIELDS.items() if value_of(shown.form))
    ask_reveal_of(desk, frame, shown.case.case_id, there, say)


def ask_reveal_of(desk: Desk, frame: Frame, case_id: str, fields: Sequence[str], say: Callable[[str], object]) -> None:
    """Ask which of these fields of a case, and for what; whoever may see none is told so before anything is asked."""
    hall, who = desk.hall, desk.who
    try:
        who.need(Right.REVEAL)
    except Refused as refused:
        say(sentences(refused.refusal))
        return
    if not fields:
        say(tr("登记表里还没有可显示的完整资料。请先登记证件或联系方式。"))
        return

    def reveal(answer: Answer) -> None:
        desk.lanes.run(
            "writer",
            lambda: retention_reveal.reveal(hall, who, case_id, answer.choice, answer.text),
            # nothing of it into the screen of whoever came next
            lambda value: RevealPanel.show_value(frame.panels, value) if desk.session is who else None,
            lambda refusal: say(sentences(refusal)),
            lambda trouble: say(trouble_sentences(trouble)),
        )

    keys = ("F9", *("" for _ in fields))
    question = Question(
        tr("显示哪一项？"),
        tr("谁、何时、为何查看会记入日志。用途里不写姓名、电话、证件号。"),
        tuple(Choice(field, tr(WORDS[field]), shortcut=key) for field, key in zip(fields, keys, strict=False)),
        Asked(tr("用途")),
    )
    frame.ask(question, reveal)
