#!/usr/bin/env bash
# Runs while the image is built, in the project's folder: sets the lab up as "make setup" does, then leaves exactly the
# modules and the compiled packages that notebooks need, and proves it by running one.
set -euo pipefail
cd "$(dirname "$0")/.."
export PIP_NO_CACHE_DIR=1
modules=$(go env GOMODCACHE) proxy=$(go env GOPROXY)

# The tools need many more modules than the cells. Both caches of this step are thrown away.
scratch=$(mktemp -d)
trap 'chmod -R u+w "$scratch" && rm -rf "$scratch"' EXIT
GOMODCACHE=$scratch/modules GOCACHE=$scratch/build GOFLAGS=-ldflags=-s lab/setup.sh
rm -f .lab/bin/staticcheck # checks the project's own code

# What the project and a notebook ask for now is what the image keeps.
export GOPROXY="file://$scratch/modules/cache/download,$proxy"
.lab/venv/bin/python docker/compile.py
lab/notebooks.sh notebooks/01-learning-rate.ipynb

# Archives of modules that lie unpacked beside them, and pictures, pages and test data in the modules.
chmod -R u+w "$modules"
find "$modules/cache/download" -name '*.zip' -delete
find "$modules" -type f \( -name '*.gif' -o -name '*.apng' -o -name '*.mp4' -o -name '*.html' -o -name '*.ipynb' \) -delete
(
    cd "$(go env GOROOT)"
    rm -rf test api doc misc src/cmd
    find src -type d -name testdata -prune -exec rm -rf {} +
    find src -name '*_test.go' -delete
)
.lab/venv/bin/python -m pip uninstall --quiet --yes setuptools
rm -rf .lab/jupyter/data .lab/jupyter/runtime

# Any user of group 0 may write what the owner may write.
chmod -R g=u "$HOME"
