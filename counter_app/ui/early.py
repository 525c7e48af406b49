"""Names of Qt that a sign-in page needs, as the numbers that Qt has for them.

PySide6 makes all names of the namespace `Qt`, more than a thousand, in Python when it is first asked for: a sixth of a
bare window. So a page that stands before it says `setProperty("focusPolicy", NO_FOCUS)`, which Qt takes as that name,
and the kit asks for `QtCore.Qt` when it is used, not when it is imported. A test holds each number to its name.
"""

from __future__ import annotations

PLAIN_TEXT = 0
"""`Qt.TextFormat.PlainText`, for a label's `textFormat`."""

NO_FOCUS, CLICK_FOCUS, STRONG_FOCUS = 0, 2, 11
"""`Qt.FocusPolicy`, for a widget's `focusPolicy`."""

NEVER_A_BAR = 1
"""`Qt.ScrollBarPolicy.ScrollBarAlwaysOff`, for the policies of a scrolling area's bars."""

PRECISE = 0
"""`Qt.TimerType.PreciseTimer`, for a timer's `timerType`."""
