"""What the tests of importing share: a hall of a temporary folder, files written on the spot, and its rows as text."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path

from counter_app.clock import FixedClock
from counter_app.domain.hall import Hall
from counter_app.storage.hall import OpenHall, create_hall
from counter_app.storage.sql import Row, Sql

NOON = datetime(2026, 11, 22, 12, tzinfo=UTC)
TABLES = (
    "customers", "customer_flags", "contacts", "accounts", "services", "bills", "bill_items", "settlements", "imports",
    "entries", "search_terms",
)  # fmt: skip

CUSTOMERS = """客户编号,姓名,客户类型,身份证号,手机,户号,地址,状态,资料:合同容量
C1,张伟,个人,110101199003074514,13800000013,A1,云川市东湖区湖滨路1号,正常,8 kW
C2,龚𬭎㛃,个人,,13800000021,A2,云川市河西区解放路2号,停机,8 kW
C3,青禾食品有限公司,单位,,,A3,云川市望江区望江路3号,正常,100 kVA
C3,青禾食品有限公司,单位,,,A4,云川市望江区望江路4号,正常,50 kVA
"""
BILLS = """账单号,户号,账期,缴费期限,金额
B1,A1,2026-09,2026-10-20,120.50
B2,A1,2026-10,2026-11-20,"1,130.00"
B3,A2,2026年9月,2026/10/20,￥88
B4,A3,202610,20261120,0.01
"""
SETTLEMENTS = """账单号,缴费日期,金额,违约金,渠道,凭证号
B1,2026-10-25,100.00,0.60,银行代扣,K1
B3,2026-10-20,88.00,,微信缴费,K2
"""


@contextmanager
def opened(folder: Path, trade: str = "electricity") -> Iterator[OpenHall]:
    hall = create_hall(folder, hall_named(trade), clock=FixedClock(NOON))
    try:
        yield hall
    finally:
        hall.close()


def hall_named(trade: str) -> Hall:
    return Hall(
        hall_id="00000000-0000-4000-8000-000000000001", hall_code="H1", name="解放路营业厅", company="云川供电",
        trade=trade, counter_id="counter-1", counter_code="A1", counter_name="1 号台", hotline="", footer="",
        is_demo=True,
    )  # fmt: skip


def written(folder: Path, text: str, *, name: str = "file.csv", encoding: str = "utf-8") -> Path:
    path = folder / name
    path.write_bytes(text.encode(encoding))
    return path


def rows(hall: OpenHall, sql: str) -> list[Row]:
    with hall.reading() as reading:
        return reading.rows(Sql(sql))


def state(hall: OpenHall) -> str:
    """Everything an import may touch, as one digest."""
    found = hashlib.sha256()
    for table in TABLES:
        found.update(repr(rows(hall, f"SELECT * FROM {table} ORDER BY 1, 2, 3")).encode())
    return found.hexdigest()
