"""The page 月报: a month's exits by reason beside the month before, and the supervisor's signature below them."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout

from counter_app.ui.blocks import SPACE, Button, Card, Chip, KeyValueRow, Label, PrimaryButton, ScrollColumn
from counter_app.ui.choice import DropDown
from counter_app.ui.desk import Desk
from counter_app.ui.export_panel import open_export
from counter_app.ui.fields import TextField
from counter_app.ui.formats import month
from counter_app.ui.frame import Frame
from counter_app.ui.keys import Action
from counter_app.ui.language import tr
from counter_app.ui.panels import Panel
from counter_app.ui.retention.presenter_months import MonthPresenter, MonthRow, MonthScreen, MonthSigning
from counter_app.ui.retention.room_page import RoomPage
from counter_app.ui.table import Column, Table
from counter_app.ui.theme import LARGEST_SCALE, Tone, px, scale_in_use

_FACTS_PX = 260
_SIGNATURES = 3
"""Signatures that are shown; a month with more of them says how many there are."""


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
        self.signatures = Label(role="muted", is_wrapped=True)
        self.export_button = Button(tr("导出"), key="Ctrl+E")
        self.sign_button = PrimaryButton(tr("签字上报"), "F9")
        self._lay_out()
        self.setFocusProxy(self.table)
        self.choice.chosen.connect(self.presenter.choose)
        self.earlier.clicked.connect(lambda: self._step(-1))
        self.later.clicked.connect(lambda: self._step(1))
        self.export_button.clicked.connect(self.export)
        self.sign_button.clicked.connect(self.open_signing)
        self._add_keys()

    def read(self) -> None:
        self.presenter.read()

    def let_go(self) -> None:
        self.presenter.let_go()
        self.table.show_rows(())
        self.signatures.setText("")

    def open_signing(self) -> None:
        """F9: what is signed, and the fields for a supervisor's own number and password."""
        signing = self.presenter.signing()
        if signing is None:
            return

        def signed(staff_no: str, password: str) -> None:
            self.presenter.sign(staff_no, password, done, panel.fail, changed)

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
        lines = screen.signatures[:_SIGNATURES]
        more = len(screen.signatures) - len(lines)
        rest = (tr("更早的签字还有 {count} 次", count=more),) if more else ()
        self.signatures.setText("\n".join((*lines, *rest)) or tr("还没有人签字。"))
        self.sign_button.setEnabled(screen.can_sign)

    def _step(self, months: int) -> None:
        if not self.presenter.step(months):
            self.say(tr("没有更早或更晚的月份可看。"))

    def _add_keys(self) -> None:
        for action in (
            Action("months-sign", tr("签字上报"), "F9", self.open_signing, is_possible=self.sign_button.isEnabled),
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
        foot.addWidget(self.export_button)
        foot.addWidget(self.sign_button)
        card.body.addLayout(foot)
        whole = QVBoxLayout(self)
        whole.setContentsMargins(0, 0, 0, 0)
        whole.addWidget(card, 1)


class MonthPanel(Panel):
    """The figures that are signed, and the fields of whoever signs; `on_sign` gets number and password."""

    def __init__(self, signing: MonthSigning, on_sign: Callable[[str, str], object]) -> None:
        super().__init__(signing.heading)
        self._on_sign = on_sign
        self.staff_no = TextField(tr("值班长工号"), is_number=True)
        self.password = TextField(tr("值班长密码"), is_secret=True)
        self.error = Label(role="field-error", is_wrapped=True)
        self.sign_button = PrimaryButton(tr("现在签字"), "F9")
        facts = ScrollColumn()
        for key, value in signing.facts:
            facts.body.addWidget(KeyValueRow(key, value))
        facts.body.addWidget(Label(signing.what, is_wrapped=True))
        self.body.addWidget(facts, 1)
        # with the largest text the fields go with the figures, and only the way on stands still
        fields = facts.body if scale_in_use() >= LARGEST_SCALE else self.body
        row = QHBoxLayout()
        row.setSpacing(SPACE)
        row.addWidget(self.staff_no, 1)
        row.addWidget(self.password, 1)
        fields.addLayout(row)
        fields.addWidget(self.error)
        facts.body.addStretch(1)
        facts.setMinimumHeight(_FACTS_PX)
        self.body.addWidget(self.sign_button)
        self.error.hide()
        self.staff_no.entry.setText(signing.signer_no)
        self.first = self.password.entry if signing.signer_no else self.staff_no.entry
        self.staff_no.entry.entered.connect(self.password.entry.setFocus)
        self.password.entry.entered.connect(self.press)
        self.sign_button.clicked.connect(self.press)

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
        self._on_sign(self.staff_no.entry.text().strip(), self.password.entry.text())

    def fail(self, words: str) -> None:
        """Say why it was not signed; the password is typed anew."""
        self.sign_button.setEnabled(True)
        self.password.entry.clear()
        self.password.entry.setFocus()
        self._say(words)

    def shortcuts(self) -> tuple[Action, ...]:
        """The keys of the panel."""
        return (Action("months-sign-now", tr("现在签字"), "F9", self.press),)

    def _say(self, words: str) -> None:
        self.error.setText(words)
        self.error.setVisible(bool(words))


def _by_level(row: MonthRow) -> Tone:
    return "ink" if row.level < 2 else "muted"
