"""The two libraries (退网客户资料库, 挽留成功资料库): their five columns, and a line of them as it leaves the hall."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Literal

from counter_app.domain.retention import Result
from counter_app.domain.retention_months import EXITS
from counter_app.domain.retention_rules import RetentionRules

Library = Literal["left", "kept"]
COLUMNS = ("手机号码", "姓名", "退网原因", "挽留措施", "挽留结果")
"""Exactly what document 002 asks for (002-A13)."""
RESULTS = {
    Result.KEPT: "挽留成功",
    Result.LEFT: "离网",
    Result.REFUSED_TALK: "拒绝挽留，离网",
    Result.WITHDRAWN: "撤回",
}
OF_LIBRARY: dict[Library, tuple[Result, ...]] = {
    "left": EXITS,
    "kept": (Result.KEPT,),
}
_FORMULA = ("=", "+", "-", "@", "\t", "\r")


@dataclass(frozen=True, slots=True)
class LibraryRow:
    """One customer who left or was kept. `case_id` is empty for a result from before this program, which has the
    `record_no` of its import; `reason` and `measures` are codes of the pack, or what the file of an import said.
    """

    case_id: str
    number: str
    name: str
    reason: str
    measures: tuple[str, ...]
    result: Result
    ended_on: date
    record_no: str = ""

    @property
    def key(self) -> str:
        """What tells this line from every other one of a library."""
        return self.case_id or f"past:{self.record_no}"

    def exported(self, rules: RetentionRules) -> tuple[str, ...]:
        """The five columns in the words of the pack; a text that a spreadsheet would compute is marked as text."""
        reason = rules.reason(self.reason)
        offers = ((rules.offer(code), code) for code in self.measures)
        measures = "、".join(offer.name_zh if offer else code for offer, code in offers)
        cells = (self.number, self.name, reason[-1].name_zh if reason else self.reason, measures, RESULTS[self.result])
        return tuple(map(as_text, cells))


def as_text(cell: str) -> str:
    """A cell of a file that a spreadsheet does not compute."""
    return f"'{cell}" if cell.startswith(_FORMULA) else cell
