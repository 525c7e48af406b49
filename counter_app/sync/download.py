"""The hall's data on its way down: the feed page after page, and a snapshot where the feed does not go on."""

from __future__ import annotations

from typing import NamedTuple, Protocol

from counter_app.domain.sync_state import FeedMark
from counter_app.sync import wire
from counter_app.sync.apply_feed import FeedBroken, apply_page
from counter_app.sync.contact import Contact
from counter_app.sync.feed_care import care
from counter_app.sync.ground import Ground
from counter_app.sync.hub_line import LineDown

MOST_PAGES = 20
"""Pages in one round; what waits to go up is looked at again behind them."""


class Rebuild(Protocol):
    """Takes a snapshot of the hall into the file."""

    def __call__(self, ground: Ground, contact: Contact, nonce: str) -> None:
        """Afterwards the mark of the feed is the snapshot's.

        Raises:
            LineDown: the snapshot did not come whole; the file is as it was.
        """


class Pulled(NamedTuple):
    """What came down in one round."""

    rows: int = 0
    is_more: bool = False
    hub: wire.HubState | None = None
    no: wire.Refusal | None = None


class Downloads:
    """Asks for what is new."""

    def __init__(self, ground: Ground, contact: Contact, rebuild: Rebuild) -> None:
        self._ground, self._contact, self._rebuild = ground, contact, rebuild

    def pull(self) -> Pulled:
        """Pages of the feed until it is at its end, or the round has lasted long enough.

        Raises:
            LineDown: no answer; what was taken before stays.
        """
        rows, hub = 0, None
        care(self._ground)
        for _ in range(MOST_PAGES):
            state = self._ground.state()
            nonce, mark = state.nonce or "", state.feed
            if mark is None:
                # nothing of the hall is here yet: a snapshot is shorter than its whole history
                self._rebuild(self._ground, self._contact, nonce)
                return Pulled(rows, is_more=True, hub=hub)
            answer = self._ask(mark, nonce)
            if isinstance(answer, wire.Refusal):
                if not self._is_moved(answer, mark, nonce):
                    return Pulled(rows, hub=answer.hub, no=answer)
                continue
            hub = answer.hub
            if not answer.rows:
                return Pulled(rows, hub=hub)
            self._take(answer)
            rows += len(answer.rows)
            if answer.upto.n >= hub.feed.n:
                return Pulled(rows, hub=hub)
        return Pulled(rows, is_more=True, hub=hub)

    def _ask(self, mark: FeedMark, nonce: str) -> wire.FeedPage | wire.Refusal:
        target = f"/v1/feed?generation={mark.generation}&after={mark.n}&hash={mark.hash}&limit={wire.MOST_ROWS}"
        return self._contact.ask("GET", target, nonce=nonce, answer=wire.FeedPage)

    def _take(self, page: wire.FeedPage) -> None:
        applied = apply_page(self._ground.hall, page, on_writer=self._ground.on_writer)
        if isinstance(applied, FeedBroken):
            raise LineDown("bad_reply", applied.why)
        # entries from now on say that their writer could know this much
        self._ground.on_writer(self._ground.hall.see_hub)

    def _is_moved(self, no: wire.Refusal, mark: FeedMark, nonce: str) -> bool:
        """Whether the pull goes on from another place: the hub's history has another identity, or another course."""
        if no.why is wire.Why.OTHER_GENERATION and no.hub is not None and no.hub.generation != mark.generation:
            if self._ground.state().is_ahead_in_another(no.hub.generation):
                # customers who were asked for brought rows of a history that is over, of which the mark says nothing
                self._ground.keep(records=None)
                self._rebuild(self._ground, self._contact, nonce)
                return True
            # the same place in the new history, if that still leads there: the hub compares the hash; the chain is
            # offered again from where the new history has it, and so is every record beside it
            self._ground.keep(feed=FeedMark(no.hub.generation, mark.n, mark.hash), records=None)
            return True
        if no.why is wire.Why.OTHER_FEED:
            self._rebuild(self._ground, self._contact, nonce)
            return True
        return False
