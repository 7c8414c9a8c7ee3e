"""Compiles the project's packages inside a kernel, so with the kernel's own flags: what a cell links is then in the
image's build cache, whatever those flags are. Part of docker/install.sh.
"""

import sys

import nbformat
from nbclient import NotebookClient

CELL = '!cd "$UNSTUCK_HOME" && go build ./pkg/... && echo compiled'

notebook = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell(CELL)])
NotebookClient(notebook, kernel_name="unstuck-go", timeout=3600, startup_timeout=300).execute()
printed = "".join(output.get("text", "") for output in notebook.cells[0].outputs)
if "compiled" not in printed.split():
    sys.exit(f"the packages do not compile in a kernel:\n{printed}")
