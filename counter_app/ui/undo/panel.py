"""The panel of an undo: on the left what it does and what it cannot, on the right what the teller has to give."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial

from PySide6.QtWidgets import QApplication, QHBoxLayout, QVBoxLayout, QWidget

from counter_app.ui.blocks import SPACE, Button, Label, PrimaryButton, ScrollColumn
from counter_app.ui.choice import SegmentedChoice
from counter_app.ui.fact_rows import FactRow
from counter_app.ui.facts import Fact
from counter_app.ui.fields import TextEntry, TextField
from counter_app.ui.flow import Flow
from counter_app.ui.keys import Action
from counter_app.ui.language import tr
from counter_app.ui.numbered import NumberedLine
from counter_app.ui.options import Option
from counter_app.ui.panels import Panel
from counter_app.ui.undo.screen import TenderLine, TypedUndo, UndoScreen, WayOut

_WIDTH_PX, _LEAST_PX, _REFUSED_PX = 880, 300, 460
_BACK, _KEPT = "returned", "lost"
_IN_HAND, _BANKED = "in_hand", "banked"


class UndoPanel(Panel):
    """`on_next` gets what was typed when it is to be signed; `on_move` and `on_retender` when only the account, or only
    the tender, is wrong. What stands in the panel already comes in `typed`.
    """

    def __init__(
        self,
        screen: UndoScreen,
        typed: TypedUndo,
        on_next: Callable[[TypedUndo], object],
        on_move: Callable[[TypedUndo], object],
        on_retender: Callable[[TypedUndo], object],
    ) -> None:
        super().__init__(screen.heading, width_px=_WIDTH_PX)
        self._screen, self._on_next, self._on_move = screen, on_next, on_move
        self._on_retender = on_retender
        self.reason = NumberedLine(tr("原因（序号）"))
        self.words = TextField(tr("说明（选“其他”时必填）"), hint=tr("不写姓名、电话、证件号"))
        self.receipt = SegmentedChoice(
            ((_BACK, tr("收据已收回")), (_KEPT, tr("没有收回"))), name=tr("收据"), is_wrapped=True
        )
        self.red_no = TextField(tr("红字发票号码（发票 {no}）", no=screen.invoice), is_number=True)
        self.tenders = {tender.line: _TenderRow(tender) for tender in screen.tenders}
        self._known, self._asked = ScrollColumn(), ScrollColumn()
        self.error = Label(role="field-error", is_wrapped=True)
        self.error.hide()
        self.next = PrimaryButton(tr("下一步：签字"), "F9")
        self.move_button = Button(tr("转到对的户号…"), key="F7", kind="quiet")
        self.retender_button = Button(tr("更正付款方式…"), key="F6", kind="quiet")
        self.first = self.reason.entry
        self._lay_out()
        self.red_no.setVisible(bool(screen.invoice))
        self._fill(typed)
        self.reason.entry.typed.connect(lambda _text: self._show_reasons())
        self.reason.picked.connect(self._pick)
        self.next.clicked.connect(self.press)
        self.move_button.clicked.connect(self.to_other_account)
        self.retender_button.clicked.connect(self.retender)
        for entry in self._entries():
            entry.entered.connect(partial(self._on_from, entry))

    def press(self) -> None:
        """F9: on to the signature; the button is inert until there is an answer."""
        if self.next.isEnabled():
            self.next.setEnabled(False)
            self._say("")
            self._on_next(self.typed())

    def to_other_account(self) -> None:
        """F7: the money stays in the house, on another account."""
        self._on_move(self.typed())

    def retender(self) -> None:
        """F6: the payment stands, and was made by another tender."""
        self._on_retender(self.typed())

    def typed(self) -> TypedUndo:
        """What stands in the panel."""
        rows = self.tenders.items()
        return TypedUndo(
            reason_no=self.reason.entry.text().strip(),
            words=self.words.entry.text().strip(),
            is_receipt_returned=self.receipt.choice() == _BACK,
            numbers={line: row.field.entry.text().strip() for line, row in rows},
            banked=frozenset(line for line, row in rows if row.is_banked()),
            red_no=self.red_no.entry.text().strip(),
        )

    def fail(self, words: str) -> None:
        """Say why it does not go on; what was typed stays."""
        self.next.setEnabled(True)
        self._say(words)

    def shortcuts(self) -> tuple[Action, ...]:
        """The keys of the panel."""
        return (
            Action("undo-next", tr("下一步：签字"), "F9", self.press),
            Action("undo-move", tr("转到对的户号…"), "F7", self.to_other_account),
            Action("undo-retender", tr("更正付款方式…"), "F6", self.retender),
            Action("undo-down", tr("往下看"), "PgDown", partial(self._scroll, 1)),
            Action("undo-up", tr("往上看"), "PgUp", partial(self._scroll, -1)),
        )

    def focusNextPrevChild(self, is_next: bool) -> bool:
        has_gone = super().focusNextPrevChild(is_next)
        self._show_focus()
        return has_gone

    def _scroll(self, pages: int) -> None:
        bar = self._known.verticalScrollBar()
        bar.setValue(bar.value() + pages * bar.pageStep())

    def _show_focus(self) -> None:
        """Where the cursor stands is in sight."""
        focus = QApplication.focusWidget()
        if focus is not None and self._asked.isAncestorOf(focus):
            self._asked.ensureWidgetVisible(focus)

    def _entries(self) -> list[TextEntry]:
        """The lines in reading order."""
        numbers = [row.field.entry for row in self.tenders.values()]
        return [self.reason.entry, self.words.entry, *numbers, self.red_no.entry]

    def _on_from(self, entry: TextEntry) -> None:
        """Enter: the next line that is there; after the last one, on to the signature."""
        shown = [line for line in self._entries() if line.isVisible()]
        following = shown[shown.index(entry) + 1 :]
        if following:
            following[0].setFocus()
            self._show_focus()
        else:
            self.press()

    def _pick(self, number: str) -> None:
        self.reason.entry.setText(number)
        self._show_reasons()

    def _show_reasons(self) -> None:
        chosen = self.reason.entry.text().strip()
        self.reason.show_options([Option(x.number, x.word, x.number == chosen) for x in self._screen.reasons])
        is_other = chosen == self._screen.other_no
        self.words.label.setText(tr("说明（必填）") if is_other else tr("说明（选“其他”时必填）"))

    def _fill(self, typed: TypedUndo) -> None:
        for field, text in ((self.reason, typed.reason_no), (self.words, typed.words), (self.red_no, typed.red_no)):
            field.entry.setText(text)
        self.receipt.choose(_BACK if typed.is_receipt_returned else _KEPT)
        for line, row in self.tenders.items():
            row.fill(typed.numbers.get(line, ""), is_banked=line in typed.banked)
        self._show_reasons()

    def _say(self, words: str) -> None:
        self.error.setText(words)
        self.error.setVisible(bool(words))

    def _lay_out(self) -> None:
        screen = self._screen
        self.body.addWidget(Label(screen.way, is_wrapped=True))
        sides = QHBoxLayout()
        sides.setSpacing(3 * SPACE)
        known, asked = self._known, self._asked
        # what is not as before stands first: it is read before the press, however large the text is
        for words in screen.lost:
            known.body.addWidget(Label(words, tone="warn", is_wrapped=True))
        for word, facts in (("", screen.facts), (tr("账单又欠"), screen.owed), (tr("恢复为"), screen.restored)):
            if word and facts:
                known.body.addWidget(Label(word, role="muted"))
            _add_facts(known.body, facts)
        known.body.addStretch(1)
        for widget in (self.reason, self.words, *self.tenders.values(), Label(tr("收据"), role="muted"), self.receipt):
            asked.body.addWidget(widget)
        asked.body.addWidget(self.red_no)
        asked.body.addStretch(1)
        for column in (known, asked):
            column.setMinimumHeight(_LEAST_PX)
            sides.addWidget(column, 1)
        self.body.addLayout(sides, 1)
        self.body.addWidget(self.error)
        end = QHBoxLayout()
        end.setSpacing(2 * SPACE)
        end.addWidget(self.next)
        others = QWidget()
        ways = Flow(others)
        for button in (self.retender_button, self.move_button):
            ways.addWidget(button)
        self.body.addWidget(others)
        end.addWidget(Label(tr("{signers} Esc 返回", signers=screen.signers), role="note", is_wrapped=True), 1)
        self.body.addLayout(end)


class _TenderRow(QWidget):
    """A part of the money: how it goes back, and the number that goes with it."""

    def __init__(self, tender: TenderLine) -> None:
        super().__init__()
        self._tender = tender
        self.field = TextField(tender.asks or tender.words)
        choices = ((_IN_HAND, tr("支票退还客户")), (_BANKED, tr("已交银行，经银行退回")))
        self.place = SegmentedChoice(choices, name=tr("支票在哪里"), is_wrapped=True)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(4)
        for widget in (Label(tender.words, is_wrapped=True), self.place, self.field):
            column.addWidget(widget)
        self.place.setVisible(tender.is_cheque)
        self.place.chosen.connect(lambda _key: self._show_field())
        self._show_field()

    def is_banked(self) -> bool:
        """Whether the cheque has gone to the bank."""
        return self._tender.is_cheque and self.place.choice() == _BANKED

    def fill(self, number: str, *, is_banked: bool) -> None:
        """Put back what was typed before."""
        self.field.entry.setText(number)
        self.place.choose(_BANKED if is_banked else _IN_HAND)
        self._show_field()

    def _show_field(self) -> None:
        self.field.setVisible(self.is_banked() if self._tender.is_cheque else bool(self._tender.asks))


class RefusedPanel(Panel):
    """Why a payment is not undone, and the key to where it goes on; `on_way` follows it."""

    def __init__(self, receipt_no: str, words: str, way: WayOut | None, on_way: Callable[[WayOut], object]) -> None:
        super().__init__(tr("现在不能撤销：收据 {no}", no=receipt_no), width_px=_REFUSED_PX)
        self._way, self._on_way = way, on_way
        self.words = Label(words, is_wrapped=True)
        self.button = Button(way.word if way else "", key="F8")
        self.body.addWidget(self.words)
        self.body.addWidget(self.button)
        self.body.addWidget(Label(tr("Esc 返回"), role="note"))
        self.button.setVisible(way is not None)
        self.button.clicked.connect(self.follow)
        self.first = self.button if way is not None else None

    def follow(self) -> None:
        """F8: go there."""
        if self._way is not None:
            self._on_way(self._way)

    def shortcuts(self) -> tuple[Action, ...]:
        """The keys of the panel."""
        return (Action("undo-way", self._way.word, "F8", self.follow),) if self._way is not None else ()


def _add_facts(column: QVBoxLayout, facts: Sequence[Fact]) -> None:
    for fact in facts:
        row = FactRow()
        row.show_fact(fact)
        column.addWidget(row)
