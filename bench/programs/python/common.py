"""What the peers' programs share: the tasks' sizes and data, the command line, the answer."""

import argparse
import json
import time

import numpy as np

# rows, shape of a row of x, epochs of a fit, batch size
TASKS = {
    "example1": (1000, (10,), 10, 32),
    "example2": (1000, (10,), 10, 32),
    "example3": (1000, (10, 1), 10, 32),
    "sweep": (1000, (10,), 10, 32),
    "rates100": (1000, (10,), 10, 32),
    "rates1000": (1000, (10,), 10, 32),
    "mlp": (60000, (784,), 1, 128),
    "lstm": (1000, (20, 8), 10, 32),
    "lenet": (10000, (28, 28, 1), 1, 128),
    "resnet": (1000, (32, 32, 3), 1, 128),
    "transformer": (2000, (32, 64), 1, 128),
}
CLASSIFIERS = ("mlp", "lenet", "resnet", "transformer")  # of ten classes
RATES = [10 ** (-5 + 5 * i / 99) for i in range(100)]


def arguments():
    parser = argparse.ArgumentParser()
    parser.add_argument("-task", choices=list(TASKS), default="example1")
    parser.add_argument("-fits", type=int, default=1)
    parser.add_argument("-rows", type=int, default=0)
    parser.add_argument("-compile", action="store_true", help="torch.compile the model")
    return parser.parse_args()


def data(task, rows):
    """x and y of a task, noise as in the article."""
    size, shape, _, _ = TASKS[task]
    size = rows or size
    rng = np.random.default_rng(7)
    x = rng.random((size, *shape), dtype=np.float32)
    if task in CLASSIFIERS:
        return x, rng.integers(0, 10, (size, 1), dtype=np.int32)
    return x, rng.random((size, 1), dtype=np.float32)


SEARCHES = {"rates100": 100, "rates1000": 1000}


def measure(args, make, versions):
    """Times fits and prints the answer. make(rate) returns a function that trains and returns the last loss, or the best one of several rates."""
    seconds, losses = [], []
    began = time.perf_counter()
    if args.task == "sweep":
        losses.append(min(make(rate)() for rate in RATES))
        seconds.append(time.perf_counter() - began)
    else:
        rates = SEARCHES.get(args.task)
        fit = make([10 ** (-5 + 5 * i / (rates - 1)) for i in range(rates)] if rates else 1e-3)
        for _ in range(args.fits):
            losses.append(float(fit()))
            seconds.append(time.perf_counter() - began)
            began = time.perf_counter()
    print(json.dumps({"seconds": seconds, "losses": losses, "versions": versions}))
