"""After a COMMIT whose end nobody knows: the same press is answered, and a changed one is not told that it stands."""

from __future__ import annotations

import pytest

from counter_app.domain.retention import Act
from counter_app.services import retention_after
from counter_app.services.hall import OpenHall
from counter_app.services.retention_desk import CaseView
from counter_app.storage.retention import written_steps
from counter_app.storage.trouble import CommitUncertain
from counter_app.ui.desk import Desk
from counter_app.ui.retention.presenter_audits import AuditLine, AuditPresenter, AuditScreen
from tests import halls, leaving
from tests.ui.payments.lanes import Inline


def audits_of(hall: OpenHall, case_id: str) -> int:
    with hall.reading() as reading:
        return sum(written.kind == f"retention.{Act.AUDIT.value}" for _, written in written_steps(reading, case_id))


def test_the_same_audit_is_answered_and_another_one_is_refused(hall: OpenHall, monkeypatch: pytest.MonkeyPatch) -> None:
    halls.an_open_shift(hall)
    case_id = leaving.left_at_once(hall, "10002347", "NETWORK")
    presenter = AuditPresenter(Desk(hall, Inline(), leaving.AUDITOR))
    lines: list[tuple[AuditLine, ...]] = []
    screens: list[AuditScreen] = []
    presenter.lines(lines.append, pytest.fail)
    presenter.open(lines[0][0], screens.append, pytest.fail)
    said: list[str] = []

    def save(numbers: str, words: str) -> None:
        presenter.save(screens[0], numbers, words, said.append, lambda _field, why: said.append(why))

    real = retention_after.audit

    def cut(*args: object, **more: object) -> CaseView:
        real(*args, **more)  # type: ignore[arg-type]  # the presenter's own arguments go through
        raise CommitUncertain("EIO")

    with monkeypatch.context() as disk:
        disk.setattr(retention_after, "audit", cut)
        save("1", "没有身份证复印件")
    assert "不会重复" in said[0]
    save("", "")
    assert "已稽核：合格" not in said[1], "what stands there is not what was pressed now"
    save("1", "没有身份证复印件")
    assert said[2] == "已稽核：差错 1 项。"
    assert audits_of(hall, case_id) == 1
