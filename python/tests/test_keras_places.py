import os
import sys
import unittest

import needs

os.environ.setdefault("KERAS_BACKEND", needs.keras_backend or "")

STEP = '''
import keras


class Tape:
    def gradient(self, target, sources):
        return [0]


class Net(keras.Model):
    def call(self, x):
        return x

    def changed(self, gradients):
        return [g * 0.1 for g in gradients]

    def train_step(self, data):
        inputs, targets = data
        tape = Tape()
        out = self(inputs)
        loss = keras.ops.mean((out - targets) ** 2)
        variables = self.layers[-1].trainable_variables
        gradients = self.changed(tape.gradient(loss, variables))
        self.optimizer.apply(gradients, variables)
        return {"loss": loss}


class Back(keras.callbacks.Callback):
    def on_train_batch_begin(self, batch, logs=None):
        self.model.set_weights([])
        self.model.optimizer.learning_rate = 0.1


class Rows(keras.utils.PyDataset):
    def __getitem__(self, index):
        return 1, 2


def train(model, seen):
    back, rows = Back(), Rows()
    seen()
'''


@needs.keras
class KerasPlaces(unittest.TestCase):
    def found(self, source):
        """Return the places of a program, whose train fits a model, as they are while it runs."""
        import importlib.util
        import pathlib
        import tempfile

        import keras

        from unstuck import places
        from unstuck.keras_loop.places import KerasLister, KerasSubject

        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        path = pathlib.Path(folder.name) / "program.py"
        path.write_text(source)
        spec = importlib.util.spec_from_file_location("program_" + path.parent.name, path)
        module = importlib.util.module_from_spec(spec)
        spec.loader.exec_module(module)
        model = module.Net()
        model.compile(optimizer=keras.optimizers.SGD(0.1), loss="mse")
        seen = []

        def watch():
            frames = [sys._getframe(1)]
            seen.append(places.places(frames, KerasSubject(watch, model, [model.optimizer], True), lambda file: file == str(path), lambda file: "program.py", KerasLister))

        module.train(model, watch)
        return {place["kind"]: place for place in reversed(seen[0]["places"]) if not place["forward"]}, seen[0]["names"]

    # A step of one's own, callbacks and datasets are found though no frame of the fit shows them.
    def test_what_a_fit_runs(self):
        found, names = self.found(STEP)
        lines = STEP.splitlines()
        text = {kind: lines[place["line"] - 1].strip() for kind, place in found.items()}
        self.assertEqual((names["x"], names["y"]), ("inputs", "targets"))
        self.assertEqual(text["eval"], "out = self(inputs)")
        self.assertEqual(found["eval"]["without"], "out = self(inputs, training=True)")
        self.assertEqual(text["loss"], "loss = keras.ops.mean((out - targets) ** 2)")
        self.assertEqual(found["loss"]["targets"], ["loss = keras.ops.mean((out - ", "targets", ") ** 2)"])
        self.assertEqual(text["variables"], "variables = self.layers[-1].trainable_variables")
        self.assertEqual(text["gradients"], "return [g * 0.1 for g in gradients]")
        self.assertEqual(found["gradients"]["without"], "return gradients")
        self.assertEqual(text["step"], "self.optimizer.apply(gradients, variables)")
        self.assertEqual(text["overwrite"], "self.model.set_weights([])")
        self.assertEqual(text["rate"], "self.model.optimizer.learning_rate = 0.1")
        self.assertEqual(text["item"], "return 1, 2")

    # A rate has another name in many callbacks, and their __init__ makes no schedule.
    def test_a_rate_by_another_name(self):
        changed = "rate = self.model.optimizer.learning_rate\n        rate.assign(rate * 0.5)"
        init = "class Back(keras.callbacks.Callback):\n    def __init__(self):\n        super().__init__()\n"
        source = STEP.replace("self.model.optimizer.learning_rate = 0.1", changed).replace("class Back(keras.callbacks.Callback):", init)
        found, _ = self.found(source)
        self.assertEqual(source.splitlines()[found["rate"]["line"] - 1].strip(), "rate.assign(rate * 0.5)")
        self.assertNotIn("schedule", found)

    # A clip within the optimizer's call is mended by what it is given: without the statement there would be no step.
    def test_a_clip_in_the_call_of_the_optimizer(self):
        plain = "gradients = self.changed(tape.gradient(loss, variables))"
        source = STEP.replace(plain, "gradients = tape.gradient(loss, variables)").replace("[g * 0.1 for g in gradients]", "gradients")
        source = source.replace("def changed(self, gradients)", "def clip(self, gradients, limit)")
        found, _ = self.found(source.replace("apply(gradients, variables)", "apply(self.clip(gradients, 5.0), variables)"))
        self.assertEqual(found["gradients"]["without"], "self.optimizer.apply(gradients, variables)")
        found, _ = self.found(source.replace("        self.optimizer.apply", "        gradients = self.clip(gradients, 5.0)\n        self.optimizer.apply"))
        self.assertFalse(found["gradients"].get("without"))

    # What gradients are rightly asked by is no place of a fault.
    def test_all_variables_are_none(self):
        found, _ = self.found(STEP.replace("self.layers[-1].trainable_variables", "self.trainable_variables"))
        self.assertNotIn("variables", found)


if __name__ == "__main__":
    unittest.main()
