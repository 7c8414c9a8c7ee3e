"""What the project's packages offer can be found without leaving the notebook: completion and help."""

import time

from playwright.sync_api import TimeoutError as Late

from .desk import Desk
from .house import Problem, wait


def completion_and_documentation(house):
    """Tab behind a package's dot lists its members; Shift+Tab on a function shows its signature and the comment above it.
    So it is in cells that begin with %%, and in plain Go."""
    name = house.write("help.ipynb", "%%\nnn.L", "%%\nfit.Compile", "nn.L", "fit.Compile", kernel="unstuck-go")
    with house.page("help") as page:
        desk = Desk.open(house, page, name)
        return "; ".join(answer for n in (0, 2) for answer in (completion(house, desk, n), documentation(house, desk, n + 1)))


def completion(house, desk, index):
    end(desk, index)
    items = desk.page.locator(".jp-Completer .jp-Completer-item")
    seconds = asked(lambda: desk.page.keyboard.press("Tab"), items, "completion")
    words = [word.strip() for word in items.all_inner_texts()]
    if not {"LSTM", "Layer", "LayerNormalization", "LeakyReLU"} <= set(words):
        raise Problem(f"nn.L completes to {words}")
    desk.page.screenshot(path=house.pictures / "completion.png")
    items.get_by_text("LayerNormalization", exact=True).click()
    source = desk.code.nth(index).locator(".cm-content").inner_text()
    if "nn.LayerNormalization" not in source:
        raise Problem(f"the completed cell is {source!r}")
    return f"{len(words)} members after {seconds:.1f} s"


def documentation(house, desk, index):
    end(desk, index)
    tooltip = desk.page.locator(".jp-Tooltip")
    seconds = asked(lambda: desk.page.keyboard.press("Shift+Tab"), tooltip, "help")
    text = wait(lambda: tooltip.inner_text().strip(), 60, lambda: "the help on fit.Compile is empty")
    desk.page.screenshot(path=house.pictures / "documentation.png")
    desk.page.keyboard.press("Escape")
    for words in ("func fit.Compile(net nn.Layer,", "Compile puts a network, an optimizer and a loss together"):
        if words not in text:
            raise Problem(f"the help on fit.Compile has no {words!r}: {text!r}")
    return f"{len(text)} characters of help after {seconds:.1f} s"


def end(desk, index):
    desk.code.nth(index).locator(".cm-content").click()
    desk.page.keyboard.press("Control+End")


def asked(ask, answer, what):
    """Asks until there is an answer, as a person does while the language server still reads the packages."""
    start = time.monotonic()

    def again():
        ask()
        try:
            answer.first.wait_for(timeout=20_000)
            return True
        except Late:
            return False

    wait(again, 300, lambda: f"{what} doesn't open")
    return time.monotonic() - start
