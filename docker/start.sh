#!/usr/bin/env bash
# What the image starts. JupyterLab must listen on all of the container's addresses to be reached through a published
# port; whom that port is published to is decided outside, so this says it. Arguments go to JupyterLab.
set -euo pipefail
cat >&2 <<'MESSAGE'
JupyterLab listens on every address of this container, and asks for the token below: whoever has it runs programs in here.
Publish the port to your own machine alone, with -p 127.0.0.1:8888:8888; a plain -p 8888:8888 opens it to your network.
MESSAGE
exec "$(dirname "$0")/../lab/start.sh" --ServerApp.ip=0.0.0.0 --no-browser "$@"
