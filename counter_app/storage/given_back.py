"""What the entries say that the hub gave back after a loss, for whoever asks the journal for entries of a kind."""

from __future__ import annotations

import json
from typing import Any, NamedTuple

from sqlalchemy import bindparam, func, literal_column, or_, select

from counter_app.storage import tables as t
from counter_app.storage import tables_sync as s
from counter_app.storage.given_lines import IN_EPOCH
from counter_app.storage.sql import Reading, compiled

CARRIER = "recover.rechain"
"""The kind of an entry that carries another one."""

_f = s.foreign_entries.c
CARRIED = func.json_extract(_f.content, literal_column("'$.body.content'"))
"""The entry inside of one that carries it, as text; nothing in any other."""
_OF_KIND = compiled(
    select(IN_EPOCH, _f.seq, func.iif(_f.kind == bindparam("kind"), _f.content, CARRIED))
    .where(
        or_(
            _f.kind == bindparam("kind"),
            (_f.kind == bindparam("rechain"))
            & (func.json_extract(CARRIED, literal_column("'$.kind'")) == bindparam("kind")),
        )
    )
    .order_by(IN_EPOCH, _f.epoch, _f.seq)
)
_HELD = compiled(select(t.entries.c.id).where(t.entries.c.entry_id == bindparam("held")))


def told_in(content: str) -> dict[str, Any]:
    """What an entry says that the hub gave back, or the one inside of it that it carries."""
    said: dict[str, Any] = json.loads(content)
    if said["kind"] != CARRIER:
        return said
    carried: dict[str, Any] = json.loads(said["body"]["content"])
    return carried


def is_held(reading: Reading, entry_id: str) -> bool:
    """Whether an entry stands in the journal."""
    return reading.one(_HELD, {"held": entry_id}) is not None


class GivenEntry(NamedTuple):
    """An own entry that this file has lost and holds as the hub gave it back; `content` is what its maker wrote."""

    epoch: int
    seq: int
    content: dict[str, Any]


def given_back_of(reading: Reading, kind: str) -> list[GivenEntry]:
    """Those of one kind in their order, also inside of entries that carry them, each once; none that stands in the
    journal.
    """
    rows = reading.rows(_OF_KIND, {"kind": kind, "rechain": CARRIER})
    found: dict[str, GivenEntry] = {}
    for epoch, seq, content in rows:
        said = json.loads(content)
        found.setdefault(said["entry_id"], GivenEntry(epoch, seq, said))
    return [one for entry_id, one in found.items() if not is_held(reading, entry_id)]
