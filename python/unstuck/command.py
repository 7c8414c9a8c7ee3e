"""Runs the command unstuck and brings its report back."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import tempfile
from pathlib import Path
from typing import Any

from .errors import UnstuckError
from .report import Report, from_json
from .saving import save
from .ticking import ticking

_HOW_TO_GET_IT = (
    "the command unstuck isn't found: it is neither on PATH nor named by the variable UNSTUCK. In a copy of the project, which is in Go, "
    "`go build -o unstuck ./cmd/unstuck` makes it, one file without dependencies; then diagnose(…, command='/path/to/unstuck'), or put it on PATH"
)


def diagnose(
    model_or_folder: Any, *, command: str | os.PathLike[str] | None = None, memory: float | None = None, timeout: float | None = None, **training: Any
) -> Report:
    """Find out why a training's loss is not moving: save it, unless a folder is given, run ``unstuck diagnose``, return its report.

    model_or_folder: a model, with the other arguments of ``save``, or a folder that ``save`` wrote.
    command: the program; default: what the variable UNSTUCK names, then ``unstuck`` on PATH. memory: GiB that it may take
    (default: the command's own, see ``unstuck diagnose --help``). timeout: seconds; default: none.

    Raises UnstuckError where the command isn't found, refuses what it reads, or takes longer than timeout. A model of which parts
    weren't understood gives a report that names them under ``unread``.
    """
    program = find(command)
    with tempfile.TemporaryDirectory() as temporary:
        if isinstance(model_or_folder, (str, os.PathLike)):
            if training:
                raise UnstuckError(f"{', '.join(training)}: a folder holds its settings already")
            folder = Path(model_or_folder)
        else:
            folder = save(Path(temporary) / "training", model_or_folder, **training)
        return _run(program, folder, Path(temporary), memory, timeout)


def find(command: str | os.PathLike[str] | None = None) -> str:
    """Return the path of the program, or raise UnstuckError with how to get it."""
    given = command or os.environ.get("UNSTUCK")
    found = shutil.which(os.path.expanduser(given) if given else "unstuck")
    if found is None:
        raise UnstuckError(f"{os.fspath(given)} is no program that can be run" if given else _HOW_TO_GET_IT)
    return found


def _run(program: str, folder: Path, temporary: Path, memory: float | None, timeout: float | None) -> Report:
    markdown, html = temporary / "report.md", temporary / "report.html"
    arguments = [program, "diagnose", os.fspath(folder), "--json", "--markdown", str(markdown), "--html", str(html)]
    if memory is not None:
        arguments += ["--memory", str(memory)]
    try:
        with ticking("unstuck diagnose is at work"):
            done = subprocess.run(arguments, capture_output=True, text=True, encoding="utf-8", errors="replace", timeout=timeout)
    except subprocess.TimeoutExpired:
        raise UnstuckError(f"unstuck diagnose took longer than {timeout:g} seconds") from None
    except OSError as error:
        raise UnstuckError(f"{program} can't be run: {error}") from error
    try:
        raw = json.loads(done.stdout)
        if raw.get("kind") == "error":
            raise UnstuckError(f"unstuck diagnose: {raw['error']['message']}")
    except ValueError:
        said = done.stderr.strip() or f"it ended with status {done.returncode} and said nothing"
        raise UnstuckError(f"unstuck diagnose: {said.removeprefix('unstuck: ')}") from None
    return from_json(raw, _content(markdown), _content(html))


def _content(path: Path) -> str:
    return path.read_text(encoding="utf-8") if path.exists() else ""
