"""`python -m counter_app`."""

from __future__ import annotations

import sys

from counter_app import cli
from counter_app.logs import say_bug


def main() -> int:
    """Run the program as a process of its own: a bug is told without the values that its message may quote."""
    sys.excepthook = say_bug
    return cli.main()


if __name__ == "__main__":
    sys.exit(main())
