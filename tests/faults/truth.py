"""What was heard and tried outside of a hall, held against what the hall says after it was opened again."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from typing import Any

from counter_app.services import hall as services
from counter_app.services import payments, shifts
from counter_app.storage.hall import OpenHall
from counter_app.storage.mark import read_mark
from counter_app.storage.sql import Sql
from counter_app.storage.verify import verify
from tests.faults.acts import Did
from tests.faults.schema import schema_made_once
from tests.faults.teller import Heard

_PAID = Sql(
    "SELECT e.intent_id, e.id, lower(hex(e.hash)), p.receipt_no, p.settled_fen + p.prepaid_stored_fen, p.received_fen,"
    " p.change_fen, p.prepaid_used_fen, p.prepaid_stored_fen FROM entries e LEFT JOIN payments p ON p.entry = e.id"
    " WHERE e.kind = 'payment.take' AND e.id > :after ORDER BY e.id"
)
_SERIALS = Sql("SELECT count(*), coalesce(min(serial), 1), coalesce(max(serial), 0) FROM receipts")
_SERIES = Sql("SELECT coalesce(max(last_serial), 0) FROM receipt_series")
_CHAIN = Sql("SELECT count(*), max(seq) FROM entries")
_ACTED = Sql(
    "SELECT intent_id, kind, coalesce(content ->> '$.body.amount_fen', content ->> '$.body.float_fen',"
    " content ->> '$.body.counted_fen',"
    " (SELECT -sum(value ->> 1) FROM json_each(content, '$.body.tenders')), 0) FROM entries"
    " WHERE kind IN ('shift.open', 'shift.close', 'cash.in', 'cash.out', 'payment.reverse', 'payment.refund')"
    " ORDER BY id"
)
_CASH = Sql(
    "WITH here AS (SELECT shift_id, float_fen FROM shifts WHERE closed_at IS NULL),"
    " moved AS (SELECT kind, content ->> '$.body.amount_fen' AS fen FROM entries"
    " WHERE kind IN ('cash.in', 'cash.out') AND shift_id IN (SELECT shift_id FROM here)),"
    " paid AS (SELECT payment_id, change_fen FROM payments WHERE shift_id IN (SELECT shift_id FROM here))"
    " SELECT (SELECT coalesce(sum(float_fen), 0) FROM here) + (SELECT coalesce(sum(amount_fen), 0)"
    " FROM payment_tenders WHERE tender = 'cash' AND payment_id IN (SELECT payment_id FROM paid))"
    " - (SELECT coalesce(sum(change_fen), 0) FROM paid)"
    " + (SELECT coalesce(sum(amount_fen), 0) FROM tender_moves"
    " WHERE tender = 'cash' AND shift_id IN (SELECT shift_id FROM here))"
    " + (SELECT coalesce(sum(iif(kind = 'cash.in', fen, -fen)), 0) FROM moved)"
)
_POSTED = Sql("SELECT coalesce(sum(amount_fen), 0) FROM postings WHERE account = 'drawer'")


@dataclass
class Truth:
    """Everything said by tellers about one hall, and the wrongs found so far."""

    heard: dict[str, Heard] = field(default_factory=dict)
    did: dict[str, Did] = field(default_factory=dict)
    tried: dict[str, int] = field(default_factory=dict)
    wrongs: Counter[str] = field(default_factory=Counter)
    examples: list[str] = field(default_factory=list)
    extra: int = 0
    absent: int = 0
    _recorded: dict[int, str] = field(default_factory=dict)
    _intents: set[str] = field(default_factory=set)
    _looked: int = 0

    def listen(self, line: dict[str, Any]) -> None:
        """Take in what a child said."""
        if line["say"] == "try":
            self.tried[line["intent"]] = line["decision"]
        elif line["say"] == "ack":
            told = Heard(**{name: value for name, value in line.items() if name != "say"})
            self.heard[told.intent] = told
        elif line["say"] == "did":
            done = Did(**{name: value for name, value in line.items() if name != "say"})
            self.did[done.intent] = done
        elif line["say"] == "error":
            self.wrong("crashed", line["text"])

    def check(self, hall: OpenHall, *, is_whole: bool = False, most_extra: int = 1) -> None:
        """Hold a hall, opened after a fault, against what was heard; `is_whole` looks at everything again."""
        if hall.store.money_off:
            self.wrong("refuses money", str(hall.store.money_off))
        new = self._look_at_payments(hall, 0 if is_whole else self._looked, is_again=is_whole)
        self._look_at_acts(hall)
        for intent, told in (*self.heard.items(), *self.did.items()):
            if intent not in self._intents:
                self.wrong("lost", f"{told}")
        extra = [intent for intent in new if intent not in self.heard]
        if len(extra) > most_extra and not is_whole:
            self.wrong("more than one unheard payment", str(extra))
        if not is_whole:
            self.extra += len(extra)
        self._check_answers(hall, extra if not is_whole else [])
        self._check_sums(hall)
        if is_whole:
            with schema_made_once():
                report = verify(hall.store, mark=read_mark(hall.folder))
            for finding in report.findings:
                self.wrong("verify", str(finding))

    def is_recorded(self, intent: str) -> bool:
        """Whether the last check found the intent in the journal."""
        return intent in self._intents

    def wrong(self, kind: str, what: str) -> None:
        """Count a wrong, and keep the first ones in words."""
        self.wrongs[kind] += 1
        if len(self.examples) < 20:
            self.examples.append(f"{kind}: {what}")

    def _look_at_payments(self, hall: OpenHall, after: int, *, is_again: bool) -> list[str]:
        with hall.reading() as reading:
            rows = reading.rows(_PAID, {"after": after})
            if is_again:
                self._intents.clear()
                self._recorded.clear()
            for intent, entry, digest, receipt_no, *amounts in rows:
                self._looked = max(self._looked, entry)
                self._intents.add(intent)
                if intent not in self.tried:
                    self.wrong("invented", intent)
                    continue
                decision = self.tried[intent]
                if self._recorded.setdefault(decision, intent) != intent:
                    self.wrong("doubled", f"decision {decision}: {self._recorded[decision]} and {intent}")
                kept = Heard.of(decision, intent, payments.recorded(reading, entry))
                if kept != Heard(decision, intent, receipt_no, entry, digest, *amounts):
                    self.wrong("receipt and rows differ", str(kept))
                told = self.heard.get(intent)
                if told is not None and told != kept:
                    self.wrong("altered", f"told {told}, kept {kept}")
        return [row[0] for row in rows]

    def _look_at_acts(self, hall: OpenHall) -> None:
        """What was tried of openings, closings, undos and cash in or out; those of the ground itself are left alone."""
        with hall.reading() as reading:
            rows = reading.rows(_ACTED)
        for intent, kind, amount_fen in rows:
            if intent not in self.tried:
                continue
            self._intents.add(intent)
            decision = self.tried[intent]
            if self._recorded.setdefault(decision, intent) != intent:
                self.wrong("doubled", f"decision {decision}: {self._recorded[decision]} and {intent}")
            told = self.did.get(intent)
            if told is not None and told != Did(decision, intent, kind, amount_fen):
                self.wrong("altered", f"told {told}, kept {kind} {amount_fen}")

    def _check_answers(self, hall: OpenHall, extra: list[str]) -> None:
        """The first page after a restart tells the truth about every intent whose end nobody has seen."""
        answered = {answer.intent.intent_id: answer for answer in services.answers(hall)}
        for intent in extra:
            if intent not in answered or answered[intent].taken is None:
                self.wrong("recorded, but not shown", intent)
        for intent, answer in answered.items():
            if (answer.taken is not None) != (intent in self._intents):
                self.wrong("answer is false", intent)
            if answer.taken is None:
                self.absent += 1
            else:
                services.seen(hall, intent)

    def _check_sums(self, hall: OpenHall) -> None:
        with hall.reading() as reading:
            count, first, last = reading.rows(_SERIALS)[0]
            if first != 1 or count != last or reading.rows(_SERIES)[0][0] != last:
                self.wrong("receipt numbers", f"{count} receipts, {first} to {last}")
            entries, seq = reading.rows(_CHAIN)[0]
            if entries != seq:
                self.wrong("gap in the journal", f"{entries} entries, last {seq}")
            cash, posted = reading.rows(_CASH)[0][0], reading.rows(_POSTED)[0][0]
        sheet = shifts.sheet(hall)
        shown = sheet.expected_cash_fen if sheet is not None else 0
        if not cash == posted == shown:
            self.wrong("drawer", f"folded {cash}, posted {posted}, shown {shown}")
