"""Eighth batch of Keras loops: faulty ones on PyTorch and JAX."""

import keras
import numpy as np
from keras import layers, ops
from keras_common import loop, torch_
from loops_keras_eighth_data import digits, jax_, moons, prices, put_back, reviews, seed, sensors, values


@loop("numerically-unstable-loss", "torch")
def the_logarithm_of_a_raw_output(watch, folder):
    """The mean squared error of logarithms, by hand: the last layer gives numbers below -1, too."""
    torch = torch_()
    seed(211)
    x, y = prices()
    x, y = 4 * x, np.exp(y / 3)  # not scaled: numbers of rooms, of years
    model = keras.Sequential([keras.Input((7,)), layers.Dense(32, activation="relu"), layers.Dense(1)])
    optimizer = keras.optimizers.Adam(5e-3)

    def log_error(y_true, y_pred):
        return ops.mean(ops.square(ops.log1p(y_true) - ops.log1p(y_pred)))  # fault

    w = watch(model, optimizer, loss=log_error, folder=folder)
    for epoch in range(3):
        for k in range(0, len(x), 40):
            xb, yb = x[k : k + 40], y[k : k + 40]
            model.zero_grad()
            loss = log_error(ops.convert_to_tensor(yb), model(xb, training=True))
            loss.backward()
            variables = model.trainable_variables
            with torch.no_grad():
                optimizer.apply([v.value.grad for v in variables], variables)
            w(xb, yb, loss)


@loop("loop-broadcast", "torch")
def targets_of_one_axis(watch, folder):
    torch = torch_()
    seed(212)
    x, y = sensors()
    model = keras.Sequential(
        [keras.Input((14, 2)), layers.Conv1D(8, 3, activation="relu"), layers.GlobalAveragePooling1D(), layers.Dense(1)]
    )
    optimizer = keras.optimizers.AdamW(1e-2)
    w = watch(model, optimizer, loss="mse", folder=folder)
    rows = torch.utils.data.TensorDataset(torch.tensor(x), torch.tensor(y[:, 0]))
    loader = torch.utils.data.DataLoader(rows, batch_size=30, shuffle=True)
    for epoch in range(3):
        for inputs, targets in loader:
            outputs = model(inputs, training=True)
            loss = ((outputs - targets) ** 2).mean()  # fault
            model.zero_grad()
            loss.backward()
            weights = [v for v in model.trainable_weights]
            with torch.no_grad():
                optimizer.apply([v.value.grad for v in weights], weights)
            w(inputs, targets, loss)


@loop("loop-other-loss", "torch")
def arguments_in_the_order_of_pytorch(watch, folder):
    """Keras wants the truth first; the loop hands over the prediction first."""
    torch = torch_()
    seed(213)
    x, y = moons()
    y = y[:, None].astype("float32")
    model = keras.Sequential([keras.Input((2,)), layers.Dense(24, activation="relu"), layers.Dense(1, activation="sigmoid")])
    optimizer = keras.optimizers.Adam(1e-2)
    criterion = keras.losses.BinaryCrossentropy()
    w = watch(model, optimizer, loss=criterion, folder=folder)
    for epoch in range(3):
        order = np.random.permutation(len(x))
        for k in range(0, len(x), 50):
            xb, yb = x[order[k : k + 50]], y[order[k : k + 50]]
            model.zero_grad()
            loss = criterion(model(xb, training=True), yb)  # fault
            loss.backward()
            with torch.no_grad():
                optimizer.apply([v.value.grad for v in model.trainable_variables], model.trainable_variables)
            w(xb, yb, loss)


@loop("loop-other-loss", "torch")
def softmax_and_from_logits(watch, folder):
    torch = torch_()
    seed(203)
    x, y = digits()
    inputs = keras.Input((10, 10, 1))
    h = layers.Flatten()(inputs)
    h = layers.Dense(48, activation="relu")(h)
    model = keras.Model(inputs, layers.Dense(5, activation="softmax")(h))  # fault
    optimizer = keras.optimizers.SGD(0.05, momentum=0.9)
    loss_object = keras.losses.SparseCategoricalCrossentropy(from_logits=True)
    w = watch(model, optimizer, loss=loss_object, folder=folder)
    for epoch in range(3):
        order = np.random.permutation(len(x))
        for k in range(0, len(x), 32):
            images, labels = x[order[k : k + 32]], y[order[k : k + 32]]
            loss = loss_object(labels, model(images, training=True))
            model.zero_grad()
            loss.backward()
            with torch.no_grad():
                optimizer.apply([v.value.grad for v in model.trainable_variables], model.trainable_variables)
            w(images, labels, loss)


@loop("loop-gradients-cleared", "torch")
def zeroed_between_backward_and_apply(watch, folder):
    torch = torch_()
    seed(214)
    x, y = digits()
    model = keras.Sequential([keras.Input((10, 10, 1)), layers.Conv2D(6, 3, activation="relu"), layers.Flatten(), layers.Dense(5)])
    optimizer = keras.optimizers.RMSprop(5e-3)
    loss_fn = keras.losses.SparseCategoricalCrossentropy(from_logits=True)
    w = watch(model, optimizer, loss=loss_fn, folder=folder)
    for epoch in range(3):
        for k in range(0, len(x), 32):
            loss = loss_fn(y[k : k + 32], model(x[k : k + 32], training=True))
            loss.backward()
            for v in model.trainable_weights:
                v.value.grad.zero_()  # fault
            gradients = [v.value.grad for v in model.trainable_weights]
            with torch.no_grad():
                optimizer.apply(gradients, model.trainable_weights)
            w(x[k : k + 32], y[k : k + 32], loss)


class Batches(keras.utils.PyDataset):
    def __init__(self, x, y, size):
        super().__init__()
        self.x, self.y, self.size = x, y, size

    def __len__(self):
        return len(self.x) // self.size

    def __getitem__(self, index):
        rows = slice(index * self.size, (index + 1) * self.size)
        return self.x[rows], self.y[rows]


@loop("loop-same-batch", "torch")
def an_index_that_does_not_move(watch, folder):
    torch = torch_()
    seed(215)
    batches = Batches(*reviews(), 32)
    model = keras.Sequential([keras.Input((12,)), layers.Embedding(40, 12), layers.GlobalAveragePooling1D(), layers.Dense(2)])
    optimizer = keras.optimizers.Adam(2e-2)
    loss_fn = keras.losses.SparseCategoricalCrossentropy(from_logits=True)
    w = watch(model, optimizer, loss=loss_fn, folder=folder)
    for epoch in range(3):
        i = 0
        for _ in range(len(batches)):
            xb, yb = batches[i]  # fault
            model.zero_grad()
            loss = loss_fn(yb, model(xb, training=True))
            loss.backward()
            with torch.no_grad():
                optimizer.apply([v.value.grad for v in model.trainable_variables], model.trainable_variables)
            w(xb, yb, loss)


@loop("loop-no-update", "jax")
def what_the_optimizer_gives_is_thrown_away(watch, folder):
    """Like an optimizer with a state of its own: nothing is taken from stateless_apply."""
    jax = jax_()
    seed(216)
    x, y = prices()
    model = keras.Sequential([keras.Input((7,)), layers.Dense(32, activation="relu"), layers.Dense(1)])
    optimizer = keras.optimizers.Adam(1e-2)
    optimizer.build(model.trainable_variables)
    loss_fn = keras.losses.MeanSquaredError()
    w = watch(model, optimizer, loss=loss_fn, folder=folder)

    def compute(trainable, rest, xb, yb):
        out, rest = model.stateless_call(trainable, rest, xb, training=True)
        return loss_fn(yb, out), rest

    grad_fn = jax.jit(jax.value_and_grad(compute, has_aux=True))
    apply = jax.jit(optimizer.stateless_apply)
    trainable, rest, state = values(model, optimizer)
    for epoch in range(3):
        for k in range(0, len(x), 40):
            xb, yb = x[k : k + 40], y[k : k + 40]
            (loss, rest), grads = grad_fn(trainable, rest, xb, yb)
            apply(state, grads, trainable)  # fault
            put_back(model, optimizer, trainable, rest, state)
            w(xb, yb, loss)


@loop("loop-misaligned-targets", "jax")
def a_key_each(watch, folder):
    """Rows and labels are put in order by two keys."""
    jax = jax_()
    seed(217)
    x, y = digits()
    model = keras.Sequential([keras.Input((10, 10, 1)), layers.Flatten(), layers.Dense(32, activation="relu"), layers.Dense(5)])
    optimizer = keras.optimizers.SGD(0.05, momentum=0.9)
    optimizer.build(model.trainable_variables)
    loss_fn = keras.losses.SparseCategoricalCrossentropy(from_logits=True)
    w = watch(model, optimizer, loss=loss_fn, folder=folder)

    @jax.jit
    def train_step(trainable, rest, state, xb, yb):
        def objective(trainable):
            logits, new = model.stateless_call(trainable, rest, xb, training=True)
            return loss_fn(yb, logits), new

        (loss, new), grads = jax.value_and_grad(objective, has_aux=True)(trainable)
        trainable, state = optimizer.stateless_apply(state, grads, trainable)
        return loss, trainable, new, state

    trainable, rest, state = values(model, optimizer)
    key = jax.random.PRNGKey(0)
    for epoch in range(3):
        key, kx, ky = jax.random.split(key, 3)
        xs, ys = jax.random.permutation(kx, x), jax.random.permutation(ky, y)  # fault
        for k in range(0, len(x), 32):
            loss, trainable, rest, state = train_step(trainable, rest, state, xs[k : k + 32], ys[k : k + 32])
            put_back(model, optimizer, trainable, rest, state)
            w(xs[k : k + 32], ys[k : k + 32], loss)


@loop("loop-gradients-changed", "jax")
def divided_by_the_rows_once_more(watch, folder):
    """The loss is a mean already; its gradients are divided by the number of rows."""
    jax = jax_()
    seed(218)
    x, y = moons()
    model = keras.Sequential([keras.Input((2,)), layers.Dense(24, activation="relu"), layers.Dense(2)])
    optimizer = keras.optimizers.SGD(0.3, momentum=0.5)
    optimizer.build(model.trainable_variables)
    loss_fn = keras.losses.SparseCategoricalCrossentropy(from_logits=True)
    w = watch(model, optimizer, loss=loss_fn, folder=folder)

    def compute(trainable, rest, xb, yb):
        out, rest = model.stateless_call(trainable, rest, xb, training=True)
        return loss_fn(yb, out), rest

    grad_fn = jax.jit(jax.value_and_grad(compute, has_aux=True))
    trainable, rest, state = values(model, optimizer)
    for epoch in range(4):
        order = np.random.permutation(len(x))
        for k in range(0, len(x), 60):
            xb, yb = x[order[k : k + 60]], y[order[k : k + 60]]
            (loss, rest), grads = grad_fn(trainable, rest, xb, yb)
            grads = jax.tree_util.tree_map(lambda g: g / len(x), grads)  # fault
            trainable, state = optimizer.stateless_apply(state, grads, trainable)
            put_back(model, optimizer, trainable, rest, state)
            w(xb, yb, loss)
