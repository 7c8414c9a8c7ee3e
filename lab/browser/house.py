"""The house everything happens in: one JupyterLab, as make lab starts it, and one Chromium that talks to nobody else."""

import json
import os
import secrets
import shutil
import signal
import socket
import subprocess
import time
import urllib.request
from contextlib import contextmanager
from pathlib import Path

from playwright.sync_api import sync_playwright
from run_notebooks import same_arithmetic

ROOT = Path(__file__).resolve().parents[2]
NOTEBOOKS = ROOT / "notebooks"
SETTINGS = "settings"  # JupyterLab's own, such as the theme
QUIET = (
    "--no-sandbox --disable-gpu --disable-quic --no-first-run --disable-background-networking"
    " --disable-component-update --disable-sync"
).split()


class Problem(Exception):
    """What a person would complain about."""


class House:
    """folder is what the server serves: a copy of notebooks/, so that nothing is saved over the committed outputs.

    committed holds them as they were when the house was opened; pictures is for what was seen."""

    def __init__(self, browser, server, token, folder, committed, pictures):
        self.browser, self.server, self.token = browser, server, token
        self.folder, self.committed, self.pictures = folder, committed, pictures
        self.visitor = ""

    @contextmanager
    def page(self, name, height=1000, **options):
        """A page of a new visitor. What it looks like in the end is kept as a picture, however it ends; settings are forgotten."""
        self.visitor = name
        context = self.browser.new_context(viewport={"width": 1280, "height": height}, **options)
        try:
            page = context.new_page()
            page.set_default_timeout(120_000)  # a busy machine draws late
            try:
                yield page
            finally:
                page.screenshot(path=self.pictures / f"{name}.png")
        finally:
            context.close()
            self.stop_kernels()
            shutil.rmtree(self.folder.parent / SETTINGS, ignore_errors=True)

    def address(self, path):
        return f"{self.server}{path}?token={self.token}"

    def lab(self, path=""):
        """An address within JupyterLab. Each visitor has a workspace: one that is shared opens again what was open before."""
        return self.address(f"/lab/workspaces/{self.visitor}{path}")

    def ask(self, path, method="GET"):
        """A request to Jupyter's server; its answer as text."""
        request = urllib.request.Request(self.address(path), method=method)
        with urllib.request.urlopen(request, timeout=30) as answer:
            return answer.read().decode("utf-8")

    def stop_kernels(self):
        for session in json.loads(self.ask("/api/sessions")):
            self.ask(f"/api/sessions/{session['id']}", "DELETE")

    def write(self, name, *cells, kernel="unstuck-xla-cpu"):
        """Puts a notebook of code cells into the folder."""
        content = {
            "cells": [
                {"cell_type": "code", "id": f"cell-{n}", "source": source.strip(), "metadata": {}, "outputs": [], "execution_count": None}
                for n, source in enumerate(cells)
            ],
            "metadata": {"kernelspec": {"name": kernel, "display_name": kernel, "language": "go"}},
            "nbformat": 4,
            "nbformat_minor": 5,
        }
        (self.folder / name).write_text(json.dumps(content), encoding="utf-8")
        return name


@contextmanager
def open_house(executable, home, pictures):
    home = Path(home)
    folder, committed = home / "notebooks", home / "committed"
    shutil.copytree(NOTEBOOKS, committed)
    shutil.copytree(committed, folder)
    with server(folder, home) as (address, token), chromium(executable, home) as browser:
        yield House(browser, address, token, folder, committed, pictures)


@contextmanager
def server(folder, home):
    """JupyterLab as make lab starts it, on another folder and a free port; gives its address and token."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    token = secrets.token_hex(16)
    with open(home / "server.log", "w+", encoding="utf-8") as log:
        process = subprocess.Popen(
            ["bash", str(ROOT / "lab" / "start.sh"), "--port", str(port), "--ServerApp.port_retries=0", "--no-browser",
             f"--ServerApp.root_dir={folder}", f"--NotebookNotary.db_file={home / 'signatures.db'}"],  # nothing is trusted yet
            stdout=log, stderr=subprocess.STDOUT, stdin=subprocess.DEVNULL, start_new_session=True,
            # What a notebook keeps from one run to the next starts empty and goes with home, and so does what JupyterLab
            # remembers: workspaces would open the notebooks of earlier visits, settings are the person's own.
            env=os.environ | {
                "JUPYTER_TOKEN": token,
                "UNSTUCK_KEEP": str(home / "keep"),
                "XLA_FLAGS": same_arithmetic(os.environ.get("XLA_FLAGS", "")),
                "JUPYTERLAB_WORKSPACES_DIR": str(home / "workspaces"),
                "JUPYTERLAB_SETTINGS_DIR": str(home / SETTINGS),
            },
        )
        address = f"http://127.0.0.1:{port}"
        try:
            wait(lambda: answers(f"{address}/api/status?token={token}") or process.poll() is not None, 120, lambda: "no JupyterLab")
            if process.poll() is not None:
                raise Problem(f"JupyterLab ended:\n{Path(log.name).read_text(encoding='utf-8')}")
            yield address, token
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
    """A headless Chromium that keeps its files in home."""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=executable, args=QUIET, env=os.environ | {"HOME": str(home)})
        try:
            yield browser
        finally:
            browser.close()


def wait(condition, seconds, otherwise):
    """Waits until condition() holds and returns what it gave; after that many seconds it raises a Problem that says otherwise()."""
    end = time.monotonic() + seconds
    while not (result := condition()):
        if time.monotonic() > end:
            raise Problem(otherwise())
        time.sleep(0.1)
    return result
