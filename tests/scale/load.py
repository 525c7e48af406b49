"""Many counters at once: each keeps its own order, and its requests go to both workers in turn."""

from __future__ import annotations

import http.client
import json
import ssl
import threading
import time
from collections import defaultdict, deque
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import dataclass, field
from random import Random
from typing import Any

from counter_app.hub.keys import HubKey, is_signed
from counter_app.sync.hub_line import fetch_authority
from counter_app.sync.wire import MOST_ROWS, NO_HASH, feed_hash, reply_text, request_text
from tests.hub.service import Service
from tests.scale.days import Sending, beat
from tests.scale.reach import worker_of
from tests.scale.world import TELLER, Size, key_of

PATIENCE_S = 60
LOST_EACH, RACED_EACH = 40, 80
"""Each so many-th upload is sent again to the other worker, as after a lost reply, or to both at the same time."""
PROVEN_EACH = 16
"""Replies between two whose signature is looked at: 70 µs of the processor that the hub shares with us."""


class Wrong(AssertionError):
    """The hub said something that it must not say."""


@dataclass
class Device:
    """One counter: what it has sent, how far it has read, and what it does next."""

    size: Size
    hall: int
    number: int
    day: list[Sending]
    nonce: str = ""
    generation: str = ""
    done: int = 0
    feed_n: int = 0
    feed_hash: str = NO_HASH
    turn: int = 0
    found: int = 0

    def __post_init__(self) -> None:
        """Take the device's name, key and first nonce, and the order of its day."""
        self.name = self.size.counter(self.hall, self.number)
        self.key, self.nonce, self.acts = key_of(self.name), f"n-{self.name}", self._acts()
        self.chance, self.turn = Random(self.name), self.number

    def _acts(self) -> Iterator[str]:
        for place in range(len(self.day)):
            yield "upload"
            if place % 6 == 5:
                yield "beat"
            if place % 4 == 3:
                yield "feed"
            if place == len(self.day) // 2 and self.number == 0 and self.size.halls > 1:
                yield "find"
        yield "feed"
        if self.number < 2:
            # two of a hall, about the same time, at whichever worker
            yield "snapshot"


@dataclass
class Seen:
    """What all threads saw: milliseconds of each kind of request, who answered, who was busy, what was wrong.

    `proofs` are µs of processor for one signature of a reply: by these, runs on other machines can be compared.
    """

    took: defaultdict[str, list[float]] = field(default_factory=lambda: defaultdict(list))
    by_worker: defaultdict[int, int] = field(default_factory=lambda: defaultdict(int))
    waits: defaultdict[int, int] = field(default_factory=lambda: defaultdict(int))
    proofs: list[float] = field(default_factory=list)
    rows: int = 0
    wrong: list[str] = field(default_factory=list)

    def add(self, other: Seen) -> None:
        """Join what one thread saw."""
        for kind, values in other.took.items():
            self.took[kind] += values
        for mine, its in ((self.by_worker, other.by_worker), (self.waits, other.waits)):
            for key, count in its.items():
                mine[key] += count
        self.rows += other.rows
        self.proofs += other.proofs
        self.wrong += other.wrong

    @property
    def requests(self) -> int:
        """Requests that were answered."""
        return sum(map(len, self.took.values()))


class Lane:
    """One thread's two connections, one to each worker."""

    def __init__(self, port: int, authority: str, hub_key: str, workers: list[int]) -> None:
        self._port, self._hub_key, self._workers = port, hub_key, workers
        self._context = ssl.create_default_context(cadata=authority)
        self._lines: dict[int, http.client.HTTPSConnection] = {}
        self.seen = Seen()

    def ask(self, device: Device, worker: int, kind: str, method: str, target: str, body: bytes = b"") -> Any:
        """A signed request to one of the workers; the reply's message. Whoever is busy is asked again."""
        nonce = device.nonce
        signature = device.key.sign(request_text(method, target, nonce, body)).hex()
        headers = {"Counter-Device": device.name, "Counter-Nonce": nonce, "Counter-Signature": signature}
        if body:
            headers["Content-Type"] = "application/json"
        while True:
            begun = time.perf_counter()
            status, said, reply = self._exchange(self._workers[worker], method, target, headers, body)
            self.seen.took[kind].append((time.perf_counter() - begun) * 1e3)
            self.seen.by_worker[self._workers[worker]] += 1
            if status not in (429, 503):
                break
            self.seen.waits[status] += 1
            time.sleep(0.2)
        if status != 200:
            raise Wrong(f"{kind} of {device.name}: {status} {reply[:200]!r}")
        if len(self.seen.took[kind]) % PROVEN_EACH == 1:
            burnt = time.thread_time()
            if not is_signed(self._hub_key, reply_text(signature, status, reply), said):
                raise Wrong(f"{kind} of {device.name}: not signed")
            self.seen.proofs.append((time.thread_time() - burnt) * 1e6)
        return json.loads(reply)

    def _exchange(
        self, worker: int, method: str, target: str, headers: dict[str, str], body: bytes
    ) -> tuple[int, str, bytes]:
        for is_last in (False, True):
            line = self._line(worker)
            try:
                line.request(method, target, body or None, headers)
                reply = line.getresponse()
                return reply.status, reply.headers.get("Hub-Signature", ""), reply.read()
            except (OSError, http.client.HTTPException):
                # a connection that was silent for too long is closed by the other side
                self._lines.pop(worker).close()
                if is_last:
                    raise
        raise AssertionError("one of the two ways ends the loop")

    def _line(self, worker: int) -> http.client.HTTPSConnection:
        while worker not in self._lines:
            line = http.client.HTTPSConnection("127.0.0.1", self._port, timeout=PATIENCE_S, context=self._context)
            line.connect()
            reached = worker_of(self._port, line.sock.getsockname()[1], self._workers)
            if reached is None or reached in self._lines:
                line.close()
            else:
                self._lines[reached] = line
        return self._lines[worker]

    def close(self) -> None:
        """Let go of both."""
        for line in self._lines.values():
            with suppress(OSError):
                line.close()


class Load:
    """Threads that let all counters work at the same time."""

    def __init__(self, service: Service, devices: list[Device], *, threads: int, seconds: float) -> None:
        self._workers = sorted(service.workers())
        authority, hub_key = fetch_authority(service.url), HubKey.of_folder(service.folder).public
        self._lanes = [Lane(service.port, authority, hub_key, self._workers) for _ in range(threads)]
        self._ends_at = time.monotonic() + seconds
        self._waiting = deque(devices)
        self._pairs = ThreadPoolExecutor(threads)
        self.seen = Seen()

    def run(self) -> Seen:
        """Everything that the counters do, or what fits into the time; what was wrong ends it."""
        threads = [threading.Thread(target=self._work, args=(lane,)) for lane in self._lanes]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        self._pairs.shutdown()
        for lane in self._lanes:
            lane.close()
            self.seen.add(lane.seen)
        return self.seen

    def _work(self, lane: Lane) -> None:
        while time.monotonic() < self._ends_at and not self.seen.wrong:
            try:
                device = self._waiting.popleft()
            except IndexError:
                return
            try:
                act = next(device.acts, None)
                if act is not None:
                    getattr(self, f"_{act}")(lane, device)
                    self._waiting.append(device)
            except (Wrong, OSError, http.client.HTTPException, KeyError) as error:
                self.seen.wrong.append(f"{type(error).__name__} {error}")

    def _turn(self, device: Device) -> int:
        device.turn += 1
        return device.turn % len(self._workers)

    def _upload(self, lane: Lane, device: Device) -> None:
        sending, worker = device.day[device.done], self._turn(device)
        target = f"/v1/chains/{device.name}/1"
        fates = [["applied"] * sending.entries]
        if device.chance.randrange(RACED_EACH) == 0:
            other = self._pairs.submit(lane.ask, device, worker - 1, "upload", "POST", target, sending.body)
            said = [lane.ask(device, worker, "upload", "POST", target, sending.body), other.result()]
            fates.append(["known"] * sending.entries)
        else:
            said = [lane.ask(device, worker, "upload", "POST", target, sending.body)]
            if device.chance.randrange(LOST_EACH) == 0:
                # the same nonce: the reply did not arrive
                said.append(lane.ask(device, worker - 1, "upload again", "POST", target, sending.body))
                fates.append(["known"] * sending.entries)
        if sorted(one["fates"] for one in said) != fates:
            raise Wrong(f"{device.name}: {[one['fates'] for one in said]}")
        self._take(device, said, sending.upto, sending.hash)
        device.done += 1

    def _beat(self, lane: Lane, device: Device) -> None:
        body = beat(device.day, device.done)
        said = lane.ask(device, self._turn(device), "beat", "POST", f"/v1/chains/{device.name}/1", body)
        before = device.day[device.done - 1]
        self._take(device, [said], before.upto, before.hash)

    def _take(self, device: Device, said: list[Any], upto: int, digest: str) -> None:
        mark = {"n": upto, "hash": digest}
        if any(one["upto"] != mark or one["hub"]["head"] != mark for one in said):
            raise Wrong(f"{device.name}: {[(one['upto'], one['hub']['head']) for one in said]} is not {mark}")
        nonces = {one["next_nonce"] for one in said}
        if len(nonces) != 1 or nonces == {device.nonce}:
            raise Wrong(f"{device.name}: {len(nonces)} nonces go on from one")
        device.nonce, device.generation = nonces.pop(), said[0]["hub"]["generation"]

    def _feed(self, lane: Lane, device: Device) -> None:
        is_end = False
        while not is_end:
            place = f"generation={device.generation}&after={device.feed_n}&hash={device.feed_hash}&limit={MOST_ROWS}"
            said = lane.ask(device, self._turn(device), "feed", "GET", f"/v1/feed?{place}")
            for row in said["rows"]:
                device.feed_n += 1
                if row["n"] != device.feed_n:
                    raise Wrong(f"{device.name}: row {row['n']} of the feed after {device.feed_n - 1}")
                device.feed_hash = feed_hash(device.feed_hash, row["n"], row["kind"], row["body"])
            lane.seen.rows += len(said["rows"])
            if said["upto"] != {"n": device.feed_n, "hash": device.feed_hash}:
                raise Wrong(f"{device.name}: the feed ends at {said['upto']}, not at {device.feed_n}")
            is_end = device.feed_n >= said["hub"]["feed"]["n"] or not said["rows"]

    def _snapshot(self, lane: Lane, device: Device) -> None:
        said = lane.ask(device, self._turn(device), "snapshot", "POST", "/v1/snapshots")
        parts, size = said["parts"], device.size
        least = 2 * size.customers + size.bills
        if sum(part["rows"] for part in parts) < least or said["at"]["n"] > said["hub"]["feed"]["n"]:
            raise Wrong(f"{device.name}: a snapshot of {len(parts)} parts at {said['at']}")

    def _find(self, lane: Lane, device: Device) -> None:
        other = (device.hall + 1) % device.size.halls
        term = device.size.account_no(other, 1 + device.hall % device.size.customers)
        body = json.dumps({"kind": "account", "term": term, "staff_no": TELLER}).encode()
        said = lane.ask(device, self._turn(device), "find", "POST", "/v1/customers/find", body)
        kinds = [kind for kind, _ in said["rows"]]
        if kinds.count("customer") != 1 or "bill" not in kinds:
            raise Wrong(f"{device.name}: found {kinds} by {term}")
        device.found += 1
