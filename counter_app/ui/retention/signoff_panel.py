"""A second person signs in a case of leaving, or refuses; the panel is that of every approval."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from PySide6.QtWidgets import QWidget

from counter_app.domain.retention import Act
from counter_app.services.retention_desk import CaseView
from counter_app.services.retention_signing import Wanted
from counter_app.ui.approvals.panel import SignoffPanel as SignoffPanel
from counter_app.ui.desk import Desk
from counter_app.ui.frame import Frame
from counter_app.ui.language import tr
from counter_app.ui.retention.presenter_signoff import refused, sign, signoff_screen


def open_signoff(
    desk: Desk,
    frame: Frame,
    shown: CaseView,
    wanted: Wanted,
    on_done: Callable[[CaseView], object],
    *,
    on_wait: Callable[[], object] = lambda: None,
    beside: QWidget | None = None,
) -> SignoffPanel:
    """Open the panel; what it did comes back with the case as it stands then. `on_wait`: an offer is left to somebody's
    own desk.
    """

    def done(view: CaseView) -> None:
        frame.panels.close_panel(panel)
        on_done(view)

    def signed(staff_no: str, password: str, words: str, is_refusal: bool) -> None:
        what = refused(wanted) if is_refusal else wanted
        # the reason goes with a refusal and with a waiver, and is a part of what is signed
        said = words if is_refusal or what.act is Act.WAIVE_CONTRACT else ""
        sign(desk, shown, replace(what, words=said), (staff_no, password), done, panel.fail)

    def wait() -> None:
        frame.panels.close_panel(panel)
        on_wait()

    def late() -> None:
        frame.panels.close_panel(panel)
        frame.toast.say(tr("没有在 60 秒内签字。请再打开一次。"), tone="warn")

    panel = SignoffPanel(signoff_screen(desk, shown, wanted), signed)
    panel.on_late, panel.on_wait = late, wait
    frame.panels.open(panel, beside=beside, actions=panel.shortcuts())
    return panel
