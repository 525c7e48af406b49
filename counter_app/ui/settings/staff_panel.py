"""Adding or changing one member of the staff, with the second admin's signature on the same panel when it is needed."""

from __future__ import annotations

from itertools import pairwise

from PySide6.QtWidgets import QSizePolicy

from counter_app.domain.staff import Role, Staff, StaffState
from counter_app.ui.blocks import SPACE, Label, PrimaryButton, ScrollColumn
from counter_app.ui.choice import SegmentedChoice
from counter_app.ui.fields import TextField
from counter_app.ui.language import tr
from counter_app.ui.panels import Panel
from counter_app.ui.settings.presenter import STATES, StaffWish
from counter_app.ui.theme import px
from counter_app.ui.wording_roles import role_word

_LOW_PX, _HIGH_PX, _MOST_PX = 330, 460, 360


class StaffPanel(Panel):
    """`staff` None adds somebody; otherwise name, role, state and, if given, the password change."""

    def __init__(self, staff: Staff | None) -> None:
        super().__init__(tr("增加人员") if staff is None else tr("修改人员"), width_px=480)
        self._staff = staff
        self.role = SegmentedChoice(tuple((role.value, role_word(role)) for role in Role), name=tr("角色"))
        self.state = SegmentedChoice(tuple((state.value, tr(word)) for state, word in STATES.items()), name=tr("状态"))
        self.fields = {
            "staff_no": TextField(tr("工号"), is_number=True),
            "name": TextField(tr("姓名")),
            "password": TextField(tr("初始密码（本人登录后须修改）"), is_secret=True)
            if staff is None
            else TextField(tr("重设密码（不改则空着）"), is_secret=True),
            "approver_no": TextField(tr("另一位厅管理员工号"), is_number=True),
            "approver_password": TextField(tr("另一位厅管理员密码"), is_secret=True),
        }
        self.error = Label(role="field-error", is_wrapped=True)
        self.error.hide()
        self.button = PrimaryButton(tr("保存"), "F9")
        self.button.setSizePolicy(QSizePolicy.Policy.Minimum, QSizePolicy.Policy.Fixed)
        if staff is not None:
            self.fields["staff_no"].entry.setText(staff.staff_no)
            self.fields["staff_no"].setEnabled(False)
            self.fields["name"].entry.setText(staff.name)
            self.role.choose(staff.role.value)
            self.state.choose(staff.state.value)
        self._lay_out()
        self.first = self.fields["staff_no" if staff is None else "name"].entry
        for before, after in pairwise(self.fields.values()):
            before.entry.entered.connect(after.entry.setFocus)

    def begin_work(self) -> bool:
        """The button is inert until there is an answer; False while an earlier press still works."""
        if not self.button.isEnabled():
            return False
        self.button.setEnabled(False)
        self._say("")
        for field in self.fields.values():
            field.show_error("")
        return True

    def wish(self) -> StaffWish:
        """What stands in the panel."""
        return StaffWish(
            staff_no=self.fields["staff_no"].entry.text().strip(),
            name=self.fields["name"].entry.text().strip(),
            role=Role(self.role.choice()),
            state=StaffState(self.state.choice()) if self._staff is not None else StaffState.ACTIVE,
            password=self.fields["password"].entry.text(),
            approver_no=self.fields["approver_no"].entry.text(),
            approver_password=self.fields["approver_password"].entry.text(),
        )

    def fail(self, key: str, words: str) -> None:
        """Say why it was not saved, beside its field; everything typed stays.

        When a second admin is needed, the lines for the signature appear.
        """
        self.button.setEnabled(True)
        if key.startswith("approver"):
            self._show_approver(is_shown=True)
        field = self.fields.get(key)
        if field is None:
            self._say(words)
            return
        field.show_error(words)
        field.entry.setFocus()
        field.entry.selectAll()
        self._column.ensureWidgetVisible(field)

    def _lay_out(self) -> None:
        column = self._column = ScrollColumn()
        column.body.setSpacing(SPACE + 2)
        column.body.addWidget(self.fields["staff_no"])
        column.body.addWidget(self.fields["name"])
        column.body.addWidget(Label(tr("角色"), role="muted"))
        column.body.addWidget(self.role)
        if self._staff is not None:
            column.body.addWidget(Label(tr("状态"), role="muted"))
            column.body.addWidget(self.state)
        for key in ("password", "approver_no", "approver_password"):
            column.body.addWidget(self.fields[key])
        column.body.addStretch(1)
        self.body.addWidget(column)
        self.body.addWidget(self.error)
        self.body.addWidget(self.button)
        self._show_approver(is_shown=False)

    def _show_approver(self, *, is_shown: bool) -> None:
        for key in ("approver_no", "approver_password"):
            self.fields[key].setVisible(is_shown)
        self._column.setMinimumHeight(min(px(_HIGH_PX if is_shown else _LOW_PX), _MOST_PX))

    def _say(self, words: str) -> None:
        self.error.setText(words)
        self.error.setVisible(bool(words))
