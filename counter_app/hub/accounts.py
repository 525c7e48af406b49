"""The accounts of a hall's ledger at the hub, beside those of its drawers and other tenders."""

from __future__ import annotations

RECEIVABLE = "receivable"
LATE_FEE = "late_fee"
COST = "cost"
PREPAID = "prepaid"
CREDIT = "credit"
"""What customers are owed because a bill was paid twice or made smaller."""
WAITING = "suspense"
"""Money whose place is not known yet."""
ELSEWHERE = "elsewhere"
"""Money that another channel took: the other side of a credit that came of it."""
BETWEEN = "hall:"
"""With a hall's id behind it: what one hall took for the other."""
RECOVERED = "recovered"
"""Money of payments that were entered again from their receipts: it lay in a drawer whose journal is lost."""
