"""A reader changes a number in a notebook and runs all of it again: every number that depends on it changes.

Cells that are plain Go leave values to later ones, so they are run again in the kernel that has run them before, as a reader does.
Cells with notebook.Keep have their values from files, so each run has a kernel of its own. What is compared are the
texts that cells show. Needs the kernels of lab/setup.sh.
"""

import argparse
import copy
import tempfile
import unittest

import nbformat
from jupyter_client.kernelspec import KernelSpecManager
from run_notebooks import ROOT, code_cells, compare, execute, untimed, words

NOTEBOOKS = ROOT / "notebooks"
OPTIONS = argparse.Namespace(timeout=300, kernel="unstuck-go")
KEPT = "kept: "

# Notebooks of plain cells: what makes them shorter, as much of the work as it takes, and what a reader changes.
PLAIN = {
    "01-learning-rate": (
        {"Epochs: 40": "Epochs: 4", "[39]": "[3]"},
        (
            ("Units: 64", "Units: 2"),
            ("optim.Adam(rate)", "optim.Adam(rate / 2)"),
            ("all.Shuffle(9)", "all.Shuffle(8)"),
        ),
    ),
    "02-activations": (
        {"int64(20)": "int64(2)", "waves, 60)": "waves, 2)", "Epochs: 60": "Epochs: 2"},
        (("Units: 64", "Units: 8"),),
    ),
    "05-looking-inside": (
        {"Epochs: 30": "Epochs: 4", "[29]": "[3]"},
        (("one.Units = 64", "one.Units = 8"),),
    ),
}

# The cells of notebook 03 that keep values.
KEEPING = NOTEBOOKS / "03-gradient-clipping.ipynb"
CELLS = ("func article()", "func noClip()", "type seeds", "%%\nfree, clipped := twentySeeds")
SHORTER = {"int64(20)": "int64(2)", "Epochs: 10": "Epochs: 2", "[9]": "[1]"}


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
    assert begin == ("",) or len(notebook.cells) == len(begin)
    return replaced(notebook, replacements)


def numbers(cells):
    """What the cells show, without what Keep says about old values and what depends on the machine's speed."""
    return [untimed(line) for cell in cells for line in words(cell) if not line.startswith(KEPT)]


def notices(notebook):
    return [line for cell in notebook.cells for line in words(cell) if line.startswith(KEPT)]


@unittest.skipUnless("unstuck-go" in KernelSpecManager().find_kernel_specs(), "lab/setup.sh installs the kernels")
class EditedNotebook(unittest.TestCase):
    maxDiff = None

    def test_everything_that_depends_on_a_change_changes(self):
        for name, (replacements, edits) in PLAIN.items():
            path = NOTEBOOKS / f"{name}.ipynb"
            notebook = shorter(path, replacements)
            size = len(notebook.cells)
            changes = [replaced(notebook, {old: new}) for old, new in edits]
            played = copy.deepcopy(notebook)
            played.cells += [copy.deepcopy(cell) for change in changes for cell in change.cells]
            for n, cell in enumerate(played.cells):
                cell.id = f"played-{n}"
            played = execute(played, path, OPTIONS).cells
            first = numbers(played[:size])
            for turn, (change, (old, new)) in enumerate(zip(changes, edits), 1):
                with self.subTest(f"{name}: {old} → {new}"):
                    after = numbers(played[turn * size:][:size])
                    self.assertEqual(after, numbers(execute(change, path, OPTIONS).cells))
                    self.assertNotEqual(after, first)

    def test_everything_kept_that_depends_on_a_change_changes(self):
        notebook = shorter(KEEPING, SHORTER, CELLS)
        with tempfile.TemporaryDirectory() as keep:
            first = execute(notebook, KEEPING, OPTIONS, keep)
            self.assertEqual(notices(first), [], "where nothing is kept, nothing is said")
            again = execute(notebook, KEEPING, OPTIONS, keep)
            self.assertEqual(numbers(again.cells), numbers(first.cells))
            self.assertEqual(len(notices(again)), 2, "each old value says that it is one")
            for old, new in (
                ("Units: 64", "Units: 2"),
                ("dataset.Random(1000", "dataset.Random(900"),
                ("ClipByNorm{Max: 1}", "ClipByNorm{Max: 0.01}"),
            ):
                with self.subTest(f"{old} → {new}"):
                    change = replaced(notebook, {old: new})
                    after = execute(change, KEEPING, OPTIONS, keep)
                    with tempfile.TemporaryDirectory() as empty:
                        fresh = execute(change, KEEPING, OPTIONS, empty)
                    self.assertEqual(numbers(after.cells), numbers(fresh.cells))
                    self.assertNotEqual(numbers(after.cells), numbers(first.cells))
                    self.assertEqual(len(notices(after)), 1 if "Clip" in old else 0, "what doesn't depend on it is kept")
            self.assertEqual(compare(first, execute(notebook, KEEPING, OPTIONS, keep=None), 0), [])

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
