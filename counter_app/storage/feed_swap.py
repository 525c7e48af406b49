"""The one commit that brings a file from one history of its hub to another: what is gone, what is other, the mark."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from sqlalchemy import bindparam, delete

from counter_app.storage import tables_sync as y
from counter_app.storage.feed_checks import BLOCK_ROWS, MOVES, RELIEFS, SETTLEMENTS, UNDONE, Checked, clear_block, roll
from counter_app.storage.schema import trigger_ddl
from counter_app.storage.sql import Sql, Writing, compiled

_FACTS = {"settlement": SETTLEMENTS, "book_move": MOVES, "undone": UNDONE, "relief": RELIEFS}
_GONE = {kind: compiled(delete(of.table).where(of.table.c.id == bindparam("gone"))) for kind, of in _FACTS.items()}
_ROWS = {
    "settlement": Sql("SELECT DISTINCT bill_id FROM settlements WHERE id = :gone"),
    "book_move": Sql("SELECT DISTINCT book_id FROM book_moves WHERE id = :gone"),
    "undone": Sql("SELECT payment_id FROM undone_elsewhere WHERE id = :gone"),
    "relief": Sql("SELECT bill_id FROM reliefs_elsewhere WHERE id = :gone"),
}
_SUM = Sql(
    "INSERT OR REPLACE INTO books_elsewhere (book_id, amount_fen)"
    " SELECT book_id, sum(amount_fen) FROM book_moves WHERE book_id = ? GROUP BY book_id"
)
_NO_SUM = Sql("DELETE FROM books_elsewhere WHERE book_id = ?")
_BOOK = Sql("DELETE FROM books WHERE id = ? AND opening_entry IS NULL")
_TASKS = Sql("DELETE FROM tasks WHERE task_id NOT IN (SELECT value FROM json_each(?))")
_HELD = compiled(delete(y.feed_held))

# from the leaves to the roots; what anything here refers to stays, whether the hub knows of it or not
_MASTER: dict[str, tuple[Sql, ...]] = {
    "bill": (
        Sql(
            "DELETE FROM bills WHERE id = ?1 AND NOT EXISTS (SELECT 1 FROM settlements WHERE bill_id = ?1)"
            " AND NOT EXISTS (SELECT 1 FROM relief_steps r JOIN bills b ON b.account_id = r.account_id"
            " WHERE b.id = ?1 AND r.bill_id = ?1)"
            " AND NOT EXISTS (SELECT 1 FROM balances WHERE account IN ('receivable', 'late_fee', 'cost')"
            " AND subject = CAST(?1 AS TEXT))"
        ),
        Sql("DELETE FROM bill_items WHERE bill_id = ?1 AND NOT EXISTS (SELECT 1 FROM bills WHERE id = ?1)"),
    ),
    "book": (
        Sql(
            "DELETE FROM books WHERE id = ?1 AND opening_entry IS NULL"
            " AND NOT EXISTS (SELECT 1 FROM book_moves WHERE book_id = ?1)"
            " AND NOT EXISTS (SELECT 1 FROM balances WHERE account = 'prepaid' AND subject = CAST(?1 AS TEXT))"
        ),
    ),
    "service": (
        Sql(
            "DELETE FROM services WHERE id = ?1 AND NOT EXISTS (SELECT 1 FROM bills WHERE service_id = ?1)"
            " AND NOT EXISTS (SELECT 1 FROM restore_orders WHERE service_id = ?1)"
            " AND NOT EXISTS (SELECT 1 FROM retention_cases WHERE service_id = ?1)"
            " AND NOT EXISTS (SELECT 1 FROM cancel_orders WHERE service_id = ?1)"
            " AND NOT EXISTS (SELECT 1 FROM number_holds WHERE service_id = ?1)"
        ),
    ),
    "account": (
        Sql(
            "DELETE FROM accounts WHERE id = ?1 AND NOT EXISTS (SELECT 1 FROM bills WHERE account_id = ?1)"
            " AND NOT EXISTS (SELECT 1 FROM books WHERE account_id = ?1)"
            " AND NOT EXISTS (SELECT 1 FROM services WHERE account_id = ?1)"
            " AND NOT EXISTS (SELECT 1 FROM payments WHERE account_id = ?1)"
        ),
    ),
    "customer": (
        Sql(
            "DELETE FROM customers WHERE id = ?1 AND NOT EXISTS (SELECT 1 FROM accounts WHERE customer_id = ?1)"
            " AND NOT EXISTS (SELECT 1 FROM payments WHERE customer_id = ?1)"
            " AND NOT EXISTS (SELECT 1 FROM intents WHERE customer_id = ?1)"
            " AND NOT EXISTS (SELECT 1 FROM notes WHERE customer_id = ?1)"
            " AND NOT EXISTS (SELECT 1 FROM retention_cases WHERE customer_id = ?1)"
        ),
        Sql("DELETE FROM contacts WHERE customer_id = ?1 AND NOT EXISTS (SELECT 1 FROM customers WHERE id = ?1)"),
        Sql("DELETE FROM customer_flags WHERE customer_id = ?1 AND NOT EXISTS (SELECT 1 FROM customers WHERE id = ?1)"),
        Sql("DELETE FROM guests WHERE customer_id = ?1 AND NOT EXISTS (SELECT 1 FROM customers WHERE id = ?1)"),
    ),
}
MASTER_ORDER = tuple(_MASTER)
"""The kinds of master rows in the order in which they may go."""

_OWNERS = {
    "service": Sql("SELECT a.customer_id FROM services s JOIN accounts a ON a.id = s.account_id WHERE s.id = ?"),
    "account": Sql("SELECT customer_id FROM accounts WHERE id = ?"),
    "customer": Sql("SELECT ?"),
}


def drop_facts(work: Writing, kind: str, ids: Iterable[int]) -> None:
    """Take out facts that the hub's history does not have; their checks are rolled anew.

    They are kept for ever by triggers, which stand aside in this commit alone: what comes down is the hub's to say.
    """
    gone = list(ids)
    if not gone:
        return
    of, blocks = _FACTS[kind], sorted({number // BLOCK_ROWS for number in gone})
    touched = {work.rows(_ROWS[kind], {"gone": number})[0][0] for number in gone}
    work.driver.execute(f"DROP TRIGGER {of.name}_no_delete")
    for number in gone:
        work.run(_GONE[kind], {"gone": number})
    for statement in trigger_ddl():
        work.driver.execute(statement)
    for block in blocks:
        _roll_again(work, of, block)
    if kind == "book_move":
        for book_id in touched:
            work.run(_NO_SUM, (book_id,))
            work.run(_SUM, (book_id,))


def _roll_again(work: Writing, of: Checked, block: int) -> None:
    clear_block(work, of, block)
    first, end = block * BLOCK_ROWS, (block + 1) * BLOCK_ROWS
    roll(work, of, work.rows(of.block, {"after": first - 1, "end": end}))


def drop_books(work: Writing, ids: Sequence[int]) -> None:
    """Forget books that are opened anew; what moved in them stays."""
    work.many(_BOOK, [(book_id,) for book_id in ids])


def drop_master(work: Writing, kind: str, ids: Iterable[int], shown: set[int]) -> None:
    """Forget master rows that the hub does not have, where nothing here refers to them."""
    for number in ids:
        if kind in _OWNERS:
            shown.update([row[0] for row in work.rows(_OWNERS[kind], (number,))])
        for statement in _MASTER[kind]:
            work.run(statement, (number,))


def drop_tasks(work: Writing, known: str) -> None:
    """Forget tasks that the hub does not have; `known` are the ids that it has, as a JSON list."""
    work.run(_TASKS, (known,))


def drop_held(work: Writing) -> None:
    """Forget the rows that wait: they are of a history that is over, or the snapshot has them."""
    work.run(_HELD)
