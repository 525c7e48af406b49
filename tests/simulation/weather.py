"""The line between a counter and the hub, and everything that a line can do to a message."""

from __future__ import annotations

import heapq
from collections import Counter
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from random import Random

from counter_app.sync.hub_line import LineDown
from tests.simulation.clocks import DAY_MS, HOUR_MS, MINUTE_MS, SECOND_MS, WorldTime
from tests.simulation.disk import Fuse

Reply = tuple[int, dict[str, str], bytes]
Handle = Callable[[str, str, Mapping[str, str], bytes], Reply]

REFUSED, CUT_REQUEST, CUT_REPLY, LATE = "refused", "request cut", "reply cut after commit", "late, without a reply"
TWICE, REPLAYED, OTHER_REPLY, CAPTIVE = "duplicate", "replayed days later", "reply of another request", "captive portal"
TAMPERED, ERROR_500, ERROR_AFTER, BUSY_429, DOWN_503, SLOW = (
    "reply altered", "500 before", "500 after commit", "429", "503", "slow",
)  # fmt: skip
ONE_MESSAGE = (
    REFUSED, CUT_REQUEST, CUT_REPLY, CUT_REPLY, LATE, TWICE, REPLAYED, OTHER_REPLY, CAPTIVE, TAMPERED, ERROR_500,
    ERROR_AFTER, BUSY_429, DOWN_503, SLOW,
)  # fmt: skip
"""What can meet one message; a reply that is lost after the commit is the one that matters most."""

NO_LINE, NO_WAY_UP, NO_WAY_DOWN = "partition", "one-way partition up", "one-way partition down"
FLAPS, PORTAL = "flapping", "portal for hours"
LASTING = (NO_LINE, NO_WAY_UP, NO_WAY_DOWN, FLAPS, PORTAL)
"""What can lie over a line for hours."""

CAPTIVE_PAGE: Reply = (200, {"content-type": "text/html; charset=utf-8"}, b"<html>Welcome to Free WiFi</html>")


@dataclass(order=True)
class Straggler:
    """A message that is still under way."""

    at_ms: int
    order: int
    message: tuple[str, str, Mapping[str, str], bytes] = field(compare=False)


class Weather:
    """One counter's line: it carries messages as its weather allows, and counts what it did to them."""

    def __init__(self, time: WorldTime, chance: Random, handle: Handle, fuse: Fuse, faults: Counter[str]) -> None:
        self._time, self._chance, self._handle, self._fuse, self._faults = time, chance, handle, fuse, faults
        self.share = 0.0
        """Of a hundred messages, so many hundredths meet a fault of their own."""
        self._lasting, self._until_ms = "", 0
        self.under_way: list[Straggler] = []
        self._replies: list[Reply] = []
        self._sent = 0
        self._uploads: dict[str, bytes] = {}
        self.second_uses: list[str] = []
        """Nonces under which the machine has sent two uploads that differ."""

    def call(self, method: str, target: str, headers: Mapping[str, str], body: bytes) -> Reply:
        """Carry one request.

        Raises:
            LineDown: no reply.
            PowerCut: the machine that asked is off.
        """
        self._fuse.moment()
        message = (method, target, dict(headers), body)
        self._sent += 1
        nonce = headers.get("Counter-Nonce", "")
        # a program that was updated in between says the same in another version of the protocol
        said = body.partition(b",")[2]
        if "/v1/chains/" in target and method == "POST" and self._uploads.setdefault(nonce, said) != said:
            self.second_uses.append(nonce)
        reply = self._meet(self._fault_now(), message)
        self._fuse.moment()
        return reply

    def cloud(self, kind: str, hours: float) -> None:
        """Something lies over the line for a while."""
        self._faults[kind] += 1
        self._lasting, self._until_ms = kind, self._time.ms + int(hours * HOUR_MS)

    def clear(self) -> None:
        """Nothing is wrong with the line any more; what was under way arrives now."""
        self.share, self._lasting = 0.0, ""
        self.arrive(self._time.ms + 400 * DAY_MS)

    def arrive(self, until_ms: int) -> None:
        """Stragglers that are due reach the hub; nobody waits for the replies."""
        while self.under_way and self.under_way[0].at_ms <= until_ms:
            with suppress(LineDown):
                self._handle(*heapq.heappop(self.under_way).message)

    def _fault_now(self) -> str:
        if self._lasting and self._time.ms < self._until_ms:
            if self._lasting == FLAPS:
                return self._chance.choice((REFUSED, CUT_REPLY, ""))
            return {NO_LINE: REFUSED, NO_WAY_UP: REFUSED, NO_WAY_DOWN: CUT_REPLY, PORTAL: CAPTIVE}[self._lasting]
        if self._chance.random() < self.share:
            kind = self._chance.choice(ONE_MESSAGE)
            self._faults[kind] += 1
            return kind
        return ""

    def _meet(self, fault: str, message: tuple[str, str, Mapping[str, str], bytes]) -> Reply:
        if fault in (REFUSED, CAPTIVE, ERROR_500, BUSY_429, DOWN_503):
            return self._without_the_hub(fault)
        if fault == CUT_REQUEST:
            method, target, headers, body = message
            self._handle(method, target, headers, body[: len(body) // 2])
            raise LineDown("offline", fault)
        if fault == LATE:
            self._send_later(message, self._chance.randrange(SECOND_MS, 3 * HOUR_MS))
            raise LineDown("offline", fault)
        if fault == SLOW:
            self._time.pass_to(self._time.ms + self._chance.randrange(SECOND_MS, 9 * SECOND_MS))
        if fault == REPLAYED:
            self._send_later(message, self._chance.randrange(MINUTE_MS, 5 * DAY_MS))
        reply = self._handle(*message)
        if fault == TWICE:
            again = self._handle(*message)
            reply = self._chance.choice((reply, again))
        self._replies = [*self._replies[-3:], reply]
        return self._on_the_way_back(fault, reply)

    def _without_the_hub(self, fault: str) -> Reply:
        if fault == REFUSED:
            raise LineDown("offline", fault)
        if fault == CAPTIVE:
            return CAPTIVE_PAGE
        status = {ERROR_500: 500, BUSY_429: 429, DOWN_503: 503}[fault]
        headers = {"content-type": "application/json"}
        if fault == BUSY_429:
            headers["retry-after"] = str(self._chance.randrange(1, 120))
        return status, headers, b'{"why":"busy"}'

    def _on_the_way_back(self, fault: str, reply: Reply) -> Reply:
        status, headers, body = reply
        if fault == CUT_REPLY:
            raise LineDown("offline", fault)
        if fault == ERROR_AFTER:
            return 500, {"content-type": "text/plain"}, b"upstream"
        if fault == TAMPERED and body:
            place = self._chance.randrange(len(body))
            return status, headers, body[:place] + bytes([body[place] ^ 1]) + body[place + 1 :]
        if fault == OTHER_REPLY:
            return self._chance.choice(self._replies)
        return reply

    def _send_later(self, message: tuple[str, str, Mapping[str, str], bytes], after_ms: int) -> None:
        heapq.heappush(self.under_way, Straggler(self._time.ms + after_ms, self._sent, message))
