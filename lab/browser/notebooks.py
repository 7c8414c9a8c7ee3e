"""A notebook of notebooks/, opened and run from top to bottom: every picture is there, and is the committed one."""

import json
from concurrent.futures import ThreadPoolExecutor

from run_notebooks import rounds_otherwise

from .desk import Desk
from .house import Problem, wait
from .pixels import committed, pixels

SECONDS = 600  # for one notebook
LOADED = "images => images.every(image => image.complete && image.naturalWidth > 0)"
# A curve that runs elsewhere differs by 0.2 in some square of a fortieth of the width; a digit of a label by half of LIKENESS.
LIKENESS = 0.08
INK = 0.01  # a grid and an axis alone come to less


def run(house, name):
    notebook = house.committed / f"{name}.ipynb"
    content = json.loads(notebook.read_text(encoding="utf-8"))
    kernel = content["metadata"]["kernelspec"]["display_name"]
    code = [cell for cell in content["cells"] if cell["cell_type"] == "code" and "".join(cell["source"]).strip()]

    with house.page(name) as page, pixels(house) as measure:
        desk = Desk.open(house, page, notebook.name)
        if desk.kernel() != kernel:
            raise Problem(f"the kernel shown is {desk.kernel()!r}, not {kernel!r}")
        before = compare(desk, committed(notebook), measure)

        desk.menu("Edit", "editmenu:clear-all")
        wait(lambda: desk.panel.locator(".jp-OutputArea-output").count() == 0, 60, lambda: "the old outputs are still there")
        desk.show_everything()
        desk.menu("Run", "runmenu:run-all")

        def executed():
            return [text for text in desk.prompts() if text.isdigit()]

        wait(lambda: desk.errors() or len(executed()) >= len(code), SECONDS, lambda: f"not all cells ran: {desk.prompts()}")
        desk.no_errors()
        try:
            after = compare(desk, committed(notebook), measure)
        except Problem:
            if not ThreadPoolExecutor().submit(rounds_otherwise).result():  # beside the loop that the browser runs in
                raise
            after = compare(desk, committed(notebook), measure, likeness=1)
        return f"{kernel}: {len(executed())} code cells, {len(after)} images, at most {max(before):.3f} off as opened, {max(after):.3f} as run"


def compare(desk, pictures, measure, likeness=LIKENESS):
    """Compares what the screen shows in each picture's place with the committed picture; returns the differences. None is blank."""
    desk.show_everything()
    images = desk.panel.locator(".jp-OutputArea-output img")
    all_shown(images, len(pictures), 120)
    desk.show_everything()
    differences = []
    for n, picture in enumerate(pictures):
        kind = images.nth(n).get_attribute("src").removeprefix("data:").split(";")[0].split(",")[0]
        if (ink := measure.ink(images.nth(n).screenshot())) < INK:
            raise Problem(f"picture {n + 1} is blank: {100 * ink:.2f}% of it is drawn on")
        differences.append(measure.difference(images.nth(n), picture[kind])["square"])
        if differences[-1] > likeness:
            raise Problem(f"picture {n + 1} is not the committed one: {kind}, {differences[-1]:.3f} off where it is most different")
    return differences


def all_shown(images, count, seconds, where="", condition=LOADED):
    """Waits until there are so many images, loaded, and a condition on all of them holds."""
    wait(
        lambda: images.count() == count and images.evaluate_all(LOADED) and images.evaluate_all(condition), seconds,
        lambda: f"{where}{count} images expected, the widths of those there are {images.evaluate_all('all => all.map(i => i.naturalWidth)')}",
    )
