"""A counter joins its hub: by a one-time code that also says which authority to believe."""

from __future__ import annotations

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
from counter_app.domain.refusals import Refused
from counter_app.domain.sync_refusals import AuthorityIsAnother, CodeUnreadable, EnrolledAlready, NotEnrolled
from counter_app.domain.sync_state import ChainMark, Enrolment, EpochEnd, NewEpoch, Stop
from counter_app.storage import chain
from counter_app.storage.device import Device, is_signed
from counter_app.storage.hall import KEY_FOLDER, SYSTEM, OpenHall, create_hall
from counter_app.storage.keys import new_key_place
from counter_app.storage.sql import Reading
from counter_app.storage.stamps import stamp
from counter_app.storage.sync_state import finding_of, keep, read_state
from counter_app.sync import wire
from counter_app.sync.contact import unsigned
from counter_app.sync.hub_line import Line, LineDown, OneCall, fetch_authority
from counter_app.sync.upload import first_mark

_CODE_DIGITS = 16
"""What stands before the fingerprint: 80 bits in base 32."""


class Code(NamedTuple):
    """A one-time code as printed: what the hub knows it by, and the fingerprint of its authority."""

    code: str
    fingerprint: str

    @classmethod
    def read(cls, printed: str) -> Code:
        """Take a printed code apart; hyphens, spaces and case do not matter.

        Raises:
            Refused: `CodeUnreadable`.
        """
        digits = "".join(printed.split()).replace("-", "")
        code, fingerprint = digits[: -wire.FINGERPRINT_DIGITS].upper(), digits[-wire.FINGERPRINT_DIGITS :].lower()
        is_hex = not set(fingerprint) - set("0123456789abcdef")
        if len(code) != _CODE_DIGITS or not code.isalnum() or not code.isascii() or not is_hex:
            raise Refused(CodeUnreadable())
        return cls(code, fingerprint)


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


def join(hall: OpenHall, url: str, printed: str, way: Way = HTTPS) -> Joined:
    """Bring an open hall under its hub: its whole journal goes up, nothing of it is changed. For the writer's thread.

    Raises:
        Refused: `CodeUnreadable`, `EnrolledAlready`, `AuthorityIsAnother`, `NotEnrolled`.
        LineDown: the hub does not answer.
    """
    code = Code.read(printed)
    with hall.reading() as reading:
        _refuse_second(reading, url)
    own = hall.hall
    authority = _authority(url, code, way)
    answer = _asked(way.open_line(url, authority), code, hall.device, own, hall_id=own.hall_id)
    if (answer.hall.get("hall_id"), answer.counter_id) != (own.hall_id, own.counter_id):
        raise Refused(NotEnrolled("conflict", "counter"))
    enrolment = Enrolment(url, answer.hub_key, authority, answer.ordinal, answer.wants_master)
    _keep(hall, enrolment, answer)
    with hall.reading() as reading:
        return Joined(enrolment, hall.epoch, chain.queue(reading, hall.epoch, answer.hub.head.n).length)


def join_new(folder: Path, url: str, printed: str, counter_code: str, *, clock: Clock, way: Way = HTTPS) -> Joined:
    """Make the folder of a further counter of a hall, or of one whose disk was lost, out of what the hub says.

    Raises:
        Refused: `CodeUnreadable`, `AuthorityIsAnother`, `NotEnrolled`.
        LineDown: the hub does not answer; no folder was made.
        FileExistsError: the folder holds a hall already.
    """
    code = Code.read(printed)
    authority = _authority(url, code, way)
    place = _InMemory()
    device = Device.make(place)
    wanted = Hall("", "", "", "", "", str(uuid.uuid4()), counter_code, f"{counter_code} 号台", "", "", is_demo=False)
    answer = _asked(way.open_line(url, authority), code, device, wanted, hall_id=None)
    hall = _hall_of(answer, wanted)
    keys = new_key_place(hall.hall_id, folder / KEY_FOLDER)
    if keys.read("device") is None:
        keys.write("device", place.secret)
    enrolment = Enrolment(url, answer.hub_key, authority, answer.ordinal, answer.wants_master)
    opened = create_hall(folder, hall, clock=clock, keys=keys, first=lambda made: _keep(made, enrolment, answer))
    try:
        return Joined(enrolment, answer.epoch, 0)
    finally:
        opened.close()


def _refuse_second(reading: Reading, url: str) -> None:
    """A counter has one hub. With a new code it may join the same one again: it was withdrawn, or the hub forgot it."""
    known = read_state(reading).enrolment
    if known is not None and known.url.rstrip("/") != url.rstrip("/"):
        raise Refused(EnrolledAlready(known.url))


def _authority(url: str, code: Code, way: Way) -> str:
    pem = way.fetch_authority(url)
    try:
        found = wire.authority_fingerprint(ssl.PEM_cert_to_DER_cert(pem))
    except ValueError as error:
        raise LineDown("not_the_hub", "no certificate") from error
    if found != code.fingerprint:
        raise Refused(AuthorityIsAnother(url, code.fingerprint, found))
    return pem


def _asked(line: Line, code: Code, device: Device, own: Hall, *, hall_id: str | None) -> wire.Enrolled:
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
        proof=proof,
    )
    body = asked.model_dump_json().encode("utf-8")
    status, headers, reply = line.call("POST", "/v1/devices", {"Content-Type": "application/json"}, body)
    known = {name.lower(): value for name, value in headers.items()}
    try:
        if status != 200:
            no = wire.Refusal.model_validate_json(reply)
            raise Refused(NotEnrolled(no.why.value, no.facts.get("what", "")))
        answer = wire.Enrolled.model_validate_json(reply)
        signature = bytes.fromhex(known.get("hub-signature", ""))
    except ValidationError as error:
        raise unsigned(status, known, reply) from error
    except ValueError as error:
        raise LineDown("not_the_hub", "not signed") from error
    if not is_signed(bytes.fromhex(answer.hub_key), wire.reply_text(proof, status, reply), signature):
        raise LineDown("not_the_hub", "not signed")
    return answer


def _keep(hall: OpenHall, enrolment: Enrolment, answer: wire.Enrolled) -> None:
    """What the hub said, with an entry of it, in one commit; and under which epoch the journal goes on."""
    with hall.writing() as work:
        hall.journal.append(
            work,
            Draft(
                kind="config.change",
                body={"hub": {"url": enrolment.url, "ordinal": enrolment.ordinal, "epoch": answer.epoch}},
                staff_no=SYSTEM,
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
        if answer.epoch > hall.epoch:
            # another device was this counter before: what it sent up is fetched, what is here is carried over
            new = NewEpoch("issued", "new", None, own, epoch=answer.epoch, fetching=EpochEnd(1, 0, 0))
            stop = Stop("restored", stamp(hall.clock.now()), f"epoch {answer.epoch}", f"epoch {own.epoch}")
        elif answer.epoch < hall.epoch:
            # the hub has forgotten epochs that it gave; a person confirms that this file goes on
            stop = Stop("fork", stamp(hall.clock.now()), f"epoch {answer.epoch}", f"epoch {own.epoch}")
        keep(
            work,
            enrolment=enrolment,
            acked=acked,
            feed=feed,
            nonce=answer.next_nonce,
            outstanding=None,
            new_epoch=new,
            stop=stop,
        )
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


class _InMemory:
    """Where a new device's secret is until it is known whose it is."""

    words = "memory"

    def __init__(self) -> None:
        self.secret = b""

    def read(self, name: str) -> bytes | None:
        return self.secret or None

    def write(self, name: str, secret: bytes) -> None:
        self.secret = secret
