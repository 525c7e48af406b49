"""`counter-app hub`: the upstream service, its data base, and the devices that may speak with it."""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

from counter_app.commands import hub_approvals, hub_imports
from counter_app.domain.hall import TRADES

if TYPE_CHECKING:
    from counter_app.hub.database import Database
    from counter_app.hub.readiness import Found
    from counter_app.hub.serve import Serving

URL_VARIABLE, FOLDER_VARIABLE = "COUNTER_HUB_DATABASE", "COUNTER_HUB_FOLDER"
_SETTINGS = {
    "version": "PostgreSQL",
    "tables": "表结构版本（hub migrate）· version of the tables (hub migrate)",
    "role": "接口角色（不得改删流水）· the API's role, which changes no fact",
    "connections": "可用连接数 · connections",
    "synchronous_commit": "提交即落盘 · synchronous_commit",
    "fsync": "落盘 · fsync",
    "full_page_writes": "整页写 · full_page_writes",
    "standby": "同步备库 · synchronous standby",
    "checksums": "页校验 · data checksums",
}


def add_parser(subparsers: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Add the command to the program's own."""
    parser = subparsers.add_parser("hub", help="上级服务 · the upstream service of several counters")
    parts = parser.add_subparsers(dest="part", metavar="PART", required=True)
    _add_serve(parts)
    migrate = _part(parts, "migrate", "建立或升级数据库 · make the tables, or bring them to this version", _migrate)
    migrate.add_argument(
        "--restored", action="store_true", help="数据库是从备份恢复的 · the data base was put back from a copy"
    )
    _add_enrol(parts)
    revoke = _part(parts, "revoke", "立即停用终端 · refuse a device from now on", _revoke)
    revoke.add_argument("device", metavar="DEVICE", help="终端编号 · the device's id")
    hub_approvals.add_arguments(_part(parts, "approve", "异地授权，打印一次性授权码 · consent from afar", _approve))
    hub_imports.add_arguments(_part(parts, "import", "导入主数据 · bring in a hall's master data", _import))
    document = parts.add_parser("openapi", help="接口说明 · the OpenAPI document")
    document.set_defaults(run=_openapi)
    document.add_argument("file", type=Path, nargs="?", metavar="FILE", help="写入文件 · write it there")


def _add_serve(parts: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    serve = _part(parts, "serve", "启动服务 · serve", _serve)
    serve.add_argument("--listen", metavar="HOST:PORT", default="0.0.0.0:8443", help="监听地址 · where to listen")
    serve.add_argument(
        "--name", action="append", metavar="NAME", help="证书上的主机名或地址，可多次 · a name counters know it by"
    )
    serve.add_argument("--workers", type=int, default=2, metavar="N", help="工作进程数 · worker processes")
    serve.add_argument("--pool", type=int, default=8, metavar="N", help="每进程连接数 · connections of each worker")
    serve.add_argument(
        "--no-tls", action="store_true", help="由前置代理负责 TLS · only behind a proxy that speaks TLS itself"
    )
    serve.add_argument("--migrate", action="store_true", help="先建立或升级数据库 · make or update the tables first")
    serve.add_argument("--check", action="store_true", help="只检查数据库 · look at the data base and stop")


def _add_enrol(parts: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    enrol = _part(parts, "enrol", "生成终端接入码 · a one-time code for a counter", _enrol)
    enrol.add_argument("--hall", required=True, metavar="CODE", help="营业厅代码 · the hall's short code")
    enrol.add_argument("--counter", required=True, metavar="CODE", help="柜台代码 · the counter's short code")
    enrol.add_argument("--counter-name", default="", metavar="NAME", help="柜台名 · the counter's name")
    enrol.add_argument("--replace", action="store_true", help="换机，停用原终端 · the device it has now is gone")
    enrol.add_argument("--hall-name", metavar="NAME", help="新厅的名称 · a new hall's name")
    enrol.add_argument("--company", metavar="NAME", help="新厅的公司 · a new hall's company")
    enrol.add_argument("--trade", choices=TRADES, help="新厅的行业 · a new hall's trade")


def _part(
    parts: argparse._SubParsersAction[argparse.ArgumentParser],
    name: str,
    text: str,
    run: Callable[[argparse.Namespace], int],
) -> argparse.ArgumentParser:
    parser = parts.add_parser(name, help=text)
    parser.add_argument(
        "--database",
        metavar="URL",
        default=os.environ.get(URL_VARIABLE),
        help=f"postgresql://用户@主机/库 · the data base (or {URL_VARIABLE})",
    )
    parser.add_argument(
        "--folder",
        type=Path,
        metavar="DIR",
        default=os.environ.get(FOLDER_VARIABLE),
        help=f"密钥与证书目录 · the folder of the hub's keys and certificates (or {FOLDER_VARIABLE})",
    )
    parser.set_defaults(run=run)
    return parser


def _serve(args: argparse.Namespace) -> int:
    from counter_app.hub.serve import serve

    serving = _serving(args)
    if serving is None:
        return 2
    if args.migrate and (code := _migrate(args)):
        return code
    code = _say_readiness(serving)
    if code or args.check:
        return code

    def started() -> None:
        address = f"{'https' if serving.has_tls else 'http'}://{serving.host}:{serving.port}"
        print(f"{address}: 上级服务已启动，Ctrl+C 停止 · serving, Ctrl+C ends it", flush=True)

    serve(serving, started=started)
    return 0


def _serving(args: argparse.Namespace) -> Serving | None:
    from counter_app.hub.serve import Serving

    host, _, port = args.listen.rpartition(":")
    folder = _folder(args)
    if args.database is None or not port.isdecimal() or args.workers < 1:
        print("需要 --database 和 --listen 主机:端口 · --database and --listen HOST:PORT are needed", file=sys.stderr)
        return None
    host = host.strip("[]") or "0.0.0.0"  # noqa: S104  # as above
    names = tuple(args.name or _names_of_this_machine(host))
    return Serving(args.database, str(folder), host, int(port), names, args.workers, not args.no_tls, args.pool)


def _say_readiness(serving: Serving) -> int:
    from counter_app.hub.database import Database
    from counter_app.hub.readiness import look
    from counter_app.hub.schema import API_ROLE

    def ask(database: Database) -> int:
        found = look(database, connections=(serving.workers + 1) * serving.pool)
        for one in found:
            print(_readiness_line(one), file=sys.stderr)
        if all(one.is_good or not one.is_needed for one in found):
            return 0
        print("数据库不满足要求，没有启动 · the data base cannot carry a hub; nothing was started", file=sys.stderr)
        return 1

    return _with_database(Database.open(serving.database_url, role=API_ROLE), ask)


def _readiness_line(one: Found) -> str:
    mark = "✓" if one.is_good else "✗" if one.is_needed else "!"
    rest = "" if one.is_good else f"，应为 · should be {one.expected}"
    return f"{mark} {_SETTINGS[one.what]}: {one.found}{rest}"


def _migrate(args: argparse.Namespace) -> int:
    from counter_app.hub.database import Database
    from counter_app.hub.revisions import CannotMigrate, migrate, raise_generation

    def do(database: Database) -> int:
        try:
            before, after = migrate(database)
        except CannotMigrate as no:
            print(f"没有升级 · not migrated: {no}", file=sys.stderr)
            return 1
        print(f"数据库版本 · version of the tables: {before or '-'} → {after}")
        if getattr(args, "restored", False):
            count = raise_generation(database)
            print(f"已记为恢复 · counters will compare and send again what is missing (restore {count})")
        return 0

    return _with_database(Database.open(args.database), do) if _has_database(args) else 2


def _enrol(args: argparse.Namespace) -> int:
    import secrets

    from counter_app.hub.calls import No
    from counter_app.hub.database import Database
    from counter_app.hub.enrolment import Wish, issue
    from counter_app.hub.schema import API_ROLE

    if not _has_database(args):
        return 2
    fingerprint = _fingerprint(_folder(args))
    if fingerprint is None:
        return 1
    facts = {"name": args.hall_name, "company": args.company, "trade": args.trade}
    wish = Wish(
        args.hall,
        args.counter,
        args.counter_name,
        {key: value for key, value in facts.items() if value},
        replaces=args.replace,
    )

    def do(database: Database) -> int:
        with database.transaction() as connection:
            code = issue(connection, wish, datetime.now(UTC), secrets.token_bytes)
        if isinstance(code, No):
            print(
                f"柜台 {args.counter} 已有终端 {code.facts['device']}：先停用，或加 --replace 换机\n"
                f"Counter {args.counter} has the device {code.facts['device']}: revoke it, or say --replace",
                file=sys.stderr,
            )
            return 1
        print(f"{code}-{fingerprint}")
        print("10 分钟内在柜台上输入，只能用一次 · to be typed at the counter within 10 minutes, once", file=sys.stderr)
        return 0

    return _with_database(Database.open(args.database, role=API_ROLE), do)


def _revoke(args: argparse.Namespace) -> int:
    from counter_app.hub.database import Database
    from counter_app.hub.enrolment import revoke
    from counter_app.hub.schema import API_ROLE

    def do(database: Database) -> int:
        with database.transaction() as connection:
            is_done = revoke(connection, args.device, datetime.now(UTC))
        if not is_done:
            print(f"{args.device}: 没有这个在用的终端 · no such device is in use", file=sys.stderr)
            return 1
        print(f"{args.device}: 已停用 · revoked")
        return 0

    return _with_database(Database.open(args.database, role=API_ROLE), do) if _has_database(args) else 2


def _approve(args: argparse.Namespace) -> int:
    from counter_app.hub.database import Database
    from counter_app.hub.schema import API_ROLE

    if not _has_database(args):
        return 2
    return _with_database(
        Database.open(args.database, role=API_ROLE),
        lambda database: hub_approvals.run(args, database, datetime.now(UTC)),
    )


def _import(args: argparse.Namespace) -> int:
    from counter_app.hub.database import Database
    from counter_app.hub.schema import API_ROLE

    if not _has_database(args):
        return 2
    return _with_database(
        Database.open(args.database, role=API_ROLE),
        lambda database: hub_imports.run(args, database, datetime.now(UTC).astimezone()),
    )


def _openapi(args: argparse.Namespace) -> int:
    from counter_app.hub.openapi import document_text

    if args.file is None:
        sys.stdout.write(document_text())
    else:
        args.file.write_text(document_text(), encoding="utf-8")
    return 0


def _with_database(database: Database, do: Callable[[Database], int]) -> int:
    from counter_app.hub.database import DatabaseBusy
    from counter_app.hub.schema import API_ROLE

    try:
        return do(database)
    except DatabaseBusy as busy:
        print(f"数据库没有应答 · the data base does not answer: {busy}", file=sys.stderr)
        if API_ROLE in str(busy):
            print("还没有建表，请先运行 hub migrate · there are no tables yet: run hub migrate first", file=sys.stderr)
        return 1
    finally:
        database.close()


def _has_database(args: argparse.Namespace) -> bool:
    if args.database is None:
        print(f"需要 --database 或 {URL_VARIABLE} · --database or {URL_VARIABLE} is needed", file=sys.stderr)
    return args.database is not None


def _folder(args: argparse.Namespace) -> Path:
    return Path(args.folder) if args.folder else Path(args.data) / "hub"


def _fingerprint(folder: Path) -> str | None:
    """What stands behind a code: the fingerprint of the authority that counters will pin, in groups of four.

    Only serving makes an authority: one made here, in the wrong folder, would stand behind codes that no counter can
    use. None, and said why, where there is none.
    """
    from counter_app.hub.tls import Certificates
    from counter_app.sync.wire import authority_fingerprint

    certificates = Certificates(folder)
    if not certificates.authority.exists():
        print(
            f"{folder}: 没有上级服务的证书（{certificates.authority.name}），没有生成接入码。"
            "请用 --folder 指向 hub serve 所用的目录；还没有启动过的，先运行 hub serve\n"
            f"{folder}: no authority of a hub in there, no code was made. Name with --folder the folder that hub serve"
            " uses, or start hub serve first",
            file=sys.stderr,
        )
        return None
    text = authority_fingerprint(certificates.fingerprint_source())
    return "-".join(text[place : place + 4] for place in range(0, len(text), 4))


def _names_of_this_machine(host: str) -> list[str]:
    import socket

    names = ["localhost", "127.0.0.1", socket.gethostname(), socket.getfqdn()]
    if host not in ("0.0.0.0", "::"):  # noqa: S104  # compared, not listened on
        names.append(host)
    return list(dict.fromkeys(names))
