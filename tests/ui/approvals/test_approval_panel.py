"""One panel for every approval: keys alone, one person or two, and the act behind the last signature."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import pytest
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QWidget

from counter_app.domain.approvals import ApprovalKind, ApprovalRequest
from counter_app.domain.journal import Draft
from counter_app.domain.signoffs import Challenge
from counter_app.services import approvals
from counter_app.services.approvals import Signed
from counter_app.services.hall import OpenHall
from counter_app.sync import one_time_approvals
from counter_app.sync.hub_line import LineDown
from counter_app.sync.one_time_approvals import CodeAsked, CodeGiven, CodeRefused
from counter_app.ui.approvals.panel import SignoffPanel
from counter_app.ui.approvals.presenter import approval_screen
from counter_app.ui.fact_rows import FactRow
from tests.halls import NOW, PASSWORD, teller
from tests.ui.approvals.pages import BUSY, LATE, RECEIPT, a_hall_of_signers, opened

REFUND = replace(LATE, kind=ApprovalKind.REFUND)


@pytest.fixture(scope="module")
def hall() -> Iterator[OpenHall]:
    made = a_hall_of_signers()
    yield made
    made.close()


class Refunding:
    """Carries the act out as a service does: held in the unit of work that writes it."""

    def __init__(self, hall: OpenHall, request: ApprovalRequest) -> None:
        self.hall, self.request = hall, request
        self.done: list[str] = []

    def __call__(self, signed: Signed) -> str:
        """Who signed."""
        with self.hall.writing() as work:
            approved = approvals.hold(self.hall, work, teller(), signed, self.request)
            nonce = signed.challenge.nonce
            self.hall.journal.append(work, Draft("note", {}, "1001", NOW.date(), intent_id=nonce))
        return " ".join(approved.staff_nos)


def typed(panel: SignoffPanel, staff_no: str, password: str = PASSWORD) -> None:
    """Number, Enter, password, Enter."""
    QTest.keyClicks(panel.staff_no.entry, staff_no + "\r")
    assert panel.password.entry.text() == ""
    QTest.keyClicks(panel.password.entry, password + "\r")


def facts(page: QWidget) -> dict[str, str]:
    return {row.word.text(): row.value.text() for row in page.findChildren(FactRow)}


def test_the_whole_case_is_shown_before_it_is_signed(hall: OpenHall) -> None:
    frame, panel = opened(hall, REFUND, Refunding(hall, REFUND), print, BUSY)
    assert panel.heading.text() == "审批：退费"
    assert facts(panel) == {
        "编号": RECEIPT,
        "申请人": "1001 王芳（营业员）",
        "经手人": "1002",
        "从何时起": "2026-10-12 02:04",
        "收据": f"{RECEIPT} · 2026-10-12 · 123.45 · 工号 1002",
        "账单": "B202608-10002345 · 2026-09-12 · 118.00",
        "违约金": "B202608-10002345 · 5.45",
        "原因": "客户在银行已经扣过款，收据已收回",
        "今天此前，工号 1001": "撤销收款 3 笔，共 456.00；补打 4 次",
        "今天此前，工号 1002": "减免 1 笔，共 12.50",
        "规则依据": "1 人签字，班长可签（自 2004-01-01 起）",
    }
    assert panel.signed.isHidden()
    bar = panel.facts.verticalScrollBar()
    assert (bar.value(), bar.maximum() > 0) == (0, True), "on a small screen there is more than fits"
    keys = {action.shortcut: action.run for action in panel.shortcuts()}
    keys["PgDown"]()
    assert bar.value() > 0
    keys["PgUp"]()
    assert bar.value() == 0
    frame.deleteLater()


def test_one_signature_carries_the_act_out_and_whoever_took_the_money_gives_none(hall: OpenHall) -> None:
    act = Refunding(hall, REFUND)
    frame, panel = opened(hall, REFUND, act, act.done.append)
    typed(panel, "1002")
    assert panel.error.text().startswith("工号 1002 不能在这里签字")
    panel.staff_no.entry.clear()
    typed(panel, "2001", "wrong")
    assert panel.error.text()
    assert act.done == []
    panel.staff_no.entry.clear()
    typed(panel, "2001")
    assert act.done == ["2001"]
    assert frame.panels.current() is None
    frame.deleteLater()


def test_two_people_sign_one_after_the_other_and_never_one_twice(hall: OpenHall) -> None:
    act = Refunding(hall, LATE)
    frame, panel = opened(hall, LATE, act, act.done.append)
    assert panel.signed.text() == "要两位同事先后签字。"
    typed(panel, "2001")
    assert panel.signed.text().startswith("工号 2001 已签字")
    assert (act.done, panel.staff_no.entry.text()) == ([], "")
    typed(panel, "2001")
    assert panel.error.text().startswith("工号 2001 已经签过一次")
    panel.staff_no.entry.clear()
    typed(panel, "2002")
    assert act.done == ["2001 2002"]
    assert frame.panels.current() is None
    frame.deleteLater()


def test_what_changed_under_two_signatures_is_said_and_both_sign_anew(hall: OpenHall) -> None:
    act = Refunding(hall, replace(LATE, amount_fen=1))
    frame, panel = opened(hall, LATE, act, act.done.append)
    typed(panel, "2001")
    typed(panel, "2002")
    assert panel.error.text().startswith("这次签字签的是另一个金额")
    assert panel.signed.text() == "要两位同事先后签字。"
    act.request = LATE
    panel.staff_no.entry.clear()
    typed(panel, "2002")
    assert act.done == []
    typed(panel, "9001")
    assert act.done == ["2002 9001"]
    frame.deleteLater()


def test_where_nobody_is_there_a_code_from_the_hub_stands_in_for_a_signature(
    hall: OpenHall, monkeypatch: pytest.MonkeyPatch
) -> None:
    told: list[str] = []

    def ask(_hall: OpenHall, challenge: Challenge, kind: str, staff_no: str, subject_no: str) -> CodeAsked:
        told.append(f"{kind} {challenge.amount_fen} {staff_no} {subject_no}")
        return CodeAsked("K7QX2MPA")

    def tell(_hall: OpenHall, _challenge: Challenge, approval_id: str, code: str) -> CodeGiven | CodeRefused:
        told.append(f"{approval_id} {code}")
        if code == "down":
            raise LineDown("offline")
        return CodeGiven("code:K7QX2MPA", "HZ02/2001") if code == "right" else CodeRefused("wrong", 4)

    monkeypatch.setattr(one_time_approvals, "ask", ask)
    monkeypatch.setattr(one_time_approvals, "tell", tell)
    act = Refunding(hall, LATE)
    frame, panel = opened(hall, LATE, act, act.done.append)
    keys = {action.shortcut: action.run for action in panel.shortcuts()}
    keys["F7"]()
    assert "K7QX2MPA" in panel.code.asked.text()
    assert (panel.staff_no.isHidden(), panel.code.isHidden()) == (True, False)
    panel.press()
    assert panel.code.line.error.text() == "还没有填写授权码。"
    for code, said in (("bad", "还可以试 4 次"), ("down", "上游没有回应")):
        panel.code.line.entry.setText(code)
        panel.press()
        assert said in panel.error.text()
    panel.code.line.entry.setText("right")
    panel.press()
    assert panel.signed.text().startswith("上游 HZ02/2001 已签字")
    assert (panel.staff_no.isHidden(), panel.code.isHidden(), act.done) == (False, True, [])
    typed(panel, "2002")
    assert act.done == ["code:K7QX2MPA 2002"]
    asked, *codes = told
    assert asked == f"refund_after_month 12345 1001 {RECEIPT}"
    assert codes == ["K7QX2MPA bad", "K7QX2MPA down", "K7QX2MPA right"]
    frame.deleteLater()


def test_a_hall_without_a_hub_or_a_kind_without_codes_offers_none(hall: OpenHall) -> None:
    case = approvals.look(hall, teller(), REFUND)
    assert not approval_screen(case).can_code
    assert approval_screen(case, has_hub=True).can_code
    out = approvals.look(hall, teller(), ApprovalRequest(ApprovalKind.CASH_OUT, "s1", 30_000))
    assert not approval_screen(out, has_hub=True).can_code


def test_nobody_signs_in_time_and_nothing_is_done(hall: OpenHall) -> None:
    act = Refunding(hall, REFUND)
    frame, panel = opened(hall, REFUND, act, act.done.append)
    for _ in range(60):
        panel.tick()
    assert frame.panels.current() is None
    assert frame.toast.label.text() == "没有在 60 秒内签字。请再打开一次。"
    assert act.done == []
    frame.deleteLater()
