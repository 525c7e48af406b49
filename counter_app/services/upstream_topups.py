"""Records of money that other channels took as prepaid (网上充值) as rows for the hub."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from datetime import date
from typing import Any

from counter_app.domain.money import parse_fen
from counter_app.domain.refusals import Refused

_TITLES = {
    "reference": ("流水号", "充值流水号", "交易号", "reference"),
    "account_no": ("户号", "客户编号", "account_no"),
    "amount": ("充值金额", "金额", "amount"),
    "paid_on": ("充值日期", "日期", "paid_on"),
    "channel": ("渠道", "channel"),
}
_NEEDED = ("reference", "account_no", "amount", "paid_on")
_CHANNELS = {
    "网上": "online",
    "网上营业厅": "online",
    "网厅": "online",
    "自助": "self_service",
    "自助终端": "self_service",
    "银行": "bank",
    "充值卡": "card",
}
_NAME = re.compile(r"[0-9A-Za-z_.-]{1,60}")


def read_topups(
    header: Sequence[str], rows: Iterable[tuple[int, Sequence[str]]]
) -> tuple[list[dict[str, Any]], list[str]]:
    """The records of a table, and what is wrong with it in lines that name row and column.

    Columns: 流水号 (of the channel), 户号, 充值金额 (above nothing), 充值日期 (2026-11-22), and where there is one 渠道
    (网上, 自助终端, 银行, 充值卡; without it 网上).
    """
    places = {
        name: at for name, titles in _TITLES.items() for at, title in enumerate(header) if title.strip() in titles
    }
    faults = [f"{_TITLES[name][0]} · {name}: 没有这一列 · no such column" for name in _NEEDED if name not in places]
    if faults:
        return [], faults
    found: dict[tuple[str, str], dict[str, Any]] = {}
    for number, record in rows:
        cells = {name: record[at].strip() if at < len(record) else "" for name, at in places.items()}
        body, wrong = _body(cells)
        if body is not None and (body["channel"], body["reference"]) in found:
            wrong = "twice: reference"
        if body is None or wrong:
            faults.append(f"{number}: {wrong}")
        else:
            found[body["channel"], body["reference"]] = body
    return list(found.values()), faults


def _body(cells: dict[str, str]) -> tuple[dict[str, Any] | None, str]:
    """The row, or the field that cannot be taken in a word."""
    said = cells.get("channel") or "网上"
    channel = _CHANNELS.get(said, said)
    if not _NAME.fullmatch(channel):
        return None, f"channel: {', '.join(_CHANNELS)}"
    if not _NAME.fullmatch(cells["reference"]):
        return None, "reference: 0-9 A-Z . _ -"
    try:
        fen, paid_on = parse_fen(cells["amount"]), date.fromisoformat(cells["paid_on"]).isoformat()
    except (Refused, ValueError):
        return None, "amount, paid_on"
    if fen <= 0 or not cells["account_no"]:
        return None, "amount, account_no"
    body = {"reference": cells["reference"], "account_no": cells["account_no"], "channel": channel}
    return {**body, "amount_fen": fen, "paid_on": paid_on}, ""
