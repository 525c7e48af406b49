"""A power cut at any point of paying, migrating, restoring, backing up or making a hall loses nothing."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.faults import stories
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
