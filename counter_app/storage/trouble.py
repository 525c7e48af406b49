"""What can go wrong with the hall's file, as named kinds of trouble with their facts."""

from __future__ import annotations

import errno
import os
from pathlib import Path
from typing import Literal, NamedTuple

FoundAtStart = Literal[
    "access",
    "device withdrawn",
    "file system",
    "free space",
    "journal behind its mark",
    "journal behind the hub",
    "journal differs from the hub",
    "links",
    "pragma",
    "second copy",
    "sqlite",
]
"""What the self-test finds, the look at the mark when a hall is opened, and what the hub says of this journal."""

FoundInFile = Literal[
    "balance",
    "changed by a step",
    "column",
    "content",
    "device",
    "end of the journal",
    "entry carried over",
    "entry given back",
    "entry hash",
    "entry missing",
    "integrity",
    "intent",
    "journal behind its mark",
    "journal has a gap",
    "link to the entry before",
    "master row",
    "note",
    "paper facts",
    "paper numbers",
    "paper numbers have a gap",
    "payment undone",
    "undo slip",
    "posting",
    "postings sum",
    "prepaid",
    "receipt facts",
    "receipt numbers",
    "receipt numbers have a gap",
    "restore order",
    "retention case",
    "role",
    "row from elsewhere",
    "row missing",
    "row without its entry",
    "row without its owner",
    "safe",
    "schema",
    "sealed page",
    "settled as posted",
    "settlement",
    "shift close",
    "side record",
    "signature",
    "signed month",
    "tender",
    "unreadable",
]
"""What `verify` finds; each has its Chinese word in `commands.verify`."""


class NoHall(FileNotFoundError):
    """The folder holds no hall; `filename` is the file that was looked for."""

    def __init__(self, path: Path) -> None:
        super().__init__(errno.ENOENT, os.strerror(errno.ENOENT), str(path))


class StoreTrouble(Exception):
    """The file cannot do what is asked; `why` is a short technical reason for the log and the page."""

    def __init__(self, why: str) -> None:
        super().__init__(why)
        self.why = why


class CommitUncertain(StoreTrouble):
    """COMMIT gave an error: it may or may not be in the file; only reopening and the intent id can tell."""


class NotRecorded(StoreTrouble):
    """The file said no, and looking the intent up showed that nothing was recorded: the money can go back."""


class FileIsNewer(StoreTrouble):
    """The file was written by a newer program: it is opened read only."""


class FileIsOlder(StoreTrouble):
    """The file needs a migration before it is used."""


class NotThisKey(StoreTrouble):
    """The file is encrypted with another key, or is no hall's file."""


class HallInUse(StoreTrouble):
    """Another program has the hall open for writing; `owner` names it."""

    def __init__(self, owner: str) -> None:
        super().__init__(f"in use by {owner}")
        self.owner = owner


class Finding(NamedTuple):
    """One thing of the self-test or of `verify` that is not as it must be: what, where, found, expected."""

    what: FoundAtStart | FoundInFile
    where: str
    expected: str
    found: str

    def __str__(self) -> str:
        return f"{self.what} at {self.where}: expected {self.expected}, found {self.found}"


class MoneyIsOff(StoreTrouble):
    """The self-test failed: nothing that moves money is done until it passes."""

    def __init__(self, findings: tuple[Finding, ...]) -> None:
        super().__init__("; ".join(map(str, findings)))
        self.findings = findings
