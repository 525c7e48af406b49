"""The way that Tab takes through a page."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise

from PySide6.QtWidgets import QWidget


def order_tabs(stops: Sequence[QWidget]) -> None:
    """Tab goes through these widgets of one window in this order."""
    for before, after in pairwise(stops):
        QWidget.setTabOrder(before, after)
