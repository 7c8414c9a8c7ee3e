"""Loops on PyTorch: loss.backward() and optimizer.apply, train_step, fit with generators and a PyDataset."""

import keras
import numpy as np
import unstuck
from keras import layers
from keras_common import classes, loop, numbers, torch_, waves, yes_no

# wrong


@loop("loop-gradients-cleared", "torch")
def zeroed_so_that_they_do_not_pile_up(watch, folder):
    torch = torch_()
    x, y = waves()
    model = keras.Sequential([keras.Input((12, 1)), layers.GRU(10), layers.Dense(1)])
    optimizer = keras.optimizers.Nadam(1e-2)
    huber = keras.losses.Huber()
    w = watch(model, optimizer, loss=huber, folder=folder)
    for epoch in range(5):
        for i in range(0, len(x), 20):
            xb, yb = x[i : i + 20], y[i : i + 20]
            loss = huber(yb, model(xb, training=True))
            loss.backward()
            gradients = [v.value.grad for v in model.trainable_weights]
            for g in gradients:
                g.zero_()  # fault
            with torch.no_grad():
                optimizer.apply(gradients, model.trainable_weights)
            w(xb, yb, loss)


@loop("loop-misaligned-targets", "torch")
def a_dataset_that_shuffles_its_rows(watch, folder):
    x, y = classes()

    class Shuffled(keras.utils.PyDataset):
        def __init__(self, x, y, batch_size, **kwargs):
            super().__init__(**kwargs)
            self.x, self.y, self.batch_size = x, y, batch_size
            self.rng = np.random.default_rng(7)
            self.on_epoch_end()

        def __len__(self):
            return -(-len(self.x) // self.batch_size)

        def __getitem__(self, index):
            rows = slice(index * self.batch_size, (index + 1) * self.batch_size)
            return self.x[rows], self.y[rows]

        def on_epoch_end(self):
            order = self.rng.permutation(len(self.x))
            self.x = self.x[order]  # fault

    model = keras.Sequential([keras.Input((6,)), layers.Dense(32, activation="relu"), layers.Dense(3, activation="softmax")])
    model.compile(keras.optimizers.Adam(1e-2), loss="sparse_categorical_crossentropy", metrics=["accuracy"])
    model.fit(Shuffled(x, y, 30), epochs=5, verbose=0, callbacks=[unstuck.KerasWatch(folder)])


@loop("loop-same-batch", "torch")
def a_generator_that_begins_again(watch, folder):
    x, y = numbers()
    batch_size = 16

    def generator():
        while True:
            start = 0  # fault
            yield x[start : start + batch_size], y[start : start + batch_size]
            start += batch_size
            if start + batch_size > len(x):
                start = 0

    model = keras.Sequential([keras.Input((5,)), layers.Dense(48, activation="relu"), layers.Dense(48, activation="relu"), layers.Dense(1)])
    model.compile(keras.optimizers.Adam(1e-2), loss="mse")
    model.fit(generator(), steps_per_epoch=len(x) // batch_size, epochs=6, verbose=0, callbacks=[unstuck.KerasWatch(folder)])


@loop("loop-gradients-changed", "torch")
def divided_by_the_batch_once_more(watch, folder):
    torch = torch_()
    x, y = numbers()

    class CustomModel(keras.Model):
        def train_step(self, data):
            x, y, _ = keras.utils.unpack_x_y_sample_weight(data)
            self.zero_grad()
            y_pred = self(x, training=True)
            loss = self.compute_loss(y=y, y_pred=y_pred)
            loss.backward()
            trainable_weights = list(self.trainable_weights)
            gradients = [v.value.grad / len(x) for v in trainable_weights]  # fault
            with torch.no_grad():
                self.optimizer.apply(gradients, trainable_weights)
            for metric in self.metrics:
                if metric.name == "loss":
                    metric.update_state(loss)
                else:
                    metric.update_state(y, y_pred)
            return {m.name: m.result() for m in self.metrics}

    inputs = keras.Input((5,))
    h = layers.Dense(20, activation="selu")(inputs)
    skip = layers.Concatenate()([h, inputs])
    model = CustomModel(inputs, layers.Dense(1)(skip))
    model.compile(keras.optimizers.SGD(0.03), loss="log_cosh", metrics=["mae"])
    model.fit(x, y, batch_size=64, epochs=12, verbose=0, callbacks=[unstuck.KerasWatch(folder)])


@loop("loop-other-loss", "torch")
def probabilities_taken_for_logits(watch, folder):
    torch = torch_()
    x, y = classes()
    model = keras.Sequential([keras.Input((6,)), layers.Dense(16, activation="tanh"), layers.Dense(3, activation="softmax")])
    optimizer = keras.optimizers.SGD(0.02)
    loss_fn = keras.losses.SparseCategoricalCrossentropy(from_logits=True)  # fault
    w = watch(model, optimizer, loss="sparse_categorical_crossentropy", folder=folder)
    dataset = torch.utils.data.TensorDataset(torch.from_numpy(x), torch.from_numpy(y))
    loader = torch.utils.data.DataLoader(dataset, batch_size=30, shuffle=True)
    for epoch in range(4):
        for inputs, targets in loader:
            model.zero_grad()
            loss = loss_fn(targets, model(inputs, training=True))
            loss.backward()
            variables = model.trainable_weights
            with torch.no_grad():
                optimizer.apply([v.value.grad for v in variables], variables)
            w(inputs, targets, loss)


# correct


@loop("loop-correct", "torch")
def a_frozen_backbone_and_weighted_classes(watch, folder):
    x, y = classes()
    inputs = keras.Input((6,))
    h = layers.Dense(24, activation="relu")(inputs)
    backbone = keras.Model(inputs, layers.BatchNormalization(momentum=0.8)(h), name="backbone")
    pretext = keras.Sequential([backbone, layers.Dense(6)])
    pretext.compile("adam", loss="mse")
    pretext.fit(x, x, epochs=3, verbose=0)

    backbone.trainable = False
    inputs = keras.Input((6,))
    h = backbone(inputs, training=False)
    h = layers.Dropout(0.2)(h)
    model = keras.Model(inputs, layers.Dense(3)(h))
    model.compile(keras.optimizers.Adam(1e-2), loss=keras.losses.SparseCategoricalCrossentropy(from_logits=True))
    weights = {0: 1.0, 1: 2.0, 2: 0.5}
    model.fit(x, y, batch_size=30, epochs=4, verbose=0, class_weight=weights, callbacks=[unstuck.KerasWatch(folder)])


@loop("loop-correct", "torch")
def validated_with_averaged_weights(watch, folder):
    torch = torch_()
    x, y = numbers()
    model = keras.Sequential([keras.Input((5,)), layers.Dense(32, activation="relu"), layers.Dense(1)])
    optimizer = keras.optimizers.RMSprop(1e-2)
    mse = keras.losses.MeanSquaredError()
    w = watch(model, optimizer, loss=mse, folder=folder)
    averages = [a.copy() for a in model.get_weights()]
    for epoch in range(6):
        for i in range(0, 192, 32):
            xb, yb = x[i : i + 32], y[i : i + 32]
            model.zero_grad()
            loss = mse(yb, model(xb, training=True))
            loss.backward()
            torch.nn.utils.clip_grad_norm_(model.parameters(), 5.0)
            variables = model.trainable_weights
            with torch.no_grad():
                optimizer.apply([v.value.grad for v in variables], variables)
            averages = [0.9 * a + 0.1 * new for a, new in zip(averages, model.get_weights())]
            w(xb, yb, loss)
        raw = model.get_weights()
        model.set_weights(averages)
        with torch.no_grad():
            float(mse(y[192:], model(x[192:], training=False)))
        model.set_weights(raw)


@loop("loop-correct", "torch")
def a_discriminator_and_its_generator(watch, folder):
    torch = torch_()
    x, y = yes_no()
    real = x[:, :2] * 0.3 + 1
    torch.manual_seed(4)
    generator = keras.Sequential([keras.Input((3,)), layers.Dense(16, activation="relu"), layers.Dense(2)])
    discriminator = keras.Sequential([keras.Input((2,)), layers.Dense(16), layers.LeakyReLU(0.2), layers.Dense(1)])
    d_optimizer = keras.optimizers.Adam(5e-3, beta_1=0.5)
    g_optimizer = keras.optimizers.Adam(2e-3, beta_1=0.5)
    bce = keras.losses.BinaryCrossentropy(from_logits=True)
    w = watch(discriminator, d_optimizer, loss=bce, folder=folder)
    for epoch in range(4):
        for i in range(0, len(real), 25):
            batch = torch.from_numpy(real[i : i + 25])
            fakes = generator(torch.randn(len(batch), 3), training=True).detach()
            points = torch.cat([batch, fakes])
            labels = torch.cat([torch.full((len(batch), 1), 0.9), torch.zeros(len(fakes), 1)])
            discriminator.zero_grad()
            d_loss = bce(labels, discriminator(points, training=True))
            d_loss.backward()
            variables = discriminator.trainable_weights
            with torch.no_grad():
                d_optimizer.apply([v.value.grad for v in variables], variables)
            w(points, labels, d_loss)

            generator.zero_grad()
            fooled = discriminator(generator(torch.randn(25, 3), training=True), training=True)
            g_loss = bce(torch.ones(25, 1), fooled)
            g_loss.backward()
            variables = generator.trainable_weights
            with torch.no_grad():
                g_optimizer.apply([v.value.grad for v in variables], variables)
