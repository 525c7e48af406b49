"""The rules in force without Qt: each with its source, and what the documents leave open."""

from __future__ import annotations

from dataclasses import dataclass

from counter_app.ui.desk import Desk
from counter_app.ui.settings.rule_words import key_word, own_names, table_word, value_words


@dataclass(frozen=True, slots=True)
class RuleRow:
    """A rule in force: its table, since when, its values in one line, its source, and the values one by one."""

    table: str
    valid_from: str
    values: str
    source: str
    lines: tuple[tuple[str, str], ...]


def rules_in_force(desk: Desk) -> tuple[RuleRow, ...]:
    """Every rule in force today with its source."""
    hall = desk.hall
    rows = []
    in_force = hall.pack.in_force(hall.clock.now().date())
    # offers name the reasons that they fit by their codes
    names = own_names([rule.values for rule in in_force if rule.table == "retention_reasons"])
    for rule in in_force:
        lines = tuple((key_word(key), value_words(value, names)) for key, value in rule.values.items())
        words = "; ".join(f"{word} {value}" for word, value in lines)
        rows.append(RuleRow(table_word(rule.table), rule.valid_from.isoformat(), words, rule.source, lines))
    return tuple(rows)


def not_configured(desk: Desk) -> tuple[tuple[str, str], ...]:
    """Rules that the documents leave open, with the place that does: shown, never guessed."""
    return tuple((key_word(key), why.split(":")[0]) for key, why in desk.hall.pack.not_configured)
