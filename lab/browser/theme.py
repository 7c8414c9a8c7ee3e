"""Every figure can be read in JupyterLab's dark theme: the words in it stand out from what is behind them."""

from .desk import Desk
from .house import Problem
from .notebooks import all_shown
from .pixels import committed, pixels

CONTRAST = 4.5  # WCAG 2.2, 1.4.3, for text of this size
DARK = 'body[data-jp-theme-name="JupyterLab Dark"]'


def dark(house):
    """The pictures of all notebooks as committed, first the PNG, which is shown before a notebook is trusted, then the SVG."""
    lowest, words = {}, 0
    # Twice the pixels, as on most laptops: on fewer, thin letters are drawn in mixed colours only.
    with house.page("dark-theme", device_scale_factor=2) as page, pixels(house) as measure:
        for notebook in sorted(house.committed.glob("*.ipynb")):
            desk = Desk.open(house, page, notebook.name, kernel=False)
            if not page.locator(DARK).count():
                desk.theme("JupyterLab Dark")
                page.locator(DARK).wait_for(state="attached")
            for kind in ("image/png", "image/svg+xml"):
                if kind == "image/svg+xml":
                    desk.trust()
                for n, (image, picture) in enumerate(shown(desk, committed(notebook), kind)):
                    found = measure.words(picture["image/svg+xml"].decode("utf-8"))
                    contrasts = measure.contrasts(image.screenshot(), [word["box"] for word in found])
                    worst, word = min(zip(contrasts, [word["word"] for word in found]))
                    if round(worst, 1) < CONTRAST:  # the palette of a PNG rounds as well
                        raise Problem(f"{notebook.name}, picture {n + 1}, {kind}: the contrast of {word!r} is {worst:.2f}")
                    lowest[kind] = min(worst, lowest.get(kind, worst))
                    words += len(found)
    return f"{words} words, contrast at least " + " and ".join(f"{worst:.1f} ({kind})" for kind, worst in lowest.items())


def shown(desk, pictures, kind):
    images = desk.panel.locator(f'.jp-OutputArea-output img[src^="data:{kind}"]')
    desk.show_everything()
    all_shown(images, len(pictures), 30, f"{kind}: ")
    desk.show_everything()
    return [(images.nth(n), picture) for n, picture in enumerate(pictures)]
