"""What the hall says no to: each refusal is a value with its numbers, never a sentence."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Refusal:
    """One reason why something is not done.

    A subclass carries the facts that the sentence needs; the sentence itself (what is wrong, why, what to do now) is
    made at the edge, by `counter_app.ui.wording`, in the reader's language. `code` is the stable name that commands
    print.
    """

    @property
    def code(self) -> str:
        """The refusal's stable name in snake case, made from its class name."""
        name = type(self).__name__
        return "".join(f"_{c.lower()}" if c.isupper() else c for c in name).lstrip("_")


class Refused(Exception):
    """Carries a refusal up to the one place that shows it."""

    def __init__(self, refusal: Refusal) -> None:
        super().__init__(refusal.code)
        self.refusal = refusal
