"""Planted bugs around retention cases, their sealed records, numbers, and who may approve what."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextlib import AbstractContextManager, ExitStack, contextmanager
from typing import Any

from counter_app.domain import retention_fold, retention_steps
from counter_app.domain import signoffs as proofs
from counter_app.domain.retention import Case
from counter_app.domain.retention_steps import Opening
from counter_app.services import retention as desk
from counter_app.services import retention_desk, signoffs
from counter_app.storage import receipts
from counter_app.sync import download, engine
from counter_app.sync.lost_records import LostRecords, RecordsBack
from tests.simulation.swapping import swapped

Put = Callable[[], AbstractContextManager[None]]


def _record_is_kept_later() -> AbstractContextManager[None]:
    return swapped(retention_desk, "add_record", lambda *_: None)


def _records_are_not_offered_again() -> AbstractContextManager[None]:
    honest = download.Downloads._is_moved

    def deaf(self: Any, no: Any, mark: Any, nonce: str) -> bool:
        records = self._ground.state().records
        is_moved = honest(self, no, mark, nonce)
        self._ground.keep(records=records)
        return is_moved

    return swapped(download.Downloads, "_is_moved", deaf)


def _lost_records_stay_lost() -> AbstractContextManager[None]:
    return swapped(LostRecords, "take", lambda _: RecordsBack(0, is_more=False))


def _cases_stay_lost() -> AbstractContextManager[None]:
    return swapped(engine, "fold_given_back", lambda *_: None)


@contextmanager
def _numbers_without_counters() -> Iterator[None]:
    def bare(case_no: str) -> str:
        hall_code, _, *rest = case_no.split("-")
        return "-".join((hall_code, *rest))

    def opening(case_no: str, service_id: int) -> Opening:
        return Opening(bare(case_no), service_id)

    def opened(first: Any, *, case_no: str, **more: Any) -> Case:
        return retention_fold.opened(first, case_no=bare(case_no), **more)

    with swapped(desk, "Opening", opening), swapped(desk, "opened", opened):
        yield


def _numbers_stay_in_words() -> AbstractContextManager[None]:
    return swapped(retention_steps, "written_words", lambda words: words.strip())


def _numbers_are_left_out() -> AbstractContextManager[None]:
    honest = receipts.next_serial

    def hasty(work: Any, counter_id: str, year: int) -> int:
        serial = honest(work, counter_id, year)
        return serial + 1 if serial % 3 == 0 else serial

    return swapped(receipts, "next_serial", hasty)


@contextmanager
def _workers_may_sign() -> Iterator[None]:
    with ExitStack() as stack:
        for place in (proofs, signoffs):
            stack.enter_context(swapped(place, "refusal_of_approver", lambda *_, **__: None))
        stack.enter_context(swapped(Case, "hands", property(lambda _: frozenset())))
        yield


BUGS: Mapping[str, Put] = {
    "a record is not written with its entry": _record_is_kept_later,
    "records are not offered again to a hub of another history": _records_are_not_offered_again,
    "the contents of lost records are not asked for": _lost_records_stay_lost,
    "cases that come back are not shown": _cases_stay_lost,
    "two counters number their cases alike": _numbers_without_counters,
    "every third receipt's number is left out": _numbers_are_left_out,
    "a telephone number stays in an entry's words": _numbers_stay_in_words,
    "whoever worked on a case signs it": _workers_may_sign,
}
"""By what whoever wrote them would have said."""
