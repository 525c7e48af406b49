"""The journal: gap-free places, links, signatures, one intent one entry, balances that are sums of postings."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from counter_app.clock import FixedClock, new_intent_id
from counter_app.domain.journal import GENESIS, Draft, Posting, PostingsDoNotBalance, entry_hash
from counter_app.storage.device import Device, is_signed
from counter_app.storage.hall import OpenHall, open_hall
from counter_app.storage.journal import balance, find_by_intent, last_moment, moment, stamp
from counter_app.storage.keys import KeyFiles
from counter_app.storage.trouble import NotThisKey, StoreTrouble
from counter_app.storage.verify import verify
from tests import halls


@pytest.fixture
def hall(tmp_path: Path) -> Iterator[OpenHall]:
    opened = halls.a_hall(tmp_path / "hall")
    yield opened
    opened.close()


def a_draft(**more: object) -> Draft:
    plain = Draft(kind="note", body={"text": "x"}, staff_no="1001", business_date=halls.NOW.date())
    return replace(plain, **more)  # type: ignore[arg-type]  # the caller's keywords are those of Draft


def append(hall: OpenHall, draft: Draft) -> int:
    with hall.writing() as work:
        return hall.journal.append(work, draft).id


def test_entries_are_linked_from_the_first(hall: OpenHall) -> None:
    for _ in range(3):
        append(hall, a_draft())
    with hall.reading() as reading:
        rows = reading.driver.execute(
            "SELECT seq, content, prev_hash, hash, signature FROM entries ORDER BY id"
        ).fetchall()
        head = reading.driver.execute("SELECT seq, hash FROM journal_head").fetchone()
    assert [row[0] for row in rows] == [1, 2, 3, 4]
    prev = GENESIS
    for _, content, prev_hash, digest, signature in rows:
        assert prev_hash == prev
        assert digest == entry_hash(prev, content)
        assert is_signed(hall.journal.device.public_key, digest, signature)
        prev = digest
    assert head == (4, prev)


def test_a_unit_of_work_that_fails_takes_no_place(hall: OpenHall) -> None:
    with pytest.raises(PostingsDoNotBalance):
        append(hall, a_draft(postings=(Posting("drawer", "s", 1),)))
    with pytest.raises(TypeError, match="float"):
        append(hall, a_draft(body={"amount": 1.5}))
    append(hall, a_draft())
    with hall.reading() as reading:
        assert reading.driver.execute("SELECT max(id), max(seq) FROM entries").fetchone() == (2, 2)


def test_one_intent_is_one_entry(hall: OpenHall) -> None:
    intent_id = new_intent_id()
    first = append(hall, a_draft(intent_id=intent_id))
    with pytest.raises(StoreTrouble, match="UNIQUE"):
        append(hall, a_draft(intent_id=intent_id))
    with hall.reading() as reading:
        found = find_by_intent(reading, intent_id)
        assert found is not None
        assert (found.id, found.kind, found.content["intent_id"]) == (first, "note", intent_id)
        assert find_by_intent(reading, new_intent_id()) is None


def test_moments_are_kept_in_utc_and_sort(hall: OpenHall) -> None:
    append(hall, a_draft())
    with hall.reading() as reading:
        assert last_moment(reading) == halls.NOW
    east = halls.NOW.astimezone()
    assert moment(stamp(east)) == halls.NOW
    assert stamp(halls.NOW) < stamp(halls.NOW + timedelta(milliseconds=1))


@settings(max_examples=20, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    moves=st.lists(
        st.tuples(st.sampled_from("abc"), st.sampled_from("abc"), st.integers(-(10**9), 10**9)), min_size=1, max_size=6
    )
)
def test_balances_are_the_sums_of_postings(hall: OpenHall, moves: list[tuple[str, str, int]]) -> None:
    for source, target, fen in moves:
        append(hall, a_draft(postings=(Posting("from", source, -fen), Posting("to", target, fen))))
    with hall.reading() as reading:
        question = "SELECT account, subject, sum(amount_fen) FROM postings GROUP BY account, subject"
        for account, subject, total in reading.driver.execute(question).fetchall():
            assert balance(reading, account, subject) == total
        assert balance(reading, "to", "nobody") == 0
    assert verify(hall.store).findings == ()


@settings(max_examples=30, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(text=st.text(max_size=40))
def test_any_text_stays_as_it_was(hall: OpenHall, text: str) -> None:
    entry = append(hall, a_draft(body={"text": text}))
    with hall.reading() as reading:
        row = reading.driver.execute("SELECT content FROM entries WHERE id = ?", (entry,)).fetchone()
    assert row is not None
    assert json.loads(row[0])["body"]["text"] == text
    assert verify(hall.store).findings == ()


def test_the_key_is_kept_for_its_owner_only_and_never_written_twice(tmp_path: Path) -> None:
    place = KeyFiles(tmp_path / "keys")
    device = Device.make(place)
    assert (tmp_path / "keys" / "device.key").stat().st_mode & 0o077 == 0
    secret = place.read("device")
    assert secret is not None
    assert Device.from_secret(secret).public_key == device.public_key
    with pytest.raises(FileExistsError):
        Device.make(place)
    assert place.read("none") is None


def test_a_signature_is_of_one_key_over_one_text(tmp_path: Path) -> None:
    one, two = Device.make(KeyFiles(tmp_path / "1")), Device.make(KeyFiles(tmp_path / "2"))
    signature = one.sign(b"text")
    assert is_signed(one.public_key, b"text", signature)
    assert not is_signed(two.public_key, b"text", signature)
    assert not is_signed(one.public_key, b"texts", signature)
    assert not is_signed(b"short", b"text", signature)


def test_a_copied_file_without_its_key_does_not_open_for_signing(tmp_path: Path) -> None:
    halls.a_hall(tmp_path / "hall").close()
    (tmp_path / "hall" / "keys" / "device.key").unlink()
    Device.make(KeyFiles(tmp_path / "hall" / "keys"))
    with pytest.raises(NotThisKey, match="not enrolled"):
        open_hall(tmp_path / "hall", clock=FixedClock(halls.NOW))


def test_an_enrolled_name_with_another_key_signs_nothing(tmp_path: Path) -> None:
    halls.a_hall(tmp_path / "hall").close()
    secret = tmp_path / "hall" / "keys" / "device.key"
    kept = secret.read_bytes()
    secret.write_bytes(kept[:16] + bytes(reversed(kept[16:])))
    with pytest.raises(NotThisKey, match="not enrolled"):
        open_hall(tmp_path / "hall", clock=FixedClock(halls.NOW))
    late = open_hall(tmp_path / "hall", clock=FixedClock(halls.NOW), is_key_read=False)
    for _ in range(2):
        with pytest.raises(NotThisKey, match="not enrolled"):
            assert late.journal
    late.close()
