"""Executes notebooks through their kernel and compares them with what is committed.

    python lab/run_notebooks.py                      every notebook of notebooks/
    python lab/run_notebooks.py --write a.ipynb      and saves the executed notebook in its place

A notebook passes when no cell ends in an error; when the committed file was executed from top to bottom, shows
at least one image, names no path of the machine that it ran on, holds no script and stays below 1 MiB; and when
the fresh outputs say the same as the committed ones: the same words, and the same numbers but for rounding.
How long something took may differ. On a processor that rounds otherwise than the one that the notebooks were executed on
last, a training that overshoots ends at other numbers: there a notebook passes with other numbers, and says so.
"""

import argparse
import copy
import functools
import os
import platform
import re
import sys
import tempfile
import time
from pathlib import Path

import nbformat
from nbclient import NotebookClient
from nbclient.exceptions import CellExecutionError, DeadKernelError

ROOT = Path(__file__).resolve().parent.parent
SIZE_LIMIT = 1 << 20  # bytes; code-hosting pages stop rendering notebooks not far above
IMAGES = ("image/png", "image/svg+xml")

MACHINE_PATH = re.compile(r"(?:/root|/home|/Users|/tmp|/var|/work|/opt|/mnt|/private)/[\w.-]+|\b[A-Z]:\\\w+")
ANSI = re.compile(r"\x1b\[[0-9;?]*[A-Za-z]")
NUMBER = re.compile(r"[-+]?(?:\d+\.?\d*|\.\d+)(?:[eE][-+]?\d+)?")
# What depends on the machine's speed: times and rates, as Go and notebook.Watch write them and as people do.
AMOUNT = r"\d[\d,]*(?:\.\d+)?(?:[eE][-+]?\d+)?"
UNIT = "hours?|minutes?|min|seconds?|secs?|ms|µs|μs|us|ns|h|m|s"
DURATION = re.compile(
    rf"(?<![\w.,]){AMOUNT}\s?\w+/s(?!\w)"  # 310 steps/s, 11,900 steps/s
    rf"|(?<![\w.,])(?:{AMOUNT}\s?(?:{UNIT})(?![a-zA-Zµμ]))+(?!\w)"  # 1m3.5s, 12 ms
)


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n\n")[0])
    parser.add_argument("notebooks", nargs="*", type=Path, help="default: every notebook of notebooks/")
    parser.add_argument("--write", action="store_true", help="save the executed notebook in place")
    parser.add_argument("--tolerance", type=float, default=1e-3, help="relative, for numbers with a fraction (default 1e-3)")
    parser.add_argument("--timeout", type=int, default=600, help="seconds for one cell (default 600)")
    parser.add_argument("--kernel", help="run with this kernel instead of the notebook's own")
    options = parser.parse_args()

    paths = options.notebooks or sorted((ROOT / "notebooks").glob("*.ipynb"))
    if not paths:
        sys.exit("no notebook found in notebooks/")
    failed = 0
    for path in paths:
        start = time.monotonic()
        try:
            problems, summary = run(path, options)
        except (Failed, OSError, ValueError, nbformat.ValidationError) as err:
            problems, summary = [str(err)], ""
        print(f"{'FAIL' if problems else 'ok'}\t{path.name}\t{time.monotonic() - start:.1f}s\t{summary}", flush=True)
        for problem in problems:
            print("    " + ANSI.sub("", problem).strip().replace("\n", "\n    "), flush=True)
        failed += bool(problems)
    print(f"notebooks: {len(paths) - failed} passed, {failed} failed")
    sys.exit(1 if failed else 0)


def run(path, options):
    """Returns what is wrong with the notebook at path, and a few words about it."""
    committed = nbformat.read(path, as_version=4)
    fresh = execute(committed, path, options)
    if options.write:
        save(fresh, path)
        committed = fresh
    problems, otherwise = compare(committed, fresh, options.tolerance), ""
    if problems and rounds_otherwise():
        problems, otherwise = outline(committed, fresh), ", other numbers: this processor rounds otherwise"
    problems = inspect(committed, path) + problems
    images = sum(kind in IMAGES[:1] for cell in code_cells(fresh) for kind in kinds(cell))
    return problems, f"{len(code_cells(fresh))} code cells, {images} images{otherwise}"


def execute(notebook, path, options, keep=None):
    """Executes a copy in a fresh kernel. Values that earlier runs kept would hide what this one computes, so there are
    none, unless a folder of them is given."""
    fresh = nbformat.from_dict(copy.deepcopy(notebook))
    for cell in code_cells(fresh):
        cell.outputs, cell.execution_count = [], None
    client = NotebookClient(
        fresh,
        timeout=options.timeout,
        startup_timeout=300,  # a kernel compiles before its first cell
        kernel_name=options.kernel or notebook.metadata.get("kernelspec", {}).get("name", ""),
        resources={"metadata": {"path": str(path.resolve().parent)}},
        coalesce_streams=True,
        record_timing=False,
    )
    with tempfile.TemporaryFile("w+", encoding="utf-8", errors="replace") as log, tempfile.TemporaryDirectory() as empty:
        environment = os.environ | {"UNSTUCK_KEEP": str(keep or empty), "XLA_FLAGS": same_arithmetic(os.environ.get("XLA_FLAGS", ""))}
        try:
            client.execute(stderr=log, env=environment)
        except CellExecutionError as err:
            raise Failed(str(err)) from err
        except (DeadKernelError, RuntimeError, TimeoutError) as err:
            log.seek(0)
            raise Failed("".join([f"{err}\nThe kernel's last words:\n", *log.readlines()[-30:]])) from err
    return fresh


def same_arithmetic(flags, machine=platform.machine()):
    """The flags with which XLA computes alike on every x86 processor with AVX2. Left alone it uses what the processor has,
    AVX-512 for instance; sums are then rounded elsewhere, and a training that overshoots ends at other numbers."""
    if machine not in ("x86_64", "AMD64") or "--xla_cpu_max_isa" in flags:
        return flags
    return f"{flags} --xla_cpu_max_isa=AVX2".strip()


# A training that overshoots, as notebook 03 has one: what a processor does otherwise in the last digit shows in the first.
OVERSHOOTS = """%%
d := notebook.Must(dataset.Random(1000, []int{40, 1}, []int{1}, 9))
for i := range d.Rows() {
	x, sum := d.X.Row(i), float32(0)
	for t := range x {
		x[t] = 2*x[t] - 1
		if t >= 30 {
			sum += x[t]
		}
	}
	d.Y.Values[i] = sum
}
d.Y = notebook.Must(notebook.Must(dataset.FitScaler(d.Y)).Apply(d.Y))
net := nn.Sequential{nn.SimpleRNN{Units: 32, RecurrentInitializer: nn.RandomNormal{StdDev: 0.26}}, nn.Dense{Units: 1}}
clipped := optim.SGD(0.1).With(optim.ClipByNorm{Max: 1})
options := fit.Options{Seed: 9, Probes: []fit.Probe{probe.GradientNorm{}, probe.InputGradient{}}, ProbeEvery: 1}
h := notebook.Must(notebook.Must(fit.Compile(net, clipped, loss.MSE{}, options)).Fit(notebook.Context(), d, fit.Config{Epochs: 30}))
fmt.Printf("%.3g", h.Loss()[29])
"""
ENDS_AT = "0.041"  # on the processor that the notebooks were executed on


@functools.cache
def rounds_otherwise():
    """Whether this processor computes OVERSHOOTS otherwise than the one that the notebooks were executed on."""
    notebook = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell(OVERSHOOTS)], metadata={"kernelspec": {"name": "unstuck-go", "display_name": "", "language": "go"}})
    fresh = execute(notebook, ROOT / "notebooks" / "overshoots.ipynb", argparse.Namespace(timeout=300, kernel=None))
    return "".join(words(fresh.cells[0])) != ENDS_AT


class Failed(Exception):
    """A cell ended in an error or took too long, or its kernel died."""


def save(notebook, path):
    """Replaces the file in one step: whoever reads it sees the old notebook or the new one."""
    nbformat.validate(notebook)
    handle, temporary = tempfile.mkstemp(dir=path.resolve().parent, prefix=f".{path.name}.")
    try:
        with os.fdopen(handle, "w", encoding="utf-8") as file:
            nbformat.write(notebook, file)
            file.flush()
            os.fsync(file.fileno())
        os.chmod(temporary, path.stat().st_mode)
        os.replace(temporary, path)
    except BaseException:
        os.unlink(temporary)
        raise


def inspect(notebook, path):
    """Says what is wrong with the file as it is, without executing it."""
    problems = []
    size = path.stat().st_size
    if size >= SIZE_LIMIT:
        problems.append(f"the file has {size} bytes: keep it below {SIZE_LIMIT}")
    counts = [cell.execution_count for cell in code_cells(notebook)]
    if counts != list(range(1, len(counts) + 1)):
        problems.append(f"not executed from top to bottom in a fresh kernel: the cells are numbered {counts}")
    if not any(kind in IMAGES for cell in code_cells(notebook) for kind in kinds(cell)):
        problems.append("no cell shows an image")
    for number, cell in enumerate(notebook.cells, 1):
        for text in texts(cell):
            if found := MACHINE_PATH.search(text):
                problems.append(f"cell {number} holds a path of one machine: {found[0]}")
            if str(ROOT) in text:
                problems.append(f"cell {number} holds the path of this project: {ROOT}")
            if "<script" in text.lower():
                problems.append(f"cell {number} holds a script: it shows nothing on a code-hosting page")
        if any(output.output_type == "error" for output in cell.get("outputs", [])):
            problems.append(f"cell {number} ended in an error")
    return problems


def compare(committed, fresh, tolerance):
    """Says where the fresh outputs tell something else than the committed ones."""
    problems = []
    for number, (before, after) in enumerate(zip(committed.cells, fresh.cells), 1):
        if before.cell_type != "code":
            continue
        if kinds(before) != kinds(after):
            problems.append(f"cell {number} showed {kinds(before)}, now {kinds(after)}")
            continue
        for line, (old, new) in enumerate(zip(words(before), words(after)), 1):
            if not same(old, new, tolerance):
                problems.append(f"cell {number}, line {line} of its output:\n  was {old!r}\n  now {new!r}")
        if len(words(before)) != len(words(after)):
            problems.append(f"cell {number} printed {len(words(before))} lines, now {len(words(after))}")
    return problems


def outline(committed, fresh):
    """Says where the fresh outputs are of another kind than the committed ones, or fewer."""
    pairs = zip(committed.cells, fresh.cells)
    return [f"cell {n} showed {kinds(before)}, now {kinds(after)}" for n, (before, after) in enumerate(pairs, 1) if before.cell_type == "code" and kinds(before) != kinds(after)]


def code_cells(notebook):
    return [cell for cell in notebook.cells if cell.cell_type == "code" and cell.source.strip()]


def kinds(cell):
    """The kinds of a code cell's outputs in order, as in ["stdout", "image/png", "image/svg+xml", "text/plain"]."""
    found = []
    for output in cell.outputs:
        found += [output.name] if output.output_type == "stream" else sorted(output.get("data", {}))
    return found


def texts(cell):
    """Everything in a cell that a person can read: its source and its outputs but for encoded images."""
    yield cell.source
    for output in cell.get("outputs", []):
        yield output.get("text", "")
        for kind, data in output.get("data", {}).items():
            if kind.startswith(("text/", "image/svg", "application/")):
                yield str(data)


def words(cell):
    """The lines of a cell's text outputs, as a terminal leaves them. HTML and SVG come with a plain text beside them."""
    lines = []
    for output in cell.outputs:
        text = output.get("text") or output.get("data", {}).get("text/plain", "")
        for line in ANSI.sub("", text).rstrip("\n").split("\n"):
            lines.append(line.rstrip("\r").rsplit("\r", 1)[-1].rstrip())  # what a progress bar leaves
    return lines


def same(old, new, tolerance):
    """Whether two lines say the same. Numbers with a fraction may differ by the tolerance or in their last digit."""
    old, new = untimed(old), untimed(new)
    if NUMBER.sub("#", old) != NUMBER.sub("#", new):
        return False
    return all(close(a, b, tolerance) for a, b in zip(NUMBER.findall(old), NUMBER.findall(new)))


def untimed(line):
    return DURATION.sub("<time>", line)


def close(a, b, tolerance):
    if a == b:
        return True
    if not any(mark in a + b for mark in ".eE"):
        return False  # a count
    digit = min(last_digit(a), last_digit(b)) if tolerance else 0
    return abs(float(a) - float(b)) <= max(tolerance * max(abs(float(a)), abs(float(b))), 1.001 * digit)


def last_digit(number):
    """What one step in the last printed digit is worth: 0.01 for 0.25, 1e-9 for 1.25e-7."""
    mantissa, _, exponent = number.lower().partition("e")
    decimals = len(mantissa.partition(".")[2])
    return 10.0 ** (int(exponent or 0) - decimals)


if __name__ == "__main__":
    main()
