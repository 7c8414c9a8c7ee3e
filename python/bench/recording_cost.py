"""Measures what a recording of a loop in PyTorch costs: recorded steps beside steps of the same loop that nobody watches.

    PYTHONPATH=python python python/bench/recording_cost.py            # all models and batches, some minutes
    PYTHONPATH=python python python/bench/recording_cost.py mlp-5k 32  # one of them

Each loop is run in one process: some steps unwatched, a recording of twelve, the steps behind it, and this several times over.
Printed are a step in microseconds, by the clock and by CPU time (the whole process, with the thread that writes), and the ratios
to an unwatched step: medians, and the CPU time's lower tenth, which tells more where other programs run: a step that is
interrupted finds nothing in the processor's caches any more. The first recorded step, which exports the model, and the second,
in which the program's places are looked up, stand in columns of their own.
"""

from __future__ import annotations

import argparse
import statistics
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import torch
from torch import nn

import unstuck

BATCHES = (8, 32, 256)
PLAIN, BEHIND = 40, 40
"""Steps that are measured ahead of a recording, without a watch, and behind one, with it."""


class Recurrent(nn.Module):
    def __init__(self, width: int) -> None:
        super().__init__()
        self.lstm, self.head = nn.LSTM(4, width, batch_first=True), nn.Linear(width, 1)

    def forward(self, x: Any) -> Any:
        return self.head(self.lstm(x)[0][:, -1])


class Attending(nn.Module):
    def __init__(self, width: int, layers: int) -> None:
        super().__init__()
        self.embed = nn.Linear(4, width)
        layer = nn.TransformerEncoderLayer(width, 4, 2 * width, dropout=0.0, batch_first=True)
        self.encoder, self.head = nn.TransformerEncoder(layer, layers, enable_nested_tensor=False), nn.Linear(width, 1)

    def forward(self, x: Any) -> Any:
        return self.head(self.encoder(self.embed(x)).mean(1))


def mlp(width: int, hidden: int) -> nn.Module:
    return nn.Sequential(nn.Linear(width, hidden), nn.ReLU(), nn.Linear(hidden, hidden), nn.ReLU(), nn.Linear(hidden, 1))


def pictures(channels: int) -> nn.Module:
    return nn.Sequential(
        nn.Conv2d(1, channels, 3), nn.ReLU(), nn.MaxPool2d(2), nn.Conv2d(channels, 2 * channels, 3), nn.ReLU(), nn.Flatten(),
        nn.Linear(2 * channels * 16, 1),
    )  # fmt: skip


MODELS: dict[str, tuple[Callable[[], nn.Module], tuple[int, ...]]] = {
    "mlp-1k": (lambda: mlp(10, 24), (10,)),
    "mlp-5k": (lambda: mlp(20, 64), (20,)),
    "mlp-100k": (lambda: mlp(100, 270), (100,)),
    "mlp-2m": (lambda: mlp(500, 1200), (500,)),
    "cnn-3k": (lambda: pictures(12), (1, 14, 14)),
    "lstm-5k": (lambda: Recurrent(32), (12, 4)),
    "transformer-17k": (lambda: Attending(32, 2), (12, 4)),
    "transformer-400k": (lambda: Attending(128, 3), (12, 4)),
}

Times = list[tuple[float, float]]


def loop(name: str, batch: int) -> Callable[..., Times]:
    """Return a function that makes so many steps, watched or not, and returns how long each took: by the clock, and CPU time."""
    torch.manual_seed(0)
    model, shape = MODELS[name][0](), MODELS[name][1]
    optimizer = torch.optim.Adam(model.parameters(), lr=1e-3)
    x, y = torch.randn(512, *shape), torch.randn(512, 1)

    def run(steps: int, watch: Any = None) -> Times:
        times = []
        for _ in range(steps):
            rows = torch.randint(0, 512, (batch,))
            bx, by = x[rows], y[rows]
            began = time.perf_counter(), time.process_time()
            loss = nn.functional.mse_loss(model(bx), by)
            if watch is not None:
                watch(bx, by, loss)
            optimizer.zero_grad()
            loss.backward()
            optimizer.step()
            times.append((time.perf_counter() - began[0], time.process_time() - began[1]))
        return times

    run.watch = lambda folder: unstuck.watch(model, optimizer, loss="mse", folder=folder)  # type: ignore[attr-defined]
    run.numbers = sum(p.numel() for p in model.parameters())  # type: ignore[attr-defined]
    return run


def low(times: Times) -> float:
    return sorted(cpu for _, cpu in times)[len(times) // 10] * 1e6


def medians(times: Times) -> tuple[float, float]:
    clock, cpu = zip(*times)
    return statistics.median(clock) * 1e6, statistics.median(cpu) * 1e6


def measured(name: str, batch: int, times: int) -> Iterator[str]:
    """Give the cells of one row of the table."""
    run: Any = loop(name, batch)
    run(20)
    plain: Times = []
    recorded: Times = []
    behind: Times = []
    first: Times = []
    second: Times = []
    for _ in range(times):
        with tempfile.TemporaryDirectory() as folder:
            plain += run(PLAIN)
            watch = run.watch(Path(folder) / "run")
            first += run(1, watch)
            second += run(1, watch)
            recorded += run(10, watch)
            run(1, watch)  # the recording ends
            behind += run(BEHIND, watch)
            watch.close()
    (clock, cpu), (clock_r, cpu_r) = medians(plain), medians(recorded)
    yield from (name, f"{run.numbers:,}", str(batch), f"{clock:.0f}", f"{clock_r:.0f}", f"{clock_r / clock:.2f}", f"{cpu:.0f}", f"{cpu_r / cpu:.2f}")
    yield from (f"{low(plain):.0f}", f"{low(recorded):.0f}", f"{low(recorded) / low(plain):.2f}", f"{low(behind) / low(plain):.2f}")
    yield from (f"{medians(first)[1] / 1e6:.2f}", f"{medians(second)[1] / 1e3:.0f}")


def main() -> None:
    arguments = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    arguments.add_argument("model", nargs="?", choices=MODELS)
    arguments.add_argument("batch", nargs="?", type=int)
    arguments.add_argument("--times", type=int, default=5, help="recordings of each loop")
    arguments.add_argument("--threads", type=int, default=1, help="of PyTorch")
    given = arguments.parse_args()
    torch.set_num_threads(given.threads)
    print("| model | weights | batch | step, µs | recorded | ratio | CPU, µs | ratio | low CPU, µs | recorded | ratio | behind | first, s of CPU | second, ms |")
    print("| --- | --: | --: | --: | --: | --: | --: | --: | --: | --: | --: | --: | --: | --: |")
    for name in [given.model] if given.model else MODELS:
        for batch in [given.batch] if given.batch else BATCHES:
            print("| " + " | ".join(measured(name, batch, given.times)) + " |", flush=True)


if __name__ == "__main__":
    main()
