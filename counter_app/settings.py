"""Where a hall's folder is, unless the command says otherwise."""

from __future__ import annotations

import os
from pathlib import Path

DATA_VARIABLE = "COUNTER_APP_DATA"


def data_folder(given: str | None) -> Path:
    """The folder from `--data`, else from COUNTER_APP_DATA, else the user's own data folder."""
    chosen = given or os.environ.get(DATA_VARIABLE)
    if chosen:
        return Path(chosen).expanduser()
    # only who names no folder waits for it
    import platformdirs

    return Path(platformdirs.user_data_dir("counter-app", appauthor=False))
