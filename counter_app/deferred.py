"""Modules that are imported when something of them is first used."""

from __future__ import annotations

from importlib import import_module
from types import ModuleType


class _Deferred:
    """Stands for a module until it is needed, and hands everything on to it afterwards."""

    def __init__(self, name: str) -> None:
        self._name = name
        self._module: ModuleType | None = None

    def __getattr__(self, attribute: str) -> object:
        if self._module is None:
            self._module = import_module(self._name)
        return getattr(self._module, attribute)


def deferred(name: str) -> object:
    """The module of that name, imported at the first use; for what would cost a start more than a window does.

    Write the real import for the type checker beside it, under `TYPE_CHECKING`.
    """
    return _Deferred(name)
