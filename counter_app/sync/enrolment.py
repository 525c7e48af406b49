"""A counter joins its hub: by a one-time code that also says which authority to believe."""

from __future__ import annotations

import hashlib
import json
import ssl
import uuid
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple

from pydantic import ValidationError

from counter_app import __version__
from counter_app.clock import Clock
from counter_app.domain.hall import Hall
from counter_app.domain.journal import Draft
from counter_app.domain.refusals import Refusal, Refused
from counter_app.domain.sync_refusals import (
    AuthorityIsAnother,
    EnrolledAlready,
    NotEnrolled,
)
from counter_app.domain.sync_state import ChainMark, Enrolment, EpochEnd, NewEpoch, Stop, SyncState
from counter_app.storage import chain
from counter_app.storage.device import Device, is_signed
from counter_app.storage.hall import KEY_FOLDER, SYSTEM, OpenHall, create_hall
from counter_app.storage.keys import new_key_place
from counter_app.storage.sql import Reading
from counter_app.storage.stamps import stamp
from counter_app.storage.store import FILE_NAME
from counter_app.storage.sync_state import finding_of, keep, keep_text, kept_text, read_state
from counter_app.sync import wire
from counter_app.sync.contact import unsigned
from counter_app.sync.hub_line import Line, LineDown, OneCall, fetch_authority
from counter_app.sync.one_time_code import Code, address_of
from counter_app.sync.upload import first_mark


@dataclass(frozen=True, slots=True)
class Joined:
    """The counter has its hub: what waits to go up, and whether the hub wants this hall's master data first."""

    enrolment: Enrolment
    epoch: int
    waiting: int


class Way(NamedTuple):
    """How the hub is reached; a test or the simulator has its own."""

    fetch_authority: Callable[[str], str] = fetch_authority
    open_line: Callable[[str, str], Line] = OneCall


HTTPS = Way()

Guard = Callable[[Reading], str]
"""Gives the number of whoever connects the counter, looked at in the unit of work itself; raises `Refused` where they
may not.
"""


@dataclass(frozen=True, slots=True)
class Wanted:
    """What a counter asks a hub with, all of it out of the store: nothing of that is held while the hub is asked."""

    url: str
    code: Code
    hall_id: str | None
    counter_id: str
    body: bytes
    proof: str


@dataclass(frozen=True, slots=True)
class Answer:
    """What the hub said to it, proved to be the hub's."""

    enrolment: Enrolment
    said: wire.Enrolled


@dataclass(frozen=True, slots=True)
class Begun:
    """An enrolment that was begun and has no end yet: with the same code the hub gives the same answer again."""

    url: str
    printed: str
    at: str


_BEGUN = "enrolment.begun"


def by_system(_reading: Reading) -> str:
    """For a command: whoever may run it on this machine may connect the counter."""
    return SYSTEM


def join(hall: OpenHall, url: str, printed: str, way: Way = HTTPS) -> Joined:
    """Bring an open hall under its hub in one go: `prepare`, `ask`, `keep_answer`. For the writer's thread where nobody
    waits for that; a window takes the three steps on three lanes.

    Raises:
        Refused, LineDown: as the three say.
    """
    wanted = prepare(hall, url, printed)
    try:
        answer = ask(wanted, way)
    except Refused:
        forget_begun(hall)
        raise
    return keep_answer(hall, answer)


def prepare(hall: OpenHall, url: str, printed: str, guard: Guard = by_system) -> Wanted:
    """The first step, in the store: what the hub will be asked with, kept as begun. Nothing else of the hall changes.

    Raises:
        Refused: `AddressUnreadable`, `CodeUnreadable`, `EnrolledAlready`, and those of the guard.
    """
    url, code = address_of(url), Code.read(printed)
    with hall.writing() as work:
        guard(work)
        state = read_state(work)
        known = state.enrolment
        # with a new code it may join the same hub again: it was withdrawn, or the hub forgot it
        if known is not None and known.url.rstrip("/") != url:
            raise Refused(EnrolledAlready(known.url))
        begun = {"url": url, "printed": f"{code.code}{code.fingerprint}", "at": stamp(hall.clock.now())}
        keep_text(work, _BEGUN, json.dumps(begun))
    own = hall.hall
    is_other = hall.is_behind_mark or (state.stop is not None and state.stop.reason != "revoked")
    epoch = _given(hall.epoch, state)
    return _wanted(url, code, hall.device, own, hall_id=own.hall_id, epoch=epoch, is_other=is_other)


def identify(wanted: Wanted, way: Way = HTTPS) -> str:
    """The second step's first half, on the network: the authority (PEM) that the code names, had from that address.

    Raises:
        Refused: `AuthorityIsAnother`.
        LineDown: no answer.
    """
    return _identify(wanted.url, wanted.code, way)


def _identify(url: str, code: Code, way: Way) -> str:
    pem = way.fetch_authority(url)
    try:
        found = wire.authority_fingerprint(ssl.PEM_cert_to_DER_cert(pem))
    except ValueError as error:
        raise LineDown("not_the_hub", "no certificate") from error
    if found != code.fingerprint:
        raise Refused(AuthorityIsAnother(url, code.fingerprint, found))
    return pem


def ask(wanted: Wanted, way: Way = HTTPS, authority: str | None = None) -> Answer:
    """The second step, on the network: hand in the code to the hub of the `authority` that `identify` gave.

    Raises:
        Refused: `AuthorityIsAnother`, `NotEnrolled`.
        LineDown: no answer; whether the hub took the counter in, it says when it is asked again with the same code.
    """
    authority = authority or identify(wanted, way)
    said = _asked(way.open_line(wanted.url, authority), wanted)
    if wanted.hall_id is not None and (said.hall.get("hall_id"), said.counter_id) != (
        wanted.hall_id,
        wanted.counter_id,
    ):
        raise Refused(NotEnrolled("conflict", "counter"))
    return Answer(Enrolment(wanted.url, said.hub_key, authority, said.ordinal, said.wants_master), said)


def keep_answer(hall: OpenHall, answer: Answer, guard: Guard = by_system) -> Joined:
    """The third step, in the store, one commit: from here on the counter has its hub, and its whole journal goes up;
    nothing of that is changed.

    Raises:
        Refused: those of the guard.
    """
    _keep(hall, answer, guard)
    with hall.reading() as reading:
        waiting = chain.queue(reading, hall.epoch, answer.said.hub.head.n).length
        return Joined(answer.enrolment, hall.epoch, waiting)


def begun(reading: Reading) -> Begun | None:
    """An enrolment that a crash, or a line that broke, left without an end."""
    kept = kept_text(reading, _BEGUN)
    return None if kept is None else Begun(**json.loads(kept))


def forget_begun(hall: OpenHall) -> None:
    """The hub said no: what was begun is over."""
    with hall.writing() as work:
        keep_text(work, _BEGUN, None)


def is_patience(no: Refusal) -> bool:
    """Whether the hub only asks to come again: what was begun has no end yet."""
    return isinstance(no, NotEnrolled) and no.why in ("too_many", "busy")


def join_new(folder: Path, url: str, printed: str, counter_code: str, *, clock: Clock, way: Way = HTTPS) -> Joined:
    """Make the folder of a further counter of a hall, or of one whose disk was lost, out of what the hub says.

    Raises:
        Refused: `AddressUnreadable`, `CodeUnreadable`, `AuthorityIsAnother`, `NotEnrolled`.
        LineDown: the hub does not answer, and no hall was made; the same code asks again under the same key, for the
            key is kept before the hub hears of it.
        FileExistsError: the folder holds a hall already.
    """
    if (folder / FILE_NAME).exists():
        raise FileExistsError(folder / FILE_NAME)
    url, code = address_of(url), Code.read(printed)
    authority = _identify(url, code, way)
    name = f"joining-{hashlib.sha256(code.code.encode()).hexdigest()[:16]}"
    asking = new_key_place(name, folder / KEY_FOLDER / name)
    kept = asking.read("device")
    device = Device.make(asking) if kept is None else Device.from_secret(kept)
    own = Hall("", "", "", "", "", str(uuid.uuid4()), counter_code, f"{counter_code} 号台", "", "", is_demo=False)
    try:
        answer = ask(_wanted(url, code, device, own, hall_id=None), way, authority)
    except Refused as no:
        if not is_patience(no.refusal):
            asking.forget("device")
        raise
    hall = _hall_of(answer.said, own)
    keys = new_key_place(hall.hall_id, folder / KEY_FOLDER)
    keys.change("device", asking.read("device") or b"")
    opened = create_hall(folder, hall, clock=clock, keys=keys, first=lambda made: _keep(made, answer, by_system))
    try:
        asking.forget("device")
        return Joined(answer.enrolment, answer.said.epoch, 0)
    finally:
        opened.close()


def _given(running: int, state: SyncState) -> int:
    """The largest epoch that a hub has given this file; 0 where the journal is in its first one, which nobody gave."""
    on_its_way = (state.new_epoch and state.new_epoch.epoch) or 0
    return max(running, on_its_way) if running > 1 or on_its_way else 0


def _wanted(
    url: str,
    code: Code,
    device: Device,
    own: Hall,
    *,
    hall_id: str | None,
    epoch: int = 0,
    is_other: bool = False,
) -> Wanted:
    public = device.public_key.hex()
    proof = device.sign(wire.enrol_text(code.code, device.device_id, own.counter_id, public)).hex()
    asked = wire.Enrol(
        proto=wire.PROTOCOLS[-1],
        code=code.code,
        hall_id=hall_id,
        counter_id=own.counter_id,
        counter_code=own.counter_code,
        counter_name=own.counter_name,
        device_id=device.device_id,
        public_key=public,
        app_version=__version__,
        epoch=epoch,
        is_other=is_other,
        proof=proof,
    )
    return Wanted(url, code, hall_id, own.counter_id, asked.model_dump_json().encode("utf-8"), proof)


def _asked(line: Line, wanted: Wanted) -> wire.Enrolled:
    status, headers, reply = line.call("POST", "/v1/devices", {"Content-Type": "application/json"}, wanted.body)
    known = {name.lower(): value for name, value in headers.items()}
    try:
        if status != 200:
            no = wire.Refusal.model_validate_json(reply)
            raise Refused(NotEnrolled(wire.word_of(no), no.facts.get("what", "")))
        answer = wire.Enrolled.model_validate_json(reply)
        signature = bytes.fromhex(known.get("hub-signature", ""))
    except ValidationError as error:
        raise unsigned(status, known, reply) from error
    except ValueError as error:
        raise LineDown("not_the_hub", "not signed") from error
    if not is_signed(bytes.fromhex(answer.hub_key), wire.reply_text(wanted.proof, status, reply), signature):
        raise LineDown("not_the_hub", "not signed")
    return answer


def _keep(hall: OpenHall, given: Answer, guard: Guard) -> None:
    """What the hub said, with an entry of it, in one commit; and under which epoch the journal goes on."""
    enrolment, answer = given.enrolment, given.said
    with hall.writing() as work:
        staff_no = guard(work)
        hall.journal.append(
            work,
            Draft(
                kind="config.change",
                body={"hub": {"url": enrolment.url, "ordinal": enrolment.ordinal, "epoch": answer.epoch}},
                staff_no=staff_no,
                business_date=hall.clock.now().date(),
            ),
        )
        own, head, known = ChainMark(hall.epoch, *chain.end_of(work, hall.epoch)), answer.hub.head, read_state(work)
        acked = first_mark(hall.epoch)
        if answer.epoch == hall.epoch and chain.hash_at(work, hall.epoch, head.n) == head.hash:
            acked = ChainMark(hall.epoch, head.n, head.hash)
        # what the hub has of the hall is not here yet: a snapshot brings it, or this hall's own data goes up first
        feed = known.feed if known.feed is not None and known.feed.generation == answer.hub.generation else None
        new, stop = None, None
        if known.new_epoch is not None and known.new_epoch.epoch == answer.epoch:
            # the steps into it go on from where they are: what they have still to carry over is nowhere else
            new, stop = known.new_epoch, known.stop
        elif answer.epoch > hall.epoch:
            # another device was this counter before, or the hub has forgotten what it had of this one: what it has is
            # fetched, what it lacks is carried over
            new = NewEpoch("issued", "new", None, own, epoch=answer.epoch, fetching=EpochEnd(1, 0, 0))
            stop = Stop("restored", stamp(hall.clock.now()), f"epoch {answer.epoch}", f"epoch {own.epoch}")
        elif answer.epoch < hall.epoch:
            # a hub that heeds no named epoch has forgotten some; a person confirms that this file goes on
            stop = Stop("fork", stamp(hall.clock.now()), f"epoch {answer.epoch}", f"epoch {own.epoch}")
        keep(
            work,
            enrolment=enrolment,
            acked=acked,
            feed=feed,
            nonce=answer.next_nonce,
            # under the nonce that the counter holds already, what it has sent may still be on its way
            outstanding=known.outstanding if answer.next_nonce == known.nonce else None,
            new_epoch=new,
            stop=stop,
            # a hub of another history may have none of the records beside the entries: each is offered again
            records=None if feed is None else known.records,
        )
        keep_text(work, _BEGUN, None)
    if stop is not None:
        hall.store.refuse_money(finding_of(stop))
    elif not hall.is_behind_mark:
        hall.store.allow_money()


def _hall_of(answer: wire.Enrolled, wanted: Hall) -> Hall:
    said = answer.hall
    try:
        return Hall(
            hall_id=said["hall_id"],
            hall_code=said["hall_code"],
            name=said["name"],
            company=said.get("company", ""),
            trade=said["trade"],
            counter_id=answer.counter_id,
            counter_code=wanted.counter_code,
            counter_name=wanted.counter_name,
            hotline=said.get("hotline", ""),
            footer=said.get("footer", ""),
            is_demo=False,
            address=said.get("address", ""),
        )
    except KeyError as error:
        raise LineDown("bad_reply", f"the hub does not say the hall's {error}") from error
