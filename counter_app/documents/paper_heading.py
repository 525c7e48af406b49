"""The heading of every numbered paper: title and number, whose it is, which print it is, the demo hall's note."""

from __future__ import annotations

from datetime import datetime
from typing import Protocol

from counter_app.documents.form_sheet import Heading
from counter_app.domain.paper_wording import DEMO_NOTE, moment
from counter_app.domain.print_marks import PrintMark, print_mark


class OfPaper(Protocol):
    """What the facts of every numbered paper say of it."""

    @property
    def hall_name(self) -> str:
        """The hall that issued it."""

    @property
    def company(self) -> str:
        """The hall's company."""

    @property
    def paper_no(self) -> str:
        """Its number."""

    @property
    def is_demo(self) -> bool:
        """Whether the hall is a demo hall."""


def paper_heading(facts: OfPaper, mark: PrintMark, *, title: str, at: datetime, under: str) -> Heading:
    """The heading of a paper that was issued at a moment; `under` is the line below the title."""
    return Heading(
        title=title,
        owner=facts.hall_name,
        company=facts.company,
        number=facts.paper_no,
        date=moment(at),
        under=under,
        foot=print_mark(mark),
        is_marked=mark.is_marked,
        is_demo=facts.is_demo,
        demo_note=DEMO_NOTE,
    )
