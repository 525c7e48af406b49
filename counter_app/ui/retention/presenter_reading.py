"""How the room's pages read without Qt: on a lane, for whoever is signed in, and never into another person's screen."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar

from counter_app.domain.staff import Right
from counter_app.ui.desk import Desk
from counter_app.ui.wording import sentences, trouble_sentences

T = TypeVar("T")


def read(
    desk: Desk,
    job: Callable[[], T],
    show: Callable[[T], object],
    say: Callable[[str], object],
    *,
    right: Right = Right.SEE_RETENTION,
    lane: str = "reader",
    word: str = "",
) -> bool:
    """Read what a page shows; False, and nothing is read, where nobody is there who may see it.

    What comes after the person has left the counter is shown to nobody.
    """
    who = desk.session
    if who is None or not who.may(right):
        return False

    def only_to(shown: Callable[[T], object]) -> Callable[[T], object]:
        return lambda found: shown(found) if desk.session is who else None

    desk.lanes.run(
        lane,
        job,
        only_to(show),
        lambda refusal: say(sentences(refusal)),
        lambda trouble: say(trouble_sentences(trouble)),
        word=word,
    )
    return True
