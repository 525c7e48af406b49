"""Makes a fresh machine ready, then opens the counter or runs its tests; standard library only."""

from __future__ import annotations

import ctypes
import hashlib
import importlib.util
import io
import json
import os
import shutil
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import NamedTuple

ROOT = Path(__file__).resolve().parent.parent
OLDEST_PYTHON = (3, 11)
APT_LISTS = Path("/var/lib/apt/lists")
OPTIONS_WITH_A_VALUE = {"--data", "--language", "--theme", "--text-size", "--page"}
LOCKS = {"run": "runtime.lock", "test": "requirements.lock"}

# Which Debian package brings which shared library. Qt needs the first group even to draw without a screen.
DRAWING = {
    "libglib-2.0.so.0": "libglib2.0-0",
    "libgthread-2.0.so.0": "libglib2.0-0",
    "libEGL.so.1": "libegl1",
    "libGL.so.1": "libgl1",
    "libdbus-1.so.3": "libdbus-1-3",
    "libfontconfig.so.1": "libfontconfig1",
    "libfreetype.so.6": "libfreetype6",
    "libxkbcommon.so.0": "libxkbcommon0",
    "libX11.so.6": "libx11-6",
    "libbrotlidec.so.1": "libbrotli1",
    "libgssapi_krb5.so.2": "libgssapi-krb5-2",
}
SCREEN_AND_PRINTER = {
    "libxcb-cursor.so.0": "libxcb-cursor0",
    "libxkbcommon-x11.so.0": "libxkbcommon-x11-0",
    "libxcb-icccm.so.4": "libxcb-icccm4",
    "libxcb-keysyms.so.1": "libxcb-keysyms1",
    "libxcb-shape.so.0": "libxcb-shape0",
    "libxcb-xkb.so.1": "libxcb-xkb1",
    "libwayland-cursor.so.0": "libwayland-cursor0",
    "libcups.so.2": "libcups2",
}
# What the fault tests call: cutting system calls, a small C program, reading the text of a PDF.
TEST_TOOLS = {"strace": ("strace",), "gcc": ("gcc", "libc6-dev"), "pdftotext": ("poppler-utils",)}


class CannotGoOn(Exception):
    """Set-up stops here; carries what to tell the person, in Chinese and in English."""

    def __init__(self, chinese: str, english: str) -> None:
        super().__init__(english)
        self.chinese = chinese
        self.english = english


class Plan(NamedTuple):
    """What was asked for: `run`, `test` or `prepare`, a package index or "", and the words handed on."""

    verb: str
    index_url: str
    words: list[str]


def main(words: list[str]) -> int:
    """Sets up what is missing, then opens the counter (`run`), runs the tests (`test`) or stops there (`prepare`).

    Returns the exit code: that of the program or of the tests, or 2 when the machine could not be made ready.
    """
    try:
        plan = read_words(words)
        require_python(sys.version_info[:2])
        if sys.platform == "linux":
            require_system_packages(plan)
        python = prepare_environment(plan)
    except CannotGoOn as stop:
        say(stop.chinese, stop.english, to_error=True)
        return 2
    if plan.verb == "prepare":
        say("准备完毕。", "Everything is in place.")
        return 0
    if plan.verb == "test":
        return run_tests(python, plan.words)
    return open_counter(python, plan.words or ["demo"])


def say(chinese: str, english: str, *, to_error: bool = False) -> None:
    """One plain sentence for the person at the machine, in both languages."""
    print(chinese, english, sep="\n", file=sys.stderr if to_error else sys.stdout, flush=True)


# --- what was asked for ---


def read_words(words: list[str]) -> Plan:
    """Reads `VERB [--index URL] [anything else, handed on]`.

    Raises:
        CannotGoOn: no such verb, or `--index` without its address.
    """
    verb, rest = (words[0], list(words[1:])) if words else ("run", [])
    if verb not in {"run", "test", "prepare"}:
        raise CannotGoOn(
            f"没有“{verb}”这个命令，只有 run、test、prepare。",
            f"There is no command {verb!r}: run, test or prepare.",
        )
    index = ""
    if rest and rest[0].startswith("--index="):
        index = rest.pop(0).partition("=")[2]
    elif rest and rest[0] == "--index":
        index = rest[1] if len(rest) > 1 else ""
        rest = rest[2:]
        if not index:
            raise CannotGoOn("--index 后面要写软件源的网址。", "--index needs the address of a package index.")
    return Plan(verb, index, rest)


def opens_a_window(words: list[str]) -> bool:
    """Whether the counter, given these words, would open its window: a plain start and `demo` do."""
    if {"-h", "--help", "--version", "--no-open"} & set(words):
        return False
    if any(word.split("=")[0] == "--offscreen-picture" for word in words):
        return False
    values = {at + 1 for at, word in enumerate(words) if word in OPTIONS_WITH_A_VALUE}
    commands = [word for at, word in enumerate(words) if at not in values and not word.startswith("-")]
    return commands[:1] in ([], ["demo"])


# --- Python and the system's packages ---


def require_python(version: tuple[int, ...]) -> None:
    """Raises:
    CannotGoOn: this Python is older than 3.11.
    """
    if version >= OLDEST_PYTHON:
        return
    found = ".".join(map(str, version))
    raise CannotGoOn(
        f"需要 Python 3.11 或更新版本，当前是 {found}。"
        "Windows：winget install Python.Python.3.13；Debian 12/13：apt-get install python3",
        f"Python 3.11 or newer is needed, this is {found}. Windows: winget install Python.Python.3.13; "
        "Debian 12/13: apt-get install python3",
    )


def require_system_packages(plan: Plan) -> None:
    """Installs the Debian packages that are missing for this plan, after saying so.

    Raises:
        CannotGoOn: this user may not install what is missing (the exact line is said), or this is no Debian.
    """
    packages = missing_packages(plan)
    if not packages:
        return
    if not shutil.which("apt-get"):
        names = " ".join(packages)
        raise CannotGoOn(
            f"缺少系统软件包（Debian 名称）：{names}。请用本系统的软件包管理器安装后重试。",
            f"System packages are missing (Debian's names): {names}. Install them with this system's package manager.",
        )
    install_packages(packages)
    still_missing = missing_packages(plan)
    if still_missing:
        names = " ".join(still_missing)
        raise CannotGoOn(f"安装之后仍然缺少：{names}", f"Still missing after the installation: {names}")


def missing_packages(plan: Plan) -> list[str]:
    """The Debian packages whose libraries or tools this machine cannot load, sorted, each once."""
    needed = dict(DRAWING)
    if plan.verb == "run" and opens_a_window(plan.words) and has_screen(os.environ):
        needed.update(SCREEN_AND_PRINTER)
    packages = {package for library, package in needed.items() if not library_loads(library)}
    if importlib.util.find_spec("ensurepip") is None:
        packages.add("python{}.{}-venv".format(*sys.version_info[:2]))
    if plan.verb == "test":
        for tool, names in TEST_TOOLS.items():
            if not shutil.which(tool):
                packages.update(names)
        if not Path("/usr/include/stdio.h").exists():
            packages.add("libc6-dev")
    return sorted(packages)


def library_loads(library: str) -> bool:
    """Whether the dynamic loader finds this library and all that it needs itself."""
    try:
        ctypes.CDLL(library)
    except OSError:
        return False
    return True


def install_packages(packages: list[str]) -> None:
    """Runs apt-get as root or through sudo; fetches the package lists first when there are none or they are stale.

    Raises:
        CannotGoOn: with the exact line that somebody with the right to must run.
    """
    install = ["apt-get", "install", "-y", "-q", "--no-install-recommends", *packages]
    line = "apt-get update && " + " ".join(install)
    prefix = _right_to_install()
    if prefix is None:
        raise CannotGoOn(
            f"缺少系统软件包，而当前用户没有安装权限。请管理员执行：\n  {line}",
            f"System packages are missing and this user may not install them. Ask an administrator to run:\n  {line}",
        )
    command = [*prefix, *install]
    shown = " ".join(command)
    say(f"缺少系统软件包，正在安装：{shown}", f"System packages are missing; installing: {shown}")
    if not has_package_lists():
        _apt([*prefix, "apt-get", "update"])
    if _apt(command) == 0 or (_apt([*prefix, "apt-get", "update"]) == 0 and _apt(command) == 0):
        return
    sudo = "sudo " if prefix else ""
    exact = f"{sudo}apt-get update && {sudo}{' '.join(install)}"
    raise CannotGoOn(f"没有装成。请手工执行：\n  {exact}", f"The installation failed. Please run by hand:\n  {exact}")


def has_package_lists() -> bool:
    """Whether apt has ever fetched what it could install."""
    return any(APT_LISTS.glob("*_Packages*"))


def _right_to_install() -> list[str] | None:
    """What to write before apt-get: nothing for root, sudo for others, None where neither is possible."""
    if os.geteuid() == 0:
        return ["env", "DEBIAN_FRONTEND=noninteractive"]
    if not shutil.which("sudo"):
        return None
    ask = ["sudo"] if sys.stdin.isatty() else ["sudo", "-n"]
    if subprocess.call([*ask, "true"]) != 0:
        return None
    return [*ask, "env", "DEBIAN_FRONTEND=noninteractive"]


def _apt(command: list[str]) -> int:
    return subprocess.call(command, stdin=subprocess.DEVNULL)


# --- the virtual environment ---


def prepare_environment(plan: Plan) -> Path:
    """Makes `.venv` hold exactly what the lock file names, and the project; does nothing when it does already.

    Returns the environment's Python.

    Raises:
        CannotGoOn: the environment could not be made, or a package not be fetched.
    """
    level = "test" if plan.verb == "test" else "run"
    folder = ROOT / ".venv"
    python = folder / ("Scripts/python.exe" if os.name == "nt" else "bin/python")
    state = folder / "installed.json"
    wanted = fingerprint(level)
    installed = read_state(state)
    if installed.get(level) == wanted and python.exists():
        return python
    # pip takes a package that was half copied when the power went for an installed one, so after that all is made anew
    unfinished = folder / "unfinished"
    make_environment(
        folder, python, is_unusable=unfinished.exists() or installed.get("python", sys.version) != sys.version
    )
    unfinished.touch()
    state.unlink(missing_ok=True)
    install_locked(python, level, plan.index_url)
    compile_program(python)
    finished = {"python": sys.version, level: wanted}
    if level == "test":
        finished["run"] = fingerprint("run")  # the test lock holds everything that running needs
    state.write_text(json.dumps(finished), encoding="utf-8")
    unfinished.unlink()
    return python


def fingerprint(level: str) -> str:
    """Changes whenever the lock file, the project file, this Python or the project's place changes."""
    digest = hashlib.sha256(f"{sys.version}\0{ROOT}\0".encode())
    for path in (ROOT / "installer" / LOCKS[level], ROOT / "pyproject.toml"):
        digest.update(path.read_bytes())
    return digest.hexdigest()


def read_state(path: Path) -> dict[str, str]:
    """What the last finished installation left behind; empty when there was none or it cannot be read."""
    try:
        state = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return {}
    return {str(key): str(value) for key, value in state.items()} if isinstance(state, dict) else {}


def make_environment(folder: Path, python: Path, *, is_unusable: bool) -> None:
    """Creates `.venv`, anew when it is unusable: half made, or another Python's.

    Raises:
        CannotGoOn: Python's venv module failed.
    """
    if not is_unusable and python.exists() and _is_quiet_success([str(python), "-m", "pip", "--version"]):
        return
    say(f"正在建立虚拟环境 {folder}", f"Making the virtual environment {folder}")
    if subprocess.call([sys.executable, "-m", "venv", "--clear", str(folder)]) != 0:
        raise CannotGoOn(
            f"虚拟环境没有建成。请检查 {folder} 是否可写，然后重试。",
            f"The virtual environment was not made. Check that {folder} can be written, then try again.",
        )


def install_locked(python: Path, level: str, index: str) -> None:
    """Installs every locked package, each checked against its hash, then the project itself from this folder.

    Raises:
        CannotGoOn: pip failed; its own words stand above.
    """
    lock = ROOT / "installer" / LOCKS[level]
    say(
        "正在安装依赖包（逐个核对哈希），第一次需要几分钟。",
        "Installing the packages, each checked by its hash; the first time takes minutes.",
    )
    pip = [str(python), "-m", "pip", "install", "--disable-pip-version-check"]
    pip += [] if sys.stdout.isatty() else ["--quiet"]  # who sits before it wants to see that it moves
    locked = ["--require-hashes", "--no-deps", "--only-binary", ":all:", "-r", str(lock)]
    project = ["--no-deps", "--no-build-isolation", "--no-index", "-e", str(ROOT)]
    mirror = ["--index-url", index] if index else []
    if subprocess.call([*pip, *mirror, *locked]) == 0 and subprocess.call([*pip, *project]) == 0:
        return
    raise CannotGoOn(
        "依赖包没有装完。请检查网络；内网可用 --index 网址 指定软件源（也可用 PIP_INDEX_URL 等变量）。"
        "再次运行会重装，已下载的不会再下载。",
        "The packages are not complete. Check the network; inside a closed network name a mirror by --index URL "
        "(or PIP_INDEX_URL). Running this command again installs anew and keeps what was downloaded.",
    )


def compile_program(python: Path) -> None:
    """Compiles packages and program, wherever Python itself is told to keep no bytecode: else each start does it anew.

    A folder that cannot be written is no hindrance: the program only starts more slowly.
    """
    # without the list of search paths: `-m compileall` alone would take them all
    packages = "import sysconfig; print(sysconfig.get_path('purelib'))"
    found = subprocess.run([str(python), "-c", packages], capture_output=True, encoding="utf-8", check=False)
    folders = [found.stdout.strip(), str(ROOT / "counter_app")]
    subprocess.call([str(python), "-m", "compileall", "-qq", "-j", "0", *filter(None, folders)])


def _is_quiet_success(command: list[str]) -> bool:
    try:
        return subprocess.run(command, capture_output=True, check=False).returncode == 0
    except OSError:
        return False


# --- handing over ---


_CORES = ("-n", "auto", "--dist", "worksteal")
"""A process for each core; whoever has no tests left takes some of a neighbour's."""


def run_tests(python: Path, words: list[str]) -> int:
    """Runs pytest without a screen, a process for each core; style, types and floors are among its tests."""
    say("正在运行全部测试，请稍候。", "Running all tests.")
    without_screen = {**os.environ, "QT_QPA_PLATFORM": "offscreen"}
    return _call([str(python), "-m", "pytest", *_CORES, *words], without_screen, folder=ROOT)


def open_counter(python: Path, words: list[str]) -> int:
    """Starts the counter with these words, in the caller's folder; without a screen the counter itself says so."""
    return _call([str(python), "-m", "counter_app", *words], dict(os.environ))


def has_screen(environment: Mapping[str, str]) -> bool:
    """Whether a window could open: on Linux only where a display server or a Qt platform is named."""
    if sys.platform != "linux":
        return True
    return any(environment.get(name) for name in ("DISPLAY", "WAYLAND_DISPLAY", "QT_QPA_PLATFORM"))


def _call(command: list[str], environment: dict[str, str], folder: Path | None = None) -> int:
    try:
        return subprocess.call(command, env=environment, cwd=folder)
    except KeyboardInterrupt:
        return 130


if __name__ == "__main__":
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(encoding="utf-8", errors="replace")
    sys.exit(main(sys.argv[1:]))
