import json
import os
import pathlib
import subprocess
import sys

import numpy as np
from folders import Saving

import needs

os.environ.setdefault("KERAS_BACKEND", needs.keras_backend or "")


@needs.keras
class KerasWatch(Saving):
    def told(self, name="recording.json"):
        return json.loads((self.folder / name).read_text())

    def setUp(self):
        super().setUp()
        import keras

        self.backend = keras.backend.backend()

    def model(self):
        import keras
        from keras import layers

        keras.utils.set_random_seed(1)
        model = keras.Sequential([keras.Input((5,)), layers.Dense(8), layers.BatchNormalization(), layers.Dropout(0.5), layers.ReLU(), layers.Dense(1)])
        x = np.random.rand(48, 5).astype("float32")
        return model, x, x[:, :1] - x[:, 1:2]

    def fit(self, watched, eagerly=False, epochs=6):
        import keras

        import unstuck

        model, x, y = self.model()
        model.compile(optimizer=keras.optimizers.Adam(keras.optimizers.schedules.CosineDecay(0.01, 30)), loss="mse", run_eagerly=eagerly)
        callbacks = [unstuck.KerasWatch(self.folder)] if watched else []
        history = model.fit(x, y, epochs=epochs, batch_size=16, verbose=0, validation_split=0.25, callbacks=callbacks)
        return history.history, model

    # A step of a stateless loop begins with the weights that it was given, those of the first step again where the new ones are dropped.
    def test_a_stateless_step_begins_with_what_it_is_given(self):
        if self.backend != "jax":
            return
        import jax
        import keras

        import unstuck

        for keeps in (False, True):
            keras.utils.set_random_seed(2)
            model = keras.Sequential([keras.Input((2,)), keras.layers.Dense(1)])
            optimizer = keras.optimizers.SGD(0.1)
            optimizer.build(model.trainable_variables)
            weights, state = [v.value for v in model.trainable_variables], [v.value for v in optimizer.variables]
            x = np.ones((4, 2), "float32")
            watch = unstuck.watch(model, optimizer, loss="mse", folder=self.folder)
            compute = jax.value_and_grad(lambda w: jax.numpy.mean(model.stateless_call(w, [], x)[0] ** 2))
            ahead = []
            for _ in range(4):
                ahead.append(np.array(weights[0]))
                loss, gradients = compute(weights)
                moved, state = optimizer.stateless_apply(state, gradients, weights)
                weights = moved if keeps else weights
                watch(x, x[:, :1], loss)
            watch.close()
            left = None
            for (_, arrays), expected in zip(self.steps(), ahead):
                left = arrays.get("before/0", left)
                np.testing.assert_array_equal(left, expected)
                left = arrays.get("after/0", left)

    # Whether the model's variables are the weights of a compiled step isn't known of a stateless one.
    def test_weights_that_are_assumed(self):
        if self.backend != "jax":
            return
        import jax
        import keras

        import unstuck

        for given in (False, True):
            model = keras.Sequential([keras.Input((2,)), keras.layers.Dense(1)])
            optimizer = keras.optimizers.SGD(0.1)
            optimizer.build(model.trainable_variables)
            weights, state = [v.value for v in model.trainable_variables], [v.value for v in optimizer.variables]
            x = np.ones((4, 2), "float32")

            @jax.jit
            def step(weights, state):
                loss, gradients = jax.value_and_grad(lambda w: jax.numpy.mean(model.stateless_call(w, [], x)[0] ** 2))(weights)
                return loss, *optimizer.stateless_apply(state, gradients, weights)

            watch = unstuck.watch(model, optimizer, loss="mse", folder=self.folder)
            for _ in range(3):
                loss, weights, state = step(weights, state)
                watch(x, x[:, :1], loss, **({"weights": weights} if given else {}))
            watch.close()
            self.assertEqual([step.get("weights_assumed", False) for step, _ in self.steps()], [not given] * 3)

    # Keras tells a mean of losses: what its digits have lost, or what comes behind a loss that is no number, is no loss.
    def test_a_loss_that_the_mean_has_lost(self):
        import keras

        from unstuck.keras_loop.fit import FitWatch

        for losses in ([1.0, 0.5, 0.25, 2.0], [3e3, 5e5, 1.1, 1.1, 1e4], [1.0, 1e12, 1.0, 2e12, 1.0], [1.0, float("nan"), 1.0], [1.0, float("inf"), 1.0, float("nan")]):
            fit, tracker = FitWatch("unused", 12), keras.metrics.Mean()
            model = keras.Sequential([keras.Input((1,)), keras.layers.Dense(1)])
            model._loss_tracker = tracker
            fit.set_model(model)
            known = []
            for at, loss in enumerate(losses):
                tracker.update_state(loss, sample_weight=32)
                found = fit._loss({"loss": float(tracker.result())})
                broken = not np.isfinite(losses[:at]).all()
                if found is None:
                    self.assertTrue(broken or loss < 1e-3 * sum(losses[:at]), (losses, at))
                    continue
                self.assertFalse(broken, (losses, at))
                if np.isfinite(loss):
                    self.assertLess(abs(found - loss), 1e-4 * loss, (losses, at))
                else:
                    self.assertFalse(np.isfinite(found))
                known.append(loss)
            self.assertEqual(losses[:2], known[:2])

    # Of a fit losses and weights are bit for bit the same with and without, and nothing is left behind.
    def test_a_fit_is_what_it_was(self):
        for eagerly in (False, True) if self.backend == "tensorflow" else (False,):
            plain, watched = self.fit(False, eagerly), self.fit(True, eagerly)
            self.assertEqual(plain[0], watched[0])
            for a, b in zip(plain[1].get_weights(), watched[1].get_weights()):
                self.assertTrue(np.array_equal(a, b))
            self.nothing_is_left(watched[1], watched[1].optimizer)
            told = self.told()
            self.assertEqual((told["framework"], told["steps"], told["total"], told["ended"]), ("keras", 12, 18, True))
            seen = eagerly or self.backend == "torch"
            self.assertEqual(self.step(2)["view"], "" if seen else "weights")
            rates = [step["rates"][0][0] for step, _ in self.steps()]
            self.assertAlmostEqual(rates[0], 0.01, 6)
            self.assertEqual(rates, sorted(rates, reverse=True))
            with np.load(self.folder / "data.npz", allow_pickle=False) as data:
                self.assertEqual(data["x"].shape[1:], (5,))

    # What fit was told is kept for the ordinary diagnosis: the epochs where all rows of one were recorded, and the rows' weights.
    def test_what_fit_was_told(self):
        import keras

        import unstuck

        def fit(rows, weights=None, outputs=1, **more):
            inputs = keras.Input((5,))
            model = keras.Model(inputs, [keras.layers.Dense(1)(inputs) for _ in range(outputs)])
            model.compile(optimizer="sgd", loss="mse")
            x = np.random.rand(rows, 5).astype("float32")
            y = np.arange(rows, dtype="float32")[:, None] % 2
            model.fit(x, y if outputs == 1 else [y] * outputs, epochs=7, batch_size=16, verbose=0, sample_weight=weights, callbacks=[unstuck.KerasWatch(self.folder)], **more)
            with np.load(self.folder / "data.npz", allow_pickle=False) as data:
                return self.told(), self.told("fit.json"), dict(data)

        told, settings, data = fit(60)
        self.assertEqual(settings, {"batch_size": 16, "epochs": 7})
        self.assertEqual((len(data["x"]), "sample_weight" in data, told.get("row_weights"), told["notes"][1:]), (60, False, None, []))
        told, settings, data = fit(60, class_weight={0: 1.0, 1: 8.0}, initial_epoch=2, validation_data=(np.zeros((4, 5)), np.zeros((4, 1))))
        self.assertEqual((settings["epochs"], told["row_weights"], told["loss"]), (5, "recorded", None))
        np.testing.assert_array_equal(data["sample_weight"], np.where(data["y"][:, 0] == 1, 8, 1))
        self.assertIn("the rows that fit validates on aren't recorded", " ".join(told["notes"]))
        told, settings, data = fit(400, np.linspace(0.5, 2, 400).astype("float32"))
        self.assertEqual((settings, len(data["sample_weight"])), ({"batch_size": 16}, 192))
        self.assertIn("the 7 epochs of fit aren't taken over for model and data: 12 of 25 batches", " ".join(told["notes"]))
        told, _, data = fit(60, [np.ones(60), np.linspace(0, 1, 60)], 2)
        self.assertEqual((told["row_weights"], "sample_weight" in data), ("unknown", False))

    # Evaluations that are traced between the recorded steps aren't steps: the flag is that of the training, whatever comes last.
    def test_evaluation_between_the_steps(self):
        import keras

        import unstuck

        class Predicts(keras.callbacks.Callback):
            def on_epoch_begin(self, epoch, logs=None):
                self.model.predict(x[:8], verbose=0)

        for callbacks in ([], [Predicts()]):
            model, x, y = self.model()
            model.compile(optimizer="adam", loss="mse")
            model.fit(x, y, epochs=7, batch_size=24, verbose=0, validation_data=(x[:8], y[:8]), callbacks=[unstuck.KerasWatch(self.folder), *callbacks])
            self.assertEqual([step["training"] for step, _ in self.steps()], [True] * 12)

    # A step of the user's own that calls the model as in inference is still seen as that, with evaluations or without.
    def test_a_fit_in_eval_mode(self):
        if self.backend != "jax":
            return
        import keras

        import unstuck

        class InEvalMode(keras.Sequential):
            def call(self, inputs, training=None, mask=None):
                return super().call(inputs, training=False, mask=mask)

            def compute_loss_and_updates(self, *arguments, training=False, **named):
                return super().compute_loss_and_updates(*arguments, training=False, **named)

        plain, x, y = self.model()
        model = InEvalMode(plain.layers)
        model.compile(optimizer="adam", loss="mse")
        model.fit(x, y, epochs=7, batch_size=24, verbose=0, validation_data=(x[:8], y[:8]), callbacks=[unstuck.KerasWatch(self.folder)])
        self.assertEqual([step["training"] for step, _ in self.steps()], [False] * 12)

    def nothing_is_left(self, model, optimizer):
        for layer in model._flatten_layers():
            self.assertNotIn("call", layer.__dict__)
        for name in ("apply", "stateless_apply", "scale_loss"):
            self.assertNotIn(name, optimizer.__dict__)
        if self.backend == "tensorflow":
            import tensorflow as tf

            self.assertEqual(tf.GradientTape.gradient.__module__, "tensorflow.python.eager.backprop")

    def custom(self, watched, steps=20, end=True, compiled=False):
        import keras

        import unstuck

        model, x, y = self.model()
        optimizer = keras.optimizers.Adam(0.01)
        loss_fn = keras.losses.MeanSquaredError()
        watch = unstuck.watch(model, optimizer, loss="mse", folder=self.folder) if watched else None

        if self.backend == "tensorflow":
            import tensorflow as tf

            def step(xb, yb):
                with tf.GradientTape() as tape:
                    loss = loss_fn(yb, model(xb, training=True))
                optimizer.apply_gradients(zip(tape.gradient(loss, model.trainable_variables), model.trainable_variables))
                return loss

            step = tf.function(step) if compiled else step
        else:
            import torch

            def step(xb, yb):
                model.zero_grad()
                loss = loss_fn(yb, model(xb, training=True))
                loss.backward()
                with torch.no_grad():
                    optimizer.apply([v.value.grad for v in model.trainable_variables], model.trainable_variables)
                return loss

        losses = []
        for _ in range(steps):
            rows = np.random.permutation(48)[:16]
            loss = step(x[rows], y[rows])
            if watch:
                watch(x[rows], y[rows], loss)
            losses.append(float(keras.ops.convert_to_numpy(loss)))
        if watch and end:
            watch.close()
        return losses, model, optimizer

    def test_a_custom_loop_is_what_it_was(self):
        if self.backend == "jax":
            return
        for compiled in (False, True) if self.backend == "tensorflow" else (False,):
            plain, watched = self.custom(False, compiled=compiled), self.custom(True, compiled=compiled)
            self.assertEqual(plain[0], watched[0])
            for a, b in zip(plain[1].get_weights(), watched[1].get_weights()):
                self.assertTrue(np.array_equal(a, b))
            self.nothing_is_left(watched[1], watched[2])
            told = self.step(2)
            self.assertEqual(told["events"], ["step", "watch"] if compiled else ["forward", "backward", "step", "watch"])
            self.assertTrue(told["draws"] and told["training"])
            self.assertEqual(self.told()["mode_modules"], [layer.name for layer in watched[1].layers[1:3]])
            self.assertEqual(self.told()["optimizers"][0]["holds"], [[0, 1, 2, 3, 4, 5]])

    # A loop that dies in the middle leaves the steps before, each file whole, none a pickle.
    def test_a_crash_leaves_a_recording(self):
        code = f"""
import os, sys
sys.path[:0] = {[str(pathlib.Path(__file__).parent), str(pathlib.Path(__file__).parents[1])]!r}
import keras, numpy as np, unstuck
class Dies(keras.callbacks.Callback):
    def on_train_batch_begin(self, batch, logs=None):
        if batch == 6:
            os._exit(9)
model = keras.Sequential([keras.Input((3,)), keras.layers.Dense(1)])
model.compile(optimizer="sgd", loss="mse")
x = np.random.rand(80, 3).astype("float32")
model.fit(x, x[:, :1], batch_size=8, verbose=0, callbacks=[unstuck.KerasWatch({str(self.folder)!r}), Dies()])
"""
        self.assertEqual(subprocess.run([sys.executable, "-c", code], capture_output=True).returncode, 9)
        self.assertFalse(self.told()["ended"])
        steps = self.steps()
        self.assertEqual(len(steps), 5)  # the sixth goes on until the seventh begins
        for _, arrays in steps:
            self.assertIn("x", arrays)
        self.assertTrue((self.folder / "model.keras").exists())

    def test_a_million_weights_stay_below_64_mib(self):
        import keras

        import unstuck

        model = keras.Sequential([keras.Input((1000,)), keras.layers.Dense(1000), keras.layers.Dense(1)])
        model.compile(optimizer="sgd", loss="mse")
        x = np.random.rand(60, 1000).astype("float32")
        model.fit(x, x[:, :1], batch_size=4, verbose=0, callbacks=[unstuck.KerasWatch(self.folder)])
        self.assertLessEqual(sum(os.path.getsize(self.folder / name) for name in os.listdir(self.folder)), 64 << 20)
        self.assertEqual(self.told()["steps"], 12)
        self.assertTrue(all("delta/0" in arrays for _, arrays in self.steps()))

    # A folder that is gone ends the recording and not the training.
    def test_a_folder_that_is_gone(self):
        import shutil

        import keras

        import unstuck

        class Removes(keras.callbacks.Callback):
            def on_train_batch_begin(self, batch, logs=None):
                if batch == 2 and watching.watch.watching:
                    shutil.rmtree(watching.folder)

        watching = unstuck.KerasWatch(self.folder)
        model, x, y = self.model()
        model.compile(optimizer="sgd", loss="mse")
        with self.assertWarnsRegex(UserWarning, "unstuck.watch has stopped recording: FileNotFoundError"):
            model.fit(x, y, batch_size=8, epochs=2, verbose=0, callbacks=[watching, Removes()])
        self.nothing_is_left(model, model.optimizer)

    def test_what_is_no_optimizer(self):
        import unstuck

        model, _, _ = self.model()
        with self.assertRaisesRegex(unstuck.UnstuckError, "optimizer is a builtins.str; of a Keras model one of keras.optimizers that is made is needed"):
            unstuck.watch(model, "adam", folder=self.folder)
