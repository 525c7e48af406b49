"""The step 反馈厅经理 without Qt: what is told to the hall manager, filled from the talk, and what came back."""

from __future__ import annotations

from datetime import datetime

from counter_app.domain.masks import mask_in_words
from counter_app.domain.retention import ENDED, Act, Feedback
from counter_app.domain.retention_feedback import LONGEST_WORDS, is_missing
from counter_app.domain.retention_guards import open_acts
from counter_app.services.retention_desk import CaseView
from counter_app.ui.formats import day_and_clock
from counter_app.ui.language import tr
from counter_app.ui.retention.screen import Fact, FeedbackScreen, GivenLine, NextStep, State
from counter_app.ui.retention.words import reasons_words

_LONGEST = LONGEST_WORDS - 100
"""Characters of the talk; the rest is left for what the teller adds."""


class TypedFeedback:
    """What one person adds to the words of the talk, for each case until it is sent: the page may be left before."""

    def __init__(self) -> None:
        self._typed: dict[tuple[str, int], str] = {}

    def write(self, view: CaseView, text: str) -> None:
        """Something was typed."""
        self._typed[_waits(view)] = text

    def text(self, view: CaseView) -> str:
        """What was typed."""
        return self._typed.get(_waits(view), "")

    def words(self, view: CaseView) -> str:
        """What would be sent now: the talk, and what was added."""
        return "；".join(filter(None, (of_the_talk(view), self.text(view).strip())))


def _waits(view: CaseView) -> tuple[str, int]:
    """The problem of this case that was not sent yet."""
    return view.case.case_id, len(view.case.feedbacks)


def of_the_talk(view: CaseView) -> str:
    """The problem as the talk told it: the reasons, and the customer's own words; numbers that name a person masked."""
    form = view.form
    rating = tr("服务评价 {stars} 星", stars=form.rating) if form.rating else ""
    parts = (
        reasons_words(view.case.reasons, view.rules),
        form.other_words,
        " ".join(filter(None, (rating, form.rating_words))),
        form.suggestions,
    )
    return mask_in_words("；".join(part.strip("。；; ") for part in parts if part.strip()))[:_LONGEST]


def can_feed_back(view: CaseView) -> bool:
    """Whether something can be told now: there has been a talk with a reason, and nothing waits for an answer."""
    case = view.case
    return Act.FEED_BACK in open_acts(case) and bool(case.reasons) and case.open_feedback is None


def can_look_at_feedback(view: CaseView) -> bool:
    """Whether the step has something to show or to do."""
    return bool(view.case.feedbacks) or can_feed_back(view)


def has_step(view: CaseView) -> bool:
    """Whether the case has this step: the pack asks for it of somebody, or it was done."""
    return view.rules.feedback_of != "none" or bool(view.case.feedbacks)


def state_of(view: CaseView) -> State:
    """How far the step is, wherever the case stands."""
    if view.case.feedbacks:
        return "done"
    return "open" if view.case.desk not in ENDED or is_missing(view.case, view.rules) else "skipped"


def note_of(view: CaseView) -> str:
    """A few words on how it went."""
    if not view.case.feedbacks:
        return tr("还没有反馈") if is_missing(view.case, view.rules) else ""
    return tr("等厅经理答复") if view.case.open_feedback else tr("厅经理已答复")


def feedback_next(view: CaseView) -> NextStep | None:
    """What the filled button does on the page of this step, if anything."""
    return NextStep("feed_back", tr("发给厅经理")) if can_feed_back(view) else None


def feedback_screen(view: CaseView, typed: TypedFeedback, now: datetime) -> FeedbackScreen:
    """The page of this step."""
    return FeedbackScreen(
        talk=of_the_talk(view),
        text=typed.text(view),
        is_open=can_feed_back(view),
        given=_given_lines(view, now),
    )


def feedback_facts(view: CaseView, now: datetime) -> tuple[Fact, ...]:
    """That a problem was told and what came back, one line each; or that it is missing where the pack asks for it."""
    word = tr("反馈厅经理")
    if is_missing(view.case, view.rules):
        return (Fact(word, tr("没有反馈"), "bad"),)
    return tuple(Fact(word, f"{line.when} · {line.state}", line.tone) for line in _given_lines(view, now))


def told_facts(view: CaseView, now: datetime) -> tuple[Fact, ...]:
    """Each problem in its words with the answer below it, for whoever reads the whole case."""
    if is_missing(view.case, view.rules):
        return feedback_facts(view, now)
    return tuple(
        fact
        for line in _given_lines(view, now)
        for fact in (Fact(line.when, line.words), Fact(tr("答复"), line.state, line.tone))
    )


def _given_lines(view: CaseView, now: datetime) -> tuple[GivenLine, ...]:
    told = zip(view.case.feedbacks, view.problems, strict=True)
    return tuple(_given_line(one, words, view, now) for one, words in told)


def _given_line(given: Feedback, words: str, view: CaseView, now: datetime) -> GivenLine:
    told = words or tr("内容已删除，原因：{causes}", causes=reasons_words(given.reasons, view.rules))
    when = tr("工号 {no}，{at}", no=given.by, at=day_and_clock(given.at.astimezone(now.tzinfo)))
    if not given.taken_by:
        return GivenLine(told, when, tr("等厅经理答复"), "warn")
    return GivenLine(told, when, tr("工号 {no} 答复：{answer}", no=given.taken_by, answer=given.answer), "good")
