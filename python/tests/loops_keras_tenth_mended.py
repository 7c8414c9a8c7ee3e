"""The faulty loops of the tenth batch of Keras with their fault mended, and how far each comes.

KERAS_BACKEND=jax python loops_keras_tenth_mended.py [name ...]
"""

import inspect
import sys
import time

import keras
import loops
import loops_keras_tenth
import numpy as np

MENDED = {  # name: pairs of what is written and what should be
    # TensorFlow
    "the_second_stage_of_fine_tuning": [("run(variables, optimizer, epochs=4", "run(model.trainable_variables, optimizer, epochs=4")],
    "prices_from_a_normalised_table": [("model(features)", "model(features, training=True)")],
    "kind_reviews_through_an_lstm": [("0.0, self.clip", "-self.clip, self.clip")],
    "the_load_that_comes_next": [
        ("from_tensor_slices(x).shuffle(240)", "from_tensor_slices(x).shuffle(240, seed=1)"),
        ("from_tensor_slices(y).shuffle(240)", "from_tensor_slices(y).shuffle(240, seed=1)"),
    ],
    "large_batches_out_of_small_ones": [('% config["accumulate"] == 0', '% config["accumulate"] == 0 or step == len(dataset)')],
    "visits_to_a_page": [("rates - counts *", "rates[:, 0] - counts *"), ("log(rates +", "log(rates[:, 0] +")],
    # PyTorch
    "reviews_read_by_a_trainer": [
        ("                self.model.zero_grad()  # fault\n", ""),
        ("            loss.backward()", "            self.model.zero_grad()\n            loss.backward()"),
    ],
    "loads_with_a_config": [("zero_grad(set_to_none=False)", "zero_grad()")],
    "five_tags_for_a_row": [("criterion(outputs, targets)", "criterion(targets, outputs)")],
    "readings_of_a_ring_of_stations": [
        ("            h = ops.convert_to_numpy(h)  # fault\n", ""),
        ('ops.convert_to_tensor(np.einsum("ij,njk->nik", self.adjacency, h))', 'ops.einsum("ij,njk->nik", self.adjacency, h)'),
    ],
    "classes_with_a_held_out_part": [('mode="max")', 'mode="min")')],
    "scored_with_the_average": [
        ("        optimizer.finalize", "        raw = model.get_weights()\n        optimizer.finalize"),
        ("            return float(", "            score = float("),
        ("    scores = []", "        model.set_weights(raw)\n        return score\n\n    scores = []"),
    ],
    # JAX
    "one_loss_for_training_and_validation": [("non_trainable, xb, yb)  # fault", "non_trainable, xb, yb, True)")],
    "loads_through_a_gru": [("norm / limit", "limit / norm")],
    "counts_by_epochs": [
        ("        trainable = values(model.trainable_variables)  # fault\n", ""),
        ("    for epoch", "    trainable = values(model.trainable_variables)\n    for epoch"),
    ],
    "rows_drawn_with_a_key": [("key_batch, _ = ", "key_batch, key = ")],
    "classes_with_a_skip": [("axis=0)  # fault", "axis=1)")],
    "a_backbone_and_a_head_by_hand": [("        features = jax.lax.stop_gradient(features)  # fault\n", "")],
}


def mended(function):
    """Compile the loop anew with its fault mended."""
    source = inspect.getsource(function).split("\n", 1)[1]  # without @loop
    for written, better in MENDED[function.__name__]:
        assert source.count(written) == 1, (function.__name__, written)
        source = source.replace(written, better)
    space = dict(vars(inspect.getmodule(function)))
    exec(compile(source, function.__name__ + " mended", "exec"), space)
    return space[function.__name__]


def evaluate(function, seed):
    """Run a loop and evaluate what was claimed on all rows seen: after the first step, and at the end."""
    keras.utils.set_random_seed(seed)
    seen = {}

    def watch(model, optimizer, loss, folder):
        seen.update(model=model, loss=keras.losses.get(loss), rows=[], first=None)
        seen["start"] = [np.array(v) for v in model.get_weights()]

        def step(x, y, loss, weights=None):
            seen["rows"].append((x, y, float(loss)))

        return step

    start = time.process_time()
    function(watch, None)
    seconds = time.process_time() - start
    model, end = seen["model"], [np.array(v) for v in seen["model"].get_weights()]

    def claimed(training):
        found = []
        for x, y, _ in seen["rows"][:12]:
            y_pred = model(x, training=training)
            found.append(float(keras.ops.mean(seen["loss"](keras.ops.convert_to_tensor(y), y_pred))))
        return float(np.mean(found))

    last = claimed(False)
    model.set_weights(seen["start"])
    first = claimed(False)
    model.set_weights(end)
    reported = [r[2] for r in seen["rows"]]
    began, ended = np.mean(reported[:4]), np.mean(reported[-4:])
    return f"{len(reported):3} steps {seconds:4.1f} s  claimed {first:7.4f} -> {last:7.4f}  reported {began:7.4f} -> {ended:7.4f}"


def main():
    for name, cause, function in loops.LOOPS:
        if "loops_keras_tenth" not in function.__module__ or (sys.argv[1:] and name not in sys.argv[1:]):
            continue
        print(name, cause, flush=True)
        for seed in (0, 1):
            print("   as it is", evaluate(function, seed), flush=True)
            if cause != "loop-correct":
                print("   mended  ", evaluate(mended(function), seed), flush=True)


if __name__ == "__main__":
    print(len(loops_keras_tenth.__all__), "modules on", keras.backend.backend())
    main()
