#!/usr/bin/env bash
# Starts JupyterLab on notebooks/, as set up by lab/setup.sh. Arguments go to JupyterLab, such as --port 9999.
set -euo pipefail
source "$(dirname "$0")/environment.sh"
if [ ! -x "$python" ]; then
    echo "JupyterLab is not installed yet: run 'make lab'." >&2
    exit 1
fi
exec "$python" -m jupyterlab "$@"
