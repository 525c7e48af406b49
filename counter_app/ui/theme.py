"""The look: named colours, text sizes and fonts, put on the whole application at once."""

from __future__ import annotations

import re
import string
from functools import cache
from typing import Literal, NamedTuple

from PySide6.QtCore import QTimer
from PySide6.QtGui import QColor, QFont, QFontDatabase, QPalette
from PySide6.QtWidgets import QApplication

from counter_app.resources import resource

ThemeName = Literal["light", "dark", "high-contrast"]
Scale = Literal[100, 125, 150, 200]
LARGEST_SCALE: Scale = 200
Fonts = Literal["system", "packaged"]
Tone = Literal["ink", "muted", "accent", "good", "warn", "bad"]

THEMES: tuple[ThemeName, ...] = ("light", "dark", "high-contrast")
SCALES: tuple[Scale, ...] = (100, 125, 150, 200)

BODY_PX, NOTE_PX, HEADING_PX, FIGURE_PX, ROW_PX = 14, 12, 20, 36, 36
"""Sizes at 100 %: body text, notes, headings, the two great figures, a table row."""

_SYSTEM_FACES = ("Microsoft YaHei UI", "Noto Sans CJK SC", "PingFang SC", "Source Han Sans SC")
_PACKAGED_FACE, _PACKAGED_BOLD = "Noto Sans SC", "Noto Sans SC GB2312"
_RARE_FACES = {"Counter Rare Han A": "RareHanA.ttf", "Counter Rare Han B": "RareHanB.ttf"}
_GREAT_PX = 28
_STYLE, _STYLED = "Fusion", "is_styled"
_GROWS = re.compile(r"((?:font-size|min-height|max-height|min-width): )(\d+)px")
_COLOUR = re.compile(r'^(\w+) = "?([^"\n]*)"?$', re.MULTILINE)


@cache
def _made(colour: str) -> QColor:
    return QColor(colour)


class Theme(NamedTuple):
    """The named colours, as `#rrggbb`: all that any part of the screen may be painted with."""

    surface: str
    raised: str
    sunken: str
    line: str
    edge: str
    ink: str
    muted: str
    accent: str
    on_accent: str
    accent_soft: str
    good: str
    good_soft: str
    warn: str
    warn_soft: str
    bad: str
    bad_soft: str
    focus: str

    def color(self, name: str) -> QColor:
        """The colour of that name; paint with it, never change it."""
        return _made(getattr(self, name))


TEXT_PAIRS: tuple[tuple[str, str], ...] = (
    *((text, ground) for text in ("ink", "muted") for ground in ("surface", "raised", "sunken")),
    *((tone, ground) for tone in ("accent", "good", "warn", "bad") for ground in ("surface", "raised", f"{tone}_soft")),
    *((text, "accent_soft") for text in ("ink", "muted", "good", "warn", "bad")),
    ("on_accent", "accent"),
)
"""Every pair of text and ground that the screen uses; each has a contrast of at least 4.5 : 1."""

LARGE_PAIRS: tuple[tuple[str, str], ...] = tuple((name, "raised") for name in ("ink", "good", "bad", "accent", "focus"))
"""Great figures and focus rings on their ground; each at least 3 : 1."""


class _InUse:
    def __init__(self, theme: Theme, name: ThemeName, scale: Scale) -> None:
        self.theme, self.name, self.scale = theme, name, scale
        self.bold_face = ""


@cache
def load_theme(name: ThemeName) -> Theme:
    """The colours of a theme file.

    Raises:
        ValueError: the file lacks a colour, names an unknown one, or holds something that is no `#rrggbb`.
    """
    # lines of one shape: the whole of TOML would cost the start more than the colours do
    colours = dict(_COLOUR.findall(resource("themes", f"{name}.toml").read_text(encoding="utf-8")))
    if wrong := set(Theme._fields).symmetric_difference(colours):
        message = f"theme {name}: missing or unknown colours: {', '.join(sorted(wrong))}"
        raise ValueError(message)
    for key, value in colours.items():
        if not re.fullmatch(r"#[0-9a-f]{6}", value):
            message = f"theme {name}: {key} is {value!r}, expected #rrggbb in lower case"
            raise ValueError(message)
    return Theme(**colours)


def new_application(name: str) -> QApplication:
    """The process's application, in the style of every machine."""
    # a word of the command line: setting the style later would make all of QStyle's enumerations
    app = QApplication([name, "-style", _STYLE])
    app.setProperty(_STYLED, True)
    return app


def apply_theme(app: QApplication, name: ThemeName, scale: Scale, *, fonts: Fonts = "system") -> None:
    """Puts colours, text size (per cent) and fonts on the whole application; what is open follows at once."""
    theme = load_theme(name)
    _in_use.theme, _in_use.name, _in_use.scale = theme, name, scale
    if app.property(_STYLED) is None:
        app.setStyle(_STYLE)
        app.setProperty(_STYLED, True)
    app.setFont(_font(fonts))
    app.setPalette(_palette(theme))
    app.setStyleSheet(stylesheet(theme, scale))


def apply_ground(app: QApplication, name: ThemeName, scale: Scale) -> None:
    """Puts no more than the colours of a bare window on the application; `apply_theme` follows the first paint."""
    _in_use.theme, _in_use.name, _in_use.scale = load_theme(name), name, scale
    app.setPalette(_palette(_in_use.theme))


def theme_in_use() -> Theme:
    """The colours that are on the screen now; ask for them when painting, never keep them."""
    return _in_use.theme


def theme_name() -> ThemeName:
    """The name of the theme on the screen."""
    return _in_use.name


def scale_in_use() -> Scale:
    """The text size on the screen, in per cent."""
    return _in_use.scale


def px(pixels: int) -> int:
    """A length that grows with the text size, in pixels."""
    return round(pixels * _in_use.scale / 100)


def sized_font(pixels: int, *, is_bold: bool = False) -> QFont:
    """The screen's font at a size given for 100 %."""
    font = QFont(QApplication.font())
    font.setPixelSize(px(pixels))
    font.setBold(is_bold)
    return font


def contrast(first: str, second: str) -> float:
    """The contrast of two `#rrggbb` colours, 1 to 21, as WCAG 2 reckons it."""
    lighter, darker = sorted((_luminance(first), _luminance(second)), reverse=True)
    return (lighter + 0.05) / (darker + 0.05)


def stylesheet(theme: Theme, scale: Scale) -> str:
    """The style sheet with its colours; text and least heights are written for 100 % and grow here."""
    sheet = string.Template(resource("themes", "counter.qss").read_text(encoding="utf-8"))
    coloured = sheet.substitute(theme._asdict(), bold_face=_in_use.bold_face or _PACKAGED_BOLD)
    return _GROWS.sub(lambda m: f"{m[1]}{_grown(int(m[2]), scale)}px", coloured)


def _grown(pixels: int, scale: Scale) -> int:
    """What is great already grows by half as much, so that three figures still fit the smallest screen."""
    extra = pixels * (scale - 100) / 100
    return round(pixels + (extra / 2 if pixels >= _GREAT_PX else extra))


def load_packaged_font() -> str:
    """Makes the font that ships with the program known to Qt, once; returns its family."""
    _load_face(_PACKAGED_FACE, "NotoSansSC-Regular.ttf")
    _load_face(_PACKAGED_BOLD, "NotoSansSC-Bold-GB2312.ttf")
    return _PACKAGED_FACE


def load_rare_fonts() -> None:
    """Makes the large faces for rare characters of names known to Qt, once; call it after the first paint."""
    for face, file in _RARE_FACES.items():
        _load_face(face, file)


def _load_face(face: str, file: str) -> None:
    if face not in QFontDatabase.families():
        QFontDatabase.addApplicationFont(str(resource("fonts", file)))


def _font(fonts: Fonts) -> QFont:
    font = QFont()
    if fonts == "packaged":
        faces, _in_use.bold_face = [load_packaged_font()], _PACKAGED_BOLD
    else:
        known = set(QFontDatabase.families())
        faces = [face for face in _SYSTEM_FACES if face in known]
        if faces:
            # the fallback is for rare characters; it may come after the first paint
            QTimer.singleShot(0, load_packaged_font)
        else:
            load_packaged_font()
        _in_use.bold_face = faces[0] if faces else _PACKAGED_BOLD
        faces.append(_PACKAGED_FACE)
    font.setFamilies([*faces, *_RARE_FACES])
    font.setPixelSize(px(BODY_PX))
    font.setHintingPreference(QFont.HintingPreference.PreferNoHinting)
    return font


def _palette(theme: Theme) -> QPalette:
    palette = QPalette()
    roles = {
        QPalette.ColorRole.Window: theme.surface,
        QPalette.ColorRole.WindowText: theme.ink,
        QPalette.ColorRole.Base: theme.raised,
        QPalette.ColorRole.AlternateBase: theme.sunken,
        QPalette.ColorRole.Text: theme.ink,
        QPalette.ColorRole.PlaceholderText: theme.muted,
        QPalette.ColorRole.Button: theme.raised,
        QPalette.ColorRole.ButtonText: theme.ink,
        QPalette.ColorRole.Highlight: theme.accent,
        QPalette.ColorRole.HighlightedText: theme.on_accent,
        QPalette.ColorRole.ToolTipBase: theme.raised,
        QPalette.ColorRole.ToolTipText: theme.ink,
        QPalette.ColorRole.Link: theme.accent,
        QPalette.ColorRole.BrightText: theme.bad,
    }
    for role, colour in roles.items():
        palette.setColor(role, QColor(colour))
    for role in (QPalette.ColorRole.Text, QPalette.ColorRole.ButtonText, QPalette.ColorRole.WindowText):
        palette.setColor(QPalette.ColorGroup.Disabled, role, QColor(theme.muted))
    return palette


def _luminance(colour: str) -> float:
    def linear(channel: int) -> float:
        part = channel / 255
        return part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4

    red, green, blue = (linear(int(colour[i : i + 2], 16)) for i in (1, 3, 5))
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


_in_use = _InUse(load_theme("light"), "light", 100)
