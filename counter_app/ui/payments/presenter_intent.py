"""The intent behind one payment dialogue: made once, kept in the file before the press, let go when its end is seen."""

from __future__ import annotations

from collections.abc import Callable

from counter_app.clock import new_intent_id
from counter_app.domain.refusals import Refused
from counter_app.logs import note_fault
from counter_app.services import hall as halls
from counter_app.services import payments
from counter_app.services.hall import CommitUncertain
from counter_app.services.payments import Order, Taken
from counter_app.ui.desk import Desk


class Intent:
    """One decision about money. The same identity is pressed again until it is recorded or let go."""

    def __init__(self, desk: Desk, customer_id: int) -> None:
        self._desk, self._customer_id = desk, customer_id
        self._id = ""
        self._is_kept = False

    @property
    def is_kept(self) -> bool:
        """Whether the file holds it, or is being told."""
        return self._is_kept

    @property
    def id(self) -> str:
        """Its identity, made when it is first asked for."""
        self._id = self._id or new_intent_id()
        return self._id

    def keep(self, amount_fen: int, on_trouble: Callable[[Exception], object]) -> None:
        """Tell the file beside the window; a failure lets the press try again."""
        if self._is_kept:
            return
        self._is_kept = True
        begin = self._beginning(amount_fen)

        def failed(trouble: Exception) -> None:
            self._is_kept = False
            on_trouble(trouble)

        self._desk.lanes.run("writer", begin, lambda _: None, lambda _: None, failed)

    def taking(self, order: Order, amount_fen: int) -> Callable[[], Taken]:
        """What the writer's lane does when the money is taken; the intent is kept first, if it was not yet."""
        self._is_kept = True
        hall, who, begin = self._desk.hall, self._desk.who, self._beginning(amount_fen)

        def take() -> Taken:
            begin()
            return payments.take(hall, who, order)

        return _answered(hall, order.intent_id, take)

    def looking(self, error: CommitUncertain) -> Callable[[], Taken]:
        """What the writer's lane does when the file is asked once more how the payment ended."""
        hall, intent_id = self._desk.hall, self.id
        return _answered(hall, intent_id, lambda: payments.resolve(hall, intent_id, error))

    def let_go(self) -> None:
        """Its end was seen, or it never came to a press: a restart need not tell of it, and the next one is new."""
        intent_id, self._id = self._id, ""
        if self._is_kept:
            self._is_kept = False
            hall = self._desk.hall
            self._desk.lanes.run(
                "writer", lambda: halls.seen(hall, intent_id), lambda _: None, lambda _: None, lambda _: None
            )

    def _beginning(self, amount_fen: int) -> Callable[[], None]:
        hall, who, intent_id, customer_id = self._desk.hall, self._desk.who, self.id, self._customer_id

        def begin() -> None:
            try:
                payments.begin(hall, who, intent_id, customer_id, amount_fen)
            except CommitUncertain as error:
                # the file has to be opened again, and then it is certain: no money was in this commit
                payments.resolve(hall, intent_id, error)

        return begin


def _answered(hall: halls.OpenHall, intent_id: str, work: Callable[[], Taken]) -> Callable[[], Taken]:
    """Work on money that ends in an answer even where it is a bug: nobody guesses, the file is asked.

    The answer is the payment, `NotRecorded`, or `CommitUncertain` when even the question fails.
    """

    def job() -> Taken:
        try:
            return work()
        except (Refused, halls.StoreTrouble, OSError):
            raise
        except Exception as bug:  # whatever it was, the money is in the file or it is not
            uncertain = CommitUncertain("program fault")
            uncertain.__cause__ = note_fault(bug)
        try:
            return payments.resolve(hall, intent_id, uncertain)
        except (halls.StoreTrouble, OSError):
            raise
        except Exception as bug:  # not knowing is an answer, too
            note_fault(bug)
            raise uncertain from uncertain.__cause__

    return job
