#!/usr/bin/env bash
# Runs every check of the project, as set up by lab/setup.sh --test. A check that fails doesn't keep the others
# from running; the last lines say which did.
set -uo pipefail
source "$(dirname "$0")/environment.sh"

failed=()
check() { # name, command: prints what it prints, then how long it took
    local name=$1 start=$SECONDS
    shift
    say "== $name"
    if "$@"; then
        echo "== $name: passed in $((SECONDS - start)) s"
    else
        echo "== $name: FAILED after $((SECONDS - start)) s"
        failed+=("$name")
    fi
}

formatting() {
    local unformatted
    unformatted=$(find . -name '*.go' -not -path './.lab/*' -exec gofmt -l {} +) || return 1
    [ -z "$unformatted" ] && return
    printf '%s\n' "$unformatted" "make fmt formats them."
    return 1
}

check "formatting" formatting
# These two read what the lab has compiled already.
check "go vet" env GOFLAGS="$GOFLAGS $as_cells_are" go vet ./...
check "staticcheck" env GOFLAGS="$GOFLAGS $as_cells_are" "$lab/bin/staticcheck" ./...
# Two packages at a time: with the race detector each takes several times its usual memory. The detector also turns on
# checks of unsafe pointers, which GoMLX's pure-Go backend does not pass: its matrix product keeps addresses as numbers.
check "go test" go test -race -p 2 -timeout 30m -gcflags 'github.com/gomlx/compute/...=-d=checkptr=0' \
    $(go list ./... | grep -v '/docs/causes$')
# Nothing but trainings, one after the other, of packages that were under the detector above: it would take minutes.
check "go test of the causes' pages" go test ./docs/causes
check "the notebook check itself" "$python" -m unittest discover --quiet -s lab -p run_notebooks_test.py
check "notebooks" bash lab/notebooks.sh

if [ ${#failed[@]} -gt 0 ]; then
    printf 'Failed: %s\n' "${failed[*]}"
    exit 1
fi
echo "All checks passed in $SECONDS s."
