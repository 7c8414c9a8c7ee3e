#!/usr/bin/env bash
# Executes the notebooks in the lab's environment; see lab/run_notebooks.py for the arguments.
set -euo pipefail
source "$(dirname "$0")/environment.sh"
exec "$python" lab/run_notebooks.py "$@"
