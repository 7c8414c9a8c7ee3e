"""Runs the code that Training.TorchCode prints in PyTorch, from our initial weights, and records the losses.

    TORCH_TRAININGS=/tmp/trainings.json go test -run TestTorchTrainsAlike ./pkg/training
    python pkg/training/testdata/make_torch.py /tmp/trainings.json pkg/training/testdata/torch.json

Each case holds the code as it is printed, the arrays and the weights to begin with. The code runs as it is, up to the line
that makes the data loader; there the weights are put into the model. Losses are those that backward() is called on.
"""

import contextlib
import io
import json
import sys
import warnings

import numpy as np
import torch


def array(a):
    return np.array([np.nan if v is None else v for v in a["values"]], dtype=np.float32).reshape(a["shape"])


def put(space, weight):
    target = eval(weight["expression"], space)
    value = array(weight["value"])
    if weight["transposed"]:
        value = value.T
    with torch.no_grad():
        target.copy_(torch.from_numpy(value.copy()).reshape(target.shape))


def numbers(text):
    return [float(f"{float(x):.8g}") for x in text]


def run(case):
    losses, backward = [], torch.Tensor.backward

    def noted(loss, *arguments, **more):
        losses.append(loss.item())
        return backward(loss, *arguments, **more)

    head, loader, loop = case["code"].partition("\nloader = ")
    assert loop
    space, printed = {"yours": [array(a) for a in case["arrays"]]}, io.StringIO()
    exec(head, space)
    for weight in case["weights"]:
        put(space, weight)
    torch.Tensor.backward = noted
    try:
        with contextlib.redirect_stdout(printed):
            exec(loader.strip() + loop, space)
    finally:
        torch.Tensor.backward = backward
    inputs = [space[name] for name in case["code"].split(" = yours")[0].splitlines()[-1].split(", ")[: case["inputs"]]]
    with torch.no_grad():
        predicted = space["model"].eval()(*(x[:1] for x in inputs))
    predicted = predicted[0] if isinstance(predicted, tuple) else predicted
    lines = [line.split() for line in printed.getvalue().splitlines()]
    return {
        "name": case["name"],
        "code": case["code"],
        "losses": numbers(losses),
        "validation": numbers(line[2] for line in lines if len(line) > 2),
        "firstPrediction": numbers(predicted.flatten()),
    }


def main():
    warnings.simplefilter("error")
    warnings.filterwarnings("ignore", message=".*lr_scheduler.step.*optimizer.step.*")  # where gradients are collected
    with open(sys.argv[1]) as f:
        cases = json.load(f)
    results = []
    for case in cases:
        try:
            results.append(run(case))
        except Exception as e:
            print(f"{case['name']}: {type(e).__name__}: {e}\n{case['code']}")
            sys.exit(1)
    with open(sys.argv[2], "w") as f:
        json.dump({"torch": torch.__version__, "cases": results}, f, indent=1, ensure_ascii=False)
        f.write("\n")
    print(f"{len(results)} trainings, PyTorch {torch.__version__}")


main()
