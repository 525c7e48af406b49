"""A second person signs at this screen: the whole case, own number and password, and sixty seconds."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from functools import partial

from PySide6.QtCore import QTimer
from PySide6.QtWidgets import QHBoxLayout, QWidget

from counter_app.domain.retention import Act
from counter_app.services.retention_desk import CaseView
from counter_app.services.retention_signing import Wanted
from counter_app.ui.blocks import SPACE, Button, Label, PrimaryButton, ScrollColumn
from counter_app.ui.desk import Desk
from counter_app.ui.fields import TextField
from counter_app.ui.frame import Frame
from counter_app.ui.keys import Action
from counter_app.ui.language import tr
from counter_app.ui.panels import Panel
from counter_app.ui.retention.presenter_signoff import VALID_SECONDS, refused, sign, signoff_screen
from counter_app.ui.retention.screen import SignoffScreen
from counter_app.ui.retention.side import FactRow
from counter_app.ui.theme import px, scale_in_use

_FACTS_PX, _WIDTH_PX = 260, 480


class SignoffPanel(Panel):
    """Shows what is signed; `on_sign` gets number, password and reason, and whether it is a refusal.

    At the own desk the number is that of the sign-in, and whoever reads the case takes the time it needs: the minute
    runs from the password.
    """

    def __init__(self, screen: SignoffScreen, on_sign: Callable[[str, str, str, bool], object]) -> None:
        super().__init__(screen.heading, width_px=_WIDTH_PX)
        self._screen, self._on_sign, self._left = screen, on_sign, VALID_SECONDS
        self.on_late: Callable[[], object] = lambda: None
        self.on_wait: Callable[[], object] = lambda: None
        self.facts = fact_column(screen)
        self.staff_no = TextField(tr("签字人工号"), is_number=True)
        self.password = TextField(tr("您的密码，再输一次") if screen.own_no else tr("签字人密码"), is_secret=True)
        word = tr("原因") if screen.asks_words else tr("拒签原因（签字不填）")
        self.words = TextField(word, hint=tr("不写姓名、电话、证件号"))
        self.error = Label(role="field-error", is_wrapped=True)
        self.error.hide()
        self.sign_button = PrimaryButton(tr("现在签字"), "F9")
        self.refuse_button = Button(tr("拒签"), kind="danger")
        self.wait_button = Button(tr("送审，先办别的"), key="F6")
        self.left = Label(role="note")
        self._lay_out()
        # shown before they have a parent they would be windows of their own
        self.words.setVisible(screen.asks_words or screen.can_refuse)
        self.refuse_button.setVisible(screen.can_refuse)
        self.wait_button.setVisible(screen.can_wait)
        self.staff_no.entry.setText(screen.own_no)
        self.staff_no.setVisible(not screen.own_no)
        self.first = self.password.entry if screen.own_no else self.staff_no.entry
        self._timer = QTimer(self)
        self._timer.setInterval(1000)
        self._timer.timeout.connect(self.tick)
        if screen.own_no:
            self.left.setText(tr("Esc 返回"))
        else:
            self._timer.start()
            self._say_left()

    def tick(self) -> None:
        """One second is over."""
        self._left -= 1
        self._say_left()
        if self._left <= 0:
            self._timer.stop()
            self.on_late()

    def press(self, *, is_refusal: bool = False) -> None:
        """Sign, or refuse with a reason; the button is inert until there is an answer."""
        if not self.sign_button.isEnabled():
            return
        needed = [self.staff_no, self.password]
        if is_refusal or self._screen.asks_words:
            needed.append(self.words)
        for field in needed:
            if not field.entry.text().strip():
                field.show_error(tr("还没有填写“{word}”。请先填写，再选择。", word=field.label.text()))
                field.entry.setFocus()
                return
        self.sign_button.setEnabled(False)
        self.refuse_button.setEnabled(False)
        self._say("")
        fields = (self.staff_no.entry.text().strip(), self.password.entry.text(), self.words.entry.text().strip())
        self._on_sign(*fields, is_refusal)

    def wait(self) -> None:
        """Leave it to somebody's own desk."""
        self.on_wait()

    def fail(self, words: str) -> None:
        """Say why it was not signed; the password is typed anew."""
        self.sign_button.setEnabled(True)
        self.refuse_button.setEnabled(True)
        self.password.entry.clear()
        self.password.entry.setFocus()
        self._say(words)

    def shortcuts(self) -> tuple[Action, ...]:
        """The keys of the panel."""
        sign = Action("signoff", tr("现在签字"), "F9", self.press)
        wait = Action("signoff-wait", tr("送审，先办别的"), "F6", self.wait)
        return (sign, wait) if self._screen.can_wait else (sign,)

    def _pressed(self, is_refusal: bool, _is_checked: bool = False) -> None:
        self.press(is_refusal=is_refusal)

    def _say(self, words: str) -> None:
        self.error.setText(words)
        self.error.setVisible(bool(words))

    def _say_left(self) -> None:
        self.left.setText(tr("{count} 秒内有效，Esc 返回", count=self._left))

    def _lay_out(self) -> None:
        self.body.addWidget(Label(self._screen.what, is_wrapped=True))
        self.body.addWidget(self.facts, 1)
        row = QHBoxLayout()
        row.setSpacing(SPACE)
        row.addWidget(self.staff_no, 1)
        row.addWidget(self.password, 1)
        # with the largest text the fields go with the case, and only the way on stands still
        fields = self.facts.body if scale_in_use() >= 200 else self.body
        fields.addLayout(row)
        fields.addWidget(self.words)
        fields.addWidget(self.error)
        below = QHBoxLayout()
        below.setSpacing(SPACE)
        below.addWidget(self.refuse_button)
        below.addStretch(1)
        below.addWidget(self.left)
        self.body.addWidget(self.sign_button)
        self.body.addWidget(self.wait_button)
        self.body.addLayout(below)
        self.staff_no.entry.entered.connect(self.password.entry.setFocus)
        self.password.entry.entered.connect(self.press)
        self.sign_button.clicked.connect(partial(self._pressed, False))
        self.refuse_button.clicked.connect(partial(self._pressed, True))
        self.wait_button.clicked.connect(self.wait)


def fact_column(screen: SignoffScreen) -> ScrollColumn:
    """The facts of a case below one another."""
    column = ScrollColumn()
    for fact in screen.facts:
        row = FactRow()
        row.show_fact(fact)
        column.body.addWidget(row)
    column.body.addStretch(1)
    column.setMinimumHeight(min(px(_FACTS_PX), _FACTS_PX))
    return column


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
