"""Loops on JAX: stateless calls, compiled and not."""

import keras
import numpy as np
from keras import layers
from keras_common import loop
from loops_keras_tenth_data import mixtures, phrases, reviews, sensors, spots, visits


def values(variables):
    return [v.value for v in variables]


def put_back(variables, new):
    for variable, value in zip(variables, new):
        variable.assign(value)


# wrong


@loop("loop-eval-mode", "jax")
def one_loss_for_training_and_validation(watch, folder):
    import jax

    x, y = spots()
    x = 40 * x + 100  # as the camera gives them
    model = keras.Sequential(
        [
            keras.Input((10, 10, 1)),
            layers.BatchNormalization(momentum=0.8),
            layers.Conv2D(8, 3, strides=2, use_bias=False),
            layers.BatchNormalization(momentum=0.8),
            layers.ReLU(),
            layers.Flatten(),
            layers.Dense(4),
        ]
    )
    optimizer = keras.optimizers.Adam(5e-3)
    optimizer.build(model.trainable_variables)
    loss_fn = keras.losses.SparseCategoricalCrossentropy(from_logits=True)

    def compute_loss(trainable, non_trainable, xb, yb, training=False):
        logits, non_trainable = model.stateless_call(trainable, non_trainable, xb, training=training)
        return loss_fn(yb, logits), non_trainable

    @jax.jit
    def train_step(trainable, non_trainable, slots, xb, yb):
        grad_fn = jax.value_and_grad(compute_loss, has_aux=True)
        (loss, non_trainable), grads = grad_fn(trainable, non_trainable, xb, yb)  # fault
        trainable, slots = optimizer.stateless_apply(slots, grads, trainable)
        return loss, trainable, non_trainable, slots

    w = watch(model, optimizer, loss=loss_fn, folder=folder)
    trainable, non_trainable = values(model.trainable_variables), values(model.non_trainable_variables)
    slots = values(optimizer.variables)
    for epoch in range(5):
        order = np.random.permutation(160)
        for i in range(0, 160, 20):
            xb, yb = x[order[i : i + 20]], y[order[i : i + 20]]
            loss, trainable, non_trainable, slots = train_step(trainable, non_trainable, slots, xb, yb)
            w(xb, yb, loss, weights=trainable)
        compute_loss(trainable, non_trainable, x[160:], y[160:])
    put_back(model.trainable_variables, trainable)
    put_back(model.non_trainable_variables, non_trainable)


@loop("loop-gradients-changed", "jax")
def loads_through_a_gru(watch, folder):
    import jax
    import jax.numpy as jnp

    x, y = sensors()
    model = keras.Sequential([keras.Input((16, 3)), layers.GRU(10), layers.Dense(1)])
    optimizer = keras.optimizers.SGD(0.05, momentum=0.9)
    optimizer.build(model.trainable_variables)

    def compute_loss(trainable, non_trainable, xb, yb):
        forecast, non_trainable = model.stateless_call(trainable, non_trainable, xb, training=True)
        return jnp.mean((forecast - yb) ** 2), non_trainable

    def clip(grads, limit):
        norm = jnp.sqrt(sum(jnp.sum(g**2) for g in jax.tree.leaves(grads)))
        return jax.tree.map(lambda g: g * jnp.minimum(1.0, norm / limit), grads)  # fault

    @jax.jit
    def train_step(state, xb, yb):
        trainable, non_trainable, slots = state
        (loss, non_trainable), grads = jax.value_and_grad(compute_loss, has_aux=True)(trainable, non_trainable, xb, yb)
        trainable, slots = optimizer.stateless_apply(slots, clip(grads, 5.0), trainable)
        return loss, (trainable, non_trainable, slots)

    w = watch(model, optimizer, loss="mse", folder=folder)
    state = values(model.trainable_variables), values(model.non_trainable_variables), values(optimizer.variables)
    for step in range(50):
        rows = np.random.choice(len(x), 30, replace=False)
        loss, state = train_step(state, x[rows], y[rows])
        w(x[rows], y[rows], loss, weights=state[0])
    put_back(model.trainable_variables, state[0])


@loop("loop-weights-overwritten", "jax")
def counts_by_epochs(watch, folder):
    import jax

    x, y = visits()
    y = y[:, None]
    model = keras.Sequential([keras.Input((4,)), layers.Dense(16, activation="softplus"), layers.Dense(1, activation="exponential")])
    optimizer = keras.optimizers.Adamax(2e-2)
    optimizer.build(model.trainable_variables)
    loss_fn = keras.losses.Poisson()

    @jax.jit
    def train_step(trainable, slots, xb, yb):
        def objective(trainable):
            rates, _ = model.stateless_call(trainable, [], xb, training=True)
            return loss_fn(yb, rates)

        loss, grads = jax.value_and_grad(objective)(trainable)
        trainable, slots = optimizer.stateless_apply(slots, grads, trainable)
        return loss, trainable, slots

    w = watch(model, optimizer, loss=loss_fn, folder=folder)
    slots = values(optimizer.variables)
    for epoch in range(10):
        trainable = values(model.trainable_variables)  # fault
        losses = []
        for i in range(0, 256, 64):
            loss, trainable, slots = train_step(trainable, slots, x[i : i + 64], y[i : i + 64])
            losses.append(float(loss))
            w(x[i : i + 64], y[i : i + 64], loss, weights=trainable)
    put_back(model.trainable_variables, trainable)


@loop("loop-same-batch", "jax")
def rows_drawn_with_a_key(watch, folder):
    import jax

    x, y = mixtures()
    model = keras.Sequential([keras.Input((8,)), layers.Dense(64, activation="relu"), layers.Dense(64, activation="relu"), layers.Dense(4)])
    optimizer = keras.optimizers.Lion(1e-3)
    optimizer.build(model.trainable_variables)
    scce = keras.losses.SparseCategoricalCrossentropy(from_logits=True)
    key = jax.random.key(0)

    def compute_loss(trainable, xb, yb):
        return scce(yb, model.stateless_call(trainable, [], xb, training=True)[0])

    grad_fn = jax.jit(jax.value_and_grad(compute_loss))
    w = watch(model, optimizer, loss=scce, folder=folder)
    trainable, slots = values(model.trainable_variables), values(optimizer.variables)
    for step in range(60):
        key_batch, _ = jax.random.split(key)  # fault
        rows = np.asarray(jax.random.choice(key_batch, len(x), (20,), replace=False))
        loss, grads = grad_fn(trainable, x[rows], y[rows])
        trainable, slots = optimizer.stateless_apply(slots, grads, trainable)
        w(x[rows], y[rows], loss, weights=trainable)
    put_back(model.trainable_variables, trainable)


@loop("loop-other-loss", "jax")
def classes_with_a_skip(watch, folder):
    import jax
    import jax.numpy as jnp

    x, y = mixtures()
    inputs = keras.Input((8,))
    h = layers.Dense(24, activation="relu")(inputs)
    model = keras.Model(inputs, layers.Dense(4)(layers.Concatenate()([inputs, h])))
    optimizer = keras.optimizers.SGD(0.1)
    optimizer.build(model.trainable_variables)

    def nll(logits, labels):
        log_p = jax.nn.log_softmax(logits, axis=0)  # fault
        return -jnp.mean(jnp.take_along_axis(log_p, labels[:, None], axis=1))

    @jax.jit
    def train_step(trainable, slots, xb, yb):
        loss, grads = jax.value_and_grad(lambda t: nll(model.stateless_call(t, [], xb, training=True)[0], yb))(trainable)
        trainable, slots = optimizer.stateless_apply(slots, grads, trainable)
        return loss, trainable, slots

    w = watch(model, optimizer, loss=keras.losses.SparseCategoricalCrossentropy(from_logits=True), folder=folder)
    trainable, slots = values(model.trainable_variables), values(optimizer.variables)
    for epoch in range(5):
        order = np.random.permutation(len(x))
        for i in range(0, len(x), 28):
            xb, yb = x[order[i : i + 28]], y[order[i : i + 28]]
            loss, trainable, slots = train_step(trainable, slots, xb, yb)
            w(xb, yb, loss, weights=trainable)
    put_back(model.trainable_variables, trainable)


@loop("loop-detached", "jax")
def a_backbone_and_a_head_by_hand(watch, folder):
    import jax

    x, y = reviews()
    backbone = keras.Sequential(
        [keras.Input((12,), dtype="int32"), layers.Embedding(30, 4), layers.GlobalAveragePooling1D(), layers.Dense(3, activation="tanh")]
    )
    head = keras.Sequential([keras.Input((3,)), layers.Dense(1)])
    model = keras.Sequential([backbone, head])
    model.build((None, 12))
    count = len(backbone.trainable_variables)
    optimizer = keras.optimizers.Adam(2e-2)
    optimizer.build(model.trainable_variables)
    bce = keras.losses.BinaryCrossentropy(from_logits=True)

    def compute_loss(trainable, xb, yb):
        features, _ = backbone.stateless_call(trainable[:count], [], xb, training=True)
        features = jax.lax.stop_gradient(features)  # fault
        logits, _ = head.stateless_call(trainable[count:], [], features, training=True)
        return bce(yb, logits)

    grad_fn = jax.jit(jax.value_and_grad(compute_loss))
    w = watch(model, optimizer, loss=bce, folder=folder)
    trainable, slots = values(model.trainable_variables), values(optimizer.variables)
    for epoch in range(6):
        for rows in np.array_split(np.random.permutation(len(x)), 10):
            loss, grads = grad_fn(trainable, x[rows], y[rows])
            trainable, slots = optimizer.stateless_apply(slots, grads, trainable)
            w(x[rows], y[rows], loss, weights=trainable)
    put_back(model.trainable_variables, trainable)


# correct


@loop("loop-correct", "jax")
def rows_mixed_with_their_neighbours(watch, folder):
    import jax

    x, y = mixtures()
    y = np.eye(4, dtype="float32")[y]
    model = keras.Sequential([keras.Input((8,)), layers.Dense(24, activation="mish"), layers.Dense(4)])
    optimizer = keras.optimizers.Adam(1e-2)
    optimizer.build(model.trainable_variables)
    cce = keras.losses.CategoricalCrossentropy(from_logits=True)

    @jax.jit
    def train_step(trainable, slots, xb, yb):
        def objective(trainable):
            return cce(yb, model.stateless_call(trainable, [], xb, training=True)[0])

        loss, grads = jax.value_and_grad(objective)(trainable)
        trainable, slots = optimizer.stateless_apply(slots, grads, trainable)
        return loss, trainable, slots

    w = watch(model, optimizer, loss=cce, folder=folder)
    trainable, slots = values(model.trainable_variables), values(optimizer.variables)
    rng = np.random.default_rng(1)
    for step in range(50):
        rows = rng.choice(len(x), 32, replace=False)
        lam, other = np.float32(rng.beta(0.4, 0.4)), rng.permutation(rows)
        xb, yb = lam * x[rows] + (1 - lam) * x[other], lam * y[rows] + (1 - lam) * y[other]
        loss, trainable, slots = train_step(trainable, slots, xb, yb)
        w(xb, yb, loss, weights=trainable)
    put_back(model.trainable_variables, trainable)


@loop("loop-correct", "jax")
def the_next_word_with_one_table(watch, folder):
    """The table of the words reads and writes; the rate starts anew now and then."""
    import jax

    x, y = phrases()
    table = layers.ReversibleEmbedding(16, 12, tie_weights=True)
    inputs = keras.Input((8,), dtype="int32")
    h = table(inputs)
    h = layers.LayerNormalization()(layers.Add()([h, layers.Conv1D(12, 2, padding="causal")(h)]))
    model = keras.Model(inputs, table(h, reverse=True))
    schedule = keras.optimizers.schedules.CosineDecayRestarts(3e-2, first_decay_steps=10, t_mul=1.5, alpha=0.05)
    optimizer = keras.optimizers.Adam(schedule, clipnorm=1.0)
    optimizer.build(model.trainable_variables)
    scce = keras.losses.SparseCategoricalCrossentropy(from_logits=True)

    def compute_loss(trainable, non_trainable, xb, yb):
        logits, non_trainable = model.stateless_call(trainable, non_trainable, xb, training=True)
        return scce(yb, logits), non_trainable

    @jax.jit
    def train_step(state, xb, yb):
        trainable, non_trainable, slots = state
        (loss, non_trainable), grads = jax.value_and_grad(compute_loss, has_aux=True)(trainable, non_trainable, xb, yb)
        trainable, slots = optimizer.stateless_apply(slots, grads, trainable)
        return loss, (trainable, non_trainable, slots)

    w = watch(model, optimizer, loss=scce, folder=folder)
    state = values(model.trainable_variables), values(model.non_trainable_variables), values(optimizer.variables)
    for epoch in range(5):
        for rows in np.array_split(np.random.permutation(len(x)), 8):
            loss, state = train_step(state, x[rows], y[rows])
            w(x[rows], y[rows], loss, weights=state[0])
    put_back(model.trainable_variables, state[0])
    put_back(model.non_trainable_variables, state[1])
