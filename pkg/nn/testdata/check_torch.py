"""Runs the code that nn.TorchCode prints in PyTorch and compares the outputs with ours.

    TORCH_CASES=/tmp/cases.json go test -run TestTorchCodeWasRun ./pkg/nn
    python pkg/nn/testdata/check_torch.py /tmp/cases.json pkg/nn/testdata/torch.json

Each case holds the code, inputs, weights and the outputs for them, in inference and in training. The result says for each
whether the outputs are equal to 1e-5 of the value, 1e-5 near zero, and how far apart they are.
"""

import json
import sys

import numpy as np
import torch
from torch import nn

TOLERANCE = 1e-5


def array(a):
    return np.array(a["values"], dtype=np.float32).reshape(a["shape"])


def put(model, weight):
    module = eval(weight["module"], {"model": model})
    target = getattr(module, weight["name"]) if weight["name"] else module
    value = array(weight["value"])
    if isinstance(module, nn.GRU):
        if weight["name"].startswith("bias"):  # ours lie one above the other
            value = value[0 if "_ih_" in weight["name"] else 1]
        z, r, h = np.split(value, 3, axis=-1)
        value = np.concatenate([r, z, h], axis=-1)
    if weight["transposed"]:
        value = value.T
    assert value.size == target.numel(), (weight["module"], weight["name"], value.shape, target.shape)
    if target.dim() == value.ndim:
        assert tuple(target.shape) == value.shape, (weight["module"], weight["name"], value.shape, target.shape)
    with torch.no_grad():
        target.copy_(torch.from_numpy(value.copy()).reshape(target.shape))


def difference(got, wanted):
    got = got if isinstance(got, tuple) else (got,)
    assert len(got) == len(wanted), "number of outputs"
    worst = 0.0
    for y, want in zip(got, wanted):
        assert list(y.shape) == want["shape"], (y.shape, want["shape"])
        want = array(want)
        apart = np.abs(y.detach().numpy() - want) / np.maximum(1, np.abs(want))
        worst = max(worst, float(apart.max()))
    return worst


def check(case):
    space = {"torch": torch, "nn": nn}
    exec(case["code"], space)
    model = space["model"]
    inputs = [torch.from_numpy(array(x)) for x in case["inputs"]]
    if case["whole"]:
        inputs = [x.long() for x in inputs]
    for weight in case["weights"]:
        put(model, weight)
    trained = sum(p.numel() for p in model.parameters() if p.requires_grad)
    assert trained == case["trained"], f"{trained} numbers are trained, not {case['trained']}"
    worst = difference(model.eval()(*inputs), case["outputs"])
    if case["training"]:
        worst = max(worst, difference(model.train()(*inputs), case["training"]))
    return worst


def main():
    with open(sys.argv[1]) as f:
        cases = json.load(f)
    results = []
    for case in cases:
        try:
            worst = check(case)
        except Exception as e:
            print(f"{case['layer']}: {type(e).__name__}: {e}\n{case['code']}")
            sys.exit(1)
        equal = worst <= TOLERANCE
        if not equal:
            print(f"{case['layer']}: {worst}\n{case['code']}")
        results.append({"layer": case["layer"], "code": case["code"], "equal": equal, "difference": float(f"{worst:.1g}")})
    with open(sys.argv[2], "w") as f:
        json.dump({"torch": torch.__version__, "cases": results}, f, indent=1, ensure_ascii=False)
        f.write("\n")
    print(f"{len(results)} cases, {sum(r['equal'] for r in results)} equal, PyTorch {torch.__version__}")


main()
