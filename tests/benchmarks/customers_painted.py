"""The page of a customer in a real window without a screen: from reading to painted, milliseconds of CPU; and beside it
a bare table of the same bills, nothing else in its window.

python -m tests.benchmarks.customers_painted HALL CUSTOMER ...
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Sequence
from pathlib import Path

from PySide6.QtCore import QAbstractTableModel, QModelIndex, QPersistentModelIndex, Qt
from PySide6.QtWidgets import QApplication, QTableView

from counter_app.services import customers
from counter_app.services.hall import StoreTrouble
from counter_app.storage.hall import open_hall
from counter_app.ui.background import InlineBackground
from counter_app.ui.desk import Desk
from counter_app.ui.payments.money_view import Till
from counter_app.ui.payments.page import CustomerView
from counter_app.ui.shell import Shell
from counter_app.ui.theme import apply_theme
from tests.benchmarks.measuring import alternate
from tests.benchmarks.payments import DAY, TELLER, MovedClock

Rows = Sequence[tuple[str, str, str, str]]
Place = QModelIndex | QPersistentModelIndex
_TOP = QModelIndex()


class BareRows(QAbstractTableModel):
    """Texts that stand there already."""

    def __init__(self) -> None:
        super().__init__()
        self._rows: Rows = ()

    def show(self, rows: Rows) -> None:
        """Show other rows."""
        self.beginResetModel()
        self._rows = rows
        self.endResetModel()

    def rowCount(self, _parent: Place = _TOP) -> int:
        """How many bills."""
        return len(self._rows)

    def columnCount(self, _parent: Place = _TOP) -> int:
        """Month, principal, open, late fee."""
        return 4

    def data(self, index: Place, role: int = Qt.ItemDataRole.DisplayRole) -> str | None:
        """The text of a cell."""
        return self._rows[index.row()][index.column()] if role == Qt.ItemDataRole.DisplayRole else None


def painted_ms(folder: Path, chosen: list[int]) -> tuple[float, float]:
    """Customer after customer on one page that stands already, as the room keeps it, in turn with a bare table."""
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
    rows = {customer_id: _rows(customers.open_customer(hall, TELLER, customer_id)) for customer_id in chosen}
    table, paint_bare = _bare_table(app, rows)

    def paint(customer_id: int) -> None:
        view.customer_id = customer_id
        view.read()
        app.processEvents()

    pairs = [(one, one) for one in chosen]
    alternate(paint, paint_bare, pairs[:10], block=10)
    ours, bare = alternate(paint, paint_bare, pairs, block=20)
    shell.hide()
    table.hide()
    hall.close()
    return ours.cpu_ms, bare.cpu_ms


def _rows(page: customers.CustomerPage) -> Rows:
    return [
        (bill.month, _yuan(bill.principal_fen), _yuan(bill.principal_open_fen), _yuan(bill.late_fee_settled_fen))
        for bill in page.record.bills
    ]


def _yuan(fen: int) -> str:
    return f"{fen / 100:,.2f}"


def _bare_table(app: QApplication, rows: dict[int, Rows]) -> tuple[QTableView, Callable[[int], None]]:
    """Qt's own table of the same bills: its widths fixed, its model told of nothing but other rows."""
    table, model = QTableView(), BareRows()
    table.setModel(model)
    table.resize(900, 700)
    table.show()
    app.processEvents()

    def paint(customer_id: int) -> None:
        model.show(rows[customer_id])
        table.viewport().repaint()
        app.processEvents()

    return table, paint


if __name__ == "__main__":
    print(*painted_ms(Path(sys.argv[1]), [int(word) for word in sys.argv[2:]]))
