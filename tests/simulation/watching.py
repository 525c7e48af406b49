"""The look at a counter's journal after every step: nothing changed, nothing missing, everybody told the truth."""

from __future__ import annotations

from counter_app.storage.hall import OpenHall
from tests.simulation.chains import as_told, chain_of, wrongs_of
from tests.simulation.truth import Truth


class Watcher:
    """Follows one machine's journal."""

    def __init__(self, machine: str, truth: Truth) -> None:
        self.machine, self.truth = machine, truth
        self.entries = 0
        self._row = 0
        self._last: tuple[int, int, bytes] | None = None

    def forget(self) -> None:
        """The file is another one now; everything is looked at again."""
        self._row, self._last = 0, None

    def look(self, hall: OpenHall) -> None:
        """What is new in the journal follows what was there, and is what its teller was told (I1, I4, I5)."""
        with hall.reading() as reading:
            newest = reading.driver.execute("SELECT coalesce(max(id), 0) FROM entries").fetchone()
        if newest is None or newest[0] == self._row:
            return
        new = chain_of(hall, self._row)
        if newest[0] < self._row or not new:
            self.truth.wrong("I1 durable", f"{self.machine}: row {self._row} of the journal is gone")
            return
        first = new[0]
        last = self._last or (first.epoch, first.seq - 1, first.prev_hash)
        if first.epoch == last[0] and (first.seq - 1, first.prev_hash) != last[1:]:
            self.truth.wrong("I5 chain", f"{self.machine}: {first.seq} does not follow {last[1]}")
        for entry in new:
            self._hold_against_told(entry.intent, entry.said)
        self._row, self._last = newest[0], (new[-1].epoch, new[-1].seq, new[-1].hash)
        self.entries += len(new)

    def look_at_all(self, hall: OpenHall) -> None:
        """The whole journal, and every intent that was told at this machine (I1, I3, I5)."""
        chain = chain_of(hall)
        for wrong in wrongs_of(chain):
            self.truth.wrong("I5 chain", f"{self.machine}: {wrong}")
        intents = {entry.intent for entry in chain}
        for intent, told in self.truth.told.items():
            if told.machine == self.machine and intent not in intents and intent not in self.truth.gone:
                self.truth.wrong("I1 durable", f"{self.machine}: {told}")
        for intent in self.truth.denied & {intent for intent in intents if intent is not None}:
            self.truth.wrong("I1 durable", f"{self.machine}: {intent} was said to be not recorded")
        for entry in chain:
            self._hold_against_told(entry.intent, entry.said)

    def _hold_against_told(self, intent: str | None, said: dict[str, object]) -> None:
        if intent is None:
            return
        if intent not in self.truth.tried:
            self.truth.wrong("I2 no invention", f"{self.machine}: {intent}")
        told = self.truth.told.get(intent)
        if told is not None and as_told(told.machine, said) != told:
            self.truth.wrong("I4 unchanged", f"told {told}, kept {said}")
