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


def whole(name, loss, y, p, **kwargs):
    """A class of loss on a whole batch: the mean that it is reduced to, and its gradient."""
    y, p = np.asarray(y, np.float32), np.asarray(p, np.float32)
    fn = lambda b: getattr(keras.losses, loss)(**kwargs)(y, b)
    cases.append(
        dict(
            name=name, loss=loss, arguments=kwargs,
            labels=dict(shape=list(y.shape), values=encode(y)),
            predictions=dict(shape=list(p.shape), values=encode(p)),
            mean=encode(fn(p))[0], gradient=encode(jax.grad(lambda b: jnp.sum(fn(b)))(p)),
        )
    )


for loss in ["MeanAbsolutePercentageError", "MeanSquaredLogarithmicError", "CosineSimilarity", "Hinge", "SquaredHinge", "CategoricalHinge"]:
    whole(loss, loss, y, p)
    whole(loss + " rank 3", loss, y3, p3)
    whole(loss + " zeros and ones", loss, bits, p)
    whole(loss + " minus one and one", loss, 2 * bits - 1, p)
    whole(loss + " far", loss, at, [[1e4, -1e4, 0.1], [1e-20, 0.5, -0.5], [1e5, 3e4, -1.0]])
    whole(loss + " nan", loss, [[1.0, 2.0], [3.0, 0.5]], [[float("nan"), 2.0], [3.0, 4.0]])
whole("MeanAbsolutePercentageError labels [batch]", "MeanAbsolutePercentageError", y[:, 0], p[:, :1])
whole("CosineSimilarity zero labels", "CosineSimilarity", [[0.0, 0.0], [1.0, 2.0]], [[1.0, 2.0], [2.0, 1.0]])
whole("CosineSimilarity one output", "CosineSimilarity", y[:, :1], p[:, :1])
whole("Hinge at the hinge", "Hinge", [[1.0, -1.0]], [[1.0, -1.0]])
whole("SquaredHinge at the hinge", "SquaredHinge", [[1.0, -1.0]], [[1.0, 0.5]])
whole("CategoricalHinge one-hot", "CategoricalHinge", one_hot, 2 * rng.normal(size=(3, 4)))
whole("CategoricalHinge ties", "CategoricalHinge", one_hot, [[0.5, 2.0, 2.0, 1.0], [3.0, 3.0, 3.0, 2.0], [0.0, 1.0, 0.0, 0.0]])
whole("KLDivergence", "KLDivergence", soft, rng.dirichlet(np.ones(4), size=3))
whole("KLDivergence edge", "KLDivergence", one_hot, [[0.0, 1.0, 0.5, 0.5], [1e-9, 0.2, 1.5, -0.5], [0.25] * 4])
whole("KLDivergence rank 3", "KLDivergence", rng.dirichlet(np.ones(4), size=(2, 3)), seq)
edge_prob4, edge_bits4 = [[0.0, 1.0, 1.0, 0.0]], [[0.0, 1.0, 0.0, 1.0]]
for options in [{}, dict(apply_class_balancing=True), dict(gamma=0.0), dict(gamma=1.5), dict(alpha=0.7, apply_class_balancing=True, gamma=3.0), dict(label_smoothing=0.1)]:
    whole("binary focal " + str(options), "BinaryFocalCrossentropy", bits, prob, **options)
    whole("binary focal logits " + str(options), "BinaryFocalCrossentropy", bits, 3 * p, from_logits=True, **options)
    whole("binary focal edge " + str(options), "BinaryFocalCrossentropy", edge_bits4, edge_prob4, **options)
for options in [{}, dict(alpha=0.7), dict(gamma=0.0), dict(gamma=1.5), dict(gamma=3.0), dict(label_smoothing=0.1)]:
    whole("categorical focal " + str(options), "CategoricalFocalCrossentropy", one_hot, unnormalized, **options)
    whole("categorical focal soft " + str(options), "CategoricalFocalCrossentropy", soft, unnormalized, **options)
    whole("categorical focal logits " + str(options), "CategoricalFocalCrossentropy", soft, 3 * rng.normal(size=(3, 4)), from_logits=True, **options)
    whole("categorical focal sequence " + str(options), "CategoricalFocalCrossentropy", np.eye(4)[[[0, 1, 2], [3, 3, 0]]], seq, **options)
masks, pictures = (rng.random((2, 3, 4, 2)) < 0.4).astype(np.float32), rng.random((2, 3, 4, 2))
for loss, more in [("Dice", {}), ("Tversky", {}), ("Tversky", dict(alpha=0.3, beta=0.9))]:
    for axis in [None, [1, 2, 3], [1, 2], [0, 1, 2], [-1], [-3, -2]]:
        whole(f"{loss} {more} axis {axis}", loss, masks, pictures, axis=axis, **more)
    whole(f"{loss} {more} empty", loss, np.zeros((2, 3)), np.zeros((2, 3)), **more)
    whole(f"{loss} {more} [batch, 1]", loss, bits[:, :1], prob[:, :1], **more)
vectors = rng.normal(size=(6, 3))
vectors /= np.linalg.norm(vectors, axis=-1, keepdims=True)
for options in [{}, dict(gamma=10.0, margin=0.25), dict(remove_diagonal=False), dict(gamma=1.0, margin=0.9)]:
    whole("circle " + str(options), "Circle", [0, 1, 0, 2, 1, 0], vectors, **options)
    whole("circle [batch, 1] " + str(options), "Circle", [[0], [1], [0], [1], [1], [0]], vectors, **options)
    whole("circle alone " + str(options), "Circle", [0, 1, 2, 3, 4, 5], vectors, **options)
    whole("circle long vectors " + str(options), "Circle", [0, 1, 0, 2, 1, 0], 2 * vectors, **options)
for q in [0.5, 0.1, 0.9]:
    whole(f"generalized {q}", "CategoricalGeneralizedCrossEntropy", numbers, rng.dirichlet(np.ones(4), size=3), q=q)
    whole(f"generalized sequence {q}", "CategoricalGeneralizedCrossEntropy", [[0, 1, 2], [3, 3, 0]], seq, q=q)
letters = [[1, 2, 2, 3], [4, 1, 0, 0], [2, 2, 2, 2], [0, 0, 0, 0], [3, 0, 0, 0]]
whole("ctc", "CTC", letters, 2 * rng.normal(size=(5, 9, 5)))
whole("ctc too little time", "CTC", letters, 2 * rng.normal(size=(5, 3, 5)))
whole("ctc one letter", "CTC", [[1], [2]], rng.normal(size=(2, 4, 3)))
whole("ctc one step", "CTC", [[1], [0]], rng.normal(size=(2, 1, 3)))

json.dump(dict(keras=keras.__version__, backend="jax", cases=cases), sys.stdout)
