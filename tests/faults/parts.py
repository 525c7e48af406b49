"""The parts of the whole: each campaign with its counts, as lines of the table that is kept."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from tests.faults import flips, io_errors, kills, stories
from tests.faults.teller import ALTERED, CASH_TWICE, EARLY, NORMAL, TWICE


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
        f"{done.kills:,} kills, {done.acknowledged:,} acknowledged payments, {done.acts:,} acts of a shift",
        f"{done.wrongs['lost']} lost, {done.wrongs['doubled']} doubled, {done.wrongs['altered']} altered, "
        f"{sum(done.wrongs.values())} wrongs of any kind; {done.unheard} recorded but not heard, all shown",
        not done.wrongs,
        done.seconds,
        str(done) if done.wrongs else "",
    )


def defect_part(folder: Path, is_full: bool, seed: int) -> list[Row]:
    """The planted defects of a teller's program."""
    rows = []
    for defect, wrong in ((EARLY, "lost"), (TWICE, "doubled"), (ALTERED, "altered"), (CASH_TWICE, "doubled")):
        done = kills.campaign(
            folder / defect.replace(" ", "-"), kills=3_000, seed=seed, defect=defect, until_found=True
        )
        rows.append(control(f"SIGKILL, {defect}", f"{done.kills} kills", done.wrongs[wrong], wrong, done.seconds))
    for defect in (TWICE, CASH_TWICE):
        failed = io_errors.campaign(folder / f"io-{defect.split()[0]}", defect=defect, until_found=True)
        found = failed.wrongs["doubled"]
        rows.append(control(f"I/O errors, {defect}", f"{failed.runs} runs", found, "doubled", failed.seconds))
    unseen = flips.campaign(folder / "flips", flips=500, seed=seed, is_demo=True, look=flips.opens)
    silent = sum(unseen.wrong.values())
    rows.append(control("flipped bits, only opened", f"{unseen.flips} flips", silent, "silent", unseen.seconds))
    return rows


def flip_part(folder: Path, is_full: bool, seed: int) -> list[Row]:
    """Flipped bits in every page of a plain and of an encrypted file."""
    rows = []
    for is_demo in (True, False):
        done = flips.campaign(folder / f"{is_demo}", flips=5_000 if is_full else 170, seed=seed, is_demo=is_demo)
        silent = ", ".join(f"{table} {count}" for table, count in sorted(done.silent_by_table.items()))
        where = f"{done.pages} pages" + (f" of {done.trees} tables and indices" if done.trees else "")
        rows.append(
            Row(
                f"flipped bits, {'plain' if is_demo else 'encrypted'} file",
                f"{done.flips:,} flips in {where}",
                f"{done.found:,} found, {done.without_effect:,} without effect; {sum(done.wrong.values())} silent in"
                f" money and journal, {sum(done.silent.values()) - sum(done.wrong.values())} elsewhere"
                + (f" ({silent})" if silent else ""),
                not (done.wrong if is_demo else done.silent),
                done.seconds,
                str(done) if done.wrong else "",
            )
        )
    return rows


def plain_cuts(folder: Path, is_full: bool, seed: int) -> list[Row]:
    """Power cuts of every session recorded on a plain file."""
    return _cut(folder, True, is_full, seed)


def encrypted_cuts(folder: Path, is_full: bool, seed: int) -> list[Row]:
    """Power cuts of every session recorded on an encrypted file."""
    return _cut(folder, False, is_full, seed)


def _cut(folder: Path, is_plain: bool, is_full: bool, seed: int) -> list[Row]:
    rows = []
    for session, is_demo, share in (cut for cut in stories.CUTS if cut[1] is is_plain):
        done = stories.cut(
            folder / f"{session}-{is_demo}", session, is_demo, images=share if is_full else share // 30, seed=seed
        )
        kinds = ", ".join(f"{count:,} {kind}" for kind, count in sorted(done.kinds.items()))
        lost = done.wrongs["lost"]
        what = f"power cut, {session.replace('_', ' ')}, {'plain' if is_demo else 'encrypted'} file"
        if session == "paying_unsafe":
            rows.append(control(f"power cut, {NORMAL}", f"{done.images:,} images", lost, "lost", done.seconds))
            continue
        rows.append(
            Row(
                what,
                f"{done.images:,} images ({kinds}) of {done.operations} operations, recorded by {done.recorder}",
                f"{lost} lost, {sum(done.wrongs.values())} wrongs of any kind",
                not done.wrongs,
                done.seconds,
                str(done) if done.wrongs else "",
            )
        )
    return rows


def plain_io_part(folder: Path, is_full: bool, seed: int) -> list[Row]:
    """I/O errors at every call on a plain file."""
    return [_failed(folder, True, 1 if is_full else 12)]


def encrypted_io_part(folder: Path, is_full: bool, seed: int) -> list[Row]:
    """I/O errors at every call on an encrypted file."""
    return [_failed(folder, False, 1 if is_full else 12)]


def _failed(folder: Path, is_demo: bool, every: int) -> Row:
    done = io_errors.campaign(folder, is_demo=is_demo, every=every)
    ends = ", ".join(f"{count} {how}" for how, count in sorted(done.ends.items()))
    return Row(
        f"I/O error at every call, {'plain' if is_demo else 'encrypted'} file",
        f"{done.runs:,} runs at {done.positions} positions of {len(io_errors.FLOWS)} flows",
        f"{sum(done.wrongs.values())} wrongs; {ends}",
        not done.wrongs,
        done.seconds,
        str(done) if done.wrongs else "",
    )


Part = Callable[[Path, bool, int], list[Row]]
PARTS: tuple[Part, ...] = (
    plain_kills,
    more_plain_kills,
    plain_cuts,
    encrypted_cuts,
    plain_io_part,
    encrypted_io_part,
    encrypted_kills,
    flip_part,
    defect_part,
)
WORKERS = 4


def control(what: str, count: str, found: int, wrong: str, seconds: float) -> Row:
    """The line of a planted defect: good when it was found."""
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
