"""Works in JupyterLab as a person would: opens notebooks in a real Chromium, runs all cells, looks at the outputs.

    python lab/browser_test.py --chromium /usr/bin/chromium [--screenshots FOLDER] [notebooks]

It starts the server that `make lab` starts, on a copy of notebooks/ so that nothing is saved over the committed
outputs. A notebook passes when its kernel starts under the notebook's own kernel name, no cell ends in an error,
and every image that the committed notebook has is there again and has pixels. Exits 1 when one doesn't pass.
"""

import argparse
import json
import os
import secrets
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
import urllib.request
from contextlib import contextmanager
from pathlib import Path

from playwright.sync_api import Error, sync_playwright

ROOT = Path(__file__).resolve().parent.parent
QUIET = (
    "--no-sandbox --disable-gpu --disable-quic --no-first-run --disable-background-networking"
    " --disable-component-update --disable-sync"
).split()


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n\n")[0])
    parser.add_argument("notebooks", nargs="*", type=Path, help="default: every notebook of notebooks/")
    parser.add_argument("--chromium", required=True, help="the browser's executable")
    parser.add_argument("--screenshots", type=Path, help="a folder for pictures of the notebooks (default: a new one)")
    parser.add_argument("--timeout", type=int, default=600, help="seconds for one notebook (default 600)")
    options = parser.parse_args()

    notebooks = options.notebooks or sorted((ROOT / "notebooks").glob("*.ipynb"))
    if not notebooks:
        sys.exit("no notebook found in notebooks/")
    screenshots = options.screenshots or Path(tempfile.mkdtemp(prefix="unstuck-screenshots-"))
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))  # so that the server and the browser end as well
    failed = 0
    for notebook in notebooks:
        start = time.monotonic()
        try:
            summary, problem = look_at(notebook, options.chromium, screenshots, options.timeout), None
        except (Problem, Error, OSError, KeyError, ValueError) as err:
            summary, problem = "", f"{type(err).__name__}: {err}"
        print(f"{'FAIL' if problem else 'ok'}\t{notebook.name}\t{time.monotonic() - start:.1f}s\t{summary}", flush=True)
        if problem:
            print("    " + problem.strip().replace("\n", "\n    "), flush=True)
        failed += bool(problem)
    print(f"screenshots: {screenshots}")
    print(f"browser: {len(notebooks) - failed} passed, {failed} failed")
    sys.exit(1 if failed else 0)


def look_at(notebook, executable, screenshots, seconds):
    """Opens one notebook in a server and a browser of its own, runs it and returns a few words about it."""
    with tempfile.TemporaryDirectory(prefix="unstuck-browser-") as home, chromium(executable, home) as browser:
        with server(copy(notebook, Path(home)), Path(home)) as address:
            page = browser.new_page(viewport={"width": 1280, "height": 1000})
            try:
                return visit(page, address, notebook, seconds)
            finally:
                page.screenshot(path=screenshots / f"{notebook.stem}.png")


def copy(notebook, home):
    """A folder like notebooks/, with its data, that holds the notebook."""
    folder = home / "notebooks"
    if (ROOT / "notebooks").is_dir():
        shutil.copytree(ROOT / "notebooks", folder)
    folder.mkdir(exist_ok=True)
    shutil.copy(notebook, folder / notebook.name)
    return folder


@contextmanager
def server(folder, home):
    """JupyterLab as make lab starts it, on another folder and a free port; gives its address with {} for a path."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    token = secrets.token_hex(16)
    with open(home / "server.log", "w+", encoding="utf-8") as log:
        process = subprocess.Popen(
            ["bash", str(ROOT / "lab" / "start.sh"), "--port", str(port), "--ServerApp.port_retries=0", "--no-browser",
             f"--ServerApp.root_dir={folder}"],
            stdout=log, stderr=subprocess.STDOUT, stdin=subprocess.DEVNULL, start_new_session=True,
            # What a notebook keeps from one run to the next starts empty and goes with home, and so do JupyterLab's
            # workspaces: restored, they would open the notebooks of earlier visits beside this one.
            env=os.environ | {
                "JUPYTER_TOKEN": token,
                "UNSTUCK_KEEP": str(home / "keep"),
                "JUPYTERLAB_WORKSPACES_DIR": str(home / "workspaces"),
            },
        )
        address = f"http://127.0.0.1:{port}{{}}?token={token}"
        try:
            wait(lambda: answers(address.format("/api/status")) or process.poll() is not None, 120, lambda: "no JupyterLab")
            if process.poll() is not None:
                raise Problem(f"JupyterLab ended:\n{Path(log.name).read_text(encoding='utf-8')}")
            yield address
        finally:
            process.send_signal(signal.SIGTERM)  # the server ends its kernels
            try:
                process.wait(30)
            except subprocess.TimeoutExpired:
                os.killpg(process.pid, signal.SIGKILL)
                process.wait()


def answers(address):
    try:
        with urllib.request.urlopen(address, timeout=10):
            return True
    except OSError:
        return False


@contextmanager
def chromium(executable, home):
    """A headless Chromium that keeps its files in home and talks to nobody else."""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=executable, args=QUIET, env=os.environ | {"HOME": home})
        try:
            yield browser
        finally:
            browser.close()


def visit(page, address, notebook, seconds):
    """Runs one notebook from top to bottom and returns a few words about it."""
    content = json.loads(notebook.read_text(encoding="utf-8"))
    kernel = content["metadata"]["kernelspec"]["display_name"]
    code = [cell for cell in content["cells"] if cell["cell_type"] == "code" and "".join(cell["source"]).strip()]
    pictures = sum(any(kind.startswith("image/") for kind in output.get("data", {})) for cell in code for output in cell["outputs"])

    page.goto(address.format(f"/lab/tree/{notebook.name}"))
    page.locator(".jp-NotebookPanel .jp-Notebook").wait_for(timeout=60_000)
    name = page.locator(".jp-NotebookPanel .jp-Toolbar-kernelName")
    wait(lambda: name.inner_text().strip() == kernel, 60, lambda: f"the kernel shown is {name.inner_text()!r}, not {kernel!r}")

    menu(page, "Edit", "editmenu:clear-all")
    wait(lambda: page.locator(".jp-OutputArea-output").count() == 0, 10, lambda: "the old outputs are still there")
    show_everything(page)
    menu(page, "Run", "runmenu:run-all")

    def prompts():
        return [text.strip() for text in page.locator(".jp-CodeCell .jp-InputPrompt").all_inner_texts()]

    def errors():
        return page.locator('.jp-OutputArea-output [data-mime-type="application/vnd.jupyter.error"]').all_inner_texts()

    def executed():
        return [text for text in prompts() if text.strip("[]:").isdigit()]

    wait(lambda: errors() or len(executed()) >= len(code), seconds, lambda: f"not all cells ran: {prompts()}")
    if errors():
        raise Problem("a cell ended in an error:\n" + "\n".join(errors()))

    show_everything(page)
    images = page.locator(".jp-OutputArea-output img")
    wait(
        lambda: images.count() == pictures and all(images.evaluate_all("all => all.map(i => i.complete && i.naturalWidth > 0)")),
        30,
        lambda: f"{pictures} images expected, their widths are {images.evaluate_all('all => all.map(i => i.naturalWidth)')}",
    )
    return f"{kernel}: {len(executed())} code cells, {pictures} images"


def menu(page, title, command):
    page.locator(".lm-MenuBar-item", has_text=title).first.click()
    page.locator(f'.lm-Menu-item[data-command="{command}"]').click()


HIDDEN = """panel => {
    const cells = panel.querySelectorAll(".jp-Cell");
    const bottom = cells[cells.length - 1].getBoundingClientRect().bottom;
    return Math.ceil(bottom - panel.getBoundingClientRect().top + panel.scrollTop - panel.clientHeight);
}"""  # how many pixels of the notebook's cells don't fit into its panel


def show_everything(page):
    """Makes the window as high as the notebook: JupyterLab draws only what is in view."""
    for _ in range(5):
        hidden = page.locator(".jp-NotebookPanel .jp-WindowedPanel-outer").evaluate(HIDDEN)
        height = page.viewport_size["height"]
        if hidden <= 0 or height >= 15_000:  # Chromium draws no picture much higher
            return
        page.set_viewport_size({"width": 1280, "height": min(15_000, height + hidden + 20)})
        page.wait_for_timeout(300)


def wait(condition, seconds, otherwise):
    """Waits until condition() holds; after that many seconds it raises a Problem that says otherwise()."""
    end = time.monotonic() + seconds
    while not condition():
        if time.monotonic() > end:
            raise Problem(otherwise())
        time.sleep(0.2)


class Problem(Exception):
    """What a person would complain about."""


if __name__ == "__main__":
    main()
