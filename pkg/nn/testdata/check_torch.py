"""Runs the code that nn.TorchCode prints in PyTorch and compares the outputs with ours.

    TORCH_CASES=/tmp/cases.json go test -run TestTorchCodeWasRun ./pkg/nn
    python pkg/nn/testdata/check_torch.py /tmp/cases.json pkg/nn/testdata/torch.json

Each case holds the code, inputs, weights and the outputs for them, in inference and, where nothing is drawn, in training.
The result says for each whether the outputs are equal to 1e-5 of the value, 1e-5 near zero, and how far apart they are; a
batch of twice the size must give the same twice. How many numbers are trained, running means after a step, the spread of
initial values that are set and of outputs that are drawn in training must be ours too.
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
    if weight["axes"]:
        value = value.transpose(weight["axes"])
    assert value.size == target.numel(), (weight["module"], weight["name"], value.shape, target.shape)
    if not weight["apart"]:
        assert tuple(target.shape) == value.shape, (weight["module"], weight["name"], value.shape, target.shape)
    with torch.no_grad():
        target.copy_(torch.from_numpy(value.copy()).reshape(target.shape))


def check_drawn(model, weight):
    """Initial values have our mean and standard deviation, and our limit, to what chance allows for some 10000 of them."""
    if not weight["drawn"]:
        return
    module = eval(weight["module"], {"model": model})
    value = (getattr(module, weight["name"]) if weight["name"] else module).detach()
    mean, deviation = weight["drawn"]["mean"], weight["drawn"]["deviation"]
    got = value.mean().item(), value.std(correction=0).item()
    assert abs(got[1] - deviation) <= 0.03 * deviation + 1e-6, (weight["name"], got, weight["drawn"])
    largest = weight["drawn"]["largest"]
    if abs(largest - 3**0.5 * deviation) <= 0.03 * deviation:  # ours is uniform around zero
        assert abs(value.abs().max().item() - largest) <= 0.03 * deviation, (weight["name"], weight["drawn"])
    assert abs(got[0] - mean) <= 0.05 * deviation + 1e-6, (weight["name"], got, weight["drawn"])


def check_spread(model, inputs, spread):
    """Outputs that are drawn in training have our mean and standard deviation, to what chance allows for some 10000 of them."""
    got = model.train()(*inputs).detach()
    mean, deviation = got.mean().item(), got.std(correction=0).item()
    assert abs(mean - spread["mean"]) <= 0.1 * spread["deviation"], (mean, spread)
    assert abs(deviation - spread["deviation"]) <= 0.1 * spread["deviation"], (deviation, spread)


def moved(model, weight):
    """How far a running mean is from ours after a step in training. The variance isn't compared: it is another one."""
    if weight["name"] != "running_mean":
        return 0.0
    return difference(eval(weight["module"], {"model": model}).running_mean, [weight["after"]])


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


def larger_batch(model, inputs, once):
    """How far the outputs are from the same once more, for a batch that holds all rows twice."""
    with torch.no_grad():
        twice = model(*(torch.cat((x, x)) for x in inputs))
    once = once if isinstance(once, tuple) else (once,)
    return difference(twice, [{"shape": [2 * x.shape[0], *x.shape[1:]], "values": torch.cat((x, x)).tolist()} for x in once])


def check(case):
    torch.manual_seed(0)
    space = {"torch": torch, "nn": nn}
    exec(case["code"], space)
    model = space["model"]
    inputs = [torch.from_numpy(array(x)) for x in case["inputs"]]
    if case["whole"]:
        inputs = [x.long() for x in inputs]
    for weight in case["weights"]:
        check_drawn(model, weight)
        put(model, weight)
    trained = sum(p.numel() for p in model.parameters() if p.requires_grad)
    assert trained == case["trained"], f"{trained} numbers are trained, not {case['trained']}"
    got = model.eval()(*inputs)
    worst = max(difference(got, case["outputs"]), larger_batch(model, inputs, got))
    if case["training"]:
        worst = max(worst, difference(model.train()(*inputs), case["training"]), *(moved(model, w) for w in case["weights"]), 0.0)
    if case["spread"]:
        check_spread(model, inputs, case["spread"])
    return worst


def main():
    with open(sys.argv[1]) as f:
        cases = json.load(f)
    results, failed = [], False
    for case in cases:
        try:
            worst = check(case)
        except Exception as e:
            print(f"{case['layer']}: {type(e).__name__}: {e}\n{case['code']}")
            failed = True
            continue
        equal = worst <= TOLERANCE
        if not equal:
            print(f"{case['layer']}: {worst}\n{case['code']}")
        results.append({"layer": case["layer"], "code": case["code"], "equal": equal, "difference": float(f"{worst:.1g}")})
    if failed:
        sys.exit(1)
    with open(sys.argv[2], "w") as f:
        json.dump({"torch": torch.__version__, "cases": results}, f, indent=1, ensure_ascii=False)
        f.write("\n")
    print(f"{len(results)} cases, {sum(r['equal'] for r in results)} equal, PyTorch {torch.__version__}")


main()
