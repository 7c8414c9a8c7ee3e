import copy
import io
import json
import os
import pathlib
import random
import shutil
import subprocess
import sys
import time

import numpy as np
from folders import Saving

import needs


@needs.torch
class Watch(Saving):
    def loop(self, watched, steps=30, end=True):
        import torch
        from torch import nn

        import unstuck

        torch.manual_seed(1), random.seed(2), np.random.seed(3)
        model = nn.Sequential(nn.Linear(5, 8), nn.BatchNorm1d(8), nn.Dropout(0.5), nn.ReLU(), nn.Linear(8, 1))
        x, y = torch.randn(40, 5), torch.randn(40, 1)
        optimizer = torch.optim.Adam(model.parameters(), lr=0.01)
        watch = unstuck.watch(model, optimizer, loss="mse", folder=self.folder) if watched else None
        losses = []
        for _ in range(steps):
            rows = torch.randint(0, 40, (8,))
            loss = nn.functional.mse_loss(model(x[rows]), y[rows])
            if watch:
                watch(x[rows], y[rows], loss)
            optimizer.zero_grad()
            loss.backward()
            optimizer.step()
            losses.append(loss.item())
        if watch and end:
            watch.close()
        return losses, model, optimizer, torch.rand(3).tolist(), random.random(), float(np.random.rand())

    def told(self, name="recording.json"):
        return json.loads((self.folder / name).read_text())

    def test_bit_for_bit_the_same_losses(self):
        plain, watched = self.loop(False), self.loop(True)
        self.assertEqual(plain[0], watched[0])
        self.assertEqual(plain[3:], watched[3:])
        for name, tensor in plain[1].state_dict().items():
            self.assertTrue(tensor.equal(watched[1].state_dict()[name]), name)

    def test_nothing_is_left_behind(self):
        _, model, optimizer, *_ = self.loop(True, steps=33, end=False)  # until then a hook looks at the mode
        for module in model.modules():
            self.assertFalse(module._forward_hooks or module._forward_pre_hooks)
        for parameter in model.parameters():
            self.assertFalse(parameter._backward_hooks)
        self.assertFalse(optimizer._optimizer_step_pre_hooks or optimizer._optimizer_step_post_hooks)

    def test_what_is_recorded(self):
        self.loop(True)
        told = self.told()
        self.assertEqual((told["steps"], told["total"], told["ended"]), (12, 30, True))
        self.assertEqual([row[0] for row in told["rates"]][:2], [13, 14])
        self.assertEqual([len(row) for row in told["rates"]][:2], [3, 4], "with the rates and the loss, and the mode of the second on")
        self.assertEqual(told["mode_modules"], ["1", "2"])
        self.assertEqual(self.step(2)["events"], ["forward", "watch", "backward", "step"])
        self.assertTrue(self.step(2)["draws"])
        with np.load(self.folder / "data.npz", allow_pickle=False) as data:
            self.assertEqual(data["x"].shape, (96, 5))
        self.assertEqual(self.told("training.json")["optimizer"]["class"], "Adam")

    # A loop that dies in the middle leaves the steps before, each file whole.
    def test_a_crash_leaves_a_recording(self):
        code = f"""
import os, sys
sys.path[:0] = {[str(pathlib.Path(__file__).parent), str(pathlib.Path(__file__).parents[1])]!r}
import torch, unstuck
from torch import nn
model = nn.Linear(3, 1)
optimizer = torch.optim.SGD(model.parameters(), lr=0.1)
watch = unstuck.watch(model, optimizer, loss="mse", folder={str(self.folder)!r})
for step in range(20):
    x, y = torch.randn(8, 3), torch.randn(8, 1)
    optimizer.zero_grad()
    loss = nn.functional.mse_loss(model(x), y)
    watch(x, y, loss)
    loss.backward()
    optimizer.step()
    if step == 5:
        os._exit(9)
"""
        self.assertEqual(subprocess.run([sys.executable, "-c", code]).returncode, 9)
        self.assertFalse(self.told()["ended"])
        steps = self.steps()
        self.assertEqual(len(steps), 5)  # the sixth goes on until the seventh begins
        for _, arrays in steps:
            self.assertIn("own/0", arrays)
        self.assertTrue((self.folder / "model.pt2").exists())

    # Copies and pickles of a watched model are as those of one that nobody watches, with the user's own hooks: they are scripted, and
    # loaded where nobody has the package. Behind the recording copies are made as ever.
    def test_copies_are_free_of_hooks(self):
        import copyreg

        import torch
        from torch import nn

        import unstuck

        class Own(nn.Sequential):  # says itself of what it is made
            def __getstate__(self):
                return {**self.__dict__, "mark": 1}

        model = nn.Sequential(nn.Linear(3, 4), nn.Sequential(nn.ReLU(), nn.Linear(4, 1)))
        own = Own(nn.Linear(3, 1))
        mine = model[0].register_forward_hook(print)
        watches = [
            unstuck.watch(one, torch.optim.SGD(one.parameters(), lr=0.1), loss="mse", folder=self.folder / str(i)) for i, one in enumerate((model, own))
        ]
        copied = copy.deepcopy(model)
        self.assertEqual([list(m._forward_hooks.values()) for m in copied.modules()], [[], [print], [], [], []])
        self.assertFalse(any(m._forward_pre_hooks or m._forward_hooks_with_kwargs for m in copied.modules()))
        self.assertEqual((copy.deepcopy(own).mark, len(copy.deepcopy(own)._forward_hooks)), (1, 0))
        self.assertTrue(model._forward_hooks and model[1][0]._forward_pre_hooks)
        mine.remove()
        x = torch.randn(2, 3)
        scripted = torch.jit.script(copy.deepcopy(model))
        self.assertTrue(scripted(x).equal(model(x)))
        path = self.folder / "model.pt"
        torch.save(model, path)
        code = f"import sys, torch; m = torch.load({str(path)!r}, weights_only=False); print(m(torch.ones(1, 3)).shape, 'unstuck' in sys.modules, m._forward_hooks)"
        done = subprocess.run([sys.executable, "-I", "-W", "ignore", "-c", code], capture_output=True, text=True, cwd=path.parent)
        self.assertEqual(done.stdout.strip(), "torch.Size([1, 1]) False OrderedDict()", done.stderr)
        for watch in watches:
            watch.close()
        self.assertFalse([kind for kind in copyreg.dispatch_table if issubclass(kind, nn.Module)])

    # They have nothing of the watch.
    def test_copies_of_a_watched_model(self):
        import torch
        from torch import nn

        import unstuck

        model = nn.Linear(3, 1)
        watch = unstuck.watch(model, torch.optim.SGD(model.parameters(), lr=0.1), loss="mse", folder=self.folder)
        copied = copy.deepcopy(model)
        content = io.BytesIO()
        torch.save(model, content)
        content.seek(0)
        for other in (copied, torch.load(content, weights_only=False)):
            other(torch.randn(2, 3)).sum().backward()
        x, y = torch.randn(4, 3), torch.randn(4, 1)
        watch(x, y, nn.functional.mse_loss(model(x), y))
        watch.close()
        self.assertEqual(self.step(1)["events"], ["forward", "watch"])

    def test_a_million_weights_stay_below_64_mib(self):
        import torch
        from torch import nn

        import unstuck

        model = nn.Sequential(nn.Linear(1000, 1000), nn.ReLU(), nn.Linear(1000, 1))
        optimizer = torch.optim.SGD(model.parameters(), lr=1e-2)
        watch = unstuck.watch(model, optimizer, loss="mse", folder=self.folder)
        for step in range(20):
            x, y = torch.randn(16, 1000), torch.randn(16, 1)
            loss = nn.functional.mse_loss(model(x), y)
            watch(x, y, loss)
            optimizer.zero_grad()
            loss.backward()
            optimizer.step()
        times = []
        for _ in range(1000):
            began = time.perf_counter()
            watch(x, y, loss)
            times.append(time.perf_counter() - began)
        self.assertLess(sorted(times)[900], 2e-5)
        watch.close()
        self.assertLessEqual(sum(os.path.getsize(self.folder / name) for name in os.listdir(self.folder)), 64 << 20)
        self.assertEqual(self.told()["steps"], 12)
        self.assertTrue(all("delta/0" in arrays for _, arrays in self.steps()))

    # What can't be exported is recorded all the same.
    def test_a_model_that_is_not_exported(self):
        import torch
        from torch import nn

        import unstuck

        class Branch(nn.Module):
            def __init__(self):
                super().__init__()
                self.fc = nn.Linear(3, 1)

            def forward(self, x):
                h = self.fc(x)
                return h * 2 if h.sum() > 0 else h

        model = Branch()
        watch = unstuck.watch(model, torch.optim.SGD(model.parameters(), lr=0.1), loss="mse", folder=self.folder)
        for _ in range(3):
            x, y = torch.randn(4, 3), torch.randn(4, 1)
            loss = nn.functional.mse_loss(model(x), y)
            watch(x, y, loss)
            loss.backward()
        watch.close()
        self.assertIn("decides by the values of a tensor", self.told()["notes"][0])
        self.assertEqual(self.told()["steps"], 3)

    # Hooks of the user's on gradients are told, and those of the watch aren't.
    def test_hooks_on_gradients(self):
        import torch
        from torch import nn

        import unstuck

        for hooked in ([], ["0.bias", "1"]):
            model = nn.Sequential(nn.Linear(3, 4), nn.Linear(4, 1))
            watch = unstuck.watch(model, torch.optim.SGD(model.parameters(), lr=0.1), loss="mse", folder=self.folder)
            if hooked:
                model[0].bias.register_hook(lambda g: g.clamp(min=0))
                model[1].register_full_backward_hook(lambda *_: None)
            for _ in range(3):
                x, y = torch.randn(4, 3), torch.randn(4, 1)
                loss = nn.functional.mse_loss(model(x), y)
                watch(x, y, loss)
                loss.backward()
            watch.close()
            self.assertEqual(self.told()["gradient_hooks"], hooked)

    # An embedding's sparse gradients are recorded with all their zeros.
    def test_sparse_gradients(self):
        import torch
        from torch import nn

        import unstuck

        model = nn.Sequential(nn.Embedding(9, 3, sparse=True), nn.Flatten(), nn.Linear(6, 1))
        watch = unstuck.watch(model, torch.optim.SGD(model.parameters(), lr=0.1), loss="mse", folder=self.folder)
        for _ in range(3):
            x, y = torch.randint(0, 9, (4, 2)), torch.randn(4, 1)
            loss = nn.functional.mse_loss(model(x), y)
            model.zero_grad()
            loss.backward()
            watch(x, y, loss)
        watch.close()
        self.assertEqual(self.step(2)["arrays"]["own/0"], [9, 3])

    # A disk that is full, or a folder that is gone, ends the recording and not the training.
    def test_a_folder_that_is_gone(self):

        import torch
        from torch import nn

        import unstuck

        model = nn.Linear(3, 1)
        optimizer = torch.optim.SGD(model.parameters(), lr=0.1)
        watch = unstuck.watch(model, optimizer, loss="mse", folder=self.folder)
        with self.assertWarnsRegex(UserWarning, "unstuck.watch has stopped recording: FileNotFoundError"):
            for step in range(6):
                x, y = torch.randn(4, 3), torch.randn(4, 1)
                loss = nn.functional.mse_loss(model(x), y)
                watch(x, y, loss)
                optimizer.zero_grad()
                loss.backward()
                optimizer.step()
                if step == 2:
                    shutil.rmtree(self.folder)
        self.assertFalse(model._forward_hooks or optimizer._optimizer_step_pre_hooks)
        watch.close()

    # What can't be written to is told ahead of the loop.
    def test_a_second_recording_in_the_same_folder(self):
        import torch
        from torch import nn

        import unstuck

        watches = []
        for steps in (4, 2):  # as a cell that is run again
            model = nn.Linear(3, 1)
            optimizer = torch.optim.Adagrad(model.parameters(), lr=0.1)
            watches.append(unstuck.watch(model, optimizer, loss="mse", folder=self.folder))
            self.assertEqual([watch.recording.journal.file >= 0 for watch in watches], [False] * (len(watches) - 1) + [True])
            for _ in range(steps):
                x = torch.randn(8, 3)
                loss = nn.functional.mse_loss(model(x), x[:, :1])
                watches[-1](x, x[:, :1], loss)
                optimizer.zero_grad(), loss.backward(), optimizer.step()
        for watch in reversed(watches):
            watch.close()
        told = json.loads((pathlib.Path(self.folder) / "recording.json").read_text())
        self.assertEqual((told["steps"], told["total"]), (2, 2))
        self.assertEqual(len(self.steps()), 2)
        self.assertFalse(told["optimizers"][0]["has_memory"], "Adagrad's sums of no step")

    # A recording that gets no more steps holds no open file, whatever has ended it.
    def test_open_files(self):
        import torch
        from torch import nn

        import unstuck

        def steps(watch, model, optimizer, count):
            for _ in range(count):
                x = torch.randn(8, 3)
                loss = nn.functional.mse_loss(model(x), x[:, :1])
                watch(x, x[:, :1], loss)
                optimizer.zero_grad(), loss.backward(), optimizer.step()

        def removed(watch, *given):
            shutil.rmtree(self.folder)
            with self.assertWarnsRegex(UserWarning, "stopped recording"):
                steps(watch, *given, 2)

        for end in (lambda watch, *given: steps(watch, *given, 4), lambda watch, *_: watch.close(), removed):
            model = nn.Linear(3, 1)
            optimizer = torch.optim.SGD(model.parameters(), lr=0.1)
            watch = unstuck.watch(model, optimizer, loss="mse", folder=self.folder, steps=4)
            steps(watch, model, optimizer, 1)
            self.assertGreaterEqual(watch.recording.journal.file, 0)
            end(watch, model, optimizer)
            self.assertEqual(watch.recording.journal.file, -1)

    # A relative folder is that where the watch was begun, wherever the loop goes.
    def test_a_loop_that_changes_its_folder(self):
        import torch
        from torch import nn

        import unstuck

        self.folder.mkdir(parents=True)
        self.addCleanup(os.chdir, os.getcwd())
        os.chdir(self.folder)
        model = nn.Linear(3, 1)
        optimizer = torch.optim.SGD(model.parameters(), lr=0.1)
        watch = unstuck.watch(model, optimizer, loss="mse", folder="run", steps=4)
        os.chdir("/")
        for _ in range(6):
            x = torch.randn(8, 3)
            loss = nn.functional.mse_loss(model(x), x[:, :1])
            watch(x, x[:, :1], loss)
            optimizer.zero_grad(), loss.backward(), optimizer.step()
        watch.close()
        self.folder = self.folder / "run"
        self.assertEqual((len(self.steps()), self.told()["ended"], self.told()["total"]), (4, True, 6))

    def test_files_of_others_stay(self):
        import torch
        from torch import nn

        import unstuck

        pathlib.Path(self.folder).mkdir(exist_ok=True)
        mine = pathlib.Path(self.folder) / "data.npz"
        mine.write_bytes(b"mine")
        model = nn.Linear(3, 1)
        with self.assertRaisesRegex(unstuck.UnstuckError, "would be replaced; choose another folder"):
            unstuck.watch(model, torch.optim.SGD(model.parameters(), lr=0.1), loss="mse", folder=self.folder)
        self.assertEqual(mine.read_bytes(), b"mine")

    def test_a_folder_that_is_a_file(self):
        from torch import nn

        import unstuck

        self.folder.parent.mkdir(exist_ok=True)
        self.folder.write_text("a file")
        with self.assertRaisesRegex(unstuck.UnstuckError, "nothing can be recorded in .*choose another folder"):
            unstuck.watch(nn.Linear(3, 1), folder=self.folder)
        with self.assertRaisesRegex(unstuck.UnstuckError, "nothing can be saved to .*choose another folder"):
            unstuck.save(self.folder, nn.Linear(3, 1), x=np.zeros((4, 3), np.float32), y=np.zeros((4, 1), np.float32), loss="mse")

    # One row at a time, and the lines of the program around it.
    def test_one_row_at_a_time(self):
        import torch
        from torch import nn

        import unstuck

        model = nn.Sequential(nn.Linear(3, 4), nn.ReLU(), nn.Linear(4, 1))
        optimizer = torch.optim.SGD(model.parameters(), lr=0.1)
        watch = unstuck.watch(model, optimizer, loss="mse", folder=self.folder)
        x, y = torch.randn(20, 3), torch.randn(20, 1)
        for i in range(14):
            optimizer.zero_grad()
            loss = nn.functional.mse_loss(model(x[i : i + 1]), y[i : i + 1])
            watch(x[i : i + 1], y[i : i + 1], loss)
            loss.backward()
            optimizer.step()
        watch.close()
        told = self.told()
        self.assertEqual((told["steps"], told["notes"]), (12, []))
        self.assertEqual(told["program"]["names"], {"x": "x[i:i + 1]", "y": "y[i:i + 1]", "model": "model", "optimizer": "optimizer"})
        self.assertLessEqual({"zero_grad", "loss", "backward", "step", "optimizer", "loop"}, {p["kind"] for p in told["program"]["places"]})
        self.assertTrue((self.folder / "model.pt2").exists())

    # A closure is called as often as without a watch, and what the optimizer sees behind it is recorded.
    def test_a_step_with_a_closure(self):
        import torch
        from torch import nn

        import unstuck

        model = nn.Linear(3, 1)
        optimizer = torch.optim.SGD(model.parameters(), lr=0.1)
        watch = unstuck.watch(model, optimizer, loss="mse", folder=self.folder)
        called = []
        for _ in range(5):
            x, y = torch.randn(8, 3), torch.randn(8, 1)

            def closure():
                called.append(1)
                optimizer.zero_grad()
                loss = nn.functional.mse_loss(model(x), y)
                watch(x, y, loss)
                loss.backward()
                return loss

            optimizer.step(closure)
        watch.close()
        self.assertEqual(len(called), 5)
        step = self.step(2)
        self.assertEqual((step["events"], step["closure"], step["stepped"]), (["forward", "watch", "backward", "step"], False, [0, 1]))

    def test_what_is_no_model_or_optimizer(self):
        from torch import nn

        import unstuck

        with self.assertRaisesRegex(unstuck.UnstuckError, "model is a dict; watch takes a torch.nn.Module or a keras.Model"):
            unstuck.watch({})
        with self.assertRaisesRegex(unstuck.UnstuckError, "optimizer is a str; one of torch.optim that is made is needed"):
            unstuck.watch(nn.Linear(2, 1), "adam", folder=self.folder)
