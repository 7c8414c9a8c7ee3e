"""Hand-written JAX: all steps of all epochs in one lax.scan under jit, as fast as plain JAX is without tricks.

Many rates are the same under vmap, each with weights of its own from the start, all with one batch order.

On a CPU the larger networks take one jitted step after the other: in a loop XLA computes a convolution's gradients on one core.
"""

from functools import partial

import jax
import jax.numpy as jnp
import numpy as np
from jax import lax

import common
from jax_networks import NETWORKS


def glorot(rng, *shape):
    limit = np.sqrt(6 / (shape[-2] + shape[-1]))
    return rng.uniform(-limit, limit, shape).astype(np.float32)


def orthogonal(rng, n):
    q, r = np.linalg.qr(rng.normal(size=(n, n)))
    return (q * np.sign(np.diag(r))).astype(np.float32)


def dense(rng, inputs, units):
    return {"w": glorot(rng, inputs, units), "b": np.zeros(units, np.float32)}


def apply_dense(p, x):
    return x @ p["w"] + p["b"]


def recurrent(rng, inputs, units, gates=1):
    kernel = np.concatenate([orthogonal(rng, units) for _ in range(gates)], 1)
    return {"w": glorot(rng, inputs, gates * units), "u": kernel, "b": np.zeros(gates * units, np.float32)}


def simple_rnn(p, x):
    """All outputs, time first; x [time, batch, features]."""

    def step(h, inputs):
        h = jnp.tanh(inputs + h @ p["u"])
        return h, h

    start = jnp.zeros((x.shape[1], p["u"].shape[0]))
    return lax.scan(step, start, apply_dense(p, x))[1]


def lstm(p, x):
    """The last output; x [time, batch, features]."""

    def step(state, inputs):
        h, c = state
        i, f, g, o = jnp.split(inputs + h @ p["u"], 4, -1)
        c = jax.nn.sigmoid(f) * c + jax.nn.sigmoid(i) * jnp.tanh(g)
        return (jax.nn.sigmoid(o) * jnp.tanh(c), c), None

    zero = jnp.zeros((x.shape[1], p["u"].shape[0]))
    return lax.scan(step, (zero, zero), apply_dense(p, x))[0][0]


def initial(task, rng):
    if task in NETWORKS:
        return NETWORKS[task][0](rng)
    if task == "example3":
        return [recurrent(rng, 1, 64), recurrent(rng, 64, 1)]
    if task == "mlp":
        return [dense(rng, 784, 512), dense(rng, 512, 512), dense(rng, 512, 10)]
    if task == "lstm":
        first = recurrent(rng, 8, 32, gates=4)
        first["b"][32:64] = 1
        return [first, dense(rng, 32, 1)]
    return [dense(rng, 10, 64), dense(rng, 64, 1)]


def predict(task, p, x):
    if task in NETWORKS:
        return NETWORKS[task][1](p, x)
    if task == "example3":
        return simple_rnn(p[1], simple_rnn(p[0], jnp.swapaxes(x, 0, 1)))[-1]
    if task == "lstm":
        return apply_dense(p[1], lstm(p[0], jnp.swapaxes(x, 0, 1)))
    activate = jax.nn.sigmoid if task == "example2" else jax.nn.relu
    for layer in p[:-1]:
        x = activate(apply_dense(layer, x))
    return apply_dense(p[-1], x)


def row_losses(task, p, x, y):
    out = predict(task, p, x)
    if task in common.CLASSIFIERS:
        return -jnp.take_along_axis(jax.nn.log_softmax(out), y, -1)[:, 0]
    return jnp.mean((out - y) ** 2, -1)


def clip(g):
    return g * (1 / jnp.maximum(jnp.sqrt(jnp.sum(g * g)), 1))


def train_each(task, state, rate, x, y, order, counts):
    losses = []
    for i in range(len(order)):
        state, loss = train(task, state, rate, x, y, order[i : i + 1], counts[i : i + 1])
        losses.append(loss)
    return state, jnp.concatenate(losses)


def steps(task, state, rate, x, y, order, counts):
    """Runs the steps whose rows order [steps, batch] names, the first counts[i] of them; returns the losses."""

    def step(state, batch):
        params, mean, square, t = state
        rows, count = batch
        mask = (jnp.arange(rows.shape[0]) < count) / count.astype(jnp.float32)
        loss, grads = jax.value_and_grad(lambda p: jnp.sum(row_losses(task, p, x[rows], y[rows]) * mask))(params)
        if task == "example3":
            grads = jax.tree.map(clip, grads)
        t = t + 1
        mean = jax.tree.map(lambda m, g: m + (g - m) * 0.1, mean, grads)
        square = jax.tree.map(lambda v, g: v + (g * g - v) * 0.001, square, grads)
        alpha = rate * jnp.sqrt(1 - 0.999**t) / (1 - 0.9**t)
        params = jax.tree.map(lambda p, m, v: p - alpha * m / (jnp.sqrt(v) + 1e-7), params, mean, square)
        return (params, mean, square, t), loss

    if len(order) == 1:
        state, loss = step(state, (order[0], counts[0]))
        return state, loss[None]
    return lax.scan(step, state, (order, counts))


train = jax.jit(steps, static_argnums=0, donate_argnums=1)


@partial(jax.jit, static_argnums=0)
def search(task, params, rates, x, y, order, counts):
    """The losses of all steps at each rate, from the same weights."""

    def one(rate):
        zeros = jax.tree.map(jnp.zeros_like, params)
        return steps(task, (params, zeros, zeros, jnp.float32(0)), rate, x, y, order, counts)[1]

    return jax.vmap(one)(rates)


def main():
    args = common.arguments()
    x, y = common.data(args.task, args.rows)
    _, _, epochs, batch = common.TASKS[args.task]
    rows = len(x)
    of_epoch = -(-rows // batch)
    counts = np.full(of_epoch, batch, np.int32)
    counts[-1] = rows - batch * (of_epoch - 1)
    rng = np.random.default_rng(1)
    x, y = jnp.asarray(x), jnp.asarray(y)

    def make(rate):
        params = jax.tree.map(jnp.asarray, initial(args.task, rng))
        zeros = lambda: jax.tree.map(jnp.zeros_like, params)
        state = (params, zeros(), zeros(), jnp.float32(0))

        def fit():
            nonlocal state
            order = np.zeros((epochs, of_epoch * batch), np.int32)
            for epoch in order:
                epoch[:rows] = rng.permutation(rows)
            order = order.reshape(-1, batch)
            if args.task in common.SEARCHES:
                losses = search(args.task, state[0], jnp.asarray(rate), x, y, order, np.tile(counts, epochs))
                return np.nanmin(np.average(np.asarray(losses)[:, -of_epoch:], weights=counts, axis=1))
            state, losses = (train_each if args.task in NETWORKS and jax.default_backend() == "cpu" else train)(
                args.task, state, jnp.float32(rate), x, y, order, np.tile(counts, epochs)
            )
            return np.average(np.asarray(losses)[-of_epoch:], weights=counts)

        return fit

    common.measure(args, make, {"jax": jax.__version__, "jaxlib": jax.lib.__version__})


main()
