"""A receipt that nobody sees: the first one loads its fonts, and no customer waits for that."""

from __future__ import annotations

from counter_app.services.hall import OpenHall
from counter_app.ui.background import Background


def warm_up(hall: OpenHall, background: Background) -> None:
    """Draw it on the lane for long work, behind what the counter itself loads on the writer's: two threads in one
    import wait for each other.
    """

    def job() -> None:
        writer.submit(lambda: None).result()
        from counter_app.services.receipt_sample import sample_pdf

        sample_pdf(hall, hall.hall, "a5")

    writer = background.lane("writer")
    background.lane("long").submit(job)
