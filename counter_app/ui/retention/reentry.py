"""A leaver comes back within the time of the hold: the old number, no fee, and what is done elsewhere."""

from __future__ import annotations

from collections.abc import Callable

from counter_app.clock import new_intent_id
from counter_app.domain.masks import mask_phone
from counter_app.domain.retention_followup import Reentry
from counter_app.services import retention_after
from counter_app.services.retention_desk import CaseView
from counter_app.ui.ask import Answer, Choice, Question
from counter_app.ui.desk import Desk
from counter_app.ui.formats import amount, day
from counter_app.ui.frame import Frame
from counter_app.ui.language import tr
from counter_app.ui.retention.presenter_lane import step_trouble
from counter_app.ui.wording import sentences

Say = Callable[[str], object]


def offer_reentry(desk: Desk, frame: Frame, customer_id: int, on_error: Say) -> None:
    """Ask whether the customer comes back to the number that is kept; a yes is written down, once."""
    hall, who, intent = desk.hall, desk.who, new_intent_id()

    def answered(found: Reentry, answer: Answer) -> None:
        if answer.choice == "yes":
            desk.lanes.run(
                "writer",
                lambda: retention_after.come_back(hall, who, found.case_id, intent),
                done,
                lambda refusal: on_error(sentences(refusal)),
                lambda trouble: on_error(step_trouble(trouble)),
                word=tr("正在保存"),
            )

    def done(shown: CaseView) -> None:
        number = mask_phone(shown.service.number)
        frame.toast.say(tr("已登记：客户重新入网，沿用 {number}。请到受理系统开户。", number=number))
        desk.changed()

    def ask(found: Reentry | None) -> None:
        if found is None:
            on_error(tr("没有为这位客户保留的号码。请按新入网办理。"))
        else:
            frame.ask(question_of(desk, found), lambda answer: answered(found, answer))

    desk.lanes.run(
        "reader",
        # what an opening costs otherwise, the system that opens lines knows
        lambda: retention_after.reentry_of(hall, who, customer_id, 0),
        ask,
        lambda refusal: on_error(sentences(refusal)),
        lambda trouble: on_error(step_trouble(trouble)),
    )


def question_of(desk: Desk, found: Reentry) -> Question:
    """What the teller reads to the customer, and what is left to do elsewhere."""
    on = desk.hall.clock.now().date()
    days, rules = (found.until_on - on).days + 1, desk.hall.rules_on(on).retention
    is_free = rules is not None and rules.is_reentry_free
    fee = tr("手续费 {fee}，期内回来免收", fee=amount(0)) if is_free else tr("手续费按受理系统收取")
    return Question(
        tr("重新入网？"),
        tr(
            "号码 {number} 为这位客户保留到 {until}，还有 {days} 天。{fee}。这里只登记归还号码；开户在受理系统办理。",
            number=mask_phone(found.number),
            until=day(found.until_on),
            days=days,
            fee=fee,
        ),
        (Choice("yes", tr("登记重新入网"), "primary", "F9"), Choice("no", tr("不登记"))),
    )
