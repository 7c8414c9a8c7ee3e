#!/usr/bin/env bash
# Tries the project on a machine that has nothing: a Debian 12 of its own (debootstrap, minbase) with git and the
# prerequisites, in which a user without rights clones the committed state, sets it up from nothing, starts the lab and
# executes the notebooks without a network, and runs make test.
#
# Needs root, debootstrap and a Debian mirror; it is not part of make test. Debian 12's Go is too old, so the Go of
# this machine is copied. How this machine reaches package registries (mirror, proxy, certificates) is taken along, too,
# and so is the folder ../shared where there is one, for reading only.
#
#   sudo lab/clean-debian.sh [--test N] [--busy] [folder]
#
#   folder     kept when named, else a new one is removed at the end
#   --test N   runs make test alone, N times in a row, the first one from an empty home, and prints the counts
#   --busy     keeps one core busy meanwhile
#   MIRROR=…, SUITE=trixie, SHARED=…     another mirror than apt's, another Debian, another folder than ../shared
set -euo pipefail
cd "$(dirname "$0")/.."
repository=$PWD

if [ "$(id -u)" -ne 0 ]; then
    echo "This needs root: sudo lab/clean-debian.sh" >&2
    exit 1
fi
if ! command -v debootstrap >/dev/null; then
    echo "Missing: debootstrap. Debian/Ubuntu: sudo apt-get install debootstrap" >&2
    exit 1
fi

times=0 busy=no
while [ $# -gt 0 ]; do
    case $1 in
    --test)
        times=${2:-}
        [[ $times =~ ^[1-9][0-9]*$ ]] || { echo "--test takes a number of times, as in --test 3" >&2; exit 2; }
        shift 2
        ;;
    --busy) busy=yes; shift ;;
    -*) echo "unknown: $1; see the head of lab/clean-debian.sh" >&2; exit 2 ;;
    *) break ;;
    esac
done

if [ $# -gt 0 ]; then
    machine=$1
    mkdir -p "$machine"
    machine=$(cd "$machine" && pwd)
    keep=yes
else
    machine=$(mktemp -d)
fi
# Bash hears a signal only when what it runs in front has ended: what takes long runs behind, and is waited for.
child='' load='' keep=${keep:-}
finish() {
    # The first process in there takes all others with it. Unshare's --kill-child ends with the change of the user.
    if [ -n "$child" ]; then pkill -KILL -P "$child" || true; fi
    if [ -n "$load" ]; then kill "$load" || true; fi
    [ -z "$child" ] || wait "$child" || true
    [ -n "$keep" ] || rm -rf --one-file-system "$machine"
}
trap finish EXIT
trap 'exit 130' INT
trap 'exit 143' TERM
place="/home/ada/une forêt/unstuck" # a path that trips what is not quoted
suite=${SUITE:-bookworm}
shared=${SHARED:-../shared}

if [ ! -e "$machine/etc/debian_version" ]; then
    echo "== a Debian of its own in $machine"
    mirror=${MIRROR:-$(apt-get indextargets --format '$(RELEASE) $(REPO_URI)' 'Created-By: Packages' 2>/dev/null | awk -v suite="$suite" '$1 == suite { print $2; exit }')}
    debootstrap --variant=minbase --include=make,gcc,libc6-dev,python3,python3-venv,git,ca-certificates \
        "$suite" "$machine" ${mirror:+"$mirror"} >"$machine.log" 2>&1 || {
        tail -n 20 "$machine.log" >&2
        exit 1
    }
    rm -f "$machine.log"
    chroot "$machine" useradd ada
    cp -r "$(go env GOROOT)" "$machine/usr/local/go"
fi

# The way to the registries, as this machine has it; nothing of it is in the repository.
cp -L /etc/resolv.conf /etc/hosts "$machine/etc/"
rm -rf "$machine/etc/ssl/certs"
cp -rL /etc/ssl/certs "$machine/etc/ssl/"
if [ -e /etc/pip.conf ]; then cp -L /etc/pip.conf "$machine/etc/"; fi
settings=(HOME=/home/ada PATH=/usr/local/go/bin:/usr/local/bin:/usr/bin:/bin LANG=C.UTF-8 CI=true)
while IFS= read -r -d '' setting; do
    case $setting in
    PIP_FIND_LINKS=*) ;; # a folder of this machine
    *_proxy=* | *_PROXY=* | PIP_* | SSL_CERT_* | REQUESTS_CA_BUNDLE=*) settings+=("$setting") ;;
    esac
done < <(env -0)
for name in GOPROXY GOSUMDB GONOSUMDB GOINSECURE; do settings+=("$name=$(go env $name)"); done # "go env -w" counts as well

# as_ada SCRIPT: runs it as the user without rights. Mounts and processes end with it.
as_ada() {
    local namespaces=(--mount --pid --fork)
    if [ "${network:-yes}" = no ]; then namespaces+=(--net); fi
    unshare "${namespaces[@]}" bash -c '
        set -e
        mount -t proc proc "$1/proc"
        mount --rbind /dev "$1/dev"
        if [ "$3" = no ]; then ip link set lo up; fi
        machine=$1 script=$2
        shift 3
        exec env -i "$@" "$(command -v chroot)" --userspec=ada:ada "$machine" bash -euo pipefail -c "$script"
    ' as_ada "$machine" "$1" "${network:-yes}" "${settings[@]}" &
    child=$!
    local status=0
    wait $child || status=$?
    child=''
    return $status
}

rm -rf "${machine:?}/home/ada" # an earlier run's caches
chroot "$machine" install --directory --owner=ada --group=ada /home/ada
bundle="$machine/home/ada/unstuck.bundle"
git -c safe.directory='*' bundle create --quiet "$bundle" HEAD
chmod a+r "$bundle"
if [ -d "$shared" ]; then
    chroot "$machine" install --directory --owner=ada --group=ada "${place%/*}"
    cp -r --no-target-directory "$shared" "$machine${place%/*}/shared"
    chmod -R a+rX,a-w "$machine${place%/*}/shared"
fi

clone="git -c advice.detachedHead=false clone --quiet ~/unstuck.bundle '$place'"
if [ $busy = yes ]; then
    (while :; do :; done) &
    load=$!
fi
if [ $times -gt 0 ]; then
    as_ada "$clone"
    counts=()
    for ((round = 1; round <= times; round++)); do
        echo "== make test, $round of $times"
        status=passed
        exec {log}> >(tee "$machine/home/make-test.log")
        tee=$!
        as_ada "cd '$place' && go clean -testcache && time make test" >&"$log" 2>&1 || status=FAILED
        exec {log}>&-
        wait $tee
        counts+=("$round: $status, $(grep -E '^[0-9]+ passed, [0-9]+ failed, [0-9]+ skipped$' "$machine/home/make-test.log" | tail -n 1)")
    done
    printf '%s\n' "${counts[@]}"
    case "${counts[*]}" in *FAILED*) exit 1 ;; esac
    exit 0
fi

echo "== make setup, from nothing"
as_ada "$clone && cd '$place' && time make setup"

echo "== make lab again, and the notebooks, without a network"
network=no as_ada "
    cd '$place'
    time make setup
    start=\$SECONDS
    JUPYTER_TOKEN=token make lab PORT=8899 LAB_ARGS=--no-browser >~/lab.log 2>&1 &
    answers() { python3 -c 'import urllib.request as u; u.urlopen(\"http://127.0.0.1:8899/api/status?token=token\")' 2>/dev/null; }
    for _ in {1..300}; do
        if answers; then break; fi
        sleep 0.2
    done
    answers || { cat ~/lab.log; exit 1; }
    echo \"JupyterLab answers after \$((SECONDS - start)) s\"
    time lab/notebooks.sh
"

echo "== make test"
as_ada "cd '$place' && time make test"

echo "== what it wrote outside of the project"
(cd "$machine/home/ada" && find . -mindepth 1 -maxdepth 3 -not -path './une forêt*')
