"""A second person signs at this screen: the whole case, own number and password, and sixty seconds."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

from PySide6.QtCore import QTimer
from PySide6.QtWidgets import QHBoxLayout

from counter_app.ui.approvals.code_field import CodeField
from counter_app.ui.approvals.screen import VALID_SECONDS, SignoffScreen
from counter_app.ui.blocks import SPACE, Button, Label, PrimaryButton
from counter_app.ui.fact_rows import fact_column
from counter_app.ui.fields import TextField
from counter_app.ui.keys import Action
from counter_app.ui.language import tr
from counter_app.ui.panels import Panel
from counter_app.ui.theme import px, scale_in_use

_FACTS_PX, _WIDTH_PX, _LINE_PX = 260, 480, 30


class SignoffPanel(Panel):
    """Shows what is signed; `on_sign` gets number, password and reason, and whether it is a refusal.

    At the own desk the number is that of the sign-in, and whoever reads the case takes the time it needs: the minute
    runs from the password. Where two sign, `next_signature` empties the fields for the second of them. Where somebody
    at the hub may consent, F7 asks (`on_code`), `by_code` has the line for the answer, and `on_tell` gets it.
    """

    def __init__(self, screen: SignoffScreen, on_sign: Callable[[str, str, str, bool], object]) -> None:
        super().__init__(screen.heading, width_px=_WIDTH_PX)
        self._screen, self._on_sign, self._left = screen, on_sign, VALID_SECONDS
        self.on_late: Callable[[], object] = lambda: None
        self.on_wait: Callable[[], object] = lambda: None
        self.on_code: Callable[[], object] = lambda: None
        self.on_tell: Callable[[str], object] = lambda _code: None
        self._is_by_code = False
        self.facts = fact_column(screen.facts, _FACTS_PX)
        self.facts.body.addStretch(1)
        self.staff_no = TextField(tr("签字人工号"), is_number=True)
        self.password = TextField(tr("您的密码，再输一次") if screen.own_no else tr("签字人密码"), is_secret=True)
        word = tr("原因") if screen.asks_words else tr("拒签原因（签字不填）")
        self.words = TextField(word, hint=tr("不写姓名、电话、证件号"))
        self.error = Label(role="field-error", is_wrapped=True)
        self.error.hide()
        self.signed = Label(tr("要两位同事先后签字。"), role="note", is_wrapped=True)
        self.sign_button = PrimaryButton(tr("现在签字"), "F9")
        self.refuse_button = Button(tr("拒签"), kind="danger")
        self.wait_button = Button(tr("送审，先办别的"), key="F6")
        self.code_button = Button(tr("没有主管在场，用授权码"), key="F7", kind="quiet")
        self.code = CodeField()
        self.left = Label(role="note")
        self._lay_out()
        # shown before they have a parent they would be windows of their own
        self.words.setVisible(screen.asks_words or screen.can_refuse)
        self.refuse_button.setVisible(screen.can_refuse)
        self.signed.setVisible(screen.signatures > 1)
        self.wait_button.setVisible(screen.can_wait)
        self.code_button.setVisible(screen.can_code)
        self.code.hide()
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
        if self._is_by_code:
            self._tell()
            return
        needed = [self.staff_no, self.password]
        if is_refusal or self._screen.asks_words:
            needed.append(self.words)
        for field in needed:
            if not field.entry.text().strip():
                field.show_error(tr("还没有填写“{word}”。请先填写，再选择。", word=field.label.text()))
                field.entry.setFocus()
                return
        self._rest()
        fields = (self.staff_no.entry.text().strip(), self.password.entry.text(), self.words.entry.text().strip())
        self._on_sign(*fields, is_refusal)

    def wait(self) -> None:
        """Leave it to somebody's own desk."""
        self.on_wait()

    def ask_code(self) -> None:
        """F7: ask the hub; the minute does not run while somebody is called."""
        if self._screen.can_code and self.sign_button.isEnabled() and not self._is_by_code:
            self._timer.stop()
            self.left.setText(tr("正在向上游申请授权码"))
            self._rest()
            self.on_code()

    def by_code(self, approval_id: str) -> None:
        """The hub has been asked under this name: the code that comes back takes the place of a password."""
        self._set_by_code(is_by_code=True)
        self._ready()
        self.left.setText(tr("Esc 返回"))
        self.code.show_asked(approval_id)

    def next_signature(self, who: str) -> None:
        """The first of two, `who`, has signed; another person gives the second signature within the minute."""
        self.signed.setText(tr("{who} 已签字。请另一位同事在 60 秒内签字。", who=who))
        self._set_by_code(is_by_code=False)
        self._ready()
        self._left = VALID_SECONDS
        self._timer.start()
        self._say_left()
        self.staff_no.entry.clear()
        self.staff_no.entry.setFocus()
        self._say("")

    def begin_again(self, words: str) -> None:
        """What two people signed was not taken: say why; both sign anew."""
        self.signed.setText(tr("要两位同事先后签字。"))
        self._set_by_code(is_by_code=False)
        self._ready()
        self.staff_no.entry.setFocus()
        self._say(words)

    def fail(self, words: str) -> None:
        """Say why it was not signed; the password is typed anew."""
        self._ready()
        if not self._is_by_code and self._left > 0 and not self._screen.own_no:
            self._timer.start()
            self._say_left()
        (self.code.line if self._is_by_code else self.password).entry.setFocus()
        self._say(words)

    def shortcuts(self) -> tuple[Action, ...]:
        """The keys of the panel."""
        sign = Action("signoff", tr("现在签字"), "F9", self.press)
        wait = Action("signoff-wait", tr("送审，先办别的"), "F6", self.wait)
        down = Action("signoff-next", tr("下一屏"), "PgDown", partial(self._scroll, 1))
        up = Action("signoff-last", tr("上一屏"), "PgUp", partial(self._scroll, -1))
        code = Action("signoff-code", tr("没有主管在场，用授权码"), "F7", self.ask_code)
        more = (*((wait,) if self._screen.can_wait else ()), *((code,) if self._screen.can_code else ()))
        return (sign, *more, down, up)

    def _scroll(self, pages: int) -> None:
        """The rest of the case, by a page less a line."""
        bar = self.facts.verticalScrollBar()
        bar.setValue(bar.value() + pages * (self.facts.height() - px(_LINE_PX)))

    def _pressed(self, is_refusal: bool, _is_checked: bool = False) -> None:
        self.press(is_refusal=is_refusal)

    def _tell(self) -> None:
        code = self.code.line.entry.text().strip()
        if not code:
            self.code.line.show_error(tr("还没有填写授权码。"))
            self.code.line.entry.setFocus()
            return
        self._rest()
        self.on_tell(code)

    def _set_by_code(self, *, is_by_code: bool) -> None:
        self._is_by_code = is_by_code
        for widget in (self.staff_no, self.password, self.code_button):
            widget.setVisible(not is_by_code and (widget is not self.code_button or self._screen.can_code))
        self.code.setVisible(is_by_code)
        self.sign_button.set_word(tr("用授权码办理") if is_by_code else tr("现在签字"))

    def _rest(self) -> None:
        """Nothing can be pressed until there is an answer."""
        self.sign_button.setEnabled(False)
        self.refuse_button.setEnabled(False)
        self._say("")

    def _ready(self) -> None:
        self.sign_button.setEnabled(True)
        self.refuse_button.setEnabled(True)
        self.password.entry.clear()

    def _say(self, words: str) -> None:
        self.error.setText(words)
        self.error.setVisible(bool(words))

    def _say_left(self) -> None:
        self.left.setText(tr("{count} 秒内有效，Esc 返回", count=self._left))

    def _lay_out(self) -> None:
        self.body.addWidget(Label(self._screen.what, is_wrapped=True))
        self.body.addWidget(self.facts, 1)
        self.body.addWidget(self.signed)
        row = QHBoxLayout()
        row.setSpacing(SPACE)
        row.addWidget(self.staff_no, 1)
        row.addWidget(self.password, 1)
        # with the largest text the fields go with the case, and only the way on stands still
        fields = self.facts.body if scale_in_use() >= 200 else self.body
        fields.addLayout(row)
        fields.addWidget(self.code)
        fields.addWidget(self.words)
        fields.addWidget(self.error)
        below = QHBoxLayout()
        below.setSpacing(SPACE)
        below.addWidget(self.refuse_button)
        below.addStretch(1)
        below.addWidget(self.left)
        self.body.addWidget(self.sign_button)
        self.body.addWidget(self.wait_button)
        self.body.addWidget(self.code_button)
        self.body.addLayout(below)
        self.staff_no.entry.entered.connect(self.password.entry.setFocus)
        self.password.entry.entered.connect(self.press)
        self.sign_button.clicked.connect(partial(self._pressed, False))
        self.refuse_button.clicked.connect(partial(self._pressed, True))
        self.wait_button.clicked.connect(self.wait)
        self.code_button.clicked.connect(self.ask_code)
        self.code.line.entry.entered.connect(self.press)
