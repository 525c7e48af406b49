"""Everything that can be asked of a hub, and the rule that answers each of it."""

from __future__ import annotations

from typing import Annotated, NamedTuple

from pydantic import BaseModel, ConfigDict, Field

from counter_app.hub import approvals, chains, epochs, feed, finding, held_guests, offers, records, snapshots
from counter_app.hub.asking import BYTES_TYPE, GZIP_TYPE, MB, PEM_TYPE, Bytes, Call, Route
from counter_app.hub.calls import No
from counter_app.hub.messages import message_of, query_of
from counter_app.sync.wire import (
    MOST_ROWS,
    ChainPage,
    Count,
    Done,
    Enrol,
    Enrolled,
    EpochIssued,
    FeedPage,
    Find,
    FoundRows,
    Hash,
    Id,
    Mark,
    MasterOffer,
    Message,
    NewEpoch,
    Snapshot,
    Upload,
    Uploaded,
    Why,
)
from counter_app.sync.wire_approvals import ApprovalAsked, ApprovalTold, AskApproval, TellApproval
from counter_app.sync.wire_guests import HeldGuests

PART_BYTES = 12 * MB
RECORD_BYTES = 8 * MB


class FeedAsked(BaseModel):
    """The query of a feed's page."""

    model_config = ConfigDict(extra="forbid")
    generation: Id
    after: Count
    hash: Hash
    limit: Annotated[int, Field(ge=1, le=MOST_ROWS)] = MOST_ROWS


class ChainAsked(BaseModel):
    """The query of a page of a chain."""

    model_config = ConfigDict(extra="forbid")
    after: Count = 0


def _upload(call: Call) -> Message | No:
    upload = message_of(Upload, call.body)
    counter_id, epoch = call.names["counter_id"], int(call.names["epoch"])
    return chains.receive(call.connection, call.caller, upload, counter_id=counter_id, epoch=epoch)


def _chain(call: Call) -> Message | No:
    if call.names["counter_id"] != call.caller.counter_id:
        return No(Why.NOT_FOUND)
    after = query_of(ChainAsked, call.query).after
    return chains.page(call.connection, call.caller, epoch=int(call.names["epoch"]), after=after)


def _feed(call: Call) -> Message | No:
    asked = query_of(FeedAsked, call.query)
    after = Mark(n=asked.after, hash=asked.hash)
    return feed.page(call.connection, call.caller, generation=asked.generation, after=after, limit=asked.limit)


def _epoch(call: Call) -> Message | No:
    return epochs.issue(call.connection, call.caller, message_of(NewEpoch, call.body))


def _snapshot(call: Call) -> Message | No:
    return snapshots.ask(call.connection, call.caller)


def _snapshot_part(call: Call) -> Bytes | No:
    found = snapshots.part(call.connection, call.caller, call.names["snapshot_id"], int(call.names["part"]))
    return found if isinstance(found, No) else Bytes(found, GZIP_TYPE)


def _master_part(call: Call) -> Message | No:
    upload_id, part = call.names["upload_id"], int(call.names["part"])
    return offers.put_part(call.connection, call.caller, upload_id, part, call.body)


def _master(call: Call) -> Message | No:
    return offers.close(call.connection, call.caller, call.names["upload_id"], message_of(MasterOffer, call.body))


def _record(call: Call) -> Message | No:
    return records.put_record(call.connection, call.caller, call.names["record_id"], call.body)


def _record_back(call: Call) -> Bytes | No:
    found = records.record_of(call.connection, call.caller, call.names["record_id"])
    return found if isinstance(found, No) else Bytes(found, BYTES_TYPE)


def _find(call: Call) -> Message | No:
    return finding.find_customer(call.connection, call.caller, message_of(Find, call.body))


def _held(call: Call) -> Message | No:
    return held_guests.grant_again(call.connection, call.caller, message_of(HeldGuests, call.body))


def _ask_approval(call: Call) -> Message | No:
    return approvals.ask(call.connection, call.caller, message_of(AskApproval, call.body))


def _tell_approval(call: Call) -> Message | No:
    told = message_of(TellApproval, call.body)
    return approvals.tell(call.connection, call.caller, call.names["approval_id"], told)


HEALTH = Route("health", "GET", "/v1/health", "Whether the hub and its data base answer; nothing of a hall.", "open")
AUTHORITY = Route(
    "authority", "GET", "/v1/authority", "The certificate of the hub's own authority (PEM).", "open", answers=PEM_TYPE
)
ENROL = Route("enrol", "POST", "/v1/devices", Enrol.__doc__ or "", "code", asks=Enrol, answers=Enrolled)

ROUTES = (
    HEALTH,
    AUTHORITY,
    ENROL,
    Route(
        "upload",
        "POST",
        "/v1/chains/{counter_id}/{epoch}",
        Upload.__doc__ or "",
        act=_upload,
        asks=Upload,
        answers=Uploaded,
        most=2 * MB,
    ),
    Route(
        "chain",
        "GET",
        "/v1/chains/{counter_id}/{epoch}",
        ChainPage.__doc__ or "",
        act=_chain,
        query=ChainAsked,
        answers=ChainPage,
    ),
    Route(
        "epoch", "POST", "/v1/epochs", NewEpoch.__doc__ or "", act=_epoch, asks=NewEpoch, answers=EpochIssued, cost=10
    ),
    Route("feed", "GET", "/v1/feed", FeedPage.__doc__ or "", act=_feed, query=FeedAsked, answers=FeedPage),
    Route(
        "snapshot",
        "POST",
        "/v1/snapshots",
        Snapshot.__doc__ or "",
        act=_snapshot,
        answers=Snapshot,
        isolation="REPEATABLE READ",
        cost=10,
    ),
    Route(
        "snapshot_part",
        "GET",
        "/v1/snapshots/{snapshot_id}/{part}",
        "One part of a snapshot: gzip of lines `[kind, body]`.",
        act=_snapshot_part,
        answers=GZIP_TYPE,
    ),
    Route(
        "master_part",
        "PUT",
        "/v1/master/{upload_id}/{part}",
        "One part of a first counter's master data: gzip of lines `[kind, body]`.",
        act=_master_part,
        asks=GZIP_TYPE,
        answers=Done,
        most=PART_BYTES,
    ),
    Route(
        "master",
        "POST",
        "/v1/master/{upload_id}",
        MasterOffer.__doc__ or "",
        act=_master,
        asks=MasterOffer,
        answers=Done,
        most=MB,
    ),
    Route(
        "record",
        "PUT",
        "/v1/records/{record_id}",
        "The content of a side record that an entry has named with its size and SHA-256.",
        act=_record,
        asks=BYTES_TYPE,
        answers=Done,
        most=RECORD_BYTES,
    ),
    Route(
        "record_back",
        "GET",
        "/v1/records/{record_id}",
        "The content of a side record that an entry of the counter itself has named, after a loss.",
        act=_record_back,
        answers=BYTES_TYPE,
    ),
    Route(
        "ask_approval",
        "POST",
        "/v1/approvals",
        AskApproval.__doc__ or "",
        act=_ask_approval,
        asks=AskApproval,
        answers=ApprovalAsked,
        cost=5,
    ),
    Route(
        "tell_approval",
        "POST",
        "/v1/approvals/{approval_id}",
        TellApproval.__doc__ or "",
        act=_tell_approval,
        asks=TellApproval,
        answers=ApprovalTold,
        cost=5,
    ),
    Route(
        "held",
        "POST",
        "/v1/customers/held",
        HeldGuests.__doc__ or "",
        act=_held,
        asks=HeldGuests,
        answers=Done,
        cost=5,
        most=8 * MB,
    ),
    Route("find", "POST", "/v1/customers/find", Find.__doc__ or "", act=_find, asks=Find, answers=FoundRows, cost=5),
)
"""A path that is not here is not found."""


class Found(NamedTuple):
    """A route, and what stands for its names in the path."""

    route: Route
    names: dict[str, str]


def find_route(method: str, path: str) -> Found | None:
    """The route of a path, if there is one."""
    for route in ROUTES:
        found = route.pattern.fullmatch(path) if route.method == method else None
        if found is not None:
            return Found(route, found.groupdict())
    return None
