"""The hall's words, and at their side how they look on a receipt."""

from __future__ import annotations

from PySide6.QtCore import Qt, QTimer
from PySide6.QtGui import QImage, QPixmap
from PySide6.QtWidgets import QHBoxLayout, QWidget

from counter_app.ui.blocks import SPACE, Card, KeyValueRow, Label, ScrollColumn
from counter_app.ui.fields import TextField
from counter_app.ui.frame import Frame
from counter_app.ui.language import later, tr
from counter_app.ui.printing import PagePicture
from counter_app.ui.settings.form import SavingPage
from counter_app.ui.settings.presenter import EXIT_OFFERS, SettingsPresenter
from counter_app.ui.theme import px

_WORDS = {
    "name": later("营业厅名称"),
    "company": later("公司名称"),
    "counter_name": later("柜台名称"),
    "hotline": later("服务热线"),
    "address": later("营业厅地址"),
    "footer": later("收据附言"),
}
_SAMPLE_PX = 400
_REDRAW_MS = 400


class HallPage(SavingPage):
    """Words on the left, a sample receipt and what is fixed on the right; the sample follows what is typed."""

    def __init__(self, presenter: SettingsPresenter, frame: Frame, parent: QWidget | None = None) -> None:
        super().__init__(frame, {key: TextField(tr(word)) for key, word in _WORDS.items()}, parent)
        self._presenter = presenter
        self.offers = TextField(tr("离网凭条上的优惠说明（可不填）"))
        self.fields["hotline"].entry.setAttribute(Qt.WidgetAttribute.WA_InputMethodEnabled, False)
        self.sample = Label()
        self.sample.setAlignment(Qt.AlignmentFlag.AlignHCenter | Qt.AlignmentFlag.AlignTop)
        self._redraw = QTimer(self)
        self._redraw.setSingleShot(True)
        self._redraw.setInterval(_REDRAW_MS)
        self._redraw.timeout.connect(self._draw)
        for field in self.fields.values():
            field.entry.typed.connect(lambda _text: self._redraw.start())
        # no word of a receipt, so the sample is not drawn anew for it
        self.fields[EXIT_OFFERS] = self.offers
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(SPACE + 4)
        row.addWidget(self._words_card(), 1)
        row.addWidget(self._sample_card())

    def read(self) -> None:
        """Show what is kept; what somebody is just typing stays."""
        self._presenter.read_offers(self._show_offers)
        for key, value in self._presenter.words().items():
            entry = self.fields[key].entry
            if not entry.isModified():
                entry.setText(value)
        self._draw()

    def let_go(self) -> None:
        """The person leaves: nothing half typed is left for the next one."""
        for field in self.fields.values():
            field.entry.setModified(False)
            field.show_error("")
        self.say("")

    def keep(self) -> None:
        """The hall's words, and what the exit slip says of offers."""
        self._presenter.save_offers(self.offers.entry.text(), self._keep_words, self.wrong)

    def _keep_words(self) -> None:
        self._presenter.save_words(self._typed_words(), self._words_saved, self.wrong)

    def _typed_words(self) -> dict[str, str]:
        return {key: self.fields[key].entry.text() for key in _WORDS}

    def _show_offers(self, text: str) -> None:
        if not self.offers.entry.isModified():
            self.offers.entry.setText(text)

    def _words_saved(self) -> None:
        for field in self.fields.values():
            field.entry.setModified(False)
        self.saved(tr("已保存。新收据即按新内容打印。"))

    def _draw(self) -> None:
        self._presenter.draw_sample(
            self._typed_words(), round(px(_SAMPLE_PX) * self.devicePixelRatioF()), self._show_sample
        )

    def _show_sample(self, picture: PagePicture) -> None:
        image = QImage(
            picture.rgb, picture.width, picture.height, 3 * picture.width, QImage.Format.Format_RGB888
        ).copy()
        image.setDevicePixelRatio(self.devicePixelRatioF())
        self.sample.setPixmap(QPixmap.fromImage(image))
        self.sample.setAccessibleName(tr("收据样张"))

    def _words_card(self) -> Card:
        card, column = Card(parent=self), ScrollColumn()
        card.body.addWidget(column, 1)
        column.body.setSpacing(SPACE + 4)
        for field in self.fields.values():
            column.body.addWidget(field)
        column.body.addStretch(1)
        card.body.addWidget(self.error)
        card.body.addWidget(self.save_button)
        return card

    def _sample_card(self) -> Card:
        card, column = Card(parent=self), ScrollColumn()
        card.setFixedWidth(px(_SAMPLE_PX) + 6 * SPACE)
        card.body.addWidget(column, 1)
        column.body.addWidget(Label(tr("收据样张"), role="muted"))
        column.body.addWidget(self.sample)
        column.body.addSpacing(SPACE)
        for word, value in self._presenter.facts():
            fact = KeyValueRow(word, value)
            fact.value.setWordWrap(True)
            column.body.addWidget(fact)
        column.body.addStretch(1)
        return card
