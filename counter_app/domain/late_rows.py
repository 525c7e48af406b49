"""Rows that somebody may look at: kept as what they are made from until then."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from functools import cached_property
from typing import TypeVar, overload

R = TypeVar("R")


class LateRows(Sequence[R]):
    """Rows that are made when somebody looks at them, once.

    `from_end` makes one after the other for somebody who wants the last few only.
    """

    def __init__(self, make: Callable[[], tuple[R, ...]], from_end: Callable[[], Iterator[R]] | None = None) -> None:
        self._make, self._from_end = make, from_end

    @cached_property
    def _rows(self) -> tuple[R, ...]:
        return self._make()

    def __len__(self) -> int:
        return len(self._rows)

    def __iter__(self) -> Iterator[R]:
        return iter(self._rows)

    def __reversed__(self) -> Iterator[R]:
        if self._from_end is None or "_rows" in self.__dict__:
            return reversed(self._rows)
        return self._from_end()

    @overload
    def __getitem__(self, place: int) -> R: ...

    @overload
    def __getitem__(self, place: slice) -> tuple[R, ...]: ...

    def __getitem__(self, place: int | slice) -> R | tuple[R, ...]:
        return self._rows[place]

    def __eq__(self, other: object) -> bool:
        return isinstance(other, LateRows) and self._rows == other._rows

    def __hash__(self) -> int:
        return hash(self._rows)

    def __repr__(self) -> str:
        return repr(self._rows)
