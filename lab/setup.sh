#!/usr/bin/env bash
# Installs what the lab needs into .lab inside the project: the pinned Python packages, the pinned Go tools,
# and the kernels. What is already there is left alone, so a second call takes a second and no network.
#
#   lab/setup.sh          what a person needs
#   lab/setup.sh --next   and says in the end what to do next
#   lab/setup.sh --test   and what the checks need on top
set -euo pipefail
bash "$(dirname "$0")/prerequisites.sh"
source "$(dirname "$0")/environment.sh"

# The Python beneath any virtual environment that is active, the lab's own among them.
base=$("${PYTHON:-python3}" -c 'import os, sys; print(os.path.realpath(sys._base_executable))')

steps=4
if [ "${1:-}" = --test ]; then steps=5; fi
# step N WHAT: what is being done, and how long it takes: measured on two cores of an AMD EPYC with empty caches, downloads left out.
step() { say "$1 of $steps: $2"; }

# One set-up at a time: a second one waits for the first. The lock goes when this process ends, however it ends.
mkdir -p "$lab/bin"
exec 9>"$lab/setup.lock"
"$base" -c 'import fcntl; fcntl.flock(9, fcntl.LOCK_EX)'

# current FILE KEY: FILE says that the state described by KEY is what is installed.
current() { [ "$(cat "$1" 2>/dev/null)" = "$2" ]; }

pip_install() { # requirement files; each lists every dependency, so pip need not look for more
    local files=()
    for file in "$@"; do files+=(-r "$root/lab/requirements/$file"); done
    "$python" -m pip install --quiet --disable-pip-version-check --no-deps --only-binary :all: --require-hashes "${files[@]}"
}

install_python() {
    # A virtual environment holds absolute paths and links to its Python: another place or Python needs a new one.
    local key
    key="$root | $base | $("$base" --version) | $(cat lab/requirements/lab.txt lab/requirements/plugin.txt | cksum)"
    if ! current "$lab/venv/installed" "$key"; then
        step 1 "JupyterLab and the XLA plugin into .lab/venv; 106 MB and half a minute (all steps: 300 MB and three minutes, once)"
        "$base" -m venv --clear "$lab/venv"
        pip_install lab.txt plugin.txt
        printf '%s\n' "$key" >"$lab/venv/installed"
    fi
}

install_python_for_tests() {
    local key
    key=$(cksum <lab/requirements/test.txt)
    if ! current "$lab/venv/installed-for-tests" "$key"; then
        step 5 "what the tests need into .lab/venv; 100 MB and half a minute"
        pip_install test.txt
        printf '%s\n' "$key" >"$lab/venv/installed-for-tests"
    fi
}

# A notebook's first cell links all packages: better to compile them now, as cells are compiled. One that is being worked
# on may not compile, which is no reason to keep the lab closed.
install_go() {
    local key
    key="$root | $(go version) | $as_cells_are | $(cat go.mod go.sum | cksum)"
    if ! current "$lab/bin/installed" "$key"; then
        step 2 "Go modules, 190 MB, and the tools into .lab/bin; a minute"
        go build "$as_cells_are" -o "$lab/bin/" github.com/janpfeifer/gonb golang.org/x/tools/cmd/goimports \
            golang.org/x/tools/gopls honnef.co/go/tools/cmd/staticcheck
        step 3 "the packages, compiled as notebooks' cells are; a minute"
        if go build "$as_cells_are" ./... && fetch_for_cells; then printf '%s\n' "$key" >"$lab/bin/installed"; fi
    fi
    step 4 "the command unstuck and the kernels; half a minute the first time, then seconds"
    go build "$as_cells_are" -o "$lab/bin/unstuck" ./cmd/unstuck
    if [ -d distributed ]; then # a module of its own, for "unstuck sweep" and notebook 10; images do without
        (cd distributed && go build "$as_cells_are" -o "$lab/bin/" ./cmd/unstuck-distributed)
    fi
}

# A notebook's cell is built in a workspace of its own with the project. That reads the go.mod files of modules which
# the project alone never looks at: without them here, the first cell would need a network.
fetch_for_cells() (
    trap 'rm -rf "$lab/cell"' EXIT
    export GOFLAGS= GOWORK=
    rm -rf "$lab/cell" && mkdir "$lab/cell" && cd "$lab/cell" &&
        go mod init cell 2>/dev/null && go work init . "$root" && go list -deps example.com/unstuck/... >/dev/null
)

install_python
install_go
"$lab/bin/unstuck" kernel install --prefix "$lab/venv" --project "$root" >"$lab/kernels.log" 2>&1 || {
    cat "$lab/kernels.log" >&2
    exit 1
}
if [ "${1:-}" = --test ]; then install_python_for_tests; fi
if [ "${1:-}" = --next ]; then say "Done. Next: 'make lab' opens JupyterLab on notebooks/00-start.ipynb, 'make test' runs every check."; fi
