"""An office form on cut sheets: a heading, labels and values in a grid over numbered pages, places to sign."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from counter_app.documents.dots import Dots
from counter_app.documents.fonts import Font
from counter_app.documents.paragraphs import lines_of
from counter_app.documents.pdf import Sheet
from counter_app.domain.paper_wording import TITLE_DEMO

LABEL, TEXT, SMALL = 8.0, 9.5, 7.0
_LINE, _PAD, _ROW = 4.3, 1.6, 7.0
_LABEL_MM = 24.0
_SOFT, _FAINT, _TINT = 0.36, 0.62, 0.955
_HAIR, _FRAME = 0.3, 0.9
_WHOLE_MM = 45.0
_GOES_ON = "（续）"

Draw = Callable[[Sheet], None]


@dataclass(frozen=True, slots=True)
class Cell:
    """A value with its label; `share` is its part of the row."""

    label: str
    value: str
    share: float = 1.0
    is_bold: bool = False


@dataclass(frozen=True, slots=True)
class Column:
    """A column of a list: heading, part of the width, and on which side it stands."""

    name: str
    share: float
    align: str = "left"


@dataclass(frozen=True, slots=True)
class Sign:
    """A place to sign: under its label the lines that are known, a drawn signature, or room for a pen."""

    label: str
    lines: tuple[str, ...] = ()
    drawing: Dots | None = None


@dataclass(slots=True)
class _Page:
    top_mm: float
    tints: list[Draw] = field(default_factory=list)
    draws: list[Draw] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Heading:
    """What stands at the top of each page, and at its foot."""

    title: str
    owner: str
    company: str
    number: str
    date: str
    under: str
    foot: str
    is_marked: bool
    is_demo: bool
    demo_note: str = ""
    before_number: str = "No. "


class FormSheet:
    """A form that is laid out from top to bottom; `data` draws it, for only then the number of pages is known."""

    def __init__(self, size_mm: tuple[float, float], heading: Heading) -> None:
        self._width, self._height = size_mm
        self._heading = heading
        self._left, self._right = 15.0, self._width - 15.0
        self._bottom = self._height - 13.5
        self._pages = [_Page(28.0)]
        self._y = 28.0

    @property
    def room_mm(self) -> float:
        """What is left of the page."""
        return self._bottom - self._y

    def band(self, text: str, *, keep_mm: float = 2 * _ROW) -> None:
        """The heading of a part, never alone at the foot of a page: `keep_mm` of what follows has room below it."""
        height = 6.2
        self._need(height + keep_mm)
        left, width, y = self._left, self._right - self._left, self._y
        self._pages[-1].tints.append(lambda s: s.box(left, y, width, height, fill=0.9))
        self._draw(lambda s: s.text(left + _PAD, y + 4.25, text, size_pt=9.0, is_bold=True, max_mm=width - 4))
        self._line_below(height)

    def row(self, *cells: Cell) -> None:
        """Labels and values side by side; a long text gets a row of its own, which goes on over the page."""
        total = sum(cell.share for cell in cells)
        width = self._right - self._left
        wide = [width * cell.share / total for cell in cells]
        texts = [
            lines_of(cell.value, size_pt=TEXT, max_mm=mm - _LABEL_MM - 2 * _PAD)
            for cell, mm in zip(cells, wide, strict=True)
        ]
        height = max(_height(len(lines)) for lines in texts)
        if height > _WHOLE_MM and len(cells) > 1:
            for cell in cells:
                self.row(cell)
            return
        if height > self.room_mm and (height <= _WHOLE_MM or self.room_mm < 3 * _ROW):
            self._turn()
        label = cells[0].label
        while height > self.room_mm:
            count = max(int((self.room_mm - 2 * _PAD) / _LINE), 1)
            self._cells([Cell(label, "")], wide, [texts[0][:count]], self.room_mm)
            label, texts = cells[0].label + _GOES_ON, [texts[0][count:]]
            self._turn()
            height = _height(len(texts[0]))
        self._cells([Cell(label, "", is_bold=cells[0].is_bold), *cells[1:]], wide, texts, height)

    def table(self, columns: Sequence[Column], rows: Sequence[Sequence[str]], empty: str) -> None:
        """A list with its headings, which come again on each page; `empty` is said where there is nothing."""
        total = sum(column.share for column in columns)
        wide = [(self._right - self._left) * column.share / total for column in columns]
        self._heads(columns, wide)
        if not rows:
            self._list_row([Column("", 1.0)], [self._right - self._left], [[empty]], grey=_SOFT)
        for row in rows:
            texts = [
                lines_of(text, size_pt=9.0, max_mm=mm - 2 * _PAD) or [""] for text, mm in zip(row, wide, strict=True)
            ]
            while True:
                height = _height(max(map(len, texts)))
                if height <= self.room_mm:
                    break
                if height <= self._bottom - 45.0:
                    count = 0
                else:
                    count = int((self.room_mm - 2 * _PAD) / _LINE)
                    if count > 0:
                        self._list_row(columns, wide, [lines[:count] for lines in texts])
                self._turn()
                self._heads(columns, wide)
                texts = [lines[count:] or [""] for lines in texts]
            self._list_row(columns, wide, texts)

    def signs(self, places: Sequence[Sign], *, height_mm: float = 27.0, notes: Sequence[str] = ()) -> None:
        """Places to sign, side by side; `notes` stand below them, on the same page."""
        lines = [line for note in notes for line in lines_of(note, size_pt=LABEL, max_mm=self._right - self._left)]
        self._need(height_mm + 3.9 * len(lines))
        mm = (self._right - self._left) / len(places)
        y = self._y
        for number, place in enumerate(places):
            x = self._left + number * mm
            self._draw(_sign(place, x, y, mm, height_mm))
            if number:
                self._upright(x, y, height_mm)
        self._line_below(height_mm)
        for number, line in enumerate(lines):
            self._draw(_text(self._left, self._y + 4.2 + 3.9 * number, line, LABEL, _SOFT))
        self._y += 3.9 * len(lines)

    def seal(self, label: str, notes: Sequence[str], *, height_mm: float = 30.0) -> None:
        """Notes on the left, and on the right the place for the hall's seal."""
        room = self._right - self._left - 50.0
        lines = [line for note in notes for line in lines_of(note, size_pt=LABEL, max_mm=room)]
        height = max(height_mm, 3.9 * len(lines) + 3)
        self._need(height + 2)
        y, left, right = self._y + 2.6, self._left, self._right
        for number, line in enumerate(lines):
            self._draw(_text(left, y + 3.2 + 3.9 * number, line, LABEL, _SOFT))
        self._draw(lambda s: s.box(right - 42, y, 42, 26, grey=_FAINT, width_pt=0.6, dash="2 2"))
        self._draw(lambda s: s.text(right - 21, y + 23.4, label, size_pt=SMALL, align="center", grey=_SOFT))
        self._y += height + 2

    def data(self) -> bytes:
        """The whole document; equal forms give equal bytes."""
        head = self._heading
        sheet = Sheet(width_mm=self._width, height_mm=self._height, title=f"{head.title} {head.number}", usual=USUAL)
        for number, page in enumerate(self._pages, 1):
            if head.is_demo:
                middle = (self._height + 36) / 2
                sheet.text(self._width / 2, middle, TITLE_DEMO, size_pt=120, align="center", grey=0.94, angle=12)
            self._draw_head(sheet, is_first=number == 1)
            # what is tinted lies below all lines
            for draw in (*page.tints, *page.draws):
                draw(sheet)
            self._draw_foot(sheet, number, len(self._pages))
            sheet.next_page()
        return sheet.data()

    def _cells(
        self, cells: Sequence[Cell], wide: Sequence[float], texts: Sequence[Sequence[str]], height: float
    ) -> None:
        x, y = self._left, self._y
        for number, (cell, mm, lines) in enumerate(zip(cells, wide, texts, strict=True)):
            self._pages[-1].tints.append(_tint(x, y, height))
            self._draw(_label(cell.label, x, y, height))
            if number:
                self._upright(x, y, height)
            self._upright(x + _LABEL_MM, y, height)
            base = y + (height - _LINE * len(lines)) / 2 + 3.3
            for line_number, line in enumerate(lines):
                place = x + _LABEL_MM + _PAD, base + _LINE * line_number
                self._draw(_text(*place, line, TEXT, 0.0, is_bold=cell.is_bold))
            x += mm
        self._line_below(height)

    def _heads(self, columns: Sequence[Column], wide: Sequence[float]) -> None:
        self._need(2 * _ROW)
        left, width, y = self._left, self._right - self._left, self._y
        self._pages[-1].tints.append(lambda s: s.box(left, y, width, 6.0, fill=_TINT))
        self._list_row(columns, wide, [[column.name] for column in columns], grey=_SOFT, size_pt=LABEL, height=6.0)

    def _list_row(
        self,
        columns: Sequence[Column],
        wide: Sequence[float],
        texts: Sequence[Sequence[str]],
        *,
        grey: float = 0.0,
        size_pt: float = 9.0,
        height: float = 0.0,
    ) -> None:
        height = height or _height(max(map(len, texts)))
        x, y = self._left, self._y
        for number, (column, mm, lines) in enumerate(zip(columns, wide, texts, strict=True)):
            if number:
                self._upright(x, y, height)
            at = {"left": x + _PAD, "right": x + mm - _PAD, "center": x + mm / 2}[column.align]
            base = y + (height - _LINE * len(lines)) / 2 + 3.2
            for line_number, line in enumerate(lines):
                self._draw(_text(at, base + _LINE * line_number, line, size_pt, grey, align=column.align))
            x += mm
        self._line_below(height)

    def _need(self, height: float) -> None:
        if height > self.room_mm:
            self._turn()

    def _turn(self) -> None:
        """Ends the page; the grid begins again on the next."""
        self._pages.append(_Page(20.0))
        self._y = 20.0

    def _line_below(self, height: float) -> None:
        """Closes a row: its edges and the line below it."""
        left, right, y = self._left, self._right, self._y
        page = self._pages[-1]
        if y == page.top_mm:
            self._draw(lambda s: s.rule(left, y, right, y, width_pt=_FRAME))
        for x in (left, right):
            self._draw(_rule(x, y, x, y + height, _FRAME, 0.0))
        self._draw(_rule(left, y + height, right, y + height, _HAIR, 0.25))
        self._y += height

    def _upright(self, x: float, y: float, height: float) -> None:
        self._draw(_rule(x, y, x, y + height, _HAIR, 0.25))

    def _draw(self, draw: Draw) -> None:
        self._pages[-1].draws.append(draw)

    def _draw_head(self, sheet: Sheet, *, is_first: bool) -> None:
        head, middle = self._heading, self._width / 2
        number = f"{head.before_number}{head.number}"
        if not is_first:
            sheet.text(self._left, 16.5, head.title, size_pt=LABEL, grey=_SOFT, max_mm=80)
            sheet.text(self._right, 16.5, number, size_pt=LABEL, grey=_SOFT, align="right", max_mm=80)
            return
        sheet.text(middle, 16.4, head.title, size_pt=18, is_bold=True, align="center", spacing_pt=3, max_mm=84)
        sheet.text(self._left, 12.8, head.owner, size_pt=10.5, is_bold=True, max_mm=46)
        sheet.text(self._left, 17.2, head.company, size_pt=LABEL, grey=_SOFT, max_mm=46)
        sheet.text(self._right, 12.8, number, size_pt=9.5, is_bold=True, align="right", max_mm=48)
        sheet.text(self._right, 17.2, head.date, size_pt=LABEL, grey=_SOFT, align="right", max_mm=48)
        sheet.text(self._left, 25.6, head.under, size_pt=LABEL, grey=_SOFT, max_mm=self._right - self._left)
        if head.is_demo:
            sheet.text(middle, 21.4, head.demo_note, size_pt=LABEL, is_bold=True, align="center")

    def _draw_foot(self, sheet: Sheet, number: int, count: int) -> None:
        y, head = self._height - 8.0, self._heading
        size, grey = (9.0, 0.0) if head.is_marked else (SMALL, _SOFT)
        sheet.text(self._left, y, head.foot, size_pt=size, is_bold=head.is_marked, grey=grey, max_mm=130)
        sheet.text(self._right, y, f"第 {number} 页 / 共 {count} 页", size_pt=LABEL, grey=_SOFT, align="right")


def _height(lines: int) -> float:
    return max(_ROW, _LINE * lines + 2 * _PAD)


def _text(
    x: float, y: float, text: str, size_pt: float, grey: float, *, is_bold: bool = False, align: str = "left"
) -> Draw:
    return lambda sheet: sheet.text(x, y, text, size_pt=size_pt, grey=grey, is_bold=is_bold, align=align)


def _rule(x1: float, y1: float, x2: float, y2: float, width_pt: float, grey: float) -> Draw:
    return lambda sheet: sheet.rule(x1, y1, x2, y2, width_pt=width_pt, grey=grey)


def _tint(x: float, y: float, height: float) -> Draw:
    return lambda sheet: sheet.box(x, y, _LABEL_MM, height, fill=_TINT)


def _label(text: str, x: float, y: float, height: float) -> Draw:
    lines = lines_of(text, size_pt=LABEL, max_mm=_LABEL_MM - 2)

    def draw(sheet: Sheet) -> None:
        base = y + height / 2 + 1.0 - 1.75 * (len(lines) - 1)
        for number, line in enumerate(lines):
            sheet.text(x + _LABEL_MM / 2, base + 3.5 * number, line, size_pt=LABEL, grey=_SOFT, align="center")

    return draw


def _sign(place: Sign, x: float, y: float, mm: float, height: float) -> Draw:
    lines = [line for text in place.lines for line in lines_of(text, size_pt=9.0, max_mm=mm - 2 * _PAD)]
    most = int((height - 7.0) / _LINE)

    def draw(sheet: Sheet) -> None:
        sheet.text(x + _PAD, y + 4.2, place.label, size_pt=LABEL, grey=_SOFT, max_mm=mm - 2 * _PAD)
        if place.drawing is not None:
            sheet.picture(x + _PAD, y + 5.4, mm - 2 * _PAD, height - 11.4, place.drawing)
            lines_from = height - 2.4
        elif not lines:
            sheet.rule(x + 4, y + height - 9.4, x + mm - 4, y + height - 9.4, width_pt=_HAIR, grey=0.25)
            sheet.text(x + mm - 4, y + height - 3.2, "年    月    日", size_pt=LABEL, grey=_SOFT, align="right")
            return
        else:
            lines_from = 10.2
        for number, line in enumerate(lines[:most]):
            sheet.text(x + _PAD, y + lines_from + _LINE * number, line, size_pt=9.0, max_mm=mm - 2 * _PAD)

    return draw


USUAL = {
    Font.REGULAR: " -.:/No0123456789￥（）年月日第页共打印客户姓名证件业务号码账编受理时间营厅员签字电话",
    Font.BOLD: " -.0123456789No离网客户挽留登记表退工单凭条一二三四五六七",
}
"""What nearly every form shows."""
