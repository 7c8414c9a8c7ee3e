# Sourced by the scripts of this folder: where things are, and an environment in which nothing is written to
# the user's home except Go's own module and build caches.
root=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
lab="$root/.lab"
cd "$root"

python="$lab/venv/bin/python"
export PATH="$lab/bin:$lab/venv/bin:$PATH"

export JUPYTER_CONFIG_PATH="$root/lab/jupyter"
export JUPYTER_CONFIG_DIR="$lab/jupyter/config"
export JUPYTER_DATA_DIR="$lab/jupyter/data"
export JUPYTER_RUNTIME_DIR="$lab/jupyter/runtime"
export IPYTHONDIR="$lab/jupyter/ipython"
export JUPYTER_PLATFORM_DIRS=1
export PYTHONNOUSERSITE=1
mkdir -p "$JUPYTER_CONFIG_DIR" "$JUPYTER_DATA_DIR" "$JUPYTER_RUNTIME_DIR" "$IPYTHONDIR"
# A running server keeps its token in there, in one file that others could read (jpserver-…-open.html); kernels keep
# their keys.
chmod 700 "$JUPYTER_RUNTIME_DIR" 2>/dev/null || true

# Tools keep their caches in the project as well.
export STATICCHECK_CACHE="$lab/cache/staticcheck"
export GOPLSCACHE="$lab/cache/gopls"

# A checkout that belongs to someone else (a mounted folder, a container) makes git refuse to describe it, and
# go refuse to build; nothing here needs the version stamp.
export GOFLAGS="${GOFLAGS:+$GOFLAGS }-buildvcs=false"

# The flag that package kernels compiles notebooks' cells with: what is built with it serves the cells too.
as_cells_are=-gcflags=all=-dwarf=false

say() { printf '\033[1m%s\033[0m\n' "$*"; }
if [ ! -t 1 ]; then say() { printf '%s\n' "$*"; }; fi
