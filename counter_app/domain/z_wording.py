"""The words of the Z report on paper: what each figure is called, and its figures as text."""

from __future__ import annotations

from collections.abc import Iterable

from counter_app.domain.paper_wording import yuan
from counter_app.domain.receipt_wording import tender_name
from counter_app.domain.shift_close import Compared
from counter_app.domain.z_papers import ZFacts, ZFigure, ZPieces

NOTHING = "无"
_NAMES = {
    "float": "备用金",
    "cash_in": "存入现金",
    "cash_out": "取出现金",
    "dropped": "班中上缴金库",
    "given_back": "退还客户（多收）",
    "book_refund": "销户退预存",
    "recovered": "恢复的钱箱余额",
    "receipts": "收据",
    "settled.principal": "销账本金",
    "settled.late_fee": "销账违约金",
    "settled.cost": "销账费用",
    "open_again.principal": "撤销本金",
    "open_again.late_fee": "撤销违约金",
    "open_again.cost": "撤销费用",
    "prepaid.used": "预存款使用",
    "prepaid.stored": "预存款存入",
    "prepaid.undone": "预存款撤销",
    "undone.reverse": "冲正",
    "undone.refund": "退费",
    "undone.move": "串户更正",
}
_OF_TENDER = {"taken": "收款", "back": "退回", "retender": "改收款方式", "expected": "应有"}
_ORDER = ("receipts", "taken", "settled", "prepaid", "undone", "back", "open_again", "retender")


def figure_name(name: str) -> str:
    """What a figure is called on paper."""
    if name in _NAMES:
        return _NAMES[name]
    first, _, tender = name.partition(".")
    return f"{_OF_TENDER.get(first, first)} {tender_name(tender)}".strip()


def figure_rows(figures: Iterable[ZFigure]) -> list[tuple[str, str, str]]:
    """Name, how many, and yuan of each figure, what must be there left out: that stands beside what was counted."""
    shown = [figure for figure in figures if not figure.name.startswith("expected.")]
    shown.sort(key=lambda figure: (_place(figure.name), figure.name))
    return [
        (figure_name(figure.name), str(figure.count), "" if figure.name == "receipts" else yuan(figure.fen))
        for figure in shown
    ]


def _place(name: str) -> int:
    first = name.partition(".")[0]
    return _ORDER.index(first) if first in _ORDER else len(_ORDER)


def tender_row(line: Compared) -> tuple[str, ...]:
    """A tender as the table has it; notes are not papers and are counted below."""
    is_cash = line.tender == "cash"
    return (
        tender_name(line.tender),
        str(line.expected_pieces),
        "" if is_cash else str(line.counted_pieces),
        yuan(line.expected_fen),
        yuan(line.counted_fen),
        yuan(line.difference_fen),
    )


def pieces_row(line: ZPieces) -> tuple[str, str, str]:
    """A denomination; the loose sum has no pieces."""
    if line.denomination_fen == 1:
        return "零散", "", yuan(line.pieces)
    fen = line.denomination_fen
    word = f"{fen // 100} 元" if fen >= 100 else f"{fen // 10} 角"
    return word, str(line.pieces), yuan(fen * line.pieces)


def difference(facts: ZFacts) -> str:
    """What the cash came to, in words."""
    fen = facts.tenders[0].difference_fen
    return "账实相符" if not fen else f"{'长款' if fen > 0 else '短款'} {yuan(abs(fen))}"


def receipts(facts: ZFacts) -> str:
    """The receipts of the shift, first and last."""
    if not facts.receipt_first:
        return NOTHING
    count = next((figure.count for figure in facts.figures if figure.name == "receipts"), 0)
    return f"{facts.receipt_first} 至 {facts.receipt_last}    共 {count} 张"
