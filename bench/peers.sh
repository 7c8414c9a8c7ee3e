#!/usr/bin/env bash
# Installs what "make bench" compares with into .lab/peers, an environment of its own. PYTORCH=no leaves
# PyTorch out, which needs 2 GB more.
set -euo pipefail
source "$(dirname "$0")/../lab/environment.sh"

files=(peers.txt)
if [ "${PYTORCH:-yes}" != no ]; then files+=(pytorch.txt); fi
base="${PYTHON:-python3}"
"$base" -c 'import sys; sys.exit(sys.version_info < (3, 11))' || {
    echo "The peers need Python 3.11 or later; this is $("$base" --version). PYTHON=/path/to/python3 picks another." >&2
    exit 1
}
cd lab/requirements
key="$root | $("$base" -c 'import sys; print(sys.version, sys._base_executable)') | ${files[*]} | $(cat "${files[@]}" | cksum)"
if [ "$(cat "$lab/peers/installed" 2>/dev/null)" = "$key" ]; then exit; fi
say "Installing the peers into .lab/peers (once; some 400 MB, 3 GB with PyTorch)"
"$base" -m venv --clear "$lab/peers"
options=()
for file in "${files[@]}"; do options+=(-r "$file"); done
"$lab/peers/bin/python" -m pip install --quiet --disable-pip-version-check --no-deps --no-compile --only-binary :all: --require-hashes "${options[@]}"
printf '%s\n' "$key" >"$lab/peers/installed"
