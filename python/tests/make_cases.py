"""Writes the nine architectures as unstuck.save does, a folder for each, with losses.json beside: the losses of five steps of
SGD(0.05) and of Adam(1e-3) on the first batches of 16 rows, not shuffled.

    PYTHONPATH=. python tests/make_cases.py FOLDER [NAME…]

Programs name the files in which operations stand. They are cut to what doesn't depend on the machine: architectures.py, and
torch/nn/modules/linear.py for PyTorch's own.
"""

import io
import json
import linecache
import pathlib
import re
import sys
import types
import zipfile

HERE = pathlib.Path(__file__).parent


def architectures(rows):
    """Run architectures.py under a name without a path, which programs then quote."""
    name, source = "/architectures.py", (HERE / "architectures.py").read_text()
    linecache.cache[name] = (len(source), None, source.splitlines(keepends=True), name)
    module = types.ModuleType("architectures")
    sys.modules["architectures"] = module
    exec(compile(source, name, "exec"), module.__dict__)
    return module.architectures(rows)


def without_places(path):
    """Cut the paths in a program's JSON; leave the rest of the archive as it is."""
    content = io.BytesIO()
    with zipfile.ZipFile(path) as read, zipfile.ZipFile(content, "w") as written:
        for entry in read.infolist():
            data = read.read(entry)
            if entry.filename.endswith(".json"):
                text = re.sub(r'(File \\")/[^"]*?/site-packages/', r"\1", data.decode())
                data = text.replace('File \\"/architectures.py', 'File \\"architectures.py').encode()
            written.writestr(zipfile.ZipInfo(entry.filename, (1980, 1, 1, 0, 0, 0)), data)
    path.write_bytes(content.getvalue())


def losses(case, start):
    import copy

    import torch

    x, y = torch.from_numpy(case.x), torch.from_numpy(case.y)
    told = {"batch_size": 16}
    for name, make in {"sgd": lambda p: torch.optim.SGD(p, lr=0.05), "adam": lambda p: torch.optim.Adam(p, lr=1e-3)}.items():
        model = copy.deepcopy(start).train()
        optimizer = make(model.parameters())
        told[name] = []
        for i in range(5):
            rows = slice(16 * i, 16 * i + 16)
            optimizer.zero_grad()
            loss = case.loss(model(x[rows]), y[rows])
            loss.backward()
            optimizer.step()
            told[name].append(loss.item())
    return told


def main(folder, *names):
    import copy

    import torch

    import unstuck

    torch.set_num_threads(1)
    for name, case in architectures(96).items():
        if names and name not in names:
            continue
        torch.manual_seed(1)
        model = case.model()
        start = copy.deepcopy(model)
        written = unstuck.save(
            pathlib.Path(folder) / name, model, x=case.x, y=case.y, loss=case.loss, optimizer=case.optimizer(model.parameters()),
            epochs=5, batch_size=16, seed=0, shuffle=False,
        )  # fmt: skip
        for program in written.glob("*.pt2"):
            without_places(program)
        (written / "losses.json").write_text(json.dumps(losses(case, start), sort_keys=True, indent=1) + "\n")
        print(name, {path.name: path.stat().st_size for path in sorted(written.iterdir())})


if __name__ == "__main__":
    main(*sys.argv[1:])
