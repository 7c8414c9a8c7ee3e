"""A slider above a picture: it is moved by keys and by mouse, in a notebook that has run, that was opened again, and as a page."""

import base64
import re
import urllib.parse

from .desk import Desk
from .export import requests
from .house import Problem, wait
from .notebooks import LOADED
from .theme import CONTRAST, DARK

CELL = """
rates := []float64{%s}
runs := make([]figure.Run, len(rates))
for i, rate := range rates {
	runs[i] = figure.Run{Name: fmt.Sprint("at ", rate), Train: []float64{1, 1 - rate, 1 - 2*rate}}
}
notebook.Slide("learning rate", rates, func(i int) figure.Figure {
	return figure.LossCurves{Runs: runs, Focus: i + 1}
})
"""
RATES = ("0.05", "0.1", "0.15", "0.2", "0.25", "0.3", "0.35")
SLIDER = ".unstuck-slider input[type=range]"
STANDS_OUT = re.compile(r"at (0\.\d+): loss")
# The contrast of an element's words with what is behind them.
WORDS = """element => {
    const luminance = color => {
        const [r, g, b] = color.match(/[\\d.]+/g).map(Number).map(c => (c /= 255) <= 0.04045 ? c / 12.92 : ((c + 0.055) / 1.055) ** 2.4);
        return 0.2126 * r + 0.7152 * g + 0.0722 * b;
    };
    let behind = element;
    while (behind.parentElement && /rgba\\(.*, 0\\)|transparent/.test(getComputedStyle(behind).backgroundColor)) behind = behind.parentElement;
    const [a, b] = [luminance(getComputedStyle(element).color), luminance(getComputedStyle(behind).backgroundColor)];
    return {contrast: (Math.max(a, b) + 0.05) / (Math.min(a, b) + 0.05), size: parseFloat(getComputedStyle(element).fontSize)};
}"""


def moves(house):
    name = house.write("slider.ipynb", CELL % ", ".join(RATES), 'fmt.Println("the kernel is free")')
    with house.page("slider") as page:
        desk = Desk.open(house, page, name)
        desk.run(0)
        moved(desk.outputs(0), page, RATES)
        if "free" not in desk.run(1):
            raise Problem("a cell behind a slider doesn't run")
        page.screenshot(path=house.pictures / "slider-moved.png")

        others = ("0.02", "0.04", "0.06")
        desk.type(0, CELL % ", ".join(others))
        desk.run(0)
        moved(desk.outputs(0), page, others)
        page.keyboard.press("Control+s")
        saved = f"at {others[0]}: loss"  # of the output, which comes behind the cell's source
        wait(lambda: saved in (house.folder / name).read_text(encoding="utf-8"), 60, lambda: "the notebook isn't saved")
        page.screenshot(path=house.pictures / "slider-saved.png")

        desk = Desk.open(house, page, name)
        house.stop_kernels()
        moved(desk.outputs(0), page, others)
        desk.theme("JupyterLab Dark")
        page.locator(DARK).wait_for(state="attached")
        for part in ("label", "output"):
            words = desk.outputs(0).locator(f".unstuck-slider {part}").evaluate(WORDS)
            if words["contrast"] < CONTRAST or words["size"] < 11:
                raise Problem(f"the slider's {part} in the dark: {words}")
    untrusted(house, name, others[1])
    exported(house, name, others)
    return f"{len(RATES)} places by keys and mouse, {len(others)} after a change, opened again without a kernel, and as a page"


def moved(outputs, page, values):
    """Moves a slider by keys and by mouse; each time another curve stands out, and its value stands beside the slider."""
    slider = outputs.locator(SLIDER)
    slider.wait_for(timeout=60_000)
    middle = len(values) // 2
    shows(outputs, values[middle], "at first", 0)
    slider.focus()
    seen = set()
    for key, at in (("ArrowRight", middle + 1), ("ArrowLeft", middle), ("ArrowLeft", middle - 1), ("Home", 0), ("End", len(values) - 1)):
        page.keyboard.press(key)
        seen.add(shows(outputs, values[at], f"after {key}"))
        if not slider.evaluate("slider => slider === document.activeElement"):
            raise Problem(f"{key} took the focus off the slider")
    if len(seen) < min(5, len(values)):
        raise Problem(f"only {len(seen)} different pictures of {values}")
    place = slider.bounding_box()
    page.mouse.click(place["x"] + 3, place["y"] + place["height"] / 2)
    shows(outputs, values[0], "after a click at the left end")
    page.mouse.down()
    page.mouse.move(place["x"] + place["width"] / 2, place["y"] + place["height"] / 2, steps=5)
    shows(outputs, values[middle], "dragged to the middle")
    page.mouse.up()


def shows(outputs, value, when, own=1):
    """Whether the value beside the slider is this one, and the picture below that of it; returns the picture's address. own: whether the
    slider has put it there, with the words that say what is in it."""
    image = outputs.locator("img")
    wait(lambda: outputs.locator(".unstuck-slider output").inner_text() == value, 5, lambda: f"{when}: not {value}, but {outputs.locator('.unstuck-slider output').inner_text()!r}")
    wait(lambda: image.count() == 1 and image.evaluate_all(LOADED), 10, lambda: f"{when}: {image.count()} pictures")
    source = image.get_attribute("src")
    svg = base64.b64decode(source.split(",")[1]).decode("utf-8") if ";base64," in source else urllib.parse.unquote(source)
    words = (svg, image.get_attribute("alt")) if own else (svg,)
    for text in words:
        if (found := STANDS_OUT.search(text)) is None or found[1] != value:
            raise Problem(f"{when}: the picture shows {found and found[1]}, not {value}: {text[:200]!r}")
    return source


def elsewhere(page, outputs, values):
    """In a page that isn't built as Jupyter's the slider has a picture of its own, and leaves the others alone."""
    page.evaluate("document.querySelectorAll('.jp-OutputArea').forEach(area => area.classList.remove('jp-OutputArea'))")
    images = outputs.locator("img")
    before = images.last.get_attribute("src")
    outputs.locator(SLIDER).focus()
    for key in ("Home", "ArrowRight", "Home"):
        page.keyboard.press(key)
    found = STANDS_OUT.search(images.first.get_attribute("alt"))
    if images.count() != 2 or images.last.get_attribute("src") != before or found is None or found[1] != values[0]:
        raise Problem(f"elsewhere: {images.count()} pictures, the first of {found and found[1]}")


def untrusted(house, name, value):
    """Before a notebook is trusted nothing of it may run: the picture stands there, and nothing that can't be moved."""
    content = (house.folder / name).read_text(encoding="utf-8").replace('"cell-0"', '"cell-unknown"').replace("learning rate ", "learning  rate ")
    (house.folder / "unknown.ipynb").write_text(content, encoding="utf-8")
    with house.page("slider-untrusted") as page:
        outputs = Desk.open(house, page, "unknown.ipynb", kernel=False).outputs(0)
        wait(lambda: outputs.locator("img").evaluate_all(LOADED) and outputs.locator("img").count() == 1, 60, lambda: "no picture")
        left = outputs.locator("input").evaluate_all("all => all.filter(one => one.getBoundingClientRect().width > 0).length")
        said = outputs.first.inner_text()
        if left or said.split() != ["learning", "rate", value] or not outputs.locator("img").get_attribute("src").startswith("data:image/png"):
            raise Problem(f"untrusted: {left} things to move, and {said!r}")


def exported(house, name, values):
    """As a page: moved without a network; without scripts, and on paper, the picture alone, with its value above it."""
    path = house.folder / "slider.html"
    path.write_text(house.ask(f"/nbconvert/html/{name}"), encoding="utf-8")
    if asked := requests(house, path):
        raise Problem(f"{path.name} asks for {', '.join(asked)}")
    for scripts in (True, False):
        context = house.browser.new_context(offline=True, java_script_enabled=scripts, viewport={"width": 1280, "height": 1000})
        try:
            page = context.new_page()
            page.goto(path.as_uri(), wait_until="load")
            outputs = page.locator(".jp-CodeCell").first.locator(".jp-OutputArea-output")
            if scripts:
                moved(outputs, page, values)
                elsewhere(page, outputs, values)
                page.reload()
                outputs.locator(SLIDER).wait_for()
            page.screenshot(path=house.pictures / f"slider-page-{'with' if scripts else 'without'}-scripts.png")
            page.emulate_media(media="print")
            if page.locator(SLIDER).is_visible() or not outputs.locator("img").is_visible():
                raise Problem("on paper there is a slider, or no picture")
            if outputs.locator(".unstuck-slider").inner_text().split() != ["learning", "rate", values[len(values) // 2]]:
                raise Problem(f"on paper: {outputs.locator('.unstuck-slider').inner_text()!r}")
        finally:
            context.close()
