"""A strict disk: what was not synced is gone after a power cut, or arrives torn into sectors and in any order."""

from __future__ import annotations

import os
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path, PurePosixPath
from random import Random

from tests.faults.operations import Op

SECTOR = 512


@dataclass
class File:
    """One file: what is on the disk for good, and what was asked for since the last sync."""

    durable: bytes = b""
    present: bytearray = field(default_factory=bytearray)
    waiting: list[Op] = field(default_factory=list)
    version: int = 0

    def change(self, op: Op) -> None:
        """Take an operation; an append is given its place."""
        if op.kind == "write" and op.offset < 0:
            op = Op("write", op.path, offset=len(self.present), data=op.data)
        apply(self.present, op)
        self.waiting.append(op)

    def sync(self) -> None:
        """Everything so far is on the disk."""
        if self.waiting:
            self.durable = bytes(self.present)
            self.waiting.clear()
            self.version += 1


@dataclass(frozen=True)
class Image:
    """What a disk may hold after a cut behind `after` operations; `kind` is strict, kept or torn."""

    kind: str
    after: int
    heard: int
    files: dict[str, bytes]
    folders: frozenset[str]

    def lay_out(self, folder: Path) -> None:
        """Make it a real folder."""
        for name in sorted(self.folders):
            (folder / name).mkdir(parents=True, exist_ok=True)
        for name, data in self.files.items():
            path = folder / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(data)


class Disk:
    """The recorded folder, before and while the operations happen."""

    def __init__(self, folder: Path) -> None:
        """Start from a folder that is on the disk for good."""
        self.present: dict[str, File] = {}
        self.folders: set[str] = set()
        for path in sorted(folder.rglob("*")):
            name = path.relative_to(folder).as_posix()
            if path.is_dir():
                self.folders.add(name)
            else:
                data = path.read_bytes()
                self.present[name] = File(data, bytearray(data))
        self.durable = dict(self.present)
        self.durable_folders = set(self.folders)
        self.waiting: dict[str, list[tuple[Op, File | None]]] = {}

    def run(self, op: Op) -> bool:
        """Carry out an operation; whether it changed what a cut may leave."""
        if op.kind == "say":
            return False
        if op.kind == "sync":
            return self._sync(op.path)
        if op.kind in ("write", "truncate"):
            self.present[op.path].change(op)
            return True
        if op.kind == "create" and op.path in self.present:
            return False
        file = File() if op.kind == "create" else self.present.get(op.path)
        change_names(op, file, self.present, self.folders)
        for name in {_folder(op.path), _folder(op.other or op.path)}:
            self.waiting.setdefault(name, []).append((op, file))
        return True

    def strict(self, after: int, heard: int) -> Image:
        """Only what was synced."""
        names, folders = self.durable, self.durable_folders
        return Image("strict", after, heard, {n: f.durable for n, f in names.items()}, frozenset(folders))

    def kept(self, after: int, heard: int) -> Image:
        """Everything, as after the death of the process alone."""
        return Image(
            "kept", after, heard, {n: bytes(f.present) for n, f in self.present.items()}, frozenset(self.folders)
        )

    def torn(self, after: int, heard: int, chance: Random) -> Image:
        """Some of what was not synced: sectors of writes in any order, names in theirs."""
        names, folders = dict(self.durable), set(self.durable_folders)
        for name in sorted(self.waiting):
            waiting = self.waiting[name]
            for op, file in waiting[: chance.randrange(len(waiting) + 1)]:
                change_names(op, file, names, folders)
        files = {name: _torn(file, chance) for name, file in names.items()}
        return Image("torn", after, heard, files, frozenset(folders))

    @property
    def has_waiting(self) -> bool:
        """Whether a cut now would lose anything."""
        return any(self.waiting.values()) or any(file.waiting for file in self.present.values())

    def _sync(self, path: str) -> bool:
        if path in self.present:
            had = bool(self.present[path].waiting)
            self.present[path].sync()
            return had
        waiting = self.waiting.pop(path, [])
        for op, file in waiting:
            change_names(op, file, self.durable, self.durable_folders)
        return bool(waiting)


def change_names(op: Op, file: File | None, names: dict[str, File], folders: set[str]) -> None:
    """Carry out an operation on names; a rename within one folder happens whole or not at all."""
    if op.kind in ("create", "link", "rename"):
        assert file is not None, op
        names[op.other or op.path] = file
    if op.kind in ("rename", "unlink"):
        names.pop(op.path, None)
    elif op.kind == "mkdir":
        folders.add(op.path)
    elif op.kind == "rmdir":
        folders.discard(op.path)


def cuts(disk: Disk, ops: list[Op], *, torn: int, seed: int, every: int = 1) -> Iterator[Image]:
    """The images of a power cut behind each operation: strict, kept, and `torn` torn ones while something waits.

    `every` leaves out torn and kept ones at most cut points; strict ones are made at every one that changed anything.
    """
    chance = Random(seed)
    heard = 0
    yield disk.strict(0, heard)
    for number, op in enumerate(ops, 1):
        heard += op.kind == "say"
        changed = disk.run(op)
        if op.kind == "say" or (changed and (op.kind == "sync" or _is_name(op))):
            yield disk.strict(number, heard)
        if not changed or number % every:
            continue
        yield disk.kept(number, heard)
        if disk.has_waiting:
            for _ in range(torn):
                yield disk.torn(number, heard, chance)


def apply(content: bytearray, op: Op) -> None:
    """Carry out a write or truncate."""
    if op.kind == "truncate":
        if op.offset < len(content):
            del content[op.offset :]
        else:
            content.extend(bytes(op.offset - len(content)))
        return
    if op.offset > len(content):
        content.extend(bytes(op.offset - len(content)))
    content[op.offset : op.offset + len(op.data)] = op.data


def _torn(file: File, chance: Random) -> bytes:
    if not file.waiting:
        return file.durable
    content = bytearray(file.durable)
    pieces: list[Op] = []
    for op in file.waiting:
        if op.kind == "truncate":
            pieces.append(op)
            continue
        at = op.offset
        while at < op.offset + len(op.data):
            end = min((at // SECTOR + 1) * SECTOR, op.offset + len(op.data))
            pieces.append(Op("write", op.path, offset=at, data=op.data[at - op.offset : end - op.offset]))
            at = end
    share = chance.choice((0.1, 0.5, 0.9, 0.98))
    kept = [piece for piece in pieces if chance.random() < share]
    if chance.random() < 0.5:
        chance.shuffle(kept)
    for piece in kept:
        apply(content, piece)
    return bytes(content)


def _is_name(op: Op) -> bool:
    return op.kind in ("create", "rename", "unlink", "link", "mkdir", "rmdir")


def _folder(path: str) -> str:
    parent = PurePosixPath(path).parent.as_posix()
    return os.path.normpath(parent)
