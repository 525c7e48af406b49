"""Everything that a counter knows of its hub, for the page that shows it: who it is, under what number, how far."""

from __future__ import annotations

from dataclasses import dataclass

from counter_app.domain.sync_state import Loading, SyncState
from counter_app.storage.hall import OpenHall
from counter_app.storage.sync_state import read_state
from counter_app.storage.tasks import held_kinds
from counter_app.sync.enrolment import Begun, begun
from counter_app.sync.hub_line import Certificate


@dataclass(frozen=True, slots=True)
class Particulars:
    """How a counter stands with its hub; without one, only what was begun and has no end.

    `taken` is how many rows of the hub's feed are in the file, `held` how many of them cannot be used yet, `offered`
    how many parts of this hall's own data the hub has while it still asks for them.
    """

    url: str
    authority: Certificate | None
    device_id: str
    ordinal: int | None
    epoch: int
    generation: str
    acked: int
    taken: int | None
    held: int
    loading: Loading | None
    offered: int | None
    begun: Begun | None

    @property
    def is_connected(self) -> bool:
        """Whether the counter has a hub."""
        return bool(self.url)


def particulars(hall: OpenHall) -> Particulars:
    """Read them; for whoever may read the file."""
    with hall.reading() as reading:
        state, kept, held = read_state(reading), begun(reading), sum(held_kinds(reading).values())
    known = state.enrolment
    return Particulars(
        url=known.url if known else "",
        authority=certificate_of(known.authority) if known else None,
        device_id=hall.device.device_id,
        ordinal=known.ordinal if known else None,
        epoch=hall.epoch,
        generation=state.feed.generation if state.feed else "",
        acked=state.acked.seq if state.acked and state.acked.epoch == hall.epoch else 0,
        taken=state.feed.n if state.feed else None,
        held=held,
        loading=state.loading,
        offered=_offered(state),
        begun=kept,
    )


def certificate_of(pem: str) -> Certificate | None:
    """An authority's certificate in words; None where it cannot be read."""
    from cryptography import x509
    from cryptography.x509.oid import NameOID

    try:
        found = x509.load_pem_x509_certificate(pem.encode("ascii"))
        names = found.subject.get_attributes_for_oid(NameOID.COMMON_NAME)
    except ValueError:
        return None
    return Certificate(str(names[0].value) if names else "", found.not_valid_after_utc)


def _offered(state: SyncState) -> int | None:
    if state.enrolment is None or not state.enrolment.wants_master:
        return None
    return state.offer.parts if state.offer else 0
