#!/usr/bin/env bash
# Pins the Python packages named in lab/requirements/*.in, with hashes, for Python 3.10 to 3.13 (those of
# "make bench": from 3.11) and every platform they are published for. Versions that still fit are kept;
# "lab/lock.sh --upgrade" takes newer ones.
set -euo pipefail
cd "$(dirname "$0")/requirements"
root=$(cd ../.. && pwd)

uv="$root/.lab/lock/bin/uv"
if [ ! -x "$uv" ]; then
    "${PYTHON:-python3}" -m venv "$root/.lab/lock"
    "$root/.lab/lock/bin/python" -m pip install --quiet uv==0.13.9
fi

pin() { # name, further options of uv
    local name=$1
    shift
    echo "lab/requirements/$name.txt"
    "$uv" pip compile "$name.in" --output-file "$name.txt" --quiet --universal --python-version "${oldest:-3.10}" \
        --generate-hashes --no-emit-index-url --no-emit-find-links \
        --custom-compile-command "make requirements" "$@"
}

pin lab "$@"
pin plugin --no-deps "$@"
pin test "$@"
oldest=3.11 pin docs "$@"
oldest=3.11 pin peers "$@"
oldest=3.11 pin pytorch --no-emit-package triton "$@"
