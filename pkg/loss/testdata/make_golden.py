"""Writes golden.json: values and gradients of Keras' losses. Needs keras and jax.

    KERAS_BACKEND=jax python make_golden.py > golden.json
"""
import json
import math
import os
import sys

os.environ.setdefault("KERAS_BACKEND", "jax")
import jax
import jax.numpy as jnp
import keras
import numpy as np

rng = np.random.default_rng(7)


def encode(x):
    """Numbers JSON has no form for become strings."""
    return [float(v) if math.isfinite(v) else str(float(v)) for v in np.asarray(x, np.float64).ravel()]


def per_row(fn, y, p):
    rows = fn(y, p)
    return jnp.mean(jnp.reshape(rows, (p.shape[0], -1)), axis=-1)


cases = []


def case(name, loss, y, p, **kwargs):
    y, p = np.asarray(y, np.float32), np.asarray(p, np.float32)
    fn = lambda a, b: getattr(keras.losses, loss)(a, b, **kwargs)
    cases.append(
        dict(
            name=name, loss=loss, arguments=kwargs,
            labels=dict(shape=list(y.shape), values=encode(y)),
            predictions=dict(shape=list(p.shape), values=encode(p)),
            rows=encode(per_row(fn, y, p)),
            gradient=encode(jax.grad(lambda b: jnp.sum(per_row(fn, y, b)))(p)),
        )
    )


y, p = rng.normal(size=(4, 3)), rng.normal(size=(4, 3))
y3, p3 = rng.normal(size=(2, 3, 2)), rng.normal(size=(2, 3, 2))
far = [[1e4, -1e4, 0.0], [1e-20, 0.5, -0.5], [1e15, 3e4, -1.0]]
at = [[0.0, 0.0, 0.0], [0.0, 0.5, 0.5], [0.0, 1.0, -2.0]]
for loss in ["mean_squared_error", "mean_absolute_error", "huber", "log_cosh"]:
    case(loss, loss, y, p)
    case(loss + " rank 3", loss, y3, p3)
    case(loss + " far", loss, at, far)
    case(loss + " labels [batch]", loss, y[:, 0], p[:, :1])
    case(loss + " nan", loss, [[1.0, 2.0], [3.0, float("nan")]], [[float("nan"), 2.0], [3.0, 4.0]])
case("huber delta", "huber", y, 3 * p, delta=0.25)
case("huber delta far", "huber", at, far, delta=2.5)
case("poisson", "poisson", rng.poisson(2.0, size=(4, 3)), np.exp(p))
case("poisson zero", "poisson", [[0.0, 2.0]], [[0.0, 0.0]])

bits = (rng.random((4, 3)) < 0.5).astype(np.float32)
prob = rng.random((4, 3))
edge_bits = [[0.0, 1.0, 0.0, 1.0, 0.5], [1.0, 0.0, 1.0, 0.0, 0.3]]
edge_prob = [[0.0, 1.0, 1.0, 0.0, 0.0], [1e-9, 1e-9, 0.99999994, 0.99999994, 1.5]]
edge_logit = [[0.0, 30.0, 90.0, -120.0, 1e30], [-1e30, 5.0, -5.0, 200.0, -200.0]]
for smoothing in [0.0, 0.1]:
    tail = f" smoothing {smoothing}"
    case("bce" + tail, "binary_crossentropy", bits, prob, label_smoothing=smoothing)
    case("bce edge" + tail, "binary_crossentropy", edge_bits, edge_prob, label_smoothing=smoothing)
    case("bce logits" + tail, "binary_crossentropy", bits, 3 * p, from_logits=True, label_smoothing=smoothing)
    case("bce logits edge" + tail, "binary_crossentropy", edge_bits, edge_logit, from_logits=True, label_smoothing=smoothing)
case("bce nan", "binary_crossentropy", [[0.0, 1.0]], [[float("nan"), 0.5]])
case("bce logits nan", "binary_crossentropy", [[0.0, 1.0]], [[float("nan"), 0.5]], from_logits=True)

one_hot = np.eye(4)[[0, 3, 1]]
numbers = [0, 3, 1]
soft = rng.dirichlet(np.ones(4), size=3)
unnormalized = 3 * rng.random((3, 4))
wide = [[1.0, 0.0, 0.0, 0.0], [1.0, 0.0, 0.0, 0.0], [0.25, 0.25, 0.25, 0.25]]
logits = [[50.0, -50.0, 0.0, 1.0], [1e4, -1e4, 0.0, 3.0], [1e30, 0.0, 1e30, -1e30]]
seq = rng.random((2, 3, 4))
for smoothing in [0.0, 0.1]:
    tail = f" smoothing {smoothing}"
    case("cce" + tail, "categorical_crossentropy", one_hot, unnormalized, label_smoothing=smoothing)
    case("cce soft" + tail, "categorical_crossentropy", soft, unnormalized, label_smoothing=smoothing)
    case("cce edge" + tail, "categorical_crossentropy", one_hot, wide, label_smoothing=smoothing)
    case("cce logits" + tail, "categorical_crossentropy", soft, logits, from_logits=True, label_smoothing=smoothing)
    case("cce sequence" + tail, "categorical_crossentropy", np.eye(4)[[[0, 1, 2], [3, 3, 0]]], seq, label_smoothing=smoothing)
case("scce", "sparse_categorical_crossentropy", numbers, unnormalized)
case("scce [batch, 1]", "sparse_categorical_crossentropy", [[0], [3], [1]], unnormalized)
case("scce edge", "sparse_categorical_crossentropy", numbers, wide)
case("scce logits", "sparse_categorical_crossentropy", numbers, logits, from_logits=True)
case("scce sequence", "sparse_categorical_crossentropy", [[0, 1, 2], [3, 3, 0]], seq, from_logits=True)

json.dump(dict(keras=keras.__version__, backend="jax", cases=cases), sys.stdout)
