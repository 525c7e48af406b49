"""The money panel: what is due, what is given, what goes back, and the one button that takes it."""

from __future__ import annotations

from PySide6.QtCore import QCoreApplication, QEvent, QObject, QSize, QTimer, Signal
from PySide6.QtWidgets import QCheckBox, QHBoxLayout, QStackedWidget, QVBoxLayout, QWidget

from counter_app.ui.blocks import SPACE, BigFigure, Button, Card, KeyValueRow, Label, PrimaryButton, ScrollColumn
from counter_app.ui.fields import AmountField, TextField
from counter_app.ui.language import tr
from counter_app.ui.payments.done_card import DoneCard
from counter_app.ui.payments.presenter_money import MoneyPresenter
from counter_app.ui.payments.screen import MoneyScreen
from counter_app.ui.payments.tab_order import order_tabs
from counter_app.ui.payments.tender_choice import LaidTenders, TenderChoice
from counter_app.ui.theme import scale_in_use
from counter_app.ui.typed_tender import TypedTender

REST_MS = 400
"""Hands that have not typed for so long rest: what is wrong is said, or the intent of the amount is kept."""


class MoneyPanel(Card):
    """Draws a `MoneyScreen` and hands every key to the presenter.

    It tells the presenter which revision stands painted, for only that one can be paid. `open_shift_wanted` is the
    button of a counter without a shift. It is put together by `build_step`, or whole when it gets its presenter: under
    the style sheet each part costs its time, and all of them at once more than a key press may wait.
    """

    open_shift_wanted = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent=parent)
        self._width = 372 + (scale_in_use() - 100) * 6 // 5
        self.setFixedWidth(self._width)
        self._presenter: MoneyPresenter | None = None
        self._revision = self._painted = 0
        self._due_room = QSize()
        # what each part was told last: a part that would be told the same again is left as it is
        self._told: dict[str, object] = {}
        self.due = BigFigure(tr("应收"), ground="raised")
        self.late_fee = KeyValueRow(tr("其中违约金"), ground="raised")
        self.prepaid = KeyValueRow(tr("预存可用"), ground="raised")
        self.restore = Button("", kind="quiet", key="Ctrl+F5")
        self.partial = Button("", kind="quiet")
        self.settle = AmountField(tr("本次只缴"), role="body")
        self.suggested = Button("", kind="quiet", key="Ctrl+F7")
        self.deposit = AmountField(tr("另存预存"), role="body")
        self.added = Label(role="note", is_wrapped=True)
        self.tenders, self.laid = TenderChoice(self._width - 6 * SPACE), LaidTenders()
        self.fields = {
            "reference": TextField(tr("参考号")),
            "bank": TextField(tr("出票银行")),
            "document_no": TextField(tr("单据号码"), is_number=True),
            "document_on": TextField(tr("单据日期"), is_number=True, hint="2026-11-21"),
        }
        self.received = AmountField(tr("实收"))
        self.change = BigFigure(tr("找零"), tone="good", ground="raised")
        self.store = QCheckBox(tr("找零转预存"))
        self.spoken, self.settles = Label(role="muted", is_wrapped=True), Label(role="note", is_wrapped=True)
        self.message = Label(tone="bad", is_wrapped=True)
        self.after = Label(role="note", tone="good", is_wrapped=True)
        self.take = PrimaryButton(tr("收费并打印"), "F9", is_money=True)
        self.again = Button(tr("再查一次"))
        self.column = ScrollColumn()
        self.notice = Label(is_wrapped=True)
        self.closed_due = BigFigure(tr("应收"))
        self.open_shift = PrimaryButton(tr("去开班"), "F9")
        self.done = DoneCard()
        self._stack = QStackedWidget(self)
        self.body.addWidget(self._stack, 1)
        self._rest = QTimer(self)
        self._rest.setSingleShot(True)
        self._rest.setInterval(REST_MS)
        self._bring = QTimer(self)
        self._bring.setSingleShot(True)
        self._bring.timeout.connect(self._bring_change)
        self.change.figure.installEventFilter(self)
        self._steps = [self._lay_out_paying, self._lay_out_sums, self._lay_out_amount, self._lay_out_others]

    def build_step(self) -> bool:
        """Put some of the parts into their places; False when all are there."""
        if self._steps:
            self._steps.pop(0)()
        return bool(self._steps)

    def attach(self, presenter: MoneyPresenter) -> None:
        """The presenter that hears of every key; called once."""
        while self.build_step():
            pass
        self._presenter = presenter
        self.received.entry.typed.connect(self._typed)
        self.received.entry.exact_wanted.connect(self.fill_exact)
        self.received.entry.entered.connect(self._enter)
        for name, field in self.fields.items():
            field.entry.typed.connect(lambda text, name=name: presenter.type_field(name, text))
            field.entry.entered.connect(self.focus_next_gap)
        self.tenders.chosen.connect(presenter.choose_tender)
        self.laid.picked.connect(presenter.pick_tender)
        self.laid.dropped.connect(presenter.drop_tender)
        self.restore.clicked.connect(self.fill_restore)
        self.partial.clicked.connect(self._settle_all)
        self.suggested.clicked.connect(self.fill_deposit)
        self.deposit.entry.typed.connect(presenter.type_deposit)
        self.deposit.entry.entered.connect(self.fill_exact)
        self.settle.entry.typed.connect(presenter.type_settle)
        self.settle.entry.entered.connect(self.focus_amount)
        self.store.toggled.connect(presenter.store_change)
        self.take.clicked.connect(self.press)
        self.again.clicked.connect(presenter.look_again)
        self.done.again.clicked.connect(self._go_on)
        self.open_shift.clicked.connect(self.open_shift_wanted)
        self._rest.timeout.connect(presenter.typing_rests)

    def show_money(self, screen: MoneyScreen) -> None:
        """Draws a screen; the revision counts as painted when the change figure has been painted after it."""
        self._revision = screen.revision
        is_open = screen.phase in ("reading", "paying", "taking", "uncertain")
        self._turn_to(2 if screen.phase == "done" else 0 if is_open else 1)
        if screen.done is not None and screen.phase == "done":
            self.done.show_done(screen.done)
        self.open_shift.setVisible(screen.can_open_shift)
        if screen.phase == "closed":
            self.closed_due.setVisible(bool(screen.due))
            self.closed_due.show_figure(screen.due)
            self.notice.setText(screen.message)
        if is_open:
            self._show_figures(screen)
            self._show_fields(screen)
            self._show_end(screen)
            self._bring.start()
        self.change.figure.update()

    def stops(self) -> list[QWidget]:
        """Everything that takes the focus, in reading order."""
        entries: list[QWidget] = [field.entry for field in self.fields.values()]
        ends = [self.received.entry, self.store, self.take, self.again, self.open_shift, *self.done.stops()]
        sums = [self.restore, self.partial, self.settle.entry, self.suggested, self.deposit.entry]
        return [*sums, *self.laid.stops(), *self.tenders.stops(), *entries, *ends]

    def press(self) -> None:
        """F9, Enter in the amount, or the button; figures that large text has pushed out of sight come first."""
        assert self._presenter is not None
        if self.open_shift.isVisible():
            self.open_shift_wanted.emit()
            return
        if self._painted != self._revision:
            self.column.ensureWidgetVisible(self.change)
        self._presenter.press()

    def fill_exact(self) -> None:
        """F5 or the keypad's `+`: the exact sum into the field."""
        self._put(self._presenter.exact() if self._presenter is not None else None)

    def fill_restore(self) -> None:
        """Just the sum that brings the service back."""
        self._put(self._presenter.restore_only() if self._presenter is not None else None)

    def fill_deposit(self) -> None:
        """Ctrl+F7: what is due and a deposit of last month's charges, into the field."""
        self._put(self._presenter.deposit_last_month() if self._presenter is not None else None)

    def deposit_part(self) -> None:
        """Ctrl+U: the cursor to the deposit; Enter there fills in what is due and the deposit."""
        if self._presenter is not None and self._presenter.deposit_part():
            self.deposit.entry.setFocus()
            self.deposit.entry.selectAll()

    def settle_part(self) -> None:
        """Ctrl+J: the cursor to the sum to settle, where anything is due."""
        if self._presenter is not None and self._presenter.settle_part():
            self.settle.entry.setFocus()
            self.settle.entry.selectAll()

    def add_tender(self) -> None:
        """F7: a further tender, and the cursor to what it asks for first."""
        if self._presenter is not None:
            self._presenter.add_tender()
            self.focus_next_gap()

    def focus_amount(self) -> None:
        """The cursor to where the money is typed, or to the one thing that can be done instead."""
        page = self._stack.currentIndex()
        target: QWidget = (self.received.entry, self.open_shift, self.done.again)[page]
        if target.isVisibleTo(self):
            target.setFocus()

    def focus_next_gap(self) -> None:
        """Enter in a text goes on to the next empty one, then to the amount."""
        gap = self._gap()
        (self.received.entry if gap is None else gap.entry).setFocus()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if watched is self.change.figure and event.type() == QEvent.Type.Paint and self._presenter is not None:
            # the figure paints itself in this very event; a key can only come after it
            self._painted = self._revision
            self._presenter.painted(self._revision)
        return super().eventFilter(watched, event)

    def _show_figures(self, screen: MoneyScreen) -> None:
        self.due.show_figure(screen.due)
        room = self.due.figure.sizeHint()
        if room != self._due_room:
            self._due_room = room
            # millions in large text: the panel gives way, the figure does not
            self.setFixedWidth(max(self._width, self.due.sizeHint().width() + 4 * SPACE + 2))
        self.late_fee.show_value(screen.late_fee)
        self.prepaid.show_value(screen.prepaid)
        self.change.show_figure(screen.change, "good")
        said = (screen.change_word, screen.spoken, screen.settles)
        offered = (screen.restore_word, screen.restore, screen.partial, screen.settle, screen.wrong, screen.refusal)
        kept = (screen.deposit, screen.deposit_word, screen.sum_words)
        # a field that stands open may hold what was typed since
        if self._told.get("offers") != (said, offered, kept) or screen.settle is not None or screen.deposit is not None:
            self._told["offers"] = (said, offered, kept)
            self._show_offers(screen)

    def _show_offers(self, screen: MoneyScreen) -> None:
        """What is offered beside the sums, and what they come to in words."""
        self.restore.setVisible(bool(screen.restore) and not screen.partial)
        self.restore.set_word(screen.restore_word)
        self.partial.setVisible(bool(screen.partial) and screen.settle is None)
        self.partial.set_word(f"{screen.partial} · {tr('改为全部')}")
        self.settle.setVisible(screen.settle is not None)
        if screen.settle is not None and self.settle.entry.text() != screen.settle:
            self.settle.entry.setText(screen.settle)
        self.settle.show_error(screen.refusal if screen.wrong == "settle" else "")
        self._show_deposit(screen)
        self.change.label.setText(screen.change_word or tr("找零"))
        self.spoken.setText(screen.spoken)
        self.settles.setText(screen.settles)
        for label in (self.spoken, self.settles):
            label.setVisible(bool(label.text()))

    def _show_deposit(self, screen: MoneyScreen) -> None:
        self.suggested.setVisible(bool(screen.deposit_word))
        self.suggested.set_word(screen.deposit_word)
        self.deposit.setVisible(screen.deposit is not None)
        if screen.deposit is not None and self.deposit.entry.text() != screen.deposit:
            self.deposit.entry.setText(screen.deposit)
        self.deposit.show_error(screen.refusal if screen.wrong == "deposit" else "")
        self.added.setText(screen.sum_words)
        self.added.setVisible(bool(screen.sum_words))

    def _show_fields(self, screen: MoneyScreen) -> None:
        assert self._presenter is not None
        line = self._presenter.table.line
        self._type_again(line)
        asked = (screen.tenders, screen.tender, screen.laid, screen.fields, screen.phase, screen.wrong, screen.refusal)
        told = (line, *asked, screen.can_store_change, screen.is_change_stored)
        if self._told.get("fields") == told and screen.wrong not in self.fields:
            return
        self._told["fields"] = told
        before = (self.laid.stops(), self.tenders.stops())
        self.tenders.show_choice(screen.tenders, screen.tender)
        self.laid.show_laid(screen.laid)
        if before != (self.laid.stops(), self.tenders.stops()):
            order_tabs(self.stops())
        is_paying = screen.phase in ("reading", "paying")
        for name, field in self.fields.items():
            field.setVisible(name in screen.fields)
            field.setEnabled(is_paying)
            if screen.wrong == name or field.error.text():
                field.show_error(screen.refusal if screen.wrong == name else "")
        self.received.entry.setReadOnly(not is_paying)
        self.received.show_error(screen.refusal if screen.wrong == "amount" else "")
        self.tenders.setEnabled(is_paying)
        self.store.setVisible(screen.can_store_change or screen.is_change_stored)
        self.store.blockSignals(True)
        self.store.setChecked(screen.is_change_stored)
        self.store.blockSignals(False)
        if screen.wrong in self.fields:
            self.fields[screen.wrong].entry.setFocus()

    def _type_again(self, line: TypedTender) -> None:
        """The fields say what the presenter holds, whatever was typed while it could not be taken."""
        for name, field in self.fields.items():
            typed = getattr(line, name)
            if field.entry.text() != typed:
                field.entry.setText(typed)
        if self.received.entry.text() != line.text:
            self.received.entry.setText(line.text)

    def _show_end(self, screen: MoneyScreen) -> None:
        told = (screen.message, screen.after, screen.phase)
        if self._told.get("end") == told and screen.phase != "uncertain":
            return
        self._told["end"] = told
        self.message.setText(screen.message)
        self.message.setVisible(bool(screen.message))
        self.after.setText(screen.after)
        self.after.setVisible(bool(screen.after))
        is_uncertain = screen.phase == "uncertain"
        self.again.setVisible(is_uncertain)
        self.take.setVisible(not is_uncertain)
        self.take.setEnabled(screen.phase == "paying")
        self.take.set_word(tr("正在记账……") if screen.phase == "taking" else tr("收费并打印"))
        if is_uncertain:
            self.again.setFocus()

    def _gap(self) -> TextField | None:
        """The first thing the tender still asks for."""
        fields = self.fields.values()
        return next((f for f in fields if f.isVisibleTo(self) and not f.entry.text().strip()), None)

    def _enter(self) -> None:
        """Enter in the amount: what is missing comes first, then the money."""
        if self._gap() is not None:
            self.focus_next_gap()
        else:
            self.press()

    def _typed(self, text: str) -> None:
        assert self._presenter is not None
        self._presenter.type_amount(text)
        self._rest.start()

    def _turn_to(self, place: int) -> None:
        """Another side of the panel; a cursor that stood on this one moves along."""
        if self._stack.currentIndex() == place:
            return
        focus = self.focusWidget()
        had_focus = focus is not None and focus.hasFocus()
        self._stack.setCurrentIndex(place)
        if had_focus:
            self.focus_amount()

    def _bring_change(self) -> None:
        """The change figure into sight, but never at the cost of the field in use."""
        # what is shown now may still have to be laid out; where all of it is in sight nothing has to be brought
        QCoreApplication.sendPostedEvents(self.column.widget(), QEvent.Type.LayoutRequest)
        if not self.column.verticalScrollBar().maximum():
            return
        self.column.ensureWidgetVisible(self.change)
        focus = self.focusWidget()
        if focus is not None and focus.hasFocus() and self.column.isAncestorOf(focus):
            self.column.ensureWidgetVisible(focus)

    def _put(self, amount_fen: int | None) -> None:
        self.focus_amount()
        if amount_fen is not None:
            self.received.entry.put_fen(amount_fen)

    def _settle_all(self) -> None:
        assert self._presenter is not None
        self._presenter.settle_all()
        self.focus_amount()

    def _go_on(self) -> None:
        assert self._presenter is not None
        self._presenter.again()
        self.focus_amount()

    def _lay_out_sums(self) -> None:
        inner = self.column.body
        inner.setSpacing(SPACE)
        sums: tuple[QWidget, ...] = (self.late_fee, self.prepaid, self.restore, self.partial, self.settle)
        for widget in (*sums, self.suggested, self.deposit, self.added, self.laid, self.tenders):
            inner.addWidget(widget)

    def _lay_out_amount(self) -> None:
        inner = self.column.body
        after_amount: tuple[QWidget, ...] = (self.received, self.change, self.spoken, self.settles, self.store)
        for part in (*self.fields.values(), *after_amount):
            inner.addWidget(part)
        inner.addStretch(1)

    def _lay_out_paying(self) -> None:
        paying = QWidget(self._stack)
        outer = QVBoxLayout(paying)
        outer.setContentsMargins(0, 0, 0, 0)
        outer.setSpacing(SPACE)
        outer.addWidget(self.due)
        outer.addWidget(self.column, 1)
        for end in (self.message, self.after, self.take, self.again):
            outer.addWidget(end)
        self._stack.addWidget(paying)

    def _lay_out_others(self) -> None:
        notice = QWidget(self._stack)
        column = QVBoxLayout(notice)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(2 * SPACE)
        column.addWidget(self.closed_due)
        column.addWidget(self.notice)
        row = QHBoxLayout()
        row.addWidget(self.open_shift)
        row.addStretch(1)
        column.addLayout(row)
        column.addStretch(1)
        for page in (notice, self.done):
            self._stack.addWidget(page)
