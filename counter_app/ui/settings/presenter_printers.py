"""Which paper and which printer this hall uses, without Qt; each change is an entry."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from counter_app.services import printing, settings
from counter_app.ui.desk import Desk
from counter_app.ui.language import later, tr
from counter_app.ui.printing import queue_word
from counter_app.ui.wording import sentences, trouble_sentences

PAPERS = {"a5": later("A5 两联"), "a4": later("A4"), "roll-80": later("80 毫米卷纸")}
ADDRESS = "address"
"""The field for an ESC/POS printer: `tcp:host:port`, `device:path`, or `raw:queue` behind a queue of the system."""
DRAWER = "drawer"


@dataclass(frozen=True, slots=True)
class PrintersScreen:
    """What is kept, and what this machine offers: `chosen` maps a paper to its printer.

    `offered_for_roll` has each of the system's printers once more, as one that takes ESC/POS; `address` is the roll's
    printer where the system does not list it.
    """

    paper: str
    chosen: Mapping[str, str]
    offered: tuple[tuple[str, str], ...]
    offered_for_roll: tuple[tuple[str, str], ...]
    address: str
    drawer: str


class PrintersPresenter:
    """Reads and keeps papers and printers."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk

    def read(self, on_screen: Callable[[PrintersScreen], object], on_error: Callable[[str], object]) -> None:
        """Read what is kept and ask the system for its printers, which may take seconds."""
        hall = self._desk.hall

        def job() -> PrintersScreen:
            paper, _printer = printing.chosen(hall)
            chosen = {key: settings.get(hall, f"printer.{key}", printing.TO_FILE) for key in PAPERS}
            here = printing.printers()
            roll = chosen["roll-80"]
            raw = (printing.RAW + name for name in here if name != printing.TO_FILE)
            for_sheets = (*here, *(name for paper, name in chosen.items() if paper != "roll-80"))
            offered, for_roll = (
                tuple((name, printer_word(name)) for name in dict.fromkeys(names))
                for names in (for_sheets, (*raw, *here, roll))
            )
            address = roll if is_address(roll) and not roll.startswith(printing.RAW) else ""
            return PrintersScreen(paper, chosen, offered, for_roll, address, settings.get(hall, "printer.drawer"))

        self._desk.lanes.run(
            "long",
            job,
            on_screen,
            lambda refusal: on_error(sentences(refusal)),
            lambda trouble: on_error(trouble_sentences(trouble)),
        )

    def save(
        self, values: Mapping[str, str], on_done: Callable[[], object], on_wrong: Callable[[str, str], object]
    ) -> None:
        """Keep settings by their last word: `paper`, a paper's key, `drawer`; `address` is the roll's printer."""
        wanted = dict(values)
        address = wanted.pop(ADDRESS, "").strip()
        drawer = wanted.get(DRAWER, "").strip()
        for key, place in ((ADDRESS, address), (DRAWER, drawer)):
            if place and not is_address(place):
                on_wrong(
                    key,
                    tr(
                        "“{text}”不是打印机地址。应为 tcp:地址:端口、device:路径 或 raw:打印机名。请改正。",
                        text=place[:60],
                    ),
                )
                return
        if address:
            wanted["roll-80"] = address
        wanted[DRAWER] = drawer
        desk, who = self._desk, self._desk.who

        def job() -> None:
            for key, value in wanted.items():
                settings.put(desk.hall, who, f"printer.{key}", value)

        desk.lanes.run(
            "writer",
            job,
            lambda _none: on_done(),
            lambda refusal: on_wrong("", sentences(refusal)),
            lambda trouble: on_wrong("", trouble_sentences(trouble)),
        )


def is_address(text: str) -> bool:
    """Whether a text names an ESC/POS printer: `tcp:host:port`, `device:path` or `raw:queue`."""
    kind, _, place = text.partition(":")
    host, _, port = place.rpartition(":")
    return (kind == "tcp" and bool(host) and port.isdecimal()) or (kind in ("device", "raw") and bool(place))


def printer_word(name: str) -> str:
    """A printer as the list shows it."""
    return tr("存为 PDF 文件") if name == printing.TO_FILE else queue_word(name)
