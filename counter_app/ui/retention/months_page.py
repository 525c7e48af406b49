"""The page 月报: a month's exits by reason beside the month before, and the supervisor's signature below them."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtWidgets import QHBoxLayout

from counter_app.domain.retention_months import LONGEST_REVIEW, Review
from counter_app.ui.blocks import (
    SPACE,
    Button,
    Card,
    Chip,
    KeyValueRow,
    Label,
    PrimaryButton,
    ScrollColumn,
    rule,
)
from counter_app.ui.choice import DropDown
from counter_app.ui.desk import Desk
from counter_app.ui.elided import ElidedLabel
from counter_app.ui.export_panel import open_export
from counter_app.ui.fields import TextField
from counter_app.ui.formats import month
from counter_app.ui.frame import Frame
from counter_app.ui.keys import Action
from counter_app.ui.language import tr
from counter_app.ui.panels import Panel
from counter_app.ui.retention.presenter_months import MonthPresenter, MonthRow, MonthScreen, MonthSigning, SignedLine
from counter_app.ui.retention.room_page import RoomPage
from counter_app.ui.table import Column, Table
from counter_app.ui.theme import Tone, px

_FACTS_PX, _WIDTH_PX, _LINE_PX = 200, 480, 28


class MonthsPage(RoomPage):
    """Ctrl+PgUp and Ctrl+PgDown go through the months, F9 signs."""

    def __init__(self, desk: Desk, frame: Frame) -> None:
        super().__init__(desk, frame)
        self.presenter = MonthPresenter(desk, self._show, self.say)
        self.presenter.begin()
        self.choice = DropDown(self.presenter.months(), name=tr("月份"))
        self.choice.choose(month(self.presenter.month))
        self.earlier, self.later = Button(tr("上一月"), key="Ctrl+PgUp"), Button(tr("下一月"), key="Ctrl+PgDown")
        self.state = Chip("muted", tr("正在读取"))
        self.note = Label(is_wrapped=True)
        self.table: Table[MonthRow] = Table(
            (
                Column("reason", tr("退网原因"), lambda r: r.reason, 280, tone=_by_level),
                Column("exits", tr("离网"), lambda r: str(r.exits), 90, align="right", tone=_by_level),
                Column("left", tr("谈话后"), lambda r: str(r.left), 110, align="right", tone=_by_level),
                Column("refused", tr("不愿谈"), lambda r: str(r.refused), 110, align="right", tone=_by_level),
                Column("before", tr("上月"), lambda r: str(r.before), 130, align="right", tone=_by_level),
                Column("change", tr("比上月"), lambda r: f"{r.change:+d}" if r.change else "0", 100, align="right"),
                Column("signed", tr("签字时"), lambda r: r.signed, 220, tone=lambda _row: "warn"),
            ),
            name=tr("离网月报"),
            empty=tr("正在读取这个月的离网资料。"),
            stretch="reason",
        )
        self.signatures = ElidedLabel(role="muted")
        self._signed: tuple[SignedLine, ...] = ()
        self.review_button = Button(tr("签字和复盘"), key="Ctrl+R", kind="quiet")
        self.export_button = Button(tr("导出"), key="Ctrl+E")
        self.sign_button = PrimaryButton(tr("签字上报"), "F9")
        self._lay_out()
        self.setFocusProxy(self.table)
        self.choice.chosen.connect(self.presenter.choose)
        self.earlier.clicked.connect(lambda: self._step(-1))
        self.later.clicked.connect(lambda: self._step(1))
        self.review_button.clicked.connect(self.open_review)
        self.export_button.clicked.connect(self.export)
        self.sign_button.clicked.connect(self.open_signing)
        self._add_keys()

    def read(self) -> None:
        # a counter may stay open over the end of a month
        self.choice.set_choices(self.presenter.months())
        self.presenter.read()

    def let_go(self) -> None:
        self.presenter.let_go()
        self.table.show_rows(())
        self.signatures.setText("")
        self._signed = ()
        self.review_button.setEnabled(False)

    def open_signing(self) -> None:
        """F9: what is signed, and the fields for a supervisor's own number and password."""
        signing = self.presenter.signing()
        if signing is None:
            return

        def signed(staff_no: str, password: str, review: Review) -> None:
            self.presenter.sign(staff_no, password, review, done, panel.fail, changed)

        def done(words: str) -> None:
            self.frame.panels.close_panel(panel)
            self.frame.toast.say(words, tone="good")

        def changed(words: str) -> None:
            # what would be signed is not what the panel says any more
            self.frame.panels.close_panel(panel)
            self.say(words)
            self.presenter.read()

        panel = MonthPanel(signing, signed)
        # at the edge, where it leaves the lines that are signed to be seen
        self.frame.panels.open(panel, actions=panel.shortcuts())

    def open_review(self) -> None:
        """Ctrl+R: all signatures of the month, each with what was said of it."""
        if self._signed:
            panel = ReviewPanel(self._signed)
            self.frame.panels.open(panel, actions=panel.shortcuts())

    def export(self) -> None:
        """Ctrl+E: the table as a file; it counts, and names nobody."""
        rows = self.presenter.exported()
        if rows:
            name = tr("离网月报 {month}", month=month(self.presenter.month))
            lead = tr("文件里是每个原因的户数，没有客户资料。")
            open_export(self.desk, self.frame, name=name, lead=lead, rows_of=lambda: rows)

    def _show(self, screen: MonthScreen) -> None:
        self.choice.choose(month(screen.month))
        self.state.show_value(screen.tone, screen.state)
        self.note.setText(screen.note)
        self.table.show_rows(screen.rows)
        self._signed = screen.signatures
        words = screen.signatures[0].words if screen.signatures else tr("还没有人签字。")
        if len(screen.signatures) > 1:
            words = tr("{words}；更早的签字还有 {count} 次", words=words, count=len(screen.signatures) - 1)
        self.signatures.setText(words)
        self.review_button.setEnabled(bool(screen.signatures))
        self.sign_button.setEnabled(screen.can_sign)
        waiting = self.presenter.waiting()
        if waiting is not None:
            self.counted.emit(waiting)

    def _step(self, months: int) -> None:
        if not self.presenter.step(months):
            self.say(tr("没有更早或更晚的月份可看。"))

    def _add_keys(self) -> None:
        for action in (
            Action("months-sign", tr("签字上报"), "F9", self.open_signing, is_possible=self.sign_button.isEnabled),
            Action("months-review", tr("签字和复盘"), "Ctrl+R", self.open_review),
            Action("months-export", tr("导出"), "Ctrl+E", self.export),
            Action("months-earlier", tr("上一月"), "Ctrl+PgUp", lambda: self._step(-1)),
            Action("months-later", tr("下一月"), "Ctrl+PgDown", lambda: self._step(1)),
        ):
            self.frame.keys.add(action, page=self)

    def _lay_out(self) -> None:
        card = Card()
        head = QHBoxLayout()
        head.setSpacing(SPACE)
        head.addWidget(Label(tr("离网月报"), role="heading"))
        head.addStretch(1)
        head.addWidget(self.choice)
        head.addWidget(self.earlier)
        head.addWidget(self.later)
        card.body.addLayout(head)
        told = QHBoxLayout()
        told.setSpacing(SPACE)
        told.addWidget(self.state)
        told.addWidget(self.note, 1)
        card.body.addLayout(told)
        card.body.addWidget(self.table, 1)
        self.table.setMinimumHeight(px(80))
        foot = QHBoxLayout()
        foot.setSpacing(2 * SPACE)
        foot.addWidget(self.signatures, 1)
        foot.addWidget(self.review_button)
        foot.addWidget(self.export_button)
        foot.addWidget(self.sign_button)
        card.body.addLayout(foot)
        self.put_card(card)


class MonthPanel(Panel):
    """The figures that are signed, and the fields of whoever signs; `on_sign` gets number, password and review."""

    def __init__(self, signing: MonthSigning, on_sign: Callable[[str, str, Review], object]) -> None:
        super().__init__(signing.heading, width_px=_WIDTH_PX)
        self._on_sign = on_sign
        self.staff_no = TextField(tr("班长工号"), is_number=True)
        self.password = TextField(tr("班长密码"), is_secret=True)
        self.error = Label(role="field-error", is_wrapped=True)
        self.sign_button = PrimaryButton(tr("现在签字"), "F9")
        facts = self._facts = ScrollColumn()
        for key, value in signing.facts:
            facts.body.addWidget(KeyValueRow(key, value))
        facts.body.addWidget(Label(signing.what, is_wrapped=True))
        self.review = [self._box(word, said) for word, said in signing.review]
        for box in self.review:
            facts.body.addWidget(box)
        self.body.addWidget(facts, 1)
        row = QHBoxLayout()
        row.setSpacing(SPACE)
        row.addWidget(self.staff_no, 1)
        row.addWidget(self.password, 1)
        facts.body.addStretch(1)
        facts.setMinimumHeight(_FACTS_PX)
        self.body.addLayout(row)
        self.body.addWidget(self.error)
        self.body.addWidget(self.sign_button)
        self.error.hide()
        self.staff_no.entry.setText(signing.signer_no)
        self.first = self.password.entry if signing.signer_no else self.staff_no.entry
        self.staff_no.entry.entered.connect(self.password.entry.setFocus)
        self.password.entry.entered.connect(self.press)
        self.sign_button.clicked.connect(self.press)

    def focusNextPrevChild(self, is_next: bool) -> bool:
        has_moved = super().focusNextPrevChild(is_next)
        box = next((box for box in self.review if box.entry.hasFocus()), None)
        if box is not None:
            # Tab reaches what large text has scrolled away
            self._facts.ensureWidgetVisible(box)
        return has_moved

    def press(self) -> None:
        """Sign; the button is inert until there is an answer."""
        if not self.sign_button.isEnabled():
            return
        for field in (self.staff_no, self.password):
            if not field.entry.text().strip():
                field.show_error(tr("还没有填写“{word}”。请先填写，再选择。", word=field.label.text()))
                field.entry.setFocus()
                return
        self.sign_button.setEnabled(False)
        self._say("")
        review = Review(*(box.entry.text() for box in self.review))
        self._on_sign(self.staff_no.entry.text().strip(), self.password.entry.text(), review)

    def fail(self, words: str) -> None:
        """Say why it was not signed; the password is typed anew."""
        self.sign_button.setEnabled(True)
        self.password.entry.clear()
        self.password.entry.setFocus()
        self._say(words)

    def shortcuts(self) -> tuple[Action, ...]:
        """The keys of the panel."""
        return (Action("months-sign-now", tr("现在签字"), "F9", self.press),)

    def _box(self, word: str, said: str) -> TextField:
        box = TextField(word, hint=tr("可不填；不写姓名、电话、证件号"))
        box.entry.setMaxLength(LONGEST_REVIEW)
        box.entry.setText(said)
        return box

    def _say(self, words: str) -> None:
        self.error.setText(words)
        self.error.setVisible(bool(words))


class ReviewPanel(Panel):
    """The signatures of a month, the newest first, to read; the arrows scroll."""

    def __init__(self, signed: tuple[SignedLine, ...]) -> None:
        super().__init__(tr("签字和复盘"), width_px=_WIDTH_PX)
        self._column = ScrollColumn()
        for place, one in enumerate(signed):
            if place:
                self._column.body.addWidget(rule())
            for word, text in ((one.words, ""), *one.review):
                self._column.body.addWidget(Label(word, role="muted" if text else "body", is_wrapped=True))
                if text:
                    self._column.body.addWidget(Label(text, is_wrapped=True))
            if not one.review:
                self._column.body.addWidget(Label(tr("没有写复盘。"), role="muted"))
        self._column.body.addStretch(1)
        self._column.setMinimumHeight(_FACTS_PX)
        self.body.addWidget(self._column, 1)
        self.body.addWidget(Label(tr("只读。上下键翻看，Esc 返回"), role="note"))

    def shortcuts(self) -> tuple[Action, ...]:
        """The keys of the panel."""
        return (
            Action("review-down", tr("向下"), "Down", lambda: self._scroll(px(_LINE_PX))),
            Action("review-up", tr("向上"), "Up", lambda: self._scroll(-px(_LINE_PX))),
        )

    def _scroll(self, by_px: int) -> None:
        bar = self._column.verticalScrollBar()
        bar.setValue(bar.value() + by_px)


def _by_level(row: MonthRow) -> Tone:
    return "ink" if row.level < 2 else "muted"
