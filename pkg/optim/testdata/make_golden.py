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
    """Weights after each step, and after the training is over."""
    variables = {n: keras.Variable(w, name=n) for n, w in weights.items()}
    values = lambda: {n: np.asarray(v.value).ravel().tolist() for n, v in variables.items()}
    if cls == "LossScaleOptimizer":
        return run_scaled(**kwargs)
    optimizer = getattr(keras.optimizers, cls)(**kwargs)
    after = []
    for g in gradients:
        scale = np.float32(kwargs.get("loss_scale_factor", 1))
        optimizer.apply([scale * g[n] for n in variables], list(variables.values()))
        after.append(values())
    optimizer.finalize_variable_values(list(variables.values()))
    return after, values()


def run_scaled(inner, learning_rate, **kwargs):
    """As run, without state: on JAX Keras' LossScaleOptimizer can't be applied otherwise."""
    variables = [keras.Variable(w, name=n) for n, w in weights.items()]
    optimizer = keras.optimizers.LossScaleOptimizer(getattr(keras.optimizers, inner)(learning_rate=learning_rate), **kwargs)
    optimizer.build(variables)
    after = []
    for g in gradients:
        scale = np.float32(optimizer.dynamic_scale.value)
        new, state = optimizer.stateless_apply([v.value for v in optimizer.variables], [scale * g[n] for n in weights], [v.value for v in variables])
        for v, value in zip(variables + optimizer.variables, list(new) + list(state)):
            v.assign(value)
        after.append({v.name: np.asarray(v.value).ravel().tolist() for v in variables})
    return after, after[-1]


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
    "Adafactor": ("Adafactor", dict(learning_rate=0.01)),
    "Adafactor 10": ("Adafactor", dict(learning_rate=10.0)),
    "Adafactor constants": ("Adafactor", dict(learning_rate=0.1, beta_2_decay=-0.5, epsilon_1=1e-3, epsilon_2=2.0, clip_threshold=0.7, relative_step=False)),
    "Ftrl": ("Ftrl", dict(learning_rate=0.01)),
    "Ftrl constants": ("Ftrl", dict(learning_rate=0.1, learning_rate_power=-0.7, initial_accumulator_value=0.5, l1_regularization_strength=0.3, l2_regularization_strength=0.2, l2_shrinkage_regularization_strength=0.1, beta=0.4)),
    "Ftrl power 0": ("Ftrl", dict(learning_rate=0.1, learning_rate_power=0.0)),
    "Lamb": ("Lamb", dict(learning_rate=0.01)),
    "Lamb constants": ("Lamb", dict(learning_rate=0.1, beta_1=0.7, beta_2=0.9, epsilon=1e-2, weight_decay=0.1)),
    "Muon": ("Muon", dict(learning_rate=0.01)),
    "Muon constants": ("Muon", dict(learning_rate=0.1, adam_beta_1=0.8, adam_beta_2=0.9, adam_weight_decay=0.1, epsilon=1e-3, weight_decay=0.2, muon_a=3.0, muon_b=-4.0, muon_c=1.5, adam_lr_ratio=0.5, momentum=0.8, ns_steps=2, nesterov=False, rms_rate=None)),
    "Muon one decay": ("Muon", dict(learning_rate=0.1, weight_decay=0.0)),
    "ScheduleFreeAdamW": ("ScheduleFreeAdamW", dict(learning_rate=0.01)),
    "ScheduleFreeAdamW constants": ("ScheduleFreeAdamW", dict(learning_rate=0.1, beta_1=0.7, beta_2=0.9, epsilon=1e-3, warmup_steps=4, weight_decay=0.2)),
    "SGD use_ema": ("SGD", dict(learning_rate=0.1, use_ema=True, ema_momentum=0.8)),
    "SGD ema overwrites": ("SGD", dict(learning_rate=0.1, use_ema=True, ema_momentum=0.6, ema_overwrite_frequency=2)),
    "SGD ema overwrites at once": ("SGD", dict(learning_rate=0.1, use_ema=True, ema_momentum=0.6, ema_overwrite_frequency=1)),
    "SGD ema momentum 1": ("SGD", dict(learning_rate=0.1, use_ema=True, ema_momentum=1.0, ema_overwrite_frequency=3)),
    "SGD accumulation": ("SGD", dict(learning_rate=0.1, momentum=0.5, gradient_accumulation_steps=2)),
    "Adam accumulation": ("Adam", dict(learning_rate=0.1, gradient_accumulation_steps=3, clipnorm=0.5, weight_decay=0.1)),
    "Nadam accumulation": ("Nadam", dict(learning_rate=0.1, gradient_accumulation_steps=2)),
    "Adam accumulation ema": ("Adam", dict(learning_rate=0.1, gradient_accumulation_steps=2, use_ema=True, ema_momentum=0.7, ema_overwrite_frequency=2)),
    "SGD loss_scale_factor": ("SGD", dict(learning_rate=0.1, loss_scale_factor=8.0)),
    "LossScaleOptimizer": ("LossScaleOptimizer", dict(inner="Adam", learning_rate=0.1)),
    "LossScaleOptimizer overflow": ("LossScaleOptimizer", dict(inner="Adam", learning_rate=0.1, initial_scale=2.0**124, dynamic_growth_steps=2)),
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
        optimizers={n: dict(zip(("arguments", "after", "final"), (kwargs, *run(cls, kwargs)))) for n, (cls, kwargs) in cases.items()},
        schedules={n: dict(steps=list(r), rates=[float(s(i)) for i in r]) for n, (s, r) in schedules.items()},
    ),
    sys.stdout,
)
