"""What is done behind the page that stands: a receipt that nobody sees, since the first one loads its fonts and no
customer waits for that, and the room that is held back on the disk.
"""

from __future__ import annotations

from counter_app.services.hall import OpenHall, lay_ballast
from counter_app.ui.background import Background


def warm_up(hall: OpenHall, background: Background) -> None:
    """Do it on the lane for long work, behind what the counter itself loads on the writer's: two threads in one import
    wait for each other.
    """

    def job() -> None:
        writer.submit(lambda: None).result()
        from counter_app.services.receipt_sample import sample_pdf

        sample_pdf(hall, hall.hall, "a5")
        lay_ballast(hall)

    writer = background.lane("writer")
    background.lane("long").submit(job)
