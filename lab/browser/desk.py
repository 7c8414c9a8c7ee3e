"""Hands on a notebook in JupyterLab: opens it, runs cells, reads what came out."""

import re

from playwright.sync_api import TimeoutError as Late

from .house import Problem, wait

SHOWN = ".jp-NotebookPanel:not(.lm-mod-hidden)"
ERROR = '.jp-OutputArea-output[data-mime-type="application/vnd.jupyter.stderr"]'  # where tracebacks are shown as well


class Desk:
    """One notebook that is open on a page."""

    def __init__(self, page):
        self.page = page
        self.panel = page.locator(SHOWN)
        self.cells = self.panel.locator(".jp-Cell")
        self.code = self.panel.locator(".jp-CodeCell")

    @classmethod
    def open(cls, house, page, name, kernel=True):
        page.goto(house.lab(f"/tree/{name}"))
        page.locator(f"{SHOWN} .jp-Notebook").wait_for(timeout=60_000)
        desk = cls(page)
        if kernel:
            desk.wait_for_kernel()
        return desk

    def wait_for_kernel(self):
        """Waits until the status bar says that there is one: Unknown, before JupyterLab has heard of its first cell, or Idle."""
        wait(lambda: self.status().endswith(("| Unknown", "| Idle")), 300, lambda: f"the kernel is {self.status()!r}")

    def status(self):
        return self.page.locator("#jp-main-statusbar").get_by_text(re.compile(r" \| ")).first.inner_text().strip()

    def kernel(self):
        return self.panel.locator(".jp-Toolbar-kernelName").inner_text().strip()

    def type(self, index, source):
        """Replaces the source of a code cell, key by key for JupyterLab, at once for the test."""
        self.code.nth(index).locator(".cm-content").click()
        self.page.keyboard.press("Control+A")
        self.page.keyboard.insert_text(source)

    def run(self, index, seconds=300):
        """Runs a code cell with Shift+Enter and returns the text of its outputs."""
        self.start(index)
        return self.finished(index, seconds)

    def start(self, index):
        before = self.prompt(index)
        self.code.nth(index).locator(".cm-content").click()
        self.page.keyboard.press("Shift+Enter")
        wait(lambda: self.prompt(index) != before, 60, lambda: f"the cell doesn't run: its prompt is {self.prompt(index)!r}")

    def finished(self, index, seconds=300):
        wait(lambda: self.done(index), seconds, lambda: f"the cell still runs: {self.text(index)!r}")
        self.no_errors()
        return self.text(index)

    def done(self, index):
        return self.prompt(index).isdigit()

    def prompt(self, index):
        """The number before a cell; * while it runs, nothing before it ran."""
        return self.code.nth(index).locator(".jp-InputPrompt").inner_text().strip().strip("[]:").strip()

    def prompts(self):
        return [text.strip().strip("[]:").strip() for text in self.code.locator(".jp-InputPrompt").all_inner_texts()]

    def outputs(self, index):
        return self.code.nth(index).locator(".jp-OutputArea-output")

    def images(self, index):
        return self.outputs(index).locator("img")

    def text(self, index):
        return "\n".join(text.strip() for text in self.outputs(index).all_inner_texts())

    def errors(self):
        return self.panel.locator(ERROR).all_inner_texts()

    def no_errors(self):
        if errors := self.errors():
            raise Problem("a cell ended in an error:\n" + "\n".join(errors))

    def press(self, command):
        """Presses a button of the notebook's toolbar."""
        self.panel.locator(f'.jp-Toolbar [data-command="{command}"]').first.click()

    def theme(self, name):
        self.page.locator(".lm-MenuBar-item", has_text="Settings").click()
        self.page.locator(".lm-Menu-item", has_text="Theme").first.hover()
        self.page.locator('.lm-Menu-item[data-command="apputils:change-theme"]', has_text=name).first.click()

    def trust(self):
        """Trusts the notebook: JupyterLab then shows an output's SVG, before only its PNG."""
        self.page.keyboard.press("Control+Shift+c")
        self.page.locator(".lm-CommandPalette-input").fill("Trust Notebook")
        self.page.locator('.lm-CommandPalette-item[data-command="notebook:trust"]').click()
        self.page.locator(".jp-Dialog .jp-mod-accept").click()

    def export(self, format):
        item = self.page.locator(".lm-Menu-item").get_by_text(format, exact=True)

        def offered():  # JupyterLab learns the formats from the server when it has started
            self.page.locator(".lm-MenuBar-item", has_text="File").click()
            self.page.locator(".lm-Menu-item", has_text="Save and Export Notebook As").click()
            try:
                item.wait_for(timeout=3_000)
            except Late:
                self.page.keyboard.press("Escape")
                self.page.keyboard.press("Escape")
            return item.is_visible()

        wait(offered, 120, lambda: f"no export as {format}")
        item.click()
        self.page.locator(".jp-Dialog .jp-mod-accept").click()

    def menu(self, title, command):
        self.page.locator(".lm-MenuBar-item", has_text=title).first.click()
        self.page.locator(f'.lm-Menu-item[data-command="{command}"]').click()

    HIDDEN = """panel => {
        const cells = panel.querySelectorAll(".jp-Cell");
        const bottom = cells[cells.length - 1].getBoundingClientRect().bottom;
        return Math.ceil(bottom - panel.getBoundingClientRect().top + panel.scrollTop - panel.clientHeight);
    }"""  # how many pixels of the notebook's cells don't fit into its panel

    def show_everything(self):
        """Makes the window as high as the notebook: JupyterLab draws only what is in view."""
        for _ in range(5):
            hidden = self.panel.locator(".jp-WindowedPanel-outer").evaluate(self.HIDDEN)
            size = self.page.viewport_size
            if hidden <= 0 or size["height"] >= 15_000:  # Chromium draws no picture much higher
                return
            self.page.set_viewport_size({"width": size["width"], "height": min(15_000, size["height"] + hidden + 20)})
            self.page.wait_for_timeout(300)
