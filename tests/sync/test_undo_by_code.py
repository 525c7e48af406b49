"""Nobody in the hall may sign: what a counter writes with a code of the hub is what the hub holds the code to."""

from __future__ import annotations

import secrets
from pathlib import Path

import pytest

from counter_app.domain.approvals import ApprovalRequest
from counter_app.domain.payments import Tender
from counter_app.domain.retenders import RetenderWish
from counter_app.hub import approvals as codes
from counter_app.hub import tables as t
from counter_app.services import approvals, retenders
from counter_app.services import undo as undoing
from counter_app.services.approvals import Signed
from counter_app.services.undo_recording import request
from counter_app.storage.hall import OpenHall
from counter_app.storage.verify import verify
from counter_app.sync import one_time_approvals
from counter_app.sync.one_time_approvals import CodeAsked, CodeGiven
from tests import halls
from tests.hub.kit import HubHall
from tests.sync.real_hub import RealHub, a_real_hub
from tests.undoing import WISH

WHO = halls.teller()


def consented(hub: RealHub, hall: OpenHall, wanted: ApprovalRequest) -> Signed:
    """Asked for by the counter, given by the supervisor at the hub, told by the counter, as the panel does it."""
    case = approvals.look(hall, WHO, wanted)
    asked = one_time_approvals.ask(hall, case.challenge, wanted.kind.value, "1001", wanted.no, line=hub.line)
    assert isinstance(asked, CodeAsked)
    by, secret = (hall.hall.hall_code, "2001"), hub.hub.secret
    with hub.hub.database.transaction() as connection:
        given = codes.give(
            connection, hall.hall.hall_code, asked.approval_id, by=by, at=hub.moment.now(), secret=secret
        )
    assert isinstance(given, codes.Given)
    told = one_time_approvals.tell(hall, case.challenge, asked.approval_id, given.code, line=hub.line)
    assert isinstance(told, CodeGiven)
    return approvals.from_afar(case, told.approver, hall.clock.monotonic_ms())


def test_undone_and_corrected_by_a_code_the_hub_takes_both_and_each_consent_is_used(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    hall = halls.a_hall(tmp_path / "hall")
    halls.an_open_shift(hall)
    someone = halls.three_months_behind(hall)
    _, first = halls.pay(hall, someone, halls.cash(70))
    _, second = halls.pay(hall, someone, halls.cash(30))
    with a_real_hub() as hub:
        hub.joined(hall)
        # counted secrets begin alike, and two requests would have one name
        monkeypatch.setattr(hub.hub, "secret", secrets.token_bytes)
        assert hub.rounds(hall).why == ""
        to_card = RetenderWish(1, (Tender("card", 1_000, reference="4"),), "实际刷卡")
        plan = retenders.look(hall, WHO, first.payment_id, to_card)
        corrected = retenders.correct(hall, WHO, plan, to_card, consented(hub, hall, retenders.request(plan, to_card)))
        shown = undoing.look(hall, WHO, second.payment_id, WISH)
        done = undoing.undo(hall, WHO, shown, WISH, (consented(hub, hall, request(shown, WISH)),))
        assert hub.rounds(hall).why == ""
        at_hub = HubHall.over(hub.hub.database, hall.hall.hall_id)
        assert at_hub.rows(t.quarantine, "kind", "reason", "detail") == []
        used = {str(by) for (by,) in at_hub.rows(t.approval_codes, "used_by")}
        assert used == {corrected.entry_id, done.undo_id}
        assert len(at_hub.rows(t.payments_undone, "payment_id")) == 1
    assert done.approvers[0].startswith("code:")
    assert verify(hall.store).findings == ()
    hall.close()
