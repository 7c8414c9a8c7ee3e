#!/usr/bin/env bash
# Runs every check of the project, as set up by lab/setup.sh --test. A check that fails doesn't keep the others
# from running; the last lines say which did, and how many tests passed, failed and were skipped, and why.
#
# UNSTUCK_NO_SKIP=1 takes a test that is skipped for a missing tool as failed; lab/may-skip.txt names what is excused.
set -uo pipefail
source "$(dirname "$0")/environment.sh"

failed=()
tests="$lab/tests.tsv" # a line for each test: verdict, name, reason
: >"$tests"
: >"$lab/failed.log" # the ends of what failed checks printed: repeated last, where a log that was cut still has them
note() { printf '%s\t%s\t%s\n' "$1" "$2" "${3:-}" >>"$tests"; }

check() { # name, command: prints what it prints, then how long it took
    local name=$1 start=$SECONDS
    shift
    say "== $name"
    if "$@" 2>&1 | tee "$lab/check.log"; then
        echo "== $name: passed in $((SECONDS - start)) s"
    else
        echo "== $name: FAILED after $((SECONDS - start)) s"
        failed+=("$name")
        {
            echo "== $name, the end of what it printed:"
            tail -n 40 "$lab/check.log"
            echo "Disk and memory then:"
            df -h "$lab" "${TMPDIR:-/tmp}"
            free -m 2>/dev/null
        } >>"$lab/failed.log"
    fi
}

formatting() {
    local unformatted
    unformatted=$(find . -name '*.go' -not -path './.lab/*' -exec gofmt -l {} +) || return 1
    [ -z "$unformatted" ] && return
    printf '%s\n' "$unformatted" "make fmt formats them."
    return 1
}

# The Python package is tested with PyTorch and Keras where nothing may be skipped, and where they are installed already.
# They are 3 GB: fetched while the Go tests run. Without them (no network, an old Python) their tests say that they skip.
peers="$lab/peers/bin/python"
if [ "${UNSTUCK_NO_SKIP:-}" = 1 ]; then
    bash bench/peers.sh >"$lab/peers.log" 2>&1 &
    fetching=$!
fi

check "formatting" formatting
# These two read what the lab has compiled already.
check "go vet" env GOFLAGS="$GOFLAGS $as_cells_are" go vet ./...
# What it finds it finds twice; what it trips over while the peers are fetched beside it (disk, memory) it needn't, behind that.
static() {
    "$lab/bin/staticcheck" ./... && return
    local i
    for ((i = 0; i < 900; i++)); do # in a pipe nobody can wait for a process of the script, and its number may be another's by now
        kill -0 "${fetching:-none}" 2>/dev/null || break
        sleep 1
    done
    "$lab/bin/staticcheck" ./...
}
GOFLAGS="$GOFLAGS $as_cells_are" check "staticcheck" static
# The work queue is a module of its own, with a server of NATS in it that nothing else needs.
queue() { (cd distributed && "$@"); }
check "go vet of the work queue" queue go vet ./...
check "staticcheck of the work queue" queue static
go_test() { # arguments of go test
    go test -json "$@" | "$lab/bin/tally" -into "$tests" -may-skip lab/may-skip.txt
}
python_tests() { # a folder, the files in it, Python where it isn't the lab's
    local said status=0 ran name verdict
    said=$(PYTHONPATH="$root/python" "${3:-$python}" -W ignore -m unittest discover --verbose -s "$1" -p "$2" 2>&1) || status=1
    ran=$(sed -n 's/^\([A-Za-z_0-9]*\) (.*\.\.\. \(ok\|FAIL\|ERROR\|skipped.*\)$/\1 \2/p' <<<"$said")
    while read -r name verdict; do
        case $verdict in
        ok) note pass "$1 $name" ;;
        skipped*)
            if [ "${UNSTUCK_NO_SKIP:-}" != 1 ] || grep -qF -f <(grep -v '^#' lab/may-skip.txt) <<<"$verdict"; then
                note skip "$1 $name" "$verdict"
            else
                note fail "$1 $name" "$verdict, where UNSTUCK_NO_SKIP=1 allows none"
                status=1
            fi
            ;;
        ?*) note fail "$1 $name" ;;
        esac
    done <<<"$ran"
    [ $status -eq 0 ] || printf '%s\n' "$said"
    return $status
}
notebooks() {
    local verdict=pass notebook
    bash lab/notebooks.sh || verdict=fail
    for notebook in notebooks/*.ipynb; do note $verdict "$notebook"; done # together: one that fails fails all
    [ $verdict = pass ]
}
go build -o "$lab/bin/tally" ./lab/tally || exit 1

# The race detector makes a test several times slower and finds nothing where everything happens one after the other: it
# watches the packages that start goroutines or guard against those of others, in their tests too, and what these call.
concurrent=$(grep -rlE --include='*.go' '^\s*(defer )?go (func\b|[A-Za-z_.]+\()|\.Go\(|"sync/atomic"|\bsync\.(Mutex|RWMutex|WaitGroup|Map|Pool|Cond)\b|\.Parallel\(' \
    bench cmd docker docs examples internal kernels lab pkg | xargs -n 1 dirname | sort -u | sed 's,^,./,' |
    grep -vx ./pkg/doctor) # its trainings would take half an hour: one that tries much stands for them
others=$(go list ./... | grep -vxF -f <(go list $concurrent))
# Two packages at a time: with the detector each takes several times its usual memory. It also turns on checks of unsafe
# pointers, which GoMLX's pure-Go backend does not pass: its matrix product keeps addresses as numbers.
check "go test -race" go_test -race -p 2 -timeout 30m -gcflags 'github.com/gomlx/compute/...=-d=checkptr=0' $concurrent
check "go test -race of trials side by side" go_test -race -timeout 30m -gcflags 'github.com/gomlx/compute/...=-d=checkptr=0' \
    -run 'Early|SideBySideIsOneByOne/incurable' ./pkg/doctor
GOFLAGS="$GOFLAGS $as_cells_are" check "go test of what knows no goroutines" go_test -timeout 30m $others
queue_test() { queue go test -json "$@" | "$lab/bin/tally" -into "$tests" -may-skip lab/may-skip.txt; }
check "go test of the work queue" queue_test -timeout 10m ./...
# Its processes train in pure Go, which the detector slows down tenfold: fewer of them.
check "go test -race of the work queue" queue_test -race -timeout 10m -gcflags 'github.com/gomlx/compute/...=-d=checkptr=0' \
    -run 'IsLost|SameAs|Again|Cancelled|GivesBack|Labels|Errors|Poisoned|DeadWorker|LostConn' . -args -trials 30 -kills 4 -epochs 60
if [ -n "${fetching:-}" ]; then
    wait "$fetching" 2>/dev/null # how it ended is forgotten where its number was another process's since: the script itself knows what is missing
    bash bench/peers.sh || cat "$lab/peers.log"
fi
[ -e "$lab/peers/installed" ] || peers=$python
check "the Python package" python_tests python/tests 'test_*.py' "$peers"
check "the notebook check itself" python_tests lab run_notebooks_test.py
check "a notebook that a reader edits" python_tests lab edited_notebooks_test.py
check "the pages of the documents" python_tests lab site_test.py
check "notebooks" notebooks

awk -F '\t' '$1 == "skip" { print "skipped: " $2 " (" $3 ")" } $1 == "fail" { print "FAILED: " $2 ($3 ? " (" $3 ")" : "") }' "$tests"

cat "$lab/failed.log"
if [ ${#failed[@]} -gt 0 ]; then
    printf 'Failed: %s\n' "${failed[*]}"
else
    echo "All checks passed in $SECONDS s."
fi
awk -F '\t' '{ n[$1]++ } END { printf "%d passed, %d failed, %d skipped\n", n["pass"], n["fail"], n["skip"] }' "$tests"
[ ${#failed[@]} -eq 0 ]
