#!/bin/sh
# Makes both lock files anew from pyproject.toml; needs uv. Windows x64 and Linux x86-64 must have a wheel for every line.
set -eu
cd "$(dirname -- "$0")/.."
lock() { uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-annotate --no-header "$@"; }
lock --extra test pyproject.toml installer/build.in --output-file installer/requirements.lock
lock --constraint installer/requirements.lock pyproject.toml installer/build.in --output-file installer/runtime.lock
for version in 3.11 3.12 3.13; do
    for platform in x86_64-pc-windows-msvc x86_64-manylinux_2_34; do
        uv pip compile --quiet --no-header --no-annotate --only-binary :all: --python-version "$version" \
            --python-platform "$platform" installer/requirements.lock >/dev/null
        echo "every package has a wheel for Python $version on $platform"
    done
done
