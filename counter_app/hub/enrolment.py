"""How a device becomes a counter of a hall: by a code that is said once, lives ten minutes and bears five mistakes."""

from __future__ import annotations

import base64
import hashlib
import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Connection, Row, func, insert, or_, select, update

from counter_app.domain.id_ranges import MOST_EPOCH, MOST_ORDINAL
from counter_app.hub import feed, offers
from counter_app.hub import tables as t
from counter_app.hub.calls import Caller, No, json_text, stamp, state_of
from counter_app.hub.contacts import following
from counter_app.hub.epochs import next_epoch
from counter_app.hub.keys import is_signed
from counter_app.sync.wire import PROTOCOLS, Enrol, Enrolled, Why, enrol_text

CODE_BYTES = 10
LIVES = timedelta(minutes=10)
TRIES = 5

Secret = Callable[[int], bytes]
"""A source of bytes that nobody can foresee: `secrets.token_bytes`, or a seeded one in the simulator."""


@dataclass(frozen=True, slots=True)
class Wish:
    """Whom a code is for; `hall_facts` (name, company, trade …) matter when the hall is new.

    `replaces` revokes the device that is the counter now: its machine is gone, or given to something else.
    """

    hall_code: str
    counter_code: str
    counter_name: str
    hall_facts: Mapping[str, str]
    replaces: bool = False


@dataclass(frozen=True, slots=True)
class Edge:
    """What the rules of enrolment cannot know by themselves."""

    generation: str
    at: datetime
    secret: Secret
    hub_key: str

    def fresh(self) -> str:
        """A nonce or an id."""
        return self.secret(16).hex()


def issue(connection: Connection, wish: Wish, at: datetime, secret: Secret) -> str | No:
    """A one-time code for one counter; only its hash is kept.

    Refused (`conflict`) while another device is this counter, unless the wish replaces it.
    """
    hall_id = _hall_by_code(connection, wish.hall_code) or ""
    counter = _counter_by_code(connection, hall_id, wish.counter_code)
    if (
        counter is not None
        and not wish.replaces
        and (active := _active_devices(connection, hall_id, counter.counter_id))
    ):
        return No(Why.CONFLICT, {"counter": wish.counter_code, "device": active[0]})
    code = base64.b32encode(secret(CODE_BYTES)).decode("ascii")
    facts = {
        "hall_code": wish.hall_code,
        "hall": dict(wish.hall_facts),
        "counter_name": wish.counter_name,
        "replaces": wish.replaces,
    }
    connection.execute(
        insert(t.enrol_codes).values(
            hall_id=hall_id,
            code_hash=_hash(code),
            counter_code=wish.counter_code,
            issued_at=stamp(at),
            expires_at=stamp(at + LIVES),
            tries=0,
            used_by=None,
            facts=json_text(facts),
        )
    )
    return "-".join(code[place : place + 4] for place in range(0, len(code), 4))


def redeem(connection: Connection, asked: Enrol, edge: Edge) -> Enrolled | No:
    """Make the device a counter of the hall; asked again by the same device, the answer is the same.

    Refused: `bad_code` (unknown, or by its `what` of another `counter`, `used`, `expired`, after too many `tries`; the
    caller then calls `count_try`), `not_signed`, `conflict` (the file is of another hall, or its names are taken),
    `too_large` (the hall has had as many counters, the counter as many epochs as there are ranges of ids for).
    """
    if asked.proto not in PROTOCOLS:
        return No(Why.OLD_PROTOCOL)
    proof = enrol_text(asked.code, asked.device_id, asked.counter_id, asked.public_key)
    if not is_signed(asked.public_key, proof, asked.proof):
        return No(Why.NOT_SIGNED)
    code = _live_code(connection, asked, edge)
    if code is None:
        return No(Why.BAD_CODE, _why_dead(connection, asked, edge))
    facts: dict[str, Any] = json.loads(code.facts)
    hall_id = _hall_by_code(connection, facts["hall_code"])
    if hall_id is not None and asked.hall_id not in (None, hall_id):
        return No(Why.CONFLICT, {"what": "hall", "hall_id": hall_id})
    known = connection.execute(select(t.devices).where(t.devices.c.device_id == asked.device_id)).one_or_none()
    if known is not None and (known.hall_id != hall_id or known.public_key != asked.public_key):
        return No(Why.CONFLICT, {"what": "device"})
    if hall_id is None:
        hall_id = asked.hall_id or edge.fresh()
        if _has_hall(connection, hall_id):
            return No(Why.CONFLICT, {"what": "hall"})
        _add_hall(connection, hall_id, facts, edge)
    placed = _place(connection, hall_id, asked, facts, known, edge)
    if isinstance(placed, No):
        return placed
    connection.execute(
        update(t.enrol_codes).where(t.enrol_codes.c.code_hash == code.code_hash).values(used_by=asked.device_id)
    )
    return _answer(connection, hall_id, asked, edge)


def count_try(connection: Connection, counter_code: str, at: datetime) -> None:
    """A wrong code was given for a counter: five of them end the codes that wait for one of this name."""
    code = t.enrol_codes.c
    waits = (code.counter_code == counter_code, code.used_by.is_(None), code.expires_at > stamp(at))
    connection.execute(update(t.enrol_codes).where(*waits).values(tries=code.tries + 1))


def revoke(connection: Connection, device_id: str, at: datetime) -> bool:
    """Refuse a device from its next request on; false when there is none of this id that was not revoked before."""
    device = t.devices.c
    row = connection.execute(
        select(device.hall_id).where(device.device_id == device_id, device.revoked_at.is_(None))
    ).one_or_none()
    if row is None:
        return False
    connection.execute(
        update(t.devices)
        .where(device.hall_id == row.hall_id, device.device_id == device_id)
        .values(revoked_at=stamp(at))
    )
    feed.tell(connection, row.hall_id, [_device_row(connection, row.hall_id, device_id)])
    return True


def _live_code(connection: Connection, asked: Enrol, edge: Edge) -> Row[Any] | None:
    code = t.enrol_codes.c
    question = select(t.enrol_codes).where(
        code.code_hash == _hash(asked.code),
        code.counter_code == asked.counter_code,
        code.expires_at > stamp(edge.at),
        code.tries < TRIES,
        or_(code.used_by.is_(None), code.used_by == asked.device_id),
    )
    return connection.execute(question.with_for_update()).one_or_none()


def _why_dead(connection: Connection, asked: Enrol, edge: Edge) -> dict[str, str]:
    """Why a code does not live, told to whoever has all 80 bits of it; of one that never was, nothing."""
    code = connection.execute(select(t.enrol_codes).where(t.enrol_codes.c.code_hash == _hash(asked.code))).one_or_none()
    if code is None:
        return {}
    if code.counter_code != asked.counter_code:
        return {"what": "counter"}
    if code.used_by not in (None, asked.device_id):
        return {"what": "used"}
    return {"what": "expired" if code.expires_at <= stamp(edge.at) else "tries"}


def _place(
    connection: Connection, hall_id: str, asked: Enrol, facts: Mapping[str, Any], known: Row[Any] | None, edge: Edge
) -> No | None:
    counter = _counter_by_code(connection, hall_id, asked.counter_code)
    if known is not None and (counter is None or known.counter_id != counter.counter_id):
        return No(Why.CONFLICT, {"what": "device"})
    if known is not None and known.revoked_at is None and not asked.is_other:
        return None
    rows: list[tuple[str, dict[str, object]]] = []
    if counter is None:
        if _has_counter(connection, hall_id, asked.counter_id):
            return No(Why.CONFLICT, {"what": "counter"})
        if _last_ordinal(connection, hall_id) >= MOST_ORDINAL:
            return No(Why.TOO_LARGE, {"what": "counters", "most": str(MOST_ORDINAL)})
        counter = _add_counter(connection, hall_id, asked, facts)
        rows.append(("counter", {key: value for key, value in counter._asdict().items() if key != "hall_id"}))
    active = [one for one in _active_devices(connection, hall_id, counter.counter_id) if one != asked.device_id]
    if active and not facts["replaces"]:
        return No(Why.CONFLICT, {"what": "counter"})
    for device_id in active:
        _set_device(connection, hall_id, device_id, revoked_at=stamp(edge.at))
        rows.append(_device_row(connection, hall_id, device_id))
    epoch = next_epoch(connection, hall_id, counter.counter_id, asked.epoch)
    if known is not None and known.epoch + 1 == epoch and not asked.is_other:
        # nobody was this counter meanwhile: its chain goes on
        epoch = known.epoch
    if epoch > MOST_EPOCH:
        return No(Why.TOO_LARGE, {"what": "epochs", "most": str(MOST_EPOCH)})
    if known is None:
        _add_device(connection, hall_id, counter.counter_id, asked, edge, epoch=epoch)
    else:
        nonce = following(known.nonce, edge.fresh())
        _set_device(connection, hall_id, asked.device_id, revoked_at=None, nonce=nonce, epoch=epoch)
    if known is None or epoch != known.epoch:
        _open_epoch(connection, hall_id, counter.counter_id, asked, edge, epoch=epoch)
    rows.append(_device_row(connection, hall_id, asked.device_id))
    feed.tell(connection, hall_id, rows)
    return None


def _answer(connection: Connection, hall_id: str, asked: Enrol, edge: Edge) -> Enrolled:
    device = t.devices.c
    found = connection.execute(
        select(device.counter_id, device.epoch, device.nonce).where(
            device.hall_id == hall_id, device.device_id == asked.device_id
        )
    ).one()
    counter, hall, master = t.counters.c, t.halls.c, t.master_rows.c
    ordinal = connection.execute(
        select(counter.ordinal).where(counter.hall_id == hall_id, counter.counter_id == found.counter_id)
    ).scalar_one()
    code, facts = connection.execute(select(hall.hall_code, hall.facts).where(hall.hall_id == hall_id)).one()
    has_master = connection.execute(select(master.kind).where(master.hall_id == hall_id).limit(1)).first() is not None
    caller = Caller(
        hall_id, found.counter_id, asked.device_id, found.epoch, found.nonce, edge.generation, edge.at, edge.fresh
    )
    return Enrolled(
        hub=state_of(connection, caller),
        hall={**json.loads(facts), "hall_id": hall_id, "hall_code": code},
        counter_id=found.counter_id,
        ordinal=ordinal,
        epoch=found.epoch,
        hub_key=edge.hub_key,
        next_nonce=found.nonce,
        wants_master=asked.hall_id is not None and (not has_master or offers.is_abandoned(connection, hall_id)),
    )


def _add_hall(connection: Connection, hall_id: str, facts: Mapping[str, Any], edge: Edge) -> None:
    connection.execute(
        insert(t.halls).values(
            hall_id=hall_id, hall_code=facts["hall_code"], facts=json_text(facts["hall"]), created_at=stamp(edge.at)
        )
    )
    feed.open_feed(connection, hall_id)
    words = [("hall", {"key": key, "value": value}) for key, value in sorted(facts["hall"].items())]
    if words:
        feed.tell(connection, hall_id, words)


def _add_counter(connection: Connection, hall_id: str, asked: Enrol, facts: Mapping[str, Any]) -> Row[Any]:
    connection.execute(
        insert(t.counters).values(
            hall_id=hall_id,
            counter_id=asked.counter_id,
            ordinal=_last_ordinal(connection, hall_id) + 1,
            code=asked.counter_code,
            name=facts["counter_name"] or asked.counter_name,
            is_active=1,
        )
    )
    found = _counter_by_code(connection, hall_id, asked.counter_code)
    assert found is not None
    return found


def _last_ordinal(connection: Connection, hall_id: str) -> int:
    counter = t.counters.c
    last = connection.execute(select(func.max(counter.ordinal)).where(counter.hall_id == hall_id)).scalar_one()
    return last or 0


def _add_device(connection: Connection, hall_id: str, counter_id: str, asked: Enrol, edge: Edge, *, epoch: int) -> None:
    connection.execute(
        insert(t.devices).values(
            hall_id=hall_id,
            device_id=asked.device_id,
            counter_id=counter_id,
            public_key=asked.public_key,
            epoch=epoch,
            nonce=edge.fresh(),
            app_version=asked.app_version,
            enrolled_at=stamp(edge.at),
            revoked_at=None,
        )
    )


def _open_epoch(connection: Connection, hall_id: str, counter_id: str, asked: Enrol, edge: Edge, *, epoch: int) -> None:
    connection.execute(
        insert(t.epochs).values(
            hall_id=hall_id,
            counter_id=counter_id,
            epoch=epoch,
            device_id=asked.device_id,
            reason="enrolled",
            approver_no="",
            opened_at=stamp(edge.at),
        )
    )


def _set_device(connection: Connection, hall_id: str, device_id: str, **values: str | int | None) -> None:
    device = t.devices.c
    connection.execute(
        update(t.devices).where(device.hall_id == hall_id, device.device_id == device_id).values(**values)
    )


def _device_row(connection: Connection, hall_id: str, device_id: str) -> tuple[str, dict[str, object]]:
    device = t.devices.c
    question = select(device.device_id, device.counter_id, device.public_key, device.epoch, device.revoked_at)
    row = connection.execute(question.where(device.hall_id == hall_id, device.device_id == device_id)).one()
    return "device", dict(row._mapping)


def _hall_by_code(connection: Connection, hall_code: str) -> str | None:
    hall = t.halls.c
    return connection.execute(select(hall.hall_id).where(hall.hall_code == hall_code)).scalar_one_or_none()


def _has_hall(connection: Connection, hall_id: str) -> bool:
    return connection.execute(select(t.halls.c.hall_id).where(t.halls.c.hall_id == hall_id)).first() is not None


def _counter_by_code(connection: Connection, hall_id: str, code: str) -> Row[Any] | None:
    counter = t.counters.c
    question = select(t.counters).where(counter.hall_id == hall_id, counter.code == code)
    return connection.execute(question).one_or_none()


def _has_counter(connection: Connection, hall_id: str, counter_id: str) -> bool:
    counter = t.counters.c
    question = select(counter.counter_id).where(counter.hall_id == hall_id, counter.counter_id == counter_id)
    return connection.execute(question).first() is not None


def _active_devices(connection: Connection, hall_id: str, counter_id: str) -> list[str]:
    device = t.devices.c
    question = select(device.device_id).where(
        device.hall_id == hall_id, device.counter_id == counter_id, device.revoked_at.is_(None)
    )
    return list(connection.execute(question.order_by(device.device_id)).scalars())


def _hash(code: str) -> str:
    return hashlib.sha256("".join(code.split("-")).replace(" ", "").upper().encode()).hexdigest()
