"""Planted damage: each is found and its place is named; an unharmed file has no findings."""

from __future__ import annotations

import hashlib
import json
import random
from collections.abc import Callable

import pytest

from counter_app.clock import FixedClock
from counter_app.domain.journal import entry_hash
from counter_app.domain.staff import Role
from counter_app.services import staff
from counter_app.storage.hall import open_hall
from counter_app.storage.mark import Mark, write_mark
from counter_app.storage.trouble import NotThisKey, StoreTrouble
from counter_app.storage.verify import MOST_FINDINGS
from tests import halls
from tests.storage.conftest import Worked

PAYMENT_1 = "(SELECT min(id) FROM entries WHERE kind = 'payment.take')"
PAYMENT_LAST = "(SELECT max(id) FROM entries WHERE kind = 'payment.take')"
LAST = "(SELECT max(id) FROM entries)"


def test_an_unharmed_file_has_no_findings(worked: Worked) -> None:
    report = worked.look()
    assert report.findings == ()
    assert report.counts["payments"] == 5
    assert report.counts["receipts"] == 5
    assert report.counts["entries"] > 10


def test_verify_changes_nothing(worked: Worked) -> None:
    before = hashlib.sha256(worked.path.read_bytes()).digest()
    worked.look()
    assert hashlib.sha256(worked.path.read_bytes()).digest() == before


def test_it_runs_beside_an_open_counter(plain: Worked) -> None:
    hall = open_hall(plain.folder, clock=FixedClock(halls.NOW), driver=plain.driver)
    someone = halls.three_months_behind(hall, no="10009999")
    halls.pay(hall, someone, halls.cash(10))
    report = plain.look()
    hall.close()
    assert report.findings == ()
    assert report.counts["payments"] == 6


@pytest.mark.parametrize(
    ("statements", "what", "where"),
    [
        pytest.param([f"DELETE FROM entries WHERE id = {PAYMENT_1}"], "journal has a gap", "seq", id="entry deleted"),
        pytest.param(
            [f"DELETE FROM entries WHERE id = {LAST}"], "end of the journal", "epoch 1", id="last entry deleted"
        ),
        pytest.param(
            [
                f"DELETE FROM entries WHERE id = {LAST}",
                f"UPDATE journal_head SET seq = seq - 1, hash = (SELECT hash FROM entries WHERE id = {LAST})",
            ],
            "journal behind its mark",
            "hall.mark",
            id="last entry deleted, head moved back",
        ),
        pytest.param(
            [f"UPDATE postings SET amount_fen = amount_fen + 1 WHERE entry = {PAYMENT_1} AND line = 1"],
            "posting",
            "postings line 1",
            id="posting edited",
        ),
        pytest.param(
            [
                f"UPDATE postings SET amount_fen = amount_fen + 1 WHERE entry = {PAYMENT_1} AND line = 1",
                f"UPDATE postings SET amount_fen = amount_fen - 1 WHERE entry = {PAYMENT_1} AND line = 2",
            ],
            "posting",
            "postings line 2",
            id="two postings edited, sum zero",
        ),
        pytest.param(
            [f"DELETE FROM postings WHERE entry = {PAYMENT_LAST} AND line = 2"],
            "posting",
            "postings line 2",
            id="posting removed",
        ),
        pytest.param(
            ["INSERT INTO postings (entry, line, account, subject, amount_fen) VALUES (999, 1, 'drawer', 'x', 5)"],
            "row without its entry",
            "postings entry row 999 line 1",
            id="posting of no entry",
        ),
        pytest.param(
            ["UPDATE balances SET balance_fen = balance_fen + 100 WHERE account = 'drawer'"],
            "balance",
            "balances drawer",
            id="balance edited",
        ),
        pytest.param(
            ["DELETE FROM balances WHERE account = 'prepaid'"], "balance", "balances prepaid", id="balance gone"
        ),
        pytest.param(
            ["INSERT INTO balances VALUES ('prepaid', '77', 100000)"],
            "balance",
            "balances prepaid 77",
            id="balance more",
        ),
        pytest.param(
            [
                "INSERT INTO books (id, account_id, name, kind, items, priority, opening_fen, opening_source,"
                " opened_on) VALUES (901, 1, 'x', 'cash', '[]', 9, -1, 'import', '2026-01-01')"
            ],
            "prepaid",
            "books 901",
            id="prepaid below nothing",
        ),
        pytest.param(
            [f"UPDATE settlements SET principal_fen = principal_fen + 1 WHERE entry = {PAYMENT_1}"],
            "settlement",
            "settlements line 1",
            id="settlement edited",
        ),
        pytest.param(
            [f"DELETE FROM settlements WHERE entry = {PAYMENT_LAST}"],
            "settlement",
            "settlements",
            id="settlement deleted",
        ),
        pytest.param(
            [
                "INSERT INTO settlements (settlement_id, bill_id, settled_on, principal_fen, late_fee_fen, source,"
                f" channel, entry) VALUES ('planted', 1, '2026-11-21', 100, 0, 'counter', 'counter', {PAYMENT_1})"
            ],
            "settlement",
            "settlements line",
            id="settlement planted",
        ),
        pytest.param(
            [
                "INSERT INTO settlements (settlement_id, bill_id, settled_on, principal_fen, late_fee_fen, source,"
                " channel) VALUES ('planted', 1, '2026-11-21', 100, 0, 'counter', 'counter')"
            ],
            "row without its entry",
            "planted",
            id="settlement of no entry",
        ),
        pytest.param(
            [f"UPDATE payments SET received_fen = received_fen + 10 WHERE entry = {PAYMENT_1}"],
            "column",
            "payments received_fen",
            id="payment edited",
        ),
        pytest.param(
            [f"UPDATE payments SET taken_at = '2026-11-20T02:04:00.000+00:00' WHERE entry = {PAYMENT_1}"],
            "column",
            "payments taken_at",
            id="time of a payment edited",
        ),
        pytest.param(
            [f"DELETE FROM payments WHERE entry = {PAYMENT_1}"], "row missing", "payments", id="payment deleted"
        ),
        pytest.param(
            ["UPDATE payment_tenders SET amount_fen = 1 WHERE tender = 'card'"],
            "tender",
            "payment_tenders line 1",
            id="tender edited",
        ),
        pytest.param(
            ["UPDATE receipts SET facts = replace(facts, '\"change_fen\":0', '\"change_fen\":1')"],
            "receipt facts",
            "receipts facts",
            id="amount on a receipt edited",
        ),
        pytest.param(
            ["UPDATE receipts SET facts = replace(facts, ',', ', ') WHERE serial = 1"],
            "receipt facts",
            "receipts facts",
            id="receipt respaced",
        ),
        pytest.param(
            ["DELETE FROM receipts WHERE serial = 2"],
            "receipt numbers have a gap",
            "HZ01-03-2026-000003",
            id="receipt number gap",
        ),
        pytest.param(
            ["UPDATE receipt_series SET last_serial = 9"],
            "receipt numbers",
            "receipt_series counter",
            id="series moved",
        ),
        pytest.param(
            [f"UPDATE entries SET content = replace(content, 'seq\":', 'seq\": ') WHERE id = {PAYMENT_1}"],
            "entry hash",
            "seq",
            id="content respaced",
        ),
        pytest.param(
            [f"UPDATE entries SET content = replace(content, '6000', '7000') WHERE id = {PAYMENT_1}"],
            "entry hash",
            "seq",
            id="amount in an entry edited",
        ),
        pytest.param(
            [f"UPDATE entries SET content = 'not json' WHERE id = {PAYMENT_1}"], "content", "seq", id="content no entry"
        ),
        pytest.param(
            [f"UPDATE entries SET staff_no = '1002' WHERE id = {PAYMENT_1}"], "column", "staff_no", id="teller edited"
        ),
        pytest.param(
            [f"UPDATE entries SET at = '2026-11-20T02:04:00.000+00:00' WHERE id = {PAYMENT_1}"],
            "column",
            " at",
            id="moment edited",
        ),
        pytest.param(
            [f"UPDATE entries SET signature = zeroblob(64) WHERE id = {PAYMENT_1}"], "signature", "seq", id="unsigned"
        ),
        pytest.param(
            ["UPDATE devices SET public_key = randomblob(32)"],
            "column",
            "devices public_key",
            id="device key exchanged",
        ),
        pytest.param(["UPDATE devices SET epoch = 2"], "device", "epoch 1", id="device of another epoch"),
        pytest.param(["UPDATE shifts SET float_fen = 0"], "column", "shifts float_fen", id="float edited"),
        pytest.param(
            ["UPDATE shifts SET counted_fen = 0 WHERE closed_at IS NOT NULL"],
            "column",
            "shifts counted_fen",
            id="count edited",
        ),
        pytest.param(
            ["UPDATE restore_orders SET service_id = 1"], "column", "restore_orders service_id", id="order edited"
        ),
        pytest.param(["DELETE FROM restore_orders"], "row missing", "restore_orders", id="order deleted"),
        pytest.param(["UPDATE intents SET entry = 1"], "intent", "intents", id="intent led elsewhere"),
        pytest.param(
            ["DELETE FROM bills WHERE id = 1"],
            "row without its owner",
            "settlements bill_id",
            id="settled bill deleted",
        ),
    ],
)
def test_planted_damage_is_found_and_its_place_is_named(
    worked: Worked, statements: list[str], what: str, where: str
) -> None:
    worked.harm(*statements)
    findings = worked.look().findings
    assert [f for f in findings if f.what == what and where in f.where], [str(f) for f in findings]


def test_swapped_entries_are_found(worked: Worked) -> None:
    with worked.raw() as raw:
        first, second = raw.execute("SELECT id, content FROM entries WHERE kind = 'payment.take' LIMIT 2").fetchall()
    worked.harm(
        f"UPDATE entries SET content = (SELECT content FROM entries WHERE id = {second[0]}) WHERE id = {first[0]}"
    )
    with worked.raw() as raw:
        raw.execute("DROP TRIGGER entries_no_update")
        raw.execute("UPDATE entries SET content = ? WHERE id = ?", (first[1], second[0]))
    wrong = {f.where.split(" (")[0] for f in worked.look().findings if f.what == "entry hash"}
    assert wrong == {f"entries epoch 1 seq {first[0]}", f"entries epoch 1 seq {second[0]}"}


def test_hashes_computed_again_without_the_key_are_found(worked: Worked) -> None:
    forge(worked, "1002")
    findings = worked.look().findings
    first = next(f for f in findings if f.what == "signature")
    assert f"seq {first_payment(worked)} " in first.where
    assert not [f for f in findings if f.what in ("entry hash", "link to the entry before", "end of the journal")]


def test_an_entry_more_is_found(worked: Worked) -> None:
    columns_of_entries = names(worked, "entries")
    with worked.raw() as raw:
        row = raw.execute("SELECT * FROM entries ORDER BY id DESC LIMIT 1").fetchone()
        assert row is not None
        columns = dict(zip(columns_of_entries, row, strict=True))
        content = {
            **json.loads(columns["content"]),
            "seq": columns["seq"] + 1,
            "entry_id": "planted",
            "intent_id": None,
        }
        text = json.dumps(content, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
        digest = entry_hash(columns["hash"], text)
        columns |= {"id": None, "seq": columns["seq"] + 1, "entry_id": "planted", "intent_id": None, "content": text}
        columns |= {"prev_hash": columns["hash"], "hash": digest}
        marks = ", ".join(f":{name}" for name in columns)
        raw.execute(f"INSERT INTO entries VALUES ({marks})", columns)
        raw.execute("UPDATE journal_head SET seq = seq + 1, hash = ?", (digest,))
    findings = worked.look().findings
    assert [f for f in findings if f.what == "signature" and "planted" in f.where]


@pytest.mark.parametrize(
    ("statement", "where"),
    [
        ("DROP TRIGGER postings_no_update", "trigger postings_no_update"),
        ("DROP INDEX one_open_shift", "index one_open_shift"),
        ("CREATE TRIGGER sly AFTER INSERT ON payments BEGIN UPDATE balances SET balance_fen = 0; END", "trigger sly"),
        ("ALTER TABLE bills DROP COLUMN is_disputed", "table bills"),
    ],
)
def test_a_changed_schema_is_found(worked: Worked, statement: str, where: str) -> None:
    with worked.raw() as raw:
        raw.execute(statement)
    assert [f.where for f in worked.look().findings] == [where]


def test_a_file_behind_its_mark_is_found(worked: Worked) -> None:
    write_mark(worked.folder, Mark(1, 999, "ab" * 32))
    assert [(f.what, f.where) for f in worked.look().findings] == [
        ("journal behind its mark", "hall.mark epoch 1 seq 999")
    ]


def test_findings_are_counted_and_not_all_kept(plain: Worked) -> None:
    plain.harm(
        "INSERT INTO postings (entry, line, account, subject, amount_fen) WITH RECURSIVE n(i) AS"
        f" (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < {MOST_FINDINGS + 50}) SELECT 9999, i, 'x', 'y', 0 FROM n"
    )
    report = plain.look()
    assert len(report.findings) == MOST_FINDINGS
    assert report.more >= 50


SEEN_COLUMNS = {
    "entries": "*",
    "postings": "entry, line, account, subject, amount_fen",
    "balances": "*",
    "journal_head": "*",
    "settlements": "settlement_id, bill_id, principal_fen, late_fee_fen, cost_fen, source, entry, settled_on",
    "payments": "payment_id, entry, customer_id, account_id, shift_id, staff_no, business_date, substr(taken_at, 1, 19)"
    ", settled_fen, received_fen, change_fen, prepaid_used_fen, prepaid_stored_fen, receipt_no",
    "payment_tenders": "*",
    "receipts": "*",
    "receipt_series": "*",
    "devices": "device_id, counter_id, public_key, epoch",
}
"""What a flipped bit cannot change unseen even in a file that is not encrypted."""


@pytest.mark.parametrize("seed", range(3))
def test_a_flipped_bit_in_a_plain_file_is_found_or_changes_no_fact(plain: Worked, seed: int) -> None:
    sound, before = plain.path.read_bytes(), facts(plain)
    choice = random.Random(seed)
    effective = 0
    for at in [*pages_of(plain, "entries", choice), *(choice.randrange(len(sound)) for _ in range(40))]:
        plain.path.write_bytes(flipped(sound, at, choice))
        try:
            now = facts(plain)
        except (StoreTrouble, plain.driver.module.Error, UnicodeError):
            now = {}
        if now == before:
            continue
        effective += 1
        try:
            findings = plain.look().findings
        except (NotThisKey, StoreTrouble):
            continue
        assert findings, f"bit at {at}"
    assert effective > 10


def test_every_flipped_bit_in_an_encrypted_file_is_found(make_worked: Callable[[str], Worked]) -> None:
    worked = make_worked("encrypted")
    sound = worked.path.read_bytes()
    choice = random.Random(7)
    for at in (choice.randrange(len(sound)) for _ in range(40)):
        worked.path.write_bytes(flipped(sound, at, choice))
        try:
            findings = worked.look().findings
        except NotThisKey:
            assert at < 4096
            continue
        assert [f for f in findings if f"page {at // 4096 + 1}" in f.found], f"bit at {at}: {findings}"


def flipped(data: bytes, at: int, choice: random.Random) -> bytes:
    harmed = bytearray(data)
    harmed[at] ^= 1 << choice.randrange(8)
    return bytes(harmed)


def pages_of(worked: Worked, table: str, choice: random.Random) -> list[int]:
    """Positions inside the pages that hold this table's text."""
    data = worked.path.read_bytes()
    words = [at for at in range(len(data)) if data.startswith(b'"kind":"payment.take"', at)]
    return [choice.randrange(at - 200, at + 200) for at in words for _ in range(4)]


def facts(worked: Worked) -> dict[str, list[object]]:
    with worked.raw() as raw:
        return {
            table: list(map(tuple, raw.execute(f"SELECT {columns} FROM {table}").fetchall()))
            for table, columns in SEEN_COLUMNS.items()
        }


def names(worked: Worked, table: str) -> list[str]:
    with worked.raw() as raw:
        return [row[1] for row in raw.execute(f"PRAGMA table_info({table})").fetchall()]


def first_payment(worked: Worked) -> int:
    found = worked.ask("SELECT min(seq) FROM entries WHERE kind = 'payment.take'")
    assert isinstance(found, int)
    return found


def forge(worked: Worked, staff_no: str) -> None:
    """Give the first payment to somebody else and compute every hash again, as one can who has the file and no key."""
    seq = first_payment(worked)
    question = "SELECT id, content, prev_hash FROM entries WHERE seq >= ? ORDER BY id"
    with worked.raw() as raw:
        raw.execute("DROP TRIGGER entries_no_update")
        rows = raw.execute(question, (seq,)).fetchall()
        raw.execute("UPDATE entries SET staff_no = ? WHERE id = ?", (staff_no, rows[0][0]))
        forged = rows[0][1].replace('"staff_no":"1001"', f'"staff_no":"{staff_no}"')
        assert forged != rows[0][1]
        digest = rows[0][2]
        for row_id, content in [(rows[0][0], forged), *(row[:2] for row in rows[1:])]:
            prev_hash, digest = digest, entry_hash(digest, content)
            values = (content, prev_hash, digest, row_id)
            raw.execute("UPDATE entries SET content = ?, prev_hash = ?, hash = ? WHERE id = ?", values)
        raw.execute("UPDATE journal_head SET hash = ?", (digest,))


def test_a_role_raised_in_the_file_is_found(plain: Worked) -> None:
    hall = open_hall(plain.folder, clock=FixedClock(halls.NOW), driver=plain.driver)
    staff.add(hall, halls.teller("9001", Role.ADMIN), "1003", "周洁", Role.TELLER, "correct-battery-7")
    hall.close()
    assert plain.look().findings == ()
    plain.harm("UPDATE staff SET role = 'admin' WHERE staff_no = '1003'")
    assert [(f.what, f.where) for f in plain.look().findings] == [("role", "staff 1003 role")]
