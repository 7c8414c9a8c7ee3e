#!/usr/bin/env bash
# Names every missing prerequisite in one plain line each, with the command that installs it on Debian or
# Ubuntu and on macOS. Exits 1 when something is missing.
set -u
cd "$(dirname "$0")/.." || exit 1
missing=0

lacks() { # what, command on Debian/Ubuntu, command on macOS
    printf 'Missing: %s. Debian/Ubuntu: %s   macOS: %s\n' "$1" "$2" "$3" >&2
    missing=1
}

# older A B: A is an older version than B; both are like 1.26.5.
older() {
    [ "$1" != "$2" ] && [ "$(printf '%s\n%s\n' "$1" "$2" | sort -t. -k1,1n -k2,2n -k3,3n | head -n 1)" = "$1" ]
}

check_go() {
    local want found
    want=$(awk '$1 == "go" { print $2; exit }' go.mod)
    local on_debian="wget -qO- https://go.dev/dl/go$want.linux-amd64.tar.gz | sudo tar -C /usr/local -xz && export PATH=/usr/local/go/bin:\$PATH"
    if ! command -v go >/dev/null 2>&1; then
        lacks "Go $want or newer" "$on_debian" "brew install go"
        return
    fi
    # Asked outside of the module: inside, an old go would first try to become the new one.
    found=$(cd / && GOTOOLCHAIN=local go version | awk '{ sub(/^go/, "", $3); print $3 }')
    older "$found" "$want" || return 0
    # Go 1.21 and later fetch the version that go.mod asks for, where they may and can.
    if older "$found" 1.21 || ! go version >/dev/null 2>&1; then
        lacks "Go $want or newer (go is $found here, and could not fetch the newer one itself)" "$on_debian" "brew install go"
    fi
}

check_python() {
    local python=${PYTHON:-python3}
    if ! command -v "$python" >/dev/null 2>&1; then
        lacks "Python 3.10 or newer with venv ($python)" "sudo apt-get install python3 python3-venv" "brew install python"
    elif ! "$python" -c 'import sys; sys.exit(sys.version_info < (3, 10))'; then
        lacks "Python 3.10 or newer ($("$python" --version) found; PYTHON=/path/to/python3 picks another)" \
            "sudo apt-get install python3 python3-venv" "brew install python"
    elif ! "$python" -c 'import ensurepip, venv' 2>/dev/null; then
        lacks "Python's venv module" "sudo apt-get install python3-venv" "brew install python"
    fi
}

check_c_compiler() {
    local cc=${CC:-}
    if [ -z "$cc" ]; then
        cc=cc
        command -v go >/dev/null 2>&1 && cc=$(cd / && GOTOOLCHAIN=local go env CC)
    fi
    # Unquoted on purpose: CC may carry options. The C library's headers are checked along with it.
    if ! echo '#include <stdlib.h>' | $cc -x c -fsyntax-only - >/dev/null 2>&1; then
        lacks "a C compiler with the C library's headers ($cc)" "sudo apt-get install gcc libc6-dev" "xcode-select --install"
    fi
}

check_go
check_python
check_c_compiler
exit $missing
