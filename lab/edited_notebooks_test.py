"""A reader changes a number in a notebook and runs all of it again: every number that depends on it changes.

Cells that are plain Go leave values to later ones, so they are run again in the kernel that has run them before, as a reader does.
Cells with notebook.Keep have their values from files, so each run has a kernel of its own. What is compared are the
texts that cells show. Needs the kernels of lab/setup.sh.
"""

import argparse
import copy
import tempfile
import unittest
from concurrent.futures import ThreadPoolExecutor

import nbformat
from jupyter_client.kernelspec import KernelSpecManager
from run_notebooks import ROOT, code_cells, compare, execute, untimed, words

NOTEBOOKS = ROOT / "notebooks"
OPTIONS = argparse.Namespace(timeout=300, kernel="unstuck-go")
KEPT = "kept: "
AT_ONCE = 2  # notebooks: each in kernels of its own; most of the time goes into building cells, which leaves a core idle every so often

# Notebooks of plain cells: what makes them shorter, as much of the work as it takes, what a reader changes, and how the cells begin that
# are run, where it isn't all.
# Edits of what more depends on come first.
PLAIN = {
    "01-learning-rate": (
        {"Epochs: 40": "Epochs: 4", "[39]": "[3]", "0.1, 21)": "0.1, 3)"},
        (
            ("all.Shuffle(9)", "all.Shuffle(8)"),
            ("Units: 64", "Units: 2"),
            ("optim.Adam(rate)", "optim.Adam(rate / 2)"),
            ("LogSpace(1e-6, 0.1", "LogSpace(1e-5, 0.1"),
        ),
    ),
    "02-activations": (
        {"int64(20)": "int64(2)", "waves, 60)": "waves, 2)", "Epochs: 60": "Epochs: 2", "<= 20": "<= 4"},
        (("Units: 64", "Units: 8"),),
    ),
    "03-gradient-clipping": (
        {
            "int64(20)": "int64(2)", "Epochs: 10": "Epochs: 2", "[9]": "[1]", "dataset.Random(1000": "dataset.Random(200",
            "Epochs: 30": "Epochs: 2", "[29]": "[1]", "sums, 30)": "sums, 2)", "LandscapeOptions{}": "LandscapeOptions{Places: 3}",
        },
        (("Units: 32", "Units: 4"), ("clipped := sgd.With(optim.ClipByNorm{Max: 1})", "clipped := sgd.With(optim.ClipByNorm{Max: 0.5})")),
    ),
    "04-finding-a-learning-rate": (
        {
            "Epochs: 10": "Epochs: 2", "Epochs: 40": "Epochs: 3", "LogSpace(1e-6, 1, 19)": "LogSpace(1e-6, 1, 7)",
            "{1, 2, 3}": "{1}", "{1, 2, 3, 4, 5}": "{1, 2}",
        },
        (("all.Shuffle(9)", "all.Shuffle(8)"), ("Units: 64", "Units: 8")),
    ),
    "05-looking-inside": (
        {"Epochs: 30": "Epochs: 4", "[29]": "[3]", "Epochs: 60": "Epochs: 6", "[59]": "[5]", "LandscapeOptions{}": "LandscapeOptions{Places: 3}"},
        (("one.Units = 64", "one.Units = 8"),),
    ),
    "06-doctor": (
        {"Epochs: 40": "Epochs: 8"},
        (
            ("all.Shuffle(9)", "all.Shuffle(8)"),
            ("network(64", "network(8"),
            ("optim.Adam(10)", "optim.Adam(20)"),
        ),
        ("func network", "func examine", "func patients", "func onPatients", "high :="),
    ),
    "07-images": (
        {"Epochs: 12": "Epochs: 1"},
        (
            ("all.Shuffle(7)", "all.Shuffle(8)"),
            ("Filters: 16", "Filters: 4"),
        ),
        ("// digits", "bright,", "conv :=", "stuck :=", "logits :=", "train, held"),
    ),
    "08-pytorch": (
        {},
        (
            ("m := notebook.Must(run.New", "t.Optimizer = optim.Adam(1e-3)\n\tm := notebook.Must(run.New"),
            ('examine("activation")', 'examine("rate")'),
        ),
    ),
    "09-the-loop": ({}, (('replayed("accumulate")', 'replayed("parameters")'),)),
    "10-sweeps": ({}, (("all.Shuffle(9)", "all.Shuffle(8)"),)),
}

# A training that is kept: with a function as what it is made of, data, and an input.
KEEPING = (
    "func article() nn.Sequential {\n\treturn nn.Sequential{nn.SimpleRNN{Units: 64, ReturnSequences: true}, nn.SimpleRNN{Units: 1}}\n}",
    """func losses(name string, o optim.Optimizer) []float64 {
	return notebook.Must(notebook.Keep(name, func() ([]float64, error) {
		noise := notebook.Must(dataset.Random(1000, []int{10, 1}, []int{1}, 9))
		m := notebook.Must(fit.Compile(article(), o, loss.MSE{}, fit.Options{Seed: 9}))
		h, err := m.Fit(notebook.Context(), noise, fit.Config{Epochs: 2})
		return h.Loss(), err
	}, o))
}""",
    """clip := optim.Adam(1e-3).With(optim.ClipByNorm{Max: 1})
fmt.Println(losses("no clip", optim.Adam(1e-3)))
fmt.Println(losses("clip", clip))""",
)


def replaced(notebook, replacements):
    notebook = copy.deepcopy(notebook)
    for old, new in replacements.items():
        places = [cell for cell in notebook.cells if old in cell.source]
        assert places, f"{old!r} is not in the notebook any more"
        for cell in places:
            cell.source = cell.source.replace(old, new)
    return notebook


def shorter(path, replacements, begin=("",)):
    notebook = nbformat.read(path, 4)
    notebook.cells = [cell for cell in code_cells(notebook) if cell.source.startswith(begin)]
    assert begin == ("",) or len(notebook.cells) == len(begin), f"{path.name}: a cell that begins with one of {begin} is gone"
    return replaced(notebook, replacements)


def of_cells(cells):
    kernel = {"name": OPTIONS.kernel, "display_name": "", "language": "go"}
    return nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell(cell) for cell in cells], metadata={"kernelspec": kernel})


def numbers(cells):
    """What the cells show, without what Keep says about old values and what depends on the machine's speed."""
    return [untimed(line) for cell in cells for line in words(cell) if not line.startswith(KEPT)]


def notices(notebook):
    return [line for cell in notebook.cells for line in words(cell) if line.startswith(KEPT)]


def played(name):
    """What a notebook shows at first, and run again in the same kernel after each edit, which is added to those before it; and what a
    fresh kernel shows of it with all of them. What an earlier edit has left unchanged by mistake still is in the end."""
    replacements, edits, *begin = PLAIN[name]
    path = NOTEBOOKS / f"{name}.ipynb"
    notebook = shorter(path, replacements, *begin)
    size = len(notebook.cells)
    changes = [notebook]
    for old, new in edits:
        changes.append(replaced(changes[-1], {old: new}))
    whole = copy.deepcopy(notebook)
    whole.cells = [copy.deepcopy(cell) for change in changes for cell in change.cells]
    for n, cell in enumerate(whole.cells):
        cell.id = f"played-{n}"
    shown = execute(whole, path, OPTIONS).cells
    first, *turns = (numbers(shown[turn * size:][:size]) for turn in range(len(changes)))
    return name, first, turns, numbers(execute(changes[-1], path, OPTIONS).cells)


@unittest.skipUnless("unstuck-go" in KernelSpecManager().find_kernel_specs(), "lab/setup.sh installs the kernels")
class EditedNotebook(unittest.TestCase):
    maxDiff = None

    def test_everything_that_depends_on_a_change_changes(self):
        with ThreadPoolExecutor(AT_ONCE) as pool:
            for name, first, turns, fresh in pool.map(played, PLAIN):
                edits = PLAIN[name][1]
                for before, after, (old, new) in zip([first, *turns], turns, edits):
                    with self.subTest(f"{name}: {old} → {new}"):
                        self.assertNotEqual(after, before)
                with self.subTest(f"{name}: a kernel that has run it before shows what a fresh one does"):
                    self.assertEqual(turns[-1], fresh)

    def test_everything_kept_that_depends_on_a_change_changes(self):
        notebook, path = of_cells(KEEPING), NOTEBOOKS / "keeping.ipynb"
        with tempfile.TemporaryDirectory() as keep:
            first = execute(notebook, path, OPTIONS, keep)
            self.assertEqual(notices(first), [], "where nothing is kept, nothing is said")
            again = execute(notebook, path, OPTIONS, keep)
            self.assertEqual(numbers(again.cells), numbers(first.cells))
            self.assertEqual(len(notices(again)), 2, "each old value says that it is one")
            for old, new in (
                ("Units: 64", "Units: 2"),
                ("dataset.Random(1000", "dataset.Random(900"),
                ("ClipByNorm{Max: 1}", "ClipByNorm{Max: 0.01}"),
            ):
                with self.subTest(f"{old} → {new}"):
                    change = replaced(notebook, {old: new})
                    after = execute(change, path, OPTIONS, keep)
                    with tempfile.TemporaryDirectory() as empty:
                        fresh = execute(change, path, OPTIONS, empty)
                    self.assertEqual(numbers(after.cells), numbers(fresh.cells))
                    self.assertNotEqual(numbers(after.cells), numbers(first.cells))
                    self.assertEqual(len(notices(after)), 1 if "Clip" in old else 0, "what doesn't depend on it is kept")
            self.assertEqual(compare(first, execute(notebook, path, OPTIONS, keep=None), 0), [])

    def test_first_page(self):
        """Beginners change numbers in place: 10 for 0.01 is an int in Go, and must do all the same."""
        path = ROOT / "notebooks" / "00-start.ipynb"
        notebook = nbformat.read(path, 4)
        notebook.cells = code_cells(notebook)[:2]
        first = numbers(execute(notebook, path, OPTIONS).cells)
        for old, new in (("Adam(0.01)", "Adam(10)"), ("Seed: 1", "Seed: 2"), ("Units: 64", "Units: 3"), ("Epochs: 30", "Epochs: 3")):
            with self.subTest(f"{old} → {new}"):
                self.assertNotEqual(numbers(execute(replaced(notebook, {old: new}), path, OPTIONS).cells), first)


if __name__ == "__main__":
    unittest.main()
