import json
import os
import pathlib
import signal
import subprocess
import sys
import unittest

from folders import Saving

import needs

LOOP = """
import os, signal, sys
sys.path[:0] = {path!r}
import torch, unstuck
from torch import nn
import unstuck.pytorch.recording
unstuck.pytorch.recording.Recording._export = lambda *_: None  # seconds of each process, and not what is tested

model = nn.Linear(3, 1)
optimizer = torch.optim.SGD(model.parameters(), lr=0.1)
watch = unstuck.watch(model, optimizer, loss="mse", folder={folder!r})
{before}
for step in range(20):
    x, y = torch.randn(8, 3), torch.randn(8, 1)
    optimizer.zero_grad()
    loss = nn.functional.mse_loss(model(x), y)
    watch(x, y, loss)
    loss.backward()
    optimizer.step()
    {inside}
{behind}
"""


@needs.torch
class Crash(Saving):
    """Loops that end in the middle, each in a process of its own."""

    def run_loop(self, inside="pass", before="", behind=""):
        path = [str(pathlib.Path(__file__).parent), str(pathlib.Path(__file__).parents[1])]
        code = LOOP.format(path=path, folder=str(self.folder), inside=inside, before=before, behind=behind)
        return subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, timeout=300)

    def readable(self):
        """Read what is there, with the steps that are in the journal."""
        told = json.loads((self.folder / "recording.json").read_text())
        steps = self.steps()
        for _, arrays in steps:
            self.assertIn("own/0", arrays)
        told["steps"] = len(steps)
        return told

    @unittest.skipUnless(hasattr(signal, "SIGKILL"), "only where processes are killed by a signal")
    def test_killed(self):
        done = self.run_loop("if step == 7: os.kill(os.getpid(), signal.SIGKILL)")
        self.assertEqual(done.returncode, -signal.SIGKILL)
        told = self.readable()
        self.assertFalse(told["ended"])
        self.assertEqual(told["steps"], 7)  # the eighth goes on until the ninth begins

    def test_an_error_in_the_loop(self):
        done = self.run_loop("if step == 4: raise ValueError('the data ran out')")
        self.assertIn("ValueError: the data ran out", done.stderr)
        self.assertNotIn("unstuck.watch has stopped", done.stderr)
        told = self.readable()
        self.assertEqual((told["steps"], told["total"], told["ended"]), (5, 5, True))

    def test_the_program_ends(self):
        for steps in (1, 3):
            with self.subTest(steps):
                done = self.run_loop(f"if step == {steps - 1}: sys.exit(0)")
                self.assertEqual((done.returncode, done.stderr), (0, ""))
                told = self.readable()
                self.assertEqual((told["steps"], told["total"], told["ended"]), (steps, steps, True))

    @unittest.skipUnless(hasattr(os, "fork"), "only where processes are forked")
    def test_forked_processes(self):
        # A child that ends as Python does writes nothing into its parent's recording; workers load the data as always.
        before = """
def child():
    if os.fork() == 0:
        sys.exit(0)
    os.wait()
class Rows(torch.utils.data.Dataset):
    def __len__(self): return 4
    def __getitem__(self, i): return torch.ones(2)
loader = torch.utils.data.DataLoader(Rows(), num_workers=1, multiprocessing_context="fork")
"""
        done = self.run_loop("child() if step == 3 else len(list(loader)) if step == 5 else None", before, "print(step)")
        self.assertEqual((done.returncode, done.stdout.strip()), (0, "19"), done.stderr)
        told = self.readable()
        self.assertEqual((told["steps"], told["total"], told["ended"]), (12, 20, True))

    @unittest.skipUnless(hasattr(os, "fork"), "only where processes are forked")
    def test_a_loop_in_a_forked_process(self):
        done = self.run_loop(before="if os.fork(): os.wait(); os._exit(0)", behind="print('trained', flush=True)")
        self.assertIn("trained", done.stdout)
        self.assertIn("watch in the process whose loop it is", done.stderr)

    # A limit on the size of a file is met as a full disk is: in the middle of writing.
    @unittest.skipUnless(sys.platform.startswith("linux"), "needs RLIMIT_FSIZE")
    def test_a_full_disk(self):
        limit = "import resource; signal.signal(signal.SIGXFSZ, signal.SIG_IGN)"
        inside = "if step == 2: resource.setrlimit(resource.RLIMIT_FSIZE, (os.path.getsize(os.path.join(watch.recording.folder, 'steps.journal')) + 300, resource.RLIM_INFINITY))"
        done = self.run_loop(inside, limit, "resource.setrlimit(resource.RLIMIT_FSIZE, (resource.RLIM_INFINITY,) * 2); print(step, model._forward_hooks)")
        self.assertIn("unstuck.watch has stopped recording: OSError", done.stderr)
        self.assertEqual((done.returncode, done.stdout.strip()), (0, "19 OrderedDict()"), done.stderr)
        told = self.readable()
        self.assertEqual((told["steps"], told["ended"]), (2, False))
        self.assertFalse([name for name in os.listdir(self.folder) if name.endswith(".partial")])
