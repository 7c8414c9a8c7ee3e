"""Executes notebook 01 and the same notebook in Python with Keras, in turns, each in a fresh kernel.

    .lab/venv/bin/python bench/notebook/compare.py [--rounds 3] [--peers .lab/peers/bin/python]

What is measured is what a reader waits for: from the start of the kernel to the last output. In the first round nothing is
used that an earlier execution kept, neither linked cells nor compiled trainings; in the others they are there, as they
are for a reader who runs a notebook again. Values that cells keep for others are new each time. Prints a table in Markdown: the first round, and
medians of the others.
"""

import argparse
import os
import re
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import nbformat
from jupyter_client.kernelspec import KernelSpec, KernelSpecManager
from nbclient import NotebookClient

ROOT = Path(__file__).resolve().parent.parent.parent
NOTEBOOKS = ROOT / "notebooks"


class Peers(KernelSpecManager):
    """Knows one more kernel: "peer", the Python that has Keras."""

    python = ""

    def get_kernel_spec(self, kernel_name):
        if kernel_name != "peer":
            return super().get_kernel_spec(kernel_name)
        argv = [self.python, "-m", "ipykernel_launcher", "-f", "{connection_file}"]
        return KernelSpec(argv=argv, display_name="Python with Keras", language="python")


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n\n")[0])
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--peers", default=str(ROOT / ".lab/peers/bin/python"), help="Python that has Keras, ipykernel and matplotlib")
    options = parser.parse_args()
    Peers.python = str(Path(options.peers).absolute())
    if subprocess.run([Peers.python, "-c", "import keras, ipykernel, matplotlib"], capture_output=True).returncode:
        sys.exit("Keras, ipykernel or matplotlib is not installed there: make bench-peers")

    ours = nbformat.read(NOTEBOOKS / "01-learning-rate.ipynb", as_version=4)
    theirs = percent_notebook((Path(__file__).parent / "keras_notebook.py").read_text("utf-8"))
    programs = {
        "this project, XLA": (ours, "unstuck-xla-cpu", {}),
        "this project, pure Go": (ours, "unstuck-go", {}),
        "Keras on JAX": (theirs, "peer", {"KERAS_BACKEND": "jax", "JAX_PLATFORMS": "cpu"}),
        "Keras on TensorFlow": (theirs, "peer", {"KERAS_BACKEND": "tensorflow", "TF_CPP_MIN_LOG_LEVEL": "3"}),
    }
    shutil.rmtree(ROOT / ".lab/programs", ignore_errors=True)
    took = {name: [] for name in programs}
    for turn in range(options.rounds):
        for name, program in programs.items():
            if turn == 0:  # both of ours link the same programs
                shutil.rmtree(ROOT / ".lab/cells", ignore_errors=True)
            took[name].append(execute(*program))
            print(f"{name}: {took[name][-1]:.1f} s", file=sys.stderr, flush=True)
    print("| notebook 01, executed | first | as a multiple | again | as a multiple |\n| --- | ---: | ---: | ---: | ---: |")
    first = {name: seconds[0] for name, seconds in took.items()}
    again = {name: statistics.median(seconds[1:] or seconds) for name, seconds in took.items()}
    for name in programs:
        cells = [f"{t[name]:.1f} s | {t[name] / t['this project, XLA']:.2f}" for t in (first, again)]
        print(f"| {name} | {' | '.join(cells)} |")


def percent_notebook(text):
    """A notebook of the code cells of a Python file whose cells begin with # %%."""
    cells = re.split(r"^# %%", text, flags=re.MULTILINE)[1:]
    sources = [cell.strip() for cell in cells if not cell.startswith(" [markdown]")]
    return nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell(source) for source in sources])


def execute(notebook, kernel, environment):
    fresh = nbformat.from_dict(notebook)
    for cell in fresh.cells:
        if cell.cell_type == "code":
            cell.outputs, cell.execution_count = [], None
    client = NotebookClient(fresh, kernel_name=kernel, timeout=600, startup_timeout=300, resources={"metadata": {"path": str(NOTEBOOKS)}})
    with tempfile.TemporaryDirectory() as keep, open(os.devnull, "w") as log:
        client.create_kernel_manager()
        client.km.kernel_spec_manager = Peers()
        start = time.monotonic()
        client.execute(stderr=log, env=os.environ | environment | {"UNSTUCK_KEEP": keep, "CUDA_VISIBLE_DEVICES": "-1"})
        return time.monotonic() - start


main()
