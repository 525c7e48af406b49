"""A hall whose hub sends a pack with reasons of its own: they are taken and stand everywhere in the hub's words."""

from __future__ import annotations

import re

import pytest

from counter_app.domain.refusals import Refused
from counter_app.domain.report_wording import row_texts
from counter_app.domain.reports import Asked, ReportKind
from counter_app.domain.staff import Role
from counter_app.domain.undo import UndoWish
from counter_app.domain.undo_reasons import UndoReason
from counter_app.domain.undo_refusals import ReasonUnknown
from counter_app.resources import resource
from counter_app.services import reports, undo_slips
from counter_app.storage.hall import OpenHall
from counter_app.storage.tables_sync import packs_down
from counter_app.ui.language import use_language
from counter_app.ui.wording_reports import cell_word, said_word
from tests import halls
from tests.undoing import undo

OWN = """
reasons = [
  { code = "wrong_account", name_zh = "户号不对", name_en = "Not this account" },
  { code = "bounced", name_zh = "银行退票", name_en = "Bounced" },
  { code = "other", name_zh = "别的", name_en = "Something else" },
]
"""
BOUNCED = UndoReason("bounced", "银行退票", "Bounced")


def take_pack(hall: OpenHall, reasons: str) -> None:
    """The pack that ships, with these reasons, as the hub's."""
    text = resource("rules", "telecom.toml").read_text(encoding="utf-8")
    table = re.search(r"\n\[\[undo_reasons\]\].*?(?=\n\[\[)", text, re.DOTALL)
    assert table is not None
    own = table.group(0)
    sent = re.sub(r"reasons = \[.*?\n\]\n", reasons.lstrip(), own, flags=re.DOTALL) if reasons else ""
    row = {"trade": "telecom", "version": "9", "text": text.replace(own, sent), "taken_at": "2026-11-21T08:00:00+08:00"}
    with hall.writing() as work:
        work.driver.execute("DELETE FROM packs_down")
        halls.put(work, packs_down, dict[str, object](row))
    hall.take_new_pack()


def test_the_hubs_own_reasons_are_taken_and_said_and_an_old_code_keeps_its_words(hall: OpenHall) -> None:
    someone = halls.three_months_behind(hall)
    halls.an_open_shift(hall)
    first, second = (halls.pay(hall, someone, halls.cash(400))[1] for _ in range(2))
    undo(hall, second.payment_id, UndoWish("wish"))
    take_pack(hall, "")
    # a hub of an earlier version: the program's own reasons hold
    assert hall.pack.undo_reasons(halls.NOW.date()).at("7") == "wish"
    take_pack(hall, OWN)
    assert hall.pack.undo_reasons(halls.NOW.date()).codes == ("wrong_account", "bounced", "other")
    for wish in (UndoWish("wish"), UndoWish("other", "  ")):
        with pytest.raises(Refused) as refused:
            undo(hall, first.payment_id, wish)
        assert refused.value.refusal == ReasonUnknown(wish.reason_code)
    slip_no = undo(hall, first.payment_id, UndoWish("bounced")).slip_no
    assert undo_slips.order_print(hall, halls.teller(), slip_no, paper="a5", printer="pdf").facts.reason == "银行退票"
    _every_report_says_it(hall)


def _every_report_says_it(hall: OpenHall) -> None:
    on, who = halls.NOW.date(), halls.teller("2001", Role.SUPERVISOR)
    old = UndoReason("wish", "客户要求退回", "Customer wants it back")
    for kind, place in ((ReportKind.RECEIPTS, 4), (ReportKind.EXCEPTIONS, 5)):
        report = reports.make(hall, who, Asked(kind, on, on))
        rows = [row for row in report.rows if isinstance(row.cells[place], UndoReason)]
        assert {row.cells[place] for row in rows} == {BOUNCED, old}
        assert {row_texts(row, report.columns)[place] for row in rows} == {"银行退票", "客户要求退回"}
        said = [row[report.columns[place].key] for row in report.as_json()["rows"]]
        assert {"bounced", "wish"} <= set(said)
        use_language("en")
        assert {cell_word(row.cells[place], report.columns[place]) for row in rows} == {BOUNCED.name_en, old.name_en}
        use_language("zh")
    opened = {said_word(one.words) for row in rows for one in reports.entries_behind(hall, who, row)}
    assert opened == {"银行退票", "客户要求退回"}
