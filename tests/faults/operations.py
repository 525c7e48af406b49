"""One change that a program asked of the disk, whoever recorded it."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Op:
    """One change that was asked for.

    `kind` is create, write, truncate, sync, link, rename, unlink, mkdir, rmdir or say; `path` (and `other`, the new
    name of link and rename) are below the recorded folder; `say` carries what the program told somebody.
    """

    kind: str
    path: str = ""
    other: str = ""
    offset: int = 0
    data: bytes = b""
