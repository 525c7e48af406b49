"""Which work is recorded for power cuts, on which ground, and how its images are judged."""

from __future__ import annotations

import shutil
from pathlib import Path

from counter_app.storage.backup import backup
from tests import halls
from tests.faults import cuts, swaps
from tests.faults.teller import make_ground, open_ground

CUTS = (
    ("paying", True, 20_000),
    ("paying", False, 20_000),
    ("paying_small_log", True, 20_000),
    ("paying_small_log", False, 20_000),
    ("backing_up", True, 5_000),
    ("migrating", True, 8_000),
    ("migrating", False, 5_000),
    ("restoring", True, 8_000),
    ("restoring", False, 5_000),
    ("making", False, 5_000),
    ("paying_unsafe", True, 3_000),
)
"""Session, whether the file is plain, and about how many images in full."""

_DONE = {"migrating": "migrated", "restoring": "restored", "making": "open"}


def cut(folder: Path, session: str, is_demo: bool, *, images: int, seed: int, recorder: str = "") -> cuts.Cuts:
    """Record a session, cut the power at every point of it, and judge each image."""
    recording = cuts.record(session, ground(folder / "ground", session, is_demo), folder / "work", recorder=recorder)
    if session in ("migrating", "restoring"):
        look = swaps.look_at_swap(recording, _DONE[session])
    elif session == "making":
        look = swaps.look_at_making(recording, _DONE[session])
    else:
        look = cuts.look_at_payments(recording)
    is_written = session in _DONE
    return cuts.replay(
        recording,
        look,
        images=images,
        seed=seed,
        bench=folder / "bench",
        is_written=is_written,
        whole_every=10 if is_written else 50,
    )


def ground(folder: Path, session: str, is_demo: bool) -> Path:
    """The folder as it is before the session."""
    if session == "making":
        folder.mkdir(parents=True)
        return folder
    made = make_ground(folder, is_demo=is_demo, customers=3, has_shift=not session.startswith("paying"))
    if session == "migrating":
        swaps.move_to_version_1(folder)
    if session == "restoring":
        backup(folder, folder / "backup.db")
        hall = open_ground(folder)
        halls.pay(hall, made.customers[0], halls.cash(500))
        hall.close()
    shutil.rmtree(folder.with_name(folder.name + "-copy"), ignore_errors=True)
    return folder
