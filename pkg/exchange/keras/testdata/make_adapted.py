"""Writes a model whose file holds more than its weights by their places, and what Keras predicts with it.

    KERAS_BACKEND=jax python make_adapted.py models

A Normalization that adapt has told mean and variance, a Discretization that adapt has told its boundaries, a SpectralNormalization,
which files its layer's kernel twice, and a Dense with LoRA, whose A and B are merged into the kernel.
"""

import json
import os
import pathlib
import sys

os.environ.setdefault("KERAS_BACKEND", "jax")
import keras  # noqa: E402
import numpy as np  # noqa: E402

L = keras.layers


def main(folder):
    keras.utils.set_random_seed(1)
    rows = np.random.default_rng(1).normal(3.0, 2.0, (40, 4)).astype("float32")
    normalization, bins = L.Normalization(), L.Discretization(num_bins=4, output_mode="one_hot")
    normalization.adapt(rows)
    bins.update_state(rows)  # adapt by hand, which wants TensorFlow to be there
    bins.finalize_state()
    x = keras.Input((4,), name="x")
    scaled = normalization(x)
    h = L.SpectralNormalization(L.Dense(3, activation="tanh"), power_iterations=2)(scaled)
    lora = L.Dense(2, lora_rank=1)
    binned = L.Flatten()(bins(x))
    model = keras.Model(x, lora(L.Concatenate()([h, binned])))
    lora.lora_kernel_b.assign([[0.5, -0.25]])
    for v in model.weights:
        if "bias" in v.path:
            v.assign(np.linspace(-0.5, 0.5, v.shape[0]))
    model.compile("adam", "mse")
    path = pathlib.Path(folder)
    model.save(path / "adapted.keras")
    with open(path / "adapted.json", "w") as f:
        json.dump({"x": rows[:5].tolist(), "y": np.asarray(model(rows[:5])).tolist(), "mean": np.asarray(normalization.adapt_mean).tolist()}, f)
        f.write("\n")


if __name__ == "__main__":
    main(sys.argv[1])
