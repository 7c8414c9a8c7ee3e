"""Makes the pictures of the README anew: .lab/venv/bin/python lab/pictures.py [--chromium /usr/bin/chromium] [names]

docs/learning-rates.png is the last picture of notebooks/01-learning-rate.ipynb but the slider's, as it is committed: execute the notebook first where its
pictures are to change. docs/diagnosis.png is the top of the page that the README's first command writes. Names choose between learning-rates and
diagnosis; without any, both are made.
"""

import argparse
import base64
import shutil
import subprocess
import tempfile
from pathlib import Path

import nbformat
from run_notebooks import ROOT, code_cells

DOCS = ROOT / "docs"
NOTEBOOK = ROOT / "notebooks" / "01-learning-rate.ipynb"
TOP = {"width": 944, "height": 1240}  # of the page, in CSS pixels: to the end of its first figure
SCALE = 1.6  # pixels of the picture to one of these


def learning_rates():
    """The PNG that the notebook shows last."""
    notebook = nbformat.read(NOTEBOOK, 4)
    pictures = [output.data["image/png"] for cell in code_cells(notebook) if "notebook.Slide(" not in cell.source for output in cell.outputs if "image/png" in output.get("data", {})]
    return base64.b64decode(pictures[-1])


def diagnosis(chromium):
    from playwright.sync_api import sync_playwright  # the other picture needs no browser

    with tempfile.TemporaryDirectory() as folder, sync_playwright() as play:
        page = Path(folder) / "report.html"
        subprocess.run(["go", "run", "./cmd/unstuck", "diagnose", "examples/stuck", "--html", page], cwd=ROOT, check=True, stdout=subprocess.DEVNULL)
        browser = play.chromium.launch(executable_path=chromium, args=["--no-sandbox"])
        tab = browser.new_page(viewport=TOP, device_scale_factor=SCALE)
        tab.goto(page.as_uri())
        picture = tab.screenshot()
        browser.close()
        return picture


def main():
    parser = argparse.ArgumentParser(description=__doc__.split(":")[0])
    parser.add_argument("names", nargs="*", help="learning-rates, diagnosis; default: both")
    parser.add_argument("--chromium", default=shutil.which("chromium"), help="the browser's executable, for diagnosis")
    options = parser.parse_args()
    make = {"learning-rates": learning_rates, "diagnosis": lambda: diagnosis(options.chromium)}
    for name in options.names or list(make):
        path = DOCS / f"{name}.png"
        path.write_bytes(make[name]())
        print(path.relative_to(ROOT))


if __name__ == "__main__":
    main()
