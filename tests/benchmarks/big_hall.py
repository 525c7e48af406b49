"""A hall of a million customers with ten bills each, made once in a folder and used by all benchmarks there.

    python -m tests.benchmarks.big_hall --data DIR [--customers N]

The names repeat as they do in a real register; three in a hundred are organisations. It is a demo hall, so the file is
plain and opens with `open_hall`.
"""

from __future__ import annotations

import argparse
import random
import time
from collections.abc import Iterator
from pathlib import Path

from counter_app.clock import SystemClock
from counter_app.domain.hall import Hall
from counter_app.storage.driver import find_driver
from counter_app.storage.hall import create_hall
from counter_app.storage.migrate import bring_up, fill_search
from counter_app.storage.schema import SCHEMA_VERSION
from counter_app.storage.search_index import index_customers
from counter_app.storage.sql import DriverConnection, Writing
from counter_app.storage.store import FILE_NAME

MILLION = 1_000_000
BILLS = 10
SETTLED_BILLS = 8
"""The oldest bills of each customer that are paid."""

_HALF_MADE = "hall-is-not-finished"
_SURNAMES = (
    "王李张刘陈杨黄赵吴周徐孙马朱胡郭何高林罗郑梁谢宋唐许韩冯邓曹彭曾肖田董袁潘于蒋蔡余杜叶程苏魏吕丁任沈"
    "姚卢姜崔钟谭陆汪范金石廖贾夏韦付方白邹孟熊秦邱江尹薛闫段雷侯龙史陶黎贺顾毛郝龚邵万钱严覃武戴莫孔向汤单仇解查区"
)
_GIVEN = (
    "伟芳娜敏静丽强磊军洋勇艳杰娟涛明超秀霞平刚桂英华玉兰红建国文志春梅海燕晓东小雨子涵浩然思怡嘉欣梓萱俊宇一诺天佑"
    "雪松柏林鑫鹏飞龙凤云山水清波永福德全成才宝珍玲琴凯斌辉健康宁安良善美慧颖婷婧琳瑶佳璐莹彤珊乐"
)
_TOWNS = ["昌平", "海河", "临江", "青山", "白云", "朝阳", "西湖", "东湖", "滨海", "长安"]
_ROADS = [
    "幸福",
    "人民",
    "解放",
    "中山",
    "建设",
    "和平",
    "胜利",
    "新华",
    "文化",
    "团结",
    "光明",
    "迎宾",
    "滨河",
    "学府",
    "科技",
    "工业",
    "友谊",
    "振兴",
    "红旗",
    "长江",
    "黄河",
]
_ESTATES = [
    "锦绣花园",
    "阳光小区",
    "世纪城",
    "金色家园",
    "碧水湾",
    "翠竹苑",
    "书香门第",
    "御景豪庭",
    "和谐家园",
    "东方明珠",
    "丽景湾",
    "供销社宿舍",
]
_FIRMS = [
    "物业管理有限公司",
    "餐饮服务有限公司",
    "商贸有限公司",
    "第一中学",
    "人民医院",
    "建筑工程有限公司",
    "便利店",
    "幼儿园",
    "银行",
]
_SLICE = 20_000


def big_hall(folder: Path, customers: int = MILLION) -> Path:
    """The folder of a hall with that many customers, made now or found there.

    Raises:
        ValueError: the folder holds a hall of another size.
    """
    path = folder / FILE_NAME
    if path.exists() and not (folder / _HALF_MADE).exists():
        held = _count(path)
        if held != customers:
            message = f"{path} holds {held} customers, not {customers}"
            raise ValueError(message)
        bring_hall_up(path)
        return folder
    for part in folder.glob("*") if path.exists() else ():
        if part.is_file():
            part.unlink()
    folder.mkdir(parents=True, exist_ok=True)
    (folder / _HALF_MADE).touch()
    create_hall(folder, _HALL, clock=SystemClock.of_this_machine()).close()
    _fill(path, customers)
    (folder / _HALF_MADE).unlink()
    return folder


def bring_hall_up(path: Path) -> None:
    """A hall of before gets the tables of today, in place: its settlements have no entries, so none is verified."""
    connection, driver = raw_connection(path), find_driver()
    (version,) = connection.execute("PRAGMA user_version").fetchone() or (0,)
    connection.close()
    if version < SCHEMA_VERSION:
        bring_up(path, key=None, driver=driver, from_version=version)
        fill_search(path, None, driver, lambda *_: None)


def raw_connection(path: Path) -> DriverConnection:
    """A bare connection to the hall's file, as a script would open it."""
    connection: DriverConnection = find_driver().module.connect(str(path), isolation_level=None)
    connection.execute("PRAGMA cache_size=-131072")
    return connection


_HALL = Hall(
    hall_id="00000000-0000-4000-8000-00000000b160",
    hall_code="BIG",
    name="百万户营业厅",
    company="测试供电公司",
    trade="electricity",
    counter_id="c1",
    counter_code="1",
    counter_name="一号台",
    hotline="95598",
    footer="",
    is_demo=True,
)


def _count(path: Path) -> int:
    connection = raw_connection(path)
    row = connection.execute("SELECT count(*) FROM customers").fetchone()
    connection.close()
    return int(row[0]) if row else 0


def _fill(path: Path, customers: int) -> None:
    connection = raw_connection(path)
    # nobody else has the file, and one that is not finished is made again
    for pragma in ("journal_mode=OFF", "synchronous=OFF", "cache_size=-1048576", "locking_mode=EXCLUSIVE"):
        connection.execute(f"PRAGMA {pragma}")
    connection.execute("BEGIN")
    _step("customers", lambda: _fill_customers(connection, customers))
    _step("bills", lambda: _fill_bills(connection))
    _step("search", lambda: index_customers(Writing(connection), batch=100_000, progress=_say))
    connection.execute("COMMIT")
    connection.execute("PRAGMA journal_mode=WAL")
    connection.close()


def _fill_customers(connection: DriverConnection, customers: int) -> None:
    rng = random.Random(20260601)
    made = _people(rng, customers)
    while rows := [row for _, row in zip(range(_SLICE), made, strict=False)]:
        connection.executemany(
            "INSERT INTO customers (id, customer_no, name, kind, customer_class, id_kind, id_number, group_name)"
            " VALUES (:id, :customer_no, :name, :kind, :customer_class, :id_kind, :id_number, NULL)",
            rows,
        )
        connection.executemany("INSERT INTO contacts VALUES (:id, 1, 'mobile', :phone, '')", rows)
        connection.executemany(
            "INSERT INTO accounts (id, account_no, customer_id, address, facts)"
            " VALUES (:id, :account_no, :id, :address, '{}')",
            rows,
        )
        connection.executemany(
            "INSERT INTO services (id, account_id, kind, number, plan, state, state_since_on, state_reason, meter_no)"
            " VALUES (:id, :id, 'electricity', :account_no, '居民生活', 'active', '2020-01-01', '', :meter_no)",
            rows,
        )


def _people(rng: random.Random, customers: int) -> Iterator[dict[str, object]]:
    surnames = [1 / (place + 3) for place in range(len(_SURNAMES))]
    given = [1 / (place % 40 + 5) for place in range(len(_GIVEN))]
    for number in range(1, customers + 1):
        is_firm = rng.random() < 0.03
        if is_firm:
            name = rng.choice(_TOWNS) + "".join(rng.choices(_GIVEN, k=2)) + rng.choice(_FIRMS)
            identity = f"91{rng.randrange(10**6):06d}MA{rng.randrange(10**8):08d}"
        else:
            name = rng.choices(_SURNAMES, surnames)[0] + "".join(rng.choices(_GIVEN, given, k=rng.choice((1, 2, 2, 2))))
            born = f"{rng.randrange(1940, 2007)}{rng.randrange(1, 13):02d}{rng.randrange(1, 29):02d}"
            identity = f"{420100 + rng.randrange(1000)}{born}{rng.randrange(1000):03d}{rng.choice('0123456789X')}"
        yield {
            "id": number,
            "customer_no": f"K{number:09d}",
            "name": name,
            "kind": "organisation" if is_firm else "person",
            "customer_class": "other" if is_firm else "resident",
            "id_kind": "credit_code" if is_firm else "resident_id",
            "id_number": identity,
            "phone": f"1{rng.choice('3578')}{rng.randrange(10**9):09d}",
            "account_no": f"{10 + number % 10}{number:08d}",
            "address": (
                f"{rng.choice(_TOWNS)}区{rng.choice(_ROADS)}路{rng.randrange(1, 400)}号{rng.choice(_ESTATES)}"
                f"{rng.randrange(1, 40)}栋{rng.randrange(1, 7)}单元{rng.randrange(1, 33)}{rng.randrange(1, 5):02d}室"
            ),
            "meter_no": f"DB{rng.randrange(1000):03d}{number:08d}",
        }


def _fill_bills(connection: DriverConnection) -> None:
    connection.execute("CREATE TEMP TABLE turn (n INTEGER, month TEXT, issued TEXT, due TEXT)")
    connection.executemany(
        "INSERT INTO turn VALUES (?, ?, ?, ?)",
        [(n, f"2026-{n:02d}", f"2026-{n + 1:02d}-01", f"2026-{n + 1:02d}-15") for n in range(1, BILLS + 1)],
    )
    connection.execute(
        "INSERT INTO bills (id, bill_no, account_id, service_id, month, issued_on, due_on, principal_fen)"
        f" SELECT (a.id - 1) * {BILLS} + n, printf('B%010d', (a.id - 1) * {BILLS} + n), a.id, a.id, month, issued, due,"
        " 3000 + (a.id * 7919 + n * 104729) % 20000 FROM accounts a CROSS JOIN turn ORDER BY a.id, n"
    )
    connection.execute(
        "INSERT INTO settlements"
        " (id, settlement_id, bill_id, settled_on, principal_fen, late_fee_fen, cost_fen, source, channel)"
        " SELECT b.id, printf('S%010d', b.id), b.id, due_on, principal_fen, 0, 0, 'upstream', 'bank' FROM bills b"
        f" WHERE (b.id - 1) % {BILLS} < {SETTLED_BILLS} ORDER BY b.id"
    )


def _step(name: str, work: object) -> None:
    assert callable(work)
    begun = time.perf_counter()
    work()
    print(f"{name}: {time.perf_counter() - begun:.0f} s", flush=True)


def _say(done: int, total: int) -> None:
    print(f"  search {done:,} of {total:,}", flush=True)


def main() -> None:
    """Make the hall."""
    parser = argparse.ArgumentParser(description="make the big hall for the benchmarks")
    parser.add_argument("--data", type=Path, required=True)
    parser.add_argument("--customers", type=int, default=MILLION)
    args = parser.parse_args()
    big_hall(args.data, args.customers)


if __name__ == "__main__":
    main()
