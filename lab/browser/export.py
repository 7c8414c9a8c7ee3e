"""A notebook as a page of HTML, and that page printed: the pictures are in it, and whole, with no network and no script."""

import urllib.parse

from .desk import Desk
from .house import Problem
from .notebooks import LOADED
from .pixels import committed, pixels

# A4 at 96 pixels to the inch, less the half inch of margin that nbconvert's page asks for on each side.
PAPER = {"width": 794 - 96, "height": 1123 - 96}
OUTSIDE = """images => images.map(image => {
    const box = image.getBoundingClientRect();
    let left = 0, right = document.documentElement.clientWidth;
    for (let around = image.parentElement; around; around = around.parentElement) {
        if (getComputedStyle(around).overflowX === "visible") continue;
        const frame = around.getBoundingClientRect();
        left = Math.max(left, frame.left);
        right = Math.min(right, frame.right);
    }
    return {cut: Math.max(left - box.left, box.right - right), height: box.height};
})"""  # how many pixels of each image are beyond what shows, because of the page or of something around it


def html(house):
    """File, Save and Export, HTML for one notebook by hand, for the others by the address behind it."""
    with house.page("export") as page:
        notebooks = sorted(house.committed.glob("*.ipynb"))
        desk = Desk.open(house, page, notebooks[0].name, kernel=False)
        with page.expect_download() as download:
            desk.export("HTML")
        exported = {notebooks[0]: download.value.path().read_text(encoding="utf-8")}
    for notebook in notebooks[1:]:
        exported[notebook] = house.ask(f"/nbconvert/html/{urllib.parse.quote(notebook.name)}")

    seen, largest = 0, 0
    with pixels(house) as measure:
        for notebook, content in exported.items():
            path = house.folder / notebook.with_suffix(".html").name
            path.write_text(content, encoding="utf-8")
            pictures = committed(notebook)
            asked = requests(house, path)
            if asked:
                raise Problem(f"{path.name} asks for {', '.join(asked)}")
            largest = max(largest, alone(house, path, pictures, measure))
            seen += len(pictures)
    return f"{len(exported)} pages, {seen} pictures in them, whole on A4 as well; largest difference {largest:.3f}"


def requests(house, path):
    """What a page would load from elsewhere, with its scripts running; the network is off."""
    context = house.browser.new_context(offline=True)
    try:
        page, asked = context.new_page(), []
        page.on("request", lambda request: asked.append(request.url))
        page.goto(path.as_uri(), wait_until="load")
        return [url for url in asked if not url.startswith(("data:", "blob:", path.as_uri()))]
    finally:
        context.close()


def alone(house, path, pictures, measure):
    """Looks at a page without scripts on the screen, then on paper; returns how far its pictures are from the committed ones."""
    context = house.browser.new_context(offline=True, java_script_enabled=False, viewport={"width": 1280, "height": 1000})
    try:
        page = context.new_page()
        page.goto(path.as_uri(), wait_until="load")
        images = page.locator(".jp-OutputArea-output img")
        if images.count() != len(pictures) or not images.evaluate_all(LOADED):
            raise Problem(f"{path.name} shows {images.count()} pictures of {len(pictures)}")
        whole(images, path, "on the screen")
        largest = max(measure.difference(images.nth(n), picture["image/svg+xml"])["square"] for n, picture in enumerate(pictures))
        if largest > 0.08:
            raise Problem(f"{path.name} shows another picture: {largest:.3f} off where it is most different")

        page.emulate_media(media="print")
        page.set_viewport_size(PAPER)
        for n, one in enumerate(whole(images, path, "on paper")):
            if one["height"] > PAPER["height"]:
                raise Problem(f"{path.name}: picture {n + 1} is {one['height']:.0f} pixels high, a page {PAPER['height']}")
        page.pdf(path=house.pictures / f"{path.stem}.pdf", format="A4", prefer_css_page_size=True, print_background=True)
        return largest
    finally:
        context.close()


def whole(images, path, where):
    places = images.evaluate_all(OUTSIDE)
    for n, place in enumerate(places):
        if place["cut"] > 0.5:
            raise Problem(f"{path.name}: {place['cut']:.0f} pixels of picture {n + 1} are cut off {where}")
    return places
