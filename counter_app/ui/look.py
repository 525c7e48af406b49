"""How this machine likes its screen: colours, text size, language and the customer's monitor, kept beside the data."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

from counter_app.ui.language import LANGUAGES, Language

if TYPE_CHECKING:
    from counter_app.ui.theme import Scale, ThemeName

FILE_NAME = "screen.toml"

_THEMES = ("light", "dark", "high-contrast")
_SCALES = (100, 125, 150, 200)


class MachineLook(NamedTuple):
    """What `screen.toml` keeps; `second_screen` is the name of the customer's monitor, empty for none."""

    theme: ThemeName = "light"
    scale: Scale = 100
    language: Language = "zh"
    second_screen: str = ""


def read_look(folder: Path) -> MachineLook:
    """What the machine keeps; whatever is missing or not understood is as usual: a screen must always come up."""
    path = folder / FILE_NAME
    if not path.exists():
        return MachineLook()
    import tomllib

    try:
        found = tomllib.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return MachineLook()
    usual = MachineLook()
    monitor = found.get("second_screen")
    return MachineLook(
        _one_of(found.get("theme"), _THEMES, usual.theme),
        _one_of(found.get("text_size"), _SCALES, usual.scale),
        _one_of(found.get("language"), LANGUAGES, usual.language),
        monitor if isinstance(monitor, str) else "",
    )


def keep_look(folder: Path, look: MachineLook) -> None:
    """Keep it for the next start.

    Raises:
        OSError: the folder cannot be written.
    """
    folder.mkdir(parents=True, exist_ok=True)
    monitor = "".join(_escaped(character) for character in look.second_screen)
    text = (
        f'theme = "{look.theme}"\ntext_size = {look.scale}\nlanguage = "{look.language}"\nsecond_screen = "{monitor}"\n'
    )
    fresh = folder / f"{FILE_NAME}.new"
    fresh.write_text(text, encoding="utf-8")
    os.replace(fresh, folder / FILE_NAME)


class Looks:
    """The look in use; whoever put the window together hears of a choice, shows it and keeps it."""

    def __init__(self, look: MachineLook | None = None) -> None:
        self.look = look or MachineLook()
        self.on_chosen: Callable[[MachineLook], object] = lambda _look: None

    def choose_language(self, language: str) -> None:
        """The same look in another language."""
        self.choose(self.look._replace(language="en" if language == "en" else "zh"))

    def choose(self, look: MachineLook) -> None:
        """Another look from now on."""
        if look != self.look:
            self.look = look
            self.on_chosen(look)


def _escaped(character: str) -> str:
    is_plain = character.isprintable() and character not in '"\\'
    return character if is_plain else f"\\U{ord(character):08x}"


def _one_of(found: object, known: tuple[Any, ...], usual: Any) -> Any:
    return found if found in known and not isinstance(found, bool) else usual
