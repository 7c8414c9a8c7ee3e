"""Runs stuck trainings in PyTorch, as they are printed there, and the same with a treatment's printed difference.

    TORCH_CURES=/tmp/cures.json go test -run TestTreatmentsInTorch ./pkg/doctor
    python pkg/doctor/testdata/make_torch.py /tmp/cures.json pkg/doctor/testdata/torch.json

Weights and order are PyTorch's own, drawn from three seeds. What is explained is 1 - loss / loss of the best constant on the
rows that are trained on, for overfitting on those held out, at the end and in inference, without penalties; -1 for a loss that isn't a number or larger.
"""

import contextlib
import io
import json
import re
import sys

import numpy as np
import torch


def array(rows):
    return np.array([[np.nan if v is None else v for v in row] for row in rows], dtype=np.float32)


def explained(code, case, constant, seed):
    code = re.sub(r"torch\.manual_seed\(\d+\)", f"torch.manual_seed({seed})", code)
    space = {"yours": (array(case["x"]).reshape(case["shape"]), array(case["y"]))}
    with contextlib.redirect_stdout(io.StringIO()):
        exec(code, space)
    inputs, targets = space["x"][case["held"] :], space["y"][case["held"] :]
    with torch.no_grad():
        loss = space["loss_function"](space["model"].eval()(inputs), targets).item()
    share = 1 - loss / constant
    return round(share, 3) if share >= -1 else -1.0


def main():
    torch.set_num_threads(1)
    with open(sys.argv[1]) as f:
        cases = json.load(f)
    results = []
    for case in cases:
        before = [explained(case["before"], case, case["constant"][0], seed) for seed in (1, 2, 3)]
        after = [explained(case["after"], case, case["constant"][1], seed) for seed in (1, 2, 3)]
        print(f"{case['name']}: {before} -> {after}", flush=True)
        results.append({"name": case["name"], "text": case["text"], "before": before, "after": after})
    with open(sys.argv[2], "w") as f:
        json.dump({"torch": torch.__version__, "cures": results}, f, indent=1, ensure_ascii=False)
        f.write("\n")


main()
