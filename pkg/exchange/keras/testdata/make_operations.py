"""Records functional models with functions of keras.ops between their layers, as make_layers.py does layers.

    KERAS_BACKEND=jax python make_operations.py operations.json.gz
"""

import os
import pathlib
import sys

os.environ.setdefault("KERAS_BACKEND", "jax")
sys.path.insert(0, str(pathlib.Path(__file__).parent))
import keras  # noqa: E402
import numpy as np  # noqa: E402
from keras import ops  # noqa: E402
from make_layers import Recorder, filled, record_model, write  # noqa: E402

L = keras.layers
W = np.array([[1, -0.5], [0.25, 2], [0, 1.5]], "float32")

# Each takes x and y, [batch, 4, 3], and z, [batch, 3, 2]; all values are above 0 in "positive".
MODELS = {
    "add a number": lambda x, y, z: x + 1.0,
    "number first": lambda x, y, z: 2 * x,
    "one minus": lambda x, y, z: 1 - x,
    "negative": lambda x, y, z: -x,
    "two layers' outputs": lambda x, y, z: L.Dense(3)(x) + y,
    "subtract": lambda x, y, z: x - y,
    "multiply": lambda x, y, z: x * y,
    "gate": lambda x, y, z: ops.sigmoid(x) * y + (1 - ops.sigmoid(x)) * ops.tanh(y),
    "a row of constants": lambda x, y, z: ops.multiply(np.array([1, 2, -3], "float32"), x),
    "a matrix of constants": lambda x, y, z: x + np.arange(12, dtype="float32").reshape(4, 3),
    "a column of constants": lambda x, y, z: ops.subtract(np.array([[1], [2], [3], [4]], "float32"), x),
    "a constant tensor": lambda x, y, z: x + ops.ones((3,)),
    "square": lambda x, y, z: x**2,
    "cube": lambda x, y, z: x**3,
    "absolute": lambda x, y, z: abs(x),
    "floor divide": lambda x, y, z: x // 0.3,
    "mod": lambda x, y, z: x % 0.3,
    "mod of two": lambda x, y, z: x % (y + 5),
    "maximum": lambda x, y, z: ops.maximum(x, y),
    "maximum of a number": lambda x, y, z: ops.maximum(0.5, x),
    "minimum of equals": lambda x, y, z: ops.minimum(x, x),
    "clip": lambda x, y, z: ops.clip(x, -0.5, 0.5),
    "repeated axes": lambda x, y, z: x * ops.mean(y, axis=1, keepdims=True) + ops.max(y, axis=2, keepdims=True),
    "functions": lambda x, y, z: ops.exp(x) + ops.sin(x) * ops.cos(y) + ops.square(y) + ops.erf(x) + ops.sign(x) + ops.floor(y) + ops.ceil(x) + ops.tan(x / 3) + ops.expm1(x),
    "positive roots": lambda x, y, z: ops.sqrt(x) + ops.rsqrt(y) + ops.log(x) + ops.log1p(y) + ops.log2(x) + ops.log10(y) + ops.reciprocal(x),
    "positive powers": lambda x, y, z: x**0.5 + 2**y + x**y + x**-1,
    "positive scaled": lambda x, y, z: x / ops.sqrt(y),
    "like": lambda x, y, z: x * ops.ones_like(y) + ops.zeros_like(x) + ops.stop_gradient(y) * x,
    "activations": lambda x, y, z: ops.relu(x) + ops.gelu(y) + ops.silu(x) + ops.softplus(y) + ops.elu(x) + ops.leaky_relu(y) + ops.relu6(x) + ops.selu(y) + ops.hard_sigmoid(x) + ops.softsign(y) + ops.log_sigmoid(x) + ops.hard_silu(x) + ops.hard_tanh(y) + ops.gelu(x, approximate=False) + ops.sparse_plus(y) + ops.tanh_shrink(x) + ops.sparse_sigmoid(y),
    "softmax over steps": lambda x, y, z: ops.softmax(x, axis=1) * y + ops.softmax(y, axis=(1, 2)) + ops.softmax(x, axis=-2),
    "log softmax over steps": lambda x, y, z: ops.log_softmax(x, axis=1) * y + ops.log_softmax(y, axis=(1, 2)),
    "more functions": lambda x, y, z: ops.cosh(x) + ops.sinh(y) + ops.erfc(x) * y + ops.exp2(y) + ops.round(x * 3) + ops.round(ops.floor(y * 4) / 2) + ops.trunc(x * 3) + ops.copy(y),
    "more activations": lambda x, y, z: ops.celu(x) + ops.squareplus(y) + ops.hard_shrink(x) + ops.soft_shrink(y) + ops.sparsemax(x) + ops.threshold(y, 0.2, -1.5) + ops.glu(ops.concatenate([x, y], axis=-1)),
    "what isn't a number": lambda x, y, z: ops.where(ops.isnan(ops.log(x)), 1.0, x) + ops.where(ops.isinf(y / ops.relu(x)), 2.0, y) + ops.where(ops.isfinite(ops.log(y)), 3.0, x) + ops.stop_gradient(ops.nan_to_num(ops.log(x))) + ops.nan_to_num(y),
    "products": lambda x, y, z: ops.prod(x, axis=1) + ops.prod(ops.relu(y), axis=(1, 2), keepdims=True)[:, 0] + ops.prod(ops.concatenate([x, y, x], axis=2), axis=2)[:, :3] + ops.prod(y, axis=-2),
    "spans": lambda x, y, z: ops.ptp(x, axis=1) + ops.amax(y, axis=1) - ops.amin(x, axis=1) + ops.average(y, axis=1),
    "divide without NaN": lambda x, y, z: ops.divide_no_nan(x, ops.relu(y)) + ops.divide_no_nan(y, 0.0) + ops.divide_no_nan(1.0, ops.relu(x)) + ops.divide_no_nan(x, 2.0),
    "logaddexp": lambda x, y, z: ops.logaddexp(x, y) + ops.logaddexp(x, 0.5) * ops.logaddexp(y, y),
    "tensordot": lambda x, y, z: ops.tensordot(x, W, axes=1) + ops.tensordot(y, W, axes=[[2], [0]]) * ops.tensordot(x, W, axes=[[-1], [0]]),
    "largest": lambda x, y, z: ops.top_k(x, 2)[0] * ops.top_k(ops.floor(y * 2), 2)[0] + ops.cast(ops.top_k(y, 2)[1], "float32") * x[..., :2] + ops.cast(ops.top_k(ops.floor(x), 2)[1], "float32"),
    "only the first part": lambda x, y, z: L.Dense(2)(ops.split(x, 3, axis=-1)[0]),
    "only the largest": lambda x, y, z: L.Dense(2)(ops.top_k(x, 2)[0]),
    "differences": lambda x, y, z: ops.diff(x, axis=1) * ops.diff(y, axis=-2) + ops.diff(ops.concatenate([x, y], axis=2))[:, :3, :3],
    "triangles": lambda x, y, z: ops.tril(x) * y + ops.triu(y, k=1) + ops.tril(x, k=-2),
    "resize": lambda x, y, z: ops.image.resize(ops.reshape(x, (-1, 4, 3, 1)), (6, 5)) + ops.image.resize(ops.reshape(y, (-1, 2, 2, 3)), (6, 5), interpolation="nearest")[..., :1] + ops.image.resize(y[:, None], (6, 5), interpolation="bicubic", antialias=True, data_format="channels_first")[:, 0, :, :, None],
    "side by side": lambda x, y, z: ops.hstack([x, y]) * ops.hstack([y, x]),
    "softmax": lambda x, y, z: ops.softmax(x) + ops.log_softmax(y, axis=2),
    "reductions": lambda x, y, z: ops.sum(x, axis=1) + ops.mean(y, axis=1) + ops.max(x, axis=1) + ops.min(y, axis=1) + ops.var(x, axis=1) + ops.std(y, axis=1) + ops.logsumexp(x, axis=1),
    "reductions over two axes": lambda x, y, z: ops.stack([ops.sum(x, axis=(1, 2)), ops.mean(y, axis=(-1, -2)), ops.max(x, axis=(1, 2))], axis=1),
    "argmax": lambda x, y, z: ops.cast(ops.argmax(x, axis=-1), "float32") + ops.mean(y, axis=2) * ops.cast(ops.argmin(x, axis=2), "float32"),
    "last step": lambda x, y, z: x[:, -1],
    "first feature": lambda x, y, z: x[:, :, 0:1],
    "slices": lambda x, y, z: x[:, 1:3, :2],
    "every second": lambda x, y, z: x[:, ::2],
    "backwards": lambda x, y, z: x[:, ::-1] + ops.flip(y, axis=2),
    "backwards by two": lambda x, y, z: x[:, -1:0:-2, 1],
    "ellipsis": lambda x, y, z: x[..., 1] + y[..., -1],
    "new axis": lambda x, y, z: x[:, :, None] + y[:, None],
    "expand and squeeze": lambda x, y, z: ops.squeeze(ops.expand_dims(x, (1, -1)), (1, -1)) + ops.squeeze(y[:, :, None], 2),
    "reshape": lambda x, y, z: ops.reshape(x, (-1, 12)),
    "reshape with an open axis": lambda x, y, z: ops.reshape(x, (-1, 2, 6)) * ops.reshape(y, (-1, 2, 6)),
    "transpose": lambda x, y, z: ops.transpose(x, (0, 2, 1)) + ops.swapaxes(y, 1, -1) * ops.moveaxis(x, 1, 2),
    "matmul": lambda x, y, z: x @ z,
    "matmul by a constant": lambda x, y, z: x @ W + ops.matmul(y[:, 0:1], W),
    "matmul of a row": lambda x, y, z: ops.matmul(ops.sum(x, axis=1), W),
    "attention": lambda x, y, z: ops.softmax(x @ ops.transpose(y, (0, 2, 1)) / 3**0.5) @ y,
    "einsum": lambda x, y, z: ops.einsum("bij,bkj->bik", x, y) + ops.einsum("bij,bkj->bik", y, x),
    "einsum over the batch's rows": lambda x, y, z: ops.einsum("bij,bij->b", x, y)[:, None],
    "concatenate": lambda x, y, z: ops.concatenate([x, L.Dense(2)(y), x], axis=-1),
    "concatenate steps": lambda x, y, z: ops.concatenate([x, y], axis=1),
    "stack": lambda x, y, z: ops.stack([x, y, x], axis=-1),
    "split": lambda x, y, z: ops.split(x, 3, axis=-1)[1] * ops.split(y, [1, 2], axis=-1)[2],
    "all parts": lambda x, y, z: ops.split(x, 2, axis=1),
    "unstack": lambda x, y, z: ops.unstack(x, axis=1)[2] - ops.unstack(y, axis=1)[0],
    "where": lambda x, y, z: ops.where(x > y, x, y * 2) + ops.where(x > 0.2, x, -1.5) + ops.where(y < 0, 0.0, 1.0) * x,
    "conditions": lambda x, y, z: x * ops.cast(ops.logical_and(x > 0, y < 1), "float32") + y * ops.cast(ops.logical_or(x >= 0.3, ops.logical_not(y <= 0.1)), "float32") + ops.where(ops.logical_xor(x != y, ops.equal(x, 0.5)), x, y),
    "any and all": lambda x, y, z: ops.where(ops.any(x > 0.9, axis=1), x[:, 0], y[:, 0]) + ops.where(ops.all(x < 1.5, axis=1), x[:, 1], y[:, 1]),
    "cast": lambda x, y, z: x + ops.cast(y * 3, "int32") + ops.cast(ops.cast(x, "bool"), "float32"),
    "one hot": lambda x, y, z: ops.one_hot(ops.cast(x * 2, "int32"), 3) * y[..., None],
    "pad": lambda x, y, z: ops.pad(x, ((0, 0), (1, 0), (2, 1))) + ops.pad(y, ((0, 0), (1, 0), (2, 1)), constant_values=0.5),
    "pad by mirrors": lambda x, y, z: ops.pad(x, ((0, 0), (2, 1), (0, 2)), mode="reflect") + ops.pad(y, ((0, 0), (1, 2), (2, 0)), mode="symmetric"),
    "roll": lambda x, y, z: ops.roll(x, 1, axis=1) + ops.roll(y, -2, axis=2),
    "tile": lambda x, y, z: ops.tile(x, (1, 2, 1)) + ops.repeat(y, 2, axis=1),
    "take": lambda x, y, z: ops.take(x, [0, 2, -1], axis=2) * ops.take(y, [1, 1, 0], axis=2),
    "cumsum": lambda x, y, z: ops.cumsum(x, axis=1) * ops.cumsum(y, axis=-1),
    "normalize": lambda x, y, z: ops.normalize(x, axis=-1) + ops.normalize(y, axis=1, epsilon=10.0),
    "residual block": lambda x, y, z: L.LayerNormalization()(x + 0.5 * L.Dense(3)(ops.relu(L.Dense(5)(y)))),
    "squeeze and excite": lambda x, y, z: x * L.Dense(3, activation="sigmoid")(ops.mean(x, axis=1))[:, None],
}

TOKENS = np.asarray([[1, 2, 0, 3, 0], [0, 0, 1, 2, 3], [3, 0, 0, 0, 0]], "float32")
TOKENS2 = np.asarray([[1, 0, 1, 0, 0], [2, 0, 1, 0, 3], [0, 1, 2, 3, 0]], "float32")


def embedded():
    xs = [keras.Input((5,), name=n) for n in "xy"]
    return xs, [L.Embedding(4, 3, mask_zero=True)(x) for x in xs]


# What becomes of masks: a layer at the end that looks at them shows which one came to it.
MASKS = {
    "masks: sum": lambda x, y: L.GlobalAveragePooling1D()(x + y),
    "masks: relu": lambda x, y: L.Concatenate()([L.GlobalAveragePooling1D()(ops.relu(x)), L.GlobalAveragePooling1D()(x)]),
    "masks: concatenate": lambda x, y: L.LSTM(2)(ops.concatenate([x, y], axis=1)),
    "masks: of another layer": lambda x, y: L.GlobalAveragePooling1D()(L.Add()([x * 2.0, y])) + L.GlobalAveragePooling1D()(L.Add()([x, y])),
    "masks: layers behind": lambda x, y: L.GlobalAveragePooling1D()(L.Masking()(ops.where(x > 0, x, 0.0))),
}


def masked(build):
    def model():
        xs, es = embedded()
        return keras.Model(xs, build(*es))
    return model


def plain(build):
    return lambda: keras.Model(xs := [keras.Input(s, name=n) for n, s in zip("xyz", [(4, 3), (4, 3), (3, 2)])], keep(build(*xs), xs))


def keep(y, xs):
    """Inputs that a model doesn't need are outputs, so that nothing of it is left out."""
    return [*(y if isinstance(y, list) else [y]), *[L.Identity(name="keep_" + x.name)(x) for x in xs]]


def whole():
    tokens = keras.Input((5,), dtype="int32", name="tokens")
    valid = ops.cast(ops.not_equal(tokens, 0), "float32")[:, :, None]
    x = L.Embedding(4, 3)(tokens) * valid
    return keras.Model(tokens, ops.sum(x, axis=1) / ops.maximum(ops.sum(valid, axis=1), 1.0) + ops.one_hot(tokens, 3)[:, 0])


def pooled():
    """Attention pooling, the padding masked by hand."""
    tokens, given = keras.Input((5,), name="tokens"), keras.Input((5, 3), name="given")
    x = L.Embedding(4, 3)(tokens)
    scores = L.Dense(1)(ops.tanh(L.Dense(3)(x)))
    weights = L.Softmax(axis=1)(scores, mask=ops.not_equal(tokens, 0)[..., None])
    both = L.Softmax(axis=[1, 2])(x, mask=given)
    return keras.Model([tokens, given], [ops.sum(x * weights, axis=1), both, L.Softmax()(L.Dense(3)(x), mask=given), L.Softmax(axis=1)(x)])


def first():
    """A chain, but for the parts that nobody takes."""
    x = keras.Input((4, 6), name="x")
    return keras.Model(x, L.Dense(2)(ops.split(L.Dense(6)(x), 3, axis=-1)[0]))


def chain():
    x = keras.Input((4, 3), name="x")
    return keras.Model(x, L.Dense(2)(ops.mean(ops.relu(L.Dense(5)(x)), axis=1)))


def nested():
    xs, (x, y) = embedded()
    inner = keras.Input((None, 3))
    inside = keras.Model(inner, L.GlobalAveragePooling1D()(ops.tanh(inner) + 1.0))
    return keras.Model(xs, inside(x) + L.GlobalAveragePooling1D()(y))


if __name__ == "__main__":
    recorder = Recorder()
    for name, build in MODELS.items():
        low = 0.3 if name.startswith("positive") else -1
        shapes = [(2, 4, 3), (2, 4, 3), (2, 3, 2)]
        record_model(recorder, name, plain(build), [filled(s, i, low, 3).astype("float32") for i, s in enumerate(shapes)])
    for name, build in MASKS.items():
        record_model(recorder, name, masked(build), [TOKENS, TOKENS2])
    record_model(recorder, "whole numbers", whole, [TOKENS.astype("int32")])
    record_model(recorder, "attention pooling", pooled, [TOKENS, (filled((3, 5, 3), 1, 0, 1) > 0.3).astype("float32") * [[[1], [1], [0.25], [1], [0.75]]]])
    record_model(recorder, "a chain of parts", first, [filled((2, 4, 6), 0, -1, 3).astype("float32")])
    record_model(recorder, "a chain", chain, [filled((2, 4, 3), 0, -1, 3).astype("float32")])
    record_model(recorder, "masks: within a model", nested, [TOKENS, TOKENS2])
    write(sys.argv[1], recorder, {})
    print(len(recorder.cases), "models,", sum("error" in c for c in recorder.cases), "of which Keras doesn't run", file=sys.stderr)
