"""Verifying a long journal: every hash, every signature, every row, against only hashing the same texts."""

from __future__ import annotations

import hashlib
import shutil

from counter_app.clock import SystemClock
from counter_app.domain.journal import Draft
from counter_app.storage.mark import read_mark
from counter_app.storage.sql import Sql
from counter_app.storage.verify import verify
from tests.benchmarks.measuring import Line, Scene, once
from tests.services.importing import opened

_ENTRIES = Sql("SELECT prev_hash, content FROM entries ORDER BY epoch, seq")


def verify_lines(scene: Scene) -> list[Line]:
    """CPU of the whole check of a file with that many entries."""
    count = scene.count(100_000, 50)
    folder = scene.data / "verify"
    shutil.rmtree(folder, ignore_errors=True)
    on = SystemClock.of_this_machine().now().date()
    with opened(folder) as hall:
        with hall.writing() as work:
            for number in range(count):
                body = {"field": "name", "purpose": f"核对 {number}"}
                hall.journal.append(work, Draft(kind="reveal", body=body, staff_no="1001", business_date=on))

        def check() -> None:
            report = verify(hall.store, mark=read_mark(folder))
            assert report.is_clean, report.findings[:3]

        def hashes() -> None:
            with hall.reading() as reading:
                for rows in reading.stream(_ENTRIES):
                    for prev_hash, content in rows:
                        hashlib.sha256(prev_hash + content.encode()).digest()

        bare_s = once(hashes)[1]
        ours_s = once(check)[1]
    return [
        Line(f"verify, {count:,} entries, CPU", "s", ours_s, baseline=bare_s),
        Line("verify, entries each CPU second", "1/s", count / ours_s),
    ]
