"""Opening a hall's file read only, beside an open counter, with the key that belongs to its folder."""

from __future__ import annotations

from pathlib import Path

from counter_app.storage.driver import Driver
from counter_app.storage.keys import KeyFiles, KeyPlace, best_key_place
from counter_app.storage.store import FILE_NAME, Store
from counter_app.storage.trouble import NoHall

KEY_FOLDER = "keys"


def data_key(folder: Path, keys: KeyPlace | None = None) -> bytes | None:
    """The key that the folder's file is encrypted with, or None for a plain file."""
    return (keys or key_place(folder)).read("data")


def key_place(folder: Path) -> KeyPlace:
    """Where the secrets of this folder's hall are."""
    try:
        hall_id = (folder / "hall.id").read_text("utf-8").strip()
    except OSError:
        return KeyFiles(folder / KEY_FOLDER)
    return best_key_place(hall_id, folder / KEY_FOLDER)


def open_beside(folder: Path, *, driver: Driver | None = None, keys: KeyPlace | None = None) -> Store:
    """The folder's file, for reading only.

    Raises:
        NoHall: the folder holds no hall.
        NotThisKey, StoreTrouble: as they say; the fallback driver cannot read beside an open counter.
    """
    path = folder / FILE_NAME
    if not path.exists():
        raise NoHall(path)
    return Store.open(path, key=data_key(folder, keys), driver=driver, for_writing=False)
