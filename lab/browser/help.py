"""What the project's packages offer can be found without leaving the notebook: completion and help."""

import time

from playwright.sync_api import TimeoutError as Late

from .desk import Desk
from .house import Problem, wait


def completion(house):
    """Tab behind a package's dot lists its members, and the one that is picked is written out."""
    name = house.write("completion.ipynb", "x := 1", kernel="unstuck-go")
    with house.page("completion") as page:
        desk = Desk.open(house, page, name)
        desk.type(0, "%%\nnn.L")
        items = page.locator(".jp-Completer .jp-Completer-item")
        seconds = asked(lambda: page.keyboard.press("Tab"), items, "completion")
        words = [word.strip() for word in items.all_inner_texts()]
        if not {"LSTM", "Layer", "LayerNormalization", "LeakyReLU"} <= set(words):
            raise Problem(f"nn.L completes to {words}")
        page.screenshot(path=house.pictures / "completion-open.png")
        items.get_by_text("LayerNormalization", exact=True).click()
        source = desk.code.nth(0).locator(".cm-content").inner_text()
        if "nn.LayerNormalization" not in source:
            raise Problem(f"the completed cell is {source!r}")
        return f"{len(words)} members after {seconds:.1f} s"


def documentation(house):
    """Shift+Tab on a function shows its signature and the comment above it."""
    name = house.write("documentation.ipynb", "%%\nfit.Compile", kernel="unstuck-go")
    with house.page("documentation") as page:
        desk = Desk.open(house, page, name)
        desk.code.nth(0).locator(".cm-content").click()
        page.keyboard.press("Control+End")
        tooltip = page.locator(".jp-Tooltip")
        seconds = asked(lambda: page.keyboard.press("Shift+Tab"), tooltip, "help")
        text = tooltip.inner_text()
        page.screenshot(path=house.pictures / "documentation-open.png")
        for word in ("func", "Compile", "Model", "error"):
            if word not in text:
                raise Problem(f"the help on fit.Compile has no {word!r}: {text!r}")
        return f"{len(text)} characters after {seconds:.1f} s"


def asked(ask, answer, what):
    """Asks until there is an answer, as a person does while the language server still reads the packages."""
    start = time.monotonic()

    def again():
        ask()
        try:
            answer.first.wait_for(timeout=5_000)
            return True
        except Late:
            return False

    wait(again, 90, lambda: f"{what} doesn't open")
    return time.monotonic() - start
