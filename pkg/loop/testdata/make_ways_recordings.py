"""Writes the recordings of ways/, of models whose forward goes by sizes or values: python pkg/loop/testdata/make_ways_recordings.py, with PyTorch."""

import pathlib
import shutil
import sys
import tempfile

import torch

HERE = pathlib.Path(__file__).resolve().parent
TESTS = HERE.parents[2] / "python" / "tests"
sys.path[:0] = [str(TESTS.parent), str(TESTS), str(HERE.parents[1] / "exchange" / "torch" / "testdata")]
from loops_ways import CLOSED, WAYS, trained
from packed_recording import packed

import unstuck

torch.set_num_threads(1)
made = []


def watch(*arguments, **named):
    made.append(unstuck.watch(*arguments, steps=4, **named))
    return made[-1]


def main():
    (HERE / "ways").mkdir(exist_ok=True)
    for way in WAYS:
        for fault in (None, "loop-gradients-accumulate"):
            if fault and WAYS[way] in CLOSED:
                continue
            folder = pathlib.Path(tempfile.mkdtemp())
            trained(watch, folder, way, fault, rows=6)
            made.pop().close()
            (HERE / "ways" / f"{way}{'.' + fault if fault else ''}.tar.gz").write_bytes(packed(folder, TESTS))
            shutil.rmtree(folder)


main()
