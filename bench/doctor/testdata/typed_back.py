"""Types treatments back into the programs that they are for, and trains those.

    typed_back.py UNSTUCK OUT [NAME ...]   writes each program into OUT, saves its training, has it diagnosed by the command UNSTUCK,
                                           edits it as the report says and as nothing else says, trains both with three seeds

The programs are stuck, each in another way and written in another style. What an edit may do is what the comments of the report's
code say: lines in place of a line, after a line, before a line; an expression in place of another.
Needs PyTorch, NumPy and the package unstuck (pip install ./python).
"""

import contextlib
import io
import json
import re
import subprocess
import sys
from pathlib import Path

HEAD = '''import sys

import torch
import torch.nn.functional as F
from torch import nn

SEED = int(sys.argv[1])
torch.manual_seed(SEED)
generator = torch.Generator().manual_seed(7)
'''

TABLE = '''x = torch.randn(200, 3, generator=generator)
y = torch.sin(2 * x[:, :1]) + x[:, 1:2] ** 2 / 2 - x[:, 2:]
'''

CLASSES = '''centers = 1.5 * torch.randn(3, 6, generator=generator)
y = torch.randint(3, (240,), generator=generator)
x = centers[y] + torch.randn(240, 6, generator=generator)
'''

TWO = '''centers = 1.5 * torch.randn(2, 6, generator=generator)
y = torch.randint(2, (240,), generator=generator)
x = centers[y] + torch.randn(240, 6, generator=generator)
y = y.float().unsqueeze(1)
'''

FUNCTIONS = '''

class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.fc1 = nn.Linear({inputs}, 24)
        self.fc2 = nn.Linear(24, 24)
        self.out = nn.Linear(24, {outputs})

    def forward(self, x):
        x = {activation}(self.fc1(x))
        x = {activation}(self.fc2(x))
        return {head}


model = Net()
'''

LOOP = '''

def train():
    for epoch in range({epochs}):
        order = torch.randperm(len(x))
        for i in range(0, len(x), 32):
            batch = order[i : i + 32]
            optimizer.zero_grad()
            loss = criterion(model(x[batch]), y[batch])
            loss.backward()
            optimizer.step()


if sys.argv[2:]:
    import unstuck

    unstuck.save(sys.argv[2], model, x=x, y=y, loss=criterion, optimizer=optimizer, epochs={epochs}, batch_size=32, seed=1)
else:
    train()
    model.eval()
    with torch.no_grad():
        prediction = model(x)
        if y.is_floating_point() and y.unique().numel() > 2:
            print(1 - ((prediction - y) ** 2).mean().item() / y.var(unbiased=False).item())
        else:
            right = prediction.argmax(1) == y if prediction.shape[1] > 1 else (prediction > threshold).float() == y
            chance = max(y.flatten().long().bincount()).item() / y.numel()
            print((right.float().mean().item() - chance) / (1 - chance))
'''


def functions(data, inputs=3, outputs=1, activation="torch.relu", head="self.out(x)", **options):
    return program(data, FUNCTIONS.format(inputs=inputs, outputs=outputs, activation=activation, head=head), **options)


def program(data, model, loss="nn.MSELoss()", optimizer="torch.optim.Adam(model.parameters(), lr=0.003)", epochs=40, threshold="0.5"):
    settings = f"criterion = {loss}\noptimizer = {optimizer}\nthreshold = {threshold}\n"
    return HEAD + data + model + settings + LOOP.format(epochs=epochs)


SIGMOIDS = '''net = nn.Sequential(
    nn.Linear(3, 24),
    nn.Sigmoid(),
    nn.Linear(24, 24),
    nn.Sigmoid(),
    nn.Linear(24, 24),
    nn.Sigmoid(),
    nn.Linear(24, 24),
    nn.Sigmoid(),
    nn.Linear(24, 1),
)
model = net
'''

BLOCKS = '''

class Block(nn.Module):
    def __init__(self, width):
        super().__init__()
        self.linear = nn.Linear(width, width)
        self.act = nn.Sigmoid()

    def forward(self, x):
        return self.act(self.linear(x))


class Deep(nn.Module):
    def __init__(self):
        super().__init__()
        self.stem = nn.Linear(3, 24)
        self.blocks = nn.ModuleList(Block(24) for _ in range(5))
        self.head = nn.Linear(24, 1)

    def forward(self, x):
        x = self.stem(x)
        for block in self.blocks:
            x = block(x)
        return self.head(x)


model = Deep()
'''

ATTRIBUTE = '''

class Any(nn.Module):
    def __init__(self, activation):
        super().__init__()
        self.hidden = nn.ModuleList([nn.Linear(3, 24), nn.Linear(24, 24), nn.Linear(24, 24), nn.Linear(24, 24)])
        self.last = nn.Linear(24, 1)
        self.activation = activation

    def forward(self, x):
        for layer in self.hidden:
            x = self.activation(layer(x))
        return self.last(x)


model = Any(torch.sigmoid)
'''

DEAD = FUNCTIONS.format(inputs=3, outputs=1, activation="F.relu", head="self.out(x)") + '''for layer in (model.fc1, model.fc2):
    nn.init.constant_(layer.bias, -12.0)
'''

ZEROS = FUNCTIONS.format(inputs=3, outputs=1, activation="F.relu", head="self.out(x)") + '''for parameter in model.parameters():
    nn.init.zeros_(parameter)
'''

RECURRENT = '''

class Recurrent(nn.Module):
    def __init__(self):
        super().__init__()
        self.rnn = nn.RNN(1, 16, batch_first=True, nonlinearity="relu")
        self.fc = nn.Linear(16, 1)
        nn.init.normal_(self.rnn.weight_hh_l0, std=2.0)

    def forward(self, x):
        states, _ = self.rnn(x)
        return self.fc(states[:, -1])


model = Recurrent()
'''

WAVES = '''x = torch.randn(200, 20, 1, generator=generator)
y = torch.sin(3 * x.mean(1)) + x[:, -1]
'''

PROGRAMS = {
    "softmax_of_logits": functions(CLASSES, 6, 3, head="F.softmax(self.out(x), dim=1)", loss="nn.CrossEntropyLoss()", optimizer="torch.optim.SGD(model.parameters(), lr=0.005)", epochs=20),
    "nll_of_scores": functions(CLASSES, 6, 3, loss="nn.NLLLoss()", epochs=20),
    "sigmoid_twice": functions(TWO, 6, 1, head="torch.sigmoid(self.out(x))", loss="nn.BCEWithLogitsLoss()", optimizer="torch.optim.SGD(model.parameters(), lr=0.02)", epochs=12),
    "softmax_of_one": functions(TWO, 6, 1, head="F.softmax(self.out(x), dim=-1)", loss="nn.BCELoss()"),
    "relu_at_the_end": functions(TABLE.replace(" - x[:, 2:]", " - x[:, 2:] - 4"), head="F.relu(self.out(x))"),
    "relu_method": functions(TABLE.replace(" - x[:, 2:]", " - x[:, 2:] - 4"), head="self.out(x).relu()"),
    "sigmoid_at_the_end": functions(TABLE.replace(" - x[:, 2:]", " - x[:, 2:] + 4"), head="torch.sigmoid(self.out(x))"),
    "rate_too_low": functions(TABLE, optimizer="torch.optim.Adam(model.parameters(), lr=1e-7)"),
    "rate_too_high": functions(TABLE, optimizer="torch.optim.Adam(model.parameters(), lr=3.0)"),
    "sequential_of_sigmoids": program(TABLE, SIGMOIDS, optimizer="torch.optim.SGD(net.parameters(), lr=0.05)", epochs=60),
    "blocks_of_sigmoids": program(TABLE, BLOCKS, optimizer="torch.optim.SGD(model.parameters(), lr=0.05)", epochs=60),
    "sigmoid_given": program(TABLE, ATTRIBUTE, optimizer="torch.optim.SGD(model.parameters(), lr=0.05)", epochs=60),
    "dead_units": program(TABLE, DEAD),
    "zeros": program(TABLE, ZEROS),
    "exploding": program(WAVES, RECURRENT, epochs=30),
    "inputs_unscaled": functions(TABLE.replace("- x[:, 2:]", "- x[:, 2:]\nx = 1000 * x + 5000"), optimizer="torch.optim.SGD(model.parameters(), lr=0.02)"),
    "targets_unscaled": functions(TABLE.replace("- x[:, 2:]", "- x[:, 2:]\ny = 50 * y + 1000"), optimizer="torch.optim.SGD(model.parameters(), lr=0.02)"),
    "decay": functions(CLASSES, 6, 3, loss="nn.CrossEntropyLoss()", optimizer="torch.optim.Adam(model.parameters(), lr=0.005, weight_decay=0.5)"),
    "head_alone": functions(TABLE, optimizer="torch.optim.Adam([model.out.bias], lr=0.003)"),
    "linear": program(TABLE.replace(" - x[:, 2:]", ""), "model = nn.Linear(3, 1)\n", optimizer="torch.optim.Adam(model.parameters(), lr=0.01)"),
    "three_epochs": functions(TABLE, epochs=3, optimizer="torch.optim.Adam(model.parameters(), lr=0.003)"),
}  # fmt: skip


class Refused(Exception):
    """What is printed can't be followed."""


def typed(source, code):
    """The program as the report's lines say."""
    lines = [[line] for line in source.splitlines()]  # what came of each line
    ahead, behind, instead = {}, {}, {}
    where, text = None, []
    steps = []
    for line in [*code.splitlines(), "# end"]:
        if line.startswith("# "):
            if where is not None:
                steps.append((where, text))
            where, text = line[2:], []
        else:
            text.append(line)
    for where, text in steps:
        at = re.match(r"(in place of|after|before) program\.py line (\d+)", where)
        loss = re.match(r"the loss, which program\.py line (\d+) has as (.*):", where)
        if at and text:
            n = int(at[2]) - 1
            given = source.splitlines()[n]
            if given.strip() not in where and not where.endswith(" …:"):
                raise Refused(f"line {n + 1} is {given.strip()!r}, told is {where!r}")
            indent = given[: len(given) - len(given.lstrip())]
            {"in place of": instead, "after": behind, "before": ahead}[at[1]].setdefault(n, []).extend(indent + t for t in text)
        elif loss:
            instead[int(loss[1]) - 1] = [source.splitlines()[int(loss[1]) - 1].replace(loss[2], text[0].split("  # ")[0])]
        else:
            raise Refused(where)
    result = []
    for n, _ in enumerate(lines):
        result += ahead.get(n, []) + instead.get(n, lines[n]) + behind.get(n, [])
    return "\n".join(result) + "\n"


def trained(path):
    results, given = [], sys.argv
    try:
        for seed in (1, 2, 3):
            said = io.StringIO()
            sys.argv = [str(path), str(seed)]
            with contextlib.redirect_stdout(said):
                exec(compile(path.read_text(), str(path), "exec"), {"__name__": "__main__"})
            results.append(round(float(said.getvalue()), 3))
    except Exception as error:
        return repr(error)
    finally:
        sys.argv = given
    return results


def main():
    command, out, *names = sys.argv[1:]
    cured = 0
    for name in names or PROGRAMS:
        folder = Path(out) / name
        folder.mkdir(parents=True, exist_ok=True)
        path = folder / "program.py"
        path.write_text(PROGRAMS[name])
        subprocess.run([sys.executable, str(path), "1", str(folder / "saved")], check=True)
        done = subprocess.run([command, "diagnose", str(folder / "saved"), "--json"], capture_output=True, text=True)
        report = json.loads(done.stdout)
        (folder / "report.json").write_text(json.dumps(report, indent=1, ensure_ascii=False))
        source, why = path.read_text(), ""
        code = "\n".join(f["torch"] for f in report["findings"] if f["verified"])
        try:
            (folder / "treated.py").write_text(typed(source, code))
        except Refused as refused:
            why = f"NOT FOLLOWED: {refused}"
        before, after = trained(path), why or trained(folder / "treated.py")
        ok = code != "" and isinstance(after, list) and min(after) > 0.5
        cured += ok
        print(f"{name:24} {report['cause']:26} {before} -> {after} {'cured' if ok else 'NOT CURED'}", flush=True)
        print("    " + code.replace("\n", "\n    "), flush=True)
    print(f"{cured} of {len(names or PROGRAMS)} cured")


if __name__ == "__main__":
    main()
