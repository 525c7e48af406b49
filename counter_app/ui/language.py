"""The words on the screen in the reader's language: Chinese sources, an English line for each."""

from __future__ import annotations

from typing import Literal

from counter_app.resources import resource

Language = Literal["zh", "en"]

LANGUAGES: tuple[Language, ...] = ("zh", "en")

_english: dict[str, str] = {}
_current: Language = "zh"


def tr(text: str, /, **values: object) -> str:
    """The text in the language in use, with `{name}` places filled in.

    `text` is the Chinese source. A text without an English line shows its Chinese: better than a key; a test finds
    every such gap.
    """
    shown = _english.get(text, text) if _current == "en" else text
    return shown.format(**values) if values else shown


def later(text: str, /) -> str:
    """Marks a Chinese source that is kept in a table and goes through `tr` when it is shown."""
    return text


def use_language(language: Language) -> None:
    """Makes every following `tr` answer in that language. What is painted already stays until it is built anew."""
    global _current  # noqa: PLW0603 - the reader's language is one fact of the process
    if language == "en" and not _english:
        _english.update(english_lines())
    _current = language


def language_in_use() -> Language:
    """The language that `tr` answers in."""
    return _current


def english_lines() -> dict[str, str]:
    """Every English line, keyed by its Chinese source; one file per part of the program in `resources/translations/en`.

    Raises:
        ValueError: two files give one source two different lines.
    """
    # a Chinese start reads no TOML
    import tomllib

    lines: dict[str, str] = {}
    for path in sorted(resource("translations", "en").glob("*.toml")):
        for source, line in tomllib.loads(path.read_text(encoding="utf-8")).items():
            if lines.setdefault(source, str(line)) != line:
                message = f"{path.name}: {source!r} already has another English line: {lines[source]!r}"
                raise ValueError(message)
    return lines
