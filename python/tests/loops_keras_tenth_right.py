"""More correct loops, on PyTorch and on JAX."""

import keras
import numpy as np
from keras import layers, ops
from keras_common import loop, torch_
from loops_keras_tenth_data import houses, mixtures, tags
from loops_keras_tenth_jax import put_back, values


@loop("loop-correct", "torch")
def taken_up_again_where_it_stopped(watch, folder):
    torch = torch_()
    x, y = houses()
    x = (x - x.mean(0)) / x.std(0)

    def build():
        model = keras.Sequential([keras.Input((6,)), layers.Dense(20, activation="tanh"), layers.Dense(1)])
        optimizer = keras.optimizers.Adam(5e-3)
        optimizer.build(model.trainable_variables)
        return model, optimizer

    def epochs(model, optimizer, count, after=lambda *step: None):
        for _ in range(count):
            for i in range(0, 240, 24):
                xb, yb = x[i : i + 24], y[i : i + 24]
                model.zero_grad()
                loss = keras.losses.LogCosh()(yb, model(xb, training=True))
                loss.backward()
                with torch.no_grad():
                    optimizer.apply([v.value.grad for v in model.trainable_variables], model.trainable_variables)
                after(xb, yb, loss)

    model, optimizer = build()
    epochs(model, optimizer, 1)
    checkpoint = model.get_weights(), [np.array(ops.convert_to_numpy(v)) for v in optimizer.variables]

    model, optimizer = build()
    model.set_weights(checkpoint[0])
    for variable, value in zip(optimizer.variables, checkpoint[1]):
        variable.assign(value)
    epochs(model, optimizer, 4, after=watch(model, optimizer, loss=keras.losses.LogCosh(), folder=folder))


@loop("loop-correct", "torch")
def easy_rows_first_in_half_precision(watch, folder):
    torch = torch_()
    x, y = tags()
    certain = np.argsort(-np.abs(x).sum(1))
    model = keras.Sequential([keras.Input((10,)), layers.Dense(24, activation="relu"), layers.Dense(5)])
    optimizer = keras.optimizers.SGD(0.2, momentum=0.9)
    loss_fn = keras.losses.BinaryFocalCrossentropy(from_logits=True, gamma=1.0)
    w = watch(model, optimizer, loss=loss_fn, folder=folder)
    for epoch in range(6):
        pool = certain[: 80 + 40 * min(epoch, 4)]
        for rows in np.array_split(np.random.permutation(pool), len(pool) // 20):
            model.zero_grad()
            with torch.autocast("cpu", dtype=torch.bfloat16):
                logits = model(x[rows], training=True)
            loss = loss_fn(y[rows], logits.float())
            loss.backward()
            with torch.no_grad():
                optimizer.apply([v.value.grad for v in model.trainable_variables], model.trainable_variables)
            w(x[rows], y[rows], loss)


@loop("loop-correct", "jax")
def random_features_and_a_small_penalty(watch, folder):
    """The features stay as they were drawn, in half precision; only the last layers learn."""
    import jax

    x, y = mixtures()
    inputs = keras.Input((8,))
    features = keras.Sequential([keras.Input((8,)), layers.Dense(96, activation="relu", dtype="mixed_bfloat16")], name="features")
    features.trainable = False
    h = layers.Dense(16, activation="relu", kernel_regularizer=keras.regularizers.L2(1e-4))(features(inputs))
    model = keras.Model(inputs, layers.Dense(4)(h))
    model.build((None, 8))
    optimizer = keras.optimizers.Adam(5e-3)
    optimizer.build(model.trainable_variables)
    scce = keras.losses.SparseCategoricalCrossentropy(from_logits=True)

    def compute_loss(trainable, non_trainable, xb, yb):
        logits, non_trainable, penalties = model.stateless_call(trainable, non_trainable, xb, training=True, return_losses=True)
        return scce(yb, logits) + sum(penalties), non_trainable

    grad_fn = jax.jit(jax.value_and_grad(compute_loss, has_aux=True))
    w = watch(model, optimizer, loss=scce, folder=folder)
    trainable, non_trainable = values(model.trainable_variables), values(model.non_trainable_variables)
    slots = values(optimizer.variables)
    for epoch in range(5):
        for rows in np.array_split(np.random.permutation(len(x)), 10):
            (loss, non_trainable), grads = grad_fn(trainable, non_trainable, x[rows], y[rows])
            trainable, slots = optimizer.stateless_apply(slots, grads, trainable)
            w(x[rows], y[rows], loss, weights=trainable)
    put_back(model.trainable_variables, trainable)


@loop("loop-correct", "jax")
def four_pieces_of_a_batch_scanned(watch, folder):
    import jax
    import jax.numpy as jnp

    x, y = houses()
    x = (x - x.mean(0)) / x.std(0)
    inputs = keras.Input((6,))
    trunk = layers.Dense(24, activation="tanh")(inputs)
    gate = layers.Dense(24, activation="sigmoid")(inputs)
    model = keras.Model(inputs, layers.Dense(1)(layers.Multiply()([trunk, gate])))
    optimizer = keras.optimizers.SGD(0.1, momentum=0.8)
    optimizer.build(model.trainable_variables)

    def pseudo_huber(y_true, y_pred):
        return ops.mean(ops.sqrt(1.0 + ops.square(y_true - y_pred)) - 1.0)

    def objective(trainable, xb, yb):
        return pseudo_huber(yb, model.stateless_call(trainable, [], xb, training=True)[0])

    @jax.jit
    def train_step(trainable, slots, xb, yb):
        def piece(total, data):
            new = jax.value_and_grad(objective)(trainable, *data)
            return jax.tree.map(jnp.add, total, new), None

        start = (jnp.zeros(()), [jnp.zeros_like(t) for t in trainable])
        pieces = xb.reshape(4, -1, 6), yb.reshape(4, -1, 1)
        (loss, grads), _ = jax.lax.scan(piece, start, pieces)
        trainable, slots = optimizer.stateless_apply(slots, [g / 4 for g in grads], trainable)
        return loss / 4, trainable, slots

    w = watch(model, optimizer, loss=pseudo_huber, folder=folder)
    trainable, slots = values(model.trainable_variables), values(optimizer.variables)
    for epoch in range(8):
        for rows in np.array_split(np.random.permutation(len(x)), 6):
            loss, trainable, slots = train_step(trainable, slots, x[rows], y[rows])
            w(x[rows], y[rows], loss, weights=trainable)
    put_back(model.trainable_variables, trainable)
