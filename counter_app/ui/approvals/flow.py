"""The way through an approval: the panel with the whole case, the signatures, and the act."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import TypeVar

from PySide6.QtWidgets import QWidget

from counter_app.domain.approvals import ApprovalCase
from counter_app.services.approvals import Signed
from counter_app.ui.approvals.panel import SignoffPanel
from counter_app.ui.approvals.presenter import Answers, Signing, approval_screen
from counter_app.ui.desk import Desk
from counter_app.ui.facts import Fact
from counter_app.ui.frame import Frame
from counter_app.ui.language import tr

T = TypeVar("T")


def open_approval(
    desk: Desk,
    frame: Frame,
    case: ApprovalCase,
    act: Callable[[Signed], T],
    on_done: Callable[[T], object],
    *,
    what: str = "",
    facts: Sequence[Fact] = (),
    beside: QWidget | None = None,
    on_back: Callable[[], object] | None = None,
) -> SignoffPanel:
    """Open the panel of a case (`services.approvals.look`). `act` runs on the writer's lane with the signatures, the
    one or both, and `on_done` gets what it came to, after the panel has closed. `what` is the sentence that is signed,
    `facts` what the act itself shows of the case, above the rest; `on_back`: nobody signed.
    """
    signing = Signing(desk, case, act)

    def done(what_came: T) -> None:
        frame.panels.close_panel(panel)
        on_done(what_came)

    def signed(staff_no: str, password: str, _words: str, _is_refusal: bool) -> None:
        signing.sign((staff_no, password), ways)

    def asked(approval_id: str) -> None:
        panel.on_tell = lambda code: signing.tell(approval_id, code, ways)
        panel.by_code(approval_id)

    def late() -> None:
        frame.panels.close_panel(panel)
        frame.toast.say(tr("没有在 60 秒内签字。请再打开一次。"), tone="warn")
        if on_back is not None:
            on_back()

    screen = approval_screen(case, what=what, facts=facts, has_hub=desk.line.is_enrolled)
    if case.challenge.is_own_desk:
        screen = replace(screen, own_no=desk.who.staff_no)
    panel = SignoffPanel(screen, signed)
    ways = Answers(panel.next_signature, done, panel.begin_again, panel.fail)
    panel.on_late, panel.on_code = late, lambda: signing.ask_code(asked, panel.fail)
    frame.panels.open(panel, beside=beside, actions=panel.shortcuts(), on_back=on_back)
    return panel
