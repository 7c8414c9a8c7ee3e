#!/usr/bin/env bash
# Makes pages of the documents and notebooks, for a browser and without a network: .lab/site/README.html, with a search.
# What it needs is installed into .lab/sphinx, once. Warnings, such as a link that leads nowhere, are errors.
set -euo pipefail
source "$(dirname "$0")/environment.sh"

installed="$lab/sphinx/installed"
key=$(cksum <lab/requirements/docs.txt)
if [ "$(cat "$installed" 2>/dev/null)" != "$key" ]; then
    say "Installing Sphinx into .lab/sphinx (once; about 20 MB)"
    "$python" -c 'import sys; sys.exit(sys.version_info < (3, 11) and "make docs needs Python 3.11 or later: make setup PYTHON=python3.11")'
    "$python" -m venv --clear "$lab/sphinx"
    "$lab/sphinx/bin/python" -m pip install --quiet --disable-pip-version-check --no-deps --only-binary :all: --require-hashes \
        -r lab/requirements/docs.txt
    printf '%s\n' "$key" >"$installed"
fi

rm -rf "$lab/pages" "$lab/site"
"$python" -m jupyter nbconvert --to html --log-level ERROR --template offline --TemplateExporter.extra_template_basedirs="$root/lab/jupyter/templates" --output-dir "$lab/pages/notebooks" notebooks/*.ipynb
for page in "$lab"/pages/notebooks/*.html; do # a notebook's link to another leads to its page
    sed 's#href="\([0-9][0-9a-z-]*\)\.ipynb"#href="\1.html"#g' "$page" >"$page.linked"
    mv "$page.linked" "$page"
done
"$lab/sphinx/bin/sphinx-build" --quiet --fail-on-warning --keep-going --jobs auto -d "$lab/pages/.doctrees" -c lab/site . "$lab/site"
echo "file://$lab/site/README.html"
