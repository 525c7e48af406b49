"""The page of a customer in a real window without a screen: from reading to painted, milliseconds of CPU.

python -m tests.benchmarks.customers_painted HALL CUSTOMER ...
"""

from __future__ import annotations

import sys
from pathlib import Path

from PySide6.QtWidgets import QApplication

from counter_app.services.hall import StoreTrouble
from counter_app.storage.hall import open_hall
from counter_app.ui.background import InlineBackground
from counter_app.ui.desk import Desk
from counter_app.ui.payments.money_view import Till
from counter_app.ui.payments.page import CustomerView
from counter_app.ui.shell import Shell
from counter_app.ui.theme import apply_theme
from tests.benchmarks.measuring import measure
from tests.benchmarks.payments import DAY, TELLER, MovedClock


def painted_ms(folder: Path, chosen: list[int]) -> float:
    """Customer after customer on one page that stands already, as the room keeps it ready."""
    app = QApplication([])
    apply_theme(app, "light", 100, fonts="packaged")
    hall = open_hall(folder, clock=MovedClock.to(DAY))
    shell = Shell()
    desk = Desk(hall, InlineBackground(trouble=(OSError, StoreTrouble)), TELLER)
    view = CustomerView(desk, shell.frame, Till())
    view.begin(chosen[0])
    shell.frame.uncover()
    shell.setCentralWidget(view)
    shell.resize(1366, 768)
    shell.show()
    app.processEvents()

    def paint(customer_id: int) -> None:
        view.customer_id = customer_id
        view.read()
        app.processEvents()

    measure(paint, chosen[:10])
    milliseconds = measure(paint, chosen).cpu_ms
    shell.hide()
    hall.close()
    return milliseconds


if __name__ == "__main__":
    print(painted_ms(Path(sys.argv[1]), [int(word) for word in sys.argv[2:]]))
