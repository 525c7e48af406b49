"""How a counter stands with its hub (上游): enrolled where, acknowledged how far, stopped why."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

NO_HASH = "0" * 64
"""The hash before the first entry of a chain, and before the first row of a feed."""

StopReason = Literal["restored", "cloned", "fork", "revoked"]
"""Why no money is taken: the file is behind what the hub has; another copy of it lives; the hub's entries are others
than the file's; the hub has withdrawn this device.
"""

EpochStage = Literal["wanted", "issued", "fetched", "begun", "written"]
"""How far a new epoch is: confirmed by a person; its number is known; what the hub has of the old chain lies in the
file; its first entry is written; everything that belongs into it is, and waits to go up.
"""


@dataclass(frozen=True, slots=True)
class Enrolment:
    """What the hub said when it took this device in; `authority` is its certificate authority (PEM)."""

    url: str
    hub_key: str
    authority: str
    ordinal: int
    wants_master: bool


@dataclass(frozen=True, slots=True)
class ChainMark:
    """A place in this counter's journal, by epoch, number and hash (hex)."""

    epoch: int
    seq: int
    hash: str


@dataclass(frozen=True, slots=True)
class FeedMark:
    """How far the feed of a generation is in the file."""

    generation: str
    n: int
    hash: str


@dataclass(frozen=True, slots=True)
class Outstanding:
    """The upload that was about to be sent: without its answer exactly the same one is sent again."""

    nonce: str
    epoch: int
    first_seq: int
    count: int
    last_hash: str


@dataclass(frozen=True, slots=True)
class HubTime:
    """The hub's time: `offset_ms` and the monotonic clock of this start of the machine together are ms since 1970."""

    boot_id: str
    offset_ms: int
    error_ms: int
    measured_ms: int


@dataclass(frozen=True, slots=True)
class Stop:
    """Why no money is taken, since when, and what was found."""

    reason: StopReason
    since_at: str
    expected: str
    found: str


@dataclass(frozen=True, slots=True)
class EpochEnd:
    """Up to where an epoch is the same in the file and at the hub, and where the hub's ends."""

    epoch: int
    common_seq: int
    hub_seq: int


@dataclass(frozen=True, slots=True)
class CarryMark:
    """How far entries were carried over: the file's own first, then those that the hub once gave back."""

    is_given: bool
    epoch: int
    seq: int


@dataclass(frozen=True, slots=True)
class NewEpoch:
    """A new epoch on its way, kept after each step so that a crash goes on where it was.

    `own` is the end of the chain that it follows. The hub's entries are compared epoch by epoch; `fetching` says how
    far the present one is, and `is_proven` that both are known to agree up to there; `ends` has those that are done.
    """

    stage: EpochStage
    reason: Literal["restored", "cloned", "fork", "new"]
    approver_no: str | None
    own: ChainMark
    epoch: int | None = None
    hub: ChainMark | None = None
    fetching: EpochEnd | None = None
    is_proven: bool = False
    ends: tuple[EpochEnd, ...] = ()
    carried: CarryMark | None = None


@dataclass(frozen=True, slots=True)
class RecordsMark:
    """How far the records beside the entries went up: by the row of their entry, and by their own id."""

    entry: int
    record_id: str


@dataclass(frozen=True, slots=True)
class TriedRecords:
    """Which records that the hub refuses were sent on this day of our own: each is tried once a day."""

    on: str
    record_ids: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class AskedRecords:
    """Up to which record, by its id, the hub was asked on this day of our own for contents that a disk lost."""

    on: str
    record_id: str


@dataclass(frozen=True, slots=True)
class Loading:
    """A snapshot on its way into an empty file: which one, its mark, the parts that are in, and the last customer that
    the search knows of it.
    """

    snapshot_id: str
    at: FeedMark
    parts: int = 0
    searched: int = 0


@dataclass(frozen=True, slots=True)
class Offer:
    """The first counter's master data on its way up: the parts that the hub has, and the last row in them."""

    upload_id: str
    parts: int
    kind: str
    after: str


@dataclass(frozen=True, slots=True)
class SyncState:
    """All of it; a counter without a hub has no enrolment, and everything else is as it begins.

    `guests_told` is the history of the hub that was told of the guests here; `strays` are customers who were in no
    snapshot of the hub and are here all the same, since entries refer to them, or as guests. `ahead` says for each of
    the hub's histories up to where rows are here that came with guests and that the feed has yet to bring.
    """

    enrolment: Enrolment | None = None
    acked: ChainMark | None = None
    feed: FeedMark | None = None
    nonce: str | None = None
    outstanding: Outstanding | None = None
    hub_time: HubTime | None = None
    stop: Stop | None = None
    new_epoch: NewEpoch | None = None
    records: RecordsMark | None = None
    refused_records: tuple[str, ...] | None = None
    tried_records: TriedRecords | None = None
    asked_records: AskedRecords | None = None
    loading: Loading | None = None
    offer: Offer | None = None
    guests_told: str | None = None
    strays: tuple[int, ...] | None = None
    ahead: tuple[FeedMark, ...] | None = None

    @property
    def is_enrolled(self) -> bool:
        """Whether there is a hub at all."""
        return self.enrolment is not None

    def ahead_of(self, mark: FeedMark) -> tuple[FeedMark, ...] | None:
        """What is ahead still when the feed has come to this mark."""
        return tuple(at for at in self.ahead or () if at.generation != mark.generation or at.n > mark.n) or None

    def is_ahead_in_another(self, generation: str) -> bool:
        """Whether rows came ahead of the feed in another history of the hub than this one: it may not have them."""
        return any(at.generation != generation for at in self.ahead or ())
