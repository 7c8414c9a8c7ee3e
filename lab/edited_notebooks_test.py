"""A reader changes a number in a notebook and runs all of it again: every number that depends on it changes.

The cells are those of notebook 01 that keep values, and those of 00-start, whose values live on as they are; the texts they print are
compared. Needs the kernels of lab/setup.sh.
"""

import argparse
import copy
import tempfile
import unittest

import nbformat
from jupyter_client.kernelspec import KernelSpecManager
from run_notebooks import ROOT, code_cells, compare, execute, words

PATH = ROOT / "notebooks" / "01-learning-rate.ipynb"
CELLS = ("func network()", "func noise()", "func train(", "func runWith(", "func patients()")
OPTIONS = argparse.Namespace(timeout=300, kernel="unstuck-go")
KEPT = "kept: "


def excerpt():
    notebook = nbformat.read(PATH, 4)
    notebook.cells = [cell for cell in code_cells(notebook) if cell.source.startswith(CELLS)]
    for cell in notebook.cells:  # as much of the work as it takes
        cell.source = cell.source.replace("Epochs: 40", "Epochs: 4").replace("[39]", "[3]")
    assert len(notebook.cells) == len(CELLS)
    return notebook


def edited(notebook, old, new):
    notebook = copy.deepcopy(notebook)
    places = [cell for cell in notebook.cells if old in cell.source]
    assert places, f"{old!r} is not in the notebook any more"
    for cell in places:
        cell.source = cell.source.replace(old, new)
    return notebook


def numbers(notebook):
    """What the cells print, without what Keep says about old values."""
    return [line for cell in notebook.cells for line in words(cell) if not line.startswith(KEPT)]


def notices(notebook):
    return [line for cell in notebook.cells for line in words(cell) if line.startswith(KEPT)]


@unittest.skipUnless("unstuck-go" in KernelSpecManager().find_kernel_specs(), "lab/setup.sh installs the kernels")
class EditedNotebook(unittest.TestCase):
    def test_everything_that_depends_on_a_change_changes(self):
        notebook = excerpt()
        with tempfile.TemporaryDirectory() as keep:
            first = execute(notebook, PATH, OPTIONS, keep)
            self.assertEqual(notices(first), [], "where nothing is kept, nothing is said")
            again = execute(notebook, PATH, OPTIONS, keep)
            self.assertEqual(numbers(again), numbers(first))
            self.assertEqual(len(notices(again)), 5, "each old value says that it is one")
            for old, new in (
                ("Units: 64", "Units: 2"),
                ("Seed: 9", "Seed: 8"),
                ("optim.Adam(learningRate)", "optim.Adam(learningRate / 2)"),
                ("all.Shuffle(9)", "all.Shuffle(8)"),
            ):
                with self.subTest(f"{old} → {new}"):
                    change = edited(notebook, old, new)
                    after = execute(change, PATH, OPTIONS, keep)
                    with tempfile.TemporaryDirectory() as empty:
                        fresh = execute(change, PATH, OPTIONS, empty)
                    self.assertEqual(numbers(after), numbers(fresh))
                    self.assertNotEqual(numbers(after), numbers(first))
                    self.assertEqual(len(notices(after)), 2 if "Shuffle" in old else 0, "what doesn't depend on it is kept")
            self.assertEqual(compare(first, execute(notebook, PATH, OPTIONS, keep=None), 0), [])

    def test_first_page(self):
        """Beginners change numbers in place: 10 for 0.01 is an int in Go, and must do all the same."""
        path = ROOT / "notebooks" / "00-start.ipynb"
        notebook = nbformat.read(path, 4)
        notebook.cells = code_cells(notebook)[:2]
        first = numbers(execute(notebook, path, OPTIONS))
        for old, new in (("Adam(0.01)", "Adam(10)"), ("Seed: 1", "Seed: 2"), ("Units: 64", "Units: 3"), ("Epochs: 30", "Epochs: 3")):
            with self.subTest(f"{old} → {new}"):
                self.assertNotEqual(numbers(execute(edited(notebook, old, new), path, OPTIONS)), first)


if __name__ == "__main__":
    unittest.main()
