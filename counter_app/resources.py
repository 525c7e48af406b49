"""Where the files that ship with the program lie: rules, fonts, icons, translations, maps."""

from __future__ import annotations

from functools import cache
from pathlib import Path

_PACKAGE = Path(__file__).resolve().parent


@cache
def resource(*parts: str) -> Path:
    """The path of a shipped file, in an installed wheel as in a checkout.

    Raises:
        FileNotFoundError: the program was installed without that file.
    """
    for root in (_PACKAGE / "_resources", _PACKAGE.parent / "resources"):
        path = root.joinpath(*parts)
        if path.exists():
            return path
    missing = "/".join(parts)
    message = f"the program's own file resources/{missing} is not installed"
    raise FileNotFoundError(message)
