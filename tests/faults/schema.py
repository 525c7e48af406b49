"""The schema that `verify` compares with, made once: it never changes and is most of the work."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from functools import lru_cache

from counter_app.storage import revisions, verify_file

_MADE_ONCE = lru_cache(revisions.objects_of_version)


@contextmanager
def schema_made_once() -> Iterator[None]:
    """Inside, `verify` does not make its tables anew."""
    vars(verify_file)["objects_of_version"] = _MADE_ONCE
    try:
        yield
    finally:
        vars(verify_file)["objects_of_version"] = revisions.objects_of_version
