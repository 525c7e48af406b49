"""A power cut at any point of paying, migrating, restoring, backing up or making a hall loses nothing."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.faults import cuts, stories, trace
from tests.faults.conftest import linux_only

pytestmark = [linux_only, pytest.mark.timeout(240)]
SEED = 20_261_121
SHORT = [
    ("paying", True, 700),
    ("paying_small_log", False, 700),
    ("backing_up", True, 250),
    ("migrating", True, 400),
    ("restoring", True, 400),
    ("making", False, 300),
]


@pytest.mark.parametrize(("session", "is_demo", "images"), SHORT)
def test_a_power_cut_loses_nothing(scratch: Path, session: str, is_demo: bool, images: int) -> None:
    done = stories.cut(scratch, session, is_demo, images=images, seed=SEED)
    assert not done.wrongs, done
    assert done.images > images * 0.6, done


def test_a_store_that_syncs_too_little_is_found(scratch: Path) -> None:
    done = stories.cut(scratch, "paying_unsafe", True, images=250, seed=SEED)
    assert done.wrongs["lost"], done


def test_without_tracing_the_preloaded_library_records_the_same(scratch: Path) -> None:
    ground = stories.ground(scratch / "ground", "restoring", False)
    asked = []
    for recorder, place in ((trace.STRACE, scratch / "traced"), (trace.PRELOADED, scratch / "preloaded")):
        recorded = cuts.record("restoring", ground, place, recorder=recorder)
        asked.append([(op.kind, op.path, op.other, op.offset, len(op.data)) for op in recorded.ops])
    assert len(asked[0]) > 100
    assert asked[0] == asked[1]


def test_a_power_cut_is_seen_through_the_preloaded_library_too(scratch: Path) -> None:
    done = stories.cut(scratch / "good", "paying", True, images=150, seed=SEED, recorder=trace.PRELOADED)
    assert not done.wrongs, done
    bad = stories.cut(scratch / "bad", "paying_unsafe", True, images=150, seed=SEED, recorder=trace.PRELOADED)
    assert bad.wrongs["lost"], bad


def test_a_machine_without_any_recorder_fails_and_says_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("shutil.which", lambda _name: None)
    with pytest.raises(AssertionError, match="apt-get install strace"):
        trace.best_recorder()
