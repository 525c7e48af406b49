"""A counter asks the hub for consent to exactly one act, and tells the code; without a line there is no answer."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from counter_app.domain.signoffs import Challenge
from counter_app.hub import approvals
from counter_app.sync import one_time_approvals as codes
from counter_app.sync.hub_line import LineDown
from tests import halls
from tests.sync.real_hub import a_real_hub

ACT = Challenge("reverse", "payment-1", "reverse", 12_345, "ab" * 32, "1001", "nonce", "多收", False)


def test_a_code_is_asked_for_and_told_over_the_line(tmp_path: Path) -> None:
    hall = halls.a_hall(tmp_path / "hall")
    with pytest.raises(LineDown):
        codes.ask(hall, ACT, "reverse", "1001", "HZ01-03-2026-000001")
    with a_real_hub() as hub:
        hub.joined(hall)
        assert hub.rounds(hall).why == ""
        asked = codes.ask(hall, ACT, "reverse", "1001", "HZ01-03-2026-000001", line=hub.line)
        assert isinstance(asked, codes.CodeAsked)
        assert codes.ask(hall, ACT, "reverse", "4711", "x", line=hub.line) == codes.CodeRefused("needs_supervisor")
        assert codes.tell(hall, ACT, asked.approval_id, "AAAA-AAAA", line=hub.line) == codes.CodeRefused("waiting", 5)
        with hub.hub.database.transaction() as connection:
            given = approvals.give(
                connection,
                hall.hall.hall_code,
                asked.approval_id,
                by=(hall.hall.hall_code, "2001"),
                at=hub.moment.now(),
                secret=hub.hub.secret,
            )
        assert isinstance(given, approvals.Given)
        assert given.amount_fen == 12_345
        assert codes.tell(hall, ACT, asked.approval_id, "AAAAAAA7", line=hub.line) == codes.CodeRefused("wrong", 4)
        other = replace(ACT, amount_fen=12_346)
        assert codes.tell(hall, other, asked.approval_id, given.code, line=hub.line) == codes.CodeRefused("other", 4)
        assert codes.tell(hall, ACT, asked.approval_id, given.code.lower(), line=hub.line) == codes.CodeGiven(
            f"code:{asked.approval_id}", f"{hall.hall.hall_code}/2001"
        )
    hall.close()
