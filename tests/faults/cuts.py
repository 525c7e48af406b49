"""Power cuts at every point of recorded work: each image of the disk is opened and held to what was said before."""

from __future__ import annotations

import json
import shutil
import time
from collections import Counter
from collections.abc import Callable
from contextlib import closing
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from counter_app.clock import FixedClock
from counter_app.storage.beside import data_key
from counter_app.storage.driver import connect, find_driver
from counter_app.storage.hall import open_hall
from counter_app.storage.store import FILE_NAME
from tests import halls
from tests.faults import trace
from tests.faults.operations import Op
from tests.faults.power import Disk, Image, cuts
from tests.faults.truth import Truth

JOURNAL = "SELECT coalesce(intent_id, ''), lower(hex(hash)) FROM entries ORDER BY id"


@dataclass
class Cuts:
    """How a replay went."""

    session: str
    seed: int
    operations: int = 0
    recorder: str = ""
    images: int = 0
    kinds: Counter[str] = field(default_factory=Counter)
    wrongs: Counter[str] = field(default_factory=Counter)
    examples: list[str] = field(default_factory=list)
    seconds: float = 0.0

    def wrong(self, kind: str, image: Image, what: str) -> None:
        """Count a wrong."""
        self.wrongs[kind] += 1
        if len(self.examples) < 20:
            self.examples.append(f"{kind}: {image.kind} after operation {image.after}, {image.heard} said: {what}")

    def __str__(self) -> str:
        head = f"{self.session}, recorded by {self.recorder}, seed {self.seed}: {self.images} images"
        return "\n".join([f"{head}, {dict(self.wrongs)}", *self.examples])


@dataclass
class Recording:
    """A session that was recorded: the folder before it and after it, and what it asked of the disk."""

    session: str
    before: Path
    after: Path
    ops: list[Op]
    recorder: str

    @property
    def lines(self) -> list[dict[str, Any]]:
        """What was said, in order; each line is one operation."""
        return [json.loads(op.data) for op in self.ops if op.kind == "say"]


def record(session: str, before: Path, work: Path, *, recorder: str = "") -> Recording:
    """Run a session on a copy of a folder under a recorder, the best there is unless one is named."""
    recorder = recorder or trace.best_recorder()
    work.mkdir(parents=True, exist_ok=True)
    after = work / f"after-{session}"
    shutil.copytree(before, after)
    said = work / f"said-{session}"
    log = work / f"log-{session}"
    arguments = [session, str(after), str(said)]
    ops = trace.record("tests.faults.sessions", arguments, folder=after, log=log, said=said, recorder=recorder)
    return Recording(session, before, after, ops, recorder)


class Bench:
    """A folder where one image after another is laid out; a file that stays the same is not written again."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.laid: dict[str, bytes] = {}

    def lay(self, image: Image) -> None:
        """Make the folder hold the image; only readers may have looked at the one before."""
        for name in [name for name in self.laid if name not in image.files]:
            (self.folder / name).unlink()
            del self.laid[name]
        for name in image.folders:
            (self.folder / name).mkdir(parents=True, exist_ok=True)
        for name, data in image.files.items():
            if name.endswith("-shm"):  # a reader writes into it
                (self.folder / name).write_bytes(data)
                self.laid[name] = b""
            elif self.laid.get(name) != data:
                path = self.folder / name
                path.parent.mkdir(parents=True, exist_ok=True)
                path.write_bytes(data)
                self.laid[name] = data
        if FILE_NAME + "-shm" not in image.files:
            (self.folder / (FILE_NAME + "-shm")).unlink(missing_ok=True)


def replay(
    recording: Recording,
    look: Callable[[Cuts, Image, Path, bool], None],
    *,
    images: int,
    seed: int,
    bench: Path,
    whole_every: int = 50,
    is_written: bool = False,
) -> Cuts:
    """Look at about `images` images of a recording; every `whole_every`th as the program itself would open it.

    `is_written`: looking changes the files, so each image is laid out anew.
    """
    result = Cuts(recording.session, seed, operations=len(recording.ops), recorder=recording.recorder)
    started = time.monotonic()
    every, torn = density(recording, images)
    quick = Bench(bench / "quick")
    quick.folder.mkdir(parents=True)
    for image in cuts(Disk(recording.before), recording.ops, torn=torn, seed=seed, every=every):
        result.images += 1
        result.kinds[image.kind] += 1
        is_whole = result.images % whole_every == 0
        if is_whole or is_written:
            shutil.rmtree(bench / "whole", ignore_errors=True)
            image.lay_out(bench / "whole")
            look(result, image, bench / "whole", is_whole)
        else:
            quick.lay(image)
            look(result, image, quick.folder, False)
    result.seconds = time.monotonic() - started
    return result


def density(recording: Recording, images: int) -> tuple[int, int]:
    """At which cut points torn images are made, and how many, for about this many in all."""
    changes = sum(op.kind != "say" for op in recording.ops)
    if images < 2 * changes:
        return max(1, round(2 * changes / images)), 1
    return 1, max(1, round(images / changes) - 1)


def look_at_payments(recording: Recording) -> Callable[[Cuts, Image, Path, bool], None]:
    """What was acknowledged is there, unaltered; the journal is a beginning of the true one; the file is whole."""
    driver = find_driver()
    key = data_key(recording.after)
    truth = journal_of(recording.after, key)
    lines = recording.lines

    def look(result: Cuts, image: Image, folder: Path, is_whole: bool) -> None:
        heard = [line for line in lines[: image.heard] if line["say"] in ("ack", "did")]
        try:
            with closing(connect(driver, folder / FILE_NAME, key=key, is_writer=False)) as raw:
                found = raw.execute(JOURNAL).fetchall()
                sums = raw.execute("SELECT coalesce(sum(amount_fen), 0) FROM postings").fetchone()
                whole = raw.execute("PRAGMA quick_check(1)").fetchone()
        except (driver.module.Error, OSError) as error:
            result.wrong("does not open", image, str(error))
            return
        if whole != ("ok",) or sums != (0,):
            result.wrong("malformed", image, f"{whole} {sums}")
        if found != truth[: len(found)]:
            result.wrong("altered", image, f"{len(found)} entries are not the beginning of the journal")
        intents = {row[0] for row in found}
        missing = [line["intent"] for line in heard if line["intent"] not in intents]
        if missing:
            result.wrong("lost", image, f"{len(missing)} of {len(heard)} acknowledged payments")
        elif is_whole:
            _look_as_program(result, image, folder, lines)

    return look


def _look_as_program(result: Cuts, image: Image, folder: Path, lines: list[dict[str, Any]]) -> None:
    """Open as after a restart: money is taken, answers are true, sums fold, `verify` finds nothing."""
    truth = Truth()
    for line in lines:
        if line["say"] in ("ack", "did"):
            truth.tried[line["intent"]] = line["decision"]
    for line in lines[: image.heard]:
        truth.listen(line)
    try:
        hall = open_hall(folder, clock=FixedClock(halls.NOW))
    except Exception as error:  # whatever it is, the counter does not open
        result.wrong("the counter does not open", image, repr(error))
        return
    try:
        truth.check(hall)
        truth.check(hall, is_whole=True)
    finally:
        hall.close()
    for kind, count in truth.wrongs.items():
        result.wrongs[kind] += count - 1
        result.wrong(kind, image, "; ".join(truth.examples))


def journal_of(folder: Path, key: bytes | None) -> list[tuple[str, str]]:
    """Every entry's intent and hash."""
    with closing(connect(find_driver(), folder / FILE_NAME, key=key, is_writer=False)) as raw:
        return [tuple(row) for row in raw.execute(JOURNAL).fetchall()]
