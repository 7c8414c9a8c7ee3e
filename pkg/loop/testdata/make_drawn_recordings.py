"""Writes the recordings of drawn/, of loops whose models draw random numbers: python pkg/loop/testdata/make_drawn_recordings.py, with PyTorch."""

import pathlib
import shutil
import sys
import tempfile

import torch

HERE = pathlib.Path(__file__).resolve().parent
TESTS = HERE.parents[2] / "python" / "tests"
sys.path[:0] = [str(TESTS.parent), str(TESTS), str(HERE.parents[1] / "exchange" / "torch" / "testdata")]
from loops_random import trained
from packed_recording import packed

import unstuck

torch.set_num_threads(1)


made = []


def watch(*arguments, **named):
    made.append(unstuck.watch(*arguments, steps=4, **named))
    return made[-1]


def main():
    recordings = {kind.replace(" ", "-"): (kind, None) for kind in ("dropout", "inplace", "alpha", "features", "feature alpha", "attention", "lstm", "gru", "noise")}
    recordings["dropout.loop-gradients-accumulate"] = ("dropout", "zero_grad missing")
    recordings["functional.loop-rate-changed"] = ("functional", "rate")
    (HERE / "drawn").mkdir(exist_ok=True)
    for name, (kind, fault) in recordings.items():
        torch.manual_seed(5)
        folder = pathlib.Path(tempfile.mkdtemp())
        trained(watch, folder, kind, fault=fault)
        made.pop().close()
        (HERE / "drawn" / f"{name}.tar.gz").write_bytes(packed(folder, TESTS))
        shutil.rmtree(folder)


main()
