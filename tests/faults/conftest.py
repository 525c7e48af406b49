"""What these tests need of the machine, and a hall with customers in debt and an open shift."""

from __future__ import annotations

import os
import sys
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from counter_app.storage.hall import OpenHall
from counter_app.ui.language import use_language
from counter_app.ui.wording import trouble_sentences
from tests.faults.teller import Ground, make_ground, open_ground

os.environ["PYTHON_KEYRING_BACKEND"] = "keyring.backends.null.Keyring"

linux_only = pytest.mark.skipif(
    not sys.platform.startswith("linux"), reason="kills, strace and the preloaded library are made on Linux only"
)


def is_chinese(text: str) -> bool:
    """Whether any character of it is."""
    return any("\u4e00" <= character <= "\u9fff" for character in text)


@pytest.fixture
def scratch() -> Iterator[Path]:
    """A folder in memory where the system has one: what a killed process wrote stays either way."""
    memory = Path("/dev/shm")
    with tempfile.TemporaryDirectory(dir=memory if memory.is_dir() else None, ignore_cleanup_errors=True) as name:
        yield Path(name)


@pytest.fixture
def ground(tmp_path: Path) -> Ground:
    """A closed hall."""
    return make_ground(tmp_path / "hall", customers=3)


@pytest.fixture
def hall(ground: Ground) -> Iterator[OpenHall]:
    """The hall, open."""
    opened = open_ground(ground.folder)
    yield opened
    opened.close()


@pytest.fixture
def says() -> Iterator[Callable[[BaseException], str]]:
    """The teller's sentences for a trouble: there in both languages, and not the words for trouble without a name."""

    def sentences(trouble: BaseException) -> str:
        shown = []
        for language in ("zh", "en"):
            use_language(language)
            bare = trouble_sentences(OSError("?"))[:6]
            text = trouble_sentences(trouble)
            assert text, trouble
            assert not text.startswith(bare), f"{trouble!r} has no sentence of its own: {text}"
            shown.append(text)
        assert is_chinese(shown[0]), shown[0]
        assert not is_chinese(shown[1]), f"no English line for {shown[0]}"
        return shown[0]

    yield sentences
    use_language("zh")
