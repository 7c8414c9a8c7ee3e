"""Writes golden.json: weights after each step of Keras' optimizers. Needs keras and jax.

    KERAS_BACKEND=jax python make_golden.py > golden.json
"""
import json
import os
import sys

os.environ.setdefault("KERAS_BACKEND", "jax")
import keras
import numpy as np

rng = np.random.default_rng(11)
SHAPES = dict(kernel=(3, 2), bias=(4,))
STEPS = 6
weights = {n: rng.normal(size=s).astype(np.float32) for n, s in SHAPES.items()}
# Gradients over four orders of magnitude: some steps are clipped and some are not.
scales = [1.0, 0.01, 30.0, 1e-4, 3.0, 0.5]
gradients = [{n: (k * rng.normal(size=s)).astype(np.float32) for n, s in SHAPES.items()} for k in scales]
gradients[3]["bias"][:] = 0


def run(cls, kwargs):
    variables = {n: keras.Variable(w, name=n) for n, w in weights.items()}
    optimizer = getattr(keras.optimizers, cls)(**kwargs)
    after = []
    for g in gradients:
        optimizer.apply([g[n] for n in variables], list(variables.values()))
        after.append({n: np.asarray(v.value).ravel().tolist() for n, v in variables.items()})
    return after


cases = {
    "SGD": ("SGD", dict(learning_rate=0.01)),
    "SGD momentum": ("SGD", dict(learning_rate=0.01, momentum=0.9)),
    "SGD nesterov": ("SGD", dict(learning_rate=0.01, momentum=0.9, nesterov=True)),
    "SGD clipnorm": ("SGD", dict(learning_rate=0.1, clipnorm=1.5)),
    "SGD global_clipnorm": ("SGD", dict(learning_rate=0.1, global_clipnorm=1.5)),
    "SGD clipvalue": ("SGD", dict(learning_rate=0.1, clipvalue=0.4)),
    "SGD weight_decay": ("SGD", dict(learning_rate=0.1, weight_decay=0.02)),
    "Adam": ("Adam", dict(learning_rate=0.001)),
    "Adam 10": ("Adam", dict(learning_rate=10.0)),
    "Adam constants": ("Adam", dict(learning_rate=0.01, beta_1=0.8, beta_2=0.95, epsilon=1e-3)),
    "Adam amsgrad": ("Adam", dict(learning_rate=0.01, amsgrad=True)),
    "Adam clipnorm": ("Adam", dict(learning_rate=0.01, clipnorm=1.0)),
    "AdamW": ("AdamW", dict(learning_rate=0.01)),
    "AdamW decay clip": ("AdamW", dict(learning_rate=0.01, weight_decay=0.1, global_clipnorm=0.5)),
    "RMSprop": ("RMSprop", dict(learning_rate=0.001)),
    "RMSprop momentum": ("RMSprop", dict(learning_rate=0.01, rho=0.8, momentum=0.7)),
    "RMSprop centered": ("RMSprop", dict(learning_rate=0.01, centered=True, momentum=0.5, epsilon=1e-4)),
    "Adagrad": ("Adagrad", dict(learning_rate=0.01)),
    "Adagrad accumulator": ("Adagrad", dict(learning_rate=0.01, initial_accumulator_value=0.0, epsilon=1e-3)),
    "Adadelta": ("Adadelta", dict(learning_rate=1.0)),
    "Adamax": ("Adamax", dict(learning_rate=0.01)),
    "Nadam": ("Nadam", dict(learning_rate=0.01)),
    "Lion": ("Lion", dict(learning_rate=0.001)),
    "Lion weight_decay": ("Lion", dict(learning_rate=0.01, weight_decay=0.1)),
}

S = keras.optimizers.schedules
schedules = {
    "Exponential": (S.ExponentialDecay(0.1, 100, 0.96), range(0, 1000, 7)),
    "Exponential staircase": (S.ExponentialDecay(0.1, 100, 0.5, staircase=True), range(0, 1000, 7)),
    "Polynomial": (S.PolynomialDecay(0.1, 100), range(0, 150)),
    "Polynomial power": (S.PolynomialDecay(0.1, 100, end_learning_rate=0.01, power=2.5), range(0, 150)),
    "Polynomial cycle": (S.PolynomialDecay(0.1, 40, end_learning_rate=0.01, power=0.5, cycle=True), range(0, 150)),
    "InverseTime": (S.InverseTimeDecay(0.1, 30, 0.5), range(0, 150)),
    "InverseTime staircase": (S.InverseTimeDecay(0.1, 30, 0.5, staircase=True), range(0, 150)),
    "Piecewise": (S.PiecewiseConstantDecay([10, 20, 50], [1.0, 0.5, 0.1, 0.01]), range(0, 60)),
    "Cosine": (S.CosineDecay(0.1, 100), range(0, 150)),
    "Cosine alpha": (S.CosineDecay(0.1, 100, alpha=0.2), range(0, 150)),
    "Cosine warmup": (S.CosineDecay(0.01, 100, alpha=0.1, warmup_target=0.3, warmup_steps=20), range(0, 150)),
    "CosineRestarts": (S.CosineDecayRestarts(0.1, 10), range(0, 300)),
    "CosineRestarts constants": (S.CosineDecayRestarts(0.1, 10, t_mul=1.5, m_mul=0.8, alpha=0.1), range(0, 300)),
    "CosineRestarts even": (S.CosineDecayRestarts(0.1, 10, t_mul=1.0, m_mul=0.9), range(0, 100)),
}

flat = lambda d: {n: a.ravel().tolist() for n, a in d.items()}
json.dump(
    dict(
        keras=keras.__version__, backend="jax", shapes=SHAPES, weights=flat(weights),
        gradients=[flat(g) for g in gradients],
        optimizers={n: dict(arguments=kwargs, after=run(cls, kwargs)) for n, (cls, kwargs) in cases.items()},
        schedules={n: dict(steps=list(r), rates=[float(s(i)) for i in r]) for n, (s, r) in schedules.items()},
    ),
    sys.stdout,
)
