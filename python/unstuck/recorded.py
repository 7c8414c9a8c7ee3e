"""Writes a recording of a loop: a folder with recording.json and the journal of its steps. Of any framework."""

from __future__ import annotations

import json
import math
import os
import sys
import warnings
import weakref
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import numpy as np

from . import tree
from .arrays import to_array
from .errors import UnstuckError
from .interrupts import remove_unfinished
from .journal import FILE, Entry, Journal, entry

FORMAT = 2

MANY = 100_000
"""Numbers of all weights from which on they are kept with 16 bits each."""

LATER = frozenset([*range(13, 33), 40, 50, 64, 80, 100, 128, 160, 200, 256, 320, 400, 512, 640, 800, 1024, 1500, 2048, 3001, 4096, 6007, 8192, 12007, 16384])
"""Steps behind the recorded ones of which something is noted; not all of the late ones are multiples of what a loop may do something else at."""

WAIT = 64
"""Steps at most for the first call of an optimizer's step."""

_MOST_BYTES = 64 << 20

_MODELS = {
    "torch": ("model.pt2", "eval.pt2", "loss.pt2", "weights.safetensors", "training.json"),
    "keras": ("model.keras", "fit.json"),
}
_OTHERS = {"torch": ("model.keras", "model.h5", "config.json"), "keras": ("model.pt2", "model.h5", "config.json")}
_NAMES = {"torch": "Keras", "keras": "PyTorch"}


_writing: weakref.WeakValueDictionary[str, Recorded] = weakref.WeakValueDictionary()
"""Who writes to a folder: a cell that is run again watches into the same one, and the older recording must not write over the newer."""

_folders: set[str] = set()
"""Folders that were recorded to in this process."""


def _tell_of_another(folder: Path) -> None:
    """Warn where a program has recorded another loop in the same folder, which is gone then; a cell that is run again does so on purpose."""
    path = os.path.realpath(folder)
    if path in _folders and not hasattr(sys, "ps1") and "ipykernel" not in sys.modules:
        warnings.warn(f"unstuck.watch: this program's earlier recording in {folder} is replaced: give each watch a folder of its own, such as run-1 and run-2", stacklevel=2)
    _folders.add(path)


class Recorded:
    """The folder that is written to: each file whole or not at all, and the journal up to the last step that is."""

    def __init__(self, folder: str, framework: str, version: str, steps: int, numbers: int, told: dict[str, Any]) -> None:
        self.folder = Path(os.path.abspath(folder))  # a loop may change to another folder
        self.short = numbers > MANY
        self.most = steps
        self.sizes: dict[str, int] = {}  # bytes of the files
        self.data = 0  # bytes of the batches, which are written once more for the ordinary diagnosis
        self.told: dict[str, Any] = {
            "format": FORMAT, "framework": framework, "version": version, "ended": False, "steps": 0, "rates": [], "notes": [], **told,
        }  # fmt: skip
        self.encoded: dict[str, tuple[Any, str]] = {}  # of what is told, by name, with what it was encoded of
        self.same: tuple[dict[str, Any], str] = {}, "{}"  # what the last step told but for its loss, as it is and encoded
        self.replaced = self.lost = False
        self.known: Any = None  # of recording.json, of what may change from step to step
        self.process = os.getpid()
        try:
            older = _writing.get(os.path.realpath(self.folder))
            self._empty(framework, older)
            _writing[os.path.realpath(self.folder)] = self
            _tell_of_another(self.folder)
            self.journal = Journal(os.path.join(self.folder, FILE))
            self.tell()
        except OSError as error:
            raise UnstuckError(f"nothing can be recorded in {self.folder}: {error.strerror or error}; choose another folder, or make room there") from error

    def _empty(self, framework: str, older: Recorded | None) -> None:
        """Make the folder, and remove a recording that is there, of which older may be still being written."""
        self.folder.mkdir(parents=True, exist_ok=True)
        if any((self.folder / name).exists() for name in _OTHERS[framework]):
            raise UnstuckError(f"{self.folder} holds a model of {_NAMES[framework]}; choose another folder")
        made = [*_MODELS[framework], "data.npz", FILE, "step-001.json", "step-001.npz"]
        if not (self.folder / "recording.json").exists() and any((self.folder / name).exists() for name in made):
            raise UnstuckError(f"{self.folder} holds files that are no recording's, such as a saved training, and would be replaced; choose another folder")
        if older is not None:
            older.replaced = True
            older.release()  # Windows removes no file that is open
        for name in (*_MODELS[framework], "data.npz", FILE, "recording.json"):
            (self.folder / name).unlink(missing_ok=True)
        for file in self.folder.glob("step-*"):  # of recordings by earlier versions
            if file.suffix in (".json", ".npz"):
                file.unlink()

    @property
    def ours(self) -> bool:
        """Report whether this is the process that the recording was begun in, and not one that was forked behind it."""
        return os.getpid() == self.process

    def step(self, number: int, told: dict[str, Any], arrays: Iterable[tuple[str, np.ndarray]], entries: Iterable[Entry] = ()) -> None:
        """Write a step, before the loop goes on: whatever kills it then, the step is in the file.

        Arrays without numbers are left out; weights and gradients of large models are kept with 16 bits and a scale.
        """
        if not self.ours:
            raise UnstuckError("this process was forked behind unstuck.watch: watch in the process whose loop it is")
        kept = [entry(name, values, self.short and "/" in name and not name.startswith(("out/", "cotangent/", "claim/"))) for name, values in arrays if values.size]
        if self.replaced:
            self._lost()
            return
        self.data += sum(len(parts[-1]) for name, _, _, parts in kept if name[:1] in ("x", "y"))
        kept += entries
        length = sum(len(part) for _, _, _, parts in kept for part in parts)
        if sum(self.sizes.values()) + self.journal.size + length + self.data > _MOST_BYTES:
            self.most, kept = min(self.most, number - 1), []
        self.journal.append(self._encoded(number, told), kept)
        self.told["steps"] = number
        now = len(self.told["parameters"]), len(self.told["notes"]), [o["holds"] for o in self.told["optimizers"]]
        if number <= 2 or number >= self.most or now != self.known:
            self.known = now
            self.tell()
        if number == 1:  # the weights that the loop began with are written once
            later = length - sum(len(part) for name, *_, parts in kept if name.startswith("before/") for part in parts)
            self.most = max(2, min(self.most, 1 + (_MOST_BYTES - sum(self.sizes.values()) - self.journal.size) // max(1, later)))

    def _encoded(self, number: int, told: dict[str, Any]) -> bytes:
        """Return a step's JSON. What is told of it, but for its loss, is mostly what was told of the step before, and encoded already."""
        loss = told.get("loss")
        loss = repr(loss) if type(loss) is float and math.isfinite(loss) else _encoder.encode(loss)  # the same for it, and an encoder less
        first = f'{{"kept": {"true" if number <= self.most else "false"}, "loss": {loss}, "step": {number}'
        told = {name: value for name, value in told.items() if name != "loss"}
        known, text = self.same
        if known != told or "settings" in told:  # of which 1 and True may be one another's equals
            text = _encoder.encode(told)
            self.same = told, text
        return (first + "}" if text == "{}" else f"{first}, {text[1:]}").encode()

    def _lost(self) -> None:
        """Say, once, that another watch has taken this one's folder while its loop was going on."""
        if not self.lost:
            self.lost = True
            warnings.warn(f"unstuck.watch: another watch records into {self.folder} by now, and this loop's recording is gone: give each watch a folder of its own", stacklevel=2)

    def release(self) -> None:
        """Let the journal go, which gets no more steps: hundreds of recordings in one process would use up its open files."""
        self.journal.close()

    def rate(self, step: int, rates: list[list[float]], loss: float | None = None, training: bool | None = None) -> None:
        """Note the rates of a later step, and its loss and whether the model is in training mode where that is known. They are written less and less often: a loop
        that crashes loses the last of them."""
        noted = [step, rates, loss, training]
        while noted[-1] is None:
            noted.pop()
        self.told["rates"].append(noted)
        if step & (step - 1) == 0:
            self.tell()

    def end(self, steps: int, rates: list[list[float]]) -> None:
        """Note how many steps there were."""
        if not self.ours:
            return
        self.release()
        self.told |= {"ended": True, "total": steps}
        if steps > self.told["steps"]:
            self.told["rates"].append([steps, rates])
        self.tell()

    def tell(self) -> None:
        """Write recording.json."""
        parts = []
        for name in sorted(self.told):
            value = self.told[name]
            if name in ("program", "parameters"):  # the longest ones, which are replaced and never changed
                known, part = self.encoded.get(name, (None, ""))
                if known is not value:
                    part = _encoder.encode(value)
                    self.encoded[name] = value, part
            else:
                part = _encoder.encode(value)
            parts.append(f"{_encoder.encode(name)}: {part}")
        self.file("recording.json", ("{" + ", ".join(parts) + "}").encode())

    def file(self, name: str, content: bytes) -> None:
        """Write a file, whole or not at all."""
        if self.replaced:
            return
        self.sizes[name] = len(content)
        temporary = os.path.join(self.folder, f".{name}.partial")
        _written(temporary, content)
        try:
            os.replace(temporary, os.path.join(self.folder, name))
        except BaseException:
            remove_unfinished(temporary)
            raise


def _written(path: str, content: bytes) -> None:
    file = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC | getattr(os, "O_BINARY", 0), 0o666)
    try:
        rest = memoryview(content)
        while rest:
            rest = rest[os.write(file, rest) :]
    except BaseException:
        remove_unfinished(path)
        raise
    finally:
        os.close(file)


def branched(values: Any) -> Any:
    """Return a list of arrays as a tuple: several inputs or targets."""
    return tuple(values) if isinstance(values, list) and values and hasattr(values[0], "shape") else values


def named(name: str, values: Any) -> dict[str, np.ndarray]:
    """Return the arrays of a batch by name: x, or x/0 and x/1 of several."""
    parts = tree.leaves(branched(values))
    if len(parts) == 1:
        return {name: to_array(parts[0], name)}
    return {f"{name}/{i}": to_array(part, name) for i, part in enumerate(parts)}


_encoder = json.JSONEncoder(sort_keys=True, allow_nan=False, check_circular=False)


def as_json(told: dict[str, Any]) -> bytes:
    """Return the content of a JSON file. Numbers that JSON doesn't have are an error."""
    return _encoder.encode(told).encode()  # indented it would be written by Python, ten times as slowly
