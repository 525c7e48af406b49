"""The panels of 寄资料: for what and why a list is taken, and what became of it."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from counter_app.domain.mailing import LONGEST_WHAT
from counter_app.ui.blocks import Label, PrimaryButton
from counter_app.ui.choice import SegmentedChoice
from counter_app.ui.fields import TextField
from counter_app.ui.keys import Action
from counter_app.ui.language import tr
from counter_app.ui.numbered import NumberedLine
from counter_app.ui.panels import Panel
from counter_app.ui.retention.presenter_mailing import WaitingList, options_of

_WIDTH_PX = 520


class TakePanel(Panel):
    """What is sent and to what purpose; `told` says who will be on the list for it. F6 also takes those who had it."""

    def __init__(self, told: Callable[[str, bool], str], on_take: Callable[[str, str, bool], object]) -> None:
        super().__init__(tr("导出寄资料名单"), width_px=_WIDTH_PX)
        self._told, self._on_take = told, on_take
        self.what = TextField(tr("这次寄什么资料"), hint=tr("例如：家庭套餐介绍"))
        self.what.entry.setMaxLength(LONGEST_WHAT)
        self.purpose = TextField(tr("用途"), hint=tr("不写姓名、电话、证件号"))
        self.again = SegmentedChoice(
            [("no", tr("寄过的不再寄")), ("yes", tr("寄过的也寄"))], name=tr("寄过同样资料的客户")
        )
        self.count = Label(is_wrapped=True)
        self.take_button = PrimaryButton(tr("选保存的地方"), "F9")
        self.first = self.what.entry
        for widget in (self.what, self.purpose, self.again, self.count, self.take_button):
            self.body.addWidget(widget)
        self.body.addWidget(
            Label(tr("名单里联系方式是完整的，导出会记下。F6 换寄过的寄不寄，Esc 返回"), role="note", is_wrapped=True)
        )
        self.what.entry.typed.connect(lambda _text: self._tell())
        self.again.chosen.connect(lambda _key: self._tell())
        self.what.entry.entered.connect(self.purpose.entry.setFocus)
        self.purpose.entry.entered.connect(self.press)
        self.take_button.clicked.connect(self.press)
        self._tell()

    def press(self) -> None:
        """On to where the file goes; both lines are needed."""
        for field in (self.what, self.purpose):
            if not field.entry.text().strip():
                field.show_error(tr("还没有填写“{word}”。请先填写，再选择。", word=field.label.text()))
                field.entry.setFocus()
                return
        self._on_take(self.what.entry.text(), self.purpose.entry.text(), self._is_again)

    def shortcuts(self) -> tuple[Action, ...]:
        """The keys of the panel."""
        return (
            Action("mailing-take", tr("选保存的地方"), "F9", self.press),
            Action("mailing-again", tr("寄过的寄不寄"), "F6", self.again.next_choice),
        )

    @property
    def _is_again(self) -> bool:
        return self.again.choice() == "yes"

    def _tell(self) -> None:
        self.count.setText(self._told(self.what.entry.text(), self._is_again))


class SentPanel(Panel):
    """Which list, whether it was sent, and when; `on_note` gets the list, the day as typed, and whether it was sent."""

    def __init__(
        self, lists: Sequence[WaitingList], today: str, on_note: Callable[[WaitingList, str, bool], object]
    ) -> None:
        super().__init__(tr("登记寄出"), width_px=_WIDTH_PX)
        self._lists, self._on_note = lists, on_note
        self.number = NumberedLine(tr("哪一份名单（填编号）"))
        self.number.show_options(options_of(lists))
        self.warning = Label(tone="warn", is_wrapped=True)
        self.outcome = SegmentedChoice([("sent", tr("已寄出")), ("not", tr("没有寄，作废"))], name=tr("名单的结果"))
        self.sent_on = TextField(tr("寄出日期"), is_number=True, hint=tr("例如 2026-12-31"))
        self.sent_on.entry.setText(today)
        self.error = Label(role="field-error", is_wrapped=True)
        self.save_button = PrimaryButton(tr("记下"), "F9")
        self.first = self.number.entry
        for widget in (self.number, self.warning, self.outcome, self.sent_on, self.error, self.save_button):
            self.body.addWidget(widget)
        self.body.addWidget(Label(tr("F6 换结果，Esc 返回"), role="note"))
        self.number.entry.typed.connect(lambda _text: self._show())
        self.number.picked.connect(self._pick)
        self.number.entry.entered.connect(self.sent_on.entry.setFocus)
        self.outcome.chosen.connect(lambda _key: self._show())
        self.sent_on.entry.entered.connect(self.press)
        self.save_button.clicked.connect(self.press)
        self._pick("1")
        self._say("")

    def press(self) -> None:
        """Write it down; the button is inert until there is an answer."""
        chosen = self._chosen()
        if chosen is None:
            self.fail("number", tr("请填 1 到 {count} 中的一个编号。", count=len(self._lists)))
        elif self.save_button.isEnabled():
            self.save_button.setEnabled(False)
            self._say("")
            self._on_note(chosen, self.sent_on.entry.text(), self.outcome.choice() == "sent")

    def fail(self, field: str, words: str) -> None:
        """Say what is wrong, beside its field where it is one's."""
        self.save_button.setEnabled(True)
        wrong = {"number": self.number, "sent_on": self.sent_on}.get(field)
        if wrong is None:
            self._say(words)
            return
        wrong.show_error(words)
        wrong.entry.setFocus()

    def shortcuts(self) -> tuple[Action, ...]:
        """The keys of the panel."""
        return (
            Action("mailing-note", tr("记下"), "F9", self.press),
            Action("mailing-outcome", tr("换结果"), "F6", self.outcome.next_choice),
        )

    def _pick(self, number: str) -> None:
        self.number.entry.setText(number)
        self.number.show_error("")
        self._show()

    def _chosen(self) -> WaitingList | None:
        text = self.number.entry.text().strip()
        return self._lists[int(text) - 1] if text in {str(n) for n in range(1, len(self._lists) + 1)} else None

    def _show(self) -> None:
        chosen = self._chosen()
        self.warning.setText("" if chosen is None else chosen.warning)
        self.warning.setVisible(chosen is not None and bool(chosen.warning))
        self.sent_on.setVisible(self.outcome.choice() == "sent")

    def _say(self, words: str) -> None:
        self.error.setText(words)
        self.error.setVisible(bool(words))
