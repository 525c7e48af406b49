"""Rows of customers of another hall, as they are told there."""

from __future__ import annotations

import json

from counter_app.hub import finding
from counter_app.hub.database import Database
from counter_app.sync.wire import Find, FoundRows
from tests.hub.kit import HubHall
from tests.hub.rows import customer, take


def test_a_guests_service_is_told_with_its_account_where_the_entry_names_the_service_alone(database: Database) -> None:
    home, hall = HubHall(database, "hall-home"), HubHall(database, "hall-other")
    take(home, customer("1001"))
    take(hall, customer("5005"))
    with database.transaction() as connection:
        asked = Find.model_validate({"kind": "account", "term": "1001", "staff_no": "1001"})
        found = finding.find_customer(connection, hall.desk_caller(), asked)
    assert isinstance(found, FoundRows)
    rows = {kind: json.loads(body) for kind, body in found.rows}
    desk, service_id = hall.desk("B"), rows["service"]["id"]

    desk.write("restore.sent", {"order_id": "o", "service_id": service_id, "payment_id": "p", "due_at": "x"}, seen_n=1)
    desk.sent_all()

    kind, told = hall.feed()[-1]
    assert (kind, told["id"], told["state"]) == ("service", service_id, "restoring")
    assert told["account_id"] == rows["account"]["id"]
