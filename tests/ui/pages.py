"""The pages whose pictures are tested: an author adds one line, and the whole matrix of looks runs over it."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtWidgets import QWidget

from tests.ui.approvals.pages import APPROVAL_PAGES
from tests.ui.counter.rooms import COUNTER_PAGES
from tests.ui.deductions.pages import DEDUCTION_PAGES
from tests.ui.demonstration import demonstration_frame, demonstration_panel, demonstration_results
from tests.ui.disputes.pages import DISPUTE_PAGES
from tests.ui.payments.room_pages import ROOM_PAGES
from tests.ui.reliefs.pages import RELIEF_PAGES
from tests.ui.reports.pages import REPORT_PAGES
from tests.ui.retention.pages import RETENTION_PAGES
from tests.ui.settings.pages import SETTINGS_HUB_PAGES
from tests.ui.shifts.pages import SAFE_PAGES
from tests.ui.tasks.pages import TASK_PAGES
from tests.ui.undo.pages import UNDO_PAGES

PAGES: dict[str, Callable[[], QWidget]] = {
    "demonstration": demonstration_frame,
    "demonstration-question": demonstration_panel,
    "demonstration-results": demonstration_results,
    **APPROVAL_PAGES,
    **COUNTER_PAGES,
    **DEDUCTION_PAGES,
    **DISPUTE_PAGES,
    **RELIEF_PAGES,
    **REPORT_PAGES,
    **RETENTION_PAGES,
    **ROOM_PAGES,
    **SAFE_PAGES,
    **SETTINGS_HUB_PAGES,
    **TASK_PAGES,
    **UNDO_PAGES,
}
