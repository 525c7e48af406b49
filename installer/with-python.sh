#!/bin/sh
# Finds Python 3.11 or newer (on Debian it installs Python when there is none) and hands over to bootstrap.py.
set -eu
here=$(CDPATH='' cd -- "$(dirname -- "$0")" && pwd)

find_python() {
    for name in python3 python3.14 python3.13 python3.12 python3.11; do
        if "$name" -c 'import sys, ctypes, hashlib, json, subprocess, venv; sys.exit(sys.version_info < (3, 11))' >/dev/null 2>&1; then
            echo "$name"
            return 0
        fi
    done
    return 1
}

give_up() {
    cat "$here/need-python.txt" >&2
    printf '  %s\n' "$1" >&2
    exit 2
}

install_python() {
    line="apt-get update && apt-get install -y --no-install-recommends python3 python3-venv"
    command -v apt-get >/dev/null 2>&1 || give_up "https://www.python.org/downloads/"
    if [ "$(id -u)" = 0 ]; then
        printf '正在安装 Python：%s\nInstalling Python: %s\n' "$line" "$line"
        DEBIAN_FRONTEND=noninteractive sh -c "$line" || give_up "$line"
    elif command -v sudo >/dev/null 2>&1; then
        printf '需要管理员权限安装 Python，将执行：sudo sh -c "%s"\nInstalling Python needs sudo: sudo sh -c "%s"\n' "$line" "$line"
        if [ -t 0 ]; then sudo sh -c "$line"; else sudo -n sh -c "$line"; fi || give_up "sudo sh -c \"$line\""
    else
        give_up "$line"
    fi
}

python=$(find_python) || { install_python; python=$(find_python) || give_up "Python >= 3.11"; }
exec "$python" "$here/bootstrap.py" "$@"
