"""Trains each faulty loop of a batch and its mended twin for longer, and prints what the claimed loss is then: python prove_loops.py MENDS MODULE... [--only NAME]"""

import importlib
import math
import pathlib
import re
import sys
import tempfile

import torch

torch.set_num_threads(1)
sys.path.insert(0, str(pathlib.Path(__file__).parents[1]))
import loops

KERAS = False

FUNCTIONS = {
    "mse": torch.nn.functional.mse_loss,
    "l1": torch.nn.functional.l1_loss,
    "cross_entropy": torch.nn.functional.cross_entropy,
    "bce": torch.nn.functional.binary_cross_entropy,
    "bce_with_logits": torch.nn.functional.binary_cross_entropy_with_logits,
}


class Watch:
    """Keeps what a loop hands to its watch, and records nothing."""

    def __call__(self, model, optimizer=None, *, loss=None, folder=""):
        self.model, self.loss, self.batches, self.losses = model, loss if KERAS else FUNCTIONS.get(loss, loss), [], []

        def step(x, y, loss, weights=None):
            self.batches.append((x, y))
            self.weights = weights
            self.losses.append(float(loss))

        return step

    def measured(self, batches):
        """Return the claimed loss over batches by the weights as they are; targets take the shape of the outputs."""
        if KERAS:
            return self.measured_by_keras(batches)
        if any(p.isnan().any() for p in self.model.parameters()):
            return math.nan
        self.model.eval()
        total = 0.0
        with torch.no_grad():
            for x, y in batches:
                out = self.model(*x) if isinstance(x, tuple) else self.model(x)
                if isinstance(y, torch.Tensor) and y.is_floating_point() and y.numel() == out.numel():
                    y = y.reshape(out.shape)
                total += float(self.loss(out, y)) / len(batches)
        return total


    def callback(self, folder):
        """Return a callback for a fit, of which the loss of the last epoch is kept."""
        kept, keras = self, sys.modules["keras"]
        self.batches, self.losses = None, []

        class Kept(keras.callbacks.Callback):
            def on_epoch_begin(self, epoch, logs=None):
                self.of_epoch = []

            def on_train_batch_end(self, batch, logs=None):
                self.of_epoch.append(float(logs["loss"]))

            def on_epoch_end(self, epoch, logs=None):
                kept.losses.append(sum(self.of_epoch) / len(self.of_epoch))

        return Kept()

    def measured_by_keras(self, batches):
        if self.batches is None:
            return self.losses[-1]
        keras = sys.modules["keras"]
        if self.weights is not None:
            for variable, value in zip(self.model.trainable_variables, self.weights):
                variable.assign(value)
        total = 0.0
        for x, y in batches:
            out = keras.ops.convert_to_numpy(self.model(x, training=False))
            y = keras.ops.convert_to_numpy(y)
            if y.size == out.size:
                y = y.reshape(out.shape)
            total += float(keras.ops.mean(keras.losses.get(self.loss)(y, out))) / len(batches)
        return total


def trained(path, name, mends):
    text = path.read_text()
    for old, new in mends:
        if old not in text:
            raise ValueError(f"{name}: {old!r} isn't in {path}")
        text = text.replace(old, new)
    listed, loops.LOOPS = loops.LOOPS, []
    with tempfile.NamedTemporaryFile("w", suffix=".py", delete=False) as file:  # a tf.function reads its source again
        file.write(text)
    exec(compile(text, file.name, "exec"), {"__name__": path.stem + "_twin"})
    run = next(function for listed_name, _, function in loops.LOOPS if listed_name == name)
    loops.LOOPS = listed
    torch.manual_seed(7)
    if KERAS:
        sys.modules["keras"].utils.set_random_seed(7)
    watch = Watch()
    run(watch, "")
    return watch


def main():
    only = sys.argv.pop() if "--only" in sys.argv else ""
    if only:
        sys.argv.remove("--only")
    mends = importlib.import_module(sys.argv[1]).MENDS
    for module in sys.argv[2:]:
        importlib.import_module(module)
    global KERAS
    KERAS = "keras" in sys.modules
    for module in [m for name, m in list(sys.modules.items()) if re.match("loops_.*_data", name)]:
        module.EPOCHS = 25
    for name, cause, function in list(loops.LOOPS):
        if only not in name:
            continue
        path = pathlib.Path(function.__code__.co_filename)
        if cause == "loop-correct":
            watch = trained(path, name, [])
            few = max(1, len(watch.losses) // 10)
            print(f"{cause:28} {name:40} first {sum(watch.losses[:few]) / few:9.4f} last {sum(watch.losses[-few:]) / few:9.4f}")
            continue
        faulty, mended = trained(path, name, []), trained(path, name, mends[name])
        batches = (mended.batches or [])[-12:]
        had, has = faulty.measured(batches), mended.measured(batches)
        worse = math.isnan(had) or had > 1.1 * has + 1e-4 or (has < 0 and had > has + 0.01)
        print(f"{cause:28} {name:40} faulty {had:9.4f} mended {has:9.4f} {'' if worse else 'NOT WORSE'}", flush=True)


main()
