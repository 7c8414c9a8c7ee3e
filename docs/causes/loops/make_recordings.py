"""Records each loop of loops.py and mended.py and packs it beside: python docs/causes/loops/make_recordings.py [NAME …], with PyTorch."""

import contextlib
import inspect
import io
import pathlib
import sys
import tempfile

import torch

HERE = pathlib.Path(__file__).resolve().parent
ROOT = HERE.parents[2]
sys.path[:0] = [str(ROOT / "python"), str(ROOT / "pkg" / "exchange" / "torch" / "testdata"), str(HERE)]
import loops  # noqa: E402
import mended  # noqa: E402
from packed_recording import packed  # noqa: E402


def main():
    all_functions = inspect.getmembers(loops, inspect.isfunction) + inspect.getmembers(mended, inspect.isfunction)
    functions = {name: f for name, f in all_functions if list(inspect.signature(f).parameters) == ["x", "y"]}
    for name in sys.argv[1:] or functions:
        torch.manual_seed(3)
        with tempfile.TemporaryDirectory() as folder, contextlib.chdir(folder), contextlib.redirect_stdout(io.StringIO()):
            watches = []
            real, loops.unstuck.watch = loops.unstuck.watch, lambda *a, **k: watches.append(real(*a, **k)) or watches[-1]
            functions[name](*loops.rows())
            loops.unstuck.watch = real
            watches[0].close()
            (HERE / f"{name}.tar.gz").write_bytes(packed(pathlib.Path(folder) / "run", HERE))


main()
