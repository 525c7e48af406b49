"""The parts of the whole: each campaign with its counts, as lines of the table that is kept."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from tests.faults import io_errors, kills, stories
from tests.faults.teller import ALTERED, EARLY, NORMAL, TWICE


@dataclass(frozen=True)
class Row:
    """One line of the table; `is_control` is a planted defect, which must be found."""

    what: str
    count: str
    found: str
    is_good: bool
    seconds: float
    examples: str = ""


def plain_kills(folder: Path, is_full: bool, seed: int) -> list[Row]:
    """SIGKILL while paying into a plain file, one half."""
    return [_killed(folder, True, 4_500 if is_full else 150, seed)]


def more_plain_kills(folder: Path, is_full: bool, seed: int) -> list[Row]:
    """The other half."""
    return [_killed(folder, True, 4_500 if is_full else 150, seed + 1)]


def encrypted_kills(folder: Path, is_full: bool, seed: int) -> list[Row]:
    """SIGKILL while paying into an encrypted file."""
    return [_killed(folder, False, 1_000 if is_full else 50, seed)]


def _killed(folder: Path, is_demo: bool, count: int, seed: int) -> Row:
    done = kills.campaign(folder, kills=count, seed=seed, is_demo=is_demo)
    return Row(
        f"SIGKILL while paying, {'plain' if is_demo else 'encrypted'} file, seed {seed}",
        f"{done.kills:,} kills, {done.acknowledged:,} acknowledged payments",
        f"{done.wrongs['lost']} lost, {done.wrongs['doubled']} doubled, {done.wrongs['altered']} altered, "
        f"{sum(done.wrongs.values())} wrongs of any kind; {done.unheard} recorded but not heard, all shown",
        not done.wrongs,
        done.seconds,
        str(done) if done.wrongs else "",
    )


def defect_part(folder: Path, is_full: bool, seed: int) -> list[Row]:
    """The planted defects of a teller's program."""
    rows = []
    for defect, wrong in ((EARLY, "lost"), (TWICE, "doubled"), (ALTERED, "altered")):
        done = kills.campaign(folder / wrong, kills=3_000, seed=seed, defect=defect, until_found=True)
        rows.append(_control(f"SIGKILL, {defect}", f"{done.kills} kills", done.wrongs[wrong], wrong, done.seconds))
    failed = io_errors.campaign(folder / "io", defect=TWICE, until_found=True)
    found = failed.wrongs["doubled"]
    rows.append(_control(f"I/O errors, {TWICE}", f"{failed.runs} runs", found, "doubled", failed.seconds))
    return rows


def cut_part(folder: Path, is_full: bool, seed: int) -> list[Row]:
    """Power cuts of every recorded session."""
    rows = []
    for session, is_demo, share in stories.CUTS:
        done = stories.cut(
            folder / f"{session}-{is_demo}", session, is_demo, images=share if is_full else share // 30, seed=seed
        )
        kinds = ", ".join(f"{count:,} {kind}" for kind, count in sorted(done.kinds.items()))
        lost = done.wrongs["lost"]
        what = f"power cut, {session.replace('_', ' ')}, {'plain' if is_demo else 'encrypted'} file"
        if session == "paying_unsafe":
            rows.append(_control(f"power cut, {NORMAL}", f"{done.images:,} images", lost, "lost", done.seconds))
            continue
        rows.append(
            Row(
                what,
                f"{done.images:,} images ({kinds}) of {done.operations} operations",
                f"{lost} lost, {sum(done.wrongs.values())} wrongs of any kind",
                not done.wrongs,
                done.seconds,
                str(done) if done.wrongs else "",
            )
        )
    return rows


def io_part(folder: Path, is_full: bool, seed: int) -> list[Row]:
    """I/O errors at every call."""
    rows = []
    for is_demo in (True, False):
        done = io_errors.campaign(
            folder / f"{is_demo}", is_demo=is_demo, every=(1 if is_demo else 4) if is_full else 12
        )
        ends = ", ".join(f"{count} {how}" for how, count in sorted(done.ends.items()))
        rows.append(
            Row(
                f"I/O error at every call, {'plain' if is_demo else 'encrypted'} file",
                f"{done.runs:,} runs at {done.positions} positions",
                f"{sum(done.wrongs.values())} wrongs; {ends}",
                not done.wrongs,
                done.seconds,
                str(done) if done.wrongs else "",
            )
        )
    return rows


Part = Callable[[Path, bool, int], list[Row]]
PARTS: tuple[Part, ...] = (
    plain_kills,
    more_plain_kills,
    cut_part,
    io_part,
    encrypted_kills,
    defect_part,
)
WORKERS = 3


def _control(what: str, count: str, found: int, wrong: str, seconds: float) -> Row:
    return Row(
        f"planted defect: {what}", count, f"{'caught' if found else 'MISSED'} ({found} {wrong})", found > 0, seconds
    )


def in_scratch(part: Part, is_full: bool, seed: int) -> list[Row]:
    memory = Path("/dev/shm")  # what a killed process wrote stays either way, and the disk is left alone
    folder = Path(tempfile.mkdtemp(dir=memory if memory.is_dir() else None))
    try:
        return part(folder, is_full, seed)
    finally:
        shutil.rmtree(folder, ignore_errors=True)
