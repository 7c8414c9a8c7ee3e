"""Loops that are interrupted within the watch, at each of many places, and go on."""

import os
import pathlib
import subprocess
import sys
import unittest
from unittest import mock

import numpy as np
from folders import Saving

import needs

os.environ.setdefault("KERAS_BACKEND", needs.keras_backend or "")


class Interrupted(Saving):
    """A linear model under a loss of squares, of which each step is known from its weights and its batch."""

    def places(self, folder, run, every):
        """Run a loop again and again, interrupted at each so manieth call within the package."""
        inside = str(pathlib.Path(__file__).parents[1] / "unstuck")
        at, interrupted = 0, True
        while interrupted:
            left, interrupted, at = at, False, at + every

            def called(frame, event, _):
                nonlocal left, interrupted
                if not interrupted and event in ("call", "c_call", "c_return") and frame.f_code.co_filename.startswith(inside):
                    left -= 1
                    if left < 0:
                        interrupted = True
                        sys.setprofile(None)
                        raise KeyboardInterrupt

            self.folder = folder / str(at)
            with self.subTest(at):
                try:
                    run(lambda profile=called: sys.setprofile(profile))
                finally:
                    sys.setprofile(None)
                self.consistent()
        self.assertGreater(at, 20 * every)

    def consistent(self):
        """Check each step's loss and gradient against its weights, unless it stands behind a gap."""
        steps = self.steps()
        numbers = [told["step"] for told, _ in steps]
        self.assertEqual((numbers, numbers[:1]), (sorted(set(numbers)), [1]))
        self.assertGreaterEqual(len(numbers), 4)
        self.assertLessEqual(numbers[-1], len(numbers) + 1)
        weights = {}
        for told, arrays in steps:
            weights |= {i: arrays[f"before/{i}"] for i in (0, 1) if f"before/{i}" in arrays}
            if "own/0" not in arrays or "step" not in told["events"]:  # the loop's own step was interrupted
                continue
            x, y = arrays["x"].astype(float), arrays["y"].astype(float)
            w = weights[0].reshape(3, 1)
            apart = x @ w + weights[1] - y
            np.testing.assert_allclose(told["loss"], np.mean(apart**2), rtol=1e-4)
            np.testing.assert_allclose(arrays["own/0"].reshape(3, 1), 2 * x.T @ apart / len(x), rtol=1e-3, atol=1e-5)
            weights = {i: arrays[f"after/{i}"] for i in (0, 1) if f"after/{i}" in arrays}  # else the next step tells its own

    @needs.torch
    def test_of_pytorch(self):
        import torch
        from torch import nn

        import unstuck
        from unstuck.pytorch.recording import Recording
        from unstuck.pytorch.watch import Watch

        def run(begin):
            torch.manual_seed(1)
            model = nn.Linear(3, 1)
            optimizer = torch.optim.SGD(model.parameters(), lr=0.1)
            watch = unstuck.watch(model, optimizer, loss="mse", folder=self.folder, steps=6)
            begin()
            for _ in range(9):
                try:
                    x, y = torch.randn(8, 3), torch.randn(8, 1)
                    optimizer.zero_grad()
                    loss = nn.functional.mse_loss(model(x), y)
                    watch(x, y, loss)
                    loss.backward()
                    optimizer.step()
                except KeyboardInterrupt:
                    pass
            sys.setprofile(None)
            watch.close()

        # Export and places are seconds of each loop, and not what is tested.
        with mock.patch.object(Recording, "_export", lambda *_: None), mock.patch.object(Watch, "_look", lambda _: None):
            self.places(self.folder, run, 11)

    @needs.torch
    def test_of_a_signal(self):
        import signal

        import torch
        from torch import nn

        import unstuck

        class TimeIsUp(Exception):
            pass

        def handler(*_):
            raise TimeIsUp

        model = nn.Linear(3, 1)
        optimizer = torch.optim.SGD(model.parameters(), lr=0.1)
        watch = unstuck.watch(model, optimizer, loss="mse", folder=self.folder, steps=6)
        former = signal.signal(signal.SIGTERM, handler)
        self.addCleanup(signal.signal, signal.SIGTERM, former)
        ups = 0
        for step in range(9):
            x, y = torch.randn(8, 3), torch.randn(8, 1)
            try:
                optimizer.zero_grad()
                loss = nn.functional.mse_loss(model(x), y)
                with mock.patch.object(watch, "_at_hand", lambda *_: signal.raise_signal(signal.SIGTERM)) if step == 3 else mock.MagicMock():
                    watch(x, y, loss)
                loss.backward()
                optimizer.step()
            except TimeIsUp:
                ups += 1
        watch.close()
        self.assertEqual((ups, [told["step"] for told, _ in self.steps()]), (1, [1, 2, 3, 4, 5, 6]))
        self.consistent()

    @needs.keras
    def test_of_keras(self):
        import keras

        if keras.backend.backend() == "jax":  # a custom loop of JAX is stateless; another backend needs another process
            other = "tensorflow" if needs.tensorflow else "torch"
            here = pathlib.Path(__file__).parent
            environment = {**os.environ, "KERAS_BACKEND": other, "PYTHONPATH": os.pathsep.join(map(str, [here.parent, here]))}  # what this process has may be relative
            done = subprocess.run([sys.executable, "-W", "ignore", "-m", "unittest", self.id()], cwd=here, env=environment, capture_output=True, text=True)
            self.assertEqual(0, done.returncode, done.stderr)
            return
        import unstuck
        from unstuck.keras_loop.recording import Recording
        from unstuck.keras_loop.watch import Watch

        tape = None
        if keras.backend.backend() == "tensorflow":
            import tensorflow as tf

            tape = tf.GradientTape

        def run(begin):
            keras.utils.set_random_seed(1)
            model = keras.Sequential([keras.Input((3,)), keras.layers.Dense(1)])
            optimizer, loss_fn = keras.optimizers.SGD(0.1), keras.losses.MeanSquaredError()
            watch = unstuck.watch(model, optimizer, loss="mse", folder=self.folder, steps=6)
            random = np.random.default_rng(1)
            begin()
            for _ in range(9):
                x, y = random.normal(size=(8, 3)).astype("float32"), random.normal(size=(8, 1)).astype("float32")
                try:
                    if tape is None:
                        model.zero_grad()
                        loss = loss_fn(y, model(x, training=True))
                        watch(x, y, loss)
                        loss.backward()
                        optimizer.apply([v.value.grad for v in model.trainable_variables], model.trainable_variables)
                    else:
                        with tape() as seen:
                            loss = loss_fn(y, model(x, training=True))
                        gradients = seen.gradient(loss, model.trainable_variables)
                        watch(x, y, loss)
                        optimizer.apply(gradients, model.trainable_variables)
                except KeyboardInterrupt:
                    pass
            sys.setprofile(None)
            watch.close()

        with mock.patch.object(Recording, "model", lambda self, _, parameters, __: self.parameters(parameters)), mock.patch.object(Watch, "_look", lambda _: None):
            self.places(self.folder, run, 301)
