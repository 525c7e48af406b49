"""A restored or cloned file goes on under a new epoch: a number that nobody has, confirmed by a supervisor."""

from __future__ import annotations

from dataclasses import replace

from sqlalchemy import Connection, func, select, update

from counter_app.domain.id_ranges import MOST_EPOCH
from counter_app.domain.rights import Right
from counter_app.domain.staff import StaffState
from counter_app.hub import feed
from counter_app.hub import tables as t
from counter_app.hub.batch import Held, holds
from counter_app.hub.calls import Caller, No, head_of, json_text, state_of
from counter_app.hub.contacts import following
from counter_app.hub.rows import Task
from counter_app.hub.slate import Ground, Slate
from counter_app.hub.sql import put
from counter_app.hub.tasks import ALARM, OPEN, close_task
from counter_app.sync.wire import EpochIssued, NewEpoch, Why


def issue(connection: Connection, caller: Caller, asked: NewEpoch) -> EpochIssued | No:
    """The next epoch of the counter, for this device alone; asked again, it is the same one.

    Refused: `needs_supervisor`: who confirmed it is not a supervisor of the hall; `too_large`: there is no range of ids
    for a further epoch of this counter.
    """
    if not is_allowed(connection, caller.hall_id, asked.approver_no, Right.SIGN_OFF):
        return No(Why.NEEDS_SUPERVISOR, {"approver_no": asked.approver_no})
    device, row = t.devices, t.epochs.c
    mine = (device.c.hall_id == caller.hall_id, device.c.device_id == caller.device_id)
    held = connection.execute(select(device.c.epoch, device.c.nonce).where(*mine).with_for_update()).one()
    # which end of which epoch is left behind: the same question again is a lost reply, another one another copy
    reason = f"{asked.reason} {asked.epoch} {asked.last.n} {asked.last.hash}"
    issued = connection.execute(
        select(row.reason).where(
            row.hall_id == caller.hall_id, row.counter_id == caller.counter_id, row.epoch == held.epoch
        )
    ).scalar_one_or_none()
    epoch, nonce = held.epoch, held.nonce
    if issued != reason:
        epoch = next_epoch(connection, caller.hall_id, caller.counter_id, asked.epoch)
        nonce = following(held.nonce, caller.fresh_nonce())
        if epoch > MOST_EPOCH:
            return No(Why.TOO_LARGE, {"epoch": str(epoch), "most": str(MOST_EPOCH)})
        key = (caller.hall_id, caller.counter_id, epoch, caller.device_id)
        put(connection, t.epochs, [(*key, reason, asked.approver_no, caller.stamp)])
        connection.execute(update(device).where(*mine).values(epoch=epoch, nonce=nonce))
        _tell(connection, caller, asked.approver_no)
    now = replace(caller, epoch=epoch)
    old_head = head_of(connection, caller.hall_id, caller.counter_id, asked.epoch)
    return EpochIssued(hub=state_of(connection, now), epoch=epoch, old_head=old_head, next_nonce=nonce)


def is_allowed(connection: Connection, hall_id: str, staff_no: str, right: Right) -> bool:
    """Whether somebody holds a right in the hall now."""
    row = t.staff_history.c
    question = select(row.n, row.role, row.state).where(row.hall_id == hall_id, row.staff_no == staff_no)
    held = sorted(Held(*found) for found in connection.execute(question))
    return bool(held) and held[-1].state == StaffState.ACTIVE and holds(held[-1].role, right)


def next_epoch(connection: Connection, hall_id: str, counter_id: str, named: int) -> int:
    """Above every number that the hub has given or seen, and the one that the counter names: a hub that lost its tail
    has forgotten some.
    """
    last = named
    for table in (t.epochs, t.chain_heads):
        question = select(func.max(table.c.epoch)).where(table.c.hall_id == hall_id, table.c.counter_id == counter_id)
        last = max(last, connection.execute(question).scalar_one() or 0)
    return last + 1


def _tell(connection: Connection, caller: Caller, approver_no: str) -> None:
    """The hall hears of the new epoch, and what was alarming about the old one is answered by it."""
    device, task = t.devices.c, t.tasks
    row = connection.execute(
        select(device.device_id, device.counter_id, device.public_key, device.epoch, device.revoked_at).where(
            device.hall_id == caller.hall_id, device.device_id == caller.device_id
        )
    ).one()
    slate = Slate(Ground(connection, feed.lock(connection, [caller.hall_id])))
    slate.tell(caller.hall_id, "device", json_text(row._asdict()))
    question = select(task).where(
        task.c.hall_id == caller.hall_id,
        task.c.counter_id == caller.counter_id,
        task.c.kind == ALARM,
        task.c.state == OPEN,
    )
    for alarm in [Task(*found) for found in connection.execute(question.order_by(task.c.task_id))]:
        close_task(slate, caller.hall_id, alarm.task_id, caller.stamp, approver_no=approver_no, epoch=row.epoch)
    slate.write()
