"""The commands: `counter-app` opens the counter, its sub-commands serve set-up, integration and audit."""

from __future__ import annotations

import argparse
import gc
import importlib
import os
import sys
from collections.abc import Sequence
from pathlib import Path

from counter_app import __version__
from counter_app.domain.refusals import Refused
from counter_app.settings import data_folder
from counter_app.ui.look import MachineLook, read_look

_LANGUAGES = ("zh", "en")
_THEMES = ("light", "dark", "high-contrast")
_SIZES = (100, 125, 150, 200)
_PLAIN: dict[str, tuple[str, ...]] = {
    "--data": (),
    "--language": _LANGUAGES,
    "--theme": _THEMES,
    "--text-size": tuple(map(str, _SIZES)),
}
"""The options of a plain start and the values they take; none named: any."""

_NO_HALL = (
    "这里还没有营业厅。打开柜台可以建立本厅，counter-app demo 建立演示厅；别处的用 --data 指定。\n"
    "There is no hall here yet. Open the counter to make yours, or run `counter-app demo` for a demo hall; "
    "--data names another folder."
)
_COMMANDS = (
    *("demo", "imports", "rules", "verify", "backup", "restore", "migrate", "deduct", "report"),
    *("hub", "enrol", "recover"),
)
"""The modules of `counter_app.commands`, in the order in which help lists them."""


def main(arguments: Sequence[str] | None = None) -> int:
    """Run a command; returns its exit code: 0 done, 1 refused or found wanting, 2 not understood.

    Whatever a command refuses is said in the reader's language on stderr.
    """
    _speak_utf8()
    args = _plain_start(sys.argv[1:] if arguments is None else arguments) or _parser().parse_args(arguments)
    args.data = data_folder(args.data)
    _choose_language(args.language)
    try:
        code: int = args.run(args)
        if args.command == "demo" and code == 0 and not args.no_open:
            return _open(args)
    except Refused as refused:
        from counter_app.ui.wording import sentences

        print(sentences(refused.refusal), file=sys.stderr)
        return 1
    except BrokenPipeError:
        # whoever read our answer has gone; there is nobody left to tell
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 1
    except OSError as error:
        from counter_app.services.hall import NoHall

        if isinstance(error, NoHall):
            print(f"{error.filename}: {_NO_HALL}", file=sys.stderr)
            return 1
        print(f"{error.strerror or error}: {error.filename or ''}".rstrip(": "), file=sys.stderr)
        return 1
    except Exception as error:
        return _say_trouble(error)
    return code


def _plain_start(words: Sequence[str]) -> argparse.Namespace | None:
    """What a start of the counter asks for; None where anything but its own options stands, each with its value.

    Who opens the counter waits for no command, and for no parser that could explain them all.
    """
    found: dict[str, str] = {}
    for name, value in zip(words[::2], words[1::2], strict=False):
        allowed = _PLAIN.get(name)
        if allowed is None or value.startswith("-") or (allowed and value not in allowed):
            return None
        found[name] = value
    if len(words) % 2:
        return None
    size = found.get("--text-size")
    return argparse.Namespace(
        data=found.get("--data"),
        language=found.get("--language"),
        theme=found.get("--theme"),
        text_size=None if size is None else int(size),
        offscreen_picture=None,
        run=_open,
        command=None,
    )


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="counter-app",
        description="营业厅收费柜台 · the service-hall counter",
        allow_abbrev=False,
        parents=[_options()],
    )
    subparsers = parser.add_subparsers(dest="command", metavar="COMMAND")
    for name in _COMMANDS:
        importlib.import_module(f"counter_app.commands.{name}").add_parser(subparsers)
    return parser


def _options() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="counter-app", allow_abbrev=False, add_help=False)
    parser.add_argument("--version", action="version", version=f"counter-app {__version__}")
    parser.add_argument("--data", metavar="DIR", help="营业厅的数据目录 · the hall's folder (or COUNTER_APP_DATA)")
    parser.add_argument("--language", choices=_LANGUAGES, help="界面语言 · the language of the screens")
    parser.add_argument("--theme", choices=_THEMES, help="配色 · colours")
    parser.add_argument("--text-size", type=int, choices=_SIZES, help="字号，百分比 · text size in per cent")
    parser.add_argument(
        "--offscreen-picture", type=Path, metavar="FILE", help="不开窗口，把页面画成图片 · draw a page into a PNG file"
    )
    parser.add_argument("--page", default="customer", metavar="NAME", help="要画的页面 · the page to draw")
    parser.set_defaults(run=_open, command=None)
    return parser


def _open(args: argparse.Namespace) -> int:
    # what a program loads it keeps: looking through it for garbage would be a tenth of the start
    gc.disable()
    # Qt is loaded here and nowhere before: every other command runs where no Qt library can load
    try:
        from counter_app.app import draw_page, open_counter
    except ImportError as error:
        print(f"窗口组件不能载入 · the window's library does not load: {error}", file=sys.stderr)
        return 1
    if args.offscreen_picture is not None:
        # a picture shows what its command says, whatever this machine likes
        gc.enable()
        return draw_page(args.data, args.offscreen_picture, args.page, _look(args, MachineLook()))
    if not _has_screen():
        print(
            "这台机器没有屏幕，窗口打不开。可以用 --offscreen-picture FILE 把页面画成图片。\n"
            "This machine has no screen, so no window can open. --offscreen-picture FILE draws a page into a file.",
            file=sys.stderr,
        )
        return 1
    from counter_app.services.beside import raise_window

    if raise_window(args.data):
        print(
            "柜台已经打开，已把它的窗口调到最前面。 · The counter is open already; its window was brought to the front."
        )
        return 0
    return open_counter(args.data, _look(args, read_look(args.data)))


def _look(args: argparse.Namespace, usual: MachineLook) -> MachineLook:
    return usual._replace(
        theme=args.theme or usual.theme,
        scale=args.text_size or usual.scale,
        language=args.language or usual.language,
    )


def _has_screen() -> bool:
    if sys.platform in ("win32", "darwin"):
        return True
    return bool(os.environ.get("DISPLAY") or os.environ.get("WAYLAND_DISPLAY") or os.environ.get("QT_QPA_PLATFORM"))


def _say_trouble(error: Exception) -> int:
    from counter_app.services.hall import StoreTrouble
    from counter_app.ui.wording import trouble_sentences

    if not isinstance(error, StoreTrouble):
        raise error
    print(trouble_sentences(error), file=sys.stderr)
    return 1


def _choose_language(given: str | None) -> None:
    from counter_app.ui.language import use_language

    use_language("en" if given == "en" else "zh")


def _speak_utf8() -> None:
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(errors="backslashreplace")
