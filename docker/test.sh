#!/usr/bin/env bash
# Builds the image for real and uses it: buildah on a Debian of debootstrap, so neither a Docker engine nor an image
# registry is needed. Without a network it then starts what the image starts, as the image's user, waits for the image's
# health check, runs a cell in the kernels through JupyterLab, and executes notebook 01.
#
# Needs root, buildah, debootstrap, a Debian mirror, some 12 GB of disk and 10 minutes or more; it is not part of make
# test. The Go of this machine stands in for that of the golang image. How this machine reaches package registries
# (proxy, certificates) goes into the base image of the test.
#
#   sudo docker/test.sh [folder]    the folder, with its Debian and images, is kept when named, else removed
#   MIRROR=…, STORAGE_DRIVER=vfs    another Debian mirror; for where overlay file systems can't be mounted
set -euo pipefail
cd "$(dirname "$0")/.."

skip() {
    echo "SKIP docker/test.sh: $1"
    exit 0
}
if [ "$(uname -s) $(uname -m)" != "Linux x86_64" ]; then skip "it builds for linux on x86_64, on such a machine"; fi
for tool in buildah debootstrap unshare ip go; do
    command -v "$tool" >/dev/null || skip "$tool is missing (sudo apt-get install buildah debootstrap util-linux iproute2)"
done
if [ "$(id -u)" -ne 0 ]; then skip "it needs root: sudo docker/test.sh"; fi

if [ $# -gt 0 ]; then
    mkdir -p "$1"
    work=$(cd "$1" && pwd)
else
    work=$(mktemp -d)
    trap cleanup EXIT
fi
cleanup() { # buildah leaves file systems mounted
    awk -v work="$work/" 'index($2, work) == 1 { print $2 }' /proc/mounts | sort --reverse | xargs --no-run-if-empty umount --lazy
    rm -rf --one-file-system "$work"
}
export BUILDAH_ISOLATION=chroot TMPDIR="$work" work
buildah() {
    command buildah --root "$work/storage" --runroot "$work/run" ${STORAGE_DRIVER:+--storage-driver "$STORAGE_DRIVER"} "$@"
}

base() { # a Debian, without what Debian's own slim image leaves out
    debootstrap --variant=minbase --include=ca-certificates bookworm "$work/debian" ${MIRROR:+"$MIRROR"} >"$work/debian.log" 2>&1 || {
        tail -n 20 "$work/debian.log" >&2
        exit 1
    }
    (cd "$work/debian" && rm -rf usr/share/{doc,man,locale,info} var/{cache/apt,lib/apt/lists,log}/* etc/ssl/certs)
    cp -rL /etc/ssl/certs "$work/debian/etc/ssl/"
    local container setting
    container=$(buildah from scratch)
    buildah add --quiet "$container" "$work/debian" / >/dev/null
    while IFS= read -r -d '' setting; do
        case $setting in
        *_proxy=* | *_PROXY=* | PIP_CERT=* | PIP_INDEX_URL=* | PIP_DEFAULT_TIMEOUT=* | GOPROXY=* | GOSUMDB=* | GONOSUMDB=* | SSL_CERT_*)
            buildah config --env "$setting" "$container"
            ;;
        esac
    done < <(env -0)
    buildah commit --quiet --rm "$container" localhost/base >/dev/null
    rm -rf "$work/debian"
}

toolchain() { # this machine's Go, where the golang image has it
    local container
    container=$(buildah from scratch)
    buildah add --quiet "$container" "$(go env GOROOT)" /usr/local/go >/dev/null
    buildah commit --quiet --rm "$container" localhost/go >/dev/null
}

exists() { buildah inspect --type image "$1" >/dev/null 2>&1; }

echo "== the images that it starts from"
exists localhost/base || base
exists localhost/go || toolchain

echo "== docker/Dockerfile"
start=$SECONDS
# Only Docker's own format has health checks. Without --layers, each layer is kept once less.
buildah bud --format docker --layers=false --network host --file docker/Dockerfile --tag localhost/unstuck \
    --build-arg BASE=localhost/base --build-arg GO=localhost/go .
echo "built in $((SECONDS - start)) s"

container=$(buildah from localhost/unstuck)
root=$(buildah mount "$container")
user=$(buildah inspect --type image --format '{{.Docker.Config.User}}' localhost/unstuck)
case $user in "" | 0* | root*)
    echo "the image's user is root" >&2
    exit 1
    ;;
esac
echo "== its size: $(buildah images --format '{{.Size}}' localhost/unstuck)"
(
    cd "$root"
    du --summarize --block-size=1M --total usr/local/go home/lab/go home/lab/.cache/go-build home/lab/unstuck/.lab/bin \
        home/lab/unstuck/.lab/venv usr/lib/gcc usr/lib/python3*
) | sed 's/^/MiB /'
buildah rm "$container" >/dev/null

echo "== without a network"
export image=localhost/unstuck
export -f buildah
unshare --net --pid --mount --fork --kill-child --mount-proc bash docker/test_offline.sh
echo "passed"
