"""The look after every step: nothing changed, nothing missing, everybody told the truth, no end went back."""

from __future__ import annotations

from sqlalchemy import text

from tests.simulation.authority import Approvals, named_in
from tests.simulation.cases import record_wrongs
from tests.simulation.chains import as_told, chain_of, wrongs_of
from tests.simulation.hub_house import HubHouse
from tests.simulation.joining import state_of
from tests.simulation.machines import Machine
from tests.simulation.truth import Truth

_END = text(
    "SELECT (SELECT value FROM hub_state WHERE key = 'restores'), hall_id, n, hash FROM hall_feed ORDER BY hall_id"
)


class Watcher:
    """Follows one machine's journal."""

    def __init__(self, machine: Machine, truth: Truth) -> None:
        self.machine, self.truth = machine, truth
        self._row = 0
        self._last: tuple[int, int, bytes] | None = None
        self._approvals = Approvals()

    def forget(self) -> None:
        """The file is another one now; everything is looked at again."""
        self._row, self._last, self._approvals = 0, None, Approvals()

    def look(self) -> None:
        """What is new in the journal follows what was there, and is what its teller was told (I1, I4, I5)."""
        hall, name = self.machine.hall, self.machine.name
        stop = state_of(hall).stop
        if stop is not None and not self.machine.was_other:
            self.truth.wrong("I12 converge", f"{name} was stopped for nothing: {stop}")
        weather = self.machine.weather
        if weather is not None and weather.second_uses and not self.machine.was_other:
            self.truth.wrong("one request a nonce", f"{name}: {weather.second_uses}")
        with hall.reading() as reading:
            newest = reading.driver.execute("SELECT coalesce(max(id), 0) FROM entries").fetchone()
        if newest is None or newest[0] == self._row:
            return
        new = chain_of(hall, self._row)
        if newest[0] < self._row or not new:
            self.truth.wrong("I1 durable", f"{name}: row {self._row} of the journal is gone")
            return
        first = new[0]
        last = self._last or (first.epoch, first.seq - 1, first.prev_hash)
        if first.epoch == last[0] and (first.seq - 1, first.prev_hash) != last[1:]:
            self.truth.wrong("I5 chain", f"{name}: {first.seq} does not follow {last[1]}")
        for entry in new:
            said = entry.said
            self._hold_against_told(entry.intent, said)
            for wrong in self._approvals.wrongs_of(said):
                self.truth.wrong("I14 authority", f"{name}: {wrong}")
            for wrong in record_wrongs(hall, said, self.truth):
                self.truth.wrong("I4 unchanged", f"{name}: {wrong}")
            for word in named_in(said):
                self.truth.wrong("I17 secrecy", f"{name}: {said['kind']} names {word}")
        self._row, self._last = newest[0], (new[-1].epoch, new[-1].seq, new[-1].hash)

    def look_at_all(self) -> None:
        """The whole journal, and every intent that was told at this machine (I1, I3, I5)."""
        name = self.machine.name
        chain = chain_of(self.machine.hall)
        for wrong in wrongs_of(chain):
            self.truth.wrong("I5 chain", f"{name}: {wrong}")
        intents = {entry.intent for entry in chain if entry.intent is not None}
        if not self.machine.was_other:
            for intent, told in self.truth.told.items():
                if told.machine == name and intent not in intents:
                    self.truth.wrong("I1 durable", f"{name}: {told}")
        for intent in self.truth.denied & intents:
            self.truth.wrong("I1 durable", f"{name}: {intent} was said to be not recorded")
        for entry in chain:
            said = entry.said
            self._hold_against_told(entry.intent, said)
            for wrong in record_wrongs(self.machine.hall, said, self.truth):
                self.truth.wrong("I4 unchanged", f"{name}: {wrong}")

    def _hold_against_told(self, intent: str | None, said: dict[str, object]) -> None:
        if intent is None:
            return
        if intent not in self.truth.tried:
            self.truth.wrong("I2 no invention", f"{self.machine.name}: {intent}")
        told = self.truth.told.get(intent)
        if told is not None and as_told(told.machine, said) != told:
            self.truth.wrong("I4 unchanged", f"told {told}, kept {said}")


class HubWatcher:
    """Follows the end of the feed: within one history of the hub it never goes back, and no place changes (I11)."""

    def __init__(self, truth: Truth) -> None:
        self.truth = truth
        self._history = ""
        self._n: dict[str, int] = {}
        self._hashes: dict[tuple[str, int], str] = {}
        self._turns = -1

    def look(self, house: HubHouse) -> None:
        """Where the feed ends now; nothing has moved it where nobody has spoken with the hub since."""
        if house.turns == self._turns:
            return
        self._turns = house.turns
        with house.disk.looking() as connection:
            ends = connection.execute(_END).all()
        for history, hall_id, n, digest in ends:
            if history != self._history:
                self._history, self._n, self._hashes = history, {}, {}
            if n < self._n.get(hall_id, 0) or self._hashes.setdefault((hall_id, n), digest) != digest:
                before = self._n.get(hall_id, 0)
                self.truth.wrong("I11 feed", f"the feed of history {history} ends at {n} after {before}")
            self._n[hall_id] = n
