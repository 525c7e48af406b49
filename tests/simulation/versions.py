"""Programs that are updated one after the other: a hub and counters of different versions, each with its protocols."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager
from random import Random

from counter_app.clock import new_intent_id
from counter_app.domain.journal import Draft, Posting
from counter_app.hub import enrolment, handler, ledger, messages
from counter_app.services.payments import own_shift
from counter_app.storage.hall import OpenHall
from counter_app.sync import wire
from tests.simulation.clocks import HOUR_MS
from tests.simulation.swapping import swapped
from tests.simulation.tellers import Teller
from tests.simulation.truth import DEED, NEWER_KIND, Told

FIRST, LAST = 1, 4
HUB = -1
_NEWER, _OLD = wire.NEWER, wire.Why.OLD_PROTOCOL.value
WORDS = (_NEWER, _OLD)


def _protocols(version: int) -> tuple[int, ...]:
    """A program speaks its own protocol and the one before."""
    return tuple(range(max(FIRST, version - 1), version + 1))


class Versions:
    """Which version of the program each machine has, and the hub. They begin alike; whoever updates them does it in any
    order, and in the end all are of the newest.
    """

    def __init__(self, seed: str) -> None:
        self._chance = Random(f"versions/{seed}")
        self._of: dict[int, int] = {}

    def days_work(self, begin_ms: int, updates: int) -> list[int]:
        """When in a day something is updated."""
        return [self.moment(begin_ms) for _ in range(updates)]

    def moment(self, begin_ms: int) -> int:
        """Some moment of a day."""
        return begin_ms + self._chance.randrange(11 * HOUR_MS)

    def of(self, number: int) -> int:
        """The version of a machine's program, or of the hub's."""
        return self._of.get(number, FIRST)

    def update(self, machines: int) -> tuple[int, str]:
        """One program is updated; whose (`HUB`, or the number of a machine) and to what."""
        number = self._chance.choice((HUB, *range(machines)))
        # nobody leaves one out: what is two versions behind is updated first
        self._of[number] = min(self.of(number) + 1, LAST, min(self.of(one) for one in range(HUB, machines)) + 2)
        return number, f"{'hub' if number == HUB else f'counter {number}'} {self.of(number)}"

    def update_all(self, machines: int) -> None:
        """Everybody has the newest program."""
        self._of = dict.fromkeys(range(HUB, machines), max(self._of.values(), default=FIRST))

    def is_newer(self, number: int) -> bool:
        """Whether a machine's program knows more than the first one did."""
        return self.of(number) > FIRST

    @property
    def is_hub_newer(self) -> bool:
        """Whether the hub knows what newer counters write."""
        return self.is_newer(HUB)

    def word(self, number: int) -> str:
        """What a counter must be told of its version when the hub refuses it; empty where the hub must not."""
        mine, hub = self.of(number), _protocols(self.of(HUB))
        return "" if mine in hub else _NEWER if mine >= hub[0] else _OLD

    @contextmanager
    def at_counter(self, number: int) -> Iterator[None]:
        """A machine's program runs inside."""
        with swapped(wire, "PROTOCOLS", _protocols(self.of(number))):
            yield

    @contextmanager
    def at_hub(self) -> Iterator[None]:
        """The hub's program runs inside; a newer one knows what a deed is."""
        spoken = _protocols(self.of(HUB))
        kinds: Mapping[str, object] = ledger.KINDS
        if self.is_hub_newer:
            kinds = {**ledger.KINDS, DEED: ledger.KINDS["cash.in"], NEWER_KIND: lambda *_: None}
        with ExitStack() as stack:
            for place in (messages, enrolment, handler):
                stack.enter_context(swapped(place, "PROTOCOLS", spoken))
            stack.enter_context(swapped(ledger, "KINDS", kinds))
            yield


def do_deed(teller: Teller, hall: OpenHall) -> str:
    """Money comes into the drawer by an act that only newer programs know."""

    def act() -> str:
        fen, intent = teller.chance.randrange(1, 5_000), new_intent_id()
        teller.truth.tried[intent] = teller.machine
        with hall.writing(money=True) as work:
            shift = own_shift(hall, work, teller.session)
            postings = (Posting("drawer", shift.shift_id, fen), Posting("cash_in", shift.shift_id, -fen))
            day, body = shift.business_date, {"amount_fen": fen}
            draft = Draft(DEED, body, teller.staff_no, day, postings, shift.shift_id, intent_id=intent)
            hall.journal.append(work, draft)
        teller.truth.hear(Told(intent, teller.machine, DEED, teller.entry_of(hall, intent), (fen,)))
        return DEED

    return teller.answered("", act)
