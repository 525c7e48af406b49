"""The whole way up, real processes and sockets: what breaks on it loses, doubles and alters nothing, and is shown."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

import psycopg
import pytest

from counter_app.ui.wording_line import STATES, line_words
from tests.faults import failovers, line_runs
from tests.faults.conftest import linux_only
from tests.faults.counters import AGAIN, Counter
from tests.faults.failovers import Pair, a_pair, stopped
from tests.faults.manners import MANNERS, hub_certificate, served
from tests.faults.upstream import CLEAR, DATABASE, Upstream, an_upstream
from tests.faults.upstream_truth import UpstreamTruth
from tests.hub.postgres import PrivatePostgres

pytestmark = [linux_only, pytest.mark.timeout(600)]
SEED = 20_261_122
PATIENCE_S = 1.0
SETTINGS = {"max_connections": "40", "min_wal_size": "32MB", "max_wal_size": "64MB"}
GOES_ON = "收费照常，记录都在本机"


@pytest.fixture(scope="module")
def pairs() -> list[Pair]:
    """The data base and its standby, once they are there."""
    return []


@pytest.fixture(scope="module")
def up(pairs: list[Pair]) -> Iterator[Upstream]:
    """A hub over a primary with a synchronous standby, behind a line that can break, and a hall of two counters."""

    def beside(primary: PrivatePostgres, stack: ExitStack) -> str:
        pairs.append(a_pair(primary, stack))
        return pairs[0].url()

    with an_upstream(SEED, beside=beside, disk_mb=300, settings=SETTINGS) as found:
        found.make_hall(customers=12)
        yield found
        assert found.service.end() == 0


@pytest.fixture(scope="module")
def truth(up: Upstream) -> UpstreamTruth:
    """What all tellers of the hall were told."""
    return UpstreamTruth(up.counters)


@contextmanager
def one_counter(up: Upstream, truth: UpstreamTruth, patience_s: float = PATIENCE_S) -> Iterator[Counter]:
    """The first counter, level with the hub before and after."""
    work = line_runs.work_of(up, truth, SEED, patience_s=patience_s)
    counter = Counter(work, 0, truth.listen)
    try:
        assert counter.drain() > 0
        yield counter
        assert counter.drain() > 0
        shows(counter, "")
    finally:
        counter.close()
    truth.check(up.postgres, DATABASE, is_level=False)
    assert not truth.wrongs, truth.examples


def shows(counter: Counter, why: str) -> None:
    """Hold that the light and the words of the status bar are those of a trouble, and that money goes on; that all is
    well where there is none.
    """
    status = counter.status
    assert status is not None
    words = line_words(status, counter.hall.clock.now())
    assert status.why == why
    assert status.light == (STATES[why].light if why else "good")
    assert status.waiting > 0 or not why
    assert not why or (words.startswith(STATES[why].words) and GOES_ON in words), words


def every_connection(postgres: PrivatePostgres) -> list[psycopg.Connection[tuple[object, ...]]]:
    """All that the data base has, those of the hub too."""
    held: list[psycopg.Connection[tuple[object, ...]]] = []
    while True:
        try:
            held.append(psycopg.connect(postgres.dsn(DATABASE)))
        except psycopg.OperationalError:
            return held
        held[0].execute("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name ~ 'hub'")


def test_payments_over_a_line_that_breaks(up: Upstream, truth: UpstreamTruth) -> None:
    run = line_runs.storm(up, truth, payments=48, turn=4, seed=SEED, patience_s=PATIENCE_S, unheard=0.25)
    assert not run.wrongs, run
    assert truth.ambiguous * 5 >= truth.payments, f"{truth.ambiguous} of {truth.payments} payments went unheard"
    assert sum(one.known for one in truth.unheard) > 0, "the hub had none of them: no reply was lost, only requests"
    run = line_runs.partitions(
        up, truth, runs=len(line_runs.PARTITIONS), payments=1, stays_s=0, seed=SEED, patience_s=PATIENCE_S
    )
    assert not run.wrongs, run


def test_sigkill_of_counters_that_sync(up: Upstream, truth: UpstreamTruth) -> None:
    run = line_runs.kills(up, truth, count=3, seed=SEED, patience_s=PATIENCE_S)
    assert not run.wrongs, run
    assert run.kills == 3


@pytest.mark.parametrize("manner", MANNERS)
def test_a_hub_that_is_not_well_is_shown_and_harms_nothing(
    up: Upstream, truth: UpstreamTruth, tmp_path: Path, manner: str
) -> None:
    how, why = MANNERS[manner]
    with one_counter(up, truth) as counter:
        with served(how, hub_certificate(up.service.folder, tmp_path, manner)) as port:
            up.line.order(port=port, cut="refuse")
            up.line.order(weather=dict(CLEAR))
            counter.pay()
            counter.next_round()
            shows(counter, why)
        up.line.order(port=up.service.port, cut="refuse")
        up.line.order(weather=dict(CLEAR))


@pytest.mark.parametrize("how", ["hangs", "drips"])
def test_a_hub_that_hangs_or_drips_holds_no_teller(
    up: Upstream, truth: UpstreamTruth, tmp_path: Path, how: str
) -> None:
    with one_counter(up, truth, patience_s=120) as counter, ExitStack() as stack:
        if how == "hangs":
            up.line.order(cut="swallow_request")
        else:
            certificate = hub_certificate(up.service.folder, tmp_path, how)
            up.line.order(port=stack.enter_context(served(MANNERS["drips"][0], certificate)), cut="refuse")
            up.line.order(weather=dict(CLEAR))
        line = counter.line
        assert line is not None
        counter.pay()
        assert line.is_asking.wait(60)
        asked = line.calls
        for _ in range(5):
            counter.pay()
        # all five are on the disk and told, and the worker is still in the same question
        assert line.is_asking.is_set()
        assert line.calls == asked
        up.line.order(port=up.service.port, cut="refuse")
        up.line.order(weather=dict(CLEAR))
        line.cut()


def test_a_worker_and_the_postmaster_are_killed(up: Upstream, truth: UpstreamTruth) -> None:
    run = line_runs.hub_kills(up, truth, ways=("worker", "postmaster"), count=2, seed=SEED, patience_s=PATIENCE_S)
    assert not run.wrongs, run


def test_no_connection_is_left(up: Upstream, truth: UpstreamTruth, pairs: list[Pair]) -> None:
    with one_counter(up, truth) as counter:
        held = every_connection(up.postgres)
        counter.pay()
        counter.next_round()
        shows(counter, "busy")
        for connection in held:
            connection.close()


def test_a_full_disk_at_the_hub(up: Upstream, truth: UpstreamTruth) -> None:
    if not up.has_small_disk:
        pytest.skip("this machine lets no file system be mounted: only root may fill one without harm")
    run = line_runs.full_disk(up, truth, count=1, seed=SEED, payments=40, patience_s=5.0)
    assert not run.wrongs, run
    assert {status.why for status in run.shown} <= {"full", "busy"}, run.shown
    assert "full" in {status.why for status in run.shown}


def test_a_worker_that_stands_still_holds_nothing_up(up: Upstream, truth: UpstreamTruth) -> None:
    with one_counter(up, truth) as counter:
        with stopped(next(iter(up.service.workers()))):
            counter.pay()
            counter.next_round()
        counter.pay()


def test_the_primary_dies_and_the_standby_takes_over(up: Upstream, truth: UpstreamTruth, pairs: list[Pair]) -> None:
    run = failovers.failovers(up, pairs[0], truth, count=1, seed=SEED)
    assert not run.wrongs, run
    assert run.lost == 0
    assert run.acknowledged > 0


def test_a_counter_that_pays_again_under_a_new_intent_is_found(up: Upstream, truth: UpstreamTruth) -> None:
    run = line_runs.storm(up, truth, payments=12, turn=2, seed=SEED, defect=AGAIN, patience_s=PATIENCE_S)
    assert run.wrongs["doubled at the hub"], run


def test_a_counter_that_believes_what_it_sent_is_found(up: Upstream, truth: UpstreamTruth) -> None:
    run = line_runs.believes(up, truth, seed=SEED)
    assert run.wrongs["acknowledged, not there"], run
