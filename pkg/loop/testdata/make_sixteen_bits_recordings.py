"""Writes the recordings of sixteen-bits/, of models in bfloat16 and float16: python pkg/loop/testdata/make_sixteen_bits_recordings.py, with PyTorch."""

import pathlib
import shutil
import sys
import tempfile

import torch

HERE = pathlib.Path(__file__).resolve().parent
TESTS = HERE.parents[2] / "python" / "tests"
sys.path[:0] = [str(TESTS.parent), str(TESTS), str(HERE.parents[1] / "exchange" / "torch" / "testdata")]
import loops
import loops_bfloat16  # noqa: F401  its loops are listed by being imported
import loops_masters  # noqa: F401
from packed_recording import packed

import unstuck

torch.set_num_threads(1)
KEPT = ("sgd_in_bfloat16", "small_adamw_in_bfloat16", "classes_in_bfloat16", "watched_ahead_of_the_cast_in_bfloat16", "summed_in_bfloat16", "negated_in_bfloat16", "small_steps_in_float16",
        "copies_adam_bfloat16", "copies_sgd_float16", "copies_kept_bfloat16", "copies_cut_float16", "copies_turned_bfloat16")
made = []


def watch(*arguments, **named):
    made.append(unstuck.watch(*arguments, steps=6, **named))
    return made[-1]


def main():
    (HERE / "sixteen-bits").mkdir(exist_ok=True)
    for name, cause, function in loops.LOOPS:
        if name not in KEPT:
            continue
        folder = pathlib.Path(tempfile.mkdtemp())
        torch.manual_seed(7)
        function(watch, folder)
        made.pop().close()
        (HERE / "sixteen-bits" / f"{name}.{cause}.tar.gz").write_bytes(packed(folder, TESTS))
        shutil.rmtree(folder)


main()
