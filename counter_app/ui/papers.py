"""A numbered paper of any kind brought to its printer beside the window; a print that fails holds nothing back."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import PurePath
from typing import Protocol, TypeVar

from counter_app.domain.payment_history import PrintJob
from counter_app.domain.refusals import Refusal
from counter_app.services import papers
from counter_app.services.printing import NotPrinted
from counter_app.ui.desk import Desk
from counter_app.ui.language import tr
from counter_app.ui.printing import reason_words
from counter_app.ui.theme import Tone
from counter_app.ui.wording import sentences, trouble_sentences

Said = Callable[[str, Tone | None], object]
"""Gets what came of a print, and `bad` where it did not come out."""


class Ordered(Protocol):
    """A print that was asked for, of any kind of paper."""

    @property
    def job(self) -> PrintJob:
        """Which print of which paper."""

    @property
    def missing_characters(self) -> str:
        """Characters that no font of ours holds."""


Asked = TypeVar("Asked", bound=Ordered)


@dataclass(frozen=True, slots=True)
class PrintWords:
    """What a kind of paper says of its prints, as Chinese sources: `sent` and `failed` may name `{no}`, `saved` the
    file's `{name}`, `failed` says `{why}`. `wants_sheets` is said in place of the reason where a receipt printer was
    asked for cut sheets.
    """

    sent: str
    saved: str
    failed: str
    wants_sheets: str = ""


def bring(desk: Desk, order: Callable[[], Asked], send: Callable[[Asked], str], words: PrintWords, said: Said) -> None:
    """Ask for a print with `order`, draw and send it with `send`, which says where it went, and keep how it ended; the
    end is said once.
    """
    hall = desk.hall

    def ordered() -> Asked:
        made = order()
        papers.mark_job(hall, made.job.id, "printing")
        return made

    def refused(refusal: Refusal) -> None:
        said(sentences(refusal), "bad")

    def troubled(trouble: Exception) -> None:
        said(trouble_sentences(trouble), "bad")

    desk.lanes.run("writer", ordered, lambda made: _send(desk, made, send, words, said), refused, troubled)


def _send(desk: Desk, made: Asked, send: Callable[[Asked], str], words: PrintWords, said: Said) -> None:
    def job() -> tuple[str, str]:
        return send(made), made.missing_characters

    def done(found: tuple[str, str]) -> None:
        where, missing = found
        text = tr(words.sent, no=made.job.number)
        if where.endswith(".pdf"):
            text = tr(words.saved, name=PurePath(where).name)
        if missing:
            text += tr("字库没有这些字，纸上以编码代替：{characters}", characters=missing)
        _mark(desk, made, None, text, said)

    def troubled(trouble: Exception) -> None:
        why = trouble_sentences(trouble)
        if isinstance(trouble, NotPrinted):
            is_unfit = trouble.reason == "bad_setting" and words.wants_sheets
            why = tr(words.wants_sheets) if is_unfit else reason_words(trouble)
        _mark(desk, made, why, tr(words.failed, no=made.job.number, why=why.rstrip("。")), said)

    desk.lanes.run("paper", job, done, lambda refusal: said(sentences(refusal), "bad"), troubled, word=tr("正在打印……"))


def _mark(desk: Desk, made: Ordered, why: str | None, words: str, said: Said) -> None:
    """Keep how it ended; `why` is None where it came out."""
    hall, state = desk.hall, "printed" if why is None else "failed"
    tone: Tone | None = None if why is None else "bad"

    def troubled(trouble: Exception) -> None:
        # the paper is out, or is not; only how it went is not kept
        said(f"{words} {trouble_sentences(trouble)}", "bad")

    desk.lanes.run(
        "writer",
        lambda: papers.mark_job(hall, made.job.id, state, why or ""),
        lambda _none: said(words, tone),
        lambda refusal: said(sentences(refusal), "bad"),
        troubled,
    )
