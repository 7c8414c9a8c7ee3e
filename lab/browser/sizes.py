"""Notebooks in a narrow and a wide window, light and dark: nothing is cut, and no word is too small to read."""

from .desk import Desk
from .export import whole
from .house import Problem
from .notebooks import all_shown
from .pixels import committed, pixels
from .theme import DARK

WIDTHS = (1000, 1600)  # of the window, JupyterLab's file browser beside the notebook
SMALLEST = 11  # pixels of a font
# Words and tables that go on where their output or text ends. Code isn't looked at: JupyterLab doesn't wrap it, one pushes it aside.
BEYOND = """panel => [...panel.querySelectorAll(".jp-OutputArea-output, .jp-MarkdownOutput")].flatMap(part => {
    const end = part.getBoundingClientRect().left + part.clientWidth + 1;
    return [...part.querySelectorAll("table, p, li, h1, h2, h3")].map(inside => [inside, inside.getBoundingClientRect().right - end])
        .filter(([_, beyond]) => beyond > 0)
        .map(([inside, beyond]) => `${Math.ceil(beyond)} pixels of ${JSON.stringify(inside.innerText.trim().slice(0, 60))}`);
})"""


PLACED = "images => images.every(image => image.getBoundingClientRect().width > 0)"  # what is far from view is taken off the page


def readable(house):
    """Every notebook as committed, in windows of both widths and in both themes."""
    notebooks = sorted(house.committed.glob("*.ipynb"))
    with pixels(house) as measure:
        fonts = [font for notebook in notebooks for font in shown(house, notebook, measure)]
    return f"{len(fonts)} times a picture, the smallest font {min(fonts):.1f} pixels"


def shown(house, notebook, measure):
    """Looks at one notebook, alone in its window; returns the size of the smallest font of each picture, each time."""
    pictures = committed(notebook)
    words = [measure.fonts(picture["image/svg+xml"].decode("utf-8")) for picture in pictures]
    smallest = []
    with house.page(f"sizes-{notebook.stem}") as page:
        desk = Desk.open(house, page, notebook.name, kernel=False)
        for theme in ("Light", "Dark"):
            if theme == "Dark":
                desk.theme("JupyterLab Dark")
                page.locator(DARK).wait_for(state="attached")
            for width in WIDTHS:
                where = f"{notebook.name}, {theme.lower()}, in a window of {width} pixels"
                page.set_viewport_size({"width": width, "height": 1000})
                desk.show_everything()
                images = desk.panel.locator(".jp-OutputArea-output img")
                all_shown(images, len(pictures), 60, f"{where}: ", PLACED)
                whole(images, notebook, where)
                if beyond := desk.panel.evaluate(BEYOND):
                    raise Problem(f"{where}: {'; '.join(beyond)} are cut")
                for n, wide in enumerate(images.evaluate_all("all => all.map(image => image.getBoundingClientRect().width)")):
                    size, word = min((wide * found["share"], found["word"]) for found in words[n])
                    if round(size, 1) < SMALLEST:
                        raise Problem(f"{where}, picture {n + 1}: {word!r} has a font of {size:.1f} pixels")
                    smallest.append(size)
    return smallest
