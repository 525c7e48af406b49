"""Modules that are imported when something of them is first used."""

from __future__ import annotations

from importlib import import_module
from types import ModuleType


class _Deferred:
    """Stands for a module until it is needed, and hands everything on to it afterwards."""

    def __init__(self, name: str, *, is_kept: bool) -> None:
        self._name, self._is_kept = name, is_kept
        self._module: ModuleType | None = None

    def __getattr__(self, attribute: str) -> object:
        if self._module is None:
            self._module = import_module(self._name)
        found: object = getattr(self._module, attribute)
        if self._is_kept:
            self.__dict__[attribute] = found
        return found


def deferred(name: str, *, is_kept: bool = False) -> object:
    """The module of that name, imported at the first use; for what would cost a start more than a window does.

    Write the real import for the type checker beside it, under `TYPE_CHECKING`. What was asked of a module once
    `is_kept`, where nothing in it ever changes (statements): a payment asks ten times.
    """
    return _Deferred(name, is_kept=is_kept)
