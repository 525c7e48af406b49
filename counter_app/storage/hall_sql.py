"""The statements that make a hall and change its words."""

from __future__ import annotations

from sqlalchemy import bindparam, insert
from sqlalchemy.dialects.sqlite import insert as upsert

from counter_app.storage import tables as t
from counter_app.storage.sql import compiled

SET_HALL = compiled(
    upsert(t.hall).on_conflict_do_update(index_elements=[t.hall.c.key], set_={"value": upsert(t.hall).excluded.value})
)
ADD_DEVICE = compiled(insert(t.devices))
ADD_COUNTER = compiled(insert(t.counters).values(counter_id=bindparam("counter_id"), name=bindparam("name")))
