"""Progress on stderr: a line when a part begins, and how far it is each second."""

from __future__ import annotations

import sys
import time

PARTS = {
    "copy": "复制 · copying",
    "migrate": "升级 · migrating",
    "search": "查找 · search",
    "swap": "替换 · putting in place",
    "pages": "数据页 · pages",
    "schema": "表结构 · schema",
    "journal": "流水 · journal",
    "balances": "余额 · balances",
    "receipt numbers": "收据号 · receipt numbers",
    "rows without owner": "归属 · owners",
    "rows without entry": "来源 · sources",
    "intents": "意向 · intents",
    "prepaid books": "预存账本 · prepaid books",
    "prepaid moved": "预存转用与退款 · prepaid moved",
    "automatic deductions": "自动扣款 · automatic deductions",
    "deductions": "自动扣款 · deducting",
    "restore orders": "复机工单 · restore orders",
    "payments put right": "冲正与更正 · payments put right",
    "disputes": "争议 · disputes",
    "late fees let off": "违约金减免与暂缓 · late fees let off",
    "closed shifts": "班结 · closed shifts",
    "the safe": "金库 · the safe",
    "roles": "角色 · roles",
    "rows from the hub": "上游下发的数据 · rows from the hub",
    "master rows": "客户资料 · master rows",
    "retention cases": "挽留单 · retention cases",
    "signed months": "已签月报 · signed months",
    "papers": "单据 · papers",
    "paper numbers": "单据号 · paper numbers",
    "recovered journals": "取回的流水 · recovered journals",
    "counts": "计数 · counts",
}


class ProgressLines:
    """Says on stderr what is being done; stdout stays for the answer."""

    def __init__(self) -> None:
        self._part = ""
        self._said_at = 0.0

    def __call__(self, what: str, done: int, total: int) -> None:
        """Told of every step; says a new part at once and the same one each second."""
        now = time.monotonic()
        if what not in PARTS or (what == self._part and now - self._said_at < 1):
            return
        self._part, self._said_at = what, now
        print(f"{PARTS[what]} {done} / {total}", file=sys.stderr, flush=True)
