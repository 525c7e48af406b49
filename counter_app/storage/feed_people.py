"""What comes down beside customers and money: the staff, the hall's words, its counters and devices, packs, tasks."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import bindparam, delete, func, insert, select, update
from sqlalchemy.dialects.sqlite import insert as upsert

from counter_app.domain.hall_words import word_fault
from counter_app.storage import tables as t
from counter_app.storage import tables_sync as y
from counter_app.storage.feed_checks import ROLES, next_id, roll
from counter_app.storage.feed_taking import Taking, Whys, found_in, keys_of, missing_from, orphans
from counter_app.storage.rules import pack_fault
from counter_app.storage.sql import Row, Writing, compiled, placed

LOCKED_BY_TRIES = 10
"""So many failed tries lock a sign-in here; the hub knows nothing of them, and its rows do not open it."""

_s = t.staff.c
_STAFF_NAMES = ("staff_no", "name", "role", "state", "verifier", "must_change_password")
_HELD_STAFF = found_in(_s.staff_no, _s.state, _s.failed_tries, _s.verifier, _s.must_change_password)
_staff = upsert(t.staff).values({name: bindparam(name) for name in _STAFF_NAMES})
_STAFF = placed(
    _staff.on_conflict_do_update(
        index_elements=["staff_no"], set_={name: _staff.excluded[name] for name in _STAFF_NAMES[1:]}
    ),
    _STAFF_NAMES,
)
_r = y.roles_down.c
_last = select(func.max(_r.id)).where(_r.staff_no == bindparam("staff_no")).scalar_subquery()
_LAST_ROLE = compiled(select(_r.role).where(_r.id == _last))
_ROLE = placed(insert(y.roles_down).values({c.name: bindparam(c.name) for c in _r}), [c.name for c in _r])


def take_staff(work: Writing, rows: Sequence[Row], taking: Taking) -> Whys:
    """The hall's people. Who is removed or blocked loses his rights at the next thing he does; who locked himself out
    with wrong passwords stays locked, for that is this counter's to lift. A password that was changed here and that the
    hub has not heard of yet stays, and so does one that the hub was never told.
    """
    held = {row[0]: row[1:] for row in work.rows(_HELD_STAFF, keys_of(row[0] for row in rows))}
    new_id, given, put = next_id(work, ROLES), list[Row](), list[Row]()
    roles: dict[str, str] = {}
    for staff_no, name, role, state, *password in rows:
        old_state, tries, *old_password = held.get(staff_no, ("", 0, "", 0))
        is_locked_here = old_state == "locked" and tries >= LOCKED_BY_TRIES
        is_own = not password[0] or staff_no in taking.own_of(work).passwords
        verifier, must_change = old_password if is_own else password
        kept = "locked" if state == "active" and is_locked_here else state
        put.append((staff_no, name, role, kept, verifier, int(must_change)))
        if staff_no not in roles:
            last = work.one(_LAST_ROLE, {"staff_no": staff_no})
            roles[staff_no] = last[0] if last else ""
        if roles[staff_no] != role:
            given.append((new_id + len(given), staff_no, role))
            roles[staff_no] = role
    work.many(_STAFF, put)
    work.many(_ROLE, given)
    roll(work, ROLES, given)
    return {}


_word = upsert(t.hall).values(key=bindparam("key"), value=bindparam("value"))
_SET_WORD = placed(
    _word.on_conflict_do_update(index_elements=["key"], set_={"value": _word.excluded.value}), ("key", "value")
)
_WORDS = found_in(t.hall.c.key, t.hall.c.value)


def take_words(work: Writing, rows: Sequence[Row], taking: Taking) -> Whys:
    """The hall's words; what it is and which trade it is in stays as it was made."""
    whys: Whys = {}
    held: dict[str, str] = dict(work.rows(_WORDS, keys_of(row[0] for row in rows)))
    for place, (key, value) in enumerate(rows):
        if held.get(key) == value:
            continue
        # what its counters are called comes with them
        if fault := "editable" if key == "counter_name" else word_fault(key, value):
            whys[place] = f"{key}: {fault}"
        else:
            work.run(_SET_WORD, (key, value))
            taking.is_hall_new = True
    return whys


_NO_COUNTER = missing_from(t.counters.c.counter_id)
_counter = upsert(t.counters).values({c.name: bindparam(c.name) for c in t.counters.c})
_COUNTER = placed(
    _counter.on_conflict_do_update(
        index_elements=["counter_id"], set_={name: _counter.excluded[name] for name in ("name", "is_active")}
    ),
    [c.name for c in t.counters.c],
)
_down = upsert(y.counters_down).values({c.name: bindparam(c.name) for c in y.counters_down.c})
_COUNTER_DOWN = placed(
    _down.on_conflict_do_update(
        index_elements=["counter_id"], set_={name: _down.excluded[name] for name in ("ordinal", "code")}
    ),
    [c.name for c in y.counters_down.c],
)


def take_counters(work: Writing, rows: Sequence[Row], taking: Taking) -> Whys:
    """The hall's counters; our own may be called otherwise from now on."""
    whys: Whys = {}
    for place, (counter_id, ordinal, code, name, is_active) in enumerate(rows):
        if counter_id == taking.counter_id and (fault := word_fault("counter_name", name)):
            whys[place] = f"name: {fault}"
            continue
        work.run(_COUNTER, (counter_id, name, int(is_active)))
        work.run(_COUNTER_DOWN, (counter_id, ordinal, code))
        if counter_id == taking.counter_id:
            work.run(_SET_WORD, ("counter_name", name))
            taking.is_hall_new = True
    return whys


_d = t.devices.c
_HELD_DEVICES = found_in(_d.device_id, _d.public_key)
_DEVICE = placed(insert(t.devices).values({c.name: bindparam(c.name) for c in _d}), [c.name for c in _d])
_DEVICE_NOW = placed(
    update(t.devices)
    .values(epoch=bindparam("to_epoch"), revoked_at=bindparam("at"))
    .where(_d.device_id == bindparam("device")),
    ("to_epoch", "at", "device"),
)
_DEVICE_REVOKED = placed(
    update(t.devices).values(revoked_at=bindparam("at")).where(_d.device_id == bindparam("device")), ("at", "device")
)


def take_devices(work: Writing, rows: Sequence[Row], taking: Taking) -> Whys:
    """Devices of the hall, by whose keys papers are checked; a device never changes its key."""
    whys: Whys = {}
    orphans(work, _NO_COUNTER, rows, 1, "counter", whys)
    held: dict[str, bytes] = dict(work.rows(_HELD_DEVICES, keys_of(row[0] for row in rows)))
    for place, (device_id, counter_id, key, epoch, revoked_at) in enumerate(rows):
        public_key = bytes.fromhex(key)
        if place in whys:
            continue
        if held.setdefault(device_id, public_key) != public_key:
            whys[place] = f"device {device_id} has another key"
        elif device_id == taking.device_id:
            # its epoch is the one that its own entries say
            work.run(_DEVICE_REVOKED, (revoked_at, device_id))
        elif not work.run(_DEVICE_NOW, (epoch, revoked_at, device_id)):
            work.run(_DEVICE, (device_id, counter_id, public_key, epoch, taking.at, revoked_at))
    return whys


_PACK = placed(insert(y.packs_down), [c.name for c in y.packs_down.c])
_PACKS = placed(delete(y.packs_down).where(y.packs_down.c.trade == bindparam("of_trade")), ("of_trade",))


def take_packs(work: Writing, rows: Sequence[Row], taking: Taking) -> Whys:
    """Rule packs, each looked at whole before it holds; the last one of a trade is the one that holds."""
    whys: Whys = {}
    for place, (trade, version, text) in enumerate(rows):
        if why := pack_fault(trade, text):
            whys[place] = why
            continue
        work.run(_PACKS, (trade,))
        work.run(_PACK, (trade, version, text, taking.at))
        taking.is_pack_new = True
    return whys


_task = upsert(y.tasks).values({c.name: bindparam(c.name) for c in y.tasks.c})
_TASK = placed(
    _task.on_conflict_do_update(
        index_elements=["task_id"], set_={c.name: _task.excluded[c.name] for c in y.tasks.c if c.name != "task_id"}
    ),
    [c.name for c in y.tasks.c],
)


def take_tasks(work: Writing, rows: Sequence[Row], taking: Taking) -> Whys:
    """What somebody has to see to."""
    work.many(_TASK, rows)
    return {}


_LINE = placed(
    upsert(y.ledger_lines).values({c.name: bindparam(c.name) for c in y.ledger_lines.c}).on_conflict_do_nothing(),
    [c.name for c in y.ledger_lines.c],
)
_OWN_ENTRIES = found_in(t.entries.c.entry_id)


def take_lines(work: Writing, rows: Sequence[Row], taking: Taking) -> Whys:
    """What the hall's other counters did, a line an entry; our own stand in our journal."""
    own = {row[0] for row in work.rows(_OWN_ENTRIES, keys_of(row[0] for row in rows))}
    work.many(_LINE, [row for row in rows if row[0] not in own])
    return {}
