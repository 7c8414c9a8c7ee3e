"""Loops on JAX: stateless calls, compiled and not, and fit."""

import keras
import numpy as np
import unstuck
from keras import layers, ops
from keras_common import classes, loop, numbers, waves, yes_no

# wrong


@loop("loop-no-update", "jax")
def the_new_state_is_dropped(watch, folder):
    import jax

    x, y = classes()
    model = keras.Sequential([keras.Input((6,)), layers.Dense(16, activation="relu"), layers.Dense(3)])
    optimizer = keras.optimizers.Adam(1e-2)
    optimizer.build(model.trainable_variables)
    loss_fn = keras.losses.SparseCategoricalCrossentropy(from_logits=True)

    def compute_loss(trainable, non_trainable, xb, yb):
        logits, non_trainable = model.stateless_call(trainable, non_trainable, xb, training=True)
        return loss_fn(yb, logits), non_trainable

    grad_fn = jax.value_and_grad(compute_loss, has_aux=True)

    @jax.jit
    def train_step(state, xb, yb):
        trainable, non_trainable, slots = state
        (loss, non_trainable), grads = grad_fn(trainable, non_trainable, xb, yb)
        trainable, slots = optimizer.stateless_apply(slots, grads, trainable)
        return loss, (trainable, non_trainable, slots)

    w = watch(model, optimizer, loss=loss_fn, folder=folder)
    state = (
        [v.value for v in model.trainable_variables],
        [v.value for v in model.non_trainable_variables],
        [v.value for v in optimizer.variables],
    )
    for epoch in range(4):
        for i in range(0, len(x), 30):
            xb, yb = x[i : i + 30], y[i : i + 30]
            loss, _ = train_step(state, xb, yb)  # fault
            w(xb, yb, loss, weights=state[0])
    for variable, value in zip(model.trainable_variables, state[0]):
        variable.assign(value)


@loop("loop-wrong-parameters", "jax")
def an_optimizer_over_the_head_alone(watch, folder):
    import jax

    x, y = classes()
    encoder = keras.Sequential([keras.Input((6,)), layers.Dense(2, activation="tanh")], name="encoder")
    head = keras.Sequential([keras.Input((2,)), layers.Dense(3)], name="head")
    model = keras.Sequential([keras.Input((6,)), encoder, head])
    loss_fn = keras.losses.SparseCategoricalCrossentropy(from_logits=True)
    optimizer = keras.optimizers.Adam(3e-2)
    variables = head.trainable_variables  # fault
    optimizer.build(variables)
    names = [v.path for v in model.trainable_variables]
    places = [names.index(v.path) for v in variables]

    def compute_loss(part, everything, xb, yb):
        everything = list(everything)
        for place, value in zip(places, part):
            everything[place] = value
        logits, _ = model.stateless_call(everything, [], xb, training=True)
        return loss_fn(yb, logits)

    grad_fn = jax.value_and_grad(compute_loss)
    w = watch(model, optimizer, loss=loss_fn, folder=folder)
    everything = [v.value for v in model.trainable_variables]
    slots = [v.value for v in optimizer.variables]
    for epoch in range(4):
        for i in range(0, len(x), 30):
            xb, yb = x[i : i + 30], y[i : i + 30]
            part = [everything[place] for place in places]
            loss, grads = grad_fn(part, everything, xb, yb)
            part, slots = optimizer.stateless_apply(slots, grads, part)
            for place, value in zip(places, part):
                everything[place] = value
            w(xb, yb, loss, weights=everything)
    for variable, value in zip(model.trainable_variables, everything):
        variable.assign(value)


@loop("numerically-unstable-loss", "jax")
def the_logarithm_of_a_saturated_sigmoid(watch, folder):
    import jax
    import jax.numpy as jnp

    x, y = yes_no()
    x = x * 20  # not scaled
    model = keras.Sequential([keras.Input((4,)), layers.Dense(12, activation="relu"), layers.Dense(1, activation="sigmoid")])
    optimizer = keras.optimizers.Adam(1e-2)
    optimizer.build(model.trainable_variables)

    def compute_loss(trainable, xb, yb):
        p, _ = model.stateless_call(trainable, [], xb, training=True)
        return -jnp.mean(yb * jnp.log(p) + (1 - yb) * jnp.log(1 - p))  # fault

    @jax.jit
    def train_step(trainable, slots, xb, yb):
        loss, grads = jax.value_and_grad(compute_loss)(trainable, xb, yb)
        trainable, slots = optimizer.stateless_apply(slots, grads, trainable)
        return loss, trainable, slots

    w = watch(model, optimizer, loss="binary_crossentropy", folder=folder)
    trainable = [v.value for v in model.trainable_variables]
    slots = [v.value for v in optimizer.variables]
    for epoch in range(20):
        for i in range(0, len(x), 20):
            xb, yb = x[i : i + 20], y[i : i + 20]
            loss, trainable, slots = train_step(trainable, slots, xb, yb)
            w(xb, yb, loss, weights=trainable)
    for variable, value in zip(model.trainable_variables, trainable):
        variable.assign(value)


@loop("loop-rate-changed", "jax")
def boundaries_counted_in_epochs(watch, folder):
    x, y = waves()
    model = keras.Sequential([keras.Input((12, 1)), layers.Conv1D(8, 3, activation="relu"), layers.Flatten(), layers.Dense(1)])
    # a tenth after the second, a hundredth after the fifth epoch
    rate = keras.optimizers.schedules.PiecewiseConstantDecay([2, 5], [5e-3, 5e-4, 5e-5])  # fault
    model.compile(keras.optimizers.Adam(rate), loss="mse")
    model.fit(x, y, batch_size=16, epochs=8, verbose=0, callbacks=[unstuck.KerasWatch(folder)])


@loop("loop-other-loss", "jax")
def the_square_of_the_mean_error(watch, folder):
    x, y = numbers()

    class Regressor(keras.Model):
        def compute_loss(self, x=None, y=None, y_pred=None, sample_weight=None, training=True):
            return ops.mean(y - y_pred) ** 2  # fault

    inputs = keras.Input((5,))
    h = layers.Dense(24, activation="relu")(inputs)
    model = Regressor(inputs, layers.Dense(1)(h))
    model.compile(keras.optimizers.Adam(1e-2), loss="mse", metrics=["mae"])
    model.fit(x, y, batch_size=32, epochs=6, verbose=0, callbacks=[unstuck.KerasWatch(folder)])


# correct


@loop("loop-correct", "jax")
def normalised_dropped_and_averaged(watch, folder):
    import jax

    x, y = classes()
    model = keras.Sequential(
        [
            keras.Input((6,)),
            layers.Dense(24, use_bias=False),
            layers.BatchNormalization(momentum=0.9),
            layers.ReLU(),
            layers.Dropout(0.2, seed=3),
            layers.Dense(3),
        ]
    )
    optimizer = keras.optimizers.SGD(0.1, momentum=0.9, nesterov=True)
    optimizer.build(model.trainable_variables)
    loss_fn = keras.losses.SparseCategoricalCrossentropy(from_logits=True)

    def compute_loss(trainable, non_trainable, xb, yb):
        logits, non_trainable = model.stateless_call(trainable, non_trainable, xb, training=True)
        return loss_fn(yb, logits), non_trainable

    @jax.jit
    def train_step(state, xb, yb):
        trainable, non_trainable, slots = state
        (loss, non_trainable), grads = jax.value_and_grad(compute_loss, has_aux=True)(trainable, non_trainable, xb, yb)
        trainable, slots = optimizer.stateless_apply(slots, grads, trainable)
        return loss, (trainable, non_trainable, slots)

    w = watch(model, optimizer, loss=loss_fn, folder=folder)
    state = (
        [v.value for v in model.trainable_variables],
        [v.value for v in model.non_trainable_variables],
        [v.value for v in optimizer.variables],
    )
    averages = state[0]
    rng = np.random.default_rng(2)
    for epoch in range(4):
        order = rng.permutation(len(x))
        for i in range(0, len(x), 50):
            xb, yb = x[order[i : i + 50]], y[order[i : i + 50]]
            loss, state = train_step(state, xb, yb)
            averages = [0.8 * a + 0.2 * v for a, v in zip(averages, state[0])]
            w(xb, yb, loss, weights=state[0])
    for variable, value in zip(model.trainable_variables, averages):
        variable.assign(value)
    for variable, value in zip(model.non_trainable_variables, state[1]):
        variable.assign(value)


@loop("loop-correct", "jax")
def penalties_a_norm_and_a_schedule_by_epochs(watch, folder):
    x, y = numbers()

    class Sparse(layers.Layer):
        def call(self, h):
            self.add_loss(1e-3 * ops.mean(ops.abs(h)))
            return h

    inputs = keras.Input((5,))
    h = layers.Dense(24, activation="relu", kernel_regularizer=keras.regularizers.L1L2(1e-4, 1e-3))(inputs)
    h = Sparse()(h)
    model = keras.Model(inputs, layers.Dense(1)(h))
    model.compile(keras.optimizers.SGD(0.05, momentum=0.9, global_clipnorm=2.0), loss=keras.losses.Huber(delta=2.0))
    schedule = keras.callbacks.LearningRateScheduler(lambda epoch, rate: rate * 0.8 if epoch else rate)
    model.fit(x, y, batch_size=32, epochs=6, verbose=0, callbacks=[schedule, unstuck.KerasWatch(folder)])


@loop("loop-correct", "jax")
def both_halves_of_a_batch_and_decay(watch, folder):
    import jax

    x, y = yes_no()
    model = keras.Sequential([keras.Input((4,)), layers.Dense(16, activation="tanh"), layers.Dense(1)])
    optimizer = keras.optimizers.AdamW(1e-2, weight_decay=0.01)
    optimizer.exclude_from_weight_decay(var_names=["bias"])
    optimizer.build(model.trainable_variables)
    bce = keras.losses.BinaryCrossentropy(from_logits=True)

    def compute_loss(trainable, xb, yb):
        logits, _ = model.stateless_call(trainable, [], xb, training=True)
        return bce(yb, logits)

    grad_fn = jax.jit(jax.value_and_grad(compute_loss))
    w = watch(model, optimizer, loss=bce, folder=folder)
    trainable = [v.value for v in model.trainable_variables]
    slots = [v.value for v in optimizer.variables]
    for epoch in range(5):
        for i in range(0, len(x), 40):
            xb, yb = x[i : i + 40], y[i : i + 40]
            first, g1 = grad_fn(trainable, xb[:20], yb[:20])
            second, g2 = grad_fn(trainable, xb[20:], yb[20:])
            grads = jax.tree.map(lambda a, b: (a + b) / 2, g1, g2)
            trainable, slots = optimizer.stateless_apply(slots, grads, trainable)
            w(xb, yb, (first + second) / 2, weights=trainable)
    for variable, value in zip(model.trainable_variables, trainable):
        variable.assign(value)
