"""The panels of a relief: what is asked for, and how one stands with what may be done with it."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

from PySide6.QtWidgets import QHBoxLayout

from counter_app.ui.blocks import SPACE, Button, Label, PrimaryButton, ScrollColumn
from counter_app.ui.choice import SegmentedChoice
from counter_app.ui.fact_rows import FactRow, fact_column
from counter_app.ui.fields import AmountEntry, AmountField, TextEntry, TextField
from counter_app.ui.keys import Action
from counter_app.ui.language import tr
from counter_app.ui.numbered import NumberedLine
from counter_app.ui.options import Option
from counter_app.ui.panels import Panel
from counter_app.ui.reliefs.screen import AskScreen, StandingScreen, TypedRelief
from counter_app.ui.wording_reliefs import reason_code, way_word

_WIDTH_PX, _LEAST_PX, _STANDING_PX, _FACTS_PX = 760, 300, 480, 220
_ONE, _ALL = "one", "all"


class AskPanel(Panel):
    """`on_next` gets what was typed when it is to be asked for."""

    def __init__(self, screen: AskScreen, on_next: Callable[[TypedRelief], object]) -> None:
        super().__init__(screen.heading, width_px=_WIDTH_PX)
        self._screen, self._on_next = screen, on_next
        self.way = SegmentedChoice(
            (("waive", way_word("waive")), ("defer", way_word("defer"))), name=tr("申请什么"), is_wrapped=True
        )
        self.bills = SegmentedChoice(
            ((_ONE, screen.one_word), (_ALL, screen.all_word)), name=tr("哪些账单"), is_wrapped=True
        )
        self.amount = AmountField(tr("减免金额"), role="body")
        self.until = TextField(tr("暂缓到哪一天（含）"), is_number=True, hint="2026-12-31")
        self.reason = NumberedLine(tr("原因（序号）"))
        self.words = TextField(tr("说明（选“其他”时须写）"), hint=tr("不写姓名、电话、证件号"))
        self.document = TextField(tr("证明材料（可不填，另行封存）"))
        self._known, self._asked = ScrollColumn(), ScrollColumn()
        self.error = Label(role="field-error", is_wrapped=True)
        self.error.hide()
        self.next = PrimaryButton(tr("申请"), "F9")
        self.first = self.reason.entry
        self._lay_out()
        self._fill(screen.typed)
        self.way.chosen.connect(lambda _key: self._show_fields())
        self.bills.chosen.connect(lambda _key: self._put_amount())
        self.reason.entry.typed.connect(lambda _text: self._show_reasons())
        self.reason.picked.connect(self._pick)
        self.next.clicked.connect(self.press)
        for entry in self._entries():
            entry.entered.connect(partial(self._on_from, entry))

    def press(self) -> None:
        """F9: ask for it; the button is inert until there is an answer."""
        if self.next.isEnabled():
            self.next.setEnabled(False)
            self._say("")
            self._on_next(self.typed())

    def typed(self) -> TypedRelief:
        """What stands in the panel."""
        return TypedRelief(
            "waive" if self.way.choice() == "waive" else "defer",
            self.bills.choice() == _ALL,
            self.amount.entry.text(),
            self.until.entry.text().strip(),
            self.reason.entry.text().strip(),
            self.words.entry.text().strip(),
            self.document.entry.text().strip(),
        )

    def fail(self, words: str) -> None:
        """Say why it is not asked for; what was typed stays."""
        self.next.setEnabled(True)
        self._say(words)

    def shortcuts(self) -> tuple[Action, ...]:
        """The keys of the panel."""
        every = Action("relief-bills", tr("换账单范围"), "F7", self.bills.next_choice)
        return (
            Action("relief-next", tr("申请"), "F9", self.press),
            Action("relief-way", tr("减免或暂缓"), "F6", self.way.next_choice),
            *((every,) if self._screen.can_all else ()),
        )

    def _entries(self) -> list[AmountEntry | TextEntry]:
        fields = (self.amount, self.until, self.reason, self.words, self.document)
        return [field.entry for field in fields]

    def _on_from(self, entry: AmountEntry | TextEntry) -> None:
        """Enter: the next line that is there; after the last one it is asked for."""
        shown = [line for line in self._entries() if line.isVisible()]
        following = shown[shown.index(entry) + 1 :]
        if following:
            following[0].setFocus()
            self._asked.ensureWidgetVisible(following[0])
        else:
            self.press()

    def _pick(self, number: str) -> None:
        self.reason.entry.setText(number)
        self._show_reasons()

    def _fill(self, typed: TypedRelief) -> None:
        self.way.choose(typed.way)
        self.bills.choose(_ALL if typed.is_all else _ONE)
        self.until.entry.setText(typed.until or self._screen.until)
        for field, text in ((self.reason, typed.reason_no), (self.words, typed.words), (self.document, typed.document)):
            field.entry.setText(text)
        if typed.amount:
            self.amount.entry.setText(typed.amount)
        else:
            self._put_amount()
        self._show_fields()
        self._show_reasons()

    def _put_amount(self) -> None:
        """All that is due of what is meant; less may be typed over it."""
        is_all = self.bills.choice() == _ALL
        self.amount.entry.put_fen(self._screen.all_fen if is_all else self._screen.one_fen)

    def _show_fields(self) -> None:
        is_waiver = self.way.choice() == "waive"
        self.amount.setVisible(is_waiver)
        self.until.setVisible(not is_waiver)

    def _show_reasons(self) -> None:
        chosen = self.reason.entry.text().strip()
        self.reason.show_options([Option(x.number, x.word, x.number == chosen) for x in self._screen.reasons])
        self.words.label.setText(tr("说明（必填）") if reason_code(chosen) == "other" else tr("说明（选“其他”时须写）"))

    def _say(self, words: str) -> None:
        self.error.setText(words)
        self.error.setVisible(bool(words))

    def _lay_out(self) -> None:
        sides = QHBoxLayout()
        sides.setSpacing(3 * SPACE)
        for fact in self._screen.facts:
            row = FactRow()
            row.show_fact(fact)
            self._known.body.addWidget(row)
        for note in self._screen.notes:
            self._known.body.addWidget(Label(note, role="note", is_wrapped=True))
        law = tr("算出的违约金不会改。减免记在账上，谁批的、减了多少，一直看得到；暂缓到期自动恢复。")
        self._known.body.addWidget(Label(law, role="note", is_wrapped=True))
        self._known.body.addStretch(1)
        ways = Label(tr("申请什么（F6 换）"), role="muted")
        which = Label(tr("哪些账单（F7 换）"), role="muted")
        rest = (self.amount, self.until, self.reason, self.words, self.document)
        for widget in (ways, self.way, which, self.bills, *rest):
            self._asked.body.addWidget(widget)
        for widget in (which, self.bills):
            widget.setVisible(self._screen.can_all)
        self._asked.body.addStretch(1)
        for column in (self._known, self._asked):
            column.setMinimumHeight(_LEAST_PX)
            sides.addWidget(column, 1)
        self.body.addLayout(sides, 1)
        self.body.addWidget(self.error)
        end = QHBoxLayout()
        end.setSpacing(2 * SPACE)
        end.addWidget(self.next)
        end.addWidget(Label(tr("申请后由没有经手的同事审批。Esc 返回"), role="note", is_wrapped=True), 1)
        self.body.addLayout(end)


class StandingPanel(Panel):
    """How a relief stands; `on_act` gets what is pressed (sign, withdraw, decline, end, more, other) and the reason."""

    def __init__(self, screen: StandingScreen, on_act: Callable[[str, str], object]) -> None:
        super().__init__(screen.heading, width_px=_STANDING_PX)
        self._on_act, self._is_busy = on_act, False
        self._keys = [
            (key, word, shortcut)
            for key, word, shortcut in (
                ("sign", screen.sign, "F9"),
                ("end", screen.end, "F9"),
                ("decline", screen.decline, "F8"),
                ("withdraw", screen.withdraw, "F7"),
                ("more", screen.more, "F6"),
                ("other", screen.other, "F5"),
            )
            if word
        ]
        self.words = TextField(tr("原因"), hint=tr("不写姓名、电话、证件号"))
        self.error = Label(role="field-error", is_wrapped=True)
        self.error.hide()
        self.buttons = {
            key: PrimaryButton(word, shortcut) if shortcut == "F9" else Button(word, key=shortcut, kind="quiet")
            for key, word, shortcut in self._keys
        }
        self.body.addWidget(Label(screen.what, is_wrapped=True))
        facts = fact_column(screen.facts, _FACTS_PX)
        facts.body.addStretch(1)
        self.body.addWidget(facts, 1)
        self.body.addWidget(self.words)
        self.words.setVisible(screen.asks_words)
        self.body.addWidget(self.error)
        for key, button in self.buttons.items():
            self.body.addWidget(button)
            button.clicked.connect(partial(self._pressed, key))
        self.body.addWidget(Label(tr("Esc 返回"), role="note"))
        self.first = self.words.entry if screen.asks_words else next(iter(self.buttons.values()), None)

    def press(self, key: str) -> None:
        """One of the keys; nothing else can be pressed until there is an answer."""
        if not self._is_busy:
            self._is_busy = True
            self._say("")
            self._on_act(key, self.words.entry.text().strip())

    def fail(self, words: str) -> None:
        """Say why it was not done; what was typed stays."""
        self._is_busy = False
        self._say(words)

    def shortcuts(self) -> tuple[Action, ...]:
        """The keys of the panel."""
        return tuple(Action(f"relief-{key}", word, keys, partial(self.press, key)) for key, word, keys in self._keys)

    def _pressed(self, key: str, _is_checked: bool = False) -> None:
        self.press(key)

    def _say(self, words: str) -> None:
        self.error.setText(words)
        self.error.setVisible(bool(words))


class WaitingPanel(Panel):
    """What waits for a decision: the number of a line and Enter, or a click; `on_pick` gets the line's place."""

    def __init__(self, rows: tuple[str, ...], on_pick: Callable[[int], object]) -> None:
        super().__init__(tr("待审批的违约金申请"), width_px=_WIDTH_PX)
        self._count, self._on_pick = len(rows), on_pick
        self.line = NumberedLine(tr("看哪一件（序号）"))
        column = ScrollColumn()
        column.body.addWidget(self.line)
        column.body.addStretch(1)
        column.setMinimumHeight(_LEAST_PX)
        self.body.addWidget(column, 1)
        self.body.addWidget(Label(tr("序号加回车打开客户。Esc 返回"), role="note"))
        self.line.show_options([Option(str(number), word) for number, word in enumerate(rows, start=1)])
        self.line.entry.entered.connect(lambda: self._pick(self.line.entry.text().strip()))
        self.line.picked.connect(self._pick)
        self.first = self.line.entry

    def _pick(self, number: str) -> None:
        place = int(number) if number.isdecimal() and number.isascii() else 0
        if 0 < place <= self._count:
            self._on_pick(place - 1)
        else:
            self.line.show_error(tr("没有这个序号。请看左边的号码。"))
