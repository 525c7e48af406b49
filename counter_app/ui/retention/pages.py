"""The pages of the steps after the talk: offers, signatures, gates, equipment, and how it ended."""

from __future__ import annotations

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QVBoxLayout, QWidget

from counter_app.ui.blocks import SPACE, Button, Label, ScrollColumn
from counter_app.ui.choice import SegmentedChoice
from counter_app.ui.fields import TextField
from counter_app.ui.language import tr
from counter_app.ui.retention.line_card import LineCard, LineList, Way
from counter_app.ui.retention.presenter_steps import way_word
from counter_app.ui.retention.screen import (
    AskedLine,
    GateLine,
    ItemLine,
    MadeLine,
    OfferLine,
    OffersScreen,
    RetentionScreen,
    SignatureLine,
)
from counter_app.ui.retention.words import RECOVERIES


class OffersPage(ScrollColumn):
    """`offered` carries what was typed for an offer, `answered` the customer's answer, `all_wanted` asks for all."""

    offered = Signal(str)
    answered = Signal(bool)
    all_wanted = Signal()

    def __init__(self) -> None:
        super().__init__()
        self.locked, self.tips = Label(tone="warn", is_wrapped=True), Label(role="note", is_wrapped=True)
        self.number = TextField(tr("方案编号；改数值和月数写成 1 20 6；答复按 Y 或 N"), is_number=True)
        self.number.label.setWordWrap(True)
        self.fitting, self.made, self.asked = LineList(), LineList(), LineList()
        self.made_word = Label(tr("已提出"), role="muted")
        self.more = Button("", key="Ctrl+M", kind="quiet")
        self.body.setSpacing(SPACE + 4)
        for widget in (
            self.locked,
            self.tips,
            self.made_word,
            self.made,
            self.asked,
            self.number,
            self.fitting,
            self.more,
        ):
            self.body.addWidget(widget)
        self.body.addStretch(1)
        self.number.entry.typed.connect(self._typed)
        self.number.entry.entered.connect(self._entered)
        self.more.clicked.connect(self.all_wanted)

    def show_offers(self, screen: OffersScreen, error: str, *, is_open: bool) -> None:
        """Draws what fits and what was offered."""
        self.locked.setText(screen.locked)
        self.locked.setVisible(bool(screen.locked))
        self.tips.setText(" ".join(screen.tips))
        self.tips.setVisible(is_open and bool(screen.tips))
        self.made_word.setVisible(bool(screen.made))
        self.made.show_cards((screen.made, is_open), lambda: [self._made_card(line, is_open) for line in screen.made])
        self.asked.show_cards(screen.asked, lambda: [_asked_card(line) for line in screen.asked])
        lines = screen.fitting if is_open else ()
        self.fitting.show_cards(lines, lambda: [self._offer_card(line) for line in lines])
        self.number.setVisible(is_open and not screen.locked)
        self.number.show_error(error)
        self.more.set_word(tr("更多方案（{count}）", count=screen.more) if screen.more else tr("只看合适的"))
        self.more.setVisible(is_open and not screen.locked)

    def begin(self) -> None:
        """The cursor to the number of an offer."""
        self.number.entry.setFocus()

    def _typed(self, text: str) -> None:
        answer = text.strip().lower()
        if answer in ("y", "n"):
            self.number.entry.clear()
            self.answered.emit(answer == "y")

    def _entered(self) -> None:
        text = self.number.entry.text()
        if text.strip():
            self.number.entry.clear()
            self.offered.emit(text)

    def _offer_card(self, line: OfferLine) -> LineCard:
        note = " · ".join(part for part in (line.cost, line.why) if part)
        offer = Way(tr("提出"), lambda: self.offered.emit(line.number), line.number)
        return LineCard(
            f"{line.number}  " + tr("{offer}：{value}", offer=line.word, value=line.value),
            state=line.authority,
            tone="warn" if line.needs_other else "ink",
            note=note,
            ways=(offer,),
        )

    def _made_card(self, line: MadeLine, is_open: bool) -> LineCard:
        title = tr("{offer}：{value}", offer=line.word, value=line.value)
        note = " · ".join(
            part for part in (line.cost, tr("{who} 同意", who=line.approver) if line.approver else "") if part
        )
        if line.is_accepted is not None:
            if line.is_accepted:
                return LineCard(title, state=tr("客户接受"), tone="good", note=note)
            return LineCard(title, state=tr("客户不接受"), tone="muted", note=note)
        ways = (
            Way(tr("接受"), lambda: self.answered.emit(True), "Y"),
            Way(tr("不接受"), lambda: self.answered.emit(False), "N"),
        )
        return LineCard(title, state=tr("等客户答复"), tone="warn", note=note, ways=ways if is_open else ())


def _asked_card(line: AskedLine) -> LineCard:
    title = tr("{offer}：{value}", offer=line.word, value=line.value)
    return LineCard(title, state=line.state, tone="bad" if line.is_declined else "warn", note=line.cost)


class SigningPage(ScrollColumn):
    """The hall's signatures; the signals carry whose."""

    ask_wanted = Signal(str)
    sign_wanted = Signal(str)
    stand_in_wanted = Signal(str)

    def __init__(self) -> None:
        super().__init__()
        self.lines = LineList()
        self.body.addWidget(self.lines)
        self.body.addStretch(1)

    def show_signatures(self, lines: tuple[SignatureLine, ...]) -> None:
        """Draws how each stands."""
        self.lines.show_cards(lines, lambda: [self._card(line) for line in lines])

    def begin(self) -> None:
        """The cursor to the first button, if there is one."""
        first = next((button for card in self.lines.cards for button in card.buttons), None)
        if first is not None:
            first.setFocus()

    def _card(self, line: SignatureLine) -> LineCard:
        ways = []
        if line.can_ask:
            ways.append(Way(tr("请签字"), lambda: self.ask_wanted.emit(line.signer)))
        if line.can_sign:
            ways.append(Way(tr("在此签字"), lambda: self.sign_wanted.emit(line.signer)))
        if line.can_stand_in:
            ways.append(Way(tr("无人可签"), lambda: self.stand_in_wanted.emit(line.signer)))
        return LineCard(line.word, state=line.state, tone=line.tone, ways=ways)


class GatesPage(ScrollColumn):
    """The three gates; `checked` carries one that the teller has checked, `way_wanted` where an unmet one is met."""

    checked = Signal(str)
    way_wanted = Signal(str)

    def __init__(self) -> None:
        super().__init__()
        self.lines = LineList()
        self.body.addWidget(self.lines)
        self.body.addStretch(1)

    def show_gates(self, lines: tuple[GateLine, ...]) -> None:
        """Draws how each stands."""
        self.lines.show_cards(lines, lambda: [self._card(line) for line in lines])

    def begin(self) -> None:
        """The cursor to the first button, if there is one."""
        first = next((button for card in self.lines.cards for button in card.buttons), None)
        if first is not None:
            first.setFocus()

    def _card(self, line: GateLine) -> LineCard:
        ways: tuple[Way, ...] = ()
        if line.way:
            ways = (Way(way_word(line.way), lambda: self.way_wanted.emit(line.way)),)
        elif line.tone != "good":
            ways = (Way(tr("核对无误"), lambda: self.checked.emit(line.gate)),)
        return LineCard(line.word, state=line.state, tone=line.tone, note=line.why, ways=ways)


class OrderPage(ScrollColumn):
    """The hall's equipment, and what became of each piece; `chosen` carries a piece and its outcome."""

    chosen = Signal(str, str)

    def __init__(self) -> None:
        super().__init__()
        self.choices: dict[str, SegmentedChoice] = {}
        self._parts: list[QWidget] = []
        self.body.setSpacing(SPACE)
        self.body.addStretch(1)

    def show_items(self, lines: tuple[ItemLine, ...]) -> None:
        """Draws a choice for each piece."""
        if list(self.choices) != [line.code for line in lines]:
            self._build(lines)
        for line in lines:
            self.choices[line.code].choose(line.outcome)

    def begin(self) -> None:
        """The cursor to the first piece."""
        first = next(iter(self.choices.values()), None)
        if first is not None:
            button = first.findChild(QWidget)
            if isinstance(button, QWidget):
                button.setFocus()

    def _build(self, lines: tuple[ItemLine, ...]) -> None:
        for part in self._parts:
            self.body.removeWidget(part)
            part.hide()
            part.deleteLater()
        self._parts, self.choices = [], {}
        words = tuple((code, tr(word)) for code, word in RECOVERIES.items())
        for place, line in enumerate(lines):
            choice = SegmentedChoice(words, name=line.word)
            choice.chosen.connect(lambda outcome, code=line.code: self.chosen.emit(code, outcome))
            part = QWidget()
            column = QVBoxLayout(part)
            column.setContentsMargins(0, 0, 0, SPACE)
            column.setSpacing(4)
            column.addWidget(Label(line.word))
            column.addWidget(choice)
            self.body.insertWidget(place, part)
            self._parts.append(part)
            self.choices[line.code] = choice


class EndPage(ScrollColumn):
    """How the case ended, and what follows from it."""

    def __init__(self) -> None:
        super().__init__()
        self.result = Label(role="amount", is_wrapped=True)
        self.follows = LineList()
        self.body.setSpacing(SPACE + 4)
        self.body.addWidget(self.result)
        self.body.addWidget(self.follows)
        self.body.addStretch(1)

    def show_end(self, screen: RetentionScreen) -> None:
        """Draws the result and what comes next."""
        self.result.setText(screen.result)
        self.follows.show_cards(screen.follows, lambda: [LineCard(f.word, state=f.value) for f in screen.follows])

    def begin(self) -> None:
        """Nothing here takes the cursor."""
        self.setFocus()
