"""Measures pictures by their pixels, on a canvas of the browser itself."""

import base64
import json
from contextlib import contextmanager

DRAW = """async (source, width, height) => {
    const image = new Image();
    image.src = source;
    await image.decode();
    const canvas = new OffscreenCanvas(width || image.naturalWidth, height || image.naturalHeight);
    const context = canvas.getContext("2d", {willReadFrequently: true});
    context.fillStyle = "white";
    context.fillRect(0, 0, canvas.width, canvas.height);
    context.imageSmoothingQuality = "high";
    context.drawImage(image, 0, 0, canvas.width, canvas.height);
    return context.getImageData(0, 0, canvas.width, canvas.height);
}"""

# How much of a picture differs from its most frequent colour.
INK = """async ([source]) => {
    const {data} = await draw(source), counts = new Map();
    for (const pixel of new Uint32Array(data.buffer)) counts.set(pixel, (counts.get(pixel) || 0) + 1);
    return 1 - Math.max(...counts.values()) / (data.length / 4);
}"""

# The largest difference in brightness, of 0 to 1, between squares of 1/40 of the width; and that of the whole.
DIFFERENCE = """async ([one, other, width, height]) => {
    const a = (await draw(one, width, height)).data, b = (await draw(other, width, height)).data;
    const size = Math.max(4, Math.round(width / 40)), columns = Math.ceil(width / size);
    const sums = new Float64Array(columns * Math.ceil(height / size));
    let all = 0;
    for (let y = 0; y < height; y++) for (let x = 0; x < width; x++) {
        const i = 4 * (y * width + x);
        const delta = (0.3 * Math.abs(a[i] - b[i]) + 0.6 * Math.abs(a[i + 1] - b[i + 1]) + 0.1 * Math.abs(a[i + 2] - b[i + 2])) / 255;
        sums[Math.floor(y / size) * columns + Math.floor(x / size)] += delta;
        all += delta;
    }
    return {square: Math.max(...sums) / (size * size), whole: all / (width * height)};
}"""

# The contrast, as WCAG defines it, between the most frequent colour in each box and the colour farthest from it.
CONTRASTS = """async ([source, boxes]) => {
    const {data, width, height} = await draw(source);
    const linear = c => (c /= 255) <= 0.04045 ? c / 12.92 : ((c + 0.055) / 1.055) ** 2.4;
    const luminance = i => 0.2126 * linear(data[i]) + 0.7152 * linear(data[i + 1]) + 0.0722 * linear(data[i + 2]);
    return boxes.map(([left, top, right, bottom]) => {
        const counts = new Map(), all = [];
        for (let y = Math.max(0, Math.floor(top * height)); y < Math.min(height, Math.ceil(bottom * height)); y++)
            for (let x = Math.max(0, Math.floor(left * width)); x < Math.min(width, Math.ceil(right * width)); x++) {
                const l = luminance(4 * (y * width + x));
                all.push(l);
                counts.set(l, (counts.get(l) || 0) + 1);
            }
        const [ground] = [...counts].reduce((most, one) => one[1] > most[1] ? one : most, [0, 0]);
        return Math.max(...all.map(l => (Math.max(l, ground) + 0.05) / (Math.min(l, ground) + 0.05)));
    });
}"""

# The boxes of an SVG's words, as shares of its width and height.
WORDS = """([svg]) => {
    document.body.innerHTML = svg;
    const whole = document.querySelector("svg").getBoundingClientRect();
    const boxes = [...document.querySelectorAll("svg text")].filter(text => text.textContent.trim()).map(text => {
        const box = text.getBoundingClientRect();
        return {word: text.textContent.trim(), box: [
            (box.left - whole.left) / whole.width, (box.top - whole.top) / whole.height,
            (box.right - whole.left) / whole.width, (box.bottom - whole.top) / whole.height]};
    });
    document.body.innerHTML = "";
    return boxes;
}"""

# The sizes of its words' fonts, as shares of its width.
FONTS = """([svg]) => {
    document.body.innerHTML = svg;
    const drawing = document.querySelector("svg"), unit = drawing.getScreenCTM().a, width = drawing.getBoundingClientRect().width;
    const sizes = [...drawing.querySelectorAll("text")].filter(text => text.textContent.trim()).map(text => (
        {word: text.textContent.trim(), share: parseFloat(getComputedStyle(text).fontSize) * unit / width}));
    document.body.innerHTML = "";
    return sizes;
}"""


class Pixels:
    def __init__(self, page):
        self.page = page

    def evaluate(self, script, *arguments):
        return self.page.evaluate(f"async all => {{ const draw = {DRAW}; return await ({script})(all); }}", list(arguments))

    def ink(self, picture):
        return self.evaluate(INK, source(picture))

    def difference(self, image, picture):
        """How far what the screen shows in the place of image is from the picture, drawn by the same browser in the same size."""
        box = image.bounding_box()
        place = f"left: {box['x'] % 1}px; top: {box['y'] % 1}px; width: {box['width']}px; height: {box['height']}px"  # to a part of a pixel
        self.page.set_content(f'<img src="{source(picture)}" style="position: absolute; {place}">')
        own = self.page.locator("img")
        own.evaluate("image => image.decode()")
        return self.evaluate(DIFFERENCE, source(image.screenshot()), source(own.screenshot()), round(box["width"]), round(box["height"]))

    def contrasts(self, picture, boxes):
        return self.evaluate(CONTRASTS, source(picture), boxes)

    def words(self, svg):
        return self.evaluate(WORDS, svg)

    def fonts(self, svg):
        return self.evaluate(FONTS, svg)


@contextmanager
def pixels(house):
    context = house.browser.new_context()
    try:
        yield Pixels(context.new_page())
    finally:
        context.close()


def source(picture):
    """A picture's bytes as an image's address."""
    kind = "image/png" if picture.startswith(b"\x89PNG") else "image/svg+xml"
    return f"data:{kind};base64,{base64.b64encode(picture).decode()}"


def committed(notebook):
    """The pictures of a notebook file, from top to bottom: {"image/png": bytes, "image/svg+xml": bytes}."""
    found = []
    for cell in json.loads(notebook.read_text(encoding="utf-8"))["cells"]:
        for output in cell.get("outputs", []):
            data = output.get("data", {})
            if "image/png" in data:
                svg = "".join(data.get("image/svg+xml", ""))
                found.append({"image/png": base64.b64decode("".join(data["image/png"])), "image/svg+xml": svg.encode("utf-8")})
    return found
