"""Adding or changing one member of the staff, with the second admin's signature on the same panel."""

from __future__ import annotations

from counter_app.domain.staff import Role, Staff, StaffState
from counter_app.ui.blocks import Label, PrimaryButton, ScrollColumn
from counter_app.ui.choice import SegmentedChoice
from counter_app.ui.fields import TextField
from counter_app.ui.language import tr
from counter_app.ui.panels import Panel
from counter_app.ui.settings.presenter import StaffWish
from counter_app.ui.theme import px
from counter_app.ui.wording_people import role_word


class StaffPanel(Panel):
    """`staff` None adds somebody; otherwise name, role, state and, if given, the password change."""

    def __init__(self, staff: Staff | None) -> None:
        super().__init__(tr("增加人员") if staff is None else tr("修改人员"), width_px=480)
        self._staff = staff
        column = ScrollColumn()
        column.setMinimumHeight(px(430))
        self.staff_no = TextField(tr("工号"), is_number=True)
        self.person = TextField(tr("姓名"))
        self.role = SegmentedChoice(tuple((role.value, role_word(role)) for role in Role), name=tr("角色"))
        self.state = SegmentedChoice(
            (
                (StaffState.ACTIVE.value, tr("在岗")),
                (StaffState.LOCKED.value, tr("已锁定")),
                (StaffState.LEFT.value, tr("已离岗")),
            ),
            name=tr("状态"),
        )
        self.password = TextField(tr("初始密码") if staff is None else tr("新密码（不改则空着）"), is_secret=True)
        self.approver_no = TextField(tr("另一位厅管理员工号（改角色时）"), is_number=True)
        self.approver_password = TextField(tr("另一位厅管理员密码"), is_secret=True)
        self.error = Label(role="field-error", is_wrapped=True)
        self.error.hide()
        self.button = PrimaryButton(tr("保存"))
        if staff is not None:
            self.staff_no.entry.setText(staff.staff_no)
            self.staff_no.entry.setReadOnly(True)
            self.person.entry.setText(staff.name)
            self.role.choose(staff.role.value)
            self.state.choose(staff.state.value)
        fields = [self.staff_no, self.person, self.role]
        if staff is not None:
            fields.append(self.state)
        for widget in (*fields, self.password, self.approver_no, self.approver_password):
            column.body.addWidget(widget)
        column.body.addStretch(1)
        self.body.addWidget(column)
        self.body.addWidget(self.error)
        self.body.addWidget(self.button)
        self.first = self.person.entry if staff is not None else self.staff_no.entry

    def wish(self) -> StaffWish:
        """What stands in the panel."""
        return StaffWish(
            staff_no=self.staff_no.entry.text().strip(),
            name=self.person.entry.text().strip(),
            role=Role(self.role.choice()),
            state=StaffState(self.state.choice()) if self._staff is not None else StaffState.ACTIVE,
            password=self.password.entry.text(),
            approver_no=self.approver_no.entry.text(),
            approver_password=self.approver_password.entry.text(),
        )

    def fail(self, words: str) -> None:
        """Say why it was not saved; everything typed stays."""
        self.error.setText(words)
        self.error.show()
