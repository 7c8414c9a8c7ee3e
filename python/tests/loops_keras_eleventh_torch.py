"""Loops on PyTorch: loss.backward() with optimizers of Keras and of PyTorch. With mended=True the marked line is as it should be."""

from dataclasses import dataclass

import keras
import numpy as np
from keras import layers, ops
from keras_common import loop, torch_

# wrong


@loop("loop-no-update", "torch")
def a_trainer_of_virtual_batches(watch, folder, mended=False):
    torch = torch_()
    rng = np.random.default_rng(2)
    x = rng.normal(size=(256, 6)).astype("float32")
    y = (np.sin(x[:, :1]) + 0.5 * x[:, 1:2]).astype("float32")

    @dataclass
    class Config:
        rate: float = 1e-2
        batch_size: int = 16
        virtual: int = 2  # batches to an update
        epochs: int = 8

    class Trainer:
        def __init__(self, model, config):
            self.model, self.config = model, config
            self.optimizer = keras.optimizers.Adam(config.rate)
            self.criterion = keras.losses.MeanSquaredError()
            self.w = watch(model, self.optimizer, loss=self.criterion, folder=folder)
            self.pending = 0

        def update(self):
            variables = self.model.trainable_variables
            with torch.no_grad():
                self.optimizer.apply([v.value.grad for v in variables], variables)
            self.model.zero_grad()

        def batch(self, xb, yb):
            loss = self.criterion(yb, self.model(xb, training=True))
            (loss / self.config.virtual).backward()
            if mended:
                self.pending += 1
            if self.pending >= self.config.virtual:
                self.update()
                self.pending = 0
                self.pending += 0 if mended else 1  # fault
            self.w(xb, yb, loss)

        def run(self):
            for epoch in range(self.config.epochs):
                order = rng.permutation(len(x))
                for i in range(0, len(x), self.config.batch_size):
                    rows = order[i : i + self.config.batch_size]
                    self.batch(x[rows], y[rows])

    model = keras.Sequential([keras.Input((6,)), layers.Dense(24, activation="silu"), layers.Dense(12, activation="silu"), layers.Dense(1)])
    Trainer(model, Config()).run()


@loop("loop-eval-mode", "torch")
def readings_in_their_own_units(watch, folder, mended=False):
    torch = torch_()
    rng = np.random.default_rng(4)
    z = rng.normal(size=(300, 5))
    y = (z[:, 0] + z[:, 1] - z[:, 2] > 0).astype("float32")[:, None]
    x = (z * [8, 0.5, 20, 3, 1] + [1013, 5, 290, 60, 0]).astype("float32")  # pressure, wind, temperature, humidity, charge
    model = keras.Sequential(
        [
            keras.Input((5,)),
            layers.BatchNormalization(momentum=0.9),
            layers.Dense(16, activation="relu"),
            layers.BatchNormalization(momentum=0.9),
            layers.Dense(1),
        ]
    )
    optimizer = keras.optimizers.Adam(5e-3)
    bce = keras.losses.BinaryCrossentropy(from_logits=True)
    rows = torch.utils.data.TensorDataset(torch.from_numpy(x), torch.from_numpy(y))
    loader = torch.utils.data.DataLoader(rows, batch_size=30, shuffle=True)
    w = watch(model, optimizer, loss=bce, folder=folder)
    for epoch in range(10):
        model.train()
        for xb, yb in loader:
            model.zero_grad()
            logits = model(xb, training=True) if mended else model(xb)  # fault
            loss = bce(yb, logits)
            loss.backward()
            gradients = [v.value.grad for v in model.trainable_weights]
            with torch.no_grad():
                optimizer.apply(gradients, model.trainable_weights)
            w(xb, yb, loss)


@loop("loop-gradients-accumulate", "torch")
def the_price_of_a_flat(watch, folder, mended=False):
    torch = torch_()
    rng = np.random.default_rng(6)
    district = rng.integers(0, 8, 320)
    size = rng.normal(size=320)
    x = np.stack([district, size], axis=1).astype("float32")
    y = (0.4 * district + size * (1 + 0.1 * district) - 1.5).astype("float32")[:, None]

    inputs = keras.Input((2,))
    place = layers.Embedding(8, 3)(ops.cast(inputs[:, 0], "int32"))
    h = layers.Concatenate()([place, inputs[:, 1:]])
    h = layers.Dense(24, activation="relu")(h)
    model = keras.Model(inputs, layers.Dense(1)(h))
    optimizer = keras.optimizers.SGD(0.3)
    huber = keras.losses.Huber()
    w = watch(model, optimizer, loss=huber, folder=folder)
    variables = model.trainable_variables
    for epoch in range(6):
        model.zero_grad()  # fault
        order = torch.randperm(320)
        for rows in order.split(20):
            if mended:
                model.zero_grad()
            xb, yb = torch.from_numpy(x)[rows], torch.from_numpy(y)[rows]
            loss = huber(yb, model(xb, training=True))
            loss.backward()
            with torch.no_grad():
                optimizer.apply([v.value.grad for v in variables], variables)
            w(xb, yb, loss)


@loop("loop-rate-changed", "torch")
def less_with_every_pass(watch, folder, mended=False):
    torch = torch_()
    rng = np.random.default_rng(9)
    y = rng.integers(0, 3, 240)
    steps = np.arange(12)
    x = np.sin(0.4 * (1 + y[:, None]) * steps + rng.random((240, 1)) * 6)[..., None].astype("float32")

    class Positions(layers.Layer):
        def build(self, shape):
            self.table = self.add_weight(shape=shape[1:], initializer="random_normal", name="table")

        def call(self, h):
            return h + self.table

    inputs = keras.Input((12, 1))
    h = Positions()(layers.Dense(12)(inputs))
    attended = layers.MultiHeadAttention(2, 6)(h, h)
    h = layers.LayerNormalization()(h + attended)
    h = layers.LayerNormalization()(h + layers.Dense(12)(layers.Dense(24, activation="relu")(h)))
    model = keras.Model(inputs, layers.Dense(3)(layers.Flatten()(h)))
    optimizer = keras.optimizers.AdamW(5e-3)
    criterion = keras.losses.SparseCategoricalCrossentropy(from_logits=True)
    w = watch(model, optimizer, loss=criterion, folder=folder)

    def decay(optimizer, factor=0.6):
        optimizer.learning_rate = optimizer.learning_rate * factor

    for epoch in range(5):
        order = rng.permutation(240)
        for rows in np.split(order, 12):
            model.zero_grad()
            loss = criterion(y[rows], model(x[rows], training=True))
            loss.backward()
            variables = model.trainable_variables
            with torch.no_grad():
                optimizer.apply([v.value.grad for v in variables], variables)
            w(x[rows], y[rows], loss)
            if not mended:
                decay(optimizer)  # fault
        if mended:
            decay(optimizer)


# correct


@loop("loop-correct", "torch")
def groups_of_pytorch_with_a_warm_up(watch, folder):
    torch = torch_()
    rng = np.random.default_rng(12)
    labels = rng.integers(0, 4, 280)
    x = (1.5 * rng.normal(size=(4, 8))[labels] + rng.normal(size=(280, 8))).astype("float32")
    y = np.eye(4, dtype="float32")[labels]
    body = keras.Sequential([keras.Input((8,)), layers.Dense(24, activation="relu"), layers.Dense(12, activation="relu")])
    head = keras.Sequential([keras.Input((12,)), layers.Dense(4)])
    model = keras.Sequential([keras.Input((8,)), body, head])
    optimizer = torch.optim.SGD(
        [{"params": list(body.parameters()), "lr": 0.02}, {"params": list(head.parameters()), "lr": 0.1}], momentum=0.9, nesterov=True
    )
    scheduler = torch.optim.lr_scheduler.LambdaLR(optimizer, lambda step: min(1.0, (step + 1) / 10))
    smooth = keras.losses.CategoricalCrossentropy(from_logits=True, label_smoothing=0.1)
    w = watch(model, optimizer, loss=smooth, folder=folder)
    rows = torch.utils.data.TensorDataset(torch.from_numpy(x), torch.from_numpy(y))
    for epoch in range(6):
        for xb, yb in torch.utils.data.DataLoader(rows, batch_size=28, shuffle=True):
            optimizer.zero_grad(set_to_none=True)
            loss = smooth(yb, model(xb, training=True))
            loss.backward()
            torch.nn.utils.clip_grad_norm_(model.parameters(), 2.0)
            optimizer.step()
            scheduler.step()
            w(xb, yb, loss)


@loop("loop-correct", "torch")
def easy_rows_first_and_rare_ones_often(watch, folder):
    torch = torch_()
    rng = np.random.default_rng(14)
    x = rng.normal(size=(400, 5)).astype("float32")
    margin = x[:, 0] + 0.7 * x[:, 1] - 1.2
    y = (margin > 0).astype("float32")[:, None]  # few of them
    easy = np.argsort(-np.abs(margin))
    model = keras.Sequential([keras.Input((5,)), layers.Dense(20, activation="leaky_relu"), layers.Dropout(0.1), layers.Dense(1)])
    optimizer = keras.optimizers.RMSprop(5e-3, momentum=0.5)
    bce = keras.losses.BinaryCrossentropy(from_logits=True)
    w = watch(model, optimizer, loss=bce, folder=folder)
    for epoch in range(6):
        seen = easy[: min(400, 120 + 80 * epoch)]
        odds = np.where(y[seen, 0] > 0, 4.0, 1.0)
        sampler = torch.utils.data.WeightedRandomSampler(odds.tolist(), 300, replacement=True)
        chosen = seen[list(sampler)]
        for i in range(0, 300, 25):
            xb, yb = torch.from_numpy(x[chosen[i : i + 25]]), torch.from_numpy(y[chosen[i : i + 25]])
            model.zero_grad()
            loss = bce(yb, model(xb, training=True))
            loss.backward()
            variables = model.trainable_variables
            with torch.no_grad():
                optimizer.apply([v.value.grad for v in variables], variables)
            w(xb, yb, loss)


@loop("loop-correct", "torch")
def three_parts_to_each_update(watch, folder):
    torch = torch_()
    rng = np.random.default_rng(16)
    x = rng.random((216, 9, 9, 1), dtype="float32")
    y = (x[:, :4].mean(axis=(1, 2, 3)) * 6 - x[:, 5:].mean(axis=(1, 2, 3)) * 6).astype("float32")[:, None]
    stem = layers.Conv2D(8, 3, activation="relu")
    inputs = keras.Input((9, 9, 1))
    h = layers.Flatten()(layers.AveragePooling2D(2)(stem(inputs)))
    model = keras.Model(inputs, layers.Dense(1)(layers.Dense(16, activation="relu")(h)))
    stem.trainable = False  # random filters do
    optimizer = keras.optimizers.Adam(1e-2)
    w = watch(model, optimizer, loss="mse", folder=folder)
    for epoch in range(8):
        order = rng.permutation(216)
        for rows in np.split(order, 6):
            model.zero_grad()
            losses = []
            for part in np.split(rows, 3):
                errors = model(x[part], training=True) - torch.from_numpy(y[part])
                loss = errors.square().mean() / 3
                loss.backward()
                losses.append(loss.detach())
            variables = model.trainable_variables
            with torch.no_grad():
                optimizer.apply([v.value.grad for v in variables], variables)
            w(x[rows], y[rows], sum(losses))
