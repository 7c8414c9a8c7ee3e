#!/usr/bin/env bash
# The half of docker/test.sh that has no network: it runs in namespaces of its own, with the containers' loopback
# interface alone. Uses the function buildah and the variable image of that script.
set -euo pipefail
ip link set lo up
if ip route get 192.0.2.1 >/dev/null 2>&1; then
    echo "there is a network, so nothing would be proved" >&2
    exit 1
fi

of_image() { # a list in the image's configuration, such as .Entrypoint, into the array "list"
    mapfile -t list < <(buildah inspect --type image --format "{{range .Docker.Config$1}}{{println .}}{{end}}" "${image:?}" |
        grep .)
}
of_image .Entrypoint
command=("${list[@]}")
of_image .Cmd
command+=("${list[@]}")
of_image .Healthcheck.Test
health=("${list[@]:1}") # without "CMD"

container=$(buildah from "${image:?}")
in_container() { buildah run --cap-drop all "$@"; }

echo "starting ${command[*]}"
in_container --env JUPYTER_TOKEN=letmein "$container" -- "${command[@]}" >"${work:?}/lab.log" 2>&1 &
lab=$!
start=$SECONDS
until in_container "$container" -- "${health[@]}" >"$work/health.log" 2>&1; do
    if [ $((SECONDS - start)) -gt 180 ] || ! kill -0 "$lab" 2>/dev/null; then
        echo "not healthy after $((SECONDS - start)) s:" >&2
        cat "$work/health.log" "$work/lab.log" >&2
        exit 1
    fi
    sleep 1
done
echo "after $((SECONDS - start)) s: $(cat "$work/health.log")"
grep --max-count=1 'listens on every address' "$work/lab.log"

in_container "$container" -- .lab/venv/bin/python - letmein <docker/test_kernels.py
in_container "$container" -- lab/notebooks.sh notebooks/01-learning-rate.ipynb

kill -TERM "$(pgrep --oldest --exact tini)" # as docker stop does; no other process is visible here
wait "$lab" || true
if in_container "$container" -- "${health[@]}" >"$work/health.log" 2>&1; then
    echo "the health check says that a stopped JupyterLab is well" >&2
    exit 1
fi
buildah rm "$container" >/dev/null

echo "as another user of group 0"
container=$(buildah from "${image:?}")
in_container --user 4242:0 "$container" -- bash -c 'id && go run ./examples/script | tail -n 3'
buildah rm "$container" >/dev/null
