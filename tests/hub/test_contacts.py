"""What the hub remembers of a device's contacts: enough to know a late request from an old copy of the file."""

from __future__ import annotations

import pytest
from sqlalchemy import insert, text
from sqlalchemy.exc import DBAPIError

from counter_app.hub import contacts
from counter_app.hub import tables as t
from counter_app.hub.calls import No
from counter_app.hub.database import Database
from counter_app.hub.revisions import migrate
from counter_app.hub.schema import KEPT_CONTACTS
from counter_app.sync.wire import Uploaded, Why
from tests.hub.kit import HubHall


def refused(said: Uploaded | No) -> Why:
    """Why the hub said no."""
    assert isinstance(said, No), said
    return said.why


def test_old_contacts_are_forgotten_and_a_nonce_of_one_is_an_old_copy_of_the_file(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    database = Database.open("sqlite://")
    migrate(database)
    hall = HubHall(database)
    desk = hall.desk("A")
    desk.write("note", {"words": "x"})
    monkeypatch.setattr(contacts, "KEPT_CONTACTS", 5)
    monkeypatch.setattr(contacts, "FORGETS_EACH", 3)
    desk.send(1, 1, nonce="nonce-of-a-lost-history")
    first = desk.nonce
    desk.sent_all()
    for _ in range(11):
        desk.send(desk.acknowledged + 1, 0)
    recent, live = desk.nonce, desk.nonce.partition("-")
    desk.send(desk.acknowledged + 1, 0)

    kept = sorted(serial for serial, digest in hall.rows(t.contacts, "serial", "digest") if digest[:5] != "lost ")
    assert (live[0], kept) == ("13", [8, 9, 10, 11, 12, 13])
    assert len(hall.rows(t.contacts, "serial")) == 7, "that a history was lost is not forgotten"
    assert refused(desk.send(1, 1, nonce=first)) is Why.CLONED
    (task,) = hall.tasks()
    assert task["facts"]["what"] == "cloned"
    assert isinstance(desk.send(desk.acknowledged + 1, 0, nonce=recent), Uploaded), "a late copy of a recent one"
    assert isinstance(desk.send(1, 1, nonce="900-of-a-lost-history"), Uploaded)
    database.close()


def test_the_data_base_lets_the_api_forget_old_contacts_and_no_recent_one(postgres_hub: Database) -> None:
    with postgres_hub.engine.connect() as connection:
        row = {"hall_id": "h", "device_id": "d", "digest": "", "next_nonce": "", "at": ""}
        many = [{**row, "serial": serial, "nonce": str(serial)} for serial in range(KEPT_CONTACTS + 3)]
        connection.execute(insert(t.contacts), many)
        assert connection.execute(text("DELETE FROM contacts WHERE serial <= 2")).rowcount == 3
        for statement, why in (
            ("DELETE FROM contacts WHERE serial = 3", "23000"),
            ("UPDATE contacts SET digest = 'x'", "42501"),
        ):
            point = connection.begin_nested()
            with pytest.raises(DBAPIError) as no:
                connection.execute(text(statement))
            assert getattr(no.value.orig, "sqlstate", "") == why
            point.rollback()
        connection.rollback()
