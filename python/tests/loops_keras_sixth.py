"""A sixth batch of Keras loops, written without a look at the rules or at the loops of the batches before, and committed before it was judged."""

import keras
import loops_keras_sixth_right
import numpy as np
from keras import layers, ops
from keras_common import loop, tensorflow, torch_
from loops_eighth_data import EPOCHS, bids, clusters, counts, drift, letters_in, motifs, tags, wells
from loops_keras_sixth_right import ALL, Functional, as_numpy, dense, pictures, shuffled

__all__ = ["loops_keras_sixth_right"]


# GradientTape


@loop("loop-wrong-parameters", "tensorflow")
def variables_listed_before_the_head_is_changed(watch, folder):
    tf = tensorflow()
    x, kind = pictures()
    model = keras.Sequential([keras.Input((9, 9, 1)), layers.Conv2D(6, 3, activation="relu"), layers.GlobalMaxPooling2D(), layers.Dense(10)])
    variables = model.trainable_variables  # fault
    model.pop()
    model.add(layers.Dense(3))
    optimizer = keras.optimizers.Adam(1e-2)
    loss_fn = keras.losses.SparseCategoricalCrossentropy(from_logits=True)
    w = watch(model, optimizer, loss=loss_fn, folder=folder)
    for xb, yb in shuffled(28, x, kind):
        with tf.GradientTape() as tape:
            loss = loss_fn(yb, model(xb, training=True))
        grads = tape.gradient(loss, variables)
        optimizer.apply_gradients([(g, v) for g, v in zip(grads, variables) if g is not None])
        w(xb, yb, loss)


@loop("loop-gradients-changed", "tensorflow")
def clipped_between_nothing_and_one(watch, folder):
    tf = tensorflow()
    x, y = as_numpy(*tags())
    model = dense(9, 5)
    optimizer = keras.optimizers.SGD(0.3, momentum=0.5)
    loss_fn = keras.losses.BinaryCrossentropy(from_logits=True)
    w = watch(model, optimizer, loss=loss_fn, folder=folder)
    for xb, yb in shuffled(26, x, y):
        with tf.GradientTape() as tape:
            loss = loss_fn(yb, model(xb, training=True))
        grads = [tf.clip_by_value(g, 0.0, 1.0) for g in tape.gradient(loss, model.trainable_variables)]  # fault
        optimizer.apply_gradients(zip(grads, model.trainable_variables))
        w(xb, yb, loss)


@loop("loop-misaligned-targets", "tensorflow")
def zipped_behind_the_shuffle(watch, folder):
    tf = tensorflow()
    x, kind = as_numpy(*clusters())
    model = dense(7, 4)
    optimizer = keras.optimizers.Adam(5e-3)
    loss_fn = keras.losses.SparseCategoricalCrossentropy(from_logits=True)
    inputs = tf.data.Dataset.from_tensor_slices(x).shuffle(200)
    labels = tf.data.Dataset.from_tensor_slices(kind).shuffle(200)  # fault
    w = watch(model, optimizer, loss=loss_fn, folder=folder)
    for _ in range(EPOCHS):
        for xb, yb in tf.data.Dataset.zip((inputs, labels)).batch(46):
            with tf.GradientTape() as tape:
                loss = loss_fn(yb, model(xb, training=True))
            optimizer.apply_gradients(zip(tape.gradient(loss, model.trainable_variables), model.trainable_variables))
            w(xb, yb, loss)


@loop("loop-eval-mode", "tensorflow")
def called_as_for_a_prediction(watch, folder):
    tf = tensorflow()
    x, y = as_numpy(*wells())
    model = keras.Sequential([keras.Input((8,)), layers.BatchNormalization(momentum=0.8), layers.Dense(24, activation="relu"), layers.Dropout(0.1), layers.Dense(1)])
    optimizer = keras.optimizers.SGD(0.01)
    w = watch(model, optimizer, loss="mse", folder=folder)
    for xb, yb in shuffled(30, x * 5 + 8, y):
        with tf.GradientTape() as tape:
            prediction = model(xb, training=False)  # fault
            loss = tf.reduce_mean(keras.losses.mean_squared_error(yb, prediction))
        optimizer.apply_gradients(zip(tape.gradient(loss, model.trainable_variables), model.trainable_variables))
        w(xb, yb, loss)


@loop("loop-rate-changed", "tensorflow")
def rate_of_an_epoch_at_each_batch(watch, folder):
    tf = tensorflow()
    x, y = as_numpy(*drift())
    model = keras.Sequential([keras.Input((12, 2)), layers.GRU(12), layers.Dense(1)])
    optimizer = keras.optimizers.Adam(1e-2)
    loss_fn = keras.losses.MeanSquaredError()
    w = watch(model, optimizer, loss=loss_fn, folder=folder)
    for xb, yb in shuffled(18, x, y):
        with tf.GradientTape() as tape:
            loss = loss_fn(yb, model(xb, training=True))
        optimizer.apply_gradients(zip(tape.gradient(loss, model.trainable_variables), model.trainable_variables))
        optimizer.learning_rate.assign(optimizer.learning_rate * 0.5)  # fault
        w(xb, yb, loss)


@loop("loop-same-batch", "tensorflow")
def iterator_asked_anew(watch, folder):
    tf = tensorflow()
    x, y = as_numpy(*letters_in())
    data = tf.data.Dataset.from_tensor_slices((x, y)).batch(24)
    model = dense(10, 1)
    optimizer = keras.optimizers.Adam(5e-3)
    loss_fn = keras.losses.BinaryCrossentropy(from_logits=True)
    w = watch(model, optimizer, loss=loss_fn, folder=folder)
    for step in range(EPOCHS * 6):
        xb, yb = next(iter(data))  # fault
        with tf.GradientTape() as tape:
            loss = loss_fn(yb, model(xb, training=True))
        optimizer.apply_gradients(zip(tape.gradient(loss, model.trainable_variables), model.trainable_variables))
        w(xb, yb, loss)


@loop("loop-detached", "tensorflow")
def code_taken_as_an_array(watch, folder):
    tf = tensorflow()
    (curves,) = as_numpy(motifs())
    encoder = keras.Sequential([keras.Input((20,)), layers.Dense(16, activation="relu"), layers.Dense(4)])
    decoder = keras.Sequential([keras.Input((4,)), layers.Dense(16, activation="relu"), layers.Dense(20)])
    model = keras.Sequential([keras.Input((20,)), encoder, decoder])
    optimizer = keras.optimizers.Adam(1e-2)
    w = watch(model, optimizer, loss="mse", folder=folder)
    for (xb,) in shuffled(34, curves):
        with tf.GradientTape() as tape:
            code = encoder(xb, training=True).numpy()  # fault
            loss = tf.reduce_mean(tf.square(xb - decoder(code, training=True)))
        grads = tape.gradient(loss, model.trainable_variables)
        optimizer.apply_gradients((g, v) for g, v in zip(grads, model.trainable_variables) if g is not None)
        w(xb, xb, loss)


@loop("loop-other-loss", "tensorflow")
def mean_ahead_of_the_square(watch, folder):
    tf = tensorflow()
    x, y = as_numpy(*wells())
    model = dense(8, 1)
    optimizer = keras.optimizers.RMSprop(3e-3)
    w = watch(model, optimizer, loss="mse", folder=folder)
    for xb, yb in shuffled(30, x, y):
        with tf.GradientTape() as tape:
            loss = tf.square(tf.reduce_mean(yb - model(xb, training=True)))  # fault
        optimizer.apply_gradients(zip(tape.gradient(loss, model.trainable_variables), model.trainable_variables))
        w(xb, yb, loss)


# PyTorch beneath


@loop("loop-gradients-accumulate", "torch")
def nothing_is_cleared(watch, folder):
    torch = torch_()
    x, y = as_numpy(*counts())
    model = dense(5, 1, activation="softplus")
    optimizer = keras.optimizers.SGD(0.1)
    loss_fn = keras.losses.MeanAbsoluteError()
    w = watch(model, optimizer, loss=loss_fn, folder=folder)
    for xb, yb in shuffled(29, x, y):
        loss = loss_fn(torch.as_tensor(yb), model(torch.as_tensor(xb), training=True))
        loss.backward()  # fault
        with torch.no_grad():
            optimizer.apply([v.value.grad for v in model.trainable_variables], model.trainable_variables)
        w(xb, yb, loss)


@loop("loop-broadcast", "torch")
def absolute_errors_of_all_pairs(watch, folder):
    torch = torch_()
    x, y = as_numpy(*bids())
    model = dense(6, 1, activation="tanh")
    optimizer = keras.optimizers.Adam(1e-2)
    w = watch(model, optimizer, loss="mae", folder=folder)
    for xb, yb in shuffled(35, x, y):
        model.zero_grad()
        loss = ops.mean(ops.abs(model(torch.as_tensor(xb), training=True) - torch.as_tensor(yb)))  # fault
        loss.backward()
        with torch.no_grad():
            optimizer.apply([v.value.grad for v in model.trainable_variables], model.trainable_variables)
        w(xb, yb, loss)


@loop("loop-no-update", "torch")
def loss_turned_into_a_number_and_back(watch, folder):
    torch = torch_()
    x, kind = as_numpy(*clusters())
    model = dense(7, 4)
    optimizer = keras.optimizers.Adam(1e-2)
    loss_fn = keras.losses.SparseCategoricalCrossentropy(from_logits=True)
    w = watch(model, optimizer, loss=loss_fn, folder=folder)
    for xb, yb in shuffled(23, x, kind):
        model.zero_grad()
        value = float(loss_fn(torch.as_tensor(yb), model(torch.as_tensor(xb), training=True)))
        loss = torch.tensor(value, requires_grad=True)  # fault
        loss.backward()
        with torch.no_grad():
            pairs = [(v.value.grad, v) for v in model.trainable_variables if v.value.grad is not None]
            if pairs:
                optimizer.apply(*map(list, zip(*pairs)))
        w(xb, yb, loss)


# JAX


@loop("loop-no-update", "jax")
def gradient_stopped_at_the_outputs(watch, folder):
    import jax

    x, y = as_numpy(*wells())
    model, loss_fn = dense(8, 1), keras.losses.MeanSquaredError()
    step = Functional(model, keras.optimizers.Adam(1e-2), lambda y, out: loss_fn(y, jax.lax.stop_gradient(out)))  # fault
    w = watch(model, step.optimizer, loss=loss_fn, folder=folder)
    for xb, yb in shuffled(30, x, y):
        (loss, step.fixed), grads = step.gradients(step.trainable, step.fixed, xb, yb)
        step.apply(grads)
        w(xb, yb, loss, weights=step.trainable)


@loop("loop-gradients-accumulate", "jax")
def trees_added_up_for_good(watch, folder):
    import jax

    x, y = as_numpy(*tags())
    model, loss_fn = dense(9, 5), keras.losses.BinaryCrossentropy(from_logits=True)
    step = Functional(model, keras.optimizers.SGD(1.0, momentum=0.9), loss_fn)
    w = watch(model, step.optimizer, loss=loss_fn, folder=folder)
    total = jax.tree.map(lambda v: v * 0, step.trainable)
    for xb, yb in shuffled(26, x, y):
        (loss, step.fixed), grads = step.gradients(step.trainable, step.fixed, xb, yb)
        total = jax.tree.map(lambda a, b: a + b, total, grads)  # fault
        step.apply(total)
        w(xb, yb, loss, weights=step.trainable)


@loop("loop-misaligned-targets", "jax")
def permuted_by_two_keys(watch, folder):
    import jax

    x, y = as_numpy(*letters_in())
    model, loss_fn = dense(10, 1), keras.losses.BinaryCrossentropy(from_logits=True)
    step = Functional(model, keras.optimizers.AdamW(5e-3), loss_fn)
    w = watch(model, step.optimizer, loss=loss_fn, folder=folder)
    key = jax.random.key(3)
    for _ in range(EPOCHS):
        key, one, two = jax.random.split(key, 3)
        xs, ys = np.asarray(jax.random.permutation(one, x)), np.asarray(jax.random.permutation(two, y))  # fault
        for i in range(0, len(x), 38):
            xb, yb = xs[i : i + 38], ys[i : i + 38]
            (loss, step.fixed), grads = step.gradients(step.trainable, step.fixed, xb, yb)
            step.apply(grads)
            w(xb, yb, loss, weights=step.trainable)


# fit


@loop("loop-other-loss", *ALL)
def sigmoid_ahead_of_logits(watch, folder):
    x, y = as_numpy(*letters_in())
    model = keras.Sequential([keras.Input((10,)), layers.Dense(20, activation="relu"), layers.Dense(1, activation="sigmoid")])
    model.compile(keras.optimizers.Adam(5e-3), keras.losses.BinaryCrossentropy(from_logits=True))  # fault
    model.fit(x, y, batch_size=38, epochs=EPOCHS, verbose=0, callbacks=[watch.callback(folder)])


class Slowly(keras.callbacks.Callback):
    """Averages the weights, and puts the average into the model at each batch."""

    def on_train_begin(self, logs=None):
        self.kept = self.model.get_weights()

    def on_train_batch_end(self, batch, logs=None):
        self.kept = [0.99 * a + 0.01 * b for a, b in zip(self.kept, self.model.get_weights())]
        self.model.set_weights(self.kept)  # fault: average_set_at_each_batch


@loop("loop-weights-overwritten", *ALL)
def average_set_at_each_batch(watch, folder):
    x, kind = as_numpy(*clusters())
    model = dense(7, 4)
    model.compile(keras.optimizers.SGD(0.1), keras.losses.SparseCategoricalCrossentropy(from_logits=True))
    model.fit(x, kind, batch_size=30, epochs=EPOCHS, verbose=0, callbacks=[watch.callback(folder), Slowly()])


class Cooling(keras.callbacks.Callback):
    """The rate by the number of the epoch, which counts batches here."""

    count = 0

    def on_train_batch_begin(self, batch, logs=None):
        self.model.optimizer.learning_rate = 0.02 * 0.3 ** (self.count // 2)  # fault: epochs_counted_in_batches
        self.count += 1


@loop("loop-rate-changed", *ALL)
def epochs_counted_in_batches(watch, folder):
    x, y = as_numpy(*wells())
    model = dense(8, 1, activation="tanh")
    model.compile(keras.optimizers.Adam(0.02), "mse")
    model.fit(x, y, batch_size=20, epochs=EPOCHS, verbose=0, callbacks=[watch.callback(folder), Cooling()])


class Quiet(keras.Model):
    """A step of its own, in which the applying of gradients got lost."""

    def train_step(self, data):
        tf = tensorflow()
        x, y = data
        with tf.GradientTape() as tape:
            loss = self.compute_loss(x=x, y=y, y_pred=self(x, training=True))
        tape.gradient(loss, self.trainable_variables)  # fault: step_that_applies_nothing
        return {"loss": loss}


@loop("loop-no-update", "tensorflow")
def step_that_applies_nothing(watch, folder):
    x, kind = pictures()
    inputs = keras.Input((9, 9, 1))
    model = Quiet(inputs, layers.Dense(3)(layers.Flatten()(layers.Conv2D(6, 3, activation="relu")(inputs))))
    model.compile(keras.optimizers.Adam(5e-3), keras.losses.SparseCategoricalCrossentropy(from_logits=True))
    model.fit(x, kind, batch_size=28, epochs=EPOCHS, verbose=0, callbacks=[watch.callback(folder)])


class Turning(keras.utils.PyDataset):
    """Turns the order of its inputs at the end of each epoch."""

    def __init__(self, x, y, size):
        super().__init__()
        self.x, self.y, self.size, self.rng = x, y, size, np.random.default_rng(4)

    def __len__(self):
        return len(self.x) // self.size

    def __getitem__(self, i):
        part = slice(i * self.size, (i + 1) * self.size)
        return self.x[part], self.y[part]

    def on_epoch_end(self):
        self.x = self.x[self.rng.permutation(len(self.x))]  # fault: inputs_shuffled_between_epochs


@loop("loop-misaligned-targets", *ALL)
def inputs_shuffled_between_epochs(watch, folder):
    x, y = as_numpy(*wells())
    model = dense(8, 1)
    model.compile(keras.optimizers.RMSprop(3e-3), "mse")
    model.fit(Turning(x, y, 36), epochs=EPOCHS, verbose=0, shuffle=False, callbacks=[watch.callback(folder)])
