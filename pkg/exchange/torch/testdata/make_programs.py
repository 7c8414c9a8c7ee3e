"""Writes programs/NAME/: a program that torch.export.save wrote, its data, and what PyTorch loses over five steps.

    python make_programs.py [NAME ...]
    python make_programs.py --version cnn gpt lstm

With --version it writes versions/VERSION-NAME/ of the PyTorch that runs it, from 2.5 on, with weights.safetensors where that
keeps the weights as a pickle, which is left out. The models are those of python/tests/architectures.py. Losses are of steps on eight rows each, in their order, with SGD(0.05) and
with Adam(1e-3), and before them of all rows in evaluation mode.
"""

import copy
import json
import pathlib
import sys

import numpy as np
import torch

here = pathlib.Path(__file__).resolve().parent
sys.path[:0] = [str(here.parents[3] / "python" / "tests"), str(here.parents[3] / "python")]
from architectures import architectures  # noqa: E402
from without_paths import without_paths  # noqa: E402

from unstuck.pytorch import weights  # noqa: E402
from unstuck.pytorch.program import content_of, traced  # noqa: E402

ROWS, BATCH = 40, 8


def losses(model, loss, x, y, optimizer):
    out = []
    for i in range(0, ROWS, BATCH):
        optimizer.zero_grad()
        value = loss(model(x[i : i + BATCH]), y[i : i + BATCH])
        value.backward()
        optimizer.step()
        out.append(value.item())
    return out


def main():
    torch.set_num_threads(1)
    chosen = [name for name in sys.argv[1:] if name != "--version"]
    of_version = "--version" in sys.argv
    for name, a in architectures(ROWS).items():
        if chosen and name not in chosen:
            continue
        folder = here / "versions" / f"{torch.__version__.split('+')[0]}-{name}" if of_version else here / "programs" / name
        torch.manual_seed(3)
        model = a.model().train()
        x, y = torch.from_numpy(a.x), torch.from_numpy(a.y)
        if y.dtype == torch.float64:
            y = y.float()
        try:
            program = traced(copy.deepcopy(model), (x[:BATCH],), {}, ({0: torch.export.Dim("batch", min=2)},))
        except Exception as error:  # PyTorch 2.5 gives the outputs of an LSTM the wrong shape
            if not of_version:
                raise
            print(name, "can't be exported:", str(error).splitlines()[0])
            continue
        folder.mkdir(parents=True, exist_ok=True)
        content = content_of(program)
        (folder / "model.pt2").write_bytes(without_paths(content))
        if weights.pickled(content):
            (folder / "weights.safetensors").write_bytes(weights.safetensors(weights.of(program)))
        np.savez_compressed(folder / "data.npz", x=x.numpy(), y=y.numpy())
        with torch.no_grad():
            evaluated = a.loss(copy.deepcopy(model).eval()(x), y).item()
        options = {"reduction": a.loss.reduction}
        if hasattr(a.loss, "label_smoothing"):
            options["label_smoothing"] = a.loss.label_smoothing
        golden = {"loss": {"class": type(a.loss).__name__, "options": options}, "eval": evaluated, "batch": BATCH}
        for key, make in {"sgd": lambda p: torch.optim.SGD(p, lr=0.05), "adam": lambda p: torch.optim.Adam(p, lr=1e-3)}.items():
            trained = copy.deepcopy(model)
            golden[key] = losses(trained, a.loss, x, y, make(trained.parameters()))
            with torch.no_grad():
                golden[key + "_eval"] = a.loss(trained.eval()(x), y).item()
        (folder / "losses.json").write_text(json.dumps(golden, indent=1, sort_keys=True) + "\n")
        print(name, (folder / "model.pt2").stat().st_size, golden["sgd"])


main()
