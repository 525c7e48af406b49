"""An epoch that two histories of the hub gave back: both are kept, vouched for and carried, each entry once."""

from __future__ import annotations

import json
from pathlib import Path

from counter_app.domain.journal import entry_hash
from counter_app.domain.sync_state import NO_HASH
from counter_app.storage.given_lines import lines_of
from counter_app.storage.given_payments import given_payments
from counter_app.sync import wire
from tests import halls
from tests.sync.small_hub import Reply
from tests.sync.test_engine import write
from tests.sync.test_new_epoch import Places, drawer_fen, ids_of, recovered_day


def test_an_epoch_that_comes_back_from_two_histories_is_kept_from_both(tmp_path: Path) -> None:
    """The hub loses what it gave back, and takes other entries for the same numbers from another copy of the file."""
    places = Places(tmp_path)
    shared = list(places.hub.chains[1])
    nonces = places.hub.nonces
    recovered_day(places)
    first = list(places.hub.chains[1])
    places.restore("backup", mark="newer")
    places.confirm_through()
    assert given_back(places, 1) == ids_of(first) - ids_of(shared)
    expected_fen = drawer_fen(places)
    places.backup("gone on")

    knows(places, shared, nonces)
    places.restore("backup", mark="of the copy")
    for yuan in (30, 40, 50):
        halls.pay(places.hall, places.second, halls.cash(yuan))
    assert places.rounds() == ""
    second = list(places.hub.chains[1])
    assert len(shared) < len(second) < len(first)

    places.restore("gone on", mark="of the copy")
    assert places.rounds() == "epoch_closed"
    places.confirm_through()
    assert given_back(places, 1) == (ids_of(first) | ids_of(second)) - ids_of(shared)
    assert ids_of(first) <= carried(places), "what the hub has lost of the first goes up again"
    assert drawer_fen(places) == expected_fen, "the other copy's cash is in the drawer of its own shift"
    _, taken = halls.pay(places.hall, places.first, halls.cash(10))
    assert taken.receipt_no.endswith("-000005"), "the other copy gave three receipts"
    assert places.rounds() == ""
    assert places.is_sound()

    # the first history once more, and a little longer: its line grows, and nothing of it stands there twice
    knows(places, first, places.hub.nonces)
    halls.pay(places.hall, places.first, halls.cash(20))
    assert places.rounds() == "epoch_closed"
    places.confirm_through()
    assert given_back(places, 1) == (ids_of(first) | ids_of(second)) - ids_of(shared)
    assert ids_of(second) - ids_of(shared) <= carried(places), "now it is the second that the hub has lost"
    with places.hall.reading() as reading:
        assert len(lines_of(reading, 1)) == 2
    assert places.is_sound()
    places.hall.close()


def test_what_was_given_back_and_comes_back_carried_is_in_the_drawer_once(tmp_path: Path) -> None:
    """The hub loses what it gave back and gets it carried; then the file that carried it is put back."""
    places = Places(tmp_path)
    shared = list(places.hub.chains[1])
    recovered_day(places)
    places.restore("backup", mark="newer")
    places.confirm_through()
    expected_fen = drawer_fen(places)
    places.backup("gone on")
    knows(places, shared, places.hub.nonces)
    write(places.hall)
    assert places.rounds() == "epoch_closed"
    places.confirm_through()
    assert drawer_fen(places) == expected_fen
    places.restore("gone on", mark="newer")
    places.confirm_through()
    assert drawer_fen(places) == expected_fen
    with places.hall.reading() as reading:
        assert len(given_payments(reading)) == 2, "and each payment is in the list of those that were lost once"
    assert places.is_sound()
    places.hall.close()


def test_a_hub_that_goes_back_between_two_pages_is_asked_from_the_first_entry_on(tmp_path: Path) -> None:
    """What the first page brought is of a history that is gone, and so is not what the second one follows."""
    places = Places(tmp_path)
    shared, nonces = list(places.hub.chains[1]), places.hub.nonces
    recovered_day(places)
    first = list(places.hub.chains[1])
    places.restore("backup", mark="of the copy")
    knows(places, shared, nonces)
    for _ in range(7):
        halls.pay(places.hall, places.second, halls.cash(5))
    assert places.rounds() == ""
    second = list(places.hub.chains[1])
    knows(places, first, places.hub.nonces)
    places.restore("backup", mark="of the copy")
    places.rounds()
    places.confirm()

    def goes_back(reply: Reply) -> Reply:
        if places.hub.calls[-1][0] == "GET" and "/chains/" in places.hub.calls[-1][1]:
            places.hub.chains[1] = second
        return reply

    places.hub.meddle = goes_back
    assert places.rounds() == "bad_reply"
    assert places.rounds() == ""
    assert places.money()
    assert ids_of(second) - ids_of(shared) < given_back(places, 1) < ids_of(first) | ids_of(second)
    assert places.is_sound()
    places.hall.close()


def knows(places: Places, chain: list[wire.Sent], nonces: int) -> None:
    """The hub has this of the first epoch and nothing of any other."""
    hub, prev = places.hub, NO_HASH
    hub.epoch, hub.nonces, hub.chains, hub.hashes = 1, nonces, {1: list(chain)}, {1: []}
    for sent in chain:
        prev = entry_hash(bytes.fromhex(prev), sent.content).hex()
        hub.hashes[1].append(prev)
    hub.contacts.clear()


def given_back(places: Places, epoch: int) -> set[str]:
    """The entries of an epoch that the file holds as the hub gave them back, each of them once."""
    with places.hall.reading() as reading:
        lines = lines_of(reading, epoch)
        rows = reading.driver.execute("SELECT epoch, entry_id FROM foreign_entries").fetchall()
    found = [entry_id for line, entry_id in rows if line in lines]
    assert len(set(found)) == len(found)
    return set(found)


def carried(places: Places) -> set[str]:
    """What the hub has, as it came or inside of an entry of a later epoch."""
    said = [json.loads(sent.content) for chain in places.hub.chains.values() for sent in chain]
    inner = [json.loads(one["body"]["content"]) for one in said if one["kind"] == "recover.rechain"]
    return {one["entry_id"] for one in (*said, *inner)}
