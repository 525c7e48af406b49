"""The record of a customer: the stage with its signs and what is missing, read when it is looked at and not before."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from pytestqt.qtbot import QtBot

from counter_app.clock import new_intent_id
from counter_app.services import customer_about, retention
from counter_app.storage import tables as t
from counter_app.storage.hall import OpenHall
from counter_app.ui.payments.data_tabs import ContactsTab
from tests import halls, leaving
from tests.ui.payments.rooms import Counter, a_counter, a_desk, settle

RECORD = 4
"""The place of the tab 资料."""


@contextmanager
def a_counter_of(hall: OpenHall, qtbot: QtBot) -> Iterator[Counter]:
    made = a_counter(a_desk(hall))
    qtbot.addWidget(made.frame)
    made.frame.resize(1366, 768)
    made.frame.show()
    settle()
    yield made
    hall.close()


def record_of(counter: Counter, customer_id: int) -> ContactsTab:
    counter.room.open_customer(customer_id)
    counter.view().data.tabs.setCurrentIndex(RECORD)
    settle()
    return counter.view().data.contacts


def change(hall: OpenHall, sql: str) -> None:
    with hall.writing() as work:
        work.driver.execute(sql)


Told = Callable[[OpenHall, leaving.Line], object]


def _asks_to_leave(hall: OpenHall, line: leaving.Line) -> None:
    retention.open_case(hall, leaving.TELLER, line.service_id, line.customer_id, new_intent_id())


def _joined_lately(hall: OpenHall, _line: leaving.Line) -> None:
    change(hall, "UPDATE customers SET since_on = '2026-11-11'")


def _has_left(hall: OpenHall, _line: leaving.Line) -> None:
    change(hall, "UPDATE services SET state = 'closed', state_since_on = '2026-10-05'")


def _joined_long_ago(hall: OpenHall, _line: leaving.Line) -> None:
    change(hall, "UPDATE customers SET since_on = '2020-05-22'")


@pytest.mark.parametrize(
    ("told", "stage", "sign"),
    [
        (_joined_long_ago, "客户阶段：入网后", "2020-05-22 入网，6 年 5 个月；普通客户，月均 58.00 元"),
        (_joined_lately, "客户阶段：入网时", "2026-11-11 入网，第 11 天"),
        (_asks_to_leave, "客户阶段：趋于离网", "正在办挽留单 HZ01-03-20261121-0001"),
        (_has_left, "客户阶段：已离网", "全部业务已销户，最后一项 2026-10-05"),
    ],
)
def test_the_stage_stands_on_the_record_with_its_signs(
    tmp_path: Path, qtbot: QtBot, told: Told, stage: str, sign: str
) -> None:
    hall = leaving.a_hall(tmp_path)
    line = leaving.a_line(hall)
    told(hall, line)
    with a_counter_of(hall, qtbot) as counter:
        record = record_of(counter, line.customer_id)
        assert record.stage.text() == stage
        assert sign in record.signs.text()


def test_who_uses_less_and_less_tends_to_leave_and_the_number_is_masked(tmp_path: Path, qtbot: QtBot) -> None:
    hall = leaving.a_hall(tmp_path)
    line = leaving.a_line(hall, is_vip=True, months=(20_000, 15_000, 12_000, 9_000))
    with a_counter_of(hall, qtbot) as counter:
        record = record_of(counter, line.customer_id)
        assert record.stage.text() == "客户阶段：趋于离网"
        assert "138****2345 账单连降，少了 55%" in record.signs.text()
        assert "有价值客户" in record.signs.text()
        assert "13810002345" not in record.signs.text()


def test_what_is_missing_is_one_calm_line_and_a_whole_record_has_none(tmp_path: Path, qtbot: QtBot) -> None:
    hall = leaving.a_hall(tmp_path)
    line = leaving.a_line(hall)
    change(hall, "UPDATE customers SET id_number = NULL, since_on = NULL")
    change(hall, "DELETE FROM contacts")
    with a_counter_of(hall, qtbot) as counter:
        record = record_of(counter, line.customer_id)
        assert record.missing.text() == "资料还缺：联系电话、证件号码、入网日期。方便时请客户补上。"
        change(hall, "UPDATE customers SET id_number = '11010519491231002X', since_on = '2020-05-22'")
        contact = {"customer_id": line.customer_id, "line": 0, "kind": "mobile", "value": "13810002345", "person": ""}
        with hall.writing() as work:
            halls.put(work, t.contacts, contact)
        counter.view().read()
        settle()
        assert not record.missing.isVisible()
        assert record.stage.isVisible()


def test_nothing_of_it_is_read_before_somebody_looks(
    tmp_path: Path, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    hall = leaving.a_hall(tmp_path)
    line = leaving.a_line(hall)
    asked: list[int] = []
    real = customer_about.about

    def counted(*args: object) -> customer_about.About:
        asked.append(line.customer_id)
        return real(*args)  # type: ignore[arg-type]  # handed on as they came

    monkeypatch.setattr(customer_about, "about", counted)
    with a_counter_of(hall, qtbot) as counter:
        counter.room.open_customer(line.customer_id)
        settle()
        assert asked == []
        counter.view().data.tabs.setCurrentIndex(RECORD)
        assert asked == [line.customer_id]


def test_a_trade_without_retention_rules_says_only_what_is_missing(tmp_path: Path, qtbot: QtBot) -> None:
    hall = halls.a_hall(tmp_path, trade="water")
    someone = halls.three_months_behind(hall)
    with a_counter_of(hall, qtbot) as counter:
        record = record_of(counter, someone.customer_id)
        assert not record.stage.isVisible()
        assert record.missing.text().startswith("资料还缺：")
