"""Works in JupyterLab as a person would, in a real Chromium, and looks at what it shows.

    python lab/browser_test.py --chromium /usr/bin/chromium [--pictures FOLDER] [names]

Everything happens in one server, the one that `make lab` starts, on a copy of notebooks/, and in one browser. Names
choose among the checks below and the notebooks, such as `interrupt 01-learning-rate`; without any, all are done.
Prints a line for each and exits 1 when one doesn't pass.
"""

import argparse
import signal
import sys
import tempfile
import time
from functools import partial
from pathlib import Path

from browser import export, growing, help, launcher, liveview, notebooks, sizes, slider, stranger, theme, together
from browser.house import NOTEBOOKS, Problem, open_house
from playwright.sync_api import Error

CHECKS = {
    "opens-on-start": launcher.opens_on_start,
    "launcher": launcher.kernels_with_icons,
    "edit-and-run": launcher.edit_and_run,
    "first-cells": stranger.first_cells,
    "help": help.completion_and_documentation,
    "live-view": liveview.updates,
    "growing": growing.grow,
    "interrupt": liveview.interrupt,
    "slider": slider.moves,
    "restart": together.restart_and_run_all,
    "two-kernels": together.two_kernels,
    "dark-theme": theme.dark,
    "sizes": sizes.readable,
    "export": export.html,
}


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n\n")[0])
    parser.add_argument("names", nargs="*", help=f"of {', '.join(CHECKS)}; default: all")
    parser.add_argument("--chromium", required=True, help="the browser's executable")
    parser.add_argument("--pictures", type=Path, help="a folder for pictures of what was seen (default: a new one)")
    options = parser.parse_args()

    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))  # so that the server and the browser end as well
    pictures = options.pictures or Path(tempfile.mkdtemp(prefix="unstuck-pictures-"))
    pictures.mkdir(parents=True, exist_ok=True)
    checks = CHECKS | {path.stem: partial(notebooks.run, name=path.stem) for path in sorted(NOTEBOOKS.glob("*.ipynb"))}
    names = options.names or list(checks)
    with tempfile.TemporaryDirectory(prefix="unstuck-browser-") as home, open_house(options.chromium, home, pictures) as house:
        failed = [name for name in names if not passes(name, checks[name], house)]
    print(f"pictures: {pictures}")
    print(f"browser: {len(names) - len(failed)} passed, {len(failed)} failed")
    sys.exit(1 if failed else 0)


def passes(name, check, house):
    start = time.monotonic()
    try:
        summary, problem = check(house), None
    except (Problem, Error, OSError, KeyError, ValueError) as err:
        summary, problem = "", f"{type(err).__name__}: {err}"
    print(f"{'FAIL' if problem else 'ok'}\t{name}\t{time.monotonic() - start:.1f}s\t{summary}", flush=True)
    if problem:
        print("    " + problem.strip().replace("\n", "\n    "), flush=True)
    return not problem


if __name__ == "__main__":
    main()
