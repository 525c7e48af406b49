"""A customer that the hall does not hold: what the search says then, and the one question to the hub by its key."""

from __future__ import annotations

import re
from collections.abc import Callable

from counter_app.domain.refusals import Refusal
from counter_app.domain.staff import Right
from counter_app.ui.desk import Desk
from counter_app.ui.keys import Action
from counter_app.ui.language import tr
from counter_app.ui.payments.presenter_room import Found
from counter_app.ui.search_box import SearchBox
from counter_app.ui.wording import sentences, trouble_sentences

_EXACT = re.compile(r"[0-9A-Za-z-]{4,40}")
KEY = "Ctrl+Return"


class Elsewhere:
    """Offers the question where a whole number found nobody; the box stays free while the hub is asked."""

    def __init__(self, desk: Desk, search: SearchBox, open_customer: Callable[[int], object]) -> None:
        self._desk, self._search, self._open = desk, search, open_customer
        self._offered = ""
        self._asking = ""

    def action(self) -> Action:
        """Its key; possible while what was searched for has found nobody."""
        return Action("elsewhere", tr("向上游查询"), KEY, self.ask, also=("Ctrl+Enter",), is_possible=self._is_possible)

    def words(self, found: Found) -> str:
        """What stands where nothing was found, with the offer where there is a hub to ask."""
        term = found.text.strip()
        who = self._desk.session
        may_ask = self._desk.line.is_enrolled and who is not None and who.may(Right.TAKE_PAYMENT)
        if found.lines or not may_ask or not _EXACT.fullmatch(term) or not any(map(str.isdigit, term)):
            self._offered = ""
            return found.nothing
        self._offered = found.text
        return tr("{nothing}不是本厅的客户？按 {key} 向上游查询这个号码。", nothing=found.nothing, key="Ctrl+Enter")

    def ask(self) -> None:
        """Ask the hub for the number in the box."""
        desk, text = self._desk, self._offered
        who, line = desk.who, desk.line
        self._asking = text
        self._say(text, tr("正在向上游查询，最多 3 秒。可以先查别的客户。"))

        def done(customer_ids: tuple[int, ...]) -> None:
            if desk.session is not who or not self._is_still(text):
                return
            self._asking = self._offered = ""
            if len(customer_ids) == 1:
                self._open(customer_ids[0])
            elif customer_ids:
                self._search.wanted.emit(text)
            else:
                self._say(text, tr("上游也没有查到这个号码。请与客户核对。"))

        def failed(words: str) -> None:
            if self._is_still(text):
                self._say(text, words)
            self._asking = ""

        def refused(refusal: Refusal) -> None:
            failed(sentences(refusal))

        desk.lanes.run(
            "line",
            lambda: line.find(text.strip(), who.staff_no),
            done,
            refused,
            lambda trouble: failed(trouble_sentences(trouble)),
            word=tr("正在向上游查询"),
        )

    def _is_possible(self) -> bool:
        return bool(self._offered) and self._search.text() == self._offered and self._asking != self._offered

    def _is_still(self, text: str) -> bool:
        """Whether whoever asked still waits for this answer: another search takes its place."""
        return self._asking == text and self._search.text() == text

    def _say(self, text: str, words: str) -> None:
        self._search.show_results(text, (), nothing=words)
