"""The slip for an undone payment as an ESC/POS job, with the same facts and words as on other papers."""

from __future__ import annotations

from counter_app.devices.escpos import Align, EscPos, EscPosSettings, LineImage, columns, wrapped
from counter_app.domain import undo_slip_wording as wording
from counter_app.domain.capitals import printed_capital
from counter_app.domain.paper_wording import moment, money, month, printable, yuan
from counter_app.domain.print_marks import PrintMark, print_mark
from counter_app.domain.undo_slips import UndoSlipFacts

_LABEL_COLUMNS = 10


def undo_escpos(
    facts: UndoSlipFacts, *, mark: PrintMark, settings: EscPosSettings, line_image: LineImage | None = None
) -> bytes:
    """The slip's bytes, rebuilt from its facts; equal arguments give equal bytes. `line_image` draws the lines whose
    characters the printer lacks.
    """
    job = EscPos(settings, line_image)
    _add_head(job, facts, settings)
    for bill in facts.bills:
        job.pair(f"{month(bill.month)} {printable(bill.bill_no)}", yuan(bill.total_fen))
        _add_text(job, wording.bill_parts(bill), settings)
    job.rule()
    job.line(f"退还 {money(facts.back_fen)}", align=Align.RIGHT, size=2, is_bold=True)
    _add_text(job, printed_capital(facts.back_fen), settings)
    for text in (*map(wording.back, facts.money), wording.books(facts)):
        _add_text(job, text, settings)
    job.rule()
    _add_end(job, facts, mark, settings)
    job.cut()
    return job.data()


def _add_head(job: EscPos, facts: UndoSlipFacts, settings: EscPosSettings) -> None:
    for text in wrapped(printable(facts.hall_name), settings.columns)[:2]:
        job.line(text, align=Align.CENTER, is_bold=True)
    for text in wrapped(printable(facts.company), settings.columns)[:2]:
        job.line(text, align=Align.CENTER)
    job.line(facts.heading, align=Align.CENTER, size=2, is_bold=True)
    if facts.is_demo:
        job.line(wording.DEMO_NOTE, align=Align.CENTER, is_bold=True)
    job.line(f"No. {printable(facts.paper_no)}", align=Align.CENTER)
    job.line(moment(facts.issued_at), align=Align.CENTER)
    job.rule()
    for label, value in wording.fields(facts):
        _add_field(job, label, value, settings)
    job.rule()


def _add_end(job: EscPos, facts: UndoSlipFacts, mark: PrintMark, settings: EscPosSettings) -> None:
    _add_field(job, "经办人", f"{facts.staff.name} {facts.staff.staff_no}", settings)
    for one in wording.people(facts):
        _add_field(job, "复核人", one, settings)
    _add_field(job, "柜台", facts.counter_name, settings)
    for note in wording.notes(facts):
        for text in wrapped(printable(note), settings.columns)[:4]:
            job.line(text)
    job.line(wording.SIGNED_BY_CUSTOMER)
    for _ in range(4):
        job.line()
    job.rule()
    job.line(f"（{wording.SEAL}）", align=Align.CENTER)
    for _ in range(4):
        job.line()
    for text in wrapped(printable(print_mark(mark)), settings.columns)[:3]:
        job.line(text, align=Align.CENTER, is_bold=mark.is_marked)


def _add_field(job: EscPos, label: str, value: str, settings: EscPosSettings) -> None:
    """A label and its value, over as many lines as it needs, at most three."""
    lines = wrapped(printable(value), settings.columns - _LABEL_COLUMNS)[:3] or [""]
    job.line(label + " " * (_LABEL_COLUMNS - columns(label)) + lines[0])
    for more in lines[1:]:
        job.line(" " * _LABEL_COLUMNS + more)


def _add_text(job: EscPos, words: str, settings: EscPosSettings) -> None:
    """Words of their own, indented, over at most three lines."""
    for text in wrapped(printable(words), settings.columns - 2)[:3]:
        job.line("  " + text)
