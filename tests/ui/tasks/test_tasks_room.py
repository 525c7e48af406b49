"""待办 by keys alone on the whole counter: a customer's money back, a matter done, a copied file that goes on."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication

from counter_app.clock import FixedClock
from counter_app.domain.staff import Role
from counter_app.services import settings, tasks
from counter_app.storage.hall import OpenHall, open_hall
from counter_app.storage.journal import balance
from counter_app.storage.mark import Mark, write_mark
from counter_app.storage.sync_state import read_state
from counter_app.storage.trouble import CommitUncertain
from counter_app.storage.verify import verify
from counter_app.ui.retention.side import FactRow
from counter_app.ui.retention.signoff_panel import SignoffPanel
from counter_app.ui.tasks.given import GivenPanel
from counter_app.ui.tasks.panels import CreditPanel, DonePanel
from counter_app.ui.tasks.room import TasksRoom
from counter_app.ui.tasks.slips import SlipsPanel
from counter_app.ui.tasks.words import kind_word, message_words, task_facts, why_words
from tests import halls
from tests.halls import PASSWORD
from tests.sync.small_hub import SmallHub, enrolled_at
from tests.ui.counter.whole import Whole, whole
from tests.ui.tasks.kit import FEN, a_line, a_task, all_kinds, lost_and_given_back, stopped

CTRL = Qt.KeyboardModifier.ControlModifier
Key = Qt.Key


@pytest.fixture
def hall(tmp_path: Path) -> Iterator[OpenHall]:
    opened = halls.a_hall(tmp_path / "hall")
    yield opened
    assert verify(opened.store).findings == ()
    opened.close()


def at_room(
    hall: OpenHall, staff_no: str = "1001", waiting: int = 0, refused: int = 0, lost: int = 0
) -> tuple[Whole, TasksRoom]:
    """Signed in, and in the room by its key."""
    counter = whole(hall, line=a_line(waiting, refused, lost))
    counter.sign_in(staff_no)
    counter.press(Key.Key_5, CTRL)
    room = counter.counter._furnished().tasks
    assert room is not None
    assert counter.shell.frame.room() == "tasks"
    return counter, room


def panel(counter: Whole) -> object:
    return counter.shell.frame.panels.current()


def sign(counter: Whole, staff_no: str = "2001", password: str = PASSWORD) -> None:
    """Number, Enter, password, Enter."""
    assert isinstance(panel(counter), SignoffPanel)
    counter.type(staff_no)
    counter.press(Key.Key_Return)
    counter.type(password)
    counter.press(Key.Key_Return)


def said(counter: Whole) -> str:
    return counter.shell.frame.toast.label.text()


def bodies(hall: OpenHall, kind: str) -> list[dict[str, Any]]:
    with hall.reading() as reading:
        rows = reading.driver.execute("SELECT content FROM entries WHERE kind = ? ORDER BY id", (kind,)).fetchall()
    return [json.loads(row[0])["body"] for row in rows]


def test_cash_goes_back_by_keys_under_a_supervisors_own_password(hall: OpenHall) -> None:
    shift = halls.an_open_shift(hall)
    a_task(hall)
    counter, room = at_room(hall)
    counter.press(Key.Key_Return)
    assert isinstance(panel(counter), CreditPanel)
    counter.press(Key.Key_F6)
    assert "HZ01-02-2026-000318" in QApplication.clipboard().text()
    counter.press(Key.Key_F8)
    sign(counter)
    assert (panel(counter), room.table.rows()) == (None, ())
    assert said(counter).startswith("请把 98.00 元现金交给客户，已记账，2001 签字。退款凭证已存为 PDF 文件：")
    counter.press(Key.Key_F7)
    slips = panel(counter)
    assert isinstance(slips, SlipsPanel)
    (row,) = slips.table.rows()
    assert (row.paper_no, row.sum, row.who) == ("HZ01-03-2026-TK000001", "98.00", "张*")
    assert "原件" in row.print
    counter.press(Key.Key_F9)
    assert slips.words.text().startswith("退款凭证已存为 PDF 文件：")
    assert "补打第 1 次" in slips.table.rows()[0].print
    counter.press(Key.Key_Escape)
    with hall.reading() as reading:
        assert balance(reading, "drawer", shift.shift_id) == 50_000 - FEN
    counter.close()


def test_a_slip_that_does_not_print_says_so_and_the_money_stands(hall: OpenHall) -> None:
    halls.an_open_shift(hall)
    settings.put(hall, halls.teller("9001", Role.ADMIN), "printer.a5", "device:/no/such/printer")
    a_task(hall)
    counter, room = at_room(hall)
    counter.press(Key.Key_Return)
    counter.press(Key.Key_F8)
    sign(counter)
    assert "没有打印：" in said(counter)
    assert said(counter).endswith("按 F7 补打。")
    assert [body["way"] for body in bodies(hall, "credit.settled")] == ["cash"]
    assert room.table.rows() == ()
    counter.close()


def test_prepaid_needs_no_shift_and_a_wrong_password_gives_nothing(hall: OpenHall) -> None:
    a_task(hall)
    counter, room = at_room(hall, "2001")
    assert len(room.table.rows()) == 1
    # she is the only one here who may sign
    assert room.alone.text().startswith("本厅现在只有您一位能签字")
    counter.press(Key.Key_Return)
    opened = panel(counter)
    assert isinstance(opened, CreditPanel)
    assert opened.alone.text() == room.alone.text()
    counter.press(Key.Key_F9)
    sign(counter, "2001")
    found = panel(counter)
    assert isinstance(found, SignoffPanel)
    assert found.error.text()
    counter.press(Key.Key_Escape)
    counter.press(Key.Key_Escape)
    assert panel(counter) is None
    assert bodies(hall, "credit.settled") == []
    counter.close()
    counter, room = at_room(hall, "1001")
    assert room.alone.isHidden()
    counter.press(Key.Key_Return)
    counter.press(Key.Key_F9)
    sign(counter)
    assert said(counter) == "98.00 元已转入预存，2001 签字。"
    assert [body["way"] for body in bodies(hall, "credit.settled")] == ["prepaid"]
    counter.close()


def test_cash_without_a_shift_is_refused_in_words_and_nothing_is_written(hall: OpenHall) -> None:
    a_task(hall)
    counter, room = at_room(hall)
    counter.press(Key.Key_Return)
    counter.press(Key.Key_F8)
    sign(counter)
    found = panel(counter)
    assert isinstance(found, SignoffPanel)
    assert "班" in found.error.text()
    assert len(tasks.waiting(hall).tasks) == 1
    assert bodies(hall, "credit.settled") == []
    assert room.table.rows() != ()
    counter.close()


def test_a_matter_is_done_in_words_by_a_supervisor_and_not_by_a_teller(
    hall: OpenHall, monkeypatch: pytest.MonkeyPatch
) -> None:
    a_task(hall, "quarantined", facts=json.dumps({"reason": "no_right"}))
    counter, room = at_room(hall)
    counter.press(Key.Key_Return)
    counter.type("ok")
    counter.press(Key.Key_F9)
    found = panel(counter)
    assert isinstance(found, DonePanel)
    assert found.error.text()
    assert found.words.entry.text() == "ok"
    counter.close()
    counter, room = at_room(hall, "2001")
    counter.press(Key.Key_Return)
    counter.press(Key.Key_F9)
    assert isinstance(panel(counter), DonePanel)
    real, intents = tasks.finish, []

    def cut(*args: Any, **more: Any) -> None:
        intents.append(args[-1])
        if len(intents) < 3:
            raise CommitUncertain("EIO")
        real(*args, **more)

    monkeypatch.setattr(tasks, "finish", cut)
    for typed in ("ok", "", "!"):
        assert isinstance(panel(counter), DonePanel)
        counter.type(typed)
        counter.press(Key.Key_F8)
    assert intents[0] == intents[1] != intents[2], "who changes the words decides something else"
    assert (panel(counter), room.table.rows()) == (None, ())
    assert bodies(hall, "task.done") == [{"task_id": "t1", "words": "ok!", "outcome": "accept"}]
    counter.close()


def test_a_copied_file_goes_on_when_a_supervisor_has_signed(hall: OpenHall) -> None:
    enrolled_at(SmallHub(hall.device.public_key), hall)
    stopped(hall)
    counter, room = at_room(hall)
    assert room.found.text() == "本机数据在别处还有一份在用。"
    counter.press(Key.Key_F8)
    sign(counter)
    assert said(counter).startswith("已确认，由本机继续。")
    assert [body["reason"] for body in bodies(hall, "recover.accepted")] == ["cloned"]
    with hall.reading() as reading:
        assert read_state(reading).new_epoch is not None
    counter.close()


def test_a_hall_without_a_hub_goes_on_with_an_older_file_when_a_supervisor_has_signed(tmp_path: Path) -> None:
    halls.a_hall(tmp_path / "older").close()
    write_mark(tmp_path / "older", Mark(1, 99, "ab" * 32))
    hall = open_hall(tmp_path / "older", clock=FixedClock(halls.NOW))
    assert hall.store.money_off
    counter = whole(hall)
    counter.sign_in()
    counter.press(Key.Key_5, CTRL)
    counter.press(Key.Key_F8)
    sign(counter)
    assert said(counter) == "已确认，可以收款。"
    assert hall.store.money_off == ()
    assert halls.an_open_shift(hall).float_fen == 50_000
    counter.close()
    assert verify(hall.store).findings == ()
    hall.close()


def test_a_supervisor_reads_the_payments_that_came_back_and_a_teller_does_not(tmp_path: Path) -> None:
    hall = halls.a_hall(tmp_path / "rebuilt")
    lost_and_given_back(hall)
    counter, room = at_room(hall, "2001")
    assert room.given_button.text() == "取回的缴费 2  F6"
    counter.press(Key.Key_F6)
    found = panel(counter)
    assert isinstance(found, GivenPanel)
    assert [row.receipt_no[-1] for row in found.table.rows()] == ["2", "1"]
    counter.press(Key.Key_Down)
    facts = [(row.word.text(), row.value.text()) for row in found.findChildren(FactRow) if row.isVisible()]
    assert facts == [
        ("收据", "HZ01-03-2026-000001"),
        ("业务日期", "2026-11-20"),
        ("实收", "现金 50.00"),
        ("实收", "刷卡 100.00 · 尾号 6222"),
        ("找零", "5.00"),
        ("账单", "2026-06 · 1-2026-06 · 本金 98.00 · 违约金 11.76"),
        ("转入预存", "35.24"),
    ]
    counter.press(Key.Key_F9)
    assert found.words.text() == "收据已存为 PDF 文件：HZ01-03-2026-000001-2.pdf", "never taken for the first print"
    assert bodies(hall, "print.copy")[0]["made"] == "certificate"
    counter.press(Key.Key_Escape)
    counter.counter.sign_out()
    assert room.given_button.isHidden()
    counter.close()
    counter, room = at_room(hall)
    assert room.given_button.isHidden()
    counter.press(Key.Key_F6)
    assert panel(counter) is None
    counter.close()
    hall.close()


def test_the_rail_says_how_much_and_leaving_takes_it_away(hall: OpenHall) -> None:
    all_kinds(hall)
    counter, room = at_room(hall, waiting=3)
    assert len(room.table.rows()) == 7
    assert room.line.text().startswith("待上传 3 条，最早一条 2026-11-21")
    counter.counter.sign_out()
    assert room.table.rows() == ()
    counter.close()


def test_what_cannot_be_used_yet_and_what_the_hub_refuses_are_said_in_numbers(hall: OpenHall) -> None:
    from counter_app.storage.feed_held import hold

    with hall.writing() as work:
        hold(work, [(1, "moon", "{}", "k", "unknown_kind"), (2, "moon", "[]", "k", "x")], generation="g", at="t")
    counter, room = at_room(hall, refused=3, lost=2)
    assert "有 2 行暂时用不上" in room.line.text()
    assert "有 3 份签名或登记表上游没有收下，原件都在本机" in room.line.text()
    assert "硬盘丢失的签名或登记表还有 2 份内容没有从上游取回" in room.line.text()
    counter.close()


def test_a_hall_without_a_hub_has_no_such_room(hall: OpenHall) -> None:
    counter = whole(hall)
    counter.sign_in()
    assert not counter.shell.frame.has_room("tasks")
    counter.close()


def test_esc_comes_back_from_every_panel(hall: OpenHall) -> None:
    all_kinds(hall)
    stopped(hall)
    counter, room = at_room(hall)
    for row in room.table.rows():
        room.open_task(row.task)
        assert panel(counter) is not None
        counter.press(Key.Key_Escape)
        assert panel(counter) is None
    room.confirm_file()
    assert isinstance(panel(counter), SignoffPanel)
    counter.press(Key.Key_Escape)
    assert panel(counter) is None
    counter.close()


def test_each_kind_has_plain_words_and_no_name_in_them(hall: OpenHall) -> None:
    all_kinds(hall)
    a_task(hall, "something new", no=7, facts="{}")
    a_task(hall, "given_twice", no=8, facts=json.dumps({"receipt_no": "HZ01-03-2026-000009"}))
    no = "HZ01-03-2026-000008"
    a_task(hall, "parked", no=9, facts=json.dumps({"is_apart": True, "receipt_no": no}))
    waits = next(task for task in tasks.waiting(hall).tasks if task.facts.get("is_apart"))
    assert no in why_words(waits), "what it waits for came, and needs a person"
    for task in tasks.waiting(hall).tasks:
        words = " ".join((kind_word(task), why_words(task), message_words(task), *(f.value for f in task_facts(task))))
        assert "张伟" not in words
        assert task.kind == "something new" or task.kind not in words
        assert "Fact" not in words
