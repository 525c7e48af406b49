"""What has to be known of Qt for Python before it is used: pairs that abort, and imports that it makes slow."""

from __future__ import annotations

import sys

import PySide6

IMMORTAL_NONE = (3, 12)
LOSES_REFERENCES = (6, 12)


def refuse_broken_qt(
    *, python: tuple[int, ...] = sys.version_info[:2], qt: tuple[int, ...] = tuple(PySide6.__version_info__[:2])
) -> None:
    """Call before the first other import of Qt.

    PySide6 6.12.0 drops one reference to None with every call that returns nothing, and one to True with every
    `Signal(bool)`; before Python 3.12 the process aborts after some thousand calls. May go when Python 3.11 is no
    longer supported, or when tests/ui/test_reference_leak.py passes there with a newer PySide6.

    Raises:
        SystemExit: this pair is a broken one; its text says in both languages what to install.
    """
    if python >= IMMORTAL_NONE or qt < LOSES_REFERENCES:
        return
    pair = f"PySide6 {'.'.join(map(str, qt))} + Python {'.'.join(map(str, python))}"
    message = (
        f"{pair} 会在使用中突然退出，本程序不在这个组合上启动。"
        "请安装 PySide6-Essentials<6.12，或使用 Python 3.12 以上。\n"
        f"{pair} aborts in use, so the counter does not start on it. "
        "Install 'PySide6-Essentials<6.12' or use Python 3.12."
    )
    raise SystemExit(message)


def spare_imports() -> None:
    """Call after the first import of Qt: the imports that follow cost what they cost without Qt.

    PySide6 reads the whole source of every module that is imported after it, to note for its switch `__feature__`
    (names in snake_case) whether the module speaks of PySide6. Nothing here uses the switch, and a start imports
    hundreds of modules. A PySide6 without the function that is put aside here is left as it is.
    """
    feature = sys.modules.get("shibokensupport.feature")
    if hasattr(feature, "_mod_uses_pyside"):
        vars(feature)["_mod_uses_pyside"] = _speaks_of_no_feature


def _speaks_of_no_feature(_module: object) -> bool:
    return False
