"""The 设置 room: every change is an entry, errors stand at their fields, a second admin signs on the panel."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import Qt

from counter_app.domain.hall import TRADES
from counter_app.domain.staff import Role, StaffState
from counter_app.services import printing, settings, staff
from counter_app.services.hall import OpenHall
from counter_app.services.passwords import make_verifier
from counter_app.services.retention_paper_facts import OFFERS
from counter_app.storage.rules import load_pack
from counter_app.storage.staff import add_staff
from counter_app.ui.settings.rule_words import is_known, own_names, value_words
from counter_app.ui.settings.staff_panel import StaffPanel
from tests.halls import NOW, PASSWORD, a_hall
from tests.ui.counter.whole import Whole, rest, whole


@pytest.fixture
def hall(tmp_path: Path) -> Iterator[OpenHall]:
    opened = a_hall(tmp_path)
    yield opened
    opened.close()


@pytest.fixture
def counter(hall: OpenHall) -> Iterator[Whole]:
    made = whole(hall)
    made.sign_in("9001")
    yield made
    made.close()


def a_second_admin(hall: OpenHall) -> None:
    with hall.writing() as work:
        add_staff(work, "9002", "周敏", Role.ADMIN, make_verifier(PASSWORD, is_cheap=True))


def kinds(hall: OpenHall) -> list[str]:
    with hall.reading() as reading:
        return [row[0] for row in reading.driver.execute("SELECT kind FROM entries ORDER BY seq").fetchall()]


def panel(counter: Whole) -> StaffPanel:
    found = counter.shell.frame.panels.current()
    assert isinstance(found, StaffPanel)
    return found


def test_the_halls_words_are_kept_and_written_down(hall: OpenHall, counter: Whole) -> None:
    page = counter.counter.settings.hall_page
    page.fields["footer"].entry.setFocus()
    counter.type("come again")
    counter.press(Qt.Key.Key_F9)
    assert hall.hall.footer == "come again"
    assert kinds(hall)[-1] == "config.change"


def test_a_word_that_cannot_be_kept_is_refused_at_its_field(hall: OpenHall, counter: Whole) -> None:
    page = counter.counter.settings.hall_page
    page.fields["name"].entry.clear()
    counter.press(Qt.Key.Key_F9)
    assert page.fields["name"].error.text() == "“营业厅名称”不能空着。请填写。"
    assert page.fields["name"].entry.hasFocus()
    page.fields["footer"].entry.setText("凭此换发票")
    page.fields["name"].entry.setText("城东营业厅")
    counter.press(Qt.Key.Key_F9)
    assert "发票" in page.fields["footer"].error.text()
    assert hall.hall.name == "测试营业厅"


def test_the_words_about_offers_on_the_exit_slip_are_kept(hall: OpenHall, counter: Whole) -> None:
    page = counter.counter.settings.hall_page
    page.offers.entry.setFocus()
    counter.type("five months free")
    counter.press(Qt.Key.Key_F9)
    assert settings.get(hall, OFFERS) == "five months free"
    page.offers.entry.setText("x" * 121)
    counter.press(Qt.Key.Key_F9)
    assert "120" in page.offers.error.text()
    assert settings.get(hall, OFFERS) == "five months free"


def test_the_sample_receipt_follows_what_is_typed(counter: Whole) -> None:
    page = counter.counter.settings.hall_page
    before = page.sample.pixmap().toImage()
    assert not before.isNull()
    page.fields["name"].entry.setText("城东营业厅")
    page._draw()
    assert page.sample.pixmap().toImage() != before


def test_somebody_is_added_by_keys_and_has_to_change_the_first_password(hall: OpenHall, counter: Whole) -> None:
    counter.press(Qt.Key.Key_2, Qt.KeyboardModifier.AltModifier)
    counter.press(Qt.Key.Key_F9)
    for text in ("1009", "Lin", "abc"):
        counter.type(text)
        counter.press(Qt.Key.Key_Return)
    counter.press(Qt.Key.Key_F9)
    assert "至少 10 位" in panel(counter).fields["password"].error.text()
    counter.type("first-word-77")
    counter.press(Qt.Key.Key_F9)
    assert counter.shell.frame.panels.current() is None
    found = next(member for member in staff.everybody(hall) if member.staff_no == "1009")
    assert (found.name, found.role, found.must_change_password) == ("Lin", Role.TELLER, True)
    assert kinds(hall)[-1] == "staff.add"


def test_a_staff_number_and_a_name_are_needed(counter: Whole) -> None:
    counter.counter.settings.show_page("staff")
    counter.counter.settings.staff_page.add()
    rest()
    counter.press(Qt.Key.Key_F9)
    assert "2 到 20 位" in panel(counter).fields["staff_no"].error.text()
    panel(counter).fields["staff_no"].entry.setText("1009")
    counter.press(Qt.Key.Key_F9)
    assert panel(counter).fields["name"].error.text() == "“姓名”不能空着。请填写。"


def test_the_second_admin_signs_on_the_panel(hall: OpenHall, counter: Whole) -> None:
    a_second_admin(hall)
    counter.counter.settings.show_page("staff")
    row = next(r for r in counter.counter.settings.staff_page.table.rows() if r.staff.staff_no == "1002")
    counter.counter.settings.staff_page.change(row)
    rest()
    open_panel = panel(counter)
    assert not open_panel.fields["approver_no"].isVisible(), "the lines come only when they are needed"
    open_panel.role.choose("supervisor")
    counter.press(Qt.Key.Key_F9)
    assert open_panel.fields["approver_no"].isVisible()
    assert "另一位厅管理员" in open_panel.fields["approver_no"].error.text()
    counter.type("9002")
    counter.press(Qt.Key.Key_Return)
    counter.type("wrong")
    counter.press(Qt.Key.Key_F9)
    assert "工号或密码不对" in open_panel.fields["approver_password"].error.text()
    counter.type(PASSWORD)
    counter.press(Qt.Key.Key_F9)
    assert counter.shell.frame.panels.current() is None
    assert next(m for m in staff.everybody(hall) if m.staff_no == "1002").role is Role.SUPERVISOR


def test_a_locked_teller_is_released(hall: OpenHall, counter: Whole) -> None:
    with hall.writing() as work:
        work.driver.execute("UPDATE staff SET state = 'locked' WHERE staff_no = '1001'")
    counter.counter.settings.show_page("staff")
    page = counter.counter.settings.staff_page
    row = next(r for r in page.table.rows() if r.staff.staff_no == "1001")
    assert row.state == "已锁定"
    page.change(row)
    rest()
    panel(counter).state.choose(StaffState.ACTIVE.value)
    counter.press(Qt.Key.Key_F9)
    assert staff.sign_in(hall, "1001", PASSWORD).staff_no == "1001"


def test_printers_are_kept_per_paper(hall: OpenHall, counter: Whole) -> None:
    counter.counter.settings.show_page("printers")
    page = counter.counter.settings.printers_page
    page.paper.choose("roll-80")
    page.fields["address"].entry.setText("tcp:printer")
    counter.press(Qt.Key.Key_F9)
    assert "不是打印机地址" in page.fields["address"].error.text()
    page.fields["address"].entry.setText("tcp:10.0.0.7:9100")
    counter.press(Qt.Key.Key_F9)
    assert settings.get(hall, "printer.paper") == "roll-80"
    assert settings.get(hall, "printer.roll-80") == "tcp:10.0.0.7:9100"
    counter.counter.settings.show_page("printers")
    assert page.fields["address"].entry.text() == "tcp:10.0.0.7:9100"


def test_a_queue_of_the_system_is_offered_for_the_roll_as_a_receipt_printer(
    hall: OpenHall, counter: Whole, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(printing, "printers", lambda: ("till", printing.TO_FILE))
    counter.counter.settings.show_page("printers")
    page = counter.counter.settings.printers_page
    rest()
    page.printers["roll-80"].choose("raw:till")
    counter.press(Qt.Key.Key_F9)
    assert settings.get(hall, "printer.roll-80") == "raw:till"
    counter.counter.settings.show_page("printers")
    rest()
    assert page.printers["roll-80"].choice() == "raw:till"
    assert page.printers["roll-80"].currentText() == "till（小票机）"
    assert page.fields["address"].entry.text() == ""
    with pytest.raises(KeyError):  # sheets are not for receipt printers
        page.printers["a5"].choose("raw:till")


def test_the_rules_stand_there_with_their_sources(counter: Whole) -> None:
    counter.press(Qt.Key.Key_3, Qt.KeyboardModifier.AltModifier)
    rows = counter.counter.settings.rules_page.table.rows()
    late_fee = next(row for row in rows if row.table == "违约金")
    assert "日费率 0.003" in late_fee.values
    assert "电信条例" in late_fee.source
    assert all(row.source for row in rows)


@pytest.mark.parametrize("trade", TRADES)
def test_every_name_of_a_pack_has_its_word(trade: str) -> None:
    unknown = set()
    rules = load_pack(trade).in_force(NOW.date())
    named = own_names([rule.values for rule in rules if rule.table == "retention_reasons"])
    for rule in rules:
        unknown |= {rule.table} - {name for name in (rule.table,) if is_known(name)}
        unknown |= _names(dict(rule.values))
    assert {name for name in unknown if not is_known(name) and name not in named} == set()


def _names(value: object) -> set[str]:
    if isinstance(value, dict):
        # what a code brings in both languages is shown in its place
        value = {key: part for key, part in value.items() if not key.startswith(("name_", "tip_")) and key != "code"}
        return {str(key) for key in value} | {name for part in value.values() for name in _names(part)}
    if isinstance(value, (list, tuple)):
        return {name for part in value for name in _names(part)}
    text = str(value)
    return {text} if text.replace("_", "").isalpha() and text.isascii() and text not in ("True", "False") else set()


def test_values_read_as_words() -> None:
    reason = {"code": "PRICE", "name_zh": "资费贵", "name_en": "Price", "tip_zh": "看账单", "tip_en": "See the bills"}
    assert own_names([{"reasons": [reason]}]) == {"PRICE": "资费贵"}
    assert value_words([reason, {"fits": ["PRICE"]}], {"PRICE": "资费贵"}) == "资费贵; 适合原因 资费贵"
    assert value_words([{"step": "stop", "after_days": 30}]) == "停机 逾期天数 30"
    assert value_words(("late_fee", "principal")) == "违约金、本金"
    assert value_words(True) == "是"
