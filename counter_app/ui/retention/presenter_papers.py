"""The papers of a case without Qt: which can be issued now, what was issued and printed, and printing it."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Protocol

from counter_app.domain.refusals import Refusal
from counter_app.domain.retention_papers import PaperKind
from counter_app.domain.staff import Right
from counter_app.services import printing, retention_papers, settings
from counter_app.services.retention_papers import PaperOrder, PaperStanding
from counter_app.ui.desk import Desk
from counter_app.ui.intents import Intents
from counter_app.ui.language import later, tr
from counter_app.ui.papers import PrintWords, bring
from counter_app.ui.printing import PagePicture, page_picture, print_words, printer_word
from counter_app.ui.retention.presenter_lane import step_trouble
from counter_app.ui.wording import sentences, trouble_sentences
from counter_app.ui.wording_papers import paper_word

SLIP_SHEET = "printer.exit_slip"
"""The setting with the sheet of the slip: a4 or a5."""

SHEETS = {"a4": later("A4"), "a5": later("A5")}

_WORDS = PrintWords(
    sent=later("已送到打印机。"),
    saved=later("已存为 PDF 文件：{name}"),
    failed=later("没有打印：{why}。排除后请再按一次。"),
    wants_sheets=later("这台打印机印不了整张纸，请在下面另选一台"),
)


@dataclass(frozen=True, slots=True)
class PapersScreen:
    """The panel as a value. `act` is what the filled button does (issue, print, or nothing), `word` its word; `old_no`
    is an issued paper that no longer says what the case says, and can still be printed; `picture` is None while there
    is nothing to see, or it is being drawn.
    """

    kind: PaperKind = PaperKind.REGISTER
    state: str = ""
    paper_no: str = ""
    prints: tuple[str, ...] = ()
    act: str = ""
    word: str = ""
    old_no: str = ""
    sheet: str = "a4"
    printers: tuple[tuple[str, str], ...] = ()
    printer: str = printing.TO_FILE
    message: str = ""
    is_bad: bool = False
    is_working: bool = False
    picture: PagePicture | None = None

    @property
    def has_sheets(self) -> bool:
        """Whether the paper comes on more than one sheet."""
        return self.kind is PaperKind.EXIT_SLIP


class PapersSight(Protocol):
    """Who draws it."""

    def show_papers(self, screen: PapersScreen) -> object:
        """Draw the panel."""


class PapersPresenter:
    """The three papers of one case; `open` begins, every answer draws the panel anew."""

    def __init__(self, desk: Desk, case_id: str, sight: PapersSight, *, picture_px: int) -> None:
        self._desk, self._case_id, self._sight, self._picture_px = desk, case_id, sight, picture_px
        self._screen = PapersScreen()
        self._standing: dict[PaperKind, PaperStanding] = {}
        self._intents = Intents(desk)
        self._slip_sheet = "a4"
        self._is_open = True

    def open(self) -> None:
        """Read how the papers stand, and ask the system for its printers, which may take seconds."""
        hall = self._desk.hall

        def job() -> tuple[str, str, tuple[str, ...]]:
            sheet = settings.get(hall, SLIP_SHEET, "a4")
            return sheet if sheet in SHEETS else "a4", settings.get(hall, "printer.a4", ""), printing.printers()

        def done(found: tuple[str, str, tuple[str, ...]]) -> None:
            self._slip_sheet, kept, names = found
            offered = dict.fromkeys((*names, *([kept] if kept else [])))
            self._put(printers=tuple((name, printer_word(name)) for name in offered))
            self._choose_sheet()

        self._desk.lanes.run("long", job, done, self._refused, self._troubled)
        self.read()

    def close(self) -> None:
        """The panel is gone; answers that still come are dropped."""
        self._is_open = False

    def read(self) -> None:
        """Read how the papers stand."""
        hall, who, case_id = self._desk.hall, self._desk.who, self._case_id

        def done(found: tuple[PaperStanding, ...]) -> None:
            self._standing = {one.kind: one for one in found}
            self._stand()

        self._desk.lanes.run(
            "reader", lambda: retention_papers.standing(hall, who, case_id), done, self._refused, self._troubled
        )

    def choose(self, kind: str) -> None:
        """Another of the three."""
        self._put(kind=PaperKind(kind), message="", is_bad=False, picture=None)
        self._choose_sheet()
        self._stand()

    def choose_sheet(self, sheet: str) -> None:
        """The slip's sheet; it is remembered."""
        self._slip_sheet = sheet
        self._keep(SLIP_SHEET, sheet)
        self._put(picture=None)
        self._choose_sheet()
        self._draw()

    def choose_printer(self, printer: str) -> None:
        """The printer for this sheet; it is remembered, for receipts on the same sheet, too."""
        self._put(printer=printer)
        self._keep(f"printer.{self._screen.sheet}", printer)

    def press(self) -> None:
        """Ctrl+P, or the filled button: issue the paper, and once it is issued print it."""
        if self._screen.act == "issue" and not self._screen.is_working:
            self._issue()
        elif self._screen.act == "print":
            self._print(self._screen.paper_no)

    def print_old(self) -> None:
        """Print the paper that was issued before the case changed."""
        if self._screen.old_no:
            self._print(self._screen.old_no)

    def _stand(self) -> None:
        kind = self._screen.kind
        found = self._standing.get(kind)
        if found is None:
            return
        last = found.issued[-1].paper_no if found.issued else ""
        may_issue = found.not_yet is None and self._desk.who.may(Right.RETAIN)
        may_print = self._desk.who.may(Right.REPRINT)
        is_printed = any(job.number == last for job in found.prints)
        word, act, old_no = "", "", ""
        if may_issue and not found.is_current:
            act = "issue"
            word = tr("按现在的内容重开") if last else tr("开具")
            old_no = last if may_print else ""
        elif last and may_print:
            act, word = "print", tr("补打") if is_printed else tr("打印")
        if last != self._screen.paper_no:
            self._put(picture=None)
        self._put(
            paper_no=last,
            state=_state_words(found),
            prints=tuple(f"{job.number} · {print_words(job)}" for job in found.prints),
            act=act,
            word=word,
            old_no=old_no,
        )
        if last and self._screen.picture is None:
            self._draw()

    def _issue(self) -> None:
        hall, who, case_id, kind = self._desk.hall, self._desk.who, self._case_id, self._screen.kind

        def ended(message: str, *, is_bad: bool) -> None:
            self._put(is_working=False, message=message, is_bad=is_bad)
            self.read()

        self._put(is_working=True, message="", is_bad=False)
        self._intents.run(
            kind,
            lambda intent: retention_papers.issue(hall, who, case_id, kind, intent).paper_no,
            lambda paper_no: ended(tr("已开具 {no}。请看样子，再打印。", no=paper_no), is_bad=False),
            lambda refusal: ended(sentences(refusal), is_bad=True),
            lambda trouble: ended(step_trouble(trouble), is_bad=True),
            word=tr("正在开具"),
        )

    def _print(self, paper_no: str) -> None:
        if self._screen.is_working:
            return
        hall, who, screen = self._desk.hall, self._desk.who, self._screen

        def order() -> PaperOrder:
            return retention_papers.order_print(hall, who, paper_no, paper=screen.sheet, printer=screen.printer)

        def send(made: PaperOrder) -> str:
            return printing.print_sheet(hall, made.job, retention_papers.render(made))

        self._put(is_working=True, message=tr("正在打印……"), is_bad=False)
        bring(self._desk, order, send, _WORDS, lambda words, tone: self._ended(words, is_bad=tone == "bad"))

    def _ended(self, words: str, *, is_bad: bool) -> None:
        self._put(is_working=False, message=words, is_bad=is_bad)
        self.read()

    def _choose_sheet(self) -> None:
        hall = self._desk.hall
        sheet = self._slip_sheet if self._screen.kind is PaperKind.EXIT_SLIP else "a4"

        def done(printer: str) -> None:
            shown = self._screen.printers
            if printer not in [name for name, _word in shown]:
                shown = (*shown, (printer, printer_word(printer)))
            self._put(printer=printer, printers=shown)

        self._put(sheet=sheet)
        self._desk.lanes.run(
            "reader",
            lambda: settings.get(hall, f"printer.{sheet}", printing.TO_FILE),
            done,
            self._refused,
            self._troubled,
        )

    def _draw(self) -> None:
        hall, who, screen = self._desk.hall, self._desk.who, self._screen
        if not screen.paper_no:
            return

        def job() -> PagePicture:
            pdf = retention_papers.preview(hall, who, screen.paper_no, paper=screen.sheet)
            return page_picture(pdf, width_px=self._picture_px)

        def done(picture: PagePicture) -> None:
            now = self._screen
            if (now.paper_no, now.sheet) == (screen.paper_no, screen.sheet):
                self._put(picture=picture)

        self._desk.lanes.run("paper", job, done, self._refused, self._troubled)

    def _keep(self, key: str, value: str) -> None:
        hall, who = self._desk.hall, self._desk.who
        self._desk.lanes.run(
            "writer", lambda: settings.put(hall, who, key, value), lambda _none: None, self._refused, self._troubled
        )

    def _put(self, **changes: object) -> None:
        self._screen = replace(self._screen, **changes)  # type: ignore[arg-type]  # the callers above name fields of the screen
        if self._is_open:
            self._sight.show_papers(self._screen)

    def _refused(self, refusal: Refusal) -> None:
        self._put(message=sentences(refusal), is_bad=True, is_working=False)

    def _troubled(self, trouble: Exception) -> None:
        self._put(message=trouble_sentences(trouble), is_bad=True, is_working=False)


def paper_choices() -> tuple[tuple[str, str], ...]:
    """The three papers as a choice."""
    return tuple((kind.value, paper_word(kind)) for kind in PaperKind)


def _state_words(found: PaperStanding) -> str:
    if not found.issued:
        return sentences(found.not_yet) if found.not_yet else tr("还没有开具。开具后取得号码，可以看样子、打印。")
    number = found.issued[-1].paper_no
    if found.is_current:
        return tr("已开具，号码 {no}。", no=number)
    if found.not_yet:
        return tr("已开具，号码 {no}。挽留单后来有变化，这张不再重开。", no=number)
    return tr("已开具，号码 {no}。挽留单后来有变化，可以重开一张。", no=number)
