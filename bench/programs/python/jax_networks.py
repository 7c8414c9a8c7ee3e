"""The tasks' larger networks in plain JAX: initial weights, and the outputs of a batch."""

import jax
import jax.numpy as jnp
import numpy as np
from jax import lax


def glorot(rng, *shape):
    window = int(np.prod(shape[:-2]))
    limit = np.sqrt(6 / (window * (shape[-2] + shape[-1])))
    return rng.uniform(-limit, limit, shape).astype(np.float32)


def dense(rng, inputs, units):
    return {"w": glorot(rng, inputs, units), "b": np.zeros(units, np.float32)}


def apply_dense(p, x):
    return x @ p["w"] + p["b"]


def convolve(x, w, stride=1, padding="SAME"):
    return lax.conv_general_dilated(x, w, (stride, stride), padding, dimension_numbers=("NHWC", "HWIO", "NHWC"))


def pool(x):
    return lax.reduce_window(x, -jnp.inf, lax.max, (1, 2, 2, 1), (1, 2, 2, 1), "VALID")


def lenet_initial(rng):
    convolution = lambda *shape: {"w": glorot(rng, *shape), "b": np.zeros(shape[-1], np.float32)}
    return [convolution(5, 5, 1, 6), convolution(5, 5, 6, 16), dense(rng, 400, 120), dense(rng, 120, 84), dense(rng, 84, 10)]


def lenet(p, x):
    x = pool(jax.nn.relu(convolve(x, p[0]["w"]) + p[0]["b"]))
    x = pool(jax.nn.relu(convolve(x, p[1]["w"], padding="VALID") + p[1]["b"]))
    x = x.reshape(len(x), -1)
    for layer in p[2:-1]:
        x = jax.nn.relu(apply_dense(layer, x))
    return apply_dense(p[-1], x)


def normalized(p, x, axes):
    mean = x.mean(axes, keepdims=True)
    return (x - mean) * lax.rsqrt(x.var(axes, keepdims=True) + 1e-3) * p["scale"] + p["shift"]


def norm(n):
    return {"scale": np.ones(n, np.float32), "shift": np.zeros(n, np.float32)}


def resnet_initial(rng):
    convolution = lambda size, inputs, filters: {"w": glorot(rng, size, size, inputs, filters), **norm(filters)}
    blocks = []
    for inputs, filters in ((16, 16), (16, 32), (32, 64)):
        block = {"first": convolution(3, inputs, filters), "second": convolution(3, filters, filters)}
        if inputs != filters:
            block["around"] = convolution(1, inputs, filters)
        blocks.append(block)
    return {"stem": convolution(3, 3, 16), "blocks": blocks, "head": dense(rng, 64, 10)}


def resnet(p, x):
    # What evaluation would need, moving means and variances, is left out: no task evaluates.
    apply = lambda p, x, stride=1: normalized(p, convolve(x, p["w"], stride), (0, 1, 2))
    x = jax.nn.relu(apply(p["stem"], x))
    for block in p["blocks"]:
        stride = 2 if "around" in block else 1
        around = apply(block["around"], x, stride) if "around" in block else x
        x = jax.nn.relu(apply(block["second"], jax.nn.relu(apply(block["first"], x, stride))) + around)
    return apply_dense(p["head"], x.mean((1, 2)))


def transformer_initial(rng):
    block = lambda: {
        "query": dense(rng, 64, 64), "key": dense(rng, 64, 64), "value": dense(rng, 64, 64), "out": dense(rng, 64, 64),
        "inner": dense(rng, 64, 256), "outer": dense(rng, 256, 64), "first": norm(64), "second": norm(64),
    }
    return {"blocks": [block(), block()], "head": dense(rng, 64, 10)}


def transformer(p, x):
    heads = lambda p, x: apply_dense(p, x).reshape(*x.shape[:2], 4, 16)
    for b in p["blocks"]:
        y = jax.nn.dot_product_attention(heads(b["query"], x), heads(b["key"], x), heads(b["value"], x))
        x = normalized(b["first"], x + apply_dense(b["out"], y.reshape(x.shape)), -1)
        x = normalized(b["second"], x + apply_dense(b["outer"], jax.nn.relu(apply_dense(b["inner"], x))), -1)
    return apply_dense(p["head"], x.mean(1))


NETWORKS = {"lenet": (lenet_initial, lenet), "resnet": (resnet_initial, resnet), "transformer": (transformer_initial, transformer)}
