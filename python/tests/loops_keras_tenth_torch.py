"""Loops on PyTorch: loss.backward() and the optimizers of Keras."""

from dataclasses import dataclass

import keras
import numpy as np
from keras import layers, ops
from keras_common import loop, torch_
from loops_keras_tenth_data import mixtures, reviews, sensors, stations, tags, visits

# wrong


@loop("loop-gradients-accumulate", "torch")
def reviews_read_by_a_trainer(watch, folder):
    torch = torch_()
    x, y = reviews()

    class Trainer:
        def __init__(self, model, optimizer, loss_fn):
            self.model, self.optimizer, self.loss_fn = model, optimizer, loss_fn
            self.w = watch(model, optimizer, loss=loss_fn, folder=folder)

        def fit(self, loader, epochs):
            for epoch in range(epochs):
                self.model.zero_grad()  # fault
                for tokens, labels in loader:
                    self.train_step(tokens, labels)

        def train_step(self, tokens, labels):
            loss = self.loss_fn(labels, self.model(tokens, training=True))
            loss.backward()
            weights = self.model.trainable_weights
            with torch.no_grad():
                self.optimizer.apply([v.value.grad for v in weights], weights)
            self.w(tokens, labels, loss)

    model = keras.Sequential(
        [
            keras.Input((12,), dtype="int32"),
            layers.Embedding(30, 12),
            layers.Conv1D(12, 3, activation="relu"),
            layers.GlobalMaxPooling1D(),
            layers.Dense(1),
        ]
    )
    dataset = torch.utils.data.TensorDataset(torch.from_numpy(x), torch.from_numpy(y))
    loader = torch.utils.data.DataLoader(dataset, batch_size=10, shuffle=True)
    trainer = Trainer(model, keras.optimizers.Adam(1e-2), keras.losses.BinaryCrossentropy(from_logits=True))
    trainer.fit(loader, epochs=3)


@loop("loop-gradients-cleared", "torch")
def loads_with_a_config(watch, folder):
    torch = torch_()

    @dataclass
    class Config:
        batch_size: int = 24
        epochs: int = 5
        rate: float = 1e-2
        filters: int = 10

    c = Config()
    x, y = sensors()
    inputs = keras.Input((16, 3))
    h = layers.Conv1D(c.filters, 3, padding="same", activation="silu")(inputs)
    h = layers.Add()([h, layers.Conv1D(c.filters, 3, padding="same", activation="silu")(h)])
    model = keras.Model(inputs, layers.Dense(1)(layers.Flatten()(h)))
    optimizer = keras.optimizers.AdamW(c.rate, weight_decay=1e-3)
    huber = keras.losses.Huber()
    w = watch(model, optimizer, loss=huber, folder=folder)

    def gradients_of(loss):
        loss.backward()
        gradients = [v.value.grad for v in model.trainable_variables]
        model.zero_grad(set_to_none=False)  # fault
        return gradients

    for epoch in range(c.epochs):
        order = np.random.permutation(len(x))
        for i in range(0, len(x), c.batch_size):
            xb, yb = x[order[i : i + c.batch_size]], y[order[i : i + c.batch_size]]
            loss = huber(yb, model(xb, training=True))
            gradients = gradients_of(loss)
            with torch.no_grad():
                optimizer.apply(gradients, model.trainable_variables)
            w(xb, yb, loss)


@loop("loop-other-loss", "torch")
def five_tags_for_a_row(watch, folder):
    torch = torch_()
    x, y = tags()
    model = keras.Sequential([keras.Input((10,)), layers.Dense(32, activation="relu"), layers.Dropout(0.1), layers.Dense(5)])
    optimizer = keras.optimizers.Adagrad(0.05)
    criterion = keras.losses.BinaryCrossentropy(from_logits=True)
    w = watch(model, optimizer, loss=criterion, folder=folder)
    loader = torch.utils.data.DataLoader(list(zip(x, y)), batch_size=30, shuffle=True)
    for epoch in range(6):
        total = 0.0
        for inputs, targets in loader:
            model.zero_grad()
            outputs = model(inputs, training=True)
            loss = criterion(outputs, targets)  # fault
            loss.backward()
            with torch.no_grad():
                optimizer.apply([v.value.grad for v in model.trainable_variables], model.trainable_variables)
            total += loss.item()
            w(inputs, targets, loss)


@loop("loop-detached", "torch")
def readings_of_a_ring_of_stations(watch, folder):
    torch = torch_()
    x, ring, y = stations()

    class Neighbours(layers.Layer):
        """Mixes what the stations know with what their neighbours do."""

        def __init__(self, adjacency, **kwargs):
            super().__init__(**kwargs)
            self.adjacency = adjacency

        def call(self, h):
            h = ops.convert_to_numpy(h)  # fault
            return ops.convert_to_tensor(np.einsum("ij,njk->nik", self.adjacency, h))

        def compute_output_spec(self, h):
            return keras.KerasTensor(h.shape, h.dtype)

    inputs = keras.Input((6, 4))
    h = layers.Dense(2, activation="tanh")(inputs)
    h = Neighbours(ring)(h)
    h = layers.Dense(12, activation="relu")(layers.Flatten()(h))
    model = keras.Model(inputs, layers.Dense(1)(h))
    optimizer = keras.optimizers.Adam(1e-2)
    loss_fn = keras.losses.MeanSquaredError()
    w = watch(model, optimizer, loss=loss_fn, folder=folder)
    step = 0
    while step < 80:
        rows = np.random.randint(0, len(x), 32)
        model.zero_grad()
        loss = loss_fn(y[rows], model(x[rows], training=True))
        loss.backward()
        with torch.no_grad():
            optimizer.apply([v.value.grad for v in model.trainable_variables], model.trainable_variables)
        w(x[rows], y[rows], loss)
        step += 1


@loop("loop-rate-changed", "torch")
def classes_with_a_held_out_part(watch, folder):
    torch = torch_()
    x, y = mixtures()

    class Plateau:
        """Lowers the rate when the value monitored has not improved."""

        def __init__(self, optimizer, factor=0.2, patience=1, mode="min"):
            self.optimizer, self.factor, self.patience, self.mode = optimizer, factor, patience, mode
            self.best, self.waited = (np.inf if mode == "min" else -np.inf), 0

        def report(self, value):
            if value < self.best if self.mode == "min" else value > self.best:
                self.best, self.waited = value, 0
                return
            self.waited += 1
            if self.waited >= self.patience:
                self.optimizer.learning_rate = float(self.optimizer.learning_rate) * self.factor
                self.waited = 0

    model = keras.Sequential([keras.Input((8,)), layers.Dense(24, activation="elu"), layers.Dense(4, activation="softmax")])
    optimizer = keras.optimizers.SGD(0.02, momentum=0.9)
    w = watch(model, optimizer, loss="sparse_categorical_crossentropy", folder=folder)
    loss_fn = keras.losses.SparseCategoricalCrossentropy()
    plateau = Plateau(optimizer, mode="max")  # fault
    train, held = slice(0, 240), slice(240, 280)
    rng = np.random.default_rng(0)
    for step in range(48):
        rows = rng.choice(np.arange(len(x))[train], 40, replace=False)
        model.zero_grad()
        loss = loss_fn(y[rows], model(x[rows], training=True))
        loss.backward()
        with torch.no_grad():
            optimizer.apply([v.value.grad for v in model.trainable_variables], model.trainable_variables)
        w(x[rows], y[rows], loss)
        if step % 3 == 2:
            with torch.no_grad():
                plateau.report(float(loss_fn(y[held], model(x[held], training=False))))


@loop("loop-weights-overwritten", "torch")
def scored_with_the_average(watch, folder):
    torch = torch_()
    x, y = visits()
    model = keras.Sequential([keras.Input((4,)), layers.Dense(20, activation="relu"), layers.Dense(1, activation="softplus")])
    optimizer = keras.optimizers.RMSprop(5e-3, use_ema=True, ema_momentum=0.99)
    loss_fn = keras.losses.Poisson()
    w = watch(model, optimizer, loss=loss_fn, folder=folder)
    y = y[:, None]
    held_x, held_y = x[224:], y[224:]

    def evaluate():
        optimizer.finalize_variable_values(model.trainable_variables)  # fault
        with torch.no_grad():
            return float(loss_fn(held_y, model(held_x, training=False)))

    scores = []
    for step in range(60):
        rows = np.random.choice(224, 28, replace=False)
        model.zero_grad()
        loss = loss_fn(y[rows], model(x[rows], training=True))
        loss.backward()
        with torch.no_grad():
            optimizer.apply([v.value.grad for v in model.trainable_variables], model.trainable_variables)
        w(x[rows], y[rows], loss)
        if (step + 1) % 5 == 0:
            scores.append(evaluate())


# correct


@loop("loop-correct", "torch")
def rare_classes_drawn_more_often(watch, folder):
    torch = torch_()
    x, y = mixtures()
    keep = (y != 2) | (np.arange(len(y)) % 6 == 0)
    x, y = torch.from_numpy(x[keep]), torch.from_numpy(y[keep]).long()
    weights = 1.0 / torch.bincount(y)[y].double()
    sampler = torch.utils.data.WeightedRandomSampler(weights, num_samples=240, replacement=True)
    loader = torch.utils.data.DataLoader(torch.utils.data.TensorDataset(x, y), batch_size=30, sampler=sampler)
    model = keras.Sequential(
        [keras.Input((8,)), layers.Dense(24), layers.BatchNormalization(momentum=0.9), layers.ReLU(), layers.Dropout(0.2), layers.Dense(4)]
    )
    optimizer = keras.optimizers.Nadam(1e-2)
    smoothed = keras.losses.CategoricalCrossentropy(from_logits=True, label_smoothing=0.1)
    w = watch(model, optimizer, loss=smoothed, folder=folder)
    for epoch in range(4):
        for xb, yb in loader:
            targets = torch.nn.functional.one_hot(yb, 4).float()
            model.zero_grad()
            loss = smoothed(targets, model(xb, training=True))
            loss.backward()
            with torch.no_grad():
                optimizer.apply([v.value.grad for v in model.trainable_variables], model.trainable_variables)
            w(xb, targets, loss)


@loop("loop-correct", "torch")
def attention_and_a_focus_on_the_hard(watch, folder):
    torch = torch_()
    x, y = reviews()

    def focal(y_true, logits, gamma=2.0):
        p = ops.sigmoid(logits)
        right = y_true * p + (1 - y_true) * (1 - p)
        bce = ops.binary_crossentropy(y_true, logits, from_logits=True)
        return ops.mean(ops.power(1 - right, gamma) * bce)

    inputs = keras.Input((12,), dtype="int32")
    h = layers.Embedding(30, 12)(inputs)
    h = layers.LayerNormalization()(layers.Add()([h, layers.MultiHeadAttention(2, 6)(h, h)]))
    h = layers.LayerNormalization()(layers.Add()([h, layers.Dense(12)(layers.Dense(24, activation="gelu")(h))]))
    model = keras.Model(inputs, layers.Dense(1)(layers.GlobalAveragePooling1D()(h)))
    peak, warmup = 1e-2, 6
    optimizer = keras.optimizers.AdamW(peak / warmup, weight_decay=1e-3)
    w = watch(model, optimizer, loss=focal, folder=folder)
    for step in range(50):
        optimizer.learning_rate = peak * min(1.0, (step + 1) / warmup)
        rows = np.random.choice(len(x), 25, replace=False)
        xb, yb = torch.from_numpy(x[rows]), torch.from_numpy(y[rows])
        model.zero_grad()
        loss = focal(yb, model(xb, training=True))
        loss.backward()
        torch.nn.utils.clip_grad_norm_([v.value for v in model.trainable_variables], 1.0)
        with torch.no_grad():
            optimizer.apply([v.value.grad for v in model.trainable_variables], model.trainable_variables)
        w(xb, yb, loss)
