"""Writes reductions.json: values and gradients of Keras' losses by each reduction, with weights of rows and masks of steps.

    KERAS_BACKEND=jax python make_reductions.py > reductions.json
"""
import json
import os
import sys

os.environ.setdefault("KERAS_BACKEND", "jax")
import jax
import keras
import numpy as np
from keras.src import backend

rng = np.random.default_rng(3)


def array(x):
    x = np.asarray(x, np.float32)
    return {"shape": list(x.shape), "values": [float(v) for v in x.ravel()]}


cases = []


def case(name, loss, y, p, weights=None, mask=None, **kwargs):
    y, p = np.asarray(y, np.float32), np.asarray(p, np.float32)
    for reduction in ("sum_over_batch_size", "sum", "mean_with_sample_weight"):
        made = getattr(keras.losses, loss)(reduction=reduction, **kwargs)

        def value(b):
            if mask is not None:
                backend.set_keras_mask(b, jax.numpy.asarray(mask))
            return made(y, b, sample_weight=None if weights is None else np.asarray(weights, np.float32))

        found, gradient = jax.value_and_grad(value)(p)
        cases.append({
            "name": f"{name} {reduction}", "loss": loss, "reduction": reduction, "arguments": kwargs, "labels": array(y), "predictions": array(p),
            "weights": None if weights is None else array(weights), "mask": None if mask is None else {"shape": list(np.shape(mask)), "values": np.asarray(mask).ravel().tolist()},
            "value": float(found), "gradient": array(gradient)["values"],
        })


y, p = rng.normal(size=(5, 3)), rng.normal(size=(5, 3))
y3, p3 = rng.normal(size=(4, 3, 2)), rng.normal(size=(4, 3, 2))
numbers, probabilities = np.array([0, 3, 1, 1, 2]), rng.dirichlet(np.ones(4), size=5)
tokens, sequences = np.array([[0, 3, 1], [1, 2, 2], [3, 0, 0], [1, 1, 3]]), rng.dirichlet(np.ones(4), size=(4, 3))
weights, mask = [0.5, 2.0, 0.0, 1.0, 3.0], [[True, False, True], [True, True, True], [False, False, False], [True, False, False]]
for tail, some in (("", {}), (" weights", {"weights": weights})):
    case("mse" + tail, "MeanSquaredError", y, p, **some)
    case("mae one output" + tail, "MeanAbsoluteError", y[:, :1], p[:, :1], **some)
    case("sparse" + tail, "SparseCategoricalCrossentropy", numbers, probabilities, **some)
    case("categorical" + tail, "CategoricalCrossentropy", np.eye(4)[numbers], probabilities, **some)
case("mse no weight" , "MeanSquaredError", y, p, weights=np.zeros(5))
case("mse sequences", "MeanSquaredError", y3, p3)
case("sparse sequences", "SparseCategoricalCrossentropy", tokens, sequences)
case("sparse ignored", "SparseCategoricalCrossentropy", tokens, sequences, ignore_class=1)
case("mse masked", "MeanSquaredError", y3, p3, mask=mask)
case("sparse masked", "SparseCategoricalCrossentropy", tokens, sequences, mask=mask)
case("huber masked", "Huber", y3, 3 * p3, mask=mask)
case("dice", "Dice", y > 0, 1 / (1 + np.exp(-p)))
case("dice axis", "Dice", y3 > 0, 1 / (1 + np.exp(-p3)), axis=[1, 2])
case("circle", "Circle", numbers, probabilities)
json.dump({"made_with": f"keras {keras.__version__} on {keras.backend.backend()}", "cases": cases}, sys.stdout)
