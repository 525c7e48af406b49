"""Records beside entries that the hub does not apply."""

from __future__ import annotations

import hashlib
from datetime import datetime

from counter_app.domain.retention import Act, Step
from counter_app.domain.retention_steps import Sealed, body_of, kind_of
from counter_app.hub import records
from counter_app.hub.calls import No
from counter_app.hub.database import Database
from counter_app.sync.wire import Fate
from tests.hub.kit import HubHall

AT = datetime.fromisoformat("2026-11-21T10:00:00+08:00")


def test_a_record_of_an_entry_that_is_kept_apart_may_come(database: Database) -> None:
    hall = HubHall(database)
    desk, content = hall.desk("A"), b"said at a copy of the file"
    form = Step(Act.SAVE_FORM, "1001", AT, reasons=("price",), record="record-1")
    sealed = Sealed("retention.form", len(content), hashlib.sha256(content).hexdigest())
    desk.write(kind_of(Act.SAVE_FORM), body_of(form, "case-1", sealed=sealed), customer_id=1, seen_n=1)

    assert desk.sent_all().fates == (Fate.QUARANTINED,)

    with hall.database.transaction() as connection:
        assert not isinstance(records.put_record(connection, desk.caller(), "record-1", content), No)
