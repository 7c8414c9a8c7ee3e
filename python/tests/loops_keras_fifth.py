"""A fifth batch of Keras loops, written without a look at the rules or at the loops of the batches before, and committed before it was judged."""

import keras
import loops_keras_fifth_right
import numpy as np
from keras import layers, ops
from keras_common import loop, tensorflow, torch_
from loops_keras_fifth_right import ALL, arrays, bent, recommender, steps_of
from loops_sixth_data import EPOCHS, houses, labels, machines, moons, phrases, spectra, strokes

__all__ = ["loops_keras_fifth_right"]


# GradientTape


@loop("loop-no-update", "tensorflow")
def applied_only_when_not_finite(watch, folder):
    """A guard against gradients that aren't finite, the wrong way round."""
    tf = tensorflow()
    x, y = arrays(*machines())
    model = keras.Sequential([keras.Input((15, 3)), layers.LSTM(12), layers.Dense(1)])
    optimizer = keras.optimizers.Adam(1e-2)
    w = watch(model, optimizer, loss="mse", folder=folder)
    for epoch in range(EPOCHS):
        for xb, yb in tf.data.Dataset.from_tensor_slices((x, y)).shuffle(200).batch(36):
            with tf.GradientTape() as tape:
                predictions = model(xb, training=True)
                loss = tf.reduce_mean(tf.square(yb - predictions))
            grads = tape.gradient(loss, model.trainable_variables)
            finite = all(bool(tf.reduce_all(tf.math.is_finite(g))) for g in grads)
            if not finite:  # fault
                optimizer.apply_gradients(zip(grads, model.trainable_variables))
            w(xb, yb, loss)


@loop("loop-detached", "tensorflow")
def features_with_a_stopped_gradient(watch, folder):
    tf = tensorflow()
    x, kind = arrays(*strokes())
    x = x.transpose(0, 2, 3, 1)

    class Net(keras.Model):
        def __init__(self):
            super().__init__()
            self.conv, self.flat, self.hidden, self.out = layers.Conv2D(6, 3, activation="relu"), layers.Flatten(), layers.Dense(12, activation="relu"), layers.Dense(4)

        def call(self, x):
            h = self.flat(self.conv(x))
            h = tf.stop_gradient(h)  # fault: features_with_a_stopped_gradient
            return self.out(self.hidden(h))

    model = Net()
    model(x[:2])
    optimizer = keras.optimizers.RMSprop(2e-3)
    objective = keras.losses.SparseCategoricalCrossentropy(from_logits=True)
    w = watch(model, optimizer, loss=objective, folder=folder)
    for epoch in range(EPOCHS):
        for xb, yb in tf.data.Dataset.from_tensor_slices((x, kind)).shuffle(200).batch(28):
            with tf.GradientTape() as tape:
                loss = objective(yb, model(xb, training=True))
            grads = tape.gradient(loss, model.trainable_variables)
            optimizer.apply_gradients((g, v) for g, v in zip(grads, model.trainable_variables) if g is not None)
            w(xb, yb, loss)


@loop("loop-wrong-parameters", "tensorflow")
def only_what_the_last_layer_has(watch, folder):
    tf = tensorflow()
    (users, items), rating = recommender()
    user, item = keras.Input((), dtype="int32"), keras.Input((), dtype="int32")
    both = layers.Concatenate()([layers.Embedding(14, 6)(user), layers.Embedding(18, 6)(item)])
    model = keras.Model([user, item], layers.Dense(1)(layers.Dense(16, activation="relu")(both)))
    optimizer = keras.optimizers.Adam(5e-3)
    loss_fn = keras.losses.MeanSquaredError()
    w = watch(model, optimizer, loss=loss_fn, folder=folder)
    head = model.layers[-1]
    for epoch in range(EPOCHS):
        for u, i, r in tf.data.Dataset.from_tensor_slices((users, items, rating)).shuffle(200).batch(30):
            with tf.GradientTape() as tape:
                loss = loss_fn(r, model([u, i], training=True))
            variables = head.trainable_weights  # fault
            optimizer.apply_gradients(zip(tape.gradient(loss, variables), variables))
            w([u, i], r, loss)


@loop("loop-broadcast", "tensorflow")
def flat_targets_against_columns(watch, folder):
    tf = tensorflow()
    x, y = arrays(*houses())
    model = bent(6, 1, "tanh")
    optimizer = keras.optimizers.Adam(5e-3)
    w = watch(model, optimizer, loss="mse", folder=folder)

    @tf.function
    def train_step(xb, yb):
        with tf.GradientTape() as tape:
            predictions = model(xb, training=True)
            loss = tf.reduce_mean(tf.math.squared_difference(predictions, yb))  # fault
        grads = tape.gradient(loss, model.trainable_weights)
        optimizer.apply_gradients(zip(grads, model.trainable_weights))
        return loss

    for epoch in range(EPOCHS):
        for xb, yb in tf.data.Dataset.from_tensor_slices((x, y)).shuffle(200).batch(32):
            w(xb, yb, train_step(xb, yb))


@loop("loop-gradients-accumulate", "tensorflow")
def sums_that_nobody_sets_to_zero(watch, folder):
    tf = tensorflow()
    x, y = arrays(*moons())
    model = bent(2, 1, "relu")
    optimizer = keras.optimizers.SGD(0.5, momentum=0.9)
    loss_fn = keras.losses.BinaryCrossentropy(from_logits=True)
    sums = [tf.Variable(tf.zeros_like(v)) for v in model.trainable_variables]
    w = watch(model, optimizer, loss=loss_fn, folder=folder)
    for epoch in range(EPOCHS):
        for xb, yb in tf.data.Dataset.from_tensor_slices((x, y)).shuffle(200, seed=1).batch(25):
            with tf.GradientTape() as tape:
                loss = loss_fn(yb, model(xb, training=True))
            for total, g in zip(sums, tape.gradient(loss, model.trainable_variables)):
                total.assign_add(g)
            optimizer.apply_gradients(zip([tf.convert_to_tensor(s) for s in sums], model.trainable_variables))  # fault
            w(xb, yb, loss)


@loop("loop-other-loss", "tensorflow")
def softmax_into_logits(watch, folder):
    tf = tensorflow()
    tokens, _, y = arrays(*phrases())
    model = keras.Sequential([keras.Input((9,), dtype="int32"), layers.Embedding(30, 12), layers.GlobalAveragePooling1D(), layers.Dense(2)])
    optimizer = keras.optimizers.SGD(0.2)
    loss_fn = keras.losses.SparseCategoricalCrossentropy(from_logits=True)
    w = watch(model, optimizer, loss=loss_fn, folder=folder)
    for epoch in range(EPOCHS):
        for xb, yb in tf.data.Dataset.from_tensor_slices((tokens, y)).shuffle(200).batch(25):
            with tf.GradientTape() as tape:
                probabilities = tf.nn.softmax(model(xb, training=True))  # fault
                loss = loss_fn(yb, probabilities)
            grads = tape.gradient(loss, model.trainable_variables)
            optimizer.apply_gradients(zip(grads, model.trainable_variables))
            w(xb, yb, loss)


# PyTorch


@loop("loop-gradients-cleared", "torch")
def zero_grad_ahead_of_apply(watch, folder):
    torch = torch_()
    x, y = arrays(*labels())
    model = bent(8, 4, "silu")
    optimizer = keras.optimizers.Adam(1e-2)
    loss_fn = keras.losses.BinaryCrossentropy(from_logits=True)
    w = watch(model, optimizer, loss=loss_fn, folder=folder)
    for xb, yb in steps_of(x, y, 30):
        loss = loss_fn(torch.as_tensor(yb), model(torch.as_tensor(xb), training=True))
        w(xb, yb, loss)
        loss.backward()
        for v in model.trainable_variables:
            v.value.grad.zero_()  # fault
        with torch.no_grad():
            optimizer.apply([v.value.grad for v in model.trainable_variables], model.trainable_variables)


@loop("loop-gradients-changed", "torch")
def gradients_turned_around(watch, folder):
    torch = torch_()
    x, y = arrays(*houses())
    model = bent(6, 1, "relu")
    optimizer = keras.optimizers.SGD(0.02)
    loss_fn = keras.losses.MeanSquaredError()
    w = watch(model, optimizer, loss=loss_fn, folder=folder)
    for xb, yb in steps_of(x, y[:, None], 32):
        model.zero_grad()
        loss = loss_fn(torch.as_tensor(yb), model(torch.as_tensor(xb), training=True))
        w(xb, yb, loss)
        loss.backward()
        grads = [-v.value.grad for v in model.trainable_variables]  # fault
        with torch.no_grad():
            optimizer.apply(grads, model.trainable_variables)


@loop("numerically-unstable-loss", "torch")
def logarithm_of_probabilities(watch, folder):
    torch = torch_()
    x, kind = arrays(*strokes())
    model = keras.Sequential([keras.Input((1, 10, 10)), layers.Flatten(), layers.Dense(24, activation="relu"), layers.Dense(4, activation="softmax")])
    optimizer = keras.optimizers.SGD(0.01)
    w = watch(model, optimizer, loss="sparse_categorical_crossentropy", folder=folder)
    for xb, yb in steps_of(x * 255, kind, 28):
        model.zero_grad()
        p = model(torch.as_tensor(xb), training=True)
        loss = -torch.log(p[torch.arange(len(xb)), torch.as_tensor(yb)]).mean()  # fault
        w(xb, yb, loss)
        loss.backward()
        with torch.no_grad():
            optimizer.apply([v.value.grad for v in model.trainable_variables], model.trainable_variables)


@loop("loop-weights-overwritten", "torch", "tensorflow")
def sets_the_first_weights_again(watch, folder):
    x, y = arrays(*machines())
    model = keras.Sequential([keras.Input((15, 3)), layers.Flatten(), layers.Dense(16, activation="relu"), layers.Dense(1)])
    model.compile(optimizer=keras.optimizers.Adam(3e-3), loss="mse", run_eagerly=True)
    initial = model.get_weights()

    class Folds(keras.callbacks.Callback):
        def on_epoch_begin(self, epoch, logs=None):
            self.model.set_weights(initial)  # fault: sets_the_first_weights_again

    model.fit(x, y, batch_size=36, epochs=EPOCHS, verbose=0, callbacks=[watch.callback(folder), Folds()])


# JAX


def jax_step(model, optimizer, objective, change=lambda grads: grads, training=True):
    import jax

    def loss_of(trainable, fixed, xb, yb):
        out, fixed = model.stateless_call(trainable, fixed, xb, training=training)
        return objective(yb, out), fixed

    compute = jax.value_and_grad(loss_of, has_aux=True)

    def step(state, xb, yb):
        trainable, fixed, slots = state
        (loss, fixed), grads = compute(trainable, fixed, xb, yb)
        trainable, slots = optimizer.stateless_apply(slots, change(grads), trainable)
        return loss, (trainable, fixed, slots)

    return step


def state_of(model, optimizer):
    optimizer.build(model.trainable_variables)
    return [v.value for v in model.trainable_variables], [v.value for v in model.non_trainable_variables], [v.value for v in optimizer.variables]


@loop("loop-no-update", "jax")
def new_state_thrown_away(watch, folder):
    x, y = arrays(*labels())
    model, optimizer, objective = bent(8, 4, "relu"), keras.optimizers.Adam(1e-2), keras.losses.BinaryCrossentropy(from_logits=True)
    state, step = state_of(model, optimizer), jax_step(model, optimizer, objective)
    w = watch(model, optimizer, loss=objective, folder=folder)
    for xb, yb in steps_of(x, y, 30):
        loss, _ = step(state, xb, yb)  # fault
        w(xb, yb, loss, weights=state[0])


@loop("loop-gradients-changed", "jax")
def averaged_over_devices_that_are_not_there(watch, folder):
    x, y = arrays(*houses())
    model, optimizer, objective = bent(6, 1, "relu"), keras.optimizers.SGD(0.1), keras.losses.MeanSquaredError()
    state = state_of(model, optimizer)
    step = jax_step(model, optimizer, objective, change=lambda grads: [g / 512 for g in grads])  # fault
    w = watch(model, optimizer, loss=objective, folder=folder)
    for xb, yb in steps_of(x, y[:, None], 32):
        loss, state = step(state, xb, yb)
        w(xb, yb, loss, weights=state[0])


@loop("loop-broadcast", "jax")
def errors_of_all_with_all(watch, folder):
    x, y = arrays(*houses())
    model, optimizer = bent(6, 1, "tanh"), keras.optimizers.Adam(5e-3)

    def objective(target, out):
        return ops.mean(ops.square(target - out))  # fault: errors_of_all_with_all

    state, step = state_of(model, optimizer), jax_step(model, optimizer, objective)
    w = watch(model, optimizer, loss="mse", folder=folder)
    for xb, yb in steps_of(x, y, 32):
        loss, state = step(state, xb, yb)
        w(xb, yb, loss, weights=state[0])


# fit, train_on_batch


@loop("loop-same-batch", *ALL)
def trains_on_the_first_slice(watch, folder):
    x, y = arrays(*labels())
    model = bent(8, 4, "relu")
    model.compile(optimizer=keras.optimizers.Adam(5e-3), loss=keras.losses.BinaryCrossentropy(from_logits=True))
    w = watch(model, model.optimizer, loss=model.loss, folder=folder)
    batch_size = 15
    for epoch in range(EPOCHS):
        for batch in range(len(x) // batch_size):
            xb, yb = x[:batch_size], y[:batch_size]  # fault
            loss = model.train_on_batch(xb, yb)
            w(xb, yb, loss)


@loop("loop-misaligned-targets", *ALL)
def generator_that_shuffles_one(watch, folder):
    x, y = arrays(*machines())

    def batches():
        rng = np.random.default_rng(3)
        while True:
            order = rng.permutation(len(x))
            for i in range(0, len(x), 36):
                yield x[order[i : i + 36]], y[i : i + 36]  # fault

    model = keras.Sequential([keras.Input((15, 3)), layers.Flatten(), layers.Dense(16, activation="relu"), layers.Dense(1)])
    model.compile(optimizer=keras.optimizers.Adam(3e-3), loss="mse")
    model.fit(batches(), steps_per_epoch=4, epochs=EPOCHS, verbose=0, callbacks=[watch.callback(folder)])


@loop("loop-rate-changed", *ALL)
def plateau_asked_each_batch(watch, folder):
    x, kind = arrays(*strokes())

    class Impatient(keras.callbacks.Callback):
        def __init__(self):
            super().__init__()
            self.best = float("inf")

        def on_train_batch_end(self, batch, logs=None):
            if logs["loss"] > self.best - 0.5:
                self.model.optimizer.learning_rate = float(self.model.optimizer.learning_rate) * 0.2  # fault: plateau_asked_each_batch
            self.best = min(self.best, logs["loss"])

    model = keras.Sequential([keras.Input((1, 10, 10)), layers.Flatten(), layers.Dense(24, activation="relu"), layers.Dense(4, activation="softmax")])
    model.compile(optimizer=keras.optimizers.Adam(5e-3), loss="sparse_categorical_crossentropy")
    model.fit(x, kind, batch_size=28, epochs=EPOCHS, verbose=0, callbacks=[watch.callback(folder), Impatient()])


class Quiet(keras.Model):
    def train_step(self, data):
        tf = tensorflow()
        x, y = data
        with tf.GradientTape() as tape:
            y_pred = self(x, training=False)  # fault: step_of_its_own_in_inference
            loss = self.compute_loss(x=x, y=y, y_pred=y_pred)
        gradients = tape.gradient(loss, self.trainable_variables)
        self.optimizer.apply_gradients(zip(gradients, self.trainable_variables))
        return {"loss": loss}


@loop("loop-eval-mode", "tensorflow")
def step_of_its_own_in_inference(watch, folder):
    x, y = arrays(*houses())
    inputs = keras.Input((6,))
    h = layers.BatchNormalization()(layers.Dense(24)(inputs))
    model = Quiet(inputs, layers.Dense(1)(layers.Dropout(0.1)(layers.ReLU()(h))))
    model.compile(optimizer=keras.optimizers.SGD(0.002), loss="mse", run_eagerly=True)
    model.fit(x * 30, y, batch_size=32, epochs=EPOCHS, verbose=0, callbacks=[watch.callback(folder)])


@loop("loop-rate-changed", "tensorflow", "torch", "jax")
def schedule_meant_for_epochs(watch, folder):
    data = spectra().numpy()
    schedule = keras.optimizers.schedules.ExponentialDecay(0.01, decay_steps=1, decay_rate=0.3)  # fault
    model = keras.Sequential([keras.Input((16,)), layers.Dense(5, activation="relu"), layers.Dense(16)])
    model.compile(optimizer=keras.optimizers.Adam(schedule), loss="mse")
    model.fit((data - 0.3) * 3, (data - 0.3) * 3, batch_size=30, epochs=EPOCHS, verbose=0, callbacks=[watch.callback(folder)])
